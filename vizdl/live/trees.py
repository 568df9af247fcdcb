"""Arrays within tuples, lists, dictionaries and dataclasses, each with a name of its own.

The weights of a network called ``model`` are ``model.weights[0]``, ``model.weights[1]`` …
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from numbers import Number
from typing import Any

import numpy as np
from autograd.tracer import isbox


def leaves(name: str, tree: Any) -> Iterator[tuple[str, Any]]:
    """Name and array of everything numeric in the tree; words, None and private fields are left."""
    if is_leaf(tree):
        yield name, tree
    else:
        for part, branch in _branches(tree):
            yield from leaves(name + part, branch)


def rebuilt(name: str, tree: Any, leaf: Callable[[str, Any], Any]) -> Any:
    """The tree with every array replaced by what `leaf` makes of its name and itself."""
    if is_leaf(tree):
        return leaf(name, tree)
    made = {part: rebuilt(name + part, branch, leaf) for part, branch in _branches(tree)}
    if isinstance(tree, Mapping):
        return {key: made.get(f".{key}", value) for key, value in tree.items()}
    if isinstance(tree, tuple | list):
        items = [made.get(f"[{k}]", value) for k, value in enumerate(tree)]
        return type(tree)(*items) if hasattr(tree, "_fields") else type(tree)(items)
    if is_dataclass(tree) and not isinstance(tree, type):
        return replace(tree, **{part[1:]: value for part, value in made.items()})
    return tree


def is_leaf(value: Any) -> bool:
    """Whether it is an array or a number, recorded or not; True and False are choices."""
    if isinstance(value, bool):
        return False
    return isbox(value) or isinstance(value, np.ndarray | np.generic | Number)


def _branches(tree: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(tree, Mapping):
        yield from ((f".{key}", value) for key, value in tree.items())
    elif isinstance(tree, tuple | list):
        yield from ((f"[{k}]", value) for k, value in enumerate(tree))
    elif is_dataclass(tree) and not isinstance(tree, type):
        for field in fields(tree):
            if not field.name.startswith("_"):
                yield f".{field.name}", getattr(tree, field.name)
