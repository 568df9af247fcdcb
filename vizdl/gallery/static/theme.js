/* Light or dark: the reader's choice, remembered where the browser lets a page remember. */
(function () {
  "use strict";
  var root = document.documentElement;
  var prefersDark = window.matchMedia("(prefers-color-scheme: dark)");

  function stored() {
    try { return window.localStorage.getItem("vizdl-theme"); } catch (error) { return null; }
  }

  function store(theme) {
    try { window.localStorage.setItem("vizdl-theme", theme); } catch (error) { /* for this page */ }
  }

  function current() {
    return root.dataset.theme || (prefersDark.matches ? "dark" : "light");
  }

  var chosen = stored();
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
  root.classList.add("js");

  document.addEventListener("DOMContentLoaded", function () {
    var toggle = document.querySelector("[data-theme-toggle]");
    if (!toggle) return;
    var show = function () { toggle.setAttribute("aria-pressed", String(current() === "dark")); };
    toggle.hidden = false;
    show();
    toggle.addEventListener("click", function () {
      root.dataset.theme = current() === "dark" ? "light" : "dark";
      store(root.dataset.theme);
      show();
    });
    prefersDark.addEventListener("change", show);
  });
})();
