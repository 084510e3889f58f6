"""Sharing, cancelling, queueing, watching, asking."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.frame import End, encode_end, records
from core.runs import shelf
from core.runs.questions import AskError
from core.runs.run import Run
from core.runs.runner import Runner
from core.runs.wishes import Wish, Wishes
from core.specs.feedforward import FeedforwardSpec
from tests.conftest import arrive, epochs, kinds, rows, states, until, watch
from tests.labs import CountSpec


def training(runner: Runner) -> int:
    return len(runner._trainer._training)


def read(runner: Runner, key: str, count: int) -> None:
    """Read a stream until its frame number `count`, then go away."""
    async def some() -> None:
        stream = runner.stream(key)
        seen = 0
        async for record in arrive(stream):
            seen += record.kind == "frame"
            if seen == count:
                break
        await stream.aclose()  # type: ignore[attr-defined]

    asyncio.run(asyncio.wait_for(some(), 30))


def test_a_run_from_start_to_end_and_again(runner: Runner, make_runner: Callable[..., Runner]) -> None:
    spec = CountSpec(epochs=30, stored_every=10)
    key = runner.open(spec, session="a")
    found = watch(runner, key)
    assert kinds(found)[0] == "run" and kinds(found)[-1] == "end"
    assert found[0].header["spec"] == spec.model_dump(mode="json")
    assert epochs(found) == list(range(31)) and rows(found) == list(range(1, 31))
    end = runner.result(key)
    assert end and end.state == "finished" and end.notes[0].args == {"epochs": 30}

    again = watch(runner, key)  # from memory: what the store has
    assert epochs(again) == [0, 10, 20, 30] and rows(again) == list(range(1, 31))
    other = make_runner()  # from the store, without a worker
    other.open(spec, session="b")
    assert b"".join(r.raw for r in watch(other, key)) == b"".join(r.raw for r in again)
    assert not other._trainer.cluster.connected
    assert epochs(other.records(key)) == [0, 10, 20, 30]


def test_equal_specs_share_one_training(runner: Runner, tmp_path: Path) -> None:
    marker = tmp_path / "trained"
    spec = CountSpec(epochs=20, pause=0.02, mode="note", marker=str(marker))
    keys = {runner.open(spec, session=session) for session in "abc"}
    assert len(keys) == 1

    async def all_of_them() -> list[list[int]]:
        async def one(delay: float) -> list[int]:
            await asyncio.sleep(delay)
            return epochs([record async for record in arrive(runner.stream(spec.key))])

        return await asyncio.gather(one(0), one(0.1), one(0.2))

    assert asyncio.run(all_of_them()) == [list(range(21))] * 3
    assert len(marker.read_text().splitlines()) == 1


def test_a_new_spec_in_a_slot_cancels_the_old_run(runner: Runner) -> None:
    old = runner.open(CountSpec(epochs=10000, pause=0.05), session="a")
    read(runner, old, 3)
    assert training(runner) == 1
    start = time.monotonic()
    new = runner.open(CountSpec(epochs=1), session="a")
    assert time.monotonic() - start < 0.05
    assert until(lambda: all(run.key != old for run in runner._trainer._training)) < 3 * 0.5
    assert states(watch(runner, new))[-1] == "finished"
    assert states(watch(runner, old)) == ["cancelled"]  # no slot holds it: not trained for nobody
    until(lambda: training(runner) == 0)


def test_a_stopped_run_that_is_still_on_screen_can_be_asked(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = []
    for long in (10000, 10001):
        keys.append(runner.open(CountSpec(epochs=long, pause=0.02), session="a"))
        read(runner, keys[-1], 4)
        runner.release("a", role="main")
        assert runner.result(keys[-1]) is None and not runner.there(keys[-1])
    assert [runner.ask(key, "times", epoch=2, arguments={"factor": 5})["answer"][0] for key in keys] == [15, 15]
    monkeypatch.setattr(shelf, "LEFT", 0)  # no room but for the last one
    last = runner.open(CountSpec(epochs=10002, pause=0.02), session="a")
    read(runner, last, 4)
    runner.release("a", role="main")
    assert runner.ask(last, "times", epoch=2)["answer"][0] == 3
    for key in keys:
        with pytest.raises(AskError, match="no longer here"):
            runner.ask(key, "times")


def test_a_worker_that_trains_a_real_network_is_free_at_once(runner: Runner) -> None:
    old = runner.open(FeedforwardSpec(dropout=0.1, batch_size=1, epochs=2000), session="a")
    read(runner, old, 8)  # past the compiling, which may finish
    runner.open(FeedforwardSpec(epochs=1), session="a")
    until(lambda: all(run.key != old for run in runner._trainer._training), 5)  # it has minutes to go


def test_a_cancelled_training_is_closed(runner: Runner, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    key = runner.open(CountSpec(epochs=10000, pause=0.02, mode="tell", marker=str(marker)), session="a")
    read(runner, key, 3)
    runner.release("a")
    until(lambda: marker.exists() and marker.read_text() == "closed\n", 3 * 0.5)


def test_a_run_that_another_slot_holds_goes_on(runner: Runner) -> None:
    spec = CountSpec(epochs=60, pause=0.01)
    runner.open(spec, session="a")
    runner.open(spec, session="b", role="pinned")
    runner.open(CountSpec(epochs=1), session="a")
    runner.release("a")
    assert states(watch(runner, spec.key))[-1] == "finished"


def test_a_run_that_nobody_watches_is_cancelled_and_may_be_rejoined(make_runner: Callable[..., Runner]) -> None:
    runner = make_runner(unwatched_s=0.3)
    key = runner.open(CountSpec(epochs=10000, pause=0.01), session="a")
    read(runner, key, 3)
    time.sleep(0.1)
    read(runner, key, 12)  # rejoined in time: the same run, with all it had
    run = runner._runs[key]
    until(lambda: run.over, 3)
    assert run.end and run.end.state == "cancelled"
    read(runner, key, 3)  # a stream starts it again
    assert runner._runs[key] is not run


def test_a_run_that_was_never_watched_is_cancelled_too(make_runner: Callable[..., Runner]) -> None:
    runner = make_runner(unwatched_s=0.2)
    key = runner.open(CountSpec(epochs=10000, pause=0.01), session="a")
    until(lambda: key not in runner._runs, 3)


def test_a_pinned_run_goes_on_while_the_person_is_on_another_page(make_runner: Callable[..., Runner]) -> None:
    runner = make_runner(unwatched_s=0.2)
    pinned, other = CountSpec(epochs=10000, pause=0.01), CountSpec(epochs=10000, pause=0.01, seed=1)
    runner.open_group([pinned], session="a", role="pins:page")
    runner.open_group([other], session="a", role="seeds")
    until(lambda: other.key not in runner._runs, 3)
    assert not runner._runs[pinned.key].over
    runner.release("a")
    until(lambda: pinned.key not in runner._runs, 3)


def test_a_project_run_is_kept(make_runner: Callable[..., Runner]) -> None:
    runner = make_runner(unwatched_s=0.2)
    key = runner.open(CountSpec(epochs=60, pause=0.02), session="a", keep=True)
    runner.release("a")
    until(lambda: runner.result(key), 10)
    end = runner.result(key)
    assert end and end.state == "finished"


def test_the_queue_tells_the_place(runner: Runner) -> None:
    long = [CountSpec(epochs=10000, pause=0.01, seed=n) for n in range(2)]
    for n, spec in enumerate(long):
        runner.open(spec, session=f"long {n}", keep=True)
    until(lambda: training(runner) == 2)
    specs = [CountSpec(epochs=1, seed=n) for n in range(2)]
    keys = [runner.open(spec, session=f"short {n}") for n, spec in enumerate(specs)]

    async def both() -> list[list[tuple[int, float]]]:
        async def one(key: str) -> list[tuple[int, float]]:
            return [(r.header["place"], r.header["seconds"]) async for r in arrive(runner.stream(key))
                    if r.kind == "status" and r.header["state"] == "queued"]

        async def free() -> None:
            await asyncio.sleep(0.5)
            runner.release("long 0", lab=CountSpec.lab)  # "stop" ends a project run

        return (await asyncio.gather(one(keys[0]), one(keys[1]), free()))[:2]

    first, second = asyncio.run(both())
    assert [place for place, _ in first] == [1]
    assert [place for place, _ in second][:2] == [2, 1] and second[0][1] > second[1][1] > 0
    runner.release("long 1", lab=CountSpec.lab)


def test_one_session_may_not_have_all_workers(make_runner: Callable[..., Runner]) -> None:
    runner = make_runner(runs_per_session=1)
    runner.start()
    until(lambda: runner.workers() == 2)
    for role in ("one", "two", "three"):
        runner.open(CountSpec(epochs=10000, pause=0.01, mode=role), session="greedy", role=role)
    until(lambda: training(runner) == 1)
    key = runner.open(CountSpec(epochs=3), session="modest")
    assert states(watch(runner, key))[-1] == "finished"
    until(lambda: training(runner) == 1)  # the modest one is off its worker, the greedy one's others still wait
    assert runner.waiting() == 2


def test_a_player_reconnects_where_it_was(runner: Runner) -> None:
    key = runner.open(CountSpec(epochs=40, pause=0.01), session="a")
    assert epochs(watch(runner, key, after=10)) == list(range(11, 41))
    assert epochs(watch(runner, key, after=38)) == [39, 40]
    assert kinds(watch(runner, key, after=40)) == ["run", "end"]


def test_a_key_that_nobody_asked_for(runner: Runner) -> None:
    assert not runner.known("0" * 32)
    with pytest.raises(KeyError):
        watch(runner, "0" * 32)


def test_asking_a_finished_and_a_running_model(runner: Runner) -> None:
    done = runner.open(CountSpec(epochs=5), session="a")
    watch(runner, done)
    assert runner.ask(done, "times", arguments={"factor": 2})["answer"][0] == 2 * 15
    assert runner.ask(done, "times", epoch=3)["answer"][0] == 6
    for n in range(2):  # every worker trains
        runner.open(CountSpec(epochs=10000, pause=0.02, seed=n), session=f"b{n}", keep=True)
    until(lambda: training(runner) == 2)
    start = time.monotonic()
    assert runner.ask(done, "times")["answer"][0] == 15
    running = next(iter(runner._trainer._training)).key
    until(lambda: epochs(runner.records(running)))
    assert runner.ask(running, "times", epoch=0)["answer"][0] == 0
    assert time.monotonic() - start < 3 * 1
    assert runner.ask(done, "times", epoch=99)["answer"][0] == 15  # the nearest one answers
    with pytest.raises(AskError, match="is not “times”"):
        runner.ask(done, "nothing")


def test_the_estimate_learns(runner: Runner) -> None:
    spec = CountSpec(epochs=20, pause=0.01)
    assert runner.estimate(spec) == pytest.approx(0.2)
    watch(runner, runner.open(spec, session="a"))
    twice = runner.estimate(CountSpec(epochs=40, pause=0.01))
    assert twice and twice > 0.4


def test_a_thousand_frames_in_order(runner: Runner) -> None:
    key = runner.open(CountSpec(epochs=3000, size=2000, stored_every=100), session="a")
    found = watch(runner, key)
    assert epochs(found) == list(range(3001))
    assert np.array_equal([r.arrays["total"][0] for r in found if r.kind == "frame"],
                          np.cumsum(np.arange(3001), dtype="float64").astype("float32"))


def test_old_pictures_for_the_screen_are_forgotten(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.runs.run.HISTORY", 1 << 20)
    spec = CountSpec(epochs=600, size=2000, stored_every=100, pause=0.001)
    key = runner.open(spec, session="a")

    async def early_and_late() -> tuple[list[int], list[int]]:
        async def one(delay: float) -> list:  # type: ignore[type-arg]
            await asyncio.sleep(delay)
            return [r async for r in arrive(runner.stream(key))]

        early, late = await asyncio.gather(one(0), one(0.5))
        assert rows(early) == rows(late) == list(range(1, 601))
        return epochs(early), epochs(late)

    early, late = asyncio.run(early_and_late())
    assert early == list(range(601))
    assert set(range(0, 601, 100)) <= set(late) and len(late) < 500


def test_wishes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.runs.wishes.ASKED", 3)
    monkeypatch.setattr("core.runs.wishes.UPLOADS", 1000)
    wishes = Wishes()
    freed = []
    for n in range(5):
        wish = Wish(CountSpec(seed=n), (str(n),), False)
        freed += wishes.put(("session", "lab", str(n)), {str(n): wish}, {str(n): {"x": np.zeros(400, "uint8")}})
    assert freed == ["0", "1"] and not wishes.held("1") and wishes.held("2")
    assert wishes.asked("1") is None and wishes.asked("2")
    assert set(wishes.uploads(("0", "1", "2", "3", "4"))) == {"3", "4"}


def test_a_forgotten_upload_is_in_no_copy_of_the_runner(runner: Runner) -> None:
    arrays = {"x": np.zeros((40, 2), "float32"), "y": np.arange(40, dtype="float32") % 2}
    mine, other = "a" * 32, "b" * 32
    old = FeedforwardSpec(dataset="upload", upload=mine, epochs=1)
    for spec in (old, old.changed(seed=1)):
        runner.open(spec, session="a", uploads={mine: arrays, other: arrays})
        assert states(watch(runner, spec.key))[-1] == "finished"
    runner.forget(mine, runs=False)
    assert set(runner._wishes._uploads) == {other}
    assert runner.store.has(old.key)
    stopped = old.changed(seed=3, epochs=2000, batch_size=1)  # nobody's any more, but for questions
    runner.open(stopped, session="a", uploads={mine: arrays})
    until(lambda: runner._runs[stopped.key].started)
    runner.release("a", role="main")
    assert runner._shelf.asked(stopped.key) and runner._shelf.naming(mine) >= {stopped.key}
    runner._wishes._asked.pop(stopped.key, None)  # it was long ago
    running = old.changed(seed=2, epochs=2000, batch_size=1)
    runner.open(running, session="b", uploads={mine: arrays})
    until(lambda: running.key in runner._runs and runner._runs[running.key].started)
    runner.forget(mine)  # and what learned from it, or does, whoever holds it
    assert not any(runner.store.has(key) or runner.known(key) for key in (old.key, old.changed(seed=1).key, running.key))
    assert not runner._shelf.naming(mine)
    until(lambda: not runner._trainer._training)


def test_the_web_process_stays_light() -> None:
    import subprocess
    import sys

    code = "import core.runs.routes, sys; print([m for m in ('tensorflow', 'keras', 'streamlit', 'distributed') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_records_arrive_whole(runner: Runner) -> None:
    key = runner.open(CountSpec(epochs=200, size=5000), session="a")

    async def chunks() -> list[bytes]:
        return [data async for data in runner.stream(key)]

    for data in asyncio.run(chunks()):
        list(records(data))  # ValueError if one ends inside a record


def test_a_run_that_is_deleted_while_it_is_stored_is_not_kept(make_runner: Callable[..., Runner]) -> None:
    runner, end = make_runner(), End("finished")
    spec = CountSpec(epochs=1)
    for asked in (True, False):
        run = Run(spec.key, spec)
        run.finish(End("cancelled"))
        if asked:
            runner.open(spec, session="a")
        else:
            runner._wishes._asked.clear()
        runner._settle(run, end, encode_end(end))
        assert runner.store.has(spec.key) == asked
