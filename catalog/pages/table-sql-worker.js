"use strict";
// The worker with SQLite: takes the whole table once, then queries; answers with columns and at most MOST rows, or with what failed.
importScripts("sqlite/sql-wasm.js");

const MOST = 1000;
let database = null;

function quoted(name) {
  return `"${name.replaceAll('"', '""')}"`;
}

function typeOf(cells) {
  const filled = cells.filter((cell) => cell !== null);
  if (filled.some((cell) => typeof cell === "string") || !filled.length) { return "text"; }
  return filled.every(Number.isInteger) ? "integer" : "real";
}

async function open({ dataset, names, cells, rows }) {
  const sqlite = await initSqlJs({ locateFile: (file) => `sqlite/${file}` });
  const made = new sqlite.Database();
  made.run(`create table ${quoted(dataset)} (${names.map((name, at) => `${quoted(name)} ${typeOf(cells[at])}`).join(", ")})`);
  made.run("begin");
  const insert = made.prepare(`insert into ${quoted(dataset)} values (${names.map(() => "?").join(", ")})`);
  for (let row = 0; row < rows; row += 1) {
    insert.run(cells.map((column) => typeof column[row] === "boolean" ? Number(column[row]) : column[row]));
  }
  insert.free();
  made.run("commit");
  return made;
}

// The answer of the last statement that has columns.
function run(sql) {
  let answer = { names: [], lines: [], more: false };
  for (const statement of database.iterateStatements(sql)) {
    const lines = [];
    let more = false;
    while (!more && statement.step()) {
      if (lines.length === MOST) { more = true; } else { lines.push(statement.get()); }
    }
    const names = statement.getColumnNames();
    if (names.length) { answer = { names, lines, more }; }
  }
  return answer;
}

let opening = null;
onmessage = async ({ data }) => {
  try {
    if (data.names) { opening = open(data); }
    database = await opening;
    if (data.sql !== undefined) { postMessage(run(data.sql)); }
  } catch (error) {
    postMessage({ failed: error.message || String(error), lost: database === null });
  }
};
