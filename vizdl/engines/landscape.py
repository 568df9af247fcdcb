"""What a loss landscape is: a loss of one or two weights, and what is known about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy
from autograd.tracer import isbox

from vizdl.engines.check import Array


@dataclass(frozen=True, eq=False)
class Landscape:
    """A loss J(w) of `dimension` D weights, with what is known about it.

    `domain` (D, 2) is the part worth drawing, `minima` (M, D) are the local minima, the
    lowest first, `tex` is the formula as Typst source, and `lipschitz` is the largest
    curvature L where the landscape is quadratic: there, gradient descent converges for
    learning rates below 2/L and diverges above (Nesterov, 2004, section 2.1.5).
    """

    name: str
    title: str
    domain: Array  # (D, 2)
    minima: Array  # (M, D)
    tex: str
    lipschitz: float | None
    _value: Callable[[Any], Any]
    _gradient: Callable[[Any], Any]

    @property
    def dimension(self) -> int:
        """The number of weights D."""
        return len(self.domain)

    def value(self, x: Any) -> Any:
        """Return J at the points x (..., D) as (...); ValueError if x has another last axis."""
        return self._value(self._points(x))

    def gradient(self, x: Any) -> Any:
        """Return dJ/dw at the points x (..., D) as (..., D); ValueError as for `value`."""
        return self._gradient(self._points(x))

    def _points(self, x: Any) -> Any:
        if not isbox(x):  # a box is an array that autograd is recording
            x = numpy.asarray(x, dtype=numpy.float64)
        if x.ndim == 0 or x.shape[-1] != self.dimension:
            raise ValueError(
                f"x must have shape (..., {self.dimension}) on {self.name}, got {x.shape}"
            )
        return x
