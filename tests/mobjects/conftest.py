"""Each test process has a text cache of its own: Manim rewrites its files, and processes race."""

import pytest
from manim import tempconfig


@pytest.fixture(scope="session", autouse=True)
def media(tmp_path_factory):
    """A media folder that no other process writes to."""
    folder = tmp_path_factory.mktemp("media")
    with tempconfig({"media_dir": str(folder), "verbosity": "ERROR"}):
        yield folder
