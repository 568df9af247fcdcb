"""Parts for Manim scenes about deep learning. They take arrays and draw what is in them."""

from vizdl.mobjects.activation_curve import ActivationCurve
from vizdl.mobjects.advance import Advance, Tick
from vizdl.mobjects.arithmetic import Arithmetic, Assignment
from vizdl.mobjects.arrows import DirectionFan, Swing, VectorArrow
from vizdl.mobjects.attention import AttentionArcs, AttentionGrid, Card
from vizdl.mobjects.axes import PlotArea, ValueLine
from vizdl.mobjects.bars import Bars
from vizdl.mobjects.cells import FlowArrow, LossPill, SetValues, StateCell
from vizdl.mobjects.contour import ContourMap
from vizdl.mobjects.counter import Counter
from vizdl.mobjects.curve import Curve, LossCurve, loss_area
from vizdl.mobjects.descent import DescentPath
from vizdl.mobjects.dot_product import DotProduct
from vizdl.mobjects.field import DecisionField, Mesh, Points
from vizdl.mobjects.fitted import FittedCurve
from vizdl.mobjects.flag import Flag
from vizdl.mobjects.gate import Activation, Sum, Valve
from vizdl.mobjects.ground import Ground
from vizdl.mobjects.layer import LayerProduct
from vizdl.mobjects.lstm_cell import InputPort, LSTMCell
from vizdl.mobjects.matrix import NumberColumn, SignedMatrix
from vizdl.mobjects.network import NetworkDiagram
from vizdl.mobjects.neuron import CurveBox, Neuron
from vizdl.mobjects.paper import Span
from vizdl.mobjects.pixels import PixelImage
from vizdl.mobjects.product import Product
from vizdl.mobjects.quantity import Quantity
from vizdl.mobjects.rnn import FoldedRNN, GradientLane, UnrolledRNN, unroll
from vizdl.mobjects.scatter import Scatter
from vizdl.mobjects.shares import Shares
from vizdl.mobjects.step_back import StepBack
from vizdl.mobjects.story import FactCard, Story, beat
from vizdl.mobjects.surface import LossSurface, SurfacePath
from vizdl.mobjects.swarm import Swarm
from vizdl.mobjects.switch import Switch, Switchboard
from vizdl.mobjects.text import Label, Maths, Number
from vizdl.mobjects.through import Through
from vizdl.mobjects.tiles import Reorder, WordTiles
from vizdl.mobjects.timeline import Timeline
from vizdl.mobjects.triangle import GradientTriangle
from vizdl.mobjects.walker import Walker
from vizdl.mobjects.wire import Pulse, Ride, Token, Wire
from vizdl.mobjects.word_map import WordMap

__all__ = [
    "Activation",
    "ActivationCurve",
    "Advance",
    "Arithmetic",
    "Assignment",
    "AttentionArcs",
    "AttentionGrid",
    "Bars",
    "Card",
    "ContourMap",
    "Counter",
    "Curve",
    "CurveBox",
    "DecisionField",
    "DescentPath",
    "DirectionFan",
    "DotProduct",
    "FactCard",
    "FittedCurve",
    "Flag",
    "FlowArrow",
    "FoldedRNN",
    "GradientLane",
    "GradientTriangle",
    "Ground",
    "InputPort",
    "LSTMCell",
    "Label",
    "LayerProduct",
    "LossCurve",
    "LossPill",
    "LossSurface",
    "Maths",
    "Mesh",
    "NetworkDiagram",
    "Neuron",
    "Number",
    "NumberColumn",
    "PixelImage",
    "PlotArea",
    "Points",
    "Product",
    "Pulse",
    "Quantity",
    "Reorder",
    "Ride",
    "Scatter",
    "SetValues",
    "Shares",
    "SignedMatrix",
    "Span",
    "StateCell",
    "StepBack",
    "Story",
    "Sum",
    "SurfacePath",
    "Swarm",
    "Swing",
    "Switch",
    "Switchboard",
    "Through",
    "Tick",
    "Timeline",
    "Token",
    "UnrolledRNN",
    "ValueLine",
    "Valve",
    "VectorArrow",
    "Walker",
    "Wire",
    "WordMap",
    "WordTiles",
    "beat",
    "loss_area",
    "unroll",
]
