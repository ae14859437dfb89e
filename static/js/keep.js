// Back, Reload and a dropped connection keep every word, in this tab only. A new visit, leaving
// and sending forget them, whatever the browser would refill. Back after sending says it was sent.

const KEY = "kept";
const SENT = "sent"; // the address that says so
const LIFE = 30 * 60 * 1000; // milliseconds: a tab opened again later, by anyone, shows an empty form
const form = document.querySelector("form[data-keep]");
const sent = document.querySelector("[data-sent]");

function store(action) {
  try {
    return action(sessionStorage);
  } catch {
    return null; // storage is switched off: the browser's own memory has to do
  }
}

// The token too: what was sent, and its answer lost on the way, is not stored again after Back.
const isKept = (field) => field.name === "token" || !["hidden", "submit", "button"].includes(field.type);
const fields = () => [...form.elements].filter((field) => field.name && isKept(field));
const isChoice = (field) => field.type === "radio" || field.type === "checkbox";

function keep() {
  const words = fields()
    .filter((field) => !isChoice(field) || field.checked)
    .map((field) => [field.name, field.value]);
  store((storage) => storage.setItem(KEY, JSON.stringify({ at: Date.now(), words })));
}

function fill(words) {
  for (const field of fields()) {
    const values = words.filter(([name]) => name === field.name).map(([, value]) => value);
    if (isChoice(field)) field.checked = values.includes(field.value);
    else if (values.length) field.value = values[0];
    if (isChoice(field) ? field.checked : field.value) field.closest("details")?.setAttribute("open", "");
  }
}

function restore() {
  const already = store((storage) => storage.getItem(SENT));
  if (already) return location.replace(already);
  const kept = JSON.parse(store((storage) => storage.getItem(KEY)) ?? "null");
  if (kept && Date.now() - kept.at < LIFE) fill(kept.words);
  else form.reset();
  form.dispatchEvent(new Event("change", { bubbles: true }));
  form.querySelectorAll("textarea").forEach((area) => area.dispatchEvent(new Event("input")));
}

function start(event) {
  const [visit] = performance.getEntriesByType("navigation");
  if (event.persisted) return; // leave.js asks for the page anew
  if (!form.hasAttribute("data-fresh")) keep();
  else if (visit.type === "navigate") store((storage) => storage.clear());
  else restore();
  form.addEventListener("input", keep);
  form.addEventListener("submit", keep);
}

if (form) addEventListener("pageshow", start);
else if (sent) store((storage) => (storage.removeItem(KEY), storage.setItem(SENT, sent.dataset.sent)));
