/* The log form wherever it stands: on My day, on an account, in the dialog above any page.
   Everything here is comfort: without it a form is a form. */

const VAIN = ["no_answer", "voicemail", "wrong_number"];

/* -- Blocks by outcome, outcomes by kind, channels by person ----------------------------------- */

function dress(form) {
  offer(form);
  drawOutcomes(form);
  const outcome = form.querySelector("[name=outcome]:checked")?.value ?? "";
  const wanted = VAIN.includes(outcome) ? "vain" : outcome === "call_back" ? "back" : "reached";
  for (const block of form.querySelectorAll("[data-for]")) block.hidden = block.dataset.for !== wanted;
  const someone = form.querySelector("[name=contact]");
  const fresh = form.querySelector("[data-new-person]");
  if (fresh && someone) fresh.hidden = someone.value !== "new";
  for (const other of form.querySelectorAll("[name=others]")) other.closest(".choice").hidden = other.value === someone?.value;
  const next = form.querySelector("[name=next_on]");
  const none = form.querySelector("[data-no-next]");
  if (none && next) none.hidden = Boolean(next.value) && !none.querySelector(".field-error");
}

// What the chosen person prefers stands first, what they refuse last; a refused one needs its reason.
function offer(form) {
  const [who, kind] = [form.elements.contact, form.elements.kind];
  const why = form.querySelector("[data-refused]");
  if (!kind?.options || !who?.options) return;
  const person = who.selectedOptions[0]?.dataset ?? {};
  const refused = (person.refuses ?? "").split(" ").filter(Boolean);
  if (form.dataset.offered !== who.value) {
    form.dataset.offered = who.value;
    const rank = (option) => (option.value === person.prefers ? 0 : refused.includes(option.value) ? 2 : 1);
    const order = [...kind.options].map((option, at) => [rank(option), Number(option.dataset.at ??= String(at)), option]);
    order.sort(([a, i], [b, j]) => a - b || i - j);
    const chosen = kind.value;
    kind.append(...order.map(([, , option]) => option));
    kind.value = chosen;
  }
  const theirs = form.elements.incoming?.checked || form.querySelector("[name=outcome]:checked")?.value === "call_back";
  if (why) why.hidden = (theirs || !refused.includes(kind.value)) && !why.querySelector(".field-error");
}

// Another person: what they prefer is offered, unless the kind was chosen by hand.
function preferredOf(form) {
  const prefers = form.elements.contact.selectedOptions[0]?.dataset.prefers;
  const kind = form.elements.kind;
  if (form.dataset.kindChosen || !form.hasAttribute("data-any-kind") || !kind?.options) return;
  kind.value = prefers || "call";
}

function drawOutcomes(form) {
  const group = form.querySelector("[data-outcomes]");
  const kind = form.elements.kind?.value;
  if (!group || !kind || group.dataset.kind === kind) return;
  const first = !group.dataset.kind;
  group.dataset.kind = kind;
  const radios = [...group.querySelectorAll("[name=outcome]")];
  const wanted = JSON.parse(group.dataset.outcomes)[kind] ?? [];
  if (!first || radios.map((radio) => radio.value).join() !== wanted.map(([value]) => value).join()) {
    const chosen = radios.find((radio) => radio.checked)?.value;
    const model = radios[0].closest(".choice");
    const fresh = wanted.map(([value, name], at) => choice(model, value, name, at, wanted.length === 1 || value === chosen));
    for (const radio of radios) radio.closest(".choice").remove();
    group.querySelector("legend").after(...fresh);
  }
  const kept = form.dataset.outcome && group.querySelector(`[value="${CSS.escape(form.dataset.outcome)}"]`);
  if (kept) { kept.checked = true; form.dataset.outcome = ""; }
}

function choice(model, value, name, at, checked) {
  const made = model.cloneNode(true);
  const radio = made.querySelector("input");
  Object.assign(radio, { value, checked });
  radio.dataset.digit = String(at + 1);
  radio.toggleAttribute("data-log-start", at === 0);
  made.querySelector("kbd").textContent = String(at + 1);
  made.lastChild.textContent = ` ${name}`;
  return made;
}

function dressAll(root = document) {
  for (const form of root.querySelectorAll("form[data-log]")) dress(form);
}

/* -- Digits and dates -------------------------------------------------------------------------- */

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
  if (event.target.name === "kind") form.dataset.kindChosen = "yes";
  if (event.target.name === "contact") preferredOf(form);
  dress(form);
  if (event.target.name === "outcome" && VAIN.includes(event.target.value)) prefillTry(form);
  if (event.target.name === "contact" && event.target.value === "new") form.querySelector("[name=new_first_name]")?.focus();
});
document.addEventListener("draft:changed", (event) => {
  if (!event.target.matches("form[data-log]")) return;
  delete event.target.dataset.offered;
  dress(event.target);
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

// A fold that somebody opens puts the cursor into its first field.
document.addEventListener("click", (event) => {
  const fold = event.target.closest?.(".log-more summary, .sheet-aside summary")?.parentElement;
  if (fold && !fold.open) setTimeout(() => fold.querySelector("input:not([type=hidden]), textarea, select")?.focus(), 0);
});

/* -- The dialog: a contact logged from any page -------------------------------------------------- */

const dialog = document.getElementById("log-dialog");
let opener = null;

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target?.id === "log-dialog-body" && !dialog?.open) opener = document.activeElement;
});
document.addEventListener("htmx:afterSwap", (event) => {
  dressAll();
  if (event.detail.target?.id === "log-dialog-body" && dialog && !dialog.open) dialog.showModal();
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (!dialog?.open || !dialog.contains(event.detail.elt)) return;
  const start = dialog.querySelector(".alert-danger, [data-log-search] input, [data-log-start]");
  if (!dialog.contains(document.activeElement) || document.activeElement === dialog || event.detail.target?.id === "log-dialog-body") start?.focus();
});
dialog?.addEventListener("click", (event) => {
  if (event.target === dialog || event.target.closest("[data-close-dialog]")) dialog.close();
});
dialog?.addEventListener("close", () => {
  document.getElementById("log-dialog-body").replaceChildren();
  if (opener?.isConnected) opener.focus();
});
// In the chooser: arrows walk the accounts found, Enter opens the first.
dialog?.addEventListener("keydown", (event) => {
  const stops = [...dialog.querySelectorAll("[data-log-search] input, .log-choices a")];
  const at = stops.indexOf(document.activeElement);
  if (at < 0) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && stops[at + step]) { event.preventDefault(); stops[at + step].focus(); }
  if (event.key === "Enter" && at === 0) { event.preventDefault(); stops[1]?.click(); }
});
document.addEventListener("tend:logged", () => dialog?.close());

window.tendLog = { choose, afterOutcome };
dressAll();
// On a page of its own the form is ready to be typed into; on My day the list is.
if (!document.querySelector("[data-day]") && document.activeElement === document.body) {
  (document.querySelector("form[data-log] .alert-danger") ?? document.querySelector("[data-log-start]"))?.focus({ preventScroll: true });
}
