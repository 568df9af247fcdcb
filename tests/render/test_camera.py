"""The faster cameras draw what Manim's draw, to the last bit."""

import hashlib

import manim as mn
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manim.camera.camera import Camera
from manim.camera.moving_camera import MovingCamera
from manim.camera.three_d_camera import ThreeDCamera
from manim.utils.family import extract_mobject_family_members
from PIL import Image

from vizdl import catalog
from vizdl.mobjects import Label, Maths, Number
from vizdl.render import canvas
from vizdl.render.camera import fast, with_points

SMALL = {"pixel_width": 192, "pixel_height": 108, "frame_rate": 8}
QUIET = {"format": "none", "disable_caching": True, "progress_bar": "none", "verbosity": "ERROR"}


class Watcher(mn.CairoRenderer):
    """A renderer that writes down the digest of every frame, and how often it is shown."""

    def __init__(self, **options):
        super().__init__(**options)
        self.shown = []

    def render(self, scene, time, moving_mobjects=None):
        self.update_frame(scene, moving_mobjects)
        is_fast = hasattr(type(self.camera), "frame_to_read")
        self.add_frame(self.camera.frame_to_read if is_fast else self.camera.pixel_array)

    def add_frame(self, frame, num_frames=1):
        self.time += num_frames / self.camera.frame_rate
        self.shown.append((hashlib.sha256(frame).hexdigest(), num_frames))


def frames_of(scene_class, camera_class, folder, size=SMALL):
    with mn.tempconfig({**QUIET, **size, "media_dir": str(folder)}):
        renderer = Watcher(camera_class=camera_class)
        scene_class(renderer=renderer).render()
    return renderer.shown


def same_frames(scene_class, camera_class, folder, size=SMALL):
    plain = frames_of(scene_class, camera_class, folder, size)
    ours = frames_of(scene_class, fast(camera_class), folder, size)
    assert len(ours) == len(plain)
    differ = [i for i, (one, other) in enumerate(zip(ours, plain, strict=True)) if one != other]
    assert not differ, f"{len(differ)} of {len(plain)} frames differ, the first is {differ[0]}"
    assert len(set(plain)) > 2, "the scene stands still"


class Shapes(mn.Scene):
    """Strokes of every join and cap, fills, opacities, and one that leaves the frame."""

    def construct(self):
        square = mn.Square(color=mn.RED, fill_opacity=0.5, stroke_width=8).shift(2 * mn.LEFT)
        star = mn.Star(color=mn.YELLOW, stroke_width=3, joint_type=mn.LineJointType.BEVEL)
        line = mn.Line(mn.DL, mn.UR, stroke_width=20, cap_style=mn.CapStyleType.ROUND)
        line.set_stroke(background=True, width=30, color=mn.BLUE)
        corner = mn.VMobject(joint_type=mn.LineJointType.MITER, stroke_width=12)
        corner.set_points_as_corners([[2, 0, 0], [4, 0.2, 0], [2, 0.4, 0], [4, 3, 0]])
        ghost = mn.Circle(radius=3, fill_opacity=0, stroke_opacity=0)
        self.add(square, corner, ghost, line)
        self.play(mn.Create(star), square.animate.shift(9 * mn.LEFT), run_time=1)
        self.wait(0.5)
        self.play(mn.Rotate(star, 1), corner.animate.set_stroke(width=2, opacity=0.4), run_time=1)
        self.play(mn.FadeOut(line, shift=9 * mn.UP), mn.Indicate(star), run_time=1)


class Texts(mn.Scene):
    """Typeset text, formulas, and a number that ticks."""

    def construct(self):
        label, number = Label("Which way is down?"), Number(0.25, sign=True).shift(mn.DOWN)
        formula = Maths("c_t = (a + b) / 2").shift(mn.UP)
        self.play(mn.Write(label), mn.FadeIn(number, scale=2), run_time=1)
        number.add_updater(lambda number, dt: number.set_value(number.get_value() + dt))
        self.play(mn.FadeIn(formula, shift=mn.LEFT), run_time=1)
        self.play(mn.ReplacementTransform(label, formula.copy().set_color(mn.RED)), run_time=1)
        self.wait(0.5)


class Transforms(mn.Scene):
    """Morphs between unlike families, lagged, along an arc, and copies."""

    def construct(self):
        row = mn.VGroup(*[mn.Dot(color=mn.BLUE) for _ in range(5)]).arrange(mn.RIGHT)
        ring = mn.VGroup(*[mn.Square(0.4).shift(mn.rotate_vector(mn.UP, i)) for i in range(7)])
        self.play(mn.LaggedStart(*[mn.FadeIn(dot, scale=3) for dot in row], lag_ratio=0.3))
        self.play(mn.Transform(row, ring, path_arc=2, lag_ratio=0.2), run_time=1)
        self.play(mn.TransformFromCopy(row, mn.Circle(2)), mn.GrowFromCenter(mn.Star()))
        self.play(mn.Succession(mn.FadeOut(row), mn.Uncreate(self.mobjects[-1])), run_time=1)


class Redrawn(mn.Scene):
    """always_redraw, a tracker, an updater that depends on dt, waits with and without."""

    def construct(self):
        tracker = mn.ValueTracker(0)
        dot = mn.always_redraw(lambda: mn.Dot([tracker.get_value() - 3, 0, 0], radius=0.3))
        line = mn.always_redraw(lambda: mn.Line(mn.ORIGIN, dot.get_center(), color=mn.GREEN))
        wheel = mn.Square(fill_opacity=0.3).add_updater(lambda wheel, dt: wheel.rotate(dt))
        self.add(mn.NumberPlane(), wheel, line, dot)
        self.play(tracker.animate.set_value(4), run_time=1)
        self.wait(0.5)
        wheel.clear_updaters()
        self.remove(line, dot)
        self.wait(0.5)


class Colours(mn.Scene):
    """Gradients, sheen, several colours on one path, dashes, z-order that changes."""

    def construct(self):
        square = mn.Square().set_fill([mn.RED, mn.BLUE, mn.GREEN], 1).set_sheen_direction(mn.UR)
        ball = mn.Circle(fill_opacity=0.7).set_sheen(-0.6, mn.DR).shift(mn.RIGHT)
        curve = mn.FunctionGraph(np.sin).set_color_by_gradient(mn.RED, mn.YELLOW)
        dashes = mn.DashedVMobject(mn.Circle(3), num_dashes=20)
        self.add(square, ball, curve, dashes)
        self.play(square.animate.shift(mn.RIGHT), mn.Rotate(dashes, 1), run_time=1)
        square.set_z_index(3)
        self.play(curve.animate.shift(mn.UP), ball.animate.set_color(mn.TEAL), run_time=1)
        self.bring_to_front(ball)
        self.play(dashes.animate.scale(0.2), run_time=1)


class Rasters(mn.Scene):
    """An image and a cloud of points among paths."""

    def construct(self):
        levels = np.linspace(0, 255, 64, dtype=np.uint8).reshape(8, 8)
        image, below, above = mn.ImageMobject(levels), mn.Square(3), mn.Circle(1, fill_opacity=0.5)
        image.height = 3
        cloud = mn.PointCloudDot(center=2 * mn.LEFT, radius=1, density=8)
        self.add(below, image, above)
        self.play(above.animate.shift(mn.RIGHT), run_time=0.5)
        self.play(image.animate.shift(mn.UP), mn.FadeIn(cloud), run_time=0.5)
        self.play(below.animate.scale(0.5), run_time=0.5)


class Background(mn.Scene):
    """A background that changes, one that is drawn, and paths painted with an image."""

    def construct(self):
        self.camera.background_color = mn.DARK_BROWN
        square = mn.Square()
        self.play(mn.Create(square), run_time=0.5)
        self.camera.background_color = mn.MAROON
        self.play(square.animate.shift(mn.RIGHT), run_time=0.5)
        rows, columns = self.camera.background.shape[:2]
        stripes = np.zeros((rows, columns, 4), dtype=np.uint8)
        stripes[::2], stripes[..., 3] = 90, 255
        self.camera.set_background(stripes)
        self.play(square.animate.shift(mn.UP), run_time=0.5)
        self.camera.background[:, ::3] = 200
        self.play(square.animate.shift(mn.LEFT), run_time=0.5)


class Zoom(mn.MovingCameraScene):
    """A camera that zooms and pans, over what moves and what does not."""

    def construct(self):
        dots = mn.VGroup(*[mn.Dot([x, x % 3 - 1, 0]) for x in range(-5, 6)])
        axes = mn.Axes()
        self.add(axes, dots)
        self.play(dots.animate.set_color(mn.RED), run_time=0.5)
        self.play(self.camera.frame.animate.scale(0.4).shift(mn.UR), run_time=1)
        self.play(mn.Wiggle(dots[7]), run_time=0.5)
        self.wait(0.5)
        self.play(mn.Restore(self.camera.frame.save_state()), mn.FadeOut(dots), run_time=0.5)


class Space(mn.ThreeDScene):
    """A surface and a cube under a camera that turns, a label that stays."""

    def construct(self):
        surface = mn.Surface(lambda u, v: np.array([u, v, u * v / 3]), resolution=(4, 4))
        cube, label = mn.Cube(1, fill_opacity=0.6).shift(2 * mn.OUT), Label("z = u v").to_corner()
        self.set_camera_orientation(phi=1.1, theta=0.4)
        self.add_fixed_in_frame_mobjects(label)
        self.add(surface)
        self.play(mn.FadeIn(cube), run_time=0.5)
        self.move_camera(phi=0.6, theta=1.2, zoom=0.8, run_time=0.5)
        self.begin_ambient_camera_rotation(rate=0.5)
        self.wait(0.5)
        self.stop_ambient_camera_rotation()
        self.play(cube.animate.shift(mn.RIGHT), run_time=0.5)


class Lens(mn.ZoomedScene):
    """A part of the frame under a magnifying glass."""

    def construct(self):
        self.add(mn.Dot(), mn.Square(0.3), mn.Circle(2))
        self.activate_zooming()
        self.play(self.zoomed_camera.frame.animate.shift(mn.RIGHT), run_time=0.5)


class Kept(Shapes):
    """The same shapes in the same process again: nothing is left of the first time."""


KINDS = {
    Camera: [Shapes, Texts, Transforms, Redrawn, Colours, Rasters, Background, Kept],
    MovingCamera: [Zoom, Shapes],
    ThreeDCamera: [Space],
    mn.MultiCamera: [Lens],
}


@pytest.mark.parametrize(
    ("scene", "camera"),
    [
        pytest.param(scene, camera, id=f"{scene.__name__}-{camera.__name__}")
        for camera, scenes in KINDS.items()
        for scene in scenes
    ],
)
def test_a_scene_of_every_kind_has_the_frames_of_plain_manim(scene, camera, tmp_path, monkeypatch):
    monkeypatch.setattr(canvas, "TILE", 8)  # many tiles on so small a frame
    monkeypatch.setattr(Image, "fromarray", from_array)
    same_frames(scene, camera, tmp_path)


def from_array(array, mode=None, _plain=Image.fromarray):
    """An empty RGBA image is what Manim 0.22 asks for with floats, which Pillow 13 refuses."""
    if mode == "RGBA" and array.dtype == float and not array.any():
        return Image.new("RGBA", array.shape[::-1])
    return _plain(array, mode)


@pytest.mark.slow
@pytest.mark.parametrize("name", [concept.name for concept in catalog.concepts()])
def test_a_scene_of_the_course_has_the_frames_of_plain_manim(name, tmp_path):
    size = {"pixel_width": 427, "pixel_height": 240, "frame_rate": 3}
    same_frames(catalog.load(catalog.get(name).scene), MovingCamera, tmp_path, size)


coordinates = st.floats(-9, 9) | st.sampled_from([0.0, 1.0, -7.2, 4.0, 1e4, 1e9])
pairs = st.tuples(coordinates, coordinates)
shares = st.floats(0, 1) | st.sampled_from([0.0, 1.0, 0.001])


@st.composite
def vmobjects(draw):
    """Any path in any colours: a few curves, joined or not, some of no length."""
    vmobject = mn.VMobject(
        joint_type=draw(st.sampled_from(list(mn.LineJointType))),
        cap_style=draw(st.sampled_from(list(mn.CapStyleType))),
    )
    count = draw(st.integers(1, 4))
    points = np.array(draw(st.lists(pairs, min_size=4 * count, max_size=4 * count)))
    if draw(st.booleans()):
        points[4::4] = points[3:-1:4]
    if draw(st.booleans()):
        points[-1] = points[0]
    if draw(st.integers(0, 4)) == 4:
        points[:4] = points[0]
    stops = draw(st.sampled_from([1, 1, 1, 3]))
    if stops == 1 and count > 1:  # Manim finds no gradient for a curve that is cut off
        points = points[: len(points) - draw(st.sampled_from([0, 0, 0, 1, 2]))]
    vmobject.points = np.column_stack([points, np.zeros(len(points))])
    for kind in ("fill", "stroke", "background_stroke"):
        rgbas = draw(st.lists(st.tuples(*[shares] * 4), min_size=stops, max_size=stops))
        setattr(vmobject, f"{kind}_rgbas", np.array(rgbas))
    vmobject.stroke_width = draw(st.sampled_from([0, 0, 1, 4.5, 40]))
    vmobject.background_stroke_width = draw(st.sampled_from([0, 0, 0, 9]))
    vmobject.z_index = draw(st.sampled_from([0, 0, 1]))
    return vmobject


@settings(max_examples=40, deadline=None)
@given(data=st.data(), first=st.lists(vmobjects(), min_size=1, max_size=6))
def test_any_changes_from_frame_to_frame_are_drawn_as_plain_manim_draws_them(data, first):
    with mn.tempconfig(SMALL), pytest.MonkeyPatch.context() as patch:
        patch.setattr(canvas, "TILE", 8)
        plain, ours = MovingCamera(), fast(MovingCamera)()
        shown, before = first, None
        for _ in range(data.draw(st.integers(2, 7))):
            for camera in (plain, ours):
                camera.reset()
                camera.capture_mobjects(shown)
            np.testing.assert_array_equal(ours.frame_to_read, plain.pixel_array)
            left, top, right, bottom = ours.changes()
            if before is not None:
                before[top:bottom, left:right] = ours.frame_to_read[top:bottom, left:right]
                np.testing.assert_array_equal(before, ours.frame_to_read)
            before = ours.frame_to_read.copy()
            shown = list(shown)
            change = data.draw(st.sampled_from(["none", "new", "swap", "move", "colour", "zoom"]))
            which = data.draw(st.integers(0, len(shown) - 1))
            if change == "new":
                shown[which] = data.draw(vmobjects())
            elif change == "swap":
                shown[0], shown[which] = shown[which], shown[0]
            elif change == "move":
                shown[which].points += [0.25, -0.1, 0]
            elif change == "colour":
                shown[which].fill_rgbas[0] = data.draw(st.tuples(*[shares] * 4))
            elif change == "zoom":
                for camera in (plain, ours):
                    camera.frame.scale(0.8)


def test_a_family_is_listed_as_manim_lists_it():
    leaves = [mn.Dot([x, 0, 0], z_index=x % 2) for x in range(4)]
    inner = mn.VGroup(leaves[1], leaves[2])
    outer = mn.VGroup(leaves[0], inner, leaves[3], leaves[1])
    shuffles = [[outer], [inner, outer, *leaves], [leaves[3], outer], [outer, leaves[0], inner]]
    for mobjects in shuffles:
        expected = extract_mobject_family_members(mobjects, only_those_with_points=True)
        assert with_points(mobjects) == expected
        listed = Camera().get_mobjects_to_display(mobjects)
        assert fast(Camera)().get_mobjects_to_display(mobjects) == listed


def test_who_writes_on_a_frame_finds_it_there_and_the_next_frame_clean():
    with mn.tempconfig(SMALL):
        camera = fast(Camera)()
        dot = mn.Dot(radius=1)
        camera.reset().capture_mobjects([dot])
        clean = camera.frame_to_read.copy()
        camera.pixel_array[:9] = 200
        assert (camera.frame_to_read[:9] == 200).all()
        camera.reset().capture_mobjects([dot])
        np.testing.assert_array_equal(camera.frame_to_read, clean)


def test_a_background_that_is_in_use_can_not_be_written_to():
    camera = fast(Camera)()
    with pytest.raises(ValueError, match="read-only"):
        camera.background[0] = 9


def test_a_camera_that_draws_in_its_own_way_is_left_alone():
    class Own(MovingCamera):
        def apply_fill(self, context, vmobject):
            return self

    assert fast(Own) is Own
    assert fast(fast(MovingCamera)) is fast(MovingCamera)
    assert issubclass(fast(ThreeDCamera), ThreeDCamera)
