"""A render as its user sees it: bars on a terminal, plain lines elsewhere, JSON for machines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import click

from vizdl.render.pool import Result
from vizdl.render.progress import Report, Tell

Style = Literal["bars", "lines", "json"]


def style_for(as_json: bool) -> Style:
    """JSON where asked for, bars on a terminal, lines elsewhere."""
    if as_json:
        return "json"
    return "bars" if sys.stderr.isatty() else "lines"


@contextmanager
def shown(style: Style) -> Iterator[Tell]:
    """What is to be called with each report, while the render runs."""
    if style == "json":
        yield _json
    elif style == "lines":
        yield _lines()
    else:
        with _bars() as tell:
            yield tell


def summary(results: Sequence[Result], seconds: float, style: Style) -> None:
    """The end: a line a film (a JSON object each), and what it took in all."""
    if style == "json":
        for result in results:
            click.echo(json.dumps({"event": "result", **_about(result)}))
        return
    drawn = [result for result in results if result.error is None]
    rows = [(str(result.job.files[0]), *_cells(result)) for result in drawn]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)] if rows else []
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        click.echo("  ".join(cells).rstrip())
    frames = sum(result.drawn for result in results)
    if frames and len(results) > 1:
        click.echo(
            f"{len(drawn)} films in {clock(seconds)}, {frames} frames drawn, "
            f"{frames / seconds:.1f} a second"
        )
    for result in results:
        if result.error:
            click.secho(f"{result.job.name}: {result.error}", fg="red", err=True)


def clock(seconds: float) -> str:
    """A duration as people say it: 7 s, 2 min 05 s, 1 h 12 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def _cells(result: Result) -> tuple[str, ...]:
    if not result.was_drawn:
        return ("unchanged", "", "")
    if result.job.encoding is None:
        return ("drawn", "", "")
    rate = f"{result.drawn / result.work:.1f} a second and worker" if result.work else "joined"
    return (f"{result.seconds or 0:.0f} s of video", f"{result.drawn} frames drawn", rate)


def _about(result: Result) -> dict[str, Any]:
    state = "failed" if result.error else "drawn" if result.was_drawn else "unchanged"
    return {
        "name": result.job.name,
        "state": state,
        "file": str(result.job.files[0]),
        "seconds": result.seconds,
        "frames": result.drawn,
        "work": round(result.work, 3),
        "error": result.error,
    }


def _json(report: Report) -> None:
    about = {
        "event": "progress",
        "name": report.name,
        "state": report.state,
        "file": str(report.file),
        "frames": report.frames,
        "total": report.total,
        "rate": round(report.rate, 2),
        "left": None if report.left is None else round(report.left, 1),
    }
    click.echo(json.dumps(about))


def _lines() -> Tell:
    told: dict[str, tuple[str, int]] = {}

    def tell(report: Report) -> None:
        step = int(5 * report.share) if report.total else report.frames // 250
        if told.get(report.name) == (report.state, step):
            return
        told[report.name] = (report.state, step)
        if report.state in ("waiting", "drawing", "joining"):
            click.echo(f"{report.name}: {_words(report)}", err=True)

    return tell


def _words(report: Report) -> str:
    if report.state == "waiting":
        return f"waiting, {report.error}"
    if report.state == "joining":
        return f"joining {report.frames} frames, to {report.file}" if report.frames else "writing"
    of = f" of {report.total}" if report.total else ""
    left = f", {clock(report.left)} left" if report.left is not None else ""
    return f"{report.frames}{of} frames, {report.rate:.1f} a second{left}, to {report.file}"


@contextmanager
def _bars() -> Iterator[Tell]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[words]}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, Any] = {}

        def tell(report: Report) -> None:
            if report.name not in tasks:
                tasks[report.name] = bars.add_task(report.name, total=1.0, words="")
            known = report.total is not None or report.state in ("drawn", "unchanged")
            words = (
                _words(report)
                if report.state in ("drawing", "joining")
                else f"{report.state}, {report.error or report.file}"
            )
            bars.update(
                tasks[report.name],
                total=1.0 if known else None,
                completed=report.share,
                words=words,
            )

        yield tell
