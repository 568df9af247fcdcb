"""A live figure in Chromium, used as a hand would use it; its numbers are those of Python."""

import functools
import http.server
import json
import threading

import numpy as np
import pytest
from playwright.sync_api import expect

import vizdl
from vizdl.experiments import gradient_descent as experiment
from vizdl.gallery import embed
from vizdl.gallery.build import build

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("live")]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; media-src 'self' data:"
)
NAME = "gradient_descent"
expect.set_options(timeout=30_000)  # a busy machine takes its time
SHIFTS = """() => { window.shifts = 0;
  new PerformanceObserver(list => list.getEntries().forEach(e => { window.shifts += e.value; }))
    .observe({type: "layout-shift", buffered: true}); }"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Files under the strict policy, without a word."""

    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture(scope="session")
def address(tmp_path_factory):
    """The gallery of one concept, and a page with its figure twice and another, served strictly."""
    folder = tmp_path_factory.mktemp("live") / "site"
    build(folder, names=[NAME])
    div = embed.embed(NAME, "div", folder / "div")
    minibatch = embed.embed("minibatch", "div", folder / "div")
    plain = [made.snippet.partition("\n")[2].rpartition("\n")[0] for made in (div, div, minibatch)]
    (folder / "div" / "many.html").write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Many</title>'
        '<link rel="icon" href="data:,">'
        '<link rel="stylesheet" href="vizdl-player.css"></head>'
        f"<body>{''.join(plain)}<script src='vizdl-player.js'></script></body></html>",
        "utf-8",
    )
    handler = functools.partial(Quiet, directory=folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


class Reader:
    """A page, all that it asked for or complained about, and the figure's parts."""

    def __init__(self, context, address):
        self.page, self.outside, self.complaints = context.new_page(), [], []
        self.page.on("request", lambda r: self.outside.append(r.url))
        self.page.on("console", lambda m: self.complaints.append(m.text))
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))
        self.address = address

    def open(self, path=f"{NAME}.html", state=""):
        self.page.goto(f"{self.address}{path}{state}")
        figure = self.page.locator(".vizdl-figure").first
        figure.scroll_into_view_if_needed()
        self.page.locator(".vizdl-figure[data-ready]").first.wait_for()
        return self

    def go(self, state):
        self.page.evaluate("state => { location.hash = state; }", state)

    @property
    def label(self):
        return self.page.locator(".vizdl-label").first

    @property
    def handle(self):
        return self.page.locator(".vizdl-handle").first

    @property
    def step(self):
        return self.page.get_by_role("slider", name="Step", exact=True).first

    def control(self, name):
        return self.page.get_by_label(name, exact=True).first

    def says(self, step=0, **settings):
        expect(self.label).to_have_text(told(step, **settings))

    def state(self, wanted):
        """Wait until the address says so."""
        self.page.wait_for_function("wanted => location.hash === wanted", arg=wanted)


@functools.cache
def figure_of(**settings):
    return vizdl.figure(NAME, **settings)


def told(step, **settings):
    """What Python's figure says at that step."""
    return figure_of(**settings).layout.meta["labels"][step]


@pytest.fixture
def reader(browser, address):
    """``reader(width, …)``: a `Reader`; in the end nothing failed or was asked of elsewhere."""
    made = []

    def reader(width=1280, **options):
        context = browser.new_context(
            viewport={"width": width, "height": 900 if width > 600 else 740}, **options
        )
        context.set_default_timeout(60_000)
        made.append((context, Reader(context, address)))
        return made[-1][1]

    yield reader
    for context, one in made:
        assert one.complaints == []
        assert [url for url in one.outside if not url.startswith((address, "data:"))] == []
        context.close()


def middle(box):
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


# Dragging


def test_the_path_follows_the_mouse(reader):
    one = reader().open()
    x, y = middle(one.handle.bounding_box())
    one.page.mouse.move(x + 3, y - 2)
    one.page.mouse.down()
    for dx, dy in ((40, -20), (90, -60), (150, 30), (-60, 120)):
        one.page.mouse.move(x + 3 + dx, y - 2 + dy, steps=4)
        one.page.wait_for_timeout(50)
        at = middle(one.handle.bounding_box())
        assert abs(at[0] - (x + dx)) <= 1
        assert abs(at[1] - (y + dy)) <= 1
        fields = one.page.locator(".vizdl-entry input[type=number]")
        start_x, start_y = (float(field.input_value()) for field in fields.all()[-2:])
        one.says(start_x=start_x, start_y=start_y)
        found = one.page.evaluate(
            "Array.from(document.querySelector('.vizdl-figure').vizdlPlayer.film.flow"
            ".values['path.w'].data.subarray(0, 42))"
        )
        path = vizdl.run(NAME, start_x=start_x, start_y=start_y).path
        np.testing.assert_allclose(np.reshape(found, (21, 2)), path.positions, rtol=1e-12)
    one.page.mouse.up()
    one.state(f"#start_x={start_x:g}&start_y={start_y:g}")


def test_a_finger_drags_the_start_and_elsewhere_scrolls(reader):
    one = reader(360, has_touch=True, is_mobile=True).open()
    one.handle.scroll_into_view_if_needed()
    touch = one.page.context.new_cdp_session(one.page)

    def swipe(x, y, dx, dy):
        def send(kind, points):
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        send("touchStart", [{"x": x, "y": y}])
        for k in range(1, 9):
            send("touchMove", [{"x": x + dx * k / 8, "y": y + dy * k / 8}])
            one.page.wait_for_timeout(20)
        send("touchEnd", [])
        one.page.wait_for_timeout(100)

    x, y = middle(one.handle.bounding_box())
    before = one.page.evaluate("scrollY")
    swipe(x, y, 30, 40)
    at = middle(one.handle.bounding_box())
    assert one.page.evaluate("scrollY") == before
    assert abs(at[0] - x - 30) <= 1.5
    assert abs(at[1] - y - 40) <= 1.5
    assert told(0) != one.label.text_content()
    swipe(x - 60, y + 20, 0, -150)  # on the map, beside the handle
    one.page.wait_for_function("before => scrollY > before + 50", arg=before)


def test_arrow_keys_move_the_start(reader):
    one = reader().open()
    one.handle.focus()
    one.page.keyboard.press("ArrowRight")
    one.page.keyboard.press("ArrowUp")
    one.page.keyboard.press("Shift+ArrowLeft")
    one.says(start_x=0.44, start_y=0.61)
    one.state("#start_x=0.44&start_y=0.61")
    assert one.handle.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"


def test_the_start_stays_on_the_map(reader):
    one = reader().open()
    x, y = middle(one.handle.bounding_box())
    one.page.mouse.move(x, y)
    one.page.mouse.down()
    one.page.mouse.move(x - 2000, y + 2000, steps=3)
    one.page.mouse.up()
    one.says(start_x=0, start_y=0)


# Controls


def test_every_control_by_keyboard(reader):
    one = reader().open()
    keys = one.page.keyboard
    one.page.get_by_role("button", name="Step back").focus()
    reached = []
    for _ in range(14):
        keys.press("Tab")
        reached.append(
            one.page.evaluate("""(e => e.getAttribute("aria-label") || e.textContent ||
            (e.labels && e.labels[0].textContent))(document.activeElement)""")
        )
    assert reached[:4] == ["Play", "Step forward", "Step", "Speed"]
    start_x, start_y = "start, from left to right", "start, from bottom to top"
    assert reached[5:] == [
        "learning rate", "learning rate", "steps", "steps", start_x, start_x, start_y, start_y,
        "Reset",
    ]  # fmt: skip
    one.control("landscape").select_option("bowl")
    one.says(landscape="bowl")
    one.page.get_by_role("slider", name="learning rate").press("ArrowRight")
    rate = float(one.page.get_by_role("spinbutton", name="learning rate").input_value())
    assert 0.01 < rate < 0.0105
    one.says(landscape="bowl", learning_rate=rate)
    one.page.get_by_role("slider", name="steps", exact=True).press("End")
    one.step.press("End")
    one.says(200, landscape="bowl", learning_rate=rate, steps=200)
    one.page.get_by_role("slider", name=start_y).press("Home")
    one.says(200, landscape="bowl", learning_rate=rate, steps=200, start_y=0)
    one.page.get_by_role("button", name="Reset").press("Enter")
    one.says()
    one.state("")


def test_a_typed_number_is_taken_or_refused(reader):
    one = reader().open()
    field = one.page.get_by_role("spinbutton", name="learning rate")
    refusal = one.page.locator(".vizdl-refusal").first
    for text in ("7", "0", "-1", "1e400"):
        field.fill(text)
        field.press("Enter")
        expect(refusal).to_have_text("learning rate must be a number from 0.0001 to 1")
        expect(field).to_have_value("0.01")
        assert field.get_attribute("aria-invalid") == "true"
    field.fill("0.0123")
    field.press("Enter")
    one.says(learning_rate=0.0123)
    expect(refusal).to_have_text("")
    steps = one.page.get_by_role("spinbutton", name="steps")
    steps.fill("2.5")
    steps.press("Enter")
    expect(one.page.locator(".vizdl-refusal").nth(1)).to_have_text(
        "steps must be a whole number from 1 to 200"
    )


def test_stepping_playing_and_scrubbing(reader):
    one = reader().open()
    one.page.get_by_role("button", name="Step forward").click()
    one.says(1)
    one.page.get_by_role("button", name="Step back").click()
    one.says(0)
    one.page.get_by_role("combobox", name="Speed").select_option("4")
    one.page.get_by_role("button", name="Play", exact=True).click()
    expect(one.step).to_have_value("20")
    one.page.get_by_role("button", name="Play", exact=True).wait_for()
    one.says(20)
    one.step.fill("7")
    one.says(7)
    expect(one.page.locator(".vizdl-spoken")).to_have_text(told(7))
    box = one.step.bounding_box()
    one.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    one.says(10)
    assert one.step.get_attribute("aria-valuetext") == told(10)


def test_a_click_on_a_dot_leads_to_its_step_and_pointing_explains_it(reader):
    one = reader().open()
    place = one.page.evaluate(
        """() => { const player = document.querySelector('.vizdl-figure').vizdlPlayer;
        const box = player.plot.getBoundingClientRect(), axes = player.film.axes(29);
        const shown = player.film.points(29);
        return [box.x + axes.x._offset + axes.x.c2p(shown.x[15]),
                box.y + axes.y._offset + axes.y.c2p(shown.y[15])]; }"""
    )
    one.page.mouse.move(*place)
    one.page.mouse.move(place[0] + 1, place[1])
    told_of = one.page.locator(".hoverlayer")
    expect(told_of).to_contain_text("step 15")
    story = next(t for t in figure_of().data if t.name == "run").text[15]
    for line in story.replace("<b>", "").replace("</b>", "").split("<br>"):
        expect(told_of).to_contain_text(line)
    one.page.mouse.click(*place)
    one.says(15)


def test_what_is_pointed_at_is_explained_with_the_present_numbers(reader):
    one = reader().open(state="#learning_rate=0.003")
    one.page.get_by_role("slider", name="learning rate").press("ArrowRight")
    one.page.wait_for_timeout(400)
    rate = float(one.page.get_by_role("spinbutton", name="learning rate").input_value())
    x, y = middle(one.handle.bounding_box())
    one.page.mouse.move(x, y + 60)
    one.page.mouse.move(x + 40, y + 60)
    run = next(t for t in figure_of(learning_rate=rate).data if t.name == "run")
    words = one.page.evaluate("document.querySelector('.vizdl-plot')._fullData[28].text")
    assert list(words) == list(run.text)


def test_the_map_changes_with_the_landscape(reader):
    one = reader().open()
    bands = "[...document.querySelectorAll('.vizdl-plot .js-fill')].slice(0, 14)"
    drawn = f"{bands}.map(e => e.getAttribute('d')).join()"
    seen = {one.page.evaluate(drawn)}
    for name in experiment.NAMES[1:]:
        one.control("landscape").select_option(name)
        one.says(landscape=name)
        seen.add(one.page.evaluate(drawn))
        figure = figure_of(landscape=name)
        layout = one.page.evaluate(
            """() => { const l = document.querySelector('.vizdl-plot')._fullLayout;
            return [l.xaxis.range, l.yaxis.range, l.yaxis2.range, l.yaxis2.type]; }"""
        )
        for found, axis in zip(layout[:3], ("xaxis", "yaxis", "yaxis2"), strict=True):
            np.testing.assert_allclose(found, figure.layout[axis].range, rtol=1e-9)
        assert layout[3] == figure.layout.yaxis2.type
        texts = one.page.evaluate(
            "document.querySelector('.vizdl-plot')._fullData.map(t => t.text)"
        )
        assert texts[:14] == [trace.text for trace in figure.data[:14]]
    assert len(seen) == 6


# The numbers


def some_settings(count):
    random = np.random.default_rng(4)
    for k in range(count):
        yield {
            "landscape": experiment.NAMES[k % 6],
            "learning_rate": round(float(10 ** random.uniform(-4, 0)), 6),
            "steps": int(random.integers(1, 201)),
            "start_x": round(float(random.uniform(0, 1)), 3),
            "start_y": round(float(random.uniform(0, 1)), 3),
        }


def test_the_numbers_are_those_of_python(reader):
    one = reader().open()
    one.page.locator(".vizdl-numbers summary").click()
    cells = one.page.locator(".vizdl-numbers td")
    for chosen in some_settings(24):
        labels = figure_of(**chosen).layout.meta["labels"]
        path = vizdl.run(NAME, **chosen).path
        for step in sorted({0, len(labels) // 2, len(labels) - 1}):
            one.go("&".join(f"{k}={v}" for k, v in chosen.items()) + f"&step={step}")
            expect(one.label).to_have_text(labels[step])
            (w1, w2), loss = path.positions[step], path.losses[step]
            assert cells.all_text_contents()[:4] == [
                str(step), *(experiment.number(float(x), 6) for x in (w1, w2, loss))
            ]  # fmt: skip
        assert one.step.get_attribute("max") == str(max(1, len(labels) - 1))


# The address


def test_the_state_is_restored(reader):
    one = reader().open()
    one.control("landscape").select_option("beale")
    one.page.get_by_role("spinbutton", name="learning rate").fill("0.0042")
    one.page.get_by_role("spinbutton", name="learning rate").press("Enter")
    one.step.fill("13")
    one.says(13, landscape="beale", learning_rate=0.0042)
    one.state("#landscape=beale&learning_rate=0.0042&step=13")
    one.page.reload()
    expect(one.control("landscape")).to_have_value("beale")  # before the figure is there
    one.page.locator(".vizdl-figure").scroll_into_view_if_needed()
    one.says(13, landscape="beale", learning_rate=0.0042)
    expect(one.step).to_have_value("13")


def test_links_in_the_prose_set_the_figure_and_scroll_nowhere(reader):
    one = reader().open()
    one.step.fill("5")
    one.says(5)
    link = one.page.get_by_role("link", name="a learning rate three times as large")
    link.scroll_into_view_if_needed()
    before = one.page.evaluate("scrollY")
    link.click()
    one.says(20, learning_rate=0.03)
    assert one.page.evaluate("scrollY") == before
    expect(one.page.get_by_role("spinbutton", name="learning rate")).to_have_value("0.03")
    one.page.get_by_role("link", name="Exactly on a saddle").press("Enter")
    one.says(0, landscape="saddle", start_x=0.5, start_y=0.5, learning_rate=0.3)
    one.page.go_back()
    one.says(20, learning_rate=0.03)
    one.page.get_by_role("link", name="The mathematics").first.click()  # a section is no state
    one.page.wait_for_timeout(300)
    one.says(20, learning_rate=0.03)


HOSTILE = [
    "#learning_rate=9",
    "#learning_rate=-0.1&steps=2.5&start_x=NaN&start_y=Infinity",
    "#learning_rate=0x1&steps=1e1000&start_x=&start_y=0.5;alert(1)",
    "#landscape=mlp_slice&landscape=constructor&landscape=%3Cimg%20src=x%20onerror=alert(1)%3E",
    "#__proto__=1&constructor=2&toString=3&hasOwnProperty=4&__proto__.polluted=1",
    "#step=-1&step=1e9999&step=%00",
    "#%E0%A4%A=1&=&&&=x&a",
    "#<script>alert(1)</script>=<script>alert(1)</script>",
    "#gradient_descent.learning_rate=7&other.learning_rate=0.5&learning_rate.0=0.5",
    "#" + "x=1&" * 20000,
]


@pytest.mark.parametrize("state", HOSTILE)
def test_hostile_addresses_change_nothing(reader, state):
    one = reader()
    one.page.on("dialog", lambda dialog: one.complaints.append("a dialog"))
    one.open(state=state)
    one.says()
    assert one.page.evaluate("[{}.polluted, Object.keys(Object.prototype).length]") == [None, 0]
    expect(one.control("landscape")).to_have_value("himmelblau")
    for name in ("learning rate", "steps"):
        expect(one.page.get_by_role("spinbutton", name=name)).to_have_attribute(
            "min", "0.0001" if name == "learning rate" else "1"
        )
    one.page.get_by_role("button", name="Step forward").click()
    one.says(1)
    one.state("#step=1")
    one.go(state[1:3000])
    one.page.wait_for_timeout(200)
    assert one.page.locator(".vizdl-figure img:not(.vizdl-still)").count() == 0
    assert one.page.locator(".vizdl-figure script").count() == 0


def test_a_step_that_is_too_far_is_the_last_one(reader):
    one = reader().open(state="#landscape=rosenbrock&step=150")
    labels = figure_of(landscape="rosenbrock").layout.meta["labels"]
    one.says(len(labels) - 1, landscape="rosenbrock")
    assert "diverged" in one.label.text_content()


def test_several_figures_on_a_page_keep_their_own_state(reader):
    one = reader().open("div/many.html", f"#{NAME}.learning_rate=0.02&{NAME}~2.step=4")
    figures = one.page.locator(".vizdl-figure")
    for k in range(3):
        figures.nth(k).scroll_into_view_if_needed()
        figures.nth(k).and_(one.page.locator("[data-ready]")).wait_for()
    labels = one.page.locator(".vizdl-label")
    expect(labels.nth(0)).to_have_text(told(0, learning_rate=0.02))
    expect(labels.nth(1)).to_have_text(told(4))
    figures.nth(1).get_by_role("button", name="Step forward").click()
    figures.nth(2).get_by_role("button", name="Step forward").click()
    one.page.wait_for_function("() => location.hash.includes('minibatch.step=')")
    hash = one.page.evaluate("location.hash")
    assert hash.startswith(f"#{NAME}.learning_rate=0.02&{NAME}~2.step=5&minibatch.step=")
    expect(labels.nth(0)).to_have_text(told(0, learning_rate=0.02))
    figures.nth(0).get_by_role("button", name="Reset").click()
    expect(labels.nth(0)).to_have_text(told(0))
    expect(labels.nth(1)).to_have_text(told(5))


# Everyone


def test_at_360_pixels_everything_fits(reader):
    one = reader(360, has_touch=True, is_mobile=True).open()
    one.page.locator(".vizdl-numbers summary").tap()
    assert one.page.evaluate("document.documentElement.scrollWidth") <= 360
    for part in one.page.locator(
        ".vizdl-figure button, .vizdl-figure select, .vizdl-figure summary, "
        ".vizdl-figure input[type=range]"
    ).all():
        box = part.bounding_box()
        assert box["height"] >= 43.9, part
        assert box["width"] >= 43.9, part
        assert 0 <= box["x"] <= box["x"] + box["width"] <= 360
    one.control("landscape").select_option("ravine")
    one.says(landscape="ravine")


def test_nothing_jumps_while_it_loads(reader):
    for width, place in ((1280, "#try"), (360, "#try"), (1280, "#learning_rate=0.02")):
        one = reader(width)
        one.page.add_init_script(f"({SHIFTS})()")
        one.page.goto(f"{one.address}{NAME}.html{place}")
        height = one.page.evaluate("document.documentElement.scrollHeight")
        one.page.locator(".vizdl-figure").scroll_into_view_if_needed()
        one.page.locator(".vizdl-figure[data-ready]").wait_for()
        one.page.wait_for_timeout(400)
        one.page.get_by_role("button", name="Step forward").click()
        one.says(1, **({"learning_rate": 0.02} if "rate" in place else {}))
        assert one.page.evaluate("document.documentElement.scrollHeight") == height
        assert one.page.evaluate("window.shifts") == 0


def test_reduced_motion_is_respected(reader):
    one = reader(reduced_motion="reduce").open()
    moving = one.page.evaluate(
        """() => [...document.querySelectorAll('.vizdl-figure, .vizdl-figure *')].filter(e => {
        const s = getComputedStyle(e);
        return parseFloat(s.transitionDuration) > 0 && s.transitionProperty !== 'none'
            || s.animationName !== 'none'; }).length"""
    )
    assert moving == 0
    one.page.wait_for_timeout(500)
    one.says(0)  # nothing plays by itself
    one.page.get_by_role("button", name="Play", exact=True).click()
    expect(one.step).not_to_have_value("0")


def test_what_is_heard_waits_for_a_rest(reader):
    one = reader().open()
    spoken = one.page.locator(".vizdl-spoken")
    assert spoken.get_attribute("role") == "status"
    assert not one.label.get_attribute("aria-live")
    x, y = middle(one.handle.bounding_box())
    one.page.mouse.move(x, y)
    one.page.mouse.down()
    one.page.mouse.move(x + 60, y, steps=5)
    one.page.wait_for_timeout(60)
    assert spoken.text_content() != one.label.text_content()
    one.page.wait_for_timeout(500)
    assert spoken.text_content() == one.label.text_content() != told(0)
    one.page.mouse.up()


def test_the_theme_changes_the_live_colours_too(reader):
    one = reader(color_scheme="light").open(state="#landscape=saddle&learning_rate=0.1&step=3")
    line = "document.querySelector('.vizdl-plot')._fullData.slice(15, 27).map(t => t.line.color)"
    before = one.page.evaluate(line)
    one.page.get_by_role("button", name="Dark theme").click()
    one.page.wait_for_timeout(300)
    dark = vizdl.figure(NAME, theme="dark", landscape="saddle", learning_rate=0.1)
    assert one.page.evaluate(line) == [trace.line.color for trace in dark.data[15:27]] != before
    one.says(3, landscape="saddle", learning_rate=0.1)
    one.page.get_by_role("button", name="Step forward").click()
    one.says(4, landscape="saddle", learning_rate=0.1)


@pytest.mark.parametrize("kind", ["file", "iframe", "div"])
def test_embedded_it_is_live_as_well(browser, tmp_path, kind):
    made = embed.embed(NAME, kind, tmp_path, learning_rate=0.02)
    target = made.files[0]
    if kind != "file":
        target = tmp_path / "host.html"
        target.write_text(f"<!doctype html><title>Host</title>{made.snippet}", "utf-8")
    context = browser.new_context(viewport={"width": 1000, "height": 900})
    page = context.new_page()
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(target.as_uri())
    frame = page.frames[-1] if kind == "iframe" else page
    frame.wait_for_selector("[data-ready]")
    label = frame.locator(".vizdl-label")
    expect(label).to_have_text(told(0, learning_rate=0.02))
    frame.get_by_label("landscape").select_option("bowl")
    expect(label).to_have_text(told(0, learning_rate=0.02, landscape="bowl"))
    frame.get_by_role("button", name="Reset").click()
    expect(label).to_have_text(told(0, learning_rate=0.02))
    assert json.dumps(problems) == "[]"
    context.close()
