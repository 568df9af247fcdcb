"""A course of one concept, complete on every floor, that lives outside vizdl."""

import json
import sys
from pathlib import Path

import pytest

from vizdl import catalog
from vizdl.catalog import Concept

HALVING = Concept(
    "halving",
    'Halving <i>& "more"</i>',
    lecture=1,
    order=1,
    summary="A part of a part of a part is soon nothing. Nearly.",
    package="sample_course",
)


@pytest.fixture
def course(monkeypatch):
    """The catalog with the sample concept alone."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    monkeypatch.setattr(catalog, "TABLE", (HALVING,))
    yield HALVING
    for name in [name for name in sys.modules if name.partition(".")[0] == "sample_course"]:
        del sys.modules[name]


@pytest.fixture(scope="session")
def videos(tmp_path_factory):
    """A folder as the render leaves it, with a real video of six seconds."""
    folder = tmp_path_factory.mktemp("videos")
    film(folder, "halving")
    return folder


def film(folder: Path, name: str) -> None:
    """Draw a test picture that moves, with its captions, poster, loop and storyboard."""
    import av
    import numpy as np

    with av.open(str(folder / f"{name}.mp4"), "w") as container:
        stream = container.add_stream("libx264", rate=15)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for k in range(90):
            picture = np.full((180, 320, 3), 20, np.uint8)
            picture[60:120, 3 * k : 3 * k + 40] = (47, 157, 245)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    (folder / f"{name}.thumb.mp4").write_bytes((folder / f"{name}.mp4").read_bytes())
    from matplotlib.figure import Figure

    Figure(figsize=(3.2, 1.8)).savefig(folder / f"{name}.jpg")
    cues = [(0.0, 2.0, "A part of a part."), (2.0, 6.0, "And then <nothing> & nothing else.")]
    lines = [f"00:00:0{a:.3f} --> 00:00:0{b:.3f}\n{text}\n" for a, b, text in cues]
    (folder / f"{name}.vtt").write_text("WEBVTT\n\n" + "\n".join(lines), "utf-8")
    board = {
        "title": "Halving",
        "duration": 6.0,
        "poster": 1.0,
        "beats": [
            {"name": "Halve", "start": 0.0, "end": 3.0},
            {"name": "Halve again", "start": 3.0, "end": 6.0},
        ],
        "captions": [{"start": a, "end": b, "text": text} for a, b, text in cues],
        "rests": [1.0, 3.0, 6.0],
    }
    (folder / f"{name}.json").write_text(json.dumps(board), "utf-8")
