"""The gates of an LSTM on a page: the numbers are Python's for any sequence, cell and step."""

import functools
import json
import re
import urllib.parse
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl import catalog
from vizdl.experiments import lstm_gates as experiment
from vizdl.figures import lstm_gates as figures
from vizdl.gallery import playing
from vizdl.live import emit

T = 20
FLAGS = st.lists(st.integers(0, 1), min_size=T, max_size=T)
VALUES = st.lists(st.integers(-20, 20).map(lambda k: k / 20), min_size=T, max_size=T)

ASK = """
(function (job) {
  const spec = JSON.parse(job.spec);
  const flow = globalThis.flow || (globalThis.flow = new vizdl.Flow(
    spec.flow, globalThis.vizdlPrograms.lstm_gates, Object.assign({}, spec.fixed)));
  const changes = { unit: job.unit, step: job.step };
  for (const name of ["value", "store", "ask"]) {
    changes[name] = flow.values[name];
    changes[name].data.set(job[name]);
  }
  flow.update(changes);
  const plain = (found) => (found && found.data ? Array.from(found.data) : found);
  const say = (texts, i) => vizdl.words.fill(texts, (name, at) => flow.lookup(name, at, i));
  return {
    values: Object.fromEntries(Object.entries(flow.values).map(([k, x]) => [k, plain(x)])),
    sentence: say(spec.sentence, 0),
    table: spec.table.map((row) => say(row[1], 0))
  };
})
"""


@functools.cache
def run(unit=0):
    return experiment.run(experiment.Settings(unit=unit))


@functools.cache
def prepared():
    return playing.prepare(catalog.get("lstm_gates"), run())


@pytest.fixture(scope="module")
def made():
    return prepared()


@pytest.fixture(scope="module")
def page_flow(node, made):
    """What the page computes, in Node: ``page_flow(unit, step, inputs)``."""
    player = files("vizdl.live") / "player"
    parts = [(player / f"{part}.js").read_text("utf-8") for part in ("words", "flow")]
    node.value(
        "globalThis.window = globalThis;"
        + emit.script("lstm_gates", made.programs)
        + "\n".join(parts)
        + ";0"
    )
    spec = json.dumps(json.loads(made.payload)["live"])

    def ask(unit, step, inputs):
        job = {"spec": spec, "unit": unit, "step": step}
        job |= dict(zip(("value", "store", "ask"), np.transpose(inputs).tolist(), strict=True))
        return node.value(f"({ASK})({json.dumps(job)})")

    return ask


@settings(max_examples=60)
@given(values=VALUES, store=FLAGS, ask=FLAGS, unit=st.integers(0, 4), step=st.integers(0, T))
def test_every_number_and_word_is_pythons(page_flow, values, store, ask, unit, step):
    inputs = np.stack([values, store, ask], axis=-1)
    numbers = figures._numbers(experiment.show(run(unit), inputs))
    found = page_flow(unit, step, inputs)
    for name, expected in numbers.items():
        got = np.array(found["values"][name], dtype=float)  # JSON has null for NaN
        np.testing.assert_allclose(
            got.ravel(), np.ravel(expected), rtol=1e-9, atol=1e-9, err_msg=name
        )
    for name, x in figures.moment(step, T).items():
        np.testing.assert_allclose(found["values"][f"now.{name}"], x)
    assert found["sentence"] == figures.SENTENCE.fill(numbers, step=step)
    assert found["table"] == [text.fill(numbers, step=step) for _, text in figures.TABLE]
    assert found["values"]["frames"] == T + 1


def test_the_page_begins_as_the_figure_does(page_flow):
    trace = run()
    found = page_flow(0, trace.ask_step + 1, trace.inputs)
    labels = figures.figure(trace).layout.meta["labels"]
    assert found["sentence"] == labels[trace.ask_step + 1] == prepared().sentence


def test_the_cells_to_choose_from_are_those_of_the_network():
    (control,) = prepared().opening["controls"]
    assert (control["name"], control["low"], control["high"]) == ("unit", 0, 4)
    assert control["allowed"] == "a whole number from 0 to 4"


PAGE = Path(__file__).parents[2] / "gallery/pages/lstm_gates.md"


def linked(text):
    """The sequence and the step that a link of the page sets."""
    link = re.search(rf"\[{text}\]\(#([^)]+)\)", PAGE.read_text("utf-8"))[1]
    inputs, step = run().inputs.copy(), 0
    for name, value in urllib.parse.parse_qsl(link):
        if name == "step":
            step = int(value)
            continue
        source, place = name.split(".")
        inputs[int(place), ("value", "store", "ask").index(source)] = float(value)
    return experiment.show(run(), inputs), step


def test_what_the_page_says_of_its_links_is_so():
    k, first = run().latch, run().inputs[:, 0]
    asked, _ = linked("Ask at every step")
    assert asked.o[:, k].min() > 0.8
    assert np.corrcoef(asked.predictions, asked.memory)[0, 1] > 0.98

    without, step = linked("Take the last store flag away")
    before = np.flatnonzero(without.inputs[:, 1])[-1]
    assert run().store_step - before == 5
    assert without.predictions[step - 1] == pytest.approx(first[before], abs=0.15)

    alone, step = linked("Leave only the first store flag")
    assert np.flatnonzero(alone.inputs[:, 1]).tolist() == [0]
    assert step == T
    assert alone.predictions[-1] == pytest.approx(first[0], abs=0.15)

    nothing, _ = linked("Take that one away as well")
    assert not nothing.inputs[:, 1].any()
    assert np.abs(nothing.predictions).max() < 0.15
    assert nothing.i[:, k].max() < 0.15

    zero, step = linked("Store a zero")
    assert abs(zero.c[step, k]) < 0.05 < 0.3 < abs(zero.c[step - 2, k])

    every, _ = linked("Store at every step")
    assert every.f[:, k].max() < 0.1
    assert np.corrcoef(every.c[1:, k], first)[0, 1] > 0.98


# In Chromium

browsing = [pytest.mark.slow, pytest.mark.xdist_group("player")]


def handle(page, name, step):
    return page.get_by_role("button", name=re.compile(rf"^{name} of step {step}\b"))


def said_after(page, change, unit=0, step=None):
    """What the page says, and what Python says of the sequence with that change."""
    page.wait_for_timeout(400)
    trace = run(unit)
    inputs = trace.inputs.copy()
    for (row, column), value in change.items():
        inputs[row - 1, column] = value
    step = trace.ask_step + 1 if step is None else step
    numbers = figures._numbers(experiment.show(trace, inputs))
    expected = figures.SENTENCE.fill(numbers, step=step)
    drawn = page.evaluate(
        """() => {
          const player = document.querySelector('.vizdl-figure').vizdlPlayer;
          player.draw();
          const named = (name) => player.plot._fullData.find((trace) => trace.name === name);
          return { cell: Array.from(named("cell").y), hover: Array.from(named("gate f").hovertext),
            range: player.plot._fullLayout.yaxis7.range, output: Array.from(named("output").y) };
        }"""
    )
    np.testing.assert_allclose(drawn["cell"], numbers["drawn.cell"], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(drawn["range"], numbers["drawn.cell_range"], rtol=1e-9)
    output = np.reshape(drawn["output"], (-1, 5))[:, 2].astype(float)
    np.testing.assert_allclose(output, numbers["net.predicted"], rtol=1e-9, atol=1e-12)
    assert drawn["hover"] == figures._texts("gate f", numbers)
    assert page.locator(".vizdl-label").text_content() == expected
    return expected


class TestInChromium:
    pytestmark = browsing

    @pytest.mark.parametrize("width", [1280, 360])
    def test_flags_are_switched_by_mouse_finger_and_keys(self, open_page, width):
        page = open_page(width=width)
        store = handle(page, "store flag", 16)
        assert store.get_attribute("aria-pressed") == "false"
        store.click()
        first = said_after(page, {(16, 1): 1})
        assert store.get_attribute("aria-pressed") == "true"
        handle(page, "ask flag", 18).tap()
        assert said_after(page, {(16, 1): 1, (18, 2): 0}) != first
        handle(page, "store flag", 16).focus()
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowLeft")  # to step 14
        page.keyboard.press(" ")
        said_after(page, {(16, 1): 1, (18, 2): 0, (14, 1): 0})
        page.wait_for_timeout(400)
        assert page.url.endswith("#store.13=0&store.15=1&ask.17=0")
        page.get_by_role("button", name="Reset").click()
        said_after(page, {})

    @pytest.mark.parametrize("width", [1280, 360])
    def test_values_are_dragged(self, open_page, width):
        page = open_page(width=width)
        held = handle(page, "value", 14)
        box = held.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        for k in range(1, 6):
            page.mouse.move(x, y - 5 * k)
        page.mouse.up()
        page.wait_for_timeout(400)
        value = page.evaluate(
            "document.querySelector('.vizdl-figure').vizdlPlayer.film.flow.values.value.data[13]"
        )
        assert value > run().inputs[13, 0] + 0.2
        said_after(page, {(14, 0): value})
        held.focus()
        page.keyboard.press("ArrowUp")
        said_after(page, {(14, 0): round(value + 0.05, 10)})

    @pytest.mark.parametrize("width", [1280, 360])
    def test_controls_edit_the_step_that_is_looked_at(self, open_page, width):
        page = open_page(width=width)
        page.get_by_role("slider", name="Step", exact=True).press("Home")
        page.wait_for_timeout(100)
        box = page.get_by_label("Store flag at this step")
        assert box.is_disabled()  # before the first step
        page.get_by_role("button", name="Step forward").tap()
        page.wait_for_timeout(100)
        assert box.is_checked()
        box.tap()
        page.wait_for_timeout(100)
        number = page.get_by_role("spinbutton", name="Value at this step")
        number.fill("0.7")
        number.press("Enter")
        said_after(page, {(1, 1): 0, (1, 0): 0.7}, step=1)
        number.fill("3")
        number.press("Enter")
        assert (
            "must be a number from -1 to 1" in page.locator(".vizdl-refusal").all_text_contents()[0]
        )
        said_after(page, {(1, 1): 0, (1, 0): 0.7}, step=1)

    def test_the_cell_is_chosen_and_its_axis_follows(self, open_page):
        page = open_page()
        number = page.get_by_role("spinbutton", name="Cell shown")
        number.fill("2")
        number.press("Enter")
        said_after(page, {}, unit=2)
        number.fill("5")
        number.press("Enter")
        said_after(page, {}, unit=2)  # there are four

    def test_a_click_on_a_block_leads_to_its_step(self, open_page):
        page = open_page()
        place = page.evaluate(
            """() => {
              const plot = document.querySelector('.vizdl-plot');
              const full = plot._fullLayout;
              const box = plot.getBoundingClientRect();
              return [box.x + full.xaxis._offset + full.xaxis.c2p(9),
                box.y + full.yaxis4._offset + full.yaxis4.c2p(0.5)];
            }"""
        )
        page.mouse.move(*place)
        page.wait_for_timeout(200)
        hover = page.locator(".hoverlayer .hovertext").text_content()
        assert hover.startswith("Step 9: forget gate")
        page.mouse.click(*place)
        said_after(page, {}, step=9)

    def test_the_address_sets_the_state_and_nothing_that_is_not_allowed(self, open_page):
        page = open_page("#store.13=0&step=17&unit=1")
        said_after(page, {(14, 1): 0}, unit=1, step=17)
        hostile = "#store.13=0.5&store.99=1&value.3=1e99&ask.0=<b>&unit=7&step=-4&value.x=1"
        page = open_page(hostile)
        said_after(page, {})

    def test_no_flags_at_all_and_all_flags(self, open_page):
        page = open_page("#" + "&".join(f"store.{k}=0&ask.{k}=0" for k in range(T)))
        none = {(k + 1, column): 0 for k in range(T) for column in (1, 2)}
        said_after(page, none)
        handle(page, "ask flag", 5).click()
        said_after(page, {**none, (5, 2): 1})
        outlines = page.evaluate(
            """() => Array.from(document.querySelectorAll('.scatterlayer .js-fill'))
              .map((node) => node.getAttribute("d")).filter((d) => d.includes("NaN")).length"""
        )
        assert outlines == 0
