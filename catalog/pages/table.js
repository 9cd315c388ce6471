// The page with a whole table: its state, and what happens when the reader asks for something.
import { readAddress, writeAddress } from "./table-address.js";
import { openTable } from "./table-data.js";
import { addFilter } from "./table-filters.js";
import { findRows, saveCsv, sortRows, writeCsv } from "./table-rows.js";
import { startSql } from "./table-sql.js";
import { drawHead, drawRows, element, figure, fill, markOrder } from "./table-view.js";

const PAGE = 50;
const PAUSE = 150;

export async function start(told) {
  const { words } = told;
  const by = (id) => document.getElementById(id);
  const table = await openTable(new URL(told.file, location.href).href, told.bytes, told.rows);
  const all = told.columns.filter((column) => table.names.includes(column.name));
  const usual = all.slice(0, told.first);
  const state = { shown: usual, filters: [], order: null, withCodes: false, sql: "", at: 0, found: [] };
  const other = document.querySelector(".switch a");
  const address = { written: "", field: null };
  let waiting = null;

  function namesOf(columns) {
    return columns.flatMap((column) => column.code ? [column.name, column.code] : [column.name]);
  }

  // Waits for the columns; a failure is shown, and nothing else changes.
  async function withColumns(columns, then) {
    by("loading").hidden = false;
    try {
      await table.load(namesOf(columns));
      by("problem").hidden = true;
      then();
    } catch (error) {
      by("problem").textContent = fill(words.problem, { reason: error.message });
      by("problem").hidden = false;
    } finally {
      by("loading").hidden = true;
    }
  }

  function search() {
    state.found = findRows(table, state.filters, by("quick").value, namesOf(state.shown));
    if (state.order) { sortRows(state.found, table.cells[state.order.name], state.order.down, told.lang); }
    state.at = 0;
    draw();
    const order = state.order && fill(state.order.down ? words.descending : words.ascending, { column: state.order.label });
    by("count").textContent = fill(words.found, { found: figure(state.found.length), all: figure(table.rows) }) + (order || "");
    by("nothing").hidden = state.found.length > 0;
  }

  function find() {
    search();
    record();
  }

  // Writes the state into the address: an entry of the history for each act, one for all that is typed into a field.
  function record() {
    const text = writeAddress({ ...state, quick: by("quick").value }, usual, table);
    const active = document.activeElement;
    const field = active?.matches("input:not([type=checkbox])") ? active.id : null;
    if (text !== address.written) {
      const place = text ? `#${text}` : location.pathname + location.search;
      if (field && field === address.field) { history.replaceState(null, "", place); } else { history.pushState(null, "", place); }
      address.written = text;
    }
    address.field = field;
    if (other) { other.hash = text; }
  }

  // Shows what an address says. Its columns must have been read.
  function showState(wanted) {
    clearTimeout(waiting);
    Object.assign(state, { shown: wanted.shown, order: wanted.order, withCodes: wanted.withCodes, sql: wanted.sql });
    by("quick").value = wanted.quick;
    by("with-codes").checked = wanted.withCodes;
    by("whole").classList.toggle("with-codes", wanted.withCodes);
    all.forEach((column) => { by(`show-${column.name}`).checked = wanted.shown.includes(column); });
    state.filters.length = 0;
    by("filters").replaceChildren();
    wanted.filters.forEach((given, column) => addFilter(by("filters"), column, table, state.filters, words, findSoon, given));
    propose(wanted.sql);
    drawHead(by("head"), state.shown, sortBy);
    search();
    address.written = asked();
    address.field = null;
    if (other) { other.hash = address.written; }
  }

  function columnsOf(wanted) {
    return [...wanted.shown, ...wanted.filters.keys()];
  }

  // What the address asks for; without a = it names a place on the page.
  function asked() {
    return location.hash.includes("=") ? location.hash.slice(1) : "";
  }

  // Somebody went back, or changed the address.
  function follow() {
    if (asked() === address.written || location.hash && !asked()) { return; }
    const text = asked();
    const wanted = readAddress(text, all, usual);
    // Not if the address says something else by now: columns of a later one may have been there sooner.
    withColumns(columnsOf(wanted), () => { if (asked() === text) { showState(wanted); } });
  }

  function findSoon() {
    clearTimeout(waiting);
    waiting = setTimeout(find, PAUSE);
  }

  function draw() {
    drawRows(by("rows"), table, state.shown, state.found.slice(state.at, state.at + PAGE), state.withCodes, words);
    markOrder(by("head"), state.shown, state.order);
    const last = Math.min(state.at + PAGE, state.found.length);
    by("place").textContent = last ? fill(words.place, { first: figure(state.at + 1), last: figure(last) }) : "";
    by("before").disabled = state.at === 0;
    by("after").disabled = last === state.found.length;
  }

  function sortBy(name) {
    const column = state.shown.find((one) => one.name === name);
    if (state.order?.name !== name) { state.order = { ...column, down: false }; }
    else if (!state.order.down) { state.order = { ...column, down: true }; }
    else { state.order = null; }
    find();
  }

  function showColumns() {
    const chosen = all.filter((column) => by(`show-${column.name}`).checked);
    withColumns(chosen, () => {
      // What is ticked by now: the reader may have gone on while the columns were read.
      state.shown = all.filter((column) => by(`show-${column.name}`).checked && namesOf([column]).every((name) => name in table.cells));
      if (state.order && !state.shown.some((column) => column.name === state.order.name)) { state.order = null; }
      drawHead(by("head"), state.shown, sortBy);
      find();
    });
  }

  function turn(steps) {
    state.at += steps * PAGE;
    draw();
    by("table-part").scrollTo(0, 0);
    by("said").textContent = by("place").textContent;
  }

  // The rows that were found, with the columns that are shown, and of each name its code in front of it.
  function download() {
    const columns = state.shown.flatMap((column) => column.code ? [column.code, column.name] : [column.name]);
    const lines = state.found.map((row) => columns.map((name) => table.cells[name][row]));
    saveCsv(`${told.dataset}_${told.release}_${state.found.length}.csv`, writeCsv(columns, lines));
  }

  function addAsked() {
    const column = all.find((one) => one.name === by("filter-column").value);
    withColumns([column], () => {
      const there = document.getElementById(`filter-${column.name}`);
      if (there) { there.querySelector("input").focus(); return; }
      by("said").textContent = addFilter(by("filters"), column, table, state.filters, words, findSoon);
    });
  }

  function clear() {
    state.filters.length = 0;
    state.order = null;
    by("filters").replaceChildren();
    by("quick").value = "";
    find();
  }

  for (const column of all) {
    const tick = element("input", { type: "checkbox", id: `show-${column.name}` });
    tick.checked = state.shown.includes(column);
    tick.addEventListener("change", showColumns);
    by("columns").append(element("p", { class: "tick" }, tick, element("label", { for: tick.id }, column.label)));
    by("filter-column").append(element("option", { value: column.name }, column.label));
  }
  by("quick").addEventListener("input", findSoon);
  by("whole-form").addEventListener("submit", (event) => { event.preventDefault(); });
  by("add-filter").addEventListener("click", addAsked);
  by("clear").addEventListener("click", clear);
  by("with-codes").addEventListener("change", () => {
    state.withCodes = by("with-codes").checked;
    by("whole").classList.toggle("with-codes", state.withCodes);
    draw();
    record();
  });
  by("codes-part").hidden = !all.some((column) => column.code);
  by("before").addEventListener("click", () => turn(-1));
  by("after").addEventListener("click", () => turn(1));
  by("download").addEventListener("click", download);
  const propose = startSql(told, table, by, (sql) => { state.sql = sql; record(); });
  const first = readAddress(asked(), all, usual);
  await table.load(namesOf(columnsOf(first)));
  by("loading").hidden = true;
  by("whole").hidden = false;
  showState(first);
  addEventListener("hashchange", follow);
}
