// A small toolbar above each text, and two lists to insert from: sources and facts.
import "../../vendor/markdown-toolbar/markdown-toolbar.js";

let area = null; // the text that the open list inserts into

export function addToolbar(text) {
  const bar = document.querySelector("template.writing").content.firstElementChild.cloneNode(true);
  bar.setAttribute("for", text.id);
  bar.setAttribute("aria-label", `Marks for ${text.labels[0].textContent.toLowerCase()}`);
  bar.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-insert]");
    if (button) open(button.dataset.insert, text);
  });
  text.before(bar);
}

export function startWriting() {
  for (const list of document.querySelectorAll("dialog.insert")) {
    list.addEventListener("click", ({ target }) => {
      const one = target.closest(".insert-one");
      if (one || target.closest("[data-close]")) list.close();
      if (one) insert(one.dataset.text);
    });
    list.querySelector("[type=search]")?.addEventListener("input", ({ target }) => find(list, target.value));
  }
}

function open(name, text) {
  area = text;
  const list = document.querySelector(`dialog.insert[data-list=${name}]`);
  const search = list.querySelector("[type=search]");
  if (search) find(list, (search.value = ""));
  list.showModal();
}

function find(list, words) {
  let found = 0;
  for (const one of list.querySelectorAll("li")) {
    one.hidden = !one.textContent.toLowerCase().includes(words.trim().toLowerCase());
    found += !one.hidden;
  }
  list.querySelector(".insert-none").hidden = found > 0;
}

// As if it was typed, so that Undo takes it back. A citation stands one space from its word.
function insert(text) {
  const before = area.value.slice(0, area.selectionStart);
  const spaced = text.startsWith("[@") && /\S$/.test(before) ? ` ${text}` : text;
  area.focus();
  area.setSelectionRange(area.selectionEnd, area.selectionEnd);
  if (document.execCommand("insertText", false, spaced)) return;
  area.setRangeText(spaced, area.selectionEnd, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}
