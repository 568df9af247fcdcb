"""The storyboards, one Scene a file: inside the wheel, or in the checkout's ``scenes`` folder."""

from pathlib import Path

_checkout = Path(__file__).parents[2] / "scenes"
if _checkout.is_dir() and (_checkout.parent / "pyproject.toml").is_file():
    __path__.append(str(_checkout))
