"""What a page computes when a reader changes something: runs of an engine's step, in order.

A `Flow` is like a spreadsheet. It begins with the settings that may be changed, with `Table`s
that choose among arrays made beforehand, with `Entries` that a reader edits, `Tiles` that are put
in a row and `Draw`s of a seed. Each `Run` then takes a step, recorded once by `vizdl.live`, with
what stands before it, once or many times. What it gives is named after it: ``path.loss`` is the
output ``loss`` of the run ``path``. When something changes, what depends on it runs again, and
nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from vizdl.engines import draws
from vizdl.engines.vocabulary import NONE, Vocabulary

Array = NDArray[Any]
Step = Callable[..., Any]
Index = tuple[str, int]  # a name and what is added to it; no name: the number itself

_REFERENCE = re.compile(r"([A-Za-z_][\w.]*)(?:\[([^\[\]]*)\])?")
_INDEX = re.compile(r"(-?\d+)|([A-Za-z_][\w.]*)([+-]\d+)?")


@dataclass(frozen=True)
class Reference:
    """A number, or part of an array, among named arrays: ``path.w[step-1,0]``.

    Each index is a number, from the end if it is negative, or a name and what is added to it.
    """

    name: str
    index: tuple[Index, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Reference:
        """Read a reference. Raises ValueError."""
        found = _REFERENCE.fullmatch(text.strip())
        parts = [] if found is None or found[2] is None else found[2].split(",")
        indices = [_INDEX.fullmatch(part.strip()) for part in parts]
        if found is None or None in indices:
            raise ValueError(f"a reference reads name or name[index, …], got {text!r}")
        return cls(
            found[1],
            tuple(("", int(at[1])) if at[1] else (at[2], int(at[3] or 0)) for at in indices if at),
        )

    def among(self, values: Mapping[str, Any], places: Mapping[str, int]) -> Any:
        """The number or word itself. Raises KeyError, IndexError."""
        found: Any = values[self.name] if self.name in values else places[self.name]
        for name, offset in self.index:
            base = 0
            if name:
                base = int(places[name] if name in places else values[name])
            found = found[base + offset]
        return found

    def names(self) -> Iterator[str]:
        """Every name in it."""
        yield self.name
        yield from (name for name, _ in self.index if name)

    def to_json(self) -> list[Any]:
        """As the player reads it."""
        return [self.name, [list(at) for at in self.index]]


@dataclass(frozen=True, eq=False)
class Run:
    """A step of the engine, taken once, or `steps` times from `start` on.

    The step is called with `inputs`, and with `start` and `sequences` if there are any, by its own
    names; each says what is given: a setting, another run's output (``path.loss``), an entry. What
    comes from `constants` does not change. It returns its outputs by name, or the pair (new state,
    outputs) where there is a start. With `by`, the setting of that name chooses among the steps.

    `steps` names the number of steps to take, `most` is how many there can be. A run over
    `sequences` takes a step for each item, from the last to the first with `reverse`. It ends after
    a step whose output `stop` is true. ``NAME.rows`` is how many steps were taken.
    """

    name: str
    step: Step | Mapping[Any, Step]
    inputs: Mapping[str, str] = field(default_factory=dict)
    start: Mapping[str, Any] = field(default_factory=dict)
    sequences: Mapping[str, str] = field(default_factory=dict)
    by: str = ""
    steps: str = ""
    most: int = 1
    reverse: bool = False
    stop: str = ""

    @property
    def cases(self) -> dict[Any, Step]:
        """The steps by the choice that takes them; a single one stands under ""."""
        return dict(self.step) if isinstance(self.step, Mapping) else {"": self.step}


@dataclass(frozen=True, eq=False)
class Table:
    """Arrays made beforehand, one for each choice of the settings `by`.

    Each is an array (a number, a word or any JSON value as well). They travel as 16 bits a number,
    with a scale and an offset of their own; as 64 bits where `exact`, for what is computed with.
    """

    name: str
    by: tuple[str, ...]
    values: Mapping[Any, Any]
    exact: bool = False


@dataclass(frozen=True, eq=False)
class Entries:
    """An array that the reader edits, entry by entry, from `low` to `high` in steps of `step`.

    A control beside the figure edits the one at the place `at` (``step-1``), if there is one: for
    fingers that are larger than a handle.
    """

    name: str
    values: Array
    label: str
    low: float
    high: float
    step: float
    at: str = ""


@dataclass(frozen=True, eq=False)
class Tiles:
    """Words that the reader puts in a row: adds, takes away, drags to another place.

    `vocabulary` holds those there are, `start` is the row to begin with, as a text; it has at least
    one word and at most `most`. In the flow the row is `name` (N,), the places of its words in the
    vocabulary, to be run over as a sequence; ``NAME.padded`` (most,) the same with -1 after its
    end; ``NAME.count`` is N and ``NAME.words`` are the words themselves.
    """

    name: str
    vocabulary: Vocabulary
    start: str
    label: str
    most: int

    def numbers(self, row: str | Iterable[str] | None = None) -> dict[str, Any]:
        """All that the flow has of a row of words. Raises UnknownWord, and ValueError for none
        or too many of them.
        """
        places = self.vocabulary.indices(self.start if row is None else row)
        if not 1 <= len(places) <= self.most:
            raise ValueError(f"{self.name} must be 1 to {self.most} words, got {len(places)}")
        padded = np.full(self.most, float(NONE))
        padded[: len(places)] = places
        return {
            self.name: padded[: len(places)],
            f"{self.name}.padded": padded,
            f"{self.name}.count": len(places),
            f"{self.name}.words": list(self.vocabulary.spell(places)),
        }


@dataclass(frozen=True)
class Draw:
    """Random numbers, the same in the page as in Python: see `vizdl.engines.draws`.

    They belong to the key of the setting `seed` and of what `path` holds or names. Permutations
    have the shape (rows, count); integers are from 0 to `below` - 1.
    """

    name: str
    kind: Literal["uniform", "normal", "integers", "permutations"]
    shape: tuple[int, ...]
    seed: str
    path: tuple[int | str, ...] = ()
    below: int = 0

    def numbers(self, values: Mapping[str, Any]) -> Array:
        """The numbers themselves, as the settings are."""
        path = [values[part] if isinstance(part, str) else part for part in self.path]
        key = draws.key(values[self.seed], *path)
        if self.kind == "permutations":
            rows, count = self.shape
            return draws.permutations(key, rows, count)
        if self.kind == "integers":
            return draws.integers(key, self.shape, self.below)
        return (
            draws.uniform(key, self.shape)
            if self.kind == "uniform"
            else draws.normal(key, self.shape)
        )


Source = Table | Entries | Tiles | Draw


@dataclass(frozen=True, eq=False)
class Flow:
    """The settings that may be changed, by name, and all that follows from them, in order.

    `frames` names how many moments there are to step through, counted by ``step``. ``hover`` is
    the point that the reader points at where a figure asks for it, else -1. `highest` has the
    largest value of a control where that is less than the settings allow. `only` names controls and
    tiles that a page shows only where another setting has that value.
    """

    controls: tuple[str, ...]
    runs: tuple[Run, ...]
    frames: str
    sources: tuple[Source, ...] = ()
    highest: Mapping[str, float] = field(default_factory=dict)
    only: Mapping[str, tuple[str, Any]] = field(default_factory=dict)
