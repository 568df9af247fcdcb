"""A flow of numbers: what is declared is checked, and the page computes what Python does."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl import live
from vizdl.engines.vocabulary import UnknownWord, Vocabulary
from vizdl.experiments import gradient_descent as experiment
from vizdl.experiments.live import Draw, Entries, Flow, Reference, Run, Table, Tiles
from vizdl.live import emit
from vizdl.live.flow import record_flow, spell

FIRST = experiment.Settings()
SETTINGS = st.builds(
    experiment.Settings,
    landscape=st.sampled_from(experiment.NAMES),
    start_x=st.floats(0, 1),
    start_y=st.floats(0, 1),
    learning_rate=st.one_of(st.floats(1e-4, 1), st.sampled_from([1e-4, 1e-3, 0.01, 1.0])),
    steps=st.integers(1, 200),
)


@pytest.fixture(scope="module")
def recorded():
    return record_flow(experiment.flow(experiment.run(FIRST)), FIRST)


class Page:
    """A flow in Node.js, as a page holds it: one for all settings, changed in place."""

    def __init__(self, node, recorded, name):
        code = (live.files("vizdl.live") / "player/flow.js").read_text("utf-8")
        node.value(f"{code}{emit.script(name, recorded.programs)}; 1")
        spec, values = recorded.to_json(), recorded.settings.model_dump()
        node.value(
            f"globalThis.{name} = new vizdl.Flow({json.dumps(spec)}, vizdlPrograms[{name!r}], "
            f"{json.dumps(values)}); 1"
        )
        self.node, self.name = node, name

    def change(self, **changes):
        """The names that changed."""
        code = f"Array.from({self.name}.update({json.dumps(changes)}))"
        return set(self.node.value(code))

    def value(self, name):
        """A number, a word or an array of the flow."""
        found = self.node.value(
            f"""(() => {{ const v = {self.name}.values[{json.dumps(name)}];
            if (v === null || typeof v !== "object" || !v.data) return [v];
            const size = v.shape.reduce((a, b) => a * b, 1) * v.rows;
            return [Array.from(v.data.subarray(0, size), String), [v.rows, ...v.shape]]; }})()"""
        )
        if len(found) == 1:
            return found[0]
        return np.array([float(text) for text in found[0]]).reshape(found[1])


@pytest.fixture(scope="module")
def page(node, recorded):
    return Page(node, recorded, "descent")


def test_references():
    values = {"w": np.arange(6.0).reshape(3, 2), "last": 2.0, "rows": 3}
    for text, wanted in [
        ("last", 2.0), ("w[0,1]", 1.0), ("w[-1,0]", 4.0), ("w[last-1,1]", 3.0),
        ("w[rows-1,0]", 4.0),
    ]:  # fmt: skip
        assert Reference.parse(text).among(values, {}) == wanted
    np.testing.assert_array_equal(Reference.parse("w[k+1]").among(values, {"k": 0}), [2.0, 3.0])
    assert list(Reference.parse("path.w[step-1,end.last]").names()) == [
        "path.w", "step", "end.last"
    ]  # fmt: skip


@given(SETTINGS)
@settings(max_examples=60)
def test_the_page_computes_what_the_experiment_does(page, recorded, chosen):
    trace = experiment.run(chosen)
    page.change(**chosen.model_dump())
    rows = page.value("path.rows")
    went = trace.path.diverged_at if trace.path.diverged_at >= 0 else chosen.steps
    assert rows == went + 1
    for name, wanted in (
        ("path.w", trace.path.positions), ("path.loss", trace.path.losses),
        ("path.gradient", trace.path.gradients),
    ):  # fmt: skip
        found = page.value(name)
        known = np.isfinite(wanted[:rows])
        np.testing.assert_array_equal(np.isfinite(found), known)
        assert_close(found[known], wanted[:rows][known])
    assert_same_runs(page, trace)


def assert_close(found, wanted):
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-12)


def assert_same_runs(page, trace):
    np.testing.assert_array_equal(page.value("arrived.reached"), trace.reached)
    found, wanted = page.value("others.end")[-1], trace.others.positions
    last = (~np.isnan(wanted).any(axis=-1)).sum(axis=0) - 1  # (S,)
    assert_close(found, wanted[last, np.arange(len(last))])


@given(SETTINGS, st.integers(0, 250))
@settings(max_examples=20)
def test_python_computes_the_same_flow(page, recorded, chosen, step):
    values = recorded.values(chosen, step=step)
    page.change(**chosen.model_dump(), step=step)
    for name in ("frames", "step", "left", "here.gone", "here.next"):
        assert page.value(name) == values[name]
    for name in ("axis.loss", "axis.step", "ahead.outline", "arrived.goal", "minima", "domain"):
        assert_close(page.value(name), np.asarray(values[name], dtype=float))


def test_only_what_depends_on_a_change_is_computed_again(page):
    page.change(**FIRST.model_dump(), step=0)
    assert page.change(step=3) >= {"step", "left", "here.next", "ahead.outline"}
    assert not page.change(step=4) & {"path.w", "others.place", "axis.loss"}
    moved = page.change(start_x=0.3)
    assert "path.w" in moved
    assert not moved & {"others.place", "arrived.reached", "domain"}


# Declarations


def flow(*runs, frames="steps", sources=(), controls=("steps",)):
    return Flow(controls=controls, runs=runs, frames=frames, sources=sources)


def test_entries_and_draws_reach_the_runs(node):
    def mean(values, noise, order):
        return {"shifted": values + noise[:3], "first": order[0]}

    made = flow(
        Run("mixed", mean, {"values": "mine", "noise": "noise", "order": "orders[1]"}),
        sources=(
            Entries("mine", np.array([0.0, 0.5, 1.0]), "values", 0, 1, 0.1),
            Draw("noise", "normal", (5,), "steps", path=(3,)),
            Draw("orders", "permutations", (2, 9), "steps", path=("steps",)),
            Draw("any", "integers", (4, 2), "steps", below=7),
            Draw("even", "uniform", (2, 3, 2), "steps"),
        ),
    )
    recorded = record_flow(made, FIRST)
    page = Page(node, recorded, "mixed")
    for steps in (20, 77):
        page.change(steps=steps)
        values = recorded.values(experiment.Settings(steps=steps))
        for name in ("mixed.shifted", "mixed.first", "noise", "orders", "any", "even"):
            np.testing.assert_allclose(page.value(name), values[name], rtol=1e-13)
    edited = recorded.values(mine=[1.0, 1.0, 1.0])
    np.testing.assert_allclose(edited["mixed.shifted"], 1.0 + edited["noise"][:3])


def test_runs_over_sequences_forward_and_back(node):
    def sums(total, item):
        return {"total": total + item}, {"so_far": total + item}

    made = flow(
        Run("up", sums, start={"total": 0.0}, sequences={"item": "mine"}, most=4),
        Run("down", sums, start={"total": 0.0}, sequences={"item": "mine"}, most=4, reverse=True),
        Run("back", sums, start={"total": "up.so_far[up.rows-1]"}, sequences={"item": "up.so_far"},
            most=4),
        sources=(Entries("mine", np.array([1.0, 2.0, 4.0]), "values", 0, 9, 1),),
    )  # fmt: skip
    recorded = record_flow(made, FIRST)
    page = Page(node, recorded, "sums")
    for values in (page.value, recorded.values().__getitem__):
        assert list(values("up.so_far")) == [1, 3, 7]
        assert list(values("down.so_far")) == [7, 6, 4]
        assert list(values("back.so_far")) == [8, 11, 18]
        assert values("down.rows") == 3


def test_a_row_of_words_is_a_sequence_as_long_as_it_is(node):
    def read(total, item):
        return {"total": total + item}, {"so_far": total + item}

    words = Vocabulary(("one", "two", "four"))
    made = flow(
        Run("sum", read, start={"total": 0.0}, sequences={"item": "said"}, most=5),
        Run("whole", lambda words, n: {"row": 1.0 * words, "count": 1.0 * n},
            {"words": "said.padded", "n": "said.count"}),
        sources=(Tiles("said", words, "four two", "words", 5),),
    )  # fmt: skip
    recorded = record_flow(made, FIRST)
    page = Page(node, recorded, "words")
    for said in ("four two", "two", "two two four one two"):
        page.change(**{"said.row": words.indices(said).tolist()})
        values = recorded.values(said=said)
        assert values["sum.rows"] == len(said.split()) == page.value("sum.rows")
        assert page.value("said.words") == said.split() == values["said.words"]
        for name in ("said", "sum.so_far", "whole.row", "whole.count"):
            np.testing.assert_array_equal(page.value(name), values[name])
    assert list(values["whole.row"]) == [1, 1, 2, 0, 1]
    with pytest.raises(UnknownWord, match="'ten' is not among the 3 words"):
        recorded.values(said="one ten")
    for said in ("", "one one one one one one"):
        with pytest.raises(ValueError, match="said must be 1 to 5 words"):
            recorded.values(said=said)


def test_choices_are_spelled_alike(node):
    choices = [("bowl", 3), (True, 0.5), (False, 2.0)]
    assert [spell(choice) for choice in choices] == ["bowl,3", "true,0.5", "false,2"]
    code = '[["bowl", 3], [true, 0.5], [false, 2]].map(c => c.map(String).join(","))'
    assert node.value(code) == [spell(choice) for choice in choices]


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (flow(frames="moments"), "there is no 'moments' in the flow"),
        (flow(controls=("rate",)), "there is no 'rate' in the flow"),
        (flow(Run("a", lambda x: {"y": x}, {"x": "b.y"})), "'a' is given 'b.y', but there is no"),
        (flow(Run("a", lambda x: {"y": x}, {"x": "landscape"})), "is the word 'himmelblau'"),
        (
            flow(
                Run(
                    "a",
                    {"himmelblau": lambda x: {"y": x}, "bowl": lambda x: {"z": x}},
                    {"x": "steps"},
                    by="landscape",
                )
            ),
            "outputs of the same shapes",
        ),
    ],
)
def test_what_does_not_fit_is_refused(made, message):
    with pytest.raises(ValueError, match=message):
        record_flow(made, FIRST)


def test_a_table_has_the_array_of_the_choice():
    made = flow(
        sources=(Table("t", ("landscape",), {"himmelblau": np.eye(2), "bowl": np.ones(3)}),)
    )
    recorded = record_flow(made, FIRST)
    np.testing.assert_array_equal(recorded.values()["t"], np.eye(2))
    chosen = experiment.Settings(landscape="bowl")
    np.testing.assert_array_equal(recorded.values(chosen)["t"], np.ones(3))
