"""The still shows the words' ways and how soon neighbours share a role."""

import numpy as np
import pytest

from vizdl import style
from vizdl.experiments import embedding
from vizdl.experiments.embedding import ROLE, WORDS
from vizdl.stills import embedding as stills


@pytest.fixture(scope="module")
def trace():
    return embedding.run(embedding.Settings())


def test_it_shows_the_words_where_they_ended_and_the_share(trace):
    plane, shares = stills.draw(trace).axes
    points = np.concatenate([np.asarray(c.get_offsets()) for c in plane.collections])
    order = np.argsort(ROLE, kind="stable")
    np.testing.assert_allclose(points, trace.places[-1][order])
    assert {text.get_text() for text in plane.texts} == set(WORDS)
    alike = 100 * (ROLE[trace.nearest[..., 0]] == ROLE).mean(axis=1)
    np.testing.assert_allclose(shares.lines[0].get_ydata(), alike)


def test_it_can_be_drawn_in_the_dark():
    drawn = stills.draw(embedding.run(embedding.Settings(size=2)), "dark")
    drawn.draw_without_rendering()
    assert np.allclose(drawn.get_facecolor()[:3], style.rgb(style.BACKGROUND.dark), atol=1e-6)
