"""Embedding: what is written, what is pasted, and that it works in somebody else's page."""

import json

import pytest
from playwright.sync_api import expect

import vizdl
from vizdl.experiments.base import SettingsError
from vizdl.figures.base import to_payload
from vizdl.gallery.embed import embed, html, whole


@pytest.mark.parametrize("kind", ["iframe", "div", "file"])
def test_hostile_titles_are_text(course, tmp_path, kind):
    made = embed("halving", kind, tmp_path)
    assert made.files
    assert str(made) == made.snippet
    texts = [made.snippet, *(f.read_text("utf-8") for f in made.files if f.suffix == ".html")]
    assert all("<i>" not in text for text in texts)
    assert "Halving &lt;i&gt;&amp; &quot;more&quot;" in made.snippet


def test_settings_reach_the_figure(course, tmp_path):
    made = embed("halving", "div", tmp_path, steps="3")
    script = next(f for f in made.files if f.name == "halving.js").read_text("utf-8")
    payload = json.loads(script[script.index("] = ") + 4 : -2])
    assert len(payload["frames"]) == 4


def test_bad_arguments(course, tmp_path):
    with pytest.raises(ValueError, match="kind must be one of iframe, div, file, got 'object'"):
        embed("halving", "object", tmp_path)
    with pytest.raises(SettingsError, match=r"rate must be a number from 0\.1 to 0\.9"):
        embed("halving", "file", tmp_path, rate="</script>")
    with pytest.raises(vizdl.catalog.UnknownConcept):
        embed("../halving", "file", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_one_file_needs_nothing_else(course, tmp_path):
    page = embed("halving", "file", tmp_path).files[0].read_text("utf-8")
    assert "src=" not in page.split("<body>")[1].split("<script>")[0]
    assert "<link" not in page.split("<script>")[0]
    assert page.count("</script>") == page.count("<script>") == 3


def test_a_figure_as_a_page_keeps_its_theme(course):
    dark = vizdl.figure("halving", theme="dark")
    assert 'data-theme="dark"' in html(dark, title="<b>")
    assert "<title>&lt;b&gt;</title>" in html(dark, title="<b>")
    light = vizdl.figure("halving")
    assert 'data-theme="light"' in html(light)
    assert 'data-theme="auto"' in html(light, dark)
    assert to_payload(light, dark).replace("<", "\\u003c") in html(light, dark)


def test_a_concept_as_a_page_is_live_where_it_can_be():
    page = whole("gradient_descent", theme="dark", learning_rate=0.02)
    assert 'data-theme="dark"' in page
    assert '"learning_rate", "label": "learning rate", "unit": "", "value": 0.02' in page
    assert page.count("vizdlPrograms") >= 2  # where they are, and where they are used
    assert "next step is −0.02 times the gradient" in page
    with pytest.raises(SettingsError, match="learning_rate must be"):
        whole("gradient_descent", learning_rate=2)


# In Chromium


@pytest.fixture
def host(course, browser, tmp_path):
    """Write a page that holds the snippet, open it, wait for the figure."""
    contexts = []

    def host(kind, **options):
        made = embed("halving", kind, tmp_path, steps="6")
        target = made.files[0]
        if kind != "file":
            target = tmp_path / "host.html"
            target.write_text(
                '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Mine</title>'
                "<style>button { color: red } svg { width: 3px }</style></head>"
                f"<body><h1>My own page</h1>{made.snippet}</body></html>",
                "utf-8",
            )
        context = browser.new_context(viewport={"width": 900, "height": 800}, **options)
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        page.seen, page.complaints = [], []
        page.on("request", lambda request: page.seen.append(request.url))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(target.as_uri())
        frame = page.frames[-1] if kind == "iframe" else page
        frame.wait_for_selector("[data-ready]")
        return page, frame

    yield host
    for context in contexts:
        context.close()


@pytest.mark.slow
@pytest.mark.xdist_group("embed")
@pytest.mark.parametrize("kind", ["iframe", "div", "file"])
def test_the_snippet_works_in_a_page(host, kind):
    page, frame = host(kind)
    label = frame.locator(".vizdl-label")
    expect(label).to_have_text("After step 0, 1 is left.")
    frame.locator(".vizdl-forward").click()
    expect(label).to_have_text("After step 1, 0.500 is left.")
    frame.get_by_role("slider", name="Step").press("End")
    expect(label).to_contain_text("After step 6")
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert all(url.startswith("file:") for url in page.seen)
    assert page.complaints == []
