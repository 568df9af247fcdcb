"""What every translation of an operation into nodes of the graph needs.

A lowering takes the graph and the operation's arguments, the recorded ones as `Recorded`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy
from autograd.tracer import trace_primitives_map

from vizdl.live.graph import Graph
from vizdl.live.nodes import Ref, Shape

Lowering = Callable[..., Any]


class Unsupported(Exception):
    """An operation, or a way of calling it, that can't be recorded. Its text says which."""


class Recorded(int):
    """A reference to a node, told from the other whole numbers among arguments."""


def primitive_of(name: str) -> Any:
    """What autograd's tracer sees when NumPy's function of that name is called."""
    return trace_primitives_map[getattr(numpy, name)]


def lift(g: Graph, value: Any) -> Ref:
    """The reference itself, or that of a constant."""
    return value if isinstance(value, Recorded) else g.constant(value)


def shape_of(g: Graph, value: Any) -> Shape:
    """The shape of a recorded or of a constant argument."""
    return g.nodes[value].shape if isinstance(value, Recorded) else numpy.shape(value)
