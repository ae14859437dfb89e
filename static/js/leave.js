// Leave this site: cover the page, blank what was typed, replace this entry of the history.

const KEY = "key";
const PRESSES = 3;
const WITHIN = 2000; // milliseconds for all three: some screen readers pause speech with Shift

const control = document.querySelector("[data-leave]");
const said = document.createElement("p");
let presses = [];
let alone = false; // no other key since Shift went down: capitals and Shift+Tab are no presses
let isOursNext = false;

function cover() {
  const sheet = document.createElement("div");
  sheet.className = "leave-cover";
  sheet.textContent = "Loading";
  document.body.append(sheet);
  document.title = "Loading";
}

function blank(field) {
  if (field.type === "checkbox" || field.type === "radio") field.checked = false;
  else if (field.matches("select")) field.selectedIndex = -1;
  else field.value = "";
}

function store(action) {
  try {
    return action(sessionStorage);
  } catch {
    return null; // storage is switched off in this browser: there is nothing to forget
  }
}

function forget() {
  window.name = "";
  store((storage) => storage.clear());
}

// The name of the window is the key to what keep.js stores. Our pages see it one after the other, but
// another site, or the browser's page for "no connection", takes it away. Until the person is back, the
// key then lies beside what it opens.
function lendKey() {
  if (window.name) store((storage) => storage.setItem(KEY, window.name));
}

function takeKey() {
  const [visit] = performance.getEntriesByType("navigation");
  if (!window.name && visit.type !== "navigate") window.name = store((storage) => storage.getItem(KEY)) ?? "";
  if (window.name) store((storage) => storage.removeItem(KEY));
}

function leave() {
  cover();
  for (const form of document.forms) form.reset();
  document.querySelectorAll("input, textarea, select").forEach(blank);
  document.querySelectorAll("[data-private]:not(form)").forEach((part) => part.remove());
  forget();
  location.replace(control.href);
}

function stay() {
  presses = [];
  said.textContent = "";
}

function watch(event) {
  alone = event.key === "Shift";
  if (!alone) stay();
}

function count(event) {
  if (event.key !== "Shift" || !alone) return;
  presses = [...presses.filter((at) => event.timeStamp - at < WITHIN), event.timeStamp];
  const left = PRESSES - presses.length;
  if (left === 0) return leave();
  said.textContent = `Press Shift ${left === 1 ? "1 more time" : `${left} more times`} to leave.`;
  setTimeout(() => presses.at(-1) === event.timeStamp && stay(), WITHIN);
}

// A browser may keep a page whole for Back. One with words rests unseen and is asked for anew: keep.js
// then knows whether the words were forgotten meanwhile, by leaving or by sending.
const isPrivate = () => document.querySelector("[data-private]") !== null;

function rest() {
  if (!isOursNext) lendKey();
  if (isPrivate()) document.documentElement.style.visibility = "hidden";
}

function comeBack(event) {
  if (!event.persisted) return;
  document.querySelector(".leave-cover")?.remove();
  if (isPrivate()) location.reload();
}

takeKey();
said.className = "leave-said";
said.setAttribute("role", "status");
document.body.append(said);
control.addEventListener("click", (event) => {
  event.preventDefault();
  leave();
});
addEventListener("keydown", watch);
addEventListener("keyup", count);
addEventListener("pageswap", (event) => (isOursNext = event.activation !== null));
addEventListener("pagehide", rest);
// Firefox does not say what comes next, and stores nothing more once it comes.
if (!("onpageswap" in window)) addEventListener("beforeunload", lendKey);
addEventListener("pageshow", comeBack);
