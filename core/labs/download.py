"""Fetches the files of a published dataset with Keras' own loader, verified, into the data folder.

`list(train(DownloadSpec(dataset="mnist")))` does it from a plain Python prompt. Frames have no arrays; their rows are numbered by
thousandths of the way:

    epoch       0 … 1000
    megabytes   fetched so far

A download goes into a folder of its own beside the data, and is moved to its place when all of it is there and has the published
SHA-256: whatever ends it, no half file is ever taken for a whole one.
"""

from __future__ import annotations

import errno
import http.client
import os
import shutil
import socket
import ssl
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import keras

from core.data.origins import FOLDERS, ORIGINS, Origin, size_of
from core.data.published import TITLES, files_of, hashes
from core.frame import Checkpoint, End, Frame, Message, Status, Trouble
from core.i18n import N_
from core.settings import settings
from core.specs.download import DownloadSpec

PARTS = 1000
PAUSE_S = 0.2  # between two frames
PATIENCE_S = 30.0  # with a server that says nothing
LEFT_S = 2 * PATIENCE_S  # a folder that nothing was written into for so long was left by a process that died


def train(spec: DownloadSpec, *, resume: Checkpoint | None = None, uploads: Any = None,
          ) -> Iterator[Status | Frame | Checkpoint | End]:
    """Fetch what a spec names. Frames five times a second, then an End; closed before that, the download stops and leaves nothing."""
    start, told = time.perf_counter(), -1
    what = {"what": TITLES[spec.dataset]}
    if files_of(spec.dataset):
        yield End("finished", 0.0, [Message(N_("{what} is on this computer."), what)])
        return
    built_in = {"source": "reviews"} if spec.dataset == "imdb" else {"dataset": "digits"}
    fetch = Fetch(spec.dataset)
    fetch.start()
    try:
        while fetch.is_alive():
            fetch.join(PAUSE_S)
            part = min(PARTS * fetch.done // fetch.size, PARTS)
            rows: list[dict[str, float | None]] = [{"epoch": part, "megabytes": fetch.done / 1e6}] if part > told else []
            told = part
            yield Frame(part, part, time.perf_counter() - start, rows, stored=False)
    finally:
        fetch.stop()
    seconds = time.perf_counter() - start
    if fetch.problem is None:
        yield End("finished", seconds, [Message(N_("{what} is on this computer."), what)])
    else:
        yield End("failed", seconds, error=explain(fetch.problem, fetch.origin), change=built_in)


class Stopped(Exception):
    """Nobody wants the download any more."""


class Fetch(threading.Thread):
    """One download, which reads and writes in a thread of its own. origin: the file that it is at; done: bytes so far, of `size`;
    problem: what it ended in, None if all is in its place."""

    def __init__(self, dataset: str) -> None:
        super().__init__(name=f"download {dataset}", daemon=True)  # a worker that ends does not wait for a network
        self.dataset, self.size, self.done = dataset, size_of(dataset), 0
        self.origin = ORIGINS[dataset][0]
        self.problem: Exception | None = None
        self._stopped, self._aside = threading.Event(), ""

    def run(self) -> None:
        keras.utils.disable_interactive_logging()  # in this thread: no progress bar on a server's console
        urllib.request.install_opener(urllib.request.build_opener(_Watch()))
        try:
            settings.data.mkdir(parents=True, exist_ok=True)
            _alone(self.dataset)
            self._aside = tempfile.mkdtemp(prefix=_prefix(self.dataset), dir=settings.data)
            for origin in ORIGINS[self.dataset]:
                self.origin = origin
                keras.utils.get_file(origin.name, origin.address, extract=origin.unpack, cache_dir=self._aside, cache_subdir="",
                                     file_hash=hashes(self.dataset)[origin.file])
                self.heard(0)
            _place(Path(self._aside), settings.data / FOLDERS[self.dataset])
        except Exception as problem:  # get_file knows no narrower kind; `explain` does
            self.problem = problem
        finally:
            self._clear()

    def heard(self, size: int) -> None:
        """So many bytes more have come. Stopped if nobody wants them."""
        if self._stopped.is_set():
            raise Stopped
        self.done += size

    def stop(self) -> None:
        """End it at its next bytes, and take away what it has written. A server that says nothing is not waited for."""
        self._stopped.set()
        self.join(1)
        self._clear()

    def _clear(self) -> None:
        if self._aside:
            shutil.rmtree(self._aside, ignore_errors=True)


class _Watch(urllib.request.BaseHandler):
    """Tells a `Fetch` of its bytes as they come, and gives its connection a limit of patience: Keras' loader has neither.

    It reads with `urllib`, in the thread that calls it; the connections of other threads are left alone.
    """

    handler_order = 2000  # after redirections and refusals have been dealt with

    def http_request(self, request: urllib.request.Request) -> urllib.request.Request:
        if isinstance(threading.current_thread(), Fetch):
            request.timeout = PATIENCE_S
        return request

    def http_response(self, request: urllib.request.Request, response: Any) -> Any:
        fetch = threading.current_thread()
        return _Told(response, fetch) if isinstance(fetch, Fetch) and not isinstance(response, _Told) else response

    https_request, https_response = http_request, http_response


class _Told:
    """A response whose reader is told of."""

    def __init__(self, response: Any, fetch: Fetch) -> None:
        self._response, self._fetch = response, fetch

    def read(self, *size: int) -> bytes:
        data = self._response.read(*size)
        self._fetch.heard(len(data))
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._response, name)


def _prefix(dataset: str) -> str:
    return f".{dataset}-download-"


def _alone(dataset: str) -> None:
    """Clear away what a process that died has left. Trouble if another one is at the same dataset now."""
    for folder in settings.data.glob(f"{_prefix(dataset)}*"):
        if time.time() - _touched(folder) < LEFT_S:
            raise Trouble(Message(N_("{what} is being downloaded by another process already. As soon as that is done it is here for all; "
                                     "if it broke off, it can be started again in a minute."), {"what": TITLES[dataset]}))
        shutil.rmtree(folder, ignore_errors=True)


def _touched(folder: Path) -> float:
    """When something was last written into a folder, in seconds since 1970; 0 if it is just being taken away."""
    try:
        return max(path.stat().st_mtime for path in (folder, *folder.rglob("*")))
    except FileNotFoundError:
        return 0.0


def _place(aside: Path, folder: Path) -> None:
    """Move what is whole to where it belongs, over what is there."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(aside.iterdir(), key=Path.is_dir):  # the archive first: the set is here when it is unpacked
        if (folder / path.name).is_dir():  # of an unpacking that broke off
            shutil.rmtree(folder / path.name)
        os.replace(path, folder / path.name)


def explain(problem: Exception, origin: Origin) -> Message:
    """Say in plain words why a file could not be fetched. What is no matter of networks, disks or files is raised again."""
    if isinstance(problem, Trouble):
        return problem.message
    cause = problem.__context__ if isinstance(problem.__context__, urllib.error.URLError) else problem  # Keras wraps it
    reason = getattr(cause, "reason", cause)
    host, megabytes = urlsplit(origin.address).hostname, round(origin.size / 1e6, 1)
    args = {"file": origin.file, "host": host}
    if isinstance(cause, urllib.error.HTTPError):
        return Message(N_("{file} could not be fetched: {host} answers “{code} {text}”. It may work again later."),
                       {**args, "code": cause.code, "text": str(cause.reason)[:100]})
    if isinstance(cause, urllib.error.ContentTooShortError):
        return Message(N_("{file} could not be fetched: the connection to {host} ended before all of it had come. Please try again."), args)
    if isinstance(reason, socket.gaierror):
        return Message(N_("{file} could not be fetched: this computer does not find {host}. It seems to have no network, or one that does "
                          "not lead outside."), args)
    if isinstance(reason, TimeoutError):
        return Message(N_("{file} could not be fetched: {host} has said nothing for {seconds:.0f} s. The network may be too slow, or may "
                          "not let it through."), {**args, "seconds": PATIENCE_S})
    if isinstance(reason, ConnectionError | ssl.SSLError | http.client.HTTPException) or isinstance(cause, urllib.error.URLError):
        return Message(N_("{file} could not be fetched: there is no connection to {host} (“{text}”). A firewall may be in the way, or the "
                          "network is down."), {**args, "text": getattr(reason, "strerror", None) or str(reason)[:100]})
    if isinstance(reason, OSError):
        if reason.errno in (errno.ENOSPC, errno.EDQUOT):
            said = N_("{file} could not be kept: there is no space left for its {megabytes:.1f} MB in the folder “{folder}”, where "
                      "datasets are kept.")
        else:
            said = N_("{file} could not be kept: the folder “{folder}”, where datasets are kept, says “{text}”. It needs permission to "
                      "write.")
        return Message(said, {"file": origin.file, "megabytes": megabytes, "folder": settings.data.name,
                              "text": reason.strerror or str(reason)[:100]})
    if isinstance(problem, ValueError):  # of the hash
        return Message(N_("What {host} sent is not the published {file} (its SHA-256 is another one); it was thrown away. The login page "
                          "of a network may have answered in its place."), args)
    raise problem
