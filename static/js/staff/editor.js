// The page editor. Everything here eases what the form does by itself.
import { startPreview } from "./preview.js";
import { startSections } from "./sections.js";
import { addToolbar, startWriting } from "./writing.js";

const MARKDOWN = "textarea[name=summary], textarea[name=calm_line], textarea[name$=-body]";
const form = document.querySelector(".editor-form");

function start() {
  document.querySelectorAll("[data-with-script]").forEach((part) => (part.hidden = false));
  document.querySelectorAll("[data-without-script]").forEach((part) => (part.hidden = true));
  form.querySelectorAll(MARKDOWN).forEach(addToolbar);
  startWriting();
  startSections(form, (part) => part.querySelectorAll(MARKDOWN).forEach(addToolbar));
  startPreview(form);
  keepFromLeaving();
  form.addEventListener("change", nameDrawing);
  form.querySelector(".editor-errors")?.focus();
}

// Closing the tab with words that are not saved asks first.
function keepFromLeaving() {
  let unsaved = form.hasAttribute("data-unsaved");
  form.addEventListener("input", () => (unsaved = true));
  form.addEventListener("submit", () => (unsaved = false));
  addEventListener("beforeunload", (event) => unsaved && event.preventDefault());
}

function nameDrawing({ target }) {
  const pictures = target.closest(".pictures");
  if (pictures) pictures.querySelector(".pictures-now").textContent = target.value || "none";
}

if (form) start();
