"""What a page computes of the patterns: the cell step by step, on the reader's own input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd.numpy as anp
import numpy as np

from vizdl import data
from vizdl.engines.rnn import RNN
from vizdl.engines.vocabulary import one_hot
from vizdl.experiments import pattern_tasks, sentiment
from vizdl.experiments.live import Flow, Run, Table, Tiles
from vizdl.experiments.pattern_tasks import (
    COLOURS,
    END,
    ENGLISH,
    GERMAN,
    GO,
    HEARD,
    LONGEST_NUMBER,
    PATTERNS,
    SHAPES,
    SIZES,
    UNITS,
    Task,
)  # fmt: skip
from vizdl.experiments.sequence_patterns import NUMBER, SENTENCE, SequencePatternsTrace

Outputs = dict[str, Any]

WIDE = max(UNITS.values())  # smaller networks have units that are always 0
SHOWN = 16  # units whose states are drawn
MOST_WORDS = 8  # that a reader may put in a row
MOST = MOST_WORDS + 1 + LONGEST_NUMBER + 1  # steps
HALF = 0.32  # of a bar's height, in rows
STUDENT, PICTURE = "student", "picture"
# Everything that comes in or out, by one number; the last is nothing at all.
WORDS = tuple(
    dict.fromkeys(
        (*pattern_tasks.VERDICTS.words, *sentiment.VOCABULARY.words, *pattern_tasks.CAPTION.words,
         *GERMAN.words, GO, *ENGLISH.words, STUDENT, PICTURE, "")
    )
)  # fmt: skip
NOTHING = WORDS.index("")


def flow(trace: SequencePatternsTrace) -> Flow:
    """The network of the pattern that is chosen, step by step until it has said the end."""
    combinations = [(a, b, c) for a in SIZES for b in COLOURS for c in SHAPES]
    pictures = {made: pattern_tasks.picture(made).ravel() for made in combinations}
    steps = {}
    for pattern in PATTERNS:
        model, task = pattern_tasks.trained(pattern, trace.settings.seed)
        steps[pattern] = _step(model, task)
    given = {
        "lectures": "lectures", "hours": "hours", "sentence": "sentence.padded",
        "words": "sentence.count", "image": "image", "number": "number.padded",
        "parts": "number.count",
    }  # fmt: skip
    only = {"sentence": "many to one", "number": "many to many",
            **dict.fromkeys(("lectures", "hours"), "one to one"),
            **dict.fromkeys(("size", "colour", "shape"), "one to many")}  # fmt: skip
    return Flow(
        controls=("pattern", "lectures", "hours", "size", "colour", "shape"),
        sources=(
            Tiles("sentence", sentiment.VOCABULARY, SENTENCE, "Words of the sentence", MOST_WORDS),
            Tiles("number", GERMAN, NUMBER, "Words of the German number", MOST_WORDS),
            Table("image", ("size", "colour", "shape"), pictures, exact=True),
        ),
        runs=(
            Run(
                "most", lambda lectures: {"steps": MOST + 0.0 * lectures}, {"lectures": "lectures"}
            ),
            Run(
                "net",
                steps,
                given,
                start={"state": np.zeros(WIDE), "word": 0.0, "time": 0.0},
                by="pattern",
                steps="most.steps",
                most=MOST,
                stop="done",
            ),
        ),
        frames="net.rows",
        only={name: ("pattern", pattern) for name, pattern in only.items()},
    )


def _step(model: RNN, task: Task) -> Callable[..., Any]:
    """One step: what comes in, the new state, the likeliest word and whether it is asked for."""
    hidden = model.hidden_size
    w_hh = np.zeros((WIDE, WIDE))
    w_hh[:hidden, :hidden] = model.w_hh
    w_xh = np.concatenate([model.w_xh, np.zeros((WIDE - hidden, model.input_size))])
    b_h = np.concatenate([model.b_h, np.zeros(WIDE - hidden)])
    w_hy = np.concatenate([model.w_hy, np.zeros((model.output_size, WIDE - hidden))], axis=1)
    names = np.array([WORDS.index(word) for word in task.words.words], dtype=float)
    end = task.words.index(END) if END in task.words else -1
    inputs = INPUTS[task.pattern]

    def step(
        state: Any, word: Any, time: Any, **given: Any
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        reads, name, x = inputs(time, **given)
        reading = anp.where(time < reads, 1.0, 0.0)
        if task.hears >= 0:
            said = one_hot(word + task.hears, model.input_size)
            x = reading * x + (1 - reading) * said
            name = anp.where(time < reads, name, anp.sum(names * one_hot(word, len(names))))
        after = anp.tanh(w_xh @ x + w_hh @ state + b_h)
        logits = w_hy @ after + model.b_y
        powers = anp.exp(logits - anp.max(logits))
        likely = powers / anp.sum(powers)
        best = anp.sum(anp.where(likely == anp.max(likely), np.arange(len(names)), 0))
        asked = anp.where(time >= reads - 1, 1.0, 0.0)
        chosen = anp.sum(names * one_hot(best, len(names)))
        over = asked if task.hears < 0 else asked * anp.where(best == end, 1.0, 0.0)
        return {"state": after, "word": best, "time": time + 1}, {
            "shown": after[:SHOWN],
            "heard": name + 0.0,
            "out": anp.where(asked > 0, chosen, float(NOTHING)),
            "likely": anp.max(likely),
            "percent": 100 * anp.max(likely),
            **_bar(time + 1.0, anp.where(asked > 0, anp.max(likely), anp.nan)),
            "asked": asked,
            "reading": reading,
            "row": time + 1.0,
            "left": 0.2 + 0.0 * time,
            "right": 1.06 + 0.0 * time,
            "done": over,
        }

    return step


def _bar(row: Any, end: Any) -> Outputs:
    """The outline of the bar of a row: x and y (5,)."""
    no, gap = 0.0 * end, anp.nan * end
    low, high = row - HALF + no, row + HALF + no
    return {
        "bar_x": anp.stack([no, end, end, no, gap]),
        "bar_y": anp.stack([low, low, high, high, gap]),
    }


def _student(time: Any, lectures: Any, hours: Any, **_: Any) -> tuple[Any, Any, Any]:
    x = anp.stack([lectures / data.LECTURES, hours / data.HOURS])
    return 1.0, float(WORDS.index(STUDENT)), x


def _sentence(time: Any, sentence: Any, words: Any, **_: Any) -> tuple[Any, Any, Any]:
    vocabulary = sentiment.VOCABULARY
    place = anp.sum(anp.where(np.arange(MOST_WORDS) == time, sentence, 0.0))
    hot = one_hot(place, len(vocabulary))
    return words, _named(vocabulary.words, hot), hot


def _picture(time: Any, image: Any, **_: Any) -> tuple[Any, Any, Any]:
    x = anp.concatenate([image, np.zeros(len(pattern_tasks.CAPTION))])
    return 1.0, float(WORDS.index(PICTURE)), x


def _number(time: Any, number: Any, parts: Any, **_: Any) -> tuple[Any, Any, Any]:
    place = anp.sum(anp.where(np.arange(MOST_WORDS) == time, number, 0.0))
    place = anp.where(time == parts, float(HEARD.index(GO)), place)
    hot = one_hot(place, len(HEARD))
    return parts + 1, _named(HEARD.words, hot), hot


def _named(words: tuple[str, ...], hot: Any) -> Any:
    return anp.sum(np.array([WORDS.index(word) for word in words], dtype=float) * hot)


INPUTS: dict[str, Callable[..., tuple[Any, Any, Any]]] = {
    "one to one": _student,
    "many to one": _sentence,
    "one to many": _picture,
    "many to many": _number,
}
