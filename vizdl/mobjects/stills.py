"""Pictures of the parts for the documentation: ``python -m vizdl.mobjects.stills -o DIR``.

Every public part has an `example()`, a small instance made from an engine's numbers. Each is
drawn to ``DIR/NAME.png``, and ``DIR/index.html`` shows them all with what their docstrings say.
"""

from __future__ import annotations

import argparse
import html
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from manim import Camera, Mobject
from numpy.typing import NDArray

import vizdl.mobjects
from vizdl import style

PIXELS = 160  # a unit of the frame
MARGIN = 0.35  # round the part, in units of the frame


def parts() -> dict[str, Any]:
    """Every public part that has an example, by name."""
    public = {name: getattr(vizdl.mobjects, name) for name in vizdl.mobjects.__all__}
    return {
        name: part
        for name, part in public.items()
        if inspect.isclass(part) and issubclass(part, Mobject)
    }


def picture(mobject: Mobject, pixels: int = PIXELS) -> NDArray[np.uint8]:
    """Draw a mobject alone on the video's background: RGBA values (height, width, 4)."""
    width, height = mobject.width + 2 * MARGIN, mobject.height + 2 * MARGIN
    camera = Camera(
        background_color=style.BACKGROUND.dark,
        frame_center=mobject.get_center(),
        frame_width=width,
        frame_height=height,
        pixel_width=round(pixels * width),
        pixel_height=round(pixels * height),
    )
    camera.capture_mobjects([mobject])
    return np.asarray(camera.pixel_array, dtype=np.uint8)


def draw(folder: Path) -> Iterator[Path]:
    """Draw every part into `folder`, one file after the other, and the page that shows them."""
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    for name, part in parts().items():
        path = folder / f"{name}.png"
        Image.fromarray(picture(part.example())).convert("RGB").save(path, optimize=True)
        yield path
    path = folder / "index.html"
    path.write_text(_page(), encoding="utf-8")
    yield path


def _page() -> str:
    cards = []
    for name, part in parts().items():
        signature = html.escape(f"{name}{inspect.signature(part.__init__)}".replace("self, ", ""))
        words = html.escape(inspect.getdoc(part) or "")
        cards.append(
            f'<section id="{name}"><h2>{name}</h2><img src="{name}.png" alt="{name}, as its '
            f'example() draws it"><p class="words">{words}</p><pre>{signature}</pre></section>'
        )
    return f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>The parts of vizdl</title>
<style>
body {{ background: {style.BACKGROUND.dark}; color: {style.INK.dark}; margin: 2rem auto;
  max-width: 60rem; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; }}
section {{ border-top: 1px solid {style.GRID.dark}; padding: 1rem 0; }}
img {{ display: block; max-width: 100%; max-height: 26rem; }}
.words {{ white-space: pre-line; }}
pre {{ white-space: pre-wrap; color: {style.MUTED.dark}; }}
</style>
<h1>The parts of vizdl</h1>
{"".join(cards)}
</html>
"""


def main(arguments: list[str] | None = None) -> int:
    """Draw the stills into the folder that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m vizdl.mobjects.stills", description=__doc__)
    parser.add_argument("-o", "--out", type=Path, default=Path("build/parts"), metavar="DIR")
    options = parser.parse_args(arguments)
    for path in draw(options.out):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
