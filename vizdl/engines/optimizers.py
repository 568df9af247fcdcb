"""Optimizers: how a gradient becomes a step.

Update rules, names and defaults of the hyper-parameters are those of torch.optim. A rule is
elementwise, so that the same object walks a batch of points on a landscape and trains the
parameter arrays of a network (one state per array). It is written with autograd.numpy, so
that a step can be recorded.

References: Goodfellow, Bengio and Courville, Deep Learning (2016), chapter 8; Sutskever et
al. (2013) for the momentum rules; Duchi et al. (2011), Adagrad; Zeiler (2012), Adadelta;
Tieleman and Hinton (2012), RMSProp; Kingma and Ba (2015), Adam; Loshchilov and Hutter
(2019), AdamW.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import autograd.numpy as np
from autograd.tracer import isbox

from vizdl.engines import check

State = tuple[Any, ...]
Hyper = Mapping[str, Any]
Rule = Callable[[Any, Any, State, Any, Hyper], tuple[Any, State, Any]]


@dataclass(frozen=True, eq=False)
class Optimizer:
    """One update rule with its hyper-parameters fixed. It holds no state of its own.

    `init` gives the state to begin with and `update` the next position and state. Positions,
    gradients and the buffers in the state are arrays of one shape (any); `learning_rate` is a
    number or an array that broadcasts with them. Arguments are not checked here, as this is
    the innermost loop.
    """

    name: str
    hyper: Hyper
    _init: Callable[[Any, Hyper], State]
    _rule: Rule

    def init(self, position: Any) -> State:
        """Return the state before the first step: a tuple of arrays."""
        return self._init(position, self.hyper)

    def update(
        self, position: Any, gradient: Any, state: State, learning_rate: Any
    ) -> tuple[Any, State]:
        """Return the position and the state after one step."""
        position, state, _ = self._rule(position, gradient, state, learning_rate, self.hyper)
        return position, state

    def effective_rate(self, position: Any, gradient: Any, state: State, learning_rate: Any) -> Any:
        """Return the learning rate that `update` would apply to each coordinate.

        It is what multiplies the (averaged) gradient: the learning rate itself for the sgd
        family, learning_rate / (sqrt(v) + eps) and the like for the adaptive rules.
        """
        return self.update_with_rate(position, gradient, state, learning_rate)[2]

    def update_with_rate(
        self, position: Any, gradient: Any, state: State, learning_rate: Any
    ) -> tuple[Any, State, Any]:
        """Return what `update` and `effective_rate` do, at the cost of one."""
        moved, state, rate = self._rule(position, gradient, state, learning_rate, self.hyper)
        return moved, state, rate + np.zeros(np.shape(position))


def names() -> tuple[str, ...]:
    """Return the names that `get` knows."""
    return tuple(_OPTIMIZERS)


def defaults(name: str) -> Hyper:
    """Return the hyper-parameters of an optimizer with their defaults."""
    return MappingProxyType(dict(_OPTIMIZERS[check.choice("optimizer", name, _OPTIMIZERS)][2]))


def get(name: str, **hyper: Any) -> Optimizer:
    """Return the optimizer of that name, its hyper-parameters changed by `hyper`.

    Raises ValueError for a name, a hyper-parameter or a value that is not allowed, and
    TypeError for a value of the wrong type.
    """
    init, rule, standard = _OPTIMIZERS[check.choice("optimizer", name, _OPTIMIZERS)]
    for key in hyper:
        check.choice(f"hyper-parameter of {name}", key, standard)
    checked = {key: _checked(key, hyper.get(key, value)) for key, value in standard.items()}
    if checked.get("nesterov") and (
        _is_off(checked["momentum"]) or not _is_off(checked["dampening"])
    ):
        raise ValueError(
            "nesterov needs a momentum above 0 and a dampening of 0, "
            f"got momentum {checked['momentum']:g} and dampening {checked['dampening']:g}"
        )
    return Optimizer(name, MappingProxyType(checked), init, rule)


def _checked(key: str, value: Any) -> Any:
    if key in ("nesterov", "centered", "amsgrad"):
        if not isinstance(value, bool):
            raise TypeError(f"{key} must be True or False, got {value!r}")
        return value
    if key == "betas":
        if not isinstance(value, tuple | list) or len(value) != 2:
            raise TypeError(f"betas must be two numbers, got {value!r}")
        return tuple(
            check.number(f"betas[{i}]", beta, at_least=0, below=1) for i, beta in enumerate(value)
        )
    if key in ("rho", "alpha"):
        return check.number(key, value, at_least=0, at_most=1)
    if key == "dampening":
        return check.number(key, value)
    return check.number(key, value, at_least=0)


# The rules: (position, gradient, state, learning_rate, hyper) -> (position, state, rate).


def _sgd(w: Any, g: Any, state: State, lr: Any, h: Hyper) -> tuple[Any, State, Any]:
    g = _decayed(w, g, h)
    if _is_off(h["momentum"]):
        return w - lr * g, state, lr
    velocity, step = state
    # The first velocity is the gradient itself: dampening begins with the second step.
    dampening = h["dampening"] * np.minimum(step, 1.0)
    velocity = h["momentum"] * velocity + (1.0 - dampening) * g
    direction = g + h["momentum"] * velocity if h["nesterov"] else velocity
    return w - lr * direction, (velocity, step + 1.0), lr


def _adagrad(w: Any, g: Any, state: State, lr: Any, h: Hyper) -> tuple[Any, State, Any]:
    squares, step = state
    g = _decayed(w, g, h)
    squares = squares + g * g
    rate = lr / (1.0 + step * h["lr_decay"]) / (np.sqrt(squares) + h["eps"])
    return w - rate * g, (squares, step + 1.0), rate


def _adadelta(w: Any, g: Any, state: State, lr: Any, h: Hyper) -> tuple[Any, State, Any]:
    squares, moves = state
    g = _decayed(w, g, h)
    squares = h["rho"] * squares + (1.0 - h["rho"]) * g * g
    scale = np.sqrt(moves + h["eps"]) / np.sqrt(squares + h["eps"])
    move = scale * g
    moves = h["rho"] * moves + (1.0 - h["rho"]) * move * move
    return w - lr * move, (squares, moves), lr * scale


def _rmsprop(w: Any, g: Any, state: State, lr: Any, h: Hyper) -> tuple[Any, State, Any]:
    squares, mean, velocity = state
    g = _decayed(w, g, h)
    squares = h["alpha"] * squares + (1.0 - h["alpha"]) * g * g
    variance = squares
    if h["centered"]:
        mean = h["alpha"] * mean + (1.0 - h["alpha"]) * g
        variance = squares - mean * mean
    rate = lr / (np.sqrt(variance) + h["eps"])
    if _is_off(h["momentum"]):
        return w - rate * g, (squares, mean, velocity), rate
    velocity = h["momentum"] * velocity + g / (np.sqrt(variance) + h["eps"])
    return w - lr * velocity, (squares, mean, velocity), rate


def _adam(w: Any, g: Any, state: State, lr: Any, h: Hyper) -> tuple[Any, State, Any]:
    return _adam_step(w, _decayed(w, g, h), state, lr, h)


def _adamw(w: Any, g: Any, state: State, lr: Any, h: Hyper) -> tuple[Any, State, Any]:
    return _adam_step(w * (1.0 - lr * h["weight_decay"]), g, state, lr, h)


def _adam_step(w: Any, g: Any, state: State, lr: Any, h: Hyper) -> tuple[Any, State, Any]:
    mean, squares, largest, step = state
    beta1, beta2 = h["betas"]
    step = step + 1.0
    mean = beta1 * mean + (1.0 - beta1) * g
    squares = beta2 * squares + (1.0 - beta2) * g * g
    largest = np.maximum(largest, squares) if h["amsgrad"] else largest
    second = (largest if h["amsgrad"] else squares) / (1.0 - beta2**step)
    rate = lr / (1.0 - beta1**step) / (np.sqrt(second) + h["eps"])
    return w - rate * mean, (mean, squares, largest, step), rate


def _decayed(w: Any, g: Any, h: Hyper) -> Any:
    return g if _is_off(h["weight_decay"]) else g + h["weight_decay"] * w


def _is_off(value: Any) -> bool:
    """Whether a hyper-parameter is 0; one that is being recorded may be anything."""
    return not isbox(value) and bool(value == 0)


def _zeros(w: Any) -> Any:
    return np.zeros(np.shape(w))


def _sgd_init(w: Any, h: Hyper) -> State:
    return () if _is_off(h["momentum"]) else (_zeros(w), np.zeros(()))


def _adagrad_init(w: Any, h: Hyper) -> State:
    return _zeros(w) + h["initial_accumulator_value"], np.zeros(())


def _adadelta_init(w: Any, h: Hyper) -> State:
    return _zeros(w), _zeros(w)


def _rmsprop_init(w: Any, h: Hyper) -> State:
    return _zeros(w), _zeros(w), _zeros(w)


def _adam_init(w: Any, h: Hyper) -> State:
    return _zeros(w), _zeros(w), _zeros(w), np.zeros(())


_SGD = {"momentum": 0.0, "dampening": 0.0, "weight_decay": 0.0, "nesterov": False}
_ADAGRAD = {"lr_decay": 0.0, "weight_decay": 0.0, "initial_accumulator_value": 0.0, "eps": 1e-10}
_ADADELTA = {"rho": 0.9, "eps": 1e-6, "weight_decay": 0.0}
_RMSPROP = {"alpha": 0.99, "eps": 1e-8, "weight_decay": 0.0, "momentum": 0.0, "centered": False}
_ADAM = {"betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.0, "amsgrad": False}

_OPTIMIZERS: dict[str, tuple[Callable[[Any, Hyper], State], Rule, Hyper]] = {
    "sgd": (_sgd_init, _sgd, _SGD),
    "momentum": (_sgd_init, _sgd, _SGD | {"momentum": 0.9}),
    "nesterov": (_sgd_init, _sgd, _SGD | {"momentum": 0.9, "nesterov": True}),
    "adagrad": (_adagrad_init, _adagrad, _ADAGRAD),
    "adadelta": (_adadelta_init, _adadelta, _ADADELTA),
    "rmsprop": (_rmsprop_init, _rmsprop, _RMSPROP),
    "adam": (_adam_init, _adam, _ADAM),
    "adamw": (_adam_init, _adamw, _ADAM | {"weight_decay": 0.01}),
}
