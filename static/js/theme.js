/* Before the first paint: light or dark, as chosen on this device, else as the device says. */
(function () {
  const wish = (() => { try { return localStorage.getItem("tend-theme"); } catch { return null; } })();
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const chosen = document.documentElement.dataset.theme;
    const theme = chosen === "light" || chosen === "dark" ? chosen : dark.matches ? "dark" : "light";
    document.documentElement.dataset.bsTheme = theme;
  };
  document.documentElement.dataset.theme = wish || "auto";
  dark.addEventListener("change", apply);
  apply();
  window.tendTheme = (choice) => {
    document.documentElement.dataset.theme = choice;
    try { localStorage.setItem("tend-theme", choice); } catch { /* private window: this page only */ }
    apply();
  };
})();
