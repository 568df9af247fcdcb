"""The widget: what the kernel knows, what it refuses; then in a real JupyterLab, in Chromium."""

import json
import os
import re
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import expect

import vizdl
from vizdl.experiments.base import SettingsError
from vizdl.experiments.gradient_descent import Settings

NAME = "gradient_descent"


@pytest.fixture(scope="module")
def figure():
    """The widget, to which each test does what it needs."""
    return vizdl.show(NAME, learning_rate=0.02)


def asks(figure, content):
    """A page sends something, as it arrives; what the kernel answers is given back."""
    answers = []
    figure.send = answers.append
    figure._handle_custom_msg(content, [])
    del figure.send
    return answers


def asked(step=0, by="a page", **settings):
    return {"settings": settings, "step": step, "by": by}


def test_what_is_asked_for_is_what_is_shown():
    shown = vizdl.show(NAME, learning_rate=0.03, steps=12)
    assert shown.settings == Settings(learning_rate=0.03, steps=12)
    assert repr(shown).startswith(f"vizdl.show({NAME!r}, ")
    assert shown._state["settings"]["learning_rate"] == 0.03
    with pytest.raises(SettingsError, match="learning_rate must be a number from"):
        vizdl.show(NAME, learning_rate=1e9)
    with pytest.raises(vizdl.catalog.UnknownConcept):
        vizdl.show("zzz")


def test_an_observer_gets_settings_and_the_trace_is_theirs(figure):
    heard = []
    figure.observe(heard.append, "settings")
    assert asks(figure, asked(4, learning_rate=0.004, landscape="beale")) == []
    figure.unobserve(heard.append, "settings")
    assert [change.new for change in heard] == [figure.settings]
    assert isinstance(figure.settings, Settings)
    assert (figure.settings.learning_rate, figure.settings.landscape) == (0.004, "beale")
    assert figure.step == 4
    expected = vizdl.run(NAME, **figure.settings.model_dump())
    np.testing.assert_array_equal(figure.trace.path.positions, expected.path.positions)
    assert figure.trace is figure.trace


def test_the_page_that_asked_is_not_answered_with_its_own_words(figure):
    asks(figure, asked(1, by="one", learning_rate=0.005))
    assert figure._state["by"] == "one"
    figure.change(learning_rate=0.006)
    assert figure._state["by"] == ""
    assert figure._state["settings"]["learning_rate"] == 0.006


def test_an_observer_may_have_the_last_word(figure):
    def bound(change):
        if change.new.learning_rate > 0.5:
            figure.change(learning_rate=0.5)

    figure.observe(bound, "settings")
    asks(figure, asked(by="one", learning_rate=0.9))
    figure.unobserve(bound, "settings")
    assert figure.settings.learning_rate == figure._state["settings"]["learning_rate"] == 0.5
    assert figure._state["by"] == ""  # so that the page follows


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (asked(learning_rate=9), "learning_rate must be a number from"),
        (asked(learning_rate=True), "learning_rate must be a number from"),
        (asked(learning_rate="__import__('os')"), "learning_rate must be a number from"),
        (asked(landscape="</script>"), "landscape must be one of"),
        (asked(__class__="x"), "the figure has no control '__class__'"),
        (asked(-1), "step must be a whole number from 0, got -1"),
        (asked(True), "step must be a whole number from 0, got True"),
        (asked(10**12), "step must be a whole number from 0"),
        (asked(by=3), "a page sends settings, a step and its name"),
        ({"settings": [1], "step": 0, "by": ""}, "a page sends settings, a step and its name"),
        (["settings"], "a page sends settings, a step and its name"),
        (None, "a page sends settings, a step and its name"),
    ],
)
def test_what_is_not_allowed_is_refused_and_changes_nothing(figure, content, sentence):
    before = figure.settings, figure.step, figure._state
    (answer,) = asks(figure, content)
    assert sentence in answer["refused"]
    assert (figure.settings, figure.step, figure._state) == before


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=9),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=9), part),
    max_leaves=5,
)


@given(name=st.sampled_from(sorted(Settings.model_fields)), value=JSON, step=JSON)
def test_whatever_a_page_sends_the_settings_stay_allowed(figure, name, value, step):
    answers = asks(figure, asked(step, **{name: value}))
    assert answers == [] or list(answers[0]) == ["refused"]
    assert Settings.parse(figure.settings.model_dump()) == figure.settings
    assert type(figure.step) is int
    json.dumps(figure._state, allow_nan=False)


def test_settings_are_assigned_only_if_they_are_those_of_the_concept(figure):
    before = figure.settings
    with pytest.raises(SettingsError, match=f"settings must be the Settings of {NAME}"):
        figure.settings = vizdl.catalog.load("vizdl.experiments.bptt").Settings()
    with pytest.raises(SettingsError, match="learning_rate must be a number from"):
        figure.settings = before.model_copy(update={"learning_rate": 77.0})
    with pytest.raises(SettingsError, match="unknown setting 'bogus'"):
        figure.change(bogus=1)
    assert figure.settings == before


def test_without_the_extra_it_says_what_to_install():
    code = (
        "import sys; sys.modules['anywidget'] = None\n"
        "import vizdl\n"
        "try:\n    vizdl.show('bptt')\nexcept ImportError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'vizdl[notebook]'" in done.stdout


# In JupyterLab

CELLS = (
    'import vizdl\nfigure = vizdl.show("gradient_descent", learning_rate=0.02)\nheard = []\n'
    'figure.observe(lambda change: heard.append(change.new), "settings")\nfigure',
    "print('rate', figure.settings.learning_rate, 'of', len(heard), figure.settings == heard[-1])\n"
    "print('step', figure.step, 'loss', float(figure.trace.path.losses[figure.step]))",
    "figure.change(learning_rate=0.05, landscape='bowl')\nprint('changed')",
    'vizdl.show("bptt")',
)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The address of a notebook in a JupyterLab of its own, with its own folders and token."""
    root = tmp_path_factory.mktemp("lab")
    (root / "work").mkdir()
    cells = [
        {"cell_type": "code", "id": f"cell{k}", "metadata": {}, "outputs": [], "source": source,
         "execution_count": None}
        for k, source in enumerate(CELLS)
    ]  # fmt: skip
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4,
                "nbformat_minor": 5}  # fmt: skip
    (root / "work/figure.ipynb").write_text(json.dumps(notebook), "utf-8")
    quiet = root / "settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings"
    quiet.parent.mkdir(parents=True)
    quiet.write_text('{"fetchNews": "false"}')  # it would ask whether it may
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    folders = {"HOME": "home", "JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data",
               "JUPYTER_RUNTIME_DIR": "runtime", "IPYTHONDIR": "ipython"}  # fmt: skip
    environment = {name: str(root / folder) for name, folder in folders.items()}
    environment |= {"JUPYTER_TOKEN": token, "JUPYTERLAB_SETTINGS_DIR": str(root / "settings"),
                    "JUPYTERLAB_WORKSPACES_DIR": str(root / "workspaces")}  # fmt: skip
    with (root / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root",
             "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
             f"--ServerApp.root_dir={root / 'work'}", "--LabApp.news_url=None",
             "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
             "--LabApp.extension_manager=readonly"],
            env=os.environ | environment, stdout=log, stderr=log, cwd=root,
        )  # fmt: skip
    try:
        answering(f"http://127.0.0.1:{port}/api", server, root / "log")
        yield f"http://127.0.0.1:{port}/lab/tree/figure.ipynb?token={token}"
    finally:
        server.terminate()
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait(10)


def answering(address, server, log):
    """Wait until the server answers, a minute and a half at most."""
    for _ in range(180):
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise AssertionError(log.read_text("utf-8"))


@pytest.fixture
def notebook(browser, lab):
    """The notebook, open, in a browser that reaches this machine alone."""
    context = browser.new_context(viewport={"width": 1200, "height": 1400})
    context.set_default_timeout(90_000)
    expect.set_options(timeout=60_000)  # a kernel starts and imports
    page = context.new_page()
    page.outside, page.complaints = [], []
    home = lab.split("/lab/")[0]

    def watch(route):
        if route.request.url.startswith((home, "data:", "blob:")):
            return route.continue_()
        page.outside.append(route.request.url)
        return route.abort()

    context.route("**/*", watch)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(lab)
    page.locator(".jp-CodeCell").nth(len(CELLS) - 1).wait_for(state="attached")
    page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').wait_for()
    yield page
    expect.set_options(timeout=5_000)
    context.close()


def run_cell(page, k):
    """Run a cell as a user does, again if it was too soon for the kernel; its output area."""
    cell = page.locator(".jp-CodeCell").nth(k)
    prompt = cell.locator(".jp-InputPrompt").first
    for last in (False, True):
        cell.locator(".cm-content").click()
        page.keyboard.press("Control+Enter")
        try:
            expect(prompt).to_have_text(re.compile(r"\[\d+\]"), timeout=45_000)
            break
        except AssertionError:
            if last:
                raise
    return cell.locator(".jp-Cell-outputArea")


def slid(figure, name, key):
    """A key pressed on a slider."""
    figure.get_by_role("slider", name=name, exact=True).press(key)


@pytest.mark.slow
@pytest.mark.xdist_group("notebook")
def test_a_change_in_the_page_arrives_in_the_kernel_and_back(notebook):
    figure = run_cell(notebook, 0).locator(".vizdl-figure")
    expect(figure).to_have_attribute("data-ready", "true")
    expect(figure).to_have_attribute("data-theme", "light")
    rate = figure.get_by_role("spinbutton", name="learning rate", exact=True)
    expect(rate).to_have_value("0.02")
    said = figure.locator(".vizdl-label")
    slid(figure, "learning rate", "ArrowLeft")
    slid(figure, "Step", "Home")
    for _ in range(3):
        slid(figure, "Step", "ArrowRight")
    expect(said).to_contain_text("Step 3")
    asked_for = float(rate.input_value())
    assert asked_for < 0.02
    notebook.wait_for_timeout(500)  # more than a message waits

    printed = run_cell(notebook, 1)
    expect(printed).to_contain_text(re.compile(r"rate \S+ of [1-9]\d* True\s+step 3 loss"))
    rate_there, step, loss = re.search(
        r"rate (\S+) of .*\sstep (\d+) loss (\S+)", printed.inner_text(), re.DOTALL
    ).groups()
    assert float(rate_there) == asked_for
    settings = Settings(learning_rate=asked_for)
    assert float(loss) == vizdl.run(NAME, **settings.model_dump()).path.losses[int(step)]

    expect(run_cell(notebook, 2)).to_contain_text("changed")
    expect(rate).to_have_value("0.05")
    expect(figure.get_by_role("combobox", name="landscape")).to_have_value("bowl")

    other = run_cell(notebook, 3).locator(".vizdl-figure")
    expect(other).to_have_attribute("data-ready", "true")
    before = other.locator(".vizdl-label").text_content()
    other.get_by_role("button", name="Play").click()
    expect(other.locator(".vizdl-label")).not_to_have_text(before)
    expect(rate).to_have_value("0.05")  # figures do not meddle

    assert "#" not in notebook.url  # the address is the notebook's own
    assert notebook.outside == []
    assert notebook.complaints == []
