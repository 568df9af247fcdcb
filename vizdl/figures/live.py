"""How a figure is live on a page: what feeds it, what is dragged, what is said. All of it is data.

A concept's figure module says so in ``live(trace) -> Live``. The flow of numbers comes from the
experiment (`vizdl.experiments.live`); here arrays meet the figure::

    Live(
        flow=experiment.flow(trace),
        feeds={0: {"x": upto("path.at", 0), "y": upto("path.at", 1)}},
        sentence=words("Step {step:d}: the loss is {path.loss[step]}."),
        drags=(Drag("the start", trace=1, x=Along("start_x", "map.left", "map.right")),),
    )

`feeds` names each attribute of each trace that changes, by its path (``marker.color``), and where
it comes from: rows of an array (`whole`, `upto`, `now`, `Take`), one of several constants (`Pick`),
or texts (`Texts`). What is not named stays as the figure in Python draws it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from vizdl.experiments.live import Flow, Reference
from vizdl.figures.words import Words
from vizdl.style import Role

Row = int | str  # a number, from the end if it is negative, or a name: "step", "path.rows-2"


@dataclass(frozen=True)
class Take:
    """Rows `first` to `last` of an array, of each the `item`, one after the other.

    An array's rows are its first axis: the steps of a run, the entries of what it gave. Rows that
    are not there are left out; without `last`, all that there are from `first` on are taken. Or
    the rows are those that another array, `at`, numbers: of a long run a few.
    """

    name: str
    first: Row = 0
    last: Row | None = None
    item: tuple[int | str, ...] = ()
    at: str = ""

    def names(self) -> Iterator[str]:
        """What it depends on."""
        yield self.name
        if self.at:
            yield self.at
        yield from (part for part in self.item if isinstance(part, str))
        for row in (self.first, self.last):
            if isinstance(row, str):
                yield _row(row)[0]

    def to_json(self) -> dict[str, Any]:
        """As the player reads it."""
        last = None if self.last is None else _row(self.last)
        made = {"take": self.name, "first": _row(self.first), "last": last, "item": list(self.item)}
        return {**made, "at": self.at} if self.at else made


@dataclass(frozen=True, eq=False)
class Pick:
    """For each number of `by` the constant at that place, from the end if it is negative.

    A constant that is a role of `vizdl.style` is its colour. With `single` there is one constant,
    not an array of them.
    """

    constants: tuple[Any, ...]
    by: Take
    single: bool = False

    def names(self) -> Iterator[str]:
        """What it depends on."""
        yield from self.by.names()

    def to_json(self) -> dict[str, Any]:
        """As the player reads it."""
        constants = [part.light if isinstance(part, Role) else part for part in self.constants]
        return {"pick": constants, "by": self.by.to_json(), "single": self.single}


@dataclass(frozen=True, eq=False)
class Texts:
    """A text for each of the rows of `over`, which `words` calls ``i``; with `single`, one."""

    words: Words
    over: str = ""

    def names(self) -> Iterator[str]:
        """What it depends on."""
        yield from self.words.names() - {"i"}
        if self.over:
            yield self.over

    def to_json(self) -> dict[str, Any]:
        """As the player reads it."""
        return {"texts": self.words.to_json(), "over": self.over}


@dataclass(frozen=True)
class Entry:
    """What a `Table` of any values holds for the present choice, as it is."""

    name: str

    def names(self) -> Iterator[str]:
        """What it depends on."""
        yield self.name

    def to_json(self) -> dict[str, Any]:
        """As the player reads it."""
        return {"entry": self.name}


Feed = Take | Pick | Texts | Entry


@dataclass(frozen=True)
class Along:
    """One direction of a drag: the setting or the entries that it changes.

    `low` and `high` say where on the axis the setting has its least and its largest value, as
    numbers or names of such; left out, the axis shows the setting itself. It moves in steps of
    `snap`, left out those of the setting.
    """

    target: str
    low: float | str | None = None
    high: float | str | None = None
    snap: float | None = None

    def to_json(self) -> dict[str, Any]:
        """As the player reads it."""
        return {
            "target": self.target,
            "low": _end(self.low),
            "high": _end(self.high),
            "snap": self.snap,
        }


@dataclass(frozen=True)
class Drag:
    """A trace whose points are handles, for mouse, finger and arrow keys.

    What `x` and `y` change is a setting, then there is one point, or `Entries`, one a point. With
    `toggles` a click turns an entry from its least to its largest value and back; with `strokes`
    a stroke sets all that it passes to what the first one becomes. A handle is 44 pixels across,
    or no larger than the `box`, its width and height on the axes.
    """

    label: str
    trace: int
    x: Along | None = None
    y: Along | None = None
    toggles: str = ""
    box: tuple[float, float] | None = None
    strokes: bool = False

    def to_json(self) -> dict[str, Any]:
        """As the player reads it."""
        return {
            "label": self.label,
            "trace": self.trace,
            "x": self.x and self.x.to_json(),
            "y": self.y and self.y.to_json(),
            "toggles": self.toggles,
            "box": self.box,
            "strokes": self.strokes,
        }


@dataclass(frozen=True, eq=False)
class Live:
    """What a page needs to run a figure.

    `layout` feeds the layout, by path (``xaxis.range``): at once when a choice is made, else when
    the reader rests, as axes that move under a finger mislead. `table` holds the present numbers:
    what each is, and its text. `start` is the step that is shown first, the last one if there are
    fewer. `clicks` names the traces whose points lead to a step when they are clicked: to the
    number that the array of that name has for the point, or to the point's own number where there
    is no name. `sets` names for a trace a
    setting and an array: a click on a point sets the one to the point's number in the other. A
    point of the traces `hovers` is ``hover`` in the flow while the reader points at it.
    """

    flow: Flow
    feeds: Mapping[int, Mapping[str, Feed]]
    sentence: Words
    layout: Mapping[str, Feed] = field(default_factory=dict)
    table: tuple[tuple[str, Words], ...] = ()
    drags: tuple[Drag, ...] = ()
    clicks: Mapping[int, str] = field(default_factory=dict)
    sets: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    hovers: tuple[int, ...] = ()
    start: int = 0

    def colours(self) -> Iterator[tuple[str, str]]:
        """The light and the dark form of each colour that a feed picks."""
        for fed in self.feeds.values():
            for feed in fed.values():
                for part in feed.constants if isinstance(feed, Pick) else ():
                    if isinstance(part, Role):
                        yield part.light, part.dark

    def names(self) -> set[str]:
        """Every name that must be there for it."""
        feeds = [feed for fed in self.feeds.values() for feed in fed.values()]
        found = {name for feed in [*feeds, *self.layout.values()] for name in feed.names()}
        for text in (self.sentence, *(text for _, text in self.table)):
            found |= text.names()
        found.update(name for name in self.clicks.values() if name)
        found.update(name for pair in self.sets.values() for name in pair)
        for drag in self.drags:
            for along in (drag.x, drag.y):
                if along is not None:
                    found.add(along.target)
                    for end in (along.low, along.high):
                        if isinstance(end, str):
                            found.update(Reference.parse(end).names())
        return found

    def to_json(self) -> dict[str, Any]:
        """As the player reads it, without the flow, which `vizdl.live` records."""
        return {
            "feeds": [
                {"trace": trace, "attributes": {path: feed.to_json() for path, feed in fed.items()}}
                for trace, fed in self.feeds.items()
            ],
            "layout": {path: feed.to_json() for path, feed in self.layout.items()},
            "sentence": self.sentence.to_json(),
            "table": [[label, text.to_json()] for label, text in self.table],
            "drags": [drag.to_json() for drag in self.drags],
            "clicks": {str(trace): name for trace, name in self.clicks.items()},
            "sets": {str(trace): list(pair) for trace, pair in self.sets.items()},
            "hovers": list(self.hovers),
            "start": self.start,
        }


def whole(name: str, *item: int | str) -> Take:
    """Every row of the array."""
    return Take(name, item=item)


def upto(name: str, *item: int | str) -> Take:
    """The rows up to the present step."""
    return Take(name, 0, "step", item)


def now(name: str, *item: int | str) -> Take:
    """The row of the present step."""
    return Take(name, "step", "step", item)


def end(name: str, *item: int | str) -> Take:
    """The last row that there is."""
    return Take(name, -1, -1, item)


def _row(row: Row) -> list[Any]:
    if isinstance(row, int):
        return ["", row]
    index = Reference.parse(f"rows[{row}]").index
    return list(index[0])


def _end(end: float | str | None) -> Any:
    return Reference.parse(end).to_json() if isinstance(end, str) else end
