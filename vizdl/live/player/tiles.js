/* Words in a row: typed or chosen from a list, dragged to another place, taken away.
 *
 * const row = new vizdl.Tiles(spec, id, changed);    spec: {name, label, words, start, most}
 * row.element, row.set(places), row.enable(on)        places of the words among spec.words
 *
 * On a tile the arrow keys move it and Delete takes it away; a cross does so for mouse and finger.
 */
(function (vizdl) {
  "use strict";

  const element = vizdl.element;
  const WAYS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

  class Tiles {
    constructor(spec, id, changed) {
      this.spec = spec;
      this.changed = changed;
      this.row = [];
      this.list = element("ul", { "class": "vizdl-row", "aria-label": spec.label + ": arrow keys move a word, Delete takes it away" });
      this.field = element("input", {
        type: "text", id: id, list: id + "-list", autocomplete: "off", autocapitalize: "off", spellcheck: "false",
        enterkeyhint: "done", "aria-describedby": id + "-refusal"
      });
      this.refusal = element("p", { "class": "vizdl-refusal", id: id + "-refusal", role: "alert" });
      const form = element("form", { "class": "vizdl-entry" }, [
        this.field,
        element("datalist", { id: id + "-list" }, spec.words.map((word) => element("option", { value: word }))),
        element("button", { type: "submit" }, ["Add"])
      ]);
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.typed();
      });
      const all = spec.words.map((word, place) => {
        const made = element("button", { type: "button" }, [word]);
        made.addEventListener("click", () => this.put([...this.row, place]));
        return made;
      });
      this.known = element("details", {}, [
        element("summary", {}, ["All " + spec.words.length + " words"]), element("div", { "class": "vizdl-row" }, all)
      ]);
      this.element = element("div", { "class": "vizdl-tiles", role: "group", "aria-label": spec.label }, [
        this.list, element("label", { "for": id }, [spec.label]), form, this.refusal, this.known
      ]);
      this.set(spec.start);
    }

    // All words of the field, or none and the reason why.
    typed() {
      const words = this.field.value.toLowerCase().split(/[^\p{L}\p{N}'→-]+/u).filter(Boolean);
      const strange = words.find((word) => !this.spec.words.includes(word));
      if (strange) {
        this.refuse("The network has never read “" + strange + "”. It knows these " + this.spec.words.length + " words.");
        this.known.open = true;
        this.field.setAttribute("aria-invalid", "true");
      } else if (this.put(this.row.concat(words.map((word) => this.spec.words.indexOf(word))))) this.field.value = "";
    }

    refuse(why) {
      this.refusal.textContent = why;
      return false;
    }

    // Another row, if it is neither too short nor too long.
    put(row, focus) {
      if (row.length > this.spec.most) return this.refuse("There is room for " + this.spec.most + " words.");
      if (!row.length) return this.refuse("One word has to stay.");
      this.set(row);
      if (focus !== undefined) this.list.children[Math.min(focus, row.length - 1)].firstChild.focus();
      this.changed(this.spec.name, row);
      return true;
    }

    moved(from, to) {
      const row = this.row.slice();
      row.splice(to, 0, ...row.splice(from, 1));
      return row;
    }

    set(row) {
      if (this.held || String(row) === String(this.row)) return;
      this.row = Array.from(row);
      this.refusal.textContent = "";
      this.field.removeAttribute("aria-invalid");
      this.list.replaceChildren(...this.row.map((place, n) => this.tile(this.spec.words[place], n)));
    }

    tile(word, n) {
      const grip = element("button", {
        type: "button", "class": "vizdl-grip", "aria-label": word + ", word " + (n + 1) + " of " + this.row.length
      }, [word]);
      const cross = element("button", { type: "button", "class": "vizdl-cross", "aria-label": "Take away " + word, tabindex: -1 }, ["×"]);
      grip.addEventListener("keydown", (event) => this.key(event, n));
      grip.addEventListener("pointerdown", (event) => this.grab(event, n));
      cross.addEventListener("click", () => this.put(this.row.filter((_, k) => k !== n), n));
      return element("li", {}, [grip, cross]);
    }

    key(event, n) {
      const to = n + (WAYS[event.key] || 0);
      if (event.key === "Delete" || event.key === "Backspace") this.put(this.row.filter((_, k) => k !== n), n);
      else if (to === n) return;
      else if (to >= 0 && to < this.row.length) this.put(this.moved(n, to), to);
      event.preventDefault();
    }

    // While a tile is held the others make room for it; the figure follows at once.
    grab(event, n) {
      if (event.button) return;
      const tiles = Array.from(this.list.children);
      const begin = this.row;
      let now = n;
      const move = (moved) => {
        const to = tiles.findIndex((tile) => {
          const box = tile.getBoundingClientRect();
          return tile !== tiles[now] && moved.clientX >= box.left && moved.clientX <= box.right &&
            moved.clientY >= box.top && moved.clientY <= box.bottom;
        });
        if (to < 0) return;
        tiles.splice(to, 0, ...tiles.splice(now, 1));
        tiles.forEach((tile, k) => { tile.style.order = k; });
        this.row = this.moved(now, to);
        now = to;
        this.changed(this.spec.name, this.row);
      };
      const end = () => {
        document.removeEventListener("pointermove", move);
        ["pointerup", "pointercancel"].forEach((kind) => document.removeEventListener(kind, end));
        const row = this.row;
        this.held = false;
        [this.row, tiles[now].className] = [begin, ""];
        if (now !== n) this.put(row, now);
      };
      this.held = true;
      tiles[n].className = "vizdl-held";
      document.addEventListener("pointermove", move);
      ["pointerup", "pointercancel"].forEach((kind) => document.addEventListener(kind, end));
    }

    enable(on) {
      this.element.querySelectorAll("button, input").forEach((part) => { part.disabled = !on; });
    }
  }

  vizdl.Tiles = Tiles;
})((globalThis.vizdl = globalThis.vizdl || {}));
