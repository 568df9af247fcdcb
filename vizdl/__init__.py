"""vizdl: show deep learning. Every number is computed, every picture draws the same trace."""

from vizdl.api import facts, figure, run, show, still
from vizdl.catalog import concepts

__version__ = "0.1.0"
__all__ = ["concepts", "facts", "figure", "run", "show", "still"]
