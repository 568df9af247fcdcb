"""Four small tasks for one recurrent network, one for each pattern of inputs and outputs.

- one to one: will a student pass? From lectures attended and hours of work (see `vizdl.data`);
- many to one: the mood of a sentence (see `sentiment`);
- one to many: a picture of a coloured shape, to be described in words;
- many to many: a number in German words, to be said in English, where tens and units change places.

All four are sequences to the network: vectors come in, one a step, and at some steps a word is
asked for. Where it speaks, each word that it has said comes in at the next step. Part of each task
is held out: students, sentences, pictures, numbers. (Whole combinations of size, colour and shape
were held out first, and the network described hardly any right: it had learned the pictures of
blue things and of squares, but never that the two are put together.)

Sutskever, Vinyals and Le, Sequence to Sequence Learning with Neural Networks, NIPS 2014; Vinyals et
al., Show and Tell, CVPR 2015.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from vizdl import data
from vizdl.engines import sequence_labels
from vizdl.engines.rnn import RNN
from vizdl.engines.sequence_labels import UNASKED
from vizdl.engines.vocabulary import Vocabulary
from vizdl.experiments import sentiment

Array = NDArray[np.float64]
Sentence = tuple[str, ...]

PATTERNS = ("one to one", "many to one", "one to many", "many to many")
UNITS = {"one to one": 16, "many to one": 16, "one to many": 24, "many to many": 64}
STEPS = {"one to one": 200, "many to one": 800, "one to many": 300, "many to many": 1000}
RATES = {"one to one": 0.02, "one to many": 0.01, "many to many": 0.005}
HELD_OUT = 0.2  # of each task
END, GO = "end", "go"  # said where all is said; heard where it is to speak

VERDICTS = Vocabulary(("fail", "pass"))
MOODS = Vocabulary(sentiment.MOODS)

SIZES, COLOURS = ("small", "large"), ("red", "green", "blue", "yellow")
SHAPES = ("circle", "square", "triangle")
CAPTION = Vocabulary(("a", *SIZES, *COLOURS, *SHAPES, END))
PIXELS = 9  # along the side of a picture
PICTURES = 40  # of each size, colour and shape to train on, every one a little different
PAINT = {"red": (1, 0.15, 0.1), "green": (0.1, 0.8, 0.2), "blue": (0.15, 0.3, 1),
         "yellow": (1, 0.9, 0.1)}  # fmt: skip

LARGEST = 999
GERMAN_ONES = ("ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun")
GERMAN_TEENS = ("zehn", "elf", "zwölf", "dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn",
                "achtzehn", "neunzehn")  # fmt: skip
GERMAN_TENS = (
    "zwanzig",
    "dreißig",
    "vierzig",
    "fünfzig",
    "sechzig",
    "siebzig",
    "achtzig",
    "neunzig",
)
ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
         "eighteen", "nineteen")  # fmt: skip
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
GERMAN = Vocabulary(("eins", *GERMAN_ONES, *GERMAN_TEENS, *GERMAN_TENS, "und", "hundert"))
ENGLISH = Vocabulary((*ONES, *TEENS, *TENS, "and", "hundred", END))
HEARD = Vocabulary((*GERMAN.words, GO, *ENGLISH.words))
LONGEST_NUMBER = 5  # words, in either language


@dataclass(frozen=True, eq=False)
class Task:
    """One pattern: what the network says, and the examples that were held out.

    `words` are the classes; each example has what comes in first, read (n, D), and what is right,
    a sentence. `hears` is where a word that was said stands in the next input, -1 if it does not
    speak on. `names` says of each example what it is.
    """

    pattern: str
    words: Vocabulary
    hears: int
    read: tuple[Array, ...]
    right: tuple[Sentence, ...]
    names: tuple[Sentence, ...]


@dataclass(frozen=True, eq=False)
class Spoken:
    """What a network did: states (T+1, H), probabilities (T, O) at every step, what it said and at
    which step it began to.
    """

    states: Array
    probabilities: Array
    said: Sentence
    first: int


def speak(model: RNN, task: Task, read: Array, most: int = 8) -> Spoken:
    """Let the network read, then say its words, the likeliest each, until it says the end."""
    states, said, every = [np.zeros(model.hidden_size)], [], []

    def step(x: Array) -> None:
        a = model.w_xh @ x + model.w_hh @ states[-1] + model.b_h
        states.append(np.tanh(a))
        logits = model.w_hy @ states[-1] + model.b_y
        powers = np.exp(logits - logits.max())
        every.append(powers / powers.sum())

    for x in read:
        step(x)
    while True:
        word = int(every[-1].argmax())
        if task.words.words[word] == END:
            break
        said.append(task.words.words[word])
        if task.hears < 0 or len(said) == most:
            break
        x = np.zeros(read.shape[1])
        x[task.hears + word] = 1
        step(x)
    return Spoken(np.array(states), np.array(every), tuple(said), len(read) - 1)


@functools.cache
def trained(pattern: str, seed: int) -> tuple[RNN, Task]:
    """The network of a pattern, trained on what was not held out."""
    if pattern == "many to one":
        model = sentiment.trained(UNITS[pattern], STEPS[pattern], seed).model
        return model, _moods(seed)
    make = {"one to one": _students, "one to many": _captions, "many to many": _numbers}[pattern]
    x, targets, task = make(seed)
    model = sequence_labels.train(
        x, targets, len(task.words), UNITS[pattern], steps=STEPS[pattern], seed=seed,
        learning_rate=RATES[pattern],
    ).model  # fmt: skip
    return model, task


# One to one, many to one


def student(lectures: float, hours: float) -> Array:
    """A student as the network sees one: both shares from 0 to 1. (1, 2)"""
    return np.array([[lectures / data.LECTURES, hours / data.HOURS]])


def _students(seed: int) -> tuple[Array, NDArray[np.int64], Task]:
    everyone = data.students(1500, seed=seed)
    seen, held = everyone.split(1200, seed)
    x = np.concatenate([student(*row) for row in seen.x])[None]
    task = Task(
        "one to one", VERDICTS, -1,
        tuple(student(*row) for row in held.x),
        tuple((VERDICTS.words[int(y)],) for y in held.y),
        tuple((f"{lectures:g} lectures", f"{hours:g} hours") for lectures, hours in held.x),
    )  # fmt: skip
    return x, seen.y[None].astype(np.int64), task


def _moods(seed: int) -> Task:
    random = np.random.default_rng((seed, 4))
    held = [sentiment.held_out(random, seed, 40, length=n) for n in range(3, 13)]
    every = [words for sentences in held for words in sentences.words]
    return Task(
        "many to one", MOODS, -1,
        tuple(sentiment.VOCABULARY.one_hot(sentiment.VOCABULARY.indices(words)) for words in every),
        tuple((MOODS.words[sentiment.mood(words)],) for words in every),
        tuple(every),
    )  # fmt: skip


# One to many


def picture(made: Sentence, random: np.random.Generator | None = None) -> Array:
    """A picture (9, 9, 3) from 0 to 1: in the middle, or somewhere near it and a little noisy."""
    size, colour, shape = made
    rows, columns = np.mgrid[:PIXELS, :PIXELS] - (PIXELS - 1) / 2
    shade = np.array(PAINT[colour], dtype=float)
    noise = np.zeros((PIXELS, PIXELS, 3))
    if random is not None:
        rows, columns = rows + random.integers(-1, 2), columns + random.integers(-1, 2)
        shade = shade + random.normal(0, 0.06, 3)
        noise = random.normal(0, 0.03, noise.shape)
    reach = 2.0 if size == "small" else 3.5
    inside = {
        "circle": rows**2 + columns**2 <= (reach + 0.2) ** 2,
        "square": np.maximum(abs(rows), abs(columns)) <= reach - 0.2,
        "triangle": (abs(columns) <= (rows + reach) / 2 + 0.3) & (abs(rows) <= reach),
    }[shape]
    image: Array = np.clip(inside[..., None] * shade + noise, 0, 1)
    return image


def shown(image: Array) -> Array:
    """A picture as the first input: its numbers, and no word. (1, D)"""
    return np.concatenate([image.ravel(), np.zeros(len(CAPTION))])[None]


def _captions(seed: int) -> tuple[Array, NDArray[np.int64], Task]:
    random = np.random.default_rng((seed, 5))
    every = list(product(SIZES, COLOURS, SHAPES))
    seen = [made for made in every for _ in range(PICTURES)]
    caption = [CAPTION.indices(("a", *made, END)) for made in seen]
    first = np.stack([shown(picture(made, random))[0] for made in seen])[None]  # (1, N, D)
    words = np.zeros((4, len(seen), first.shape[2]))
    words[..., -len(CAPTION) :] = CAPTION.one_hot(np.transpose(caption)[:-1])
    tried = [made for made in every for _ in range(round(HELD_OUT * PICTURES))]
    task = Task(
        "one to many", CAPTION, first.shape[2] - len(CAPTION),
        tuple(shown(picture(made, random)) for made in tried),
        tuple(("a", *made) for made in tried),
        tuple(tried),
    )  # fmt: skip
    return np.concatenate([first, words]), np.transpose(caption), task


# Many to many


def german(number: int) -> Sentence:
    """A number from 1 to 999 in German, each part a word of its own: units before tens."""
    return _spelled(number, GERMAN_ONES, GERMAN_TEENS, GERMAN_TENS, "hundert", turned=True)


def english(number: int) -> Sentence:
    """The same in English."""
    return _spelled(number, ONES, TEENS, TENS, "hundred", turned=False)


def _spelled(
    number: int, ones: Sentence, teens: Sentence, tens: Sentence, hundred: str, turned: bool
) -> Sentence:
    hundreds, rest = divmod(number, 100)
    head: Sentence = (ones[hundreds - 1], hundred) if hundreds else ()
    if head and rest and not turned:
        head = (*head, "and")
    if rest == 0:
        return head
    if rest < 10:
        return (*head, "eins" if turned and rest == 1 else ones[rest - 1])
    if rest < 20:
        return (*head, teens[rest - 10])
    ten, one = tens[rest // 10 - 2], rest % 10
    if not one:
        return (*head, ten)
    return (*head, ones[one - 1], "und", ten) if turned else (*head, ten, ones[one - 1])


def heard(words: Sentence) -> Array:
    """German words and the sign to speak: (n+1, D)."""
    return HEARD.one_hot(HEARD.indices((*words, GO)))


def _numbers(seed: int) -> tuple[Array, NDArray[np.int64], Task]:
    random = np.random.default_rng((seed, 6))
    every = random.permutation(np.arange(1, LARGEST + 1))
    cut = round(HELD_OUT * len(every))
    held, seen = every[:cut].tolist(), every[cut:].tolist()
    inputs = HEARD.padded([(*german(n), GO, *english(n)) for n in seen])
    targets = np.full(inputs.shape, UNASKED)
    for column, n in enumerate(seen):
        first, said = len(german(n)), ENGLISH.indices((*english(n), END))
        targets[first : first + len(said), column] = said
    task = Task(
        "many to many", ENGLISH, len(GERMAN) + 1,
        tuple(heard(german(n)) for n in held),
        tuple(english(n) for n in held),
        tuple(german(n) for n in held),
    )  # fmt: skip
    return HEARD.one_hot(inputs), targets, task
