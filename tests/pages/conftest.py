"""The whole site, built once, and pages of it as a reader opens them: from disk."""

import pytest

from vizdl import catalog
from vizdl.gallery.build import build


@pytest.fixture(scope="session")
def site(tmp_path_factory, make_film):
    """The gallery of every concept, with films that take no time to draw."""
    videos = tmp_path_factory.mktemp("videos")
    for item in catalog.concepts():
        make_film(videos, item.name)
    return build(tmp_path_factory.mktemp("built") / "site", videos=videos).out


class Reader:
    """One page in Chromium, and everything it asked for or complained about."""

    def __init__(self, page):
        self.page, self.requests, self.complaints = page, [], []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _listen(self, message):
        self.complaints.append(f"{message.type}: {message.text}")

    @property
    def outside(self):
        """What was asked of anything but the disk."""
        return [url for url in self.requests if not url.startswith(("file:", "data:", "blob:"))]

    def ready(self):
        """Scroll to the figure and wait until it can be used."""
        self.page.locator(".vizdl-figure").scroll_into_view_if_needed()
        self.page.locator(".vizdl-figure[data-ready]").wait_for()
        return self


@pytest.fixture
def open_page(browser, site):
    """``open_page("index", width, theme)``: a `Reader` of that page."""
    contexts = []

    def open_page(name, width=1280, theme="light", **options):
        height = 900 if width > 600 else 740
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, **options
        )
        context.set_default_timeout(60_000)
        contexts.append(context)
        reader = Reader(context.new_page())
        reader.page.goto((site / f"{name}.html").as_uri())
        return reader

    yield open_page
    for context in contexts:
        context.close()
