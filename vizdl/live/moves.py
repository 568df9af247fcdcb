"""Operations that only move numbers: slices, shapes, joins, look-ups, and their adjoints."""

from __future__ import annotations

from math import prod
from typing import Any

import autograd.numpy as np
import numpy
from autograd.builtins import container_take, container_untake
from autograd.core import sparse_add
from autograd.extend import defvjp, primitive
from autograd.numpy import numpy_wrapper

from vizdl.live.graph import Graph
from vizdl.live.lowering import Lowering, Recorded, Unsupported, lift, primitive_of, shape_of
from vizdl.live.nodes import Ref, Shape, layout, root

REARRANGING = (
    "reshape ravel transpose swapaxes moveaxis rollaxis expand_dims squeeze broadcast_to repeat "
    "tile roll flip flipud fliplr rot90 atleast_1d atleast_2d atleast_3d diagonal"
)


# Indexing, as operations of our own: autograd's adjoint changes an array in place


@primitive  # type: ignore[untyped-decorator]
def getitem(a: Any, index: Any) -> Any:
    """a[index], the index known."""
    return a[index]


@primitive  # type: ignore[untyped-decorator]
def put(a: Any, index: Any, shape: Shape) -> Any:
    """Add the numbers into zeros of that shape at the index: the adjoint of `getitem`."""
    result = numpy.zeros(shape)
    numpy.add.at(result, index, a)
    return result


@primitive  # type: ignore[untyped-decorator]
def take(a: Any, indices: Any, axis: int = 0) -> Any:
    """The items at recorded indices along an axis."""
    return numpy.take(a, indices, axis)


@primitive  # type: ignore[untyped-decorator]
def put_along(a: Any, indices: Any, axis: int, shape: Shape) -> Any:
    """Add items into zeros of that shape along an axis: the adjoint of `take`."""
    result = numpy.zeros(shape)
    numpy.add.at(result, (slice(None),) * (axis % len(shape)) + (indices,), a)
    return result


defvjp(getitem, lambda ans, a, index: lambda g: put(g, index, np.shape(a)))
defvjp(put, lambda ans, a, index, shape: lambda g: getitem(g, index))
defvjp(take, lambda ans, a, at, axis=0: lambda g: put_along(g, at, axis, np.shape(a)))
defvjp(put_along, lambda ans, a, at, axis, shape: lambda g: take(g, at, axis))


def _rearranging(function: Any) -> Lowering:
    def lowering(g: Graph, x: Any, *args: Any, **kwargs: Any) -> Ref:
        if any(isinstance(arg, Recorded) for arg in (*args, *kwargs.values())):
            raise Unsupported(f"{function.__name__} by a recorded amount")
        return g.rearrange(x, lambda d: function.fun(d, *args, **kwargs))

    return lowering


def _getitem(g: Graph, x: Any, index: Any) -> Ref:
    return g.rearrange(x, lambda d: d[index])


def _put(g: Graph, x: Any, index: Any, shape: Shape) -> Ref:
    places = numpy.asarray(numpy.arange(prod(shape)).reshape(shape)[index])
    return g.scatter(lift(g, x), places, shape)


def _take(g: Graph, x: Any, indices: Any, axis: Any = None) -> Ref:
    x = lift(g, x)
    if axis is None:
        x, axis = g.rearrange(x, numpy.ravel), 0
    if not isinstance(indices, Recorded):
        return g.rearrange(x, lambda d: numpy.take(d, indices, axis))
    where = layout(g.nodes, x)
    places = _places(g, indices, g.nodes[x].shape, where.strides, where.offset, axis)
    return g.map("gather", root(g.nodes, x), places)


def _put_along(g: Graph, x: Any, indices: Any, axis: int, shape: Shape) -> Ref:
    strides = tuple(prod(shape[k + 1 :]) for k in range(len(shape)))
    places = _places(g, lift(g, indices), shape, strides, 0, axis)
    return g.scatter(lift(g, x), places, shape)


def _places(g: Graph, indices: Ref, shape: Shape, strides: Shape, offset: int, axis: int) -> Ref:
    """Where in the buffer the items at recorded indices lie, in the shape of the result."""
    axis %= len(shape)
    count = len(g.nodes[indices].shape)
    before, after = (1,) * axis, (1,) * (len(shape) - axis - 1)
    others = numpy.full((1,) * (len(shape) - 1 + count), offset)
    for k, (n, stride) in enumerate(zip(shape, strides, strict=True)):
        if k != axis:
            at = k if k < axis else k + count - 1
            steps = stride * numpy.arange(n)
            others = others + steps.reshape([n if j == at else 1 for j in range(others.ndim)])
    wrapped = g.map("wrapped", indices, g.constant(shape[axis]))  # negative: from the end
    along = g.map("multiply", wrapped, g.constant(strides[axis]))
    along = g.rearrange(along, lambda d: d.reshape(before + d.shape + after))
    return g.map("add", along, g.constant(others))


def _join(g: Graph, axis: int, *args: Any) -> Ref:
    return g.join([lift(g, arg) for arg in args], axis)


def _array(g: Graph, args: Any, kwargs: Any, *items: Any) -> Ref:
    _only_numbers(args, kwargs)
    rows = [g.rearrange(lift(g, item), lambda d: d[None]) for item in items]
    return g.join(rows, 0)


def _array_of_one(g: Graph, args: Any, kwargs: Any, item: Any) -> Ref:
    _only_numbers(args, kwargs)
    return g.rearrange(item, lambda d: numpy.array(d, ndmin=kwargs.get("ndmin", 0)))


def _only_numbers(args: Any, kwargs: Any) -> None:
    dtype = args[0] if args else kwargs.get("dtype")
    allowed = dtype in (None, float, numpy.float64) and not set(kwargs) - {"dtype", "ndmin", "copy"}
    if len(args) > 1 or not allowed:
        raise Unsupported("array with that dtype or order")


def _split(g: Graph, x: Any, sections: Any, axis: int = 0) -> tuple[Recorded, ...]:
    def piece(k: int) -> Recorded:
        return Recorded(g.rearrange(x, lambda d: numpy.array_split(d, sections, axis)[k]))

    places = numpy.empty(shape_of(g, x), dtype=bool)
    return tuple(piece(k) for k in range(len(numpy.array_split(places, sections, axis))))


def _piece(g: Graph, x: Any, index: int, space: Any) -> tuple[Any, ...]:
    """The gradient of one piece of what split has given; those of the others are nothing yet."""
    return tuple(Recorded(lift(g, x)) if k == index else None for k in range(len(space.shape)))


def _piece_added(g: Graph, space: Any, before: Any, more: tuple[Any, ...]) -> tuple[Recorded, ...]:
    def added(k: int) -> Ref:
        first = lift(g, before[k] if before is not None else space.shape[k].zeros())
        return first if more[k] is None else g.map("add", first, more[k])

    return tuple(Recorded(added(k)) for k in range(len(more)))


def _full(g: Graph, shape: Any, value: Any, dtype: Any = None) -> Ref:
    return g.broadcast(lift(g, value), tuple(numpy.atleast_1d(shape)))


MOVES: dict[Any, Lowering] = {
    **{primitive_of(name): _rearranging(primitive_of(name)) for name in REARRANGING.split()},
    getitem: _getitem,
    put: _put,
    take: _take,
    put_along: _put_along,
    primitive_of("take"): _take,
    primitive_of("split"): _split,
    primitive_of("array_split"): _split,
    container_take: lambda g, pieces, index: pieces[index],  # of what split has given
    container_untake: _piece,
    sparse_add: _piece_added,
    np.concatenate_args: _join,
    np.array_from_args: _array,
    numpy_wrapper._array_from_scalar_or_array: _array_of_one,
    primitive_of("copy"): lambda g, x, **_: x,
    primitive_of("full"): _full,
}
