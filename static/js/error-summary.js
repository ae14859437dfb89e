// The summary takes the focus; its links bring the label or legend into view, then focus the control.

const summary = document.querySelector("[data-error-summary]");

function labelOf(control) {
  return control.closest("fieldset")?.querySelector("legend") ?? control.labels?.[0] ?? control;
}

function follow(event) {
  const control = document.getElementById(event.target.closest("a")?.hash.slice(1) ?? "");
  if (!control) return;
  event.preventDefault();
  control.closest("details")?.setAttribute("open", "");
  labelOf(control).scrollIntoView();
  control.focus({ preventScroll: true });
}

summary?.addEventListener("click", follow);
summary?.focus();
