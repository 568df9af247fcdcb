"""What happens number by number: each operation as NumPy computes it and as the page does.

An expression holds ``{0}``, ``{1}`` … for its arguments, each a number, a name or in brackets.
Truth values are 1 and 0 in the page. Functions of `lib` stand in ``runtime.js``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd.scipy.special as special
import numpy as np

NUMBER, TRUTH, WHOLE = "f", "b", "i"  # what a value holds, as the dtype's kind

Function = Callable[..., Any]


def _copy(x: Any) -> Any:
    return np.asarray(x, dtype=np.float64)


def _gather(base: Any, index: Any) -> Any:
    return np.ravel(base)[np.asarray(index, dtype=np.int64)]


def _wrapped(index: Any, size: Any) -> Any:
    return np.where(index < 0, index + size, index)


# name: (as NumPy computes it, as JavaScript does)
NUMBERS: dict[str, tuple[Function, str]] = {
    "add": (np.add, "({0} + {1})"),
    "subtract": (np.subtract, "({0} - {1})"),
    "multiply": (np.multiply, "({0} * {1})"),
    "divide": (np.divide, "({0} / {1})"),
    "negative": (np.negative, "(-{0})"),
    "copy": (_copy, "{0}"),
    "square": (np.square, "({0} * {0})"),
    "cube": (lambda x: x * x * x, "({0} * {0} * {0})"),
    "reciprocal": (np.reciprocal, "(1 / {0})"),
    "power": (np.power, "Math.pow({0}, {1})"),
    "sqrt": (np.sqrt, "Math.sqrt({0})"),
    "cbrt": (np.cbrt, "Math.cbrt({0})"),
    "exp": (np.exp, "Math.exp({0})"),
    "exp2": (np.exp2, "Math.pow(2, {0})"),
    "expm1": (np.expm1, "Math.expm1({0})"),
    "log": (np.log, "Math.log({0})"),
    "log2": (np.log2, "Math.log2({0})"),
    "log10": (np.log10, "Math.log10({0})"),
    "log1p": (np.log1p, "Math.log1p({0})"),
    "logaddexp": (np.logaddexp, "lib.logaddexp({0}, {1})"),
    "sin": (np.sin, "Math.sin({0})"),
    "cos": (np.cos, "Math.cos({0})"),
    "tan": (np.tan, "Math.tan({0})"),
    "arcsin": (np.arcsin, "Math.asin({0})"),
    "arccos": (np.arccos, "Math.acos({0})"),
    "arctan": (np.arctan, "Math.atan({0})"),
    "arctan2": (np.arctan2, "Math.atan2({0}, {1})"),
    "sinh": (np.sinh, "Math.sinh({0})"),
    "cosh": (np.cosh, "Math.cosh({0})"),
    "tanh": (np.tanh, "Math.tanh({0})"),
    "arcsinh": (np.arcsinh, "Math.asinh({0})"),
    "arccosh": (np.arccosh, "Math.acosh({0})"),
    "arctanh": (np.arctanh, "Math.atanh({0})"),
    "hypot": (np.hypot, "Math.hypot({0}, {1})"),
    "erf": (special.erf.fun, "lib.erf({0})"),
    "erfc": (special.erfc.fun, "lib.erfc({0})"),
    "absolute": (np.absolute, "Math.abs({0})"),
    "sign": (np.sign, "Math.sign({0})"),
    "maximum": (np.maximum, "Math.max({0}, {1})"),
    "minimum": (np.minimum, "Math.min({0}, {1})"),
    "fmax": (np.fmax, "({0} !== {0} || {1} > {0} ? {1} : {0})"),
    "fmin": (np.fmin, "({0} !== {0} || {1} < {0} ? {1} : {0})"),
    "floor": (np.floor, "Math.floor({0})"),
    "ceil": (np.ceil, "Math.ceil({0})"),
    "trunc": (np.trunc, "Math.trunc({0})"),
    "rint": (np.rint, "lib.rint({0})"),
    "remainder": (np.remainder, "lib.remainder({0}, {1})"),
    "floor_divide": (np.floor_divide, "lib.floorDivide({0}, {1})"),
    "where": (np.where, "({0} !== 0 ? {1} : {2})"),
    "wrapped": (_wrapped, "({0} < 0 ? {0} + {1} : {0})"),
    "gather": (_gather, "m[{0} + {1}]"),  # its first argument is a place in memory
}
TRUTHS: dict[str, tuple[Function, str]] = {
    "greater": (np.greater, "({0} > {1} ? 1 : 0)"),
    "greater_equal": (np.greater_equal, "({0} >= {1} ? 1 : 0)"),
    "less": (np.less, "({0} < {1} ? 1 : 0)"),
    "less_equal": (np.less_equal, "({0} <= {1} ? 1 : 0)"),
    "equal": (np.equal, "({0} === {1} ? 1 : 0)"),
    "not_equal": (np.not_equal, "({0} !== {1} ? 1 : 0)"),
    "logical_and": (np.logical_and, "({0} !== 0 && {1} !== 0 ? 1 : 0)"),
    "logical_or": (np.logical_or, "({0} !== 0 || {1} !== 0 ? 1 : 0)"),
    "logical_xor": (np.logical_xor, "(({0} !== 0) !== ({1} !== 0) ? 1 : 0)"),
    "logical_not": (np.logical_not, "({0} === 0 ? 1 : 0)"),
    "isfinite": (np.isfinite, "(isFinite({0}) ? 1 : 0)"),
    "isnan": (np.isnan, "({0} !== {0} ? 1 : 0)"),
    "isinf": (np.isinf, "(Math.abs({0}) === Infinity ? 1 : 0)"),
}
TABLE = NUMBERS | TRUTHS

# name: (NumPy's reduction, where it begins, how one more number joins)
REDUCTIONS: dict[str, tuple[Function, str, str]] = {
    "sum": (np.sum, "0", "s + {0}"),
    "prod": (np.prod, "1", "s * {0}"),
    "max": (np.max, "-Infinity", "Math.max(s, {0})"),
    "min": (np.min, "Infinity", "Math.min(s, {0})"),
    "all": (np.all, "1", "{0} === 0 ? 0 : s"),
    "any": (np.any, "0", "{0} !== 0 ? 1 : s"),
    "argmax": (np.argmax, "", "{0} > s"),
    "argmin": (np.argmin, "", "{0} < s"),
}
