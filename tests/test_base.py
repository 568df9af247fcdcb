"""What every experiment is made of: traces, facts, numbers as people write them."""

import doctest
import math
import re
from dataclasses import FrozenInstanceError, dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vizdl import catalog
from vizdl.experiments import base
from vizdl.experiments.base import Fact, Facts, Settings, Trace, number


@dataclass(frozen=True)
class Engine:
    h: np.ndarray
    loss: float


@dataclass(frozen=True)
class ExampleTrace(Trace):
    losses: np.ndarray
    engine: Engine
    walks: tuple
    label: str


def test_a_trace_names_every_array_those_within_included():
    trace = ExampleTrace(
        Settings(),
        losses=np.arange(3.0),
        engine=Engine(np.ones((2, 4)), 0.5),
        walks=(np.zeros(1), Engine(np.full(2, 7.0), 1.0), "no array"),
        label="x",
    )
    arrays = trace.arrays()
    assert list(arrays) == ["losses", "engine.h", "walks.0", "walks.1.h"]
    assert arrays["engine.h"] is trace.engine.h
    np.testing.assert_array_equal(arrays["walks.1.h"], [7, 7])
    with pytest.raises(FrozenInstanceError):
        trace.label = "y"


@pytest.mark.parametrize("name", [concept.name for concept in catalog.concepts()])
def test_every_concept_has_a_trace_of_frozen_named_finite_or_told_arrays(name):
    experiment = catalog.load(catalog.get(name).experiment)
    trace = experiment.run(experiment.Settings())
    arrays = trace.arrays()
    assert isinstance(trace, Trace)
    assert trace.settings == experiment.Settings()
    assert len(arrays) >= 3
    for key, array in arrays.items():
        assert array.dtype.kind in "fiub", f"{key} is no array of numbers"
        assert array.size, f"{key} is empty"
    again = experiment.run(experiment.Settings()).arrays()
    assert again.keys() == arrays.keys()
    for key, array in arrays.items():
        np.testing.assert_array_equal(array, again[key], err_msg=key)


def test_facts_keep_their_order_and_their_names_apart():
    first = Fact("slope", "It falls.", -0.5, "near −0.5", True)
    second = Fact("angle", "It points down.", 0.25, "below one", False, unit="°")
    facts = Facts(first, second)
    assert list(facts) == ["slope", "angle"]
    assert facts["angle"] is second
    assert len(facts) == 2
    with pytest.raises(ValueError, match="the same name"):
        Facts(first, first)
    with pytest.raises(KeyError):
        facts["height"]


@pytest.mark.parametrize(
    ("value", "unit", "digits", "text"),
    [
        (-0.5, "", 3, "−0.500"),
        (12.345, "steps", 3, "12.3 steps"),
        (12.345, "°", 2, "12°"),
        (99.0, "%", 3, "99%"),
        (2.5e-13, "", 2, "2.5×10⁻¹³"),
        (math.inf, "steps", 3, "∞ steps"),
    ],
)
def test_a_fact_as_it_is_shown(value, unit, digits, text):
    assert Fact("name", "claim", value, "target", True, unit=unit, digits=digits).text == text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0, 3, "0"),
        (-0.0, 3, "0"),
        (512, 3, "512"),
        (512.0, 3, "512"),
        (-3, 3, "−3"),
        (1234567, 3, "1234567"),
        (0.5, 3, "0.500"),
        (-0.0123456, 3, "−0.0123"),
        (0.001, 1, "0.001"),
        (0.00099, 2, "9.9×10⁻⁴"),
        (123456.7, 3, "1.23×10⁵"),
        (-1e-10, 2, "−1.0×10⁻¹⁰"),
        (1234.5, 3, "1234"),
        (0.9996, 3, "1.00"),
        (9.99996, 3, "10.0"),
        (99999.7, 3, "100000"),
        (math.nan, 3, "not a number"),
        (-math.inf, 3, "−∞"),
        (np.float64(0.25), 2, "0.25"),
        (np.int64(-7), 2, "−7"),
    ],
)
def test_numbers_as_people_write_them(value, digits, text):
    assert number(value, digits) == text


SUPERSCRIPT = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def read(text):
    """A shown number back to a float."""
    plain = text.replace("−", "-")
    mantissa, _, power = plain.partition("×10")
    return float(mantissa) * 10.0 ** int(power.translate(SUPERSCRIPT) or 0)


@given(
    value=st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15),
    digits=st.integers(1, 6),
)
def test_a_shown_number_is_the_number_to_its_digits(value, digits):
    text = number(value, digits)
    assert "-" not in text
    assert re.fullmatch(r"−?\d+(\.\d+)?(×10⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)?", text)
    assert read(text) == pytest.approx(value, rel=0.51 * 10.0 ** (1 - digits), abs=1e-300)


def test_the_examples_in_the_docstrings():
    assert doctest.testmod(base).failed == 0
