/* Native controls for settings: a slider with a number field, a list of choices, a tick box.
 *
 * const control = new vizdl.Control(spec, id, changed);
 * control.element, control.value, control.read(text), control.set(value), control.key(steps)
 *
 * A control takes no value that Settings would refuse; a typed one is refused in words.
 */
(function (vizdl) {
  "use strict";

  const element = vizdl.element;
  const STOPS = 400; // of a slider whose scale is logarithmic
  const NUMBER = /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i;

  // A number without the noise of its last bits: 0.30000000000000004 is 0.3.
  function tidy(value) {
    return Number(value.toPrecision(12));
  }

  function snapped(value, spec, step) {
    const low = spec.low;
    const near = tidy(low + Math.round((value - low) / step) * step);
    return Math.min(spec.high, Math.max(low, near));
  }

  // The value that a text stands for; undefined if Settings would refuse it.
  function read(spec, text) {
    if (spec.choices) return spec.choices.find((choice) => String(choice) === text);
    if (!NUMBER.test(text)) return undefined;
    const value = Number(text);
    if (!(value >= spec.low && value <= spec.high)) return undefined;
    return spec.whole && !Number.isInteger(value) ? undefined : value;
  }

  class Control {
    constructor(spec, id, changed) {
      this.spec = spec;
      this.value = spec.value;
      this.changed = changed;
      this.step = spec.step || (spec.whole ? 1 : tidy((spec.high - spec.low) / 100));
      this.element = element("div", { "class": "vizdl-setting" });
      if (spec.choices && spec.choices.every((choice) => typeof choice === "boolean")) this.box(id);
      else if (spec.choices) this.list(id);
      else this.slider(id);
      this.show();
    }

    get inputs() {
      return Array.from(this.element.querySelectorAll("input, select"));
    }

    label(id) {
      return element("label", { "for": id }, [this.spec.label]);
    }

    // The three kinds

    box(id) {
      this.tick = element("input", { type: "checkbox", id: id });
      this.tick.addEventListener("change", () => this.pass(this.tick.checked));
      this.element.classList.add("vizdl-tick");
      this.element.append(this.tick, this.label(id));
    }

    list(id) {
      this.choice = element("select", { id: id }, this.spec.choices.map((choice) =>
        element("option", { value: String(choice) }, [String(choice).replace(/_/g, " ")])));
      this.choice.addEventListener("change", () => this.pass(this.read(this.choice.value)));
      this.element.append(this.label(id), element("div", { "class": "vizdl-entry" }, [this.choice, this.unit()]));
    }

    slider(id) {
      const log = this.spec.scale === "log";
      this.range = element("input", {
        type: "range", id: id, min: log ? 0 : this.spec.low, max: log ? STOPS : this.spec.high,
        step: log ? 1 : this.step
      });
      this.number = element("input", {
        type: "number", id: id + "-number", min: this.spec.low, max: this.spec.high,
        step: this.spec.whole ? 1 : "any", inputmode: this.spec.whole ? "numeric" : "decimal",
        "aria-label": this.spec.label, "aria-describedby": id + "-refusal"
      });
      this.refusal = element("p", { "class": "vizdl-refusal", id: id + "-refusal", role: "alert" });
      this.range.addEventListener("input", () => this.pass(this.slid()));
      this.number.addEventListener("change", () => this.typed());
      this.element.append(
        this.label(id),
        element("div", { "class": "vizdl-entry" }, [this.range, this.number, this.unit()]),
        this.refusal
      );
    }

    unit() {
      return this.spec.unit ? element("span", { "class": "vizdl-unit" }, [this.spec.unit]) : null;
    }

    // Values

    slid() {
      const at = Number(this.range.value);
      const spec = this.spec;
      if (spec.scale !== "log") return snapped(at, spec, this.step);
      const value = spec.low * (spec.high / spec.low) ** (at / STOPS);
      return Math.min(spec.high, Math.max(spec.low, Number(value.toPrecision(3))));
    }

    read(text) {
      return read(this.spec, text);
    }

    get limits() {
      return { low: this.spec.low, high: this.spec.high, step: this.step };
    }

    typed() {
      const value = this.read(this.number.value.trim());
      if (value !== undefined) return this.pass(value);
      this.refusal.textContent = this.spec.label + " must be " + this.spec.allowed;
      this.number.setAttribute("aria-invalid", "true");
      this.number.value = this.value;
      return undefined;
    }

    pass(value) {
      this.set(value);
      this.changed(this.spec.name, value);
    }

    set(value) {
      this.value = value;
      this.show();
    }

    show() {
      const value = this.value;
      if (this.tick) this.tick.checked = value;
      if (this.choice) this.choice.value = String(value);
      if (!this.range) return;
      const spec = this.spec;
      const at = spec.scale === "log"
        ? Math.round((STOPS * Math.log(value / spec.low)) / Math.log(spec.high / spec.low)) : value;
      this.range.value = at;
      this.range.style.setProperty("--vizdl-filled", (100 * (at - this.range.min)) / (this.range.max - this.range.min) + "%");
      this.range.setAttribute("aria-valuetext", value + (spec.unit ? " " + spec.unit : ""));
      this.number.value = value;
      this.number.removeAttribute("aria-invalid");
      this.refusal.textContent = "";
    }

    enable(on) {
      this.inputs.forEach((input) => { input.disabled = !on; });
    }
  }

  vizdl.Control = Control;
  vizdl.read = read;
  vizdl.snapped = snapped;
})((globalThis.vizdl = globalThis.vizdl || {}));
