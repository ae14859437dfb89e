/* Names for the controls that Django's own pages leave without one. */
const CONTROLS = "input:not([type=hidden]), select, textarea";

function name(control, text) {
  const named = control.labels?.length || control.hasAttribute("aria-label");
  if (!named && text) control.setAttribute("aria-label", text.trim());
}

function hidden(text) {
  const span = document.createElement("span");
  span.className = "visually-hidden";
  span.textContent = text;
  return span;
}

/* In a table of inlines the head of the column says what a control is. */
function nameCells(table) {
  const heads = table.tHead.rows[0].cells;
  if (!heads[0].textContent.trim()) heads[0].append(hidden("Entry"));
  for (const cell of table.querySelectorAll("tbody td")) {
    for (const control of cell.querySelectorAll(CONTROLS)) {
      name(control, heads[cell.cellIndex]?.textContent);
    }
  }
}

function nameAll() {
  for (const table of document.querySelectorAll(".tabular table")) nameCells(table);
  for (const date of document.querySelectorAll(".datetime .vDateField")) name(date, "Date");
  for (const time of document.querySelectorAll(".datetime .vTimeField")) name(time, "Time");
  for (const icon of document.querySelectorAll(".search-label-icon")) icon.setAttribute("role", "img");
}

window.addEventListener("load", nameAll);
document.addEventListener("formset:added", nameAll);
