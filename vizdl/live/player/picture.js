/* The whole figure, drawn by Plotly as its film has it at present, in the reader's theme. */
(function (vizdl) {
  "use strict";

  const NARROW = 560;
  const CONFIG = {
    displayModeBar: false,
    displaylogo: false,
    showSendToCloud: false,
    responsive: false, // the player's own observer resizes, narrow layout included
    scrollZoom: false,
    doubleClick: false
  };
  const payload = vizdl.payload;
  const prefersDark = window.matchMedia("(prefers-color-scheme: dark)");

  class Picture {
    constructor(root, plot, spec, film) {
      this.root = root;
      this.plot = plot;
      this.stage = plot.parentNode;
      this.film = film;
      this.data = payload.decode(spec.data);
      this.layout = spec.layout;
      this.changes = (spec.meta || {}).narrow || {};
      this.colours = spec.colours || {};
    }

    // Call for a new drawing when the room or the theme has changed.
    watch(again) {
      let width = this.stage.clientWidth;
      new ResizeObserver(() => {
        const now = this.stage.clientWidth;
        if (!now || now === width) return;
        width = now;
        again();
      }).observe(this.stage);
      const redraw = () => { if (this.theme() !== this.drawnTheme) again(); };
      prefersDark.addEventListener("change", redraw);
      const themes = new MutationObserver(redraw);
      [document.documentElement, this.root].forEach((node) =>
        themes.observe(node, { attributes: true, attributeFilter: ["data-theme"] }));
    }

    theme() {
      const chosen = [this.root, document.documentElement].map((node) => node.dataset.theme)
        .find((theme) => theme === "light" || theme === "dark");
      return chosen || (prefersDark.matches ? "dark" : "light");
    }

    draw() {
      this.drawnTheme = this.theme();
      const colours = this.drawnTheme === "dark" ? this.colours : {};
      const colour = (value) => payload.recolour(value, colours);
      const data = colour(this.data);
      const layout = colour(this.layout);
      this.film.into(data, layout, colour);
      layout.autosize = true;
      layout.datarevision = this.drawn = (this.drawn || 0) + 1; // arrays are filled anew in place
      delete layout.width;
      delete layout.height;
      if (this.stage.clientWidth < NARROW) this.narrow(layout, colour);
      this.unbind();
      return window.Plotly.react(this.plot, data, layout, CONFIG);
    }

    narrow(layout, colour) {
      layout.margin = layout.margin || {};
      layout.margin.l = Math.min(layout.margin.l || 44, 44);
      layout.margin.r = Math.min(layout.margin.r || 8, 8);
      Object.keys(this.changes).forEach((path) =>
        payload.setPath(layout, path, colour(this.changes[path])));
    }

    // Axes of equal units remember their first range, and would fit any later one into it.
    unbind() {
      const full = this.plot._fullLayout || {};
      Object.keys(full).forEach((name) => {
        if (/^[xy]axis/.test(name)) delete full[name]._inputRange;
      });
    }
  }

  vizdl.Picture = Picture;
})((globalThis.vizdl = globalThis.vizdl || {}));
