"""What every floor's tests may use: settings for property tests, a browser, a small film.

Property tests take the time the machine needs and try the same examples each run.
"""

import json
import shutil

import pytest
from hypothesis import settings

settings.register_profile("vizdl", deadline=None, derandomize=True)
settings.load_profile("vizdl")

CHROMIUM = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser():
    """Chromium, as it is installed on this machine."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(CHROMIUM)
        )
        yield running
        running.close()


@pytest.fixture(scope="session")
def make_film():
    """``make_film(folder, name)`` leaves what the render leaves, a film of six seconds."""
    return _make_film


def _make_film(folder, name):
    import av
    import numpy as np
    from matplotlib.figure import Figure

    with av.open(str(folder / f"{name}.mp4"), "w") as container:
        stream = container.add_stream("libx264", rate=15)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for k in range(90):
            picture = np.full((180, 320, 3), 20, np.uint8)
            picture[60:120, 3 * k : 3 * k + 40] = (47, 157, 245)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    shutil.copyfile(folder / f"{name}.mp4", folder / f"{name}.thumb.mp4")
    Figure(figsize=(3.2, 1.8)).savefig(folder / f"{name}.jpg")
    cues = [(0.0, 2.0, "A part of a part."), (2.0, 6.0, "And then <nothing> & nothing else.")]
    lines = [f"00:00:0{a:.3f} --> 00:00:0{b:.3f}\n{_escaped(text)}\n" for a, b, text in cues]
    (folder / f"{name}.vtt").write_text("WEBVTT\n\n" + "\n".join(lines), "utf-8")
    board = {
        "title": "A film",
        "duration": 6.0,
        "poster": 1.0,
        "beats": [
            {"name": "First", "start": 0.0, "end": 3.0},
            {"name": "Second", "start": 3.0, "end": 6.0},
        ],
        "captions": [{"start": a, "end": b, "text": text} for a, b, text in cues],
        "rests": [1.0, 3.0, 6.0],
    }
    (folder / f"{name}.json").write_text(json.dumps(board), "utf-8")


def _escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")
