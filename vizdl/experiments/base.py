"""What every experiment is made of: settings, a trace and facts.

An experiment is a module with three public names:

- ``Settings``: a frozen model whose fields carry range, scale, unit and label;
- ``run(settings) -> Trace``: everything that happened, as named arrays with time first;
- ``facts(trace) -> Facts``: what the trace proves, each claim with its measured number.

It may also hold ``EQUATIONS``, the Typst source of its mathematics, which the scene and the
page both draw.
"""

from __future__ import annotations

import math
import reprlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal, Self, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

Scale = Literal["linear", "log", "choice"]
Value = bool | int | float | str


class SettingsError(ValueError):
    """A setting that is unknown or out of its range, in one sentence."""


def setting(
    default: Any,
    label: str,
    *,
    low: float | None = None,
    high: float | None = None,
    step: float | None = None,
    scale: Scale = "linear",
    unit: str = "",
) -> Any:
    """Declare one field of a `Settings`: its default, its range and how a control shows it.

    A number needs `low` and `high` (both allowed values) and may give the `step` of its slider;
    a ``Literal`` or a bool is a choice and needs neither.
    """
    extra: dict[str, Any] = {"label": label, "scale": scale, "unit": unit, "step": step}
    bounds: dict[str, Any] = {"ge": low, "le": high, "allow_inf_nan": False}
    return Field(
        default, title=label, json_schema_extra=extra, **(bounds if low is not None else {})
    )


@dataclass(frozen=True)
class Control:
    """One setting as a control shows it: the single source of sliders, tables and errors."""

    name: str
    label: str
    scale: Scale
    unit: str
    default: Value
    low: float | None
    high: float | None
    step: float | None
    choices: tuple[Value, ...]

    @property
    def allowed(self) -> str:
        """The allowed values in words, as errors and tables give them."""
        if self.choices:
            return "one of " + ", ".join(_spell(choice) for choice in self.choices)
        kind = "a whole number" if isinstance(self.default, int) else "a number"
        return f"{kind} from {self.low:g} to {self.high:g}"


class Settings(BaseModel):
    """Base of every experiment's settings: frozen, nothing unknown, nothing out of range."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    @classmethod
    def controls(cls) -> tuple[Control, ...]:
        """The settings in the order of their declaration."""
        return tuple(_control(name, info) for name, info in cls.model_fields.items())

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """Settings from names and values (text as typed on a command line is understood).

        Raises SettingsError, naming the setting, what was given and what is allowed.
        """
        controls = {control.name: control for control in cls.controls()}
        for name in values:
            if name not in controls:
                known = ", ".join(controls) or "none"
                raise SettingsError(f"unknown setting {name!r}; there are: {known}")
        try:
            return cls.model_validate(
                {name: _choose(controls[name], value) for name, value in values.items()}
            )
        except ValidationError as error:
            name = str(error.errors()[0]["loc"][0]) if error.errors()[0]["loc"] else ""
            if name in controls:
                raise _refusal(controls[name], values[name]) from None
            reason = error.errors()[0]["msg"].removeprefix("Value error, ")
            raise SettingsError(reason) from None


def _control(name: str, info: FieldInfo) -> Control:
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    low = next((m.ge for m in info.metadata if hasattr(m, "ge")), None)
    high = next((m.le for m in info.metadata if hasattr(m, "le")), None)
    choices: tuple[Value, ...] = get_args(info.annotation)
    if info.annotation is bool:
        choices = (False, True)
    step = extra.get("step")
    return Control(
        name=name,
        label=str(extra.get("label", name)),
        scale="choice" if choices else extra.get("scale", "linear"),  # type: ignore[arg-type]
        unit=str(extra.get("unit", "")),
        default=info.default,
        low=None if low is None else float(low),
        high=None if high is None else float(high),
        step=float(step) if isinstance(step, int | float) else None,
        choices=choices,
    )


def _choose(control: Control, value: Any) -> Any:
    """The choice that the text `value` spells (pydantic takes no "32" for a Literal 32)."""
    if isinstance(value, bool) and not control.choices:
        raise _refusal(control, value)  # pydantic would take true for 1
    if not isinstance(value, str):
        return value
    return next((choice for choice in control.choices if _spell(choice) == value), value)


def _refusal(control: Control, value: Any) -> SettingsError:
    return SettingsError(f"{control.name} must be {control.allowed}, got {reprlib.repr(value)}")


def _spell(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True)
class Trace:
    """Base of every trace: the settings of the run, then named arrays, time first."""

    settings: Settings

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Every array of the trace by name; those of a nested engine trace as ``outer.inner``."""
        return dict(_arrays("", self))


def _arrays(prefix: str, holder: Any) -> Iterator[tuple[str, NDArray[Any]]]:
    for field in fields(holder):
        value, name = getattr(holder, field.name), prefix + field.name
        if isinstance(value, np.ndarray):
            yield name, value
        elif is_dataclass(value):
            yield from _arrays(name + ".", value)
        elif isinstance(value, tuple):
            for index, item in enumerate(value):
                if isinstance(item, np.ndarray):
                    yield f"{name}.{index}", item
                elif is_dataclass(item):
                    yield from _arrays(f"{name}.{index}.", item)


@dataclass(frozen=True)
class Fact:
    """One claim, measured: the number, what it has to be, and whether it is.

    `value` is what was measured; `target` says in words what the claim demands of it.
    """

    name: str
    claim: str
    value: float
    target: str
    holds: bool
    unit: str = ""
    digits: int = 3

    @property
    def text(self) -> str:
        """The measured number as it is shown: `digits` significant digits, then the unit."""
        space = "" if self.unit in ("", "°", "%") else " "
        return number(self.value, self.digits) + space + self.unit


class Facts(Mapping[str, Fact]):
    """The facts of one trace by name, in the order in which a lecturer would give them."""

    def __init__(self, *facts: Fact) -> None:
        self._facts = {fact.name: fact for fact in facts}
        if len(self._facts) != len(facts):
            raise ValueError("two facts bear the same name")

    def __getitem__(self, name: str) -> Fact:
        return self._facts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)


SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float, digits: int = 3) -> str:
    """`value` as people write it: a true minus sign, ×10ⁿ outside 0.001 to 100 000.

    >>> number(-0.0123456), number(3.2e-13), number(512)
    ('−0.0123', '3.20×10⁻¹³', '512')
    """
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if isinstance(value, int) or (float(value).is_integer() and abs(value) < 1e5):
        return f"{int(value)}".replace("-", "−")
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")  # rounds up to 10 where it must
    if 1e-3 <= abs(value) < 1e5:
        decimals = max(0, digits - 1 - int(exponent))
        return f"{value:.{decimals}f}".replace("-", "−")
    return f"{mantissa}×10{str(int(exponent)).translate(SUPERSCRIPTS)}".replace("-", "−", 1)
