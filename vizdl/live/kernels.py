"""What each group of a plan does, as loops in JavaScript."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import prod

import numpy as np

from vizdl.live.elementwise import REDUCTIONS, TABLE
from vizdl.live.loops import Call, Loops
from vizdl.live.nodes import (
    CONSTANT,
    CONTRACT,
    CUMULATE,
    JOIN,
    MAP,
    REDUCE,
    Layout,
    Node,
    Ref,
    Shape,
    contiguous,
    layout,
    root,
)
from vizdl.live.schedule import Plan, parts

UNROLLED = 8  # products of a sum that are written out
LINE = 80  # characters of an expression that needs no name


def calls(nodes: Sequence[Node], group: Sequence[Ref], plan: Plan) -> list[Call]:
    """The calls that compute a group of the plan."""
    node = nodes[group[0]]
    if node.op == MAP:
        return [_map(nodes, group, plan)]
    if node.op == REDUCE:
        return [_reduce(nodes, group[0])]
    if node.op == CONTRACT:
        return [_contract(nodes, group[0])]
    if node.op == JOIN:
        return _join(nodes, group[0], plan)
    if node.op == CUMULATE:
        return [_cumulate(nodes, group[0])]
    return _scatter(nodes, group[0])


def copy(source: tuple[Ref, int], target: tuple[Ref, int], size: int) -> Call:
    """Copy numbers that lie one after the other."""
    loops = Loops((size,), [(1,), (1,)])
    return Call(loops.text({loops.depth: [f"{loops.at(1)} = {loops.at(0)};"]}), source, target)


def number(value: float) -> str:
    """A number as JavaScript writes it."""
    text = {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}.get(repr(float(value)))
    text = text or repr(float(value)).removesuffix(".0")
    return f"({text})" if text.startswith("-") else text


def _map(nodes: Sequence[Node], group: Sequence[Ref], plan: Plan) -> Call:
    shape = nodes[group[0]].shape
    stored = [ref for ref in group if ref in plan.places]
    arrays: list[tuple[Ref, int]] = []
    strides: list[Shape] = []

    def reading(arg: Ref, looked_up: bool) -> int | str:
        """A number's text, or which array an argument of the loop reads."""
        made, where = root(nodes, arg), layout(nodes, arg)
        if nodes[made].op == CONSTANT and nodes[made].size == 1 and not looked_up:
            return number(nodes[made].detail.item())
        missing = (0,) * (len(shape) - len(where.strides))
        steps = (0,) * len(shape) if looked_up else (*missing, *where.strides)
        if ((made, where.offset), steps) not in zip(arrays, strides, strict=True):
            arrays.append((made, where.offset))
            strides.append(steps)
        return list(zip(arrays, strides, strict=True)).index(((made, where.offset), steps))

    reads = {
        (ref, k): reading(arg, nodes[ref].detail == "gather" and k == 0)
        for ref in group
        for k, arg in enumerate(nodes[ref].args)
        if arg not in group or (nodes[ref].detail == "gather" and k == 0)
    }
    outs = {ref: len(arrays) + k for k, ref in enumerate(stored)}
    loops = Loops(shape, [*strides, *[contiguous(shape)] * len(stored)])
    uses: Counter[tuple[str, int]] = Counter()
    for ref in group:
        for k, arg in enumerate(nodes[ref].args):
            times = _template(nodes[ref]).count(f"{{{k}}}")
            source = reads.get((ref, k))
            if source is None:
                uses["node", arg] += times
            elif isinstance(source, int) and (k or nodes[ref].detail != "gather"):
                uses["array", source] += times

    lines: dict[int, list[str]] = {depth: [] for depth in range(loops.depth + 1)}
    texts: dict[int, str] = {}
    for array in range(len(arrays)):
        texts[array], depth = loops.at(array), loops.depth_of(array)
        if uses["array", array] > 1 or (uses["array", array] and depth < loops.depth):
            lines[depth].append(f"var x{array} = {texts[array]};")
            texts[array] = f"x{array}"
    expressions: dict[Ref, str] = {}
    for position, ref in enumerate(group):
        node, name = nodes[ref], f"v{position}"
        args = []
        for k, arg in enumerate(node.args):
            source = reads.get((ref, k), "")
            args.append(texts[source] if isinstance(source, int) else source or expressions[arg])
        base = f"a{reads[ref, 0]}" if node.detail == "gather" else args[0]
        text = _template(node).format(base, *args[1:])
        times = uses["node", ref]
        if times > 1 or (times and (ref in outs or len(text) > LINE)):
            lines[loops.depth].append(f"var {name} = {text};")
            text = name
        if ref in outs:
            lines[loops.depth].append(f"{loops.at(outs[ref])} = {text};")
        expressions[ref] = text
    return Call(loops.text(lines), *arrays, *((ref, 0) for ref in stored))


def _template(node: Node) -> str:
    return TABLE[node.detail][1]


def _reduce(nodes: Sequence[Node], ref: Ref) -> Call:
    node, where = nodes[ref], layout(nodes, nodes[ref].args[0])
    name, gone = node.detail
    shape = nodes[node.args[0]].shape
    order = [axis for axis in range(len(shape)) if axis not in gone] + list(gone)
    out = contiguous(node.shape) + (0,) * len(gone)
    loops = Loops(tuple(shape[a] for a in order), [tuple(where.strides[a] for a in order), out])
    x, target, outer = loops.at(0), loops.at(1), loops.depth_of(1)
    _, begin, join = REDUCTIONS[name]
    if begin:
        first, each, last = f"var s = {begin};", f"s = {join.format(x)};", f"{target} = s;"
    else:
        first = "var s = NaN, best = 0, count = 0;"
        each = f"if (count === 0 || {join.format(x)}) {{ s = {x}; best = count; }} count++;"
        last = f"{target} = best;"
    lines = {outer: [first]}
    lines[loops.depth] = [*lines.get(loops.depth, []), each]
    return Call(
        loops.text(lines, {outer: [last]}), (root(nodes, node.args[0]), where.offset), (ref, 0)
    )


def _contract(nodes: Sequence[Node], ref: Ref) -> Call:
    node = nodes[ref]
    (a, b), (on_a, on_b, kept) = node.args, node.detail
    places = [layout(nodes, a), layout(nodes, b)]
    steps = [
        dict(zip(on, w.strides, strict=True)) for on, w in zip((on_a, on_b), places, strict=True)
    ]
    sizes = dict(zip(on_a, nodes[a].shape, strict=True)) | dict(
        zip(on_b, nodes[b].shape, strict=True)
    )
    summed = tuple(label for label in dict.fromkeys(on_a + on_b) if label not in kept)
    arrays = [(root(nodes, arg), w.offset) for arg, w in zip((a, b), places, strict=True)]

    def along(labels: tuple[int, ...]) -> list[Shape]:
        return [tuple(step.get(label, 0) for label in labels) for step in steps]

    few = 0 < prod(sizes[label] for label in summed) <= UNROLLED
    labels = kept if few else kept + summed
    out = contiguous(node.shape) + (0,) * (len(labels) - len(kept))
    loops = Loops(tuple(sizes[label] for label in labels), [*along(labels), out])
    if few:
        terms = []
        for index in np.ndindex(*(sizes[label] for label in summed)):
            further = [int(np.dot(index, step)) for step in along(summed)]
            terms.append(f"{loops.at(0, further[0])} * {loops.at(1, further[1])}")
        body = loops.text({loops.depth: [f"{loops.at(2)} = {' + '.join(terms)};"]})
    else:
        outer = loops.depth_of(2)
        each = f"s += {loops.at(0)} * {loops.at(1)};"
        body = loops.text(
            {outer: ["var s = 0;"], loops.depth: [each]}, {outer: [f"{loops.at(2)} = s;"]}
        )
    return Call(body, *arrays, (ref, 0))


def _join(nodes: Sequence[Node], ref: Ref, plan: Plan) -> list[Call]:
    result = []
    for part, where in parts(nodes, ref):
        source = root(nodes, part)
        if plan.places[source] != plan.places[ref] + where.offset or nodes[part].size == 0:
            result.append(_moved(nodes, part, ref, where))
    return result


def _moved(nodes: Sequence[Node], part: Ref, target: Ref, where: Layout, sign: str = "=") -> Call:
    """Write an array into another, or add it."""
    source = layout(nodes, part)
    loops = Loops(nodes[part].shape, [source.strides, where.strides])
    body = loops.text({loops.depth: [f"{loops.at(1)} {sign} {loops.at(0)};"]})
    return Call(body, (root(nodes, part), source.offset), (target, where.offset))


def _cumulate(nodes: Sequence[Node], ref: Ref) -> Call:
    node, where = nodes[ref], layout(nodes, nodes[ref].args[0])
    order = [axis for axis in range(len(node.shape)) if axis != node.detail] + [node.detail]
    shape = tuple(node.shape[axis] for axis in order)
    strides = [tuple(s[a] for a in order) for s in (where.strides, contiguous(node.shape))]
    never_merged = (*[1] * (len(order) - 1), 0)
    loops = Loops(shape, [*strides, never_merged])
    outer = loops.depth_of(2)
    lines = {outer: ["var s = 0;"]}
    each = [f"s += {loops.at(0)};", f"{loops.at(1)} = s;"]
    lines[loops.depth] = [*lines.get(loops.depth, []), *each]
    return Call(loops.text(lines), (root(nodes, node.args[0]), where.offset), (ref, 0))


def _scatter(nodes: Sequence[Node], ref: Ref) -> list[Call]:
    node = nodes[ref]
    zeros = Loops((node.size,), [(1,)])
    clear = Call(zeros.text({zeros.depth: [f"{zeros.at(0)} = 0;"]}), (ref, 0))
    if node.detail is not None:
        return [clear, _moved(nodes, node.args[0], ref, node.detail, "+=")]
    x, at = (layout(nodes, arg) for arg in node.args)
    shape = nodes[node.args[1]].shape
    missing = (0,) * (len(shape) - len(x.strides))
    loops = Loops(shape, [(*missing, *x.strides), at.strides])
    body = loops.text({loops.depth: [f"m[a2 + {loops.at(1)}] += {loops.at(0)};"]})
    arrays = [(root(nodes, arg), w.offset) for arg, w in zip(node.args, (x, at), strict=True)]
    return [clear, Call(body, *arrays, (ref, 0))]
