"""A concept's figure in somebody else's page: as an iframe, as a div, or as one file."""

from __future__ import annotations

import html as markup
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import vizdl
from vizdl import catalog, live
from vizdl.figures import base as figures
from vizdl.gallery import playing
from vizdl.gallery.playing import Playing
from vizdl.style import Theme

Kind = Literal["iframe", "div", "file"]
PLOTLY, PLAYER = "plotly.js", "vizdl-player"


@dataclass(frozen=True)
class Embedded:
    """What to paste into the page (`snippet`) and the files that go beside it."""

    snippet: str
    files: tuple[Path, ...]

    def __str__(self) -> str:
        return self.snippet


def embed(name: str, kind: Kind, out: Path, **settings: Any) -> Embedded:
    """Write what embedding the concept's figure takes into the folder `out`.

    ``iframe`` gives a page of its own and the frame that shows it, ``div`` an element and the
    scripts that draw into it, ``file`` one HTML file that needs nothing else. Raises ValueError
    for another kind, SettingsError, UnknownConcept.
    """
    if kind not in get_args(Kind):
        raise ValueError(f"kind must be one of {', '.join(get_args(Kind))}, got {kind!r}")
    concept = catalog.get(name)
    shown = playing.prepare(concept, vizdl.run(name, **settings))
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    if kind == "div":
        return _div(concept.name, concept.title, shown, out)
    path = out / f"{concept.name}.html"
    path.write_text(_whole(concept.name, concept.title, shown), "utf-8")
    link = f'<a href="{path.name}">{markup.escape(concept.title)}</a>'
    snippet = iframe_snippet(path.name, concept.title, shown) if kind == "iframe" else link
    return Embedded(snippet, (path,))


def whole(name: str, *, theme: Theme | None = None, **settings: Any) -> str:
    """The concept's figure as one HTML file that needs nothing else, live where it can be.

    Without a `theme` it follows what the reader's system prefers. Raises SettingsError,
    UnknownConcept.
    """
    concept = catalog.get(name)
    shown = playing.prepare(concept, vizdl.run(name, **settings))
    return _whole(concept.name, concept.title, shown, theme or "auto")


def html(
    figure: Any, dark: Any = None, *, title: str = "Figure", theme: Theme | None = None
) -> str:
    """The figure as one HTML file with the page's player, which needs nothing else.

    `figure` is what ``vizdl.figure(...)`` gives. With `dark`, the same figure in the dark theme,
    the file follows what the reader's system prefers; otherwise it is in the `theme` of `figure`.
    """
    shown = playing.played(figure, figure if dark is None else dark)
    kept = theme or figures.theme_of(figure)
    return _whole("figure", title, shown, "auto" if dark is not None else kept)


def iframe_snippet(address: str, title: str, shown: Playing | None = None) -> str:
    """The frame that shows an embedded page, as high as the figure and its controls need."""
    controls = shown.opening.get("controls", ()) if shown else ()
    rows = -(-len(controls) // 3)  # three side by side
    height = 38 + (4 + 5 * rows if rows else 0)
    return (
        f'<iframe src="{markup.escape(address)}" title="{markup.escape(title)}" loading="lazy"\n'
        f'  style="width: 100%; height: {height}rem; border: 0"></iframe>'
    )


def page(name: str, title: str, shown: Playing, assets: str, figures: str, csp: str) -> str:
    """A page with the figure alone, its scripts in files beside it."""
    head = (
        f'<meta http-equiv="Content-Security-Policy" content="{markup.escape(csp)}">\n'
        f'<link rel="stylesheet" href="{assets}/player.css">\n'
        f'<link rel="stylesheet" href="{assets}/embed.css">\n'
        f'<link rel="preload" href="{assets}/player.js" as="script">'
    )
    scripts = f' data-src="{figures}/{name}.js" data-plotly="{assets}/plotly.js"'
    body = _element(name, title, shown, scripts)
    return _document(title, head, f'{body}\n<script src="{assets}/player.js"></script>')


def plotlyjs() -> str:
    """plotly.js: the small bundle where it has been fetched, else the one plotly.py ships with."""
    small = live.plotlyjs()
    return small.read_text("utf-8") if small else figures.plotlyjs()


def _div(name: str, title: str, shown: Playing, out: Path) -> Embedded:
    texts = {
        f"{name}.js": shown.script(name),
        f"{PLAYER}.js": _once(live.player_js()),
        f"{PLAYER}.css": live.player_css(),
        PLOTLY: plotlyjs(),
    }
    for file, text in texts.items():
        (out / file).write_text(text, "utf-8")
    scripts = f' data-src="{name}.js" data-plotly="{PLOTLY}"'
    element = _element(name, title, shown, scripts, "light")
    snippet = (
        f'<link rel="stylesheet" href="{PLAYER}.css">\n{element}\n'
        f'<script src="{PLAYER}.js"></script>'
    )
    return Embedded(snippet, tuple(out / file for file in texts))


def _whole(name: str, title: str, shown: Playing, theme: str = "auto") -> str:
    head = f"<style>\n{live.player_css()}\n{frame_css()}</style>"
    scripts = (plotlyjs(), shown.script(name), live.player_js())
    body = _element(name, title, shown, "", theme) + "".join(
        f"\n<script>{_inline(script)}</script>" for script in scripts
    )
    return _document(title, head, body)


def frame_css() -> str:
    """The style of a page that holds one figure and nothing else."""
    return (
        ":root { color-scheme: light dark; }\n"
        "body { margin: 0; }\n"
        "body > .vizdl-figure { display: flex; flex-direction: column; min-height: 100vh; "
        "padding: 0.75rem; }\n"
        "body > .vizdl-figure > .vizdl-stage "
        "{ flex: 1 0 auto; min-height: 20rem; aspect-ratio: auto; }\n"
        "@media (max-width: 35rem) { body > .vizdl-figure > .vizdl-stage "
        "{ flex: none; min-height: 0; aspect-ratio: var(--vizdl-narrow-aspect, 4 / 5); } }\n"
    )


def _document(title: str, head: str, body: str) -> str:
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{markup.escape(title)}</title>\n{head}\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _element(name: str, title: str, shown: Playing, more: str = "", theme: str = "auto") -> str:
    said = json.dumps(shown.opening, ensure_ascii=False)
    quoted = said.replace("&", "&amp;").replace("'", "&#39;").replace("<", "&lt;")
    return (
        f'<div class="vizdl-figure" data-figure="{markup.escape(name)}" data-theme="{theme}"'
        f' data-title="{markup.escape(title)}"{more} style="{shown.shape}"'
        f" data-opening='{quoted}'></div>"
    )


def _once(player: str) -> str:
    # Two figures on a page each bring the script: the first player takes the second figure too.
    return f"if (globalThis.vizdl && vizdl.mountAll) vizdl.mountAll();\nelse {{\n{player}\n}}\n"


def _inline(script: str) -> str:
    # What a script element may not hold; the payload is safe already, plotly.js is checked here.
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")
