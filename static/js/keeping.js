// Where this browser keeps nothing for this site, the page says that Back loses what was written.

function mayKeep() {
  try {
    return sessionStorage !== null;
  } catch {
    return false; // switched off, with cookies
  }
}

document.querySelectorAll("[data-no-keeping]").forEach((words) => (words.hidden = mayKeep()));
