"""Finished runs on disk: `<key>.run` holds the records that a player would be streamed, `<key>.points` the checkpoints to branch
off from; most runs have none."""

from __future__ import annotations

import logging
import os
import re
import threading
import time
import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from core.frame import Message, split
from core.i18n import N_
from core.runs import points
from core.runs.records import header

log = logging.getLogger(__name__)
KEY = re.compile(r"[0-9a-f]{32}")
HEAD = 16 << 10  # bytes of a file that hold its spec
ASIDE_S = 600  # a file written aside and this old was left by a process that died


class StoreError(Exception):
    """A run could not be kept. `message` says why, in plain words."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.id.format(**message.args))
        self.message = message


class Store:
    """A folder of runs, bounded in size: the runs not used for longest go first.

    folder: made at the first `put`; several processes may share it. limit_mb: megabytes; 0 keeps nothing.
    """

    def __init__(self, folder: Path, limit_mb: float) -> None:
        self.folder, self.limit = Path(folder), limit_mb * 1e6
        self._lock = threading.Lock()

    def _path(self, key: str, ending: str = "run") -> Path:
        if not KEY.fullmatch(key):
            raise ValueError(f"a run key has 32 hexadecimal digits, not {key[:40]!r}")
        return self.folder / f"{key}.{ending}"

    def has(self, key: str) -> bool:
        return self._path(key).exists()

    def put(self, key: str, parts: list[bytes]) -> None:
        """Keep a finished run: its "run" record, stored frames and "end", in this order.

        Written aside and moved into place, so that nobody ever reads half a run. StoreError if that fails.
        """
        self._write(self._path(key), parts)

    def _write(self, path: Path, parts: Sequence[bytes]) -> None:
        size = sum(map(len, parts))
        if size > self.limit:
            raise StoreError(Message(
                N_("This run could not be kept: it takes {size} MB, and the store holds at most {limit} MB."),
                {"size": round(size / 1e6, 1), "limit": round(self.limit / 1e6, 1)}))
        aside = path.with_name(f"{path.stem}.{uuid.uuid4().hex[:8]}.aside")
        with self._lock:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                self._make_room(size, path)
                with aside.open("wb") as file:
                    file.writelines(parts)
                os.replace(aside, path)
            except OSError as problem:
                _remove(aside)
                raise StoreError(Message(
                    N_("This run could not be kept, so it will be trained again next time: the folder {folder} said "
                       "“{problem}”. It needs free space and permission to write."),
                    {"folder": str(self.folder), "problem": problem.strerror or str(problem)})) from problem

    def get(self, key: str) -> bytes | None:
        """Return a kept run, or None. A damaged file is removed."""
        path = self._path(key)
        data = _read(path)
        if data is not None and not _whole(data, key):
            _remove(path)
            return None
        return data

    def remove(self, *keys: str) -> None:
        """Delete runs and their checkpoints, if they are here."""
        for key in keys:
            for ending in ("run", "points"):
                _remove(self._path(key, ending))

    def naming(self, text: str) -> list[str]:
        """The keys of the runs whose spec holds this text."""
        found = []
        for path in self.folder.glob("*.run"):
            with suppress(OSError), path.open("rb") as file:
                if text.encode() in file.read(HEAD):
                    found.append(path.stem)
        return found

    def put_points(self, key: str, found: Sequence[bytes]) -> None:
        """Keep a run's checkpoints, where it has any. A store that cannot is as good as one that has lost them."""
        try:
            if found:
                self._write(self._path(key, "points"), [points.pack(key, found)])
        except StoreError as problem:
            log.warning("%s", problem)

    def points(self, key: str) -> list[bytes]:
        """The checkpoints that are kept of a run, ascending. A damaged file is removed."""
        path = self._path(key, "points")
        data = _read(path)
        try:
            return [] if data is None else points.unpack(key, data)
        except ValueError:
            _remove(path)
            return []

    def _make_room(self, size: int, path: Path) -> None:
        """Remove leftovers and, oldest use first, the files that leave no room for `size` bytes more."""
        files = []
        for file in os.scandir(self.folder):
            try:
                stat = file.stat()
            except FileNotFoundError:  # another process was faster
                continue
            if file.name.endswith(".aside") and time.time() - stat.st_mtime > ASIDE_S:
                _remove(Path(file.path))
            elif file.name.endswith((".run", ".points")) and file.name != path.name:
                files.append((stat.st_mtime, stat.st_size, file.path))
        room = self.limit - size - sum(length for _, length, _ in files)
        for _, length, name in sorted(files):
            if room >= 0:
                break
            _remove(Path(name))
            room += length


def _read(path: Path) -> bytes | None:
    """The bytes of a file, which counts as used now; None if there is none."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    try:
        os.utime(path)
    except OSError:
        pass  # on a read-only disk the oldest written goes first, which is all that is lost
    return data


def _whole(data: bytes, key: str) -> bool:
    try:
        raws = list(split(data))
        first, last = header(raws[0]), header(raws[-1])
        return first["kind"] == "run" and first["key"] == key and last["kind"] == "end"
    except (ValueError, KeyError, IndexError, TypeError):
        return False


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        pass  # it will be tried again
