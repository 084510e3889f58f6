"""The page on losses: its formulas against Keras and SciPy, its fits against scikit-learn, its figures, its challenges."""

import re

import numpy as np
import pytest

from core.figures.losses import STUDY, curves, from_logits, lab, line, logit, noise, softmax
from core.figures.losses.common import rounded
from core.i18n import say
from core.insight.exercises.losses import CHALLENGES
from core.maths import lines, loss_lab, losses
from core.maths.activations import sigmoid
from core.maths.dense import flat, shaped, slope
from core.specs.losses import LossesSpec
from tests.studies import random_spec

RNG = np.random.default_rng(0)
ERRORS = RNG.normal(0, 3, 60)
LABELS, CHANCES, LOGITS = RNG.integers(0, 2, 60).astype(float), RNG.uniform(0.02, 0.98, 60), RNG.normal(0, 6, 60)
SOFT = RNG.uniform(0.05, 0.95, 60)


def keras_loss(made, y, x):
    """A Keras loss of each element alone, and its slope with respect to x."""
    import tensorflow as tf

    moved = tf.Variable(np.atleast_2d(x).T if np.ndim(x) == 1 else x, dtype="float64")
    with tf.GradientTape() as tape:
        value = made(tf.constant(np.atleast_2d(y).T if np.ndim(y) == 1 else y, dtype="float64"), moved)
        total = tf.reduce_sum(value)
    return value.numpy(), np.squeeze(tape.gradient(total, moved).numpy())


ELEMENTWISE = {
    "MeanSquaredError": ({}, 0 * ERRORS, ERRORS, losses.squared(ERRORS), losses.dsquared(ERRORS)),
    "MeanAbsoluteError": ({}, 0 * ERRORS, ERRORS, losses.absolute(ERRORS), losses.dabsolute(ERRORS)),
    "Huber": ({"delta": 0.7}, 0 * ERRORS, ERRORS, losses.huber(ERRORS, 0.7), losses.dhuber(ERRORS, 0.7)),
    "BinaryCrossentropy": ({}, SOFT, CHANCES, losses.binary_crossentropy(SOFT, CHANCES), losses.dbinary_crossentropy(SOFT, CHANCES)),
    "Hinge": ({}, 2 * LABELS - 1, LOGITS, losses.hinge(2 * LABELS - 1, LOGITS), losses.dhinge(2 * LABELS - 1, LOGITS)),
}


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_a_loss_and_its_slope_are_those_of_keras(name):
    import keras

    options, y, x, value, derivative = ELEMENTWISE[name]
    found, gradient = keras_loss(getattr(keras.losses, name)(reduction=None, dtype="float64", **options), y, x)
    np.testing.assert_allclose(value, found, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(derivative, gradient, rtol=1e-5, atol=1e-9)


def test_losses_of_logits_are_those_of_keras():
    import keras

    made = keras.losses.BinaryCrossentropy(from_logits=True, reduction=None, dtype="float64")
    found, gradient = keras_loss(made, LABELS, LOGITS)
    np.testing.assert_allclose(losses.binary_crossentropy_logits(LABELS, LOGITS), found, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(losses.dbinary_crossentropy_logits(LABELS, LOGITS), gradient, rtol=1e-6, atol=1e-9)
    z, y = RNG.normal(0, 4, (30, 5)), np.eye(5)[RNG.integers(0, 5, 30)]
    made = keras.losses.CategoricalCrossentropy(from_logits=True, reduction=None, dtype="float64")
    found, gradient = keras_loss(made, y, z)
    np.testing.assert_allclose(losses.categorical_crossentropy_logits(y, z), found, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(losses.dcategorical_crossentropy_logits(y, z), gradient, rtol=1e-6, atol=1e-9)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    made = keras.losses.CategoricalCrossentropy(reduction=None, dtype="float64")
    certain = p.min(axis=1) > 1e-6  # Keras clips
    np.testing.assert_allclose(losses.categorical_crossentropy(y, p)[certain], made(y, p).numpy()[certain], rtol=1e-6)


def test_entropies_are_those_of_scipy_and_keras():
    import keras
    from scipy.stats import entropy

    both = lambda p: np.stack([p, 1 - p], axis=-1)  # noqa: E731
    np.testing.assert_allclose(losses.entropy(SOFT), entropy(both(SOFT), axis=-1))
    np.testing.assert_allclose(losses.kl(SOFT, CHANCES), entropy(both(SOFT), both(CHANCES), axis=-1), atol=1e-12)
    made = keras.losses.KLDivergence(reduction=None, dtype="float64")
    np.testing.assert_allclose(losses.kl(SOFT, CHANCES), made(both(SOFT), both(CHANCES)), rtol=1e-6, atol=1e-9)
    assert losses.kl(1.0, 1.0) == 0 and losses.binary_crossentropy(0.0, 1.0) == np.inf


@pytest.mark.parametrize("loss, derivative", [
    (losses.squared_logits, losses.dsquared_logits), (losses.twice, losses.dtwice),
    (losses.binary_crossentropy_logits, losses.dbinary_crossentropy_logits)])
def test_slopes_are_finite_differences(loss, derivative):
    z, h = np.clip(LOGITS, -9, 9), 1e-6
    np.testing.assert_allclose(derivative(LABELS, z), (loss(LABELS, z + h) - loss(LABELS, z - h)) / (2 * h), atol=2e-9, rtol=2e-6)


def test_the_mistaken_loss_is_stuck():
    z = np.array([-800.0, -5.0, 0.0, 5.0, 800.0])
    assert losses.twice(1.0, z).max() == pytest.approx(np.log(2)) and losses.twice(1.0, z).min() == pytest.approx(0.313, abs=5e-4)
    assert losses.twice(0.0, z).min() == pytest.approx(np.log(2)) and losses.twice(0.0, z).max() == pytest.approx(1.313, abs=5e-4)


@pytest.mark.parametrize("between", [False, True])
@pytest.mark.parametrize("y", [0, 1])
@pytest.mark.parametrize("graph", [False, True])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_what_is_said_of_keras_rescue_is_what_keras_does(between, y, graph):
    """Loss and slope of a sigmoid's output with from_logits=True, eager and traced, with a reshape in between and without."""
    import keras
    import tensorflow as tf

    made = keras.losses.BinaryCrossentropy(from_logits=True, dtype="float64")
    for z in (-6.0, -1.0, 0.5, 7.0):
        spec = LossesSpec(scene="from_logits", logit=z, answer=y, between=between)
        logits, label = tf.Variable([[z]], dtype="float64"), tf.constant([[float(y)]], dtype="float64")

        def look(logits=logits, label=label):
            with tf.GradientTape() as tape:
                p = keras.activations.sigmoid(logits)
                value = made(label, keras.ops.reshape(p, (1, 1)) if between else p)
            return value, tape.gradient(value, logits)

        value, gradient = (tf.function(look) if graph else look)()
        shown = from_logits.draw(spec).numbers
        assert shown["keras_loss"] == pytest.approx(float(value), rel=1e-6)
        assert shown["keras_slope"] == pytest.approx(float(gradient[0, 0]), rel=1e-5)
        assert (shown["keras_loss"] == shown["mistake"]) == between


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_keras_rescues_a_model_that_ends_in_a_sigmoid():
    import keras

    model = keras.Sequential([keras.layers.Dense(1, activation="sigmoid")])
    x = np.array([[-4.0], [2.0]])
    model(x)
    model.layers[0].set_weights([np.ones((1, 1)), np.zeros(1)])
    model.compile(loss=keras.losses.BinaryCrossentropy(from_logits=True))
    y = np.array([[1.0], [0.0]])
    expected = losses.binary_crossentropy_logits(y, x).mean()
    assert model.evaluate(x, y, verbose=0) == pytest.approx(expected, rel=1e-5)


# ---- lines

@pytest.mark.parametrize("seed", range(12))
def test_lines_are_those_of_scikit_learn_and_scipy(seed):
    from scipy.optimize import least_squares
    from sklearn.linear_model import LinearRegression, QuantileRegressor

    rng = np.random.default_rng(seed)
    delta = 10 ** rng.uniform(-1, 0.7)
    x, y, far = lines.points(seed, int(rng.integers(0, 9)), rng.uniform(0.5, 9.5), rng.uniform(-3, 12))
    model = LinearRegression().fit(x[:, None], y)
    np.testing.assert_allclose(lines.least_squares(x, y), [model.intercept_, model.coef_[0]], rtol=1e-9)
    a, b = lines.least_absolute(x, y)
    model = QuantileRegressor(quantile=0.5, alpha=0).fit(x[:, None], y)
    assert np.abs(y - a - b * x).sum() <= np.abs(y - model.predict(x[:, None])).sum() + 1e-9
    np.testing.assert_allclose([a, b], [model.intercept_, model.coef_[0]], atol=1e-6)
    found = least_squares(lambda w: y - w[0] - w[1] * x, [0, 0], loss="huber", f_scale=delta, xtol=1e-15, ftol=1e-15, gtol=1e-15)
    a, b = lines.least_huber(x, y, delta)
    assert losses.huber(y - a - b * x, delta).sum() <= losses.huber(y - found.x[0] - found.x[1] * x, delta).sum() + 1e-9
    np.testing.assert_allclose([a, b], found.x, atol=2e-6)


def test_every_setting_of_the_line_has_its_huber_line():
    rng = np.random.default_rng(4)
    for _ in range(300):
        x, y, far = lines.points(int(rng.integers(0, 1000)), int(rng.integers(0, 9)), round(rng.uniform(0.5, 9.5), 1),
                                 round(rng.uniform(-3, 12), 1))
        delta = round(rng.integers(2, 101) * 0.05, 2)
        a, b = lines.least_huber(x, y, delta)
        pull = losses.dhuber(y - a - b * x, delta)
        assert abs(pull.sum()) < 1e-7 and abs(pull @ x) < 1e-7  # the gradient is zero


def test_more_outliers_leave_the_other_points_where_they_are():
    few, many = lines.points(3, 2, 8, 0), lines.points(3, 6, 8, 0)
    good = ~many[2]
    assert not few[2][good].any() and np.array_equal(few[1][good], many[1][good]) and many[2].sum() == 6


def test_one_outlier_moves_the_mse_line_and_not_the_mae_line():
    """What the page is about, over seeds."""
    moved = [line.moved(LossesSpec(seed=seed)) for seed in range(40)]
    assert np.median([m["mse"] for m in moved]) > 8 * np.median([m["mae"] for m in moved])
    assert min(m["mse"] for m in moved) > 0.8


def test_the_figure_of_the_line_shows_its_fits():
    spec = LossesSpec(seed=5, share=15, outlier_x=2.0, outlier_y=9.0, delta=0.4)
    picture = line.draw(spec)
    for trace, loss in zip(picture.figures[0].figure["data"][1:4], line.FITS, strict=True):
        a, b = picture.numbers[loss]
        np.testing.assert_allclose(trace["y"], a + b * np.array(trace["x"]), rtol=1e-3)
    assert not line.draw(spec.changed(share=0)).handles


def test_an_outlier_near_the_line_is_said_to_be_harmless_and_only_then():
    near = LossesSpec(scene="line", outlier_x=5.0, outlier_y=round(lines.INTERCEPT + 5 * lines.SLOPE, 1))
    assert max(line.moved(near).values()) < line.HARMLESS and "harmless" in line.draw(near).notes[0].id
    for y in np.arange(-3, 12.1, 0.5).round(1).tolist():
        spec = LossesSpec(scene="line", outlier_x=9.5, outlier_y=y)
        assert ("harmless" in line.draw(spec).notes[0].id) <= (max(line.moved(spec).values()) < line.HARMLESS)
    own = line.draw(near).notes[-1]
    assert "without outliers" in own.id and own.args["went"] == line.moved(near)[near.fit]


def test_the_votes_under_mae_are_those_of_the_points_off_the_line():
    spec = LossesSpec(scene="line")
    said = next(note.args for note in line.draw(spec).notes if "voters" in note.args)
    assert said["voters"] < lines.POINTS and said["votes"] == pytest.approx(100 / said["voters"])


def test_each_slope_says_of_which_loss_it_is():
    assert [text.split("=")[0].strip() for _word, text in logit.draw(LossesSpec(scene="logit")).formulas] == [
        rf"\frac{{\partial L_{{\mathrm{{{loss}}}}}}}{{\partial z}}" for loss in ("CE", "MSE")]


# ---- the lab

@pytest.mark.parametrize("loss", loss_lab.LOSSES)
@pytest.mark.parametrize("weighted", [False, True])
def test_the_lab_trains_as_adam_does_on_the_gradient_of_the_chain_rule(loss, weighted):
    """Two losses side by side against one network at a time, its gradient by core.maths.dense, its steps by the textbook's Adam."""
    kind = "curve" if loss in ("mse", "mae", "huber") else "classes"
    found = loss_lab.points(kind, 10, 20, 3)
    course = loss_lab.train((loss, loss), kind, 10, 20, weighted, 3)[1]
    value, derivative = loss_lab.LOSSES[loss]
    share = loss_lab.weight(found, weighted) / len(found.x)
    w = flat(course.net)
    m = v = np.zeros_like(w)
    for t in range(1, 51):
        _, g = slope(shaped(course.net, w), found.x,
                     lambda o: (float((share * value(found.y, o)).sum()), share * derivative(found.y, o)))
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        w = w - 0.03 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-7 / np.sqrt(1 - 0.999**t))
    np.testing.assert_allclose(course.weights[5], w, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("loss", loss_lab.LOSSES)
def test_the_lab_s_losses_have_their_slopes(loss):
    value, derivative = loss_lab.LOSSES[loss]
    y = LABELS if loss not in ("mse", "mae", "huber") else ERRORS
    numeric = (value(y, LOGITS + 1e-6) - value(y, LOGITS - 1e-6)) / 2e-6
    np.testing.assert_allclose(derivative(y, LOGITS), numeric, rtol=1e-5, atol=1e-8)


@pytest.mark.slow
@pytest.mark.parametrize("loss", ["MeanSquaredError", "Huber", "BinaryCrossentropy"])
def test_the_lab_trains_as_keras_does(loss):
    import keras

    short = {"MeanSquaredError": "mse", "Huber": "huber", "BinaryCrossentropy": "bce"}[loss]
    kind = "classes" if short == "bce" else "curve"
    found, course = loss_lab.points(kind, 10, 20, 1), loss_lab.train((short,), kind, 10, 20, True, 1)[0]
    options = {"Huber": {"delta": 0.5}, "BinaryCrossentropy": {"from_logits": True}}.get(loss, {})
    before = keras.config.floatx()
    keras.config.set_floatx("float64")
    try:
        units = course.net.weights[0].shape[1]
        model = keras.Sequential([keras.layers.Dense(units, activation="tanh"), keras.layers.Dense(1)])
        model.build((None, found.x.shape[1]))
        model.set_weights([v for pair in zip(course.net.weights, course.net.biases, strict=True) for v in pair])
        model.compile(keras.optimizers.Adam(loss_lab.RATE), loss=getattr(keras.losses, loss)(**options))
        model.fit(found.x, found.y, sample_weight=loss_lab.weight(found, True)[:, 0], batch_size=len(found.x), epochs=50, verbose=0)
    finally:
        keras.config.set_floatx(before)
    np.testing.assert_allclose(np.concatenate([np.ravel(w) for w in model.get_weights()]), course.weights[5], atol=2e-4)


@pytest.mark.slow
def test_outliers_pull_the_mse_curve_and_not_the_mae_curve():
    spec = LossesSpec(scene="lab", wrong=20)
    off = [[np.hypot(*lab.draw(spec.changed(lab_seed=seed)).numbers[k]) for k in ("first", "second")] for seed in range(12)]
    assert sum(mse > 1.5 * mae for mse, mae in off) >= 10


@pytest.mark.slow
def test_a_rare_class_is_told_worse_and_weights_help():
    spec = LossesSpec(scene="lab", pair="bce_mse", wrong=0, rare=5)
    told = lambda s: np.mean([lab.draw(s.changed(lab_seed=seed)).numbers["first"][1] for seed in range(12)])  # noqa: E731
    assert told(spec) < told(spec.changed(weighted=True)) and told(spec) < told(spec.changed(rare=50)) - 0.05


def test_weights_make_both_groups_count_the_same():
    found = loss_lab.points("classes", 10, 20, 0)
    weight = loss_lab.weight(found, True)[:, 0]
    assert weight.mean() == pytest.approx(1) and weight[found.rare].sum() == pytest.approx(weight[~found.rare].sum())


# ---- the other scenes

def test_the_gradient_of_softmax_is_a_finite_difference_of_its_loss():
    spec = LossesSpec(scene="softmax", logit_a=0.5, logit_b=-1.2, logit_c=2.4, truth="c")
    z, y = softmax.logits(spec), softmax.one_hot(spec)
    for k, g in enumerate(softmax.draw(spec).numbers["gradient"]):
        up = z + 1e-6 * np.eye(3)[k]
        down = z - 1e-6 * np.eye(3)[k]
        loss = losses.categorical_crossentropy_logits
        assert g == pytest.approx((loss(y, up) - loss(y, down)) / 2e-6, abs=1e-8)


@pytest.mark.slow
def test_the_noise_of_a_loss_is_scipy_s():
    from scipy import stats

    x = np.linspace(-3, 5, 40)
    np.testing.assert_allclose(losses.gaussian(x, 1.2), stats.norm.pdf(x, 1.2))
    np.testing.assert_allclose(losses.laplace(x, 1.2), stats.laplace.pdf(x, 1.2))
    np.testing.assert_allclose(losses.bernoulli(np.array([0, 1]), 0.3), stats.bernoulli.pmf([0, 1], 0.3))
    for seed in range(5):
        spec = LossesSpec(scene="noise", seed=seed)
        samples = noise.samples(spec)
        guesses = np.linspace(-2, 8, 5001)
        assert guesses[noise.likelihood("mse", samples, guesses).argmin()] == pytest.approx(samples.mean(), abs=2e-3)
        assert guesses[noise.likelihood("mae", samples, guesses).argmin()] == pytest.approx(np.median(samples), abs=2e-3)
        np.testing.assert_allclose(noise.likelihood("mse", samples, guesses), [-stats.norm.logpdf(samples, c).mean() for c in guesses])


def test_descent_climbs_out_by_cross_entropy_and_not_by_mse():
    by_ce = losses.descent(lambda z: losses.dbinary_crossentropy_logits(1.0, z), -7.0, 1.0, 100)
    by_mse = losses.descent(lambda z: losses.dsquared_logits(1.0, z), -7.0, 1.0, 100)
    assert len(by_ce) == 101 and sigmoid(by_ce[-1]) > 0.9 and sigmoid(by_mse[-1]) < 0.01


def test_numbers_for_the_browser_are_short():
    assert rounded([1 / 3, 0.0, np.inf, -123456.789]) == [0.33333, 0.0, None, -123460.0]


# ---- challenges

def passed(challenge, spec):
    return challenge.allows(spec) is None and challenge.state(spec)[0]


def test_the_challenge_on_outliers_asks_for_a_delta_in_between():
    challenge = next(c for c in CHALLENGES if c.id == "losses-outliers")
    good = challenge.reference
    assert passed(challenge, good) and passed(challenge, good.changed(delta=0.6)) and passed(challenge, good.changed(delta=1.0))
    for miss in ({"fit": "mse"}, {"fit": "mae"}, {"delta": 0.4}, {"delta": 1.2}, {"share": 5}, {"outlier_y": 4.0}, {"scene": "lab"}):
        assert not passed(challenge, good.changed(**miss)), miss
    said = {loss: challenge.state(good.changed(fit=loss))[1].id for loss in ("mse", "mae")}
    assert "pull too hard" in said["mse"] and "listens too little" in said["mae"]


def test_the_challenge_on_the_steepest_place_is_where_the_slope_is_greatest():
    challenge = next(c for c in CHALLENGES if c.id == "losses-steepest")
    z = np.linspace(-8, 8, 16001)
    best = float(z[np.abs(losses.dsquared_logits(1.0, z)).argmax()])
    spec = LossesSpec(scene="logit", logit=round(best * 20) / 20)
    assert passed(challenge, spec) and not passed(challenge, spec.changed(logit=-0.85)) and not passed(challenge, spec.changed(logit=-0.55))
    assert not passed(challenge, spec.changed(scene="from_logits"))


def test_every_scene_draws_at_the_ends_of_its_sliders():
    """No setting of a slider leaves a figure without its numbers."""
    for scene in STUDY.scenes:
        for name in scene.controls:
            least, greatest = LossesSpec.bounds(name)
            for value in (least, greatest):
                if value is not None:
                    assert scene.draw(LossesSpec(scene=scene.id).changed(**{name: value})).notes


def test_each_issue_s_loss_of_a_probability_is_a_curve_with_its_slope():
    for label, p in ((1.0, 0.2), (0.6, 0.35), (0.0, 0.9)):
        spec = LossesSpec(scene="curves", label=label, probability=p)
        both = curves.tables(spec)["probability"]
        assert set(both) == {"bce", "kl", "cce", "mse"}
        for value, derivative in both.values():
            np.testing.assert_allclose(derivative(p), (value(p + 1e-6) - value(p - 1e-6)) / 2e-6, rtol=1e-6, atol=1e-8)
        three = np.array([p, (1 - p) / 2, (1 - p) / 2])
        labels = np.array([label, (1 - label) / 2, (1 - label) / 2])
        some = labels > 0
        assert both["cce"][0](p) == pytest.approx(-(labels[some] * np.log(three[some])).sum())


def test_what_is_said_of_curves_holds_at_their_kinks_and_ties():
    said = [note.id for note in curves.draw(LossesSpec(scene="curves", error=0.0)).notes]
    assert said[0].startswith("No error") and not any("MAE still pulls" in text for text in said)
    level = LossesSpec(scene="softmax", logit_a=2.0, logit_b=2.0, logit_c=-1.0, truth="b")
    assert "level" in softmax.draw(level).notes[0].id
    assert "bets on" in softmax.draw(level.changed(logit_a=2.05)).notes[0].id


def test_no_outlier_leaves_the_picture():
    figure = line.draw(LossesSpec(share=40, outlier_x=9.5, outlier_y=12.0)).figures[0].figure
    (left, right), (low, high) = figure["layout"]["xaxis"]["range"], figure["layout"]["yaxis"]["range"]
    for trace in figure["data"]:
        if trace["mode"] == "markers":
            assert left < min(trace["x"]) and max(trace["x"]) < right and low < min(trace["y"]) and max(trace["y"]) < high


# ---- what is said

def every_spec(name, count):
    """Random settings of a scene, and its picture for each."""
    one = next(scene for scene in STUDY.scenes if scene.id == name)
    for seed in range(count):
        spec = random_spec(STUDY, one, np.random.default_rng(seed))
        yield spec, one.draw(spec)


def claims(picture, part):
    """The arguments of the sentences with these words."""
    return [note.args for note in picture.notes if part in note.id]


def test_the_lab_says_what_is_so_of_both_losses():
    for spec, picture in every_spec("lab", 40):
        a, b = np.array(picture.numbers["first"]), np.array(picture.numbers["second"])
        worse = [one[1] > one[0] if loss_lab.task(spec.pair) == "curve" else one[1] < one[0] for one in (a, b)]
        assert not claims(picture, "under both losses") or all(worse)
        assert not claims(picture, "under one of the losses only") or worse[0] != worse[1]
        assert not claims(picture, "happen to be enough") or not any(worse)
        for args in claims(picture, "does no better"):
            assert args["y"] > args["x"] - 0.021
        for args in (*claims(picture, "holds on a little better"), *claims(picture, "They pull the curve")):
            assert args["y"] < args["x"] and spec.wrong
        for args in claims(picture, "near the truth:"):
            assert max(args["x"], args["y"]) < 0.25 and not spec.wrong


def test_nobody_is_called_sure_who_is_not():
    for p, y, words in ((0.45, 1.0, "Wrong, but not sure"), (0.1, 1.0, "Sure and wrong"), (0.7, 0.0, "Wrong, but not sure")):
        assert claims(curves.draw(LossesSpec(scene="curves", probability=p, label=y)), words)
    for z, words in ((-2.0, "Wrong, though"), (2.0, "Right, though"), (0.5, "In doubt"), (-4.0, "sure and wrong"), (4.0, "Sure and right")):
        assert claims(logit.draw(LossesSpec(scene="logit", logit=z)), words)
    level = LossesSpec(scene="softmax", logit_a=2.0, logit_b=2.0, logit_c=-1.0)
    assert all("level" in softmax.draw(level.changed(truth=truth)).notes[0].id for truth in "ab")


def test_one_outlier_says_what_is_so():
    for spec, picture in every_spec("line", 60):
        went = line.moved(spec) if line.outliers(spec) else {}
        for _args in claims(picture, "gives way as well"):
            assert went["mae"] > 2 and went["mse"] > 1
        for args in claims(picture, "harmless"):
            assert max(went.values()) <= args["most"]
        x, y, _far = lines.points(spec.seed, line.outliers(spec), spec.outlier_x, spec.outlier_y)
        for args in claims(picture, "the points beyond it"):
            a, b = line.lines(spec)["huber"]
            assert args["beyond"] == (np.abs(a + b * x - y) > spec.delta).sum()


def test_large_factors_are_said_in_digits():
    for name in ("logit", "from_logits"):
        one = next(scene for scene in STUDY.scenes if scene.id == name)
        said = " ".join(say(note) for note in one.draw(LossesSpec(scene=name, logit=-8.0)).notes)
        assert not re.search(r"e[+]\d", said), said


def test_on_clean_data_the_two_losses_hardly_differ():
    """In the trial that says so, and with most seeds."""
    trial = next(one for one in lab.SCENE.trials if one.button == "Clean data")
    (args,) = claims(lab.draw(LossesSpec(**trial.values)), "Without outliers")
    assert abs(args["x"] - args["y"]) < 0.02 and max(args["x"], args["y"]) < 0.1
    ends = [claims(lab.draw(LossesSpec(**trial.values).changed(lab_seed=seed)), "")[0] for seed in range(9)]
    assert sum(abs(end["x"] - end["y"]) < 0.03 for end in ends) > 4
    outliers = claims(lab.draw(LossesSpec(**trial.values).changed(wrong=10)), "")[0]
    assert outliers["x"] - outliers["y"] > 0.2


def test_no_point_is_called_wrong_where_none_is():
    trial = next(one for one in lab.SCENE.trials if one.button == "A rare class, weighed")
    for wrong in (0, 10):
        notes = lab.draw(LossesSpec(**trial.values).changed(wrong=wrong)).notes
        (note,) = [note for note in notes if note.id.startswith("Each of the few")]
        assert ("a wrong one" in note.id) == (wrong > 0)
