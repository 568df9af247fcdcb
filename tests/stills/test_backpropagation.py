"""The still shows the trace."""

import numpy as np

from vizdl import style
from vizdl.experiments import backpropagation
from vizdl.stills import backpropagation as stills


def test_the_still_is_the_traces():
    trace = backpropagation.run(backpropagation.Settings())
    chain, nudges, graph = stills.draw(trace).axes
    words = [text.get_text() for text in chain.texts]
    assert "$\\partial J/\\partial w_1$ = 0.646" in words
    assert {"0.800", "0.617", "−0.432", "0.868"} <= set(words)
    for k, line in enumerate(nudges.lines):
        apart = np.abs(trace.ratios[k] - trace.products[[3, 1][k]])
        np.testing.assert_array_equal(line.get_ydata(), apart)
    widths = [line.get_linewidth() for line in graph.lines
              if line.get_color() == style.GRADIENT.light]  # fmt: skip
    slopes = np.concatenate([np.ravel(np.abs(g)) for g in trace.gradients.weights])
    np.testing.assert_array_equal(np.argsort(widths, kind="stable"), slopes.argsort(kind="stable"))
    assert graph.get_title("left").endswith("2.83%")
