"""What a recorded step is made of: nodes, each an array computed from others.

Few operations are enough: whatever only moves numbers is a view of the memory of another node
(shape, strides, offset) or a look-up in it, and every product of arrays is a contraction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from vizdl.live.elementwise import REDUCTIONS, TABLE

Shape = tuple[int, ...]
Ref = int  # a node's place in the graph

INPUT, CONSTANT, VIEW, MAP = "input", "constant", "view", "map"
REDUCE, CONTRACT, JOIN, SCATTER, CUMULATE = "reduce", "contract", "join", "scatter", "cumulate"


@dataclass(frozen=True)
class Layout:
    """Where the numbers of a view lie in the buffer of the node it looks at, in numbers."""

    strides: Shape
    offset: int


@dataclass(frozen=True, eq=False)
class Node:
    """One array of the graph.

    `detail` is, by `op`: the name for an input; the array for a constant; the `Layout` for a
    view; the function's name for a map; (name, axes) for a reduction; a label for each axis of
    the first array, of the second and of the result for a contraction; the axis for a join and
    for a cumulated sum; for a scatter, which adds numbers into an array of zeros, the `Layout`
    of where they go, or None where a second argument says it. `kind` is the dtype's kind, and
    `origin` what Python called it and where.
    """

    op: str
    args: tuple[Ref, ...]
    shape: Shape
    detail: Any
    kind: str
    origin: str = ""

    @property
    def size(self) -> int:
        """How many numbers it holds."""
        return prod(self.shape)


def compute(node: Node, args: Sequence[Any]) -> Any:
    """The numbers of a node from those of its arguments, by NumPy."""
    if node.op == MAP:
        return TABLE[node.detail][0](*args)
    if node.op == VIEW:
        return look(args[0], node.shape, node.detail)
    if node.op == REDUCE:
        name, axes = node.detail
        return REDUCTIONS[name][0](args[0], axis=axes[0] if "arg" in name else axes)
    if node.op == CONTRACT:
        on_a, on_b, on_result = node.detail
        return np.einsum(args[0], on_a, args[1], on_b, on_result)
    if node.op == JOIN:
        return np.concatenate(args, axis=node.detail)
    if node.op == CUMULATE:
        return np.cumsum(args[0], axis=node.detail)
    result = np.zeros(node.size)
    where = args[1] if len(args) == 2 else places_of(np.shape(args[0]), node.detail)
    np.add.at(result, np.asarray(where, dtype=np.int64), args[0])
    return result.reshape(node.shape)


def needed(nodes: Sequence[Node], ends: Sequence[Ref]) -> list[Ref]:
    """What has to be computed for `ends`, in order."""
    found: set[Ref] = set()
    stack = list(ends)
    while stack:
        ref = stack.pop()
        if ref not in found:
            found.add(ref)
            stack.extend(nodes[ref].args)
    return sorted(found)


def root(nodes: Sequence[Node], ref: Ref) -> Ref:
    """The node in whose memory these numbers lie."""
    return nodes[ref].args[0] if nodes[ref].op == VIEW else ref


def layout(nodes: Sequence[Node], ref: Ref) -> Layout:
    """Where in that memory they lie."""
    node = nodes[ref]
    return node.detail if node.op == VIEW else Layout(contiguous(node.shape), 0)


def contiguous(shape: Shape) -> Shape:
    """The strides of an array whose numbers lie one after the other; 0 along axes of one item."""
    return tuple(prod(shape[axis + 1 :]) if n > 1 else 0 for axis, n in enumerate(shape))


def look(base: Any, shape: Shape, layout: Layout) -> Any:
    """The numbers of an array as a view shows them."""
    flat = np.ravel(base)
    if not prod(shape):
        return np.zeros(shape, flat.dtype)
    width = flat.itemsize
    return as_strided(flat[layout.offset :], shape, [width * s for s in layout.strides])


def places_of(shape: Shape, layout: Layout) -> Any:
    """Where in memory each number of a view lies."""
    steps = (np.arange(n) * s for n, s in zip(shape, layout.strides, strict=True))
    return layout.offset + sum(np.ix_(*steps), start=np.zeros(shape, dtype=np.int64))


def layout_of(places: Any) -> Layout | None:
    """The layout that these places follow, if they follow one."""
    if places.size == 0:
        return Layout((0,) * places.ndim, 0)
    first = (0,) * places.ndim
    strides = tuple(
        int(places[(*first[:axis], 1, *first[axis + 1 :])] - places[first]) if n > 1 else 0
        for axis, n in enumerate(places.shape)
    )
    found = Layout(strides, int(places[first]))
    return found if (places == places_of(places.shape, found)).all() else None


def all_the_same(array: Any) -> bool:
    """Whether an array of at least one number holds one number again and again, bit for bit."""
    numbers = np.frombuffer(array.tobytes(), np.uint8).reshape(array.size, -1)  # 0 is not -0
    return bool((numbers == numbers[0]).all())
