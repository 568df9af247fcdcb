"""What a page is given: the player, its styles, the payload as a classic script."""

import gzip
import json

import pytest

from vizdl import live, style


def test_script_is_safe_inside_a_script_element():
    hostile = json.dumps({"a": "</script><script>alert(1)</script>\u2028<!--"}, ensure_ascii=False)
    made = live.script('na"me</script>', hostile)
    assert "<" not in made
    assert "\u2028" not in made
    assert json.loads(made[made.rindex("] = ") + 4 : -2]) == json.loads(hostile)


def test_styles_carry_both_themes():
    css = live.player_css()
    for theme in ("light", "dark"):
        assert f"--vizdl-background: {style.BACKGROUND.on(theme)};" in css
        assert f"--vizdl-ink: {style.INK.on(theme)};" in css
    rules = (live.files("vizdl.live") / "player.css").read_text("utf-8")
    assert "#" not in rules  # every colour comes from vizdl.style


def test_small_bundle_is_found_where_the_variable_says(tmp_path, monkeypatch):
    monkeypatch.setenv(live.VENDOR, str(tmp_path))
    (tmp_path / "plotly-cartesian.min.js").write_text("/* small */", "utf-8")
    assert live.plotlyjs() == tmp_path / "plotly-cartesian.min.js"


def test_a_folder_without_the_bundle_is_passed_over(tmp_path, monkeypatch):
    monkeypatch.setenv(live.VENDOR, str(tmp_path))
    found = live.plotlyjs()
    assert found is None or found.parent.name == "vendor"


@pytest.mark.parametrize("word", ["updatemenus", "innerHTML", "eval(", "fetch(", "import("])
def test_the_player_does_without(word):
    assert word not in live.player_js()


def test_the_player_is_small():
    source = live.player_js()
    assert len(gzip.compress(source.encode(), 9)) < 25_000
    assert "/*" not in source
    assert "\n//" not in source
    for name in live.PARTS:  # every file is there, and in one piece
        assert (live.files("vizdl.live") / f"player/{name}.js").is_file()
    assert source.count('"use strict";') >= len(live.PARTS)
