"""Watch an LSTM decide, with its real numbers, what to forget."""

from __future__ import annotations

from typing import Any

from manim import (
    DOWN,
    UL,
    UP,
    FadeIn,
    FadeOut,
    LaggedStart,
    UpdateFromAlphaFunc,
    linear,
)

from vizdl import style
from vizdl.experiments import lstm_gates
from vizdl.mobjects.advance import Advance
from vizdl.mobjects.arithmetic import Arithmetic
from vizdl.mobjects.lstm_cell import LSTMCell
from vizdl.mobjects.story import Story, beat
from vizdl.mobjects.switch import Switchboard
from vizdl.mobjects.timeline import Timeline
from vizdl.mobjects.wire import Pulse, Ride, Token, join

FORGET, INPUT = style.FORGET_GATE.dark, style.INPUT_GATE.dark
NEW, OUTPUT = style.CANDIDATE.dark, style.OUTPUT_GATE.dark
CELL, HIDDEN = style.CELL.dark, style.HIDDEN.dark
DECISIONS = {
    "f": ("forget", "keep", FORGET),
    "i": ("ignore", "store", INPUT),
    "o": ("hide", "show", OUTPUT),
}
LINE_HEIGHT = 2.56  # of the arithmetic, above the cell
SHRUNK = 0.62  # of the cell, when the sequence runs beneath it
UNHURRIED, BRISK = 1.25, 0.6  # seconds a step


class LstmGates(Story):
    """The cell, its three valves on one real step, then a sequence that runs through them."""

    title = "The gates of an LSTM"
    experiment = lstm_gates

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
            "recall_error",
            say="It learned by itself when to forget and what to keep.",
        )

    @beat
    def the_cell(self) -> None:
        self.cell = cell = LSTMCell(inputs=lstm_gates.INPUTS, flags=("store", "ask"))
        cell.set_step(**self.numbers(self.trace.store_step - 1))
        wires, readings, symbols = cell.wires, cell.readings, cell.symbols
        state = [*cell.conveyor, cell.belt]
        state += [holder[name] for holder in (readings, symbols) for name in ("c_prev", "c")]
        shown = [wires["squash"], wires["squashed"], wires["h"], cell.tanh, symbols["tanh"]]
        shown += [readings["squashed"], readings["h"], symbols["h"]]
        self.say("An LSTM carries its cell state along a conveyor, apart from what it shows.")
        self.play(FadeIn(cell.body, *state), run_time=style.NORMAL)
        drift = UpdateFromAlphaFunc(cell.belt, lambda belt, alpha: cell.set_phase(2 * alpha))
        self.play(drift, FadeIn(*shown), run_time=style.SLOW, rate_func=linear)
        self.say("Four small layers look at the input and at the last output.")
        bus = [wires["h_prev"], wires["x"], cell.port, cell.taps, readings["h_prev"]]
        stems = [wires[f"to_{name}"] for name in "figo"]
        self.play(FadeIn(*bus, symbols["h_prev"], *stems), run_time=style.QUICK)
        units = [FadeIn(unit, shift=0.2 * UP) for unit in cell.units[:4]]
        self.play(LaggedStart(*units, lag_ratio=0.25), run_time=1.5 * style.NORMAL)
        self.say("Three of them set a valve, anywhere from shut to open.")
        rods = [wires[name] for name in ("f", "i", "o", "g", "stored")]
        valves = [FadeIn(node, scale=0.5) for node in (*cell.nodes[:3], cell.sum)]
        self.play(FadeIn(*rods), LaggedStart(*valves, lag_ratio=0.25), run_time=1.5)
        self.play(FadeIn(readings["kept"], readings["stored"]), run_time=style.QUICK)
        self.add(cell)

    @beat
    def forget(self) -> None:
        cell, t = self.cell, self.trace.store_step
        now = self.numbers(t)
        self.say("A new value comes with a store flag. It reaches every unit.")
        self.play(cell.to(**pick(now, "x", "c_prev", "h_prev"), drift=1.0), run_time=1.2)
        self.inform()
        self.say(f"The forget gate answers {two(now['f'])}: its valve shuts.")
        wires = [cell.wires[name] for name in ("f", "c_prev", "kept")]
        readings = [cell.readings["c_prev"], cell.readings["kept"], cell.symbols["c_prev"]]
        self.spotlight(cell.forget, cell.product_f, cell.belt, *wires, *readings)
        self.play(cell.to(f=now["f"]), run_time=1.4)
        line = self.arithmetic(
            "{{ f_t : a }} {{ c_(t-1) : b }} =",
            now["f"],
            now["c_prev"],
            FORGET,
            CELL,
            result=cell.kept,
        )
        self.play(
            FadeIn(line.words),
            line.fetch(0, cell.forget.number),
            line.fetch(1, cell.readings["c_prev"]),
            run_time=style.NORMAL,
        )
        self.say(f"Of {two(now['c_prev'])} only {two(cell.kept)} gets through.")
        way = join(cell.route("c_prev"), cell.wires["kept"].path(0, 0.5))
        self.send(Token(now["c_prev"], color=CELL), cell.kept, way, line, tick=(0.55, 0.68))
        self.line = line

    @beat
    def store(self) -> None:
        cell, now = self.cell, self.numbers(self.trace.store_step)
        self.say(f"The input gate opens, {two(now['i'])}: this value counts.")
        wires = [cell.wires[name] for name in ("i", "g", "stored")]
        self.spotlight(cell.input, cell.candidate, cell.product_i, cell.readings["stored"], *wires)
        self.play(FadeOut(self.line), cell.to(i=now["i"], g=now["g"]), run_time=1.4)
        line = self.arithmetic(
            "{{ i_t : a }} {{ g_t : b }} =", now["i"], now["g"], INPUT, NEW, result=cell.stored
        )
        self.play(
            FadeIn(line.words),
            line.fetch(0, cell.input.number),
            line.fetch(1, cell.candidate.number),
            run_time=style.NORMAL,
        )
        self.say(f"The candidate {two(now['g'])} rises through it, almost whole.")
        way = join(cell.wires["g"].path(), cell.wires["stored"].path(0, 0.45))
        self.send(Token(now["g"], color=NEW), cell.stored, way, line, tick=(0.45, 0.75))
        self.line = line

    @beat
    def update(self) -> None:
        cell, now = self.cell, self.numbers(self.trace.store_step)
        self.say("What is kept and what is new meet: their sum is the new cell state.")
        wires = [cell.wires[name] for name in ("kept", "stored", "c")]
        readings = [cell.readings[name] for name in ("kept", "stored", "c")]
        self.spotlight(cell.sum, cell.belt, *wires, *readings, cell.symbols["c"])
        line = self.arithmetic("c_t =", cell.kept, cell.stored, CELL, NEW, result=now["c"], to=CELL)
        kept, new = Token(cell.kept, color=CELL), Token(cell.stored, color=NEW)
        self.play(
            FadeOut(self.line),
            FadeIn(line.words),
            line.fetch(0, cell.readings["kept"]),
            line.fetch(1, cell.readings["stored"]),
        )
        meet = [Ride(kept, cell.wires["kept"].path(0.5, 1)), Ride(new, cell.route("stored"))]
        self.play(*meet, run_time=style.NORMAL)
        self.remove(kept, new)
        sum_token, way = Token(cell.kept, color=CELL), cell.wires["c"].path(0, 0.92)
        self.send(sum_token, now["c"], way, line, tick=(0.0, 0.15), c=now["c"])
        self.play(FadeOut(line), run_time=style.QUICK)
        self.distract()

    def distract(self) -> None:
        """A later step without a flag: the same valves, the other way round."""
        cell, later = self.cell, self.numbers(self.trace.hold_step)
        value, held = two(later["x"][0]), two(later["c"])
        self.unspotlight()
        self.say(f"Later {value} passes by, with no flag. The valves have changed places.")
        self.play(cell.to(**pick(later, "x", "c_prev", "h_prev", "c", "h"), drift=2), run_time=1)
        self.inform()
        self.play(cell.to(**later), run_time=1.2)
        new = Token(later["g"], color=NEW)
        old = Token(later["c_prev"], color=CELL)
        self.say(f"The newcomer is stopped. The conveyor keeps {held}.")
        self.play(
            Ride(new, cell.wires["g"].path(0, 0.9)),
            Ride(old, cell.route("c_prev", "kept", "c")[:112], to=later["c"], tick=(0.2, 0.6)),
            cell.to(drift=2),
            run_time=style.SLOW,
        )
        self.play(FadeOut(new, scale=0.2), FadeOut(old), run_time=style.QUICK)

    @beat
    def output(self) -> None:
        cell, now = self.cell, self.numbers(self.trace.ask_step)
        shut = two(cell.values["o"])
        self.say(f"And what is shown? Nothing was asked, so the output gate is shut: {shut}.")
        wires = [cell.wires[name] for name in ("o", "squash", "squashed", "h", "c")]
        readings = [cell.readings["squashed"], cell.readings["h"], cell.symbols["h"]]
        lit = [cell.output, cell.product_o, cell.tanh, cell.symbols["tanh"], cell.belt]
        self.spotlight(*lit, *wires, *readings)
        asked = "Now the network is asked for what it remembers."
        self.say(asked)
        self.unspotlight()
        self.play(cell.to(**pick(now, "x", "c_prev", "h_prev", "f", "i", "g", "c"), drift=1))
        self.inform()
        self.spotlight(*lit, *wires, *readings)
        self.say(f"The gate opens to {two(now['o'])}, and the cell shows {two(now['h'])}.")
        self.play(cell.to(o=now["o"]), run_time=1.2)
        squashed = "{{ o_t : a }} {{ tanh c_t : b }} ="
        line = self.arithmetic(
            squashed, now["o"], cell.squashed, OUTPUT, CELL, result=now["h"], to=HIDDEN
        )
        self.play(
            FadeIn(line.words),
            line.fetch(0, cell.output.number),
            line.fetch(1, cell.readings["squashed"]),
        )
        way = join(cell.wires["squashed"].path(0.2, 1), cell.wires["h"].path(0, 0.85))
        self.send(
            Token(cell.squashed, color=HIDDEN), now["h"], way, line, tick=(0.25, 0.4), h=now["h"]
        )
        self.line = line

    @beat
    def a_sequence(self) -> None:
        self.say("Now let a whole sequence run through it.")
        cell, steps = self.cell, len(self.trace.inputs)
        strip, board = self.timeline(), Switchboard(DECISIONS)
        board.set_values(pick(cell.values, "f", "i", "o"))
        self.play(
            FadeOut(self.line),
            cell.animate.scale(SHRUNK).move_to([-6.4, 2.75, 0], aligned_edge=UL),
            run_time=style.NORMAL,
        )
        board.move_to([4.35, cell.body.get_y(), 0])
        self.play(FadeIn(strip, shift=0.2 * UP), FadeIn(board), run_time=style.NORMAL)
        slow = 5
        self.say("At a store flag the red valve shuts: the old value is forgotten.")
        for t in range(slow):
            self.advance(t, strip, board, UNHURRIED)
        self.say("Without a flag it stays open, and the value stays, whatever passes by.")
        for t in range(slow, steps):
            if t == steps // 2 + 3:
                self.say("Only when it is asked does the cell show what it remembers.")
            self.advance(t, strip, board, BRISK)
            if t == self.trace.ask_step:
                self.poster()
        self.wait(style.NORMAL)

    def advance(self, t: int, strip: Timeline, board: Switchboard, seconds: float) -> None:
        """One step of the sequence: gates move, the cell follows, the strip grows by a column."""
        now = self.numbers(t)
        moving = pick(now, "x", "c_prev", "h_prev", "i", "f", "g", "o")
        goals = pick(now, "f", "i", "o")
        self.play(
            self.cell.to(**moving, drift=0.5),
            board.to(goals),
            Advance(strip, to=t + 0.45),
            run_time=0.5 * seconds,
        )
        self.play(
            self.cell.to(c=now["c"], h=now["h"], drift=0.5),
            Advance(strip, to=t + 1),
            run_time=0.5 * seconds,
        )

    def timeline(self) -> Timeline:
        """The strip beneath the cell: what comes in, what the cell does with it, what it says."""
        trace, k = self.trace, self.trace.unit
        value, store, ask = trace.inputs.T
        strip = Timeline(len(trace.inputs), width=12.8)
        strip.add_flags("store", store > 0, height=0.28)
        strip.add_bars("value", value, known=True, bright=store > 0, limit=1, height=0.44)
        strip.add_gates("forget gate", trace.f[:, k], color=FORGET, height=0.32)
        strip.add_bars("cell state", trace.c[1:, k], color=CELL, height=0.46)
        strip.add_flags("ask", ask > 0, height=0.28)
        answer = {"marks": trace.targets, "limit": 1, "height": 0.44}
        strip.add_bars("answer", trace.predictions, color=HIDDEN, **answer)
        return strip.move_to([0, -3.58, 0], aligned_edge=DOWN)

    # Small things that several beats need

    def numbers(self, t: int) -> dict:
        """Everything the cell shows at step t, of the unit on stage."""
        trace, k = self.trace, self.trace.unit
        gates = {name: float(getattr(trace, name)[t, k]) for name in "ifgo"}
        states = {name: float(getattr(trace, name)[t + 1, k]) for name in "ch"}
        before = {f"{name}_prev": float(getattr(trace, name)[t, k]) for name in "ch"}
        return {**gates, **states, **before, "x": trace.inputs[t]}

    def inform(self) -> None:
        """Input and last output run along the bus into the four units."""
        cell, light = self.cell, style.DATA.dark
        runs = [Pulse(cell.bus("x", unit), color=light, size=0.2) for unit in "figo"]
        runs += [Pulse(cell.bus("h_prev", unit), color=HIDDEN, size=0.2) for unit in "figo"]
        self.play(*runs, run_time=1.1)

    def arithmetic(
        self,
        formula: str,
        a: float,
        b: float,
        first: str,
        second: str,
        *,
        result: float,
        to: str | None = None,
    ) -> Arithmetic:
        """The line above the cell; a product, unless the formula names no factors."""
        line = Arithmetic(
            formula, a, b, result, colors=(first, second), color=to or second, times="{" in formula
        )
        return line.move_to([0, LINE_HEIGHT, 0])

    def send(
        self,
        token: Token,
        last: float,
        way: Any,
        line: Arithmetic,
        *,
        tick: tuple[float, float],
        **goals: float,
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


def two(value: float) -> str:
    """A number as the cell shows it."""
    return f"{value:.2f}".replace("-", "−")
