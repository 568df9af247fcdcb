/* The state in the page's address: #learning_rate=0.3&step=12.
 *
 * Where there are several figures each one's names begin with its own: #bptt.length=8. What the
 * address says is text: each figure takes of it what its controls allow and leaves the rest.
 */
(function (vizdl) {
  "use strict";

  const WAIT = 250; // milliseconds of rest before the address is written
  const figures = [];
  let timer = 0;
  let saved = null; // the address as it was read or written last

  function decoded(text) {
    try {
      return decodeURIComponent(text.replace(/\+/g, " "));
    } catch (error) {
      return null;
    }
  }

  // The pairs of an address, null if it is something else (the name of a section).
  function pairs(hash) {
    const text = hash.replace(/^#/, "");
    if (!text.includes("=") || text.length > 20000) return null;
    return text.split("&").map((part) => {
      const at = part.indexOf("=");
      return at > 0 ? [decoded(part.slice(0, at)), decoded(part.slice(at + 1))] : [null, null];
    }).filter((pair) => pair[0] !== null && pair[1] !== null);
  }

  function alone() {
    return document.querySelectorAll(".vizdl-figure[data-figure]").length < 2;
  }

  function prefix(figure) {
    const before = figures.slice(0, figures.indexOf(figure)).filter((other) => other.name === figure.name);
    return figure.name + (before.length ? "~" + (before.length + 1) : "") + ".";
  }

  // What the address says of one figure: a map from name to text.
  function read(figure) {
    const own = prefix(figure);
    const single = alone();
    const state = new Map();
    for (const [name, value] of pairs(window.location.hash) || []) {
      if (name.startsWith(own)) state.set(name.slice(own.length), value);
      else if (single) state.set(name, value);
    }
    return state;
  }

  function write() {
    const single = alone();
    const parts = figures.flatMap((figure) => Array.from(figure.state(), ([name, value]) =>
      encodeURIComponent((single ? "" : prefix(figure)) + name) + "=" + encodeURIComponent(value)));
    const hash = parts.length ? "#" + parts.join("&") : "";
    const here = window.location.hash;
    if (hash === here || (!hash && !pairs(here))) return;
    try {
      window.history.replaceState(window.history.state, "", hash || window.location.pathname + window.location.search);
      saved = window.location.hash;
    } catch (error) {
      saved = null; // a frame without an address of its own
    }
  }

  window.addEventListener("hashchange", () => {
    if (window.location.hash === saved || (window.location.hash && !pairs(window.location.hash))) return;
    saved = window.location.hash;
    window.clearTimeout(timer);
    figures.forEach((figure) => figure.restore(read(figure)));
  });

  vizdl.address = {
    // A figure has a name, state() -> pairs that differ from what it begins with, restore(map).
    join: (figure) => {
      figures.push(figure);
      return read(figure);
    },
    read: read,
    changed: () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(write, WAIT);
    }
  };
})((globalThis.vizdl = globalThis.vizdl || {}));
