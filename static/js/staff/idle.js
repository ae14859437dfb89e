// Says in time that the sign-in ends, and goes on in place after a touch of the passkey. The server
// decides: asking it how long is left keeps nobody signed in.
import { prove, words, works } from "./passkey.js";

const WARNING = 120; // seconds before the end
const AGAIN = 30; // seconds, while the site cannot be reached
const all = document.querySelector(".idle");
const warning = all.querySelector(".idle-warning");
const over = all.querySelector(".idle-over");
const said = all.querySelector(".idle-said");
let timer;
let out = false;

function token() {
  return all.querySelector("[name=csrfmiddlewaretoken]").value;
}

// A sign-in gives every form a new token.
function adopt(fresh) {
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = fresh;
}

function wait(seconds) {
  clearTimeout(timer);
  timer = setTimeout(ask, seconds * 1000);
}

function plan(left) {
  const calm = left - WARNING;
  warning.hidden = calm > 0;
  wait((calm > 0 ? calm : left) + 0.2);
}

function end() {
  clearTimeout(timer);
  warning.hidden = true;
  out = true;
  if (!over.open) over.showModal();
}

async function ask(method = "GET") {
  const asked = { method, redirect: "manual", headers: { "X-CSRFToken": token() } };
  const answer = await fetch(all.dataset.awake, asked).catch(() => null);
  if (!answer || answer.status >= 500) return wait(AGAIN);
  if (!answer.ok) return end();
  const { left, user, token: fresh } = await answer.json();
  if (String(user) !== all.dataset.user) return end();
  adopt(fresh);
  out = false;
  over.close();
  plan(left);
}

async function wake() {
  said.textContent = "";
  try {
    const { begin, complete } = all.dataset;
    adopt((await prove({ begin, complete, token: token() })).token);
    await ask();
  } catch (error) {
    said.textContent = words(error);
  }
}

all.querySelector("[data-stay]").addEventListener("click", () => ask("POST"));
const button = all.querySelector("[data-wake]");
if (works) button.addEventListener("click", wake);
else button.remove();
// Escape does not uncover the page. Pressed again and again it closes all the same, in Chromium.
over.addEventListener("cancel", (event) => out && event.preventDefault());
over.addEventListener("close", () => out && over.showModal());
// After sleep, and after a sign-in in another tab.
addEventListener("focus", () => ask());
document.addEventListener("visibilitychange", () => document.hidden || ask());
ask();
