"""What breaks, really broken: workers killed, memory and disk full, nobody at the other end. The app goes on."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from core.frame import Message, Record
from core.i18n import say
from core.runs.pool import ROOT, Pool
from core.runs.runner import Runner
from tests.conftest import epochs, rows, states, until, watch
from tests.labs import CountSpec


def error(found: list[Record]) -> Message:
    problem = found[-1].end().error
    assert problem
    return problem


def well(runner: Runner) -> None:
    """The runner still trains."""
    key = runner.open(CountSpec(epochs=2, seed=time.monotonic_ns()), session="somebody else")
    assert states(watch(runner, key))[-1] == "finished"


@pytest.mark.parametrize("checkpoints, resumed_at", [(4, 8), (0, 0)])
def test_a_killed_worker_costs_no_frame(runner: Runner, tmp_path: Path, checkpoints: int, resumed_at: int) -> None:
    spec = CountSpec(epochs=20, pause=0.04, mode="die once", at=11, checkpoints=checkpoints, stored_every=5,
                     marker=str(tmp_path / "marker"))
    key = runner.open(spec, session="a")
    found = watch(runner, key)
    resumed = [r.header["epoch"] for r in found if r.kind == "status" and r.header["state"] == "resumed"]
    assert resumed == [resumed_at]
    assert epochs(found) == list(range(21)) and rows(found) == list(range(1, 21))
    assert found[-1].end().state == "finished"
    told = found[-1].end().notes[-1]
    assert say(told) == ("The process that trained it was lost on the way. It was taken up again at its last checkpoint, in epoch 8, so "
                         "nothing of it is missing." if checkpoints else
                         "The process that trained it was lost on the way, before the first checkpoint. It began again from the start.")
    totals = [int(r.arrays["total"][0]) for r in found if r.kind == "frame"]
    assert totals == [n * (n + 1) // 2 for n in range(21)]
    kept = watch(runner, key)
    assert epochs(kept) == [0, 5, 10, 15, 20] and rows(kept) == list(range(1, 21)) and kept[-1].end().notes[-1] == told
    well(runner)


def test_a_worker_killed_twice_ends_the_run(runner: Runner) -> None:
    found = watch(runner, runner.open(CountSpec(mode="die", at=3, pause=0.03), session="a"))
    assert "resumed" in states(found) and states(found)[-1] == "failed"
    assert "twice" in error(found).id
    assert epochs(found) == [0, 1, 2]
    well(runner)


def test_out_of_memory(runner: Runner) -> None:
    key = runner.open(CountSpec(mode="memory"), session="a")
    found = watch(runner, key)
    assert "out of memory" in error(found).id and "smaller" in error(found).id
    assert not runner.store.has(key)
    well(runner)


def test_an_error_in_a_lab_names_it(runner: Runner) -> None:
    key = runner.open(CountSpec(mode="raise"), session="a")
    assert error(watch(runner, key)).args == {"kind": "RuntimeError", "text": "the lab tripped"}
    well(runner)


def test_a_failed_run_is_tried_again_only_when_a_slot_turns_to_it(runner: Runner, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    spec = CountSpec(mode="raise", marker=str(marker))
    for _ in range(3):  # as many script runs with the same setting
        assert states(watch(runner, runner.open(spec, session="a")))[-1] == "failed"
    assert len(marker.read_text().splitlines()) == 1
    runner.open(CountSpec(), session="a")
    watch(runner, runner.open(spec, session="a"))
    assert len(marker.read_text().splitlines()) == 2


def test_the_time_budget(make_runner: Callable[..., Runner]) -> None:
    runner = make_runner(time_budget_s=0.5)
    key = runner.open(CountSpec(epochs=10000, pause=0.05), session="a")
    start = time.monotonic()
    found = watch(runner, key)
    assert time.monotonic() - start < 3 * 0.5 + 1
    problem = error(found)
    assert "stopped after" in problem.id and problem.args["epoch"] == epochs(found)[-1] > 3
    assert not runner.store.has(key)


@contextmanager
def own_machines(folder: Path, scheduler: list[str], where: Path) -> Iterator[str]:
    """A scheduler started by these words in this folder, and one worker as README says; yields the address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DASK_", "PYTHONPATH"))}
    lines = [([*scheduler, "--host", "127.0.0.1", "--port", str(port)], where),
             (["core.runs.host", "worker", address, "--local-directory", str(folder)], ROOT)]
    with (folder / "log").open("ab") as log:
        halves = [subprocess.Popen([sys.executable, "-m", *words], cwd=there, env=environment, stdout=log, stderr=log)
                  for words, there in lines]
        try:
            until(lambda: port_answers(port))
            yield address
        finally:
            for half in reversed(halves):
                half.terminate()
                half.wait(20)


@pytest.mark.slow
def test_a_cluster_of_one_s_own_machines(make_runner: Callable[..., Runner], tmp_path: Path) -> None:
    """The lines of README, and then a run on them."""
    with own_machines(tmp_path, ["core.runs.host", "scheduler"], ROOT) as address:
        runner = make_runner(scheduler=address)
        runner.start()
        until(lambda: runner.workers() == 1, 40)
        well(runner)


@pytest.mark.slow
def test_a_cluster_that_lacks_our_code(make_runner: Callable[..., Runner], tmp_path: Path) -> None:
    with own_machines(tmp_path, ["distributed.cli.dask_scheduler", "--no-dashboard"], tmp_path) as address:
        runner = make_runner(scheduler=address)
        runner.start()
        until(lambda: runner.workers() == 1, 40)
        problem = error(watch(runner, runner.open(CountSpec(epochs=2), session="a")))
        assert "does not fit" in problem.id and problem.args["text"]


def test_a_command_line_of_a_cluster_that_makes_no_sense() -> None:
    done = subprocess.run([sys.executable, "-m", "core.runs.host", "nonsense"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "core.runs.host worker ADDRESS" in done.stderr


def port_answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.slow
def test_a_scheduler_that_cannot_be_reached(make_runner: Callable[..., Runner], pool: Pool) -> None:
    with socket.socket() as nobody:  # bound, not listening
        nobody.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{nobody.getsockname()[1]}"
        runner = make_runner(scheduler=address)
        start = time.monotonic()
        key = runner.open(CountSpec(), session="a")
        assert time.monotonic() - start < 0.1
        found = watch(runner, key)
        assert time.monotonic() - start < 3 * 5
    assert states(found) == ["starting", "failed"] and error(found).args == {"address": address}
    runner._trainer.cluster._address = pool.address()  # somebody starts it
    well(runner)


def test_an_address_that_makes_no_sense(make_runner: Callable[..., Runner]) -> None:
    runner = make_runner(scheduler="nonsense://here")
    assert error(watch(runner, runner.open(CountSpec(), session="a"))).args == {"address": "nonsense://here"}


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 kB, really full soon."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], capture_output=True).returncode:
        pytest.skip("only root may mount a tiny disk; test_store.py fills one in another way")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk(make_runner: Callable[..., Runner], tiny_disk: Path) -> None:
    runner = make_runner(store=tiny_disk / "runs")
    key = runner.open(CountSpec(epochs=20, size=4000), session="a")
    found = watch(runner, key)
    assert states(found)[-2:] == ["not_kept", "finished"] and epochs(found) == list(range(21))
    assert "No space left" in found[-2].header["message"]["args"]["problem"]
    assert list((tiny_disk / "runs").iterdir()) == []
    again = watch(runner, key)  # from memory, which still says so
    assert states(again) == ["not_kept", "finished"] and epochs(again) == list(range(21))


def test_a_store_that_cannot_be_written(make_runner: Callable[..., Runner], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    runner = make_runner(store=tmp_path / "file" / "runs")
    found = watch(runner, runner.open(CountSpec(epochs=3), session="a"))
    assert states(found)[-2:] == ["not_kept", "finished"]
    assert str(tmp_path / "file" / "runs") == found[-2].header["message"]["args"]["folder"]


def test_a_damaged_stored_run_is_trained_again(runner: Runner, make_runner: Callable[..., Runner]) -> None:
    key = runner.open(CountSpec(epochs=3), session="a")
    watch(runner, key)
    path = runner.store.folder / f"{key}.run"
    path.write_bytes(path.read_bytes()[:-5])
    other = make_runner()
    other.open(CountSpec(epochs=3), session="a")
    assert epochs(watch(other, key)) == [0, 1, 2, 3]
    assert path.exists()


@pytest.mark.slow
def test_heavy_workers_are_restarted_one_at_a_time_and_only_when_idle(make_runner: Callable[..., Runner]) -> None:
    runner = make_runner(worker_memory_mb=1)  # every worker is above that as soon as it has said so
    runner.start()
    until(lambda: runner.workers() == 2)
    before = set(runner._trainer.cluster.workers)
    keep = runner.open(CountSpec(epochs=100, pause=0.02), session="a", keep=True)
    short = runner.open(CountSpec(epochs=1), session="b")
    watch(runner, short)
    least = 2
    seen: set[str] = set()

    def looked() -> bool:
        nonlocal least
        workers = dict(runner._trainer.cluster.workers)
        seen.update(workers)
        least = min(least, len(workers))
        return runner.result(keep) is not None and len(seen - before) >= 2 and len(workers) == 2

    until(looked, 30)
    end = runner.result(keep)
    assert end and end.state == "finished"  # undisturbed, though its worker was above the limit all the time
    assert runner.records(keep)[-1].end().state == "finished"
    assert least >= 1
    assert not before & set(runner._trainer.cluster.workers)
    well(runner)


@pytest.mark.slow
def test_a_training_that_does_not_stop_loses_its_worker(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.runs.attempt.STUCK_S", 0.5)
    key = runner.open(CountSpec(mode="hang", at=2), session="a")
    until(lambda: epochs(runner.records(key)) == [0, 1])
    before = set(runner._trainer.cluster.workers)
    runner.release("a")
    until(lambda: not runner._trainer._training, 10)
    until(lambda: before - set(runner._trainer.cluster.workers) and runner.workers() == 2)
    well(runner)


@pytest.mark.slow
def test_a_pool_that_dies_is_started_again(make_runner: Callable[..., Runner]) -> None:
    runner = make_runner(scheduler=None)
    runner._trainer.cluster.pool = pool = Pool(warm=False)
    key = runner.open(CountSpec(epochs=60, pause=0.02, checkpoints=5), session="a", keep=True)
    until(lambda: epochs(runner.records(key))[-1:] >= [12])
    first = pool.pid
    assert first
    os.kill(first, signal.SIGKILL)
    found = watch(runner, key)
    assert "resumed" in states(found) and found[-1].end().state == "finished"
    assert epochs(found) == list(range(61)) and rows(found) == list(range(1, 61))
    assert pool.pid != first
    well(runner)


def test_the_pool_ends_when_the_app_is_killed() -> None:
    code = "from core.runs.pool import Pool; p = Pool(warm=False); p.address(); print(p.pid, flush=True); import time; time.sleep(60)"
    app = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert app.stdout
    pool = psutil.Process(int(app.stdout.readline()))
    until(lambda: len(pool.children(recursive=True)) >= 3)
    family = [pool, *pool.children(recursive=True)]
    app.kill()
    app.wait()
    until(lambda: not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in family), 15)
    app.stdout.close()


def test_a_pool_that_cannot_start_says_so(monkeypatch: pytest.MonkeyPatch, make_runner: Callable[..., Runner]) -> None:
    runner = make_runner(scheduler=None)
    assert runner._trainer.cluster.pool
    runner._trainer.cluster.pool._options = ["--cold"]
    monkeypatch.setenv("DLD_WORKERS", "many")  # the process refuses to start
    found = watch(runner, runner.open(CountSpec(), session="a"))
    assert states(found)[-1] == "failed"
    monkeypatch.delenv("DLD_WORKERS")
    well(runner)


def test_a_reader_that_does_not_keep_up_is_cut_off(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.runs.run.BEHIND", 1 << 20)
    monkeypatch.setattr("core.runs.run.CHUNK", 1 << 12)
    key = runner.open(CountSpec(epochs=3000, size=1000), session="a")

    async def slowly() -> int:
        last = -1
        async for _ in (stream := runner.stream(key)):
            last += 1
            if last == 0:
                until(lambda: runner.result(key))
        await stream.aclose()  # type: ignore[attr-defined]
        return last

    assert asyncio.run(slowly()) == 0
    assert epochs(watch(runner, key))[-1] == 3000  # it may reconnect
