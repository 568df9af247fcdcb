"""Record what an engine's step computes, so that it can run in a page.

The step runs once, on example arrays, while autograd's tracer sees every operation on them,
those of a gradient inside included. What comes out is a `Program`: it runs in Python, and its
`js` runs the same in a browser.

    from vizdl.engines import landscapes, optimizers
    from vizdl.live.record import record

    himmelblau, adam = landscapes.get("himmelblau"), optimizers.get("adam")
    start = np.array([0.0, 1.0])

    def step(w, moments, learning_rate):
        gradient = himmelblau.gradient(w)
        outputs = {"loss": himmelblau.value(w), "gradient": gradient}
        w, moments = adam.update(w, gradient, moments, learning_rate)
        return {"w": w, "moments": moments}, outputs

    program = record(
        step, inputs={"learning_rate": 0.1}, state={"w": start, "moments": adam.init(start)}
    )
    run = program.run(200, learning_rate=0.2)
    run.state["w"], run.outputs["loss"]  # (201, 2) and (200,)
    text = program.js()  # an expression: a function that makes the program

A step that needs a number to go on (``if``, ``float``, ``range``), or calls what is not among
`vizdl.live.operations`, is refused with the place in the code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from vizdl.engines import descent
from vizdl.live import trees
from vizdl.live.boxes import RecordedArray, RecordError, RecordNode, recording
from vizdl.live.elementwise import NUMBER, TRUTH, WHOLE
from vizdl.live.graph import Graph
from vizdl.live.nodes import Ref
from vizdl.live.program import Program, Slot

__all__ = ["RecordError", "record", "record_loss"]

Trees = Mapping[str, Any]


def record(
    step: Callable[..., Any],
    *,
    inputs: Trees | None = None,
    state: Trees | None = None,
    sequences: Trees | None = None,
    reverse: bool = False,
    stop: str | None = None,
) -> Program:
    """Record a step, called with the names given here, as a program.

    `inputs` are what the reader may change, `state` what one step hands to the next; each is an
    example, which the program starts with: a number, an array, or a tuple, list, dictionary or
    dataclass of such. Of each of `sequences`, arrays with time first, a step gets its own item,
    from the last to the first with `reverse`. The step returns its outputs by name, or the pair
    (new state, outputs) where there is state. A run ends after a step whose output `stop` is true.

    Raises `RecordError` for what can't be recorded, ValueError or TypeError for examples that
    are not numbers and a state that changes its shape.
    """
    given = {"inputs": inputs or {}, "state": state or {}, "sequences": sequences or {}}
    graph = Graph()
    slots: dict[str, dict[str, Slot]] = {}
    arguments: dict[str, Any] = {}
    with recording() as trace:
        for role, named in given.items():
            slots[role] = {}
            for name, tree in named.items():
                if name in arguments:
                    raise ValueError(f"{name} is given twice, among {', '.join(given)}")

                def box(leaf: str, value: Any, role: str = role) -> RecordedArray:
                    default = _numbers(leaf, value)
                    example = _first_item(leaf, default) if role == "sequences" else default
                    kind = {"f": NUMBER, "b": TRUTH}.get(example.dtype.kind, WHOLE)
                    ref = graph.input(leaf, example.shape, kind)
                    slots[role][leaf] = Slot(ref, default)
                    return RecordedArray(example, trace, RecordNode.new_root(graph, ref, trace))

                if isinstance(tree, bool | str) or tree is None:
                    raise TypeError(f"{name} must hold numbers, got {tree!r}")
                arguments[name] = trees.rebuilt(name, tree, box)
        returned = step(**arguments)
        after, outputs = _returned(returned, bool(state))
        following = {
            leaf: _ref(graph, leaf, value, slots["state"])
            for name, tree in after.items()
            for leaf, value in trees.leaves(name, tree)
        }
        results = {
            leaf: _ref(graph, leaf, value)
            for name, tree in outputs.items()
            for leaf, value in trees.leaves(name, tree)
        }
    if set(following) != set(slots["state"]):
        raise ValueError(
            f"the step must return the state {', '.join(slots['state'])}, "
            f"got {', '.join(following) or 'none'}"
        )
    taken = [name for named in slots.values() for name in named if name in results]
    if taken:
        raise ValueError(f"the output {taken[0]} must have a name of its own, not that of an input")
    if stop is not None and (stop not in results or graph.nodes[results[stop]].shape):
        raise ValueError(f"stop must be an output of one number, got {stop!r}")
    if stop is not None and reverse:
        raise ValueError("stop must be left out with reverse")
    return Program(
        nodes=tuple(graph.nodes),
        inputs=slots["inputs"],
        state=slots["state"],
        sequences=slots["sequences"],
        following=following,
        outputs=results,
        reverse=reverse,
        stop=stop,
    )


def record_loss(loss: Callable[[Any], Any], start: Any) -> Program:
    """Record a loss of your own, written with autograd.numpy: input w, outputs value and gradient.

    `start` is a point (D,). Raises what `descent.value_and_gradient` and `record` do.
    """

    def step(w: Any) -> Trees:
        value, gradient = descent.value_and_gradient(loss, w)
        return {"value": value, "gradient": gradient}

    return record(step, inputs={"w": start})


def _numbers(name: str, value: Any) -> Any:
    array = np.array(value)
    if array.dtype.kind not in "fbiu":
        raise TypeError(f"{name} must be an array of real numbers, got dtype {array.dtype}")
    if array.dtype.kind in "iu" and np.ndim(value):
        return array.astype(np.int64)  # indices
    return array if array.dtype.kind == "b" else array.astype(np.float64)


def _first_item(name: str, value: Any) -> Any:
    if value.ndim == 0 or len(value) == 0:
        raise ValueError(f"{name} must have at least one item in time, got shape {value.shape}")
    return value[0]


def _returned(returned: Any, has_state: bool) -> tuple[Trees, Trees]:
    pair = returned if has_state else ({}, returned)
    if (
        not isinstance(pair, tuple)
        or len(pair) != 2
        or not all(isinstance(part, Mapping) for part in pair)
    ):
        wanted = "the pair (state, outputs) of dictionaries" if has_state else "a dictionary"
        raise TypeError(f"the step must return {wanted}, got {type(returned).__name__}")
    return pair


def _ref(graph: Graph, name: str, value: Any, slots: Mapping[str, Slot] | None = None) -> Ref:
    ref = value._node.ref if isinstance(value, RecordedArray) else graph.constant(value)
    if slots is not None and name in slots and graph.nodes[ref].shape != slots[name].default.shape:
        raise ValueError(
            f"{name} must keep its shape {slots[name].default.shape}, "
            f"got {graph.nodes[ref].shape} after the step"
        )
    return graph.settled(ref, slots[name].ref if slots and name in slots else None)
