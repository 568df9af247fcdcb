/* A figure's payload: arrays unpacked, colours of either theme, changes by path.
 *
 * window.vizdlFigures[NAME] = {data, layout, frames, meta, colours, live} comes from a classic
 * script, and so do the programs of a live figure, as vizdlPrograms[NAME].
 */
(function (vizdl) {
  "use strict";

  const HEX = /^#[0-9a-f]{6}$/i;

  function decode(value) {
    if (Array.isArray(value)) return value.map(decode);
    if (!value || typeof value !== "object") return value;
    if (value.dtype && typeof value.bdata === "string") return typed(value);
    const made = {};
    for (const key of Object.keys(value)) made[key] = decode(value[key]);
    return made;
  }

  function typed(spec) {
    const flat = vizdl.bytes(spec.bdata, spec.dtype);
    const shape = spec.shape === undefined ? [] : String(spec.shape).split(",").map(Number);
    if (shape.length < 2) return flat;
    return Array.from({ length: shape[0] }, (_, row) =>
      flat.subarray(row * shape[1], (row + 1) * shape[1]));
  }

  // A deep copy with each colour replaced by its partner; typed arrays are shared.
  function recolour(value, colours) {
    if (typeof value === "string") {
      const key = HEX.test(value) ? value.toLowerCase() : value;
      return Object.prototype.hasOwnProperty.call(colours, key) ? colours[key] : value;
    }
    if (Array.isArray(value)) return value.map((item) => recolour(item, colours));
    if (!value || typeof value !== "object" || ArrayBuffer.isView(value)) return value;
    const made = {};
    for (const key of Object.keys(value)) made[key] = recolour(value[key], colours);
    return made;
  }

  function merge(target, change) {
    for (const key of Object.keys(change)) {
      const value = change[key];
      const plain = value && typeof value === "object" && !Array.isArray(value) && !ArrayBuffer.isView(value);
      if (plain && target[key] && typeof target[key] === "object") merge(target[key], value);
      else target[key] = value;
    }
  }

  function setPath(target, path, value) {
    const keys = path.replace(/\[(\d+)\]/g, ".$1").split(".");
    const last = keys.pop();
    let at = target;
    for (const key of keys) at = at[key] = at[key] || {};
    at[last] = value;
  }

  const loading = {};

  function loadScript(source) {
    if (!loading[source]) {
      loading[source] = new Promise((resolve, reject) => {
        const script = vizdl.element("script", { src: source });
        script.onload = resolve;
        script.onerror = () => reject(new Error("cannot load " + source));
        document.head.append(script);
      });
    }
    return loading[source];
  }

  vizdl.payload = { decode: decode, recolour: recolour, merge: merge, setPath: setPath, load: loadScript };
})((globalThis.vizdl = globalThis.vizdl || {}));
