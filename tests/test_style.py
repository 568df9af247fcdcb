"""Colours that can be read, and told apart by everyone."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vizdl import style

THEMES = ("dark", "light")
COLOURS = [role for role in (*style.ROLES, *style.SERIES) if role.name != "grid"]
FOREGROUND = [role for role in COLOURS if role.name not in ("background", "surface")]
GROUPS = (*style.SEEN_TOGETHER, style.SERIES)

# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
SIGHT = {
    "normal": np.eye(3),
    "protan": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deutan": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritan": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
LEAST_DISTANCE = 18.0  # of CIE Lab; about 2 is a just noticeable difference
XYZ = np.array(  # from linear sRGB, D65
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def lab(colour, sight="normal"):
    """CIE Lab of ``#rrggbb`` as seen with that kind of sight."""
    encoded = style.rgb(colour)
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    x, y, z = XYZ @ np.clip(SIGHT[sight] @ linear, 0, 1) / XYZ.sum(axis=1)
    cut = (6 / 29) ** 3
    fx, fy, fz = (np.cbrt(v) if v > cut else v / (3 * (6 / 29) ** 2) + 4 / 29 for v in (x, y, z))
    return np.array([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)])


def test_lab_agrees_with_published_values():
    np.testing.assert_allclose(lab("#ff0000"), [53.24, 80.09, 67.20], atol=0.02)
    np.testing.assert_allclose(lab("#ffffff"), [100, 0, 0], atol=0.02)


def test_contrast_agrees_with_wcag():
    assert style.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert style.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert style.contrast("#ffffff", "#777777") == style.contrast("#777777", "#ffffff")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", [style.BACKGROUND, style.SURFACE], ids=lambda role: role.name)
@pytest.mark.parametrize("role", FOREGROUND, ids=lambda role: role.name)
def test_every_role_can_be_a_text(role, ground, theme):
    assert style.contrast(role.on(theme), ground.on(theme)) >= style.LEAST_CONTRAST


@pytest.mark.parametrize("theme", THEMES)
def test_the_grid_may_be_overlooked_but_is_there(theme):
    ratio = style.contrast(style.GRID.on(theme), style.BACKGROUND.on(theme))
    assert 1.2 < ratio < 3


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("group", GROUPS, ids=lambda group: "+".join(r.name for r in group))
def test_roles_seen_together_stay_apart(group, theme, sight):
    for one, two in combinations(group, 2):
        distance = np.linalg.norm(lab(one.on(theme), sight) - lab(two.on(theme), sight))
        assert distance >= LEAST_DISTANCE, f"{one.name} and {two.name}: {distance:.1f}"


def test_names_and_colours_are_unique_and_well_written():
    assert len({role.name for role in (*style.ROLES, *style.SERIES)}) == len(style.ROLES) + 4
    for role in (*style.ROLES, *style.SERIES):
        for theme in THEMES:
            assert style.hex_colour(style.rgb(role.on(theme))) == role.on(theme)


def test_text_sizes_stay_above_the_smallest():
    em = style.SMALL_SIZE / 96  # Manim sets a size of 96 as one unit of the frame
    assert em / style.FRAME[1] >= style.SMALLEST_TEXT
    assert style.SMALL_SIZE < style.LABEL_SIZE < style.BODY_SIZE < style.TITLE_SIZE


finite = st.floats(-1e6, 1e6, allow_subnormal=False)
limits = st.floats(1e-3, 1e6)


@given(value=finite, limit=limits, theme=st.sampled_from(THEMES))
def test_a_signed_colour_lies_between_background_and_its_sign(value, limit, theme):
    role = style.POSITIVE if value >= 0 else style.NEGATIVE
    share = min(1.0, abs(value) / limit)
    low, high = style.rgb(style.BACKGROUND.on(theme)), style.rgb(role.on(theme))
    got = style.rgb(style.signed_colour(value, limit, theme))
    np.testing.assert_allclose(got, low + share * (high - low), atol=0.51 / 255)


@given(pair=st.tuples(st.floats(0, 2), st.floats(0, 2)), sign=st.sampled_from([-1, 1]))
def test_more_is_never_paler(pair, sign):
    less, more = sorted(pair)
    for theme in THEMES:
        ground = style.BACKGROUND.on(theme)
        pale = style.contrast(style.signed_colour(sign * less, 1, theme), ground)
        full = style.contrast(style.signed_colour(sign * more, 1, theme), ground)
        assert full >= pale


@given(value=finite, theme=st.sampled_from(THEMES))
def test_a_limit_of_zero_and_a_value_of_zero_show_the_background(value, theme):
    ground = style.BACKGROUND.on(theme)
    assert style.signed_colour(value, 0, theme) == ground
    assert style.signed_colour(0, 1, theme) == ground


@pytest.mark.parametrize("theme", THEMES)
def test_scales_run_from_zero_to_one(theme):
    signed, height = style.signed_scale(theme), style.height_scale(theme)
    assert [at for at, _ in signed] == [0, 0.5, 1]
    assert signed[0][1] == style.signed_colour(-1, 1, theme)
    assert signed[2][1] == style.signed_colour(1, 1, theme)
    ground = style.BACKGROUND.on(theme)
    ratios = [style.contrast(colour, ground) for _, colour in height]
    assert [at for at, _ in height] == [0, 1]
    assert ratios == sorted(ratios)
