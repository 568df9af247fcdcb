"""The values as a line, for print."""

from vizdl import style
from vizdl.stills.base import canvas, panel


def draw(trace, theme="light"):
    """Draw what is left after every step."""
    figure = canvas(theme)
    ax = panel(figure, 111, theme, x_label="step", y_label="what is left")
    ax.plot(trace.values, color=style.LOSS.on(theme))
    return figure
