"""On a page the fits have the numbers that Python gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from vizdl.experiments.regularization import MOMENTS, SIZE, STRENGTHS, Settings, run
from vizdl.experiments.regularization_flow import flow
from vizdl.figures import regularization
from vizdl.live.flow import record_flow


@pytest.fixture(scope="module")
def recorded():
    return record_flow(flow(), Settings())


@given(st.integers(0, 15), st.floats(1e-4, 10), st.floats(0, 1), st.integers(0, 19))
@hypothesis(max_examples=4)
def test_the_page_computes_what_python_computes(recorded, degree, strength, noise, seed):
    chosen = Settings(degree=degree, strength=strength, noise=noise, seed=seed)
    trace, found = run(chosen), recorded.values(chosen, step=30)
    fits = trace.fits
    # With hardly any penalty the equations are nearly singular: fewer digits are left.
    tested = np.concatenate([fits.degree_test, fits.strength_test, [trace.test]])
    np.testing.assert_allclose(found["fits.test"], tested, rtol=1e-5, atol=1e-9)
    np.testing.assert_allclose(found["fits.curve"], trace.curve, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(found["walk.test"], fits.descent_test, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found["here.curve"], trace.descent_curves[30], atol=1e-9)
    assert found["walk.best"][-1] == fits.best_step
    assert found["best.degree_x"][0] == fits.best_degree
    assert found["best.strength_x"][0] == STRENGTHS[fits.best_strength]


@pytest.mark.parametrize(
    ("changed", "step"), [({}, 0), ({"degree": 3, "noise": 0.5}, 20), ({"seed": 7}, 51)]
)
def test_the_page_says_what_the_figure_says(recorded, changed, step):
    chosen = Settings(**changed)
    labels = regularization.figure(run(chosen)).layout.meta["labels"]
    said = regularization.SENTENCE.fill(recorded.values(chosen, step=step), step=step)
    assert said == labels[step]
    assert recorded.values(chosen, step=step)["moment.step"] == MOMENTS[step]


def test_every_name_is_known(recorded):
    known = set(recorded.values(Settings(), step=3)) | {"step", "left", "frames", "hover"}
    assert regularization.live(run(Settings())).names() <= known
    assert SIZE + len(STRENGTHS) == 59  # the place of the model that is set, in the sentences
