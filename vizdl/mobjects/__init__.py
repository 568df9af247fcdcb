"""Parts for Manim scenes about deep learning. They take arrays and draw what is in them."""

from vizdl.mobjects.advance import Advance
from vizdl.mobjects.arrows import DirectionFan, Swing, VectorArrow
from vizdl.mobjects.axes import PlotArea, Span, ValueLine
from vizdl.mobjects.cells import FlowArrow, LossPill, SetValues, StateCell
from vizdl.mobjects.contour import ContourMap
from vizdl.mobjects.curve import Curve, LossCurve, loss_area
from vizdl.mobjects.descent import DescentPath
from vizdl.mobjects.dot_product import DotProduct
from vizdl.mobjects.matrix import NumberColumn, SignedMatrix
from vizdl.mobjects.network import NetworkDiagram
from vizdl.mobjects.rnn import FoldedRNN, GradientLane, UnrolledRNN, unroll
from vizdl.mobjects.story import FactCard, Story, beat
from vizdl.mobjects.swarm import Swarm
from vizdl.mobjects.text import Label, Maths, Number
from vizdl.mobjects.triangle import GradientTriangle
from vizdl.mobjects.walker import Walker

__all__ = [
    "Advance",
    "ContourMap",
    "Curve",
    "DescentPath",
    "DirectionFan",
    "DotProduct",
    "FactCard",
    "FlowArrow",
    "FoldedRNN",
    "GradientLane",
    "GradientTriangle",
    "Label",
    "LossCurve",
    "LossPill",
    "Maths",
    "NetworkDiagram",
    "Number",
    "NumberColumn",
    "PlotArea",
    "SetValues",
    "SignedMatrix",
    "Span",
    "StateCell",
    "Story",
    "Swarm",
    "Swing",
    "UnrolledRNN",
    "ValueLine",
    "VectorArrow",
    "Walker",
    "beat",
    "loss_area",
    "unroll",
]
