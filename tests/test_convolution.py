"""The page on convolution by hand: its sums against Keras and SciPy, its shapes and costs against Keras models, and what is painted."""

import json
from dataclasses import replace

import numpy as np
import pytest

from core.data import classics, uploads
from core.figures.board import Paint, board_json
from core.figures.convolution import STUDY, pooling, shapes, sliding, window
from core.figures.convolution.maps import extent
from core.frame import Trouble
from core.i18n import say
from core.insight.exercises.convolution import darkening, wide
from core.maths import convolution as maths
from core.maths import stacks
from core.specs.convolution import ConvolutionSpec, packed
from core.specs.kernels import resized, written
from core.specs.stack import Layer, length, sizes, span, until_misfit
from tests.conftest import slow_after

DIGEST = "d" * 32


def drawn_case(seed):
    """A random image, kernel and how it slides, such that Keras takes it."""
    rng = np.random.default_rng(seed)
    k, stride, dilation = (int(rng.integers(1, n)) for n in (6, 5, 4))
    if stride > 1 and dilation > 1:
        stride, dilation = (stride, 1) if rng.random() < 0.5 else (1, dilation)
    rows, columns = (int(n) for n in rng.integers(span(k, dilation), 26, 2))
    return rng, (rows, columns), k, stride, dilation, str(rng.choice(["valid", "same"]))


@pytest.mark.parametrize("seed", slow_after(range(60), 8))
def test_a_kernel_slides_as_it_does_in_keras(seed):
    import keras

    rng, shape, k, stride, dilation, padding = drawn_case(seed)
    image, kernel = rng.normal(size=shape), rng.normal(size=(k, k))
    expected = keras.ops.conv(image[None, :, :, None], kernel[:, :, None, None], strides=stride, padding=padding, dilation_rate=dilation)
    found = maths.correlate(image, kernel, stride, dilation, padding)
    np.testing.assert_allclose(found, np.asarray(expected)[0, :, :, 0], atol=1e-10)
    assert found.shape == tuple(length(n, k, stride, dilation, padding) for n in shape)


@pytest.mark.parametrize("seed", range(20))
def test_a_kernel_slides_as_it_does_in_scipy(seed):
    from scipy import signal

    rng = np.random.default_rng(seed)
    k, stride, dilation = (int(rng.integers(1, n)) for n in (6, 4, 4))
    image, kernel = rng.normal(size=rng.integers(span(k, dilation), 26, 2)), rng.normal(size=(k, k))
    holes = np.zeros((span(k, dilation),) * 2)
    holes[::dilation, ::dilation] = kernel
    expected = signal.correlate2d(image, holes, mode="valid")[::stride, ::stride]  # also where Keras refuses
    np.testing.assert_allclose(maths.correlate(image, kernel, stride, dilation), expected, atol=1e-10)
    turned = signal.convolve2d(image, kernel, mode="valid")
    np.testing.assert_allclose(maths.correlate(image, kernel[::-1, ::-1]), turned, atol=1e-10)
    if k % 2:
        whole = signal.correlate2d(image, kernel, mode="same")
        np.testing.assert_allclose(maths.correlate(image, kernel, padding="same"), whole, atol=1e-10)


@pytest.mark.parametrize("seed", slow_after(range(20), 4))
def test_channels_are_mixed_as_in_keras(seed):
    import keras

    rng, shape, k, stride, dilation, padding = drawn_case(seed)
    channels, filters = int(rng.integers(1, 5)), int(rng.integers(1, 6))
    image, kernels = rng.normal(size=(*shape, channels)), rng.normal(size=(k, k, channels, filters))
    expected = keras.ops.conv(image[None], kernels, strides=stride, padding=padding, dilation_rate=dilation)
    np.testing.assert_allclose(maths.standard(image, kernels, stride, dilation, padding), np.asarray(expected)[0], atol=1e-10)
    alone = keras.ops.depthwise_conv(image[None], kernels[..., :1], strides=stride, padding=padding, dilation_rate=dilation)
    np.testing.assert_allclose(maths.depthwise(image, kernels[..., 0], stride, dilation, padding), np.asarray(alone)[0], atol=1e-10)


@pytest.mark.parametrize("seed", slow_after(range(40), 6))
def test_pooling_is_that_of_keras(seed):
    import keras

    rng = np.random.default_rng(seed)
    k, stride, padding = int(rng.integers(1, 6)), int(rng.integers(1, 5)), str(rng.choice(["valid", "same"]))
    image = rng.normal(size=rng.integers(5, 25, 2)) - 3  # negative: a padded 0 would be the largest
    for kind, layer in (("max", keras.layers.MaxPooling2D), ("average", keras.layers.AveragePooling2D)):
        expected = layer(k, strides=stride, padding=padding, dtype="float64")(image[None, :, :, None])
        np.testing.assert_allclose(maths.pool(image, k, stride, padding, kind), np.asarray(expected)[0, :, :, 0], atol=1e-10)


# ---- a stack of layers

def stack_of(seed):
    """A random stack, as text that Keras can build."""
    rng = np.random.default_rng(seed)
    layers = []
    for _layer in range(int(rng.integers(1, 6))):
        kind = str(rng.choice(["conv", "conv", "depthwise", "max", "average"]))
        k, stride, dilation = int(rng.integers(1, 5)), int(rng.integers(1, 4)), int(rng.integers(1, 4))
        stride, dilation = (stride, 1) if rng.random() < 0.5 else (1, dilation)
        layers.append(Layer(kind, k, stride, str(rng.choice(["valid", "same"])), 1 if kind in ("max", "average") else dilation,
                            int(rng.integers(1, 9)) if kind == "conv" else 1))
    if rng.random() < 0.6:
        layers += [Layer("flatten"), Layer("dense", filters=int(rng.integers(1, 12)))]
    return tuple(layers), int(rng.integers(6, 40)), int(rng.choice([1, 3]))


def built(layers, side, channels):
    """The Keras model of a stack, layer by layer; fewer layers where one does not fit."""
    import keras

    make = {"conv": lambda v: keras.layers.Conv2D(v.filters, v.kernel, strides=v.stride, padding=v.padding, dilation_rate=v.dilation),
            "depthwise": lambda v: keras.layers.DepthwiseConv2D(v.kernel, strides=v.stride, padding=v.padding, dilation_rate=v.dilation),
            "max": lambda v: keras.layers.MaxPooling2D(v.kernel, strides=v.stride, padding=v.padding),
            "average": lambda v: keras.layers.AveragePooling2D(v.kernel, strides=v.stride, padding=v.padding),
            "flatten": lambda v: keras.layers.Flatten(), "dense": lambda v: keras.layers.Dense(v.filters)}
    x = keras.Input((side, side, channels))
    made = []
    for layer in layers:
        one = make[layer.kind](layer)
        try:
            x = one(x)
        except ValueError:
            break
        if 0 in x.shape[1:]:
            break
        made.append(one)
    return made


@pytest.mark.parametrize("seed", slow_after(range(60), 6))
def test_a_stack_has_the_shapes_and_weights_of_keras(seed):
    layers, side, channels = stack_of(seed)
    assert stacks.parse(stacks.written(layers)) == layers
    steps, made = until_misfit((side, side, channels), layers), built(layers, side, channels)
    assert len(steps) == len(made)
    for step, layer in zip(steps, made, strict=True):
        assert step.shape == tuple(layer.output.shape[1:])
        assert step.weights == layer.count_params()
        kernel = layer.weights[0].shape if layer.weights else ()
        places = int(np.prod(layer.output.shape[1:-1])) if layer.weights else 0
        assert step.multiply_adds == (int(np.prod(kernel)) * places if kernel else 0)


@pytest.mark.parametrize("seed", slow_after(range(30), 4))
def test_a_unit_sees_what_its_gradient_reaches(seed):
    """In a Keras model whose layers are linear the gradient of one output with respect to a pixel is what it answers to an image in which
    that pixel alone is 1: not 0 exactly where the unit sees, and, with weights of 1, as large as there are ways. (TensorFlow's own
    gradient of a kernel ends the process where a window lies in the padding entirely.)
    """
    layers, side, channels = stack_of(seed)
    side = min(side, 22)
    layers = tuple(Layer("average" if v.kind == "max" else v.kind, v.kernel, v.stride, v.padding, v.dilation, 1)
                   for v in layers if v.slides)
    if not until_misfit((side, side, channels), layers):  # nothing slides, or the first one does not fit: then it is padded
        first = layers[0] if layers else Layer("conv", 3, filters=1)
        layers = (replace(first, padding="same"), *layers[1:])
    steps = until_misfit((side, side, channels), layers)
    made = built(layers, side, channels)
    layers, out = layers[:len(steps)], steps[-1].shape[0]
    rng = np.random.default_rng(seed)
    y, x = (int(v) for v in rng.integers(0, out, 2))
    for layer in made:
        layer.set_weights([np.ones(w.shape) if len(w.shape) > 1 else np.zeros(w.shape) for w in layer.weights])
    value = np.repeat(np.eye(side * side, dtype=np.float32).reshape(-1, side, side, 1), channels, axis=-1)
    for layer in made:
        value = layer(value)
    gradient = np.asarray(value)[:, y, x].sum(axis=-1).reshape(side, side)
    ways = np.outer(maths.paths(layers, side, y), maths.paths(layers, side, x))
    assert np.array_equal(gradient > 0, ways > 0)
    if all(layer.kind == "conv" for layer in layers):
        np.testing.assert_allclose(gradient, ways * channels, rtol=1e-4)
    assert all(last - first < steps[-1].receptive for first, last in (extent(ways.any(axis=axis)) for axis in (0, 1)))
    inside = maths.paths(layers, 400, sizes((400, 400, 1), layers)[-1].shape[0] // 2)  # far from every edge
    assert np.ptp(np.flatnonzero(inside)) + 1 == steps[-1].receptive


def test_the_articles_flatten_is_5408():
    picture = shapes.draw(ConvolutionSpec(scene="shapes"))
    assert picture.numbers["sizes"] == [26 * 26 * 32, 13 * 13 * 32, 5408, 10] and picture.numbers["weights"] == 54_410
    assert any("5,408" in say(note) for note in picture.notes)


def test_a_stack_that_does_not_fit_is_drawn_and_explained():
    picture = shapes.draw(ConvolutionSpec(scene="shapes", side=8, stack="conv 3 x32, pool 2, conv 3 x64, pool 2, flatten"))
    said = " ".join(say(note) for note in picture.notes)
    assert "Layer 4" in said and "⌊(1 − 2)/2⌋" in said
    assert any("does not fit" in t.title for t in picture.figures)
    assert len(picture.numbers["sizes"]) == 3


@pytest.mark.parametrize("text, said", [
    ("", "0 layers"), ("conv 3, " * 10, "10 layers"), ("blub 3", "begins with no layer"), ("conv 3 y4", "says nothing"),
    ("conv 99", "out of bounds"), ("conv 3 s2 d2", "Keras refuses"), ("flatten, conv 3", "only dense"), ("conv 3 x0", "out of bounds")])
def test_a_stack_that_cannot_be_read_says_what_is_wrong(text, said):
    with pytest.raises(Trouble) as caught:
        stacks.parse(text)
    assert said in say(caught.value.message)


def test_keras_does_refuse_stride_beside_dilation():
    import keras

    with pytest.raises(ValueError, match="strides > 1"):
        keras.layers.Conv2D(1, 3, strides=2, dilation_rate=2)


@pytest.mark.parametrize("seed", range(6))
def test_every_sign_in_the_table_leads_to_a_stack_that_is_drawn(seed):
    layers, side, channels = stack_of(seed)
    spec = ConvolutionSpec(scene="shapes", stack=stacks.written(layers), side=side, depth=channels)
    press, = shapes.draw(spec).presses
    assert len(press.places) > 3
    for text, *_place in press.places:
        board_json(shapes.draw(spec.revised(stack=text)))


def test_a_full_width_stack_is_read():
    assert stacks.parse("conv 3 ×32，pool 2；flatten") == (Layer("conv", 3, filters=32), Layer("max", 2, 2), Layer("flatten"))


# ---- the window and its film

@pytest.mark.parametrize("values", [
    {}, {"kernel": "blur", "size": 4, "padding": "same"}, {"stride": 3, "padding": "same"}, {"dilation": 3}, {"stride": 2, "dilation": 2},
    {"source": "china", "padding": "same"}, {"source": "drawn", "kernel": "own", "cells": "1/2 0 -1/2; 0 0 0; 1 1 1"}])
def test_each_step_of_the_film_writes_its_own_sum(values):
    spec = ConvolutionSpec().revised(**values)
    picture = window.draw(spec)
    image, kernel = window.image_of(spec), window.kernel_of(spec)
    here = sliding.slide(image, len(kernel), spec.stride, spec.dilation, spec.padding, spec.row, spec.column)
    output = picture.numbers["output"]
    for (row, _column, last), title in zip([*sliding.places(here), (here.row, here.column, here.column)], picture.film.titles["sum"],
                                           strict=True):
        left, right = title.replace("\u2212", "-").replace("·", "*").rsplit("=", 1)
        assert float(right) == pytest.approx(output[row, last], rel=0.01, abs=0.01)
        if "…" not in left and max(abs(output[row, last]), 1) < 1000:
            assert eval(left) == pytest.approx(output[row, last], rel=0.05, abs=0.3)  # noqa: S307 - our own text
    rows, columns = output.shape
    seen = {(r, c) for r, first, last in sliding.places(here) for c in range(first, last + 1)}
    assert seen == {(r, c) for r in range(rows) for c in range(columns)}


def test_the_output_grows_with_the_window():
    """What is not computed yet is covered, to the cell."""
    here = sliding.slide(window.image_of(ConvolutionSpec()), 3, 1, 1, "valid", 0, 0)
    rows, columns = here.shape
    for k, (row, _first, last) in enumerate(sliding.places(here)):
        cover = sliding.hidden(here, row, last)
        xs, ys = cover["x"], cover["y"]
        area = 0.5 * abs(sum(a * d - c * b for a, b, c, d in zip(xs, ys, xs[1:], ys[1:], strict=False)))
        assert area == pytest.approx(rows * columns - k - 1, abs=0.4)


def test_a_window_that_does_not_fit_is_explained_with_its_arithmetic():
    with pytest.raises(Trouble) as caught:
        window.draw(ConvolutionSpec(kernel="blur", size=5, dilation=3))
    said = say(caught.value.message)
    assert "3·(5 − 1) + 1 = 13" in said and "the image has 8" in said and "= −4" in said
    assert window.draw(ConvolutionSpec(kernel="blur", size=5, dilation=3, padding="same")).numbers["output"].shape == (8, 8)


def test_the_part_of_a_photograph_is_its_average():
    from sklearn.datasets import load_sample_image

    for name, (row, column) in classics.PARTS.items():
        whole = load_sample_image(f"{name}.jpg").astype(float)
        found = classics.part(name)
        for r, c in ((0, 0), (23, 23), (7, 15)):
            block = whole[row + 13 * r:row + 13 * r + 13, column + 13 * c:column + 13 * c + 13]
            assert np.abs(found[r, c] - block.mean(axis=(0, 1))).max() <= 0.5


def test_a_picture_of_ones_own_is_slid_over():
    gray = np.random.default_rng(0).integers(0, 256, (10, 24), dtype=np.uint8)
    uploads.keep(DIGEST, {"gray": gray}, [])
    try:
        spec = ConvolutionSpec(source="upload", upload=DIGEST)
        picture = window.draw(spec)
        assert picture.numbers["output"].shape == (8, 22) and "picture.png" in window.program(spec)
        assert pooling.draw(ConvolutionSpec(scene="pooling", source="upload", upload=DIGEST)).numbers["output"].shape == (5, 12)
        board_json(picture)
    finally:
        uploads.forget(DIGEST)
    with pytest.raises(Trouble):
        window.draw(ConvolutionSpec(source="upload", upload=DIGEST))


# ---- painting

def painted(spec, field, *cells):
    """The spec after a stroke over these cells of a picture's grid."""
    paint = next(p for p in window.draw(spec).paints if p.field == field)
    now = list(paint.cells)
    for cell in cells:
        now[cell] = paint.empty if now[cell] == paint.brush else paint.brush
    return spec.revised(**{field: paint.text(now)})


def test_a_painted_cell_makes_the_kernel_ones_own():
    spec = painted(ConvolutionSpec(brush=-2), "cells", 4)
    assert spec.kernel == "own" and spec.size == 3 and spec.cells == "-1 0 1; -2 -2 2; -1 0 1"
    assert spec.revised(size=5).cells.startswith("0 0 0 0 0; 0 -1 0 1 0; ")
    assert spec.revised(size=5).revised(size=3) == spec
    again, wrong = ConvolutionSpec.from_query(spec.to_query())
    assert again == spec and not wrong
    assert painted(spec, "cells", 4).cells == "-1 0 1; -2 0 2; -1 0 1"  # the same brush once more takes it away
    assert spec.revised(kernel="blur").cells == ConvolutionSpec().cells


def test_a_painted_blur_keeps_its_fractions():
    spec = painted(ConvolutionSpec(kernel="blur", size=4), "cells", 0)
    assert spec.kernel == "own" and spec.size == 4 and spec.cells.startswith("1 1/16 1/16")
    assert np.allclose(window.kernel_of(spec).sum(), 1 + 15 / 16)


def test_a_drawing_is_short_in_the_address():
    spec = painted(ConvolutionSpec(source="drawn", drawing="0" * 16), "drawing", 0, 9, 63)
    assert spec.drawing == "8040000000000001" == packed("1" + "0" * 8 + "1" + "0" * 53 + "1")
    assert window.image_of(spec).values.sum() == 3 and window.image_of(spec).values[1, 1] == 1


@pytest.mark.parametrize("text, size", [("1 2; 3 4", 3), ("1 2 3; 4 5 6; 7 8 9", 2), ("5", 7), ("1 0; 0 1", 1)])
def test_a_kernel_keeps_its_middle_when_it_is_resized(text, size):
    cells = resized(text, size)
    assert stacks.read_kernel(cells).shape == (size, size)
    assert set(cells.replace(";", "").split()) <= {*text.replace(";", "").split(), "0"}


@pytest.mark.parametrize("cells, said", [("1 2 3; 4 5 6", "2 rows and 3 columns"), ("1 a; 2 3", "“a” at place 3"),
                                         ("1 0; 0 1; 1", "equally")])
def test_cells_that_are_no_kernel_say_what_is_wrong(cells, said):
    with pytest.raises(Trouble) as caught:
        window.draw(ConvolutionSpec().revised(cells=cells))
    assert said in say(caught.value.message)


def test_a_paint_is_told_to_the_browser():
    told = json.loads(json.dumps(board_json(window.draw(ConvolutionSpec()))))
    kernel, = told["paints"]
    assert kernel["field"] == "cells" and kernel["brush"] == "1" and kernel["columns"] == 3 and len(kernel["cells"]) == 9
    with pytest.raises(ValueError, match="nowhere"):
        board_json(window.draw(ConvolutionSpec()).__class__((), paints=(Paint("nowhere", "cells", "", (0, 0), ("0",), 1, "1"),)))


# ---- challenges

def test_the_first_challenge_tells_what_is_missing():
    def own(cells):
        return darkening(ConvolutionSpec().revised(kernel="own", cells=cells))

    assert own("1 0 -1; 1 0 -1; 1 0 -1")[0] and own("1 0 -1; 2 0 -2; 1 0 -1")[0]
    for cells, said in (("0 0 0; 0 1 0; 0 0 0", "do not sum to 0"), ("1 1 1; 0 0 0; -1 -1 -1", "level edge"),
                        ("-1 0 1; -2 0 2; -1 0 1", "wrong sign"), ("0 0 0; 1 0 -1; 0 0 0", "at least 3")):
        passed, message = own(cells)
        assert not passed and said in say(message)


def test_the_second_challenge_tells_what_is_missing():
    def of(stack):
        return wide(ConvolutionSpec(scene="shapes", stack=stack))

    assert of("conv 3 x16, conv 3 x16 d2, conv 3 x16 d2")[0] and of("conv 3 x16 s2, conv 3 x16, conv 3 x16")[0]
    for stack, said in ((", ".join(["conv 3 x16"] * 5), "too many"), ("conv 11 x16", "larger than 3×3"), ("conv 3 x8, conv 3 x16", "16 "
                                                                                                                                   "filters"),
                        ("conv 3 x16, conv 3 x16", "5×5"), ("conv 3 x16, flatten", "leave out"), ("blub", "begins with no layer")):
        passed, message = of(stack)
        assert not passed and said in say(message), say(message)


def test_a_named_kernel_is_what_its_name_says():
    for name, total in (("sobel_x", 0), ("sobel_y", 0), ("edge", 0), ("blur", 1), ("sharpen", 1), ("emboss", 1), ("identity", 1)):
        assert stacks.read_kernel(written(name, 3)).sum() == pytest.approx(total)
    x, y = (stacks.read_kernel(written(name, 3)) for name in ("sobel_x", "sobel_y"))
    assert np.array_equal(x.T, y) and {scene.id for scene in STUDY.scenes} == {"window", "pooling", "channels", "shapes"}
