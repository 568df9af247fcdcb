"""A concept's figure in a notebook: the page's player, and a kernel that knows what is shown.

Everything comes with the widget, plotly.js included; nothing is asked of the network.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from vizdl import catalog, live
from vizdl.experiments.base import Settings, SettingsError, Trace
from vizdl.gallery import embed, playing

try:
    import anywidget
    import traitlets
except ImportError as error:
    raise ImportError(
        "vizdl.show needs anywidget, which is not installed: pip install 'vizdl[notebook]'"
    ) from error

MOST_STEPS = 1_000_000


def _player() -> str:
    """The player with plotly.js as a module, for the page to load once.

    plotly.js is called where neither a module loader nor another plotly.js meets it.
    """
    return (
        "export function loadPlotly() {\n"
        "const module = { exports: {} }, exports = module.exports, define = undefined;\n"
        "const before = window.Plotly;\n"
        f"{embed.plotlyjs()}\n"
        "if (before) window.Plotly = before;\nreturn module.exports;\n}\n"
        f"export function loadPlayer() {{\n{live.player_js()}\n}}\n"
    )


PLAYER = _player()


class LiveFigure(anywidget.AnyWidget):
    """A concept's figure as a widget, live where its page is.

    ``settings`` are the experiment's own, as the reader has set them, and ``step`` is the moment
    that is shown; both can be observed, and assigned, which the figure follows. What a page asks
    for is validated like what is typed; what is not allowed is refused and changes nothing.
    """

    # The module is small, as anywidget gives up on one that takes two seconds to load.
    _esm = (files("vizdl") / "notebook.js").read_text("utf-8")
    _css = live.player_css()
    _player = traitlets.Unicode(PLAYER).tag(sync=True)
    _key = traitlets.Unicode(hashlib.sha256(PLAYER.encode()).hexdigest()).tag(sync=True)
    _figure = traitlets.Dict().tag(sync=True)
    _state = traitlets.Dict().tag(sync=True)
    settings = traitlets.Instance(Settings)
    step = traitlets.Int(min=0, max=MOST_STEPS)

    def __init__(self, concept: str, **settings: Any) -> None:
        """Draw the concept's figure. Raises SettingsError, UnknownConcept."""
        self._concept = catalog.get(concept)
        self._experiment = catalog.load(self._concept.experiment)
        self._ran: Trace | None = None
        self._drawn: Settings | None = None
        self._controls: tuple[str, ...] = ()
        self._hearing = False
        asked = self._experiment.Settings.parse(settings)
        super().__init__()
        self.on_msg(self._heard)
        self.settings = asked

    @property
    def trace(self) -> Trace:
        """Everything that happens with the present settings, computed here when it is asked for."""
        if self._ran is None or self._ran.settings != self.settings:
            self._ran = self._experiment.run(self.settings)
        return self._ran

    def change(self, **settings: Any) -> None:
        """Change some of the settings. Raises SettingsError."""
        kept = self.settings.model_dump()
        self.settings = self._experiment.Settings.parse({**kept, **settings})

    def __repr__(self) -> str:
        said = [repr(self._concept.name)]
        said += [f"{name}={value!r}" for name, value in self.settings.model_dump().items()]
        return f"vizdl.show({', '.join(said)})"

    @traitlets.validate("settings")
    def _own(self, proposal: Mapping[str, Any]) -> Settings:
        given, kind = proposal["value"], self._experiment.Settings
        if not isinstance(given, kind):
            raise SettingsError(
                f"settings must be the Settings of {self._concept.name}, got {given!r}"
            )
        parsed: Settings = kind.parse(given.model_dump())  # a model_copy is not validated
        return parsed

    @traitlets.observe("settings", "step")
    def _changed(self, _change: Any) -> None:
        if not self._hearing:
            self._show("")

    def _show(self, by: str) -> None:
        """Let the page follow, unless it was the one of that name that asked for it."""
        if self._drawn is None or self._fixed(self._drawn) != self._fixed(self.settings):
            self._draw()
        values = self.settings.model_dump()
        shown = {name: values[name] for name in self._controls}
        self._state = {"settings": shown, "step": self.step, "by": by}

    def _fixed(self, settings: Settings) -> dict[str, Any]:
        values = settings.model_dump()
        return {name: value for name, value in values.items() if name not in self._controls}

    def _draw(self) -> None:
        shown = playing.prepare(self._concept, self.trace)
        self._drawn = self.settings
        self._controls = tuple(spec["name"] for spec in shown.opening.get("controls", ()))
        payload = json.loads(shown.payload)
        name = f"{self._concept.name}-{self.model_id}"
        self._figure = {
            "name": name,
            "title": self._concept.title,
            "shape": shown.shape,
            "opening": json.dumps(shown.opening, ensure_ascii=False),
            "script": shown.script(name),
        }
        self.step = int(payload.get("live", payload["meta"]).get("start", 0))

    def _heard(self, _widget: Any, content: Any, _buffers: Any) -> None:
        """Take what a page asks for, if it is allowed."""
        try:
            settings, step, by = self._read(content)
        except ValueError as error:
            self.send({"refused": str(error)})
            return
        self._hearing = True
        try:
            with self.hold_trait_notifications():
                self.settings, self.step = settings, step
        finally:
            self._hearing = False
        # An observer may have changed it again: then that page has to follow as well.
        same = self.settings == settings and self.step == step
        self._show(by if same else "")

    def _read(self, content: Any) -> tuple[Settings, int, str]:
        if not isinstance(content, Mapping):
            raise ValueError(f"a page sends settings, a step and its name, got {content!r:.100}")
        given, step, by = (content.get(key) for key in ("settings", "step", "by"))
        if not isinstance(given, Mapping) or not isinstance(by, str):
            raise ValueError(f"a page sends settings, a step and its name, got {content!r:.100}")
        unknown = [name for name in given if name not in self._controls]
        if unknown:
            known = ", ".join(self._controls) or "none"
            raise SettingsError(
                f"the figure has no control {unknown[0]!r:.100}; there are: {known}"
            )
        if type(step) is not int or not 0 <= step <= MOST_STEPS:
            raise ValueError(f"step must be a whole number from 0, got {step!r:.100}")
        parsed = self._experiment.Settings.parse({**self.settings.model_dump(), **given})
        return parsed, step, by


def show(concept: str, **settings: Any) -> LiveFigure:
    """The concept's figure as a widget. Raises SettingsError, UnknownConcept."""
    return LiveFigure(concept, **settings)
