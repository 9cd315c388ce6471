// What the page shows, as the part of its address behind #: people share it, keep it, and go back. Browsers do not send that part to a server.
// Columns go by the name of their code where they have one, chosen values by their code, so that an address holds in both languages.
import { codesByValue } from "./table-filters.js";

const PARTS = ["contains", "from", "to", "is"];

function keyOf(column) {
  return column.code ?? column.name;
}

function keysOf(columns) {
  return columns.map(keyOf).join(",");
}

function writeFilter(told, filter, table) {
  const key = keyOf(filter);
  const codes = filter.code ? codesByValue(table, filter) : null;
  if (filter.text.trim()) { told.set(`contains.${key}`, filter.text.trim()); }
  for (const end of ["from", "to"]) {
    if (filter.typed[end] !== "") { told.set(`${end}.${key}`, filter.typed[end]); }
  }
  for (const value of filter.chosen) { told.append(`is.${key}`, (codes ? codes.get(value) : value) ?? ""); }
}

// Of {quick, filters, order, shown, withCodes, sql}; empty for the page as it opens, with the columns `usual`.
export function writeAddress(state, usual, table) {
  const told = new URLSearchParams();
  if (state.quick.trim()) { told.set("q", state.quick.trim()); }
  state.filters.forEach((filter) => writeFilter(told, filter, table));
  if (state.order) { told.set("sort", `${state.order.down ? "-" : ""}${keyOf(state.order)}`); }
  if (keysOf(state.shown) !== keysOf(usual)) { told.set("show", keysOf(state.shown)); }
  if (state.withCodes) { told.set("codes", "1"); }
  if (state.sql) { told.set("sql", state.sql); }
  return told.toString();
}

function readFilters(told, columns) {
  const filters = new Map();
  for (const [name, value] of told) {
    const part = name.slice(0, name.indexOf("."));
    const column = columns.get(name.slice(part.length + 1));
    if (!column || !PARTS.includes(part)) { continue; }
    if (!filters.has(column)) { filters.set(column, { contains: "", from: "", to: "", is: [] }); }
    const given = filters.get(column);
    if (part === "is") { given.is.push(value); } else { given[part] = value; }
  }
  return filters;
}

// The same state, with `filters` as a map from columns to {contains, from, to, is}; columns that the table has not are left out.
export function readAddress(text, all, usual) {
  const told = new URLSearchParams(text);
  const columns = new Map(all.map((column) => [keyOf(column), column]));
  const asked = (told.get("show") ?? "").split(",").map((key) => columns.get(key));
  const some = all.filter((column) => asked.includes(column));
  const shown = some.length ? some : usual;
  const sort = told.get("sort") ?? "";
  const order = shown.find((column) => keyOf(column) === sort.replace(/^-/, ""));
  return {
    quick: told.get("q") ?? "",
    filters: readFilters(told, columns),
    order: order ? { ...order, down: sort.startsWith("-") } : null,
    shown,
    withCodes: told.get("codes") === "1",
    sql: told.get("sql") ?? "",
  };
}
