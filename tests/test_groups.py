"""Several runs asked for at once: one slot, in the background, and their rows down one response."""

from __future__ import annotations

from pathlib import Path

from core.frame import records
from core.runs import many
from core.runs.records import rows_of, slim
from core.runs.runner import Runner
from tests.conftest import until, watch
from tests.labs import CountSpec
from tests.test_routes import fetch, port  # noqa: F401 - a fixture


def group(count: int, **values: object) -> list[CountSpec]:
    return [CountSpec(seed=seed, **values) for seed in range(count)]  # type: ignore[arg-type]


def order(marker: Path) -> list[str]:
    return marker.read_text().split() if marker.exists() else []


def test_a_group_is_trained_to_its_end(runner: Runner) -> None:
    keys = runner.open_group(group(5, epochs=3), session="a", role="seeds")
    assert len(set(keys)) == 5
    for key in keys:
        assert [row["epoch"] for row in rows_of(b"".join(r.raw for r in watch(runner, key)))] == [1, 2, 3]
        assert runner.rows(key) == [{"epoch": e, "loss": 1 / (e + 1)} for e in (1, 2, 3)]
    assert runner.rows("0" * 32) == []


def test_a_new_group_ends_the_old_one_except_for_what_both_hold(runner: Runner) -> None:
    first = runner.open_group(group(3, epochs=2000, pause=0.05), session="a", role="seeds")
    second = runner.open_group(group(3, epochs=2000, pause=0.05)[2:], session="a", role="seeds")
    assert second == first[2:]
    with runner._lock:
        assert [key in runner._runs for key in first] == [False, False, True]
    assert runner.open_group([], session="a", role="seeds") == []
    assert not runner._wishes.held(first[2])


def test_another_role_keeps_a_run_that_its_slot_gave_up(runner: Runner) -> None:
    spec = CountSpec(epochs=2000, pause=0.05)
    key = runner.open(spec, session="a")
    runner.open_group([spec], session="a", role="pins")
    runner.open(CountSpec(epochs=1), session="a")
    assert runner.result(key) is None and runner._wishes.held(key)
    runner.release("a")


def test_what_is_opened_alone_goes_before_a_group(make_runner, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    runner = make_runner(unwatched_s=60)
    runner.start()
    until(lambda: runner.workers() == 2)
    keys = runner.open_group(group(8, epochs=10, pause=0.05), session="a", role="seeds")
    until(lambda: runner.waiting() == 6)
    alone = runner.open(CountSpec(epochs=1, seed=99), session="b")
    with runner._lock:
        assert [run.key for run in runner._trainer.queue][0] == alone
    last = runner.open(CountSpec(seed=7, epochs=10, pause=0.05), session="c")  # one of the group, wanted for itself
    with runner._lock:
        assert last == keys[7] and [run.key for run in runner._trainer.queue][:2] == [alone, last]
    watch(runner, alone)
    assert any(runner.result(key) is None for key in keys)
    runner.release("a")


def test_the_rows_of_a_group_come_down_one_response(runner: Runner, port: int) -> None:  # noqa: F811
    keys = runner.open_group(group(3, epochs=4), session="a", role="seeds")
    response, data = fetch(port, f"/rows/{','.join([*keys, 'f' * 32, keys[0]])}?metrics=loss,nothing")
    assert response.status == 200 and response.headers["Content-Encoding"] == "identity"
    found = list(records(data))
    assert not any(record.arrays for record in found) and {record.kind for record in found} <= {"frame", "status", "end"}
    for key in keys:
        own = [r for r in found if r.header["run"] == key]
        assert [row for r in own if r.kind == "frame" for row in r.header["rows"]] == runner.rows(key)
        assert own[-1].kind == "end" and own[-1].header["state"] == "finished"
    assert [r.header["state"] for r in found if r.header["run"] == "f" * 32] == ["missing"]


def test_arrays_that_figures_draw_come_along_if_they_are_asked_for(runner: Runner, port: int) -> None:  # noqa: F811
    keys = runner.open_group(group(2, epochs=3), session="a", role="side")
    _response, data = fetch(port, f"/rows/{','.join(keys)}?metrics=loss&arrays=total,nothing")
    for key in keys:
        frames = [r for r in records(data) if r.header["run"] == key and r.kind == "frame"]
        assert [r.arrays["total"].tolist() for r in frames] == [[total] * 8 for total in (0, 1, 3, 6)]
        assert [list(r.arrays) for r in frames] == [["total"]] * 4


def test_rows_are_slimmed_to_what_was_asked_for(runner: Runner) -> None:
    key = runner.open(CountSpec(epochs=2), session="a")
    raw = b"".join(r.raw for r in watch(runner, key))
    frames = [r for r in records(slim(raw, key, ())) if r.kind == "frame"]
    assert [r.header["rows"] for r in frames] == [[], [{"epoch": 1}], [{"epoch": 2}]]
    assert all(r.header["run"] == key and not r.arrays for r in frames)
    assert len(slim(raw, key, ("loss",))) < len(raw)


def test_too_many_runs_at_once_are_refused(port: int) -> None:  # noqa: F811
    response, data = fetch(port, "/rows/" + ",".join(f"{i:032x}" for i in range(many.MOST + 1)))
    assert response.status == 400 and b"65" in data
