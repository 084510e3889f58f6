"""Recurrent cells in NumPy against Keras' layers and PyTorch's formulas, over random weights and inputs."""

import numpy as np
import pytest

from core.maths import cells

ALL = ["rnn", "lstm", "gru"]
SIZES = [(1, 1), (3, 2), (2, 4), (5, 7)]
SEEDS = range(3)


def drawn(cell, inputs, units, seed, batch=2, length=9):
    """Random weights, biases included, and inputs (batch, length, inputs)."""
    rng = np.random.default_rng(seed)
    kernel, recurrent, bias = (rng.normal(scale=0.8, size=part.shape) for part in cells.random(cell, inputs, units, 0))
    return cells.Weights(kernel, recurrent, bias), rng.normal(size=(batch, length, inputs))


def layer_of(cell, weights, **more):
    import keras

    kind = {"rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": keras.layers.GRU}[cell]
    layer = kind(weights.units, return_sequences=True, return_state=True, dtype="float64", **more)
    layer.build((None, None, weights.inputs))
    layer.set_weights(list(weights))
    return layer


@pytest.mark.parametrize("cell", ALL)
@pytest.mark.parametrize("inputs, units", SIZES)
@pytest.mark.parametrize("seed", SEEDS)
def test_states_are_those_of_keras(cell, inputs, units, seed):
    weights, x = drawn(cell, inputs, units, seed)
    found = cells.forward(cell, weights, x)
    told, *last = (np.asarray(a) for a in layer_of(cell, weights)(x))
    np.testing.assert_allclose(found["h"], told, atol=1e-6)
    np.testing.assert_allclose(found["h"][:, -1], last[0], atol=1e-6)
    if cell == "lstm":
        np.testing.assert_allclose(found["c"][:, -1], last[1], atol=1e-6)
    # one sequence alone, and going on from where another ended
    np.testing.assert_allclose(cells.forward(cell, weights, x[0])["h"], told[0], atol=1e-6)
    first = cells.forward(cell, weights, x[:, :4])
    rest = cells.forward(cell, weights, x[:, 4:], start={k: first[k][:, -1] for k in ("h", "c") if k in first})
    np.testing.assert_allclose(rest["h"], told[:, 4:], atol=1e-6)


@pytest.mark.parametrize("cell", ALL)
def test_weights_come_from_keras_as_they_are_and_are_drawn_alike(cell):
    """Keras' own weights go in as they are; ours have their shapes, biases, size and orthogonality."""
    import keras

    keras.utils.set_random_seed(1)
    inputs, units = 20, 24
    kind = {"rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": keras.layers.GRU}[cell]
    layer = kind(units, return_sequences=True)
    x = np.random.default_rng(0).normal(size=(3, 6, inputs))
    told = np.asarray(layer(x.astype("float32")))
    theirs = cells.Weights(*(np.asarray(w, dtype=float) for w in layer.get_weights()))
    np.testing.assert_allclose(cells.forward(cell, theirs, x)["h"], told, atol=2e-6)
    ours = cells.random(cell, inputs, units, seed=3)
    assert [a.shape for a in ours] == [a.shape for a in theirs]
    assert ours.parameters == theirs.parameters == cells.count(cell, inputs, units) == layer.count_params()
    np.testing.assert_array_equal(ours.bias, theirs.bias)
    for one in (ours, theirs):
        np.testing.assert_allclose(one.recurrent @ one.recurrent.T, np.eye(units), atol=1e-5)
    reach = np.sqrt(6 / (inputs + ours.kernel.shape[1]))
    assert 0.98 * reach < np.abs(ours.kernel).max() <= reach and 0.98 * reach < np.abs(theirs.kernel).max() <= reach
    assert cells.random(cell, inputs, units, seed=4, scale=2.0).kernel == pytest.approx(2 * cells.random(cell, inputs, units, 4).kernel)
    assert not np.allclose(ours.kernel, cells.random(cell, inputs, units, seed=4).kernel)


def test_the_forget_bias_is_the_forget_gates():
    import keras

    for on in (True, False):
        layer = keras.layers.LSTM(3, unit_forget_bias=on)
        layer.build((None, None, 2))
        np.testing.assert_array_equal(cells.random("lstm", 2, 3, 0, forget_bias=float(on)).bias, layer.get_weights()[2])


def logistic(v):
    return 1 / (1 + np.exp(-v))


def torch_by_hand(cell, w_ih, w_hh, b_ih, b_hh, x):
    """PyTorch's documented formulas, row by row as its weights are stacked: (i, f, g, o) and (r, z, n), two biases. x: (T, d)."""
    u = w_hh.shape[1]
    h, c, states = np.zeros(u), np.zeros(u), []
    parts = lambda w, v, b: np.split(w @ v + b, len(w) // u)  # noqa: E731
    for now in x:
        mine, back = parts(w_ih, now, b_ih), parts(w_hh, h, b_hh)
        if cell == "rnn":
            h = np.tanh(mine[0] + back[0])
        elif cell == "lstm":
            i, f, g, o = (a + b for a, b in zip(mine, back, strict=True))
            c = logistic(f) * c + logistic(i) * np.tanh(g)
            h = logistic(o) * np.tanh(c)
        else:
            r, z = logistic(mine[0] + back[0]), logistic(mine[1] + back[1])
            n = np.tanh(mine[2] + r * back[2])
            h = (1 - z) * n + z * h
        states.append(h)
    return np.stack(states)


def to_keras(cell, w_ih, w_hh, b_ih, b_hh):
    """PyTorch's weights in Keras' order: transposed, the two biases added up; the GRU's gates change places and keep both."""
    u = w_hh.shape[1]
    if cell == "gru":  # r, z, n → z, r, h
        order = np.r_[u:2 * u, 0:u, 2 * u:3 * u]
        return cells.Weights(w_ih[order].T, w_hh[order].T, np.stack([b_ih[order], b_hh[order]]))
    return cells.Weights(w_ih.T, w_hh.T, b_ih + b_hh)


@pytest.mark.parametrize("cell", ALL)
@pytest.mark.parametrize("seed", range(6))
def test_pytorchs_formulas_with_its_two_biases(cell, seed):
    rng = np.random.default_rng(seed)
    inputs, units, g = int(rng.integers(1, 5)), int(rng.integers(1, 5)), len(cells.CELLS[cell])
    given = [rng.normal(size=shape) for shape in ((g * units, inputs), (g * units, units), (g * units,), (g * units,))]
    x = rng.normal(size=(11, inputs))
    found = cells.forward(cell, to_keras(cell, *given), x)["h"]
    np.testing.assert_allclose(found, torch_by_hand(cell, *given, x), atol=1e-6)


@pytest.mark.parametrize("cell", ALL)
def test_pytorch_itself(cell):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    layer = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[cell](3, 4, batch_first=True).double()
    given = [getattr(layer, name).detach().numpy() for name in ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")]
    x = np.random.default_rng(0).normal(size=(2, 8, 3))
    told = layer(torch.from_numpy(x))[0].detach().numpy()
    np.testing.assert_allclose(cells.forward(cell, to_keras(cell, *given), x)["h"], told, atol=1e-6)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_a_held_gate_does_not_listen_and_the_rest_follows(cell):
    """A held gate is the same cell with that gate's weights 0 and its bias far out: Keras with such weights is the oracle."""
    weights, x = drawn(cell, 2, 3, 5)
    for k, name in enumerate(cells.CELLS[cell]):
        if name not in cells.GATES[cell]:
            continue
        for value in (0.0, 0.25, 1.0):
            deaf = cells.Weights(*(part.copy() for part in weights))
            at = slice(k * 3, k * 3 + 3)
            deaf.kernel[:, at], deaf.recurrent[:, at], deaf.bias[..., at] = 0, 0, 0
            far = {0.0: -60.0, 1.0: 60.0, 0.25: -np.log(3)}[value]
            deaf.bias[(0, at) if cell == "gru" else at] = far
            found = cells.forward(cell, weights, x, held={name: value})
            assert np.all(found[name] == value)
            np.testing.assert_allclose(found["h"], np.asarray(layer_of(cell, deaf)(x)[0]), atol=1e-6)


def test_gates_held_by_hand_do_what_they_are_for():
    weights, x = drawn("lstm", 2, 3, 1)
    kept = cells.forward("lstm", weights, x, held={"f": 1, "i": 0}, start={"h": np.zeros((2, 3)), "c": np.full((2, 3), 0.4)})
    assert np.all(kept["c"] == 0.4)
    assert np.all(cells.forward("lstm", weights, x, held={"o": 0})["h"] == 0)
    each = cells.forward("lstm", weights, x, held={"f": np.array([0, 0.5, 1])})
    assert np.all(each["f"] == [0, 0.5, 1])
    weights, x = drawn("gru", 2, 3, 1)
    kept = cells.forward("gru", weights, x, held={"z": 1}, start={"h": np.full((2, 3), 0.4)})
    assert np.all(kept["h"] == 0.4)
    fresh = cells.forward("gru", weights, x, held={"z": 0})
    assert np.all(fresh["h"] == fresh["g"])


@pytest.mark.parametrize("cell", ALL)
def test_the_parts_of_a_sum_add_up_to_what_the_cell_did(cell):
    weights, x = drawn(cell, 3, 2, 2)
    found = cells.forward(cell, weights, x)
    parts = cells.sums(cell, weights, x[:, 5], found["h"][:, 4])
    assert tuple(parts) == cells.CELLS[cell]
    for name, part in parts.items():
        if cell == "gru" and name == "g":
            value = np.tanh(part.input + part.bias + found["r"][:, 5] * (part.state + part.inner))
        else:
            value = (logistic if name in cells.GATES[cell] else np.tanh)(part.total)
        np.testing.assert_allclose(value, found[name][:, 5], atol=1e-12)


def test_the_sigmoid_does_not_overflow():
    with np.errstate(all="raise"):
        assert cells.sigmoid(np.array([-1e4, 0.0, 1e4])).tolist() == [0.0, 0.5, 1.0]
    v = np.linspace(-8, 8, 50)
    np.testing.assert_allclose(cells.sigmoid(v), logistic(v), atol=1e-15)


def test_what_does_not_fit_is_refused():
    weights, x = drawn("lstm", 2, 3, 1)
    with pytest.raises(KeyError, match="no gate g"):
        cells.forward("lstm", weights, x, held={"g": 1.0})
    with pytest.raises(KeyError, match="none"):
        cells.forward("rnn", drawn("rnn", 2, 3, 1)[0], x, held={"f": 1.0})
    with pytest.raises(ValueError, match="kernel 2"):
        cells.forward("lstm", weights, x[..., :1])
    assert cells.forward("lstm", weights, x[:, :0])["h"].shape == (2, 0, 3)
