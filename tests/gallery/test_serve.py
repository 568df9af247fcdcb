"""The server: this machine only, this folder only, ranges for seeking."""

import http.client
import threading

import pytest

from vizdl.gallery.serve import HOST, ServeError, server


@pytest.fixture
def ask(tmp_path):
    root = tmp_path / "site"
    (root / "videos").mkdir(parents=True)
    (root / "index.html").write_text("<p>front</p>", "utf-8")
    (root / "a.vtt").write_text("WEBVTT", "utf-8")
    (root / "a.js").write_text("1", "utf-8")
    (root / ".secret").write_text("hidden", "utf-8")
    (root / "videos" / "a.mp4").write_bytes(bytes(range(100)))
    (tmp_path / "outside.txt").write_text("outside", "utf-8")
    (root / "link.txt").symlink_to(tmp_path / "outside.txt")
    (root / "up").symlink_to(tmp_path)
    running = server(root, 0)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()

    def ask(path, method="GET", **headers):
        connection = http.client.HTTPConnection(HOST, running.server_address[1], timeout=10)
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer, body

    yield ask
    running.shutdown()
    running.server_close()


def test_only_this_machine(ask, tmp_path):
    running = server(tmp_path / "site", 0)
    assert running.server_address[0] == "127.0.0.1"
    running.server_close()


def test_the_front_page(ask):
    answer, body = ask("/")
    assert answer.status == 200
    assert body == b"<p>front</p>"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/a.vtt", "text/vtt; charset=utf-8"),
        ("/a.js", "text/javascript; charset=utf-8"),
        ("/videos/a.mp4", "video/mp4"),
        ("/index.html", "text/html; charset=utf-8"),
    ],
)
def test_types(ask, path, kind):
    assert ask(path)[0].headers["Content-Type"] == kind


@pytest.mark.parametrize(
    "path",
    [
        "/../outside.txt",
        "/%2e%2e/outside.txt",
        "/..%2foutside.txt",
        "/videos/../../outside.txt",
        "//../outside.txt",
        "/link.txt",
        "/up/outside.txt",
        "/up/",
        "/.secret",
        "/videos/",
        "/videos",
        "/%00",
        "/nothing",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_nothing_else(ask, path, method):
    answer, body = ask(path, method)
    if answer.status == 301:  # a folder: follow
        answer, body = ask(answer.headers["Location"], method)
    assert answer.status == 404
    assert b"outside" not in body
    assert b"a.mp4" not in body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_no_other_method(ask, method):
    assert ask("/", method)[0].status == 501


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-9", 0, 9), ("bytes=90-", 90, 99), ("bytes=-5", 95, 99), ("bytes=50-500", 50, 99)],
)
def test_ranges(ask, asked, first, last):
    answer, body = ask("/videos/a.mp4", Range=asked)
    assert answer.status == 206
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/100"
    assert body == bytes(range(first, last + 1))


@pytest.mark.parametrize("asked", ["bytes=100-", "bytes=9-3", "bytes=-0"])
def test_ranges_outside_the_file(ask, asked):
    answer, body = ask("/videos/a.mp4", Range=asked)
    assert answer.status == 416
    assert answer.headers["Content-Range"] == "bytes */100"
    assert body == b""


@pytest.mark.parametrize("asked", ["bytes=-", "bytes=0-1,5-6", "pages=1-2", "bytes=a-b"])
def test_other_ranges_get_the_whole(ask, asked):
    answer, body = ask("/videos/a.mp4", Range=asked)
    assert answer.status == 200
    assert len(body) == 100
    assert answer.headers["Accept-Ranges"] == "bytes"


def test_ranges_of_what_is_not_served(ask):
    assert ask("/link.txt", Range="bytes=0-1")[0].status == 404


def test_a_folder_without_a_site(tmp_path):
    with pytest.raises(ServeError, match="build the gallery first"):
        server(tmp_path, 0)


def test_a_port_in_use(ask, tmp_path):
    taken = server(tmp_path / "site", 0)
    with pytest.raises(ServeError, match="choose another one"):
        server(tmp_path / "site", taken.server_address[1])
    taken.server_close()
    with pytest.raises(ServeError, match="port 99999 cannot be used"):
        server(tmp_path / "site", 99999)
