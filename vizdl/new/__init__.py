"""A new concept in a package of its own: written on all floors, and it runs as it is.

The files stand in ``templates``, with ``<< name >>`` and the like where the concept's words go.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import keyword
import re
import sys
import tempfile
from pathlib import Path

import jinja2

from vizdl import catalog
from vizdl.catalog import Concept

LONGEST_NAME = 24  # letters: the templates' lines then fit into a hundred
LONGEST_TITLE = 36  # letters: it fits into the frame of the video

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


class Refused(ValueError):
    """A concept that can't be written, in one sentence."""


def write(name: str, out: Path, *, title: str = "", lecture: int | None = None) -> list[Path]:
    """Write the package ``vizdl_NAME`` with the concept `name` into the folder `out`.

    `title` is the name in words if it is empty, `lecture` one of its own after those there are if
    None. The folder is written beside its place and moved in when whole. Returns the files. Raises
    Refused for a name or title that is not allowed or taken, and for a folder that isn't empty.
    """
    concept = _concept(name, title.strip(), lecture)
    texts = _texts(concept)
    _check_folder(out)
    place = out.resolve()
    with tempfile.TemporaryDirectory(prefix=f".{place.name}-", dir=place.parent) as scratch:
        whole = Path(scratch) / "whole"
        for path, text in texts.items():
            (whole / path).parent.mkdir(parents=True, exist_ok=True)
            (whole / path).write_text(text, "utf-8")
        if place.is_dir():  # it is empty, and may be where the user stands
            for item in whole.iterdir():
                item.rename(place / item.name)
        else:
            whole.rename(place)
    return [out / path for path in texts]


def _concept(name: str, title: str, lecture: int | None) -> Concept:
    if not _NAME.fullmatch(name) or keyword.iskeyword(name) or len(name) > LONGEST_NAME:
        raise Refused(
            f"NAME must be at most {LONGEST_NAME} lower-case letters, digits and single "
            f"underscores that Python takes for a name, such as step_size; got {name!r}"
        )
    known = catalog.concepts()
    if name in {concept.name for concept in known}:
        raise Refused(f"the catalog has a concept {name!r} already; choose another name")
    if _is_library(name):
        raise Refused(f"a library is called {name!r}, and the scene would hide it from Manim")
    title = title or name.replace("_", " ").capitalize()
    if not title.isprintable() or len(title) > LONGEST_TITLE:
        raise Refused(
            f"the title must be one line of at most {LONGEST_TITLE} letters, got {title!r}"
        )
    number = max(catalog.LECTURES) + 1 if lecture is None else lecture
    order = 1 + max((c.order for c in known if c.lecture == number), default=0)
    return Concept(name, title, number, order, "", f"vizdl_{name}")


def _is_library(name: str) -> bool:
    spec = importlib.util.find_spec(name)
    found = spec is not None and spec.origin is not None  # a mere folder is none
    return found or name == "manim" or name in sys.stdlib_module_names


def _texts(concept: Concept) -> dict[str, str]:
    """The text of each file by its path, the templates filled in. Raises Refused."""
    templates = jinja2.Environment(
        loader=jinja2.PackageLoader("vizdl.new"),
        variable_start_string="<<",
        variable_end_string=">>",
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    templates.filters |= {"python": _quoted, "markdown": _escaped}
    words = {
        "name": concept.name,
        "klass": concept.scene.partition(":")[2],
        "title": concept.title,
        "lecture": concept.lecture,
        "order": concept.order,
        "package": concept.package,
        "distribution": concept.package.replace("_", "-"),
    }
    texts = {}
    for template in templates.list_templates(extensions=["jinja"]):
        path = template.removesuffix(".jinja").replace("concept.", f"{concept.name}.")
        path = re.sub("^package/", f"{concept.package}/", path)
        texts[path] = templates.get_template(template).render(words)
    scene = texts[f"{concept.package}/scenes/{concept.name}.py"]
    if words["klass"] in _imported(scene):
        raise Refused(
            f"the scene would be called {words['klass']} like a part that it uses; "
            "choose another name"
        )
    return texts


def _imported(source: str) -> set[str]:
    statements = [n for n in ast.parse(source).body if isinstance(n, ast.Import | ast.ImportFrom)]
    return {alias.asname or alias.name for node in statements for alias in node.names}


def _check_folder(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise Refused(f"{out} is a file; give a folder with -o")
    if out.is_dir() and any(out.iterdir()):
        raise Refused(f"the folder {out} is not empty; give another one with -o")
    if not out.resolve().parent.is_dir():
        raise Refused(f"there is no folder {out.parent}")


def _quoted(text: str) -> str:
    """The text as Python spells it, in the quotes that need no escaping."""
    if '"' in text and "'" not in text:
        return repr(text)
    return json.dumps(text, ensure_ascii=False)


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>#|])", r"\\\1", text)
