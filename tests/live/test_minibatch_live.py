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
from vizdl.figures import minibatch as figures
from vizdl.gallery import playing
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
    parts = [
        (player / f"{part}.js").read_text("utf-8") for part in ("words", "flow", "field", "ink")
    ]
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
