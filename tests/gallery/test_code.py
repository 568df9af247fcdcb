"""Python source as HTML."""

import html
import inspect
import re

import pytest

from vizdl.gallery import code


def strip(marked):
    return html.unescape(re.sub(r"</?span[^>]*>", "", marked))


@pytest.mark.parametrize("module", [code, inspect])
def test_nothing_is_lost(module):
    source = inspect.getsource(module)
    assert strip(code.highlight(source)) == source


def test_kinds():
    marked = code.highlight('def f(x):  # why\n    return len(f"{x}") + 0.5\n')
    for kind, word in [("keyword", "def"), ("defined", "f"), ("comment", "# why")]:
        assert f'<span class="{kind}">{word}</span>' in marked
    assert '<span class="builtin">len</span>' in marked
    assert '<span class="number">0.5</span>' in marked


def test_source_is_escaped():
    marked = code.highlight('x = "</pre><script>"  # <b>\n')
    assert "<script" not in marked
    assert "<b>" not in marked


def test_what_is_not_python_is_only_escaped():
    assert code.highlight("def f(:\n  '''<") == html.escape("def f(:\n  '''<")
