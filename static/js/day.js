/* My day by keyboard and thumb: the sheet follows the chosen line, digits choose, nothing typed is lost.
   Everything here is comfort: without it lines are links and forms are forms. */

const wide = window.matchMedia("(width >= 992px)");
const sheet = document.getElementById("day-sheet");
const list = document.getElementById("lines");
const onDay = Boolean(document.querySelector("[data-day]"));

/* -- The log form: blocks by outcome, digits, dates ------------------------------------------- */

const VAIN = ["no_answer", "voicemail", "wrong_number"];

function dress(form) {
  const outcome = form.querySelector("[name=outcome]:checked")?.value ?? "";
  const wanted = VAIN.includes(outcome) ? "vain" : outcome === "call_back" ? "back" : "reached";
  for (const block of form.querySelectorAll("[data-for]")) block.hidden = block.dataset.for !== wanted;
  const someone = form.querySelector("[name=contact]");
  const fresh = form.querySelector("[data-new-person]");
  if (fresh && someone) fresh.hidden = someone.value !== "new";
  const next = form.querySelector("[name=next_on]");
  const none = form.querySelector("[data-no-next]");
  if (none && next) none.hidden = Boolean(next.value) && !none.querySelector(".field-error");
}

function dressAll(root = document) {
  for (const form of root.querySelectorAll("form[data-log]")) {
    restore(form);
    dress(form);
  }
}

function choose(radio) {
  radio.checked = true;
  radio.dispatchEvent(new Event("input", { bubbles: true }));
  radio.dispatchEvent(new Event("change", { bubbles: true }));
}

function afterOutcome(form, outcome) {
  if (outcome === "call_back") form.querySelector("[name=back_on]")?.focus();
  else if (VAIN.includes(outcome)) prefillTry(form);
  else form.querySelector("[name=summary]")?.focus();
}

// A vain try comes back on the next working day unless somebody says otherwise; Enter saves it.
function prefillTry(form) {
  const day = form.querySelector("[name=try_on]");
  const tomorrow = form.querySelectorAll(`[data-set="${day?.id}"]`)[1];
  if (day && tomorrow && !day.value) day.value = tomorrow.dataset.value;
  form.querySelector("[name=outcome]:checked")?.focus();
}

document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form[data-log]");
  if (!form) return;
  dress(form);
  if (event.target.name === "outcome" && VAIN.includes(event.target.value)) prefillTry(form);
  if (event.target.name === "contact" && event.target.value === "new") form.querySelector("[name=new_first_name]")?.focus();
});

document.addEventListener("keydown", (event) => {
  const target = event.target;
  const form = target.closest?.("form[data-log]");
  if (!form || event.altKey || event.isComposing) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit();
    return;
  }
  if (event.ctrlKey || event.metaKey || target.type !== "radio") return;
  const group = target.closest("[data-digits]");
  const radio = /^[0-9]$/.test(event.key) && group?.querySelector(`[data-digit="${event.key}"]`);
  if (radio) {
    event.preventDefault();
    choose(radio);
    if (group.dataset.digits === "outcome") afterOutcome(form, radio.value);
    else radio.focus();
  } else if (event.key === "Enter") {
    event.preventDefault();
    form.requestSubmit();
  }
});

document.addEventListener("click", (event) => {
  const quick = event.target.closest?.("[data-set]");
  if (!quick) return;
  const field = document.getElementById(quick.dataset.set);
  field.value = quick.dataset.value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

/* -- Drafts: what was typed is there again when one comes back to the line --------------------- */

const drafts = {
  get: (key) => { try { return JSON.parse(sessionStorage.getItem(`tend-draft-${key}`)); } catch { return null; } },
  set: (key, value) => { try { sessionStorage.setItem(`tend-draft-${key}`, JSON.stringify(value)); } catch { /* full or forbidden */ } },
  drop: (key) => { try { sessionStorage.removeItem(`tend-draft-${key}`); } catch { /* forbidden */ } },
};
const NOT_KEPT = ["csrfmiddlewaretoken", "plan_on", "plan_kind", "book"];

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-draft]");
  if (!form) return;
  const kept = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !NOT_KEPT.includes(name));
  drafts.set(form.dataset.draft, kept);
});

function restore(form) {
  const kept = form.dataset.draft && !form.querySelector(".alert-danger") && drafts.get(form.dataset.draft);
  if (!kept) return;
  for (const [name, value] of kept) {
    for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field.type === "radio" || field.type === "checkbox") { if (field.value === value) field.checked = true; }
      else field.value = value;
      const fold = value && field.closest("details");
      if (fold && field.tagName === "INPUT") fold.open = true;
    }
  }
}

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt?.closest?.("form[data-draft]");
  if (!form || !event.detail.successful) return;
  drafts.set(`done-${form.dataset.draft}`, drafts.get(form.dataset.draft));
  drafts.drop(form.dataset.draft);
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset?.draft && !form.hasAttribute("hx-post")) drafts.drop(form.dataset.draft);
});

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

document.addEventListener("htmx:afterSwap", () => dressAll());
// A fold that somebody opens puts the cursor into its first field.
document.addEventListener("click", (event) => {
  const fold = event.target.closest?.(".log-more summary, .sheet-aside summary")?.parentElement;
  if (fold && !fold.open) setTimeout(() => fold.querySelector("input:not([type=hidden]), textarea, select")?.focus(), 0);
});

/* -- Keys --------------------------------------------------------------------------------------- */

const typing = (element) => element?.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element?.tagName ?? "");
let early = null; // digits struck while the sheet is still on its way
const keysOff = () => document.querySelector("[data-keys-toggle]")?.checked === false;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector(".modal.show")) return;
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

// After an undo the words are in the form again.
const asked = new URLSearchParams(location.search);
if (onDay && asked.has("undone")) {
  const key = `touchpoint-${asked.get("at")}`;
  const done = drafts.get(`done-${key}`);
  if (done) drafts.set(key, done.filter(([name]) => name !== "token"));
  drafts.drop(`done-${key}`);
  history.replaceState(null, "", location.pathname);
}

dressAll();
if (onDay && wide.matches) {
  const line = current() ?? lines()[0];
  if (line) {
    const ready = () => { if (document.activeElement === document.body) line.focus({ preventScroll: true }); open(line); };
    if (window.htmx) ready(); else window.addEventListener("load", ready);
  }
} else if (document.querySelector("[data-log-start]") && !onDay && document.activeElement === document.body) {
  document.querySelector(".alert-danger") ?? document.querySelector("[data-log-start]").focus({ preventScroll: true });
}
