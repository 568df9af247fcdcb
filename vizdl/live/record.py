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

import functools
from collections.abc import Callable, Iterator, Mapping
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

    Raises `RecordError` for what can't be recorded and for a step that, run as it is, gives other
    numbers than its recording; ValueError or TypeError for examples that are not numbers and a
    state that changes its shape.
    """
    given = {"inputs": inputs or {}, "state": state or {}, "sequences": sequences or {}}
    names = [name for named in given.values() for name in named]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"{name} is given twice, among {', '.join(given)}")
    graph = Graph()
    slots: dict[str, dict[str, Slot]] = {role: {} for role in given}
    with recording() as trace:

        def boxed(role: str, leaf: str, value: Any) -> RecordedArray:
            default = _numbers(leaf, value)
            example = _first(leaf, default) if role == "sequences" else default
            kind = {"f": NUMBER, "b": TRUTH}.get(example.dtype.kind, WHOLE)
            slots[role][leaf] = Slot(graph.input(leaf, example.shape, kind), default)
            node = RecordNode.new_root(graph, slots[role][leaf].ref, trace)
            return RecordedArray(example, trace, node)

        after, outputs = _returned(step(**_arguments(given, boxed)), bool(state))
        held = slots["state"]
        following = {leaf: _after(graph, leaf, x, held) for leaf, x in _leaves(after)}
        results = {leaf: _settled(graph, x, held) for leaf, x in _leaves(outputs)}
    program = Program(
        tuple(graph.nodes),
        **slots,
        following=following,
        outputs=results,
        reverse=reverse,
        stop=stop,
    )
    _check_names(program)
    _check_numbers(program, given, step)
    return program


def record_loss(loss: Callable[[Any], Any], start: Any) -> Program:
    """Record a loss of your own, written with autograd.numpy: input w, outputs value and gradient.

    `start` is a point (D,). Raises what `descent.value_and_gradient` and `record` do.
    """

    def step(w: Any) -> Trees:
        value, gradient = descent.value_and_gradient(loss, w)
        return {"value": value, "gradient": gradient}

    return record(step, inputs={"w": np.asarray(start, dtype=np.float64)})


def _arguments(given: Mapping[str, Trees], leaf: Callable[[str, str, Any], Any]) -> dict[str, Any]:
    """What the step is called with: `leaf` makes each number from its role, its name and itself."""
    arguments = {}
    for role, named in given.items():
        for name, tree in named.items():
            if isinstance(tree, bool | str) or tree is None:
                raise TypeError(f"{name} must hold numbers, got {tree!r}")
            arguments[name] = trees.rebuilt(name, tree, functools.partial(leaf, role))
    return arguments


def _leaves(named: Trees) -> Iterator[tuple[str, Any]]:
    return (leaf for name, tree in named.items() for leaf in trees.leaves(name, tree))


def _numbers(name: str, value: Any) -> Any:
    array = np.array(value)
    if array.dtype.kind not in "fbiu":
        raise TypeError(f"{name} must be an array of real numbers, got dtype {array.dtype}")
    if array.dtype.kind in "iu" and np.ndim(value):
        return array.astype(np.int64)  # indices
    return array if array.dtype.kind == "b" else array.astype(np.float64)


def _first(name: str, items: Any) -> Any:
    if items.ndim == 0 or len(items) == 0:
        raise ValueError(f"{name} must have at least one item in time, got shape {items.shape}")
    return np.asarray(items[0])


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


def _after(graph: Graph, name: str, value: Any, state: Mapping[str, Slot]) -> Ref:
    """The node of a state after the step."""
    shape = np.shape(value)
    if name in state and shape != state[name].default.shape:
        raise ValueError(
            f"{name} must keep its shape {state[name].default.shape}, got {shape} after the step"
        )
    if isinstance(value, RecordedArray) and name in state and value._node.ref == state[name].ref:
        return state[name].ref  # it does not change
    return _settled(graph, value, state)


def _settled(graph: Graph, value: Any, state: Mapping[str, Slot]) -> Ref:
    """The node of a result, apart from the memory of the state, which the step changes."""
    ref = value._node.ref if isinstance(value, RecordedArray) else graph.constant(value)
    return graph.settled(ref, {slot.ref for slot in state.values()})


def _check_names(program: Program) -> None:
    if set(program.following) != set(program.state):
        raise ValueError(
            f"the step must return the state {', '.join(program.state)}, "
            f"got {', '.join(program.following) or 'none'}"
        )
    taken = set(program.slots) & set(program.outputs)
    if taken:
        raise ValueError(f"the output {min(taken)} must have a name that nothing else has")
    stop = program.stop
    if stop is not None and (stop not in program.outputs or program.shapes[stop]):
        raise ValueError(f"stop must be an output of one number, got {stop!r}")
    if stop is not None and program.reverse:
        raise ValueError("stop must be left out with reverse")


def _check_numbers(program: Program, given: Mapping[str, Trees], step: Callable[..., Any]) -> None:
    """The step as it is, on the examples, must give what the recording gives."""

    def plain(role: str, leaf: str, value: Any) -> Any:
        default = program.slots[leaf].default
        if role == "sequences":
            return default[0]
        return default.copy() if isinstance(value, np.ndarray) else float(default)

    examples = {name: slot.default for name, slot in program.slots.items()}
    examples |= {name: slot.default[0] for name, slot in program.sequences.items()}
    with np.errstate(all="ignore"):
        after, outputs = _returned(step(**_arguments(given, plain)), bool(program.state))
    state_found, outputs_found = program.step(examples)
    for leaf, value in (*_leaves(after), *_leaves(outputs)):
        found = (outputs_found | state_found)[leaf]
        scale = np.max(np.abs(found), where=np.isfinite(found), initial=1.0)
        if not np.allclose(found, value, rtol=1e-9, atol=1e-12 * scale, equal_nan=True):
            raise RecordError(
                f"{leaf} comes out as other numbers when recorded: the step must depend on what "
                "it is given alone, and change none of it"
            )
