// From one request to the next without a page load. The server answers as ever: what a form or a link
// of the desk leads to is fetched, and the parts of this page give way to those of that one. Whatever
// else comes back is gone to as a browser would. Where nothing comes back, all that was typed stays.

const PARTS = [".said", ".desk-worker", ".desk"];
// Says to the server that someone pressed it: it counts as a visit, and what was typed is kept.
const BY_HAND = { "X-By-Hand": "1" };
const LONGEST = 20_000; // milliseconds
const UNREACHED = "No answer came. What you typed is still here. Try again in a moment.";
const loaded = new Set(needed(document));
let shown = document.querySelector(".desk").dataset.address;
let busy = false;

function needed(page) {
  return [...page.querySelectorAll("link[rel=stylesheet], script[src]")].map((one) => one.href ?? one.src);
}

function here() {
  return location.pathname + location.search;
}

function whose(page) {
  return page.querySelector(".idle")?.dataset.user;
}

// A request, for whoever is signed in here, and made for the scripts and styles of this page.
function fits(page) {
  const same = whose(page) === whose(document) && needed(page).every((each) => loaded.has(each));
  return same && page.querySelector(".desk") !== null;
}

function setBusy(is) {
  busy = is;
  document.querySelector(".desk").setAttribute("aria-busy", is);
}

// null where no answer came, or only that the site cannot answer now.
async function ask(url, asked) {
  setBusy(true);
  try {
    const signal = AbortSignal.timeout(LONGEST);
    const answer = await fetch(url, { ...asked, headers: BY_HAND, signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return answer.status < 500 ? { page, url: answer.url, moved: answer.redirected } : null;
  } catch {
    return null;
  } finally {
    setBusy(false);
  }
}

async function send(form, button) {
  const body = new FormData(form);
  if (button?.name) body.append(button.name, button.value);
  const answer = await ask(form.action, { method: "POST", body });
  if (!answer) say(form);
  else if (fits(answer.page)) show(answer.page);
  else if (answer.moved) location.assign(answer.url);
  else sendPlainly(form, button);
}

function sendPlainly(form, button) {
  form.removeAttribute("data-in-place");
  form.requestSubmit(button);
}

async function visit(url) {
  const answer = await ask(url);
  if (answer && fits(answer.page)) show(answer.page);
  else location.assign(url);
}

// The address has changed already.
async function comeBack() {
  const answer = busy ? null : await ask(here());
  if (answer && fits(answer.page)) show(answer.page);
  else location.reload();
}

function show(page) {
  const address = page.querySelector(".desk").dataset.address;
  const isSame = address === shown;
  const queueAt = document.querySelector(".desk-queue").scrollTop;
  history[address === here() ? "replaceState" : "pushState"](null, "", address);
  shown = address;
  document.title = page.title;
  for (const part of PARTS) {
    document.querySelector(part).replaceChildren(...page.querySelector(part).childNodes);
  }
  document.querySelector(".desk-queue").scrollTop = queueAt;
  begin(isSame);
}

// Where reading goes on after a page load: at a question, at what is wrong, at what was saved, else at the
// top, with the name of the request.
function begin(isSame) {
  const find = (place) => document.querySelector(place);
  const saved = isSame && !find(".said .messagelist") ? find(".saved [role=status]") : null;
  const place = find(".desk [autofocus]") ?? find(".desk-person > [role=alert]") ?? saved ?? find(".desk h1");
  if (!place.closest(".desk-next")) scrollTo({ top: 0, behavior: "instant" });
  place.tabIndex = -1;
  place.focus();
}

function say(form) {
  form.querySelector(".unreached")?.remove();
  const line = document.createElement("p");
  line.className = "notice notice-care unreached";
  line.setAttribute("role", "alert");
  line.tabIndex = -1;
  line.textContent = UNREACHED;
  form.prepend(line);
  line.focus();
}

function submitted(event) {
  const { target: form, submitter } = event;
  if (event.defaultPrevented || !form.matches("form[data-in-place]")) return;
  event.preventDefault();
  if (!busy) send(form, submitter);
}

function clicked(event) {
  const link = event.target.closest("a[data-in-place]");
  const plainly = event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  if (!link || plainly || event.defaultPrevented) return;
  event.preventDefault();
  if (!busy) visit(link.href);
}

// The answer to a POST stands in the history like any visit.
if (here() !== shown) history.replaceState(null, "", shown + location.hash);
if (AbortSignal.timeout) {
  document.addEventListener("submit", submitted);
  document.addEventListener("click", clicked);
  // To another part of the same page the browser goes by itself.
  addEventListener("popstate", () => here() === shown || comeBack());
}
