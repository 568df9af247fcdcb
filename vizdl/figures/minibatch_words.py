"""What the figure of mini-batches says: the sentence, the names of bands and lines, the table.

The numbers are named as the page has them: `figures.minibatch` lists them.
"""

from __future__ import annotations

from vizdl.experiments.minibatch import POINTS
from vizdl.experiments.minibatch_flow import BANDS
from vizdl.figures.words import words

NAMES = ("one", "batch", "all")  # the walkers: one point a step, a batch, all points
_COST = "{at.spent:d} gradients computed. Loss above the least: "
_LEFT = {
    "one": "{here.left[0]:n2} with 1 point a step (step {at.one:d}), ",
    "batch": "{here.left[1]:n2} with {batch_size:d} (step {at.batch:d}), ",
    "all": f"{{here.left[2]:n2}} with all {POINTS} (step {{at.all:d}}).",
}
_GONE = {"one": "1 point a step has diverged, ", "batch": "{batch_size:d} have diverged, "}
SENTENCE = words(
    ("not at.spent", "No gradient is computed yet: all three walkers stand at the same place."),
    ("here.gone", _COST + _GONE["one"] + _GONE["batch"] + _LEFT["all"]),
    ("here.gone_one", _COST + _GONE["one"] + _LEFT["batch"] + _LEFT["all"]),
    ("here.gone_batch", _COST + _LEFT["one"] + _GONE["batch"] + _LEFT["all"]),
    _COST + _LEFT["one"] + _LEFT["batch"] + _LEFT["all"],
)
BATCH = words("{batch_size:d} points")
BETWEEN = tuple(
    words(f"loss from {{rings.edges[{k}]}} to {{rings.edges[{k + 1}]}}") for k in range(BANDS)
)
LEAST = words("the minimum: loss {data.floor}")
_NONE = ("not left", "none: the data have been gone through")
TABLE = (
    ("step of the batch", words("{at.batch:d}")),
    ("gradients computed by each walker", words("{at.spent:d}")),
    ("loss above the least: 1 point a step", words("{here.left[0]:n6}")),
    ("loss above the least: a batch a step", words("{here.left[1]:n6}")),
    ("loss above the least: all points a step", words("{here.left[2]:n6}")),
    *(
        (
            f"weights: {what} a step",
            words(f"({{{name}.w[at.{name},0]:n6}}, {{{name}.w[at.{name},1]:n6}})"),
        )
        for name, what in zip(NAMES, ("1 point", "a batch", "all points"), strict=True)
    ),
    (
        "gradient of the next batch",
        words(_NONE, "({opinion.batch[0]:n6}, {opinion.batch[1]:n6})"),
    ),
    (
        "gradient of all points at that place",
        words(_NONE, "({opinion.all[0]:n6}, {opinion.all[1]:n6})"),
    ),
    ("angle between the two", words(_NONE, "{opinion.angle:n4}°")),
)
