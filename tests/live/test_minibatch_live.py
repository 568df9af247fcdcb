"""Mini-batches on a page: walks, points, words and map are Python's for any setting and step."""

import json
from importlib.resources import files

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vizdl import catalog
from vizdl.experiments import minibatch as experiment
from vizdl.experiments import minibatch_flow
from vizdl.figures import minibatch as figures
from vizdl.gallery import playing
from vizdl.gallery.build import build
from vizdl.live import emit

ASK = """
(function (job) {
  const spec = globalThis.minibatch;
  const flow = globalThis.minibatchFlow || (globalThis.minibatchFlow = new vizdl.Flow(
    spec.flow, globalThis.vizdlPrograms.minibatch, Object.assign({}, spec.fixed)));
  flow.update(job);
  const feeds = new vizdl.Feeds(flow);
  const say = (texts) => vizdl.words.fill(texts, (name, at) => flow.lookup(name, at, 0));
  const spell = (x) => (ArrayBuffer.isView(x) ? Array.from(x, String) : x);
  return {
    feeds: spec.feeds.map((fed) => [fed.trace, Object.fromEntries(Object.entries(fed.attributes)
      .map(([path, feed]) => [path, spell(feeds.value(feed))]))]),
    layout: Object.fromEntries(Object.entries(spec.layout)
      .map(([path, feed]) => [path, spell(feeds.value(feed))])),
    walks: ["one", "batch", "all"].map((name) => spell(flow.at([name + ".w", []]))),
    sentence: say(spec.sentence),
    table: spec.table.map((row) => say(row[1])),
    frames: flow.values.frames
  };
})
"""
SETTINGS = st.builds(
    experiment.Settings,
    batch_size=st.sampled_from(experiment.SIZES),
    learning_rate=st.floats(-2, 0).map(lambda x: 10.0**x),
    noise=st.integers(1, 20).map(lambda k: k / 10),
    passes=st.integers(2, 40),
    seed=st.integers(0, 999),
)


@pytest.fixture(scope="module")
def page(node):
    """What the page computes, in Node: ``page(settings, step)``."""
    made = playing.prepare(catalog.get("minibatch"), experiment.run(experiment.Settings(passes=2)))
    player = files("vizdl.live") / "player"
    parts = [(player / f"{part}.js").read_text("utf-8") for part in ("words", "flow", "feeds")]
    node.value(
        "globalThis.window = globalThis;"
        + emit.script("minibatch", made.programs)
        + "\n".join(parts)
        + f";globalThis.minibatch = JSON.parse({json.dumps(made.payload)}).live; 0"
    )
    return lambda given, step: node.value(
        f"({ASK})({json.dumps({**given.model_dump(), 'step': step})})"
    )


def numbers(texts):
    """Numbers as JavaScript spells them, NaN included."""
    return np.array([float(text) for text in texts])


def standing(trace):
    """The figure without its frames, which take their time to make."""
    fig = go.Figure(layout=figures._layout(trace, "light"))
    for draw in (figures._draw_map, figures._draw_data, figures._draw_losses):
        draw(fig, trace, "light")
    return fig


def same(found, expected, scale):
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9 * max(scale, 1.0))


@settings(max_examples=12)
@given(chosen=SETTINGS, share=st.floats(0, 1))
@example(experiment.Settings(), 8 / 320)
@example(experiment.Settings(learning_rate=1.0), 0.5)  # the single point diverges
@example(experiment.Settings(learning_rate=1.0, noise=2.0, batch_size=2, seed=3), 1.0)
@example(experiment.Settings(batch_size=256, passes=2), 1.0)
def test_walks_figure_and_words_are_pythons(page, chosen, share):
    trace = experiment.run(chosen)
    step = round(share * chosen.passes * 512 / chosen.batch_size)
    found = page(chosen, step)
    spent = step * chosen.batch_size
    assert found["frames"] == len(trace.walks[1].positions)

    scales = []
    for rows, walk in zip(found["walks"], trace.walks, strict=True):
        scales.append(float(np.nanmax(np.abs(walk.positions))))
        same(numbers(rows).reshape(-1, 2), walk.positions, scales[-1])

    feeds = dict(found["feeds"])
    frame = figures._frame(trace, spent)
    still = standing(trace)
    for k in (*range(figures.BANDS), figures.MINIMUM, figures.DATA, figures.NEAR, *figures.LOSSES):
        frame[k] = {"x": still.data[k].x, "y": still.data[k].y}
    for index, drawn in frame.items():
        for axis, expected in drawn.items():
            if axis not in feeds[index]:
                continue  # the border of the map, which stays
            values = numbers(feeds[index][axis])[: len(expected)]
            assert np.isnan(numbers(feeds[index][axis])[len(expected) :]).all()
            expected = np.asarray(expected, dtype=float)
            single = expected.astype(np.float32) == expected  # frames travel in single precision
            loose = 1e-6 if single.all() or np.isnan(expected).any() else 1e-9
            size = np.nanmax(np.abs(expected), initial=1.0)
            np.testing.assert_allclose(values, expected, rtol=loose, atol=loose * size)
    for k in (*range(figures.BANDS), figures.MINIMUM):
        assert feeds[k]["text"] == still.data[k].text
    assert feeds[figures.LOSSES[1]]["name"] == f"{chosen.batch_size} points"
    for path, drawn in found["layout"].items():
        name, _ = path.split(".")
        same(numbers(drawn), still.layout[name].range, 1.0)

    values = figures._numbers(trace, spent)
    assert found["sentence"] == figures.SENTENCE.fill(values)
    assert found["table"] == [text.fill(values) for _, text in figures.TABLE]


# In Chromium


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The page of the concept, built as it is built for readers."""
    return build(tmp_path_factory.mktemp("minibatch") / "site", names=("minibatch",)).out


@pytest.fixture(params=[(1280, "light"), (360, "dark")], ids="{0[0]}-{0[1]}".format)
def reader(request, browser, site):
    """The page with its figure ready; what it complains of and asks for stands in ``.noise``."""
    width, theme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=theme, has_touch=width < 500
    )
    context.set_default_timeout(60_000)
    reader = context.new_page()
    reader.noise = []
    reader.on("console", lambda message: reader.noise.append(message.text))
    reader.on("pageerror", lambda error: reader.noise.append(str(error)))
    reader.on(
        "request",
        lambda asked: (
            None
            if asked.url.startswith(("file:", "data:", "blob:"))
            else reader.noise.append(asked.url)
        ),
    )
    reader.touches = width < 500
    open_at(reader, site)
    yield reader
    assert reader.noise == []
    context.close()


def open_at(reader, site, state=""):
    reader.goto("about:blank")
    reader.goto((site / "minibatch.html").as_uri() + state)
    reader.locator(".vizdl-figure").scroll_into_view_if_needed()
    reader.locator(".vizdl-figure[data-ready]").wait_for()


def press(reader, locator):
    (locator.tap if reader.touches else locator.click)()


def says(reader, step, **changed):
    """Wait for the sentence that Python's run of these settings has at this step."""
    chosen = experiment.Settings(**changed)
    values = figures._numbers(experiment.run(chosen), step * chosen.batch_size)
    label = reader.locator(".vizdl-label")
    label.get_by_text(figures.SENTENCE.fill(values), exact=True).wait_for()
    return values


def drawn(reader, trace):
    """Where the marks of a trace stand in the picture, in pixels of it."""
    return reader.evaluate(
        """index => {
          const plot = document.querySelector(".vizdl-plot");
          const corner = plot.getBoundingClientRect();
          const nodes = plot.querySelectorAll(".trace" + plot._fullData[index].uid + " path.point");
          return [...nodes].filter(node => node.style.visibility !== "hidden").map(node => {
            const box = node.getBoundingClientRect();
            return [box.x + box.width / 2 - corner.x, box.y + box.height / 2 - corner.y];
          });
        }""",
        trace,
    )


def on_axes(reader, trace, x, y):
    """Where points stand in the picture, by the axes of a trace."""
    return reader.evaluate(
        """([index, x, y]) => {
          const plot = document.querySelector(".vizdl-plot");
          const axis = name => plot._fullLayout[name[0] + "axis" + name.slice(1)];
          const [h, v] = [axis(plot._fullData[index].xaxis), axis(plot._fullData[index].yaxis)];
          return x.map((value, k) => [h._offset + h.c2p(value), v._offset + v.c2p(y[k])]);
        }""",
        [trace, list(map(float, x)), list(map(float, y))],
    )


@pytest.mark.slow
def test_one_step_at_a_time_with_the_points_of_the_batch(reader):
    trace = experiment.run(experiment.Settings())
    problem, walk = trace.problem, trace.walks[1]
    says(reader, 8)
    for step in (9, 10):
        press(reader, reader.get_by_role("button", name="Step forward"))
        says(reader, step)
        members = walk.batches[step]
        expected = on_axes(reader, figures.CHOSEN, problem.x[members], problem.y[members])
        np.testing.assert_allclose(drawn(reader, figures.CHOSEN), expected, atol=0.6)
        stand = on_axes(reader, figures.PLACES[1], *walk.positions[step][:, None])
        np.testing.assert_allclose(drawn(reader, figures.PLACES[1]), stand, atol=0.6)
    slider = reader.get_by_role("slider", name="Step", exact=True)
    slider.press("Home")
    says(reader, 0)
    slider.press("End")
    says(reader, 320)


@pytest.mark.slow
def test_every_control_runs_the_engine_again(reader, site):
    reader.get_by_role("combobox", name="batch size").select_option("4")
    says(reader, 8, batch_size=4)
    assert len(drawn(reader, figures.CHOSEN)) == 4
    rate = reader.get_by_role("spinbutton", name="learning rate")
    rate.fill("0.35")
    rate.press("Enter")
    says(reader, 8, batch_size=4, learning_rate=0.35)
    reader.get_by_role("slider", name="seed").press("ArrowRight")
    says(reader, 8, batch_size=4, learning_rate=0.35, seed=1)
    reader.get_by_role("slider", name="noise of the data").press("ArrowLeft")
    chosen = {"batch_size": 4, "learning_rate": 0.35, "seed": 1, "noise": 0.5}
    values = says(reader, 8, **chosen)
    reader.locator(".vizdl-numbers summary").press("Enter")
    cells = reader.locator(".vizdl-numbers td")
    assert cells.all_text_contents() == [text.fill(values) for _, text in figures.TABLE]

    reader.wait_for_function("() => location.hash.includes('noise=0.5')")
    open_at(reader, site, reader.evaluate("location.hash"))  # as somebody it was sent to
    says(reader, 8, **chosen)
    press(reader, reader.get_by_role("button", name="Reset"))
    says(reader, 8)
    reader.wait_for_function("() => location.hash === ''")


@pytest.mark.slow
def test_a_single_point_that_diverges_is_gone_and_comes_back(reader):
    press(reader, reader.get_by_role("link", name="largest"))
    says(reader, 20, learning_rate=1.0)
    assert drawn(reader, figures.PLACES[0]) == []
    slider = reader.get_by_role("slider", name="Step", exact=True)
    slider.press("Home")
    says(reader, 0, learning_rate=1.0)
    (start,) = on_axes(reader, figures.PLACES[0], *np.array(experiment.START)[:, None])
    np.testing.assert_allclose(drawn(reader, figures.PLACES[0]), [start], atol=0.6)


@pytest.mark.slow
def test_a_click_on_a_loss_leads_to_its_moment(reader):
    trace = experiment.run(experiment.Settings())
    costs = minibatch_flow.sampled(10240.0, 32)["cost"]
    cost = int(costs[np.searchsorted(costs, 2000)])
    gap = trace.gaps[2][cost // 512]
    plot = reader.locator(".vizdl-plot")
    ((x, y),) = on_axes(reader, figures.LOSSES[2], [cost], [gap])
    place = {"x": x, "y": y}
    if reader.touches:
        plot.tap(position=place)
    else:
        plot.hover(position=place)
        reader.wait_for_timeout(200)
        plot.click(position=place)
    reader.wait_for_function("() => location.hash.startsWith('#step=')")
    spent = int(reader.locator(".vizdl-label").text_content().split()[0])
    assert abs(np.log(spent / cost)) < 0.1  # a finger is not more exact


@pytest.mark.slow
def test_links_in_the_text_set_the_state(reader):
    for name, step, changed in (
        ("two points a step", 40, {"batch_size": 2}),
        ("half of all the points", 1, {"batch_size": 256}),
        ("smaller learning rate", 320, {"learning_rate": 0.02}),
        ("Take the noise out of the data", 80, {"noise": 0.0}),
        ("seed", 8, {"seed": 7}),
        ("Go back to the beginning", 0, {}),
    ):
        press(reader, reader.get_by_role("link", name=name, exact=True))
        says(reader, step, **changed)
