"""Attention, layer norm and the Transformer's block in NumPy against Keras' layers, over random weights and inputs."""

import numpy as np
import pytest

from core.maths import attention
from core.maths.attention import Block, Heads, Norm
from core.training.warm import warm

warm()  # fixes the number of threads, before anything computes

SHAPES = [(8, 1, 4), (8, 2, 4), (32, 2, 32), (32, 2, 16), (12, 8, 3), (5, 3, 7)]  # width, heads, size
ids = [f"{w}-{h}x{s}" for w, h, s in SHAPES]


def drawn(width, heads, size, rng, value=None):
    """Random weights, biases included; value: numbers of a value, if they are not as many as of a query."""
    inner, out = (width, heads, size), value or size
    shapes = (inner, (heads, size)) * 2 + ((width, heads, out), (heads, out), (heads, out, width), (width,))
    return Heads(*(rng.normal(scale=0.6, size=shape) for shape in shapes))


def layer_of(heads, dtype="float64"):
    import keras

    width, count, size = heads.query.shape
    layer = keras.layers.MultiHeadAttention(count, key_dim=size, value_dim=heads.value.shape[2], dtype=dtype)
    layer.build((None, None, width), (None, None, width))
    layer.set_weights(list(heads))
    return layer


@pytest.mark.parametrize("width, heads, size", SHAPES, ids=ids)
@pytest.mark.parametrize("causal", [False, True])
def test_attention_is_that_of_keras(width, heads, size, causal):
    for seed in range(3):
        rng = np.random.default_rng(seed)
        weights, x = drawn(width, heads, size, rng, value=size + seed), rng.normal(size=(2, 7, width))
        mask = attention.allowed("causal", 7) if causal else None
        found = attention.multi_head(x, weights, mask)
        told, seen = layer_of(weights)(x, x, use_causal_mask=causal, return_attention_scores=True)
        np.testing.assert_allclose(found.output, told, atol=1e-6)
        np.testing.assert_allclose(found.weights, seen, atol=1e-6)
        alone = attention.multi_head(x[1], weights, mask)  # without a batch
        np.testing.assert_allclose(alone.output, np.asarray(told)[1], atol=1e-6)


def test_single_precision_stays_what_it_is_and_is_near():
    rng = np.random.default_rng(1)
    weights = Heads(*(part.astype("float32") for part in drawn(32, 2, 16, rng)))
    x = rng.normal(size=(3, 20, 32)).astype("float32")
    found = attention.multi_head(x, weights, attention.allowed("causal", 20))
    assert found.output.dtype == found.weights.dtype == np.float32
    np.testing.assert_allclose(found.output, layer_of(weights, "float32")(x, x, use_causal_mask=True), atol=1e-5)


def test_a_memory_is_read_instead_of_the_tokens_themselves():
    rng = np.random.default_rng(2)
    weights, x, memory = drawn(8, 2, 4, rng), rng.normal(size=(1, 5, 8)), rng.normal(size=(1, 5, 8))
    np.testing.assert_allclose(attention.multi_head(x, weights, memory=memory).output, layer_of(weights)(x, memory), atol=1e-6)


def test_a_mask_may_differ_from_sequence_to_sequence():
    """As with padding: the second sequence has two tokens less."""
    rng = np.random.default_rng(3)
    weights, x = drawn(8, 2, 4, rng), rng.normal(size=(2, 5, 8))
    mask = np.ones((2, 5, 5), bool)
    mask[1, :, 3:] = False
    told = layer_of(weights)(x, x, attention_mask=mask)
    np.testing.assert_allclose(attention.multi_head(x, weights, mask[:, None]).output, told, atol=1e-6)


def test_weights_of_a_row_sum_to_one_and_what_is_forbidden_gets_nothing():
    rng = np.random.default_rng(4)
    scores, mask = rng.normal(scale=200, size=(3, 6, 6)), attention.allowed("causal", 6)
    for temperature in (0.1, 1, 10):
        weights = attention.weigh(scores, mask, temperature)
        np.testing.assert_allclose(weights.sum(axis=-1), 1)
        assert (weights[:, ~mask] == 0).all() and np.isfinite(weights).all()
        np.testing.assert_allclose(weights, attention.weigh(scores / temperature, mask), atol=1e-12)


def test_heads_add_up_and_one_that_is_off_adds_nothing():
    rng = np.random.default_rng(5)
    weights, x = drawn(12, 4, 3, rng), rng.normal(size=(6, 12))
    whole = attention.multi_head(x, weights)
    parts = attention.shares(whole.mixed, weights)
    np.testing.assert_allclose(parts.sum(axis=0) + weights.output_bias, whole.output)
    off = attention.multi_head(x, weights, off=(0, 2))
    np.testing.assert_allclose(off.output, parts[1] + parts[3] + weights.output_bias)
    np.testing.assert_array_equal(off.weights, whole.weights)
    silenced = weights._replace(output=weights.output * np.array([0, 1, 0, 1])[:, None, None])
    np.testing.assert_allclose(off.output, np.asarray(layer_of(silenced)(x[None], x[None]))[0], atol=1e-6)


@pytest.mark.parametrize("norm", ["post", "pre"])
@pytest.mark.parametrize("width, heads, size", SHAPES[1:4], ids=ids[1:4])
def test_a_block_is_the_one_of_keras_layers(norm, width, heads, size):
    import keras

    for seed in range(3):
        rng = np.random.default_rng(seed)
        own, feed = drawn(width, heads, size, rng), 2 * width
        norms = [Norm(rng.normal(size=width), rng.normal(size=width)) for _ in range(2)]
        block = Block(own, norms[0], rng.normal(size=(width, feed)), rng.normal(size=feed), rng.normal(size=(feed, width)),
                      rng.normal(size=width), norms[1])
        x = rng.normal(size=(2, 6, width))
        layer = layer_of(own)
        one, two = (keras.layers.LayerNormalization(dtype="float64") for _ in range(2))
        for made, values in ((one, norms[0]), (two, norms[1])):
            made.build((None, None, width))
            made.set_weights(list(values))
        dense = [keras.layers.Dense(feed, "relu", dtype="float64"), keras.layers.Dense(width, dtype="float64")]
        for made, size_, values in ((dense[0], width, block[2:4]), (dense[1], feed, block[4:6])):
            made.build((None, None, size_))
            made.set_weights(list(values))
        if norm == "post":
            y = one(x + layer(x, x))
            told = two(y + dense[1](dense[0](y)))
        else:
            read = one(x)
            y = x + layer(read, read)
            told = y + dense[1](dense[0](two(y)))
        flow = attention.block(x, block, norm)
        np.testing.assert_allclose(flow.output, told, atol=1e-5)
        np.testing.assert_allclose(flow.middle, y, atol=1e-5)
        np.testing.assert_allclose(flow.sum_1, x + flow.seen.output)
        np.testing.assert_allclose(flow.sum_2, flow.middle + flow.added)
        counted = sum(part.count_params() for part in (layer, one, two, *dense))
        assert block.parameters == counted == attention.count_block(width, heads, size, feed)
    with pytest.raises(ValueError):
        attention.block(x, block, "between")


def test_layer_norm_is_that_of_keras():
    import keras

    rng = np.random.default_rng(6)
    for scale in (1e-3, 1, 100):
        x, norm = rng.normal(scale=scale, size=(4, 5, 9)), Norm(rng.normal(size=9), rng.normal(size=9))
        layer = keras.layers.LayerNormalization(dtype="float64")
        layer.build(x.shape)
        np.testing.assert_allclose(attention.layer_norm(x), layer(x), atol=1e-6)
        layer.set_weights(list(norm))
        np.testing.assert_allclose(attention.layer_norm(x, norm), layer(x), atol=1e-6)


def test_the_articles_attention_has_8416_weights_and_shared_heads_4224():
    import keras

    for heads, size, expected in ((2, 32, 8416), (2, 16, 4224), (8, 4, 4224), (1, 32, 4224)):
        layer = keras.layers.MultiHeadAttention(heads, key_dim=size)
        layer.build((None, None, 32), (None, None, 32))
        assert layer.count_params() == expected == attention.count_heads(32, heads, size)
        assert attention.draw_heads(32, heads, size, np.random.default_rng(0)).parameters == expected


def test_weights_are_drawn_as_keras_draws_them():
    import keras

    keras.utils.set_random_seed(0)
    layer = keras.layers.MultiHeadAttention(4, key_dim=16)
    layer.build((None, None, 48), (None, None, 48))
    ours = attention.draw_heads(48, 4, 16, np.random.default_rng(0))
    for own, told in zip(ours, layer.get_weights(), strict=True):
        assert own.shape == told.shape
        assert np.abs(own).max() == pytest.approx(np.abs(told).max(), rel=0.01) and own.std() == pytest.approx(told.std(), rel=0.05)


def test_positions_are_those_of_the_paper_and_turn():
    for width in (2, 6, 32):
        table = attention.sine_positions(50, width)
        for p in (0, 1, 7, 49):
            for i in range(width // 2):
                angle = p / 10000 ** (2 * i / width)
                assert table[p, 2 * i] == pytest.approx(np.sin(angle)) and table[p, 2 * i + 1] == pytest.approx(np.cos(angle))
        for by in (-5, 1, 12):
            np.testing.assert_allclose(table[10:30] @ attention.turned(width, by), table[10 + by:30 + by], atol=1e-6)
    assert attention.sine_positions(3, 5).shape == (3, 5)


def test_products_are_counted_by_going_through_the_matrices():
    tokens, width, heads, size, feed = 11, 6, 3, 4, 10
    found = attention.products(tokens, width, heads, size, feed)
    shapes = {"project": [(tokens, width, heads * size)] * 3, "scores": [(tokens, size, tokens)] * heads,
              "mix": [(tokens, tokens, size)] * heads, "output": [(tokens, heads * size, width)],
              "feed": [(tokens, width, feed), (tokens, feed, width)]}
    assert found == {name: sum(a * b * c for a, b, c in parts) for name, parts in shapes.items()}
