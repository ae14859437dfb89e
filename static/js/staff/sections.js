// Sections change places: by handle, by Up and Down, by number. New ones come at the end.

export function startSections(form, prepare) {
  const list = form.querySelector(".sections-list");
  const said = form.querySelector(".sections-said");
  const total = form.querySelector("[name=sections-TOTAL_FORMS]");
  const parts = () => [...list.children];
  const place = (part) => part.querySelector("[name$=-position]");
  const name = (part) => part.querySelector("[name$=-heading]").value || "The section";

  function renumber() {
    parts().forEach((part, index) => (place(part).value = index + 1));
    list.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function put(part, index) {
    const others = parts().filter((other) => other !== part);
    const at = Math.max(0, Math.min(index, others.length));
    list.insertBefore(part, others[at] ?? null);
    renumber();
    said.textContent = `${name(part)} is now ${at + 1} of ${parts().length}.`;
  }

  function press({ target }) {
    const part = target.closest(".part");
    const by = target.matches("[data-up]") ? -1 : target.matches("[data-down]") ? 1 : 0;
    if (!by) return;
    put(part, parts().indexOf(part) + by);
    target.focus();
    part.scrollIntoView({ block: "nearest" });
  }

  function typePlace({ target }) {
    if (!target.matches("[name$=-position]")) return;
    const part = target.closest(".part");
    put(part, (Number(target.value) || parts().indexOf(part) + 1) - 1);
    target.focus();
  }

  function drag(event) {
    const handle = event.target.closest(".part-handle");
    if (!handle || event.button) return;
    const part = handle.closest(".part");
    event.preventDefault();
    handle.setPointerCapture(event.pointerId);
    stayUnder(part, () => list.classList.add("sections-moving"));
    part.classList.add("part-moving");
    const follow = (move) => {
      stepTo(part, move.clientY, parts());
      scrollAt(move.clientY);
    };
    const drop = () => {
      handle.removeEventListener("pointermove", follow);
      stayUnder(part, () => list.classList.remove("sections-moving"));
      part.classList.remove("part-moving");
      put(part, parts().indexOf(part));
    };
    handle.addEventListener("pointermove", follow);
    handle.addEventListener("lostpointercapture", drop, { once: true });
  }

  function add() {
    const fresh = document.createElement("template");
    fresh.innerHTML = form.querySelector(".sections-new").innerHTML.replaceAll("__prefix__", total.value);
    const part = fresh.content.firstElementChild;
    list.append(part);
    total.value = Number(total.value) + 1;
    part.querySelectorAll("[data-with-script]").forEach((each) => (each.hidden = false));
    prepare(part);
    renumber();
    part.querySelector("[name$=-heading]").focus();
  }

  // The blank section at the end is for those without scripts; here a button adds one.
  const last = list.querySelector("[data-blank]");
  if (last && parts().length > 1 && parts().at(-1) === last) {
    last.remove();
    total.value = Number(total.value) - 1;
  }
  list.addEventListener("click", press);
  list.addEventListener("change", typePlace);
  list.addEventListener("pointerdown", drag);
  form.querySelector("[data-add]").addEventListener("click", add);
}

// What is done to the list leaves this section where the pointer is.
function stayUnder(part, change) {
  const before = part.getBoundingClientRect().top;
  change();
  scrollBy({ top: part.getBoundingClientRect().top - before, behavior: "instant" });
}

function scrollAt(y) {
  if (y < 80) scrollBy(0, -16);
  if (y > innerHeight - 140) scrollBy(0, 16);
}

// While a section is dragged each is as low as its heading, so that one step is short.
function stepTo(part, y, parts) {
  const index = parts.indexOf(part);
  const middle = (other) => {
    const box = other.getBoundingClientRect();
    return (box.top + box.bottom) / 2;
  };
  const over = parts.findIndex((other, at) => at < index && y < middle(other));
  const under = parts.findLastIndex((other, at) => at > index && y > middle(other));
  // The others give way: a section that left its place would let go of the pointer.
  if (over >= 0) part.after(...parts.slice(over, index));
  else if (under >= 0) part.before(...parts.slice(index + 1, under + 1));
}
