"""Programs and figures as a page runs them: in Node.js, and on a page of their own in Chromium."""

import base64
import html
import json
import shutil
import subprocess
import threading

import numpy as np
import pytest

from vizdl import live
from vizdl.gallery import embed
from vizdl.live import emit, trees
from vizdl.live.program import Run
from vizdl.live.record import record

HARNESS = """
var lines = require("readline").createInterface({ input: process.stdin });
function coded(array) {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("base64");
}
function numbers(text) {
  var bytes = Buffer.from(text, "base64");
  return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}
function all(named) {
  return Object.fromEntries(Object.keys(named).map(function (k) { return [k, coded(named[k])]; }));
}
var programs = {};
lines.on("line", function (line) {
  var job = JSON.parse(line);
  var answer;
  try {
    if (job.code) {
      answer = { value: (0, eval)(job.code) };
    } else {
      if (!programs[job.program]) programs[job.program] = (0, eval)("(" + job.program + ")");
      var runner = vizdlRuntime.runner(programs[job.program], job.steps);
      Object.keys(job.given).forEach(function (name) {
        [runner.inputs, runner.start, runner.rows].forEach(function (named) {
          if (named[name]) named[name].set(numbers(job.given[name]));
        });
      });
      runner.run(job.steps);
      answer = { steps: runner.steps, states: all(runner.states), outputs: all(runner.outputs) };
    }
  } catch (error) {
    answer = { error: String(error && error.stack) };
  }
  process.stdout.write(JSON.stringify(answer) + "\\n");
});
"""


class Node:
    """Programs and expressions in one process of Node.js."""

    def __init__(self):
        self._process = subprocess.Popen(
            ["node", "-e", emit.runtime() + HARNESS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._lock = threading.Lock()

    def value(self, code):
        """What a JavaScript expression gives, through JSON."""
        return self._ask({"code": code})["value"]

    def run(self, program, steps=1, **given):
        """What `program.run` gives, computed by the emitted program."""
        arrays = {
            leaf: np.asarray(value, dtype="<f8")
            for name, tree in given.items()
            for leaf, value in trees.leaves(name, tree)
        }
        rows = [len(arrays.get(name, slot.default)) for name, slot in program.sequences.items()]
        steps = min(rows) if rows else steps
        job = {"program": program.js(), "steps": steps}
        job["given"] = {k: base64.b64encode(a.tobytes()).decode() for k, a in arrays.items()}
        answer = self._ask(job)
        done = answer["steps"]
        states, outputs = (
            {
                name: np.frombuffer(base64.b64decode(text)).reshape(-1, *program.shapes[name])
                if np.prod(program.shapes[name])
                else np.zeros((0, *program.shapes[name]))
                for name, text in answer[kind].items()
            }
            for kind in ("states", "outputs")
        )
        return Run(
            done,
            {name: rows[: done + 1] for name, rows in states.items()},
            {name: rows[:done] for name, rows in outputs.items()},
        )

    def _ask(self, job):
        with self._lock:
            self._process.stdin.write(json.dumps(job) + "\n")
            self._process.stdin.flush()
            answer = json.loads(self._process.stdout.readline())
        assert "error" not in answer, answer["error"]
        return answer

    def close(self):
        self._process.stdin.close()
        self._process.wait(10)


@pytest.fixture(scope="session")
def node():
    """Node.js, which the Makefile brings along with npm."""
    if not shutil.which("node"):
        pytest.skip("node is not installed")
    running = Node()
    yield running
    running.close()


@pytest.fixture(scope="session")
def assert_same(node):
    """``assert_same(function, *arrays)``: recorded, run in Python and in JavaScript, it gives what
    it gives as it is."""

    def check(function, *arrays, rtol=1e-12, atol=1e-13):
        program = record(
            lambda **given: {"result": function(*given.values())},
            inputs={f"x{k}": array for k, array in enumerate(arrays)},
        )
        with np.errstate(all="ignore"):
            expected = np.asarray(function(*arrays), dtype=float)
        close = {"rtol": rtol, "atol": atol}
        found = program.run().outputs["result"]
        np.testing.assert_allclose(found, expected[None], **close)
        if expected.size:
            np.testing.assert_allclose(node.run(program).outputs["result"], expected[None], **close)

    return check


@pytest.fixture(scope="session")
def assert_close():
    """1e-9, relative to the largest number expected."""

    def check(found, expected):
        scale = max(1.0, float(np.max(np.abs(expected), initial=0.0)))
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9 * scale)

    return check


@pytest.fixture(scope="module")
def host(request, made, tmp_path_factory):
    """A page with the live figure that the module has ``made``, its scripts beside it."""
    name = request.module.__name__.rpartition("test_")[2].removesuffix("_live")
    folder = tmp_path_factory.mktemp(name)
    (folder / "figure.js").write_text(made.script(name), "utf-8")
    (folder / "player.js").write_text(live.player_js(), "utf-8")
    (folder / "player.css").write_text(live.player_css(), "utf-8")
    (folder / "plotly.js").write_text(embed.plotlyjs(), "utf-8")
    opening = html.escape(json.dumps(made.opening))
    (folder / "page.html").write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Host</title>'
        '<meta name="viewport" content="width=device-width">'
        '<link rel="stylesheet" href="player.css"><script src="player.js" defer></script></head>'
        f'<body style="margin: 8px"><div class="vizdl-figure" data-figure="{name}" '
        f'data-src="figure.js" data-plotly="plotly.js" data-opening="{opening}"></div>'
        "</body></html>",
        "utf-8",
    )
    return folder / "page.html"


@pytest.fixture
def open_page(browser, host):
    """``open_page(state, width, theme)``: the page, with a state in its address."""
    contexts, complaints = [], []

    def open_(state="", width=1280, theme="light"):
        context = browser.new_context(
            viewport={"width": width, "height": 1200}, has_touch=True, color_scheme=theme
        )
        contexts.append(context)
        context.set_default_timeout(60_000)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("request", lambda asked: asked.url[:4] != "http" or complaints.append(asked.url))
        page.goto(host.as_uri() + state)
        page.wait_for_selector(".vizdl-figure[data-ready]")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []
