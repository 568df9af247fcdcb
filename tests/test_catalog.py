"""The catalog, walked: every concept stands on every floor, and other packages may add theirs."""

import json
import math
import os
import re
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import matplotlib.colors
import plotly.graph_objects as go
import pytest
from matplotlib.text import Text

import vizdl
from vizdl import catalog, style
from vizdl.experiments.base import Facts, Settings, Trace
from vizdl.gallery import maths

CHECKOUT = Path(vizdl.__file__).parents[1]
NAMES = [concept.name for concept in catalog.concepts()]
CARTESIAN = {  # the trace types of plotly.js's cartesian bundle
    "bar", "box", "candlestick", "carpet", "contour", "contourcarpet", "heatmap", "histogram",
    "histogram2d", "histogram2dcontour", "image", "ohlc", "pie", "quiver", "scatter",
    "scattercarpet", "scatterternary", "violin",
}  # fmt: skip
FLOORS = {
    "experiment": "vizdl/experiments/{}.py",
    "figure": "vizdl/figures/{}.py",
    "still": "vizdl/stills/{}.py",
    "scene": "scenes/{}.py",
    "page": "gallery/pages/{}.md",
    "test of the experiment": "tests/experiments/test_{}.py",
    "test of the figure": "tests/figures/test_{}.py",
    "test of the still": "tests/stills/test_{}.py",
}


COURSE = {
    1: "feature_hierarchy perceptron bias_shift activations linear_collapse dense_layer "
    "empirical_loss loss_landscape gradient_descent backpropagation learning_rate adaptive_rates "
    "minibatch regularization dropout",
    2: "sequence_patterns recurrence weight_sharing sequence_criteria embedding bptt "
    "vanishing_gradients lstm_gates lstm_gradient_flow attention",
}


def test_the_course_is_whole_and_in_order():
    for lecture, names in COURSE.items():
        assert [c.name for c in catalog.concepts() if c.lecture == lecture] == names.split()


@pytest.fixture(scope="module", params=NAMES)
def concept(request):
    return catalog.get(request.param)


@pytest.fixture(scope="module")
def experiment(concept):
    return catalog.load(concept.experiment)


@pytest.fixture(scope="module")
def trace(experiment):
    return experiment.run(experiment.Settings())


@pytest.mark.parametrize("floor", FLOORS)
@pytest.mark.parametrize("name", NAMES)
def test_a_concept_is_a_file_on_every_floor(name, floor):
    assert (CHECKOUT / FLOORS[floor].format(name)).is_file()
    assert catalog.lacking(catalog.get(name)) == ()


def test_names_titles_and_places_are_those_of_the_course(concept):
    assert re.fullmatch(r"[a-z][a-z0-9_]*", concept.name)
    assert concept.lecture in catalog.LECTURES
    assert concept.title[0].isupper()
    assert concept.summary.count(".") >= 1
    assert concept.summary.endswith(".")
    places = [(other.lecture, other.order) for other in catalog.concepts()]
    assert len(set(places)) == len(places)
    assert places == sorted(places)


def test_an_experiment_has_settings_a_run_facts_and_equations(experiment, trace):
    assert issubclass(experiment.Settings, Settings)
    assert isinstance(trace, Trace)
    assert experiment.__doc__
    assert experiment.run.__doc__
    facts = experiment.facts(trace)
    assert isinstance(facts, Facts)
    assert len(facts) >= 2
    assert experiment.EQUATIONS
    for name, source in experiment.EQUATIONS.items():
        assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
        assert not re.search(r"overline|underline|cancel|fill|color", source)
        assert maths.typeset(source).block()


def test_every_fact_holds_on_the_defaults_and_reads_well(experiment, trace):
    for name, fact in experiment.facts(trace).items():
        assert fact.name == name
        assert fact.holds, f"{name}: {fact.text}, but the claim demands {fact.target}"
        assert math.isfinite(fact.value), name
        assert fact.claim[0].isupper() or fact.claim[0].isdigit(), name
        assert not fact.claim.endswith("."), f"{name}: the number stands beside the claim"
        assert len(fact.claim) <= 70, f"{name}: the claim is too long for a closing card"
        assert fact.target.strip(), name


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_figure_plays_with_a_label_for_each_frame(concept, trace, theme):
    figure = catalog.load(concept.figure)(trace, theme=theme)
    assert isinstance(figure, go.Figure)
    assert len(figure.frames) > 1
    labels = figure.layout.meta["labels"]
    assert len(labels) == len(figure.frames)
    told = [any(sign.isdigit() for sign in label) for label in labels]
    assert all(told[1:]), "a frame's sentence gives its numbers (before the first step: none yet)"
    assert figure.layout.meta["interval"] > 0
    assert {drawn.type for drawn in figure.data} <= CARTESIAN
    assert "rgba(" not in figure.to_json(), "an rgba colour is not swapped with the theme"
    for frame in figure.frames:
        assert all(index < len(figure.data) for index in frame.traces)


def test_both_themes_of_a_figure_show_the_same_numbers(concept, trace):
    def bare(theme):
        text = catalog.load(concept.figure)(trace, theme=theme).to_json()
        return re.sub(r'"#[0-9a-f]{6}"', '"colour"', text)

    light, dark = json.loads(bare("light")), json.loads(bare("dark"))
    assert light["data"] == dark["data"]
    assert light.get("frames") == dark.get("frames")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_still_keeps_its_words_on_the_paper_and_apart(concept, trace, theme, monkeypatch):
    figure = catalog.load(concept.still)(trace, theme=theme)
    inches = figure.get_size_inches()
    assert inches[0] / inches[1] == pytest.approx(16 / 9, rel=0.01)
    background = matplotlib.colors.to_hex(figure.get_facecolor())
    assert background == style.BACKGROUND.on(theme)
    drawn = []
    draw = Text.draw

    def watch(text, renderer):  # hidden ticks are never drawn
        if text.get_visible() and text.get_text().strip():
            drawn.append(text)
        draw(text, renderer)

    monkeypatch.setattr(Text, "draw", watch)
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    assert drawn
    for text in drawn:
        box = text.get_window_extent(renderer)
        assert box.x0 >= -1, text
        assert box.y0 >= -1, text
        assert box.x1 <= figure.bbox.x1 + 1, text
        assert box.y1 <= figure.bbox.y1 + 1, text
        assert text.get_fontsize() >= 6, text
    for one, two in combinations([text for text in drawn if not text.get_rotation()], 2):
        first, second = (text.get_window_extent(renderer) for text in (one, two))
        width = min(first.x1, second.x1) - max(first.x0, second.x0)
        height = min(first.y1, second.y1) - max(first.y0, second.y0)
        assert min(width, height) <= 0.25 * min(first.height, second.height), f"{one} on {two}"


def test_a_still_is_the_same_file_each_time(concept, trace, tmp_path):
    save = catalog.load("vizdl.stills.base:save")
    for k in range(2):
        figure = catalog.load(concept.still)(trace)
        for ending in ("svg", "pdf", "png"):
            save(figure, tmp_path / f"{k}.{ending}")
    for ending in ("svg", "pdf", "png"):
        first, second = ((tmp_path / f"{k}.{ending}").read_bytes() for k in range(2))
        assert first == second, ending
        assert len(first) > 5000


def test_a_scene_is_a_story_of_its_experiment(concept, experiment):
    scene = catalog.load(concept.scene)
    story = catalog.load("vizdl.mobjects.story:Story")
    assert issubclass(scene, story)
    assert scene.experiment is experiment
    assert scene.title == concept.title
    assert Path(sys.modules[scene.__module__].__file__) == CHECKOUT / f"scenes/{concept.name}.py"


def test_the_front_door_gives_what_the_floors_give(concept, trace):
    assert vizdl.run(concept.name).settings == trace.settings
    assert list(vizdl.facts(concept.name)) == list(catalog.load(concept.experiment).facts(trace))
    first = catalog.load(concept.experiment).Settings.controls()[0]
    with pytest.raises(ValueError, match=f"^{first.name} must be"):
        vizdl.figure(concept.name, **{first.name: "no such value"})
    with pytest.raises(ValueError, match=r"^unknown setting 'bogus'; there are: "):
        vizdl.still(concept.name, bogus=1)


def test_an_unknown_name_suggests_the_nearest():
    with pytest.raises(catalog.UnknownConcept, match=r"'lstm_gate'; did you mean lstm_gates\?"):
        catalog.get("lstm_gate")
    with pytest.raises(catalog.UnknownConcept, match=r"'zzz'; there are: feature_hierarchy, "):
        catalog.get("zzz")


# Concepts of other packages, really installed beside vizdl.

EXPERIMENT = '''
"""A coin, thrown."""
from dataclasses import dataclass
import numpy as np
from vizdl.experiments import base
from vizdl.experiments.base import Fact, Facts, setting

EQUATIONS = {"mean": "p = 1 / n sum_k x_k"}

class Settings(base.Settings):
    """What may be changed."""
    throws: int = setting(100, "throws", low=1, high=1000)
    seed: int = setting(0, "seed", low=0, high=99)

@dataclass(frozen=True)
class CoinTrace(base.Trace):
    """Throws (N,), 0 or 1."""
    heads: np.ndarray

def run(settings):
    """Throw the coin."""
    return CoinTrace(settings, np.random.default_rng(settings.seed).integers(0, 2, settings.throws))

def facts(trace):
    """How often heads came."""
    share = float(trace.heads.mean())
    return Facts(Fact("fair", "Heads come half the time.", share, "near 0.5", abs(share - .5) < .2))
'''
FIGURE = '''
"""The coin's figure."""
import numpy as np
import plotly.graph_objects as go
from vizdl.figures.base import layout

def figure(trace, theme="light"):
    """Share of heads so far."""
    fig = go.Figure(layout=layout(theme, x="throw", y="share"))
    return fig.add_scatter(y=np.cumsum(trace.heads) / np.arange(1, 1 + trace.heads.size))
'''
CONCEPT = (
    "from vizdl.catalog import Concept\nCOIN = Concept({name!r}, 'A coin', 3, 1, 'Heads.', {p!r})"
)


def install(folder, package, name, entry="{p}:COIN"):
    """A tiny package with one concept, as pip leaves it in a site-packages folder."""
    for floor, source in (("experiments", EXPERIMENT), ("figures", FIGURE)):
        (folder / package / floor).mkdir(parents=True)
        (folder / package / floor / f"{name}.py").write_text(source)
    (folder / package / "__init__.py").write_text(CONCEPT.format(name=name, p=package))
    info = folder / f"{package}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        f"[vizdl.concepts]\n{package} = {entry.format(p=package)}\n"
    )


def vizdl_with(folder, *words):
    return subprocess.run(
        [sys.executable, "-m", "vizdl.cli", *words],
        env=os.environ | {"PYTHONPATH": str(folder)},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_another_package_adds_a_concept(tmp_path):
    install(tmp_path, "coinpackage", "coin")
    listed = vizdl_with(tmp_path, "list")
    assert listed.returncode == 0, listed.stderr
    assert re.search(r"Lecture 3.*\n  coin +A coin +lacks [a-z, ]*page  ", listed.stdout)
    assert "gradient_descent" in listed.stdout
    settings = vizdl_with(tmp_path, "list", "coin")
    assert "throws: a whole number from 1 to 1000" in settings.stdout
    plotted = vizdl_with(tmp_path, "plot", "coin", "--set", "throws=7", "-o", "coin.json")
    assert plotted.returncode == 0, plotted.stderr
    assert len(json.loads((tmp_path / "coin.json").read_text())["data"]) == 1


def test_another_package_in_this_very_process(tmp_path, monkeypatch):
    install(tmp_path, "coinpackage2", "coin2", entry="{p}:COIN")
    monkeypatch.syspath_prepend(tmp_path)
    assert [c.name for c in catalog.concepts()] == [*NAMES, "coin2"]
    assert vizdl.facts("coin2", throws=1000)["fair"].holds
    assert vizdl.figure("coin2", throws=12).data[0].y.shape == (12,)


def test_a_name_that_is_taken_is_refused(tmp_path):
    install(tmp_path, "coinpackage", "minibatch")
    done = vizdl_with(tmp_path, "list")
    assert done.returncode == 1
    assert "Error: the concept 'minibatch' of coinpackage:COIN is there already" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("entry", ["{p}:NONE", "nosuchpackage:COIN", "{p}.experiments.coin"])
def test_a_package_that_cannot_be_loaded_is_named(tmp_path, entry):
    install(tmp_path, "coinpackage", "coin", entry=entry)
    done = vizdl_with(tmp_path, "list")
    assert done.returncode == 1
    shown = entry.format(p="coinpackage")
    assert f"Error: the concepts of {shown} can't be loaded: " in done.stderr
    assert "Traceback" not in done.stderr
