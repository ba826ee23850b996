/* My day by keyboard and thumb: the sheet follows the chosen line, digits choose, nothing typed is lost.
   Everything here is comfort: without it lines are links and forms are forms. */

const wide = window.matchMedia("(width >= 992px)");
const sheet = document.getElementById("day-sheet");
const list = document.getElementById("lines");
const onDay = Boolean(document.querySelector("[data-day]"));

// The log form has its own script (log.js), which is there before this one.
const { choose, afterOutcome } = window.tendLog;

/* -- The list and its sheet -------------------------------------------------------------------- */

const lines = () => [...document.querySelectorAll("[data-line]")].filter((line) => line.getClientRects().length);
const current = () => document.querySelector("[data-line][aria-current]");
const shown = () => sheet?.querySelector("[data-sheet]")?.dataset.sheet;

function mark(line) {
  for (const other of document.querySelectorAll("[data-line][aria-current]")) {
    if (other !== line) other.removeAttribute("aria-current");
  }
  line?.setAttribute("aria-current", "true");
}

let pending = null;
let coming = {}; // the sheet that is on its way: asked for once, however often it is wanted meanwhile
function open(line, then) {
  clearTimeout(pending);
  mark(line);
  const id = line.dataset.id;
  if (shown() === id) { then?.(); return; }
  if (coming.id !== id) {
    const arrival = window.htmx.ajax("GET", line.getAttribute("hx-get"), { target: "#day-sheet", swap: "innerHTML", source: line });
    coming = { id, arrival };
    const arrived = () => { if (coming.arrival === arrival) coming = {}; };
    arrival.then(arrived, arrived); // another line was chosen before this one came
  }
  coming.arrival.then(() => then?.(), () => {});
}

function front(on) {
  if (!sheet || !onDay) return;
  if (on === sheet.classList.contains("is-front")) return;
  sheet.classList.toggle("is-front", on);
  if (wide.matches) return;
  if (on) history.pushState({ sheet: true }, "");
  else if (history.state?.sheet) history.back();
}
window.addEventListener("popstate", () => {
  if (!sheet?.classList.contains("is-front")) return;
  sheet.classList.remove("is-front");
  current()?.scrollIntoView({ block: "center" });
});

if (onDay) {
  document.addEventListener("focusin", (event) => {
    const line = event.target.closest?.("[data-line]");
    if (!line) return;
    if (!line.matches(":focus-visible")) return; // a click asks for the sheet itself
    mark(line);
    if (!wide.matches) return;
    clearTimeout(pending);
    pending = setTimeout(() => open(line), 120);
  });
  document.addEventListener("click", (event) => {
    const line = event.target.closest?.("[data-line]") ?? lineOf(event.target.closest?.("[data-open-sheet]"));
    if (line && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      mark(line);
      if (event.target.closest("[data-open-sheet]")) { event.preventDefault(); open(line, () => startLog()); }
      front(true);
    }
    if (event.target.closest?.("[data-sheet-close]")) front(false);
  });
  document.addEventListener("htmx:configRequest", (event) => {
    const folds = [...document.querySelectorAll("[data-fold][open]")].map((fold) => fold.dataset.fold);
    if (event.detail.verb === "post" && folds.length) event.detail.parameters.open = folds.join(",");
  });
}

function lineOf(button) {
  return button ? document.querySelector(`[data-line][data-id="${CSS.escape(button.dataset.openSheet)}"]`) : null;
}

function startLog() {
  const start = sheet?.querySelector("[data-log-start]") ?? document.querySelector("[data-log-start]");
  start?.focus({ preventScroll: true });
  const group = start?.closest("fieldset");
  if (group && getComputedStyle(sheet ?? group).overflowY === "auto") sheet.scrollTop += group.getBoundingClientRect().top - sheet.getBoundingClientRect().top - 8;
  else group?.scrollIntoView({ block: "nearest" });
}

// A field that was left by saving is not entered again on the next account's sheet, where it has the same id.
document.addEventListener("htmx:beforeSwap", (event) => {
  const goesOn = event.detail.xhr?.getResponseHeader("HX-Trigger-After-Swap")?.includes("day:next");
  if (goesOn && sheet?.contains(document.activeElement)) document.activeElement.blur();
});

// After saving: the next line has the focus, its sheet is in front.
document.addEventListener("day:next", () => {
  const line = current();
  if (sheet.contains(document.activeElement)) return; // somebody fast is typing there already
  if (wide.matches) {
    sheet.scrollTop = 0;
    (line ?? sheet)?.focus({ preventScroll: true });
    line?.closest("li").scrollIntoView({ block: "nearest" });
  } else if (line) {
    sheet.scrollTop = 0;
    sheet.querySelector("#sheet-title")?.focus({ preventScroll: true });
  } else {
    front(false);
  }
});

/* -- Keys --------------------------------------------------------------------------------------- */

const typing = (element) => element?.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element?.tagName ?? "");
let early = null; // digits struck while the sheet is still on its way
const keysOff = () => document.querySelector("[data-keys-toggle]")?.checked === false;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector(".modal.show, dialog[open]")) return;
  if (event.key === "Escape") { leave(event); return; }
  if (early && /^[0-9]$/.test(event.key)) { early.push(event.key); return; }
  if (typing(event.target) || keysOff() || !onDay) return;
  const line = current() ?? lines()[0];
  const acts = { l: () => startLog(), s: () => unfold("[data-key-s]"), n: () => unfold("[data-key-n]") };
  if (!line || !acts[event.key] || event.defaultPrevented) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  early = [];
  open(line, () => {
    const keys = early;
    early = null;
    if (!wide.matches) front(true);
    acts[event.key]();
    const radio = event.key === "l" && sheet.querySelector(`[data-digits="outcome"] [data-digit="${keys?.[0]}"]`);
    if (radio) { choose(radio); afterOutcome(radio.form, radio.value); }
  });
}, true);

for (const failure of ["htmx:responseError", "htmx:sendError"]) document.addEventListener(failure, () => { early = null; });

function unfold(selector) {
  const fold = sheet.querySelector(selector)?.closest("details");
  if (!fold) return;
  fold.open = true;
  fold.querySelector("input:not([type=hidden]), textarea")?.focus();
  sheet.scrollTop += fold.getBoundingClientRect().bottom - sheet.getBoundingClientRect().bottom + 16;
}

// Esc leaves the form for the list; what was typed stays in the sheet.
function leave(event) {
  if (!onDay || !event.target.closest?.("#day-sheet")) return;
  event.preventDefault();
  const line = current();
  if (wide.matches) line?.focus();
  else front(false);
}

/* -- Start -------------------------------------------------------------------------------------- */

if (onDay && wide.matches) {
  const line = current() ?? lines()[0];
  if (line) {
    const ready = () => { if (document.activeElement === document.body) line.focus({ preventScroll: true }); open(line); };
    if (window.htmx) ready(); else window.addEventListener("load", ready);
  }
}
