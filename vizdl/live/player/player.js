/* The page's player: draws a figure's payload with Plotly, plays it and lets it be changed.
 *
 *   <div class="vizdl-figure" data-figure="NAME" data-src="NAME.js" data-plotly="plotly.js"
 *        data-opening='{"controls": […], "sentence": …}'>
 *
 * The controls stand there at once, so that nothing jumps; the figure loads when it comes into view.
 * data-theme="light" or "dark" on it (or on <html>) overrules what the reader's system prefers.
 */
(function (vizdl) {
  "use strict";

  const REST = 250; // milliseconds without a change: time to draw axes anew, and to speak
  const STEP = /^\d{1,6}$/;
  const payload = vizdl.payload;
  let count = 0;

  class Player {
    constructor(root) {
      this.root = root;
      this.name = root.dataset.figure;
      this.speed = 1;
      this.timer = 0;
      this.pending = {};
      const opening = root.dataset.opening ? JSON.parse(root.dataset.opening) : (figure(this.name) || {}).opening;
      this.panel = new vizdl.Panel(root, opening || {}, "vizdl-" + (count += 1), {
        play: () => (this.timer ? this.pause() : this.play()),
        step: (by) => this.seek(this.film.at + by),
        seek: (step) => this.seek(step),
        pace: (times) => { this.speed = times; },
        setting: (name, value) => this.change(name, value),
        entry: (name, at, value) => this.drag(name, at, value),
        row: (name, places) => this.change(name + ".row", places),
        reset: () => this.restore(new Map()),
        open: () => this.film && this.panel.tell(this.film)
      });
      this.plot = this.panel.plot;
      this.asked = vizdl.address.join(this);
      if (this.asked.size) this.panel.label.textContent = "";
      this.set(this.asked);
      this.observe();
    }

    // Loading

    observe() {
      if (!("IntersectionObserver" in window)) return void this.load();
      const watcher = new IntersectionObserver((entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        watcher.disconnect();
        this.load();
      }, { rootMargin: "400px 0px" });
      watcher.observe(this.root);
    }

    load() {
      const needs = [];
      const data = this.root.dataset;
      if (!window.Plotly && data.plotly) needs.push(payload.load(data.plotly));
      if (!figure(this.name) && data.src) needs.push(payload.load(data.src));
      return Promise.all(needs).then(() => this.start()).catch((error) => {
        this.panel.label.textContent =
          "The interactive figure could not be loaded. The picture shows what it starts with.";
        if (window.Plotly && figure(this.name)) throw error; // it was not for want of a file
      });
    }

    start() {
      const spec = figure(this.name);
      window.Plotly.setPlotConfig({ logging: 0 }); // it warns of every bar with a colour scale
      this.interval = (spec.meta || {}).interval || 400;
      this.film = spec.live ? this.live(spec.live) : new vizdl.Frames(spec, this.plot);
      this.picture = new vizdl.Picture(this.root, this.plot, spec, this.film);
      this.beginning = spec.live ? spec.live.start : this.film.at;
      this.film.set(this.set(this.asked));
      this.panel.controls.hidden = this.film.count < 2;
      this.plot.hidden = false;
      if (!this.panel.longest.length) this.panel.reserve(this.film.labels || []); // before drawing
      this.panel.label.hidden = !this.film.text();
      this.panel.tell(this.film);
      return this.draw().then(() => {
        this.root.querySelectorAll(".vizdl-still").forEach((still) => { still.hidden = true; });
        this.panel.enable(true, this.film.count);
        if (spec.live) this.plot.on("plotly_click", (event) => this.click(event.points[0]));
        if (spec.live && spec.live.hovers.length) {
          this.plot.on("plotly_hover", (event) => this.change("hover", this.film.pointed(event)));
          this.plot.on("plotly_unhover", () => this.change("hover", -1));
        }
        this.picture.watch(() => {
          this.panel.reserve();
          this.draw();
        });
        this.root.dataset.ready = "true";
      });
    }

    live(spec) {
      const settings = Object.assign({}, spec.fixed);
      this.panel.inputs.forEach((control, name) => { settings[name] = control.value; });
      const film = new vizdl.Live(spec, this.plot, window.vizdlPrograms[this.name], settings);
      this.handles = spec.drags.map((drag) => new vizdl.Handles(this.panel.layer, drag, film, {
        range: (target) => this.panel.inputs.has(target) ? this.panel.inputs.get(target).limits : film.entries.get(target),
        change: (target, index, value) => this.drag(target, index, value),
        rest: () => this.rest()
      }));
      ["pointermove", "pointerdown"].forEach((kind) => this.plot.addEventListener(kind, (event) => {
        film.finger = event.pointerType === "touch"; // which taps, and points at nothing
        if (film.stale && !event.buttons) this.draw(); // what hovering tells is that of the picture
      }, true));
      document.addEventListener("pointerdown", (event) => {
        if (!film.finger || this.plot.contains(event.target)) return;
        this.plot._fullLayout._hoversubplot = null; // or Plotly tells of it again when it draws
        window.Plotly.Fx.unhover(this.plot); // a finger never leaves what it tapped
      }, true);
      return film;
    }

    // Everything, drawn by Plotly: at first, and for another theme, size or choice.
    draw() {
      return this.picture.draw().then(() => this.hold());
    }

    hold() {
      (this.handles || []).forEach((handles) => handles.place());
    }

    // Changing: what comes in between two frames of the screen is done at once.

    change(name, value) {
      this.pending[name] = value;
      if (!this.frame) this.frame = window.requestAnimationFrame(() => this.flush());
    }

    flush() {
      this.frame = 0;
      const changes = this.pending;
      this.pending = {};
      const sudden = Object.keys(changes).some((name) => {
        const control = this.panel.inputs.get(name);
        return control && control.spec.choices;
      });
      if (this.film.change(changes) || sudden) this.draw();
      else this.hold();
      this.panel.tell(this.film);
      if (!this.timer) vizdl.address.changed();
      window.clearTimeout(this.resting);
      this.resting = window.setTimeout(() => this.rest(), REST);
    }

    rest() {
      window.clearTimeout(this.resting);
      if (this.film.loose) this.draw();
      if (!this.timer) this.panel.spoken.textContent = this.film.text();
    }

    drag(target, index, value) {
      const control = this.panel.inputs.get(target);
      if (control) control.set(value);
      this.change(target, control ? value : this.film.entry(target, index, value));
    }

    click(point) {
      const step = point && this.film.leads(point.curveNumber, point.pointNumber);
      if (step !== undefined) this.seek(step);
      const set = point && this.film.sets(point.curveNumber, point.pointNumber);
      if (set) this.drag(set[0], 0, set[1]);
    }

    // Playing

    seek(step) {
      this.pause();
      if (this.handles) this.change("hover", -1); // it is live
      this.change("step", step);
    }

    play() {
      if (this.film.at >= this.film.count - 1) this.change("step", 0);
      this.panel.face("pause", "Pause");
      this.next();
    }

    next() {
      this.timer = window.setTimeout(() => {
        if (this.film.at >= this.film.count - 1) return this.pause();
        this.change("step", this.film.at + 1);
        return this.next();
      }, this.interval / this.speed);
    }

    pause() {
      if (!this.timer) return;
      window.clearTimeout(this.timer);
      this.timer = 0;
      this.panel.face("play", "Play");
      vizdl.address.changed();
      this.panel.spoken.textContent = this.film.text();
    }

    // The state, as the address has it

    state() {
      if (!this.film) return this.asked;
      const pairs = new Map();
      this.panel.inputs.forEach((control, name) => {
        if (control.value !== control.spec.value) pairs.set(name, String(control.value));
      });
      this.film.edited().forEach(([name, value]) => pairs.set(name, String(value)));
      if (this.film.at !== Math.min(this.beginning, this.film.count - 1)) pairs.set("step", String(this.film.at));
      return pairs;
    }

    restore(asked) {
      this.asked = asked;
      const changes = this.set(asked);
      if (!this.film) return;
      this.pause();
      Object.keys(changes).forEach((name) => this.change(name, changes[name]));
    }

    // Controls as the address says; where they don't allow it, as they were to begin with.
    set(asked) {
      const changes = {};
      this.panel.inputs.forEach((control, name) => {
        const value = asked.has(name) ? control.read(asked.get(name)) : undefined;
        control.set(value === undefined ? control.spec.value : value);
        changes[name] = control.value;
      });
      if (!this.film) return changes;
      const step = asked.get("step");
      changes.step = step !== undefined && STEP.test(step) ? Number(step) : this.beginning;
      return Object.assign(changes, this.film.edit(asked));
    }
  }

  function figure(name) {
    const figures = window.vizdlFigures || {};
    return Object.prototype.hasOwnProperty.call(figures, name) ? figures[name] : undefined;
  }

  function mount(root) {
    if (!root.vizdlPlayer) root.vizdlPlayer = new Player(root);
    return root.vizdlPlayer;
  }

  function mountAll() {
    document.querySelectorAll(".vizdl-figure[data-figure]").forEach(mount);
  }

  vizdl.mount = mount;
  vizdl.mountAll = mountAll;
  mountAll();
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", mountAll);
})((globalThis.vizdl = globalThis.vizdl || {}));
