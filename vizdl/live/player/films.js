/* What a player shows: a film of frames made beforehand, or a live figure that computes its own.
 *
 * Both have count, at, text(), into(data, layout, colour) for a whole drawing, and
 * change({step, …}) for the moment that is shown next, which says whether Plotly has to draw.
 */
(function (vizdl) {
  "use strict";

  const payload = vizdl.payload;

  class Frames {
    constructor(spec, plot) {
      this.plot = plot;
      this.frames = payload.decode(spec.frames);
      this.labels = spec.meta.labels || [];
      this.redraw = Boolean(spec.meta.redraw);
      this.at = spec.meta.start || 0;
      this.count = this.frames.length;
      this.colour = (value) => value;
    }

    text() {
      return this.labels[this.at] || "";
    }

    table() {
      return [];
    }

    edited() {
      return [];
    }

    edit() {
      return {};
    }

    set(changes) {
      if (changes.step !== undefined) this.at = Math.max(0, Math.min(this.count - 1, changes.step));
    }

    into(data, layout, colour) {
      this.colour = colour;
      if (this.count < 2) return;
      const frame = colour(this.frames[this.at]);
      frame.traces.forEach((index, k) => payload.merge(data[index], frame.data[k]));
      if (frame.layout) payload.merge(layout, frame.layout);
    }

    change(changes) {
      this.set(changes);
      const frame = this.colour(this.frames[this.at]);
      window.Plotly.animate(
        this.plot,
        { data: frame.data, traces: frame.traces, layout: frame.layout },
        { mode: "immediate", transition: { duration: 0 }, frame: { duration: 0, redraw: this.redraw } }
      ).catch(() => {}); // a frame that the next one overtakes is no error
      return false;
    }
  }

  class Live {
    constructor(spec, plot, programs, settings) {
      this.spec = spec;
      this.flow = new vizdl.Flow(spec.flow, programs, settings);
      this.feeds = new vizdl.Feeds(this.flow);
      this.brush = new vizdl.Brush(plot);
      this.flow.update({ step: spec.start });
      this.plot = plot;
      this.entries = new Map(spec.flow.sources.filter((source) => source.kind === "entries")
        .map((source) => [source.name, source]));
      this.tiles = spec.flow.sources.filter((source) => source.kind === "tiles");
      this.shown = []; // of each trace, its present attributes by path
      this.fed = spec.feeds.flatMap((fed) => Object.keys(fed.attributes).map((path) => ({
        trace: fed.trace, path: path, feed: fed.attributes[path],
        needs: this.feeds.needs(fed.attributes[path])
      })));
      this.layouts = Object.keys(spec.layout).map((path) => ({
        path: path, feed: spec.layout[path], needs: this.feeds.needs(spec.layout[path])
      }));
      this.stale = false; // Plotly knows older numbers than the picture shows
      this.loose = false; // the axes are those of older numbers
    }

    get count() {
      return this.flow.values.frames;
    }

    get at() {
      return this.flow.values.step;
    }

    say(texts) {
      return vizdl.words.fill(texts, (name, index) => this.flow.lookup(name, index, 0));
    }

    text() {
      return this.say(this.spec.sentence);
    }

    table() {
      return this.spec.table.map((row) => this.say(row[1]));
    }

    set(changes) {
      return this.flow.update(changes);
    }

    // Entries: one changed, all as an address has them, those that differ from the beginning

    entry(name, index, value) {
      const own = this.flow.values[name];
      own.data[index] = value;
      return own;
    }

    edit(asked) {
      const changes = {};
      this.entries.forEach((spec, name) => {
        spec.values.forEach((value, k) => {
          const read = asked.has(name + "." + k) ? vizdl.read(spec, asked.get(name + "." + k)) : undefined;
          changes[name] = this.entry(name, k, read === undefined ? value : read);
        });
      });
      for (const spec of this.tiles) {
        const asks = (asked.get(spec.name) || "").toLowerCase().split(/\s+/).map((word) => spec.words.indexOf(word));
        const fits = asks.length <= spec.most && !asks.includes(-1);
        changes[spec.name + ".row"] = fits ? asks : spec.start;
      }
      return changes;
    }

    edited() {
      const rows = this.tiles.filter((spec) => String(this.row(spec)) !== String(spec.start))
        .map((spec) => [spec.name, this.flow.values[spec.name + ".words"].join(" ")]);
      return rows.concat(Array.from(this.entries.values()).flatMap((spec) => {
        const now = this.flow.values[spec.name].data;
        return spec.values.map((value, k) => [spec.name + "." + k, now[k], value])
          .filter((entry) => entry[1] !== entry[2]);
      }));
    }

    // The places of the words that stand in a row now.
    row(spec) {
      return this.flow.values[spec.name + ".row"];
    }

    // The present value of an attribute; the cells of a field in rows.
    attribute(one) {
      const value = this.feeds.value(one.feed);
      if (one.path !== "z") return value;
      const rows = this.flow.values[one.feed.take].rows;
      const width = value.length / rows;
      return Array.from({ length: rows }, (_, k) => value.subarray(k * width, (k + 1) * width));
    }

    // The step that a click on a point leads to.
    leads(trace, point) {
      const to = this.spec.clicks[trace];
      if (to === undefined) return undefined;
      return to ? this.flow.values[to].data[point] : point;
    }

    // The setting that a click on a point sets, and to what.
    sets(trace, point) {
      const [name, array] = this.spec.sets[trace] || [];
      return name && [name, this.flow.values[array].data[point]];
    }

    // The number of the point that is pointed at, where that matters; else -1.
    pointed(event) {
      const point = event && event.points[0];
      const meant = point && !this.finger && this.spec.hovers.includes(point.curveNumber);
      return meant ? point.pointNumber : -1;
    }

    // What handles have to know

    points(trace) {
      return this.shown[trace];
    }

    axes(trace) {
      const full = this.plot._fullData[trace];
      const named = (name) => this.plot._fullLayout[name[0] + "axis" + name.slice(1)];
      return { x: named(full.xaxis || "x"), y: named(full.yaxis || "y") };
    }

    end(reference) {
      return typeof reference === "number" ? reference : this.flow.at(reference);
    }

    value(target, index) {
      const found = this.flow.values[target];
      return typeof found === "number" ? found : found.data[index];
    }

    into(data, layout, colour) {
      this.colour = colour;
      this.shown = data.map((trace) => ({ x: trace.x, y: trace.y }));
      for (const one of this.fed) {
        const value = colour(this.attribute(one));
        this.shown[one.trace][one.path] = value;
        payload.setPath(data[one.trace], one.path, value);
      }
      for (const one of this.layouts) {
        let value = this.feeds.value(one.feed);
        if (ArrayBuffer.isView(value)) value = Array.from(value);
        payload.setPath(layout, one.path, value);
      }
      this.modes = data.map((trace) => trace.mode || "");
      this.told = data.map((trace) => trace.hoverinfo !== "skip");
      this.brush.forget();
      this.stale = this.loose = false;
    }

    change(changes) {
      const changed = this.set(changes);
      const touched = new Map();
      for (const one of this.fed) {
        if (!one.needs.some((name) => changed.has(name))) continue;
        if (this.told[one.trace]) this.stale = true;
        if (one.feed.texts && !this.modes[one.trace].includes("text")) continue; // for hovering
        this.shown[one.trace][one.path] = this.colour(this.attribute(one));
        if (!touched.has(one.trace)) touched.set(one.trace, []);
        touched.get(one.trace).push(one.path);
      }
      if (this.layouts.some((one) => one.needs.some((name) => changed.has(name)))) this.loose = true;
      let whole = false;
      touched.forEach((paths, trace) => {
        if (!whole && !this.brush.paint(trace, this.shown[trace], paths)) whole = true;
      });
      return whole;
    }
  }

  vizdl.Frames = Frames;
  vizdl.Live = Live;
})((globalThis.vizdl = globalThis.vizdl || {}));
