/* A brush that moves the traces of a live figure in the picture, without Plotly.
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

  vizdl.Brush = Brush;
})((globalThis.vizdl = globalThis.vizdl || {}));
