"""Adaptive rates: plain descent zig-zags, Adam sets two rates, seven race, and the ravine turns."""

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    FadeIn,
    FadeOut,
    Line,
    VGroup,
)

from vizdl import style
from vizdl.experiments import adaptive_rates
from vizdl.experiments.adaptive_rates import COLOURS, EARLY, OPTIMIZERS, STEPS, TITLES
from vizdl.experiments.base import number
from vizdl.mobjects import (
    Advance,
    Bars,
    ContourMap,
    Counter,
    DescentPath,
    Label,
    Maths,
    Story,
    Through,
    beat,
)

INK, MUTED = style.INK.dark, style.MUTED.dark
SGD = OPTIMIZERS.index("sgd")
LEFT_EDGE, RIGHT_EDGE, PANEL = -6.3, 6.3, 1.75
WATCHED = 40  # steps of the optimizer that is watched


def quickening(share):
    """The first steps slowly, as most happens in them."""
    return share**2


class AdaptiveRates(Story):
    """A ravine, seven ways down, and the same ravine turned."""

    title = "Adaptive rates"
    experiment = adaptive_rates

    def construct(self):
        self.open("One rate for all weights?")
        self.one_rate()
        self.two_rates()
        self.the_race()
        self.the_other_ravine()
        self.close(
            "winner",
            "turned",
            "tolerance",
            say="A rate for each weight helps where the weights differ. None wins everywhere.",
        )

    @beat
    def one_rate(self):
        self.set_stage()
        trace, steep = self.trace, self.trace.settings.landscape != "beale"
        what = "steep across, nearly flat along" if steep else "a curved valley"
        self.say(f"{trace.title}: {what}.")
        self.play(FadeIn(self.map), run_time=1.5)
        self.play(FadeIn(self.mark, scale=2), run_time=style.QUICK)
        rate = Maths(f"eta = {number(float(trace.learning_rates[SGD]))}", size=style.TITLE_SIZE)
        rate.move_to([PANEL, 1.2, 0], LEFT)
        name = Label(f"{TITLES[SGD]}: one rate", color=MUTED).next_to(rate, UP, buff=0.35)
        name.align_to(rate, LEFT)
        counter = Counter().next_to(rate, DOWN, buff=0.5).align_to(rate, LEFT)
        path = self.path(SGD, gradients=trace.gradients[:, SGD])
        self.say("Plain gradient descent, with the best rate that was found for it.")
        self.play(FadeIn(path, rate, name, counter))
        crossings = int(trace.crossings[SGD])
        self.play(*[Advance(part, to=EARLY) for part in (path, counter)], run_time=5.0)
        self.say(f"{crossings} of its first {EARLY} steps cross the valley. Along it, it crawls.")
        self.wait(style.NORMAL)
        self.play(FadeOut(path, rate, name, counter))

    @beat
    def two_rates(self):
        trace, k = self.trace, self.watched()
        rates = trace.rates[: WATCHED + 1, k]
        shown = np.nan_to_num(rates, posinf=0.0)
        names = [Maths(f"w_{d}", size=style.BODY_SIZE) for d in (1, 2)]
        high = float(shown.max()) or 1.0
        bars = Bars(
            shown[0], names, high=high, length=2.6, thickness=0.9, pitch=2.0, digits=2,
            colors=COLOURS[k].dark, size=style.LABEL_SIZE,
        )  # fmt: skip
        bars.move_to([PANEL + 1.9, -0.3, 0])
        name = Label(f"{TITLES[k]}: a rate for each weight", color=COLOURS[k].dark)
        name.move_to([PANEL - 0.2, 2.3, 0], LEFT)
        counter = Counter().move_to([PANEL - 0.2, 1.7, 0], LEFT)
        path = self.path(k)
        self.say(f"{TITLES[k]} gives each weight a rate of its own. At the first step, these.")
        self.play(FadeIn(name, bars, counter, path))
        self.say("Where the gradient is large, the rate is small. So both weights come along.")
        parts = [Advance(part, to=WATCHED) for part in (path, counter)]
        self.play(*parts, Through(bars, shown), run_time=7.0)
        self.wait(style.QUICK)
        self.play(FadeOut(name, bars, counter, path))

    @beat
    def the_race(self):
        trace = self.trace
        self.board = self.scoreboard()
        paths = self.paths(trace.positions)
        self.say("Seven optimizers, each at its own best rate. Who is down first?")
        self.play(FadeIn(self.board), *[FadeIn(path) for path in paths])
        self.run_race(paths, trace.reached)
        k = int(np.where(trace.reached >= 0, trace.reached, STEPS + 1).argmin())
        if trace.reached[k] >= 0:
            self.say(f"Here {TITLES[k]} is, after {_steps(trace.reached[k])}.")
        else:
            self.say(f"None of them is, in {STEPS} steps.")
        self.poster()
        self.wait(style.NORMAL)
        self.first_paths = paths

    @beat
    def the_other_ravine(self):
        trace = self.trace
        turned = trace.settings.landscape != "tilted_ravine"
        before, after = trace.straight, trace.turned
        if not turned:
            before, after = after, before
        other = self.ground(trace.other_surface)
        self.say("Is it the best, then? Turn the ravine, so that it runs across the axes.")
        self.play(FadeOut(self.first_paths, self.map, self.mark))
        self.map = other
        ghosts = self.ghosts(before)
        self.board.set_values(np.zeros(len(TITLES)))
        self.play(FadeIn(other), FadeIn(ghosts))
        paths = self.paths(trace.other)
        self.play(*[FadeIn(path) for path in paths], run_time=style.QUICK)
        self.run_race(paths, after)
        self.say("What has one rate needs as many steps as before. Rates for single weights lose.")
        self.wait(style.NORMAL)

    # The stage

    def set_stage(self):
        self.map = self.ground(self.trace.surface)
        at = self.map.place(self.trace.minimum)
        cross = VGroup(*[Line(0.13 * way, -0.13 * way, color=INK) for way in (UP, RIGHT)])
        self.mark = cross.move_to(at)

    def ground(self, surface):
        """The map of a surface, on the left."""
        made = ContourMap(surface, width=6.6, height=4.7)
        return made.shift(np.array([LEFT_EDGE + 0.6, -0.2, 0]) - made.area.frame.get_left())

    def watched(self):
        name = self.trace.settings.watched
        return OPTIMIZERS.index("adam" if name == "all" else name)

    def path(self, k, **options):
        """The walk of one optimizer, as it goes on the map."""
        return DescentPath(
            self.map.area, self.trace.positions[:, k], color=COLOURS[k].dark, **options
        )

    def paths(self, positions):
        paths = VGroup()
        for k, role in enumerate(COLOURS):
            path = DescentPath(self.map.area, positions[:, k], color=role.dark, width=3.0)
            path.dots.set_opacity(0)
            paths.add(path)
        return paths

    def scoreboard(self):
        names = [
            Label(title, size=style.SMALL_SIZE, color=role.dark)
            for title, role in zip(TITLES, COLOURS, strict=True)
        ]
        board = Bars(
            np.zeros(len(TITLES)), names, high=float(STEPS), length=2.5, thickness=0.3, pitch=0.62,
            horizontal=True, colors=[role.dark for role in COLOURS], places=0,
        )  # fmt: skip
        board.move_to([0.5 * (PANEL + RIGHT_EDGE) - 0.2, -0.2, 0])
        title = Label("steps so far", size=style.SMALL_SIZE, color=MUTED)
        board.title = title.next_to(board.frame, UP, buff=0.3).align_to(board.frame, LEFT)
        board.add(board.title)
        return board

    def run_race(self, paths, reached):
        """All walk at once; the bar of each grows until it has arrived."""
        last = np.where(reached >= 0, reached, STEPS)
        counts = np.minimum(np.arange(STEPS + 1.0)[:, None], last)  # (T+1, 7)
        walks = [Advance(path, to=STEPS, rate_func=quickening) for path in paths]
        self.play(*walks, Through(self.board, counts, rate_func=quickening), run_time=7.0)
        late = [k for k in range(len(TITLES)) if reached[k] < 0]
        if late:
            self.play(
                *[self.board.bars[k].animate.set_fill(opacity=style.DIMMED) for k in late],
                run_time=style.QUICK,
            )

    def ghosts(self, before):
        """A mark on each bar where it ended before."""
        marks = VGroup()
        for k, steps in enumerate(before):
            if steps < 0:
                continue
            at = self.board.place(k, float(steps))
            marks.add(Line(at + 0.24 * UP, at + 0.24 * DOWN, color=INK, stroke_width=3))
        return marks


def _steps(count):
    return f"{count} step" if count == 1 else f"{count} steps"
