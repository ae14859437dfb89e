// Shows what belongs to the chosen answer. Values stay in what is hidden; the server ignores them.

function isChosen(part) {
  const chosen = part.closest("form").querySelectorAll(`[name="${part.dataset.when}"]:checked`);
  const wanted = part.dataset.is.split(" ");
  return [...chosen].some((choice) => wanted.includes(choice.value));
}

function reveal() {
  for (const part of document.querySelectorAll("[data-when]")) part.hidden = !isChosen(part);
}

function hide(selector) {
  document.querySelectorAll(selector).forEach((words) => (words.hidden = true));
}

function mayKeep() {
  try {
    return sessionStorage !== null;
  } catch {
    return false; // switched off, with cookies: Back brings an empty form, and the page says so
  }
}

hide("[data-no-script]");
if (mayKeep()) hide("[data-no-keeping]");
document.addEventListener("change", reveal);
addEventListener("pageshow", reveal);
reveal();
