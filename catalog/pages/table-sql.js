// SQL over the whole table: SQLite in a worker, loaded when the reader asks for it, so that a long query can be stopped.
// A query that an address brought is shown and waits for the reader, like everything else that loads.
import { saveCsv, shownText, writeCsv } from "./table-rows.js";
import { element, figure, fill } from "./table-view.js";

// `ran` is called with each query that was run. Returns what shows a query of an address.
export function startSql(told, table, by, ran) {
  const { words } = told;
  let worker = null;
  let runs = 0;
  let answer = null;

  function say(text) {
    by("sql-said").textContent = text;
    by("sql-problem").hidden = true;
  }

  function fail(reason) {
    by("sql-said").textContent = "";
    by("sql-problem").textContent = reason;
    by("sql-problem").hidden = false;
  }

  function running(now) {
    by("sql-run").disabled = now;
    by("sql-stop").disabled = !now;
  }

  function stop() {
    runs += 1;
    worker?.terminate();
    worker = null;
    running(false);
  }

  function show({ names, lines, more }) {
    answer = { names, lines };
    by("sql-head").replaceChildren(element("tr", {}, ...names.map((name, at) =>
      element("th", { scope: "col", class: typeof lines[0]?.[at] === "number" ? "number" : null }, shownText(name, words)))));
    by("sql-rows").replaceChildren(...lines.map((line) => element("tr", {}, ...line.map((cell) =>
      element("td", { class: typeof cell === "number" ? "number" : null }, shownText(cell, words))))));
    by("sql-part").hidden = names.length === 0;
    by("sql-download").hidden = names.length === 0;
    say(fill(more ? words.sql_more : words.sql_found, { found: figure(lines.length) }));
  }

  function hear({ data }) {
    running(false);
    if (data.lost) {
      stop();
      fail(fill(words.problem, { reason: data.failed }));
    } else if (data.failed) { fail(fill(words.sql_failed, { reason: data.failed })); } else { show(data); }
  }

  // Starts SQLite with the whole table, whose columns have been read, in it.
  function open() {
    const made = new Worker(new URL("./table-sql-worker.js", import.meta.url));
    made.addEventListener("message", hear);
    made.addEventListener("error", (event) => { stop(); fail(fill(words.problem, { reason: event.message || "SQLite" })); });
    made.postMessage({ dataset: told.dataset, names: table.names, cells: table.names.map((name) => table.cells[name]), rows: table.rows });
    return made;
  }

  // One query at a time. What is stopped while the columns are read does not begin.
  async function run() {
    if (by("sql-run").disabled) { return; }
    const mine = runs += 1;
    running(true);
    ran(by("sql").value);
    say(words.sql_runs);
    try {
      await table.load(table.names);
      if (mine !== runs) { return; }
      worker ??= open();
      worker.postMessage({ sql: by("sql").value });
    } catch (error) {
      stop();
      fail(fill(words.problem, { reason: error.message }));
    }
  }

  function unfold() {
    by("sql-open-part").hidden = true;
    by("sql-box").hidden = false;
  }

  by("sql-open").addEventListener("click", () => {
    unfold();
    by("sql").focus();
    run();
  });
  by("sql-run").addEventListener("click", run);
  by("sql-stop").addEventListener("click", () => { stop(); say(words.sql_stopped); });
  by("sql").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); run(); }
  });
  by("sql-download").addEventListener("click", () => {
    saveCsv(`${told.dataset}_${told.release}_sql.csv`, writeCsv(answer.names, answer.lines));
  });

  return function propose(sql) {
    if (!sql || sql === by("sql").value && !by("sql-box").hidden) { return; }
    by("sql").value = sql;
    unfold();
    say(words.sql_given);
  };
}
