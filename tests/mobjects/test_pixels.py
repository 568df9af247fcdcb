"""An image of squares shows exactly the numbers it is given."""

import numpy as np
import pytest

from vizdl import style
from vizdl.mobjects import PixelImage, SetValues

GREY = np.array([[0.0, 0.5, 1.0], [2.0, -1.0, 0.25]])


def colours(image):
    return [pixel.get_fill_color().to_hex().lower() for pixel in image.pixels]


def test_grey_goes_from_the_ground_to_the_colour_of_data():
    image = PixelImage(GREY, limit=1.0)
    ground, full = style.SURFACE.dark, style.DATA.dark
    shares = [0, 0.5, 1, 1, 0, 0.25]  # what lies beyond the ends is shown as they are
    assert colours(image) == [style.mix(ground, full, share) for share in shares]


def test_a_signed_image_has_the_signed_colours_and_a_frame():
    image = PixelImage(GREY, signed=True)
    assert colours(image) == [style.signed_colour(value, 2.0) for value in GREY.flat]
    assert image.border.get_stroke_width() > 0 == PixelImage(GREY).border.get_stroke_width()


@pytest.mark.parametrize("shape", [(2, 3), (5, 1), (8, 8)])
def test_pixels_stand_in_rows_from_the_top_left(shape):
    image = PixelImage(np.zeros(shape), size=2.0, gap=0)
    assert image.shape == shape
    assert max(image.width, image.height) == pytest.approx(2.0)
    pitch = 2.0 / max(shape)
    right, down = image.pixel(*(n - 1 for n in shape)).get_center()[:2] * [1, -1]
    first = image.pixel(0, 0).get_center()[:2] * [1, -1]
    np.testing.assert_allclose([right, down] - first, pitch * (np.array(shape)[::-1] - 1))


def test_values_tick_through_what_lies_between():
    image = PixelImage(GREY, limit=2.0)
    pixels = list(image.pixels)
    animation = SetValues(image, GREY + 1, rate_func=lambda t: t)
    animation.begin()
    animation.interpolate(0.25)
    np.testing.assert_allclose(image.values, GREY + 0.25)
    animation.finish()
    np.testing.assert_allclose(image.values, GREY + 1)
    assert all(before is after for before, after in zip(pixels, image.pixels, strict=True))


def test_a_row_of_all_numbers_is_taken_as_an_image():
    np.testing.assert_array_equal(PixelImage(0 * GREY).set_values(GREY.ravel()).values, GREY)


def test_in_shades_each_pixel_lies_in_the_piece_of_the_nearest_colour():
    values = np.linspace(-1, 1, 12).reshape(3, 4)
    image = PixelImage(values, signed=True, shades=5, gap=0)
    image.scale(0.5).shift([2, 1, 0]).set_values(-values)  # in place, wherever it stands
    assert len(image.pixels) == 5
    left, top, _ = image.border.get_corner([-1, 1, 0])
    found = np.full(values.shape, np.nan)
    for level, piece in zip(np.linspace(-1, 1, 5), image.pixels, strict=True):
        assert piece.get_fill_color().to_hex().lower() == style.signed_colour(level, 1.0)
        for square in piece.points.reshape(-1, 16, 3):
            x, y, _ = square.mean(axis=0)
            found[int((top - y) / 0.25), int((x - left) / 0.25)] = level
    assert np.abs(found + values).max() <= 0.25 + 1e-9
    with pytest.raises(ValueError, match="no single pixels"):
        image.pixel(0, 0)


def test_refuses_what_is_no_image():
    with pytest.raises(ValueError, match=r"values must have shape \(R, C\), got \(6,\)"):
        PixelImage(GREY.ravel())
