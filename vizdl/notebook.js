/* The page's player as the view of an anywidget.
 *
 * The widget has _player, a module with loadPlotly() and loadPlayer(), and _key, which tells one
 * version of it from another; _figure (name, title, shape, opening, script) and _state (settings,
 * step, by). What a reader changes is sent as {settings, step, by}; the kernel answers with the
 * state, or with {refused} and keeps its own.
 */
const REST = 100; // milliseconds between two messages
const loaded = (globalThis.vizdlNotebook = globalThis.vizdlNotebook || {}); // players by their key
let views = 0;

function player(model) {
  const key = model.get("_key");
  if (!loaded[key]) loaded[key] = load(model.get("_player"));
  return loaded[key];
}

async function load(source) {
  const { loadPlotly, loadPlayer } = await run(source);
  globalThis.vizdl = {}; // figures of another version keep theirs
  const plotly = loadPlotly();
  if (!window.Plotly || window.Plotly.version !== plotly.version) window.Plotly = plotly;
  loadPlayer();
  const vizdl = globalThis.vizdl;
  const told = (vizdl.told = new Set());
  // The address belongs to the notebook; the kernel has the state instead.
  vizdl.address = {
    join: () => new Map(),
    read: () => new Map(),
    changed: () => told.forEach((tell) => tell())
  };
  return vizdl;
}

// Text as the module or the script that it is.
async function run(script) {
  const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  try {
    return await import(/* webpackIgnore: true */ address);
  } finally {
    URL.revokeObjectURL(address);
  }
}

function mount(vizdl, el, figure) {
  const root = document.createElement("div");
  root.className = "vizdl-figure";
  root.style.cssText = figure.shape;
  Object.assign(root.dataset, {
    figure: figure.name,
    title: figure.title,
    opening: figure.opening
  });
  // The arrows are the slider's: JupyterLab's keys want to hear so from what has the focus.
  root.addEventListener("focusin", (event) => { event.target.dataset.lmSuppressShortcuts = "true"; });
  dress(root);
  el.replaceChildren(root);
  return vizdl.mount(root);
}

// JupyterLab says on the body whether it is light; elsewhere the reader's system does.
function dress(root) {
  const light = document.body.dataset.jpThemeLight;
  root.dataset.theme = light === undefined ? "auto" : light === "false" ? "dark" : "light";
}

async function render({ model, el }) {
  const vizdl = await player(model);
  const view = performance.timeOrigin + "-" + model.cid + "-" + (views += 1);
  let shown = null;
  let said = "";
  let timer = 0;

  function restore() {
    const state = model.get("_state");
    const asked = Object.entries(state.settings).map(([name, value]) => [name, String(value)]);
    shown.restore(new Map([...asked, ["step", String(state.step)]]));
  }

  async function draw() {
    const figure = model.get("_figure");
    await run(figure.script);
    if (figure !== model.get("_figure")) return; // a newer one is on its way
    if (shown) shown.pause();
    shown = mount(vizdl, el, figure);
    restore();
  }

  function send() {
    timer = 0;
    if (!shown || !shown.film) return;
    const settings = {};
    shown.panel.inputs.forEach((control, name) => { settings[name] = control.value; });
    const message = { settings: settings, step: shown.film.at, by: view };
    const text = JSON.stringify(message);
    if (text === said) return;
    said = text;
    model.send(message);
  }

  function tell() {
    if (!timer) timer = window.setTimeout(send, REST);
  }

  function follow() {
    if (shown && model.get("_state").by !== view) restore();
  }

  function refused(message) {
    if (!message || typeof message.refused !== "string") return;
    console.warn(message.refused);
    said = "";
    if (shown) restore();
  }

  await draw();
  const themes = new MutationObserver(() => dress(shown.root));
  themes.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
  vizdl.told.add(tell);
  model.on("change:_figure", draw);
  model.on("change:_state", follow);
  model.on("msg:custom", refused);
  return () => {
    shown.pause();
    window.clearTimeout(timer);
    themes.disconnect();
    vizdl.told.delete(tell);
    model.off("change:_figure", draw);
    model.off("change:_state", follow);
    model.off("msg:custom", refused);
  };
}

export default { render };
