"""A flag that is up or down: a yes or no that comes with an input."""

from __future__ import annotations

from manim import Line, Polygon, VGroup

from vizdl import style


class Flag(VGroup):
    """A flag on its pole, bright and full when raised, furled and dim when not.

    >>> Flag().set_raised(1).raised
    1.0
    """

    def __init__(self, *, color: str = style.DATA.dark, height: float = 0.36) -> None:
        super().__init__()
        self.color_name = color
        self.raised = 0.0
        self.pole = Line((0, 0, 0), (0, height, 0), stroke_width=3)
        cloth = 0.58 * height
        self.cloth = Polygon(
            (0, height, 0), (0, height - cloth, 0), (1.35 * cloth, height - cloth / 2, 0)
        )
        self.cloth.set_stroke(width=0)
        self.add(self.pole, self.cloth)
        self.set_raised(0)

    @classmethod
    def example(cls) -> VGroup:
        """Down and up."""
        return VGroup(cls(height=1), cls(height=1).set_raised(1)).arrange(buff=0.5)

    def set_raised(self, share: float) -> Flag:
        """Raise the flag by the share 0 to 1."""
        self.raised = float(share)
        colour = style.mix(style.GRID.dark, self.color_name, self.raised)
        self.pole.set_stroke(colour)
        self.cloth.set_fill(colour, opacity=1)
        return self
