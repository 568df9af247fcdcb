"""Products of arrays as contractions: dot, matmul, tensordot, einsum, and their adjoints.

    result[i…, j…] = Σ_k… a[i…, k…] b[k…, j…]

A contraction gives every axis a label, as `numpy.einsum` does; labels that the result does not
have are summed over. Its adjoint at `a` is the contraction of the result's gradient with `b`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import autograd.numpy as np
import numpy
from autograd.numpy import numpy_vjps

from vizdl.live.graph import Graph
from vizdl.live.lowering import Recorded, Unsupported, lift, primitive_of, shape_of
from vizdl.live.nodes import Ref

Labels = tuple[int, ...]
Triple = tuple[Labels, Labels, Labels]  # of the two arrays and of the result


def tensordot(g: Graph, a: Any, b: Any, axes: Any = 2) -> Ref:
    """Sum over pairs of axes, as `numpy.tensordot`."""
    labels = _labels(len(shape_of(g, a)), len(shape_of(g, b)), axes)
    return g.contract(lift(g, a), lift(g, b), labels)


def dot(g: Graph, a: Any, b: Any) -> Ref:
    """The last axis of a against the last but one of b, as `numpy.dot`."""
    return tensordot(g, a, b, _dot_axes(len(shape_of(g, a)), len(shape_of(g, b))))


def matmul(g: Graph, a: Any, b: Any) -> Ref:
    """Matrix products over leading axes that broadcast, as `numpy.matmul`."""
    a, b = lift(g, a), lift(g, b)
    row, column = len(g.nodes[a].shape) == 1, len(g.nodes[b].shape) == 1
    a = g.rearrange(a, lambda d: d[None]) if row else a
    b = g.rearrange(b, lambda d: d[:, None]) if column else b
    lead = numpy.broadcast_shapes(g.nodes[a].shape[:-2], g.nodes[b].shape[:-2])
    a = g.broadcast(a, (*lead, *g.nodes[a].shape[-2:]))
    b = g.broadcast(b, (*lead, *g.nodes[b].shape[-2:]))
    batch = tuple(range(3, 3 + len(lead)))
    result = g.contract(a, b, ((*batch, 0, 1), (*batch, 1, 2), (*batch, 0, 2)))
    gone = (-2,) * row + (-1,) * column
    return g.rearrange(result, lambda d: d.squeeze(gone)) if gone else result


def inner(g: Graph, a: Any, b: Any) -> Ref:
    """The last axes against each other, as `numpy.inner`."""
    on_a, on_b = len(shape_of(g, a)), len(shape_of(g, b))
    return tensordot(g, a, b, ([on_a - 1], [on_b - 1]) if on_a and on_b else 0)


def outer(g: Graph, a: Any, b: Any) -> Ref:
    """Every number by every other, as `numpy.outer`."""
    a, b = (Recorded(g.rearrange(lift(g, x), numpy.ravel)) for x in (a, b))
    return tensordot(g, a, b, 0)


def einsum(g: Graph, subscripts: Any, *operands: Any) -> Ref:
    """Einstein's sum, two arrays at a time from the left, as `numpy.einsum`."""
    if not isinstance(subscripts, str):
        raise Unsupported("einsum with lists of labels")
    refs = [lift(g, operand) for operand in operands]
    shapes = [numpy.empty(g.nodes[ref].shape) for ref in refs]
    spelled, spelled_result, _ = np.parse_einsum_input(subscripts, *shapes)
    letters = list(dict.fromkeys(spelled.replace(",", "")))
    names = [tuple(map(letters.index, labels)) for labels in spelled.split(",")]
    result: Labels = tuple(map(letters.index, spelled_result))
    arrays = []
    for k, (ref, labels) in enumerate(zip(refs, names, strict=True)):
        arrays.append(_only(g, ref, labels, set(result).union(*names[:k], *names[k + 1 :])))
    left, on_left = arrays[0]
    for k, (right, on_right) in enumerate(arrays[1:], start=2):
        wanted = set(result).union(*names[k:])
        both = tuple(dict.fromkeys(x for x in on_left + on_right if x in wanted))
        both = result if k == len(arrays) else both
        left, on_left = g.contract(left, right, (on_left, on_right, both)), both
    return g.rearrange(left, lambda d: d.transpose([on_left.index(x) for x in result]))


def _only(g: Graph, ref: Ref, labels: Labels, wanted: set[int]) -> tuple[Ref, Labels]:
    """Take the diagonal of labels that stand twice, and sum over those not wanted."""
    once = tuple(dict.fromkeys(labels))
    if once != labels:
        numbers = [once.index(label) for label in labels]
        ref = g.rearrange(ref, lambda d: numpy.einsum(d, numbers, list(range(len(once)))))
    gone = [axis for axis, label in enumerate(once) if label not in wanted]
    if not gone:
        return ref, once
    return g.reduce("sum", ref, gone), tuple(label for label in once if label in wanted)


def _labels(on_a: int, on_b: int, axes: Any) -> Triple:
    """Labels for arrays of so many axes, those in `axes` in pairs the same."""
    if isinstance(axes, int):
        pairs = [(on_a - axes + k, k) for k in range(axes)]
    else:
        first, second = (x if isinstance(x, Sequence | numpy.ndarray) else [x] for x in axes)
        pairs = [(int(p) % on_a, int(q) % on_b) for p, q in zip(first, second, strict=True)]
    labels_a, labels_b = list(range(on_a)), list(range(on_a, on_a + on_b))
    for p, q in pairs:
        labels_b[q] = labels_a[p]
    summed = {p for p, _ in pairs}
    kept = tuple(x for x in labels_a + labels_b if x not in summed)
    return tuple(labels_a), tuple(labels_b), kept


def _dot_axes(on_a: int, on_b: int) -> Any:
    return ([on_a - 1], [max(0, on_b - 2)]) if on_a and on_b else 0


def _at_first(g: Graph, b: Any, result: Any, axes: Any, on_a: int, on_b: int) -> Ref:
    """What a gradient at tensordot(a, b, axes) is at a."""
    labels_a, labels_b, kept = _labels(on_a, on_b, axes)
    return g.contract(lift(g, result), lift(g, b), (kept, labels_b, labels_a))


def _at_second(g: Graph, a: Any, result: Any, axes: Any, on_a: int, on_b: int) -> Ref:
    """What a gradient at tensordot(a, b, axes) is at b."""
    labels_a, labels_b, kept = _labels(on_a, on_b, axes)
    return g.contract(lift(g, a), lift(g, result), (labels_a, kept, labels_b))


def _of_dot(adjoint: Callable[..., Ref]) -> Callable[..., Ref]:
    def lowering(g: Graph, other: Any, result: Any, about_a: Any, about_b: Any) -> Ref:
        on_a, on_b = about_a[1], about_b[1]  # autograd's metadata: shape, axes, dtype …
        return adjoint(g, other, result, _dot_axes(on_a, on_b), on_a, on_b)

    return lowering


PRODUCTS: dict[Any, Callable[..., Ref]] = {
    primitive_of("dot"): dot,
    primitive_of("matmul"): matmul,
    primitive_of("tensordot"): tensordot,
    primitive_of("inner"): inner,
    primitive_of("outer"): outer,
    primitive_of("einsum"): einsum,
    numpy_vjps.dot_adjoint_0: _of_dot(_at_first),
    numpy_vjps.dot_adjoint_1: _of_dot(_at_second),
    numpy_vjps.tensordot_adjoint_0: _at_first,
    numpy_vjps.tensordot_adjoint_1: _at_second,
}
