"""What this machine has and lacks, and the command that mends it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec

from vizdl.render.job import SYSTEM_PACKAGES


@dataclass(frozen=True)
class Check:
    """One part: what it is for, whether it is there, and how it comes."""

    name: str
    what: str
    ok: bool
    needed: bool
    mend: str


def checks() -> Iterator[Check]:
    """Every part that vizdl can use, the needed ones first."""
    running = ".".join(map(str, sys.version_info[:3]))
    new_enough = sys.version_info >= (3, 11)
    yield Check("Python", running, new_enough, True, "install Python 3.11 or later")
    for requirement in requires("vizdl") or ():
        name = re.split(r"[^A-Za-z0-9_.-]", requirement, maxsplit=1)[0]
        if "extra ==" not in requirement:
            yield _package(name, "needed", needed=True, mend=f"pip install '{requirement}'")
    yield from _video()
    for name, purpose, extra in (
        ("anywidget", "live figures in notebooks", "notebook"),
        ("distributed", "rendering on a cluster", "cluster"),
        ("playwright", "tests of the pages", "dev"),
    ):
        yield _package(name, purpose, needed=False, mend=f"pip install 'vizdl[{extra}]'")
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    yield Check(
        "Chromium",
        browser or "for tests of the pages",
        browser is not None,
        False,
        "apt-get install --no-install-recommends chromium",
    )


def _package(name: str, purpose: str, *, needed: bool, mend: str) -> Check:
    try:
        return Check(name, version(name), True, needed, mend)
    except PackageNotFoundError:
        return Check(name, purpose, False, needed, mend)


def _video() -> Iterator[Check]:
    there = find_spec("manim") is not None
    if not there and sys.platform.startswith("linux"):
        found = _headers()
        what = "headers that Manim is built with"
        yield Check("Cairo and Pango", what, found, False, SYSTEM_PACKAGES)
    yield _package("manim", "for videos", needed=False, mend="pip install 'vizdl[animate]'")


def _headers() -> bool:
    if shutil.which("pkg-config") is None:
        return False
    command = ["pkg-config", "--exists", "cairo", "pangocairo"]
    return subprocess.run(command, check=False).returncode == 0
