// "/" puts the cursor into the search box, from anywhere but where one types.
const TYPING = "input, textarea, select, [contenteditable]";
const box = document.getElementById("sought");

function toTheBox(event) {
  const alone = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (!alone || event.target.closest?.(TYPING) || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  box.focus();
  box.select();
}

document.addEventListener("keydown", toTheBox);
box.setAttribute("aria-keyshortcuts", "/");
box.form.querySelector(".search-key").hidden = false;
