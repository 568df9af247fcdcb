"""Films drawn on a real cluster: a scheduler and worker processes on this machine."""

import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vizdl.render import cluster, connect, plan, render
from vizdl.render.job import RenderError
from vizdl.render.store import Store

slow = pytest.mark.slow
pytestmark = pytest.mark.xdist_group("cluster")
LOOPBACK = ("--host", "127.0.0.1", "--no-dashboard")


class Farm:
    """A scheduler, and as many workers as a test asks for, each with a store of its own."""

    def __init__(self, folder):
        self.folder, self.workers = folder, []
        file = folder / "scheduler.json"
        self.scheduler = dask("scheduler", *LOOPBACK, "--port", 0, "--scheduler-file", file)
        wait_for(lambda: file.exists() and file.read_text(), "the scheduler")
        self.address = json.loads(file.read_text())["address"]

    def hire(self, path, count=1, threads=1):
        """Start workers that find their packages in `path`."""
        for number in range(len(self.workers), len(self.workers) + count):
            environment = {"PYTHONPATH": str(path), "VIZDL_CACHE": str(self.store(number).root)}
            own = ("--no-nanny", "--local-directory", self.folder / f"dask {number}")
            self.workers.append(
                dask("worker", self.address, *LOOPBACK, "--nthreads", threads, *own, **environment)
            )
        with connect.connected(self.address) as client:
            wait_for(lambda: len(client.nthreads()) == len(self.workers), "the workers to join")

    def store(self, number):
        return Store(self.folder / f"store {number}")

    def dismiss(self):
        """End the workers, and see that nothing of theirs lives on."""
        for process in self.workers:
            process.kill()
            process.wait()
        for process in self.workers:
            wait_for(lambda pid=process.pid: not session(pid), "the end of a worker's process")
        for number in range(len(self.workers)):
            shutil.rmtree(self.store(number).root, ignore_errors=True)
        self.workers.clear()


def dask(*words, **environment):
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *map(str, words)],
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def wait_for(there, what, seconds=30.0):
    until = time.monotonic() + seconds
    while not (found := there()):
        assert time.monotonic() < until, f"waited {seconds} s for {what}"
        time.sleep(0.05)
    return found


def session(leader):
    """The living processes of a session."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, of = stat.read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if int(of) == leader and state != "Z":
            found.append(int(stat.parent.name))
    return found


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory):
    farm = Farm(tmp_path_factory.mktemp("farm"))
    yield farm
    farm.scheduler.kill()
    farm.scheduler.wait()


@pytest.fixture
def farm(scheduler):
    yield scheduler
    scheduler.dismiss()


@pytest.fixture(scope="module")
def alone():
    """The digests of the files that this machine makes alone, once a test has made them."""
    return {}


@pytest.fixture
def place(stories, tmp_path, monkeypatch):
    """A folder for films, and a store of its own."""
    monkeypatch.setenv("VIZDL_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def digests(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def expect(alone, place, monkeypatch):
    if not alone:
        with monkeypatch.context() as here:
            here.setenv("VIZDL_CACHE", str(place / "alone"))
            render(["summing"], out=place / "here", quality="low", workers=1)
        alone.update(digests(place / "here"))
        assert len(alone) == 5
    return alone


@slow
def test_a_film_cut_into_shares_has_the_same_files(farm, place, alone, monkeypatch):
    farm.hire(place, 2)
    told = []
    options = {"out": place / "videos", "quality": "low", "scheduler": farm.address}
    (result,) = render(["summing"], tell=told.append, **options)
    assert result.error is None
    assert digests(place / "videos") == expect(alone, place, monkeypatch)
    assert result.drawn == told[-1].total == told[-1].frames > 60
    assert result.work > 0
    states = [report.state for report in told]
    assert (states[0], states[-2:]) == ("drawing", ["joining", "drawn"])
    shares = [farm.store(number).segments(result.job.key).keys() for number in (0, 1)]
    assert all(shares)
    assert not shares[0] & shares[1]
    assert Store().history()["summing low"]["frames"] == result.drawn
    farm.dismiss()  # what is done needs nobody
    assert not render(["summing"], **options)[0].was_drawn


@slow
def test_a_worker_that_is_killed_in_the_middle_changes_nothing(farm, place, alone, monkeypatch):
    farm.hire(place, 2)
    killed = []

    def tell(report):
        if report.frames and not killed:
            killed.append(farm.workers[0].pid)
            farm.workers[0].kill()

    (result,) = render(
        ["summing"], out=place / "videos", quality="low", scheduler=farm.address, tell=tell
    )
    assert killed
    assert result.error is None
    assert digests(place / "videos") == expect(alone, place, monkeypatch)
    drawn = [farm.store(number).segments(result.job.key) for number in (0, 1)]
    assert len(drawn[0]) < len(drawn[1]) / 2
    assert sum(part.frames for part in drawn[1].values()) == result.drawn
    assert not list((place / "cache/work").iterdir())


@slow
def test_a_scene_that_fails_leaves_the_others_alone(farm, place, stories, monkeypatch):
    scene = stories / "scenes/adding.py"
    scene.write_text(scene.read_text().replace("pass", "__import__('os')._exit(9)"))
    monkeypatch.setattr(cluster, "reaches", lambda address: False)  # all through the scheduler
    farm.hire(place, 2)
    raising, deadly, good = render(
        ["breaking", "adding", "summing"], out=place / "videos", quality="low", format="png",
        scheduler=farm.address,
    )  # fmt: skip
    lines = (stories / "scenes/breaking.py").read_text().split("\n")
    line = next(number for number, text in enumerate(lines, 1) if "the draw is lost" in text)
    assert raising.error == (
        f"line {line} of breaking.py, in the beat 'Add up': ValueError: the draw is lost"
    )
    assert "scenes/breaking.py" in raising.trace
    assert deadly.error.startswith("its worker was killed 3 times (exit code 9 on tcp://127.0.0.1:")
    assert good.was_drawn
    assert {path.name for path in (place / "videos").iterdir()} == {"summing.png", "summing.json"}
    assert all(process.poll() is None for process in farm.workers)
    assert not any(list((farm.store(number).root / "work").iterdir()) for number in (0, 1))


@slow
def test_ctrl_c_leaves_the_cluster_clean(farm, place):
    farm.hire(place)
    process = subprocess.Popen(
        [sys.executable, "-m", "vizdl", "render", "summing", "-q", "low",
         "--scheduler", farm.address],
        env=os.environ | {"PYTHONPATH": str(place)},
        cwd=place,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )  # fmt: skip
    said = process.stderr.readline()
    assert "frames" in said, said + process.stderr.read()
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert process.wait() == 130
    assert time.monotonic() - began < 2
    assert "goes on where it stopped" in process.stderr.read()
    (worker,) = farm.workers
    wait_for(lambda: session(worker.pid) == [worker.pid], "the end of the drawing", 5)
    wait_for(lambda: not list((farm.store(0).root / "work").iterdir()), "a clean scratch", 5)
    assert not list((place / "cache/work").iterdir())
    with connect.connected(farm.address) as client:
        tasks = client.run_on_scheduler(lambda dask_scheduler: list(dask_scheduler.tasks))
    assert tasks == []


FETCH = """
import sys
from pathlib import Path
from vizdl.render.cluster import Cluster, _Film
from vizdl.render.connect import connected
from vizdl.render import plan
from vizdl.render.store import Store

def peak(process):
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

address, scheduler = sys.argv[1:]
(job,) = plan(["summing"], out=Path("videos"), quality="low")
film = _Film(job, Store())
with connected(address) as client:
    before = peak("self"), peak(scheduler)
    with Cluster(client, address, [film], Store(), None) as cluster:
        cluster.run()
    after = peak("self"), peak(scheduler)
print(sum(part.path.stat().st_size for part in Store().segments(job.key).values()))
print(*(a - b for a, b in zip(after, before)))
"""


@slow
def test_a_large_film_comes_back_while_memory_stays_flat(farm, place):
    size, plays = 50_000_000, 6
    (job,) = plan(["summing"], out=place / "videos", quality="low")
    theirs = farm.store(len(farm.workers))
    theirs.open(job.key, "summing")
    for play in range(plays):
        part = theirs.root / "part.mp4"
        part.write_bytes(os.urandom(size))
        theirs.add(part, job.key, play, 100)
    theirs.put_story(job.key, {"plays": [100] * plays, "board": {}}, b"a poster")
    farm.hire(place, threads=2)
    done = subprocess.run(
        [sys.executable, "-c", FETCH, farm.address, str(farm.scheduler.pid)],
        env=os.environ | {"PYTHONPATH": str(place)},
        cwd=place,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    brought, client, scheduler = map(int, done.stdout.split())
    assert brought == size * plays
    assert all(part.is_sound() for part in Store().segments(job.key).values())
    assert client < 48_000, "kilobytes that the client's peak grew by"
    assert scheduler < 24_000


@slow
def test_other_versions_are_refused_before_anything_is_drawn(farm, place):
    odd = place / "odd"
    odd.mkdir()
    (odd / "sitecustomize.py").write_text(
        "import importlib.metadata as m\n"
        "real = m.version\n"
        "def version(name): return '0.0.1' if name == 'pycairo' else real(name)\n"
        "m.version = version\n"
    )
    farm.hire(f"{odd}{os.pathsep}{place}")
    with pytest.raises(RenderError) as refused:
        render(["summing"], out=place / "videos", scheduler=farm.address)
    here = connect.version("pycairo")
    assert f"pycairo is 0.0.1 on worker {'tcp://127.0.0.1:'}" in str(refused.value)
    assert f"and {here} here: pip install 'pycairo=={here}' there" in str(refused.value)
    assert not farm.store(0).root.exists()


@slow
def test_other_sources_are_refused(farm, place, stories):
    shutil.copytree(place, farm.folder / "other", dirs_exist_ok=True)
    scene = farm.folder / "other/shortstories/scenes/summing.py"
    scene.write_text(scene.read_text().replace("0.3", "0.4"))
    farm.hire(farm.folder / "other")
    sentence = (
        r"summing is not the same here and on worker tcp://127.0.0.1:\d+ \(its sources differ"
    )
    with (
        pytest.warns(UserWarning, match="a worker is left out: " + sentence),
        pytest.raises(RenderError, match=sentence + r"\): install the same vizdl there"),
    ):
        render(["summing"], out=place / "videos", scheduler=farm.address)
    assert not (place / "videos").exists()


@slow
def test_a_scheduler_without_workers_is_told(farm, place, monkeypatch):
    monkeypatch.setattr(cluster, "WAIT", 1.0)
    told = []
    with pytest.raises(RenderError, match=r"start some with `dask worker tcp://"):
        render(["summing"], out=place / "videos", scheduler=farm.address, tell=told.append)
    assert {report.state for report in told} == {"waiting"}
    assert told[0].error == f"no worker has joined {farm.address} yet"


@pytest.mark.parametrize("is_mute", [False, True])
def test_nobody_at_the_address_is_told(place, monkeypatch, is_mute):
    monkeypatch.setattr(connect, "CONNECT", 0.3)
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        if is_mute:
            server.listen()
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        sentence = f"no Dask scheduler answers at {address}: start one there with `dask scheduler`"
        with pytest.raises(RenderError, match=sentence):
            render(["summing"], out=place / "videos", scheduler=address)


def test_tls_without_certificates_says_what_is_missing(place):
    with pytest.raises(RenderError, match="needs certificates: name them in Dask's configuration"):
        render(["summing"], out=place / "videos", scheduler="tls://127.0.0.1:8786")


def test_without_dask_it_says_what_to_install(place, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(RenderError, match=r"needs Dask: pip install 'vizdl\[cluster\]'"):
        render(["summing"], out=place / "videos", scheduler="tcp://127.0.0.1:8786")


@pytest.mark.parametrize(
    "address", ["", "here", "host:8786", "tcp://host", "tcp://:8786", "http://a:1", "tcp://a:b"]
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(RenderError, match="is like tcp://host:8786"):
        cluster.render_on(address, [])
