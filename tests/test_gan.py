"""The lab for generative adversarial networks in the plane: its steps are those of Keras, and the same ones every time."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from core.data import mixtures
from core.figures.gan import bent
from core.frame import Checkpoint, End, Frame, decode, encode_checkpoint
from core.labs import gan as lab
from core.labs.duelling import View
from core.labs.gan import ask, lab_of, sample_of, train
from core.maths.dense import backward, forward
from core.models.gan import build, first_weights, nets
from core.specs.gan import GanSpec
from core.training import choices
from core.training.batches import learning_rates
from core.training.bout import NUMBERS, Bout
from core.training.cache import Cache
from core.training.duel import Duel
from core.training.rules import Rule
from core.training.warm import warm
from tests.conftest import slow_after

warm()  # fixes the number of threads, before anything computes

SMALL: dict[str, Any] = {"points": 150, "epochs": 4, "batch_size": 40, "g_units": 5, "d_units": 6, "g_layers": 1, "d_layers": 1}
CASES: dict[str, dict[str, Any]] = {
    "nonsaturating": {"d_activation": "leaky_relu"},
    "wgan_gp": {"loss": "wgan_gp", "d_steps": 3, "d_activation": "tanh", "g_optimizer": "rmsprop", "d_optimizer": "adamw", "d_rate": 2.0},
    "minimax": {"loss": "minimax", "g_steps": 2, "instance_noise": 0.3, "g_optimizer": "sgd", "d_optimizer": "momentum", "noise": "normal"},
    "lsgan": {"loss": "lsgan", "noise_size": 1, "g_layers": 0, "d_optimizer": "nesterov", "g_optimizer": "adagrad", "dataset": "ring8"},
    "only G": {"loss": "minimax", "d_steps": 0, "g_steps": 2, "d_optimizer": "adamw", "instance_noise": 0.1},
    "only D": {"loss": "wgan_gp", "g_steps": 0, "g_optimizer": "momentum", "dataset": "ring8"},
    "deep": {"loss": "wgan_gp", "d_layers": 3, "g_layers": 2, "d_activation": "gelu", "g_activation": "silu", "penalty": 7.0}}


def small(case: str = "nonsaturating", **changes: Any) -> GanSpec:
    return GanSpec(**{**SMALL, **CASES[case], **changes})


@cache
def trained(spec: GanSpec) -> list[Any]:
    """A run of a spec; the same one for all tests that only look at it."""
    return list(train(spec))


def frames(items: Sequence[Any]) -> list[Frame]:
    return [item for item in items if isinstance(item, Frame) and item.stored]


def last(spec: GanSpec) -> Frame:
    return frames(trained(spec))[-1]


def duel_of(spec: GanSpec) -> Duel:
    rules = Rule(spec.g_optimizer, spec.beta1), Rule(spec.d_optimizer, spec.beta1)
    bout = Bout(*nets(spec), *rules, spec.loss, spec.batch_size, spec.noise_size, spec.d_steps, spec.g_steps)
    duel = Duel(bout, [], lambda g, d: np.zeros(0))
    duel.start, duel.instance_noise, duel.noise = first_weights(spec), spec.instance_noise, spec.noise
    duel.penalty, duel.d_rate = spec.penalty, spec.d_rate
    duel.gather()
    duel.reset_optimizer()
    return duel


def optimizer(name: str, rate: float, beta1: float) -> keras.Optimizer:
    made = choices.optimizer(name, rate)
    if name in ("adam", "adamw"):
        made.beta_1 = beta1
    return made


def flat(model: keras.Model) -> np.ndarray:
    return np.concatenate([w.ravel() for w in model.get_weights()])


def by_keras(spec: GanSpec, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[float]]:
    """The same steps with Keras' models, losses, tape and optimizers: both flat weights, and what the last step says (NUMBERS)."""
    generator, discriminator = (build(net, w, name) for net, w, name in zip(nets(spec), first_weights(spec), "gd", strict=True))
    g_rule = optimizer(spec.g_optimizer, spec.learning_rate, spec.beta1)
    d_rule = optimizer(spec.d_optimizer, spec.learning_rate * spec.d_rate, spec.beta1)
    bce = keras.losses.BinaryCrossentropy(from_logits=True)
    mse = keras.losses.MeanSquaredError()
    shapes = duel_of(spec).bout.shapes
    said: list[float] = []
    for row in rows:
        cut = np.split(row, np.cumsum([int(np.prod(s)) for s in shapes.values()]))
        batch = {name: part.reshape(shape) for (name, shape), part in zip(shapes.items(), cut, strict=False)}
        heard: list[list[float]] = []
        for i in range(spec.d_steps or 1):
            real, fake = tf.constant(batch["real"][i]), generator(batch["z_d"][i]) + batch["blur_d"][i]
            with tf.GradientTape() as tape:
                r, f = discriminator(real), discriminator(fake)
                if spec.loss == "lsgan":
                    loss = (mse(tf.ones_like(r), r) + mse(tf.zeros_like(f), f)) / 2
                elif spec.loss == "wgan_gp":
                    between = real + batch["between"][i] * (fake - real)
                    with tf.GradientTape() as inner:
                        inner.watch(between)
                        score = discriminator(between)
                    slope = tf.norm(inner.gradient(score, between), axis=1)
                    loss = tf.reduce_mean(f) - tf.reduce_mean(r) + spec.penalty * tf.reduce_mean((slope - 1) ** 2)
                else:
                    loss = bce(tf.ones_like(r), r) + bce(tf.zeros_like(f), f)
            gradient = tape.gradient(loss, discriminator.trainable_variables)
            if spec.d_steps:
                d_rule.apply(gradient, discriminator.trainable_variables)
            told = [tf.reduce_mean(tf.sigmoid(s) if spec.loss in ("minimax", "nonsaturating") else s) for s in (r, f)]
            heard.append([float(v) for v in (loss, *told, tf.linalg.global_norm(gradient))])
        answers: list[list[float]] = []
        for i in range(spec.g_steps or 1):
            with tf.GradientTape() as tape:
                f = discriminator(generator(batch["z_g"][i]) + batch["blur_g"][i])
                loss = {"minimax": lambda f=f: -bce(tf.zeros_like(f), f), "nonsaturating": lambda f=f: bce(tf.ones_like(f), f),
                        "lsgan": lambda f=f: mse(tf.ones_like(f), f) / 2, "wgan_gp": lambda f=f: -tf.reduce_mean(f)}[spec.loss]()
            gradient = tape.gradient(loss, generator.trainable_variables)
            if spec.g_steps:
                g_rule.apply(gradient, generator.trainable_variables)
            answers.append([float(loss), float(tf.linalg.global_norm(gradient))])
        d, g = np.mean(heard, 0), np.mean(answers, 0)
        said = [g[0], d[0], d[1], d[2], g[1], d[3]]
    return flat(generator), flat(discriminator), said


@pytest.mark.parametrize("eager", [False, True])
@pytest.mark.parametrize("case", slow_after(CASES, 2))
def test_steps_are_those_of_keras(case: str, eager: bool) -> None:
    spec = small(case, learning_rate=0.01)
    duel, x = duel_of(spec), sample_of(spec).x
    rows = duel.rows(x, spec.seed, 3)
    steps = len(rows)
    assert steps == 4
    order, rates = np.array([[spec.seed, 3, 0]]), np.full((1, steps), 0.01, np.float32)
    _table, sums, done, finite = duel.advance(x, None, None, order, rates, eager=eager)
    g, d, said = by_keras(spec, rows)
    assert done == steps and finite and duel.counts.tolist() == [steps * spec.g_steps, steps * spec.d_steps]
    assert_allclose(duel.g[0], g, atol=2e-5)
    assert_allclose(duel.d[0], d, atol=2e-5)
    if spec.rests:
        at = "gd".index(spec.rests)
        assert_array_equal((duel.g, duel.d)[at], (duel_of(spec).g, duel_of(spec).d)[at])  # memory and all
    before = duel_of(spec)
    _table, first, *_ = before.advance(x, None, None, order, rates, first=0, until=steps - 1, eager=eager)
    assert_allclose((sums - first)[0, :-1], said, rtol=2e-3, atol=2e-4)
    assert list(duel.averages(sums, 0)) == [*NUMBERS] and before.at.tolist() == [3, steps - 1] and duel.at.tolist() == [4, 0]


@pytest.mark.parametrize("name", [*choices.OPTIMIZERS])
def test_rules_are_keras_optimizers(name: str) -> None:
    rng = np.random.default_rng(1)
    weights, rule = rng.normal(size=30).astype(np.float32), Rule(name, 0.6)
    theirs = keras.Variable(weights)
    made = optimizer(name, 0.05, 0.6)
    w, memory = tf.constant(weights), tf.constant(rule.fresh(30))
    for t in range(1, 8):
        gradient = tf.constant(rng.normal(size=30) * 10.0 ** -rng.integers(0, 4, 30), tf.float32)
        w, memory = rule.step(w, memory, tf.constant(float(t)), gradient, tf.constant(0.05))
        made.apply([gradient], [theirs])
    assert_allclose(w, theirs.numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("activation", ["tanh", "gelu", "silu", "elu"])
def test_the_gradient_penalty_has_the_slope_that_differences_find(activation: str) -> None:
    """The critic's whole loss in NumPy, at twice the digits, a little to both sides of random weights."""
    spec = small("wgan_gp", d_activation=activation, d_layers=2)
    rng = np.random.default_rng(2)
    _generator, net = nets(spec)
    bout = duel_of(spec).bout
    d, way = rng.normal(0, 0.5, net.size), rng.normal(size=net.size)
    batch = {"real": rng.normal(size=(40, 2)), "between": rng.random((40, 1))}
    fake = rng.normal(size=(40, 2))

    def loss(weights: np.ndarray) -> float:
        critic = net.plain(weights)
        between = forward(critic, batch["real"] + batch["between"] * (fake - batch["real"]))
        slope = np.linalg.norm(backward(critic, between, np.ones((40, 1))).input, axis=1)
        return float(forward(critic, fake).output.mean() - forward(critic, batch["real"]).output.mean() + 3 * ((slope - 1) ** 2).mean())

    with tf.GradientTape() as tape:
        weights = tf.constant(d, tf.float32)
        tape.watch(weights)
        told, *_ = bout.judge(weights, tf.constant(fake, tf.float32), {k: tf.constant(v, tf.float32) for k, v in batch.items()}, 3.0)
    found = float(tf.reduce_sum(tape.gradient(told, weights) * way.astype(np.float32)))
    assert_allclose(float(told), loss(d), rtol=1e-4)
    assert_allclose(found, (loss(d + 1e-5 * way) - loss(d - 1e-5 * way)) / 2e-5, rtol=2e-3)


def test_batches_go_through_all_points_and_depend_on_seed_and_epoch_alone() -> None:
    spec = small("wgan_gp", instance_noise=0.0)
    duel, x = duel_of(spec), sample_of(spec).x
    rows = duel.rows(x, 0, 0)
    real = np.stack([duel.bout.unpack(tf.constant(row))["real"] for row in rows])  # (steps, d_steps, batch, 2)
    for j in range(spec.d_steps):
        seen = real[:, j].reshape(-1, 2)[:len(x)]
        assert_array_equal(seen[np.lexsort(seen.T)], x[np.lexsort(x.T)])
    assert not np.array_equal(real[:, 0], real[:, 1])
    again = duel_of(spec).rows(x, 0, 0)
    assert_array_equal(again, rows)
    assert not np.array_equal(duel.rows(x, 0, 1), rows) and not np.array_equal(duel.rows(x, 1, 0), rows)
    noise = np.stack([duel.bout.unpack(tf.constant(row))["z_d"] for row in rows])
    assert -1 <= noise.min() < -0.95 and 0.95 < noise.max() <= 1
    duel.noise, duel.instance_noise = "normal", 0.5
    parts = [duel.bout.unpack(tf.constant(row)) for row in duel.rows(np.zeros((4000, 2), np.float32), 0, 0)]
    for name, sigma in (("z_d", 1.0), ("z_g", 1.0), ("real", 0.5), ("blur_d", 0.5), ("blur_g", 0.5)):
        assert_allclose(np.std([part[name] for part in parts]), sigma, rtol=0.05)


def test_what_is_drawn_ahead_is_drawn_for_the_run_that_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting: list[Any] = []

    class Later:
        """A thread that comes to its work only when somebody needs what it makes."""

        def submit(self, work: Any, *arguments: Any) -> Any:
            waiting.append(arguments)
            return type("Future", (), {"result": lambda _self: work(*arguments)})()

    spec = small(instance_noise=0.4)
    asked, x = duel_of(spec), sample_of(spec).x
    expected = asked.rows(x, 0, 1)
    monkeypatch.setattr("core.training.duel.DRAWING", Later())
    late = duel_of(spec)
    future = late._begun(x, 0, 1)
    late.noise, late.instance_noise = "normal", 0.0  # as the next run would have it
    assert_array_equal(future.result()[:-late.room], expected)
    assert len(waiting) == 1


@pytest.mark.parametrize("case", slow_after(CASES, 1))
def test_equal_specs_give_equal_bits_also_where_the_step_is_compiled_already(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = small(case)
    known = frames(trained(spec))
    monkeypatch.setattr(lab, "_labs", Cache(limit=4))
    for _ in range(2):
        again = frames(list(train(spec)))
        for a, b in zip(known, again, strict=True):
            assert a.arrays.keys() == b.arrays.keys() and a.rows == b.rows
            for name in a.arrays:
                assert_array_equal(a.arrays[name], b.arrays[name], err_msg=name)


@pytest.mark.parametrize("case", slow_after(CASES, 1))
def test_a_run_goes_on_from_a_checkpoint_to_the_same_bits(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.training.loop.CHECKPOINT_S", 0.0)
    monkeypatch.setattr("core.training.loop.CHUNK_S", 1e-9)  # a step a call: some checkpoints stand within an epoch
    spec = small(case)
    points = [item for item in train(spec) if isinstance(item, Checkpoint) and 0 < item.epoch < spec.epochs]
    assert {bool(point.part) for point in points} == {True, False}
    for point in (points[0], next(p for p in points if p.part)):
        again = list(train(spec, resume=decode(encode_checkpoint(point)).checkpoint()))
        assert isinstance(again[-1], End) and again[-1].state == "finished"
        for name, array in last(spec).arrays.items():
            assert_array_equal(frames(again)[-1].arrays[name], array, err_msg=name)


def test_a_branch_ends_where_the_whole_way_does() -> None:
    elder = small()
    for name, array in last(elder).arrays.items():
        assert_array_equal(frames(list(train(elder.fork(2))))[-1].arrays[name], array, err_msg=name)
    other = frames(list(train(elder.fork(2, loss="lsgan", d_steps=2, g_optimizer="sgd", batch_size=50))))
    assert other[0].epoch == 2 and not np.array_equal(other[-1].arrays["g_w1"], last(elder).arrays["g_w1"])
    fork = elder.fork(2, g_optimizer="sgd")
    assert frames(list(train(fork)))[-1].arrays["g_memory"].shape[0] == 0


@pytest.mark.parametrize("case", slow_after(CASES, 2))
def test_what_a_frame_shows_is_what_keras_models_say(case: str) -> None:
    spec = small(case)
    frame = last(spec)
    arrays = frame.arrays
    view = View(spec, sample_of(spec))
    generator, discriminator = (loaded(ask(spec, "model", arrays, {"of": of})["file"]) for of in spec.models)
    assert_allclose(generator(arrays["noise"]).numpy(), arrays["fake"], atol=1e-5)
    assert_allclose(discriminator(view.plane).numpy().reshape(40, 40), arrays["surface"].astype(np.float32), rtol=2e-3, atol=1e-3)
    assert_allclose(generator(view.sheet.reshape(-1, spec.noise_size)).numpy(), arrays["manifold"].reshape(-1, 2), atol=1e-5)
    bare = build(nets(spec)[1], lab_of(spec).restored(arrays)[1][0], "d")
    with tf.GradientTape() as tape:
        made = tf.constant(arrays["fake"][:60])
        tape.watch(made)
        loss = 60 * duel_of(spec).bout.deceiving(bare(made))
    assert_allclose(-tape.gradient(loss, made).numpy(), arrays["arrows"], rtol=1e-3, atol=1e-6)
    assert arrays["real"].shape == (400, 2) and arrays["area"].shape == ((20, 20) if spec.noise_size == 2 else (40, 1))
    assert ("share" in arrays) == bool(spec.modes) == ("modes" in frame.rows[-1])
    assert {*NUMBERS, "epoch", "distance", "mmd", "js"} <= frame.rows[-1].keys()
    assert all(np.isfinite(value) for value in frame.rows[-1].values())


def loaded(file: np.ndarray) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        path.write_bytes(file.tobytes())
        return keras.models.load_model(path)


@pytest.mark.parametrize("case", slow_after(CASES, 1))
def test_the_step_that_is_shown_is_the_one_that_the_run_takes(case: str) -> None:
    spec = small(case)
    shown, after = frames(trained(spec))[1:3]
    steps = -(-spec.points // spec.batch_size)
    found = ask(spec, "step", shown.arrays, {"pair": steps})  # the last one of the next epoch
    assert_allclose(found["fake_g"], after.arrays["fake"], atol=1e-4)
    assert_allclose(found["surface_d"].astype(np.float32), after.arrays["surface"].astype(np.float32), atol=2e-3)
    first = ask(spec, "step", shown.arrays, {})
    assert_allclose(first["fake_0"], shown.arrays["fake"], atol=1e-6)
    assert_allclose(first["arrows_0"], shown.arrays["arrows"], atol=1e-6)
    if spec.d_steps == spec.g_steps == 1:  # what a single update on its own batch must do at such a rate
        numbers = first["numbers"]
        assert numbers.shape == (15,) and numbers[1] < numbers[0] and numbers[7] < numbers[6]
    assert found["numbers"].shape == (15,) and found["real_batch"].shape == found["fake_batch"].shape == (spec.batch_size, 2)


@pytest.mark.parametrize("schedule", ["cosine", "constant", "step", "range"])
def test_steps_within_a_run_have_its_rates_and_those_after_its_end_the_settings(schedule: str) -> None:
    spec = small(schedule=schedule, epochs=6, d_rate=3.0, learning_rate=0.002)
    shown = frames(trained(spec))
    steps = -(-spec.points // spec.batch_size)
    planned = learning_rates(schedule, spec.learning_rate, spec.epochs * steps)
    for frame, then in ((shown[0], shown[1]), (shown[3], shown[4]), (shown[5], shown[6])):  # beginning, middle, end
        for pair in range(1, steps + 1):
            found = ask(spec, "step", frame.arrays, {"pair": pair})
            rate = planned[frame.epoch * steps + pair - 1]
            assert_allclose(found["numbers"][12:], [3 * rate, rate, 0], rtol=1e-6)
        assert_allclose(found["fake_g"], then.arrays["fake"], atol=1e-4)
        assert_allclose(found["surface_d"], then.arrays["surface"].astype(np.float32), atol=2e-3)
    plain = spec.changed(schedule="constant", epochs=60)  # whose next steps these would be
    for frame, pair in ((shown[6], 1), (shown[6], 2)):
        found, wanted = ask(spec, "step", frame.arrays, {"pair": pair}), ask(plain, "step", frame.arrays, {"pair": pair})
        assert_allclose(found["numbers"][12:], [0.006, 0.002, 1], rtol=1e-6)
        for name in found:
            assert_allclose(found[name], wanted[name] if name != "numbers" else [*wanted[name][:14], 1], rtol=1e-6)
        assert np.abs(found["surface_d"] - found["surface_0"]).max() > 1e-3
        assert np.abs(found["fake_g"] - found["fake_0"]).mean() > 1e-4
    over = ask(spec, "step", shown[5].arrays, {"pair": steps + 1})["numbers"]
    assert_allclose(over[12:], [0.006, 0.002, 1], rtol=1e-6)


def test_a_step_of_a_tiny_rate_is_told_finer_than_a_frame_keeps_its_verdict() -> None:
    spec = small(learning_rate=0.00001)
    found = ask(spec, "step", last(spec).arrays, {})
    off = found["surface_d"] - found["surface_0"]
    assert found["surface_0"].dtype == np.float32 and 0 < np.abs(off).max() < 1e-3 and len(np.unique(off)) > 100


@pytest.mark.parametrize("noise", ["uniform", "normal"])
def test_only_of_uniform_noise_all_cells_of_the_sheet_get_as_much(noise: str) -> None:
    spec = small(noise=noise)
    duel, view = duel_of(spec), View(spec, sample_of(spec))
    edges = view.sheet[0, :, 0]
    z = np.concatenate([duel.bout.unpack(tf.constant(row))["z_g"].numpy()[0] for row in duel.rows(np.zeros((400_000, 2)), 0, 0)])
    found = np.histogram2d(z[:, 0], z[:, 1], [edges, edges])[0]
    middle, corner = found[9:11, 9:11].mean(), found[[0, 0, -1, -1], [0, -1, 0, -1]].mean()
    assert (middle / corner == pytest.approx(1, abs=0.1)) if noise == "uniform" else middle / corner > 25
    assert ("equally much" in bent(spec)) == (noise == "uniform") and ("middle" in bent(spec)) == (noise == "normal")


@pytest.mark.parametrize("case", ["only G", "only D"])
def test_a_side_without_updates_stays_as_it_was_born_and_is_measured(case: str) -> None:
    spec = small(case)
    born = dict(zip("gd", first_weights(spec), strict=True))
    found = frames(trained(spec))
    for name in "gd":
        same = np.array_equal(lab_of(spec).restored(found[-1].arrays)["gd".index(name)][0], born[name])
        assert same == (name == spec.rests)
    assert all(np.isfinite(found[-1].rows[-1][name]) for name in NUMBERS)
    answer = ask(spec, "step", found[0].arrays, {"pair": 2})
    still, moves = (("surface_0", "surface_d"), ("fake_0", "fake_g")) if spec.rests == "d" else (("fake_0", "fake_g"), ("surface_0",
                                                                                                                  "surface_d"))
    assert_array_equal(*(answer[name] for name in still))
    assert not np.array_equal(*(answer[name] for name in moves))
    numbers = answer["numbers"]
    assert (numbers[0] == numbers[1]) == (spec.rests == "d") and (numbers[6] == numbers[7]) == (spec.rests == "g")


def test_the_distance_has_a_floor_which_other_real_points_reach() -> None:
    spec = small()
    sample = sample_of(spec)
    rows = [row for frame in frames(trained(spec)) for row in frame.rows]
    assert {row["floor"] for row in rows} == {rows[0]["floor"]}
    along = np.stack([[np.cos(a), np.sin(a)] for a in np.pi * np.arange(32) / 32], 1)

    def far(a: np.ndarray, b: np.ndarray) -> Any:
        a, b = (x[np.resize(np.arange(len(x)), 1000)] for x in (a, b))
        return pytest.approx(np.abs(np.sort(a @ along, 0) - np.sort(b @ along, 0)).mean(), rel=1e-4)

    assert rows[0]["floor"] == far(sample.fresh, sample.x)
    spec = small(points=4500)
    sample = sample_of(spec)
    assert View(spec, sample).floor[0] == far(np.concatenate([sample.fresh, sample.x[1000:]]), sample.x)


def test_cells_of_the_bent_sheet_are_measured_before_and_after_a_step() -> None:
    spec = small()
    answer = ask(spec, "step", last(spec).arrays, {})
    assert_allclose(answer["area_0"], last(spec).arrays["area"], atol=1e-6)
    for when in "0g":
        corners = answer[f"manifold_{when}"].astype(float)
        for i, j in ((0, 0), (7, 13), (19, 19)):
            x, y = np.array([corners[i, j], corners[i, j + 1], corners[i + 1, j + 1], corners[i + 1, j]]).T
            assert answer[f"area_{when}"][i, j] == pytest.approx(abs(x @ np.roll(y, 1) - y @ np.roll(x, 1)) / 2, abs=1e-6)  # shoelace


def test_what_else_can_be_asked() -> None:
    spec = small()
    arrays = last(spec).arrays
    fakes = ask(spec, "sample", arrays, {"n": 7, "seed": 3})["fake"]
    assert fakes.shape == (7, 2) and not np.array_equal(fakes, ask(spec, "sample", arrays, {"n": 7})["fake"])
    assert_allclose(ask(spec, "noise", arrays, {"z": arrays["noise"][:3].tolist()})["fake"], arrays["fake"][:3], atol=1e-6)
    metrics = ask(spec, "sealed", arrays, {})["metrics"]
    assert metrics[1] == mixtures.SET_ASIDE and metrics[2] == pytest.approx(last(spec).rows[-1]["distance"], rel=1e-4)
    for probe, arguments in (("what", {}), ("sample", {"n": 0}), ("step", {"pair": 26}), ("step", {"pair": 1.0}), ("noise", {"z": [[1]]}),
                             ("noise", {}), ("model", {"of": "both"})):
        with pytest.raises(ValueError, match="one of|whole number|places of noise"):
            ask(spec, probe, arrays, arguments)


def test_only_some_epochs_of_a_long_run_leave_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab, "ROWS", 3)
    monkeypatch.setattr("core.labs.course.FRAMES", 3)
    monkeypatch.setattr("core.labs.course.ROOM", 1)
    spec = small(epochs=40)
    found = list(train(spec))
    epochs = [row["epoch"] for item in found if isinstance(item, Frame) for row in item.rows]
    assert epochs[0] == 0 and epochs[-1] == 40 and len(epochs) < 25 and epochs == sorted(set(epochs))
    assert all(len(item.rows) and item.rows[-1]["epoch"] == item.epoch for item in found if isinstance(item, Frame) and item.stored)


def test_a_rate_far_too_high_ends_the_run_with_a_sentence() -> None:
    found = list(train(small(learning_rate=1.0, d_rate=10.0, loss="lsgan", g_optimizer="sgd", d_optimizer="sgd", epochs=60)))
    assert isinstance(found[-1], End) and found[-1].state == "failed" and found[-1].change
    assert isinstance(found[-2], Frame) and found[-2].rows


def test_own_points_and_drawings_are_learned_from() -> None:
    upload = {"x": np.random.default_rng(0).uniform(-6, 6, (50, 2)).astype(np.float32), "y": np.zeros(50, np.float32)}
    spec = small(dataset="upload", upload="0" * 32, batch_size=30, epochs=1)
    end = list(train(spec, uploads={spec.upload: upload}))[-1]
    assert isinstance(end, End) and end.state == "finished"
    sample = sample_of(spec, {spec.upload: upload})
    assert len(sample.x) == 40 and len(sample.fresh) == 10
    both = np.concatenate([sample.x, sample.fresh])
    assert_allclose(both[np.lexsort(both.T)], (upload["x"] / 2)[np.lexsort(upload["x"].T)], rtol=1e-6)
    with pytest.raises(KeyError):
        sample_of(spec)


# ---- the spec

def test_what_has_no_say_in_a_run_is_no_part_of_its_key() -> None:
    spec = small(d_layers=0, g_optimizer="sgd", d_optimizer="sgd")
    assert {*spec.idle} == {"drawn", "penalty", "beta1", "d_units", "d_activation"}
    for name, value in {"drawn": "f" * 144, "penalty": 3.0, "beta1": 0.3, "d_units": 9, "d_activation": "elu"}.items():
        changed = spec.changed(**{name: value})
        assert changed.key == spec.key and changed.split == spec.split and changed.step_key == spec.step_key
    others = {"learning_rate": 0.01, "seed": 2, "points": 300, "instance_noise": 0.2, "d_rate": 3.0, "schedule": "cosine"}
    for name, value in others.items():
        assert spec.changed(**{name: value}).key != spec.key and spec.changed(**{name: value}).step_key == spec.step_key
    for name, value in {"loss": "lsgan", "g_units": 9, "d_steps": 2, "batch_size": 50, "noise_size": 1, "g_optimizer": "adam"}.items():
        assert spec.changed(**{name: value}).step_key != spec.step_key
    own = GanSpec(dataset="upload", upload="a" * 32)
    assert own.brought and own.revised(dataset="ring").upload == "" and GanSpec.from_query({"drawn": "0" * 144})[1]
    assert spec.fork(2, loss="lsgan").parent == (spec, 2)
    with pytest.raises(ValueError, match="cannot change"):
        spec.fork(2, g_units=4)


def test_one_of_the_two_has_to_learn() -> None:
    with pytest.raises(ValueError, match="has to learn"):
        GanSpec(d_steps=0, g_steps=0)
    for name, other, side in (("d_steps", "g_steps", "d"), ("g_steps", "d_steps", "g")):
        spec = GanSpec(**{name: 0})
        assert spec.rests == side and spec.bounds_of(other) == (1, 10) and spec.bounds_of(name) == (0, 10)
        assert spec.revised(**{other: 0}).rests == {"d": "g", "g": "d"}[side]  # the other one learns instead
    found, problems = GanSpec.from_query({"d_steps": "0", "g_steps": "0"})
    assert found.rests == "d" and len(problems) == 1
    assert GanSpec().rests == "" and GanSpec().bounds_of("d_steps") == (0, 10)
    assert GanSpec(d_rate=0.01).d_rate == 0.01 and GanSpec(d_rate=100).d_rate == 100


def test_a_run_that_diverges_names_both_rates_where_there_are_two() -> None:
    spec = small(learning_rate=0.5, d_rate=100.0, loss="lsgan", d_optimizer="sgd", epochs=60)
    end = trained(spec)[-1]
    assert isinstance(end, End) and end.state == "failed" and end.error is not None
    assert (end.error.args["rate"], end.error.args["other"]) == (0.5, 50) and end.change == {"d_rate": 1.0}
