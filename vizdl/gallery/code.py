"""Python source as HTML with its words marked by kind, for the page's style sheet to colour."""

from __future__ import annotations

import builtins
import html
import io
import keyword
import token
import tokenize

_KINDS = {token.STRING: "string", token.NUMBER: "number", tokenize.COMMENT: "comment"}
_PARTS = {  # the parts of f-strings and t-strings are tokens of their own from Python 3.12 on
    getattr(token, name)
    for name in ("FSTRING_START", "FSTRING_MIDDLE", "FSTRING_END")
    if hasattr(token, name)
}


def highlight(source: str) -> str:
    """`source` escaped, with ``<span class="…">`` round keywords, names defined, strings, numbers
    and comments. What cannot be read as Python is only escaped."""
    lines = source.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    marked, at, before = [], 0, ""
    try:
        found = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):
        return html.escape(source)
    for item in found:
        kind = _kind(item, before)
        if item.string.strip():
            before = item.string
        if kind is None:
            continue
        start = starts[item.start[0] - 1] + item.start[1]
        end = starts[item.end[0] - 1] + item.end[1]
        marked.append(html.escape(source[at:start]))
        marked.append(f'<span class="{kind}">{html.escape(source[start:end])}</span>')
        at = end
    return "".join(marked) + html.escape(source[at:])


def _kind(item: tokenize.TokenInfo, before: str) -> str | None:
    if item.type in _PARTS:
        return "string"
    if item.type == token.NAME:
        if keyword.iskeyword(item.string):
            return "keyword"
        if before in ("def", "class"):
            return "defined"
        return "builtin" if before != "." and hasattr(builtins, item.string) else None
    return _KINDS.get(item.type)
