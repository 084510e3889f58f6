"""The page of activation functions: formulas against SymPy, the deep network against Keras, the figures against both."""

import itertools
import re

import numpy as np
import pytest
import sympy
from scipy.special import erf

from core.figures.activations import STUDY, deep, neuron, softmax
from core.figures.activations.common import plain, power
from core.insight.challenges import verdict
from core.insight.exercises.activations import CHALLENGES, both_alive
from core.maths import depth
from core.maths.activation_formulas import FORMULAS, saturated
from core.maths.activations import ACTIVATIONS
from core.specs.activations import FUNCTIONS, ActivationsSpec
from core.training.warm import warm

warm()  # fixes the number of threads, before anything computes

Z = sympy.symbols("z", real=True)
NAMES = list(ACTIVATIONS)
PLACES = np.concatenate([np.random.default_rng(0).uniform(-8, 8, 40), [0.0, 1.0, -1.0]])
DEFAULT = ActivationsSpec()


def picture(**values):
    spec = DEFAULT.changed(**values)
    return STUDY.scene(spec).draw(spec)


def figure(shown, name):
    return next(template for template in shown.figures if template.id == name).figure


# ---- formulas

def formula(name):
    space = {n: getattr(sympy, n) for n in ("Piecewise", "exp", "tanh", "log", "erf", "sqrt")}
    return sympy.sympify(eval(FORMULAS[name].sympy, {"z": Z, **space}))


@pytest.mark.parametrize("name", NAMES)
def test_a_formula_and_its_derivative_by_sympy_are_the_functions(name):
    f = formula(name)
    for text, function in ((f, ACTIVATIONS[name].f), (sympy.diff(f, Z), ACTIVATIONS[name].df)):
        exact = [float(text.subs(Z, sympy.Float(z, 30))) for z in PLACES]
        np.testing.assert_allclose(function(PLACES), exact, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_the_numpy_texts_are_the_functions(name):
    space = {"np": np, "erf": erf, "z": PLACES}
    np.testing.assert_allclose(eval(FORMULAS[name].numpy, space), ACTIVATIONS[name].f(PLACES), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(eval(FORMULAS[name].numpy_slope, space), ACTIVATIONS[name].df(PLACES), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_the_numpy_texts_bear_sums_of_any_size(name):
    far = np.array([-900.0, 900.0])
    with np.errstate(over="ignore"):
        found = [eval(text, {"np": np, "erf": erf, "z": far}) for text in (FORMULAS[name].numpy, FORMULAS[name].numpy_slope)]
    np.testing.assert_allclose(found, [ACTIVATIONS[name].f(far), ACTIVATIONS[name].df(far)], atol=1e-12)


def read_latex(text, at, f):
    """The value of one of our LaTeX formulas: fractions, powers, cases, a few names."""
    if "cases" in text:
        for row in re.sub(r"\\(begin|end)\{cases\}", "", text).split(r"\\"):
            value, where = row.split("&")
            if eval(where.replace(r"\le", "<=").replace(r"\ge", ">="), {"z": at}):
                return read_latex(value, at, f)
        raise ValueError(text)
    group = r"\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}"
    text = text.split(r"\quad")[0].split("=")[-1] if "tanh" in text or r"\quad" in text else text
    normal = float((1 + erf(at / 2**0.5)) / 2)
    text = text.replace(r"\,", "*").replace(r"\ ", "").replace(r"f(z)", f"({f!r})").replace(r"\Phi(z)", f"({normal!r})")
    while (found := re.search(r"\\(?:frac|sqrt)" + group, text)):
        if found[0].startswith(r"\sqrt"):
            text = text.replace(found[0], f"(({found[1]})**0.5)")
            continue
        below = re.match(group, text[found.end():])
        text = text[:found.start()] + f"(({found[1]})/({below[1]}))" + text[found.end() + below.end():]
    text = re.sub(r"e\^" + r"\{([^{}]*)\}", r"exp(\1)", text)
    text = re.sub(r"2\\pi", "2*3.141592653589793", text).replace(r"\max", "max").replace(r"\ln", "log").replace("^", "**")
    return float(eval(text.replace("{", "(").replace("}", ")"), {"z": at, "exp": np.exp, "log": np.log, "max": max}))


@pytest.mark.parametrize("name", NAMES)
def test_the_latex_on_screen_says_the_same(name):
    for at in (-2.5, -0.3, 0.7, 3.0):
        value, slope = float(ACTIVATIONS[name].f(np.array(at))), float(ACTIVATIONS[name].df(np.array(at)))
        assert read_latex(FORMULAS[name].latex, at, value) == pytest.approx(value, rel=1e-3)
        assert read_latex(FORMULAS[name].slope, at, value) == pytest.approx(slope, rel=1e-3)


@pytest.mark.parametrize("name", NAMES)
def test_the_range_holds_every_value_and_is_reached(name):
    y = ACTIVATIONS[name].f(np.linspace(-60, 60, 240_001))
    low, high = FORMULAS[name].low, FORMULAS[name].high
    assert low - 1e-9 <= y.min() and y.max() <= high + 1e-9
    assert y.min() == pytest.approx(low, abs=1e-6) if np.isfinite(low) else y.min() < -10
    assert y.max() == pytest.approx(high, abs=1e-6) if np.isfinite(high) else y.max() > 50


@pytest.mark.parametrize("name", NAMES)
def test_where_it_is_flat_the_slope_is_small_and_elsewhere_it_is_not(name):
    z = np.linspace(-6, 6, 1234)
    inside = np.zeros(z.size, bool)
    for a, b in saturated(ACTIVATIONS[name], 0.05, 6.0):
        inside |= (z >= a - 0.006) & (z <= b + 0.006)
        assert np.all(np.abs(ACTIVATIONS[name].df(np.linspace(a, b, 99))) < 0.05)
    steep = ~inside & (np.abs(ACTIVATIONS[name].df(z)) < 0.05)
    assert steep.sum() * 12 / 1234 < 0.5  # no more than a short stretch around a minimum
    assert saturated(ACTIVATIONS["sigmoid"], 0.25, 6.0)[0][0] == -6 and saturated(ACTIVATIONS["linear"], 0.25, 6.0) == []


# ---- many layers

def test_the_deviations_are_those_of_keras():
    import keras

    for name, keras_name in (("xavier", "GlorotNormal"), ("he", "HeNormal")):
        drawn = np.array(getattr(keras.initializers, keras_name)(seed=1)((depth.WIDTH, depth.WIDTH)))
        assert drawn.std() == pytest.approx(depth.deviation(name, 0.3), rel=0.05)
    assert depth.deviation("plain", 0.3) == 0.3


@pytest.mark.parametrize("name, skip", [*itertools.product(["sigmoid", "relu", "tanh"], [False, True]), ("selu", False), ("gelu", False),
                                        ("softplus", True)])
def test_the_deep_network_is_that_of_keras(name, skip):
    """Our weights in Keras' Dense layers: what every layer puts out, and the tape's gradient with respect to it."""
    import keras
    import tensorflow as tf

    layers = 8
    way = depth.journey(name, "he", 0.0, layers, skip, 3)
    start = inputs = keras.Input((depth.WIDTH,), dtype="float64")
    outputs = []
    for w in way.weights:
        bend = (lambda z: keras.activations.gelu(z, approximate=False)) if name == "gelu" else name
        dense = keras.layers.Dense(depth.WIDTH, activation=bend, use_bias=False, dtype="float64")
        out = dense(inputs)
        dense.set_weights([w])
        inputs = keras.layers.Add(dtype="float64")([inputs, out]) if skip else out
        outputs.append(inputs)
    model = keras.Model(start, outputs)
    given = model(way.outputs[0])
    for k in range(layers):
        np.testing.assert_allclose(way.outputs[k + 1], given[k], rtol=1e-5, atol=1e-7)
    for k in (1, 4):  # from the output of layer k on
        with tf.GradientTape() as tape:
            a = here = tf.constant(way.outputs[k])
            tape.watch(here)
            for dense in [layer for layer in model.layers if isinstance(layer, keras.layers.Dense)][k:]:
                a = a + dense(a) if skip else dense(a)
            loss = tf.reduce_sum(a * way.gradients[-1])
        np.testing.assert_allclose(way.gradients[k], tape.gradient(loss, here), rtol=1e-5, atol=1e-6)
    assert way.kept == pytest.approx(np.array(given[-1]).std(axis=0).__pow__(2).mean()**0.5 / way.outputs[0].var(axis=0).mean()**0.5)


def test_the_first_layers_are_the_same_however_many_there_are():
    short, long = (depth.journey("tanh", "he", 0.0, n, False, 0) for n in (5, 12))
    assert all(np.array_equal(a, b) for a, b in zip(short.outputs, long.outputs[:6], strict=True))


def test_without_differences_between_inputs_there_is_no_signal():
    same = np.tile(np.random.default_rng(0).normal(size=64), (50, 1))
    assert depth.spread(same) < 1e-12 < 0.5 < depth.size(same)


@pytest.mark.parametrize("share, signal, gradient", [
    (0, "dead", "dead"), (9e-4, "dead", "dead"), (1e-3, "fading", "fading"), (0.0999, "fading", "fading"), (0.1, "fading", "alive"),
    (0.499, "fading", "alive"), (0.5, "alive", "alive"), (2, "alive", "alive"), (2.1, "growing", "alive"), (10, "growing", "alive"),
    (10.1, "growing", "growing"), (1e3, "exploding", "exploding")])
def test_the_verdict_on_a_share(share, signal, gradient):
    assert (depth.verdict(share, depth.SIGNAL), depth.verdict(share, depth.GRADIENT)) == (signal, gradient)


def test_what_the_page_calls_alive_is_what_its_challenge_asks():
    shown = picture(scene="deep", initializer="he")
    shares = next(t for t in shown.figures if t.id == "shares")
    assert ": fading. Gradient" in shares.title and shares.title.endswith(": alive.")
    bands = {(shape["y0"], shape["y1"]) for shape in shares.figure["layout"]["shapes"]}
    assert bands == {(0.5, 2.0), (0.1, 10.0)} == {depth.SIGNAL, depth.GRADIENT}
    asked = f"{depth.SIGNAL[0]:g} to {depth.SIGNAL[1]:g}", f"{depth.GRADIENT[0]:g} to {depth.GRADIENT[1]:g}"
    assert all(text in both_alive(DEFAULT)[1].id and text in shares.figure["layout"]["annotations"][0]["text"] for text in asked)


def test_relu_with_he_is_told_why_it_does_not_last():
    tried = DEFAULT.changed(scene="deep", depth=20)
    said = {name: both_alive(tried.changed(initializer=name))[1].id for name in ("xavier", "he")}
    assert "more alike" in said["he"] and "more alike" not in said["xavier"]


def test_your_own_sigma_is_there_only_where_it_counts():
    scene = STUDY.scene(DEFAULT.changed(scene="deep"))
    for name in ("xavier", "he", "plain"):
        spec = DEFAULT.changed(scene="deep", initializer=name)
        assert [field for field in scene.controls if not scene.plays(spec, field)] == ([] if name == "plain" else ["sigma"])


def test_the_figures_show_the_journey():
    shown = picture(scene="deep", hidden_activation="tanh", initializer="he", depth=12)
    way = depth.journey("tanh", "he", 0.0, 12, False, 0)
    signal, gradient = figure(shown, "shares")["data"]
    np.testing.assert_allclose(signal["y"], way.signal, rtol=1e-4)
    np.testing.assert_allclose(gradient["y"], way.gradient[:0:-1], rtol=1e-4)
    assert gradient["x"][0] == 12 and gradient["x"][-1] == 1
    assert plain(way.kept) in next(t.title for t in shown.figures if t.id == "shares")
    tile = figure(shown, "tiles")["data"][1]["z"]
    np.testing.assert_allclose(np.array(tile) / deep.FINE, way.outputs[-1][:deep.INPUTS, :deep.NEURONS], atol=0.5 / deep.FINE + 1e-9)


def test_the_film_goes_forward_and_comes_back():
    shown = picture(scene="deep", depth=6)
    film = shown.film
    assert len(film.labels) == 7 + 6 + 1 and len(film.titles["tiles"]) == 14
    tracks = {(t.figure, t.trace): t for t in film.tracks}
    assert tracks["shares", 0].reveal == (1, 2, 3, 4, 5, 6, 7, *[7] * 7)
    assert tracks["shares", 1].reveal == (*[0] * 7, 1, 2, 3, 4, 5, 6, 6)
    way = deep.travelled(DEFAULT.changed(scene="deep", depth=6))
    below = tracks["tiles", 1].values["z"]
    assert below[3] == deep._tile(way.outputs[3]) and below[8] == deep._tile(way.gradients[5])
    assert below[-1] == deep._tile(way.outputs[6])
    above = [figure(shown, "tiles")["data"][k]["z"] for k in (0, 3)]
    assert above == [deep._tile(way.outputs[0]), deep._tile(way.gradients[-1])]
    seen = [[round(v) for v in tracks["tiles", k].values["opacity"]] for k in (0, 3)]
    assert seen == [[*[1] * 7, *[0] * 6, 1], [*[0] * 7, *[1] * 6, 0]]  # what stands above is what the way began with
    assert all(len(values) == 14 for t in film.tracks for values in t.values.values())


def test_a_histogram_counts_every_answer():
    way = depth.journey("selu", "he", 0.0, 5, False, 0)
    shown, edges = deep.histograms(way), np.linspace(-deep.SPAN, deep.SPAN, deep.BINS + 1)
    for k, a in enumerate(way.outputs):
        count, _edges = np.histogram(np.clip(a, -deep.SPAN, deep.SPAN), edges)
        np.testing.assert_allclose(shown[:, k], count / count.max())


def test_a_step_sends_no_gradient_back_and_the_log_axis_bears_it():
    shown = picture(scene="deep", hidden_activation="step")
    assert shown.numbers["gradient"] == 0
    assert figure(shown, "shares")["data"][1]["y"][1:] == [None] * 19


def test_whoever_moves_sigma_gets_weights_of_that_sigma():
    assert DEFAULT.revised(sigma=0.2).initializer == "plain"
    assert DEFAULT.revised(sigma=0.2, initializer="he").initializer == "he"
    assert DEFAULT.revised(depth=30).initializer == "xavier"


# ---- one neuron, softmax

@pytest.mark.parametrize("seed", range(4))
def test_the_neuron_answers_what_the_heatmap_shows(seed):
    rng = np.random.default_rng(seed)
    values = dict(zip(("w1", "w2", "bias"), rng.uniform(-3, 3, 3).round(2).tolist(), strict=True))
    name = str(rng.choice(NAMES))
    heat = figure(picture(scene="neuron", activation=name, **values), "plane")["data"][0]
    i, j = rng.integers(0, 41, 2)
    x1, x2 = heat["x0"] + j * heat["dx"], heat["y0"] + i * heat["dy"]
    exact = float(ACTIVATIONS[name].f(np.array(values["w1"] * x1 + values["w2"] * x2 + values["bias"])))
    assert heat["z"][i][j] == pytest.approx(exact, rel=5e-3, abs=1e-9)


def test_the_line_is_where_the_sum_is_zero_and_its_handle_stands_on_it():
    spec = DEFAULT.changed(scene="neuron", w1=-1.2, w2=0.7, bias=0.8)
    shown = neuron.draw(spec)
    border = figure(shown, "plane")["data"][1]
    for x, y in zip(border["x"], border["y"], strict=True):
        assert spec.w1 * x + spec.w2 * y + spec.bias == pytest.approx(0, abs=2e-3)
    at = next(h for h in shown.handles if h.id == "bias").at
    assert spec.w1 * at[0] + spec.w2 * at[1] + spec.bias == pytest.approx(0, abs=1e-12)


def test_a_neuron_without_weights_has_no_line_to_drag():
    shown = picture(scene="neuron", w1=0.0, w2=0.0)
    assert [h.id for h in shown.handles] == ["weights", "input"]


def test_a_neuron_parts_and_and_or_but_never_xor():
    spec = DEFAULT.changed(scene="neuron")
    assert neuron.parted(spec.changed(gate="and", w1=1.0, w2=1.0, bias=-1.0)) == 4
    assert neuron.parted(spec.changed(gate="or", w1=1.0, w2=1.0, bias=1.0)) == 4
    rng = np.random.default_rng(0)
    tried = [spec.changed(gate="xor", w1=a, w2=b, bias=c) for a, b, c in rng.uniform(-3, 3, (300, 3)).tolist()]
    assert max(map(neuron.parted, tried)) == 3


@pytest.mark.parametrize("seed", range(4))
def test_softmax_s_slopes_are_finite_differences_and_its_entropy_scipy_s(seed):
    from scipy.special import softmax as exact
    from scipy.stats import entropy

    rng = np.random.default_rng(seed)
    z, t = rng.uniform(-5, 5, 4), rng.uniform(0.3, 4)
    p = exact(z / t)
    found = softmax.jacobian(p, t)
    for j in range(4):
        nudge = np.eye(4)[j] * 1e-6
        np.testing.assert_allclose(found[:, j], (exact((z + nudge) / t) - exact((z - nudge) / t)) / 2e-6, rtol=1e-5, atol=1e-9)
    assert softmax.entropy(p) == pytest.approx(entropy(p, base=2))
    shown = picture(scene="softmax", temperature=float(t), **dict(zip(softmax.FIELDS, z.tolist(), strict=True)))
    np.testing.assert_allclose(figure(shown, "probabilities")["data"][0]["y"], p, rtol=1e-4)


def test_adding_the_same_to_every_score_changes_nothing():
    one, two = picture(scene="softmax"), picture(scene="softmax", cat=4.0, dog=3.0, horse=2.0, fish=1.0)
    np.testing.assert_allclose(one.numbers["p"], two.numbers["p"])


# ---- curves, words, challenges

@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_point_stands_on_the_curve_and_the_tangent_has_its_slope(name):
    shown = picture(activation=name, z=-1.35, beside=())
    value, slope = float(ACTIVATIONS[name].f(np.array(-1.35))), float(ACTIVATIONS[name].df(np.array(-1.35)))
    assert [h.at for h in shown.handles] == [(-1.35, value), (-1.35, slope)]
    tangent = figure(shown, "curve")["data"][-1]
    run, rise = np.diff(tangent["x"])[0], np.diff(tangent["y"])[0]
    assert rise / run == pytest.approx(slope, abs=1e-3)


def test_numbers_are_said_short():
    assert [plain(v) for v in (0.0123, 35.4, 681.2, 1.23e-9, 0)] == ["0.012", "35", "681", "1.2 × 10⁻⁹", "0"]
    assert power(1.234e-9) == r"1.23 \cdot 10^{-9}" and power(0.5) == "0.5"


def test_the_challenges_are_passed_by_their_references_and_not_by_near_misses():
    alive, sigmoid = CHALLENGES
    assert all(verdict(c, c.reference).passed and not verdict(c, DEFAULT).passed for c in CHALLENGES)
    near = [{"initializer": "xavier"}, {"depth": 19}, {"skip": True}, {"hidden_activation": "linear", "initializer": "xavier"},
            {"hidden_activation": "relu"}, {"scene": "curves"}]
    assert not any(verdict(alive, alive.reference.changed(**values)).passed for values in near)
    near = [{"skip": False}, {"skip": False, "initializer": "he"}, {"skip": False, "initializer": "plain", "sigma": 1.0},
            {"hidden_activation": "tanh"}]
    assert not any(verdict(sigmoid, sigmoid.reference.changed(**values)).passed for values in near)


def test_the_opening_network_is_dead_and_the_right_weights_bring_it_back():
    assert not both_alive(DEFAULT)[0]
    assert depth.journey("relu", "xavier", 0.0, 20, False, 0).kept < 1e-3
    assert 0.1 < depth.journey("relu", "he", 0.0, 20, False, 0).returned < 10


@pytest.mark.parametrize("name", [name for name in NAMES if name != "linear"])
def test_the_parts_of_the_sum_lie_below_the_curve(name):
    data = figure(picture(scene="neuron", activation=name), "sum")["data"]
    texts = next(trace for trace in data if trace["mode"] == "text")
    left = [y for x, y in zip(data[0]["x"], data[0]["y"], strict=True) if x <= 0]
    assert max(texts["y"]) < min(left)
