"""The small network in plain NumPy against Keras and finite differences, over random shapes, weights and inputs."""

import numpy as np
import pytest

from core.maths.activations import ACTIVATIONS, softmax
from core.maths.dense import Dense, backward, flat, forward, initial, shaped, slope


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "step"])
def test_an_activation_and_its_derivative_are_those_of_keras(name):
    import keras
    import tensorflow as tf

    z = np.concatenate([np.random.default_rng(0).normal(0, 5, 200), [0.0, 40.0, -40.0, 800.0, -800.0]])
    x = tf.Variable(z, dtype="float64")
    with tf.GradientTape() as tape:
        y = getattr(keras.activations, name)(x, **({"approximate": False} if name == "gelu" else {}))
    np.testing.assert_allclose(ACTIVATIONS[name].f(z), y, rtol=2e-6, atol=1e-8)
    np.testing.assert_allclose(ACTIVATIONS[name].df(z), tape.gradient(y, x), rtol=2e-6, atol=1e-8)


def test_the_step_is_one_above_zero_and_flat():
    z = np.array([-2.0, 0.0, 0.5])
    assert ACTIVATIONS["step"].f(z).tolist() == [0, 0, 1] and ACTIVATIONS["step"].df(z).tolist() == [0, 0, 0]


def test_softmax_is_keras_s_and_temperature_divides_the_logits():
    import keras

    z = np.random.default_rng(1).normal(0, 30, (50, 7))
    np.testing.assert_allclose(softmax(z, 2.5), keras.activations.softmax(z / 2.5), rtol=2e-6, atol=1e-8)


@pytest.mark.parametrize("seed", range(8))
def test_gradients_are_those_of_the_tape(seed):
    import tensorflow as tf

    rng = np.random.default_rng(seed)
    names = list(ACTIVATIONS)
    widths = rng.integers(1, 6, rng.integers(2, 6)).tolist()
    net = initial(widths, "tanh", "linear", rng, ["glorot", "he", "normal"][seed % 3])
    biases = tuple(rng.normal(size=b.shape) for b in net.biases)
    net = Dense(net.weights, biases, tuple(rng.choice([n for n in names if n != "step"], net.depth)))
    x = rng.normal(size=(4, widths[0]))
    import keras

    variables = [tf.Variable(v) for w, b in zip(net.weights, net.biases, strict=True) for v in (w, b)]
    with tf.GradientTape(persistent=True) as tape:
        a = start = tf.Variable(x)
        for k, name in enumerate(net.activations):
            a = getattr(keras.activations, name)(a @ variables[2 * k] + variables[2 * k + 1],
                                                 **({"approximate": False} if name == "gelu" else {}))
        loss = tf.reduce_sum(a**2)
    done = forward(net, x)
    found = backward(net, done, 2 * done.output)
    np.testing.assert_allclose(done.output, a, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(found.input, tape.gradient(loss, start), rtol=1e-5, atol=1e-7)
    for k in range(net.depth):
        np.testing.assert_allclose(found.weights[k], tape.gradient(loss, variables[2 * k]), rtol=1e-5, atol=1e-7)
        np.testing.assert_allclose(found.biases[k], tape.gradient(loss, variables[2 * k + 1]), rtol=1e-5, atol=1e-7)


def test_a_vector_of_weights_and_back():
    net = initial((3, 4, 2), "tanh", "sigmoid", np.random.default_rng(3))
    again = shaped(net, flat(net))
    assert all(np.array_equal(a, b) for a, b in zip(net.weights, again.weights, strict=True))
    x, t = np.ones((2, 3)), np.zeros((2, 2))

    def loss(y):
        return float(((y - t) ** 2).sum()), 2 * (y - t)

    value, gradient = slope(net, x, loss)
    for k in range(gradient.size):
        nudge = np.zeros_like(gradient)
        nudge[k] = 1e-6
        up, _ = slope(shaped(net, flat(net) + nudge), x, loss)
        down, _ = slope(shaped(net, flat(net) - nudge), x, loss)
        assert gradient[k] == pytest.approx((up - down) / 2e-6, rel=1e-5, abs=1e-8)
    assert value > 0
