// What is done with rows, without a page: texts of cells, filters, order, CSV.

const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const FORMULA = /^[=+\-@\t\r]/;

// What a reader is shown: characters that turn the direction of text are written as their numbers, as everywhere on the site.
export function shownText(value, words) {
  if (value === null || value === undefined) { return ""; }
  if (typeof value === "boolean") { return value ? words.yes : words.no; }
  return String(value).replace(TURNING, (one) => `[U+${one.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}]`);
}

export function foldText(value) {
  return value === null || value === undefined ? "" : String(value).normalize("NFKC").toLowerCase();
}

// Whether a row passes a filter: {kind, name, text | from, to | chosen}; a filter that says nothing lets everything pass.
export function testFor(filter, cells) {
  const column = cells[filter.name];
  if (filter.kind === "choices") {
    return filter.chosen.size ? (row) => filter.chosen.has(column[row]) : null;
  }
  if (filter.kind === "range") {
    const { from, to } = filter;
    if (from === null && to === null) { return null; }
    return (row) => column[row] !== null && (from === null || column[row] >= from) && (to === null || column[row] <= to);
  }
  const asked = foldText(filter.text.trim());
  const codes = filter.code ? cells[filter.code] : null;
  return asked ? (row) => foldText(column[row]).includes(asked) || (codes !== null && foldText(codes[row]).includes(asked)) : null;
}

// The rows, by their places, that pass every filter and have the text in one of the columns named.
export function findRows(table, filters, text, names) {
  const tests = filters.map((filter) => testFor(filter, table.cells)).filter(Boolean);
  const asked = foldText(text.trim());
  if (asked) {
    const columns = names.map((name) => table.cells[name]);
    tests.push((row) => columns.some((column) => foldText(column[row]).includes(asked)));
  }
  const found = [];
  for (let row = 0; row < table.rows; row += 1) {
    if (tests.every((test) => test(row))) { found.push(row); }
  }
  return found;
}

// Orders rows by a column, in place; empty cells come last both ways, equal ones stay in the order of the file.
export function sortRows(rows, column, down, lang) {
  const words = new Intl.Collator(lang === "zh" ? "zh-CN" : "en", { numeric: true });
  const compare = (one, other) => typeof one === "string" && typeof other === "string" ? words.compare(one, other) : Number(one) - Number(other);
  const turn = down ? -1 : 1;
  return rows.sort((one, other) => {
    const a = column[one];
    const b = column[other];
    if (a === null || b === null) { return (a === null) - (b === null) || one - other; }
    return turn * compare(a, b) || one - other;
  });
}

// The values of a column, each once with the number of its rows, those with most rows first.
export function countValues(column) {
  const counts = new Map();
  for (const value of column) { counts.set(value, (counts.get(value) || 0) + 1); }
  return [...counts].sort((one, other) => other[1] - one[1]);
}

// One cell of a CSV: a text that a spreadsheet would compute gets an apostrophe in front; numbers stay numbers.
function csvCell(value) {
  if (value === null || value === undefined) { return ""; }
  if (typeof value !== "string") { return String(value); }
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function writeCsv(names, lines) {
  return `\ufeff${[names, ...lines].map((line) => line.map(csvCell).join(",")).join("\r\n")}\r\n`;
}

// Gives the reader a file that was made in the page.
export function saveCsv(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
