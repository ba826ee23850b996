/* The menu of placeholders: what is chosen is inserted where the cursor was, in the subject or in the words. */

const form = document.getElementById("text-form");
const fields = () => [form?.elements.subject, form?.elements.body].filter(Boolean);
let last = null; // the field that was typed in last; the words to begin with

document.addEventListener("focusin", (event) => {
  if (fields().includes(event.target)) last = event.target;
});

function insert(words) {
  const field = last ?? form.elements.body;
  const single = field.tagName === "INPUT" && field.value.length + words.length > field.maxLength;
  field.focus();
  if (single) return; // no half placeholder in a full subject
  // the browser's own insertion keeps Ctrl-Z working; it is old, and no other keeps it
  if (!document.execCommand?.("insertText", false, words)) {
    field.setRangeText(words, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

document.addEventListener("click", (event) => {
  const chosen = event.target.closest?.("[data-placeholders] [data-insert]");
  // after the menu has closed and given the focus back to its button
  if (chosen && form) setTimeout(() => insert(chosen.dataset.insert), 0);
});
