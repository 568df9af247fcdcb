"""One recurrent network in four arrangements of inputs and outputs, each on a task of its own.

The cell is the same each time, h_t = tanh(W_xh x_t + W_hh h_{t-1} + b) and a softmax over words;
only the steps at which something comes in and something is asked for differ (see `pattern_tasks`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vizdl import data
from vizdl.engines.rnn import RNN
from vizdl.experiments import base, pattern_tasks, sentiment
from vizdl.experiments.base import Fact, Facts, Trace, number, setting
from vizdl.experiments.pattern_tasks import PATTERNS, Spoken, Task

Array = NDArray[np.float64]
Sentence = tuple[str, ...]

SENTENCE = "the song was dull but not awful"
VALUE = 342  # to be translated
NUMBER = " ".join(pattern_tasks.german(VALUE))
LEAST = {"one to one": 0.7, "many to one": 0.9, "one to many": 0.9, "many to many": 0.8}
CLAIMS = {
    "one to one": "One input, one output: whether a student passes",
    "many to one": "Many to one: the mood of a sentence",
    "one to many": "One to many: a picture, described in words",
    "many to many": "Many to many: numbers, from German to English",
}
EQUATIONS = {
    "state": "h_t = tanh(W_(x h) x_t + W_(h h) h_(t-1) + b_h)",
    "output": 'p_t = op("softmax")(W_(h y) h_t + b_y)',
    "loss": "L = - sum_(t in A) log p_t [y_t]",
    "speak": 'y_t = op("arg max") p_t, quad x_(t+1) = e_(y_t)',
}


class Settings(base.Settings):
    """What may be changed: the pattern shown, and what goes into it."""

    pattern: Literal["one to one", "many to one", "one to many", "many to many"] = setting(
        "many to many", "pattern"
    )
    lectures: int = setting(8, "lectures attended", low=0, high=data.LECTURES, step=1)
    hours: int = setting(12, "hours on the project", low=0, high=data.HOURS, step=1)
    size: Literal["small", "large"] = setting("large", "size")
    colour: Literal["red", "green", "blue", "yellow"] = setting("blue", "colour")
    shape: Literal["circle", "square", "triangle"] = setting("triangle", "shape")
    seed: int = setting(0, "seed", low=0, high=99, step=1)


@dataclass(frozen=True, eq=False)
class Example:
    """One pattern at work on T steps: what comes `into` each step, in words, with "" for nothing;
    what is `out` of each, "" where nothing is asked; states (T+1, H); likeliest (T,), the
    probability of the word it chose; asked (T,), 1 where an answer is asked for; what is `right`.
    """

    pattern: str
    into: Sentence
    out: Sentence
    states: Array
    likeliest: Array
    asked: Array
    right: Sentence


@dataclass(frozen=True, eq=False)
class SequencePatternsTrace(Trace):
    """All four patterns: an example of each, and how often each is right on what was held out.

    examples in the order of `PATTERNS`; accuracy (4,), tried (4,), the number of examples held out;
    guess (4,), the accuracy of always giving the commonest answer. image (9, 9, 3) is the picture
    of the one that describes.
    """

    settings: Settings
    examples: tuple[Example, ...]
    accuracy: Array
    tried: Array
    guess: Array
    image: Array
    models: tuple[RNN, ...]

    @property
    def counts(self) -> list[int]:
        """`tried` as whole numbers."""
        return [int(count) for count in self.tried]


def run(settings: Settings) -> SequencePatternsTrace:
    """Train all four (once for each seed) and let each do one example."""
    seed = settings.seed
    image = pattern_tasks.picture((settings.size, settings.colour, settings.shape))
    reads: dict[str, tuple[Array, Sentence, Sentence]] = {
        "one to one": (
            pattern_tasks.student(settings.lectures, settings.hours),
            (f"{settings.lectures} lectures, {settings.hours} hours",),
            ("pass" if _odds(settings) > 0 else "fail",),
        ),
        "many to one": (
            sentiment.VOCABULARY.one_hot(sentiment.VOCABULARY.indices(SENTENCE)),
            tuple(SENTENCE.split()),
            (sentiment.MOODS[sentiment.mood(SENTENCE.split())],),
        ),
        "one to many": (
            pattern_tasks.shown(image),
            ("the picture",),
            ("a", settings.size, settings.colour, settings.shape),
        ),
        "many to many": (
            pattern_tasks.heard(tuple(NUMBER.split())),
            (*NUMBER.split(), pattern_tasks.GO),
            pattern_tasks.english(VALUE),
        ),
    }
    models, examples, accuracy, tried, guess = [], [], [], [], []
    for pattern in PATTERNS:
        model, task = pattern_tasks.trained(pattern, seed)
        read, into, right = reads[pattern]
        examples.append(_example(task, into, pattern_tasks.speak(model, task, read), right))
        said = [pattern_tasks.speak(model, task, x).said for x in task.read]
        accuracy.append(np.mean([a == b for a, b in zip(said, task.right, strict=True)]))
        tried.append(len(said))
        commonest = max(set(task.right), key=task.right.count)
        guess.append(task.right.count(commonest) / len(said))
        models.append(model)
    return SequencePatternsTrace(
        settings, tuple(examples), np.array(accuracy), np.array(tried, dtype=float),
        np.array(guess), image, tuple(models),
    )  # fmt: skip


def facts(trace: SequencePatternsTrace) -> Facts:
    """Each pattern does its task on what was held out, better than the commonest answer."""
    found = []
    for k, pattern in enumerate(PATTERNS):
        share, guess = float(trace.accuracy[k]), float(trace.guess[k])
        least = LEAST[pattern]
        found.append(
            Fact(
                pattern.replace(" ", "_"),
                CLAIMS[pattern],
                100 * share,
                f"of {int(trace.tried[k])} held out, right: at least {number(100 * least)}%; "
                f"the commonest answer has {number(100 * guess, 2)}%",
                share >= least and share > guess,
                unit="%",
            )
        )
    return Facts(*found)


def _odds(settings: Settings) -> float:
    """The log-odds of passing, as the students were made."""
    by_lecture, by_hour, start = data.PASSING
    return by_lecture * settings.lectures + by_hour * settings.hours + start


def _example(task: Task, into: Sentence, spoken: Spoken, right: Sentence) -> Example:
    steps = len(spoken.probabilities)
    heard = (*into, *spoken.said)[:steps]
    words = [task.words.words[k] for k in spoken.probabilities.argmax(axis=1)]
    asked = (np.arange(steps) >= spoken.first).astype(float)
    return Example(
        task.pattern,
        heard,
        tuple(word if ask else "" for word, ask in zip(words, asked, strict=True)),
        spoken.states,
        spoken.probabilities.max(axis=1),
        asked,
        right,
    )
