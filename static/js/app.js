/* What every page shares: the CSRF header, keys, toasts, theme, focus after swaps. */

const root = document.documentElement;
const toasts = document.getElementById("toasts");

/* -- htmx ------------------------------------------------------------------------------------- */

// htmx settles at once (its configuration in base.html): a form that can be seen is one that htmx knows, so that a
// key pressed the moment it appears is not a submit that reloads the page.

const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = token();
});

// What arrives while a button or a finger is down waits until it is let go: a swap in between moves or replaces what was
// pressed, and the browser gives the click to nobody. Longer than a second is no click and holds nothing up.
let letGo = null;
let release = () => {};
document.addEventListener("pointerdown", () => {
  const press = new Promise((done) => { release = done; setTimeout(done, 1000); });
  letGo = press;
  press.then(() => { if (letGo === press) letGo = null; });
}, true);
for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, () => setTimeout(release, 50), true); // the click comes after it, a finger's a little later
}
document.addEventListener("htmx:beforeSend", ({ detail: { xhr } }) => {
  const arrived = xhr.onload;
  xhr.onload = (event) => (letGo ? letGo.then(() => arrived.call(xhr, event)) : arrived.call(xhr, event));
});

// What had the focus before a swap has it again after it; a marked element takes precedence.
let focusBefore = null;
document.addEventListener("htmx:beforeSwap", () => {
  const active = document.activeElement;
  focusBefore = active && active !== document.body ? active.id || active.dataset?.focusKey || null : null;
});
document.addEventListener("htmx:afterSettle", (event) => {
  const fresh = event.detail.elt;
  const wanted = fresh?.querySelector?.("[data-autofocus]") ?? (fresh?.matches?.("[data-autofocus]") ? fresh : null);
  if (wanted) {
    wanted.focus();
  } else if (focusBefore && document.activeElement === document.body) {
    const same = document.getElementById(focusBefore)
      ?? document.querySelector(`[data-focus-key="${CSS.escape(focusBefore)}"]`);
    same?.focus();
  }
  focusBefore = null;
});

document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  if (status === 401) return; // signed out: see tend:signed-out
  toast({ level: "error", text: status === 403 ? toasts.dataset.refused : toasts.dataset.failed });
});
document.addEventListener("htmx:sendError", (event) => {
  if (event.detail.elt?.closest?.("form[data-draft]")) return; // says so itself: drafts.js
  toast({ level: "error", text: toasts.dataset.offline });
});
document.addEventListener("tend:signed-out", () => {
  toast({ level: "error", text: toasts.dataset.signedout, stays: true,
    link: { text: toasts.dataset.signin, address: toasts.dataset.signinAt } });
});

/* -- Toasts ----------------------------------------------------------------------------------- */

function button(label, className) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = className;
  made.textContent = label;
  return made;
}

function dress(note, undo, stays = false, link = null) {
  if (link) {
    const away = document.createElement("a");
    Object.assign(away, { href: link.address, textContent: link.text });
    if (!link.here) Object.assign(away, { target: "_blank", rel: "noopener" });
    note.append(away);
  }
  if (undo) {
    const back = button(toasts.dataset.undo, "btn btn-link toast-undo");
    back.addEventListener("click", () => {
      note.remove();
      takeBack(undo);
    });
    note.append(back);
  }
  const close = button("×", "toast-close");
  close.setAttribute("aria-label", toasts.dataset.close);
  close.addEventListener("click", () => note.remove());
  note.append(close);
  if (stays) return;
  const stay = note.classList.contains("error") ? 20000 : undo || link ? 10000 : 5000;
  let timer = setTimeout(() => note.remove(), stay);
  note.addEventListener("pointerenter", () => clearTimeout(timer));
  note.addEventListener("focusin", () => clearTimeout(timer));
  note.addEventListener("pointerleave", () => { timer = setTimeout(() => note.remove(), stay); });
}

export function toast({ level = "success", text, undo = "", stays = false, link = null }) {
  const note = document.createElement("div");
  note.className = `toast-note ${level}`;
  note.toggleAttribute("data-stays", stays);
  const words = document.createElement("span");
  words.textContent = text;
  note.append(words);
  toasts.append(note);
  dress(note, undo, stays, link);
  // Who works fast sees the newest three, not a tower over the list.
  const passing = [...toasts.querySelectorAll(".toast-note:not([data-stays])")];
  for (const old of passing.slice(0, -3)) old.remove();
}

async function takeBack(address) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "X-CSRFToken": token(), "X-Requested-With": "fetch" },
  }).catch(() => null);
  if (answer?.ok) goTo(answer.headers.get("HX-Redirect") ?? (answer.redirected ? answer.url : location.href));
  else toast({ level: "error", text: toasts.dataset.failed });
}

// An address with a hash on this same page would only scroll: the page is fetched anew, with its toasts.
function goTo(address) {
  const to = new URL(address, location.href);
  const stays = to.pathname === location.pathname && to.search === location.search;
  if (!stays || !to.hash) { location.assign(to); return; }
  history.replaceState(history.state, "", to);
  location.reload();
}

if (toasts) {
  for (const note of toasts.querySelectorAll("[data-toast]")) {
    const tags = note.dataset.toast.split(" ");
    const named = (name) => tags.find((tag) => tag.startsWith(`${name}:`))?.slice(5);
    const [address, text] = named("link")?.split("|") ?? [];
    dress(note, named("undo"), false, address ? { address, text: decodeURIComponent(text), here: true } : null);
  }
}
document.addEventListener("tend:toasts", (event) => {
  for (const item of event.detail.items ?? []) toast(item);
});

/* -- Theme ------------------------------------------------------------------------------------ */

const themes = ["auto", "light", "dark"];
function nameTheme() {
  for (const label of document.querySelectorAll("[data-theme-label]")) {
    label.textContent = label.dataset[root.dataset.theme] ?? label.textContent;
  }
}
document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-theme-toggle]")) return;
  window.tendTheme(themes[(themes.indexOf(root.dataset.theme) + 1) % themes.length]);
  nameTheme();
});
nameTheme();

/* -- Keys ------------------------------------------------------------------------------------- */

const stored = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
const keysToggle = document.querySelector("[data-keys-toggle]");
if (keysToggle) {
  keysToggle.checked = stored("tend-keys") !== "off";
  keysToggle.addEventListener("change", () => {
    try { localStorage.setItem("tend-keys", keysToggle.checked ? "on" : "off"); } catch { /* this page only */ }
  });
}

const typing = (element) =>
  element?.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element?.tagName ?? "");
const seen = (element) => element.getClientRects().length > 0;
const wide = (selector) => [...document.querySelectorAll(selector)].filter(seen);

// Ctrl-Enter sends the form one is in (the log has its own). Ctrl-K opens the palette: palette.js.
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey || !(event.ctrlKey || event.metaKey)) return;
  const form = event.key === "Enter" && event.target.closest?.("form[data-keep-typed]:not([data-log])");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit();
});

let going = 0;
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const target = event.target;
  if (event.key === "Escape") {
    if (target.closest?.("#quick-results")) { quick.focus(); return; }
    closeQuickResults();
    if (target.closest?.("#sheet") && !dirty) { closeSheet(); return; }
    if (typing(target) && !document.querySelector(".modal.show, dialog[open]")) target.blur();
    return;
  }
  if (typing(target) || document.querySelector(".modal.show, dialog[open]") || (keysToggle && !keysToggle.checked)) return;
  if (going && Date.now() - going < 1500) {
    going = 0;
    const link = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
    if (link) { event.preventDefault(); link.click(); }
    return;
  }
  if (event.key === "g") { going = Date.now(); return; }
  if (event.key === "?") { event.preventDefault(); showHelp(); return; }
  if (event.key === "j" || event.key === "k") { if (moveRow(event.key === "j" ? 1 : -1)) event.preventDefault(); return; }
  const wanted = wide(`[data-key="${CSS.escape(event.key)}"]`)[0] ?? wide(`[data-key-else="${CSS.escape(event.key)}"]`)[0];
  if (!wanted) return;
  event.preventDefault();
  if (typing(wanted)) { wanted.focus(); wanted.select?.(); } else { wanted.click(); }
});

function showHelp() {
  const help = document.getElementById("help");
  if (help) window.bootstrap.Modal.getOrCreateInstance(help).show();
}

// Lists whose lines carry one main link: j and k walk the links, Enter opens the focused one.
function moveRow(step) {
  const lines = wide("[data-line]");
  if (!lines.length) return false;
  const at = lines.indexOf(document.activeElement?.closest?.("[data-line]") ?? document.activeElement);
  const next = at < 0 ? (step > 0 ? 0 : lines.length - 1) : Math.min(Math.max(at + step, 0), lines.length - 1);
  lines[next].focus();
  lines[next].scrollIntoView({ block: "nearest" });
  return true;
}

/* -- Quick search ----------------------------------------------------------------------------- */

const quick = document.getElementById("quick-search");
const results = document.getElementById("quick-results");

function closeQuickResults() {
  if (results) results.replaceChildren();
}
if (quick && results) {
  quick.addEventListener("input", () => { if (quick.value.trim().length < 2) closeQuickResults(); });
  quick.closest("form").addEventListener("keydown", (event) => {
    const letter = document.activeElement !== quick; // j and k are typed in the field, and walk in the results
    const step = { ArrowDown: 1, ArrowUp: -1, ...(letter && { j: 1, k: -1 }) }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    const stops = [quick, ...results.querySelectorAll("a")];
    const at = stops.indexOf(document.activeElement) + step;
    if (stops[at]) { event.preventDefault(); stops[at].focus(); }
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".topbar-search")) closeQuickResults();
  });
}

/* -- The sheet: a form above the page ----------------------------------------------------------- */

let sheetOpener = null;
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target?.id === "sheet" && event.target.matches("a, button")) sheetOpener = event.target;
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id !== "sheet") return;
  const sheet = document.getElementById("sheet");
  sheet.scrollIntoView({ block: "nearest" });
  const wrong = sheet.querySelector(".is-invalid");
  (wrong ?? sheet.querySelector("[data-autofocus], textarea, input:not([type=hidden]), select"))?.focus();
});
document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-close-sheet]")) closeSheet();
});

// A promise was closed or moved: the list fetches itself anew, its form has done its work.
document.addEventListener("promises:changed", () => {
  if (document.getElementById("sheet")?.childElementCount) closeSheet();
});

function closeSheet() {
  document.getElementById("sheet")?.replaceChildren();
  dirty = false;
  sheetOpener?.focus();
}

/* -- Forms ------------------------------------------------------------------------------------ */

// A select or box that changes what the list shows sends its form at once.
document.addEventListener("change", (event) => {
  if (event.target.closest?.("[data-send-on-change]")) event.target.form?.requestSubmit();
});
// Leaving a form with something typed asks first; sending it does not.
let dirty = false;
document.addEventListener("input", (event) => {
  if (event.target.closest?.("form[data-keep-typed]")) dirty = true;
});
document.addEventListener("submit", (event) => {
  dirty = false;
  const sender = event.submitter;
  if (event.target.method === "post" && sender && !event.target.hasAttribute("hx-post")) {
    setTimeout(() => { sender.disabled = true; }, 0); // a double click sends once
    setTimeout(() => { sender.disabled = false; }, 4000);
  }
});
window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
window.addEventListener("pageshow", () => {
  arrived();
  for (const sender of document.querySelectorAll("button[type=submit][disabled]")) sender.disabled = false;
});

/* -- On the way ------------------------------------------------------------------------------- */

// A page that takes longer than a moment shows that it was heard.
const signal = document.getElementById("on-the-way");
let soon = 0;
function onTheWay() {
  clearTimeout(soon);
  soon = setTimeout(() => {
    if (signal) signal.hidden = false;
    soon = setTimeout(arrived, 20000); // what leads to no page, such as a file
  }, 200);
}
function arrived() {
  clearTimeout(soon);
  if (signal) signal.hidden = true;
}
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  const isElsewhere = event.ctrlKey || event.metaKey || event.shiftKey || link?.target || link?.origin !== location.origin;
  if (!link || event.defaultPrevented || isElsewhere || link.hash || link.hasAttribute("download")) return;
  if (!link.hasAttribute("hx-get")) onTheWay();
});
document.addEventListener("submit", (event) => {
  const isOurs = [...event.target.attributes].some((each) => each.name === "hx-get" || each.name === "hx-post");
  if (!event.defaultPrevented && !isOurs) onTheWay();
});
