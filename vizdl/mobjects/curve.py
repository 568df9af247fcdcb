"""Curves that grow: a loss over steps, several at once, with the number at the tip."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Self

import numpy as np
from manim import RIGHT, UP, Dot, VGroup
from numpy.typing import ArrayLike, NDArray

from vizdl import style
from vizdl.engines import descent, landscapes
from vizdl.experiments.common import loss_range
from vizdl.mobjects.axes import PlotArea, stroke
from vizdl.mobjects.text import Label, Number

Array = NDArray[np.float64]


class Curve(VGroup):
    """A curve over its axes that is drawn up to `step`, with a dot and a number at its tip.

    ``curve = Curve(area, trace.losses); self.play(Advance(curve, to=30))``

    `y` (T+1,) are its values and `x` (T+1,) where they stand, 0 … T if left out. NaN and what
    lies outside of the area are not drawn. With `tip`, the value stands right of the tip (leave
    room for it beside the area); a `name` stands there instead where curves must be told apart.
    """

    def __init__(
        self,
        area: PlotArea,
        y: ArrayLike,
        x: ArrayLike | None = None,
        *,
        color: str = style.LOSS.dark,
        width: float = 4.0,
        tip: bool = True,
        name: str = "",
        digits: int = 3,
        size: float = style.SMALL_SIZE,
        step: float = 0.0,
    ) -> None:
        self.area = area.paper
        self.y = np.asarray(y, dtype=float)
        self.x = np.arange(len(self.y), dtype=float) if x is None else np.asarray(x, dtype=float)
        if self.y.ndim != 1 or self.x.shape != self.y.shape or not len(self.y):
            raise ValueError(
                f"x and y must be of one length (T+1,), got {self.x.shape} and {self.y.shape}"
            )
        self.line = stroke(color, width)
        self.dot = Dot(radius=0.07, color=color)
        self.tip: VGroup | Label | Number = VGroup()
        if name:
            self.tip = Label(name, size=size, color=color)
        elif tip:
            self.tip = Number(0.0, digits=digits, size=size, color=color)
        super().__init__(self.line, self.dot, self.tip)
        self.set_step(step)

    @property
    def steps(self) -> int:
        """The last index that there is, T."""
        return len(self.y) - 1

    def at(self, step: float) -> tuple[float, float]:
        """x and y at a step; between two whole ones, on the line that joins them."""
        index = np.clip(step, 0, self.steps)
        whole = np.arange(len(self.y))
        before, after = int(np.floor(index)), int(np.ceil(index))
        if before == after:
            return float(self.x[before]), float(self.y[before])
        x = float(np.interp(index, whole, self.x))
        ends = self.area.y_span.share(self.y[[before, after]])
        if not np.isfinite(ends).all():
            return x, math.nan
        if self.area.y_span.log:  # a straight line on the paper
            return x, float(
                np.exp(np.interp(index, [before, after], np.log(self.y[[before, after]])))
            )
        return x, float(np.interp(index, [before, after], self.y[[before, after]]))

    def set_step(self, step: float) -> Self:
        """Draw the curve up to `step`."""
        self.step = float(step)
        x, y = self.at(self.step)
        until = int(np.clip(np.floor(self.step), 0, self.steps)) + 1
        xs, ys = np.append(self.x[:until], x), np.append(self.y[:until], y)
        self.line.set_points(self.area.outline(xs, ys))
        seen = bool(self.area.holds(x, y))
        if seen:
            self.dot.move_to(self.area.place(x, y))
        self.dot.set_opacity(float(seen))
        self._set_tip(y, seen)
        return self

    def _set_tip(self, y: float, seen: bool) -> None:
        """The number stands right of the dot; a name stays where the curve left the area."""
        if isinstance(self.tip, Number):
            if seen:
                self.tip.set_value(y)
                self.tip.next_to(self.dot, RIGHT, buff=0.1)
            self.tip.set_opacity(float(seen))
        elif len(self.tip) and len(self.line.points):
            self.tip.next_to(self.line.points[-1], RIGHT, buff=0.15)

    @classmethod
    def example(cls) -> VGroup:
        """The loss of a descent on Himmelblau's function, on a logarithmic axis."""
        walk = descent.descend(
            landscapes.get("himmelblau"), [-0.5, 4.5], learning_rate=0.004, steps=25
        )
        area = loss_area(walk.losses, width=5, height=3)
        return VGroup(area, cls(area, walk.losses, step=25))


def loss_area(
    *losses: ArrayLike,
    width: float = 5.0,
    height: float = 3.0,
    log: bool | None = None,
    x_max: float | None = None,
    x_label: str = "step",
    y_label: str = "loss",
    decades: float = 8.0,
) -> PlotArea:
    """Axes on which one or more loss curves (T+1, …) stand, whatever they do.

    The vertical axis is that of `loss_range`: a loss that grows without bound leaves at the top.
    """
    curves = [np.asarray(values, dtype=float) for values in losses]
    axis = loss_range(*curves, log=log, decades=decades)
    steps = max(len(values) for values in curves) - 1
    return PlotArea(
        (0.0, float(x_max if x_max is not None else max(steps, 1))),
        (axis.low, axis.high),
        width=width,
        height=height,
        x_label=x_label,
        y_label=y_label,
        log_y=axis.log,
    )


class LossCurve(VGroup):
    """Loss curves over steps on their axes: one, or several told apart by colour and name.

    ``loss = LossCurve([trace.losses], width=5); self.play(Advance(loss, to=30))``

    `losses` holds one array (T+1,) for each curve; the axes are `loss.area`, chosen by
    `loss_area` (its options may be given), the curves `loss.curves`.
    """

    def __init__(
        self,
        losses: Sequence[ArrayLike],
        *,
        xs: Sequence[ArrayLike] | None = None,
        colors: Sequence[str] = (),
        names: Sequence[str] = (),
        width: float = 4.0,
        area: PlotArea | None = None,
        step: float = 0.0,
        **axes: float | bool | str | None,
    ) -> None:
        if not len(losses):
            raise ValueError("losses must hold at least one curve, got none")
        series = [role.dark for role in style.SERIES]
        colors = colors or ([style.LOSS.dark] if len(losses) == 1 else series)
        if xs is not None:
            axes.setdefault("x_max", max(float(np.max(np.asarray(x))) for x in xs))
        self.area = loss_area(*losses, **axes) if area is None else area  # type: ignore[arg-type]
        self._curves = [
            Curve(
                self.area,
                values,
                None if xs is None else xs[k],
                color=colors[k % len(colors)],
                width=width,
                name=names[k] if names else "",
                tip=len(losses) == 1,
                step=step,
            )
            for k, values in enumerate(losses)
        ]
        self.curves = VGroup(*self._curves)
        super().__init__(self.area, self.curves)
        self.set_step(step)

    def set_step(self, step: float) -> Self:
        """Draw every curve up to `step`."""
        self.step = float(step)
        for curve in self._curves:
            curve.set_step(step)
        self._part_names()
        return self

    def _part_names(self) -> None:
        """Move names that would stand on each other apart, upwards."""
        names = sorted(
            (curve.tip for curve in self._curves if isinstance(curve.tip, Label)),
            key=lambda name: float(name.get_center()[1]),
        )
        for lower, upper in pairwise(names):
            missing = 0.34 - float(upper.get_center()[1] - lower.get_center()[1])
            if missing > 0:
                upper.shift(missing * UP)

    @classmethod
    def example(cls) -> Self:
        """Three learning rates on the bowl."""
        walks = [
            descent.descend(landscapes.get("bowl"), [2.0, 1.5], learning_rate=rate, steps=20)
            for rate in (0.05, 0.3, 0.7)
        ]
        names = ["rate 0.05", "rate 0.3", "rate 0.7"]
        return cls([walk.losses for walk in walks], names=names, step=20)
