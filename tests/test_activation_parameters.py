"""Leaky ReLU's slope, ELU's α, SELU's constants: function, slope, formula, range and program follow them, and are Keras'."""

import contextlib
import inspect
import io
import json

import numpy as np
import pytest
import sympy

from core.figures.activations import STUDY
from core.figures.board import board_json
from core.i18n import say
from core.insight.challenges import verdict
from core.insight.exercises.activations import CHALLENGES
from core.maths import depth
from core.maths.activation_formulas import FORMULAS, formula, saturated
from core.maths.activations import ACTIVATIONS, SELU_ALPHA, SELU_SCALE, activation
from core.specs.activations import FUNCTIONS, ActivationsSpec
from core.training.warm import warm
from tests.test_activations import PLACES, Z, figure, picture, read_latex

warm()

DEFAULT = ActivationsSpec()
RNG = np.random.default_rng(11)
SLOPES = [0.0, 1.0, 0.2, *RNG.uniform(0, 1, 4).round(2).tolist()]
ALPHAS = [1.0, 0.05, 3.0, *RNG.uniform(0.05, 3, 4).round(2).tolist()]
OWN = [("leaky_relu", {"negative_slope": c}) for c in SLOPES] + [("elu", {"alpha": a}) for a in ALPHAS]


def keras_and_its_slope(name, values, z):
    import keras
    import tensorflow as tf

    x = tf.constant(z)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = getattr(keras.activations, name)(x, **values)
    return y.numpy(), tape.gradient(y, x).numpy()


@pytest.mark.parametrize("name, values", OWN)
def test_function_and_slope_are_keras_s(name, values):
    import keras

    own = activation(name, **values)
    y, slope = keras_and_its_slope(name, values, PLACES)
    np.testing.assert_allclose(own.f(PLACES), y, rtol=1e-6, atol=1e-9)  # TensorFlow keeps the slope in 32 bits
    np.testing.assert_allclose(own.df(PLACES), slope, rtol=1e-6, atol=1e-9)
    layer = {"leaky_relu": keras.layers.LeakyReLU, "elu": keras.layers.ELU}[name](**values, dtype="float64")
    np.testing.assert_allclose(own.f(PLACES), layer(PLACES), rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(eval(formula(name, **values).keras, {"keras": keras, "z": PLACES}), y)


@pytest.mark.parametrize("name, values", OWN)
def test_every_text_of_the_formula_says_so(name, values):
    own, written = activation(name, **values), formula(name, **values)
    f = sympy.sympify(eval(written.sympy, {"z": Z, "Piecewise": sympy.Piecewise, "exp": sympy.exp}))
    for at in (-3.0, -0.4, 0.0, 0.6, 4.0):
        value, slope = float(own.f(np.array(at))), float(own.df(np.array(at)))
        assert float(f.subs(Z, at)) == pytest.approx(value) and float(sympy.diff(f, Z).subs(Z, at)) == pytest.approx(slope)
        assert read_latex(written.latex, at, value) == pytest.approx(value) and read_latex(written.slope, at, value) == pytest.approx(slope)
        space = {"np": np, "z": np.array(at)}
        assert eval(written.numpy, space) == pytest.approx(value) and eval(written.numpy_slope, space) == pytest.approx(slope)
    y = own.f(np.linspace(-60, 60, 24_001))
    assert written.low - 1e-9 <= y.min() and (y.min() < -1 if np.isinf(written.low) else y.min() == pytest.approx(written.low, abs=1e-9))
    for below in (0.05, 0.25):
        ends = saturated(own, below, 30.0)
        parameter = next(iter(values.values()))
        left = (0.0 if parameter < below else None) if name == "leaky_relu" else min(0.0, np.log(below / parameter))
        assert (ends == []) if left is None else (ends[0][0] == -30 and ends[0][1] == pytest.approx(left, abs=0.006))


def test_what_keras_takes_unless_it_is_told_is_what_the_page_opens_with():
    import keras

    for name, field in (("leaky_relu", "negative_slope"), ("elu", "alpha")):
        usual = inspect.signature(getattr(keras.activations, name)).parameters[field].default
        assert getattr(DEFAULT, field) == usual and activation(name).f(np.array(-2.0)) == ACTIVATIONS[name].f(np.array(-2.0))
    assert inspect.signature(keras.layers.LeakyReLU).parameters["negative_slope"].default == 0.3  # as the slider's help says


@pytest.mark.parametrize("name", [name for name, text in FORMULAS.items() if text.keras])
def test_the_keras_named_in_the_program_is_the_function(name):
    import keras

    found = np.asarray(eval(FORMULAS[name].keras, {"keras": keras, "z": PLACES}))
    np.testing.assert_allclose(found, ACTIVATIONS[name].f(PLACES), rtol=1e-6, atol=1e-7)
    program = STUDY.scene(DEFAULT).program(DEFAULT.changed(activation=name))
    assert FORMULAS[name].keras in program


def test_selu_s_constants_follow_from_mean_0_and_variance_1():
    from scipy.integrate import quad
    from scipy.stats import norm

    f = ACTIVATIONS["selu"].f
    mean, square = (sum(quad(lambda z, k=k: float(f(np.array(z))) ** k * norm.pdf(z), *side)[0] for side in ((-40, 0), (0, 40)))
                    for k in (1, 2))
    assert mean == pytest.approx(0, abs=1e-9) and square == pytest.approx(1, abs=1e-9)
    shown = picture(activation="selu")
    note = next(n for n in shown.notes if "Klambauer" in n.id)
    assert (note.args["scale"], note.args["alpha"]) == (SELU_SCALE, SELU_ALPHA)
    assert any(r"\mathbb{E}" in text for _word, text in shown.formulas)


@pytest.mark.parametrize("scene, field", [("curves", "activation"), ("neuron", "activation"), ("deep", "hidden_activation")])
def test_a_parameter_is_there_only_where_its_function_is(scene, field):
    found = STUDY.scene(DEFAULT.changed(scene=scene))
    for name in ("leaky_relu", "elu", "tanh", "selu"):
        spec = DEFAULT.changed(scene=scene, **{field: name})
        there = {p for p in ("negative_slope", "alpha") if found.plays(spec, p)}
        assert there == ({"negative_slope"} if name == "leaky_relu" else {"alpha"} if name == "elu" else set())
        assert {"negative_slope", "alpha"} <= {*found.controls, *found.more}
    assert found.plays(DEFAULT.changed(scene=scene, beside=("elu",)), "alpha") is (scene == "curves")


@pytest.mark.parametrize("name, values", OWN[3:7] + OWN[9:])
def test_every_scene_shows_the_function_with_its_parameter(name, values):
    y, slope = (v[0] for v in keras_and_its_slope(name, values, np.array([-1.35])))
    curves = picture(activation=name, z=-1.35, **values)
    assert (curves.numbers["value"], curves.numbers["slope"]) == pytest.approx((y, slope))
    assert [h.at for h in curves.handles] == [(-1.35, pytest.approx(y)), (-1.35, pytest.approx(slope))]
    neuron = picture(scene="neuron", activation=name, w1=1.0, w2=0.0, bias=0.0, x1=-1.35, **values)
    assert neuron.numbers["answer"] == pytest.approx(y)
    way = depth.journey(name, "he", 0.0, 8, False, 0, **values)
    deep = picture(scene="deep", hidden_activation=name, initializer="he", depth=8, **values)
    assert deep.numbers["gradient"] == way.returned
    a = way.outputs[0]
    for w in way.weights:
        a = keras_and_its_slope(name, values, a @ w)[0]
    np.testing.assert_allclose(way.outputs[-1], a, rtol=1e-5, atol=1e-6)
    for spec in (DEFAULT.changed(activation=name, z=-1.35, **values),
                 DEFAULT.changed(scene="deep", hidden_activation=name, depth=8, **values),
                 DEFAULT.changed(scene="neuron", activation=name, x1=-3.0, **values)):
        names = {"__name__": "__main__"}
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(STUDY.scene(spec).program(spec), "program.py", "exec"), names)  # noqa: S102 - our own program
        for number, value in STUDY.scene(spec).draw(spec).numbers.items():
            np.testing.assert_allclose(names[number], value, rtol=1e-6, atol=2e-8)


def test_the_axes_hold_every_alpha_and_stay_while_it_is_moved():
    for alpha in (0.05, 0.7, 1.2, 1.8, 3.0):
        shown = picture(activation="elu", alpha=alpha, z=-0.01, beside=())
        for name in ("curve", "slope"):
            low, high = figure(shown, name)["layout"]["yaxis"]["range"]
            handle = next(h for h in shown.handles if h.figure == name)
            assert low < min(y for _v, _x, y in handle.rail) and max(y for _v, x, y in handle.rail if x < 0) < high
    ranges = {tuple(figure(picture(activation="elu", alpha=a), "curve")["layout"]["yaxis"]["range"]) for a in np.linspace(0.1, 3, 30)}
    assert len(ranges) == 2


# ---- one neuron as a surface

@pytest.mark.parametrize("seed", range(5))
def test_the_surface_is_what_the_neuron_answers_in_the_colours_of_the_map(seed):
    rng = np.random.default_rng(seed)
    name = str(rng.choice(list(ACTIVATIONS)))
    spec = DEFAULT.changed(scene="neuron", activation=name, **dict(zip(("w1", "w2", "bias", "x1", "x2"),
                                                                       rng.uniform(-3, 3, 5).round(2).tolist(), strict=True)))
    shown = STUDY.scene(spec).draw(spec)
    heat, (sheet, line, point) = figure(shown, "plane")["data"][0], figure(shown, "surface")["data"]
    assert len(sheet["z"]) <= 31 * 31 and sheet["intensity"] == sheet["z"]
    for i in rng.integers(0, len(sheet["x"]), 20):
        sum_ = spec.w1 * sheet["x"][i] + spec.w2 * sheet["y"][i] + spec.bias
        assert sheet["z"][i] == pytest.approx(float(ACTIVATIONS[name].f(np.array(sum_))), rel=5e-3, abs=1e-3)
    assert (sheet["cmin"], sheet["cmax"], sheet["colorscale"]) == (heat["zmin"], heat["zmax"], heat["colorscale"])
    for x, y in zip(line["x"], line["y"], strict=True):
        assert spec.w1 * x + spec.w2 * y + spec.bias == pytest.approx(0, abs=2e-3) and max(abs(x), abs(y)) <= 3 + 1e-6
    low, high = figure(shown, "surface")["layout"]["scene"]["zaxis"]["range"]
    assert (point["x"], point["y"]) == ([spec.x1], [spec.x2]) and low < shown.numbers["answer"] < point["z"][0] < high


# ---- the challenge asks for an initialization that suits

def test_no_sigma_found_by_trying_and_no_straight_line_wins():
    alive, sigmoid = CHALLENGES
    lucky = alive.reference.changed(hidden_activation="relu", initializer="plain", sigma=0.19)
    way = [depth.journey("relu", "plain", 0.19, 20, False, seed) for seed in (101, 102, 103)]
    assert all(depth.alive(w.kept, depth.SIGNAL) for w in way)  # by its numbers it would
    assert not verdict(alive, lucky).passed and "does not count" in alive.allows(lucky).id
    assert not verdict(sigmoid, sigmoid.reference.changed(initializer="plain", sigma=0.01)).passed
    nearly = alive.reference.changed(hidden_activation="leaky_relu", negative_slope=0.97, initializer="xavier")
    assert not verdict(alive, nearly).passed and "straight" in alive.allows(nearly).id
    for challenge in CHALLENGES:
        for scene in STUDY.scenes:
            for chosen in (*scene.presets, *scene.trials):
                assert not verdict(challenge, DEFAULT.revised(**chosen.values)).passed, chosen


def test_what_wins_is_a_function_with_the_weights_that_suit_it():
    alive, _sigmoid = CHALLENGES
    won = {(name, way) for name in ACTIVATIONS for way in ("xavier", "he")
           if verdict(alive, alive.reference.changed(hidden_activation=name, initializer=way)).passed}
    assert won == {("tanh", "he"), ("selu", "xavier"), ("elu", "he")}


@pytest.mark.parametrize("scene", ["curves", "neuron"])
@pytest.mark.parametrize("function", [*FUNCTIONS, "leaky_relu at 0", "leaky_relu at 0.5"])
def test_the_limit_of_flatness_is_shown_where_it_changes_something(scene, function):
    """Over the whole range of the limit, at several places of the curve."""
    function, _at, slope = function.partition(" at ")
    found = next(s for s in STUDY.scenes if s.id == scene)
    spec = DEFAULT.changed(scene=scene, activation=function, **({"negative_slope": float(slope)} if slope else {}))
    screens = {}
    for limit in np.linspace(*spec.bounds("flat"), 4):
        for z in (-2.5, 0.5, 4.0):
            picture = found.draw(spec.changed(flat=float(limit), z=z, w1=0.0, bias=z))
            screens.setdefault(z, set()).add(json.dumps(board_json(picture)) + "".join(map(say, picture.notes)))
    assert found.plays(spec, "flat") == any(len(seen) > 1 for seen in screens.values())
