// Says how much room is left, from 75 % of the limit, once the typing pauses. Never stops anyone.
// Counts code points, as the server does.

const SHOWN_FROM = 0.75;
const PAUSE = 500;

function words(left) {
  const amount = Math.abs(left).toLocaleString("en-US");
  const unit = Math.abs(left) === 1 ? "character" : "characters";
  return left < 0 ? `You have ${amount} ${unit} too many` : `You have ${amount} ${unit} left`;
}

// There before it says anything, so that screen readers hear the change.
function makeLine(area) {
  const line = document.createElement("p");
  line.className = "count";
  line.setAttribute("role", "status");
  area.after(line);
  return line;
}

function watch(area) {
  const limit = Number(area.dataset.count);
  let line, timer;
  const show = () => {
    const used = [...area.value].length;
    line.textContent = used < limit * SHOWN_FROM ? "" : words(limit - used);
    line.classList.toggle("count-over", used > limit);
  };
  const wait = () => {
    line ??= makeLine(area);
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE);
  };
  area.addEventListener("input", wait);
  if (area.value) wait();
}

document.querySelectorAll("[data-count]").forEach(watch);
