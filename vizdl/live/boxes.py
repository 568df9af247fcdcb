"""The arrays that a step sees while it is recorded: each operation on them becomes nodes.

NumPy's own functions are recorded like those of autograd.numpy. What would need the numbers
themselves, which only the page will know, is refused.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import autograd
import autograd.numpy as anp
import numpy as np
from autograd.core import SparseObject, VSpace
from autograd.extend import Box, register_notrace
from autograd.numpy.numpy_boxes import ArrayBox
from autograd.numpy.numpy_vspaces import ArrayVSpace
from autograd.tracer import Node, getval, isbox, trace_primitives_map, trace_stack

from vizdl.live import moves
from vizdl.live.graph import Graph
from vizdl.live.lowering import Recorded, Unsupported
from vizdl.live.nodes import Ref
from vizdl.live.operations import COMPOSED, LOWERED

BEHIND = tuple(
    os.path.dirname(file) + os.sep for file in (autograd.__file__, np.__file__, __file__)
)  # the code that calls for someone else
VALUES = (np.ndarray, float, np.float64, bool, np.bool_, int, np.int64)
OF_LISTS = ("concatenate", "stack", "vstack", "hstack", "column_stack", "append")


class RecordError(ValueError):
    """A step that can't be recorded: what it does and where."""


class RecordNode(Node):  # type: ignore[misc]
    """What each operation leaves in autograd's tracer: here, nodes of the graph."""

    __slots__ = ["graph", "ref", "trace"]

    def __init__(
        self, value: Any, fun: Any, args: Any, kwargs: Any, argnums: Any, parents: Any
    ) -> None:
        self.graph, self.trace = parents[0].graph, parents[0].trace
        name, where = getattr(fun, "__name__", str(fun)).strip("_"), caller()
        self.graph.origin = f"{name}, {where}"
        given = list(args)
        for k, parent in zip(argnums, parents, strict=True):
            composed = fun in COMPOSED
            given[k] = RecordedArray(args[k], self.trace, parent) if composed else parent.ref
        try:
            if fun in COMPOSED:
                found = COMPOSED[fun](*given, **kwargs)._node.ref
            elif fun in LOWERED and _is_of_numbers(value):
                found = LOWERED[fun](self.graph, *given, **kwargs)
            else:
                raise Unsupported(name if fun not in LOWERED else f"{name} to another dtype")
        except Unsupported as error:
            raise RecordError(f"{error} at {where} can't be computed in the page") from None
        except TypeError as error:
            raise RecordError(f"{name} at {where} can't be recorded as called: {error}") from error
        self.ref = found if isinstance(found, tuple) else Recorded(found)
        self.graph.origin = ""

    def initialize_root(self, graph: Graph, ref: Ref, trace: int) -> None:
        """Stand for what comes in."""
        self.graph, self.ref, self.trace = graph, Recorded(ref), trace


def _is_of_numbers(value: Any) -> bool:
    if isinstance(value, list | tuple | SparseObject):
        return True
    return np.asarray(value).dtype in (np.float64, np.bool_, np.int64)


def caller() -> str:
    """File and line of the code that called the operation, behind NumPy, autograd and this."""
    frame = sys._getframe(1)
    while frame.f_back is not None:
        file = frame.f_code.co_filename
        if not file.startswith(BEHIND) and file != "<string>":  # the latter: a dataclass
            return f"{os.path.basename(file)}:{frame.f_lineno}"
        frame = frame.f_back
    return ""


def _refuse(what: str) -> NoReturn:
    raise RecordError(
        f"{what} at {caller()} needs a number that only the page will know: "
        "write it with array operations such as np.where"
    )


class RecordedArray(ArrayBox):  # type: ignore[misc]
    """An array that is recorded. Its shape is known, its numbers are not to be looked at."""

    __slots__: list[str] = []

    def __getitem__(self, index: Any) -> Any:
        if isbox(index):
            if index.dtype.kind != "i":
                _refuse("choosing by a mask")
            return moves.take(self, index, 0)
        if isinstance(index, tuple) and any(isbox(part) for part in index):
            raise RecordError(
                f"a recorded index beside others at {caller()} can't be computed in the page: "
                "use np.take along one axis"
            )
        return moves.getitem(self, index)

    def __iter__(self) -> Iterator[Any]:
        if self.ndim == 0:
            raise TypeError("iteration over a 0-d array")
        return (self[k] for k in range(len(self)))

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        name = func.__name__
        wrapped = anp.__dict__[name] if name in OF_LISTS else trace_primitives_map.get(func)
        wrapped = wrapped or anp.__dict__.get(name)
        if wrapped is None:
            raise RecordError(f"{name} at {caller()} can't be computed in the page")
        return wrapped(*args, **kwargs)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        name = ufunc.__name__
        if "out" in kwargs:
            raise RecordError(
                f"{name} at {caller()} writes into an array that is not recorded: "
                "make a new array instead"
            )
        if method != "__call__" or ufunc not in trace_primitives_map:
            method = "" if method == "__call__" else f".{method}"
            raise RecordError(f"{name}{method} at {caller()} can't be computed in the page")
        return trace_primitives_map[ufunc](*inputs, called_by_autograd_dispatcher=True, **kwargs)

    def __setitem__(self, index: Any, value: Any) -> None:
        raise RecordError(
            f"assignment into a recorded array at {caller()} can't be recorded: "
            "make a new array, with np.stack, np.concatenate or np.where"
        )

    def __and__(self, other: Any) -> Any:
        return anp.bitwise_and(self, other)

    def __or__(self, other: Any) -> Any:
        return anp.bitwise_or(self, other)

    def __xor__(self, other: Any) -> Any:
        return anp.bitwise_xor(self, other)

    def __invert__(self) -> Any:
        return anp.invert(self)

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    def copy(self) -> Any:
        """Itself: nothing can change it."""
        return self

    def __bool__(self) -> bool:
        _refuse("a decision (if, while, and, or)")

    def __float__(self) -> float:
        _refuse("float()")

    def __int__(self) -> int:
        _refuse("int()")

    def __index__(self) -> int:
        _refuse("an index or a length")

    def __complex__(self) -> complex:
        _refuse("complex()")

    def __contains__(self, item: Any) -> bool:
        _refuse("the operator in")

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        _refuse("np.asarray, or an index into a plain array (there np.take does it),")

    def item(self, *args: Any) -> Any:
        """Refused."""
        _refuse(".item()")

    def tolist(self) -> Any:
        """Refused."""
        _refuse(".tolist()")


class _Space(ArrayVSpace):  # type: ignore[misc]
    """The space of gradients, which are recorded too: sums are new arrays."""

    def __init__(self, value: Any) -> None:
        super().__init__(getval(value))

    def _mut_add(self, before: Any, more: Any) -> Any:
        return before + more


for _plain in (anp.zeros_like, anp.ones_like, anp.empty_like, anp.size):
    register_notrace(RecordNode, _plain)  # they depend on the shape alone


@contextmanager
def recording() -> Iterator[int]:
    """While it lasts, autograd's tracer hands out `RecordedArray`. Gives the trace's number."""
    kept, top = dict(Box.type_mappings), trace_stack.top
    try:
        Box.types.add(RecordedArray)
        Box.type_mappings.update(dict.fromkeys((*VALUES, RecordedArray), RecordedArray))
        VSpace.mappings[RecordedArray] = _Space
        with trace_stack.new_trace() as trace, np.errstate(all="ignore"):
            yield trace
    finally:
        Box.type_mappings.clear()
        Box.type_mappings.update(kept)
        Box.types.discard(RecordedArray)
        VSpace.mappings.pop(RecordedArray, None)
        trace_stack.top = top
