"""Figures in the pages of others, built for real and used in Chromium, from disk and served.

There is no Quarto here: of its snippet the form alone is checked, not that Quarto takes it.
"""

import functools
import re
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import expect

from vizdl import catalog
from vizdl.cli import EMBEDDED
from vizdl.cli import HOSTS as KINDS
from vizdl.experiments.base import SettingsError
from vizdl.gallery.embed import embed
from vizdl.gallery.hosts import HOSTS, host

NAMES = ("gradient_descent", "bptt")


def test_the_command_offers_every_host():
    assert tuple(HOSTS) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_titles_are_text(course, tmp_path, kind):
    made = host("halving", kind, tmp_path)
    page = next(file for file in made.files if file.name == "halving.html").read_text("utf-8")
    assert "<i>" not in made.snippet + page
    assert "Halving &lt;i&gt;&amp; &quot;more&quot;" in made.snippet
    assert all(file.is_file() and tmp_path in file.parents for file in made.files)


@pytest.mark.parametrize(
    ("kind", "page", "address"),
    [
        ("sphinx", "index.rst", "_static/vizdl/halving.html"),
        ("sphinx", "guide/rnn.rst", "../_static/vizdl/halving.html"),
        ("mkdocs", "index.md", "vizdl/halving.html"),
        ("mkdocs", "rnn.md", "../vizdl/halving.html"),
        ("mkdocs", "guide/README.md", "../vizdl/halving.html"),
        ("quarto", "guide/part/rnn.qmd", "../../vizdl/halving.html"),
    ],
)
def test_the_address_is_that_from_the_page(course, tmp_path, kind, page, address):
    assert f'src="{address}"' in host("halving", kind, tmp_path, page).snippet


def test_quarto_gets_a_raw_block(course, tmp_path):
    made = host("halving", "quarto", tmp_path)
    assert re.fullmatch(r"```\{=html\}\n<iframe [^`]*</iframe>\n```\n", made.snippet)
    assert "resources: [vizdl]" in made.note
    assert {file.parent for file in made.files} == {tmp_path / "vizdl"}


def test_bad_arguments(course, tmp_path):
    with pytest.raises(ValueError, match="kind must be one of sphinx, mkdocs, quarto, got 'fax'"):
        host("halving", "fax", tmp_path)
    for page in ("../index.md", "/index.md", ""):
        with pytest.raises(ValueError, match="page must be a file in the folder of the sources"):
            host("halving", "mkdocs", tmp_path, page)
    with pytest.raises(SettingsError, match=r"rate must be a number from 0\.1 to 0\.9"):
        host("halving", "sphinx", tmp_path, rate="2")
    with pytest.raises(catalog.UnknownConcept):
        host("../halving", "sphinx", tmp_path)
    assert list(tmp_path.iterdir()) == []


# Real pages, two figures on each


def plain(folder, kind):
    """A page written by hand; a file is shown as learning platforms do, in a sandbox."""
    made = [embed(name, kind, folder) for name in NAMES]
    held = [one.snippet for one in made]
    if kind == "file":
        held = [
            f'<iframe sandbox="allow-scripts" src="{one.files[0].name}" title="{name}" '
            'style="width: 100%; height: 40rem"></iframe>'
            for name, one in zip(NAMES, made, strict=True)
        ]
    page = folder / "index.html"
    page.write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Mine</title>'
        '<link rel="icon" href="data:,"><style>button { color: red } svg { width: 3px }</style>'
        f"</head><body><h1>My own page</h1>{'<p>And then:</p>'.join(held)}</body></html>",
        "utf-8",
    )
    return page


def sphinx(folder):
    """A page in a folder of a Sphinx site; a warning stops the build."""
    source, out = folder / "source", folder / "site"
    made = [host(name, "sphinx", source, "guide/figures.rst") for name in NAMES]
    (source / "conf.py").write_text('project = "Mine"\nhtml_static_path = ["_static"]\n')
    (source / "index.rst").write_text("Mine\n====\n\n.. toctree::\n\n   guide/figures\n")
    (source / "guide").mkdir()
    text = "\nAnd then:\n\n".join(one.snippet for one in made)
    (source / "guide/figures.rst").write_text(f"Figures\n=======\n\nSome words.\n\n{text}", "utf-8")
    build("-m", "sphinx", "-q", "-W", "-b", "html", str(source), str(out))
    return out / "guide/figures.html"


def mkdocs(folder):
    """A page in a folder of an MkDocs site; search, which a page from disk may not have, is off."""
    docs, out = folder / "docs", folder / "site"
    made = [host(name, "mkdocs", docs, "guide/figures.md") for name in NAMES]
    (docs / "index.md").write_text("# Mine\n")
    (docs / "guide").mkdir()
    text = "And then:\n".join(one.snippet for one in made)
    (docs / "guide/figures.md").write_text(f"# Figures\n\nSome words.\n{text}", "utf-8")
    config = folder / "mkdocs.yml"
    config.write_text(
        "site_name: Mine\nplugins: []\ntheme:\n  name: readthedocs\n  highlightjs: false\n"
        "markdown_extensions: [md_in_html, attr_list, toc]\n"
    )
    build("-m", "mkdocs", "build", "-q", "--strict", "-f", str(config), "-d", str(out))
    return out / "guide/figures/index.html"


def build(*command):
    done = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """``site(kind)`` builds once and gives (the root of the site, the page in it)."""

    @functools.cache
    def site(kind):
        folder = tmp_path_factory.mktemp(kind)
        if kind in EMBEDDED:
            return folder, plain(folder, kind)
        return folder / "site", {"sphinx": sphinx, "mkdocs": mkdocs}[kind](folder)

    return site


POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; frame-src 'self'"
)


class Quiet(SimpleHTTPRequestHandler):
    """Says nothing of what it serves."""

    policy = ""

    def end_headers(self):
        """The policy, if there is one."""
        if self.policy:
            self.send_header("Content-Security-Policy", self.policy)
        super().end_headers()

    def log_message(self, *_):
        """Nothing."""


@pytest.fixture
def served():
    """``served(folder)`` gives the address of the folder, on this machine alone."""
    running = []

    def served(folder, policy=""):
        kind = type("Handler", (Quiet,), {"policy": policy})
        handler = functools.partial(kind, directory=str(folder))
        running.append(ThreadingHTTPServer(("127.0.0.1", 0), handler))
        threading.Thread(target=running[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{running[-1].server_address[1]}/"

    yield served
    for server in running:
        server.shutdown()
        server.server_close()


@pytest.fixture
def opened(browser):
    """``opened(address)`` opens a page that can reach nothing but the folder it stands in."""
    contexts = []

    def opened(root, address):
        context = browser.new_context(viewport={"width": 1000, "height": 900})
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        page.outside, page.complaints = [], []

        def watch(route):
            if route.request.url.startswith((root, "data:", "blob:")):
                return route.continue_()
            page.outside.append(route.request.url)
            return route.abort()

        context.route("**/*", watch)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("console", lambda said: page.complaints.append(said.text)
                if said.type in ("error", "warning") else None)  # fmt: skip
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()


def figure_in(page, kind, name):
    """The figure's element, wherever in the page it is, once it is drawn."""
    place = page
    if kind != "div":
        frame = f'iframe[src$="{name}.html"]'
        page.locator(
            frame
        ).scroll_into_view_if_needed()  # out of view a frame of disk draws nothing
        place = page.frame_locator(frame)
    figure = place.locator(f'[data-figure="{name}"]')
    figure.scroll_into_view_if_needed()
    expect(figure).to_have_attribute("data-ready", "true", timeout=60_000)
    return figure


@pytest.mark.slow
@pytest.mark.xdist_group("hosts")
@pytest.mark.parametrize("way", ["disk", "server"])
@pytest.mark.parametrize("kind", [*EMBEDDED, "sphinx", "mkdocs"])
def test_two_figures_are_used_in_the_page_of_a_host(site, served, opened, kind, way):
    root, path = site(kind)
    start = root.as_uri() + "/" if way == "disk" else served(root)
    page = opened(start, start + path.relative_to(root).as_posix())

    walk = figure_in(page, kind, "gradient_descent")
    said = walk.locator(".vizdl-label")
    first = said.text_content()
    walk.get_by_role("slider", name="Step", exact=True).press("End")
    expect(said).not_to_have_text(first)
    last = said.text_content()
    walk.get_by_role("slider", name="learning rate").press("ArrowRight")  # the engine runs again
    expect(said).not_to_have_text(last)

    flow = figure_in(page, kind, "bptt")
    told = flow.locator(".vizdl-label")
    flow.get_by_role("slider", name="Step", exact=True).press("Home")
    before = told.text_content()
    flow.get_by_role("button", name="Play").click()
    expect(told).not_to_have_text(before)
    flow.get_by_role("button", name="Pause").click()
    expect(flow.get_by_role("button", name="Play")).to_be_visible()

    if kind == "div":  # one player for both, and one address
        expect(page).to_have_url(re.compile(r"#gradient_descent\.learning_rate=.*&bptt\.step=\d+"))
    assert page.outside == []
    assert page.complaints == []


@pytest.mark.slow
@pytest.mark.xdist_group("hosts")
@pytest.mark.parametrize("kind", ["div", "framed"])
def test_files_work_under_the_policy_that_the_documentation_names(site, served, opened, kind):
    root, path = site("div" if kind == "div" else "sphinx")
    assert POLICY in (Path(__file__).parents[2] / "docs/embed.md").read_text("utf-8")
    if kind == "framed":  # the page of Sphinx has scripts of its own within it
        (root / "framed.html").write_text(
            '<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Mine</title>'
            + host("gradient_descent", "sphinx", root / "unused").snippet.split("\n\n", 1)[1],
            "utf-8",
        )
        path = root / "framed.html"
    start = served(root, POLICY)
    page = opened(start, start + path.relative_to(root).as_posix())
    walk = figure_in(page, kind, "gradient_descent")
    said = walk.locator(".vizdl-label")
    first = said.text_content()
    walk.get_by_role("slider", name="learning rate").press("ArrowRight")
    expect(said).not_to_have_text(first)
    assert page.outside == []
    assert page.complaints == []
