"""The still draws the trace's own lines."""

import numpy as np

from vizdl.experiments import linear_collapse as experiment
from vizdl.stills import linear_collapse


def test_every_line_is_a_networks_boundary():
    trace = experiment.run(experiment.Settings())
    linear, bent = linear_collapse.draw(trace).axes
    named = [line for line in linear.lines if not line.get_label().startswith("_")]
    assert [line.get_label() for line in named] == ["1 layer", "2 layers of 64", "5 layers of 64"]
    sizes = {(1, 2): 0, (2, 64): 1, (5, 64): 2}
    for (depth, width), k in sizes.items():
        at = np.flatnonzero((trace.scan.depths == depth) & (trace.scan.widths == width))[0]
        a, b, c = trace.scan.lines[at]
        np.testing.assert_allclose(named[k].get_xydata() @ [a, b] + c, 0, atol=1e-9)
    np.testing.assert_array_equal(bent.images[0].get_array(), trace.bent_fields[-1])
    assert f"{trace.bent_right[-1]} of {len(trace.y)}" in bent.get_title(loc="left")
