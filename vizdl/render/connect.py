"""The way to a Dask cluster: its address, who answers there, whether the versions are the same."""

from __future__ import annotations

import asyncio
import logging
import platform
import socket
import warnings
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from vizdl.render.job import PACKAGES, RenderError

if TYPE_CHECKING:
    from distributed import Client

CONNECT = 5.0  # seconds for the scheduler to answer
REACH = 3.0  # seconds for a worker to answer
DASK = ("dask", "distributed")
SHARED = ("vizdl", *PACKAGES, *DASK)  # packages whose versions must be the same everywhere


def check_address(scheduler: str) -> None:
    """Raise RenderError for what is no address of a Dask scheduler."""
    try:
        parts = urlsplit(scheduler)
        sound = parts.scheme in ("tcp", "tls") and parts.hostname and parts.port
    except ValueError:
        sound = False
    if not sound:
        raise RenderError(
            f"a scheduler's address is like tcp://host:8786 (or tls://…), got {scheduler!r}"
        )


@contextmanager
def connected(address: str) -> Iterator[Client]:
    """A client of the scheduler at `address`.

    Raises RenderError where Dask is not installed, nobody answers, or the scheduler's Dask is
    another one than here.
    """
    try:
        from distributed import Client
        from distributed.versions import VersionMismatchWarning
    except ImportError as error:
        raise RenderError(
            f"drawing on a cluster needs Dask: pip install 'vizdl[cluster]' ({error})"
        ) from error
    with _quiet(), warnings.catch_warnings():
        warnings.simplefilter("ignore", VersionMismatchWarning)  # told in our words
        try:
            _greet(address)
            client = Client(address, timeout=CONNECT, set_as_default=False, name="vizdl")
        except OSError as error:
            raise RenderError(
                f"no Dask scheduler answers at {address}: start one there with `dask scheduler` "
                f"({str(error) or 'it says nothing'})"
            ) from error
        try:
            for package in DASK:
                if fault := _fault(
                    package, client.run_on_scheduler(version, package), f"the scheduler {address}"
                ):
                    raise RenderError(fault)
            yield client
        finally:
            client.close()


def _greet(address: str) -> None:
    """See that a Dask server answers; a client by itself would wait for a mute one for ever."""
    from distributed import Security
    from distributed.comm.core import connect

    security = Security().get_connection_args("client")
    if address.startswith("tls:") and security["ssl_context"] is None:
        raise RenderError(
            "tls:// needs certificates: name them in Dask's configuration as "
            "distributed.comm.tls.ca-file, client.cert and client.key"
        )

    async def greet() -> None:
        (await asyncio.wait_for(connect(address, CONNECT, **security), CONNECT)).abort()

    with ThreadPoolExecutor(1) as apart:  # a notebook has a loop of its own in this thread
        apart.submit(asyncio.run, greet()).result()


def differences(client: Client, workers: Collection[str]) -> dict[str, str]:
    """By worker: what is not the same there as here, in a sentence; "" where all is.

    It asks with functions of Python alone, so that a worker without vizdl answers as well. A
    worker that does not answer is left out.
    """
    faults = dict.fromkeys(workers, "")
    for package in ("python", *SHARED):
        ask: tuple[Callable[..., str], *tuple[str, ...]] = (
            (platform.python_version,) if package == "python" else (version, package)
        )
        answers: dict[str, Any] = client.run(*ask, workers=list(faults), on_error="return")
        for worker in list(faults):
            answer = answers.get(worker, OSError())
            if not isinstance(answer, str | PackageNotFoundError):
                del faults[worker]
            elif not faults[worker]:
                faults[worker] = _fault(package, answer, f"worker {worker}")
    return faults


def reaches(worker: str) -> bool:
    """Whether a worker can be reached from here; else its files come through the scheduler."""
    parts = urlsplit(worker)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 0), REACH).close()
    except OSError:
        return False
    return True


def _fault(package: str, there: str | PackageNotFoundError, where: str) -> str:
    if package == "python":
        here = platform.python_version()
        same = str(there).split(".")[:2] == here.split(".")[:2]
        mend = f"use Python {'.'.join(here.split('.')[:2])} there"
    else:
        here = version(package)
        same = there == here
        extras = "[animate,cluster]" if package == "vizdl" else ""
        mend = f"pip install '{package}{extras}=={here}' there"
    if same:
        return ""
    name = "Python" if package == "python" else package
    if isinstance(there, PackageNotFoundError):
        return f"{name} is not installed on {where}, and {here} here: {mend}"
    return f"{name} is {there} on {where} and {here} here: {mend}"


@contextmanager
def _quiet() -> Iterator[None]:
    """Let Dask keep to itself what is told in our words."""
    names = [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]
    loggers = [logger for name in names if not (logger := logging.getLogger(name)).disabled]
    for logger in loggers:
        logger.disabled = True
    try:
        yield
    finally:
        for logger in loggers:
            logger.disabled = False
