/* The account list: ticked rows, the order of columns, tools that close by themselves. */

const form = document.querySelector("[data-bulk]");
if (form?.querySelector("[data-bulk-bar]")) { // who changes nothing has no bar
  const ticks = [...form.querySelectorAll("[data-tick]")];
  const all = form.querySelector("[data-tick-all]");
  const count = form.querySelector("[data-bulk-count]");
  const submit = form.querySelector("[data-bulk-ticked]");
  let last = null;

  const show = () => {
    const number = ticks.filter((tick) => tick.checked).length;
    const words = number === 0 ? count.dataset.none : number === 1 ? count.dataset.one : count.dataset.many;
    count.textContent = words.replace("%n", number);
    submit.disabled = number === 0;
    form.querySelector("[data-bulk-bar]").classList.toggle("is-ticked", number > 0);
    if (all) {
      all.checked = number > 0 && number === ticks.length;
      all.indeterminate = number > 0 && number < ticks.length;
    }
  };
  if (all) {
    all.hidden = false;
    all.addEventListener("change", () => {
      for (const tick of ticks) tick.checked = all.checked;
      show();
    });
  }
  // With Shift held, all rows between two ticks follow the second.
  form.addEventListener("click", (event) => {
    const tick = event.target.closest?.("[data-tick]");
    if (!tick) return;
    if (event.shiftKey && last && last !== tick) {
      const [from, to] = [ticks.indexOf(last), ticks.indexOf(tick)].sort((a, b) => a - b);
      for (const between of ticks.slice(from, to + 1)) between.checked = tick.checked;
    }
    last = tick;
    show();
  });
  // x ticks the row that j and k have reached.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "x" || event.ctrlKey || event.metaKey || event.altKey) return;
    const tick = document.activeElement?.matches?.("[data-line]")
      && document.activeElement.closest("tr")?.querySelector("[data-tick]");
    if (!tick) return;
    event.preventDefault();
    tick.checked = !tick.checked;
    last = tick;
    show();
  });
  window.addEventListener("pageshow", show);
  show();
}

for (const list of document.querySelectorAll("[data-columns]")) {
  for (const moves of list.querySelectorAll(".column-moves")) moves.hidden = false;
  list.addEventListener("click", (event) => {
    const move = event.target.closest?.("[data-move]");
    if (!move) return;
    const item = move.closest("li");
    const other = move.dataset.move === "-1" ? item.previousElementSibling : item.nextElementSibling;
    if (!other) return;
    if (move.dataset.move === "-1") other.before(item);
    else other.after(item);
    move.focus();
  });
}

const tools = [...document.querySelectorAll("[data-tool]")];
for (const tool of tools) {
  tool.addEventListener("toggle", () => {
    if (!tool.open) return;
    for (const other of tools) if (other !== tool) other.open = false;
  });
  tool.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !tool.open) return;
    tool.open = false;
    tool.querySelector("summary").focus();
  });
}
document.addEventListener("click", (event) => {
  for (const tool of tools) if (tool.open && !tool.contains(event.target)) tool.open = false;
});
