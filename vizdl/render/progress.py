"""How far a render is: one report a film, drawn as bars, plain lines or JSON by the command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

State = Literal["waiting", "drawing", "joining", "drawn", "unchanged", "failed"]


@dataclass(frozen=True)
class Report:
    """One film now: frames that are there, frames in all (None if unknown), what it waits for.

    `rate` is in frames a second of this run, `left` in seconds (None if unknown), `file` where
    the film is or will be. A picture has no frames.
    """

    name: str
    state: State
    file: Path
    frames: int = 0
    total: int | None = None
    rate: float = 0.0
    left: float | None = None
    error: str = ""

    @property
    def share(self) -> float:
        """The share that is done, 0 to 1; 0 where the length is unknown."""
        if self.state in ("drawn", "unchanged"):
            return 1.0
        return min(1.0, self.frames / self.total) if self.total else 0.0


Tell = Callable[[Report], None]
