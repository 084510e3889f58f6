"""A worker that is killed in the middle of a long epoch: the run goes on from there, says so, and ends as if nothing had happened."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from core.data.published import available
from core.frame import decode
from core.runs.runner import Runner
from core.specs.cnn import CnnSpec
from tests.conftest import rows, until, watch

SPEC = CnnSpec(dataset="mnist", points=20_000, train_share=0.9, epochs=1, padding="valid", dropout=0.1)


def process_of(address: str) -> int:
    """The process that listens at a worker's address."""
    port = int(address.rpartition(":")[2])
    return next(c.pid for c in psutil.net_connections("tcp") if c.status == psutil.CONN_LISTEN and c.laddr.port == port and c.pid)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_worker_killed_within_an_epoch_of_mnist_changes_nothing(make_runner: Callable[..., Runner], tmp_path: Path) -> None:
    if not available("mnist"):
        pytest.skip("MNIST is not on this machine: set DATA_DIR")
    whole = make_runner(store=tmp_path / "whole")
    undisturbed = watch(whole, whole.open(SPEC, session="a", keep=True), seconds=300)

    runner = make_runner(store=tmp_path / "killed")
    key = runner.open(SPEC, session="a", keep=True)
    until(lambda: (run := runner._runs[key]).checkpoint and decode(run.checkpoint).header["part"] > 0, 120)
    run = runner._runs[key]
    assert run.address
    worker = psutil.Process(process_of(run.address))
    assert worker.memory_info().rss < 2e9
    at = decode(run.checkpoint or b"").header["step"]
    os.kill(worker.pid, signal.SIGKILL)
    found = watch(runner, key, seconds=300)
    assert "resumed" in [r.header.get("state") for r in found if r.kind == "status"]
    assert run.attempt == 2 and at > 0
    assert rows(found) == rows(undisturbed)
    last, other = ([r for r in records if r.kind == "frame"][-1] for records in (found, undisturbed))
    assert last.header["epoch"] == other.header["epoch"] == 1
    for name, array in other.arrays.items():
        assert last.arrays[name].tobytes() == array.tobytes(), name
