"""A recorded step with what comes in, what is carried on and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vizdl.live import trees
from vizdl.live.nodes import CONSTANT, INPUT, Node, Ref, Shape, compute, needed

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Slot:
    """Something that comes in: its node, and the numbers it has until others are given."""

    ref: Ref
    default: Array


@dataclass(frozen=True, eq=False)
class Run:
    """What n steps left: of each state n + 1 rows, from before the first step on; of each output
    n rows. With `reverse`, rows stand in the order of the sequences: the last step's is first.
    """

    steps: int
    state: dict[str, Array]
    outputs: dict[str, Array]


@dataclass(frozen=True, eq=False)
class Program:
    """A step over named arrays. `following` is the state after it; see `record.record`."""

    nodes: tuple[Node, ...]
    inputs: Mapping[str, Slot]
    state: Mapping[str, Slot]
    sequences: Mapping[str, Slot]
    following: Mapping[str, Ref]
    outputs: Mapping[str, Ref]
    reverse: bool
    stop: str | None

    @property
    def slots(self) -> dict[str, Slot]:
        """Everything that comes in, by name."""
        return {**self.inputs, **self.state, **self.sequences}

    @property
    def shapes(self) -> dict[str, Shape]:
        """The shape of everything that comes in or out, in one step."""
        refs = {name: slot.ref for name, slot in self.slots.items()} | dict(self.outputs)
        return {name: self.nodes[ref].shape for name, ref in refs.items()}

    def step(self, given: Mapping[str, Any]) -> tuple[dict[str, Array], dict[str, Array]]:
        """Take one step in Python from what comes in by name: the state after it, the outputs."""
        results: dict[Ref, Any] = {}
        with np.errstate(all="ignore"):
            for ref in self._order:
                node = self.nodes[ref]
                if node.op == INPUT:
                    results[ref] = given[node.detail]
                elif node.op == CONSTANT:
                    results[ref] = node.detail
                else:
                    results[ref] = compute(node, [results[arg] for arg in node.args])
        state, outputs = (
            {name: np.asarray(results[ref]) for name, ref in named.items()}
            for named in (self.following, self.outputs)
        )
        return state, outputs

    def run(self, steps: int = 1, /, **given: Any) -> Run:
        """Take that many steps in Python, over whole sequences if there are any.

        `given` replaces inputs, the state to begin with and sequences. Raises ValueError for a
        name or a shape that the program does not have.
        """
        values = {s: slot.default for s, slot in {**self.inputs, **self.state}.items()}
        rows = {name: slot.default for name, slot in self.sequences.items()}
        for name, tree in given.items():
            for leaf, value in trees.leaves(name, tree):
                (rows if leaf in rows else values)[self._checked(leaf, value)] = np.asarray(value)
        if rows:
            steps = min(len(row) for row in rows.values())
        states = {name: [values[name]] for name in self.state}
        outputs: dict[str, list[Array]] = {name: [] for name in self.outputs}
        done = 0
        for t in reversed(range(steps)) if self.reverse else range(steps):
            after, given_out = self.step(values | {name: row[t] for name, row in rows.items()})
            values |= after
            for name, value in after.items():
                states[name].append(value)
            for name, value in given_out.items():
                outputs[name].append(value)
            done += 1
            if self.stop is not None and given_out[self.stop]:
                break
        turn = slice(None, None, -1 if self.reverse else 1)
        return Run(
            done,
            {name: np.stack(kept[turn]) for name, kept in states.items()},
            {
                name: np.stack(kept[turn]) if kept else np.zeros((0, *self.shapes[name]))
                for name, kept in outputs.items()
            },
        )

    def js(self) -> str:
        """Return the program in JavaScript: see `vizdl.live.emit`."""
        from vizdl.live import emit  # which needs the program's type

        return emit.expression(self)

    @cached_property
    def _order(self) -> list[Ref]:
        return needed(self.nodes, [*self.following.values(), *self.outputs.values()])

    def _checked(self, name: str, value: Any) -> str:
        slots = self.slots
        if name not in slots:
            raise ValueError(f"{name} must be one of {', '.join(slots)}")
        shape = np.shape(value)[1:] if name in self.sequences else np.shape(value)
        if shape != self.nodes[slots[name].ref].shape:
            raise ValueError(
                f"{name} must have shape {self.nodes[slots[name].ref].shape}, got {shape}"
            )
        return name
