// Draws rows into a table of the page. Every cell is set as text.
import { shownText } from "./table-rows.js";

export function element(name, attributes = {}, ...content) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) { made.setAttribute(key, value === true ? "" : value); }
  }
  made.append(...content);
  return made;
}

export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, key) => key in values ? values[key] : whole);
}

// As on the rest of the site: groups of three with a narrow blank.
export function figure(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

// The heads of the columns, each with a button that asks for an order. The heads stay, so that the focus does.
export function drawHead(head, columns, ask) {
  head.replaceChildren(element("tr", {}, ...columns.map((column) => {
    const button = element("button", { type: "button", "data-column": column.name }, column.label);
    if (column.unit) { button.append(element("span", { class: "quiet" }, ` (${column.unit})`)); }
    button.append(element("span", { class: "arrow", "aria-hidden": "true" }));
    button.addEventListener("click", () => ask(column.name));
    return element("th", { scope: "col", class: isNumeric(column) ? "number" : null }, button);
  })));
}

export function markOrder(head, columns, order) {
  [...head.querySelectorAll("th")].forEach((cell, at) => {
    const sorted = order && columns[at].name === order.name;
    if (sorted) { cell.setAttribute("aria-sort", order.down ? "descending" : "ascending"); } else { cell.removeAttribute("aria-sort"); }
    cell.querySelector(".arrow").textContent = sorted ? (order.down ? " ▼" : " ▲") : " ↕";
  });
}

export function drawRows(body, table, columns, rows, withCodes, words) {
  body.replaceChildren(...rows.map((row) => element("tr", {}, ...columns.map((column) => {
    const cell = element("td", { class: isNumeric(column) ? "number" : null }, shownText(table.cells[column.name][row], words));
    const code = column.code && withCodes ? shownText(table.cells[column.code][row], words) : "";
    if (code) { cell.append(" ", element("code", { class: "quiet" }, code)); }
    return cell;
  }))));
}

export function isNumeric(column) {
  return ["integer", "number", "year"].includes(column.type);
}
