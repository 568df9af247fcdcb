"""What the figure of learning rates says: sentence, hover texts, names of the outcomes, table.

The numbers are named as the page has them: `figures.learning_rate` lists them.
"""

from __future__ import annotations

from vizdl.experiments import learning_rate as experiment
from vizdl.figures.words import words

OUTCOMES = (
    "settles in the lowest minimum",
    "gets stuck in the false one",
    "too slow",
    "restless",
    "diverges",
)

_STANDS = (
    "Step {step:d} at a rate of {learning_rate:g3}: w = {path.w[step,2]}, "
    "loss {path.loss[step,2]}. "
)
SENTENCE = words(
    (
        "here.lost",
        "Step {step:d} at a rate of {learning_rate:g3}: the run has left the range. It diverges: "
        "each step overshoots by more than it has gained.",
    ),
    (
        "verdict.is[2,0]",
        _STANDS + "The run settles in the lowest minimum, after {verdict.settled[2]:d} steps.",
    ),
    (
        "verdict.is[2,1]",
        _STANDS + "The run gets stuck in the false minimum, after {verdict.settled[2]:d} steps.",
    ),
    ("verdict.is[2,2]", _STANDS + "The run is too slow: {steps:d} steps are not enough for it."),
    (
        "verdict.is[2,3]",
        _STANDS
        + "The run is restless: {verdict.rises[2]:d} of its {steps:d} steps raise the loss.",
    ),
    _STANDS + "The run diverges: each step overshoots by more than it has gained.",
)
STORIES = tuple(
    words(
        f"<b>rate {{rates.all[{k}]:g3}}, step {{i:d}}</b><br>w = {{path.w[i,{k}]}}<br>"
        f"loss {{path.loss[i,{k}]}}"
    )
    for k in range(4)
)
FATES = words(
    *[
        (f"sweep.is[i,{k}]", "rate {every.rate[i]}: " + told)
        for k, told in enumerate(
            (
                "settles in the lowest minimum<br>after {sweep.settled[i]:d} steps",
                "gets stuck in the false minimum<br>after {sweep.settled[i]:d} steps",
                "too slow for {steps:d} steps",
                "restless: {sweep.rises[i]:d} of its steps raise the loss",
                "diverges",
            )
        )
    ]
)
TABLE = (
    ("step", words("{step:d}")),
    *(
        (f"rate {named}", words(f"w = {{path.w[step,{k}]:n6}}, loss {{path.loss[step,{k}]:n6}}"))
        for k, named in enumerate(
            (f"{experiment.TINY:g}", f"{experiment.SMALL:g}", "chosen", f"{experiment.LARGE:g}")
        )
    ),
    *(
        (f"rates of the 400: {told}", words(f"{{tally.count[{k}]:d}}"))
        for k, told in enumerate(OUTCOMES)
    ),
)
