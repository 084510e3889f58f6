"""Back-propagation through time against TensorFlow's GradientTape, and against finite differences."""

import numpy as np
import pytest

from core.maths import cells
from core.maths import through_time as maths
from tests.conftest import slow_after

ALL = ["rnn", "lstm", "gru"]
SIZES = [(1, 1), (3, 2), (2, 5)]
STEPS = 6


def drawn(cell, inputs, units, seed):
    """Random weights, biases included, inputs (STEPS, inputs), what a loss says of each step, and states before the first step."""
    rng = np.random.default_rng(seed)
    weights = cells.Weights(*(rng.normal(scale=0.9, size=part.shape) for part in cells.random(cell, inputs, units, 0)))
    start = {name: rng.normal(size=units) for name in ("h", "c")[:1 + (cell == "lstm")]}
    return weights, rng.normal(size=(STEPS, inputs)), rng.normal(size=(STEPS, units)), start


def in_tensorflow(cell, weights, x, upstream, start, first=None, of=None):
    """The formulas once more, in TensorFlow: gradients of Σ upstream·h (of the loss at step `of` alone) with respect to every h and c,
    to the states before, and to the weights; before step `first` the gradient is stopped.
    """
    import tensorflow as tf

    units = weights.units
    kernel, recurrent, bias = (tf.constant(part) for part in weights)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([kernel, recurrent, bias])
        begin = {name: tf.constant(value[None]) for name, value in start.items()}
        tape.watch(list(begin.values()))
        h, c, loss = begin["h"], begin.get("c"), tf.constant(0.0, tf.float64)
        kept = {"h": [], "c": []}
        for t in range(len(x)):
            if first is not None and t == first:
                h, c = tf.stop_gradient(h), c if c is None else tf.stop_gradient(c)
            outer, inner = (bias[0], bias[1]) if cell == "gru" else (bias, tf.zeros_like(bias))
            a, b = x[t][None] @ kernel + outer, h @ recurrent + inner
            parts = [(a[:, k:k + units], b[:, k:k + units]) for k in range(0, a.shape[1], units)]
            if cell == "rnn":
                h = tf.tanh(a + b)
            elif cell == "lstm":
                i, f, g, o = (bend(p + q) for bend, (p, q) in zip((tf.sigmoid, tf.sigmoid, tf.tanh, tf.sigmoid), parts, strict=True))
                c = f * c + i * g
                h = o * tf.tanh(c)
            else:
                z, r = (tf.sigmoid(p + q) for p, q in parts[:2])
                h = z * h + (1 - z) * tf.tanh(parts[2][0] + r * parts[2][1])
            kept["h"].append(h)
            kept["c"].append(c)
            if of in (None, t):
                loss += tf.reduce_sum(h * upstream[t])
    zero = tf.UnconnectedGradients.ZERO
    found = {name: np.array([np.asarray(tape.gradient(loss, one, unconnected_gradients=zero))[0] for one in kept[name]])
             for name in start}
    return (found, {name: np.asarray(tape.gradient(loss, value, unconnected_gradients=zero))[0] for name, value in begin.items()},
            [np.asarray(tape.gradient(loss, part)) for part in (kernel, recurrent, bias)])


@pytest.mark.parametrize("cell", ALL)
@pytest.mark.parametrize("inputs, units", SIZES)
def test_gradients_are_those_of_tensorflow(cell, inputs, units):
    weights, x, upstream, start = drawn(cell, inputs, units, seed=inputs + 10 * units)
    states, begin, whole = in_tensorflow(cell, weights, x, upstream, start)
    done = cells.forward(cell, weights, x, start=start)
    back = maths.backward(cell, weights, done, upstream, start=start)
    np.testing.assert_allclose(back.h, states["h"], atol=1e-10)
    np.testing.assert_allclose(back.first[0], begin["h"], atol=1e-10)
    if cell == "lstm":
        np.testing.assert_allclose(back.c, states["c"], atol=1e-10)
        np.testing.assert_allclose(back.first[1], begin["c"], atol=1e-10)
    else:
        assert back.c is back.first[1] is None
    for ours, theirs in zip(maths.contributions(cell, back, x, done, start), whole, strict=True):
        assert ours.shape == (STEPS, *theirs.shape)
        np.testing.assert_allclose(ours.sum(axis=0), theirs, atol=1e-10)


@pytest.mark.parametrize("cell", ALL)
def test_a_step_contributes_what_its_own_copy_of_the_weights_would(cell):
    """Finite differences: the weights are changed at one step alone."""
    weights, x, upstream, _start = drawn(cell, 2, 3, seed=4)
    done = cells.forward(cell, weights, x)
    found = maths.contributions(cell, maths.backward(cell, weights, done, upstream), x, done)

    def loss(t, part, place, by):
        h, c, total = np.zeros(3), np.zeros(3), 0.0
        for s in range(STEPS):
            own = [w.copy() for w in weights]
            if s == t:
                own[part][place] += by
            now = cells.step(cell, cells.Weights(*own), x[s], h, c)
            h, c = now["h"], now.get("c", c)
            total += h @ upstream[s]
        return total

    rng = np.random.default_rng(0)
    for t in range(STEPS):
        for part in range(3):
            place = tuple(rng.integers(n) for n in weights[part].shape)
            slope = (loss(t, part, place, 1e-5) - loss(t, part, place, -1e-5)) / 2e-5
            assert found[part][(t, *place)] == pytest.approx(slope, abs=1e-7)


@pytest.mark.parametrize("cell", ALL)
@pytest.mark.parametrize("cut, k", slow_after([("window", 3), ("window", 1), ("pieces", 2), ("pieces", 4), ("pieces", STEPS + 3)], 1))
def test_truncation_stops_where_it_should(cell, cut, k):
    weights, x, upstream, start = drawn(cell, 2, 3, seed=k)
    start = {name: np.zeros_like(value) for name, value in start.items()}
    done = cells.forward(cell, weights, x)
    first = maths.firsts(STEPS, k, cut)
    back = maths.by_loss(cell, weights, done, upstream, first)
    found = maths.contributions(cell, back, x, done)
    for s in range(STEPS):
        states, _begin, whole = in_tensorflow(cell, weights, x, upstream, start, first=first[s], of=s)
        assert first[s] == (max(s - k + 1, 0) if cut == "window" else s // k * k)
        np.testing.assert_allclose(back.h[s, first[s]:], states["h"][first[s]:], atol=1e-10)
        assert not back.h[s, :first[s]].any() and not found.recurrent[s, :first[s]].any()
        for ours, theirs in zip(found, whole, strict=True):
            np.testing.assert_allclose(ours[s].sum(axis=0), theirs, atol=1e-10)
    everything = maths.contributions(cell, maths.backward(cell, weights, done, upstream), x, done)
    long = maths.contributions(cell, maths.by_loss(cell, weights, done, upstream, maths.firsts(STEPS, STEPS, cut)), x, done)
    np.testing.assert_allclose(long.recurrent.sum(axis=0), everything.recurrent, atol=1e-12)
    with pytest.raises(ValueError, match="window or pieces"):
        maths.firsts(STEPS, k, "neither")


@pytest.mark.parametrize("cell", ALL)
def test_several_networks_at_once_are_each_by_itself(cell):
    rng = np.random.default_rng(1)
    each = [drawn(cell, 2, 4, seed)[0] for seed in range(3)]
    x, upstream = rng.normal(size=(3, STEPS, 2)), rng.normal(size=(3, STEPS, 4))
    together = cells.Weights(*(np.stack(parts) for parts in zip(*each, strict=True)))
    done = cells.forward(cell, together, x)
    back = maths.backward(cell, together, done, upstream)
    for k, weights in enumerate(each):
        alone = cells.forward(cell, weights, x[k])
        np.testing.assert_allclose(done["h"][k], alone["h"], atol=1e-12)
        one = maths.backward(cell, weights, alone, upstream[k])
        np.testing.assert_allclose(back.h[k], one.h, atol=1e-12)
        np.testing.assert_allclose(back.inner[k], one.inner, atol=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_the_plain_cells_gradient_is_within_its_bound(seed):
    """Step by step, by the spectral norm, and the whole Jacobian by the product of these."""
    weights, x, _upstream, _start = drawn("rnn", 2, 4, seed)
    h = cells.forward("rnn", weights, x)["h"]
    most = maths.factors(weights, h)
    jacobian = np.eye(4)
    for t in reversed(range(1, STEPS)):
        own = np.diag(1 - h[t] ** 2) @ weights.recurrent.T  # ∂hₜ/∂hₜ₋₁
        assert most[t] == pytest.approx(np.linalg.svd(own, compute_uv=False)[0])
        jacobian = jacobian @ own
        assert np.linalg.norm(jacobian, 2) <= np.prod(most[t:]) * (1 + 1e-12)
        back = maths.backward("rnn", weights, {"h": h}, np.eye(STEPS)[-1][:, None] * np.eye(4)[0])
        np.testing.assert_allclose(back.h[t - 1], jacobian[0], atol=1e-12)
