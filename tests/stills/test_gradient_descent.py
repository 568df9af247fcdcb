"""The still shows the trace, and its words are on the page and apart."""

import numpy as np
import pytest

from vizdl import style
from vizdl.experiments import gradient_descent
from vizdl.stills import gradient_descent as stills
from vizdl.stills.base import save


@pytest.fixture(scope="module")
def trace():
    return gradient_descent.run(gradient_descent.Settings())


@pytest.fixture(scope="module")
def axes(trace):
    return stills.draw(trace).axes


def lines(ax, role):
    return [line for line in ax.lines if line.get_color() == role.light]


def test_the_run_is_the_traces(trace, axes):
    (path,) = lines(axes[0], style.GRADIENT)
    np.testing.assert_array_equal(path.get_xydata(), trace.path.positions)
    (loss,) = lines(axes[2], style.LOSS)
    np.testing.assert_array_equal(loss.get_ydata(), trace.path.losses)
    assert axes[2].get_title("left") == "Loss: 133 → 2.67×10⁻⁵"


def test_the_slopes_are_the_traces(trace, axes):
    (rises,), (falls,) = (lines(axes[1], role) for role in (style.POSITIVE, style.NEGATIVE))
    whole = np.where(np.isnan(rises.get_ydata()), falls.get_ydata(), rises.get_ydata())
    np.testing.assert_array_equal(whole, trace.slopes)
    (gradient,) = lines(axes[1], style.GRADIENT)
    peak = np.degrees(trace.angles[trace.steepest])
    assert abs(gradient.get_xdata()[0] - peak) <= 0.5


def test_other_runs_have_the_colour_and_dash_of_their_minimum(trace, axes):
    for k, role in enumerate(style.SERIES):
        runs = [line for line in lines(axes[0], role) if len(line.get_xdata()) > 1]
        assert len(runs) == (trace.reached == k).sum() == 3
        assert len({line.get_linestyle() for line in runs}) == 1
    # the four are told apart in black and white too
    patterns = {str(line._dash_pattern) for line in axes[0].lines if len(line.get_xdata()) == 41}
    assert len(patterns) == 4


def words_of(ax):
    """The boxes of all text on a panel; ticks beyond its limits exist, but are not drawn."""
    texts = [ax._left_title, ax.xaxis.label, ax.yaxis.label, *ax.texts]
    for axis in (ax.xaxis, ax.yaxis):
        low, high = sorted(axis.get_view_interval())
        texts += [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
    return [text.get_window_extent() for text in texts if text.get_text().strip()]


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"landscape": "bowl", "learning_rate": 1.0},
        {"landscape": "saddle", "start_x": 0.5, "start_y": 0.5},
        {"landscape": "beale", "learning_rate": 1.0, "steps": 1, "start_x": 0.0},
        {"landscape": "ravine", "start_x": 1.0, "start_y": 1.0},
    ],
)
def test_all_words_are_on_the_page_and_apart(changed):
    drawn = stills.draw(gradient_descent.run(gradient_descent.Settings(**changed)))
    drawn.draw_without_rendering()
    boxes = [box for ax in drawn.axes for box in words_of(ax)]
    page = drawn.bbox
    assert len(boxes) > 20
    for box in boxes:
        assert page.x0 <= box.x0 <= box.x1 <= page.x1
        assert page.y0 <= box.y0 <= box.y1 <= page.y1
    for k, first in enumerate(boxes):
        for second in boxes[k + 1 :]:
            wide = min(first.x1, second.x1) - max(first.x0, second.x0)
            high = min(first.y1, second.y1) - max(first.y0, second.y0)
            assert min(wide, high) < 2  # pixels


def test_the_dark_still_is_dark(trace):
    drawn = stills.draw(trace, "dark")
    assert np.allclose(drawn.get_facecolor()[:3], style.rgb(style.BACKGROUND.dark), atol=1e-6)


@pytest.mark.parametrize("suffix", [".svg", ".pdf", ".png"])
def test_the_same_trace_gives_the_same_file(trace, tmp_path, suffix):
    files = []
    for name in ("a", "b"):
        drawn = stills.draw(trace)
        drawn.set_dpi(60)
        files.append(save(drawn, tmp_path / (name + suffix)).read_bytes())
    assert files[0] == files[1]
