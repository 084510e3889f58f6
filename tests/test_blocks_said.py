"""What the pages on activation functions and back-propagation say, against the numbers, over random settings."""

import re

import numpy as np
import pytest

from core.figures import activations, backpropagation, convolution, data_preparation, losses
from core.figures.backpropagation import diagram
from core.frame import Trouble
from core.i18n import say
from core.maths import depth
from core.maths.activations import activation
from core.maths.backpropagation import after_step, chain
from tests.studies import random_spec

STUDIES = {"activations": activations.STUDY, "backpropagation": backpropagation.STUDY, "convolution": convolution.STUDY,
           "data_preparation": data_preparation.STUDY, "losses": losses.STUDY}


def cases(page, scene, count=60, **values):
    """Random settings of a scene, each with what is said of it; what cannot be drawn is left out."""
    study = STUDIES[page]
    found = study.scene(study.spec(scene=scene))
    for seed in range(count):
        spec = random_spec(study, found, np.random.default_rng(1000 + seed)).changed(**values)
        try:
            yield spec, [note.id for note in found.draw(spec).notes], "\n".join(map(say, found.draw(spec).notes))
        except Trouble:
            continue


def said(page, **values):
    study = STUDIES[page]
    spec = study.spec(**values)
    return "\n".join(map(say, study.scene(spec).draw(spec).notes))


def test_where_a_function_is_said_to_be_flat_it_is_and_elsewhere_it_is_not():
    z = np.linspace(-25, 25, 5001)
    for spec, _ids, text in cases("activations", "curves", 150):
        size = np.abs(activation(spec.activation, **spec.parameters(spec.activation)).df(z))
        if "flat nowhere" in text:
            assert (size >= spec.flat).all(), spec
        if "flat everywhere" in text:
            assert (size < spec.flat).all(), spec
        if found := re.search(r"below z = (-?[\d.]+)", text):
            assert (size[z < float(found[1]) - 0.02] < spec.flat).all(), spec
        if found := re.search(r"around its minimum, from (-?[\d.]+) to (-?[\d.]+)", text):
            low, high = map(float, found.groups())
            assert (size[(z > low + 0.02) & (z < high - 0.02)] < spec.flat).all() and (size[z > high + 0.02] >= spec.flat).all()
        elif "never saturates" in text:
            beyond = size[(z > float(re.search(r"below z = (-?[\d.]+)", text)[1]) + 0.02)]
            assert (beyond < spec.flat).sum() * 0.01 < 0.52, spec  # but for a short stretch around a minimum
        assert "-0.00" not in text


@pytest.mark.parametrize(("page", "values", "there", "not_there"), [
    ("activations", {"activation": "silu", "flat": 0.01}, "flat on one side only: below z = -6", "nowhere"),
    ("activations", {"activation": "gelu", "flat": 0.1}, "around its minimum", "one side only"),
    ("activations", {"activation": "gelu", "z": -1.4, "flat": 0.2}, "only 0.129 passes, and with the other sign", "-0.129"),
    ("activations", {"activation": "gelu", "z": 5.5}, "all but undiminished", "grows by it"),
    ("activations", {"activation": "leaky_relu", "negative_slope": 0.0}, "is ReLU itself", "dead for good"),
    ("activations", {"activation": "leaky_relu", "negative_slope": 1.0}, "nothing bends", "dead for good"),
    ("activations", {"activation": "elu", "alpha": 0.4}, "jumps from α = 0.4 to 1", "1 on both sides"),
    ("activations", {"activation": "elu"}, "1 on both sides", "jumps"),
    ("activations", {"scene": "deep", "hidden_activation": "step", "skip": True}, "along the skip connections", "hear about as much"),
    ("activations", {"scene": "neuron", "w1": 0.1, "w2": 0.1, "bias": 5.0}, "lies outside", "dashed line"),
    ("activations", {"scene": "softmax", "temperature": 0.05, "dog": 1.75, "cat": 2.0}, "still 0.13", "nearly 0"),
    ("activations", {"scene": "softmax", "temperature": 2.0, "cat": 1.2, "dog": 0.0, "fish": 0.0}, "entropy is 1.9", "nearly equal"),
    ("backpropagation", {"expression": "x^2 + y", "x": 0.0}, "far less than that", "stays as it is"),
    ("backpropagation", {"expression": "relu(x) + y", "x": -1.0}, "stays as it is", "far less"),
    ("backpropagation", {"scene": "depth", "chain": "tanh", "gain": 6.0, "start": 0.05, "layers": 2}, "well below 1", "nearly 1"),
    ("backpropagation", {"scene": "guess", "activation": "relu"}, "1 where it answers, else 0", "1 / 0"),
])
def test_no_sentence_that_the_numbers_refute(page, values, there, not_there):
    text = said(page, **values)
    assert there in text and not_there not in text, text


@pytest.mark.slow
def test_with_skip_connections_nothing_dies():
    for spec, _ids, text in cases("activations", "deep", 60, skip=True):
        way = depth.journey(spec.hidden_activation, spec.initializer, spec.sigma if spec.initializer == "plain" else 0.0, spec.depth, True,
                            spec.seed, **spec.parameters(spec.hidden_activation))
        assert "neither can die" in text or "Only the skip connections" in text
        assert min(way.signal.min(), way.gradient[1:].min()) > 0.9


def test_where_the_factors_say_grows_it_grows():
    for spec, _ids, text in cases("activations", "deep", 80, skip=False):
        if found := re.search(r"together about ([\d.]+)\.", text):
            way = activations.deep.travelled(spec)
            each = way.returned ** (1 / (spec.depth - 1))
            assert abs(float(found[1]) - 1) < 0.15 or (float(found[1]) > 1) == (each > 1), (spec, each)


def test_the_neuron_s_line_is_spoken_of_where_it_is():
    g = np.linspace(-3, 3, 301)
    for spec, _ids, text in cases("activations", "neuron"):
        z = spec.w1 * g[:, None] + spec.w2 * g[None] + spec.bias
        assert ("dashed line" in text) == (z.min() < 0 < z.max()), spec


def test_softmax_is_called_what_it_is():
    for spec, _ids, text in cases("activations", "softmax", 120):
        z = np.array(spec.scores) / spec.temperature
        p = np.exp(z - z.max()) / np.exp(z - z.max()).sum()
        steepest = np.abs((np.diag(p) - np.outer(p, p)) / spec.temperature).max()
        assert "slopes are nearly 0" not in text or steepest <= 0.02
        assert "nearly equal" not in text or p.max() < 1.5 * p.min()


def test_a_larger_w_does_not_save_tanh_where_that_is_said():
    for spec, _ids, text in cases("backpropagation", "depth", 80, chain="tanh"):
        typical = [np.exp(np.log(np.abs(chain(spec.layers, gain, "tanh", spec.start).factors)).mean()) for gain in
                   (spec.gain, 1.1 * spec.gain)] if spec.start else [1.0, 1.0]
        if "does not save" in text:
            assert typical[1] < typical[0] < 1
        if "almost the whole factor" in text:
            assert typical[0] > 0.84 * spec.gain


@pytest.mark.slow
def test_the_step_is_said_to_do_what_it_does():
    rates = np.geomspace(0.001, 30, 400)
    for spec, _ids, text in cases("backpropagation", "update", 60):
        here = backpropagation.update.net_of(spec)
        size = float((here.gradient**2).sum())
        if not size:
            assert "Every gradient is 0" in text
            continue
        after, promise = float(after_step(here, [spec.learning_rate])[0]), here.loss - spec.learning_rate * size
        least = float(after_step(here, rates).min())
        assert ("landed higher" in text) == (after > here.loss)
        if "short enough" in text:
            assert abs(after - promise) <= 0.151 * (here.loss - promise)
        if "fell further" in text:
            assert after < promise
        if found := re.search(r"(?:single step is about|best single step, about|About) ([\d.e-]+)", text):
            assert float(after_step(here, [float(found[1].rstrip("."))])[0]) <= least + 0.05 * here.loss
        if "at its end or beyond" in text:
            assert float(after_step(here, [30.0])[0]) <= least + 1e-6


# ---- the network on a phone

@pytest.mark.parametrize("shape", ["2-3-2", "3-4-3-2"])
def test_on_a_phone_a_large_network_has_numbers_where_the_step_is(shape):
    study = STUDIES["backpropagation"]
    spec = study.spec().revised(scene="network", shape=shape)
    picture = study.scene(spec).draw(spec)
    here, narrow = backpropagation.network.net_of(spec), picture.figures[0].figure["layout"]["meta"]["narrow"]
    large = shape == "3-4-3-2"
    assert narrow["below"] > 390 and ("layout" in narrow) == large
    assert (narrow["traces"].get(diagram.WEIGHTS) == {"visible": False}) == large == (diagram.FEW in narrow["traces"])
    film = {t.trace: t.values for t in picture.film.tracks}
    names = diagram.edges(here.widths)
    for step, (path, few, seen) in enumerate(zip(film[diagram.LIT]["x"], film[diagram.FEW]["text"], film[diagram.FEW]["marker.opacity"],
                                                 strict=True)):
        told = [text for text in few if text != diagram.BLANK]
        assert len(told) == sum(seen) == path.count(None) <= max(here.widths), step
        for name, text in zip(names, few, strict=True):  # the number that the wide picture has there
            wide = film[diagram.GRADIENTS]["text"][step][names.index(name)]
            assert text in (diagram.BLANK, wide, film[diagram.WEIGHTS]["text"][step][names.index(name)])
    assert all("<br>t " in text for text in narrow["traces"][diagram.NAMES]["text"][-here.widths[-1]:])


def test_on_a_phone_the_guess_keeps_every_number_that_it_takes():
    study = STUDIES["backpropagation"]
    spec = study.spec().revised(scene="guess", shape="3-4-3-2")
    asked = backpropagation.guess.case_of(spec)
    narrow = study.scene(spec).draw(spec).figures[0].figure["layout"]["meta"]["narrow"]
    names = diagram.edges(asked.sample.widths)
    kept = {name for name, x in zip(names, narrow["traces"][diagram.WEIGHTS]["x"], strict=True) if x is not None}
    assert kept == {*asked.asked, *(name for name in names if name[1] in "23")}


@pytest.mark.parametrize(("page", "values", "there", "not_there"), [
    ("data_preparation", {"scene": "encode", "code_a": 1.0, "code_b": 1.0, "code_c": 1.0}, "One code for all three", "order"),
    ("data_preparation", {"scene": "encode", "code_a": 1.0, "code_b": 1.0, "code_c": 2.0}, "Two of the three have the same code", "order"),
    ("data_preparation", {"scene": "encode", "predicted": "flavanoids"}, "That is luck", "had to look"),
    ("losses", {"scene": "softmax", "logit_a": 3.0, "logit_b": -3.0}, "−ln 0.002428 = 6.02", "−ln 0.002 "),
])
def test_a_sentence_holds_where_it_is_said(page, values, there, not_there):
    text = said(page, **values)
    assert there in text and not_there not in text


def test_a_bright_pixel_that_stays_within_its_window_changes_nothing_of_what_is_kept():
    """The trial that draws one pixel: it is said so, rather than 0%."""
    scene = next(one for one in convolution.STUDY.scenes if one.id == "pooling")
    text = "\n".join(said("convolution", **{"scene": "pooling", **trial.values}) for trial in scene.trials)
    assert "and nothing of what is kept" in text and "only 0%" not in text


def test_the_weight_that_is_said_to_move_the_loss_most_does_so():
    """Of the weights between neurons; the gradient of a bias may be larger, and is not spoken of."""
    seen = 0
    for _spec, _ids, text in cases("backpropagation", "network", 40):
        assert "most sensitive" not in text
        seen += "Of the weights between neurons" in text
    assert seen > 5
