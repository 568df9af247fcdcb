"""The builder of a graph: it folds what is constant and finds what is known already."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from vizdl.live.elementwise import NUMBER, TRUTH, TRUTHS, WHOLE
from vizdl.live.nodes import (
    CONSTANT,
    CONTRACT,
    CUMULATE,
    INPUT,
    JOIN,
    MAP,
    REDUCE,
    SCATTER,
    VIEW,
    Layout,
    Node,
    Ref,
    Shape,
    all_the_same,
    compute,
    contiguous,
    layout,
    layout_of,
    look,
    root,
)

SMALL = 256  # numbers that may always be written out as a constant


class Graph:
    """Nodes in the order in which they can be computed. Methods take and return references."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.origin = ""  # of the nodes made from now on
        self._known: dict[Any, Ref] = {}

    def input(self, name: str, shape: Shape, kind: str) -> Ref:
        """What comes in by that name."""
        return self._add(Node(INPUT, (), shape, name, kind))

    def constant(self, value: Any) -> Ref:
        """An array that never changes; one number, seen many times, where all are the same."""
        array = np.asarray(value)
        if array.dtype.kind not in "fbiu":
            raise TypeError(f"arrays of numbers can be recorded, not of dtype {array.dtype}")
        kind = {"f": NUMBER, "b": TRUTH}.get(array.dtype.kind, WHOLE)
        array = np.array(array, {NUMBER: np.float64, TRUTH: bool, WHOLE: np.int64}[kind])
        if array.ndim and array.size and all_the_same(array):
            number = self.constant(array.flat[0])
            return self._view(number, array.shape, Layout((0,) * array.ndim, 0))
        array.setflags(write=False)
        return self._add(Node(CONSTANT, (), array.shape, array, kind))

    def value(self, ref: Ref) -> Any:
        """The numbers of a node if they are constant, else None."""
        node = self.nodes[ref]
        if node.op == CONSTANT:
            return node.detail
        if node.op == VIEW and self.nodes[node.args[0]].op == CONSTANT:
            return look(self.nodes[node.args[0]].detail, node.shape, node.detail)
        return None

    def map(self, name: str, *args: Ref) -> Ref:
        """A function of single numbers, its arguments broadcast against each other."""
        same = self._unchanged(name, args)
        if same is not None:
            return same
        shapes = [self.nodes[arg].shape for arg in args[1:] if name == "gather"]
        shape = np.broadcast_shapes(*(shapes or [self.nodes[arg].shape for arg in args]))
        return self._fold(Node(MAP, args, shape, name, self._kind(name, args)))

    def reduce(self, name: str, arg: Ref, axes: Sequence[int]) -> Ref:
        """A sum, maximum and so on over some axes, which go."""
        node = self.nodes[arg]
        gone = tuple(sorted(axis % len(node.shape) for axis in axes))
        shape = tuple(n for axis, n in enumerate(node.shape) if axis not in gone)
        kind = node.kind
        alone = all(node.shape[axis] == 1 for axis in gone)
        if alone and kind == NUMBER and name in ("sum", "prod", "max", "min"):
            return self.rearrange(arg, lambda d: d.reshape(shape))
        if name in ("sum", "prod", "argmax", "argmin"):
            kind = WHOLE if kind != NUMBER or "arg" in name else NUMBER
        elif name in ("all", "any"):
            kind = TRUTH
        return self._fold(Node(REDUCE, (arg,), shape, (name, gone), kind))

    def contract(self, a: Ref, b: Ref, labels: tuple[Shape, Shape, Shape]) -> Ref:
        """The sum over the products of two arrays, as `np.einsum` writes it with labels.

        Every label of the result stands in one of the arrays, every other label in both.
        """
        on_a, on_b, on_result = labels
        sizes = dict(zip(on_a, self.nodes[a].shape, strict=True))
        sizes |= dict(zip(on_b, self.nodes[b].shape, strict=True))
        shape = tuple(sizes[label] for label in on_result)
        if set(on_a) | set(on_b) <= set(on_result):  # nothing is summed
            return self.map(
                "multiply", *(self._spread(*x, on_result) for x in ((a, on_a), (b, on_b)))
            )
        return self._fold(Node(CONTRACT, (a, b), shape, labels, NUMBER))

    def join(self, args: Sequence[Ref], axis: int) -> Ref:
        """Arrays one after the other along an axis."""
        shapes = [self.nodes[arg].shape for arg in args]
        axis %= len(shapes[0])
        shape = (*shapes[0][:axis], sum(s[axis] for s in shapes), *shapes[0][axis + 1 :])
        kinds = {self.nodes[arg].kind for arg in args}
        return self._fold(
            Node(JOIN, tuple(args), shape, axis, kinds.pop() if len(kinds) == 1 else NUMBER)
        )

    def cumulate(self, arg: Ref, axis: int) -> Ref:
        """The running sum along an axis."""
        shape = self.nodes[arg].shape
        return self._fold(Node(CUMULATE, (arg,), shape, axis % len(shape), NUMBER))

    def scatter(self, arg: Ref, where: Any, shape: Shape) -> Ref:
        """Add the numbers into zeros of that shape; `where` holds the flat places, or is a node."""
        if not isinstance(where, np.ndarray):
            return self._fold(Node(SCATTER, (arg, where), shape, None, NUMBER))
        found = layout_of(where)
        if found == Layout(contiguous(where.shape), 0) and where.size == prod(shape):
            return self.rearrange(arg, lambda d: d.reshape(shape))
        if found is not None:
            return self._fold(Node(SCATTER, (arg,), shape, found, NUMBER))
        return self._fold(Node(SCATTER, (arg, self.constant(where)), shape, None, NUMBER))

    def broadcast(self, arg: Ref, shape: Shape) -> Ref:
        """The array seen in a larger shape."""
        return self.rearrange(arg, lambda d: np.broadcast_to(d, shape))

    def rearrange(self, arg: Ref, function: Callable[[Any], Any]) -> Ref:
        """Whatever only moves numbers: the function says how, by what it does to their places."""
        node = self.nodes[arg]
        made, where = root(self.nodes, arg), layout(self.nodes, arg)
        base = np.arange(max(1, self.nodes[made].size))
        places = np.asarray(function(look(base, node.shape, where)))
        found = layout_of(places)
        if found is not None:
            return self._view(made, places.shape, found)
        plain = np.asarray(function(np.arange(node.size).reshape(node.shape)))
        found = layout_of(plain)
        if found is not None:  # it is one after the numbers have been put in order
            return self._view(self._copy(arg), plain.shape, found)
        return self.map("gather", made, self.constant(places))

    def settled(self, ref: Ref, held: Collection[Ref]) -> Ref:
        """The same numbers one after the other, in memory that none of the nodes `held` lies in."""
        in_order = layout(self.nodes, ref).strides == contiguous(self.nodes[ref].shape)
        return ref if in_order and root(self.nodes, ref) not in held else self._copy(ref)

    def _copy(self, ref: Ref) -> Ref:
        node = self.nodes[ref]
        return self._add(Node(MAP, (ref,), node.shape, "copy", node.kind))

    def _unchanged(self, name: str, args: tuple[Ref, ...]) -> Ref | None:
        """The argument that the function gives back, as x times 1 does."""
        first, *others = args if name != "multiply" or self._is_one(args[-1]) else args[::-1]
        idle = name == "copy" or (name in ("multiply", "divide") and self._is_one(others[0]))
        node = self.nodes[first]
        if not idle or node.kind != NUMBER:
            return None
        shape = np.broadcast_shapes(*(self.nodes[arg].shape for arg in args))
        return first if shape == node.shape else None

    def _is_one(self, ref: Ref) -> bool:
        value = self.value(ref)
        return value is not None and bool(np.all(value == 1))

    def _kind(self, name: str, args: Sequence[Ref]) -> str:
        if name in TRUTHS:
            return TRUTH
        choosing = {"where": args[1:], "gather": args[:1], "maximum": args, "minimum": args}
        kinds = {self.nodes[arg].kind for arg in choosing.get(name, args)}
        if kinds == {TRUTH} and name in choosing:
            return TRUTH
        return NUMBER if NUMBER in kinds or name in ("divide", "copy") else WHOLE

    def _view(self, made: Ref, shape: Shape, where: Layout) -> Ref:
        node = self.nodes[made]
        if shape == node.shape and where == Layout(contiguous(shape), 0):
            return made
        return self._add(Node(VIEW, (made,), shape, where, node.kind))

    def _spread(self, ref: Ref, labels: Shape, onto: Shape) -> Ref:
        """The axes in the order of `onto`, with axes of size 1 for what is missing."""
        order = [labels.index(label) for label in onto if label in labels]
        missing = tuple(axis for axis, label in enumerate(onto) if label not in labels)
        return self.rearrange(ref, lambda d: np.expand_dims(d.transpose(order), missing))

    def _fold(self, node: Node) -> Ref:
        values = [self.value(arg) for arg in node.args]
        if any(value is None for value in values) or node.size > self._worth(node):
            return self._add(node)
        with np.errstate(all="ignore"):
            return self.constant(compute(node, values))

    def _worth(self, node: Node) -> int:
        """How many numbers a constant may have instead of those that it is computed from."""
        made = {root(self.nodes, arg) for arg in node.args}
        return max(SMALL, sum(self.nodes[ref].size for ref in made))

    def _add(self, node: Node) -> Ref:
        detail = node.detail
        if node.op == CONSTANT:
            detail = (detail.dtype.kind, detail.tobytes())
        key = (node.op, node.args, node.shape, detail)
        if key not in self._known:
            self._known[key] = len(self.nodes)
            self.nodes.append(replace(node, origin=node.origin or self.origin))
        return self._known[key]
