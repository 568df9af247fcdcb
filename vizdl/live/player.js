/* The page's player: draws a figure's payload with Plotly and plays it with native controls.
 *
 * window.vizdlFigures[NAME] = {data, layout, frames, meta, colours} comes from a classic script.
 * A figure loads when it comes into view, if its element names where from:
 *   <div class="vizdl-figure" data-figure="NAME" data-src="NAME.js" data-plotly="plotly.js">
 * data-theme="light" or "dark" on it (or on <html>) overrules what the reader's system prefers.
 */
(function () {
  "use strict";

  var NARROW = 560;
  var CONFIG = {
    displayModeBar: false,
    displaylogo: false,
    showSendToCloud: false,
    responsive: false, // the player's own observer resizes, narrow layout included
    scrollZoom: false,
    doubleClick: false
  };
  var ICONS = {
    play: "M6 4l14 8-14 8z",
    pause: "M6 4h4v16H6zM14 4h4v16h-4z",
    back: "M5 4h3v16H5zM20 4v16L9 12z",
    forward: "M16 4h3v16h-3zM4 4l11 8-11 8z"
  };
  var ARRAYS = {
    f8: Float64Array, f4: Float32Array, i1: Int8Array, u1: Uint8Array, u1c: Uint8ClampedArray,
    i2: Int16Array, u2: Uint16Array, i4: Int32Array, u4: Uint32Array
  };
  var scripts = {};
  var prefersDark = window.matchMedia("(prefers-color-scheme: dark)");

  // Values

  function decode(value) {
    if (Array.isArray(value)) return value.map(decode);
    if (!value || typeof value !== "object") return value;
    if (value.dtype && typeof value.bdata === "string") return typed(value);
    var made = {};
    Object.keys(value).forEach(function (key) { made[key] = decode(value[key]); });
    return made;
  }

  function typed(spec) {
    var text = atob(spec.bdata);
    var bytes = new Uint8Array(text.length);
    for (var i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    var flat = new ARRAYS[spec.dtype](bytes.buffer);
    if (spec.shape === undefined) return flat;
    var shape = String(spec.shape).split(",").map(Number);
    if (shape.length === 1) return flat;
    var rows = [];
    for (var row = 0; row < shape[0]; row++) {
      rows.push(flat.subarray(row * shape[1], (row + 1) * shape[1]));
    }
    return rows;
  }

  // A deep copy with each colour replaced by its partner; typed arrays are shared.
  function recolour(value, colours) {
    if (typeof value === "string") {
      var key = value.toLowerCase();
      return Object.prototype.hasOwnProperty.call(colours, key) ? colours[key] : value;
    }
    if (Array.isArray(value)) {
      return value.map(function (item) { return recolour(item, colours); });
    }
    if (!value || typeof value !== "object" || ArrayBuffer.isView(value)) return value;
    var made = {};
    Object.keys(value).forEach(function (key) { made[key] = recolour(value[key], colours); });
    return made;
  }

  function merge(target, change) {
    Object.keys(change).forEach(function (key) {
      var value = change[key];
      var plain = value && typeof value === "object" && !Array.isArray(value) &&
        !ArrayBuffer.isView(value);
      if (plain && target[key] && typeof target[key] === "object") merge(target[key], value);
      else target[key] = value;
    });
  }

  function setPath(target, path, value) {
    var keys = path.replace(/\[(\d+)\]/g, ".$1").split(".");
    var last = keys.pop();
    keys.forEach(function (key) { target = target[key] = target[key] || {}; });
    target[last] = value;
  }

  // Elements

  function element(tag, attributes, children) {
    var made = document.createElement(tag);
    Object.keys(attributes || {}).forEach(function (key) {
      made.setAttribute(key, attributes[key]);
    });
    (children || []).forEach(function (child) { made.append(child); });
    return made;
  }

  function icon(name) {
    var space = "http://www.w3.org/2000/svg";
    var svg = document.createElementNS(space, "svg");
    var path = document.createElementNS(space, "path");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", ICONS[name]);
    svg.append(path);
    return svg;
  }

  function button(name, text, visible) {
    var made = element("button", { type: "button", "class": "vizdl-" + name }, [icon(name)]);
    if (visible) made.append(element("span", {}, [text]));
    else made.setAttribute("aria-label", text);
    made.title = text;
    return made;
  }

  function loadScript(source) {
    if (!scripts[source]) {
      scripts[source] = new Promise(function (resolve, reject) {
        var script = element("script", { src: source });
        script.onload = resolve;
        script.onerror = function () { reject(new Error("cannot load " + source)); };
        document.head.append(script);
      });
    }
    return scripts[source];
  }

  // The player of one figure

  function Player(root) {
    this.root = root;
    this.name = root.dataset.figure;
    this.speed = 1;
    this.timer = 0;
    this.build();
    this.observe();
  }

  Player.prototype.build = function () {
    var root = this.root;
    this.stage = root.querySelector(".vizdl-stage");
    if (!this.stage) root.prepend(this.stage = element("div", { "class": "vizdl-stage" }));
    this.plot = element("div", { "class": "vizdl-plot", role: "img" });
    this.plot.setAttribute("aria-label", root.dataset.title || "Figure");
    this.plot.hidden = true;
    this.stage.append(this.plot);
    this.label = element("p", { "class": "vizdl-label", role: "status" });
    this.controls = element("div", {
      "class": "vizdl-controls", role: "group", "aria-label": "Player"
    });
    this.playButton = button("play", "Play", true);
    this.back = button("back", "Step back");
    this.forward = button("forward", "Step forward");
    this.range = element("input", { type: "range", min: 0, max: 1, step: 1, value: 0 });
    this.range.setAttribute("aria-label", "Step");
    this.pace = element("select", { "aria-label": "Speed" });
    [["0.5", "½×"], ["1", "1×"], ["2", "2×"], ["4", "4×"]].forEach(function (option) {
      this.pace.append(element("option", { value: option[0] }, [option[1]]));
    }, this);
    this.pace.value = "1";
    this.parts = [this.back, this.playButton, this.forward, this.range, this.pace];
    this.controls.append.apply(this.controls, this.parts);
    this.parts.forEach(function (part) { part.disabled = true; });
    root.append(this.label, this.controls);
    this.listen();
  };

  Player.prototype.listen = function () {
    var self = this;
    this.playButton.addEventListener("click", function () { self.toggle(); });
    this.back.addEventListener("click", function () { self.step(-1); });
    this.forward.addEventListener("click", function () { self.step(1); });
    this.range.addEventListener("input", function () {
      self.pause();
      self.show(Number(self.range.value));
    });
    this.range.addEventListener("keydown", function (event) {
      if (event.key === " ") {
        event.preventDefault();
        self.toggle();
      }
    });
    this.pace.addEventListener("change", function () { self.speed = Number(self.pace.value); });
  };

  Player.prototype.observe = function () {
    var self = this;
    if (!("IntersectionObserver" in window)) return void this.load();
    var watcher = new IntersectionObserver(function (entries) {
      if (entries.some(function (entry) { return entry.isIntersecting; })) {
        watcher.disconnect();
        self.load();
      }
    }, { rootMargin: "400px 0px" });
    watcher.observe(this.root);
  };

  Player.prototype.load = function () {
    var self = this;
    var needs = [];
    if (!window.Plotly && this.root.dataset.plotly) needs.push(loadScript(this.root.dataset.plotly));
    if (!(window.vizdlFigures || {})[this.name] && this.root.dataset.src) {
      needs.push(loadScript(this.root.dataset.src));
    }
    return Promise.all(needs).then(function () { return self.start(); }).catch(function () {
      self.label.textContent =
        "The interactive figure could not be loaded. The picture shows what it starts with.";
    });
  };

  Player.prototype.start = function () {
    var self = this;
    var payload = window.vizdlFigures[this.name];
    window.Plotly.setPlotConfig({ logging: 0 }); // it warns of every bar with a colour scale
    this.data = decode(payload.data);
    this.layout = payload.layout;
    this.frames = decode(payload.frames);
    this.meta = payload.meta || {};
    this.colours = payload.colours || {};
    this.labels = this.meta.labels || [];
    this.at = this.meta.start || 0;
    this.playable = this.frames.length > 1;
    this.controls.hidden = !this.playable;
    this.label.hidden = !this.labels.length;
    this.plot.hidden = false;
    this.reserve(); // before drawing: where the page is one figure, the words take room from it
    this.say();
    return this.draw().then(function () {
      self.root.querySelectorAll(".vizdl-still").forEach(function (still) { still.hidden = true; });
      self.range.max = Math.max(1, self.frames.length - 1);
      self.parts.forEach(function (part) { part.disabled = !self.playable; });
      self.say();
      self.watch();
      self.root.dataset.ready = "true";
    });
  };

  // Everything is drawn anew when the theme or the narrow layout changes.
  Player.prototype.watch = function () {
    var self = this;
    var width = this.stage.clientWidth;
    new ResizeObserver(function () {
      var now = self.stage.clientWidth;
      if (!now || now === width) return;
      self.reserve();
      self.say();
      if ((now < NARROW) !== (width < NARROW)) self.draw();
      else window.Plotly.Plots.resize(self.plot);
      width = now;
    }).observe(this.stage);
    var redraw = function () {
      if (self.theme() !== self.drawnTheme) self.draw();
    };
    prefersDark.addEventListener("change", redraw);
    var themes = new MutationObserver(redraw);
    [document.documentElement, this.root].forEach(function (node) {
      themes.observe(node, { attributes: true, attributeFilter: ["data-theme"] });
    });
  };

  Player.prototype.theme = function () {
    var own = this.root.dataset.theme;
    var whole = document.documentElement.dataset.theme;
    var chosen = [own, whole].find(function (theme) {
      return theme === "light" || theme === "dark";
    });
    return chosen || (prefersDark.matches ? "dark" : "light");
  };

  Player.prototype.draw = function () {
    this.drawnTheme = this.theme();
    var colours = this.drawnTheme === "dark" ? this.colours : {};
    var data = recolour(this.data, colours);
    var layout = recolour(this.layout, colours);
    this.themed = this.frames.map(function (frame) { return recolour(frame, colours); });
    if (this.playable) {
      var frame = this.themed[this.at];
      frame.traces.forEach(function (index, k) {
        merge(data[index], recolour(frame.data[k], {}));
      });
      if (frame.layout) merge(layout, recolour(frame.layout, {}));
    }
    layout.autosize = true;
    delete layout.width;
    delete layout.height;
    if (this.stage.clientWidth < NARROW) this.narrow(layout, colours);
    return window.Plotly.react(this.plot, data, layout, CONFIG);
  };

  Player.prototype.narrow = function (layout, colours) {
    var changes = recolour(this.meta.narrow || {}, colours);
    layout.margin = layout.margin || {};
    layout.margin.l = Math.min(layout.margin.l || 44, 44);
    layout.margin.r = Math.min(layout.margin.r || 8, 8);
    Object.keys(changes).forEach(function (path) { setPath(layout, path, changes[path]); });
  };

  Player.prototype.show = function (index) {
    this.at = Math.max(0, Math.min(this.frames.length - 1, index));
    var frame = this.themed[this.at];
    this.say();
    return window.Plotly.animate(
      this.plot,
      { data: frame.data, traces: frame.traces, layout: frame.layout },
      {
        mode: "immediate",
        transition: { duration: 0 },
        frame: { duration: 0, redraw: Boolean(this.meta.redraw) }
      }
    ).catch(function () {}); // a frame that the next one overtakes is no error
  };

  // Room for the tallest sentence, so that the controls stand still while the sentences change.
  Player.prototype.reserve = function () {
    var label = this.label;
    label.style.minHeight = "";
    var longest = this.labels.slice().sort(function (a, b) { return b.length - a.length; });
    var heights = longest.slice(0, 8).map(function (text) {
      label.textContent = text;
      return label.getBoundingClientRect().height;
    });
    label.style.minHeight = Math.ceil(Math.max.apply(null, heights.concat(0))) + "px";
  };

  Player.prototype.say = function () {
    var text = this.labels[this.at] || "";
    this.label.textContent = text;
    this.range.value = this.at;
    this.range.setAttribute("aria-valuetext", text);
  };

  Player.prototype.step = function (by) {
    this.pause();
    this.show(this.at + by);
  };

  Player.prototype.toggle = function () {
    if (this.timer) this.pause();
    else this.play();
  };

  Player.prototype.play = function () {
    if (this.at >= this.frames.length - 1) this.show(0);
    this.label.setAttribute("aria-live", "off"); // a sentence for every frame would be noise
    this.face("pause", "Pause");
    this.next();
  };

  Player.prototype.next = function () {
    var self = this;
    this.timer = window.setTimeout(function () {
      if (self.at >= self.frames.length - 1) return self.pause();
      self.show(self.at + 1);
      self.next();
    }, (this.meta.interval || 400) / this.speed);
  };

  Player.prototype.pause = function () {
    window.clearTimeout(this.timer);
    this.timer = 0;
    this.label.setAttribute("aria-live", "polite");
    this.face("play", "Play");
  };

  Player.prototype.face = function (name, text) {
    this.playButton.replaceChildren(icon(name), element("span", {}, [text]));
    this.playButton.title = text;
  };

  function mount(root) {
    if (!root.vizdlPlayer) root.vizdlPlayer = new Player(root);
    return root.vizdlPlayer;
  }

  function mountAll() {
    document.querySelectorAll(".vizdl-figure[data-figure]").forEach(mount);
  }

  window.vizdl = { mount: mount, mountAll: mountAll };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", mountAll);
  else mountAll();
})();
