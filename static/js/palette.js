/* The command palette: Ctrl/Cmd-K, a few letters, Enter. A dialog with a combobox and its list. */

const palette = document.getElementById("palette");
const MOST = 50;

let commands = null;
let shown = [];
let at = 0;

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

// The letters in their order, the closer together and the nearer to the beginning of words the better.
function score(text, wanted) {
  const label = fold(text);
  const whole = label.indexOf(wanted);
  if (whole >= 0) {
    const starts = whole === 0 || /\W/.test(label[whole - 1]);
    return { points: (starts ? 0 : 100) + whole, marks: [...wanted].map((_, i) => whole + i) };
  }
  const marks = [];
  let points = 200;
  let from = 0;
  for (const letter of wanted.replaceAll(" ", "")) {
    const next = label.indexOf(letter, from);
    if (next < 0) return null;
    if (marks.length && next !== from) points += next - from;
    if (next && !/\W/.test(label[next - 1])) points += 2;
    marks.push(next);
    from = next + 1;
  }
  return { points, marks };
}

function matching(text) {
  const wanted = fold(text.trim());
  if (!wanted) return commands.map((command) => ({ command, marks: [] }));
  const found = [];
  for (const [place, command] of commands.entries()) {
    const hit = score(command.label, wanted);
    const wide = hit ?? score(`${command.label} ${command.group}`, wanted);
    if (wide) found.push({ command, marks: hit ? hit.marks : [], points: wide.points + (hit ? 0 : 300), place });
  }
  return found.sort((a, b) => a.points - b.points || a.place - b.place);
}

function labelled(text, marks) {
  const label = document.createElement("span");
  const letters = [...text];
  const known = new Set(fold(text).length === text.length ? marks : []);
  for (const [place, letter] of letters.entries()) {
    if (!known.has(place)) { label.append(letter); continue; }
    const bold = document.createElement("b");
    bold.textContent = letter;
    label.append(bold);
  }
  return label;
}

function option({ command, marks }, place) {
  const item = document.createElement("li");
  item.id = `palette-option-${place}`;
  item.className = "palette-option";
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  const icon = document.createElement("i");
  icon.className = `bi bi-${command.icon ?? "arrow-right"}`;
  icon.setAttribute("aria-hidden", "true");
  const group = document.createElement("span");
  group.className = "palette-group";
  group.textContent = command.group;
  item.append(icon, labelled(command.label, marks), group);
  if (command.keys) {
    const keys = document.createElement("kbd");
    keys.setAttribute("aria-hidden", "true");
    keys.textContent = command.keys;
    item.append(keys);
  }
  item.addEventListener("click", () => { at = place; run(); });
  item.addEventListener("pointermove", () => select(place));
  return item;
}

function select(place) {
  const options = list.children;
  if (!options.length) return;
  options[at]?.setAttribute("aria-selected", "false");
  at = (place + options.length) % options.length;
  options[at].setAttribute("aria-selected", "true");
  input.setAttribute("aria-activedescendant", options[at].id);
  options[at].scrollIntoView({ block: "nearest" });
}

function show() {
  const text = input.value.trim();
  const label = text ? palette.dataset.searchLabel.replace("%s", text) : palette.dataset.searchEmpty;
  const address = text ? `${palette.dataset.search}?q=${encodeURIComponent(text)}` : palette.dataset.search;
  const search = { command: { label, group: "", address, icon: "search", keys: "/" }, marks: [] };
  shown = commands ? [...matching(text).slice(0, MOST), search] : [search];
  list.replaceChildren(...shown.map(option));
  at = 0;
  select(0);
}

function run() {
  const command = shown[at]?.command;
  if (!command) return;
  palette.close();
  if (command.is_post) {
    send(command);
    return;
  }
  // The same verb on the page opens its sheet over it; elsewhere it is a page of its own.
  const here = command.sheet && document.querySelector(`a[hx-get="${CSS.escape(command.address)}"]`);
  if (here) here.click();
  else location.assign(command.address);
}

function send(command) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = command.address;
  form.hidden = true;
  const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
  for (const [name, value] of Object.entries({ ...command.post, csrfmiddlewaretoken: token })) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}

async function fetched() {
  if (commands) return;
  const answer = await fetch(`${palette.dataset.from}?at=${encodeURIComponent(location.pathname)}`, {
    headers: { "X-Requested-With": "fetch" },
  }).catch(() => null);
  if (answer?.ok && !answer.redirected) {
    commands = (await answer.json()).commands;
    show();
  } else {
    input.placeholder = palette.dataset.failed;
  }
}

export function openPalette() {
  if (!palette || palette.open || document.querySelector(".modal.show")) return;
  input.value = "";
  palette.showModal();
  show();
  input.focus();
  fetched();
}

const input = palette?.querySelector("input");
const list = palette?.querySelector("[role=listbox]");
if (palette) {
  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    if (steps[event.key]) {
      event.preventDefault();
      const bounded = Math.abs(steps[event.key]) > 1;
      select(bounded ? Math.min(Math.max(at + steps[event.key], 0), shown.length - 1) : at + steps[event.key]);
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      run();
    }
  });
  // A click beside it closes it, as Esc does.
  palette.addEventListener("click", (event) => { if (event.target === palette) palette.close(); });
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.shiftKey || !(event.ctrlKey || event.metaKey)) return;
    if (event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    if (palette.open) palette.close();
    else openPalette();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-open-palette]")) openPalette();
  });
}
