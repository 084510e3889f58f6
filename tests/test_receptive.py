"""What a unit sees, what excites it, and features on a flat map: against gradients of built networks, NumPy and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from core.maths.projections import components, neighbours_map
from core.maths.receptive import exciting, patch
from core.specs.stack import Field, Layer, Misfit, reached, sizes, until_misfit
from core.training.warm import warm
from tests.conftest import slow_after

SEEDS = slow_after(range(40), 3)


# ---- receptive fields

def stack(rng, h, w):
    """Random layers that fit, each a convolution or an average pooling."""
    layers, shape = [], (h, w, 1)
    for _ in range(rng.integers(1, 5)):
        kind, stride = "conv" if rng.random() < 0.7 else "average", int(rng.choice([1, 1, 2, 3]))
        layer = Layer(kind, int(rng.integers(1, 5)), stride, str(rng.choice(["valid", "same"])),
                      int(rng.integers(1, 4)) if kind == "conv" and stride == 1 else 1)  # Keras takes one or the other
        if len(until_misfit(shape, [*layers, layer])) > len(layers):
            layers.append(layer)
    return layers


def build(layers, h, w):
    import keras

    ones = keras.initializers.RandomUniform(0.5, 1.0, seed=1)  # all positive: nothing cancels
    made = [keras.layers.Conv2D(1, la.kernel, la.stride, la.padding, dilation_rate=la.dilation, kernel_initializer=ones, use_bias=False)
            if la.kind == "conv" else keras.layers.AveragePooling2D(la.kernel, la.stride, la.padding) for la in layers]
    return keras.Sequential([keras.Input((h, w, 1)), *made])


@pytest.mark.parametrize("seed", SEEDS)
def test_a_field_is_where_the_gradient_of_a_built_network_is_not_zero(seed):
    warm()
    import tensorflow as tf

    rng = np.random.default_rng(seed)
    h, w = (int(n) for n in rng.integers(14, 30, 2))
    layers = stack(rng, h, w)
    model, last = build(layers, h, w), sizes((h, w, 1), layers)[-1]
    assert model.output_shape[1:] == last.shape
    x = tf.ones((1, h, w, 1))
    whole = 0
    sides = last.shape[:2]
    for place in {tuple(int(rng.integers(0, n)) for n in sides) for _ in range(4)} | {tuple(n // 2 for n in sides)}:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = model(x)[0, place[0], place[1], 0]
        seen = np.argwhere(tape.gradient(y, x).numpy()[0, :, :, 0])
        for axis, (field, side) in enumerate(zip(last.fields, (h, w), strict=True)):
            first, stop = field.of(place[axis])
            low, high = seen[:, axis].min(), seen[:, axis].max() + 1
            if first >= 0 and stop <= side:
                whole += 1
                assert (first, stop) == (low, high)
            else:  # with dilation the first pixel that is no padding may fall into a gap
                assert max(first, 0) <= low and high <= min(stop, side)
    assert whole or last.receptive > 6


@pytest.mark.parametrize("seed", SEEDS)
def test_a_field_against_a_direct_count(seed):
    """The pixels that reach an output, found by walking back from it layer by layer; strides beside dilation, which Keras refuses."""
    rng = np.random.default_rng(100 + seed)
    layers, n, back = [], int(rng.integers(60, 90)), []
    fields = [Field()]
    for _ in range(rng.integers(0, 6)):
        layer = Layer("conv", *(int(v) for v in rng.integers(1, (6, 4))), str(rng.choice(["valid", "same"])), int(rng.integers(1, 4)))
        if layer.length(n) > 0:
            fields.append(fields[-1].under(layer, n))
            # the zeros that TensorFlow's notes on padding say “same” adds: the smaller half stands before
            zeros = max((int(np.ceil(n / layer.stride)) - 1) * layer.stride + (layer.kernel - 1) * layer.dilation + 1 - n, 0)
            back.append((layer, zeros // 2 if layer.padding == "same" else 0))
            layers.append(layer)
            n = layer.length(n)
    place = int(rng.integers(0, n))
    reached = {place}
    for layer, before in reversed(back):
        reached = {i * layer.stride - before + k * layer.dilation for i in reached for k in range(layer.kernel)}
    assert fields[-1].of(place) == (min(reached), max(reached) + 1)
    assert fields[-1].jump == np.prod([layer.stride for layer in layers], dtype=int)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_reaches_an_answer_is_where_its_gradient_is_not_zero(seed):
    warm()
    import tensorflow as tf

    rng = np.random.default_rng(200 + seed)
    h, w = (int(n) for n in rng.integers(14, 30, 2))
    layers = [layer for layer in stack(rng, h, w) if layer.dilation == 1 and layer.stride <= layer.kernel]  # no gaps
    x = tf.ones((1, h, w, 1))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(build(layers, h, w)(x)) if layers else tf.reduce_sum(x)
    assert reached((h, w, 1), layers) == tuple(np.argwhere(tape.gradient(y, x).numpy()[0, :, :, 0]).max(0) + 1)


def test_what_reaches_the_answer_of_a_usual_network():
    """28 − 2 = 26, halved 13, − 2 = 11 places, of which five pairs are kept: 10 + 2 = 12, doubled 24, + 2 = 26 pixels."""
    network = [Layer("conv", 3), Layer("max", 2, 2), Layer("conv", 3), Layer("max", 2, 2), Layer("flatten"), Layer("dense", filters=10)]
    assert reached((28, 30, 1), network) == (26, 30)
    assert reached((28, 28, 1), network[-2:]) == (28, 28)
    with pytest.raises(Misfit):
        reached((28, 5, 1), network)


def test_the_field_of_a_usual_network():
    """Two 3 × 3 convolutions with 2 × 2 pooling after each, valid padding: the size that every textbook has, 10."""
    found = sizes((28, 28, 1), [Layer("conv", 3), Layer("max", 2, 2), Layer("conv", 3), Layer("max", 2, 2)])[-1]
    assert found.fields == (Field(10, 4, 0),) * 2 and (found.receptive, found.jump) == (10, 4)


def test_what_sees_everything_has_no_field():
    """A flattened number sees what it saw before, a dense layer behind it all; on maps it works at each place alone."""
    layers = [Layer("conv", 3), Layer("dense", filters=2), Layer("flatten"), Layer("dense", filters=4), Layer("dense")]
    assert [size.receptive for size in sizes((8, 8, 1), layers)] == [3, 3, 3, 0, 0]
    assert [size.receptive for size in sizes((8, 8, 1), [Layer("average", 2), Layer("global")])] == [2, 0]


@pytest.mark.parametrize("layer, words", [
    (Layer("conv", 0), "not 0, 1 and 1"), (Layer("max", 3, 0), "not 3, 0 and 1"), (Layer("conv", 3, 1, "valid", 0), "not 3, 1 and 0"),
    (Layer("conv", 3, 1, "full"), "'full'"), (Layer("conv", 3, dilation=3), "a window of 7 does not fit into 4 pixels")])
def test_a_layer_is_refused(layer, words):
    with pytest.raises(ValueError, match=words):
        sizes((6, 6, 1), [Layer("conv", 3), layer])


def test_a_layer_is_refused_where_there_are_no_rows_and_columns_any_more():
    with pytest.raises(ValueError, match=r"“conv” takes \(height, width, channels\), not \(36,\)"):
        until_misfit((6, 6, 1), [Layer("flatten"), Layer("conv", 3)])
    assert len(until_misfit((6, 6, 1), [Layer("conv", 3), Layer("max", 5), Layer("conv", 3)])) == 1


# ---- what excites a unit

@pytest.mark.parametrize("seed", range(5))
def test_exciting_agrees_with_sorting(seed):
    rng = np.random.default_rng(seed)
    maps = rng.integers(0, 60, (40, 5, 7)).astype(np.float32)  # equals occur
    indices, places = exciting(maps, 9)
    assert_array_equal(indices, sorted(range(40), key=lambda i: (-maps[i].max(), i))[:9])
    for index, place in zip(indices, places, strict=True):
        assert tuple(place) == tuple(np.argwhere(maps[index] == maps[index].max())[0])
    flat = rng.normal(size=30)
    indices, places = exciting(flat, 50)
    assert_array_equal(indices, np.argsort(-flat))
    assert places.shape == (30, 2) and not places.any()


def test_exciting_has_no_use_for_what_is_no_number():
    assert exciting(np.array([np.nan, 1.0, -np.inf, 2.0]), 3)[0].tolist() == [3, 1, 0]
    assert exciting(np.array([[[np.nan, -5.0]]]))[1].tolist() == [[0, 1]]
    assert [len(a) for a in exciting(np.zeros((0, 3, 3)))] == [0, 0]
    for values, count, words in [(np.zeros((2, 2)), 1, r"\(2, 2\)"), (np.zeros((2, 0, 3)), 1, r"\(2, 0, 3\)"), (np.zeros(3), 0, "not 0")]:
        with pytest.raises(ValueError, match=words):
            exciting(values, count)


@pytest.mark.parametrize("seed", range(5))
def test_patch_is_cut_from_a_padded_picture(seed):
    rng = np.random.default_rng(seed)
    image = rng.integers(1, 255, (9, 11, 3)).astype(np.uint8)
    rows, columns = (Field(*(int(n) for n in (rng.integers(1, 8), rng.integers(1, 4), rng.integers(-4, 3)))) for _ in range(2))
    place = (int(rng.integers(0, 9)), int(rng.integers(0, 9)))
    wide = np.pad(image, ((60, 60), (60, 60), (0, 0)), constant_values=7)
    (top, bottom), (left, right) = rows.of(place[0]), columns.of(place[1])
    assert_array_equal(patch(image, place, (rows, columns), fill=7), wide[60 + top:60 + bottom, 60 + left:60 + right])
    if rows.size:
        same = patch(image[..., 0], place, rows)
        assert same.shape == (rows.size, rows.size) and same.dtype == np.uint8


def test_a_patch_excites_a_unit_as_much_as_the_picture_it_was_cut_from():
    """exciting → Field → patch on a convolution by hand: the kernel times the patch is the maximum."""
    from scipy.signal import correlate2d

    rng = np.random.default_rng(3)
    images, kernel = rng.normal(size=(20, 10, 10)), rng.normal(size=(3, 3))
    maps = np.stack([correlate2d(image, kernel, "same")[::2, ::2] for image in images])
    indices, places = exciting(maps, 4)
    for index, place in zip(indices, places, strict=True):
        cut = patch(images[index], place, Field(3, 2, -1))
        assert_allclose((cut * kernel).sum(), maps.max((1, 2))[index])


# ---- flat maps

@pytest.mark.parametrize("n, d", [(60, 5), (12, 40), (9, 9), (50, 2), (3, 7)])
def test_components_agree_with_scikit_learn_up_to_sign(n, d):
    from sklearn.decomposition import PCA

    x = np.random.default_rng(n * d).normal(size=(n, d)) @ np.diag(np.linspace(3, 1, d)) + 4
    mine, theirs = components(x.astype(np.float32)), PCA(2, svd_solver="full").fit_transform(x)
    assert_allclose(mine * np.sign((mine * theirs).sum(0)), theirs, atol=2e-5)


def test_components_of_hardly_anything():
    line = np.outer(np.arange(5.0), [0, 2])
    assert_allclose(components(line), np.stack([2 * (np.arange(5.0) - 2), np.zeros(5)], 1), atol=1e-12)
    assert_allclose(components(np.arange(5.0)[:, None])[:, 1], 0)
    assert_allclose(components(np.outer(np.arange(3.0), np.ones(8)))[:, 1], 0, atol=1e-12)  # fewer samples than features
    for shape in [(0, 3), (3, 0), (1, 4), (4, 4)]:
        assert_array_equal(components(np.zeros(shape)), np.zeros((shape[0], 2)))


@pytest.mark.parametrize("seed", range(6))
def test_components_keep_still_beside_a_previous_map(seed):
    """Turned and mirrored features give the same map; distances stay those of the plain components, and no turn lies closer."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(40, 6)) * [5, 4.9, 1, 1, 1, 1]  # the two largest nearly equal: alone they turn at a breath
    before = components(x)
    moved = x + rng.normal(0, 0.3, x.shape)
    after, plain = components(-moved, before), components(-moved)
    turn = np.linalg.lstsq(plain, after, rcond=None)[0]
    assert_allclose(turn @ turn.T, np.eye(2), atol=1e-9)
    assert_allclose(after, plain @ turn, atol=1e-9)
    best = min(((plain @ [[np.cos(t), np.sin(t)], [-s * np.sin(t), s * np.cos(t)]] - before) ** 2).sum()
               for t in np.linspace(0, 2 * np.pi, 721) for s in (1, -1))
    assert ((after - before) ** 2).sum() <= best + 1e-9
    assert np.sqrt(((after - before) ** 2).sum(1)).mean() < 1.5
    assert_allclose(components(-x, before), before, atol=1e-9)  # a network that only flipped its features


def test_components_refuse():
    with pytest.raises(ValueError, match=r"\(4, 2, 2\)"):
        components(np.zeros((4, 2, 2)))
    with pytest.raises(ValueError, match="1 of 4 are not"):
        components(np.array([[1.0, np.nan], [0, 1]]))
    with pytest.raises(ValueError, match=r"not \(3, 2\)"):
        components(np.zeros((4, 5)), np.zeros((3, 2)))


def test_neighbours_map_keeps_groups_together_and_repeats_itself():
    from sklearn.neighbors import KNeighborsClassifier

    rng = np.random.default_rng(0)
    group = np.repeat([0, 1, 2], 25)
    x = rng.normal(size=(75, 10)) + 12 * np.eye(10)[group]
    found = neighbours_map(x, 4)
    assert found.shape == (75, 2) and found.dtype == np.float32
    assert KNeighborsClassifier(3).fit(found, group).score(found, group) == 1
    assert_array_equal(found, neighbours_map(x, 4))


def test_neighbours_map_of_hardly_anything():
    for n in (0, 1, 3):
        assert neighbours_map(np.ones((n, 4)), 1).shape == (n, 2)
    assert not neighbours_map(np.ones((20, 4)), 1).any()  # a network that answers everything alike
    assert np.isfinite(neighbours_map(np.random.default_rng(1).normal(size=(4, 3)), 1)).all()
    with pytest.raises(ValueError, match="500 samples at most, not 501"):
        neighbours_map(np.zeros((501, 2)), 1)
