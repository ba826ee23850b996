/* Drafts: what was typed survives a lost connection, a closed tab and a signed-out session.

   Every form with data-draft is kept in this browser, apart for each user, for 14 days; until it is saved, discarded,
   or the user signs out. The token of the form is kept with it: what is sent again is never logged twice. */

const PREFIX = "tend-draft:";
const MINE = `${PREFIX}${document.body.dataset.user}:`;
const LIFE = 14 * 24 * 60 * 60 * 1000;
const NOT_KEPT = new Set(["csrfmiddlewaretoken", "plan_on", "plan_kind", "book", "version"]);
const SENT = "tend-sent"; // the form that left this page by an ordinary submit
const DONE = "tend-saved"; // what was saved last, for an undo

const memory = { // every browser may forbid or have filled its storage: then a draft is simply not kept
  get: (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
  set: (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* full or forbidden */ } },
  drop: (key) => { try { localStorage.removeItem(key); } catch { /* forbidden */ } },
  keys: () => { try { return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)); } catch { return []; } },
};
const tab = { // what only this tab needs to know
  get: (key) => { try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; } },
  set: (key, value) => { try { if (value) sessionStorage.setItem(key, JSON.stringify(value)); else sessionStorage.removeItem(key); } catch { /* forbidden */ } },
};

const keyOf = (form) => `${MINE}${form.dataset.draft}`;
const refused = (form) => form.querySelector(".alert-danger, .is-invalid, .field-error");

function keep(form) {
  const fields = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !NOT_KEPT.has(name));
  const typed = [...form.querySelectorAll("textarea, input[type=text], input:not([type])")].some((field) => field.value.trim());
  const chosen = form.querySelector("input[type=radio]:checked");
  if (typed || chosen) memory.set(keyOf(form), { at: Date.now(), fields });
  else memory.drop(keyOf(form));
}

function restore(form) {
  if (form.dataset.draftSeen) return;
  form.dataset.draftSeen = "yes";
  const draft = memory.get(keyOf(form));
  if (!draft?.fields || refused(form)) return; // what was refused stands in the form already
  form.dataset.freshToken = form.elements.token?.value ?? "";
  fill(form, draft.fields);
  say(form, "draft-restored");
  const when = form.querySelector("[data-when]");
  if (when) when.textContent = new Date(draft.at).toLocaleString(document.documentElement.lang, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  form.dispatchEvent(new CustomEvent("draft:changed", { bubbles: true }));
  if (document.readyState === "complete") return; // htmx listens only when the page has loaded
  addEventListener("load", () => form.dispatchEvent(new CustomEvent("draft:restored", { bubbles: true })), { once: true });
}

function fill(form, drafted) {
  const other = new Set(form.dataset.draftNot?.split(" ")); // what the address of the page has chosen anew
  const fields = drafted.filter(([name]) => !other.has(name));
  const kept = new Set(fields.map(([name, value]) => `${name}=${value}`));
  for (const field of form.elements) {
    if (!field.name || NOT_KEPT.has(field.name) || other.has(field.name)) continue;
    if (field.type === "radio" || field.type === "checkbox") field.checked = kept.has(`${field.name}=${field.value}`);
  }
  for (const [name, value] of fields) {
    for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field.type !== "radio" && field.type !== "checkbox") field.value = value;
      const fold = value && field.closest("details");
      if (fold && field.tagName === "INPUT" && (field.checked || field.type === "text")) fold.open = true;
    }
  }
  // outcomes follow the kind, and are drawn when that is known
  form.dataset.outcome = fields.find(([name]) => name === "outcome")?.[1] ?? "";
}

function discard(form) {
  memory.drop(keyOf(form));
  form.reset();
  if (form.elements.token && form.dataset.freshToken) form.elements.token.value = form.dataset.freshToken;
  delete form.dataset.outcome;
  quiet(form);
  form.dispatchEvent(new CustomEvent("draft:changed", { bubbles: true }));
  form.querySelector("[data-log-start], textarea, input:not([type=hidden])")?.focus();
}

function quiet(form) {
  for (const note of form.querySelectorAll(".draft-note")) note.remove();
}

function say(form, id) {
  quiet(form);
  const words = document.getElementById(id)?.content.cloneNode(true);
  if (words) form.prepend(words);
}

function offline(form) {
  keep(form);
  say(form, "draft-offline");
  form.querySelector(".draft-note")?.scrollIntoView({ block: "nearest" });
  arrivedOnline(form);
}

function arrivedOnline(form) {
  const [away, back] = [form.querySelector("[data-offline]"), form.querySelector("[data-online]")];
  if (away && back) { away.hidden = form.dataset.back === "yes"; back.hidden = !away.hidden; }
}

/* -- When ------------------------------------------------------------------------------------- */

const drafted = (target) => target?.closest?.("form[data-draft]");

for (const typed of ["input", "change"]) {
  document.addEventListener(typed, (event) => { const form = drafted(event.target); if (form) keep(form); });
}
document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-discard-draft]")) discard(drafted(event.target));
});
// Words that the server turned, such as to another person, are kept like typed ones.
document.addEventListener("htmx:oobAfterSwap", (event) => { const form = drafted(event.detail.target); if (form) keep(form); });
document.addEventListener("htmx:afterRequest", (event) => {
  const form = drafted(event.detail.elt);
  const { status = 0 } = event.detail.xhr ?? {};
  if (!form || event.detail.elt !== form || status < 200 || status >= 400) return; // htmx calls a redirect no success
  tab.set(DONE, { form: form.dataset.draft, draft: memory.get(keyOf(form)) });
  memory.drop(keyOf(form));
});
for (const failed of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failed, (event) => {
    const form = drafted(event.detail.elt);
    if (form && event.detail.elt === form) { form.dataset.back = "no"; offline(form); }
  });
}
window.addEventListener("online", () => {
  for (const form of document.querySelectorAll("form[data-draft]")) { form.dataset.back = "yes"; arrivedOnline(form); }
});
// A form that leaves the page: its draft goes when the answer says that it was saved, and not before.
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-clears-drafts]")) { forgetAll(); return; }
  const form = drafted(event.target);
  if (!form || form.hasAttribute("hx-post")) return;
  if (navigator.onLine === false) { event.preventDefault(); event.stopImmediatePropagation(); form.dataset.back = "no"; offline(form); return; }
  keep(form);
  tab.set(SENT, keyOf(form));
}, true);

function forgetAll() {
  for (const key of memory.keys()) memory.drop(key);
  tab.set(SENT, null);
  tab.set(DONE, null);
}

/* -- Start ------------------------------------------------------------------------------------ */

for (const key of memory.keys()) {
  const draft = memory.get(key);
  if (!draft?.at || Date.now() - draft.at > LIFE) memory.drop(key);
}
if (tab.get(SENT)) {
  if (document.querySelector("#toasts .toast-note.success")) memory.drop(tab.get(SENT));
  tab.set(SENT, null);
}
// After an undo the words are in the form again, as a new one.
const asked = new URLSearchParams(location.search);
if (asked.has("undone")) {
  const name = `touchpoint-${asked.get("at")}`;
  const { form, draft } = tab.get(DONE) ?? {};
  if (form === name && draft) memory.set(MINE + name, { at: draft.at, fields: draft.fields.filter(([field]) => field !== "token") });
  tab.set(DONE, null);
  history.replaceState(null, "", location.pathname);
}

const restoreAll = () => { for (const form of document.querySelectorAll("form[data-draft]")) restore(form); };
document.addEventListener("htmx:afterSwap", restoreAll);
restoreAll();
