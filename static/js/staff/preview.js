// The page as readers see it, anew after each pause in typing. It never waits for, and never
// holds up, whoever types.

const PAUSE = 300; // milliseconds
const LATE = "The preview could not follow just now. Your words are still here, and saving works as before.";

export function startPreview(form) {
  const frame = document.querySelector(".preview-frame");
  const said = document.querySelector(".preview-said");
  const advice = document.querySelector(".advice-all");
  let timer, busy = false, again = false;

  async function refresh() {
    if (busy) return (again = true);
    busy = true;
    try {
      show(await asTyped(form));
    } catch {
      say(LATE);
    }
    busy = false;
    if (again) (again = false), refresh();
  }

  function show(page) {
    const note = page.querySelector(".preview-note");
    note.querySelectorAll("[data-control]").forEach(link);
    advice.replaceChildren(...note.querySelector(".advice-body").childNodes);
    others(note.querySelector(".others"));
    note.remove();
    put(page, frame);
    say(advice.querySelector("[data-count]").dataset.count);
  }

  function say(words) {
    if (said.textContent !== words) said.textContent = words;
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, PAUSE);
  });
  form.addEventListener("focusin", ({ target }) => turnTo(target.closest(".part"), frame));
  frame.addEventListener("load", () => settle(frame));
  settle(frame);
  advice.addEventListener("click", toControl);
  if (form.hasAttribute("data-unsaved")) refresh();
  startWidths();
  startViews();
}

async function asTyped(form) {
  const body = new FormData(form);
  body.delete("seen_draft");
  const answer = await fetch(form.dataset.preview, { method: "POST", body });
  if (!answer.ok || answer.redirected) throw new Error(answer.status);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

// Who else has the page open: said when it changes.
function others(now) {
  const before = document.querySelector(".editor .others");
  if (before.textContent.trim() !== now.textContent.trim()) before.replaceChildren(...now.childNodes);
}

// The words change, the place in the page stays.
function put(page, frame) {
  const { contentDocument: inside, contentWindow: view } = frame;
  const { scrollX, scrollY } = view;
  inside.body.replaceWith(inside.adoptNode(page.body));
  view.scrollTo({ left: scrollX, top: scrollY, behavior: "instant" });
}

// Who goes on to another section sees that one.
let turned = null;
function turnTo(part, frame) {
  if (!part || part === turned) return;
  turned = part;
  const heading = part.querySelector("[name$=-heading]").value.trim();
  const all = [...(frame.contentDocument?.querySelectorAll("main h2") ?? [])];
  const there = heading && all.find((one) => one.textContent.trim() === heading);
  there?.scrollIntoView({ block: "center", behavior: "instant" });
}

function settle(frame) {
  const inside = frame.contentDocument;
  inside?.querySelector(".preview-note")?.remove();
  inside?.addEventListener("click", stayOnPage);
}

// Links open beside the editor, in a tab of their own; anchors are found on the page itself.
function stayOnPage(event) {
  const link = event.target.closest("a[href^='#']");
  if (!link) return;
  event.preventDefault();
  link.ownerDocument.getElementById(link.hash.slice(1))?.scrollIntoView();
}

function link(name) {
  const link = document.createElement("a");
  link.className = "advice-where";
  link.href = `#${name.dataset.control}`;
  link.textContent = name.textContent;
  name.replaceWith(link);
}

function toControl(event) {
  const link = event.target.closest(".advice-where");
  const control = link && document.getElementById(link.hash.slice(1));
  if (!control) return;
  event.preventDefault();
  view("words");
  for (let part = control.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
  control.focus();
  control.scrollIntoView({ block: "center" });
}

function startWidths() {
  const stage = document.querySelector(".preview-stage");
  const buttons = [...document.querySelectorAll("[data-width]")];
  let wide = 1280;

  function fit() {
    if (!stage.clientWidth) return;
    stage.style.setProperty("--wide", wide);
    stage.style.setProperty("--scale", Math.min(1, stage.clientWidth / wide));
  }

  function choose(button) {
    wide = Number(button.dataset.width);
    for (const each of buttons) each.setAttribute("aria-pressed", each === button);
    fit();
  }

  buttons.forEach((button) => button.addEventListener("click", () => choose(button)));
  stage.classList.add("preview-fitted");
  choose(buttons[innerWidth < 1024 ? 0 : 1]);
  new ResizeObserver(fit).observe(stage);
}

// On a phone the words and the page take turns.
function view(name) {
  document.querySelector(".editor").dataset.view = name;
}

function startViews() {
  view("words");
  for (const button of document.querySelectorAll("[data-view-button]")) {
    button.addEventListener("click", () => {
      view(button.dataset.viewButton);
      const other = button.dataset.viewButton === "page" ? "words" : "page";
      document.querySelector(`[data-view-button=${other}]`).focus();
    });
  }
}
