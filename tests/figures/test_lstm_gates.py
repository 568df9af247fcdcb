"""The figure of the LSTM's gates shows the trace, in both themes, one frame a step."""

import json
import re

import numpy as np
import pytest

from vizdl import style
from vizdl.experiments import lstm_gates
from vizdl.figures import base
from vizdl.figures import lstm_gates as figures
from vizdl.figures.live import Texts
from vizdl.live.flow import record_flow

COLOURS = {role.on(theme) for role in style.ROLES + style.SERIES for theme in ("light", "dark")}


@pytest.fixture(scope="module")
def trace():
    return lstm_gates.run(lstm_gates.Settings())


@pytest.fixture(scope="module")
def figure(trace):
    return figures.figure(trace)


def _fixed(value):
    """With two decimals, its minus a true one, and none before a zero."""
    text = f"{value:.2f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")


def _blocks(figure, panel, colour):
    """The (middle, low, high) of each block of that colour in a panel, where there is one."""
    found = []
    for item in figure.data:
        if item.yaxis == figures._axis(panel) and item.fillcolor == colour.on("light"):
            x, y = np.array(item.x).reshape(-1, 5), np.array(item.y).reshape(-1, 5)
            found.append(np.stack([x[:, :4].mean(axis=1), y[:, 0], y[:, 2]], axis=1))
    blocks = np.concatenate(found)
    return blocks[np.isfinite(blocks).all(axis=1)]


@pytest.mark.parametrize(
    ("panel", "name", "role"),
    [
        (figures.FORGET, "f", style.FORGET_GATE),
        (figures.INPUT, "i", style.INPUT_GATE),
        (figures.CANDIDATE, "g", style.CANDIDATE),
        (figures.OUTPUT, "o", style.OUTPUT_GATE),
    ],
)
def test_a_gates_blocks_are_as_high_as_the_gate(trace, figure, panel, name, role):
    middle, low, high = _blocks(figure, panel, role).T
    np.testing.assert_allclose(middle, np.arange(1, len(trace.inputs) + 1))
    np.testing.assert_array_equal(low, 0)
    np.testing.assert_array_equal(high, getattr(trace, name)[:, trace.unit])


def test_flags_values_cell_and_answers_are_the_traces(trace, figure):
    store, ask = np.flatnonzero(trace.inputs[:, 1]) + 1, np.flatnonzero(trace.inputs[:, 2]) + 1
    flags = _blocks(figure, figures.FLAGS, style.INK)
    np.testing.assert_allclose(flags[flags[:, 1] > 0][:, 0], store)
    np.testing.assert_allclose(flags[flags[:, 1] < 0][:, 0], ask)
    stored = _blocks(figure, figures.VALUE, style.CELL)
    np.testing.assert_allclose(stored[:, 0], store)
    np.testing.assert_array_equal(stored[:, 2], trace.inputs[store - 1, 0])
    lines = [item for item in figure.data if item.yaxis == figures._axis(figures.CELL)]
    np.testing.assert_array_equal(lines[0].y, trace.memory)
    np.testing.assert_array_equal(lines[1].y, trace.c[1:, trace.unit])
    answers = _blocks(figure, figures.PREDICTION, style.HIDDEN)
    np.testing.assert_array_equal(answers[:, 2], trace.predictions)
    dashes = _blocks(figure, figures.PREDICTION, style.INK)
    np.testing.assert_allclose(dashes[:, 1:].mean(axis=1), trace.targets, atol=1e-12)


def test_another_cell_shows_its_own_gates():
    run = lstm_gates.run(lstm_gates.Settings(unit=3))
    blocks = _blocks(figures.figure(run), figures.FORGET, style.FORGET_GATE)
    np.testing.assert_array_equal(blocks[:, 2], run.f[:, 2])


def test_there_is_a_frame_before_the_first_step_and_after_each(trace, figure):
    T = len(trace.inputs)
    assert [frame.name for frame in figure.frames] == [str(t) for t in range(T + 1)]
    for t, frame in enumerate(figure.frames):
        changed = dict(zip(frame.traces, frame.data, strict=True))
        veils = [k for k in changed if figure.data[k].fillcolor == style.BACKGROUND.light]
        assert len(veils) == len(figures.PANELS)
        for k in veils:
            assert (min(changed[k].x), max(changed[k].x)) == (t + 0.5, T + 0.5)
        numbers = next(item.text for item in changed.values() if item.text is not None)
        assert numbers[figures.CELL - figures.VALUE] == _fixed(trace.c[t, trace.unit])
        if t:
            assert numbers[figures.FORGET - figures.VALUE] == _fixed(trace.f[t - 1, trace.unit])


def test_each_sentence_gives_the_arithmetic_of_its_step(trace, figure):
    labels = figure.layout.meta["labels"]
    assert labels[0] == "Before step 1: the cell is empty, c = 0.00."
    for t, label in enumerate(labels[1:], start=1):
        assert label.startswith(f"Step {t}: ")
        plain = label.replace("−", "-").replace("(", "").replace(")", "")
        f, before, i, g, after = map(
            float, re.search(r"g = (\S+) · (\S+) \+ (\S+) · (\S+) = (\S+);", plain).groups()
        )
        assert f * before + i * g == pytest.approx(after, abs=0.002)
        o, squashed, h = map(
            float, re.search(r"tanh c = (\S+) · (\S+) = (\S+), read", plain).groups()
        )
        assert o * squashed == pytest.approx(h, abs=0.002)
        assert after == pytest.approx(trace.c[t, trace.unit], abs=0.0006)
    assert "store" in labels[trace.store_step + 1]
    assert "distraction" in labels[trace.hold_step + 1]
    assert "asked" in labels[trace.ask_step + 1]
    assert figure.layout.meta["start"] == trace.ask_step + 1


def test_a_pointer_reads_where_a_gate_comes_from(trace, figure):
    texts = next(
        item.hovertext
        for item in figure.data
        if item.yaxis == figures._axis(figures.FORGET) and item.hovertext is not None
    )
    k, row = trace.store_step, 1
    plain = texts[k].replace("−", "-")
    parts = [float(n) for n in re.findall(r"(?:inputs|output|bias) (-?[\d.]+)", plain)]
    assert sum(parts) == pytest.approx(trace.z[k, row, trace.unit], abs=0.02)
    assert f"<b>{_fixed(trace.f[k, trace.unit])}</b>" in texts[k]


def test_both_themes_differ_in_colours_alone_and_use_the_styles(trace, figure):
    dark = figures.figure(trace, "dark")
    payload = json.loads(base.to_payload(figure, dark))
    assert set(payload["colours"]) <= COLOURS
    used = set(re.findall(r"#[0-9a-f]{6}\b", json.dumps(payload["data"])))
    assert used <= {role.light for role in style.ROLES}
    assert len(used) >= 8


@pytest.mark.parametrize(
    "changed",
    [{"hidden_size": 1, "training_steps": 50}, {"length": 32, "store_rate": 0.5, "ask_rate": 0.6}],
)
def test_other_settings_are_drawn_as_well(changed):
    run = lstm_gates.run(lstm_gates.Settings(**changed))
    drawn = figures.figure(run, "dark")
    assert len(drawn.frames) == len(run.inputs) + 1


def test_a_cell_that_goes_far_stays_in_its_panel():
    run = lstm_gates.run(lstm_gates.Settings(unit=2))
    assert np.abs(run.c[:, run.unit]).max() > 2
    low, high = figures.figure(run).layout[f"yaxis{figures.CELL + 2}"].range
    assert low < run.c[:, run.unit].min()
    assert run.c[:, run.unit].max() < high


def test_the_page_draws_what_the_figure_draws(trace, figure):
    """Every attribute that a page feeds is the figure's own for the settings it begins with."""
    declared = figures.live(trace)
    values = record_flow(declared.flow, trace.settings).values(step=declared.start)
    for index, fed in declared.feeds.items():
        changed = {
            k: item
            for frame in [figure.frames[declared.start]]
            for k, item in zip(frame.traces, frame.data, strict=True)
        }
        for path, feed in fed.items():
            drawn = getattr(figure.data[index], path)
            if index in changed and getattr(changed[index], path) is not None:
                drawn = getattr(changed[index], path)
            if isinstance(feed, Texts):
                rows = range(len(values[feed.over]))
                found = [feed.words.fill(values, i=i) for i in rows]
                assert list(drawn) == found
            else:
                found = np.asarray(values[feed.name], dtype=float).ravel()
                np.testing.assert_allclose(found, np.asarray(drawn, dtype=float), atol=1e-12)
    for path, feed in declared.layout.items():
        axis, _, key = path.partition(".")
        np.testing.assert_allclose(values[feed.name], figure.layout[axis][key])


def test_handles_stand_on_the_input_and_clicks_lead_to_steps(trace, figure):
    declared = figures.live(trace)
    for drag, expected in zip(declared.drags, (trace.inputs[:, 0], 1.0, 0.0), strict=True):
        item = figure.data[drag.trace]
        np.testing.assert_array_equal(item.y, np.broadcast_to(expected, len(trace.inputs)))
        np.testing.assert_array_equal(item.x, np.arange(1, len(trace.inputs) + 1))
    for index, name in declared.clicks.items():
        assert len(figure.data[index].hovertext) == len(trace.inputs)
        assert name == "net.number"
