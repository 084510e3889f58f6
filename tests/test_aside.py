"""Runs step aside for others that have shown nothing yet, and end as if they never had."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest

from core.runs.run import Run
from core.runs.runner import Runner
from core.runs.waiting import ANSWER_S, LONGEST_S, PATIENCE_S, SLICE_S, Waiting
from core.specs.feedforward import FeedforwardSpec
from tests.conftest import epochs, rows, until, watch
from tests.labs import CountSpec

LONG = {"epochs": 3000, "pause": 0.01, "stored_every": 100}


def training(runner: Runner) -> set[str]:
    return {run.key for run in runner._trainer._training}


def test_a_run_that_has_shown_nothing_does_not_wait_for_the_end_of_others(runner: Runner) -> None:
    long = [runner.open(CountSpec(**LONG, checkpoints=1, seed=n), session=f"long {n}", keep=True) for n in range(2)]
    until(lambda: training(runner) == {*long})
    short = CountSpec(epochs=5)
    assert epochs(watch(runner, runner.open(short, session="short"))) == [0, 1, 2, 3, 4, 5]  # the long ones take half a minute
    asides = [runner._runs[key].asides for key in long]
    assert sum(asides) >= 1 and not any(runner.result(key) for key in long)
    until(lambda: training(runner) == {*long})  # and go on by themselves
    for n in range(2):
        runner.release(f"long {n}", lab=CountSpec.lab)


def test_without_a_checkpoint_a_run_keeps_its_worker(make_runner: Callable[..., Runner]) -> None:
    runner = make_runner()
    long = [runner.open(CountSpec(epochs=60, pause=0.02, seed=n), session=f"long {n}") for n in range(2)]
    until(lambda: training(runner) == {*long})
    short = runner.open(CountSpec(epochs=1), session="short", keep=True)
    for key in long:
        assert epochs(watch(runner, key)) == list(range(61))
    until(lambda: runner.result(short))


def test_what_a_run_sends_is_the_same_however_often_it_stepped_aside(make_runner: Callable[..., Runner]) -> None:
    runner = make_runner()
    spec = CountSpec(epochs=400, pause=0.005, checkpoints=1, stored_every=50)
    key = runner.open(spec, session="a", keep=True)
    other = runner.open(CountSpec(**LONG, checkpoints=1), session="b", keep=True)
    until(lambda: training(runner) == {key, other})
    for n in range(6):
        watch(runner, runner.open(CountSpec(epochs=1, seed=n), session=f"c{n}"))
        time.sleep(0.1)
    found = watch(runner, key)
    assert runner._runs[key].asides >= 1
    assert rows(found) == list(range(1, 401)) and epochs(runner.records(key)) == [0, 50, 100, 150, 200, 250, 300, 350, 400]
    totals = {r.header["epoch"]: r.arrays["total"][0] for r in runner.records(key) if r.kind == "frame"}
    assert totals == {epoch: np.float32(epoch * (epoch + 1) / 2) for epoch in totals}
    runner.release("b", lab=CountSpec.lab)


@pytest.mark.slow
def test_a_real_network_that_stepped_aside_ends_in_the_same_bits(make_runner: Callable[..., Runner], tmp_path) -> None:
    spec = FeedforwardSpec(dropout=0.1, batch_size=4, epochs=300, seed=5)
    alone = make_runner(store=tmp_path / "alone")
    key = alone.open(spec, session="a")
    undisturbed = watch(alone, key)
    runner = make_runner(store=tmp_path / "beside")
    runner.open(spec, session="a", keep=True)
    until(lambda: key in runner._runs and len(epochs(runner.records(key))) > 2, 60)
    beside = [runner.open(CountSpec(epochs=20, pause=0.05, seed=n), session=f"b{n}", keep=True) for n in range(4)]
    found = watch(runner, key)
    until(lambda: all(runner.result(k) for k in beside))
    assert runner._runs[key].asides >= 1
    assert rows(found) == rows(undisturbed)
    kept = [{r.header["epoch"]: r for r in run.records(key) if r.kind == "frame"} for run in (alone, runner)]
    assert kept[0].keys() == kept[1].keys() and len(kept[0]) > 50
    for epoch, record in kept[0].items():
        other = kept[1][epoch]
        assert record.header["rows"] == other.header["rows"]
        differing = {name: float(np.abs(array.astype(float) - other.arrays[name]).max()) for name, array in record.arrays.items()
                     if array.tobytes() != other.arrays[name].tobytes()}
        assert not differing, epoch


def test_a_second_death_ends_a_run_although_it_stepped_aside_in_between(runner: Runner, tmp_path) -> None:
    spec = CountSpec(epochs=100, pause=0.02, mode="die", at=50, checkpoints=1, marker=str(tmp_path / "deaths"))
    key = runner.open(spec, session="a", keep=True)
    until(lambda: key in training(runner))
    runner._runs[key].deaths = 1  # before it stepped aside, and now it is taken up again
    end = watch(runner, key)[-1].end()
    assert end.state == "failed" and end.error and "broke off twice" in end.error.id
    assert (tmp_path / "deaths").read_text().count("\n") == 1


def test_a_run_that_stepped_aside_can_be_cancelled(runner: Runner) -> None:
    long = [runner.open(CountSpec(**LONG, checkpoints=1, seed=n), session=f"long {n}", keep=True) for n in range(4)]
    until(lambda: any(key in runner._runs and runner._runs[key].asides for key in long))
    for n in range(4):
        runner.release(f"long {n}", lab=CountSpec.lab)
    until(lambda: not runner._trainer._training and not runner.waiting())
    assert not runner._trainer._by_id


# ---- who goes first

def waiting_run(name: str) -> Run:
    return Run(name, CountSpec(seed=len(name)))


def test_the_order_of_those_that_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("core.runs.waiting.time.monotonic", lambda: now)
    queue, runs = Waiting(), {name: waiting_run(name) for name in "abcdef"}
    queue.add(runs["a"], background=True)
    queue.add(runs["b"])
    queue.put_back(runs["c"])
    queue.add(runs["d"])
    assert [run.key for run in queue] == ["b", "d", "c", "a"]
    now += PATIENCE_S
    queue.add(runs["e"])
    assert [run.key for run in queue] == ["b", "d", "c", "e", "a"]  # it has waited long enough
    queue.put_back(runs["f"])
    queue.hurry(runs["a"])
    assert [run.key for run in queue] == ["b", "d", "c", "e", "a", "f"]


def test_who_is_asked_to_step_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("core.runs.waiting.time.monotonic", lambda: now)
    old, young, back, fresh = (waiting_run(name) for name in ("old", "young", "back", "fresh"))
    for run, began in ((old, 990.0), (young, 1000.0), (back, 995.0)):
        run.began, run.started = began, True
    back.background = True
    queue = Waiting()
    everybody = lambda run: True  # noqa: E731
    assert queue.in_the_way([old, young, back], everybody) == []
    queue.add(waiting_run("group"), background=True)
    assert queue.in_the_way([old, young, back], everybody) == []  # the background displaces nobody
    queue.add(fresh)
    assert queue.in_the_way([old, young, back], everybody) == [(0.0, back)]
    assert queue.in_the_way([old, young, back], lambda run: False) == []  # its session has enough
    assert queue.in_the_way([young], everybody) == [(pytest.approx(SLICE_S), young)]
    back.asked = now
    assert queue.in_the_way([old, young, back], everybody) == []  # one is leaving already
    now += ANSWER_S
    assert queue.in_the_way([old, young, back], everybody) == [(0.0, old)]  # or cannot: another one is asked
    back.asked, now = now, 1000.0
    queue.add(waiting_run("second"))
    assert queue.in_the_way([old, young, back], everybody) == [(0.0, old)]
    young.asides = 9
    assert queue.in_the_way([young], everybody)[0][0] == pytest.approx(LONGEST_S)


# ---- a worker that was not started by us

def test_a_worker_that_came_cold_computes_like_all_others(runner: Runner) -> None:
    """The tests' pool starts without TensorFlow, as workers of somebody else's cluster may."""
    watch(runner, runner.open(FeedforwardSpec(epochs=1), session="a"))

    def threads() -> int | None:
        import sys

        tensorflow = sys.modules.get("tensorflow")
        return tensorflow.config.threading.get_intra_op_parallelism_threads() if tensorflow else None

    async def everywhere() -> dict[str, int | None]:
        return await runner._trainer.cluster.client.run(threads)

    found = runner._trainer.call(everywhere()).result(20)
    assert {number for number in found.values() if number is not None} == {1}
