"""Sentences with numbers, written once for a figure in Python and for the same figure on a page.

    step = words(
        ("path.diverged[step]", "Step {step:d}: the run has diverged."),
        "Step {step:d}: w = ({path.w[step,0]}, {path.w[step,1]}), loss {path.loss[step]:n2}.",
    )
    step.fill({"path.w": w, "path.loss": losses, "path.diverged": diverged}, step=3)

The first case whose condition holds is said: a number that is there and not zero, or after
``not`` one that isn't. A text is anything, with ``{name[index, …]:format}`` where a number stands.
What is in a name's brackets is explained at `experiments.live.Reference`. Formats: ``n`` as
`experiments.base.number` writes (``n2``: with two digits), which is taken where none is given;
``d`` whole, ``f2`` with two decimals, ``g3`` of three digits without zeros at their end, ``s`` a
word. ``()`` after it puts a negative number in brackets.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from vizdl.experiments.base import number
from vizdl.experiments.live import Reference

_PLACE = re.compile(r"\{([^{}]*)\}")
_FORMAT = re.compile(r"([ndfgs])(\d*)(\(\))?")


@dataclass(frozen=True)
class Place:
    """Where a number stands in a text, and how it is written."""

    reference: Reference
    kind: str
    digits: int | None
    bracketed: bool

    @classmethod
    def parse(cls, text: str) -> Place:
        """Read what stands between braces. Raises ValueError."""
        reference, _, written = text.partition(":")
        found = _FORMAT.fullmatch(written.strip() or "n")
        if found is None or (found[1] in "fg" and not found[2]):
            raise ValueError(f"a format is n, n2, d, f2, g3 or s, got {written!r} in {text!r}")
        digits = int(found[2]) if found[2] else None
        return cls(Reference.parse(reference), found[1], digits, found[3] is not None)

    def write(self, value: Any) -> str:
        """A number or word as it is shown."""
        if self.kind == "s":
            return str(value)
        text = _written(float(value), self.kind, self.digits)
        return f"({text})" if self.bracketed and text.startswith("−") else text


@dataclass(frozen=True)
class Text:
    """A text with places for numbers, said if its condition holds."""

    parts: tuple[str | Place, ...]
    condition: Reference | None = None
    wanted: bool = True

    def holds(self, values: Mapping[str, Any], places: Mapping[str, int]) -> bool:
        """Whether this is the case."""
        if self.condition is None:
            return True
        found = float(self.condition.among(values, places))
        return (found != 0 and not math.isnan(found)) == self.wanted


@dataclass(frozen=True)
class Words:
    """What is said, case by case; see `words`."""

    texts: tuple[Text, ...]

    def fill(self, values: Mapping[str, Any], **places: int) -> str:
        """The sentence, its numbers taken from `values`, or from `places` for what counts."""
        chosen = next((text for text in self.texts if text.holds(values, places)), None)
        if chosen is None:
            return ""
        return "".join(
            part if isinstance(part, str) else part.write(part.reference.among(values, places))
            for part in chosen.parts
        )

    def names(self) -> set[str]:
        """Every name that it takes a number from."""
        found: set[str] = set()
        for text in self.texts:
            if text.condition:
                found.update(text.condition.names())
            for part in text.parts:
                found.update(() if isinstance(part, str) else part.reference.names())
        return found

    def longest(self, values: Mapping[str, Any], steps: int) -> str:
        """The longest of its texts at any step, to keep room for, of those that can be filled."""
        said = (_tried(text, values, step) for text in self.texts for step in range(steps))
        return max(said, key=len, default="")

    def to_json(self) -> list[Any]:
        """As the player reads it."""
        return [
            {
                "if": text.condition.to_json() if text.condition else None,
                "not": not text.wanted,
                "say": [
                    part
                    if isinstance(part, str)
                    else [*part.reference.to_json(), part.kind, part.digits, part.bracketed]
                    for part in text.parts
                ],
            }
            for text in self.texts
        ]


def words(*cases: str | tuple[str, str]) -> Words:
    """A sentence: texts, each alone or after its condition. Raises ValueError."""
    texts = []
    for case in cases:
        condition, text = ("", case) if isinstance(case, str) else case
        wanted = not condition.startswith("not ")
        condition = condition.removeprefix("not ")
        parts = [
            Place.parse(part) if odd % 2 else part for odd, part in enumerate(_PLACE.split(text))
        ]
        texts.append(
            Text(
                tuple(part for part in parts if part != ""),
                Reference.parse(condition) if condition else None,
                wanted,
            )
        )
    return Words(tuple(texts))


def named(**runs: Mapping[str, Any]) -> dict[str, Any]:
    """What runs give, by the names that a page has for it: ``named(net={"h": h})["net.h"]``."""
    return {f"{run}.{name}": value for run, found in runs.items() for name, value in found.items()}


def _tried(text: Text, values: Mapping[str, Any], step: int) -> str:
    try:
        return Words((replace(text, condition=None),)).fill({**values, "step": step})
    except (LookupError, ValueError):
        return ""


def _written(value: float, kind: str, digits: int | None) -> str:
    if kind == "n":
        return number(value, 3 if digits is None else digits)
    if not math.isfinite(value):
        return number(value)
    if kind == "d":
        return f"{int(np.rint(value))}".replace("-", "−")
    text = f"{value:.{digits}{kind}}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")
