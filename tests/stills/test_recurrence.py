import numpy as np
import pytest

from vizdl.experiments import recurrence as experiment
from vizdl.stills import recurrence as drawn
from vizdl.stills.base import save


@pytest.fixture(scope="module")
def trace():
    return experiment.run(experiment.Settings())


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_bars_rings_states_and_pasts_are_the_traces(trace, theme):
    answers, states, pasts = drawn.draw(trace, theme).axes
    np.testing.assert_allclose([bar.get_height() for bar in answers.patches], trace.says)
    np.testing.assert_array_equal(answers.lines[-1].get_ydata(), trace.lamps)
    np.testing.assert_array_equal(states.images[0].get_array(), trace.states[1:].T)
    shown = np.concatenate([line.get_ydata() for line in pasts.lines[:2]])
    np.testing.assert_array_equal(np.sort(shown), np.sort(trace.answers))
    assert "64 pasts" in pasts.get_title(loc="left")


def test_long_sequences_and_other_sizes_are_drawn(tmp_path):
    chosen = experiment.Settings(length=16, hidden_size=2, training_steps=0, loop=False)
    path = save(drawn.draw(experiment.run(chosen)), tmp_path / "long.png")
    assert path.stat().st_size > 0


def test_the_same_trace_gives_the_same_bytes(trace, tmp_path):
    first, second = (save(drawn.draw(trace), tmp_path / name) for name in ("a.svg", "b.svg"))
    assert first.read_bytes() == second.read_bytes()
