"""What the page of `feature_hierarchy` computes: the real network, on any picture drawn there.

The network comes along as tables, before and after training, with the favourites of its units, the
digits that they like best and the clouds of each layer. Two steps are a layer: the pixels, the
first, the second. ``at`` is the unit that is looked at: the one that is pointed at, or else the one
that was chosen, or else that of the present layer which the picture excites most, and at the second
step the one after it (while the pixels are looked at, of the first layer).
"""

from __future__ import annotations

from typing import Any

import autograd.numpy as anp
import numpy as np

from vizdl.engines import losses, network
from vizdl.engines.network import MLP
from vizdl.experiments import feature_hierarchy_network as trained_network
from vizdl.experiments.feature_hierarchy import FeatureHierarchyTrace
from vizdl.experiments.feature_hierarchy_network import (
    CLASSES,
    LAYERS,
    LIKED,
    SIDE,
    SIZES,
    UNITS,
)
from vizdl.experiments.live import Entries, Flow, Run, Table

MOMENTS = 2 * len(LAYERS)
LABELS = (1, 2, 5, 20)
PARAMETERS = ("w1", "b1", "w2", "b2", "w3", "b3")
# Of each unit: its layer (the outputs are the third), its number there from 1, and 0 or 1 for each
# layer whether it is there. The number of an output is the digit that it stands for.
LAYER = np.repeat([1, 2, 3], SIZES[1:])
NUMBER = np.concatenate([np.arange(size) + (size != CLASSES) for size in SIZES[1:]])
WITHIN = np.stack([layer == LAYER for layer in (1, 2, 3)], axis=1).astype(float)  # (58, 3)


def flow(trace: FeatureHierarchyTrace) -> Flow:
    """The picture, with the pixels that were turned over, through the chosen network."""
    seed = trace.settings.seed
    weights = parameters(seed)
    chosen = {trained: trained_network.known(trained, seed) for trained in (False, True)}
    return Flow(
        controls=("digit", "sample", "unit", "trained", "labels"),
        sources=(
            Entries("turned", np.zeros(SIZES[0]), "pixel turned over", 0, 1, 1),
            Table("sheet", ("digit", "sample"), trained_network.sheets(seed), exact=True),
            *(
                Table(name, ("trained",), {t: own[k] for t, own in weights.items()}, exact=True)
                for k, name in enumerate(PARAMETERS)
            ),
            *(
                Table(f"{part}{layer}", ("trained",), {
                    t: getattr(known.planes[layer], part) for t, known in chosen.items()
                }, True)
                for layer in range(len(LAYERS))
                for part in ("centre", "axes")
            ),
            Table("favourites", ("trained",), {t: k.favourites for t, k in chosen.items()}),
            Table("liked", ("trained",), {t: k.liked for t, k in chosen.items()}),
            Table("clouds", ("trained",), {t: k.clouds for t, k in chosen.items()}),
            Table("accuracy", ("trained", "labels"), _accuracies(seed), exact=True),
            Table("separation", ("trained",), _separations(seed), exact=True),
        ),
        runs=(
            Run("input", turned_over, {"sheet": "sheet", "turned": "turned"}),
            Run("net", _through, {"x": "input.x", **{name: name for name in PARAMETERS}}),
            Run("place", _place, {
                **{f"h{k}": name for k, name in enumerate(("input.x", "net.layer1", "net.layer2"))},
                **{f"{part}{k}": f"{part}{k}" for k in range(3) for part in ("centre", "axes")},
            }),
            Run("moments", lambda: {"count": 1.0 * MOMENTS}),
            Run("moment", moment, {"step": "step"}),
            Run("at", looked_at, {
                "hover": "hover", "chosen": "unit", "layer": "moment.layer",
                "second": "moment.second", "excitement": "net.excitement",
            }),
            Run("looked", unit, {
                "number": "at.number", "favourites": "favourites", "liked": "liked",
                "excitement": "net.excitement",
            }),
            Run("shown", shown, {
                "layer": "moment.layer", "clouds": "clouds", "places": "place.all",
            }),
        ),
        frames="moments.count",
    )  # fmt: skip


def parameters(seed: int) -> dict[bool, tuple[Any, ...]]:
    """Weights and biases of the network, by whether it is trained, in the order of PARAMETERS."""
    found = {}
    for trained, model in zip((False, True), trained_network.models(seed), strict=True):
        pairs = zip(model.weights, model.biases, strict=True)
        found[trained] = tuple(part for pair in pairs for part in pair)
    return found


def turned_over(sheet: Any, turned: Any) -> dict[str, Any]:
    """The picture (64,), also as rows of pixels: ink where there was paper, paper where ink was."""
    x = anp.where(turned > 0.5, anp.where(sheet > 0.5, 0.0, 1.0), sheet)
    return {"x": x, "rows": anp.reshape(x, (SIDE, SIDE))}


def _through(x: Any, w1: Any, b1: Any, w2: Any, b2: Any, w3: Any, b3: Any) -> dict[str, Any]:
    model = MLP((w1, w2, w3), (b1, b2, b3), ("relu", "relu", "identity"))
    passed = network.forward(model, x[None])
    chances = losses.softmax(passed.output)[0]
    h, z = ([rows[0] for rows in layers] for layers in (passed.post, passed.pre))
    return read(h[1], h[2], anp.concatenate(z), chances)


def read(h1: Any, h2: Any, excited: Any, chances: Any) -> dict[str, Any]:
    """What is shown of a run: how strong each unit is (58,), and what the network says.

    Strengths go from 0 to 1: of the strongest unit of the layer, of the outputs the chance. The
    answer is the likeliest digit, `sure` its chance in per cent.
    """
    best = anp.max(chances)
    answer = anp.min(anp.where(chances < best, float(CLASSES), np.arange(CLASSES)))
    strength = [h / anp.maximum(anp.max(h), 1e-9) for h in (h1, h2)]
    return {
        "layer1": h1,
        "layer2": h2,
        "excitement": 1.0 * excited,
        "strength": anp.concatenate([*strength, chances]),
        "chance": 1.0 * chances,
        "answer": answer,
        "sure": 100 * best,
    }


def _place(
    h0: Any, centre0: Any, axes0: Any, h1: Any, centre1: Any, axes1: Any, h2: Any, centre2: Any,
    axes2: Any,
) -> dict[str, Any]:  # fmt: skip
    layers = ((h0, centre0, axes0), (h1, centre1, axes1), (h2, centre2, axes2))
    return {"all": anp.stack([axes @ (h - centre) for h, centre, axes in layers])}  # (3, 2)


def looked_at(hover: Any, chosen: Any, layer: Any, second: Any, excitement: Any) -> dict[str, Any]:
    """The unit that is looked at, counted through the layers from 0."""
    wanted = anp.maximum(layer, 1.0)
    here = anp.where(wanted == LAYER, excitement, -anp.inf)
    most = _strongest(here)
    most = anp.where(
        second > 0, _strongest(anp.where(np.arange(UNITS) == most, -anp.inf, here)), most
    )
    kept = anp.where(chosen > 0, chosen - 1, most)
    return {"number": anp.where(hover < 0, kept, hover)}


def moment(step: Any) -> dict[str, Any]:
    """The layer of a step, and whether it is the second one there."""
    layer = anp.where(step >= 2, 1.0, 0.0) + anp.where(step >= 4, 1.0, 0.0)
    return {"layer": layer, "second": step - 2 * layer}


def _strongest(excitement: Any) -> Any:
    return anp.min(anp.where(excitement < anp.max(excitement), float(UNITS), np.arange(UNITS)))


def unit(number: Any, favourites: Any, liked: Any, excitement: Any) -> dict[str, Any]:
    """What that unit looks for, as rows of pixels, and side by side the digits it likes best."""
    chosen = anp.where(np.arange(UNITS) == number, 1.0, 0.0)  # (58,)
    within = chosen @ WITHIN
    pictures = anp.reshape(chosen @ anp.reshape(liked, (UNITS, -1)), (LIKED, SIDE, SIDE))
    gap = np.full((SIDE, 1), np.nan)
    side_by_side = [pictures[0]]
    for k in range(1, LIKED):
        side_by_side += [gap, pictures[k]]
    return {
        "favourite": anp.reshape(chosen @ favourites, (SIDE, SIDE)),
        "pictures": anp.concatenate(side_by_side, axis=1),
        "excited": chosen @ excitement,
        "first": within[0],
        "second": within[1],
        "name": chosen @ (1.0 * NUMBER),
    }


def shown(layer: Any, clouds: Any, places: Any) -> dict[str, Any]:
    """The clouds (C, 2) of a layer, and where the picture stands among them (1, 2)."""
    here = anp.where(np.arange(len(LAYERS)) == layer, 1.0, 0.0)
    cloud = anp.reshape(here @ anp.reshape(clouds, (len(LAYERS), -1)), (-1, 2))
    return {"cloud": cloud, "place": anp.reshape(here @ places, (1, 2)), "here": here}


def _accuracies(seed: int) -> dict[tuple[bool, int], Any]:
    return {
        (trained, labels): 100 * trained_network.accuracies(trained, labels, seed).mean(axis=-1)
        for trained in (False, True)
        for labels in LABELS
    }


def _separations(seed: int) -> dict[bool, Any]:
    return {trained: trained_network.spread(trained, seed).separations for trained in (False, True)}
