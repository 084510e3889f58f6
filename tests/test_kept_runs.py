"""Runs of a project: they go on when nobody watches, pause, and go on from where they were."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest

from core.frame import Status
from core.runs import runner as runners
from core.runs import work
from core.runs.run import Run
from core.runs.runner import Runner
from tests.conftest import epochs, rows, until, watch
from tests.labs import CountSpec

SPEC = CountSpec(epochs=300, pause=0.005, checkpoints=1, stored_every=50)
LAB = CountSpec.lab


def training(runner: Runner) -> set[str]:
    return {run.key for run in runner._trainer._training}


def epoch_of(runner: Runner, key: str) -> int:
    return max(epochs(runner.records(key)), default=-1)


def begun(runner: Runner, session: str = "a", spec: CountSpec = SPEC) -> str:
    key = runner.open(spec, session=session, role="project", keep=True)
    until(lambda: epoch_of(runner, key) >= 5)
    return key


def paused(runner: Runner, session: str = "a") -> None:
    runner.pause(session, lab=LAB, role="project")
    until(lambda: not training(runner))


def test_it_goes_on_when_its_session_is_over(make_runner: Callable[..., Runner]) -> None:
    runner = make_runner(unwatched_s=0.2)
    key = begun(runner)
    runner.release("a")
    until(lambda: runner.result(key) is not None)
    assert runner.result(key).state == "finished" and rows(runner.records(key)) == list(range(1, 301))  # type: ignore[union-attr]


def test_what_it_learns_from_is_known_until_an_hour_after_its_end(make_runner: Callable[..., Runner], monkeypatch: Any) -> None:
    runner = make_runner(unwatched_s=0.2)
    name, arrays = "d" * 32, {"x": np.zeros(3, np.float32)}
    key = runner.open(SPEC, session="a", role="project", keep=True, uploads={name: arrays})
    runner.open(SPEC.changed(seed=1), session="b", uploads={"e" * 32: arrays})  # no project's
    runner.release("a")
    assert runner.learned_from() == {name}
    until(lambda: runner.result(key) is not None)
    assert runner.learned_from() == {name}
    monkeypatch.setattr("core.runs.shelf.AWAITED_S", 0.0)
    assert runner.learned_from() == set()


def test_a_paused_run_waits_and_ends_as_if_it_had_not(runner: Runner) -> None:
    key = begun(runner)
    paused(runner)
    at = epoch_of(runner, key)
    assert runner.paused(key) and runner.there(key) and runner.result(key) is None and at < 300
    assert runner.open(SPEC, session="a", role="project", keep=True) == key  # a page that runs again does not continue it
    assert runner.paused(key) and not training(runner) and epoch_of(runner, key) == at
    runner.open(SPEC, session="a", role="project", keep=True, again=True)
    assert not runner.paused(key)
    found = watch(runner, key)
    assert rows(found) == list(range(1, 301))
    totals = {r.header["epoch"]: r.arrays["total"][0] for r in runner.records(key) if r.kind == "frame"}
    assert totals == {epoch: np.float32(epoch * (epoch + 1) / 2) for epoch in totals}


def test_its_stream_says_that_it_is_paused_and_stays_open(runner: Runner) -> None:
    key = begun(runner)
    paused(runner)

    async def last() -> str:
        state = ""
        stream = runner.stream(key)
        try:
            async with asyncio.timeout(0.5):
                async for data in stream:
                    for record in runners.records(data):
                        state = record.header.get("state", "") if record.kind == "status" else record.kind
        except TimeoutError:
            pass
        return state

    assert asyncio.run(last()) == "paused"


def test_one_that_waits_for_a_worker_can_be_paused_too(make_runner: Callable[..., Runner]) -> None:
    runner = make_runner(runs_per_session=1)
    first = begun(runner)
    second = runner.open(SPEC.changed(seed=1), session="a", role="other", keep=True)
    runner.pause("a", lab=LAB, role="other")
    assert runner.paused(second) and runner.waiting() == 0
    paused(runner)
    runner.open(SPEC.changed(seed=1), session="a", role="other", keep=True, again=True)
    assert rows(watch(runner, second)) == list(range(1, 301))
    assert runner.paused(first)


def test_one_that_is_paused_before_its_worker_has_begun_leaves_it(runner: Runner) -> None:
    key = runner.open(SPEC, session="a", role="project", keep=True)
    until(lambda: key in training(runner))
    paused(runner)
    assert runner.paused(key)


def test_a_run_is_asked_again_to_pause_when_the_question_was_lost(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    step_aside = runner._trainer.cluster.step_aside
    asked: list[Run] = []

    async def lose_the_first(run: Run) -> None:
        asked.append(run)
        if len(asked) > 1:
            await step_aside(run)

    monkeypatch.setattr(runner._trainer.cluster, "step_aside", lose_the_first)
    monkeypatch.setattr("core.runs.waiting.AGAIN_S", 0.3)
    key = begun(runner, spec=SPEC.changed(epochs=3000))
    paused(runner)
    assert runner.paused(key) and runner.result(key) is None and len(asked) >= 2 and {*asked} == {runner._runs[key]}


def test_what_others_want_too_is_not_paused(runner: Runner) -> None:
    key = begun(runner)
    runner.open(SPEC, session="b", role="project", keep=True)
    watching = [Mock(), Mock()]
    runner._runs[key].readers.update(watching)
    assert not runner.pause("a", lab=LAB, role="project") and not runner.paused(key)
    runner._runs[key].readers.discard(watching[0])  # what is left is a session that has ended, or a page that nobody looks at
    assert runner.pause("a", lab=LAB, role="project")
    until(lambda: not training(runner))
    assert runner.paused(key)


def test_a_slot_that_turns_to_another_run_lets_a_projects_wait(runner: Runner) -> None:
    key = begun(runner)
    short = CountSpec(epochs=2)
    assert epochs(watch(runner, runner.open(short, session="a", role="project", keep=True))) == [0, 1, 2]
    until(lambda: not training(runner))
    at = epoch_of(runner, key)
    assert runner.paused(key) and 5 <= at < 300
    assert runner.open(SPEC, session="a", role="project", keep=True, again=True) == key
    assert rows(watch(runner, key)) == list(range(1, 301))


def test_the_first_paused_gives_way_when_there_are_many(runner: Runner) -> None:
    specs = [SPEC.changed(seed=n) for n in range(runners.PAUSED + 2)]
    for n, spec in enumerate(specs):
        runner.open(spec, session=str(n), role="project", keep=True)
        runner.pause(str(n), lab=LAB, role="project")
    assert [bool(runner.paused(spec.key)) for spec in specs] == [False, False] + [True] * runners.PAUSED
    assert not runner.there(specs[0].key)


def test_a_paused_run_can_be_dropped(runner: Runner) -> None:
    key = begun(runner)
    paused(runner)
    runner.release("a", lab=LAB, role="project")
    assert not runner.there(key) and runner._trainer._by_id == {}


def test_when_its_time_is_up_it_is_paused_and_may_have_as_much_again(make_runner: Callable[..., Runner]) -> None:
    runner = make_runner(project_budget_s=1.0)
    spec = SPEC.changed(epochs=300, pause=0.01)  # three budgets, about
    key = runner.open(spec, session="a", role="project", keep=True)
    again = 0
    while again < 10:
        again += 1
        until(lambda: runner.paused(key) == "spent" or runner.result(key) is not None, 20)
        if runner.result(key) is not None:
            break
        at = epoch_of(runner, key)
        assert 5 <= at < 300 and not training(runner)
        assert runner.open(spec, session="a", role="project", keep=True) == key and runner.paused(key)  # not by itself
        runner.open(spec, session="a", role="project", keep=True, again=True)
        assert not runner.paused(key)
    end = runner.result(key)
    assert end is not None and end.state == "finished" and again > 2
    assert rows(runner.records(key)) == list(range(1, 301))


def test_one_that_comes_to_no_checkpoint_in_time_fails(make_runner: Callable[..., Runner], monkeypatch: Any) -> None:
    monkeypatch.setattr(work, "GRACE_S", 0.2)
    items = iter(lambda: Status(""), None)
    monkeypatch.setattr(work, "_lab_of", lambda spec: Mock(train=lambda *_args, **_more: (item for item in items)))
    name = (CountSpec.__module__, CountSpec.__qualname__)

    def driven(budget: float, keep: bool) -> tuple[Any, str]:
        return work._drive("r", name, SPEC.model_dump_json(), Mock(), None, None, budget, 0.0, keep, lambda: False, lambda: False)

    for keep in (True, False):
        end, left = driven(0.1, keep)
        assert end is not None and end.state == "failed" and not left and (0.3 <= end.seconds < 5 if keep else 0.1 <= end.seconds < 5)


def test_its_time_budget_is_its_own(make_runner: Callable[..., Runner]) -> None:
    runner = make_runner(time_budget_s=0.3, project_budget_s=60.0)
    kept = runner.open(SPEC, session="a", role="project", keep=True)
    usual = runner.open(SPEC.changed(seed=1), session="b")
    assert watch(runner, kept)[-1].header["state"] == "finished" and watch(runner, usual)[-1].header["state"] == "failed"
