"""In what order a program computes, which operations share a loop, and where the numbers lie.

Operations on single numbers over one shape share a loop where nothing has to come between; what
only that loop needs never reaches memory. Everything else has its own place in one block of
memory, the parts of a joined array within that of the whole where they fit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from math import prod

from vizdl.live.nodes import (
    CONSTANT,
    INPUT,
    JOIN,
    MAP,
    VIEW,
    Layout,
    Node,
    Ref,
    contiguous,
    layout,
    root,
)

LONGEST = 48  # operations in one loop


@dataclass(frozen=True)
class Plan:
    """What runs when, and what lies where.

    `groups` run in their order: the nodes of one loop, or one other node. `places` says where in
    a memory of `size` numbers each node begins that has a place there.
    """

    groups: tuple[tuple[Ref, ...], ...]
    places: dict[Ref, int]
    size: int


def plan(nodes: Sequence[Node], order: Sequence[Ref], kept: Collection[Ref]) -> Plan:
    """Plan the nodes of `order`, of which those of `kept` must be in memory at the end."""
    groups, group_of = _grouped(nodes, order)
    stored = {root(nodes, ref) for ref in kept}
    for ref in order:
        stored.update(_read_from_memory(nodes, ref, group_of))
    places: dict[Ref, int] = {}
    size = 0
    for ref in reversed(order):  # what is joined comes before its parts
        if ref not in stored:
            continue
        if ref not in places:
            places[ref], size = size, size + nodes[ref].size
        for part, where in parts(nodes, ref):
            made = root(nodes, part)
            in_order = where.strides == contiguous(nodes[part].shape)
            computed = nodes[made].op not in (INPUT, CONSTANT) and _is_whole(nodes, part)
            if in_order and computed and made not in places:
                places[made] = places[ref] + where.offset
    return Plan(tuple(tuple(group) for group in groups), places, size)


def parts(nodes: Sequence[Node], ref: Ref) -> Iterator[tuple[Ref, Layout]]:
    """The arrays that a join joins, and where in the whole each belongs."""
    node = nodes[ref]
    if node.op == JOIN:
        stride = prod(node.shape[node.detail + 1 :])
        start = 0
        for part in node.args:
            shape = nodes[part].shape
            steps = zip(shape, contiguous(node.shape), strict=True)
            strides = tuple(step if n > 1 else 0 for n, step in steps)
            yield part, Layout(strides, start * stride)
            start += shape[node.detail]


def _grouped(nodes: Sequence[Node], order: Sequence[Ref]) -> tuple[list[list[Ref]], dict[Ref, int]]:
    groups: list[list[Ref]] = []
    group_of: dict[Ref, int] = {}
    for ref in order:
        node = nodes[ref]
        if node.op in (INPUT, CONSTANT, VIEW):
            continue
        earliest = 0  # group in which it can stand
        for k, arg in enumerate(node.args):
            if root(nodes, arg) in group_of:
                beside = node.op == MAP and _is_beside(nodes, arg, node, k)
                earliest = max(earliest, group_of[root(nodes, arg)] + (not beside))
        choices = range(earliest, len(groups)) if node.op == MAP else range(0)
        fitting = [k for k in choices if _fits(nodes, groups[k], node)]
        if not fitting:
            fitting, groups = [len(groups)], [*groups, []]
        group_of[ref] = fitting[0]
        groups[fitting[0]].append(ref)
    return groups, group_of


def _is_beside(nodes: Sequence[Node], arg: Ref, node: Node, k: int) -> bool:
    """Whether the loop that computes this argument has each number just when it is needed."""
    looked_up = node.detail == "gather" and k == 0
    return nodes[arg].op == MAP and nodes[arg].shape == node.shape and not looked_up


def _fits(nodes: Sequence[Node], group: Sequence[Ref], node: Node) -> bool:
    first = nodes[group[0]]
    return first.op == MAP and first.shape == node.shape and len(group) < LONGEST


def _read_from_memory(nodes: Sequence[Node], ref: Ref, group_of: dict[Ref, int]) -> Iterator[Ref]:
    node = nodes[ref]
    if node.op == VIEW:
        return
    if node.op not in (MAP, INPUT, CONSTANT):
        yield ref
    for k, arg in enumerate(node.args):
        made = root(nodes, arg)
        shared = group_of.get(made) == group_of[ref] and _is_beside(nodes, arg, node, k)
        number = nodes[made].op == CONSTANT and nodes[made].size == 1 and node.op == MAP
        if not shared and not (number and not (node.detail == "gather" and k == 0)):
            yield made


def _is_whole(nodes: Sequence[Node], ref: Ref) -> bool:
    """Whether a view shows all numbers of its node in their order."""
    shape = nodes[ref].shape
    whole = layout(nodes, ref) == Layout(contiguous(shape), 0)
    return whole and prod(shape) == nodes[root(nodes, ref)].size
