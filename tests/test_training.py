"""The fused training loop: it ends where Keras' own `fit` ends, compiles once, and can be stopped and continued."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from core.frame import Checkpoint, Frame, Status, decode, encode_checkpoint
from core.models.feedforward import build_feedforward
from core.models.seeding import INITIALIZERS, reseed
from core.training import choices, loop
from core.training.batches import learning_rates, order, stored_epochs
from core.training.cache import Cache
from core.training.loop import Task
from core.training.program import Program
from core.training.regularizers import ElasticNet
from core.training.warm import warm
from tests.conftest import slow_after

warm()  # fixes the number of threads, before anything computes

OPTIMIZERS = [*choices.OPTIMIZERS]
EPOCHS, BATCH, SEED, RATE = 4, 16, 5, 0.02


@dataclass(frozen=True)
class Variant:
    """What a network is trained with."""

    points: int = 48
    dropout: float = 0.0
    batch_norm: bool = False
    l2: float = 0.0
    jit: bool = False

    @property
    def last(self) -> int | None:
        """The rows of the last batch, where batches are more than their points one by one."""
        whole = self.points % BATCH or BATCH
        return whole if self.jit and (self.dropout or self.batch_norm) else None


VARIANTS = {"plain": Variant(), "dropout": Variant(dropout=0.3), "batch norm": Variant(batch_norm=True), "L2": Variant(l2=0.03),
            "ragged": Variant(points=53), "all": Variant(points=53, dropout=0.3, batch_norm=True, l2=0.03)}
PATHS = pytest.mark.parametrize("jit", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["traced", "xla"])
SOME = [*zip(OPTIMIZERS, ["plain", "dropout", "batch norm", "L2", "ragged", "all", "L2"], strict=True)]  # each at least once
OTHERS = [(o, v) for o in OPTIMIZERS for v in ("plain", "dropout", "batch norm", "L2", "ragged") if (o, v) not in SOME]


def data(points: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(points)
    x = rng.normal(0, 1, (points, 2)).astype("float32")
    return x, (x[:, :1] * x[:, 1:] > 0).astype("float32")


def build(v: Variant, regularizer: Any, seed: int = SEED) -> keras.Sequential:
    hidden = (7,) if v.jit else (7, 5)  # XLA compiles long
    return build_feedforward(2, hidden, 1, activations=("tanh", "relu")[:len(hidden)], output_activation="sigmoid",
                             dropout=v.dropout, batch_norm=v.batch_norm, regularizer=regularizer, seed=seed)


def make(v: Variant, optimizer: str, **more: Any) -> Program:
    model = build(v, ElasticNet(0, v.l2) if v.l2 else None)
    return Program(model, choices.optimizer(optimizer), keras.losses.BinaryCrossentropy(), batch_size=BATCH, jit=v.jit,
                   last=v.last, **more)


def tensors(v: Variant) -> tuple[Any, Any, Any]:
    x, y = data(v.points)
    return tf.constant(x), tf.constant(y), tf.ones((2, v.points))


def orders(v: Variant, first: int = 0, epochs: int = EPOCHS) -> np.ndarray:
    return np.stack([order(SEED, epoch, v.points) for epoch in range(first, first + epochs)])


def rates_of(v: Variant, epochs: int = EPOCHS, rates: np.ndarray | None = None) -> np.ndarray:
    steps = -(-v.points // BATCH)
    return (np.full(epochs * steps, RATE, "float32") if rates is None else rates).reshape(epochs, steps)


def ours(v: Variant, optimizer: str, rates: np.ndarray | None = None) -> list[np.ndarray]:
    """The model's weights after EPOCHS in our loop, in two calls."""
    program, half = make(v, optimizer), EPOCHS // 2
    rates = rates_of(v, rates=rates)
    for part in (slice(0, half), slice(half, EPOCHS)):
        program.advance(*tensors(v), orders(v)[part], rates[part])
    program.scatter()
    return program.model.get_weights()


def keras_fit(v: Variant, optimizer: Any) -> list[np.ndarray]:
    """The model's weights after EPOCHS of `fit` on the same batches."""
    model = build(v, keras.regularizers.L2(v.l2) if v.l2 else None)
    model.compile(optimizer, keras.losses.BinaryCrossentropy(), jit_compile=v.jit)
    x, y = data(v.points)
    for o in orders(v):
        model.fit(x[o], y[o], batch_size=BATCH, shuffle=False, verbose=0)
    return model.get_weights()


def same_weights(a: list[np.ndarray], b: list[np.ndarray], v: Variant = Variant()) -> None:
    """Equal to 1e-6.

    XLA rounds two graphs of the same arithmetic each in its way. Batch normalization takes away the bias before it, whose gradient is
    then nothing but rounding; some optimizers divide it by its own size. So where these meet, that bias and the moving average that
    follows it are left out: in training they make no difference.
    """
    degenerate = {1, 4} if v.jit and v.batch_norm else set()
    for i, (ours_, theirs) in enumerate(zip(a, b, strict=True)):
        if i not in degenerate:
            assert_allclose(ours_, theirs, rtol=0, atol=1e-6)


def moved(weights: list[np.ndarray], v: Variant) -> None:
    """Training did something, and everything is a number."""
    start = build(v, None).get_weights()
    assert all(np.isfinite(w).all() for w in weights)
    assert max(np.abs(w - s).max() for w, s in zip(weights, start, strict=True)) > 1e-3


# ---- ends where Keras ends

@pytest.mark.parametrize(("optimizer", "variant"), slow_after([*SOME, *OTHERS], 2))
def test_the_traced_path_ends_in_the_weights_of_fit(optimizer: str, variant: str) -> None:
    v = VARIANTS[variant]
    weights = ours(v, optimizer)
    moved(weights, v)
    same_weights(weights, keras_fit(v, choices.optimizer(optimizer, RATE)), v)


@pytest.mark.parametrize(("optimizer", "variant"), slow_after([*SOME, *OTHERS], 1))
def test_the_xla_path_ends_in_the_weights_of_compiled_fit(optimizer: str, variant: str) -> None:
    v = Variant(**{**vars(VARIANTS[variant]), "jit": True})
    weights = ours(v, optimizer)
    moved(weights, v)
    same_weights(weights, keras_fit(v, choices.optimizer(optimizer, RATE)), v)


def cosine(steps: int) -> Any:
    return keras.optimizers.schedules.CosineDecay(RATE, steps)


def halving(steps: int) -> Any:
    bounds = [steps // 6 * i - 1 for i in range(1, 6)]
    return keras.optimizers.schedules.PiecewiseConstantDecay(bounds, [RATE / 2**i for i in range(6)])


@pytest.mark.parametrize(("schedule", "theirs", "jit"), slow_after([
    ("cosine", cosine, False), ("constant", lambda steps: RATE, False), ("step", halving, False), ("cosine", cosine, True)], 1))
def test_a_schedule_ends_where_that_of_keras_ends(schedule: str, theirs: Callable[[int], Any], jit: bool) -> None:
    v = Variant(jit=jit)
    steps = EPOCHS * v.points // BATCH
    assert steps % 6 == 0
    weights = ours(v, "momentum", learning_rates(schedule, RATE, steps))
    expected = keras_fit(v, keras.optimizers.SGD(theirs(steps), momentum=0.9))
    same_weights(weights, expected)


def test_every_step_has_a_rate_of_its_own() -> None:
    v, rates = Variant(), np.linspace(0.5, 0.001, 12, dtype="float32")
    program = make(v, "sgd")
    program.advance(*tensors(v), orders(v), rates.reshape(4, 3))
    model, (x, y) = build(v, None), data(v.points)
    step = 0
    for o in orders(v):
        for i in range(0, v.points, BATCH):
            index = o[i:i + BATCH]
            with tf.GradientTape() as tape:
                value = tf.reduce_mean(keras.losses.binary_crossentropy(y[index], model(x[index])))
            gradients = tape.gradient(value, [w.value for w in model.trainable_variables])
            for w, g in zip(model.trainable_variables, gradients, strict=True):
                w.assign_sub(rates[step] * g)
            step += 1
    program.scatter()
    same_weights(program.model.get_weights(), model.get_weights())


@pytest.mark.slow
@PATHS
def test_other_losses_and_more_classes(jit: bool) -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(0, 1, (37, 3)).astype("float32")
    y = np.eye(3, dtype="float32")[rng.integers(0, 3, 37)]

    def network() -> keras.Sequential:
        return build_feedforward(3, (6,), 3, activations=("gelu",), output_activation="softmax", seed=2)

    for loss in (keras.losses.CategoricalHinge(), keras.losses.CategoricalCrossentropy()):
        program, model = Program(network(), choices.optimizer("adam"), loss, batch_size=10, jit=jit), network()
        program.advance(tf.constant(x), tf.constant(y), tf.ones((2, 37)), np.stack([order(0, e, 37) for e in range(3)]),
                        np.full((3, 4), 0.01, "float32"))
        program.scatter()
        model.compile(choices.optimizer("adam", 0.01), loss, jit_compile=jit)
        for e in range(3):
            o = order(0, e, 37)
            model.fit(x[o], y[o], batch_size=10, shuffle=False, verbose=0)
        same_weights(program.model.get_weights(), model.get_weights())


# ---- cut into calls

@pytest.mark.parametrize("v", slow_after([VARIANTS["all"], Variant(53, jit=True), Variant(53, batch_norm=True, jit=True)], 1),
                         ids=["all", "xla", "xla, a last batch of its own"])
def test_how_a_run_is_cut_into_calls_changes_no_bit(v: Variant) -> None:
    rates, ends = rates_of(v), []
    program = make(v, "adam")
    fresh = program.state()
    for cuts in ([(0, 4, 0, 4)], [(0, 1, 0, 4), (1, 4, 0, 4)], [(0, 1, 0, 1), (0, 1, 1, 3), (0, 1, 3, 4), (1, 4, 0, 4)]):
        program.load(fresh)
        steps = 0
        for first, end, begin, until in cuts:
            steps += program.advance(*tensors(v), orders(v)[first:end], rates[first:end], first=begin, until=until)[2]
        assert steps == 16
        ends.append(program.state())
    for other in ends[1:]:
        assert all(ends[0][name].tobytes() == other[name].tobytes() for name in other)


@PATHS
def test_grad_and_update_of_an_epoch_do_not_depend_on_how_it_is_cut(jit: bool) -> None:
    v, rows = Variant(jit=jit), []
    model = build(v, None)
    program = Program(model, choices.optimizer("adam"), keras.losses.BinaryCrossentropy(), batch_size=BATCH, jit=jit,
                      groups=[layer.trainable_variables for layer in model.layers])
    fresh = program.state()
    for cuts in ([(0, 3)], [(0, 1), (1, 3)], [(0, 1), (1, 2), (2, 3)]):
        program.load(fresh)
        for first, until in cuts:
            table, *_ = program.advance(*tensors(v), orders(v)[:1], rates_of(v)[:1], first=first, until=until)
        rows.append(table[-1])
    assert np.isfinite(rows).all() and (np.array(rows) > 0).all()
    assert_array_equal(rows[0], rows[1])
    assert_array_equal(rows[0], rows[2])


@PATHS
@pytest.mark.parametrize("eager", [False, True])
def test_everything_is_measured_where_an_epoch_ends_and_nowhere_else(jit: bool, eager: bool) -> None:
    v, measured = Variant(jit=jit), tf.Variable(0)

    def measure(x: Any, y: Any, masks: Any) -> Any:
        measured.assign_add(1)
        return tf.ones(1)

    program = make(v, "sgd", columns=["loss"], measure=measure)
    ends = []
    for first, until in ((0, 1), (1, 2), (2, 3)):
        table, *_ = program.advance(*tensors(v), orders(v)[:1], rates_of(v)[:1], first=first, until=until, eager=eager)
        ends.append((int(measured.numpy()), table[0, 0]))
    assert ends == [(0, 0), (0, 0), (1, 1)]
    program.advance(*tensors(v), orders(v)[:3], rates_of(v)[:3], eager=eager)
    assert measured.numpy() == 4


@PATHS
@pytest.mark.parametrize("case", ["ragged", "all"])
def test_measuring_where_it_stands_trains_nothing_and_gives_the_same_bits(jit: bool, case: str) -> None:
    v, by_hand = replace(VARIANTS[case], jit=jit), []

    def measure(x: Any, y: Any, masks: Any) -> Any:
        by_hand.append(tf.executing_eagerly())
        return tf.stack([tf.reduce_mean(tf.abs(program.model(x) - y)), tf.reduce_mean(y)])

    program = make(v, "adam", columns=["error", "share"], measure=measure)
    for epochs in range(3):  # before anything is traced, then with the traced function
        with program.weights():
            expected = measure(*tensors(v)).numpy()
        by_hand.clear()
        before = program.state()
        found = program.now(*tensors(v), v.points)
        assert_array_equal(found[:2], expected)
        assert by_hand == ([True] if epochs == 0 or jit else [])
        assert all(np.array_equal(before[name], array) for name, array in program.state().items())
        program.advance(*tensors(v), orders(v)[:epochs + 1], rates_of(v)[:epochs + 1])


@PATHS
def test_it_says_how_many_steps_it_took(jit: bool) -> None:
    v = Variant(points=53, jit=jit)
    program = make(v, "sgd")
    assert program.advance(*tensors(v), orders(v), rates_of(v))[2:] == (16, True)
    assert program.advance(*tensors(v), orders(v)[:1], rates_of(v)[:1], first=1, until=3)[2:] == (2, True)


@pytest.mark.parametrize("seed", range(6))
def test_the_shorter_squared_error_and_its_slope_are_those_of_keras(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(1, 40, 1 + seed % 3))
    y, predicted = (tf.constant(rng.normal(size=shape), tf.float32) for _ in range(2))
    found = []
    for loss in (choices.SquaredError(), keras.losses.MeanSquaredError()):
        with tf.GradientTape() as tape:
            tape.watch(predicted)
            value = 3 * loss(y, predicted)
        found.append((value.numpy(), tape.gradient(value, predicted).numpy(), loss.call(y, predicted).numpy()))
    for mine, theirs in zip(*found, strict=True):
        assert_allclose(mine, theirs, rtol=1e-5, atol=1e-8)
    with pytest.raises(ValueError, match="sample_weight=2"):
        choices.SquaredError()(y, predicted, 2)


# ---- the optimizer and the strength of a regularizer

def test_clipping_by_weight_matrix_is_refused_and_global_clipping_equals_fit() -> None:
    v = Variant()
    with pytest.raises(ValueError, match="clipnorm=1"):
        Program(build(v, None), keras.optimizers.SGD(clipnorm=1.0), keras.losses.BinaryCrossentropy(), batch_size=4)
    clipped = Program(build(v, None), keras.optimizers.SGD(global_clipnorm=0.01), keras.losses.BinaryCrossentropy(),
                      batch_size=BATCH)
    clipped.advance(*tensors(v), orders(v), rates_of(v) * 50)
    clipped.scatter()
    same_weights(clipped.model.get_weights(), keras_fit(v, keras.optimizers.SGD(RATE * 50, global_clipnorm=0.01)))


def test_elastic_net_is_that_of_keras() -> None:
    x = np.random.default_rng(0).normal(0, 1, (4, 3)).astype("float32")
    for l1, l2 in ((0.1, 0.0), (0.0, 0.2), (0.3, 0.4), (0.0, 0.0)):
        assert_allclose(ElasticNet(l1, l2)(tf.constant(x)), keras.regularizers.L1L2(l1, l2)(tf.constant(x)), rtol=1e-6)
    assert ElasticNet(0.25, 0.5).get_config() == {"l1": 0.25, "l2": 0.5}


@PATHS
def test_the_strength_of_a_regularizer_changes_without_compiling(jit: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    v, traces = Variant(l2=0.03, jit=jit), count(monkeypatch)
    program, net = make(v, "sgd"), []
    regularizer = program.model.layers[0].kernel_regularizer
    fresh = program.state()
    for strength in (0.03, 0.3):
        program.load(fresh)
        regularizer.set(0.0, strength)
        program.advance(*tensors(v), orders(v), rates_of(v))
        program.scatter()
        net.append(program.model.get_weights())
        same_weights(net[-1], keras_fit(Variant(l2=strength, jit=jit), choices.optimizer("sgd", RATE)))
    assert len(traces) == 1 and not np.allclose(net[0][0], net[1][0])


def count(monkeypatch: pytest.MonkeyPatch) -> list[Program]:
    """The programs traced from now on, once for every time."""
    traced: list[Program] = []
    block = Program._block
    monkeypatch.setattr(Program, "_block", lambda self, *a: (traced.append(self), block(self, *a))[1])
    return traced


def test_other_points_need_no_compiling_on_the_traced_path(monkeypatch: pytest.MonkeyPatch) -> None:
    traces, program = count(monkeypatch), make(Variant(), "adam")
    for points in (48, 53, 7, 200):
        v = Variant(points=points)
        assert program.advance(*tensors(v), orders(v, epochs=2), rates_of(v, 2))[2] == 2 * -(-points // BATCH)
    assert len(traces) == 1


@pytest.mark.slow
def test_fewer_points_than_there_is_room_for_on_the_xla_path(monkeypatch: pytest.MonkeyPatch) -> None:
    traces, program = count(monkeypatch), make(Variant(jit=True), "adam")
    fresh, room = program.state(), 64
    for points in (53, 20):
        v = Variant(points=points, jit=True)
        x, y = data(points)
        program.load(fresh)
        pad = ((0, room - points), (0, 0))
        program.advance(tf.constant(np.pad(x, pad)), tf.constant(np.pad(y, pad)), tf.ones((2, room)), orders(v), rates_of(v))
    program.scatter()
    same_weights(program.model.get_weights(), keras_fit(v, choices.optimizer("adam", RATE)))
    assert len(traces) == 1


# ---- checkpoints and resets

@pytest.mark.parametrize(("optimizer", "variant", "jit"), slow_after([
    ("nesterov", "ragged", False), ("adam", "dropout", True), ("adam", "all", False), ("nesterov", "ragged", True)], 1))
def test_continued_is_undisturbed_to_the_bit(optimizer: str, variant: str, jit: bool) -> None:
    v = Variant(**{**vars(VARIANTS[variant]), "jit": jit})
    rates = rates_of(v)
    program = make(v, optimizer)
    program.advance(*tensors(v), orders(v)[:2], rates[:2])
    raw = encode_checkpoint(Checkpoint(8, 2, 0.0, program.state()))
    program.advance(*tensors(v), orders(v)[2:], rates[2:])
    undisturbed = program.state()
    for other in (program,) if v.jit else (program, make(v, optimizer)):  # with all it has done since; and a new one
        other.load(decode(raw).checkpoint().arrays)
        other.advance(*tensors(v), orders(v)[2:], rates[2:])
        continued = other.state()
        assert all(undisturbed[name].tobytes() == continued[name].tobytes() for name in undisturbed)
    if v.dropout:  # a checkpoint without the seed generators would not do
        assert any(value.dtype == np.int32 for value in undisturbed.values())


def test_the_checkpoint_of_another_network_is_refused() -> None:
    state = make(Variant(), "sgd").state()
    with pytest.raises((KeyError, ValueError)):
        make(Variant(batch_norm=True), "adam").load(state)


def test_load_gives_the_weights_back_to_the_model() -> None:
    v = Variant()
    program = make(v, "sgd")
    fresh, start = program.state(), program.model.get_weights()
    program.advance(*tensors(v), orders(v), rates_of(v))
    program.scatter()
    assert not np.array_equal(program.model.get_weights()[0], start[0])
    program.load(fresh)
    assert all(np.array_equal(a, b) for a, b in zip(program.model.get_weights(), start, strict=True))


@pytest.mark.parametrize("name", slow_after([*INITIALIZERS], 2))
def test_reseed_equals_a_fresh_build(name: str) -> None:
    def network(seed: int) -> keras.Sequential:
        return build_feedforward(2, (6, 6, 3), 2, activations=("relu",) * 3, output_activation="softmax", dropout=0.2,
                                 batch_norm=True, initializer_name=name, seed=seed)

    used, fresh = network(1), network(9)
    for variable in used.variables:  # weights, moving averages and seed generators
        variable.assign(variable.numpy() + 1)
    reseed(used, name, 9)
    for a, b in zip(used.variables, fresh.variables, strict=True):
        assert_array_equal(a.numpy(), b.numpy())
    kernels = [layer.kernel.numpy() for layer in fresh.layers if isinstance(layer, keras.layers.Dense)]
    if name != "zeros":
        assert not np.array_equal(kernels[0], network(1).layers[0].kernel.numpy())
        assert not np.allclose(np.sort(kernels[1].ravel())[:3], np.sort(kernels[0].ravel())[:3])  # layers differ


@pytest.mark.parametrize(("name", "deviation"), [("small", 0.01), ("large", 1.0), ("he_normal", (2 / 64) ** 0.5),
                                                 ("lecun_normal", (1 / 64) ** 0.5), ("glorot_uniform", (2 / 128) ** 0.5)])
def test_initializers_have_the_spread_of_their_formula(name: str, deviation: float) -> None:
    model = build_feedforward(64, (64,), 1, activations=("relu",), output_activation="linear", initializer_name=name, seed=3)
    kernel = model.layers[0].kernel.numpy()
    assert kernel.std() == pytest.approx(deviation, rel=0.05) and abs(kernel.mean()) < deviation / 10
    assert not model.layers[0].bias.numpy().any()


@pytest.mark.parametrize("name", slow_after(OPTIMIZERS, 2))
def test_a_reset_optimizer_is_a_new_one(name: str) -> None:
    program, fresh = make(Variant(), name), make(Variant(), name)
    ends = []
    for p in (program, fresh):
        if p is program:
            for _ in range(3):
                p.optimizer.apply([tf.fill(p.flat.shape, 0.7)], [p.flat])
            p.reset_optimizer()
            p.gather()
        for a, b in zip(p.optimizer.variables, make(Variant(), name).optimizer.variables, strict=True):
            assert_array_equal(a.numpy(), b.numpy())
        for size in (0.1, -0.3):
            p.optimizer.apply([tf.fill(p.flat.shape, size)], [p.flat])
        ends.append(p.flat.numpy())
    assert_array_equal(*ends)


def test_optimizers_are_what_their_names_say() -> None:
    kinds = {"sgd": keras.optimizers.SGD, "momentum": keras.optimizers.SGD, "nesterov": keras.optimizers.SGD,
             "rmsprop": keras.optimizers.RMSprop, "adagrad": keras.optimizers.Adagrad, "adam": keras.optimizers.Adam,
             "adamw": keras.optimizers.AdamW}
    assert {name: type(choices.optimizer(name)) for name in OPTIMIZERS} == kinds
    settings = {name: choices.optimizer(name).get_config() for name in OPTIMIZERS}
    assert [settings[name]["momentum"] for name in ("sgd", "momentum", "nesterov")] == [0.0, 0.9, 0.9]
    assert settings["nesterov"]["nesterov"] and settings["adamw"]["weight_decay"] == 0.004
    assert not settings["adam"]["weight_decay"]
    with pytest.raises(ValueError, match="'lion'"):
        choices.optimizer("lion")


@pytest.mark.parametrize(("name", "classes"), [("crossentropy", 0), ("hinge", 0), ("huber", 2), ("mae", 3), ("", 2)])
def test_a_loss_that_does_not_fit_is_refused(name: str, classes: int) -> None:
    with pytest.raises(ValueError, match=f"'{name}'"):
        choices.loss(name, classes)


# ---- batches, rates, stored epochs, cache

def test_the_order_of_an_epoch_is_a_permutation_from_seed_and_epoch() -> None:
    seen = set()
    for seed in (0, 1):
        for epoch in range(3):
            o = order(seed, epoch, 50)
            assert o.dtype == np.int32 and sorted(o) == list(range(50))
            assert_array_equal(o, order(seed, epoch, 50))
            seen.add(o.tobytes())
    assert len(seen) == 6


def test_rates_of_the_schedules() -> None:
    t = np.arange(600)
    assert_array_equal(learning_rates("constant", 0.1, 600), np.full(600, 0.1, "float32"))
    assert_allclose(learning_rates("step", 0.1, 600), 0.1 / 2.0 ** (t // 100), rtol=1e-6)
    assert_allclose(learning_rates("cosine", 0.1, 600), 0.05 * (1 + np.cos(np.pi * t / 600)), rtol=1e-5)
    assert learning_rates("cosine", 0.1, 600).dtype == np.float32 and learning_rates("step", 1, 0).shape == (0,)
    with pytest.raises(ValueError, match="'linear'"):
        learning_rates("linear", 0.1, 5)


@pytest.mark.parametrize("epochs", [1, 2, 50, 98, 99, 100, 101, 150, 200, 777, 2000])
def test_stored_epochs(epochs: int) -> None:
    stored = stored_epochs(epochs)
    assert stored[0] == 0 and stored[-1] == epochs and len(stored) <= 100 and stored == sorted(set(stored))
    assert len(stored) == epochs + 1 if epochs < 64 else len(stored) > 48
    gaps = np.diff(stored)
    assert gaps[:10].mean() <= gaps[-10:].mean()


def test_the_cache_keeps_what_was_used_last() -> None:
    made: list[str] = []
    cache: Cache[str] = Cache(2)
    for key in "abacab":
        assert cache.get(key, lambda key=key: made.append(key) or key.upper()) == key.upper()
    assert made == ["a", "b", "c", "b"] and "b" in cache and "a" in cache and "c" not in cache


# ---- the loop

def run(v: Variant, epochs: int = EPOCHS, optimizer: str = "adam", **more: Any) -> Iterator[Any]:
    program = make(v, optimizer, **more)
    task = Task(*tensors(v), v.points, SEED, rates_of(v, epochs).ravel(), stored_epochs(epochs))
    return loop.train(program, task, lambda: {"flat": program.flat.numpy()})


def test_running_metrics_are_those_that_fit_reports() -> None:
    v = Variant(points=53)

    def hits(y: Any, predicted: Any) -> Any:
        return tf.reduce_mean(tf.cast((predicted > 0.5) == (y > 0.5), tf.float32))[None]

    items = [item for item in run(v, running=hits) if isinstance(item, Frame)]
    rows = [row for item in items for row in item.rows][1:]
    model, (x, y) = build(v, None), data(v.points)
    model.compile(choices.optimizer("adam", RATE), keras.losses.BinaryCrossentropy(), metrics=["accuracy"])
    for row, o in zip(rows, orders(v), strict=True):
        history = model.fit(x[o], y[o], batch_size=BATCH, shuffle=False, verbose=0).history
        assert row["loss"] == pytest.approx(history["loss"][0], rel=1e-5)
        assert row["accuracy"] == pytest.approx(history["accuracy"][0], rel=1e-5)


@pytest.mark.parametrize("jit", slow_after([False, True], 1))
def test_the_loop_trains_on_the_batches_of_the_seed_alone(jit: bool) -> None:
    v = Variant(points=53, jit=jit)
    items = [item for item in run(v) if isinstance(item, Frame) and item.stored]
    expected = make(v, "adam")
    for epoch, item in enumerate(items):
        assert isinstance(item, Frame) and (item.epoch, item.step) == (epoch, epoch * 4)
        assert_array_equal(item.arrays["flat"], expected.flat.numpy())
        expected.advance(*tensors(v), orders(v, epoch, 1), rates_of(v)[:1])


def test_short_chunks_yield_screen_frames_and_the_same_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    v = Variant(points=200)
    monkeypatch.setattr(loop, "CHECKPOINT_S", 1e9)
    calm = [item for item in run(v, 4) if isinstance(item, Frame) and item.stored]
    monkeypatch.setattr(loop, "CHUNK_S", 1e-9)  # one step a call
    monkeypatch.setattr(loop, "LINGER_S", 0.0)  # or the clock would decide which call is the first from which a step's time is known
    monkeypatch.setattr(loop, "SCREEN_S", 0.0)
    monkeypatch.setattr(loop, "LOOKING", 1e9)  # one look for the screen, whose time then forbids another
    assert sum(isinstance(item, Frame) and not item.stored for item in run(v, 4)) == 1
    monkeypatch.setattr(loop, "LOOKING", 0)
    items = [item for item in run(v, 4) if isinstance(item, Frame)]
    assert sum(not item.stored for item in items) > 10
    for a, b in zip(calm, [item for item in items if item.stored], strict=True):
        assert (a.step, a.epoch) == (b.step, b.epoch)
        assert_array_equal(a.arrays["flat"], b.arrays["flat"])
    steps = [item.step for item in items]
    assert steps == sorted(steps) and set(np.diff(steps[4:])) == {1}  # once it knows how long a step takes
    assert [row["epoch"] for item in items for row in item.rows] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("measured", slow_after(["nothing", "gradients only", "running metrics", "everything"], 2))
def test_a_run_ends_well_whatever_is_measured(measured: str) -> None:
    model = build(Variant(), None)
    groups = [layer.trainable_variables for layer in model.layers]
    more: dict[str, dict[str, Any]] = {
        "nothing": {}, "gradients only": {"groups": groups}, "running metrics": {"running": lambda y, predicted: y[0, :1]},
        "everything": {"groups": groups, "columns": ["loss"], "measure": lambda x, y, masks: tf.reduce_mean(y)[None]}}
    program = Program(model, choices.optimizer("adam"), keras.losses.BinaryCrossentropy(), batch_size=BATCH, **more[measured])
    task = Task(*tensors(Variant()), 48, SEED, rates_of(Variant()).ravel(), stored_epochs(EPOCHS))
    items = list(loop.train(program, task, dict))
    assert all(isinstance(item, Frame | Checkpoint) or item == Status("") for item in items)
    assert [item.epoch for item in items if isinstance(item, Frame) and item.stored] == list(range(EPOCHS + 1))


def sizes_of(monkeypatch: pytest.MonkeyPatch, v: Variant, **more: Any) -> tuple[list[int], list[bool]]:
    """How many steps each call of a run of one epoch takes, and whether it takes them operation by operation."""
    sizes, slowly, advance = [], [], Program.advance

    def counted(self: Program, *arguments: Any, first: int, until: int, eager: bool, **more: Any) -> Any:
        sizes.append(until - first)
        slowly.append(eager)
        return advance(self, *arguments, first=first, until=until, eager=eager, **more)

    monkeypatch.setattr(Program, "advance", counted)
    list(run(v, 1, **more))
    return sizes, slowly


def test_a_long_epoch_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "LINGER_S", 0.0)
    sizes, slowly = sizes_of(monkeypatch, Variant(points=2000))
    assert sizes[:2] == [2, 64] and sum(sizes) == 125  # some before tracing; nothing is known of the first traced call's speed
    assert slowly == [True] + [False] * (len(sizes) - 1)


@PATHS
def test_nothing_is_traced_while_somebody_may_still_drag_the_slider(monkeypatch: pytest.MonkeyPatch, jit: bool) -> None:
    monkeypatch.setattr(loop, "LINGER_S", 1e9)
    sizes, slowly = sizes_of(monkeypatch, Variant(points=400, jit=jit))
    assert sum(sizes) == 25
    assert not any(slowly) if jit else sizes == [2, *[1] * 23] and all(slowly)  # XLA's bits are others than those of single operations


def test_a_measurement_before_training_that_takes_long_is_lingering_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    def slowly_measured(self: Program, *_what: Any) -> np.ndarray:
        time.sleep(0.3)
        return np.array([0.25], np.float32)

    monkeypatch.setattr(loop, "LINGER_S", 0.2)
    monkeypatch.setattr(Program, "now", slowly_measured)
    v = Variant(points=2000)
    program = make(v, "adam")
    calls, advance = [], program.advance
    monkeypatch.setattr(program, "advance", lambda *given, **more: (calls.append(more["eager"]), advance(*given, **more))[1])
    items = list(loop.train(program, Task(*tensors(v), v.points, SEED, rates_of(v, 1).ravel(), [0, 1]), dict, known=["val_loss"]))
    assert items[0].rows == [{"epoch": 0, "val_loss": 0.25}]
    assert calls == [True] + [False] * (len(calls) - 1)


def test_after_every_call_somebody_else_may_have_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    calls, advance = [], Program.advance

    def counted(self: Program, *arguments: Any, **more: Any) -> Any:
        calls.append(None)
        return advance(self, *arguments, **more)

    monkeypatch.setattr(Program, "advance", counted)
    monkeypatch.setattr(loop, "LOOKING", 1e9)
    items = run(Variant(points=2000), 3)
    next(items)  # the untrained network
    most = 0
    for _item in items:
        most = max(most, len(calls))
        calls.clear()
    assert most == 1


def test_closing_the_loop_ends_it() -> None:
    items = run(Variant(), 2000)
    next(items), next(items)
    items.close()
    with pytest.raises(StopIteration):
        next(items)
