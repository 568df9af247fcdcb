"""The operations that can be recorded, by autograd's functions.

`LOWERED` translates an operation into nodes of the graph. `COMPOSED` holds operations that are
made of others, written with autograd.numpy: they are recorded as what they are made of.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import autograd.numpy as np
import autograd.scipy.special as special
import numpy
from autograd.core import VSpace
from autograd.numpy import numpy_wrapper
from autograd.tracer import trace_primitives_map
from autograd.util import func

from vizdl.live.elementwise import TABLE, TRUTH
from vizdl.live.graph import Graph
from vizdl.live.lowering import Lowering, Unsupported, lift, primitive_of, shape_of
from vizdl.live.moves import MOVES
from vizdl.live.nodes import Ref
from vizdl.live.products import PRODUCTS

QUICK_POWERS = {1.0: "copy", 2.0: "square", 3.0: "cube", 0.5: "sqrt", -1.0: "reciprocal"}


def _elementwise(name: str) -> Lowering:
    return lambda g, *args: g.map(name, *(lift(g, arg) for arg in args))


def _or_of_truths(name: str, logical: str) -> Lowering:
    """Between truth values some operations mean others, and some are for those alone."""

    def lowering(g: Graph, *args: Any) -> Ref:
        refs = [lift(g, arg) for arg in args]
        truths = {g.nodes[ref].kind for ref in refs} == {TRUTH}
        if not truths and name not in TABLE:
            raise Unsupported(f"{name} of whole numbers")
        return g.map(logical if truths else name, *refs)

    return lowering


def _power(g: Graph, x: Any, exponent: Any) -> Ref:
    x, exponent = lift(g, x), lift(g, exponent)
    known = g.value(exponent)
    if known is not None and known.size and (known == known.flat[0]).all():
        shape = numpy.broadcast_shapes(g.nodes[x].shape, known.shape)
        power = float(known.flat[0])
        if power == 0:
            return g.constant(numpy.ones(shape))
        if power in QUICK_POWERS:
            return g.broadcast(g.map(QUICK_POWERS[power], x), shape)
    return g.map("power", x, exponent)


def _summing(name: str) -> Lowering:
    def lowering(
        g: Graph,
        x: Any,
        axis: Any = None,
        dtype: Any = None,
        out: Any = None,
        keepdims: Any = False,
    ) -> Ref:
        if dtype is not None:
            raise Unsupported(f"{name} with a dtype")
        return _reduced(g, name, x, axis, out, keepdims)

    return lowering


def _choosing(name: str) -> Lowering:
    return lambda g, x, axis=None, out=None, keepdims=False: _reduced(
        g, name, x, axis, out, keepdims
    )


def _reduced(g: Graph, name: str, x: Any, axis: Any, out: Any, keepdims: Any) -> Ref:
    if out is not None:
        raise Unsupported(f"{name} into an array given as out")
    if axis is None and name in ("argmax", "argmin"):
        x, axis = g.rearrange(x, numpy.ravel), 0
    shape = g.nodes[x].shape
    given = (
        range(len(shape)) if axis is None else axis if isinstance(axis, tuple | list) else [axis]
    )
    axes = tuple(int(a) % len(shape) for a in given)
    result = g.reduce("sum" if name == "mean" else name, x, axes)
    if name == "mean":
        result = g.map("divide", result, g.constant(float(prod(shape[a] for a in axes))))
    return g.rearrange(result, lambda d: numpy.expand_dims(d, axes)) if keepdims else result


def _cumsum(g: Graph, x: Any, axis: Any = None) -> Ref:
    return g.cumulate(g.rearrange(x, numpy.ravel) if axis is None else x, axis or 0)


def _astype(g: Graph, x: Any, dtype: Any, **_: Any) -> Ref:
    kind = numpy.dtype(dtype).kind
    if kind == "f":
        return g.map("copy", x)
    if kind == "b":
        return g.map("not_equal", x, g.constant(0.0))
    raise Unsupported(f"astype {numpy.dtype(dtype)}")


def _where(g: Graph, condition: Any, x: Any = None, y: Any = None) -> Ref:
    if x is None or y is None:
        raise Unsupported("where of a condition alone")
    return g.map("where", *(lift(g, arg) for arg in (condition, x, y)))


def _clip(g: Graph, x: Any, low: Any = None, high: Any = None, **bounds: Any) -> Ref:
    low, high = (
        bounds.get("a_min", bounds.get("min", low)),
        bounds.get("a_max", bounds.get("max", high)),
    )
    x = lift(g, x)
    x = x if low is None else g.map("maximum", x, lift(g, low))
    return x if high is None else g.map("minimum", x, lift(g, high))


def _masked(function: Any) -> Lowering:
    def lowering(g: Graph, x: Any, k: int = 0) -> Ref:
        mask = function.fun(numpy.ones(shape_of(g, x), dtype=bool), k)
        return g.map("where", g.constant(mask), x, g.constant(0.0))

    return lowering


def _add(g: Graph, space: Any, before: Any, more: Any) -> Ref:
    return lift(g, more) if before is None else g.map("add", lift(g, before), lift(g, more))


_BY_NAME: dict[str, Lowering] = {
    **{name: _elementwise(name) for name in TABLE if hasattr(numpy, name)},
    **{name: _summing(name) for name in ("sum", "prod", "mean")},
    **{name: _choosing(name) for name in ("all", "any", "argmax", "argmin")},
    **{name: _choosing(name[-3:]) for name in ("max", "min", "amax", "amin")},
    **{name: _masked(primitive_of(name)) for name in ("triu", "tril")},
    "add": _or_of_truths("add", "logical_or"),
    "multiply": _or_of_truths("multiply", "logical_and"),
    "bitwise_and": _or_of_truths("bitwise_and", "logical_and"),
    "bitwise_or": _or_of_truths("bitwise_or", "logical_or"),
    "bitwise_xor": _or_of_truths("bitwise_xor", "logical_xor"),
    "invert": _or_of_truths("invert", "logical_not"),
    "fabs": _elementwise("absolute"),
    "power": _power,
    "float_power": _power,
    "real": lambda g, x: x,
    "conj": lambda g, x: x,
    "where": _where,
    "clip": _clip,
    "cumsum": _cumsum,
}
LOWERED: dict[Any, Lowering] = {
    **{primitive_of(name): lowering for name, lowering in _BY_NAME.items()},
    numpy_wrapper._astype: _astype,
    special.erf: _elementwise("erf"),
    special.erfc: _elementwise("erfc"),
    func(VSpace.add): _add,
    func(VSpace.mut_add): _add,
    func(VSpace.covector): lambda g, space, x: x,
    func(VSpace.scalar_mul): lambda g, space, x, a: g.map("multiply", lift(g, x), lift(g, a)),
    **MOVES,
    **PRODUCTS,
}


# Operations that others make up


def _variance(x: Any, axis: Any = None, ddof: int = 0, keepdims: bool = False) -> Any:
    total = np.sum((x - np.mean(x, axis=axis, keepdims=True)) ** 2, axis=axis, keepdims=keepdims)
    return total / (np.size(x) / max(1, np.size(total)) - ddof)


def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    if ord not in (None, 2, "fro") or (ord == 2 and axis is None and np.ndim(x) > 1):
        raise Unsupported(f"norm with ord={ord!r}")
    return np.sqrt(np.sum(x * x, axis=axis, keepdims=keepdims))


def _logsumexp(x: Any, axis: Any = None, b: Any = None, keepdims: bool = False) -> Any:
    if b is not None:
        raise Unsupported("logsumexp with b")
    top = np.max(x, axis=axis, keepdims=True)  # so that no power overflows
    logs = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    return logs if keepdims else np.squeeze(logs, axis)


def _diff(x: Any, n: int = 1, axis: int = -1) -> Any:
    for _ in range(n):
        along = np.swapaxes(x, axis, 0)
        x = np.swapaxes(along[1:] - along[:-1], axis, 0)
    return x


def _nan_to_num(x: Any) -> Any:
    largest = numpy.finfo(float).max
    return np.where(np.isnan(x), 0.0, np.clip(x, -largest, largest))


COMPOSED: dict[Any, Callable[..., Any]] = {
    primitive_of("var"): _variance,
    primitive_of("std"): lambda x, **how: np.sqrt(_variance(x, **how)),
    trace_primitives_map[numpy.linalg.norm]: _norm,
    primitive_of("diff"): _diff,
    primitive_of("nan_to_num"): _nan_to_num,
    special.logsumexp: _logsumexp,
    special.expit: lambda x: 1.0 / (1.0 + np.exp(-x)),
    special.logit: lambda x: np.log(x / (1.0 - x)),
    func(VSpace.inner_prod): lambda space, x, y: np.sum(x * y),
}
