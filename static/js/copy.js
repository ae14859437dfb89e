// Copy and print the private code. The tools are shown only where they work.

function copy(button) {
  const code = document.getElementById(button.dataset.copy);
  const blocks = [...code.querySelectorAll(".code-block")].map((block) => block.textContent.trim());
  const status = document.querySelector("[data-copy-status]");
  navigator.clipboard.writeText(blocks.join(" ")).then(
    () => (status.textContent = "Copied"),
    () => (status.textContent = "Your browser did not allow it. Select the code to copy it."),
  );
}

for (const tools of document.querySelectorAll("[data-code-tools]")) {
  tools.hidden = false;
  tools.querySelector("[data-print]")?.addEventListener("click", () => print());
  const button = tools.querySelector("[data-copy]");
  if (navigator.clipboard) button?.addEventListener("click", () => copy(button));
  else button?.remove();
}
