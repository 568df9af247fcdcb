"""The whole site, built once, and pages of it as a reader opens them: from disk."""

from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from vizdl import catalog
from vizdl.gallery import embed
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


# The page of one concept, for the test of its live figure


class OnePage:
    """A page whose figure is ready, and what it complained of or asked of elsewhere."""

    def __init__(self, page):
        self.page, self.complaints = page, []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._listen)

    def _listen(self, asked):
        if not asked.url.startswith(("file:", "data:", "blob:")):
            self.complaints.append(asked.url)

    def says(self, sentence):
        """Wait until the figure says so."""
        expect(self.page.locator(".vizdl-label").first).to_have_text(sentence)

    def control(self, name):
        return self.page.get_by_label(name, exact=True).first

    def slide(self, name, key, times=1):
        """Press a key on the slider of that name, so and so often."""
        slider = self.page.get_by_role("slider", name=name, exact=True).first
        for _ in range(times):
            slider.press(key)

    def values(self, name):
        """An array of the flow, as the page has it now."""
        return self.page.evaluate(
            "name => Array.from(document.querySelector('.vizdl-figure').vizdlPlayer.film.flow"
            ".values[name].data)",
            name,
        )

    def place(self, trace, x, y):
        """Where the numbers x and y of a trace's axes lie, in pixels of the window."""
        return self.page.evaluate(
            """([trace, x, y]) => {
              const player = document.querySelector('.vizdl-figure').vizdlPlayer;
              const box = player.plot.getBoundingClientRect(), axes = player.film.axes(trace);
              return [box.x + axes.x._offset + axes.x.c2p(x),
                      box.y + axes.y._offset + axes.y.c2p(y)]; }""",
            [trace, x, y],
        )


@pytest.fixture
def open_one(browser, tmp_path_factory):
    """``open_one("bptt", state, width, theme)``: the page of that concept alone, a `OnePage`."""
    expect.set_options(timeout=30_000)  # a busy machine takes its time
    made = []

    def open_one(name, state="", width=1280, theme="light"):
        folder = tmp_path_factory.getbasetemp() / f"page-{name}"
        if not folder.exists():
            build(folder, names=[name])
        context = browser.new_context(
            viewport={"width": width, "height": 1000}, color_scheme=theme, has_touch=True
        )
        context.set_default_timeout(60_000)
        one = OnePage(context.new_page())
        made.append((context, one))
        one.page.goto((folder / f"{name}.html").as_uri() + state)
        one.page.locator(".vizdl-figure").scroll_into_view_if_needed()
        one.page.locator(".vizdl-figure[data-ready]").wait_for()
        one.page.locator(".vizdl-plot").evaluate(
            "plot => plot.scrollIntoView({block: 'center', behavior: 'instant'})"
        )
        return one

    yield open_one
    for context, one in made:
        assert one.complaints == []
        context.close()


# A concept's figure as one file, for the tests of what is particular to it


@pytest.fixture(scope="session")
def figure_alone(browser, tmp_path_factory):
    """``with figure_alone("bptt", width=360, has_touch=True) as page``: its figure, and ready."""

    @contextmanager
    def figure_alone(name, width=1280, **options):
        made = embed.embed(name, "file", tmp_path_factory.mktemp(name))
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        context.set_default_timeout(60_000)
        page, complaints = context.new_page(), []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(made.files[0].as_uri())
        page.locator(".vizdl-figure[data-ready]").first.wait_for()
        yield page
        assert complaints == []
        context.close()

    return figure_alone
