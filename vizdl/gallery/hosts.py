"""A concept's figure in the pages of Sphinx, MkDocs and Quarto: its files, and what to paste.

Each host gets a frame, so that neither its styles nor its scripts meet those of the figure. The
files stand in one folder that the host copies as it is; figures share the player and plotly.js.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from textwrap import indent
from types import MappingProxyType
from typing import Any

import vizdl
from vizdl import catalog, live
from vizdl.gallery import embed, playing
from vizdl.gallery.build import CSP
from vizdl.gallery.embed import Embedded


@dataclass(frozen=True)
class Hosted(Embedded):
    """What to paste, the files beside it, and what the host's own settings have to say."""

    note: str = ""


@dataclass(frozen=True)
class Host:
    """A tool that makes sites: where it keeps files, and how its pages hold raw HTML.

    `up` says how many folders lie between the page that it makes of a source file and the root of
    the site.
    """

    folder: str
    wrap: Callable[[str], str]
    up: Callable[[PurePosixPath], int]
    note: str


def _in_folders(page: PurePosixPath) -> int:
    return len(page.parts) - 1


def _directory_urls(page: PurePosixPath) -> int:
    """MkDocs makes guide/rnn/index.html of guide/rnn.md."""
    return _in_folders(page) + (page.stem not in ("index", "README"))


HOSTS: Mapping[str, Host] = MappingProxyType(
    {
        "sphinx": Host(
            "_static/vizdl",
            lambda html: f".. raw:: html\n\n{indent(html, '   ')}\n",
            _in_folders,
            'conf.py has to name the folder: html_static_path = ["_static"]',
        ),
        "mkdocs": Host(
            "vizdl",
            lambda html: f"\n{html}\n",  # between blank lines Markdown leaves it alone
            _directory_urls,
            "MkDocs copies the folder as it is; mkdocs.yml needs no line for it",
        ),
        "quarto": Host(
            "vizdl",
            lambda html: f"```{{=html}}\n{html}\n```\n",
            _in_folders,
            "_quarto.yml has to name the folder: under project, resources: [vizdl]",
        ),
    }
)


def host(name: str, kind: str, out: Path, page: str = "index", **settings: Any) -> Hosted:
    """Write the concept's figure for a host whose sources are in the folder `out`.

    `page` is the source file that shows it, in `out`: the address in the snippet depends on the
    folder it is in. Raises ValueError for another host or a page outside, SettingsError,
    UnknownConcept.
    """
    if kind not in HOSTS:
        raise ValueError(f"kind must be one of {', '.join(HOSTS)}, got {kind!r}")
    place = PurePosixPath(page)
    if place.is_absolute() or ".." in place.parts or not place.parts:
        raise ValueError(f"page must be a file in the folder of the sources, got {page!r}")
    concept = catalog.get(name)
    shown = playing.prepare(concept, vizdl.run(name, **settings))
    chosen = HOSTS[kind]
    texts = {
        f"{concept.name}.html": embed.page(concept.name, concept.title, shown, ".", ".", CSP),
        f"{concept.name}.js": shown.script(concept.name),
        "player.js": live.player_js(),
        "player.css": live.player_css(),
        "embed.css": embed.frame_css(),
        "plotly.js": embed.plotlyjs(),
    }
    folder = Path(out) / chosen.folder
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in texts.items():
        (folder / file).write_text(text, "utf-8")
    address = f"{'../' * chosen.up(place)}{chosen.folder}/{concept.name}.html"
    snippet = chosen.wrap(embed.iframe_snippet(address, concept.title, shown))
    note = f"{len(texts)} files are in {folder}. {chosen.note}."
    return Hosted(snippet, tuple(folder / file for file in texts), note)
