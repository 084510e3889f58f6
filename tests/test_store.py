"""Runs on disk: whole or not at all, bounded, and what happens when the disk does not play along."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from core.frame import End, Frame, encode, encode_end, encode_frame
from core.runs.records import header, thin
from core.runs.store import Store, StoreError

KEYS = [f"{n:032x}" for n in range(10)]


def run(key: str, kilobytes: int = 1) -> list[bytes]:
    array = np.zeros(kilobytes * 250, "float32")
    return [encode("run", {"key": key, "lab": "tests.labs", "spec": {}, "versions": {}}),
            encode_frame(Frame(0, 0, 0.0, [], {"a": array})), encode_end(End())]


def test_a_run_comes_back_as_it_was_put(tmp_path: Path) -> None:
    store = Store(tmp_path / "deep" / "folder", 1)
    store.put(KEYS[0], run(KEYS[0]))
    assert store.get(KEYS[0]) == b"".join(run(KEYS[0]))
    assert store.get(KEYS[1]) is None
    assert [p.name for p in store.folder.iterdir()] == [f"{KEYS[0]}.run"]


@pytest.mark.parametrize("key", ["", "x" * 32, "../" + "0" * 29, "0" * 31, "0" * 33, "A" * 32])
def test_only_run_keys_become_file_names(tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="32 hexadecimal digits"):
        Store(tmp_path, 1).get(key)


def test_the_runs_not_used_for_longest_go_first(tmp_path: Path) -> None:
    store = Store(tmp_path, 0.035)
    for n in range(3):
        store.put(KEYS[n], run(KEYS[n], 10))
        os.utime(tmp_path / f"{KEYS[n]}.run", (n, n))
    assert store.get(KEYS[0])  # used now
    store.put(KEYS[3], run(KEYS[3], 10))
    assert [store.has(KEYS[n]) for n in range(4)] == [True, False, True, True]
    assert sum(p.stat().st_size for p in tmp_path.iterdir()) <= 35_000


def test_a_run_larger_than_the_store_is_refused(tmp_path: Path) -> None:
    store = Store(tmp_path, 0.01)
    with pytest.raises(StoreError, match="holds at most"):
        store.put(KEYS[0], run(KEYS[0], 20))


@pytest.mark.parametrize("damage", [lambda d: d[:-1], lambda d: d[:len(d) // 2], lambda d: b"", lambda d: b"\xff" * 64,
                                    lambda d: d[:-len(encode_end(End()))], lambda d: d.replace(b'"key": "0', b'"key": "1')])
def test_a_damaged_file_is_removed(tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    store = Store(tmp_path, 1)
    (tmp_path / f"{KEYS[0]}.run").write_bytes(damage(b"".join(run(KEYS[0]))))
    assert store.get(KEYS[0]) is None
    assert not store.has(KEYS[0])


def test_runs_are_found_by_what_their_spec_names(tmp_path: Path) -> None:
    store = Store(tmp_path / "none yet", 1)
    assert store.naming("d" * 32) == []
    for key, upload in zip(KEYS, ("d" * 32, "", "d" * 32), strict=False):
        store.put(key, [encode("run", {"key": key, "spec": {"upload": upload}}), *run(key)[1:]])
    assert sorted(store.naming("d" * 32)) == sorted((KEYS[0], KEYS[2]))


def test_leftovers_are_cleaned_up(tmp_path: Path) -> None:
    old, new = tmp_path / f"{KEYS[0]}.1.aside", tmp_path / f"{KEYS[0]}.2.aside"
    for file in (old, new):
        file.write_bytes(b"half")
    os.utime(old, (time.time() - 3600,) * 2)
    Store(tmp_path, 1).put(KEYS[1], run(KEYS[1]))
    assert not old.exists() and new.exists()  # the new one may be another process at work


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="could not be kept"):
        Store(tmp_path / "file" / "runs", 1).put(KEYS[0], run(KEYS[0]))


def test_a_read_only_folder() -> None:
    with pytest.raises(StoreError, match="could not be kept"):
        Store(Path("/proc/runs"), 1).put(KEYS[0], run(KEYS[0]))


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    """The kernel refuses to write past 4 kB, in a process of its own because the limit cannot be lifted again."""
    code = f"""
import resource, signal, sys
from pathlib import Path
from core.runs.store import Store, StoreError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    Store(Path({str(tmp_path)!r}), 1).put("0" * 32, [bytes(100_000)])
except StoreError as problem:
    print(problem.message.args["problem"])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "large" in done.stdout
    assert list(tmp_path.iterdir()) == []
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 4096


def test_rows_of_frames_left_out_are_kept() -> None:
    def frame(epoch: int, stored: bool) -> bytes:
        return encode_frame(Frame(epoch, epoch, 0.0, [{"epoch": epoch}], {"a": np.full(3, epoch, "uint8")}, stored))

    data = b"".join([encode("run", {"key": ""}), frame(0, True), frame(1, False), encode("status", {"state": "resumed"}),
                     frame(2, False), frame(3, True), frame(4, False), frame(5, False), encode_end(End())])
    from core.frame import records

    kept = list(records(thin(data, final=True)))
    assert [(r.header["epoch"], [row["epoch"] for row in r.header["rows"]], r.arrays["a"].tolist())
            for r in kept if r.kind == "frame"] == [(0, [0], [0] * 3), (3, [1, 2, 3], [3] * 3), (5, [4, 5], [5] * 3)]
    assert [r.kind for r in kept] == ["run", "frame", "frame", "frame", "end"]
    assert all(header(r.raw)["stored"] for r in kept if r.kind == "frame")
