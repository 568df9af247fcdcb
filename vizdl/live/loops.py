"""Nested loops in JavaScript over arrays that lie in memory ``m``.

Axes along which every array goes on in equal steps become one loop.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vizdl.live.nodes import Ref, Shape

INDICES = "ijklnpqruwxyz"

Lines = Mapping[int, Sequence[str]]  # by the number of loops around them


class Loops:
    """Loops over a shape. Arrays are told apart by their number, 0 for the first."""

    def __init__(self, shape: Shape, strides: Sequence[Shape]) -> None:
        """Merge the axes of `shape` as far as the arrays of these strides allow it."""
        axes: list[tuple[int, list[int]]] = []
        for axis, n in enumerate(shape):
            steps = [s[axis] for s in strides]
            if n == 1:
                continue
            if axes and all(a == s * n for a, s in zip(axes[-1][1], steps, strict=True)):
                axes[-1] = (axes[-1][0] * n, steps)
            else:
                axes.append((n, steps))
        self.sizes = [n for n, _ in axes]
        self.strides = [[steps[k] for _, steps in axes] for k in range(len(strides))]

    @property
    def depth(self) -> int:
        """How many loops there are."""
        return len(self.sizes)

    def depth_of(self, array: int) -> int:
        """How many loops move within the array."""
        moving = [axis + 1 for axis, step in enumerate(self.strides[array]) if step]
        return max(moving, default=0)

    def at(self, array: int, further: int = 0) -> str:
        """The array's number for the loops' indices, or one `further` on."""
        place = f"a{array}"
        for index, step in zip(INDICES, self.strides[array], strict=False):
            sign, size = ("-" if step < 0 else "+"), abs(step)
            place += f" {sign} {index if size == 1 else f'{size} * {index}'}" if step else ""
        return f"m[{place}{f' + {further}' if further else ''}]".replace("+ -", "- ")

    def text(self, lines: Lines, after: Lines | None = None) -> str:
        """The loops around the lines; `after` holds those that follow deeper loops."""
        result: list[str] = []
        for depth in range(self.depth + 1):
            result += ["  " * depth + line for line in lines.get(depth, ())]
            if depth < self.depth:
                i, n = INDICES[depth], self.sizes[depth]
                result.append("  " * depth + f"for (var {i} = 0; {i} < {n}; {i}++) {{")
        for depth in reversed(range(self.depth + 1)):
            result += ["  " * depth + line for line in (after or {}).get(depth, ())]
            if depth:
                result.append("  " * (depth - 1) + "}")
        return "\n".join(result)


class Call:
    """A function of the program called on arrays: its body, and each array's node and offset.

    The body knows the arrays as ``a0``, ``a1`` …, the places in memory where they begin.
    """

    def __init__(self, body: str, *arrays: tuple[Ref, int]) -> None:
        self.body, self.arrays = body, arrays
