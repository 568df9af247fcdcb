"""Watch an LSTM decide, with its real numbers, what to forget."""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import (
    DOWN,
    RIGHT,
    UL,
    UP,
    Animation,
    Dot,
    FadeIn,
    FadeOut,
    LaggedStart,
    RoundedRectangle,
    UpdateFromAlphaFunc,
    VGroup,
    linear,
)

from vizdl import style
from vizdl.experiments import lstm_gates
from vizdl.mobjects.advance import Advance, Tick
from vizdl.mobjects.arithmetic import Arithmetic
from vizdl.mobjects.lstm_cell import LSTMCell
from vizdl.mobjects.story import Story, beat
from vizdl.mobjects.switch import Switchboard
from vizdl.mobjects.text import Label, Number
from vizdl.mobjects.timeline import Timeline
from vizdl.mobjects.wire import Pulse, Ride, Token, join

FORGET, INPUT = style.FORGET_GATE.dark, style.INPUT_GATE.dark
NEW, OUTPUT = style.CANDIDATE.dark, style.OUTPUT_GATE.dark
CELL, HIDDEN, DATA = style.CELL.dark, style.HIDDEN.dark, style.DATA.dark
DECISIONS = {
    "f": ("forget", "keep", FORGET),
    "i": ("ignore", "store", INPUT),
    "o": ("hide", "show", OUTPUT),
}
ABOVE = 2.56  # height of the arithmetic, over the cell
SHRUNK = 0.62  # the cell, when the sequence runs beneath it
RUN = 13.2  # seconds of the sequence
PACE = {"store": 3.0, "ask": 2.0, "plain": 1.0}  # shares of it that a step gets


class LstmGates(Story):
    """The cell, its three valves on real steps, then a sequence that runs through them."""

    title = "The gates of an LSTM"
    experiment = lstm_gates
    line: Arithmetic | None = None

    def construct(self) -> None:
        """The storyboard."""
        self.open("How does a network decide what to forget?")
        self.the_cell()
        self.forget()
        self.store()
        self.update()
        self.output()
        self.a_sequence()
        self.close(
            "forget_at_flags",
            "forget_between",
            "update_error",
            "recall_error",
            say="Nobody told it when to forget. It learned that from its errors.",
        )

    @beat
    def the_cell(self) -> None:
        """The conveyor first, then what may touch it."""
        self.cell = cell = LSTMCell(inputs=lstm_gates.INPUTS, flags=("store", "ask"))
        cell.set_step(**self.numbers(self.trace.store_step - 1))
        wires, readings, symbols = cell.wires, cell.readings, cell.symbols
        state = [readings["c_prev"], readings["c"], symbols["c_prev"], symbols["c"]]
        shown = [wires["squash"], wires["squashed"], wires["h"], cell.tanh, symbols["tanh"]]
        shown += [readings["squashed"], readings["h"], symbols["h"]]
        bus = [wires["h_prev"], wires["x"], cell.port, cell.taps, readings["h_prev"]]
        bus += [symbols["h_prev"], *[wires[f"to_{name}"] for name in "figo"]]
        rods = [wires[name] for name in ("f", "i", "o", "g", "stored")]
        self.say("An LSTM carries its cell state along a conveyor, apart from what it shows.")
        self.play(FadeIn(cell.body, *cell.conveyor, cell.belt, *state), run_time=style.NORMAL)
        drift = UpdateFromAlphaFunc(cell.belt, lambda belt, alpha: cell.set_phase(3 * alpha))
        self.play(drift, FadeIn(*shown), run_time=1.7 * style.SLOW, rate_func=linear)
        self.say("Four small layers read input and last output. Three of them set valves.")
        self.play(FadeIn(*bus), run_time=style.QUICK)
        units = [FadeIn(unit, shift=0.2 * UP) for unit in cell.units[:4]]
        self.play(LaggedStart(*units, lag_ratio=0.3), run_time=1.5)
        nodes = [FadeIn(node, scale=0.5) for node in (*cell.nodes[:3], cell.sum)]
        self.play(FadeIn(*rods), LaggedStart(*nodes, lag_ratio=0.3), run_time=1.5)
        self.play(FadeIn(readings["kept"], readings["stored"]), run_time=style.QUICK)
        self.add(cell)

    @beat
    def forget(self) -> None:
        """What the forget gate leaves of the cell state at a store flag."""
        cell, now = self.cell, self.numbers(self.trace.store_step)
        self.say("A new value comes with a store flag. It reaches every unit.")
        self.next_step(now, seconds=1.6)
        self.say(f"The forget gate answers {two(now['f'])}: its valve {verb(now['f'])}.")
        wires = [cell.wires[name] for name in ("f", "c_prev", "kept")]
        signs = [cell.readings["c_prev"], cell.readings["kept"], cell.symbols["c_prev"]]
        self.spotlight(cell.forget, cell.product_f, cell.sum, cell.belt, *wires, *signs)
        self.play(cell.to(f=now["f"]), run_time=1.3)
        line = Arithmetic(
            "{{ f_t : a }} dot.o {{ c_(t-1) : b }} =", now["f"], now["c_prev"], cell.kept
        )
        line.paint(FORGET, CELL, CELL).move_to([cell.product_f.get_x() + 0.3, ABOVE, 0])
        self.fetch(line, cell.forget.number, cell.readings["c_prev"])
        self.say(f"Of {two(now['c_prev'])} it lets through {two(cell.kept)}.")
        way = join(cell.wires["c_prev"].path(0.2, 1), cell.wires["kept"].path(0, 0.5))
        self.send(Token(now["c_prev"], color=CELL), cell.kept, way, line, tick=(0.44, 0.6))

    @beat
    def store(self) -> None:
        """What the input gate lets in of the candidate."""
        cell, now = self.cell, self.numbers(self.trace.store_step)
        self.say(f"The input gate answers {two(now['i'])}: its valve {verb(now['i'])}.")
        wires = [cell.wires[name] for name in ("i", "g", "stored")]
        nodes = [cell.product_i, cell.sum, cell.readings["stored"]]
        self.spotlight(cell.input, cell.candidate, *nodes, *wires)
        self.play(cell.to(i=now["i"], g=now["g"]), run_time=1.3)
        line = Arithmetic("{{ i_t : a }} dot.o {{ g_t : b }} =", now["i"], now["g"], cell.stored)
        line.paint(INPUT, NEW, NEW).move_to([cell.sum.get_x(), ABOVE, 0])
        self.fetch(line, cell.input.number, cell.candidate.number)
        self.say(f"Of the candidate {two(now['g'])} it lets in {two(cell.stored)}.")
        way = join(cell.wires["g"].path(), cell.wires["stored"].path(0, 0.45))
        self.send(Token(now["g"], color=NEW), cell.stored, way, line, tick=(0.4, 0.75))

    @beat
    def update(self) -> None:
        """The sum that is the new cell state; then a step at which nothing may change."""
        cell, now = self.cell, self.numbers(self.trace.store_step)
        self.say("What is kept and what is new add up to the new cell state.")
        wires = [cell.wires[name] for name in ("kept", "stored", "c", "squash")]
        signs = [cell.readings[name] for name in ("kept", "stored", "c")]
        nodes = [cell.sum, cell.product_f, cell.product_i, cell.tanh, cell.belt]
        self.spotlight(*nodes, *wires, *signs, cell.symbols["c"])
        line = Arithmetic("{{ c_t : c }} =", cell.kept, cell.stored, now["c"], times=False)
        line.paint(CELL, NEW, CELL).move_to([cell.sum.get_x(), ABOVE, 0])
        self.fetch(line, cell.readings["kept"], cell.readings["stored"])
        kept, new = Token(cell.kept, color=CELL), Token(cell.stored, color=NEW)
        self.play(
            Ride(kept, cell.wires["kept"].path(0.5, 0.8)),
            Ride(new, cell.wires["stored"].path(0.45, 0.7)),
        )
        self.remove(kept, new)
        way = cell.wires["c"].path(0, 0.8)
        self.send(Token(cell.kept, color=CELL), now["c"], way, line, tick=(0, 0.15), c=now["c"])
        self.unspotlight()
        self.play(cell.to(o=now["o"], h=now["h"]), run_time=0.7)
        self.distract()

    def distract(self) -> None:
        """A later step without a flag: the same valves, the other way round."""
        cell, later = self.cell, self.numbers(self.trace.hold_step)
        value, f, i = two(later["x"][0]), two(later["f"]), two(later["i"])
        self.say(f"Later {value} comes by without a flag: forget gate {f}, input gate {i}.")
        self.next_step(later)
        self.play(cell.to(**later, drift=1), run_time=1.3)
        stored, held = two(cell.stored), two(later["c"])
        self.say(f"Of the newcomer {stored} comes in. The conveyor carries {held} on.")
        new, old = Token(later["g"], color=NEW), Token(later["c_prev"], color=CELL)
        in_, out = cell.wires["stored"].path(0, 0.45), cell.wires["c"].path(0, 0.8)
        self.play(
            Ride(new, join(cell.wires["g"].path(), in_), to=cell.stored, tick=(0.4, 0.75)),
            Ride(
                old,
                join(cell.wires["c_prev"].path(0.2, 1), cell.route("kept"), out),
                to=later["c"],
                tick=(0.2, 0.6),
            ),
            cell.to(drift=2),
            run_time=1.4 * style.SLOW,
        )
        self.play(FadeOut(new, scale=0.2), FadeOut(old), run_time=style.QUICK)

    @beat
    def output(self) -> None:
        """The filter: shut until the memory is asked for."""
        cell, now = self.cell, self.numbers(self.trace.ask_step)
        shut = two(cell.values["o"])
        self.say(f"And what is shown? Nothing was asked: the output gate stands at {shut}.")
        wires = [cell.wires[name] for name in ("o", "squash", "squashed", "h", "c")]
        lit = [cell.output, cell.product_o, cell.tanh, cell.symbols["tanh"], cell.sum, cell.belt]
        lit += [*wires, cell.readings["squashed"], cell.readings["h"], cell.symbols["h"]]
        self.spotlight(*lit)
        hidden = Token(cell.squashed, color=CELL)
        way = join(cell.wires["squashed"].path(0.2, 1), cell.wires["h"].path(0, 0.25))
        leak = cell.values["h"]
        self.play(Ride(hidden, way, to=leak, tick=(0.5, 0.75)), run_time=style.SLOW)
        self.play(FadeOut(hidden, scale=0.2), run_time=style.QUICK)
        self.unspotlight()
        self.say("Some steps later an ask flag comes.")
        self.next_step(now, cell.to(**pick(now, "f", "i", "g", "c"), drift=1))
        self.say(f"The output gate answers {two(now['o'])}: the cell shows {two(now['h'])}.")
        self.spotlight(*lit)
        self.play(cell.to(o=now["o"]), run_time=1.3)
        line = Arithmetic(
            "{{ h_t : c }} = {{ o_t : a }} dot.o {{ tanh c_t : b }} =",
            now["o"],
            cell.squashed,
            now["h"],
        )
        line.paint(OUTPUT, CELL, HIDDEN).move_to([2.8, ABOVE, 0])
        self.fetch(line, cell.output.number, cell.readings["squashed"])
        way = join(cell.wires["squashed"].path(0.2, 1), cell.wires["h"].path(0, 0.8))
        self.send(Token(cell.squashed, color=HIDDEN), now["h"], way, line, tick=(0.2, 0.4),
                  h=now["h"])  # fmt: skip

    @beat
    def a_sequence(self) -> None:
        """The whole sequence runs through the cell, its history grows beneath it."""
        self.say("Now a whole sequence runs through it.")
        self.set_stage()
        trace = self.trace
        store, ask = trace.inputs[:, 1] > 0, trace.inputs[:, 2] > 0
        flags = np.flatnonzero(store)
        again = two(trace.f[flags[1], trace.unit])
        words = {
            flags[0]: "A store flag: forget the old, store the new.",
            flags[0] + 3: "No flag: keep, whatever passes by. Asked: show it.",
            flags[-1]: "Every flag brings a value, and the cell carries it to the next flag.",
            flags[1]: f"A flag again: the forget gate stands at {again}.",
        }
        kinds = np.select([store, ask], ["store", "ask"], "plain")
        weights = np.array([PACE[kind] for kind in kinds])
        for t, seconds in enumerate(RUN * weights / weights.sum()):
            if t in words:
                self.say(words[t])
            self.advance(t, float(seconds))

    def set_stage(self) -> None:
        """The cell moves up to the left; beside it what its gates decide, beneath it the strip."""
        self.strip, cell = self.timeline(), self.cell
        self.board = Switchboard(DECISIONS).set_values(pick(cell.values, "f", "i", "o"))
        self.memory = Number(cell.x[0], sign=True, color=DATA)
        self.answer = Number(cell.values["h"], sign=True, color=HIDDEN)
        rows = VGroup()
        for name, shown in (("last stored value", self.memory), ("answer", self.answer)):
            label = Label(name, color=shown.number_color)
            rows.add(VGroup(label, shown).arrange(RIGHT, buff=0.3))
        rows.arrange(DOWN, buff=0.2, aligned_edge=RIGHT)
        VGroup(self.board, rows).arrange(DOWN, buff=0.45)
        card = RoundedRectangle(width=4.2, height=3.13, corner_radius=0.2, stroke_width=0)
        card.set_fill(style.SURFACE.dark, opacity=0.75)
        self.panel = VGroup(card, self.board, rows)
        VGroup(self.board, rows).move_to(card)
        self.panel.move_to([6.4, 2.75, 0], aligned_edge=UP + RIGHT)
        self.memory.set_value(np.nan)  # nothing yet; laid out with a number, so that it has room
        self.answer.set_value(np.nan)
        self.play(
            FadeOut(self.line),
            cell.animate.scale(SHRUNK).move_to([-6.4, 2.75, 0], aligned_edge=UL),
            run_time=style.NORMAL,
        )
        self.play(FadeIn(self.strip, shift=0.2 * UP), FadeIn(self.panel), run_time=style.NORMAL)

    def advance(self, t: int, seconds: float) -> None:
        """One step: the input leaves the strip for the cell, the new state drops into the strip."""
        now, cell, strip = self.numbers(t), self.cell, self.strip
        came, went = Dot(color=DATA, radius=0.09), Dot(color=CELL, radius=0.09)
        for dot in (came, went):
            dot.set_z_index(70)
        there, port = strip.column(t, "value"), cell.port.box.get_bottom()
        below = strip.column(t, "cell state")
        self.play(
            Ride(came, join(np.array([there, port]))),
            cell.to(**pick(now, "x", "c_prev", "h_prev", "i", "f", "g", "o"), drift=0.5),
            self.board.to(pick(now, "f", "i", "o")),
            Tick(self.memory, self.trace.memory[t]),
            Advance(strip, to=t + 0.35),
            run_time=0.55 * seconds,
        )
        self.remove(came)
        self.play(
            Ride(went, join(np.array([cell.wires["c"].path()[-8], below]))),
            cell.to(c=now["c"], h=now["h"], drift=0.5),
            Tick(self.answer, self.trace.predictions[t]),
            Advance(strip, to=t + 1),
            run_time=0.45 * seconds,
        )
        self.remove(went)
        if self.trace.inputs[t, 1] > 0:  # it forgot: of several such moments the last one counts
            self.poster()

    def timeline(self) -> Timeline:
        """The strip: what comes in, what the forget gate does, what is kept, what is answered."""
        trace, k = self.trace, self.trace.unit
        value, store, ask = trace.inputs.T
        asked_for = np.where(ask > 0, trace.targets, np.nan)
        strip = Timeline(len(trace.inputs), width=12.8)
        strip.add_flags("store", store > 0, height=0.28)
        strip.add_bars("value", value, known=True, bright=store > 0, limit=1, height=0.44)
        strip.add_gates("forget gate", trace.f[:, k], color=FORGET, height=0.32)
        strip.add_bars("cell state", trace.c[1:, k], color=CELL, height=0.46)
        strip.add_flags("ask", ask > 0, height=0.28)
        answers = trace.predictions
        limit = max(1.0, float(np.abs(answers).max()))
        strip.add_bars("answer", answers, color=HIDDEN, marks=asked_for, limit=limit, height=0.44)
        return strip.move_to([0, -3.58, 0], aligned_edge=DOWN)

    # What several beats need

    def numbers(self, t: int) -> dict[str, Any]:
        """Everything that the cell shows at step t, of the unit on stage."""
        trace, k = self.trace, self.trace.unit
        gates = {name: float(getattr(trace, name)[t, k]) for name in "ifgo"}
        states = {name: float(getattr(trace, name)[t + 1, k]) for name in "ch"}
        before = {f"{name}_prev": float(getattr(trace, name)[t, k]) for name in "ch"}
        return {**gates, **states, **before, "x": trace.inputs[t]}

    def next_step(
        self, now: dict[str, Any], *meanwhile: Animation, seconds: float = style.NORMAL
    ) -> None:
        """What went out on the right comes in on the left, and the input reaches every unit."""
        cell, gone = self.cell, [self.line] if self.line else []
        ends = (("c", (0.8, 1.0), (0.0, 0.3), CELL), ("h", (0.6, 1.0), (0.0, 0.15), HIDDEN))
        rides = []
        for name, out, back, color in ends:
            leaves = Token(cell.values[name], color=color)
            enters = Token(now[f"{name}_prev"], color=color)
            rides.append(FadeOut(leaves.move_to(cell.wires[name].path(*out)[0]), shift=RIGHT))
            rides.append(
                FadeIn(enters.move_to(cell.wires[f"{name}_prev"].path(*back)[-1]), shift=RIGHT)
            )
        blank = {"c": np.nan, "h": np.nan}
        cell.set_step(**pick(now, "c_prev", "h_prev"))
        self.play(
            *rides,
            *[FadeOut(line) for line in gone],
            cell.to(x=now["x"], **blank, drift=1),
            run_time=seconds,
        )
        self.line = None
        bus = cell.bus
        runs = [Pulse(bus("x", unit), color=DATA, size=0.2) for unit in "figo"]
        runs += [Pulse(bus("h_prev", unit), color=HIDDEN, size=0.2) for unit in "figo"]
        self.play(
            *runs, *[FadeOut(ride.mobject) for ride in rides[1::2]], *meanwhile, run_time=seconds
        )

    def fetch(self, line: Arithmetic, first: Number, second: Number) -> None:
        """The two numbers come to the line from where they stand."""
        if self.line:
            self.play(FadeOut(self.line), run_time=0.5 * style.QUICK)
        fetches = [line.fetch(0, first), line.fetch(1, second)]
        self.play(FadeIn(line.words), *fetches, run_time=style.NORMAL)
        self.line = line

    def send(
        self, token: Token, last: float, way: Any, line: Arithmetic, *, tick: Any, **goals: float
    ) -> None:
        """A number rides along `way`, becomes another one on it, and the line says so."""
        first = token.number.value
        self.play(
            Ride(token, way, to=last, tick=tick),
            self.cell.to(drift=2, **goals),
            line.answer(first, tick),
            run_time=style.SLOW,
        )
        self.play(FadeOut(token), run_time=0.5 * style.QUICK)


def pick(numbers: dict[str, Any], *names: str) -> dict[str, Any]:
    """Some of the numbers, by name."""
    return {name: numbers[name] for name in names}


def verb(gate: float) -> str:
    """What a valve does at a gate's number."""
    return "shuts" if gate < 0.5 else "opens"


def two(value: float) -> str:
    """A number as the cell shows it."""
    return f"{value:.2f}".replace("-", "−")
