"""Runs step aside for others that have shown nothing yet, and end as if they never had."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest

from core.frame import End
from core.runs.attempt import once_more
from core.runs.run import Run
from core.runs.runner import Runner
from core.runs.waiting import ANSWER_S, LONGEST_S, OLD_S, PATIENCE_S, SLICE_S, Waiting
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


def test_a_run_that_its_stream_starts_again_is_not_in_the_background(make_runner: Callable[..., Runner]) -> None:
    """A browser may need longer to open the stream than a run goes on unwatched."""
    runner = make_runner(unwatched_s=0.3)
    key = runner.open(CountSpec(**LONG, checkpoints=1), session="slow browser")
    until(lambda: key not in runner._runs)
    long = [runner.open(CountSpec(**LONG, checkpoints=1, seed=n), session=f"long {n}", keep=True) for n in (1, 2)]
    until(lambda: training(runner) == {*long})
    assert 3 in epochs(watch(runner, key, frames=5, seconds=5))
    for n in (1, 2):
        runner.release(f"long {n}", lab=CountSpec.lab)


def test_a_sessions_own_groups_and_pins_make_room_for_what_it_opens(make_runner: Callable[..., Runner]) -> None:
    runner = make_runner(runs_per_session=1)
    group = [CountSpec(**LONG, checkpoints=1, seed=n) for n in range(4)]
    runner.open_group(group, session="a", role="pins:page")
    until(lambda: len(training(runner)) == 1)
    assert epochs(watch(runner, runner.open(CountSpec(epochs=3), session="a"), seconds=10)) == [0, 1, 2, 3]
    assert len(training(runner)) <= 1 and runner.workers() == 2
    runner.release("a")


def test_a_run_of_a_group_is_in_the_background_only_as_long_as_nobody_wants_it_alone(make_runner: Callable[..., Runner]) -> None:
    runner = make_runner()
    spec = CountSpec(**LONG, checkpoints=1)
    (key,) = runner.open_group([spec], session="a", role="seeds")
    run = runner._runs[key]
    assert run.background
    runner.open(spec, session="a")
    assert not run.background
    runner.open(CountSpec(epochs=1), session="a")  # its slot moves on; the group still holds it
    assert run.background
    runner.open(spec, session="b")
    assert not run.background
    runner.release("b")
    assert run.background
    runner.release("a")


@pytest.mark.slow
def test_the_slices_of_a_run_share_one_time_budget(make_runner: Callable[..., Runner]) -> None:
    runner = make_runner(project_budget_s=1.5)
    keys = [runner.open(CountSpec(**LONG, checkpoints=1, seed=n), session=f"s{n}", keep=True) for n in range(3)]  # for two workers
    began = time.monotonic()
    until(lambda: all(runner.paused(key) == "spent" for key in keys), 20)  # with a budget a slice they would train for 45 s
    assert time.monotonic() - began >= 1.5 and any(runner._runs[key].asides for key in keys)
    assert not any(runner.result(key) for key in keys)


def test_a_connection_that_is_lost_is_not_the_runs_doing(make_runner: Callable[..., Runner]) -> None:
    trainer, run = make_runner()._trainer, waiting_run("a")
    for _time in range(4):
        assert once_more(trainer.cluster, run, "lost")
    assert run.deaths == 0
    assert once_more(trainer.cluster, run, "killed") and not once_more(trainer.cluster, run, "killed")


def test_waiting_for_a_worker_is_not_training(make_runner: Callable[..., Runner]) -> None:
    runner = make_runner()
    key = runner.open(CountSpec(**LONG, checkpoints=1), session="a", keep=True)
    until(lambda: key in training(runner))
    run = runner._runs[key]
    until(lambda: run.started)
    run.heard -= 100  # as if it had waited so long at the scheduler
    runner._trainer.call(_hear(runner, run)).result(5)
    others = [runner.open(CountSpec(**LONG, checkpoints=1, seed=n), session=f"b{n}", keep=True) for n in (1, 2)]
    until(lambda: run.asides)
    assert 0 < run.spent < 20
    for n in (1, 2):
        runner.release(f"b{n}", lab=CountSpec.lab)
    assert len(others) == 2
    runner.release("a", lab=CountSpec.lab)


async def _hear(runner: Runner, run: Run) -> None:
    runner._trainer._receive({"run": run.id, "attempt": run.attempt, "sequence": run.sequence, "data": b"", "started": True,
                              "worker": run.address or ""})


@pytest.mark.slow
def test_a_run_that_was_asked_when_its_worker_died_can_be_asked_again(runner: Runner, tmp_path) -> None:
    spec = CountSpec(epochs=2000, pause=0.02, checkpoints=110, mode="die once", at=100, marker=str(tmp_path / "deaths"))
    key = runner.open(spec, session="a", keep=True)
    runner.open(CountSpec(**LONG, seed=1), session="b", keep=True)  # without checkpoints, it keeps its worker
    until(lambda: len(training(runner)) == 2)
    runner.open(CountSpec(epochs=1, seed=9), session="e", keep=True)
    until(lambda: runner._runs[key].asked or runner._runs[key].deaths)
    assert epochs(watch(runner, runner.open(CountSpec(epochs=1, seed=2), session="c"), seconds=30)) == [0, 1]
    run = runner._runs[key]
    until(lambda: run.deaths == 1 and run.started and run in runner._trainer._training)
    assert run.asked is None
    assert epochs(watch(runner, runner.open(CountSpec(epochs=1, seed=3), session="d"), seconds=30)) == [0, 1]
    assert run.asides >= 1
    for session in "ab":
        runner.release(session, lab=CountSpec.lab)


@pytest.mark.slow
def test_a_run_is_asked_again_when_the_question_was_lost(runner: Runner, monkeypatch) -> None:
    step_aside = runner._trainer.cluster.step_aside
    lost: list[Run] = []

    async def lose_the_first(run: Run) -> None:
        if run in lost:
            await step_aside(run)
        lost.append(run)

    monkeypatch.setattr(runner._trainer.cluster, "step_aside", lose_the_first)
    monkeypatch.setattr("core.runs.waiting.AGAIN_S", 1.5)
    long = [runner.open(CountSpec(**LONG, checkpoints=1, seed=n), session=f"long {n}", keep=True) for n in range(2)]
    until(lambda: training(runner) == {*long})
    assert epochs(watch(runner, runner.open(CountSpec(epochs=1), session="short"), seconds=15)) == [0, 1]
    assert {run.key for run in lost} == {*long}  # the other one was asked before the first was again
    for n in range(2):
        runner.release(f"long {n}", lab=CountSpec.lab)


@pytest.mark.slow
def test_a_lab_that_is_asked_leaves_at_once(runner: Runner) -> None:
    """Not only at its next checkpoint, which comes every two seconds."""
    spec = FeedforwardSpec(epochs=2000, batch_size=4, dropout=0.1)
    key = runner.open(spec, session="a", keep=True)
    until(lambda: key in runner._runs and len(epochs(runner.records(key))) > 3, 60)
    run = runner._runs[key]
    runner.open(CountSpec(**LONG, checkpoints=1, seed=0), session="b0", keep=True)
    until(lambda: len(training(runner)) == 2)
    run.checkpoint = None  # it makes one by itself every two seconds
    until(lambda: run.checkpoint is not None)
    runner.open(CountSpec(**LONG, checkpoints=1, seed=1), session="b1", keep=True)
    runner.open(CountSpec(**LONG, checkpoints=1, seed=2), session="b2", keep=True)
    asked = time.monotonic()
    until(lambda: run.asides)
    assert time.monotonic() - asked < 1.5
    for n in range(3):
        runner.release(f"b{n}", lab=CountSpec.lab)
    runner.release("a", lab=spec.lab)


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
    run = runner._runs[key]
    run.deaths = 1
    for n in range(3):  # there are two workers
        runner.open(CountSpec(**LONG, checkpoints=1, seed=n), session=f"b{n}", keep=True)
    until(lambda: run.asides)
    for n in range(3):
        runner.release(f"b{n}", lab=CountSpec.lab)
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
    runs["a"].background = True
    queue.add(runs["a"])
    queue.add(runs["b"])
    queue.put_back(runs["c"])
    queue.add(runs["d"])
    assert [run.key for run in queue] == ["b", "d", "c", "a"]
    now += PATIENCE_S
    queue.add(runs["e"])
    assert [run.key for run in queue] == ["b", "d", "c", "e", "a"]  # it has waited long enough
    queue.put_back(runs["f"])
    runs["a"].background = False  # it is wanted for itself now
    queue.order()
    assert [run.key for run in queue] == ["b", "d", "c", "e", "a", "f"]


def test_of_a_long_group_one_run_at_a_time_gets_old(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("core.runs.waiting.time.monotonic", lambda: now)
    queue, group = Waiting(), [waiting_run(f"g{n}") for n in range(4)]
    for run in group:
        run.background = True
        queue.add(run)
    now += OLD_S - 0.1
    queue.add(waiting_run("fresh"))
    assert [run.key for run in queue] == ["fresh", "g0", "g1", "g2", "g3"]
    now += 0.2
    queue.add(waiting_run("next"))
    assert [run.key for run in queue] == ["fresh", "g0", "next", "g1", "g2", "g3"]  # first come, first served
    queue.remove(group[0])  # it has a worker
    queue.add(waiting_run("last"))
    assert [run.key for run in queue] == ["fresh", "next", "g1", "last", "g2", "g3"]
    group[1].background = False  # somebody wants it for itself: another one gets old
    queue.order()
    assert [run.key for run in queue if not queue.rank(run)] == ["fresh", "next", "g1", "last", "g2"]


def test_whom_an_old_run_of_the_background_displaces(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("core.runs.waiting.time.monotonic", lambda: now)
    fore, own, other, old = (waiting_run(name) for name in ("fore", "own", "other", "old"))
    queue = Waiting()
    old.background = True
    queue.add(old)
    now += OLD_S
    for run in (fore, own, other):
        run.began, run.started, run.background = now - 1, True, run is not fore
    queue.order()
    everybody, sessions = lambda run: True, {"fore": {"a"}, "own": {"b"}, "other": {"c"}, "old": {"b"}}.__getitem__  # noqa: E731
    assert queue.in_the_way([fore, own], everybody, sessions) == [(0.0, fore)]
    assert queue.in_the_way([own], everybody, sessions) == []  # a group would be always changing places with itself
    assert queue.in_the_way([own, other], everybody, sessions) == [(pytest.approx(OLD_S - 1), other)]  # and two groups with each other


def test_who_is_asked_to_step_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("core.runs.waiting.time.monotonic", lambda: now)
    old, young, back, fresh = (waiting_run(name) for name in ("old", "young", "back", "fresh"))
    for run, began in ((old, 990.0), (young, 1000.0), (back, 995.0)):
        run.began, run.started = began, True
    back.background = True
    queue = Waiting()
    everybody = lambda run: True  # noqa: E731
    each = lambda key: {key}  # noqa: E731 - every run has a session of its own
    group = waiting_run("group")
    group.background = True
    assert queue.in_the_way([old, young, back], everybody, each) == []
    queue.add(group)
    assert queue.in_the_way([old, young, back], everybody, each) == []  # the background displaces nobody
    queue.add(fresh)
    assert queue.in_the_way([old, young, back], everybody, each) == [(0.0, back)]
    back.began = now  # it has only begun, and gives way all the same
    assert queue.in_the_way([old, young, back], everybody, each) == [(pytest.approx(SLICE_S), back)]
    back.asides = 9
    assert queue.in_the_way([back], everybody, each)[0][0] == pytest.approx(SLICE_S)
    back.began, back.asides = 995.0, 0
    assert queue.in_the_way([young], everybody, each) == [(pytest.approx(SLICE_S), young)]
    back.asked = now
    assert queue.in_the_way([old, young, back], everybody, each) == []  # one is leaving already
    now += ANSWER_S
    assert queue.in_the_way([old, young, back], everybody, each) == [(0.0, old)]  # or cannot: another one is asked
    back.asked, now = now, 1000.0
    queue.add(waiting_run("second"))
    assert queue.in_the_way([old, young, back], everybody, each) == [(0.0, old)]
    young.asides = 5000
    assert queue.in_the_way([young], everybody, each)[0][0] == pytest.approx(LONGEST_S)


def test_whoever_has_just_stepped_aside_displaces_only_the_background(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.runs.waiting.time.monotonic", lambda: 1000.0)
    old, back, again = (waiting_run(name) for name in ("old", "back", "again"))
    for run in (old, back):
        run.began, run.started = 990.0, True
    back.background = True
    queue = Waiting()
    queue.put_back(again)
    everybody, each = lambda run: True, lambda key: {key}  # noqa: E731
    assert queue.in_the_way([old], everybody, each) == []
    assert queue.in_the_way([old, back], everybody, each) == [(0.0, back)]


def test_whose_session_has_enough_in_training_displaces_only_its_own_background(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("core.runs.waiting.time.monotonic", lambda: now)
    mine, other, alone, fresh = (waiting_run(name) for name in ("mine", "other", "alone", "fresh"))
    for run in (mine, other, alone):
        run.began, run.started, run.background = 990.0, True, run is not alone
    sessions = {"mine": {"a"}, "other": {"b"}, "alone": {"a"}, "fresh": {"a"}}.__getitem__
    nobody = lambda run: False  # noqa: E731
    queue = Waiting()
    queue.add(fresh)
    assert queue.in_the_way([other, alone, mine], nobody, sessions) == [(0.0, mine)]
    assert queue.in_the_way([other, alone], nobody, sessions) == []
    mine.asked = now
    assert queue.in_the_way([other, alone, mine], nobody, sessions) == []  # it is leaving


def test_a_cancelled_run_that_is_about_to_leave_makes_room_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("core.runs.waiting.time.monotonic", lambda: now)
    monkeypatch.setattr("core.runs.run.time.monotonic", lambda: now)
    old, cancelled = waiting_run("old"), waiting_run("cancelled")
    for run in (old, cancelled):
        run.began, run.started = 990.0, True
    cancelled.finish(End("cancelled"))
    queue = Waiting()
    queue.add(waiting_run("fresh"))
    everybody, each = lambda run: True, lambda key: {key}  # noqa: E731
    assert queue.in_the_way([old, cancelled], everybody, each) == []
    now += ANSWER_S
    assert queue.in_the_way([old, cancelled], everybody, each) == [(0.0, old)]  # it hangs


# ---- a worker that was not started by us

@pytest.mark.slow
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
