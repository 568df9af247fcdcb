"""What the figure of a dense layer says: the sentence, the numbers in cells and nodes, the table.

The numbers are named as the page has them: `figures.dense_layer` lists them.
"""

from __future__ import annotations

from vizdl.experiments.dense_layer import QUARTERS, SIZES
from vizdl.figures.words import words


def _sum(layer: int) -> str:
    """The terms of a row, written out."""
    columns = SIZES[layer - 1]
    x = "x" if layer == 1 else "net.a1"
    terms = " + ".join(
        f"{{w{layer}[focus.row,{j}]:f2()}} · {{{x}[{j}]:f2()}}" for j in range(columns)
    )
    return f"{terms} + {{b{layer}[focus.row]:f2()}} = {{net.z{layer}[focus.row]:f2}}"


SENTENCE = words(
    (
        "focus.whole",
        "The picture comes in as four numbers, the ink in its quarters: "
        "{x[0]:f2}, {x[1]:f2}, {x[2]:f2} and {x[3]:f2}. Each goes to every hidden unit.",
    ),
    (
        "focus.first",
        "Hidden unit {focus.i:d} is row {focus.i:d} of the first matrix: "
        + _sum(1)
        + "; {activation:s} makes {net.a1[focus.row]:f2} of it.",
    ),
    (
        "focus.second",
        "Output {focus.i:d}, “it is a {classes[focus.row]:d}”, is row {focus.i:d} of the second "
        "matrix: " + _sum(2) + "; sigmoid makes {net.a2[focus.row]:f2} of it.",
    ),
    (
        "focus.cell1",
        "Row {focus.i:d}, column {focus.j:d} of the first matrix is the edge from input "
        "{focus.j:d} to hidden unit {focus.i:d}: it adds {w1[focus.row,focus.column]:f2} · "
        "{x[focus.column]:f2} = {net.products1[focus.row,focus.column]:f2} to the sum.",
    ),
    (
        "focus.cell2",
        "Row {focus.i:d}, column {focus.j:d} of the second matrix is the edge from hidden unit "
        "{focus.j:d} to output {focus.i:d}: it adds {w2[focus.row,focus.column]:f2} · "
        "{net.a1[focus.column]:f2()} = {net.products2[focus.row,focus.column]:f2} to the sum.",
    ),
    (
        "focus.column1",
        "Input {focus.j:d}, here {x[focus.column]:f2}, goes to every hidden unit: "
        "column {focus.j:d} of the first matrix.",
    ),
    "Hidden unit {focus.j:d}, here {net.a1[focus.column]:f2}, goes to every output: "
    "column {focus.j:d} of the second matrix.",
)
CELL = words("{cells.number[i]:f2}")
NODE = words("{nodes.number[i]:f2}")
TABLE = (
    *(
        (f"input {j + 1}, ink {quarter}", words(f"{{x[{j}]:n6}}"))
        for j, quarter in enumerate(QUARTERS)
    ),
    *(
        (f"hidden unit {i + 1}: sum, activation", words(f"{{net.z1[{i}]:n6}}, {{net.a1[{i}]:n6}}"))
        for i in range(SIZES[1])
    ),
    *(
        (f"output {i + 1}: sum, activation", words(f"{{net.z2[{i}]:n6}}, {{net.a2[{i}]:n6}}"))
        for i in range(SIZES[2])
    ),
)
