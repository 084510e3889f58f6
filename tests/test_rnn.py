"""What the page on recurrent networks says and draws, against finite differences, Keras, and its own definitions."""

import numpy as np
import pytest

from core.figures.rnn import STUDY, exploding, exploding_words, gap, gap_words, unrolled
from core.frame import Trouble
from core.i18n import say
from core.insight.exercises.rnn import survives
from core.maths import cells, cliff, fading, through_time
from core.maths import unrolled as letters
from core.specs.rnn import RnnSpec


@pytest.mark.parametrize("seed", range(6))
def test_the_slope_of_the_cliff_is_that_of_finite_differences_and_of_back_propagation(seed):
    rng = np.random.default_rng(seed)
    w, b, start, target = rng.uniform(0, 2), rng.uniform(-1, 1), rng.uniform(-1, 1), rng.uniform(-0.9, 0.9)
    n, h = int(rng.integers(1, 8)), 1e-6
    found = cliff.slope(w, b, n, start, target)
    loss = lambda w, b: cliff.slope(w, b, n, start, target).loss  # noqa: E731
    assert found.w == pytest.approx((loss(w + h, b) - loss(w - h, b)) / (2 * h), abs=1e-6)
    assert found.b == pytest.approx((loss(w, b + h) - loss(w, b - h)) / (2 * h), abs=1e-6)
    weights = cells.Weights(np.zeros((1, 1)), np.array([[w]]), np.array([b]))
    begin, x = {"h": np.array([start])}, np.zeros((n, 1))
    done = cells.forward("rnn", weights, x, start=begin)
    last = done["h"][-1, 0]
    assert found.loss == pytest.approx((last - target) ** 2)
    upstream = np.zeros((n, 1))
    upstream[-1] = 2 * (last - target)
    parts = through_time.contributions("rnn", through_time.backward("rnn", weights, done, upstream, start=begin), x, done, begin)
    assert [found.w, found.b] == pytest.approx([parts.recurrent.sum(), parts.bias.sum()])
    grid = cliff.slope(np.array([w, 0.5]), np.array([b, 0.1]), n, start, target)
    assert grid.loss[0] == pytest.approx(found.loss) and grid.w[0] == pytest.approx(found.w)


@pytest.mark.parametrize("seed", range(4))
def test_clipping_is_that_of_keras(seed):
    import keras

    rng = np.random.default_rng(seed)
    gradient, limit = rng.normal(size=2) * 10.0 ** rng.integers(-1, 3), float(rng.uniform(0.1, 5))
    place = keras.Variable(np.zeros(2, "float32"))
    keras.optimizers.SGD(1.0, global_clipnorm=limit).apply_gradients([(gradient.astype("float32"), place)])
    np.testing.assert_allclose(-np.asarray(place), cliff.clipped(gradient, limit), rtol=1e-5)


@pytest.mark.parametrize("initializer", ["orthogonal", "glorot", "identity"])
def test_recurrent_kernels_are_what_their_names_say(initializer):
    import keras

    for cell in cells.CELLS:
        units, rng = 24, np.random.default_rng(0)
        drawn = cells.random(cell, 3, units, 5).recurrent
        found = fading.recurrent(initializer, drawn, rng)
        assert found.shape == drawn.shape
        if initializer == "orthogonal":
            np.testing.assert_allclose(found @ found.T, np.eye(units), atol=1e-12)
        elif initializer == "identity":
            for k in range(0, found.shape[1], units):
                np.testing.assert_array_equal(found[:, k:k + units], np.eye(units))
        else:
            theirs = np.asarray(keras.initializers.GlorotUniform(seed=1)(found.shape))
            assert np.abs(found).max() <= np.sqrt(6 / sum(found.shape)) and found.std() == pytest.approx(theirs.std(), rel=0.05)


def test_a_gradient_begins_with_one_and_stays_within_its_bound():
    for scale in (0.8, 1.0, 1.6):
        spec = RnnSpec(scene="gap", recurrent_scale=scale, network_units=12)
        found, most = gap.measured(spec), gap.bound(spec)
        for fade in found.values():
            np.testing.assert_allclose(fade.h[:, 0], 1)
        assert (fade := found["rnn"]).h.shape == (fading.NETWORKS, fading.LENGTH + 1)
        assert (fade.h[0, 1:] <= np.cumprod(most) * (1 + 1e-9)).all()
        # the first of them by itself: ∂h_T/∂h_t as a product of matrices
        u, h = fade.weights.recurrent[0], fade.states["h"][0]
        jacobian = np.eye(12)
        for k in range(5):
            jacobian = jacobian @ (np.diag(1 - h[-1 - k] ** 2) @ u.T)
        assert np.linalg.svd(jacobian, compute_uv=False)[-1] <= fade.h[0, 5] <= np.linalg.norm(jacobian, 2) * (1 + 1e-9)


def test_what_the_trials_of_the_gap_promise():
    at = lambda **values: {cell: np.median(fade.carried, axis=0) for cell, fade in  # noqa: E731
                           gap.measured(RnnSpec(scene="gap").revised(**values)).items()}
    silent = at(strength=0.0)
    np.testing.assert_allclose(silent["rnn"], 1)
    opening = at()
    assert opening["gru"][20] < min(opening["rnn"][20], opening["lstm"][20]), "of the three the GRU forgets fastest"
    assert at(forget_bias=0.0)["lstm"][20] < opening["lstm"][20] / 30
    opened = at(forget_bias=3.0, update_bias=3.0)
    assert min(opened["lstm"][20], opened["gru"][20]) > 10 * opened["rnn"][20]
    assert at(recurrent_scale=2.0)["rnn"][60] > 100 > opening["rnn"][60]


@pytest.mark.parametrize("values", [{}, {"forget_bias": 3.0, "gap": 60}, {"network_units": 9, "gap": 7, "seed": 3}])
def test_what_arrives_in_the_memory_is_what_it_begins_with_times_every_step(values):
    spec = RnnSpec(scene="gap").revised(**values)
    found = gap.measured(spec)["lstm"]
    said = gap_words.begun(spec, found).args
    start, factor = float(said["start"]), float(said["factor"])
    assert start == pytest.approx(np.median(found.c[:, 0]), rel=0.06) and start < 0.9
    assert start * factor**spec.gap == pytest.approx(float(np.median(found.c[:, spec.gap])), rel=0.1)
    assert say(gap_words.begun(spec, found)) in [say(note) for note in gap.draw(spec).notes]


def test_what_is_said_of_the_longest_gradient_holds_on_the_grid_only():
    spec = RnnSpec(scene="exploding")
    both, (_w, _b, _loss, norm) = exploding.paths(spec), exploding.ground(spec.unrolled_steps, spec.start, spec.target, 61, 49)
    three = exploding_words.notes(spec, both, (_w, _b, _loss, norm))[-1]
    assert three.args["count"] == "2,989" and float(three.args["size"]) == pytest.approx(norm.max(), rel=0.05)
    assert max(one.norm.max() for one in both.values()) > norm.max(), "a path meets a longer one between the grid’s places"
    assert "{count} places of a grid" in three.id


@pytest.mark.parametrize("scale, passes", [(1.0, False), (1.6, True), (1.7, True), (2.0, False)])
def test_sixty_steps_need_a_balance(scale, passes):
    assert survives(RnnSpec(scene="gap", gap=60, recurrent_scale=scale))[0] is passes
    assert not survives(RnnSpec(scene="gap", gap=60, recurrent_scale=scale, initializer="identity"))[0]


@pytest.mark.parametrize("text", ["", "ab", "aaaa", "a" * 7 + "b" * 8, "  ab  "])
def test_a_text_that_cannot_be_drawn_is_refused_in_words(text):
    with pytest.raises(Trouble) as refused:
        unrolled.SCENE.draw(RnnSpec(scene="unrolled", text=text))
    assert say(refused.value.message)


@pytest.mark.parametrize("cut", ["window", "pieces"])
def test_steps_add_up_to_the_whole_gradient_and_the_longest_window_cuts_nothing(cut):
    found = letters.guessed("what a cat", 5, 1.2, 3)
    whole = letters.gradient(found, 9, cut)
    direction = whole.whole / np.linalg.norm(whole.whole)
    assert whole.along(direction).sum() == pytest.approx(np.linalg.norm(whole.whole))
    assert letters.alike(whole.whole, letters.gradient(found, 40, cut).whole) == pytest.approx((1, 1))
    few = letters.gradient(found, 3, cut)
    kept = np.arange(9)[None, :] >= through_time.firsts(9, 3, cut)[:, None]
    assert not few.of[~kept].any()
    np.testing.assert_allclose(few.of[kept & (np.arange(9)[None, :] <= np.arange(9)[:, None])],
                               whole.of[kept & (np.arange(9)[None, :] <= np.arange(9)[:, None])], atol=1e-12)
    assert found.losses == pytest.approx(-np.log(found.chances[np.arange(9), found.told]))


def test_a_shorter_text_takes_the_loss_and_the_window_with_it():
    spec = RnnSpec(scene="unrolled").revised(at=10, window=9).revised(text="cat")
    assert (spec.at, spec.window) == (2, 2) and spec.bounds_of("at") == (1, 2)


def test_the_page_opens_at_the_cliff_with_a_leap_that_clipping_prevents():
    both = exploding.paths(RnnSpec(scene="exploding"))
    assert both["free"].loss[-1] > 0.5 and both["free"].norm[-1] < 1e-3 and both["clipped"].loss[-1] < 0.05
    assert np.linalg.norm(np.diff(both["clipped"].places, axis=0), axis=1).max() <= 0.1 * 2 + 1e-12
    assert [scene.id for scene in STUDY.scenes] == ["cell", "gap", "unrolled", "exploding"]
