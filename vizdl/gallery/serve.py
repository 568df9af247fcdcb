"""Serve a built gallery on this machine, and nothing outside its folder."""

from __future__ import annotations

import functools
import io
import os
import re
from collections.abc import Callable
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO

HOST = "127.0.0.1"
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class ServeError(RuntimeError):
    """A folder that cannot be served, in one sentence."""


def _announce(address: str) -> None:
    print(f"{address} (only this machine can reach it; Ctrl+C ends it)", flush=True)


def serve(directory: Path, port: int = 8000, *, ready: Callable[[str], None] = _announce) -> None:
    """Serve `directory` until interrupted; `ready` is called with the address.

    Only this machine can reach it. Raises ServeError.
    """
    running = server(directory, port)
    try:
        ready(f"http://{HOST}:{running.server_address[1]}/")
        running.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        running.server_close()


def server(directory: Path, port: int = 8000) -> ThreadingHTTPServer:
    """The server, bound to 127.0.0.1 (a free port for `port` 0). Raises ServeError."""
    root = Path(directory).resolve()
    if not (root / "index.html").is_file():
        raise ServeError(f"{directory} holds no index.html; build the gallery first")
    try:
        return ThreadingHTTPServer((HOST, port), functools.partial(_Handler, directory=str(root)))
    except (OSError, OverflowError) as error:
        raise ServeError(f"port {port} cannot be used: {error}; choose another one") from None


class _Handler(SimpleHTTPRequestHandler):
    """GET and HEAD of the files under one folder, with byte ranges (videos need them to seek)."""

    protocol_version = "HTTP/1.1"
    extensions_map = {  # noqa: RUF012 (the base class declares it so)
        **SimpleHTTPRequestHandler.extensions_map,
        ".css": "text/css; charset=utf-8",
        ".html": "text/html; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".mp4": "video/mp4",
        ".svg": "image/svg+xml",
        ".vtt": "text/vtt; charset=utf-8",
        ".jpg": "image/jpeg",
        ".pdf": "application/pdf",
    }

    def translate_path(self, path: str) -> str:
        """The file behind the address; one outside the folder does not exist."""
        root = os.path.realpath(self.directory)
        nowhere = os.path.join(root, "\0")
        try:
            found = os.path.realpath(super().translate_path(path))
        except ValueError:  # a null byte in the address
            return nowhere
        if os.path.commonpath([root, found]) != root:
            return nowhere
        parts = os.path.relpath(found, root).split(os.sep)
        return nowhere if any(part.startswith(".") and part != "." for part in parts) else found

    def list_directory(self, path: str | os.PathLike[str]) -> io.BytesIO | None:
        """No listing of any folder."""
        self.send_error(HTTPStatus.NOT_FOUND)
        return None

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """Answer a range of a file with that range, anything else as the base class does."""
        wanted = _RANGE.fullmatch(self.headers.get("Range", "").strip())
        path = self.translate_path(self.path)
        if "\0" in path:
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        if wanted is None or wanted.group(0) == "bytes=-" or not os.path.isfile(path):
            return super().send_head()
        size = os.path.getsize(path)
        first, last = _limits(wanted[1], wanted[2], size)
        if first > last:
            self.send_response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            self.send_header("Content-Range", f"bytes */{size}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        with open(path, "rb") as file:
            file.seek(first)
            part = file.read(last - first + 1)
        self.send_response(HTTPStatus.PARTIAL_CONTENT)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        return io.BytesIO(part)

    def end_headers(self) -> None:
        """Say that ranges are understood and that types are not to be guessed."""
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the terminal belongs to the command."""


def _limits(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:  # the last so many bytes
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1
