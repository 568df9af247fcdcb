"""A page's prose: Markdown whose numbers are filled in from the trace.

`read` gives the HTML of the five sections. What stops the build, each with one sentence that
names page, line and expression: an expression that the trace does not have, a digit typed by
hand, a section that is missing or out of order.
"""

from __future__ import annotations

import difflib
import html
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any
from urllib.parse import parse_qsl

import jinja2
from markdown_it import MarkdownIt

from vizdl.experiments.base import Facts, Trace, number
from vizdl.gallery import maths

Allows = Callable[[Mapping[str, str]], None]

SECTIONS = ("The idea", "Watch", "Try it", "The mathematics", "What was measured")

# An expression's value stands as a token in the Markdown, so that nothing in it is markup.
_TOKEN = re.compile("\ue000(\\d+)\ue001")
_EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_CODE = re.compile(
    r"^(```|~~~).*?^\1\s*?$|(?<!`)(`+)(?!`).+?(?<!`)\2(?!`)", re.DOTALL | re.MULTILINE
)
_INLINE_CODE = re.compile(r"(?<!<pre>)<code>[^<]*</code>")
_OPTION = re.compile(r"(?<![^\s>])--?[a-z]\w*")  # not to be broken at its hyphens
_WHOLE = r'<span class="whole">\g<0></span>'
_STATE = re.compile(r"\]\(#([^)\s]*=[^)\s]*)\)")  # a link that sets the figure
_TARGET = re.compile(r"(?<=\])\([^)\s]*\)")  # where a link leads


class PageError(ValueError):
    """A page that cannot be built, in one sentence."""


@dataclass(frozen=True)
class Prose:
    """The HTML of a page's sections, by title, in order."""

    sections: dict[str, str]


class _Names:
    """Names that an expression may use after a dot; one that is not there says which are."""

    def __init__(self, what: str, values: Mapping[str, Any]) -> None:
        self._what, self._values = what, values

    def __getitem__(self, name: str) -> Any:
        if name not in self._values:
            near = difflib.get_close_matches(name, self._values, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(self._values)}"
            raise PageError(f"there is no {self._what} {name!r}; {hint}")
        return self._values[name]


def read(
    source: str,
    page: str,
    *,
    trace: Trace,
    facts: Facts,
    equations: Mapping[str, str],
    allows: Allows | None = None,
) -> Prose:
    """The page's sections as HTML. Raises PageError. `page` is its name in errors.

    `allows` raises a ValueError for a state that the page's live figure can't be in: links such as
    ``#learning_rate=0.03`` set it.
    """
    _refuse_digits(source, page)
    _check_links(source, page, allows)
    parts: list[str] = []
    template = _fill(source, page, _context(trace, facts, equations, parts), parts)
    return Prose(_sections(template, page, parts))


def _context(
    trace: Trace, facts: Facts, equations: Mapping[str, str], parts: list[str]
) -> dict[str, Any]:
    known = _Names("equation", equations)

    def equation(name: str) -> _Html:
        return _Html(maths.typeset(known[name]).block())

    def inline(source: str) -> _Html:
        return _Html(maths.typeset(source, display=False).inline())

    settings = {name: getattr(trace.settings, name) for name in type(trace.settings).model_fields}
    return {
        "fact": _Names("fact", facts),
        "settings": _Names("setting", settings),
        "trace": trace,
        "number": number,
        "equation": equation,
        "maths": inline,
    }


class _Html(str):
    """Text that is HTML already."""


def _fill(source: str, page: str, context: Mapping[str, Any], parts: list[str]) -> str:
    def keep(value: Any) -> str:
        text = value if isinstance(value, _Html) else html.escape(shown(value))
        parts.append(text if isinstance(value, _Html) else f'<span class="computed">{text}</span>')
        return f"\ue000{len(parts) - 1}\ue001"

    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, finalize=keep)
    try:
        return environment.from_string(source).render(context)
    except jinja2.TemplateSyntaxError as error:
        raise PageError(f"{page}, line {error.lineno}: {error.message}") from None
    except Exception as error:
        line, expression, reason = _culprit(environment, source, context, error)
        raise PageError(
            f"{page}, line {line}: {expression} cannot be filled in: {reason}"
        ) from None


def _culprit(
    environment: jinja2.Environment, source: str, context: Mapping[str, Any], error: Exception
) -> tuple[int, str, str]:
    for found in _EXPRESSION.finditer(source):
        try:
            environment.from_string(found.group(0)).render(context)
        except jinja2.TemplateSyntaxError:
            continue  # half of a block
        except Exception as own:
            return source.count("\n", 0, found.start()) + 1, found.group(0), str(own)
    return 1, "an expression", str(error)


def shown(value: Any) -> str:
    """A value as the page shows it. Raises PageError for what is neither number nor text."""
    if isinstance(value, jinja2.Undefined):
        str(value)  # raises, with the name of what is missing
    if isinstance(value, bool | str):
        return str(value)
    if isinstance(value, Real):
        if math.isnan(value):
            raise PageError("it is not a number")
        return _figures(value)
    raise PageError(f"it is neither a number nor text but {type(value).__name__}")


def _figures(value: Real) -> str:
    """A number of at most three figures as it is (a setting of 0.5), another one to three."""
    exact = float(value)
    if 1e-3 <= abs(exact) < 1e5 and float(f"{exact:.3g}") == exact:
        return f"{exact:g}".replace("-", "−")
    return number(int(exact) if exact.is_integer() else exact)


def _refuse_digits(source: str, page: str) -> None:
    prose = source
    for pattern in (_EXPRESSION, _CODE, _TARGET):
        prose = pattern.sub(lambda found: re.sub(r"[^\n]", " ", found.group(0)), prose)
    for index, line in enumerate(prose.splitlines()):
        typed = next((word for word in line.split() if any(c.isnumeric() for c in word)), None)
        if typed is not None:
            raise PageError(
                f"{page}, line {index + 1}: {typed!r} is typed by hand; a number comes from an "
                "expression such as {{ fact.NAME.text }}"
            )


def _check_links(source: str, page: str, allows: Allows | None) -> None:
    for found in _STATE.finditer(source):
        line = source.count("\n", 0, found.start()) + 1
        try:
            if allows is None:
                raise ValueError("the figure is not live")
            allows(dict(parse_qsl(found[1], keep_blank_values=True, strict_parsing=True)))
        except ValueError as error:
            raise PageError(f"{page}, line {line}: #{found[1]} leads nowhere: {error}") from None


def _sections(text: str, page: str, parts: list[str]) -> dict[str, str]:
    titles = re.findall(r"^## +(.+?)\s*$", text, re.MULTILINE)
    if tuple(titles) != SECTIONS:
        raise PageError(
            f"{page}: its sections must be {', '.join(SECTIONS)}, in this order; "
            f"there are: {', '.join(titles) or 'none'}"
        )
    bodies = re.split(r"^## +.+?$", text, flags=re.MULTILINE)
    if bodies[0].strip():
        raise PageError(f"{page}: nothing may stand before its first section")
    markdown = MarkdownIt("commonmark", {"html": False, "typographer": True}).enable(
        ["table", "replacements", "smartquotes"]
    )
    return {
        title: _put_back(markdown.render(body.strip()), parts)
        for title, body in zip(titles, bodies[1:], strict=True)
    }


def _put_back(rendered: str, parts: list[str]) -> str:
    # An equation that is a paragraph of its own is a block and stands in no <p>.
    rendered = re.sub(
        "<p>\\s*((?:\ue000\\d+\ue001\\s*)+)</p>",
        lambda found: (
            found.group(1)
            if all(parts[int(k)].startswith("<div") for k in _TOKEN.findall(found.group(1)))
            else found.group(0)
        ),
        rendered,
    )
    rendered = _INLINE_CODE.sub(lambda found: _OPTION.sub(_WHOLE, found.group(0)), rendered)
    return _TOKEN.sub(lambda found: parts[int(found.group(1))], rendered)
