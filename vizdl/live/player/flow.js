/* The numbers behind a live figure: settings, tables and runs, like the cells of a spreadsheet.
 *
 * const flow = new vizdl.Flow(spec, programs, settings);
 * flow.update({learning_rate: 0.2})    what follows from it is computed; says the names that changed
 * flow.values[name]                    a number, a word, or {data, rows, shape}: rows first
 * flow.at(["path.w", [["step", -1], ["", 0]]])   one number, or part of an array
 *
 * The spec is what vizdl.live.flow writes. Arrays are set aside once and used again.
 */
(function (vizdl) {
  "use strict";

  const ARRAYS = {
    f8: Float64Array, f4: Float32Array, i1: Int8Array, u1: Uint8Array, u1c: Uint8ClampedArray,
    i2: Int16Array, u2: Uint16Array, i4: Int32Array, u4: Uint32Array
  };
  const NOTHING = 65535; // what stands for NaN among 16-bit numbers

  function bytes(text, dtype) {
    return new ARRAYS[dtype](Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
  }

  function product(shape) {
    return shape.reduce((size, length) => size * length, 1);
  }

  function array(data, shape) {
    return { data: data, rows: shape[0], shape: shape.slice(1) };
  }

  function spell(value) {
    return String(value);
  }

  // A table's arrays, each unpacked when it is first asked for.
  function unpacked(grid) {
    const stored = bytes(grid.bdata, grid.dtype);
    const starts = [0];
    grid.shapes.forEach((shape, k) => starts.push(starts[k] + product(shape)));
    const made = [];
    return (index) => {
      if (made[index]) return made[index];
      let data = stored.subarray(starts[index], starts[index + 1]);
      if (grid.dtype === "u2") {
        const [offset, scale] = [grid.offsets[index], grid.scales[index]];
        data = Float64Array.from(data, (q) => (q === NOTHING ? NaN : offset + scale * q));
      }
      const shape = grid.shapes[index];
      return (made[index] = shape.length ? array(data, shape) : data[0]);
    };
  }

  function namesOf(reference) {
    return [reference[0]].concat(reference[1].map((at) => at[0]).filter(Boolean));
  }

  class Flow {
    constructor(spec, programs, settings) {
      this.spec = spec;
      this.programs = programs;
      this.values = Object.assign(Object.create(null), settings);
      this.wanted = 0; // the step that was asked for; there may be fewer
      this.values.step = this.values.frames = this.values.left = 0;
      this.values.hover = -1;
      this.cells = spec.sources.map((source) => this.source(source));
      spec.runs.forEach((run) => this.cells.push(this.run(run)));
      const definer = this.cells.findIndex((cell) => cell.gives.includes(spec.frames));
      this.cells.splice(definer + 1, 0, this.place());
      this.update(settings);
    }

    // What is needed and given, and how it is computed.

    source(source) {
      const values = this.values;
      if (source.kind === "entries") {
        values[source.name] = array(Float64Array.from(source.values), [source.values.length]);
        return { needs: [], gives: [source.name], compute: () => {} };
      }
      if (source.kind === "tiles") return this.tiles(source);
      if (source.kind === "draw") return this.draw(source);
      const chosen = source.grid ? unpacked(source.grid) : (index) => source.values[index];
      return {
        needs: source.by,
        gives: [source.name],
        compute: () => {
          const choice = source.by.map((name) => spell(values[name])).join(",");
          values[source.name] = chosen(source.choices.indexOf(choice));
        }
      };
    }

    // Words in a row: their places as they were given, then with nothing (-1) after the end.
    tiles(source) {
      const values = this.values;
      const name = source.name;
      values[name + ".row"] = source.start;
      return {
        needs: [name + ".row"],
        gives: [name, name + ".padded", name + ".count", name + ".words"],
        compute: () => {
          const row = values[name + ".row"];
          const padded = new Float64Array(source.most).fill(-1);
          padded.set(row);
          values[name] = array(padded, [row.length]);
          values[name + ".padded"] = array(padded, [source.most]);
          values[name + ".count"] = row.length;
          values[name + ".words"] = row.map((place) => source.words[place]);
        }
      };
    }

    draw(source) {
      const draws = globalThis.vizdlRuntime.draws;
      const made = array(new Float64Array(product(source.shape)), source.shape);
      const width = made.data.length / made.rows;
      const named = (part) => (typeof part === "string" ? Number(this.values[part]) : part);
      this.values[source.name] = made;
      return {
        needs: [source.seed].concat(source.path.filter((part) => typeof part === "string")),
        gives: [source.name],
        compute: () => {
          const key = draws.key(Number(this.values[source.seed]), ...source.path.map(named));
          if (source.draw !== "permutations") return draws[source.draw](key, made.data, source.below || undefined);
          for (let row = 0; row < made.rows; row++) {
            draws.permutation(key, made.data.subarray(row * width, (row + 1) * width), row);
          }
        }
      };
    }

    // The step that is looked at, and how many are left after it.
    place() {
      const values = this.values;
      return {
        needs: [this.spec.frames, "wanted"],
        gives: ["step", "frames", "left"],
        compute: () => {
          values.frames = Math.max(1, values[this.spec.frames]);
          values.step = Math.max(0, Math.min(this.wanted, values.frames - 1));
          values.left = values.frames - 1 - values.step;
        }
      };
    }

    run(spec) {
      const given = [spec.inputs, spec.start, spec.sequences].flatMap(Object.values);
      const needs = given.flatMap(namesOf).concat(spec.by || [], spec.steps ? namesOf(spec.steps) : []);
      const gives = Object.keys(spec.shapes).map((name) => spec.name + "." + name);
      const runners = Object.create(null);
      return {
        needs: needs,
        gives: spec.once ? gives : gives.concat(spec.name + ".rows"),
        compute: () => {
          const key = spec.programs[spec.by ? spell(this.values[spec.by]) : ""];
          if (!runners[key]) {
            runners[key] = globalThis.vizdlRuntime.runner(
              this.programs[key], spec.most, Object.keys(spec.shapes)
            );
          }
          this.take(spec, runners[key]);
        }
      };
    }

    take(spec, runner) {
      this.feed(runner.inputs, spec.inputs);
      this.feed(runner.start, spec.start);
      this.feed(runner.rows, spec.sequences);
      let steps = spec.steps ? Math.round(this.at(spec.steps)) : 1;
      for (const name of Object.keys(spec.sequences)) {
        steps = Math.min(spec.most, this.at(spec.sequences[name], 0, true).rows);
      }
      const rows = runner.run(Math.min(spec.most, steps));
      for (const name of Object.keys(spec.shapes)) {
        const shape = spec.shapes[name];
        const data = runner.outputs[name];
        const whole = spec.name + "." + name;
        if (spec.once) this.values[whole] = shape.length ? array(data, shape) : data[0];
        else this.values[whole] = { data: data, rows: rows, shape: shape };
      }
      if (!spec.once) this.values[spec.name + ".rows"] = rows;
    }

    feed(slots, references) {
      for (const name of Object.keys(references)) {
        const value = this.at(references[name]);
        if (typeof value === "object") slots[name].set(value);
        else slots[name][0] = Number(value);
      }
    }

    // Computing

    update(changes) {
      const changed = new Set();
      for (const name of Object.keys(changes)) {
        if (name === "step") this.wanted = changes.step;
        else this.values[name] = changes[name];
        changed.add(name === "step" ? "wanted" : name);
      }
      const first = !this.computed;
      this.computed = true;
      for (const cell of this.cells) {
        if (!first && !cell.needs.some((name) => changed.has(name))) continue;
        cell.compute();
        cell.gives.forEach((name) => changed.add(name));
      }
      return changed;
    }

    // Looking up

    index(at, i) {
      if (!at[0]) return at[1];
      return Math.round(at[0] === "i" ? i : Number(this.values[at[0]])) + at[1];
    }

    at(reference, i, asArray) {
      return this.lookup(reference[0], reference[1], i, asArray);
    }

    lookup(name, indices, i, asArray) {
      let found = name === "i" ? i : this.values[name];
      if (asArray || found === null || typeof found !== "object") return found;
      if (!found.data) { // words, or other things of a table
        for (const at of indices) found = found[this.index(at, i)];
        return found;
      }
      let size = product(found.shape);
      let start = 0;
      if (!indices.length) return found.data.subarray(0, found.rows * size);
      for (let k = 0; k < indices.length; k++) {
        const length = k ? found.shape[k - 1] : found.rows;
        let row = this.index(indices[k], i);
        if (row < 0) row += length;
        if (!(row >= 0 && row < length)) return NaN;
        if (k) size /= length;
        start += row * size;
      }
      if (indices.length === found.shape.length + 1) return found.data[start];
      return found.data.subarray(start, start + size);
    }
  }

  vizdl.Flow = Flow;
  vizdl.bytes = bytes;
})((globalThis.vizdl = globalThis.vizdl || {}));
