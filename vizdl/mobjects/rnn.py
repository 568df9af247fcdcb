"""A recurrent network as a row of steps, or folded into one cell with a loop.

`UnrolledRNN` has a column for each step: its input, its state, and on top its loss.
`GradientLane` is the way back: a row of gradient vectors with arrows that point into the past.
`FoldedRNN` is one cell with a loop, which `unroll` turns into the row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Animation,
    AnimationGroup,
    FadeOut,
    LaggedStart,
    Mobject,
    ReplacementTransform,
    TransformFromCopy,
    VGroup,
    VMobject,
)
from numpy.typing import ArrayLike, NDArray

from vizdl import style
from vizdl.engines import rnn
from vizdl.mobjects.advance import Tick
from vizdl.mobjects.cells import FlowArrow, LossPill, SetValues, StateCell
from vizdl.mobjects.text import Number
from vizdl.mobjects.wire import Wire

Array = NDArray[np.float64]


class UnrolledRNN(VGroup):
    """A recurrent network unrolled over `steps` steps, a column for each.

    `inputs[t]` and `states[t]` are `StateCell`s, `losses[t]` a `LossPill`; `feeds[t]` is the
    arrow from input to state, `links[t]` from that state to the next, `reads[t]` from state to
    loss. `lanes` are the heights of inputs, states and losses, `pitch`
    the distance of the columns; without `losses`, nothing stands on top. Inputs have their full
    colour at `limit`, losses glow in full at `loss_limit`.

    >>> row = UnrolledRNN(12, hidden_size=4)
    >>> row.states[0].set_values(trace.states[1])
    """

    def __init__(
        self,
        steps: int,
        *,
        hidden_size: int = 4,
        input_size: int = 1,
        pitch: float = 1.0,
        lanes: tuple[float, float, float] = (-1.5, 0.0, 1.5),
        cell_height: float = 1.0,
        losses: bool = True,
        limit: float = 1.0,
        loss_limit: float = 1.0,
    ) -> None:
        super().__init__()
        self.pitch = pitch
        x = pitch * (np.arange(steps) - (steps - 1) / 2)
        width = min(0.46, 0.6 * pitch)
        tall = 0.3 if input_size == 1 else 0.24 * input_size + 0.1
        bottom, middle, top = lanes
        self.inputs = VGroup()
        self.states = VGroup()
        self.losses = VGroup()
        for at in x:
            put = StateCell(
                input_size, color=style.DATA.dark, width=width, height=tall, limit=limit
            )
            self.inputs.add(put.move_to((at, bottom, 0)))
            state = StateCell(hidden_size, width=width, height=cell_height)
            self.states.add(state.move_to((at, middle, 0)))
            if losses:
                pill = LossPill(limit=loss_limit, width=min(0.86, 0.9 * pitch))
                self.losses.add(pill.move_to((at, top, 0)))
        self.feeds = VGroup(
            *[_between(a, b, UP) for a, b in zip(self.inputs, self.states, strict=True)]
        )
        self.links = VGroup(
            *[_between(a, b, RIGHT) for a, b in zip(self.states, self.states[1:], strict=False)]
        )
        self.reads = VGroup(
            *[_between(a, b, UP) for a, b in zip(self.states, self.losses, strict=False)]
        )
        self.add(self.feeds, self.links, self.reads, self.inputs, self.states, self.losses)

    def column(self, step: int) -> float:
        """Where the step stands on the frame, from left to right."""
        return float(self.states[step].get_x())

    def light(self, step: int, **options: Any) -> AnimationGroup:
        """Lights that run into the state of `step`: from its input and from the state before."""
        arrows = [self.feeds[step]] + ([self.links[step - 1]] if step else [])
        colours = (style.DATA.dark, style.HIDDEN.dark)
        return AnimationGroup(
            *[a.pulse(color=c, **options) for a, c in zip(arrows, colours, strict=False)]
        )

    @classmethod
    def example(cls) -> Self:
        """A small network over six steps of a wave, its states and what it would lose."""
        model = rnn.init(1, 4, 1, seed=3, radius=0.9)
        wave = np.sin(np.arange(7) * np.pi / 3 + 0.5)[:, None, None]
        trace = rnn.forward(model, wave[:-1])
        row = cls(6)
        for t in range(6):
            row.inputs[t].set_values(wave[t, 0])
            row.states[t].set_values(trace.h[t + 1, 0])
            row.losses[t].set_values((trace.y[t, 0] - wave[t + 1, 0]) ** 2)
        return row


class GradientLane(VGroup):
    """The way back through time: a gradient vector for each step, arrows that point to the left.

    ``lane = GradientLane(12); self.play(SetValues(lane.cells[k], flow_vectors[t, k, 0]))``

    `cells[k]` shows dL/dh_k, `arrows[k]` (k < T-1) leads from k+1 to k and takes the share of the
    norm that is left; `norms[k]` is a `Number` below each cell. `limit` is the magnitude of a
    component at which its colour is full. Norms that would stand too close are left out. `blank`
    takes arrows and norms away, and `arrive` brings a gradient in.
    """

    def __init__(
        self,
        steps: int,
        *,
        size: int = 4,
        pitch: float = 1.0,
        cell_height: float = 0.8,
        limit: float = 1.0,
        places: int = 2,
    ) -> None:
        super().__init__()
        width = min(0.46, 0.6 * pitch)
        self.steps, self.every = steps, int(np.ceil(0.8 / pitch))
        self.cells, self.norms = VGroup(), VGroup()
        for k in range(steps):
            cell = StateCell(
                size, color=style.GRADIENT.dark, width=width, height=cell_height, limit=limit
            )
            self.cells.add(cell.move_to((pitch * (k - (steps - 1) / 2), 0, 0)))
            norm = Number(0, places=places, size=style.SMALL_SIZE, color=style.GRADIENT.dark)
            self.norms.add(norm.next_to(cell, DOWN, buff=0.14))
            norm.set_opacity(self._named(k))
        pairs = zip(self.cells, self.cells[1:], strict=False)
        self.arrows = VGroup(
            *[_between(b, a, LEFT, style.GRADIENT.dark, width=0.38) for a, b in pairs]
        )
        self.add(self.arrows, self.cells, self.norms)

    def blank(self) -> Self:
        """Take the arrows and the norms away: nothing has come back yet."""
        self.norms.set_opacity(0)
        for arrow in self.arrows:
            arrow.set_values(0)
        return self

    def arrive(self, k: int, vector: ArrayLike, norm: float) -> list[Animation]:
        """The gradient gets to `cells[k]`: its vector (H,), and its norm, from that at k + 1."""
        shown: Any = self.norms[k]
        shown.set_opacity(self._named(k))
        if k + 1 < self.steps:
            shown.set_value(vars(self.norms[k + 1])["value"])
        return [SetValues(self.cells[k], vector), Tick(shown, norm)]

    def _named(self, k: int) -> float:
        return float((self.steps - 1 - k) % self.every == 0)

    @classmethod
    def example(cls) -> Self:
        """The last loss of a small network, on its way back over eight steps."""
        model = rnn.init(1, 4, 1, seed=3)
        wave = np.sin(np.arange(8) * np.pi / 3 + 0.5)[:, None, None]
        vectors = rnn.bptt(model, rnn.forward(model, wave), np.ones((8, 1, 1))).flow_vectors
        lane, vectors = cls(8), vectors[-1, :, 0] / np.linalg.norm(vectors[-1, -1])
        for k, vector in enumerate(vectors):
            lane.cells[k].set_values(vector)
            lane.norms[k].set_value(float(np.linalg.norm(vector)))
        for k, arrow in enumerate(lane.arrows):
            arrow.set_values(np.linalg.norm(vectors[k]))
        return lane


class FoldedRNN(VGroup):
    """The same network as one cell with a loop: x_t goes in, the state comes round again.

    ``folded = FoldedRNN(); self.play(unroll(folded, UnrolledRNN(6)))``
    """

    def __init__(self, *, hidden_size: int = 4, cell_height: float = 1.4) -> None:
        self.state = StateCell(hidden_size, width=0.8, height=cell_height)
        self.input = StateCell(1, color=style.DATA.dark, width=0.6, height=0.36)
        self.input.next_to(self.state, DOWN, buff=0.8)
        self.output = LossPill().next_to(self.state, UP, buff=0.8)
        self.feed = _between(self.input, self.state, UP)
        self.read = _between(self.state, self.output, UP)
        quarter = cell_height / 4
        corners = [(0.44, quarter), (1.2, quarter), (1.2, -quarter), (0.72, -quarter)]
        self.loop = Wire(corners, color=style.HIDDEN.dark, radius=0.3).set_flow(1)
        self.head = FlowArrow(
            (0.76, -quarter, 0), (0.44, -quarter, 0), color=style.HIDDEN.dark, width=0.42
        )
        super().__init__(
            self.loop, self.head, self.feed, self.read, self.state, self.input, self.output
        )

    @classmethod
    def example(cls) -> Self:
        """A network with one input in its state."""
        folded = cls()
        folded.state.set_values(StateCell.example().values)
        folded.input.set_values(1.0)
        return folded


def unroll(folded: FoldedRNN, row: UnrolledRNN, **options: Any) -> Animation:
    """Turn the cell with a loop into the row: the loop opens into the arrows between the steps."""
    ways: Sequence[tuple[VMobject, VGroup]] = (
        (folded.state, row.states),
        (folded.input, row.inputs),
        (folded.output, row.losses),
        (folded.feed, row.feeds),
        (folded.read, row.reads),
        (VGroup(folded.loop, folded.head), row.links),
    )
    by_step: list[list[Animation]] = [[] for _ in row.states]
    for single, many in ways:
        if not len(many):
            by_step[0].append(FadeOut(single))
        for step, each in enumerate(many):
            turn = TransformFromCopy if step else ReplacementTransform
            by_step[step].append(turn(single, each))
    groups = [AnimationGroup(*parts) for parts in by_step]
    return LaggedStart(*groups, **{"lag_ratio": 0.2, "run_time": style.SLOW, **options})


def _between(
    start: Mobject,
    end: Mobject,
    way: Array,
    color: str = style.MUTED.dark,
    width: float = 0.3,
) -> FlowArrow:
    gap = 0.06 * way
    first, last = start.get_critical_point(way) + gap, end.get_critical_point(-way) - gap
    return FlowArrow(first, last, color=color, width=width, value=0.35)
