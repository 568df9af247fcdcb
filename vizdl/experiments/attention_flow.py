"""What a page computes for attention: the sequence of a seed, and the look-up at each moment."""

from __future__ import annotations

from typing import Any

import autograd.numpy as anp
import numpy as np

from vizdl.engines.associative import KEYS, VALUES
from vizdl.experiments import attention as experiment
from vizdl.experiments.attention import ANIMALS, NAMES, WEIGHTS, AttentionTrace
from vizdl.experiments.live import Draw, Flow, Run, Table


def flow(trace: AttentionTrace) -> Flow:
    """The sequence of a seed and the item asked for; step t of ``step`` is moment t of training.

    The item that the reader points at is asked for instead.
    """
    T = len(trace.names)
    by, seed = ("seed",), trace.settings.seed
    kept = {name: getattr(trace, name) for name in WEIGHTS}
    return Flow(
        controls=("query", "temperature", "sequence"),
        highest={"query": T},
        sources=(
            Draw("people", "permutations", (1, KEYS), "sequence", (1,)),
            Draw("animals", "integers", (T,), "sequence", (2,), below=VALUES),
            Table("called", by, {seed: list(NAMES)}),
            Table("kinds", by, {seed: list(ANIMALS)}),
            Table("moments", by, {seed: float(len(trace.steps))}, exact=True),
            Table("steps", by, {seed: trace.steps.astype(float)}, exact=True),
            Table("accuracy", by, {seed: trace.accuracy}, exact=True),
            *(Table(name, by, {seed: values}, exact=True) for name, values in kept.items()),
        ),
        runs=(
            Run(
                "shown",
                lambda people, animals, query, hover: _shown(people[:T], animals, query, hover),
                {"people": "people[0]", "animals": "animals", "query": "query", "hover": "hover"},
            ),
            Run(
                "net",
                experiment.looked,
                {
                    "items": "shown.items",
                    "question": "shown.question",
                    "temperature": "temperature",
                    **{name: f"{name}[step]" for name in WEIGHTS},
                },
            ),
            Run("told", told, TOLD),
        ),
        frames="moments",
    )


TOLD = {
    "weights": "net.weights", "chances": "net.chances", "at": "shown.at", "animal": "shown.animal"
}  # fmt: skip


def _shown(names: Any, animals: Any, query: Any, hover: Any) -> dict[str, Any]:
    asked = anp.where(hover >= 0, hover, query - 1.0)
    return {"asked": asked, "names": names + 0.0, **experiment.presented(names, animals, asked)}


def told(weights: Any, chances: Any, at: Any, animal: Any) -> dict[str, Any]:
    """What the sentence says: the weight on the right item, the answer and whether it is right."""
    best = anp.max(chances)
    number = np.arange(float(VALUES))
    answer = anp.min(anp.where(chances == best, number, float(VALUES)))
    return {
        "percent": 100 * anp.sum(at * weights),
        "answer": answer,
        "sure": 100 * best,
        "right": anp.where(answer == animal, 1.0, 0.0),
        "shares": 100 * weights,
        "likely": 100 * chances,
    }
