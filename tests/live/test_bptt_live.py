"""Back-propagation through time on a page: Python's numbers for any length, scale and cell."""

import json
import re
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vizdl import catalog
from vizdl.experiments import bptt as experiment
from vizdl.figures import bptt as figures
from vizdl.gallery import playing
from vizdl.live import emit

FIRST = experiment.Settings(training_steps=20)

ASK = """
(function (job) {
  const spec = globalThis.bptt;
  const flow = globalThis.bpttFlow || (globalThis.bpttFlow = new vizdl.Flow(
    spec.flow, globalThis.vizdlPrograms.bptt, Object.assign({}, spec.fixed)));
  flow.update(job);
  const feeds = new vizdl.Feeds(flow);
  const say = (texts) => vizdl.words.fill(texts, (name, at) => flow.lookup(name, at, 0));
  const spell = (x) => (ArrayBuffer.isView(x) ? Array.from(x) : x);
  return {
    feeds: spec.feeds.map((fed) => [fed.trace, Object.fromEntries(Object.entries(fed.attributes)
      .map(([path, feed]) => [path, spell(feeds.value(feed))]))]),
    layout: Object.fromEntries(Object.entries(spec.layout)
      .map(([path, feed]) => [path, spell(feeds.value(feed))])),
    flow: spell(flow.at(["back.flow", []])),
    left: spell(flow.at(["back.left", []])),
    states: spell(flow.at(["back.states", []])),
    total: flow.values["back.total"],
    moments: spell(flow.at(["triangle.moment", []])),
    sentence: say(spec.sentence),
    table: spec.table.map((row) => say(row[1])),
    frames: flow.values.frames
  };
})
"""


@pytest.fixture(scope="module")
def made():
    return playing.prepare(catalog.get("bptt"), experiment.run(FIRST))


@pytest.fixture(scope="module")
def page(node, made):
    """What the page computes, in Node: ``page(length=…, scale=…, step=…, hover=…)``."""
    player = files("vizdl.live") / "player"
    parts = [(player / f"{name}.js").read_text("utf-8") for name in ("words", "flow", "feeds")]
    node.value(
        "globalThis.window = globalThis;"
        + emit.script("bptt", made.programs)
        + "\n".join(parts)
        + f";globalThis.bptt = JSON.parse({json.dumps(made.payload)}).live; 0"
    )
    return lambda **changes: node.value(f"({ASK})({json.dumps(changes)})")


def run(length, scale, training_steps=FIRST.training_steps):
    return experiment.run(
        experiment.Settings(length=length, scale=scale, training_steps=training_steps)
    )


def values_at(trace, t, k):
    """The numbers of Python, where loss t is looked at in state k."""
    total = {"back.total": np.linalg.norm(trace.total)}
    here = {f"here.{name}": value for name, value in experiment.cell(t, k).items()}
    return figures._numbers(trace) | total | here


def same(found, expected):
    expected = np.asarray(expected, dtype=float)
    scale = np.abs(expected).max(initial=0.0)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12 * scale)


@settings(max_examples=30)
@given(
    length=st.integers(4, 24),
    scale=st.floats(0.2, 2),
    share=st.floats(0, 1),
    pointed=st.none() | st.floats(0, 1),
)
@example(length=24, scale=2.0, share=0.0, pointed=1.0)
@example(length=4, scale=0.2, share=1.0, pointed=0.0)
def test_numbers_figure_and_words_are_pythons(page, length, scale, share, pointed):
    trace = run(length, scale)
    count = length * (length + 1) // 2
    cells = np.column_stack(np.tril_indices(length))
    step = round(share * (count - 1))
    hover = -1 if pointed is None else round(pointed * (count - 1))
    found = page(length=length, scale=scale, step=step, hover=hover)

    assert found["frames"] == count
    flow, left = (np.reshape(found[name], (24, 24)) for name in ("flow", "left"))
    np.testing.assert_allclose(flow[:length, :length], trace.flow, rtol=1e-9)
    np.testing.assert_allclose(left[:length, :length], trace.left, rtol=1e-9)
    assert not flow[length:].any()
    same(np.reshape(found["states"], (25, -1))[: length + 1], trace.states)
    same(found["total"], np.linalg.norm(trace.total))

    walked = count - 1 - step  # the walk begins at the last cell
    t, k = cells[walked if hover < 0 else hover]
    values = values_at(trace, t, k)
    assert found["sentence"] == figures.SENTENCE.fill(values)
    assert found["table"] == [text.fill(values) for _, text in figures.TABLE]
    assert found["moments"][:count] == list(range(count - 1, -1, -1))

    # What is drawn: the still parts of a figure of these settings, the moving ones of its frame.
    feeds, still = dict(found["feeds"]), figures.figure(trace)
    moving = figures._frame(trace, int(t), int(k))
    veil = figures.veil(*(float(at) for at in (cells[walked] if hover < 0 else (0, 0))), length)
    moving[figures.AHEAD] = {axis: veil[axis] for axis in "xy"}
    for index, attributes in feeds.items():
        for path, drawn in attributes.items():
            expected = still.data[index]
            if index in moving and path in moving[index]:
                expected = moving[index][path]
            else:
                for name in path.split("."):
                    expected = expected[name]
            if path == "text":
                assert drawn == expected[0]
            elif path == "hovertext":
                assert drawn == list(expected)
            elif index == figures.BAND:  # the page's outline is as long for every length
                same(outline(drawn, length), expected)
            else:
                same(drawn, expected)
    for path, drawn in found["layout"].items():
        axis, attribute = path.split(".")
        same(drawn, still.layout[axis][attribute])


def outline(points, length):
    """Of a band over the longest wave, the part over the first steps."""
    half = len(points) // 2
    return [*points[:length], *points[half:][half - length :]]


def test_links_of_the_page_can_be_set_and_its_claims_hold():
    prose = (Path(__file__).parents[2] / "gallery/pages/bptt.md").read_text("utf-8")
    asked = [
        dict(pair.split("=") for pair in link.split("&"))
        for link in re.findall(r"\(#(.*?)\)", prose)
    ]
    assert len(asked) >= 5
    for changes in asked:
        step = int(changes.pop("step", 0))
        chosen = experiment.Settings(**changes)
        assert step < chosen.length * (chosen.length + 1) / 2
    first, half, larger, twice = (run(12, scale, 400) for scale in (1.0, 0.5, 1.2, 2.0))
    ends = [trace.left[-1, 0] for trace in (half, first, larger)]
    assert ends == sorted(ends)
    assert np.diag(half.left, -4).max() < 0.05  # within a few steps
    assert larger.left[10, 9] > 1  # the moment that the link leads to
    assert twice.left[-1, 0] < 1e-3
    assert twice.slopes.mean() < first.slopes.mean() / 2


# In Chromium

browsing = [pytest.mark.slow, pytest.mark.xdist_group("player")]


def middle(page, number):
    box = page.locator(".barlayer .point path").nth(number).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def says(page, trace, t, k):
    """The page's sentence and its frame on the cell are those of loss t at state k, from 0."""
    expected = figures.SENTENCE.fill(values_at(trace, t, k))
    page.wait_for_function(
        "said => document.querySelector('.vizdl-label').textContent === said", arg=expected
    )
    framed = page.evaluate(
        f"""() => {{
          const player = document.querySelector('.vizdl-figure').vizdlPlayer;
          const shown = player.film.shown[{figures.FRAMED}];
          return [shown.x[0], shown.y[0]];
        }}"""
    )
    assert framed == [k + 1, t + 1]


def fills(page):
    return page.evaluate(
        """() => Array.from(document.querySelectorAll('.barlayer .point path'),
          (bar) => getComputedStyle(bar).fill.match(/\\d+/g).map(Number))"""
    )


class TestInChromium:
    pytestmark = browsing

    @pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (360, "dark")])
    def test_a_cell_that_is_pointed_at_shows_its_path_and_its_number(self, open_page, width, theme):
        page, trace = open_page(width=width, theme=theme), run(12, 1.0)
        says(page, trace, 11, 0)
        page.mouse.move(*middle(page, 40))  # the fifth cell of the ninth row
        says(page, trace, 8, 4)
        label = page.locator(".hoverlayer .hovertext").text_content().replace("\u200b", "")
        assert figures.number(trace.flow[8, 4], 3) in label
        assert "its path: L9 → h9 → h8 → … → h5" in label
        page.mouse.move(3, 3)
        says(page, trace, 11, 0)
        assert "#" not in page.url  # pointing is no change

    @pytest.mark.parametrize("width", [1280, 360])
    def test_a_click_a_tap_and_the_keys_keep_a_cell(self, open_page, width):
        page, trace = open_page(width=width), run(12, 1.0)
        page.mouse.click(*middle(page, 40))
        page.mouse.move(3, 3)
        says(page, trace, 8, 4)
        page.wait_for_timeout(400)
        assert page.url.endswith("#step=37")
        page.touchscreen.tap(*middle(page, 20))
        says(page, trace, 5, 5)
        page.get_by_role("slider", name="Step", exact=True).press("ArrowRight")
        says(page, trace, 5, 4)
        page.get_by_role("button", name="Step back").click()
        says(page, trace, 5, 5)

    def test_what_a_tap_told_goes_when_a_slider_is_moved(self, open_page):
        page = open_page(width=360)
        page.touchscreen.tap(*middle(page, 40))
        told = page.locator(".hoverlayer .hovertext")
        told.wait_for()
        box = page.get_by_role("slider", name="scale of the trained W_hh").bounding_box()
        finger = page.context.new_cdp_session(page)
        before = page.locator(".vizdl-label").text_content()
        for kind, share in (("touchStart", 0.5), ("touchMove", 0.6), ("touchMove", 0.7)):
            at = {"x": box["x"] + share * box["width"], "y": box["y"] + box["height"] / 2}
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [at]})
            page.wait_for_timeout(100)
        page.wait_for_timeout(400)
        assert page.locator(".vizdl-label").text_content() != before
        assert told.count() == 0
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    @pytest.mark.parametrize("width", [1280, 360])
    def test_length_and_scale_run_the_network_again(self, open_page, width):
        page = open_page("#length=24&step=23", width)
        says(page, run(24, 1.0), 23, 0)
        assert len(fills(page)) == 300
        page.get_by_role("slider", name="scale of the trained W_hh").press("ArrowRight")
        says(page, run(24, 1.05), 23, 0)
        page.get_by_label("length").first.press("Home")
        says(page, run(4, 1.05), 0, 0)
        page.wait_for_timeout(400)
        assert len(fills(page)) == 10
        page.get_by_role("button", name="Reset").click()
        says(page, run(12, 1.0), 11, 0)

    def test_cells_have_the_colours_that_plotly_gives_them(self, open_page):
        page = open_page(theme="dark")
        before = fills(page)
        scale = page.get_by_role("slider", name="scale of the trained W_hh")
        scale.press("Home")
        says(page, run(12, 0.2), 11, 0)
        painted = fills(page)
        page.evaluate("document.querySelector('.vizdl-figure').vizdlPlayer.draw()")
        page.wait_for_timeout(300)
        drawn = np.array(fills(page))
        assert np.abs(drawn - before).max() > 50
        assert np.abs(drawn - painted).max() <= 1

    def test_the_table_has_the_numbers_of_the_step(self, open_page):
        page, trace = open_page("#step=37&scale=1.2"), run(12, 1.2)
        page.get_by_text("The numbers of this step").click()
        values = values_at(trace, 8, 4)
        cells = page.locator(".vizdl-numbers td").all_text_contents()
        assert cells == [text.fill(values) for _, text in figures.TABLE]
