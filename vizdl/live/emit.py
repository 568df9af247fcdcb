"""Programs in JavaScript: loops over one block of numbers, set aside once.

A program is an expression, ``function (lib) {…}``. Called with the functions of ``runtime.js`` it
sets the memory aside and returns ``{memory, inputs, state, sequences, outputs, rows, shapes,
reverse, stop, step}``: arrays by name, each a window on the memory, and ``step()``, which takes
one step without making garbage. It is a classic script and evaluates no text.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any

import numpy as np

from vizdl.live import kernels
from vizdl.live.loops import Call
from vizdl.live.nodes import CONSTANT, Node, Ref, all_the_same, layout, needed, root
from vizdl.live.program import Program
from vizdl.live.schedule import Plan, plan


def runtime() -> str:
    """What every program needs, what runs one, and random numbers: a classic script."""
    folder = files(__package__)
    return "".join((folder / name).read_text("utf-8") for name in ("runtime.js", "draws.js"))


def script(name: str, programs: Mapping[str, Program]) -> str:
    """A classic script that holds programs by their keys, as ``vizdlPrograms[name][key]``."""
    members = ",\n".join(f"{_quoted(key)}: {expression(p)}" for key, p in programs.items())
    where = f"(globalThis.vizdlPrograms = globalThis.vizdlPrograms || {{}})[{_quoted(name)}]"
    return f"{where} = {{\n{members}\n}};\n"


def expression(source: Program) -> str:
    """Return the program as an expression."""
    nodes = source.nodes
    ends = [*(slot.ref for slot in source.slots.values()), *source.following.values()]
    ends += source.outputs.values()
    planned = plan(nodes, needed(nodes, ends), ends)
    names = _names(source, planned)
    functions: dict[str, str] = {}  # body: name
    steps = []
    for group in planned.groups:
        made = [_call(call, functions, names) for call in kernels.calls(nodes, group, planned)]
        note = f"// {_note(nodes, group)}"
        steps += [f"{made[0]} {note}", *made[1:]] if made else [f"{note}: in place"]
    for name, slot in source.state.items():
        after, size = source.following[name], nodes[slot.ref].size
        if after != slot.ref and size:
            call = kernels.copy(_begin(nodes, after), (slot.ref, 0), size)
            steps.append(f"{_call(call, functions, names)} // {name}, for the next step")
    places = [f"{names[ref]} = {at}" for ref, at in sorted(planned.places.items())]
    windows = {
        role: {name: slot.ref for name, slot in named.items()}
        for role, named in (
            ("inputs", source.inputs),
            ("state", source.state),
            ("sequences", source.sequences),
        )
    }
    windows["outputs"] = dict(source.outputs)
    return "\n".join(
        [
            "function (lib) {",
            '  "use strict";',
            f"  var m = new Float64Array({planned.size});",
            "  var v = function (at, size) { return m.subarray(at, at + size); };",
            *(f"  var {', '.join(places[k : k + 6])};" for k in range(0, len(places), 6)),
            *(f"  {line}" for line in _filled(source, planned, names)),
            *(_function(name, body) for body, name in functions.items()),
            "  function step() {",
            *(f"    {line}" for line in steps),
            "  }",
            "  return {",
            "    memory: m,",
            *(
                f"    {role}: {{ {_windows(nodes, named, names)} }},"
                for role, named in windows.items()
            ),
            f"    rows: {{ {', '.join(_rows(source))} }},",
            f"    shapes: {_quoted(source.shapes)},",
            f"    reverse: {_quoted(source.reverse)},",
            f"    stop: {_quoted(source.stop)},",
            "    step: step",
            "  };",
            "}",
        ]
    )


def _names(source: Program, planned: Plan) -> dict[Ref, str]:
    """A variable for each place; with a $ before it where it has a name in Python."""
    spoken = {slot.ref: name for name, slot in source.slots.items()}
    for name, ref in source.outputs.items():
        spoken.setdefault(ref, name)
    names: dict[Ref, str] = {}
    for ref in planned.places:
        name = f"t{ref}"
        if ref in spoken:
            name = "$" + re.sub(r"\W+", "_", spoken[ref], flags=re.ASCII)
        names[ref] = f"{name}_{ref}" if name in names.values() else name
    return names


def _call(call: Call, functions: dict[str, str], names: Mapping[Ref, str]) -> str:
    name = functions.setdefault(call.body, f"k{len(functions) + 1}")
    places = (names[ref] + (f" + {offset}" if offset else "") for ref, offset in call.arrays)
    return f"{name}({', '.join(places)});"


def _function(name: str, body: str) -> str:
    count = 1 + max(int(number) for number in re.findall(r"\ba(\d+)", body))
    parameters = ", ".join(f"a{k}" for k in range(count))
    lines = "\n".join(f"    {line}" for line in body.split("\n"))
    return f"  function {name}({parameters}) {{\n{lines}\n  }}"


def _note(nodes: Sequence[Node], group: Sequence[Ref]) -> str:
    """What Python called it: the operations, the shape, the place in the code."""
    origins = [nodes[ref].origin.partition(", ") for ref in group if nodes[ref].origin]
    what = ", ".join(dict.fromkeys(name for name, _, _ in origins))
    where = origins[-1][2] if origins else ""
    shape = nodes[group[-1]].shape
    return re.sub(r"[^ -~]|[<>]", "?", f"{what[:60]} {shape} {where}").strip()


def _filled(source: Program, planned: Plan, names: Mapping[Ref, str]) -> Iterator[str]:
    """Constants, and what comes in until something else does."""
    slots = {**source.inputs, **source.state}
    values = {slot.ref: slot.default for slot in slots.values()}
    for ref in sorted(planned.places):
        value = values.get(ref)
        if source.nodes[ref].op == CONSTANT:
            value = source.nodes[ref].detail
        if value is None or not any(value.tobytes()):
            continue  # memory begins as zeros
        first = kernels.number(value.flat[0])
        if value.size == 1:
            yield f"m[{names[ref]}] = {first};"
        elif all_the_same(value):
            yield f"v({names[ref]}, {value.size}).fill({first});"
        else:
            yield f"m.set({_numbers(value)}, {names[ref]});"


def _numbers(value: Any) -> str:
    """Many numbers as text, spelled or as bytes, whichever is shorter."""
    flat = np.asarray(value, dtype="<f8").ravel()
    spelled = f"[{','.join(kernels.number(x).strip('()') for x in flat)}]"
    coded = f'lib.numbers("{base64.b64encode(flat.tobytes()).decode()}")'
    return min(spelled, coded, key=len)


def _rows(source: Program) -> Iterator[str]:
    for name, slot in source.sequences.items():
        yield f"{_quoted(name)}: new Float64Array({_numbers(slot.default)})"


def _windows(nodes: Sequence[Node], named: Mapping[str, Ref], names: Mapping[Ref, str]) -> str:
    texts = []
    for name, ref in named.items():
        base, offset = _begin(nodes, ref)
        place = names[base] + (f" + {offset}" if offset else "")
        texts.append(f"{_quoted(name)}: v({place}, {nodes[ref].size})")
    return ", ".join(texts)


def _begin(nodes: Sequence[Node], ref: Ref) -> tuple[Ref, int]:
    return root(nodes, ref), layout(nodes, ref).offset


def _quoted(value: Any) -> str:
    return json.dumps(value).replace("<", "\\u003c")
