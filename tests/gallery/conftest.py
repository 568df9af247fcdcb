"""A course of one concept, complete on every floor, that lives outside vizdl."""

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
def videos(tmp_path_factory, make_film):
    """A folder as the render leaves it."""
    folder = tmp_path_factory.mktemp("videos")
    make_film(folder, "halving")
    return folder
