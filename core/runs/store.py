"""Finished runs on disk: one file per run, `<key>.run`, holding the records that a player would be streamed."""

from __future__ import annotations

import os
import re
import threading
import time
import uuid
from pathlib import Path

from core.frame import Message, split
from core.i18n import N_
from core.runs.records import header

KEY = re.compile(r"[0-9a-f]{32}")
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

    def _path(self, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise ValueError(f"a run key has 32 hexadecimal digits, not {key[:40]!r}")
        return self.folder / f"{key}.run"

    def has(self, key: str) -> bool:
        return self._path(key).exists()

    def put(self, key: str, parts: list[bytes]) -> None:
        """Keep a finished run: its "run" record, stored frames and "end", in this order.

        Written aside and moved into place, so that nobody ever reads half a run. StoreError if that fails.
        """
        path = self._path(key)
        size = sum(map(len, parts))
        if size > self.limit:
            raise StoreError(Message(
                N_("This run could not be kept: it takes {size} MB, and the store holds at most {limit} MB."),
                {"size": round(size / 1e6, 1), "limit": round(self.limit / 1e6, 1)}))
        aside = path.with_name(f"{key}.{uuid.uuid4().hex[:8]}.aside")
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
        try:
            data = path.read_bytes()
        except OSError:
            return None
        if not _whole(data, key):
            _remove(path)
            return None
        try:
            os.utime(path)  # used last now
        except OSError:
            pass  # on a read-only disk the oldest written goes first, which is all that is lost
        return data

    def _make_room(self, size: int, path: Path) -> None:
        """Remove leftovers and, oldest use first, the runs that leave no room for `size` bytes more."""
        files = []
        for file in os.scandir(self.folder):
            try:
                stat = file.stat()
            except FileNotFoundError:  # another process was faster
                continue
            if file.name.endswith(".aside") and time.time() - stat.st_mtime > ASIDE_S:
                _remove(Path(file.path))
            elif file.name.endswith(".run") and file.name != path.name:
                files.append((stat.st_mtime, stat.st_size, file.path))
        room = self.limit - size - sum(length for _, length, _ in files)
        for _, length, name in sorted(files):
            if room >= 0:
                break
            _remove(Path(name))
            room += length


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
