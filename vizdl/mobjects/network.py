"""A network of layers: nodes filled by activation, edges drawn by the weights they carry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from manim import Circle, Line, VGroup, VMobject
from numpy.typing import ArrayLike, NDArray

from vizdl import style
from vizdl.engines import check, network

Array = NDArray[np.float64]

FADED = 0.12  # opacity of a node that is masked, and of what hangs on it


class NetworkDiagram(VGroup):
    """Layers of nodes, each joined to all of the next; a weight's size is its edge's width.

    ``net = NetworkDiagram([2, 4, 1], model.weights); net.set_activations(trace.post)``

    `sizes` counts the nodes of each layer, inputs first; `weights[l]` is (out, in), as in
    `vizdl.engines.network`. Without weights all edges are alike. `limit` is the weight that has
    the full colour and width (the largest there is, if left out).
    """

    def __init__(
        self,
        sizes: Sequence[int],
        weights: Sequence[ArrayLike] | None = None,
        *,
        width: float = 6.0,
        height: float = 4.0,
        radius: float | None = None,
        limit: float | None = None,
        edge_width: float = 5.0,
    ) -> None:
        if len(sizes) < 2:
            raise ValueError(f"sizes must hold at least inputs and outputs, got {list(sizes)}")
        self.sizes = tuple(check.integer(f"sizes[{k}]", n, 1) for k, n in enumerate(sizes))
        self.edge_width, self._limit = edge_width, limit
        pitch = height / max(self.sizes)
        radius = radius if radius is not None else min(0.3, 0.4 * pitch)
        columns = np.linspace(-width / 2 + radius, width / 2 - radius, len(self.sizes))
        self.nodes = VGroup()
        for x, size in zip(columns, self.sizes, strict=True):
            layer = VGroup()
            for k in range(size):
                node = Circle(radius=radius, color=style.MUTED.dark, stroke_width=2.5)
                node.set_fill(style.BACKGROUND.dark, opacity=1)
                layer.add(node.move_to(np.array([x, pitch * ((size - 1) / 2 - k), 0])))
            self.nodes.add(layer)
        self.edges = VGroup()  # one group a layer of weights, row by row of its matrix
        for before, after in zip(self.nodes[:-1], self.nodes[1:], strict=True):
            lines = [
                Line(a.get_center(), b.get_center(), color=style.MUTED.dark, stroke_width=1.2)
                for b in after
                for a in before
            ]
            self.edges.add(VGroup(*lines))
        super().__init__(self.edges, self.nodes)
        self.masks: list[Array] = [np.ones(size) for size in self.sizes]
        self.weights: list[Array] | None = None
        if weights is not None:
            self.set_weights(weights)

    def node(self, layer: int, index: int) -> VMobject:
        """One node; layer 0 holds the inputs."""
        return self.nodes[layer][index]  # type: ignore[return-value]

    def edge(self, layer: int, after: int, before: int) -> VMobject:
        """The edge that carries weights[layer][after, before]."""
        return self.edges[layer][after * self.sizes[layer] + before]  # type: ignore[return-value]

    def set_weights(self, weights: Sequence[ArrayLike]) -> Self:
        """Draw the edges by these weights: sign as hue, size as width and brightness."""
        if len(weights) != len(self.sizes) - 1:
            raise ValueError(
                f"weights must hold {len(self.sizes) - 1} matrices, got {len(weights)}"
            )
        shapes = zip(self.sizes[1:], self.sizes[:-1], strict=True)
        self.weights = [
            check.array(f"weights[{k}]", w, shape)
            for k, (w, shape) in enumerate(zip(weights, shapes, strict=True))
        ]
        limit = self._limit or max(float(np.abs(w).max()) for w in self.weights) or 1.0
        for lines, matrix in zip(self.edges, self.weights, strict=True):
            for line, value in zip(lines, matrix.flat, strict=True):
                share = min(1.0, abs(float(value)) / limit)
                line.set_stroke(
                    style.signed_colour(float(value), limit), width=self.edge_width * share
                )
        return self

    def set_activations(self, activations: Sequence[ArrayLike], limit: float = 1.0) -> Self:
        """Fill each node by its activation, (n,) for every layer, or (1, n) as a trace has it."""
        for k, (layer, given) in enumerate(zip(self.nodes, activations, strict=True)):
            flat = check.array(f"activations[{k}]", np.ravel(given), (len(layer),))
            for node, value in zip(layer, flat, strict=True):
                node.set_fill(style.signed_colour(float(value), limit), opacity=None)
        return self

    def mask(self, layer: int, keep: ArrayLike) -> Self:
        """Let the nodes of a layer whose `keep` (n,) is 0 fade, with the edges that hang on them.

        All ones brings them back.
        """
        self.masks[layer] = check.array("keep", keep, (self.sizes[layer],))
        for part, kept in zip(self.nodes, self.masks, strict=True):
            for node, value in zip(part, kept, strict=True):
                node.set_opacity(1.0 if value else FADED)
        for k, lines in enumerate(self.edges):
            alive = np.outer(self.masks[k + 1], self.masks[k]) != 0  # (out, in)
            for line, value in zip(lines, alive.flat, strict=True):
                line.set_stroke(opacity=1.0 if value else FADED / 2)
        return self

    @classmethod
    def example(cls) -> Self:
        """A fresh network with one input run through it, one of its units masked."""
        model = network.init([3, 6, 4, 2], "tanh", seed=2)
        trace = network.forward(model, [[0.9, -0.6, 0.4]])
        diagram = cls(model.sizes, model.weights).set_activations(trace.post)
        return diagram.mask(1, [1, 1, 1, 0, 1, 1])
