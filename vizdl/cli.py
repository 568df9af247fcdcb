"""The commands. Each one names a function below; what is heavy is imported inside it."""

from __future__ import annotations

import errno
import json
import os
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import cloup

from vizdl import __version__, catalog
from vizdl.render.job import FORMATS, ONE_THREAD, PRESETS, QUALITIES, RenderError

VIDEOS = Path("videos")
SITE = Path("gallery/_site")
STILL_ENDINGS = (".svg", ".pdf", ".png")
EMBEDDED = ("iframe", "div", "file")
HOSTS = ("sphinx", "mkdocs", "quarto")
PLOT_ENDINGS = (".html", ".json", *STILL_ENDINGS)

CONTEXT = cloup.Context.settings(help_option_names=["-h", "--help"], max_content_width=100)


class ScenesFailed(RenderError):
    """Scenes that raised, with the traceback of the first."""

    def __init__(self, sentence: str, trace: str) -> None:
        super().__init__(sentence)
        self.trace = trace


@cloup.group(context_settings=CONTEXT, invoke_without_command=False)
@cloup.version_option(__version__, prog_name="vizdl")
@cloup.option("--debug", is_flag=True, help="Show the whole traceback of an error.")
def cli(debug: bool) -> None:
    """Show deep learning: animations, interactive figures, stills and a gallery."""


def set_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option ``--set name=value``, given as often as needed, as a dict of texts."""

    def read(_context: Any, _option: Any, pairs: tuple[str, ...]) -> dict[str, str]:
        settings = {}
        for pair in pairs:
            name, sign, value = pair.partition("=")
            if not sign or not name:
                raise click.BadParameter(f"write NAME=VALUE, got {pair!r}")
            settings[name.strip()] = value.strip()
        return settings

    return cloup.option(
        "--set",
        "settings",
        multiple=True,
        metavar="NAME=VALUE",
        callback=read,
        help="Change a setting; `vizdl list NAME` tells which there are.",
    )(command)


@cli.command("list")
@cloup.argument("name", required=False)
@cloup.option("--json", "as_json", is_flag=True, help="For machines.")
def list_(name: str | None, as_json: bool) -> None:
    """The concepts, their floors and what is rendered; with NAME, that concept's settings."""
    if name is not None:
        return _list_settings(name, as_json)
    concepts = catalog.concepts()
    rendered = {concept.name: _rendered(concept.name) for concept in concepts}
    if as_json:
        rows = [
            {
                "name": c.name,
                "title": c.title,
                "lecture": c.lecture,
                "lacks": catalog.lacking(c),
                "rendered": rendered[c.name],
            }
            for c in concepts
        ]
        click.echo(json.dumps(rows, indent=1))
        return
    width = max(len(concept.name) for concept in concepts)
    for lecture in sorted({concept.lecture for concept in concepts}):
        title = catalog.LECTURES.get(lecture, "more")  # other packages may add a lecture
        click.secho(f"Lecture {lecture}: {title}", bold=True)
        for concept in concepts:
            if concept.lecture == lecture:
                lacks = ", ".join(catalog.lacking(concept))
                floors = f"lacks {lacks}" if lacks else "all floors"
                state = rendered[concept.name] or "not rendered"
                click.echo(f"  {concept.name:<{width}}  {concept.title:<32}  {floors}  {state}")
    return


def _rendered(name: str) -> str:
    try:
        story = json.loads((VIDEOS / f"{name}.json").read_text("utf-8"))
        files = (VIDEOS / f"{name}.{ending}" for ending in FORMATS)
        made = next(path for path in files if path.is_file())
        return f"{made}, {story['quality']}, {story['duration']:.0f} s"
    except (OSError, ValueError, KeyError, StopIteration):
        return ""


def _list_settings(name: str, as_json: bool) -> None:
    concept = catalog.get(name)
    controls = catalog.load(concept.experiment).Settings.controls()
    if as_json:
        click.echo(json.dumps([asdict(control) for control in controls], indent=1))
        return
    click.secho(concept.title, bold=True)
    click.echo(f"{concept.summary}\n")
    width = max((len(control.name) for control in controls), default=0)
    for control in controls:
        unit = f" {control.unit}" if control.unit else ""
        default = str(control.default).lower() if control.choices else control.default
        click.echo(f"  {control.name:<{width}}  {control.label}: {control.allowed}{unit}")
        click.echo(f"  {'':<{width}}  default {default}")


@cli.command()
@cloup.argument("names", nargs=-1, metavar="CONCEPT…")
@cloup.option("--all", "everything", is_flag=True, help="Every concept.")
@cloup.option("--lecture", type=int, metavar="N", help="Every concept of that lecture.")
@cloup.option("--join", is_flag=True,
              help="Also one film of the lecture, with chapters and captions.")  # fmt: skip
@cloup.option("-q", "--quality", type=click.Choice(list(QUALITIES)), default="medium",
              show_default=True, help="480p15, 720p30, 1080p60 or 2160p60.")  # fmt: skip
@cloup.option("--format", "format_", type=click.Choice(FORMATS), default="mp4", show_default=True)
@cloup.option("--preset", type=click.Choice((*PRESETS, "manim")), default="share",
              show_default=True, help="draft: quick to draw; share: small, plays everywhere; "
              "archive: without visible loss, to keep; manim: as Manim does.")  # fmt: skip
@cloup.option("--transparent", is_flag=True, help="Without a background (webm or png), for slides.")
@set_option
@cloup.option("--jobs", type=click.IntRange(1), help="Worker processes (default: one a core).")
@cloup.option("--scheduler", metavar="ADDRESS",
              help="Draw on the Dask cluster at this address (tcp://host:8786).")  # fmt: skip
@cloup.option("-o", "--out", type=click.Path(path_type=Path, file_okay=False), default=VIDEOS,
              show_default=True, help="Folder for the videos.")  # fmt: skip
@cloup.option("--why", is_flag=True, help="Only say what would be drawn, and what changed.")
@cloup.option("--json", "as_json", is_flag=True, help="Progress and results for machines.")
def render(
    names: tuple[str, ...],
    everything: bool,
    lecture: int | None,
    join: bool,
    format_: Any,
    jobs: int | None,
    scheduler: str | None,
    why: bool,
    as_json: bool,
    **choices: Any,
) -> None:
    """Draw scenes to video, with captions, poster and chapter marks beside each."""
    if (bool(names), everything, lecture is not None).count(True) != 1:
        raise click.UsageError("name one or more concepts, or give --all or --lecture")
    if join and (lecture is None or format_ not in ("mp4", "webm")):
        raise click.UsageError("--join needs --lecture, and --format mp4 or webm")
    if choices["transparent"] and format_ not in ("webm", "png"):
        raise click.UsageError(f"--transparent needs --format webm or png, got {format_}")
    chosen = list(names) or _lecture(lecture)
    choices["format"] = format_
    if why:
        _say_why(chosen, choices, as_json)
        return
    _render(chosen, as_json, workers=jobs, scheduler=scheduler, **choices)
    if join and lecture is not None:
        from vizdl.render import plan
        from vizdl.render.lecture import join_lecture

        film = join_lecture(lecture, plan(chosen, **choices))
        click.echo(json.dumps({"event": "joined", "file": str(film)}) if as_json else film)


def _lecture(number: int | None) -> list[str]:
    """The names of that lecture's concepts, of all if None."""
    found = [item.name for item in catalog.concepts() if number in (None, item.lecture)]
    if not found:
        known = ", ".join(str(item) for item in sorted({c.lecture for c in catalog.concepts()}))
        raise click.UsageError(f"--lecture must be one of {known}, got {number}")
    return found


def _say_why(names: list[str], choices: dict[str, Any], as_json: bool) -> None:
    from vizdl.render import plan
    from vizdl.render import why as reasons

    for job in plan(names, **choices):
        said = reasons(job)
        if as_json:
            click.echo(json.dumps({"name": job.name, "unchanged": not said, "why": said}))
            continue
        click.echo(f"{job.name}: {'would be drawn' if said else 'unchanged'}")
        for sentence in said:
            click.echo(f"  {sentence}")


def _render(names: list[str], as_json: bool = False, **choices: Any) -> None:
    from vizdl.render import render as render_scenes
    from vizdl.render import show

    style, began = show.style_for(as_json), time.monotonic()
    with show.shown(style) as tell:
        results = render_scenes(names, tell=tell, **choices)
    show.summary(results, time.monotonic() - began, style)
    failed = [result for result in results if result.error]
    if failed:
        raise ScenesFailed(f"{len(failed)} of {len(results)} scenes failed", failed[0].trace)


@cli.command()
@cloup.argument("names", nargs=-1, metavar="[CONCEPT…]")
@cloup.option("--clear", is_flag=True, help="Drop what is kept (of the named concepts).")
@cloup.option("--json", "as_json", is_flag=True, help="For machines.")
def cache(names: tuple[str, ...], clear: bool, as_json: bool) -> None:
    """What is drawn already and kept, so that it need not be drawn again."""
    from vizdl.render.store import Store

    for name in names:
        catalog.get(name)
    store = Store()
    if clear:
        free = store.clear(names or None)
        click.echo(json.dumps({"freed": free}) if as_json else f"{free / 1e6:.1f} MB freed")
        return
    films = [film for film in store.films() if not names or film.concept in names]
    if as_json:
        click.echo(json.dumps([asdict(film) for film in films], indent=1))
        return
    bound = store.limit
    for film in films:
        used = time.strftime("%Y-%m-%d %H:%M", time.localtime(film.used))
        click.echo(
            f"{film.concept:<24}  {film.segments:>4} segments  {film.size / 1e6:8.1f} MB  "
            f"used {used}"
        )
    size = sum(film.size for film in films)
    click.echo(f"{size / 1e6:.1f} MB of at most {bound / 1e6:.0f} MB in {store.root}")


@cli.command()
@cloup.argument("concept")
@set_option
@cloup.option("-o", "--out", type=click.Path(path_type=Path, dir_okay=False),
              help="A .html or .json (interactive), .svg, .pdf or .png (still) file "
              "[default: CONCEPT.html].")  # fmt: skip
@cloup.option("--theme", type=click.Choice(["light", "dark"]), default="light", show_default=True)
def plot(concept: str, settings: dict[str, str], out: Path | None, theme: Any) -> None:
    """Write a concept's figure: interactive as a page, or still for print."""
    from vizdl import api

    target = out or Path(f"{catalog.get(concept).name}.html")
    if target.suffix not in PLOT_ENDINGS:
        raise click.UsageError(
            f"the file must end in {', '.join(PLOT_ENDINGS)}, got {target.name!r}"
        )
    with _whole(target) as part:
        if target.suffix in STILL_ENDINGS:
            save = catalog.load("vizdl.stills.base:save")
            save(api.still(concept, theme=theme, **settings), part)
        elif target.suffix == ".json":
            part.write_text(api.figure(concept, theme=theme, **settings).to_json(), "utf-8")
        else:
            from vizdl.gallery.embed import whole

            part.write_text(whole(concept, theme=theme, **settings), "utf-8")
    click.echo(target)


@contextmanager
def _whole(target: Path) -> Iterator[Path]:
    """A path beside `target` to write to, moved into place when whole."""
    if not target.parent.is_dir():
        raise NotADirectoryError(f"there is no folder {target.parent}")
    part = target.with_name(f".{target.stem}.part{target.suffix}")
    try:
        yield part
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


@cli.command()
@cloup.argument("concept")
@cloup.option("--as", "kind", type=click.Choice([*EMBEDDED, *HOSTS]), default="iframe",
              show_default=True, help="What the page that takes it can hold.")  # fmt: skip
@set_option
@cloup.option("-o", "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("."),
              help="Folder for the files to put beside your page; "
              "of the sources for sphinx, mkdocs and quarto.")  # fmt: skip
@cloup.option("--page", default="index", show_default=True, metavar="FILE",
              help="The source file that shows it (sphinx, mkdocs, quarto).")  # fmt: skip
def embed(concept: str, kind: str, settings: dict[str, str], out: Path, page: str) -> None:
    """Write a figure's files, and print what to paste into your own page."""
    name = catalog.get(concept).name
    if kind in EMBEDDED:
        from vizdl.gallery import embed as embedding

        click.echo(embedding.embed(name, kind, out, **settings))  # type: ignore[arg-type]
        return
    from vizdl.gallery import hosts

    hosted = hosts.host(name, kind, out, page, **settings)
    click.echo(hosted)
    click.echo(hosted.note, err=True)


@cli.group()
def gallery() -> None:
    """The site: build it, or look at it."""


@gallery.command()
@cloup.argument("names", nargs=-1, metavar="[CONCEPT…]")
@cloup.option("-o", "--out", type=click.Path(path_type=Path, file_okay=False), default=SITE,
              show_default=True, help="Folder of the site.")  # fmt: skip
@cloup.option("--videos", type=click.Path(path_type=Path, file_okay=False), default=VIDEOS,
              show_default=True,
              help="Folder of the videos; what is missing or changed is drawn.")  # fmt: skip
@cloup.option("-q", "--quality", type=click.Choice(list(QUALITIES)), default="medium",
              show_default=True)  # fmt: skip
@cloup.option("--jobs", type=click.IntRange(1), help="Scenes at once (default: one a core).")
@cloup.option("--without-video", is_flag=True, help="Leave the videos out (needs no Manim).")
def build(
    names: tuple[str, ...], out: Path, videos: Path, quality: Any, jobs: int | None,
    without_video: bool,
) -> None:  # fmt: skip
    """Draw what is missing and build the site."""
    from vizdl.gallery.build import build as build_site

    chosen = [catalog.get(name).name for name in names] or [c.name for c in catalog.concepts()]
    if not without_video:
        _render(chosen, out=videos, quality=quality, workers=jobs)
    report = build_site(out, names=chosen, videos=None if without_video else videos)
    click.echo(report)


@gallery.command()
@cloup.argument("directory", type=click.Path(path_type=Path), default=SITE)
@cloup.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
def serve(directory: Path, port: int) -> None:
    """Serve the site to this machine alone (127.0.0.1)."""
    from vizdl.gallery.serve import serve as serve_site

    if not (directory / "index.html").is_file():
        raise FileNotFoundError(f"{directory} holds no site; build it: vizdl gallery build")
    serve_site(directory, port)


@cli.command()
@cloup.argument("name")
@cloup.option("--title", default="", metavar="TEXT", help="[default: NAME in words]")
@cloup.option("--lecture", type=click.IntRange(1), metavar="N", help="[default: one of its own]")
@cloup.option("-o", "--out", type=click.Path(path_type=Path), metavar="DIR",
              help="A new or empty folder [default: NAME].")  # fmt: skip
def new(name: str, title: str, lecture: int | None, out: Path | None) -> None:
    """Write a package with a concept of your own: on all floors, and it runs as it is."""
    from vizdl import new as package

    folder = out or Path(name)
    try:
        written = package.write(name, folder, title=title, lecture=lecture)
    except package.Refused as error:
        raise click.UsageError(str(error)) from None
    click.echo("\n".join(map(str, written)))
    click.echo("\nIt runs as it is. Next:\n")
    click.echo(f"  pip install -e {shlex.quote(str(folder))}")
    click.echo(f"  vizdl plot {name}\n  vizdl render {name} -q low")


@cli.command()
def doctor() -> None:
    """What is missing on this machine, and the command that mends it."""
    from vizdl.doctor import checks

    missing = 0
    for check in checks():
        sign = click.style("ok     ", fg="green") if check.ok else (
            click.style("missing", fg="red" if check.needed else "yellow")
        )  # fmt: skip
        click.echo(f"{sign}  {check.name}: {check.what}")
        if not check.ok:
            missing += check.needed
            click.echo(f"         {check.mend}")
    if missing:
        raise RuntimeError(f"{missing} needed part{' is' if missing == 1 else 's are'} missing")


def main(arguments: list[str] | None = None) -> None:
    """Run a command: exit code 0, 1 for a failure, 2 for misuse; one sentence for either."""
    arguments = sys.argv[1:] if arguments is None else arguments
    debug = "--debug" in arguments
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))  # as in the workers: pages say what films say
    try:
        cli.main([word for word in arguments if word != "--debug"], "vizdl", standalone_mode=False)
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except (KeyboardInterrupt, click.Abort):
        click.echo("Stopped. The same command goes on where it stopped.", err=True)
        sys.exit(130)
    except Exception as error:
        if debug:
            if isinstance(error, ScenesFailed):
                click.echo(error.trace, err=True)  # of the worker, where it happened
            raise
        misuse = isinstance(error, click.UsageError | catalog.UnknownConcept) or _is_setting(error)
        sentence = error.format_message() if isinstance(error, click.ClickException) else str(error)
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            sentence = (
                f"the disk is full ({error.filename or 'the folder of the videos or the cache'})"
            )
        if sentence.startswith("Usage:"):  # nothing was asked for, so this is help and no error
            click.echo(sentence)
            sys.exit(2)
        click.secho(f"Error: {sentence or type(error).__name__}", fg="red", err=True)
        click.echo(f"Hint: {_hint(error, arguments)}", err=True)
        sys.exit(2 if misuse else 1)


def _is_setting(error: Exception) -> bool:
    from vizdl.experiments.base import SettingsError  # slow to import, so not at the start

    return isinstance(error, SettingsError)


def _hint(error: Exception, arguments: list[str]) -> str:
    if isinstance(error, catalog.UnknownConcept):
        return "vizdl list shows the concepts."
    if _is_setting(error):
        known = {concept.name for concept in catalog.concepts()}
        name = next((word for word in arguments if word in known), "CONCEPT")
        return f"vizdl list {name} shows the settings and their ranges."
    if isinstance(error, click.UsageError):
        path = error.ctx.command_path if error.ctx else "vizdl"
        return f"{path} --help shows how it is used."
    if isinstance(error, RenderError) and not isinstance(error, ScenesFailed):
        return "vizdl doctor tells what is missing on this machine."
    return "--debug shows where it happened."


if __name__ == "__main__":
    main()
