"""The page's player: it draws a figure's payload and plays it with native controls.

A page needs three classic scripts (``file://`` blocks modules and ``fetch``): plotly.js, the
player, and for each figure what `script` gives. The player mounts itself on every
``<div class="vizdl-figure" data-figure="NAME">``.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from vizdl import style
from vizdl.live import emit
from vizdl.live.program import Program

VENDOR = "VIZDL_VENDOR"  # environment variable: the folder that holds a small plotly.js
_HEADERS = re.compile(r"^/\*.*?\*/$", re.DOTALL | re.MULTILINE)
_BUNDLE = "plotly-cartesian.min.js"


# The player's files, each before those that need it when they are read.
PARTS = (
    "words", "flow", "feeds", "field", "ink", "payload", "films", "picture", "address", "panel",
    "controls", "tiles", "handles", "player",
)  # fmt: skip


def player_js() -> str:
    """The source of the player, with what runs recorded programs: one classic script.

    Its comments stay here, as a page loads faster without them.
    """
    folder = files(__package__) / "player"
    parts = [(folder / f"{name}.js").read_text("utf-8") for name in PARTS]
    source = _HEADERS.sub("", "\n".join([emit.runtime(), *parts]))
    lines = (line.strip() for line in source.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//")) + "\n"


def player_css() -> str:
    """The styles of the player, its colours included."""
    colours = "\n".join(
        [
            _block(".vizdl-figure", "light"),
            "@media screen {",  # paper is light whatever the screen was
            _block(":root[data-theme='dark'] .vizdl-figure:not([data-theme='light'])", "dark"),
            _block(":root .vizdl-figure[data-theme='dark']", "dark"),
            "}",
            "@media screen and (prefers-color-scheme: dark) {",
            _block(
                ":root:not([data-theme='light']) .vizdl-figure:not([data-theme='light'])", "dark"
            ),
            "}",
        ]
    )
    return colours + "\n\n" + (files(__package__) / "player.css").read_text("utf-8")


def script(name: str, payload: str, programs: Mapping[str, Program] | None = None) -> str:
    """The payload of one figure as a classic script, safe inside a ``<script>`` element.

    A live figure's programs come with it.
    """
    safe = payload.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    key = json.dumps(name).replace("<", "\\u003c")
    made = f"(window.vizdlFigures = window.vizdlFigures || {{}})[{key}] = {safe};\n"
    return (emit.script(name, programs) if programs else "") + made


def plotlyjs() -> Path | None:
    """The cartesian bundle of plotly.js, a third of the full one, where it has been fetched.

    It is looked for in the folder named by the environment variable ``VIZDL_VENDOR``, then in
    the checkout's ``build/vendor``.
    """
    folders = [Path(__file__).parents[2] / "build" / "vendor"]
    if os.environ.get(VENDOR):
        folders.insert(0, Path(os.environ[VENDOR]))
    return next((path for folder in folders if (path := folder / _BUNDLE).is_file()), None)


def _block(selector: str, theme: style.Theme) -> str:
    roles = (
        style.BACKGROUND, style.SURFACE, style.INK, style.MUTED, style.GRID, style.POSITIVE,
        style.LOSS,
    )  # fmt: skip
    body = " ".join(f"--vizdl-{role.name}: {role.on(theme)};" for role in roles)
    return f"{selector} {{ {body} }}"
