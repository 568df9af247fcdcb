"""What every still is made of: a themed canvas of 16:9, panels, direct labels, files.

A concept's still reads::

    def draw(trace, theme="light"):
        figure = canvas(theme)
        left, right = figure.add_gridspec(1, 2)
        ax = panel(figure, right, theme, x_label="step", y_label="loss")
        ax.plot(trace.losses, color=style.LOSS.on(theme))
        note(ax, (20, 0.1), "loss", theme, role=style.LOSS)
        return figure

Nothing here touches pyplot or Matplotlib's global settings. Where colours tell things apart, let
a label, a marker or a dash pattern do so as well: stills are printed in black and white.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

from vizdl import style
from vizdl.experiments.base import SUPERSCRIPTS, number
from vizdl.style import Role, Theme

FONT = ["STIXGeneral", "DejaVu Serif"]  # both ship with Matplotlib; the second has the ⁻⁴
MATHS = "stix"
SIZE = 11.0  # points, on a canvas 6.4 inches wide
SMALL = 9.0
WIDTH, HEIGHT = 6.4, 3.6  # inches, 16:9 like the video
DPI = 300

DASHES = ("-", (0, (5, 2)), (0, (1.2, 1.5)), (0, (6, 2, 1.2, 2)))  # for series 1 to 4
MARKERS = ("o", "s", "^", "D")


def canvas(theme: Theme = "light", width: float = WIDTH, height: float = HEIGHT) -> Figure:
    """An empty figure in the theme's background, its panels laid out so that nothing overlaps."""
    figure = Figure(
        figsize=(width, height),
        dpi=DPI,
        facecolor=style.BACKGROUND.on(theme),
        layout=ConstrainedLayoutEngine(w_pad=0.08, h_pad=0.08, wspace=0.06, hspace=0.06),
    )
    FigureCanvasAgg(figure)
    return figure


def panel(
    figure: Figure,
    where: Any = 111,
    theme: Theme = "light",
    *,
    title: str = "",
    x_label: str = "",
    y_label: str = "",
    grid: bool = True,
    **options: Any,
) -> Axes:
    """One panel of the canvas, `where` as for ``Figure.add_subplot``, in the course's style."""
    ink, muted, faint = (role.on(theme) for role in (style.INK, style.MUTED, style.GRID))
    ax: Axes = figure.add_subplot(*(where if isinstance(where, tuple) else (where,)), **options)
    ax.set_facecolor(style.BACKGROUND.on(theme))
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    for spine in ax.spines.values():
        spine.set_color(muted)
        spine.set_linewidth(0.7)
    ax.tick_params(
        colors=muted, labelcolor=muted, labelsize=SMALL, labelfontfamily=FONT, width=0.7, length=3
    )
    words: dict[str, Any] = {"fontfamily": FONT, "math_fontfamily": MATHS, "fontsize": SIZE}
    ax.set_xlabel(x_label, color=muted, **words)
    ax.set_ylabel(y_label, color=muted, **words)
    ax.set_title(title, color=ink, loc="left", pad=8, **words)
    ax.set_axisbelow(True)
    if grid:
        ax.grid(True, color=faint, linewidth=0.6)
    return ax


def logarithmic(ax: Axes, *axes: str) -> None:
    """Make the axes named ("x", "y") logarithmic, with round powers of ten as their ticks."""
    for name in axes:
        axis = {"x": ax.xaxis, "y": ax.yaxis}[name]
        ax.set(**{f"{name}scale": "log"})
        axis.set_major_locator(LogLocator(10, numticks=6))
        axis.set_major_formatter(FuncFormatter(lambda value, _: _power(value)))
        axis.set_minor_formatter(NullFormatter())
        axis.set_minor_locator(NullLocator())


def note(
    ax: Axes,
    at: tuple[float, float],
    text: str,
    theme: Theme = "light",
    *,
    role: Role = style.INK,
    size: float = SIZE,
    offset: tuple[float, float] = (0, 0),
    **options: Any,
) -> Text:
    """Words beside the data that they name: `at` in data units, `offset` in points from there."""
    return ax.annotate(
        text,
        at,
        offset,
        textcoords="offset points",
        color=role.on(theme),
        fontsize=size,
        fontfamily=FONT,
        math_fontfamily=MATHS,
        **options,
    )


def colormap(stops: list[tuple[float, str]], name: str = "vizdl") -> LinearSegmentedColormap:
    """Stops from 0 to 1, as ``style.height_scale(theme)`` gives them, as a Matplotlib colormap."""
    return LinearSegmentedColormap.from_list(name, stops)


def save(figure: Figure, path: str | Path) -> Path:
    """Write the figure as .svg, .pdf or .png: the same figure gives the same bytes.

    Raises ValueError for another kind of file.
    """
    path = Path(path)
    dateless: dict[str, dict[str, Any]] = {
        ".svg": {"Date": None},
        ".pdf": {"CreationDate": None},
        ".png": {"Software": None},
    }
    if path.suffix not in dateless:
        raise ValueError(f"path must end in .svg, .pdf or .png, got {path.name!r}")
    with matplotlib.rc_context({"svg.hashsalt": "vizdl", "pdf.fonttype": 42}):
        figure.savefig(path, metadata=dateless[path.suffix])
    return path


def _power(value: float) -> str:
    if 0.01 <= value <= 1000:
        return number(value, 1)
    return "10" + str(round(math.log10(value))).translate(SUPERSCRIPTS) if value > 0 else ""
