"""Branches: the spec and its address, the state that they go on from, kept checkpoints, the tool, and how it looks in a browser."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from core import i18n
from core.frame import Checkpoint, End, Frame, decode, encode_checkpoint
from core.labs import feedforward as lab
from core.models.feedforward import build_feedforward
from core.runs import points
from core.runs.store import Store
from core.specs import base, links
from core.specs.branch import DEEPEST, LONGEST, family
from core.specs.feedforward import FeedforwardSpec
from core.training import choices, loop
from core.training.batches import order
from core.training.program import Program
from core.training.warm import warm
from tests.browser import player, wait_for
from tests.conftest import slow_after, states, until, watch
from tests.test_tools import choose, texts
from tests.test_tools import lab as opened  # noqa: F401 - a fixture

warm()
few = settings(max_examples=60, deadline=None, derandomize=True)
HASH = "0123456789abcdef" * 2
SPEC = FeedforwardSpec(epochs=12, points=100, hidden=(5, 3), batch_size=8)
FREE = {"learning_rate": st.floats(1e-5, 10), "optimizer": st.sampled_from(SPEC.choices_of("optimizer")),
        "schedule": st.sampled_from(SPEC.choices_of("schedule")), "batch_size": st.integers(1, 256),
        "dropout": st.floats(0, 0.8), "l1": st.floats(0, 1), "l2": st.floats(0, 1)}


# ---- the spec and its address

@st.composite
def branches(draw: st.DrawFn) -> FeedforwardSpec:
    """A spec that branched off one to five times."""
    spec = FeedforwardSpec(dataset=draw(st.sampled_from(["circles", "plane"])), hidden=draw(st.lists(st.integers(1, 9), max_size=3)),
                           epochs=draw(st.integers(200, 400)), **draw(st.fixed_dictionaries(FREE)))
    for i in range(draw(st.integers(1, DEEPEST))):
        epoch = draw(st.integers(i * 40 + 1, i * 40 + 40))
        spec = spec.fork(epoch, epochs=draw(st.integers(200, 400)), **draw(st.fixed_dictionaries({}, optional=FREE)))
    return spec


@few
@given(branches())
def test_a_branch_comes_back_from_its_address(spec: FeedforwardSpec) -> None:
    assert FeedforwardSpec.from_query(spec.to_query()) == (spec, [])
    assert FeedforwardSpec.model_validate_json(spec.model_dump_json()) == spec and len(spec.branch) <= LONGEST
    assert links.unpack(FeedforwardSpec, links.pack({"A": spec})) == ({"A": spec}, [])
    assert set(spec.branch) <= set("~._-+abcdefghijklmnopqrstuvwxyz0123456789")
    assert spec.parent is not None
    parent, epoch = spec.parent
    assert parent.fork(epoch, **{name: getattr(spec, name) for name in spec.free}) == spec
    assert spec.lineage == (*parent.lineage, spec.parent) and spec.key not in (spec.changed(branch="").key, parent.key)


def test_what_was_a_spec_before_there_were_branches_keeps_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys computed before the field was there."""
    monkeypatch.setattr(base, "versions", lambda: {"tensorflow": "2.21.0", "keras": "3.15.0"})
    monkeypatch.setattr(FeedforwardSpec, "lab_version", 1)
    assert [s.key for s in (
        FeedforwardSpec(), FeedforwardSpec(hidden=(), features=("x1²", "sin x2")), FeedforwardSpec(dataset="upload", upload=HASH),
        FeedforwardSpec(learning_rate=0.1 + 0.2, l2=1e-7, optimizer="sgd", epochs=2000, batch_norm=True))] == [
        "1193b73ae8a44d40990796387027bef3", "028f396b86bfedba1985153181fa2c41", "da9f93dfa66f584b3cbd82a35fd7af50",
        "cae7aa02bd883bdc795e51258ef0ebed"]


def test_a_key_tells_branches_apart_and_one_address_from_another_does_not() -> None:
    one = SPEC.fork(4, learning_rate=0.5)
    others = [SPEC.fork(5, learning_rate=0.5), SPEC.changed(learning_rate=0.2).fork(4, learning_rate=0.5), one.fork(6),
              SPEC.changed(learning_rate=0.5), one.changed(seed=1)]
    assert len({s.key for s in (one, *others)}) == 6
    tangled = one.changed(branch="4~epochs~12~learning_rate~1e-2~batch_size~08")
    assert one.branch == "4~batch_size~8~epochs~12" and tangled == one and tangled.key == one.key


def test_what_is_not_free_is_shared_with_the_runs_before() -> None:
    child = SPEC.fork(4, learning_rate=0.5).fork(6, l2=0.1).changed(seed=7, hidden=(2,))
    assert child.lineage == ((SPEC.changed(seed=7, hidden=(2,)), 4),
                             (SPEC.changed(seed=7, hidden=(2,)).fork(4, learning_rate=0.5), 6))
    assert child.changed(l2=0.2).parent == child.parent  # and what is free is not


TAMPERED = ["x", "0", "-4", "4.5", "04", "4~", "4~~", "~~4", "4~~4", "6~~4", "12", "13", "9999999", "4~hidden~3", "4~branch~3", "4~seed~1",
            "4~learning_rate", "4~learning_rate~", "4~learning_rate~99", "4~learning_rate~nan", "4~l1~inf", "4~optimizer~SGD", "4~epochs~3",
            "4~l1~0.1~l1~0.2", "1~~2~~3~~4~~5~~6", "4\n", "٤", "4~schedule~🌱", "~" * 50, "1~~" * 400, "4" + "~l1~0.1" * 200]


@pytest.mark.parametrize("text", TAMPERED)
def test_a_tampered_branch_gets_a_sentence(text: str) -> None:
    query = SPEC.to_query()
    spec, problems = FeedforwardSpec.from_query({**query, "branch": text})
    assert spec == SPEC and [p.args["label"][1] for p in problems] == ["Branch"]
    for language in i18n.LANGUAGES:
        i18n.use(language)
        assert text[:40] in i18n.say(problems[0])
    i18n.use("en")
    with pytest.raises(ValidationError):
        SPEC.changed(branch=text)


@pytest.mark.slow
@settings(few, max_examples=300)
@given(st.text(alphabet="0149~._-abel_rt\n", max_size=40) | st.from_regex(r"[1-9][0-9]?(~(l1|l2|epochs|dropout)~[0-9.]{1,4}){0,3}"))
def test_no_branch_in_an_address_raises(text: str) -> None:
    spec, problems = FeedforwardSpec.from_query({"branch": text})
    assert bool(problems) == (spec == FeedforwardSpec() and text != "")
    assert FeedforwardSpec.from_query(spec.to_query()) == (spec, [])


def test_forks_that_cannot_be() -> None:
    for epoch, changes in ((0, {}), (13, {}), (4, {"epochs": 4}), (4, {"epochs": 0}), (4, {"learning_rate": 0})):
        with pytest.raises(ValidationError):
            SPEC.fork(epoch, **changes)
    for name in set(FeedforwardSpec.model_fields) - {*SPEC.free}:
        with pytest.raises(ValueError, match=f"{name} cannot change"):
            SPEC.fork(4, **{name: getattr(SPEC, name)})
    spec = SPEC
    for epoch in range(1, DEEPEST + 1):
        spec = spec.fork(epoch)
    with pytest.raises(ValidationError, match="at most 5 steps"):
        spec.fork(DEEPEST + 1)
    assert SPEC.fork(12, epochs=13).parent == (SPEC, 12)  # from its end on


def test_a_moved_slider_keeps_a_branch_or_begins_at_zero() -> None:
    child = SPEC.fork(6, learning_rate=0.5)
    other = {"learning_rate": 0.1, "optimizer": "sgd", "schedule": "step", "batch_size": 3, "dropout": 0.1, "l1": 0.1, "l2": 0.1,
             "epochs": 7}
    assert all(child.revised(**{name: other[name]}).parent == (SPEC, 6) for name in SPEC.free)
    fixed = {"dataset": "xor", "hidden": (2,), "activation": "relu", "noise": 0.5, "points": 60, "train_share": 0.3, "features": ("x1",),
             "seed": 3, "activations": ("relu",), "initializer": "zeros", "batch_norm": True, "loss": "mse"}
    assert {*fixed, *SPEC.free, "upload", "branch"} == {*FeedforwardSpec.model_fields}
    for name, value in {**fixed, "epochs": 6}.items():
        assert child.revised(**{name: value}) == child.changed(branch="", **{name: value})
    assert child.revised(dataset="upload", upload=HASH).branch == "" and child.revised(branch="3").parent[1] == 3
    assert all(child.revised(**{name: getattr(child, name)}) == child for name in fixed)


def test_a_family_is_a_tree_from_its_first_run_on() -> None:
    a, b = SPEC.fork(6, learning_rate=0.5), SPEC.fork(4, l2=0.1)
    c, stranger = a.fork(8, optimizer="sgd"), SPEC.changed(seed=5).fork(4, l2=0.1)
    for spec in (SPEC, a, b, c):
        assert family(spec, [c, stranger, b, b]) == [(0, SPEC), (1, b), (1, a), (2, c)]
    assert family(c, []) == [(0, SPEC), (1, a), (2, c)] and family(SPEC, [stranger]) == [(0, SPEC)]


# ---- the state that a branch goes on from

def run(spec: FeedforwardSpec, **more: Any) -> list[Any]:
    return list(lab.train(spec, **more))


def frames(items: list[Any]) -> list[Frame]:
    return [item for item in items if isinstance(item, Frame)]


def rows(items: list[Any]) -> list[dict[str, Any]]:
    return [row for frame in frames(items) for row in frame.rows]


def state(spec: FeedforwardSpec) -> dict[str, bytes]:
    """All variables that the last run of this spec left: weights, averages, seed generators, optimizer; not `start`, as an epoch was
    begun with."""
    found = lab.lab_of(spec, lab.sample_of(spec, None)).program.state()
    return {name: value.tobytes() for name, value in found.items()}


def undisturbed(spec: FeedforwardSpec) -> dict[str, bytes]:
    run(spec)
    return state(spec)


EQUAL = [{"seed": 1}, {"seed": 2, "optimizer": "sgd"}, {"optimizer": "momentum", "dropout": 0.3}, {"optimizer": "nesterov", "l2": 0.01},
         {"optimizer": "rmsprop", "batch_norm": True}, {"optimizer": "adagrad", "schedule": "cosine", "l1": 0.001},
         {"optimizer": "adamw", "dropout": 0.2, "batch_norm": True, "seed": 3}, {"dataset": "blobs3", "schedule": "step", "points": 94},
         {"dataset": "plane", "loss": "huber", "hidden": ()}]


@pytest.mark.parametrize("changes", slow_after(EQUAL, 1), ids=str)
def test_a_branch_that_changes_nothing_ends_where_its_parent_ends(changes: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    spec = SPEC.changed(**changes)
    expected, items = undisturbed(spec), run(spec)
    monkeypatch.setattr(lab, "_labs", lab.Cache(48))
    for child in (spec.fork(5), spec.fork(5).fork(6), spec.fork(12, epochs=13)):
        assert child.compiled(50) is spec.compiled(50)
        found = run(child)
        first = child.parent[1]
        assert [frame.epoch for frame in frames(found) if frame.stored] == list(range(first, child.epochs + 1))
        if child.epochs == spec.epochs:
            assert state(child) == expected
            assert rows(found) == rows(items)[first:] and found[-1].notes == items[-1].notes
            assert frames(found)[-1].step == frames(items)[-1].step
    assert not isinstance(found[-1], Frame) and found[-1].state == "finished"


@pytest.mark.slow
def test_on_the_xla_path_too() -> None:
    spec = FeedforwardSpec(epochs=400, points=100, hidden=(4,), batch_size=1)
    assert spec.compiled(50)
    expected = undisturbed(spec)
    run(spec.fork(123))
    assert state(spec.fork(123)) == expected


def checkpoints(spec: FeedforwardSpec, monkeypatch: pytest.MonkeyPatch) -> list[Checkpoint]:
    with monkeypatch.context() as patch:
        patch.setattr(loop, "CHECKPOINT_S", 0)
        patch.setattr(loop, "CHUNK_S", 1e-9)
        patch.setattr(loop, "LINGER_S", 0.0)  # or the clock would decide how many of them there are
        found = [item for item in run(spec) if isinstance(item, Checkpoint)]
    thinned = {(point.epoch, point.part > 0): point for point in found}  # of each epoch where it begins, and the last one within
    return [decode(encode_checkpoint(point)).checkpoint() for point in thinned.values()]


@pytest.mark.slow
def test_from_any_checkpoint_a_branch_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the run it comes from, of one before that, of its own; in a worker that knows nothing of them."""
    first = SPEC.changed(optimizer="momentum", dropout=0.2, batch_norm=True)
    second = first.fork(4, learning_rate=0.1, batch_size=5, dropout=0.0)
    third = second.fork(8, optimizer="adam", l2=0.01)
    items, expected = run(third), undisturbed(third)
    assert [frame.epoch for frame in frames(items) if frame.stored] == [8, 9, 10, 11, 12]
    tried = [p for p in checkpoints(first, monkeypatch) if (p.epoch, p.part) <= (4, 0)]
    tried += [p for p in checkpoints(second, monkeypatch) if (4, 0) < (p.epoch, p.part) <= (8, 0)]
    tried += [p for p in checkpoints(third, monkeypatch) if p.epoch > 8]
    assert {p.epoch for p in tried} >= {1, 3, 4, 5, 7, 8, 9, 11} and {p.part > 0 for p in tried} == {False, True}
    for point in tried:
        monkeypatch.setattr(lab, "_labs", lab.Cache(48))
        found = run(third, resume=point)
        assert state(third) == expected, point.epoch
        assert rows(found) == rows(items)[0 if point.epoch <= 8 else point.epoch - 7:] and found[-1].notes == items[-1].notes


def keras_branch(spec: FeedforwardSpec) -> list[np.ndarray]:
    """The weights of a run and its forebears by `fit` alone, leg by leg."""
    sample = lab.sample_of(spec, None)
    x, y = sample.x[:sample.train], sample.y[:sample.train, None].astype("float32")
    weights, optimizer, before, done = None, None, None, 0
    for leg, last in (*spec.lineage, (spec, spec.epochs)):
        model = build_feedforward(2, leg.hidden, 1, activations=[leg.activation] * len(leg.hidden), output_activation="sigmoid",
                                  regularizer=keras.regularizers.L1L2(leg.l1, leg.l2), seed=leg.seed)
        if weights is not None:
            model.set_weights(weights)
        kept = None if optimizer is None or before != leg.optimizer else [v.numpy() for v in optimizer.variables]
        optimizer = choices.optimizer(leg.optimizer, leg.learning_rate)
        model.compile(optimizer, keras.losses.BinaryCrossentropy())
        optimizer.build(model.trainable_variables)
        for v, value in zip(optimizer.variables, kept or [], strict=False):
            if v is not optimizer._learning_rate:
                v.assign(value)
        for epoch in range(done, last):
            o = order(leg.seed, epoch, sample.train)
            model.fit(x[o], y[o], batch_size=leg.batch_size, shuffle=False, verbose=0)
        weights, before, done = model.get_weights(), leg.optimizer, last
    return weights or []


@pytest.mark.parametrize("changes", slow_after([{"learning_rate": 0.001}, {"optimizer": "adam"}, {"batch_size": 30, "epochs": 9},
                                              {"l2": 0.1, "l1": 0.01}], 1), ids=str)
def test_a_branch_ends_where_keras_ends(changes: dict[str, Any]) -> None:
    child = SPEC.changed(optimizer="momentum", learning_rate=0.05).fork(3, learning_rate=0.1).fork(5, **changes)
    last = frames(run(child))[-1].arrays
    ours = [last[name] for i in range(3) for name in (f"w{i}", f"b{i}")]
    for a, b in zip(ours, keras_branch(child), strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=2e-6)


def test_a_layer_that_thaws_goes_on_with_its_weights_and_fresh_momenta() -> None:
    def program(frozen: bool, seed: int) -> Program:
        model = build_feedforward(2, (4, 3), 1, activations=("tanh", "tanh"), output_activation="sigmoid", dropout=0.2, seed=seed)
        model.layers[0].trainable = not frozen
        return Program(model, choices.optimizer("adam"), keras.losses.BinaryCrossentropy(), batch_size=8)

    x = np.random.default_rng(0).normal(0, 1, (24, 2)).astype("float32")
    cold, warmer = program(True, 1), program(False, 2)
    cold.advance(x, (x[:, :1] > 0).astype("float32"), np.ones((2, 24), "float32"), order(0, 0, 24)[None], np.full((1, 3), 0.01, "float32"))
    warmer.take(cold, optimizer=True)
    warmer.scatter()
    for a, b in zip(cold.model.variables, warmer.model.variables, strict=True):
        assert a.numpy().tobytes() == b.numpy().tobytes()  # seed generators too
    for mine, theirs in zip(warmer.optimizer.variables[2:], cold.optimizer.variables[2:], strict=True):
        parts = warmer.parts(mine.numpy())
        assert not parts[0].any() and not parts[1].any()
        assert np.concatenate([p.ravel() for p in parts[2:]]).tobytes() == theirs.numpy().tobytes()
    assert warmer.optimizer.iterations.numpy() == 3
    warmer.take(program(True, 3), optimizer=False)  # and the other way round it would be frozen
    assert warmer.optimizer.iterations.numpy() == 3


def test_a_parent_that_diverges_before_gets_a_sentence() -> None:
    parent = FeedforwardSpec(dataset="hills", optimizer="sgd", activation="relu", learning_rate=10.0, epochs=40, points=40)
    assert run(parent)[-1].state == "failed"
    items = run(parent.fork(30, learning_rate=0.01))
    assert not frames(items) and isinstance(items[-1], End) and items[-1].state == "failed" and items[-1].error
    for language in i18n.LANGUAGES:
        i18n.use(language)
        assert "30" in i18n.say(items[-1].error) and "{" not in i18n.say(items[-1].error)
    i18n.use("en")


# ---- which checkpoints are kept

def point(epoch: int, size: int = 8) -> bytes:
    return encode_checkpoint(Checkpoint(epoch, epoch, 0.0, {"a": np.full(size, epoch, "uint8")}))


@few
@given(st.lists(st.integers(1, 30), min_size=1, max_size=60), st.sampled_from([8, 200_000, 5_000_000]))
def test_kept_checkpoints_are_few_small_and_spread(gaps: list[int], size: int) -> None:
    epochs, kept = np.cumsum(gaps).tolist(), []
    for epoch in epochs:
        kept = points.added(kept, point(epoch, size))
        assert points.epoch_of(kept[-1]) == epoch
        assert len(kept) <= points.MOST and (len(kept) == 1 or sum(map(len, kept)) <= points.BYTES)
    found = [points.epoch_of(p) for p in kept]
    assert found == sorted({*found} & {*epochs}) and (len(found) == len(epochs) or size > 8 or len(found) == points.MOST)
    if size == 8:
        assert max(np.diff([0, *found])) <= 2 * max(epochs[-1] / points.MOST, max(gaps)) + max(gaps)
    assert [points.epoch_of(p) for p in points.added(kept, point(found[0]))] == [found[0]]  # told again from there


def test_a_branch_starts_at_the_nearest_checkpoint_of_its_line() -> None:
    first = SPEC.changed(epochs=100)
    second = first.fork(40, learning_rate=0.1)
    third = second.fork(70, l2=0.1)
    kept = {first.key: [point(20), point(40), point(60)], second.key: [point(30), point(50), point(70), point(90)]}

    def start(spec: FeedforwardSpec, **more: Any) -> int | None:
        raw = points.start_of(spec, lambda key: {**kept, **more}.get(key, []))
        return None if raw is None else points.epoch_of(raw)

    assert start(third) == 70 and start(second) == 40 and start(first) is None and start(second.fork(45)) == 40
    assert start(third, **{second.key: [point(30), point(71)]}) == 40
    assert start(first.fork(19)) is None and start(first.fork(59)) == 40


def test_the_store_keeps_checkpoints_bounded_and_whole(tmp_path: Path) -> None:
    store, (a, b) = Store(tmp_path, 0.025), (f"{1:032x}", f"{2:032x}")
    store.put_points(a, [])
    assert list(tmp_path.iterdir()) == [] and store.points(a) == []
    kept = [point(5, 5000), point(9, 5000)]
    store.put_points(a, kept)
    assert store.points(a) == kept and not store.has(a) and [p.name for p in tmp_path.iterdir()] == [f"{a}.points"]
    os.utime(tmp_path / f"{a}.points", (1, 1))
    store.put_points(b, [point(1, 18_000)])
    assert store.points(a) == [] and len(store.points(b)) == 1 and sum(p.stat().st_size for p in tmp_path.iterdir()) <= 25_000
    store.put_points(a, [point(1, 30_000)])  # too large for it: not kept, and not a word
    assert store.points(a) == []
    whole = (tmp_path / f"{b}.points").read_bytes()
    flipped = bytearray(whole)
    flipped[-100] ^= 1
    for damaged in (b"", whole[:-8], whole[8:], bytes(flipped), whole.replace(b"points", b"pointz", 1), b"\xff" * 64):
        (tmp_path / f"{b}.points").write_bytes(damaged)
        assert store.points(b) == [] and not list(tmp_path.iterdir())
    (tmp_path / f"{a}.points").write_bytes(whole)  # another run's
    assert store.points(a) == []


# ---- in a worker, and killed there

LONG = FeedforwardSpec(epochs=1400, batch_size=4, points=400, dropout=0.2, hidden=(8, 8))  # some seconds


def pid(runner: Any, address: str) -> int:
    async def ask() -> int:
        return (await runner._trainer.cluster.client.run(os.getpid, workers=[address]))[address]

    return runner._trainer.call(ask()).result(10)


def alone(make_runner: Any, spec: FeedforwardSpec, folder: Path) -> list[Frame]:
    """The frames of a run from zero, undisturbed, by workers of the same kind: these here compute with other options."""
    runner = make_runner(unwatched_s=300, store=folder / "another")
    return [r.frame() for r in watch(runner, runner.open(spec, session="a")) if r.kind == "frame"]


def last_of(found: list[Frame]) -> dict[str, bytes]:
    return {name: array.tobytes() for name, array in found[-1].arrays.items()}


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_long_run_leaves_checkpoints_and_a_killed_branch_goes_on(make_runner: Any, tmp_path: Path) -> None:
    runner = make_runner(unwatched_s=300)
    runner.start()
    until(lambda: runner.workers() == 2)
    key = runner.open(LONG, session="a")
    until(lambda: runner.result(key), 120)
    kept = [points.epoch_of(p) for p in runner.store.points(key)]
    assert 1 <= len(kept) <= points.MOST and kept == sorted(kept) and not runner._runs[key].points
    child = LONG.fork(kept[-1] + 3, learning_rate=0.001)
    other = runner.open(child, session="b")
    until(lambda: any(r.kind == "frame" for r in runner.records(other)), 60)
    os.kill(pid(runner, runner._runs[other].address), signal.SIGKILL)
    found = watch(runner, other)
    assert "resumed" in states(found) and found[-1].end().state == "finished"
    told = [r.header["epoch"] for r in found if r.kind == "status" and "epoch" in r.header]
    assert told and told[0] >= kept[-1]  # not from zero
    shown = [r.frame() for r in found if r.kind == "frame"]
    assert shown[0].epoch == kept[-1] + 3 and [row["epoch"] for f in shown for row in f.rows] == list(range(kept[-1] + 3, 1401))
    assert last_of(shown) == last_of(alone(make_runner, child, tmp_path))


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_worker_killed_on_the_way_to_a_branch_costs_nothing(make_runner: Any, tmp_path: Path) -> None:
    runner = make_runner(unwatched_s=300)
    runner.start()
    until(lambda: runner.workers() == 2)
    child = LONG.fork(1390, learning_rate=0.001)
    key = runner.open(child, session="a")  # nobody has trained what it comes from
    until(lambda: runner._runs[key].checkpoint, 60)
    assert not any(r.kind == "frame" for r in runner.records(key)) and runner._runs[key].points == []
    os.kill(pid(runner, runner._runs[key].address), signal.SIGKILL)
    found = watch(runner, key)
    shown = [r.frame() for r in found if r.kind == "frame"]
    assert found[-1].end().state == "finished" and [row["epoch"] for f in shown for row in f.rows] == list(range(1390, 1401))
    assert last_of(shown) == last_of(alone(make_runner, child, tmp_path))


# ---- the tool

def test_the_tool_branches_off_and_shows_the_family(opened: Any) -> None:  # noqa: F811
    app = choose(opened(epochs="40"), "branch")
    spec = app.session_state["feedforward:spec"]
    slider = next(s for s in app.select_slider if s.label == "At epoch")
    assert slider.value == 20 and slider.options[0] == "1" and slider.options[-1] == "40"
    assert any(c.value.startswith("At epoch 20: validation accuracy 0.") for c in app.caption)
    slider.set_value(30).run()
    value = next(s for s in app.select_slider if s.label == "New value")
    assert value.value == 0.001
    assert next(n for n in app.number_input).value == 10
    app.button(key="feedforward:branch:go").click().run()
    child = spec.fork(30, learning_rate=0.001)
    assert app.session_state["feedforward:spec"] == child and app.session_state["feedforward:pins"] == {"A": spec}
    assert app.query_params["branch"] == child.branch
    opened.settle(app)
    text = "\n".join(texts(app))
    assert "└" in text and "from epoch 30: Learning rate 0.01 → 0.001" in text and "pinned as A" in text
    app.button(key=f"feedforward:branch:show:{spec.key}").click().run()
    assert app.session_state["feedforward:spec"] == spec and not app.exception
    opened.settle(app)
    assert "from epoch 30" in "\n".join(texts(app))  # the branch is in the history now


def test_the_tool_takes_a_run_at_its_end_and_other_settings(opened: Any) -> None:  # noqa: F811
    app = choose(opened(), "branch")
    next(s for s in app.select_slider if s.label == "At epoch").set_value(5).run()
    for name in app.session_state["feedforward:spec"].free[:-1]:
        app.selectbox[-1 if app.selectbox[-1].label == "What to change" else -2].set_value(name).run()
        assert not app.exception, name
    next(s for s in app.selectbox if s.label == "What to change").set_value("optimizer").run()
    assert next(n for n in app.number_input).value == 100
    next(s for s in app.selectbox if s.label == "New value").set_value("sgd").run()
    app.button(key="feedforward:branch:go").click().run()
    assert app.session_state["feedforward:spec"] == FeedforwardSpec(epochs=5, points=40).fork(5, optimizer="sgd", epochs=105)


def test_a_branch_that_would_be_the_same_is_not_offered(opened: Any) -> None:  # noqa: F811
    app = choose(opened(), "branch")
    next(s for s in app.selectbox if s.label == "What to change").set_value("l2").run()
    assert app.button(key="feedforward:branch:go").disabled and any("Nothing would differ" in c.value for c in app.caption)


def test_the_deepest_branch_says_so(opened: Any) -> None:  # noqa: F811
    spec = FeedforwardSpec(epochs=9, points=40)
    for epoch in range(1, DEEPEST + 1):
        spec = spec.fork(epoch, learning_rate=0.01 * epoch + 0.01)
    app = choose(opened(**spec.to_query()), "branch")
    assert app.session_state["feedforward:spec"] == spec
    assert any("as deep as it goes" in c.value for c in app.caption) and not app.number_input
    assert sum("from epoch" in t for t in texts(app)) == DEEPEST


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_a_tampered_branch_opens_the_page_with_a_sentence(opened: Any, language: str) -> None:  # noqa: F811
    app = opened(branch="60~hidden~3", language=language)
    assert not app.exception and any("60\\~hidden\\~3" in w.value for w in app.warning)


# ---- in a browser

@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.timeout(120)
def test_a_branch_is_drawn_from_its_epoch_on_beside_its_parent(visit: Any) -> None:
    page = visit("/feedforward?seed=311&epochs=60")
    wait_for(page, "p.state === 'finished'")
    page.get_by_role("button", name="Branch").or_(page.get_by_role("radio", name="Branch")).first.click()
    page.get_by_role("button", name="Branch off here").click()
    page.wait_for_url("**branch=**")
    child = FeedforwardSpec.from_query({"seed": "311", "epochs": "60", **_query(page.url)})[0]
    assert child.parent and child.parent[0] == FeedforwardSpec(seed=311, epochs=60) and child.learning_rate == 0.001
    first = child.parent[1]
    wait_for(page, f"p.run === {json.dumps(child.key)} && p.state === 'finished' && !p.playing")
    curves = "document.querySelector('[data-figure=loss] .dl-gd')?.data"
    page.wait_for_function(f"() => {curves}?.some((t) => t.name.startsWith('A') && t.y.length > 60)")
    drawn = page.evaluate(f"() => Object.fromEntries({curves}.map((t) => [t.name, [[...t.x], [...t.y]]]))")
    assert drawn["training"][0] == list(range(first, 61)) and drawn["A · training"][0] == list(range(61))
    assert drawn["validation"][1][0] == drawn["A · validation"][1][first]  # where they part
    assert player(page)["epoch"] == 60
    page.get_by_text(f"from epoch {first}: Learning rate 0.01 → 0.001").wait_for()
    page.reload()
    wait_for(page, f"p?.run === {json.dumps(child.key)} && p.doneAt")


def _query(url: str) -> dict[str, str]:
    from urllib.parse import parse_qs, urlparse

    return {name: values[-1] for name, values in parse_qs(urlparse(url).query).items() if name in FeedforwardSpec.model_fields}
