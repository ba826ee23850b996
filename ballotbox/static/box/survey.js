// Optional. Keeps what is typed in this browser tab, until it is sent; nothing leaves the page by itself.
"use strict";

const form = document.getElementById("survey");
const PLACE = "answers";

function keep() {
  const typed = [...new FormData(form)].filter(([name]) => !name.startsWith("_"));
  sessionStorage.setItem(PLACE, JSON.stringify([location.pathname, typed]));
}

function bringBack() {
  const [place, typed] = JSON.parse(sessionStorage.getItem(PLACE) || "[]");
  if (place !== location.pathname) return;
  for (const [name, value] of typed) {
    for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field.tagName === "TEXTAREA") field.value = value;
      else if (field.value === value) field.checked = true;
    }
  }
}

try {
  if ("fresh" in form.dataset) bringBack();
  form.addEventListener("input", keep);
  form.addEventListener("submit", () => sessionStorage.removeItem(PLACE));
} catch {
  // A browser that keeps nothing: the page works without.
}
