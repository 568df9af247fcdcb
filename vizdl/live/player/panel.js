/* What stands round a figure: its sentence, the buttons that play it, settings, numbers.
 *
 * It is built from the opening, which stands in the page, so that it is there before the figure is.
 */
(function (vizdl) {
  "use strict";

  const ICONS = {
    play: "M6 4l14 8-14 8z",
    pause: "M6 4h4v16H6zM14 4h4v16h-4z",
    back: "M5 4h3v16H5zM20 4v16L9 12z",
    forward: "M16 4h3v16h-3zM4 4l11 8-11 8z",
    reset: "M12 5a7 7 0 1 1-6.6 4.7l1.9.7A5 5 0 1 0 12 7v3L7 6l5-4z"
  };
  const SPEEDS = [["0.5", "½×"], ["1", "1×"], ["2", "2×"], ["4", "4×"]];

  function element(tag, attributes, children) {
    const made = document.createElement(tag);
    for (const key of Object.keys(attributes || {})) made.setAttribute(key, attributes[key]);
    (children || []).forEach((child) => { if (child) made.append(child); });
    return made;
  }

  function icon(name) {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    const path = document.createElementNS(space, "path");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", ICONS[name]);
    svg.append(path);
    return svg;
  }

  function button(name, text, visible) {
    const made = element("button", { type: "button", "class": "vizdl-" + name, title: text }, [icon(name)]);
    if (visible) made.append(element("span", {}, [text]));
    else made.setAttribute("aria-label", text);
    return made;
  }

  class Panel {
    // on has: play(), step(by), seek(step), pace(times), setting(name, value), entry(name, at, value),
    // row(name, places), reset(), open()
    constructor(root, opening, id, on) {
      this.root = root;
      this.opening = opening;
      this.stage = root.querySelector(".vizdl-stage");
      if (!this.stage) root.prepend((this.stage = element("div", { "class": "vizdl-stage" })));
      this.plot = element("div", { "class": "vizdl-plot", role: "img", "aria-label": root.dataset.title || "Figure" });
      this.plot.hidden = true;
      this.layer = element("div", { "class": "vizdl-handles" });
      this.stage.append(this.plot, this.layer);
      this.label = element("p", { "class": "vizdl-label" }, [opening.sentence]);
      this.spoken = element("p", { "class": "vizdl-spoken", role: "status" });
      this.inputs = new Map();
      this.entries = [];
      this.rows = [];
      this.cells = [];
      root.append(this.label, this.spoken, this.bar(on));
      for (const spec of opening.tiles || []) {
        this.rows.push(new vizdl.Tiles(spec, id + "-" + spec.name, on.row));
        root.append(this.rows[this.rows.length - 1].element);
      }
      if (opening.controls && opening.controls.length) root.append(this.settings(id, on));
      if (opening.table && opening.table.length) root.append(this.numbers(on));
      this.fit((name) => this.inputs.get(name).value);
      this.reserve(opening.longest || []);
      this.enable(false, 0);
    }

    bar(on) {
      this.playButton = button("play", "Play", true);
      this.back = button("back", "Step back");
      this.forward = button("forward", "Step forward");
      this.range = element("input", { type: "range", min: 0, max: 1, step: 1, value: 0, "aria-label": "Step" });
      this.pace = element("select", { "aria-label": "Speed" },
        SPEEDS.map(([value, text]) => element("option", { value: value }, [text])));
      this.pace.value = "1";
      this.playButton.addEventListener("click", on.play);
      this.back.addEventListener("click", () => on.step(-1));
      this.forward.addEventListener("click", () => on.step(1));
      this.range.addEventListener("input", () => on.seek(Number(this.range.value)));
      this.range.addEventListener("keydown", (event) => {
        if (event.key !== " ") return;
        event.preventDefault();
        on.play();
      });
      this.pace.addEventListener("change", () => on.pace(Number(this.pace.value)));
      this.controls = element("div", { "class": "vizdl-controls", role: "group", "aria-label": "Player" },
        [this.back, this.playButton, this.forward, this.range, this.pace]);
      return this.controls;
    }

    settings(id, on) {
      const group = element("div", { "class": "vizdl-settings", role: "group", "aria-label": "Settings" });
      for (const spec of this.opening.entries || []) {
        const control = new vizdl.Control(spec, id + "-" + spec.name, (name, value) => on.entry(name, control.at, Number(value)));
        this.entries.push(control);
        group.append(control.element);
      }
      for (const spec of this.opening.controls) {
        const control = new vizdl.Control(spec, id + "-" + spec.name, on.setting);
        this.inputs.set(spec.name, control);
        group.append(control.element);
      }
      this.reset = button("reset", "Reset", true);
      this.reset.addEventListener("click", on.reset);
      group.append(element("div", { "class": "vizdl-again" }, [this.reset]));
      return group;
    }

    numbers(on) {
      const rows = this.opening.table;
      this.cells = rows.map(() => element("td"));
      const body = element("tbody", {}, rows.map((label, k) =>
        element("tr", {}, [element("th", { scope: "row" }, [label]), this.cells[k]])));
      this.details = element("details", { "class": "vizdl-numbers" },
        [element("summary", {}, ["The numbers of this step"]), element("table", {}, [body])]);
      this.details.addEventListener("toggle", on.open);
      return this.details;
    }

    enable(on, count) {
      const plays = on && count > 1;
      [this.back, this.playButton, this.forward, this.range, this.pace]
        .forEach((part) => { part.disabled = !plays; });
      if (this.reset) this.reset.disabled = !on;
      this.inputs.forEach((control) => control.enable(on));
      [...this.entries, ...this.rows].forEach((control) => control.enable(on));
    }

    // Controls that matter only where a setting has a certain value.
    fit(value) {
      const only = this.opening.only || {};
      [...this.inputs.values(), ...this.rows].forEach((control) => {
        const [name, wanted] = only[control.spec.name] || [];
        control.element.hidden = name !== undefined && value(name) !== wanted;
      });
    }

    // Room for the tallest sentence, so that what stands below does not move while they change.
    reserve(texts) {
      if (texts) this.longest = texts.slice().sort((a, b) => b.length - a.length).slice(0, 8);
      const said = this.label.textContent;
      this.label.style.minHeight = "";
      const heights = this.longest.map((text) => {
        this.label.textContent = text;
        return this.label.getBoundingClientRect().height;
      });
      this.label.textContent = said;
      this.label.style.minHeight = Math.ceil(Math.max(0, ...heights)) + "px";
    }

    tell(film) {
      const text = film.text();
      this.label.textContent = text;
      this.range.max = Math.max(1, film.count - 1);
      this.range.value = film.at;
      this.range.setAttribute("aria-valuetext", text);
      this.entries.forEach((control) => this.present(control, film));
      this.rows.forEach((row) => row.set(film.row(row.spec)));
      if (film.flow) this.fit((name) => film.flow.values[name]);
      if (this.details && this.details.open) film.table().forEach((said, k) => { this.cells[k].textContent = said; });
    }

    // The entry that a control edits now; there may be none.
    present(control, film) {
      const spec = control.spec;
      control.at = film.flow.index(spec.at);
      const value = film.flow.values[spec.name].data[control.at];
      control.enable(value !== undefined);
      if (value !== undefined) control.set(spec.choices ? value > 0.5 : Number(value.toPrecision(3)));
    }

    face(name, text) {
      this.playButton.replaceChildren(icon(name), element("span", {}, [text]));
      this.playButton.title = text;
    }
  }

  vizdl.Panel = Panel;
  vizdl.element = element;
})((globalThis.vizdl = globalThis.vizdl || {}));
