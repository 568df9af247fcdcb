"""Settings: what a control shows, what is accepted, and the one sentence for what is not."""

import math
import reprlib
from typing import Literal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError, model_validator

from vizdl import catalog
from vizdl.experiments.base import Control, Settings, SettingsError, setting

EVERY_CONCEPT = [concept.name for concept in catalog.concepts()]


class Example(Settings):
    """One field of each kind, and a rule across fields."""

    rate: float = setting(0.1, "learning rate", low=0.01, high=1.0, scale="log", unit="1/step")
    steps: int = setting(5, "steps", low=1, high=10, step=1)
    size: Literal[2, 32] = setting(32, "batch size")
    kind: Literal["sgd", "adam"] = setting("sgd", "optimizer")
    noisy: bool = setting(False, "noise")

    @model_validator(mode="after")
    def _fits(self):
        if self.steps > self.size * 4:
            raise ValueError(f"steps must be at most 4 times the batch size, got {self.steps}")
        return self


def settings_of(name):
    return catalog.load(catalog.get(name).experiment).Settings


def test_controls_say_all_that_a_slider_needs():
    rate, steps, size, kind, noisy = Example.controls()
    assert rate == Control("rate", "learning rate", "log", "1/step", 0.1, 0.01, 1.0, None, ())
    assert steps == Control("steps", "steps", "linear", "", 5, 1.0, 10.0, 1.0, ())
    assert (size.scale, size.choices, size.low) == ("choice", (2, 32), None)
    assert kind.choices == ("sgd", "adam")
    assert noisy.choices == (False, True)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("rate", 2, "rate must be a number from 0.01 to 1, got 2"),
        ("rate", "0", "rate must be a number from 0.01 to 1, got '0'"),
        ("rate", math.nan, "rate must be a number from 0.01 to 1, got nan"),
        ("rate", "inf", "rate must be a number from 0.01 to 1, got 'inf'"),
        ("rate", "fast", "rate must be a number from 0.01 to 1, got 'fast'"),
        ("rate", True, "rate must be a number from 0.01 to 1, got True"),
        ("rate", None, "rate must be a number from 0.01 to 1, got None"),
        ("steps", 2.5, "steps must be a whole number from 1 to 10, got 2.5"),
        ("steps", "1e1", "steps must be a whole number from 1 to 10, got '1e1'"),
        ("steps", 11, "steps must be a whole number from 1 to 10, got 11"),
        ("steps", True, "steps must be a whole number from 1 to 10, got True"),
        ("size", 3, "size must be one of 2, 32, got 3"),
        ("size", "three", "size must be one of 2, 32, got 'three'"),
        ("size", True, "size must be one of 2, 32, got True"),
        ("kind", "adamw", "kind must be one of sgd, adam, got 'adamw'"),
        ("noisy", "maybe", "noisy must be one of false, true, got 'maybe'"),
        ("noise", 1, "unknown setting 'noise'; there are: rate, steps, size, kind, noisy"),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence(name, value, sentence):
    with pytest.raises(SettingsError) as caught:
        Example.parse({name: value})
    assert str(caught.value) == sentence


@pytest.mark.parametrize("value", [np.zeros(3), [1, 2], {"a": 1}, object(), "9" * 5000])
@pytest.mark.parametrize("name", ["rate", "steps", "size", "kind", "noisy"])
def test_whatever_is_given_the_sentence_stays_short(name, value):
    with pytest.raises(SettingsError) as caught:
        Example.parse({name: value})
    message = str(caught.value)
    assert message.startswith(f"{name} must be ")
    assert len(message) < 120
    assert "\n" not in message


def test_a_rule_across_fields_is_told_in_its_own_words():
    with pytest.raises(
        SettingsError, match=r"^steps must be at most 4 times the batch size, got 9"
    ):
        Example.parse({"steps": 9, "size": 2})


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("rate", "0.5", 0.5),
        ("rate", "5e-2", 0.05),
        ("steps", "7", 7),
        ("size", "2", 2),
        ("kind", "adam", "adam"),
        ("noisy", "true", True),
        ("noisy", "false", False),
        ("rate", np.float64(0.5), 0.5),
        ("steps", np.int64(7), 7),
        ("size", np.int64(2), 2),
    ],
)
def test_text_and_numpy_numbers_are_understood(name, text, value):
    got = getattr(Example.parse({name: text}), name)
    assert got == value
    assert type(got) is type(value)


def test_settings_are_frozen():
    with pytest.raises(ValidationError, match="frozen"):
        Example().rate = 0.2
    with pytest.raises(ValidationError):
        Example(rate=2)


def test_a_default_outside_its_range_is_refused():
    class Wrong(Settings):
        rate: float = setting(2.0, "rate", low=0, high=1)

    with pytest.raises(ValidationError):
        Wrong()


# From here on, every concept's own settings.


def inside(control):
    """Values within the control's range."""
    if control.choices:
        return st.sampled_from(control.choices)
    low, high = control.low, control.high
    if isinstance(control.default, int):
        return st.integers(int(low), int(high))
    return st.floats(low, high)


def attempt(model, values):
    """The settings and no refusal, or none and the sentence."""
    try:
        return model.parse(values), ""
    except SettingsError as error:
        return None, str(error)


def outside(control):
    """Values that are not within the control's range."""
    junk = st.one_of(
        st.none(), st.text(max_size=8), st.sampled_from([math.nan, math.inf, -math.inf])
    )
    if control.choices == (False, True):
        return st.sampled_from([None, "maybe", 2, math.nan])
    if control.choices:
        known = {*control.choices, *(str(choice).lower() for choice in control.choices)}
        return st.one_of(st.integers(), junk).filter(lambda value: value not in known)
    return st.one_of(
        junk.filter(lambda value: not _is_within(value, control)),
        st.floats(max_value=control.low, exclude_max=True, allow_nan=False),
        st.floats(min_value=control.high, exclude_min=True, allow_nan=False),
    )


def _is_within(value, control):
    try:
        return control.low <= float(value) <= control.high
    except (TypeError, ValueError):
        return False


@pytest.mark.parametrize("name", EVERY_CONCEPT)
def test_controls_are_complete(name):
    controls = settings_of(name).controls()
    assert controls, "a concept without settings cannot be explored"
    for control in controls:
        assert control.label.strip()
        if control.choices:
            assert control.scale == "choice"
            assert control.default in control.choices
        else:
            assert control.low < control.high
            assert control.low <= control.default <= control.high
            assert control.scale in ("linear", "log")
            assert control.low > 0 or control.scale == "linear"
        assert type(control.default) in (bool, int, float, str)


@pytest.mark.parametrize("name", EVERY_CONCEPT)
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_what_is_in_range_is_accepted_and_comes_back(name, data):
    model = settings_of(name)
    values = {
        control.name: data.draw(inside(control), label=control.name) for control in model.controls()
    }
    parsed, refusal = attempt(model, values)
    if parsed is None:  # by a rule across fields, which names what it is about
        assert any(control.name in refusal for control in model.controls())
        assert not any(f" must be {control.allowed}," in refusal for control in model.controls())
        return
    assert parsed.model_dump() == values
    assert model.model_validate_json(parsed.model_dump_json()) == parsed
    texts = {
        key: str(value).lower() if isinstance(value, bool) else str(value)
        for key, value in values.items()
    }
    assert model.parse(texts) == parsed


@pytest.mark.parametrize("name", EVERY_CONCEPT)
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(data=st.data())
def test_what_is_out_of_range_is_refused_with_the_range(name, data):
    model = settings_of(name)
    control = data.draw(st.sampled_from(model.controls()))
    value = data.draw(outside(control))
    with pytest.raises(SettingsError) as caught:
        model.parse({control.name: value})
    assert str(caught.value) == (
        f"{control.name} must be {control.allowed}, got {reprlib.repr(value)}"
    )


@pytest.mark.parametrize("name", EVERY_CONCEPT)
def test_each_bound_is_allowed(name):
    model = settings_of(name)
    for control in model.controls():
        for value in control.choices or (control.low, control.high):
            parsed, refusal = attempt(model, {control.name: value})
            if parsed is None:
                assert f" must be {control.allowed}," not in refusal
            else:
                assert getattr(parsed, control.name) == value
