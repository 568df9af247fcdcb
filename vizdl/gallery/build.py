"""Build the gallery: one folder that opens from disk and needs nothing else."""

from __future__ import annotations

import json
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
from markupsafe import Markup

import vizdl
from vizdl import catalog, live, style
from vizdl.catalog import Concept
from vizdl.experiments.base import Control
from vizdl.gallery import code, concept, embed, films, pages, styles
from vizdl.gallery.concept import Gathered
from vizdl.gallery.films import Video
from vizdl.gallery.lighter import lighter
from vizdl.stills import base as stills

MARKER = ".vizdl-gallery"  # stands in a built site, so that nothing else is ever replaced

# `file:` beside 'self': some browsers give a page opened from disk an origin of its own.
CSP = (
    "default-src 'none'; script-src 'self' file:; style-src 'self' file: 'unsafe-inline'; "
    "img-src 'self' file: data:; media-src 'self' file: data:; base-uri 'none'; form-action 'none'"
)
SECTIONS = (
    ("idea", "The idea"),
    ("watch", "Watch"),
    ("try", "Try it"),
    ("mathematics", "The mathematics"),
    ("measured", "What was measured"),
    ("code", "The code"),
    ("use", "Use it"),
)

Progress = Callable[[int, int, str], None]


class BuildError(RuntimeError):
    """A gallery that cannot be built, in one sentence."""


@dataclass(frozen=True)
class BuildReport:
    """What was built: the pages, what was left out and why, and which pages lack their video."""

    out: Path
    pages: tuple[str, ...]
    skipped: dict[str, str] = field(default_factory=dict)
    without_video: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [f"{len(self.pages)} pages: open {self.out / 'index.html'}"]
        lines += [f"{name} is left out: {reason}" for name, reason in self.skipped.items()]
        if self.without_video:
            lines.append(f"without a video: {', '.join(self.without_video)}")
        return "\n".join(lines)


def build(
    out: Path,
    *,
    names: Sequence[str] | None = None,
    videos: Path | None = None,
    progress: Progress | None = None,
) -> BuildReport:
    """Build the site into `out`, beside its place first and moved in when whole.

    `names` are the concepts (all complete ones if None), `videos` the folder of the render's
    files (``NAME.mp4``, ``.vtt``, ``.jpg``, ``.thumb.mp4``, ``.json``); a page whose video is not
    there is built without it, and the report says so. `progress` is called with steps done, steps
    in all and what is being done. Raises BuildError, PageError, MathsError, UnknownConcept; the
    site that was there stays.
    """
    out = Path(out).resolve()
    _may_replace(out)
    chosen, skipped = _choose(names)
    tell = progress or (lambda done, total, text: None)
    out.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        gathered = []
        for index, item in enumerate(chosen):
            tell(index, len(chosen) + 1, item.title)
            gathered.append(concept.gather(item))
        tell(len(chosen), len(chosen) + 1, "Writing the site")
        found = {item.name: films.find(videos, item.name) for item in chosen}
        _write(scratch, gathered, {name: video for name, video in found.items() if video})
        scratch.chmod(0o755)
        _move_in(scratch, out)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    tell(len(chosen) + 1, len(chosen) + 1, "Done")
    lacking = tuple(name for name, video in found.items() if video is None)
    return BuildReport(out, tuple(item.name for item in chosen), skipped, lacking)


def site() -> dict[str, Any]:
    """What ``gallery/site.toml`` says."""
    places = (Path(str(files("vizdl.gallery"))), Path(__file__).parents[2] / "gallery")
    path = next((place / "site.toml" for place in places if (place / "site.toml").is_file()), None)
    if path is None:
        raise BuildError("gallery/site.toml is missing")
    return tomllib.loads(path.read_text("utf-8"))


def _may_replace(out: Path) -> None:
    if out.is_dir() and any(out.iterdir()) and not (out / MARKER).is_file():
        raise BuildError(f"{out} holds something else than a gallery; give an empty or new folder")
    if out.exists() and not out.is_dir():
        raise BuildError(f"{out} is a file; give a folder")


def _choose(names: Sequence[str] | None) -> tuple[list[Concept], dict[str, str]]:
    if names is not None:
        wanted = {catalog.get(name).name for name in names}
        chosen = [item for item in catalog.concepts() if item.name in wanted]
        lacking = {item.name: reason for item in chosen if (reason := concept.missing(item))}
        if lacking:
            name, reason = next(iter(lacking.items()))
            raise BuildError(f"{name} cannot have a page: {reason}")
        return chosen, {}
    everything = catalog.concepts()
    skipped = {item.name: reason for item in everything if (reason := concept.missing(item))}
    chosen = [item for item in everything if item.name not in skipped]
    if not chosen:
        raise BuildError(f"no concept is complete: {next(iter(skipped.values()))}")
    return chosen, skipped


def _move_in(scratch: Path, out: Path) -> None:
    if not out.exists():
        scratch.rename(out)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{out.name}-old-", dir=out.parent)) / "site"
    out.rename(old)
    try:
        scratch.rename(out)
    except OSError:
        old.rename(out)
        raise
    finally:
        shutil.rmtree(old.parent, ignore_errors=True)


# Writing


def _write(folder: Path, gathered: Sequence[Gathered], videos: dict[str, Video]) -> None:
    for name in ("assets", "figures", "stills", "embed", "videos", "data"):
        (folder / name).mkdir()
    _assets(folder / "assets")
    settings = site()
    templates = jinja2.Environment(
        loader=jinja2.PackageLoader("vizdl.gallery"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    common = {"site": settings, "csp": CSP, "version": vizdl.__version__, "mark": Markup(mark())}
    for index, item in enumerate(gathered):
        name = item.concept.name
        _concept_files(folder, item, videos.get(name))
        values = _page(item, videos.get(name), settings) | common
        values["previous"] = gathered[index - 1].concept if index else None
        values["next"] = gathered[index + 1].concept if index + 1 < len(gathered) else None
        html = templates.get_template("concept.html").render(values)
        (folder / f"{name}.html").write_text(html, "utf-8")
    for lecture in sorted({item.concept.lecture for item in gathered}):
        held = [item.concept for item in gathered if item.concept.lecture == lecture]
        html = templates.get_template("lecture.html").render(films.in_a_row(held, videos) | common)
        (folder / f"lecture_{lecture}.html").write_text(html, "utf-8")
    measured = [fact for item in gathered for fact in item.facts.values()]
    counts = {
        "concept_count": len(gathered),
        "fact_count": len(measured),
        "holding": sum(fact.holds for fact in measured),
    }
    front = templates.get_template("front.html").render(
        common | counts | {"lectures": _lectures(gathered, videos)}
    )
    (folder / "index.html").write_text(front, "utf-8")
    (folder / MARKER).write_text(f"built by vizdl {vizdl.__version__}\n", "utf-8")


def _assets(folder: Path) -> None:
    for name in ("theme.js", "front.js", "page.js"):
        (folder / name).write_text(styles.static(name), "utf-8")
    (folder / "site.css").write_text(styles.css(), "utf-8")
    (folder / "player.js").write_text(live.player_js(), "utf-8")
    (folder / "player.css").write_text(live.player_css(), "utf-8")
    (folder / "embed.css").write_text(embed.frame_css(), "utf-8")
    (folder / "plotly.js").write_text(embed.plotlyjs(), "utf-8")
    (folder / "icon.svg").write_text(mark(), "utf-8")


def _concept_files(folder: Path, item: Gathered, video: Video | None) -> None:
    name = item.concept.name
    (folder / "figures" / f"{name}.js").write_text(item.playing.script(name), "utf-8")
    for theme, still in item.stills.items():
        path = stills.save(still, folder / "stills" / f"{name}-{theme}.svg")
        path.write_text(lighter(path.read_text("utf-8")), "utf-8")
    stills.save(item.stills["light"], folder / "stills" / f"{name}.pdf")
    page = embed.page(name, item.concept.title, item.playing, "../assets", "../figures", CSP)
    (folder / "embed" / f"{name}.html").write_text(page, "utf-8")
    with (folder / "data" / f"{name}.npz").open("wb") as data:
        np.savez_compressed(data, allow_pickle=False, **item.trace.arrays())
    if video is not None:
        for ending in (".mp4", ".vtt", ".jpg", ".thumb.mp4"):
            if video.file(ending).is_file():
                shutil.copyfile(video.file(ending), folder / "videos" / f"{name}{ending}")


# What the templates are given


def _page(item: Gathered, video: Video | None, settings: dict[str, Any]) -> dict[str, Any]:
    name, title = item.concept.name, item.concept.title
    alt = f"{title}: the figure as it starts."
    return {
        "concept": item.concept,
        "lecture_title": catalog.LECTURES.get(item.concept.lecture, "More"),
        "contents": SECTIONS,
        "prose": {key: Markup(html) for key, html in item.prose.sections.items()},
        "video": films.film(video) if video else None,
        "reels": films.reels([films.film(video)]) if video else "",
        "shape": item.playing.shape,
        "opening": json.dumps(item.playing.opening, ensure_ascii=False),
        "still_alt": f"{alt} {item.playing.sentence}".strip(),
        "facts": tuple(item.facts.values()),
        "controls": [_setting(control, item) for control in type(item.trace.settings).controls()],
        "source": Markup(code.highlight(item.source)),
        "source_name": item.source_name,
        "snippet": embed.iframe_snippet(f"{settings['url']}embed/{name}.html", title, item.playing),
        "downloads": _downloads(name, video),
        "citation": _citation(item.concept, settings),
    }


def _setting(control: Control, item: Gathered) -> dict[str, str]:
    value = getattr(item.trace.settings, control.name)
    plain = str(value).lower() if isinstance(value, bool) else str(value)
    shown = pages.shown(value) if isinstance(value, float) else plain
    return {
        "name": control.name,
        "label": control.label,
        "unit": control.unit,
        "allowed": control.allowed,
        "plain": plain,
        "value": shown,
    }


def _downloads(name: str, video: Video | None) -> list[dict[str, str]]:
    film = [
        {"path": f"videos/{name}.mp4", "name": "Video", "what": "MP4"},
        {"path": f"videos/{name}.vtt", "name": "Captions", "what": "WebVTT"},
    ]
    return (film if video else []) + [
        {"path": f"stills/{name}-light.svg", "name": "Still", "what": "SVG"},
        {"path": f"stills/{name}.pdf", "name": "Still for print", "what": "PDF"},
        {"path": f"data/{name}.npz", "name": "The numbers", "what": "NumPy arrays"},
    ]


def _citation(item: Concept, settings: dict[str, Any]) -> str:
    url = f"  url = {{{settings['url']}{item.name}.html}},\n" if settings["url"] else ""
    return (
        f"@misc{{vizdl_{item.name},\n  title = {{{item.title}}},\n"
        f"  author = {{{{{settings['authors']}}}}},\n  year = {{{settings['year']}}},\n{url}"
        f"  note = {{vizdl {vizdl.__version__}}}\n}}"
    )


def _lectures(gathered: Sequence[Gathered], videos: dict[str, Video]) -> list[dict[str, Any]]:
    lectures: dict[int, list[dict[str, Any]]] = {}
    for item in gathered:
        name, video = item.concept.name, videos.get(item.concept.name)
        moving = video is not None and video.file(".thumb.mp4").is_file()
        card = {
            "name": name,
            "title": item.concept.title,
            "summary": item.concept.summary,
            "poster": f"videos/{name}.jpg" if video else "",
            "thumb": f"videos/{name}.thumb.mp4" if moving else "",
        }
        lectures.setdefault(item.concept.lecture, []).append(card)
    return [
        {
            "number": lecture,
            "title": catalog.LECTURES.get(lecture, "More"),
            "concepts": cards,
            "moving": any(card["poster"] for card in cards),
        }
        for lecture, cards in sorted(lectures.items())
    ]


def mark() -> str:
    """The sign of the project, a descent in three steps, as SVG."""
    ground, path, steps = style.BACKGROUND.dark, style.POSITIVE.dark, style.GRADIENT.dark
    dots = "".join(
        f'<circle cx="{x}" cy="{y}" r="{r}" fill="{steps}"/>'
        for x, y, r in ((6.4, 11.8, 2.5), (10.4, 19.6, 2.5), (17, 24.8, 3))
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" aria-hidden="true">'
        f'<rect width="32" height="32" rx="7" fill="{ground}"/>'
        f'<path d="M5 7c3 13 7 18 12 18s7-5 10-11" fill="none" stroke="{path}" '
        f'stroke-width="2.6" stroke-linecap="round"/>{dots}</svg>'
    )
