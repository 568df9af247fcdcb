/* What a live figure shows: feeds give the attributes of traces, a brush moves them in the picture.
 *
 * Plotly's own ways to change a trace take 25 to 75 ms (benchmarks/live.py), most of it on what has
 * not changed. The brush sets the paths and places of the nodes that Plotly has drawn; Plotly draws
 * them anew when it has to know them: for hovering, another size, another theme.
 */
(function (vizdl) {
  "use strict";

  const FAR = 1e6; // pixels: what a run that diverges passes, and SVG can't hold
  const SKIPPED = 0.3; // pixels: what lies closer to the last point of a line can't be seen
  const DASHES = { dot: [1, 1], dash: [3, 3], longdash: [5, 5] }; // in widths of the line
  const SPACE = "http://www.w3.org/2000/svg";

  // Feeds

  class Feeds {
    constructor(flow) {
      this.flow = flow;
      this.rooms = new Map(); // scratch arrays, one a feed
    }

    // Every name that a feed depends on.
    needs(feed) {
      if (feed.entry) return [feed.entry];
      if (feed.pick) return this.needs(feed.by);
      if (feed.texts) return textNames(feed.texts).concat(feed.over || []);
      const rows = [feed.first, feed.last].filter((row) => row && row[0]).map((row) => row[0]);
      return [feed.take].concat(feed.at || [], rows, feed.item.filter((part) => typeof part === "string"));
    }

    value(feed) {
      if (feed.entry) return this.flow.values[feed.entry];
      if (feed.pick) return this.pick(feed);
      if (feed.texts) return this.texts(feed);
      return this.take(feed);
    }

    pick(feed) {
      const chosen = Array.from(this.take(feed.by), (place) => {
        const index = Math.round(place);
        return feed.pick[index < 0 ? feed.pick.length + index : index];
      });
      return feed.single ? chosen[0] : chosen;
    }

    texts(feed) {
      const said = (i) => vizdl.words.fill(feed.texts, (name, at) => this.flow.lookup(name, at, i));
      if (!feed.over) return said(0);
      const over = this.flow.values[feed.over];
      return Array.from({ length: over.rows === undefined ? over : over.rows }, (_, i) => said(i));
    }

    room(feed, size) {
      let room = this.rooms.get(feed);
      if (!room || room.length < size) this.rooms.set(feed, (room = new Float64Array(size)));
      return room;
    }

    row(at, rows) {
      const row = this.flow.index(at);
      return row < 0 && !at[0] ? row + rows : row;
    }

    take(feed) {
      const found = this.flow.values[feed.take];
      if (typeof found !== "object") {
        const room = this.room(feed, 1);
        room[0] = Number(found);
        return room;
      }
      const first = Math.max(0, this.row(feed.first, found.rows));
      const last = feed.last ? Math.min(found.rows - 1, this.row(feed.last, found.rows)) : found.rows - 1;
      let width = 1;
      for (const length of found.shape) width *= length;
      let size = width;
      let offset = 0;
      for (let k = 0; k < feed.item.length; k++) {
        size /= found.shape[k];
        offset += size * this.flow.index(typeof feed.item[k] === "string" ? [feed.item[k], 0] : ["", feed.item[k]]);
      }
      const at = feed.at ? this.flow.values[feed.at] : null;
      if (size === width && !at) return found.data.subarray(first * width, Math.max(first, last + 1) * width);
      const count = at ? at.rows : Math.max(0, last - first + 1);
      const room = this.room(feed, (at ? count : found.data.length / width) * size);
      for (let n = 0, to = 0; n < count; n++) {
        const row = at ? at.data[n] : first + n;
        for (let k = 0, from = row * width + offset; k < size; k++) room[to++] = found.data[from + k];
      }
      return room.subarray(0, count * size);
    }
  }

  function textNames(texts) {
    const names = [];
    const add = (name, at) => {
      names.push(name);
      at.forEach((part) => { if (part[0]) names.push(part[0]); });
    };
    for (const text of texts) {
      if (text.if) add(text.if[0], text.if[1]);
      for (const part of text.say) if (typeof part !== "string") add(part[0], part[1]);
    }
    return names.filter((name) => name !== "i");
  }

  // The brush

  class Brush {
    constructor(plot) {
      this.plot = plot;
      this.field = new vizdl.Field(plot);
      this.known = new Map(); // the nodes of a trace, until Plotly draws anew
    }

    forget() {
      this.known.clear();
      this.field.forget();
    }

    nodes(index) {
      if (this.known.has(index)) return this.known.get(index);
      const trace = this.plot._fullData[index];
      const group = trace && trace.type === "scatter" && trace.visible === true
        ? this.plot.querySelector(".scatterlayer .trace" + trace.uid) : null;
      const layout = this.plot._fullLayout;
      const found = group && {
        trace: trace,
        group: group,
        x: layout[axis(trace.xaxis || "x")],
        y: layout[axis(trace.yaxis || "y")],
        lines: Array.from(group.querySelectorAll(".js-line")),
        fill: group.querySelector(".js-fill"),
        points: Array.from(group.querySelectorAll("path.point")),
        texts: Array.from(group.querySelectorAll(".textpoint text"))
      };
      this.known.set(index, found);
      return found;
    }

    // Show the present attributes of a trace, of which `changed` have changed; false if only Plotly can.
    paint(index, data, changed) {
      if (this.plot._fullData[index].type === "heatmap") return this.field.paint(index, data, changed);
      if (this.plot._fullData[index].type === "bar") return this.bars(index, data, changed);
      const nodes = this.nodes(index);
      if (!nodes || !changed.every((path) => MEANS[path])) return false;
      const moved = changed.includes("x") || changed.includes("y");
      if (moved && !this.move(nodes, data)) return false;
      return changed.every((path) => MEANS[path](nodes, data, this) !== false);
    }

    // Bars whose numbers are colours take new ones; where they stand is left to Plotly.
    bars(index, data, changed) {
      if (!changed.every((path) => path === "marker.color" || path === "hovertext")) return false;
      const marker = this.plot._fullData[index].marker;
      if (!this.known.has(index)) {
        const uid = this.plot._fullData[index].uid;
        const group = Array.from(this.plot.querySelectorAll(".barlayer .trace"))
          .find((node) => node.__data__ && node.__data__[0].trace.uid === uid);
        const bars = group ? Array.from(group.querySelectorAll(".point path")) : [];
        this.known.set(index, { bars: bars, colours: vizdl.colourNames(marker.colorscale) });
      }
      const { bars, colours } = this.known.get(index);
      const values = data["marker.color"];
      if (bars.length !== values.length) return false;
      const scale = (colours.length - 1) / (marker.cmax - marker.cmin);
      bars.forEach((bar, n) => {
        const place = Math.round((values[n] - marker.cmin) * scale);
        bar.style.fill = colours[Math.max(0, Math.min(colours.length - 1, place))];
      });
      return true;
    }

    move(nodes, data) {
      const mode = nodes.trace.mode || "";
      const [x, y] = [data.x, data.y];
      const count = Math.min(x.length, y.length);
      if (mode.includes("lines")) {
        const drawn = outline(nodes, x, y, count);
        if (nodes.trace.fill && nodes.trace.fill !== "none") {
          if (!nodes.fill) return false;
          nodes.fill.setAttribute("d", drawn ? drawn + "Z" : "M0,0Z");
        }
        if (nodes.trace.line.width > 0) this.line(nodes).setAttribute("d", drawn || "M0,0");
      }
      if (mode.includes("markers") && !place(nodes, nodes.points, x, y, count, putPoint)) return false;
      return !mode.includes("text") || place(nodes, nodes.texts, x, y, count, putText);
    }

    // The line's first node; Plotly makes none for a line of one point, and several for one with gaps.
    line(nodes) {
      while (nodes.lines.length > 1) nodes.lines.pop().remove();
      if (!nodes.lines.length) {
        const line = nodes.trace.line;
        const made = document.createElementNS(SPACE, "path");
        made.setAttribute("class", "js-line");
        made.style.cssText = "vector-effect: none; fill: none;";
        made.style.stroke = line.color;
        made.style.strokeWidth = line.width + "px";
        const dash = DASHES[line.dash];
        if (dash) made.style.strokeDasharray = dash.map((k) => k * line.width + "px").join(",");
        nodes.group.querySelector(".lines").append(made);
        nodes.lines.push(made);
      }
      return nodes.lines[0];
    }
  }

  function axis(name) {
    return name[0] + "axis" + name.slice(1);
  }

  function outline(nodes, x, y, count) {
    let drawn = "";
    let pen = "M";
    let lastX = 0;
    let lastY = 0;
    const steps = nodes.trace.line.shape === "hvh";
    for (let n = 0; n < count; n++) {
      const px = nodes.x.c2p(x[n]);
      const py = nodes.y.c2p(y[n]);
      if (!(Math.abs(px) < FAR && Math.abs(py) < FAR)) {
        pen = "M";
        continue;
      }
      const near = Math.abs(px - lastX) < SKIPPED && Math.abs(py - lastY) < SKIPPED;
      if (pen === "L" && near && n < count - 1 && !steps) continue;
      if (pen === "L" && steps) {
        const middle = tenth((px + lastX) / 2);
        drawn += "H" + middle + "V" + tenth(py) + "H" + tenth(px);
      } else drawn += pen + tenth(px) + "," + tenth(py);
      pen = "L";
      lastX = px;
      lastY = py;
    }
    return drawn;
  }

  function tenth(pixels) {
    return Math.round(pixels * 10) / 10;
  }

  // As many nodes as there are points, each in its place.
  function place(nodes, all, x, y, count, put) {
    if (!all.length && count) return false;
    while (all.length > Math.max(1, count)) (put === putText ? all.pop().parentNode : all.pop()).remove();
    while (all.length < count) {
      const model = put === putText ? all[0].parentNode : all[0];
      const copy = model.cloneNode(true);
      model.parentNode.append(copy);
      all.push(put === putText ? copy.querySelector("text") : copy);
    }
    for (let n = 0; n < all.length; n++) {
      const px = nodes.x.c2p(x[n]);
      const py = nodes.y.c2p(y[n]);
      const seen = n < count && Math.abs(px) < FAR && Math.abs(py) < FAR;
      all[n].style.visibility = seen ? "" : "hidden";
      if (seen) put(all[n], tenth(px), tenth(py));
    }
    return true;
  }

  function putPoint(node, px, py) {
    node.setAttribute("transform", "translate(" + px + "," + py + ")");
  }

  function putText(node, px, py) {
    node.setAttribute("x", px);
    node.setAttribute("y", py);
  }

  function each(value, n) {
    return typeof value === "string" ? value : value[n];
  }

  // A circle as Plotly draws it; other marks keep their size.
  function circle(radius) {
    const r = tenth(radius);
    return "M" + r + ",0A" + r + "," + r + " 0 1,1 0,-" + r + "A" + r + "," + r + " 0 0,1 " + r + ",0Z";
  }

  // How an attribute is changed in the picture. Texts for hovering wait until Plotly draws anew.
  const MEANS = {
    x: () => true,
    y: () => true,
    hovertext: () => true,
    customdata: () => true,
    text: (nodes, data) => {
      if (!(nodes.trace.mode || "").includes("text")) return true;
      return nodes.texts.every((node, n) => {
        const text = each(data.text, n);
        if (text === undefined) return true;
        if (/[<&]/.test(text)) return false;
        node.textContent = text;
        return true;
      });
    },
    opacity: (nodes, data) => { nodes.group.style.opacity = data.opacity; },
    "line.color": (nodes, data, brush) => { brush.line(nodes).style.stroke = data["line.color"]; },
    fillcolor: (nodes, data) => { nodes.fill.style.fill = data.fillcolor; },
    "marker.size": (nodes, data) => {
      if (!/^circle(-open)?$/.test(nodes.trace.marker.symbol)) return false;
      nodes.points.forEach((node, n) => {
        const size = data["marker.size"];
        node.setAttribute("d", circle((typeof size === "number" ? size : size[n]) / 2));
      });
      return true;
    },
    "marker.color": (nodes, data) => nodes.points.every((node, n) => {
      const colour = each(data["marker.color"], n);
      if (typeof colour !== "string") return colour === undefined;
      node.style.fill = colour;
      return true;
    })
  };

  vizdl.Feeds = Feeds;
  vizdl.Brush = Brush;
})((globalThis.vizdl = globalThis.vizdl || {}));
