/* A field of cells, coloured by their numbers: a heat map whose numbers change.
 *
 * Plotly takes 60 to 100 ms to draw one anew. Here its colours come from a table of 256 and its
 * picture from a canvas of a pixel a cell, put where Plotly's picture stands.
 */
(function (vizdl) {
  "use strict";

  const COLOURS = 256;
  const XLINK = "http://www.w3.org/1999/xlink";

  function channels(colour) {
    const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour);
    if (hex) return hex.slice(1).map((part) => parseInt(part, 16));
    return (colour.match(/[\d.]+/g) || []).slice(0, 3).map(Number);
  }

  // Red, green, blue of each share from 0 to 1, linear between the stops.
  function table(scale) {
    const stops = scale.map(([at, colour]) => [Number(at), channels(colour)]);
    const made = new Uint8ClampedArray(4 * COLOURS);
    let k = 0;
    for (let n = 0; n < COLOURS; n++) {
      const share = n / (COLOURS - 1);
      while (k < stops.length - 2 && share > stops[k + 1][0]) k += 1;
      const [low, high] = [stops[k], stops[Math.min(k + 1, stops.length - 1)]];
      const part = high[0] > low[0] ? (share - low[0]) / (high[0] - low[0]) : 0;
      for (let c = 0; c < 3; c++) made[4 * n + c] = low[1][c] + part * (high[1][c] - low[1][c]);
      made[4 * n + 3] = 255;
    }
    return new Uint32Array(made.buffer);
  }

  class Field {
    constructor(plot) {
      this.plot = plot;
      this.known = new Map();
    }

    forget() {
      this.known.clear();
    }

    find(index, rows, columns) {
      if (this.known.has(index)) return this.known.get(index);
      const trace = this.plot._fullData[index];
      const group = Array.from(this.plot.querySelectorAll(".heatmaplayer > g"))
        .find((node) => node.__data__ && node.__data__[0].trace.uid === trace.uid);
      const picture = group && group.querySelector("image");
      const layout = this.plot._fullLayout;
      const axis = (name) => layout[name[0] + "axis" + name.slice(1)];
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [columns, rows];
      const context = canvas.getContext("2d");
      const cells = context.createImageData(columns, rows);
      const found = picture && {
        trace: trace, picture: picture, canvas: canvas, context: context, cells: cells,
        pixels: new Uint32Array(cells.data.buffer),
        colours: table(trace.colorscale),
        upwards: axis(trace.yaxis || "y").c2p(1) < axis(trace.yaxis || "y").c2p(0),
        leftwards: axis(trace.xaxis || "x").c2p(1) < axis(trace.xaxis || "x").c2p(0)
      };
      this.known.set(index, found);
      return found;
    }

    // Show the numbers data.z, rows one after the other; false if only Plotly can.
    paint(index, data, changed) {
      if (!changed.every((path) => path === "z" || path === "text" || path === "hovertext")) return false;
      if (!changed.includes("z")) return true;
      const [rows, columns] = [data.z.length, data.z[0].length];
      const found = this.find(index, rows, columns);
      if (!found || found.canvas.width !== columns || found.canvas.height !== rows) return false;
      const low = found.trace.zmin;
      const scale = (COLOURS - 1) / (found.trace.zmax - low || 1);
      for (let r = 0; r < rows; r++) {
        const values = data.z[r];
        const start = (found.upwards ? rows - 1 - r : r) * columns;
        for (let c = 0; c < columns; c++) {
          const value = values[found.leftwards ? columns - 1 - c : c];
          const place = Math.max(0, Math.min(COLOURS - 1, Math.round((value - low) * scale)));
          found.pixels[start + c] = value === value ? found.colours[place] : 0;
        }
      }
      found.context.putImageData(found.cells, 0, 0);
      found.picture.setAttributeNS(XLINK, "xlink:href", found.canvas.toDataURL());
      return true;
    }
  }

  // The same colours as CSS has them.
  function named(scale) {
    const made = new Uint8ClampedArray(table(scale).buffer);
    return Array.from({ length: COLOURS }, (_, n) => "rgb(" + made.subarray(4 * n, 4 * n + 3).join() + ")");
  }

  vizdl.Field = Field;
  vizdl.colourNames = named;
})((globalThis.vizdl = globalThis.vizdl || {}));
