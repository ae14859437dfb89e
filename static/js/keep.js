// Back, Reload and a dropped connection keep every word, in this tab only. A new visit, leaving
// and sending forget them, whatever the browser would refill. Back after sending says it was sent.
// A browser writes down what a tab stores. So the tab stores noise: the words under a key as long as
// they, new each time. The key is the name of the window, which no browser writes down (leave.js).

const KEPT = "kept";
const SENT = "sent"; // the address that says so
const LIFE = 30 * 60 * 1000; // milliseconds: a tab opened again later, by anyone, shows an empty form
const AT_ONCE = 65536; // random bytes
const form = document.querySelector("form[data-keep]");
const sent = document.querySelector("[data-sent]");

function store(action) {
  try {
    return action(sessionStorage);
  } catch {
    return null; // storage is switched off, or holds nothing that the name of this window opens
  }
}

// The token too: what was sent, and its answer lost on the way, is not stored again after Back.
const isKept = (field) => field.name === "token" || !["hidden", "submit", "button"].includes(field.type);
const fields = () => [...form.elements].filter((field) => field.name && isKept(field));
const isChoice = (field) => field.type === "radio" || field.type === "checkbox";

// In letters that storage and a name both hold unharmed.
function newKey(length) {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += AT_ONCE) crypto.getRandomValues(bytes.subarray(at, at + AT_ONCE));
  return Array.from(bytes, (byte) => String.fromCharCode(0x100 + (byte & 0x7f))).join("");
}

// Turns text into noise, and noise into text.
function mix(text, key) {
  const letters = Array.from(text, (letter, at) => letter.charCodeAt() ^ key.charCodeAt(at));
  return letters.map((letter) => String.fromCharCode(letter)).join("");
}

// What a browser remembers of a field, for Back and for other forms, reaches the disk as well.
function keepFromBrowser(field) {
  if (field.value) field.autocomplete = "off";
}

function keep() {
  const chosen = fields().filter((field) => !isChoice(field) || field.checked);
  chosen.forEach(keepFromBrowser);
  const words = chosen.map((field) => [field.name, field.value]);
  const text = encodeURIComponent(JSON.stringify({ at: Date.now(), words }));
  const key = newKey(text.length);
  store((storage) => (storage.setItem(KEPT, mix(text, key)), (window.name = key)));
}

const kept = () => store((storage) => JSON.parse(decodeURIComponent(mix(storage.getItem(KEPT), window.name))));

function forget() {
  window.name = "";
  store((storage) => storage.clear());
}

function fill(words) {
  for (const field of fields()) {
    const values = words.filter(([name]) => name === field.name).map(([, value]) => value);
    if (isChoice(field)) field.checked = values.includes(field.value);
    else if (values.length) field.value = values[0];
    if (isChoice(field) ? !field.checked : !field.value) continue;
    field.closest("details")?.setAttribute("open", "");
    keepFromBrowser(field);
  }
}

function restore() {
  const already = store((storage) => storage.getItem(SENT));
  if (already) return location.replace(already);
  const last = kept();
  if (last && Date.now() - last.at < LIFE) fill(last.words);
  else form.reset();
  form.querySelectorAll("textarea").forEach((area) => area.dispatchEvent(new Event("input")));
}

function start(event) {
  const [visit] = performance.getEntriesByType("navigation");
  if (event.persisted) return; // leave.js asks for the page anew
  if (!form.hasAttribute("data-fresh")) keep();
  else if (visit.type === "navigate") forget();
  else restore();
  form.addEventListener("input", keep);
  form.addEventListener("submit", keep);
}

// Where nothing can be kept, the check page says that Back loses what was written.
const nothingKept = document.querySelector("[data-no-keeping]");

if (nothingKept) nothingKept.hidden = store((storage) => storage !== null) ?? false;
if (form) addEventListener("pageshow", start);
else if (sent) {
  forget();
  store((storage) => storage.setItem(SENT, sent.dataset.sent));
}
