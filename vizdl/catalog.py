"""The concepts: what each is called, where it stands in the course, where its floors are.

The table holds "module:name" strings and imports none of them, so that listing is instant.
Other packages add concepts through the entry-point group ``vizdl.concepts``: each entry names a
`Concept` or a sequence of them.
"""

from __future__ import annotations

import difflib
import importlib
import importlib.util
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

FLOORS = ("experiment", "figure", "still", "scene", "page")
LECTURES = {1: "From a neuron to a trained network", 2: "Sequences"}


class UnknownConcept(LookupError):
    """A concept that the catalog does not have; the message names the nearest ones."""


@dataclass(frozen=True)
class Concept:
    """One concept and its floors, as "module:name" strings (`page` as "package:file").

    `order` is its place within its `lecture`; `summary` what it says in two sentences.
    """

    name: str
    title: str
    lecture: int
    order: int
    summary: str
    package: str = "vizdl"

    @property
    def experiment(self) -> str:
        """The module with ``Settings``, ``run`` and ``facts``."""
        return f"{self.package}.experiments.{self.name}"

    @property
    def figure(self) -> str:
        """The function that draws the interactive figure."""
        return f"{self.package}.figures.{self.name}:figure"

    @property
    def still(self) -> str:
        """The function that draws the printable still."""
        return f"{self.package}.stills.{self.name}:draw"

    @property
    def scene(self) -> str:
        """The Scene that draws the video."""
        return f"{self.package}.scenes.{self.name}:{self.name.title().replace('_', '')}"

    @property
    def page(self) -> str:
        """The page of the gallery, as "package:file"."""
        return f"{self.package}.gallery:pages/{self.name}.md"


TABLE: tuple[Concept, ...] = (
    Concept(
        "feature_hierarchy",
        "Features and their hierarchy",
        lecture=1,
        order=1,
        summary="Features are learned from data, not written by hand. They come in a hierarchy: "
        "strokes in the first layer, parts in the next, and the later the layer, the more "
        "abstract.",
    ),
    Concept(
        "perceptron",
        "The perceptron",
        lecture=1,
        order=2,
        summary="A neuron weighs its inputs and adds them up, adds a bias, and passes the sum "
        "through a curve. Where the sum is zero, it splits the plane.",
    ),
    Concept(
        "bias_shift",
        "What the bias does",
        lecture=1,
        order=3,
        summary="The bias shifts an activation left or right and leaves its shape alone. Without "
        "it, every curve is nailed to the origin.",
    ),
    Concept(
        "dense_layer",
        "A dense layer",
        lecture=1,
        order=6,
        summary="Every output of a dense layer is a perceptron over all of its inputs. The whole "
        "layer is one matrix product.",
    ),
    Concept(
        "activations",
        "Activation functions",
        lecture=1,
        order=4,
        summary="An activation bends what a layer sums up, and so a network can fold the plane "
        "until one line is enough. Without it, no network separates what no line separates.",
    ),
    Concept(
        "linear_collapse",
        "Linear layers collapse",
        lecture=1,
        order=5,
        summary="Without an activation, all layers multiply into a single matrix. The decision "
        "stays a straight line, however deep and wide the network is.",
    ),
    Concept(
        "empirical_loss",
        "The empirical loss",
        lecture=1,
        order=7,
        summary="A loss says how wrong one prediction is. The empirical loss, also called "
        "objective, cost or empirical risk, is the mean of the losses over the whole data set.",
    ),
    Concept(
        "loss_landscape",
        "The loss landscape",
        lecture=1,
        order=8,
        summary="Each choice of weights is a point, and its height is the loss of the model there. "
        "Training looks for the lowest point of that landscape.",
    ),
    Concept(
        "gradient_descent",
        "Gradient descent",
        lecture=1,
        order=9,
        summary="The gradient points where the loss rises most steeply, so a small step the "
        "other way lowers it. Repeated, the steps find a minimum.",
    ),
    Concept(
        "backpropagation",
        "Back-propagation",
        lecture=1,
        order=10,
        summary="A derivative says how much a small change of one weight changes the loss. The "
        "chain rule gives it for every weight at once, on one walk from the output back.",
    ),
    Concept(
        "learning_rate",
        "The learning rate",
        lecture=1,
        order=11,
        summary="The gradient gives the direction of a step, the learning rate its scale. Small "
        "rates are slow and get stuck in a false minimum, large ones overshoot and diverge, and "
        "good ones converge.",
    ),
    Concept(
        "adaptive_rates",
        "Adaptive rates",
        lecture=1,
        order=12,
        summary="The learning rate need not be fixed: it can adapt to each weight's gradients. "
        "That helps where the weights differ; no optimizer wins everywhere.",
    ),
    Concept(
        "minibatch",
        "Mini-batches",
        lecture=1,
        order=13,
        summary="One random point a step is cheap but noisy, all points a step are exact but "
        "dear. A mini-batch is the middle ground: its noise falls as one over the root of its "
        "size.",
    ),
    Concept(
        "regularization",
        "Regularization",
        lecture=1,
        order=14,
        summary="A model that is too complex learns the noise of its points. Regularization "
        "constrains it, by a penalty on large weights or by stopping early, so that it does better "
        "on new ones.",
    ),
    Concept(
        "dropout",
        "Dropout",
        lecture=1,
        order=15,
        summary="In training, some units are set to zero at random. The network can't rely on any "
        "single one of them, and learns less by heart.",
    ),
    Concept(
        "recurrence",
        "Recurrence",
        lecture=2,
        order=2,
        summary="A recurrent network keeps a state, which it updates at each step of a sequence. "
        "Its output depends on the input and, through the state, on the past.",
    ),
    Concept(
        "weight_sharing",
        "Weight sharing",
        lecture=2,
        order=3,
        summary="A recurrent network uses the same weight matrices at every step, so its size does "
        "not depend on the length of the sequence. Their gradient is the sum of each step's share.",
    ),
    Concept(
        "sequence_patterns",
        "Four patterns of sequences",
        lecture=2,
        order=1,
        summary="One to one, many to one, one to many, many to many: the same recurrent cell "
        "classifies, judges a sentence, describes a picture and translates. Only where it reads "
        "and where it speaks is different.",
    ),
    Concept(
        "sequence_criteria",
        "What sequences ask for",
        lecture=2,
        order=4,
        summary="A model of sequences must take any length, remember what is long past, keep the "
        "order and share its weights over the sequence. A recurrent network does; a bag of words "
        "and a dense network do not.",
    ),
    Concept(
        "bptt",
        "Back-propagation through time",
        lecture=2,
        order=6,
        summary="The loss at each step flows back to every earlier step. The gradient is the "
        "sum over all of these paths.",
    ),
    Concept(
        "vanishing_gradients",
        "Vanishing gradients",
        lecture=2,
        order=7,
        summary="On its way back through time a gradient is multiplied at every step, and many "
        "small factors leave almost nothing. So a network learns what is near and misses what is "
        "far.",
    ),
    Concept(
        "lstm_gates",
        "The gates of an LSTM",
        lecture=2,
        order=8,
        summary="Gates let through between nothing and everything, and so control the flow of "
        "information. An LSTM forgets what is irrelevant, stores what is new, updates its cell "
        "and outputs a filtered version of it.",
    ),
    Concept(
        "lstm_gradient_flow",
        "The gradient flow of an LSTM",
        lecture=2,
        order=9,
        summary="Along the cell state of an LSTM a gradient meets forget gates and nothing else. "
        "Where they stand open, it flows back through time without interruption.",
    ),
    Concept(
        "embedding",
        "Embeddings",
        lecture=2,
        order=5,
        summary="An embedding turns an index into a vector of fixed size: a row of a matrix. It is "
        "learned, so that words in like company come to lie close together.",
    ),
    Concept(
        "attention",
        "Attention",
        lecture=2,
        order=10,
        summary="Attention gives learnable access to memory. A query is compared with the keys of "
        "all items, and the values come back weighted by how well they match, however far away "
        "they are.",
    ),
)


def concepts() -> tuple[Concept, ...]:
    """All concepts in the order of the course, those of other packages included."""
    found = {concept.name: concept for concept in TABLE}
    for entry in entry_points(group="vizdl.concepts"):
        try:
            loaded = entry.load()
            added = (loaded,) if isinstance(loaded, Concept) else tuple(loaded)
        except Exception as error:
            raise ImportError(f"the concepts of {entry.value} can't be loaded: {error}") from error
        for concept in added:
            if concept.name in found:
                raise ValueError(f"the concept {concept.name!r} of {entry.value} is there already")
            found[concept.name] = concept
    return tuple(sorted(found.values(), key=lambda c: (c.lecture, c.order, c.name)))


def get(name: str) -> Concept:
    """The concept of that name. Raises UnknownConcept."""
    known = {concept.name: concept for concept in concepts()}
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}"
        raise UnknownConcept(f"no concept is named {name!r}; {hint}")
    return known[name]


def page_file(concept: Concept) -> Path | None:
    """Where the concept's prose lies: in its package, or in the checkout's ``gallery`` folder."""
    package, _, name = concept.page.partition(":")
    spec = _spec(package)
    folders = spec.submodule_search_locations if spec else None
    places = [Path(folder) / name for folder in folders or ()]  # with an __init__.py or without
    if package == "vizdl.gallery":
        places.append(Path(__file__).parents[1] / "gallery" / name)
    return next((place for place in places if place.is_file()), None)


def lacking(concept: Concept) -> tuple[str, ...]:
    """The floors on which the concept does not stand. None of them is imported to see it."""
    modules = {floor: getattr(concept, floor).partition(":")[0] for floor in FLOORS[:-1]}
    lacks = [floor for floor, module in modules.items() if _spec(module) is None]
    return (*lacks, *(("page",) if page_file(concept) is None else ()))


def _spec(module: str) -> ModuleSpec | None:
    """Where the module stands; None if the package of another author has no such floor."""
    try:
        return importlib.util.find_spec(module)
    except ModuleNotFoundError:
        return None


def load(reference: str) -> Any:
    """The object behind a "module:name" string, or the module behind "module"."""
    module, _, attribute = reference.partition(":")
    loaded: ModuleType = importlib.import_module(module)
    return getattr(loaded, attribute) if attribute else loaded
