/* Handles on a figure: the points of a trace, moved by mouse, finger or arrow keys.
 *
 * Each is a button of 44 pixels over its point, so that a finger elsewhere still scrolls the page.
 * Of many handles one is reached by Tab, and the others from there by Page up and Page down, or by
 * the arrow keys that don't move it. With strokes, a stroke over handles sets all that it passes.
 */
(function (vizdl) {
  "use strict";

  const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  const FAST = 5; // times as far with Shift
  const STILL = 4; // pixels: what moves less was a click
  const SIZE = 44; // pixels: what a finger hits

  class Handles {
    // host has: range(target) -> {low, high, step}, change(target, index, value), rest()
    constructor(layer, drag, film, host) {
      this.layer = layer;
      this.drag = drag;
      this.film = film;
      this.host = host;
      this.handles = [];
      this.places = []; // of each handle, in pixels
      this.still = !drag.x && !drag.y;
      this.many = [drag.x && drag.x.target, drag.y && drag.y.target, drag.toggles].some((name) => film.entries.has(name));
      this.group = vizdl.element("div", { role: "group", "aria-label": drag.label });
      layer.append(this.group);
    }

    // Put each handle where its point is.
    place() {
      const points = this.film.points(this.drag.trace);
      const axes = this.film.axes(this.drag.trace);
      const count = this.many ? points.x.length : Math.min(1, points.x.length);
      while (this.handles.length > count) this.handles.pop().remove();
      while (this.handles.length < count) this.add(this.handles.length);
      this.handles.forEach((handle, n) => {
        const x = axes.x._offset + axes.x.c2p(points.x[n]);
        const y = axes.y._offset + axes.y.c2p(points.y[n]);
        handle.hidden = !(Number.isFinite(x) && Number.isFinite(y));
        this.places[n] = [x, y];
        if (!handle.hidden) handle.style.transform = "translate(" + x + "px," + y + "px)";
        if (this.drag.toggles) handle.setAttribute("aria-pressed", this.on(n));
      });
      if (this.drag.box) this.fit(axes);
    }

    // Handles side by side, none over another.
    fit(axes) {
      const across = (axis, length) => Math.min(SIZE, Math.abs(axis.c2p(length) - axis.c2p(0)));
      const [width, height] = [across(axes.x, this.drag.box[0]), across(axes.y, this.drag.box[1])];
      this.handles.forEach((handle) => {
        Object.assign(handle.style, {
          width: width + "px", height: height + "px", left: -width / 2 + "px", top: -height / 2 + "px"
        });
      });
    }

    add(index) {
      const name = this.many ? this.drag.label + " " + (index + 1) : this.drag.label;
      const handle = vizdl.element("button", {
        type: "button", "class": "vizdl-handle", "aria-roledescription": "handle",
        "aria-label": this.drag.toggles ? name : name + ", moved by the arrow keys", tabindex: index ? -1 : 0
      });
      if (this.drag.toggles) handle.removeAttribute("aria-roledescription");
      handle.classList.toggle("vizdl-box", Boolean(this.drag.box));
      handle.classList.toggle("vizdl-stroke", Boolean(this.drag.strokes));
      handle.addEventListener("pointerdown", (event) => this.grab(event, index));
      handle.addEventListener("keydown", (event) => this.key(event, index));
      if (this.drag.toggles) handle.addEventListener("click", () => this.toggle(index));
      this.group.append(handle);
      this.handles.push(handle);
    }

    grab(event, index) {
      if (event.button) return;
      const handle = this.handles[index];
      const box = handle.getBoundingClientRect();
      const hold = { // where the point was taken hold of, so that it doesn't jump
        x: event.clientX - (box.left + box.width / 2),
        y: event.clientY - (box.top + box.height / 2)
      };
      const begin = { x: event.clientX, y: event.clientY };
      const stroke = this.drag.strokes && this.stroke(index, begin);
      handle.setPointerCapture(event.pointerId);
      handle.classList.add("vizdl-held");
      this.focus(index);
      const move = (moved) => {
        if (!this.moving && Math.hypot(moved.clientX - begin.x, moved.clientY - begin.y) < STILL) return;
        this.moving = true;
        if (stroke) {
          stroke(moved);
          return;
        }
        const area = this.layer.getBoundingClientRect();
        this.put(index, moved.clientX - hold.x - area.left, moved.clientY - hold.y - area.top);
      };
      const end = () => {
        handle.removeEventListener("pointermove", move);
        handle.classList.remove("vizdl-held");
        this.host.rest();
        window.setTimeout(() => { this.moving = false; }); // after the click that follows
      };
      handle.addEventListener("pointermove", move);
      handle.addEventListener("pointerup", end, { once: true });
      handle.addEventListener("lostpointercapture", end, { once: true });
      event.preventDefault();
    }

    // What draws a line of entries, all turned to what the first one becomes: a call for each move.
    stroke(index, begin) {
      const range = this.host.range(this.drag.toggles);
      const value = this.on(index) ? range.low : range.high;
      const turn = (n) => {
        if (n >= 0 && this.film.value(this.drag.toggles, n) !== value) this.host.change(this.drag.toggles, n, value);
      };
      let last = begin;
      return (event) => {
        turn(index);
        const next = { x: event.clientX, y: event.clientY };
        const size = this.handles[index].getBoundingClientRect();
        const count = Math.ceil(2 * Math.hypot((next.x - last.x) / size.width, (next.y - last.y) / size.height));
        for (let k = 1; k <= count; k++) {
          const at = (axis) => last[axis] + (k / count) * (next[axis] - last[axis]);
          turn(this.handles.indexOf(document.elementFromPoint(at("x"), at("y"))));
        }
        last = next;
      };
    }

    // The values for a place in the picture.
    put(index, px, py) {
      const axes = this.film.axes(this.drag.trace);
      if (this.drag.x) this.slide(index, this.drag.x, axes.x.p2c(px - axes.x._offset));
      if (this.drag.y) this.slide(index, this.drag.y, axes.y.p2c(py - axes.y._offset));
    }

    slide(index, along, place) {
      const range = this.host.range(along.target);
      const low = along.low === null ? range.low : this.film.end(along.low);
      const high = along.high === null ? range.high : this.film.end(along.high);
      const value = range.low + ((place - low) / (high - low)) * (range.high - range.low);
      if (!Number.isFinite(value)) return;
      const step = along.snap || range.step;
      this.host.change(along.target, index, vizdl.snapped(value, range, step));
    }

    key(event, index) {
      const to = { PageUp: index - 1, PageDown: index + 1, Home: 0, End: this.handles.length - 1 }[event.key];
      if (this.handles.length > 1 && to !== undefined) {
        this.focus(Math.max(0, Math.min(this.handles.length - 1, to)), true);
        event.preventDefault();
        return;
      }
      const way = KEYS[event.key];
      if (!way) return;
      if (this.many && !this.drag.x && this.drag.y && way[0]) {
        this.focus(Math.max(0, Math.min(this.handles.length - 1, index + way[0])), true);
        event.preventDefault();
        return;
      }
      if (this.many && this.still) {
        this.focus(this.beside(index, way), true);
        event.preventDefault();
        return;
      }
      const times = event.shiftKey ? FAST : 1;
      [[this.drag.x, way[0]], [this.drag.y, way[1]]].forEach(([along, steps]) => {
        if (!along || !steps) return;
        const range = this.host.range(along.target);
        const now = this.film.value(along.target, index);
        this.host.change(along.target, index, vizdl.snapped(now + steps * times * range.step, range, range.step));
      });
      event.preventDefault();
    }

    // The nearest handle that way, or the same one where there is none.
    beside(index, way) {
      const [x, y] = this.places[index];
      let [best, nearest] = [index, Infinity];
      this.places.forEach((place, n) => {
        const [right, up] = [place[0] - x, y - place[1]];
        const along = right * way[0] + up * way[1];
        const aside = Math.abs(right * way[1]) + Math.abs(up * way[0]);
        if (along > aside && along + aside < nearest) [best, nearest] = [n, along + aside];
      });
      return best;
    }

    toggle(index) {
      if (this.moving) return;
      const range = this.host.range(this.drag.toggles);
      this.host.change(this.drag.toggles, index, this.on(index) ? range.low : range.high);
    }

    on(index) {
      const range = this.host.range(this.drag.toggles);
      return this.film.value(this.drag.toggles, index) > (range.low + range.high) / 2;
    }

    focus(index, really) {
      this.handles.forEach((handle, n) => handle.setAttribute("tabindex", n === index ? 0 : -1));
      if (really) this.handles[index].focus();
    }
  }

  vizdl.Handles = Handles;
})((globalThis.vizdl = globalThis.vizdl || {}));
