/* The ladder by keyboard: arrows move between cells, Enter edits beside it, Esc comes back to the cell. */

const ladder = () => document.querySelector("[data-ladder]");
const sheet = () => document.getElementById("sheet");
const shown = (element) => element.getClientRects().length > 0;
const cellByKey = (key) => (key ? ladder()?.querySelector(`[data-cell="${CSS.escape(key)}"]`) : null);

let current = null; // the key of the cell that the arrows stand on
let typed = false; // something in the panel is not saved

/* -- Moving: one cell is in the tab order, the arrows choose which ------------------------------------ */

function lines() {
  return [...(ladder()?.querySelectorAll("[data-row]") ?? [])]
    .map((row) => [...row.querySelectorAll("[data-cell]")].filter(shown))
    .filter((cells) => cells.length);
}

function rove(cell) {
  for (const each of ladder()?.querySelectorAll("[data-cell]") ?? []) each.tabIndex = -1;
  if (!cell) return;
  cell.tabIndex = 0;
  current = cell.dataset.cell;
}

function begin() {
  const first = lines()[0]?.[0];
  const key = current;
  const wanted = cellByKey(key);
  rove(wanted && shown(wanted) ? wanted : first);
  current = key ?? current; // while the ladder is being replaced its cell is missing for a moment
  mark();
}

// The cell whose editor is open stands out.
function mark() {
  const key = sheet()?.querySelector("[data-cell-form]")?.dataset.cellForm;
  for (const each of ladder()?.querySelectorAll(".cell.is-open") ?? []) each.classList.remove("is-open");
  cellByKey(key)?.parentElement.classList.add("is-open");
}

// The panel takes half of the room: the cell that it belongs to stays in sight beside it.
function reveal(cell) {
  const wrap = cell?.closest(".ladder-wrap");
  const head = cell?.closest("tr")?.firstElementChild;
  if (!wrap || !head || !shown(cell)) return;
  const [room, place] = [wrap.getBoundingClientRect(), cell.getBoundingClientRect()];
  const left = room.left + head.getBoundingClientRect().width;
  if (place.right > room.right) wrap.scrollLeft += place.right - room.right + 8;
  else if (place.left < left) wrap.scrollLeft -= left - place.left + 8;
}

const steps = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };

function moved(cell, event) {
  const rows = lines();
  const row = rows.findIndex((cells) => cells.includes(cell));
  const column = rows[row].indexOf(cell);
  const inside = (value, most) => Math.min(Math.max(value, 0), most);
  if (event.key === "Home") return rows[event.ctrlKey ? 0 : row][0];
  if (event.key === "End") return rows[event.ctrlKey ? rows.length - 1 : row].at(-1);
  const step = steps[event.key];
  if (!step || event.ctrlKey || event.metaKey || event.altKey) return null;
  const line = rows[inside(row + step[0], rows.length - 1)];
  return line[inside(column + step[1], line.length - 1)];
}

document.addEventListener("keydown", (event) => {
  const cell = event.target.closest?.("[data-cell]");
  if (!cell) return;
  if (event.key === " ") { event.preventDefault(); cell.click(); return; }
  const next = moved(cell, event);
  if (!next) return;
  event.preventDefault();
  rove(next);
  next.focus();
  next.scrollIntoView({ block: "nearest", inline: "nearest" });
});
document.addEventListener("focusin", (event) => {
  const cell = event.target.closest?.("[data-cell]");
  if (cell && cell.dataset.cell !== current) rove(cell);
});

/* -- The panel ---------------------------------------------------------------------------------------- */

// Esc with something typed keeps the panel and goes back to the cell; without, app.js closes it.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !typed || !event.target.closest?.("#sheet")) return;
  event.preventDefault();
  event.stopPropagation();
  cellByKey(current)?.focus();
}, true);

// Another cell is opened while something is typed: ask; the same cell again: go back into its form.
document.addEventListener("htmx:beforeRequest", (event) => {
  const opener = event.target.closest?.("[data-cell], [data-focus-key='track'], [data-into-panel]");
  const form = sheet()?.querySelector("[data-cell-form]");
  if (!opener || !form || !typed) return;
  if (opener.dataset.cell === form.dataset.cellForm) {
    event.preventDefault();
    form.querySelector("select, input:not([type=hidden])")?.focus();
  } else if (!window.confirm(ladder().dataset.leave)) {
    event.preventDefault();
  }
});

document.addEventListener("input", (event) => { if (event.target.closest?.("#sheet")) typed = true; });
document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-close-sheet]")) { typed = false; setTimeout(mark, 0); }
});
document.addEventListener("keydown", (event) => { if (event.key === "Escape") setTimeout(mark, 0); });

document.addEventListener("htmx:afterSettle", () => {
  const panel = sheet();
  const fresh = panel && !panel.children.length;
  typed = Boolean(panel?.querySelector(".is-invalid, .alert-danger"));
  begin();
  for (const form of document.querySelectorAll("[data-cell-form]")) {
    dress(form);
    reveal(cellByKey(form.dataset.cellForm));
  }
  if (fresh) cellByKey(current)?.focus();
});

/* -- The editor shows only what belongs to the choice --------------------------------------------------- */

const MONTHS = { year: 12, half: 6, quarter: 3, month: 0 };
const value = (form, name) => form.elements[name]?.value ?? "";

function dress(form) {
  for (const part of form.querySelectorAll("[data-when]")) {
    const [name, values] = part.dataset.when.split("=");
    part.hidden = !values.split(" ").includes(value(form, name));
  }
  const most = MONTHS[value(form, "cycle")] ?? 12;
  for (const name of ["first_month", "last_month"]) {
    const select = form.elements[name];
    if (!select) continue;
    select.hidden = most === 0;
    for (const option of select.options) option.hidden = option.disabled = most > 0 && Number(option.value) > most;
    if (most > 0 && Number(select.value) > most) select.value = String(name === "first_month" ? 1 : most);
  }
}

// Kind: a survey is sent by nobody, a call is made by somebody; and what counts follows, while untouched.
function follow(form, kind, before) {
  const assignee = form.elements.assignee;
  if (kind === "survey") assignee.value = "nobody";
  else if (assignee.value === "nobody" && !["email", "letter", "text"].includes(kind)) assignee.value = "owner";
  const usual = JSON.parse(form.querySelector("#usual-kinds")?.textContent ?? "{}");
  const boxes = [...form.querySelectorAll("[name=qualifying]")];
  const ticked = boxes.filter((box) => box.checked).map((box) => box.value);
  const old = usual[before] ?? [];
  if (ticked.length === old.length && ticked.every((each) => old.includes(each))) {
    for (const box of boxes) box.checked = (usual[kind] ?? []).includes(box.value);
  }
}

document.addEventListener("focusin", (event) => {
  if (event.target.name === "kind") event.target.dataset.before ??= event.target.value;
});
document.addEventListener("change", (event) => {
  const form = event.target.closest?.("[data-cell-form]");
  if (!form) return;
  if (event.target.name === "kind") {
    follow(form, event.target.value, event.target.dataset.before ?? "");
    event.target.dataset.before = event.target.value;
  }
  dress(form);
});

for (const form of document.querySelectorAll("[data-cell-form]")) dress(form);
begin();
