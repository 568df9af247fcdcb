"""Features: a digit becomes pixels, pixels make strokes, strokes make parts, digits pull apart."""

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    AnimationGroup,
    Circle,
    FadeIn,
    FadeOut,
    LaggedStart,
    Rectangle,
    ReplacementTransform,
    VGroup,
)

from vizdl import style
from vizdl.experiments import feature_hierarchy
from vizdl.experiments.base import number
from vizdl.experiments.feature_hierarchy_network import LAYERS, SIDE, SIZES
from vizdl.mobjects import (
    Advance,
    Bars,
    Label,
    Maths,
    Number,
    PixelImage,
    SetValues,
    Story,
    Swarm,
    Tick,
    beat,
)

MUTED, INK, HIDDEN = style.MUTED.dark, style.INK.dark, style.HIDDEN.dark
LEARNED, RANDOM = feature_hierarchy.LEARNED, feature_hierarchy.RANDOM
SHADES = 17  # of the many small pictures
SUMMED = 4  # strokes that are added one by one; the others follow together
UNIT = 1.55  # units of the frame: a root mean square of the clouds


def held_apart(points, least):
    """The points (N, 2), moved as little as it takes to lie at least so far from one another."""
    points = points.copy()
    for _ in range(50):
        for first in range(len(points)):
            for second in range(first):
                way = points[first] - points[second]
                length = max(float(np.linalg.norm(way)), 1e-9)
                push = max(0.0, least - length) / 2 * way / length
                points[first] += push
                points[second] -= push
    return points


class FeatureHierarchy(Story):
    """Four beats: pixels, strokes, parts, clouds."""

    title = "Features and their hierarchy"
    experiment = feature_hierarchy

    def construct(self):
        self.open("Who tells a network what to look for?")
        self.pixels()
        self.strokes()
        self.parts()
        self.clouds()
        self.close(
            "probe",
            "separation",
            "learned",
            say="Nobody wrote these features. They were learned, from strokes to parts to digits.",
        )

    @beat
    def pixels(self):
        self.say("To us a digit. To a network, a column of 64 numbers.")
        trace = self.trace
        self.digit = PixelImage(trace.pixels.reshape(SIDE, SIDE), size=3.4, limit=1).shift(4 * LEFT)
        self.column = PixelImage(trace.pixels[:, None], size=6.0, limit=1).shift(0.45 * DOWN)
        self.column.stretch_to_fit_width(0.5)
        self.play(FadeIn(self.digit))
        self.pour(self.digit, self.column)
        self.say("A unit of the first layer has a weight for each of them. Fold them back.")
        self.unit = self.best(slice(0, SIZES[1]))
        weights = trace.model.weights[0][self.unit]
        self.limit = float(np.abs(trace.model.weights[0]).max()) * 0.8
        self.tall = PixelImage(weights[:, None], size=6.0, signed=True, limit=self.limit)
        self.tall.stretch_to_fit_width(0.5).move_to(self.column).shift(0.75 * RIGHT)
        self.play(FadeIn(self.tall, shift=0.3 * LEFT))
        self.stroke = PixelImage(weights.reshape(SIDE, SIDE), size=3.4, signed=True)
        self.stroke.limit = self.limit
        self.stroke.set_values(self.stroke.values).shift(3.6 * RIGHT)
        self.pour(self.tall, self.stroke)
        self.remove(self.tall)
        self.say("It is a picture: blue is where ink excites the unit, orange where it calms it.")
        self.play(FadeOut(self.column), run_time=style.QUICK)

    @beat
    def strokes(self):
        self.say("Pixel times weight, all summed up: so strongly the unit answers.")
        self.answer()
        self.say("And every unit of the layer has found a stroke or an edge of its own.")
        self.unfold()
        self.say("This digit excites some of them, and not the others.")
        self.light_up()
        self.poster()

    @beat
    def parts(self):
        self.say("A unit of the second layer sees no pixels. It sums up strokes.")
        self.take_apart()
        self.say("Each stroke comes with the weight that this unit gives it.")
        self.add_strokes()
        self.say("Together they are what the unit looks for: a part of a digit.")
        self.show_part()

    @beat
    def clouds(self):
        labels = [str(label) for label in np.unique(self.trace.classes)]
        named = ", ".join(labels[:-1]) + " and " + labels[-1]
        self.say(f"Now follow digits that are hard to tell apart: {named}, as pixels.")
        self.gather_clouds(labels)
        for layer in (1, 2):
            self.say(
                "In the first layer they have moved apart, and a simple reader makes fewer errors."
                if layer == 1
                else "In the second layer, still further."
            )
            self.pull_apart(layer)
        self.say("Before training it was the other way round: each layer lost what there was.")
        self.compare()

    # Pixels

    def pour(self, source, target):
        """The pixels of one picture fly, row after row, to their places in another."""
        flying, landed = source.pixels.copy(), target.pixels
        rows = [slice(SIDE * row, SIDE * (row + 1)) for row in range(SIDE)]
        self.play(
            LaggedStart(
                *[ReplacementTransform(VGroup(*flying[row]), VGroup(*landed[row])) for row in rows],
                lag_ratio=0.35,
            ),
            run_time=2.4,
        )
        self.remove(*self.mobjects_of(target))
        self.add(target)

    def mobjects_of(self, target):
        """What the flight has left on the stage of a picture that is now there as a whole."""
        parts = set(target.get_family())
        return [part for part in self.mobjects if set(part.get_family()) & parts]

    def best(self, units):
        """The unit, of those, that this digit excites the most."""
        return units.start + int(np.argmax(self.trace.excitement[units]))

    # Strokes

    def answer(self):
        """Digit and weights lie over each other: their products, and the sum that ticks."""
        weights = self.stroke.values
        products = self.digit.values * weights
        self.product = PixelImage(0 * products, size=3.4, signed=True, limit=self.limit)
        bias = float(self.trace.model.biases[0][self.unit])
        signs = VGroup(*[Maths(sign, size=style.TITLE_SIZE) for sign in ("times", "=")])
        row = VGroup(self.digit.copy(), signs[0], self.stroke.copy(), signs[1], self.product)
        row.arrange(RIGHT, buff=0.3).shift(0.4 * UP)
        goals = row[0].get_center(), row[2].get_center()
        self.play(
            self.digit.animate.move_to(goals[0]),
            self.stroke.animate.move_to(goals[1]),
            FadeIn(signs, self.product),
        )
        words = Label("sum, and bias", color=MUTED)
        total = Number(bias, size=style.TITLE_SIZE, color=HIDDEN)
        line = VGroup(words, total).arrange(RIGHT, buff=0.35)
        line.next_to(self.product, DOWN, buff=0.4)
        self.play(FadeIn(line), run_time=0.4)
        self.play(
            SetValues(self.product, products),
            Tick(total, float(products.sum() + bias)),
            run_time=2.2,
        )
        self.wait(0.4)
        self.equation = VGroup(signs, self.product, line)

    def unfold(self):
        """All units of the first layer as pictures, the one that is known among them."""
        trace = self.trace
        self.wall = VGroup(
            *[
                PixelImage(
                    w.reshape(SIDE, SIDE), size=1.05, signed=True, limit=self.limit, shades=SHADES
                )
                for w in trace.model.weights[0]
            ]
        )
        self.wall.arrange_in_grid(4, 8, buff=0.14).shift(1.55 * RIGHT + 0.35 * DOWN)
        known = self.wall[self.unit]
        self.play(
            FadeOut(self.equation),
            self.digit.animate.scale(2.3 / 3.4).move_to([-5.1, 0.4, 0]),
            self.stroke.animate.scale(known.width / self.stroke.width).move_to(known),
        )
        others = [picture for picture in self.wall if picture is not known]
        self.play(
            LaggedStart(*[FadeIn(picture, scale=0.6) for picture in others], lag_ratio=0.05),
            run_time=2.2,
        )
        self.remove(self.stroke)
        self.add(known)

    def light_up(self):
        """A frame round each unit, as bright as it is excited."""
        excitement = np.maximum(self.trace.excitement[: SIZES[1]], 0)
        share = excitement / max(float(excitement.max()), 1e-12)  # a blank picture excites none
        self.frames = VGroup()
        for picture, bright in zip(self.wall, share, strict=True):
            frame = Rectangle(width=picture.width + 0.06, height=picture.height + 0.06)
            colour = style.mix(style.BACKGROUND.dark, HIDDEN, float(bright))
            self.frames.add(frame.set_stroke(colour, width=5).move_to(picture))
        self.play(
            LaggedStart(*[FadeIn(frame) for frame in self.frames], lag_ratio=0.03), run_time=1.4
        )

    # Parts

    def take_apart(self):
        """The unit of the second layer that is the sum of its strokes, and is excited now."""
        trace = self.trace
        rows = slice(SIZES[1], SIZES[1] + SIZES[2])
        exact = feature_hierarchy.cosine(trace.favourites[rows], trace.combined) > 0.999
        excited = np.where(exact, trace.excitement[rows], -np.inf)
        self.part = int(excited.argmax())
        picture = trace.favourites[SIZES[1] + self.part]
        first, second, _ = trace.model.weights
        on = first @ picture + trace.model.biases[0] > 0
        shares = second[self.part] * on  # (32,)
        self.order = np.argsort(-np.abs(shares) * np.linalg.norm(first, axis=1))
        self.shares, self.scale_to = shares, trace.radius / np.linalg.norm(shares @ first)
        chosen = set(self.order[:SUMMED])
        fading = [
            part
            for index in range(SIZES[1])
            if index not in chosen
            for part in (self.wall[index], self.frames[index])
        ]
        self.play(
            FadeOut(self.digit, *fading, *[self.frames[index] for index in chosen]), run_time=0.8
        )

    def add_strokes(self):
        """The strongest strokes in a row, each times its weight; then they are added."""
        first = self.trace.model.weights[0]
        limit = float(np.abs(self.scale_to * self.shares @ first).max())
        chosen = [self.wall[index] for index in self.order[:SUMMED]]
        places = [np.array([-5.2 + 1.95 * k, 1.0, 0]) for k in range(SUMMED)]
        self.play(
            *[
                picture.animate.scale(1.5 / picture.width).move_to(place)
                for picture, place in zip(chosen, places, strict=True)
            ],
            run_time=1.2,
        )
        weights = VGroup()
        for picture, index in zip(chosen, self.order, strict=False):
            share = float(self.shares[index])
            text = Maths(f"times {number(share, 2)}".replace("−", "-"), size=style.LABEL_SIZE)
            text.set_color(style.POSITIVE.dark if share > 0 else style.NEGATIVE.dark)
            weights.add(text.next_to(picture, DOWN, buff=0.2))
        self.total = PixelImage(np.zeros((SIDE, SIDE)), size=2.9, signed=True, limit=0.9 * limit)
        self.total.move_to([4.3, 0.3, 0])
        self.play(FadeIn(weights, self.total), run_time=0.6)
        total = np.zeros(first.shape[1])
        for picture, index in zip(chosen, self.order, strict=False):
            total = total + self.scale_to * self.shares[index] * first[index]
            flight = picture.copy().set_z_index(5)
            self.play(
                FadeOut(flight, target_position=self.total, scale=1.8),
                SetValues(self.total, total.reshape(SIDE, SIDE)),
                run_time=0.8,
            )
        self.strokes_shown = VGroup(*chosen, weights)

    def show_part(self):
        """All the other strokes join; beside the whole stand the digits that this unit likes."""
        first = self.trace.model.weights[0]
        rest = int(np.count_nonzero(self.shares)) - SUMMED
        whole = self.scale_to * self.shares @ first
        words = Label(f"and {rest} more strokes", color=MUTED)
        words.next_to(self.strokes_shown, DOWN, buff=0.35)
        self.play(FadeIn(words), run_time=0.4)
        self.play(SetValues(self.total, whole.reshape(SIDE, SIDE)), run_time=1.2)
        liked = self.trace.liked[SIZES[1] + self.part]
        pictures = VGroup(
            *[PixelImage(x.reshape(SIDE, SIDE), size=1.3, limit=1, shades=SHADES) for x in liked]
        ).arrange(RIGHT, buff=0.3)
        name = Label("the digits that it likes best", color=MUTED)
        VGroup(name, pictures).arrange(RIGHT, buff=0.5).move_to([-1.7, -2.6, 0])
        self.play(FadeIn(name), LaggedStart(*map(FadeIn, pictures), lag_ratio=0.3), run_time=1.2)
        self.wait(0.6)
        everything = [part for part in self.mobjects if part is not self.header]
        self.play(*[FadeOut(part) for part in everything], run_time=0.7)

    # Clouds

    def gather_clouds(self, labels):
        """The clouds of the pixels, their names, and what a probe reads there."""
        trace = self.trace
        centre = np.array([-3.1, -0.35, 0])
        self.swarms, self.names = VGroup(), VGroup()
        self.middles = np.stack(
            [trace.clouds[:, trace.classes == label].mean(axis=1) for label in map(int, labels)],
            axis=1,
        )  # (3, 3, 2)
        self.middles = np.stack([held_apart(of_layer, 0.75 / UNIT) for of_layer in self.middles])
        for k, label in enumerate(labels):
            cloud = UNIT * trace.clouds[:, trace.classes == int(label)]
            colour = style.SERIES[k].dark
            self.swarms.add(
                Swarm(centre, cloud, color=colour, arrows=False, head=0.13, opacity=0.55)
            )
            ground = Circle(radius=0.32, stroke_width=0).set_fill(
                style.BACKGROUND.dark, opacity=0.85
            )
            name = VGroup(ground, Label(label, size=1.3 * style.TITLE_SIZE, bold=True))
            self.names.add(name.move_to(centre + UNIT * np.array([*self.middles[0, k], 0])))
        self.centre = centre
        self.read = 100 * trace.accuracies.mean(axis=-1)  # (2, 3)
        self.bars = Bars(
            np.array([self.read[LEARNED, 0], 0, 0]), LAYERS, high=100, length=2.9, thickness=0.5,
            pitch=0.85, horizontal=True, colors=HIDDEN, digits=3, unit="%", size=style.LABEL_SIZE,
        )  # fmt: skip
        self.bars.move_to([3.85, 0.55, 0])
        self.heading = Label(
            "read by a probe that knows\n"
            f"{trace.settings.labels * len(trace.chances)} labels in all",
            color=MUTED,
        )
        self.heading.next_to(self.bars, UP, buff=0.4)
        self.where = Label(LAYERS[0], color=INK).move_to([-3.1, 2.75, 0])
        for part in (1, 2):
            self.bars.numbers[part].set_opacity(0)
        self.play(FadeIn(self.swarms, self.names, self.where), run_time=1.0)
        self.play(FadeIn(self.bars, self.heading), run_time=0.7)

    def pull_apart(self, layer):
        """The clouds move to where the next layer has them, and the probe reads better."""
        read = np.where(np.arange(len(LAYERS)) <= layer, self.read[LEARNED], 0)
        where = Label(LAYERS[layer], color=INK).move_to(self.where)
        goals = [self.centre + UNIT * np.array([*at, 0]) for at in self.middles[layer]]
        self.bars.numbers[layer].set_opacity(1)
        self.play(
            *[Advance(swarm, to=layer) for swarm in self.swarms],
            *[name.animate.move_to(goal) for name, goal in zip(self.names, goals, strict=True)],
            SetValues(self.bars, read),
            AnimationGroup(FadeOut(self.where, run_time=0.3), FadeIn(where)),
            run_time=2.2,
        )
        self.where = where
        self.wait(0.5)

    def compare(self):
        """Thin bars below the others: the same probe on the network before training."""
        thin = Bars(
            np.array([0.0, 0, 0]), high=100, length=2.9, thickness=0.16, pitch=0.85,
            horizontal=True, colors=MUTED, digits=3, unit="%", size=style.SMALL_SIZE,
        )  # fmt: skip
        thin.move_to(self.bars.frame).shift(0.42 * DOWN)
        name = Label("before training", size=style.SMALL_SIZE, color=MUTED)
        name.next_to(thin.frame, DOWN, buff=0.3)
        self.play(FadeIn(thin, name), run_time=0.5)
        self.play(SetValues(thin, self.read[RANDOM]), run_time=1.8)
        self.wait(1.0)
