// The filters of single columns: a text, a range of numbers or days, or some of the values that recur.
import { countValues, shownText } from "./table-rows.js";
import { element, figure, fill, isNumeric } from "./table-view.js";

const MOST_CHOICES = 300;
const RANGES = { date: "date", datetime: "date", time: "time" };

function kindOf(column, table) {
  if (isNumeric(column) || column.type in RANGES) { return "range"; }
  const few = column.choices && new Set(table.cells[column.name]).size <= MOST_CHOICES;
  return few ? "choices" : "text";
}

function textPart(column, filter, id, words, changed) {
  const input = element("input", { type: "search", id: `${id}-text`, autocomplete: "off", value: filter.text });
  input.addEventListener("input", () => { filter.text = input.value; changed(); });
  return [element("p", { class: "field" }, element("label", { for: input.id }, words.contains), input)];
}

function rangePart(column, filter, id, words, changed) {
  const ends = { from: words.from, to: words.to };
  return ["from", "to"].map((end) => {
    const numeric = isNumeric(column);
    const input = element("input", { type: numeric ? "number" : RANGES[column.type], step: numeric ? "any" : null, id: `${id}-${end}`, value: filter.typed[end] });
    function take() {
      filter.typed[end] = input.value;
      filter[end] = input.value === "" ? null : numeric ? Number(input.value) : endOf(column, end, input.value);
    }
    take();  // What an address gave and is no number or day, the browser has left out.
    input.addEventListener("input", () => { take(); changed(); });
    return element("p", { class: "field" }, element("label", { for: input.id }, ends[end]), input);
  });
}

// A day as the last one of a range of moments, and a minute as the last one of times, is in it to its end.
function endOf(column, end, value) {
  return end === "to" && column.type === "datetime" ? `${value}T23:59:59` : end === "to" && column.type === "time" ? `${value}:59` : value;
}

function choicesPart(column, filter, id, words, changed, table) {
  const codes = column.code ? codesByValue(table, column) : null;
  const ticks = countValues(table.cells[column.name]).map(([value, count], at) => {
    const input = element("input", { type: "checkbox", id: `${id}-${at}`, checked: filter.chosen.has(value) });
    input.addEventListener("change", () => {
      if (input.checked) { filter.chosen.add(value); } else { filter.chosen.delete(value); }
      changed();
    });
    const label = element("label", { for: input.id }, value === null ? words.empty : shownText(value, words));
    if (codes && value !== null) { label.append(" ", element("code", { class: "quiet code" }, shownText(codes.get(value), words))); }
    label.append(" ", element("span", { class: "quiet" }, figure(count)));
    return element("p", { class: "tick" }, input, label);
  });
  return [element("div", { class: "values" }, ...ticks)];
}

export function codesByValue(table, column) {
  const codes = new Map();
  table.cells[column.name].forEach((value, row) => { if (!codes.has(value)) { codes.set(value, table.cells[column.code][row]); } });
  return codes;
}

const PARTS = { text: textPart, range: rangePart, choices: choicesPart };

// The values that were chosen by their codes, or as texts.
function valuesOf(column, table, is) {
  const codes = column.code ? codesByValue(table, column) : null;
  return [...new Set(table.cells[column.name])].filter((value) => is.includes(String((codes ? codes.get(value) : value) ?? "")));
}

// Adds the filter of a column to the page and to `filters`; `changed` is called when it says something else, and when it is gone.
// `given` is what an address says of it; without, the reader goes on in it.
export function addFilter(place, column, table, filters, words, changed, given = null) {
  const kind = kindOf(column, table);
  const filter = { name: column.name, code: column.code, kind, text: "", from: null, to: null, typed: { from: "", to: "" }, chosen: new Set() };
  if (given && kind === "text") { filter.text = given.contains; }
  if (given && kind === "range") { filter.typed = { from: given.from, to: given.to }; }
  if (given && kind === "choices") { filter.chosen = new Set(valuesOf(column, table, given.is)); }
  const id = `filter-${column.name}`;
  const remove = element("button", { type: "button", class: "button plain small" }, words.remove, element("span", { class: "hidden-visually" }, ` ${column.label}`));
  const unit = column.unit ? ` (${column.unit})` : "";
  const parts = PARTS[kind](column, filter, id, words, changed, table);
  const box = element("fieldset", { id, class: `filter ${kind}` }, element("legend", {}, `${column.label}${unit}`), ...parts, element("p", {}, remove));
  remove.addEventListener("click", () => {
    filters.splice(filters.indexOf(filter), 1);
    box.remove();
    changed();
    document.getElementById("filter-column").focus();
  });
  filters.push(filter);
  place.append(box);
  if (!given) { box.querySelector("input")?.focus(); }
  return fill(words.filter_added, { column: column.label });
}
