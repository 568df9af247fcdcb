"""The loss landscape: a point is a model, its height is its loss, and the lowest is looked for."""

import numpy as np
from manim import (
    LEFT,
    Circle,
    Dot,
    FadeIn,
    FadeOut,
    VGroup,
    linear,
    rush_into,
    smooth,
)

from vizdl import style
from vizdl.experiments import loss_landscape
from vizdl.experiments.base import number
from vizdl.experiments.loss_landscape import DOMAINS, FULL, NAMES, PLANE, last_step
from vizdl.mobjects import (
    Advance,
    ContourMap,
    DecisionField,
    Label,
    LossSurface,
    Number,
    Points,
    SetValues,
    Story,
    SurfacePath,
    Through,
    beat,
)

INK, MUTED = style.INK.dark, style.MUTED.dark
LOSS, GRADIENT = style.LOSS.dark, style.GRADIENT.dark
MAP = np.array([-3.0, -0.3, 0])  # the middle of the map, and of the surface that rises from it
HALF = 2.05  # half of its side, in units of the frame
MODEL = np.array([3.7, -0.3, 0])
ABOVE, SIDE = (0.0, 90.0, 0.0), (25.0, 36.0, 1.0)  # views: azimuth, elevation, how far it has risen
LOOK = {"digits": 3, "size": style.TITLE_SIZE, "color": LOSS, "anchor": "left"}  # of a loss


class LossLandscape(Story):
    """Four beats: a point is a model, the surface rises, the way down, a network's landscape."""

    title = "The loss landscape"
    experiment = loss_landscape

    def construct(self):
        self.open("Where are the weights with the lowest loss?")
        self.a_point_is_a_model()
        self.the_surface_rises()
        self.the_way_down()
        self.a_real_network()
        self.close(
            "apart",
            "trained",
            "untrained",
            say="Every point is a model, its height is its loss. Training looks for the lowest.",
        )

    @beat
    def a_point_is_a_model(self):
        self.set_stage()
        self.say("Each point of this map is one choice of a model's weights.")
        self.play(FadeIn(self.map.area), FadeIn(self.ball, scale=2))
        self.say("And so each point is a model of its own, with its own line and its own loss.")
        self.play(FadeIn(self.model, self.points, self.loss, self.words))
        self.add(self.model, self.loss, self.ball)
        self.bring_to_front(self.points)
        self.say("Move the point, and the model moves with it.")
        trace = self.trace
        self.play(
            Through(self.model, trace.tour_fields), Through(self.loss, trace.tour_losses),
            Through(self.ball, self.map.place(trace.tour)), run_time=6.0,
        )  # fmt: skip
        self.wait(style.QUICK)

    @beat
    def the_surface_rises(self):
        self.say("Colour each point by its loss: the darker, the better the model.")
        self.play(
            FadeIn(self.map.bands), FadeIn(self.map.lines), FadeOut(self.points),
            FadeOut(self.model, self.loss, self.words), run_time=1.5,
        )  # fmt: skip
        self.bring_to_front(self.ball)
        surface = self.surface
        self.play(FadeIn(surface), FadeOut(self.map), FadeOut(self.ball), run_time=style.NORMAL)
        self.say("Now raise each point to the height of its loss.")
        self.play(SetValues(surface, SIDE, run_time=3.0))
        self.say("That is the loss landscape. Training means to look for its lowest point.")
        self.play(SetValues(surface, (150.0, 36.0, 1.0), run_time=4.0, rate_func=smooth))

    @beat
    def the_way_down(self):
        trace = self.trace
        flat = trace.path.positions / DOMAINS[trace.settings.surface]
        flat = np.where(np.abs(flat) <= 1 + 1e-9, flat, np.nan)  # beyond, there is no ground
        path = SurfacePath(self.surface, *flat.T, trace.path.losses)
        model, loss = self.field(trace.fields[0]), Number(**LOOK)
        loss.move_to(self.loss, LEFT).set_value(float(trace.path.losses[0]))
        way = VGroup(model, loss)
        self.say("Let a ball go downhill, and watch the model that stands where the ball is.")
        self.play(FadeIn(path, way, self.words, self.points))
        self.bring_to_front(self.points)
        last = last_step(trace.path)
        self.play(
            Advance(path, to=last, rate_func=rush_into),
            Through(model, trace.fields[: last + 1], rate_func=rush_into),
            Through(loss, trace.path.losses[: last + 1], rate_func=rush_into),
            SetValues(self.surface, (330.0, 36.0, 1.0), rate_func=linear),
            run_time=6.0,
        )
        before, after = (number(float(trace.path.losses[k])) for k in (0, last))
        right = f"{100 * trace.right[last]:.0f}%"
        self.say(f"The loss went from {before} to {after}: {right} of the points are right.")
        self.wait(style.NORMAL)
        self.poster()
        if trace.settings.surface == "two weights":
            self.say("A search of the whole map puts the lowest point here, and so do more steps.")
            best = trace.best / DOMAINS["two weights"]
            spot = self.surface.place(self.surface.lift(*best, trace.best_loss))
            ring = Circle(radius=0.3, color=GRADIENT, stroke_width=5).move_to(spot)
            self.play(FadeIn(ring, scale=2))
            self.wait(style.QUICK)
            self.play(FadeOut(ring), run_time=style.QUICK)
        self.play(FadeOut(self.surface, path, way, self.words, self.points))

    @beat
    def a_real_network(self):
        before, after = self.networks()
        self.say("A real network has far more weights. Cut through them along a random plane.")
        self.play(FadeIn(before))
        self.play(SetValues(before[0], SIDE, run_time=2.0))
        share = self.facts["untrained"].text
        self.say(f"Before training it stands on a slope: only {share} of this plane lies higher.")
        self.play(SetValues(before[0], (80.0, 36.0, 1.0), run_time=3.0))
        self.say("Train it, and cut again.")
        self.play(FadeIn(after))
        self.play(SetValues(after[0], SIDE, run_time=2.0))
        share = self.facts["trained"].text
        self.say(f"Now {share} lies higher: training has found the bottom of a valley.")
        turn = [SetValues(part[0], (200.0, 36.0, 1.0)) for part in (before, after)]
        self.play(*turn, run_time=5.0)
        self.wait(style.NORMAL)

    # The stage: the map, the model, and the surface that rises from the map

    def set_stage(self):
        trace, name = self.trace, self.trace.settings.surface
        surface = trace.surfaces[NAMES.index(name)]
        self.map = ContourMap(surface, width=2 * HALF, height=2 * HALF)
        self.map.shift(MAP - self.map.area.frame.get_center())
        self.ball = Dot(radius=0.12, color=INK).set_stroke(style.BACKGROUND.dark, 2)
        self.ball.move_to(self.map.place(trace.tour[0]))
        self.loss = Number(**LOOK).move_to([3.75, 2.7, 0], LEFT)
        self.words = VGroup(Label("loss", color=LOSS).next_to(self.loss, LEFT, buff=0.25))
        self.loss.set_value(float(trace.tour_losses[0]))
        self.model = self.field(trace.tour_fields[0])
        self.points = Points(trace.x, trace.y, self.model.area, radius=0.05)
        self.surface = LossSurface(surface.height, unit=HALF, cells=24, azimuth=0)
        self.surface.shift(MAP).set_values(ABOVE)

    def field(self, z):
        """What a model says on the plane of its two inputs."""
        made = DecisionField(
            z, PLANE, PLANE, limit=FULL, width=4.1, height=4.1, x_label="input 1", y_label="input 2"
        )
        return made.shift(MODEL - made.area.frame.get_center())

    def networks(self):
        """The untrained and the trained network, each in the middle of its plane."""
        made = []
        for index, x, words in ((2, -3.3, "untrained"), (1, 3.3, "trained")):
            surface = self.trace.surfaces[index]
            solid = LossSurface(
                surface.height, unit=2.0, cells=26, names=("bold(d)_1", "bold(d)_2")
            )
            solid.shift(np.array([x, -0.5, 0])).set_values((25.0, 36.0, 0.0))
            loss = float(self.trace.middle[index - 1])
            ball = SurfacePath(solid, [0.0, 0.0], [0.0, 0.0], [loss, loss], radius=0.13)
            name = Label(f"{words}: loss {number(loss)}", size=style.BODY_SIZE)
            made.append(VGroup(solid, ball, name.move_to([x, 2.55, 0])))
        return made
