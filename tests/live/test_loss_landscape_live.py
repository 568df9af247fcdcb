"""The loss landscape on a page: Python's numbers and words, whatever is set."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.experiments import loss_landscape as experiment
from vizdl.experiments import surface as space
from vizdl.experiments.loss_landscape import NAMES, STEPS, Settings
from vizdl.figures import loss_landscape as figures
from vizdl.figures import surface as solid
from vizdl.live.flow import record_flow


@pytest.fixture(scope="module")
def recorded():
    return record_flow(figures.live(experiment.run(Settings())).flow, Settings())


@settings(max_examples=8, deadline=None)
@given(
    st.builds(
        Settings,
        surface=st.sampled_from(NAMES),
        x=st.floats(0.05, 0.95),
        y=st.floats(0.05, 0.95),
        azimuth=st.floats(0, 360),
        elevation=st.floats(10, 80),
    ),
    st.integers(0, STEPS),
)
def test_numbers_surface_and_words_are_pythons(recorded, chosen, step):
    trace = experiment.run(chosen)
    values = dict(recorded.values(chosen, step=step))
    numbers = figures._numbers(trace)
    close = {"rtol": 1e-7, "atol": 1e-9}
    np.testing.assert_allclose(values["path.w"], trace.path.positions, **close)
    np.testing.assert_allclose(values["path.loss"], trace.path.losses, **close)
    np.testing.assert_allclose(values["model.z"], trace.fields[step], rtol=1e-6, atol=1e-6)
    assert values["model.right"] == np.rint(trace.right[step] * len(trace.y))
    tall = space.lifted(solid.thinned(figures.shown(trace).height))
    made = solid.mesh(tall, chosen.azimuth, chosen.elevation)
    np.testing.assert_allclose(values["mesh.base"], made["base"], atol=1e-12)
    squares = np.isfinite(values["mesh.x"])
    same = squares == np.isfinite(made["x"])
    assert same.mean() > 0.99  # heights travel as 16 bits: a shade may change at its edge
    both = squares & np.isfinite(made["x"])
    np.testing.assert_allclose(values["mesh.y"][both], made["y"][both], atol=1e-4)
    frame = figures._frame(trace, numbers, step)[figures.SPACE_WAY]
    np.testing.assert_allclose(values["lifted.way"][:, 1], frame["y"], **close)
    said = figures.SENTENCE.fill({**numbers, "model.right": values["model.right"]}, step=step)
    assert figures.SENTENCE.fill(values, step=step) == said
    assert values["frames"] == STEPS + 1
