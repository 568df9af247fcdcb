import matplotlib
import numpy as np
import pytest

from vizdl import style
from vizdl.stills.base import canvas, colormap, logarithmic, note, panel, save


def test_nothing_global_is_touched(tmp_path):
    before = dict(matplotlib.rcParams)
    figure = canvas("dark")
    ax = panel(figure, 111, "dark", title="Loss", x_label="step", y_label="$w_1$")
    note(ax, (0.5, 0.5), "here", "dark", role=style.LOSS)
    save(figure, tmp_path / "a.svg")
    assert dict(matplotlib.rcParams) == before
    assert "matplotlib.pyplot" not in type(figure).__module__


def test_it_is_as_wide_as_the_video():
    width, height = canvas().get_size_inches()
    assert width / height == pytest.approx(16 / 9)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_have_the_themes_colours(theme):
    ax = panel(canvas(theme), 111, theme, title="Loss", x_label="step")
    assert ax.title.get_color() != style.INK.on(theme)  # Matplotlib's own, at the centre, is empty
    assert ax._left_title.get_color() == style.INK.on(theme)
    assert ax.xaxis.label.get_color() == style.MUTED.on(theme)
    assert note(ax, (0, 0), "loss", theme, role=style.LOSS).get_color() == style.LOSS.on(theme)


def test_powers_of_ten_are_spelled_out(recwarn, tmp_path):
    figure = canvas()
    ax = panel(figure)
    ax.plot([1, 1e8], [1e-9, 1])
    logarithmic(ax, "x", "y")
    figure.draw_without_rendering()
    words = {tick.get_text() for tick in (*ax.get_xticklabels(), *ax.get_yticklabels())}
    assert {"1", "10⁶", "10⁻⁸"} <= words
    assert [w for w in recwarn if "Glyph" in str(w.message)] == []  # the fonts have the signs


def test_a_colormap_runs_from_stop_to_stop():
    made = colormap(style.height_scale("dark"))
    for share, colour in ((0.0, 0), (1.0, 1)):
        np.testing.assert_allclose(
            made(share)[:3], style.rgb(style.height_scale("dark")[colour][1]), atol=1e-6
        )


def test_panels_may_be_placed_by_three_numbers():
    figure = canvas()
    panel(figure, (1, 2, 1))
    panel(figure, (1, 2, 2))
    assert len(figure.axes) == 2


def test_other_files_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"path must end in .svg, .pdf or .png, got 'a.gif'"):
        save(canvas(), tmp_path / "a.gif")
