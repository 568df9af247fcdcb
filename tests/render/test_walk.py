"""A walk draws the frames that plain Manim draws, whoever draws which play."""

import hashlib

import numpy as np
import pytest
from manim import (
    DEGREES,
    DOWN,
    LEFT,
    OUT,
    RIGHT,
    UP,
    Axes,
    Circle,
    Create,
    Cube,
    DashedLine,
    Dot,
    Dot3D,
    FadeIn,
    FadeOut,
    LaggedStart,
    Line,
    MovingCameraScene,
    PMobject,
    ReplacementTransform,
    Rotate,
    Scene,
    Square,
    Surface,
    ThreeDAxes,
    ThreeDScene,
    Transform,
    ValueTracker,
    VGroup,
    Wait,
    Write,
    always_redraw,
    config,
    tempconfig,
)  # fmt: skip
from manim.renderer.cairo_renderer import CairoRenderer

from vizdl.mobjects import Advance, Label, LossCurve, Maths, Number, Tick
from vizdl.render.camera import fast
from vizdl.render.walk import Artist, camera_of

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("walk")]


class Shapes(Scene):
    def construct(self):
        square = Square(fill_opacity=0.6, color="#2f9df5").set_stroke("#ffffff", 3, background=True)
        circle = Circle(color=["#ff0000", "#00ff00"]).set_fill(["#0000ff", "#ffff00"], 0.7)
        line = DashedLine(3 * LEFT, 3 * RIGHT)
        self.add(line)
        self.play(FadeIn(square, shift=UP), run_time=0.5)
        self.play(square.animate.shift(2 * RIGHT).rotate(0.7), Create(circle), run_time=0.6)
        self.wait(0.4)
        self.play(Rotate(square, 1.0), FadeOut(circle), run_time=0.5)
        self.wait(0.3)


class Texts(Scene):
    def construct(self):
        label, formula = Label("Which way is down?"), Maths("c_t = f_t dot.o c_(t-1)").shift(DOWN)
        number = Number(0.25, sign=True).shift(UP)
        self.play(FadeIn(label), run_time=0.4)
        self.play(Write(formula), FadeIn(number), run_time=0.8)
        self.play(Tick(number, -3.5), run_time=0.6)
        curve = LossCurve([np.geomspace(10, 0.1, 12)], width=3, height=2)
        self.play(FadeOut(label), FadeIn(curve), run_time=0.3)
        self.play(Advance(curve, to=11), run_time=0.6)


class Transforms(Scene):
    def construct(self):
        dots = VGroup(*[Dot([x, 0, 0]) for x in range(-3, 4)])
        self.play(LaggedStart(*[FadeIn(dot, scale=2) for dot in dots], lag_ratio=0.2), run_time=0.8)
        target = Square(3, fill_opacity=0.5)
        self.play(ReplacementTransform(dots, target), run_time=0.6)
        self.play(Transform(target, Circle(2)), run_time=0.5)
        self.play(target.animate.become(Line(LEFT, UP)), run_time=0.4)


class Redrawn(Scene):
    def construct(self):
        tracker, axes = ValueTracker(0.0), Axes(x_range=[0, 3], y_range=[-1, 1])
        curve = always_redraw(lambda: axes.plot(lambda x: np.sin(x + tracker.get_value())))
        spin = Square().add_updater(lambda m, dt: m.rotate(dt))  # keeps state, depends on dt
        drift = Dot().add_updater(lambda m, dt: m.shift(0.3 * dt * RIGHT))
        self.add(axes, curve, spin, drift)
        self.play(tracker.animate.set_value(2), run_time=0.7)
        self.wait(0.5)
        self.play(FadeOut(curve), run_time=0.3)
        spin.clear_updaters()
        drift.suspend_updating()
        self.play(Wait(run_time=0.4, frozen_frame=False))
        self.wait(0.3)


class Points(Scene):
    def construct(self):
        cloud = PMobject().add_points(np.random.default_rng(1).normal(size=(200, 3)))
        dot = Dot(color="#ff0000")
        self.add(cloud)
        self.play(FadeIn(dot), run_time=0.3)
        self.play(dot.animate.shift(RIGHT), cloud.animate.shift(RIGHT), run_time=0.6)


class Moving(MovingCameraScene):
    def construct(self):
        squares = VGroup(*[Square(0.6).shift([x, y, 0]) for x in range(-4, 5) for y in (-2, 0, 2)])
        self.add(squares)
        frame = self.camera.frame
        self.play(frame.animate.scale(0.5).move_to(squares[4]), run_time=0.6)
        self.play(squares[4].animate.set_fill("#ff0000", 1), run_time=0.3)
        self.play(frame.animate.scale(3).shift(LEFT), run_time=0.5)
        self.wait(0.3)


class Solid(ThreeDScene):
    def construct(self):
        self.set_camera_orientation(phi=60 * DEGREES, theta=30 * DEGREES)
        surface = Surface(
            lambda u, v: np.array([u, v, 0.3 * u * v]), u_range=(-1, 1), v_range=(-1, 1),
            resolution=(4, 4),
        )  # fmt: skip
        label = Label("a corner").to_corner(UP + LEFT)
        self.add_fixed_in_frame_mobjects(label)
        self.add(ThreeDAxes(), surface, Dot3D([0, 0, 1]))
        self.begin_ambient_camera_rotation(rate=0.4)
        self.wait(0.5)
        self.stop_ambient_camera_rotation()
        self.play(FadeIn(Cube().shift(2 * OUT)), run_time=0.4)
        self.move_camera(phi=30 * DEGREES, run_time=0.5)


KINDS = [Shapes, Texts, Transforms, Redrawn, Points, Moving, Solid]


class Plain(CairoRenderer):
    """Manim's own renderer; what it would write is kept, a digest a frame."""

    def __init__(self, camera_class):
        super().__init__(camera_class=camera_class)
        self.kept = {}

    def add_frame(self, frame, num_frames=1):
        self.kept.setdefault(self.num_plays, []).extend([digest(frame)] * num_frames)
        super().add_frame(frame, num_frames)


class Kept:
    """A segment that keeps the digests of its frames, and believes no box of changes untried."""

    def __init__(self):
        self.frames = []
        self.last = None

    def write(self, rgba, repeat=1, changed=None):
        self.frames.extend([digest(rgba)] * repeat)
        if changed is not None and self.last is not None:
            left, top, right, bottom = changed
            elsewhere = np.ones(rgba.shape[:2], dtype=bool)
            elsewhere[top:bottom, left:right] = False
            assert (rgba == self.last)[elsewhere].all()
        self.last = rgba.copy()

    def abort(self):
        raise AssertionError("nothing went wrong, and yet a segment is dropped")


def digest(frame):
    return hashlib.sha256(np.ascontiguousarray(frame).tobytes()).hexdigest()


@pytest.fixture
def small(tmp_path):
    options = {
        "media_dir": str(tmp_path), "pixel_width": 320, "pixel_height": 180, "frame_rate": 12,
        "format": "none", "disable_caching": True, "progress_bar": "none", "verbosity": "ERROR",
    }  # fmt: skip
    with tempconfig(options):
        yield config


def walked(kind, claim):
    """Every drawn play's frames, the frames of all plays, and the scene's clock."""
    kept = {}
    artist = Artist(
        fast(camera_of(kind)),
        lambda play: Kept() if claim(play) else None,
        lambda play, segment, frames: kept.update({play: segment.frames}),
        lambda frames: None,
    )
    kind(renderer=artist).render()
    return kept, artist.frames, artist.time


@pytest.mark.parametrize("kind", KINDS)
def test_the_frames_are_those_of_plain_manim_whoever_draws_them(kind, small):
    plain = Plain(camera_of(kind))
    kind(renderer=plain).render()
    expected = {play: frames for play, frames in plain.kept.items() if frames}
    assert sum(len(set(frames)) for frames in expected.values()) > 10, "nothing moves"
    alone, frames, clock = walked(kind, lambda play: True)
    assert alone == expected
    assert clock == plain.time
    shared = {}
    for worker in range(3):
        mine, reached, now = walked(kind, lambda play, own=worker: play % 3 == own)
        assert all(play % 3 == worker for play in mine)
        assert (reached, now) == (frames, clock)
        shared |= mine
    assert shared == expected


def test_the_camera_of_a_scene_is_the_one_it_would_make():
    for kind in KINDS:
        assert camera_of(kind) is type(kind().camera)
