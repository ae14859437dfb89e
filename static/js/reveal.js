// Shows what belongs to the chosen answer. Values stay in what is hidden; the server ignores them.

function isChosen(part) {
  const chosen = part.closest("form").querySelectorAll(`[name="${part.dataset.when}"]:checked`);
  const wanted = part.dataset.is.split(" ");
  return [...chosen].some((choice) => wanted.includes(choice.value));
}

function reveal() {
  for (const part of document.querySelectorAll("[data-when]")) part.hidden = !isChosen(part);
}

document.querySelectorAll("[data-no-script]").forEach((words) => (words.hidden = true));
document.addEventListener("change", reveal);
addEventListener("pageshow", reveal);
reveal();
