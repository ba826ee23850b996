/* The calendar by keyboard: j, k and the arrows go on and back; t, d, w and m are links with a key (app.js). */

const steps = { ArrowRight: "after", ArrowLeft: "before", j: "after", k: "before" };

document.addEventListener("keydown", (event) => {
  const step = steps[event.key];
  if (!step || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || document.querySelector(".modal.show, dialog[open]")) return;
  const isLetter = event.key.length === 1; // letters can be switched off, arrows stay
  if (isLetter && document.querySelector("[data-keys-toggle]")?.checked === false) return;
  event.preventDefault();
  document.querySelector(`[data-calendar="${step}"]`)?.click();
});
