"""On a page the seven optimizers give the numbers that Python gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from vizdl.experiments.adaptive_rates import NAMES, Settings, run
from vizdl.experiments.adaptive_rates_flow import flow
from vizdl.figures import adaptive_rates
from vizdl.live.flow import record_flow


@pytest.fixture(scope="module")
def recorded():
    return record_flow(flow(), Settings())


@given(
    st.sampled_from(NAMES), st.floats(0.05, 0.95), st.floats(0.05, 0.95), st.floats(0.1, 1.0),
    st.floats(0.1, 0.95), st.floats(0.9, 0.999),
)  # fmt: skip
@hypothesis(max_examples=4)
def test_the_page_computes_what_python_computes(recorded, name, x, y, scale, momentum, memory):
    chosen = Settings(
        landscape=name, start_x=x, start_y=y, scale=scale, momentum=momentum, memory=memory
    )
    trace, found = run(chosen), recorded.values(chosen, step=7)
    first = slice(0, 30)  # later on, adaptive rates make much of the last bits
    for part, expected in (("w", trace.positions), ("rates", trace.rates)):
        np.testing.assert_allclose(
            found[f"path.{part}"][first], expected[first], rtol=1e-7, atol=1e-9
        )
    np.testing.assert_allclose(found["here.x"], trace.positions[7, :, 0], rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(
    ("changed", "step"),
    [({}, 0), ({"watched": "adagrad"}, 3), ({"scale": 2.0}, 20), ({"landscape": "beale"}, 40)],
)
def test_the_page_says_what_the_figure_says(recorded, changed, step):
    chosen = Settings(**changed)
    trace = run(chosen)
    values = recorded.values(chosen, step=step)
    np.testing.assert_array_equal(values["score.reached"], trace.reached)
    labels = adaptive_rates.figure(trace).layout.meta["labels"]
    said = adaptive_rates.SENTENCE.fill(values, step=step)
    assert said == labels[adaptive_rates.MOMENTS.index(step)]


def test_every_name_is_known(recorded):
    known = set(recorded.values(Settings(), step=3)) | {"step", "left", "frames", "hover"}
    missing = adaptive_rates.live(run(Settings())).names() - known
    assert {name for name in missing if not name.startswith("map.")} == set()
