"""The whole course, drawn by plain Manim and by vizdl, in alternation.

    python benchmarks/render.py [--quality high] [--rounds 3] [--scenes NAME …] [--jobs N]

Each round draws every scene with ``manim render -a`` (one scene after the other, as its user
would), with vizdl under Manim's own encoder settings, and with vizdl as it comes. Wall and CPU
seconds are those of the whole commands, children included; the table shows medians and the
median of the rounds' ratios. That the frames are the same, bit for bit, is tested where they are
drawn (``tests/render/test_walk.py``, ``test_camera.py``); x264 on AVX-512, as Manim runs it, does
not give the same bytes twice, so the films can't be compared.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from vizdl import catalog
from vizdl.render.join import count

ROOT = Path(__file__).parents[1]
FLAGS = {"low": "l", "medium": "m", "high": "h", "4k": "k"}
WAYS = ("plain Manim", "vizdl, Manim's encoder settings", "vizdl, preset share")
SIZES = {"low": ["-r", "854,480", "--fps", "15"]}


def measured(commands: list[list[str]], env: dict[str, str]) -> tuple[float, float]:
    """Wall and CPU seconds of commands run one after the other."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    for command in commands:
        done = subprocess.run(
            command, env=env, cwd=ROOT, capture_output=True, text=True, check=False
        )
        if done.returncode:
            sys.exit(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - began, cpu


def run(way: str, names: list[str], quality: str, jobs: int, out: Path) -> tuple[float, float]:
    """Draw the scenes one way, from nothing, into `out`."""
    shutil.rmtree(out, ignore_errors=True)
    env = os.environ | {"VIZDL_CACHE": str(out / "cache")}
    binary = Path(sys.executable).parent
    if way == WAYS[0]:
        commands = [
            [
                str(binary / "manim"), "render", "-a", f"-q{FLAGS[quality]}", "--disable_caching",
                "--progress_bar", "none", "--media_dir", str(out / name), f"scenes/{name}.py",
                *SIZES.get(quality, []),
            ]
            for name in names
        ]  # fmt: skip
    else:
        preset = "manim" if way == WAYS[1] else "share"
        commands = [
            [
                str(binary / "vizdl"), "render", *names, "-q", quality, "--preset", preset,
                "--jobs", str(jobs), "-o", str(out),
            ]
        ]  # fmt: skip
    return measured(commands, env)


def film(out: Path, name: str) -> Path:
    """Where a way left the scene's film."""
    found = [path for path in out.rglob("*.mp4") if "partial_movie_files" not in path.parts]
    wanted = name.replace("_", "")
    return next(path for path in found if path.stem.lower().replace("_", "") == wanted)


def main() -> None:
    """Measure and print a Markdown table."""
    known = [concept.name for concept in catalog.concepts()]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quality", choices=FLAGS, default="high")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scenes", nargs="+", choices=known, default=known, metavar="NAME")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--keep", type=Path, help="a JSON file of rounds, to stop and go on with")
    chosen = parser.parse_args()
    spent: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
    if chosen.keep and chosen.keep.is_file():
        spent = json.loads(chosen.keep.read_text())
    with tempfile.TemporaryDirectory() as scratch:
        outs = {way: Path(scratch) / str(k) for k, way in enumerate(WAYS)}
        for number in range(min(len(spent[WAYS[0]]), chosen.rounds - 1), chosen.rounds):
            for way in WAYS:
                spent[way].append(run(way, chosen.scenes, chosen.quality, chosen.jobs, outs[way]))
                wall, cpu = spent[way][-1]
                print(f"round {number + 1}: {way}: {wall:.1f} s, {cpu:.1f} s CPU", file=sys.stderr)
            if chosen.keep:
                chosen.keep.write_text(json.dumps(spent))
        counts, sizes = 0, dict.fromkeys(WAYS, 0)
        for name in chosen.scenes:
            films = {way: film(outs[way], name) for way in WAYS}
            lengths = {way: count(path) for way, path in films.items()}
            if len(set(lengths.values())) > 1:
                sys.exit(f"{name} has not the same length everywhere: {lengths}")
            counts += lengths[WAYS[0]]
            for way, path in films.items():
                sizes[way] += path.stat().st_size
    print(
        f"{len(chosen.scenes)} scenes, {counts} frames at quality {chosen.quality}, "
        f"{chosen.jobs} workers, median of {chosen.rounds} rounds.\n"
    )
    print("| | wall s | CPU s | frames a second | wall ratio | CPU ratio | MB |")
    print("| --- | --: | --: | --: | --: | --: | --: |")
    for way in WAYS:
        wall, cpu = (statistics.median(run[k] for run in spent[way]) for k in (0, 1))
        ratios = [
            statistics.median(
                plain[k] / ours[k] for plain, ours in zip(spent[WAYS[0]], spent[way], strict=True)
            )
            for k in (0, 1)
        ]
        print(
            f"| {way} | {wall:.1f} | {cpu:.1f} | {counts / wall:.1f} | {ratios[0]:.2f} | "
            f"{ratios[1]:.2f} | {sizes[way] / 1e6:.1f} |"
        )


if __name__ == "__main__":
    main()
