"""Parts for Manim scenes about deep learning. They take arrays and draw what is in them."""

from vizdl.mobjects.advance import Advance
from vizdl.mobjects.arrows import DirectionFan, VectorArrow
from vizdl.mobjects.axes import PlotArea, Span, ValueLine
from vizdl.mobjects.contour import ContourMap
from vizdl.mobjects.curve import Curve, LossCurve, loss_area
from vizdl.mobjects.descent import DescentPath
from vizdl.mobjects.story import Story, beat
from vizdl.mobjects.text import Label, Maths, Number

__all__ = [
    "Advance",
    "ContourMap",
    "Curve",
    "DescentPath",
    "DirectionFan",
    "Label",
    "LossCurve",
    "Maths",
    "Number",
    "PlotArea",
    "Span",
    "Story",
    "ValueLine",
    "VectorArrow",
    "beat",
    "loss_area",
]
