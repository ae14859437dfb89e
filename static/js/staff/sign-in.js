// Passkeys on the pages of the sign-in, and the tools beside recovery codes.
import { make, prove, words, works } from "./passkey.js";

function start(block) {
  const form = block.closest("form");
  const said = block.querySelector(".passkey-said");
  const button = block.querySelector("button");
  const next = new URLSearchParams({ next: form.elements.next?.value ?? "" });
  const waiting = new AbortController();
  let offered; // while the browser offers the passkey by itself, no other question may be open

  function asked() {
    return {
      begin: block.dataset.begin,
      complete: `${block.dataset.complete}?${next}`,
      token: form.elements.csrfmiddlewaretoken.value,
      name: form.elements.name?.value ?? "",
    };
  }

  button.addEventListener("click", async () => {
    button.disabled = true;
    said.textContent = "";
    waiting.abort();
    await offered;
    try {
      location.assign((await (block.dataset.passkey === "add" ? make : prove)(asked())).to);
    } catch (error) {
      said.textContent = words(error);
      button.disabled = false;
    }
  });

  // The browser offers the passkey where the user name is typed.
  async function offer() {
    if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
    const how = { mediation: "conditional", signal: waiting.signal };
    const answer = await prove({ ...asked(), ...how }).catch(() => null);
    if (answer) location.assign(answer.to);
  }

  block.hidden = false;
  if (form.elements.username) offered = offer();
}

if (works) {
  for (const also of document.querySelectorAll("[data-with-passkey]")) also.hidden = false;
  document.querySelectorAll("[data-passkey]").forEach(start);
}

for (const tools of document.querySelectorAll("[data-recovery]")) {
  const codes = [...document.querySelectorAll(".recovery code")].map((code) => code.textContent);
  const said = tools.querySelector("[role=status]");
  tools.hidden = false;
  tools.querySelector("[data-print]").addEventListener("click", () => print());
  const copy = tools.querySelector("[data-copy]");
  if (!navigator.clipboard) copy.remove();
  copy.addEventListener("click", () =>
    navigator.clipboard.writeText(codes.join("\n")).then(
      () => (said.textContent = "Copied"),
      () => (said.textContent = "Your browser did not allow it. Select the codes to copy them."),
    ),
  );
}
