"""The LSTM cell: the conveyor of the cell state, three valves on it, and the units that set them.

Everything that flows (cell state, new content, output) runs in pipes, filled as wide as the
number is large; everything that decides (the gates) sets a valve on a pipe, open by its number.
No wire crosses another.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Self

import numpy as np
from manim import (
    LEFT,
    RIGHT,
    UP,
    RoundedRectangle,
    VGroup,
    VMobject,
    smooth,
)
from numpy.typing import NDArray

from vizdl import style
from vizdl.engines import lstm
from vizdl.mobjects.advance import InPlace
from vizdl.mobjects.flag import Flag
from vizdl.mobjects.gate import NAME_SIZE, Activation, Sum, Valve
from vizdl.mobjects.paper import segments
from vizdl.mobjects.text import Label, Maths, Number
from vizdl.mobjects.wire import FLOW, STROKE, Points, Wire, join

TOP, MIDDLE = 1.55, -1.05  # heights of the conveyor and of the units
UPPER, LOWER = -2.27, -2.47  # of the two strands of the bus: hidden state over input
COLUMNS = {"f": -3.85, "i": -1.75, "g": 0.35, "o": 2.45, "h": 4.2}
EDGE, END = 5.3, 6.35  # where the body ends, where the wires end
BORE, NARROW = 0.52, 0.4  # of the conveyor, of the other pipes
BELT = 16  # marks on the conveyor
STATES = ("i", "f", "g", "o", "c_prev", "c", "h_prev", "h")


class LSTMCell(VGroup):
    """One cell of an LSTM with all its numbers, changed in place by `set_step`.

        c_t = f_t c_(t-1) + i_t g_t,    h_t = o_t tanh(c_t)

    `inputs` names the numbers that come in; those also named in `flags` are drawn as flags.
    `limit` is the size of a cell state that fills the conveyor. Parts to point at: `forget`,
    `input`, `candidate`, `output` (units), `product_f`, `product_i`, `product_o` (valves), `sum`,
    `tanh`, `conveyor`, `port`, `body`, `readings[name]` (numbers) and `wires[name]`.

    >>> cell = LSTMCell(inputs=("value", "store"), flags=("store",))
    >>> cell = cell.set_step(f=0.05, i=0.97, g=-0.49, o=0.02, c_prev=0.68, c=-0.44, x=(-0.41, 1))
    >>> round(cell.kept, 3)
    0.034
    """

    def __init__(
        self,
        *,
        inputs: Sequence[str] = ("x",),
        flags: Sequence[str] = (),
        limit: float = 1.0,
    ) -> None:
        super().__init__()
        self.limit = limit
        self.values = dict.fromkeys(STATES, 0.0)
        self.x = np.zeros(len(inputs))
        self.body = RoundedRectangle(width=2 * EDGE, height=5.05, corner_radius=0.3)
        self.body.move_to((0, (2.28 - 2.77) / 2, 0))
        self.body.set_fill(style.SURFACE.dark, opacity=0.75).set_stroke(style.GRID.dark, width=2)
        self._lay_wires()
        self._place_units()
        self._place_readings()
        self.port = InputPort(inputs, flags)
        self.port.move_to((-END, LOWER - 0.62, 0), aligned_edge=LEFT)
        self.belt = VMobject().set_stroke(style.BACKGROUND.dark, width=3, opacity=0.55)
        self.belt.set_z_index(FLOW)
        self.phase = 0.0
        for part in (*self.units, *self.nodes, *self.taps):
            for piece in part.get_family():
                piece.set_z_index(FLOW + 1)
        self.add(self.body, *self.wires.values(), self.belt, self.taps, *self.units, *self.nodes)
        self.add(*self.symbols.values(), *self.readings.values(), self.port)
        self.set_step()

    @classmethod
    def example(cls) -> Self:
        """The last step of a small, untrained LSTM on one sequence."""
        model = lstm.init(1, 3, seed=4)
        run = lstm.forward(model, np.linspace(-2, 2, 9).reshape(9, 1, 1))
        cell = cls(limit=0.6)
        gates = {name: getattr(run, name)[-1, 0, 0] for name in lstm.GATES}
        states = {"c_prev": run.c[-2], "c": run.c[-1], "h_prev": run.h[-2], "h": run.h[-1]}
        shown = {name: value[0, 0] for name, value in states.items()}
        return cell.set_step(**gates, **shown, x=run.x[-1, 0])

    # What stands where

    def _lay_wires(self) -> None:
        f, i, g, o, h = (COLUMNS[name] for name in "figoh")
        cell, hidden, data = style.CELL.dark, style.HIDDEN.dark, style.DATA.dark
        new = style.CANDIDATE.dark
        base, top = MIDDLE - 0.875, MIDDLE + 0.875  # lower and upper edge of the units
        pipe: dict[str, Any] = {"bore": BORE}
        narrow: dict[str, Any] = {"bore": NARROW}
        self.wires: dict[str, Wire] = {
            "h_prev": Wire([(-END, UPPER), (o, UPPER)], color=hidden, width=0.1),
            "x": Wire([(-4.9, LOWER - 0.3), (-4.9, LOWER), (o, LOWER)], color=data, width=0.1),
            **{
                f"to_{name}": Wire([(x, UPPER + 0.05), (x, base)], color=data, width=0.05)
                for name, x in (("f", f), ("i", i), ("g", g), ("o", o))
            },
            "squash": Wire([(h, TOP), (h, 0.45)], color=cell, **narrow),
            "c_prev": Wire([(-END, TOP), (f, TOP)], color=cell, **pipe),
            "kept": Wire([(f, TOP), (g, TOP)], color=cell, **pipe),
            "c": Wire([(g, TOP), (END, TOP)], color=cell, **pipe),
            "g": Wire([(g, top), (g, 0.5)], color=new, **narrow),
            "stored": Wire([(g, 0.5), (g, TOP)], color=new, **narrow),
            "squashed": Wire([(h, 0.45), (h, MIDDLE)], color=cell, **narrow),
            "h": Wire([(h, MIDDLE), (h, -2.37), (END, -2.37)], color=hidden, **narrow),
            "f": Wire([(f, top), (f, TOP - 0.42)], color=style.FORGET_GATE.dark, width=0.11),
            "i": Wire([(i, top), (i, 0.5), (g - 0.34, 0.5)], color=style.INPUT_GATE.dark,
                      width=0.11),
            "o": Wire([(o + 0.875, MIDDLE), (h - 0.34, MIDDLE)], color=style.OUTPUT_GATE.dark,
                      width=0.11),
        }  # fmt: skip
        self.conveyor = VGroup(*[self.wires[name] for name in ("c_prev", "kept", "c")])
        self.taps = VGroup()
        for x in (f, i, g, o):
            tap = RoundedRectangle(width=0.16, height=0.38, corner_radius=0.08, stroke_width=0)
            tap.set_fill(style.MUTED.dark, opacity=1).move_to((x, (UPPER + LOWER) / 2, 0))
            self.taps.add(tap)

    def _place_units(self) -> None:
        self.forget = self._unit("sigmoid", "forget", "f", style.FORGET_GATE)
        self.input = self._unit("sigmoid", "input", "i", style.INPUT_GATE)
        self.candidate = self._unit("tanh", "candidate", "g", style.CANDIDATE)
        self.output = self._unit("sigmoid", "output", "o", style.OUTPUT_GATE)
        self.tanh = Activation("tanh", color=style.CELL.dark, width=1.25, height=0.85)
        self.tanh.move_to((COLUMNS["h"], 0.45, 0))
        self.units = VGroup(self.forget, self.input, self.candidate, self.output, self.tanh)
        self.product_f = Valve(color=style.FORGET_GATE.dark, bore=BORE * 0.84)
        self.product_f.move_to((COLUMNS["f"], TOP, 0))
        narrow: dict[str, Any] = {"radius": 0.34, "bore": NARROW * 0.84, "vertical": True}
        self.product_i = Valve(color=style.INPUT_GATE.dark, **narrow)
        self.product_i.move_to((COLUMNS["g"], 0.5, 0))
        self.product_o = Valve(color=style.OUTPUT_GATE.dark, **narrow)
        self.product_o.move_to((COLUMNS["h"], MIDDLE, 0))
        self.sum = Sum(radius=0.4)
        self.sum.move_to((COLUMNS["g"], TOP, 0))
        self.nodes = VGroup(self.product_f, self.product_i, self.product_o, self.sum)

    def _unit(self, function: Any, name: str, letter: str, role: style.Role) -> Activation:
        unit = Activation(function, name=name, symbol=f"{letter}_t", color=role.dark)
        return unit.move_to((COLUMNS[letter], MIDDLE, 0))

    def _place_readings(self) -> None:
        """The numbers outside the units, and the symbols of what comes in and goes out."""
        f, g, h = (COLUMNS[name] for name in "fgh")
        edge = (EDGE + END) / 2 + 0.06
        cell, hidden = style.CELL.dark, style.HIDDEN.dark
        places: dict[str, tuple[float, float, str]] = {
            "c_prev": (-edge, TOP - 0.52, cell),
            "kept": ((f + g) / 2, TOP + 0.5, cell),
            "stored": (g + 0.95, 0.98, style.CANDIDATE.dark),
            "c": (edge, TOP - 0.52, cell),
            "squashed": (h + 0.66, -0.3, cell),
            "h_prev": (-edge, UPPER + 0.35, hidden),
            "h": (edge, -2.37 - 0.45, hidden),
        }
        self.readings: dict[str, Number] = {}
        for name, (x, y, color) in places.items():
            reading = Number(0.88, sign=True, size=NAME_SIZE, color=color)
            self.readings[name] = reading.move_to((x, y, 0))
        self.symbols: dict[str, Maths | Label] = {
            "c_prev": Maths("c_(t-1)", color=cell).move_to((-edge, TOP + 0.52, 0)),
            "c": Maths("c_t", color=cell).move_to((edge, TOP + 0.52, 0)),
            "h_prev": Maths("h_(t-1)", color=hidden).move_to((-edge, UPPER + 0.75, 0)),
            "h": Maths("h_t", color=hidden).move_to((edge, -2.37 + 0.45, 0)),
        }
        self.symbols["tanh"] = Label("tanh", size=NAME_SIZE, color=cell, bold=True)
        self.symbols["tanh"].move_to((h - 1.05, 0.45, 0))

    # What it shows

    def scale(self, scale_factor: float, scale_stroke: bool = True, **options: Any) -> Self:
        """Scale everything, the widths of pipes and wires too."""
        super().scale(scale_factor, scale_stroke=scale_stroke, **options)
        return self

    @property
    def kept(self) -> float:
        """f_t c_(t-1), what the forget gate let through."""
        return self.values["f"] * self.values["c_prev"]

    @property
    def stored(self) -> float:
        """i_t g_t, what the input gate let in."""
        return self.values["i"] * self.values["g"]

    @property
    def squashed(self) -> float:
        """tanh(c_t), what the output gate may let out."""
        return math.tanh(self.values["c"])

    def set_step(self, *, x: Sequence[float] | None = None, **values: float) -> Self:
        """Show the numbers of one step; those left out stay.

        i, f, g, o, c_prev, c, h_prev, h are numbers, x has one for each of `inputs`. A number
        that is not known yet is ``nan``: it shows as "−" and its pipe is empty.
        """
        if unknown := set(values) - set(STATES):
            raise TypeError(f"set_step knows x and {', '.join(STATES)}, not {min(unknown)}")
        if x is not None:
            if len(x) != len(self.x):
                raise ValueError(f"x must have {len(self.x)} numbers, got {len(x)}")
            self.x = np.asarray(x, dtype=float)
            self.port.set_values(self.x)
        self.values.update({name: float(value) for name, value in values.items()})
        v = self.values
        units = (self.forget, self.input, self.candidate, self.output)
        for unit, name in zip(units, "figo", strict=True):
            _show(unit.set_value, unit.value, v[name])
        _show(self.tanh.set_value, self.tanh.value, self.squashed)
        for valve, name in ((self.product_f, "f"), (self.product_i, "i"), (self.product_o, "o")):
            _show(valve.set_opening, valve.opening, v[name])
        flows = {name: v[name] for name in ("f", "i", "o", "g", "h", "h_prev")} | {
            "c_prev": v["c_prev"] / self.limit, "kept": self.kept / self.limit,
            "c": v["c"] / self.limit, "squash": v["c"] / self.limit, "squashed": self.squashed,
            "stored": self.stored, "x": float(np.abs(self.x).max()),
            "to_f": 1.0, "to_i": 1.0, "to_g": 1.0, "to_o": 1.0,
        }  # fmt: skip
        for name, flow in flows.items():
            _show(self.wires[name].set_flow, self.wires[name].flow_now, flow)
        for name, reading in self.readings.items():
            reading.set_value(v[name] if name in v else getattr(self, name))
        return self.set_phase(self.phase)

    def set_phase(self, phase: float) -> Self:
        """Move the belt of the conveyor: its marks come round again after each whole number."""
        self.phase = phase
        left, right = (self.wires[k].track.points[j] for k, j in (("c_prev", 0), ("c", -1)))
        scale = self.wires["c_prev"].scale_now()
        left, right = left + 0.1 * scale * RIGHT, right - 0.1 * scale * RIGHT  # no mark sticks out
        shares = (np.arange(BELT) + phase % 1) / BELT
        spots = left + shares[:, None] * (right - left)  # (BELT, 3)
        ends = [self.wires[name].track.points[-1, 0] for name in ("c_prev", "kept")]
        pipes = [self.wires[name].flow.get_stroke_width() for name in ("c_prev", "kept", "c")]
        half = np.array(pipes)[np.searchsorted(ends, spots[:, 0])] / STROKE / 2
        wide = half >= 0.03 * scale
        spots, half = spots[wide], half[wide, None]
        tips = spots + 0.45 * half * RIGHT
        corners = [spots - 0.45 * half * RIGHT + side * half * UP for side in (1, -1)]
        lines = [segments(corners[0], tips), segments(tips, corners[1])]
        self.belt.points = np.stack(lines, axis=1).reshape(-1, 3)
        return self

    def to(self, *, x: Sequence[float] | None = None, **values: float) -> SetStep:
        """The animation in which these numbers tick from what they are to what is given.

        `drift=1` moves the belt on by one mark; `run_time` and `rate_func` as everywhere.
        """
        return SetStep(self, x=x, **values)

    def route(self, *names: str, reverse: bool = False) -> Points:
        """The way along wires, one after the other, such as ``route("c_prev", "kept", "c")``."""
        line = join(*[self.wires[name].path() for name in names])
        return line[::-1] if reverse else line

    def bus(self, source: str, unit: str) -> Points:
        """The way of the input ``x`` or the state ``h_prev`` along the bus, up into a unit."""
        strand = self.wires[source].path()
        tap = self.wires[f"to_{unit}"].path()
        return join(strand[strand[:, 0] <= tap[0, 0] + 1e-6], tap)


def _show(setter: Callable[[float], Any], shown: float, value: float) -> None:
    """Have a part show another number; what it shows already is left as it is."""
    if shown != value and not (math.isnan(shown) and math.isnan(value)):
        setter(value)


class SetStep(InPlace):
    """Let the numbers of an `LSTMCell` tick to a step, pipes, valves and dots with them."""

    def __init__(
        self, cell: LSTMCell, *, x: Sequence[float] | None = None, **values: float
    ) -> None:
        options = {k: values.pop(k) for k in ("run_time", "rate_func") if k in values}
        self.drift = values.pop("drift", 0.0)
        self.cell: LSTMCell = cell
        self.goals = values
        self.goal_x = None if x is None else np.asarray(x, dtype=float)
        super().__init__(cell, **{"rate_func": smooth, **options})  # type: ignore[arg-type]

    def begin(self) -> None:
        """Start from what the cell shows now."""
        self.first = {name: self.cell.values[name] for name in self.goals}
        self.first_x, self.first_phase = self.cell.x.copy(), self.cell.phase
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        """Show the numbers at the share `alpha` of the time."""
        share = float(self.rate_func(alpha))
        first = {k: 0.0 if math.isnan(v) else v for k, v in self.first.items()}
        mixed = {k: (1 - share) * first[k] + share * to for k, to in self.goals.items()}
        x = None if self.goal_x is None else (1 - share) * self.first_x + share * self.goal_x
        self.cell.phase = self.first_phase + alpha * self.drift
        self.cell.set_step(x=x, **mixed)  # type: ignore[arg-type]


class InputPort(VGroup):
    """Where the input comes in: each number with its name, or a flag with its name.

    ``InputPort(("value", "store"), flags=("store",)).set_values((0.4, 1))``
    """

    def __init__(self, inputs: Sequence[str], flags: Sequence[str] = ()) -> None:
        super().__init__()
        self.symbol = Maths("x_t", color=style.DATA.dark)
        self.names, self.shown = VGroup(), VGroup()
        row = VGroup(self.symbol)
        for name in inputs:
            label = Label(name, size=NAME_SIZE, color=style.DATA.dark)
            if name in flags:
                mark: Flag | Number = Flag(height=0.34)
                row.add(VGroup(mark, label).arrange(RIGHT, buff=0.1))
            else:
                mark = Number(0.88, sign=True, size=NAME_SIZE, color=style.DATA.dark)
                row.add(VGroup(label, mark).arrange(RIGHT, buff=0.15))
            self.names.add(label)
            self.shown.add(mark)
        row.arrange(RIGHT, buff=0.4)
        self.box = RoundedRectangle(width=row.width + 0.5, height=0.6, corner_radius=0.16)
        self.box.set_fill(style.BACKGROUND.dark, opacity=1).set_stroke(style.DATA.dark, width=2)
        row.move_to(self.box)
        for item in row:
            item.match_y(self.box)
        self.add(self.box, row)

    @classmethod
    def example(cls) -> InputPort:
        """A value that comes with a raised flag."""
        return cls(("value", "store"), flags=("store",)).set_values((0.4, 1))

    def set_values(self, x: Sequence[float] | NDArray[np.float64]) -> InputPort:
        """Show these numbers."""
        for mark, value in zip(self.shown, x, strict=True):
            if isinstance(mark, Flag):
                mark.set_raised(min(1.0, max(0.0, float(value))))
            else:
                mark.set_value(float(value))
        return self
