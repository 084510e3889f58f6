"""A symbol in a cell whose gates are held: its part by a loop, its gradient by differences, and a forget bias's half-life."""

import numpy as np
import pytest

from core.maths import cells, holding


def task(cell, rng):
    gates = {name: float(rng.uniform()) for name in cells.GATES[cell]}
    after = {**gates, **{name: float(rng.uniform()) for name in list(gates)[:1]}}
    return {"cell": cell, "symbol": 1, "noise": 0.7, "gap": int(rng.integers(2, 25)), "seed": int(rng.integers(99)), "scale": 2.0,
            "first": gates, "after": after}


@pytest.mark.parametrize("cell", ["lstm", "gru"])
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("listening", [False, True])
def test_a_state_is_the_sum_of_what_each_step_has_in_it(cell, seed, listening):
    given = task(cell, np.random.default_rng(seed))
    if listening:
        given |= {"first": {}, "after": {}}
    held = holding.read(**given)
    np.testing.assert_allclose(held.parts.sum(axis=1), held.found[held.state], atol=1e-12)
    assert np.all(np.triu(held.parts, 1) == 0)
    kept, added = ((held.found["f"], held.found["i"] * held.found["g"]) if cell == "lstm" else
                   (held.found["z"], (1 - held.found["z"]) * held.found["g"]))
    for k in range(held.gap + 1):  # by hand
        part = added[k]
        for j in range(k + 1, held.gap + 1):
            part = part * kept[j]
        assert held.parts[-1, k] == pytest.approx(part, abs=1e-12)
    assert held.left == pytest.approx(added[0] * np.prod(kept[1:]) / held.found["g"][0])
    for name, value in given["first"].items():
        assert held.found[name][0] == value and np.all(held.found[name][1:] == given["after"][name])


def test_the_product_of_held_forget_gates_is_the_gradient_along_the_belt():
    """With all gates held and no weight on the state, nothing else leads from c to c: differences are the oracle."""
    rng = np.random.default_rng(3)
    weights = cells.random("lstm", 1, 1, 5)
    weights.recurrent[:] = 0
    x, f = rng.normal(size=(9, 1)), 0.83
    last = lambda c: cells.forward("lstm", weights, x, {"f": f, "i": 0.4, "o": 0.7},  # noqa: E731
                                   {"h": np.zeros(1), "c": np.array([c])})["c"][-1, 0]
    slope = (last(0.3 + 1e-5) - last(0.3 - 1e-5)) / 2e-5
    assert slope == pytest.approx(f**9, rel=1e-6)


def test_the_symbol_and_the_distractors():
    x = holding.symbol_first(-1, 0.4, 30, 3)
    assert x.shape == (31, 1) and x[0, 0] == -1 and 0.3 < np.abs(x[1:]).max() <= 0.4
    assert np.all(holding.symbol_first(1, 0.0, 5, 3)[1:] == 0)


@pytest.mark.parametrize("bias", [-2.0, 0.0, 1.0, 3.35, 8.0])
def test_half_is_left_after_the_half_life(bias):
    f = 1 / (1 + np.exp(-bias))
    assert f ** holding.half_life(bias) == pytest.approx(0.5)
    left = holding.kept_by_bias(bias, 20)
    assert left[0] == 1 and left[20] == pytest.approx(f**20) and len(left) == 21


def test_what_the_page_says_of_keras_bias():
    f = 1 / (1 + np.exp(-1))
    assert f == pytest.approx(0.731, abs=5e-4) and f**20 == pytest.approx(0.002, abs=2e-4)
    assert holding.half_life(1) == pytest.approx(2.2, abs=0.05) and holding.half_life(2) == pytest.approx(5.5, abs=0.05)


def test_drawn_gates_are_those_of_a_keras_lstm():
    """With the input gate's and candidate's sums forced open, c tells the forget gate: Keras' own states are the oracle."""
    import keras

    units, steps, seed = 4, 6, 11
    weights = cells.random("lstm", 1, units, seed, forget_bias=0.5)
    layer = keras.layers.LSTM(units, return_state=True, dtype="float64")
    layer.build((None, None, 1))
    layer.set_weights(list(weights))
    x = np.random.default_rng(seed + 100).normal(size=(steps, 1))
    product, states = np.ones(units), [np.zeros((1, units)), np.zeros((1, units))]
    for t in range(steps):  # c is linear in the c before it, and its slope is the gate
        h, c = states
        near, far = (np.asarray(layer(x[None, t:t + 1], initial_state=[h, start])[2]) for start in (c, c + 1))
        product = product * (far - near)[0]
        states = [np.asarray(layer(x[None, t:t + 1], initial_state=states)[1]), near]
    np.testing.assert_allclose(holding.drawn_gates(0.5, steps, units, seed)[-1], product, atol=1e-9)
