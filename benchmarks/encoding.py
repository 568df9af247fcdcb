"""What the presets cost and give: ``python benchmarks/encoding.py [--seconds 6] [--scene NAME]``.

Draws a few seconds of a real scene in full HD, encodes them in each format and preset, segment by
segment as a render does, and prints a Markdown table: bytes and processor seconds a second of
video, and how similar the film is to what was drawn.

Similarity is FFmpeg's SSIM, on blocks of 8 × 8 (after Wang et al., "Image quality assessment",
IEEE Transactions on Image Processing 13(4), 2004): the mean over red, green and blue, so that
lost colour counts, of each sixth frame; their mean, and the worst of them.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from vizdl import catalog, style
from vizdl.render.encode import MANIM, PRESETS, Encoding, SegmentWriter, encoding, join
from vizdl.render.job import QUALITIES, Job
from vizdl.render.walk import walk

WIDTH, HEIGHT, RATE = QUALITIES["high"]
FIRST = 12  # the play to begin with: the scene is full by then
EACH = 6  # frames to the next one that is compared
BACKGROUND = np.array([int(style.BACKGROUND.dark[i : i + 2], 16) for i in (1, 3, 5)], np.uint8)
Picture = NDArray[np.uint8]  # (height, width, 3 or 4)


class Enough(BaseException):
    """Ends a walk when there are frames enough: a scene's own errors are caught there."""


@dataclass(frozen=True)
class Row:
    """What one encoding costs and gives."""

    rate: float  # bytes a second of video
    processor: float  # seconds a second of video
    similarity: float
    worst: float


def draw(name: str, seconds: float, folder: Path) -> list[Path]:
    """Segments of the scene, without loss, of so many seconds or a little more."""
    settings = catalog.load(catalog.get(name).experiment).Settings()
    job = Job(name, settings, "high", "gif", folder)  # whose segments are without loss
    made: list[Path] = []
    total = 0

    def done(play: int, path: Path, frames: int) -> None:
        nonlocal total
        made.append(path)
        total += frames
        if total >= seconds * RATE:
            raise Enough

    def claim(play: int) -> bool:
        return play >= FIRST

    try:
        walk(
            job, scratch=folder, media=folder / "media", claim=claim, done=done,
            tick=lambda frames: None,
        )  # fmt: skip
    except Enough:
        return made
    raise SystemExit(f"{name} has only {total / RATE:.1f} seconds after its play {FIRST}")


def pictures(path: Path) -> Iterator[Picture]:
    """The frames of a file. Shape (height, width, 4)."""
    with av.open(str(path)) as film:
        for frame in film.decode(video=0):
            yield frame.to_ndarray(format="rgba")


def measure(drawn: Sequence[Path], code: Encoding, folder: Path) -> Row:
    """Encode the segments, join them, and look at the film."""
    spent = frames = 0.0
    parts: list[Path] = []
    for source in drawn:
        shown = list(pictures(source))
        if code.pixel_format == "yuva420p":
            for picture in shown:  # what is background is not there
                picture[(picture[..., :3] == BACKGROUND).all(-1)] = 0
        parts.append(folder / f"{source.stem}{code.container}")
        began = time.process_time()
        with SegmentWriter(parts[-1], code, WIDTH, HEIGHT, RATE) as writer:
            for picture in shown:
                writer.write(picture)
        spent += time.process_time() - began
        frames += len(shown)
    film = folder / f"film{'.gif' if code.most_frames else code.container}"
    began = time.process_time()
    join(parts, film, code, RATE)
    spent += time.process_time() - began
    every = -(-RATE // code.most_frames) if code.most_frames else 1
    found = list(similarities(drawn, film, code, every))
    seconds = frames / RATE
    return Row(
        film.stat().st_size / seconds, spent / seconds, sum(found) / len(found),
        min(found),
    )  # fmt: skip


def similarities(drawn: Sequence[Path], film: Path, code: Encoding, every: int) -> Iterator[float]:
    """SSIM of the compared frames; of a film that leaves some out, of those that it shows."""
    given = (picture for path in drawn for picture in pictures(path))
    kept = (picture for place, picture in enumerate(given) if place % every == 0)
    graph: Any = None
    for place, (one, frame) in enumerate(zip(kept, decoded(film, code), strict=True)):
        if place * every % EACH:
            continue
        both = [frame, av.VideoFrame.from_ndarray(one, format="rgba")]
        both = [each.reformat(format="gbrp", interpolation="BICUBIC", threads=1) for each in both]
        if graph is None:
            graph = _graph(both)
        for source, each in enumerate(both):
            each.pts, each.time_base = place, Fraction(1, RATE)
            graph.push(each, at=source)
        yield float(graph.pull().metadata["lavfi.ssim.All"])


def decoded(film: Path, code: Encoding) -> Iterator[av.VideoFrame]:
    """A film's frames; what can be seen through lies on the course's background."""
    with av.open(str(film)) as opened:
        if code.pixel_format != "yuva420p":
            yield from opened.decode(video=0)
            return
        decoder: Any = av.CodecContext.create("libvpx-vp9", "r")
        for packet in opened.demux(video=0):
            for frame in decoder.decode(packet):
                picture = frame.to_ndarray(format="rgba").astype(np.float32)
                opacity = picture[..., 3:] / 255
                laid = opacity * picture[..., :3] + (1 - opacity) * BACKGROUND
                yield av.VideoFrame.from_ndarray(laid.round().astype(np.uint8), format="rgb24")


def _graph(frames: Sequence[av.VideoFrame]) -> Any:
    graph = av.filter.Graph()
    ssim, sink = graph.add("ssim"), graph.add("buffersink")
    for place, frame in enumerate(frames):
        source = graph.add_buffer(
            width=frame.width, height=frame.height, format=frame.format, time_base=Fraction(1, RATE)
        )
        source.link_to(ssim, 0, place)
    ssim.link_to(sink)
    graph.configure()
    return graph


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--scene", default="lstm_gates")
    asked = parser.parse_args()
    kinds = [("Manim's own", MANIM)]
    kinds += [(f"{f} {p}", encoding(f, p)) for f in ("mp4", "webm") for p in PRESETS]
    kinds += [(f"webm {p}, transparent", encoding("webm", p, True)) for p in PRESETS]
    kinds += [(f"gif {p}", encoding("gif", p)) for p in PRESETS]
    with tempfile.TemporaryDirectory() as made:
        drawn = draw(asked.scene, asked.seconds, Path(made))
        print(f"{asked.scene}, {len(drawn)} plays from the {FIRST}th, {WIDTH} × {HEIGHT}, {RATE}/s")
        print("\n| film | encoder | kB/s | CPU s/s | SSIM | worst |")
        print("|---|---|--:|--:|--:|--:|")
        for name, code in kinds:
            with tempfile.TemporaryDirectory(dir=made) as folder:
                row = measure(drawn, code, Path(folder))
            print(
                f"| {name} | {code.codec} {code.pixel_format} | {row.rate / 1000:.0f} | "
                f"{row.processor:.2f} | {row.similarity:.4f} | {row.worst:.4f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
