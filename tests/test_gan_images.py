"""The lab for made-up images: its step is Keras' own, it resumes to the bit, its judge is one, and its files can be read by others."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

from core.data.published import available
from core.export import gallery
from core.export.program import program
from core.figures.gan_images import ASK, figures
from core.figures.template import apply, to_json
from core.frame import Checkpoint, End, Frame
from core.insight.doctor import diagnose
from core.insight.exercises.gan_images import CHALLENGES, QUESTIONS
from core.insight.questions import Number
from core.labs import gan_images as lab
from core.labs import judge
from core.labs.imagining import between
from core.maths.nearest import nearest
from core.models.gan_images import build_discriminator, build_generator
from core.specs.gan_images import ARTICLE, COLLAPSE, DCGAN, MNIST, RAW, SQUASHED, ImageGanSpec, ImageGanView
from core.training import choices
from core.training.cache import Cache
from core.training.warm import warm
from tests.conftest import slow_after
from tests.programs import execute

warm()

SMALL: dict[str, Any] = {"points": 200, "epochs": 2, "noise_size": 7, "units": 16, "filters": 4, "batch_size": 32}
KINDS: list[dict[str, Any]] = [{}, SQUASHED, {"model": "dcgan", "conditional": True}, {"conditional": True, "smoothing": 0.1, "beta": 0.9},
                               {"model": "dcgan", "scale": "raw"}, {"optimizer": "sgd", "learning_rate": 0.01}]


LABS: Cache[Any] = Cache(limit=6)  # of this judge


@pytest.fixture(autouse=True)
def a_quick_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a judge is good for is tested by itself."""
    quick = judge.JUDGES["digits"].changed(filters=(4,), dense=(), epochs=2)
    monkeypatch.setitem(judge.JUDGES, "digits", quick)
    monkeypatch.setattr(lab, "_labs", LABS)


def run(spec: ImageGanSpec, **more: Any) -> tuple[list[Frame], list[Any]]:
    items = list(lab.train(spec, **more))
    return [item for item in items if isinstance(item, Frame)], items


def of(**values: Any) -> ImageGanSpec:
    return ImageGanSpec(**{**SMALL, **values})


def weights(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: array for name, array in arrays.items() if name[0] in "gdn" and name[1:].isdigit()}


@pytest.mark.parametrize("changes", slow_after([(kind,) for kind in KINDS], 4))
def test_a_step_is_that_of_two_networks_with_an_optimizer_each(changes: dict[str, Any]) -> None:
    spec = of(seed=5, **changes)
    sample = lab.sample_of(spec)
    one = lab.lab_of(spec)
    one.reset(spec)
    one.program.gather()
    one.program.reset_optimizer()
    one.program.begin(spec.seed, spec.smoothing)
    x, y, masks, points = lab.tensors(spec, sample)
    order = np.random.default_rng(1).permutation(points).astype(np.int32)[None]
    steps = -(-points // spec.batch_size)
    rates = np.full((1, steps), spec.learning_rate, np.float32)
    _rows, sums, done, finite = one.program.advance(x, y, masks, order, rates)
    assert done == steps and finite

    made, judged = build_generator(spec), build_discriminator(spec)
    each = [choices.optimizer(spec.optimizer, spec.learning_rate) for _ in "12"]
    for optimizer in each:
        if spec.optimizer == "adam":
            optimizer.beta_1 = spec.beta
    entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    wanted, total = 1 - spec.smoothing, np.zeros(5)
    for step in range(steps):
        batch = order[0, step * spec.batch_size:(step + 1) * spec.batch_size]
        real = tf.constant(sample.x[batch], tf.float32)
        real = real if spec.scale == "raw" else real / 127.5 - 1
        kind = [tf.constant(sample.y[batch][:, None])] if spec.conditional else []
        noise = tf.random.stateless_normal((len(batch), spec.noise_size), [spec.seed, step])
        with tf.GradientTape() as first, tf.GradientTape() as second:
            fakes = made([noise, *kind] if kind else noise, training=True)
            of_real, of_fake = (judged([part, *kind] if kind else part, training=True) for part in (real, fakes))
            if spec.answer == "sigmoid":
                of_real, of_fake = (1 / (1 + tf.exp(-logits)) for logits in (of_real, of_fake))
            loss_d = entropy(wanted * tf.ones_like(of_real), of_real) + entropy(tf.zeros_like(of_fake), of_fake)
            loss_g = entropy(tf.ones_like(of_fake), of_fake)
        p_real, p_fake = tf.sigmoid(of_real), tf.sigmoid(of_fake)
        if spec.scale != "raw":  # where the sigmoid is full, a probability's logarithm is no oracle any more
            by_hand = -tf.reduce_mean(wanted * tf.math.log(p_real) + (1 - wanted) * tf.math.log(1 - p_real))
            assert_allclose([loss_d, loss_g], [by_hand - tf.reduce_mean(tf.math.log(1 - p_fake)), -tf.reduce_mean(tf.math.log(p_fake))],
                            rtol=1e-5)
        for tape, loss, net, optimizer in zip((first, second), (loss_g, loss_d), (made, judged), each, strict=True):
            optimizer.apply(tape.gradient(loss, net.trainable_variables), net.trainable_variables)
        total += len(batch) * np.array([loss_g, loss_d, tf.reduce_mean(p_real), tf.reduce_mean(p_fake), 1])
    one.program.scatter()
    for net, theirs in ((made, one.model.generator), (judged, one.model.discriminator)):
        for v, w in zip(net.trainable_variables, theirs.trainable_variables, strict=True):
            assert_allclose(w, v, atol=2e-5)
    assert_allclose(sums, total, rtol=1e-4)


@pytest.mark.parametrize("changes", slow_after([({},), ({"model": "dcgan", "dropout": 0.2},), ({"conditional": True},)], 2))
def test_a_run_goes_on_from_any_checkpoint_to_the_same_bits(changes: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.training.loop.CHECKPOINT_S", 0.0)
    spec = of(epochs=3, **changes)
    frames, items = run(spec)
    points = [item for item in items if isinstance(item, Checkpoint)]
    assert points
    again, _ = run(spec, resume=points[len(points) // 2])
    assert json.dumps(frames[-1].rows) == json.dumps(again[-1].rows)
    for name, array in frames[-1].arrays.items():
        assert_array_equal(array, again[-1].arrays[name])


def test_a_branch_that_changes_nothing_is_the_run_it_leaves() -> None:
    spec = of(epochs=4)
    whole, _ = run(spec)
    branch, _ = run(spec.fork(2))
    for name, array in weights(whole[-1].arrays).items():
        assert_array_equal(array, branch[-1].arrays[name])


PROGRAMS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"conditional": True, "smoothing": 0.1}, {}), ({"model": "dcgan", "dropout": 0.2, "schedule": "cosine"}, {}),
    ({}, {"learning_rate": 0.002, "smoothing": 0.2}), ({"model": "dcgan", "conditional": True}, {"optimizer": "rmsprop"}), (RAW, {}),
    ({"optimizer": "momentum", "learning_rate": 0.003}, {"batch_size": 24}), (SQUASHED, {})]


@pytest.mark.parametrize(("changes", "later"), slow_after(PROGRAMS, 3))
def test_a_program_ends_in_the_labs_weights(changes: dict[str, Any], later: dict[str, Any], tmp_path: Path,
                                            monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    spec = of(seed=3, **changes)
    spec = spec.fork(1, **later) if later else spec
    frames, items = run(spec)
    assert items[-1].state == "finished"
    ran = execute(program(spec))
    mine = weights(frames[-1].arrays)
    for letter, net in (("g", ran["generator"]), ("d", ran["discriminator"])):
        theirs = lab.network(spec, {"g": "generator", "d": "discriminator"}[letter], mine)
        for v, w in zip(net.weights, theirs.weights, strict=True):
            near = 1e-3 if mine["g0"].dtype == np.float16 else 1e-6  # which a frame of a larger network keeps
            assert_allclose(v, w, rtol=near, atol=near)
    sheet = np.asarray(Image.open("fakes.png").convert("L"))
    columns = 10 if spec.conditional else 8
    shown = frames[-1].arrays["fakes"].reshape(-1, columns, 8, 8).transpose(0, 2, 1, 3).reshape(sheet.shape)
    assert np.abs(sheet.astype(int) - shown).max() <= 1


@pytest.mark.parametrize("conditional", [False, True])
def test_frames_are_complete_and_every_figure_draws_them(conditional: bool) -> None:
    spec = of(model="dcgan", conditional=conditional)
    frames, items = run(spec)
    rows = [row for frame in frames for row in frame.rows]
    assert [row["epoch"] for row in rows] == [0, 1, 2] and isinstance(items[-1], End)
    last, n = frames[-1].arrays, 60 if conditional else 64
    assert last["fakes"].shape == (n, 8, 8, 1) and last["fakes"].dtype == np.uint8
    answers = judge.judge_of("digits").model.predict(last["fakes"].astype(np.float32), verbose=0)
    sure = answers.max(1)
    assert_allclose(last["fakes_sure"], sure, atol=0.05)  # the frame's are of pixels that were not rounded
    assert last["counts"].shape == ((10 if conditional else 1), 10) and last["counts"].sum() == round(500 * rows[-1]["sure"])
    assert rows[-1]["classes"] == (last["counts"].sum(0) >= 5).sum()
    if conditional:
        assert (last["fakes_asked"] == np.tile(np.arange(10), 6)).all()
    shown = figures(spec, ImageGanView())
    assert json.dumps(to_json(shown))
    asked = lab.ask(spec, "look", last, {"image": 3})
    assert set(asked) == set(ASK["neurons"]["replaces"])
    both = Frame(0, 2, 0.0, [], last | asked)
    for template in shown:
        drawn = apply(template, both, rows)
        assert "–" not in drawn["layout"]["title"]["text"], template.id


def test_a_fake_is_compared_with_what_was_learned_and_walked_to_from_another() -> None:
    spec = of()
    last = run(spec)[0][-1].arrays
    sample = lab.sample_of(spec)
    found = lab.ask(spec, "look", last, {"image": 5, "before": 9})
    fake = last["fakes"][5].astype(float)
    far = np.sqrt(np.square(sample.x[:sample.train] - fake).mean((1, 2, 3)))
    assert_array_equal(found["near"][0], sample.x[far.argmin()])
    assert np.abs(found["between"][0].astype(int) - last["fakes"][9]).max() <= 1
    assert np.abs(found["between"][-1].astype(int) - last["fakes"][5]).max() <= 1
    ratio = found["near_far"] / found["near_far"][0]
    assert_allclose(ratio, np.sort(far)[:10] / far.min(), rtol=0.02)
    for wrong in ({"image": 64}, {"image": -1}, {"image": 0, "before": "x"}, {"image": "1"}):
        with pytest.raises(ValueError):
            lab.ask(spec, "look", last, wrong)
    with pytest.raises(ValueError):
        lab.ask(spec, "anything", last, {})


def test_more_are_made_the_same_from_the_same_seed() -> None:
    spec = of(conditional=True)
    last = run(spec)[0][-1].arrays
    a, b, c = (lab.ask(spec, "make", last, {"count": 12, "seed": seed, "kind": 4}) for seed in (1, 1, 2))
    assert_array_equal(a["made"], b["made"])
    assert (a["made"] != c["made"]).any() and a["made"].shape == (12, 8, 8, 1)
    for wrong in ({"count": 0}, {"count": 101}, {"kind": 10}, {"seed": -1}):
        with pytest.raises(ValueError):
            lab.ask(spec, "make", last, wrong)


@pytest.mark.parametrize("changes", [{"conditional": True}, {"model": "dcgan"}])
def test_both_files_are_read_by_keras_alone(changes: dict[str, Any], tmp_path: Path) -> None:
    spec = of(**changes)
    last = run(spec)[0][-1].arrays
    nets = {}
    for which in spec.models:
        path = tmp_path / f"{which}.keras"
        path.write_bytes(lab.ask(spec, "model", last, {"of": which})["file"].tobytes())
        assert zipfile.is_zipfile(path)
        nets[which] = keras.models.load_model(path)
    noise, kinds = lab.lab_of(spec).noise(1, spec.shown)
    given = [noise, kinds[:, None]] if spec.conditional else noise
    fakes = nets["generator"](given, training=False)
    assert np.abs(np.rint((fakes.numpy() + 1) * 127.5) - last["fakes"]).max() <= 1
    fooled = nets["discriminator"]([fakes, kinds[:, None]] if spec.conditional else fakes, training=False)
    assert_allclose(fooled[:, 0], last["fooled"], atol=2e-3)
    with pytest.raises(ValueError):
        lab.ask(spec, "model", last, {"of": "judge"})


# ---- the judge

def test_the_judge_is_kept_on_the_disk_and_is_the_same_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge, "settings", judge.settings.__class__(**{**vars(judge.settings), "store": tmp_path}))
    monkeypatch.setattr(judge, "_judges", {})
    first = judge.judge_of("digits")
    (file,) = (tmp_path / "judges").iterdir()
    judge._judges.clear()
    monkeypatch.setattr("core.labs.cnn.train", lambda spec: pytest.fail("it was there"))
    again = judge.judge_of("digits")
    assert (first.accuracy, first.sure) == (again.accuracy, again.sure)
    for v, w in zip(first.model.weights, again.model.weights, strict=True):
        assert_array_equal(v, w)
    file.write_bytes(b"no longer one")
    assert judge._read("digits") == {}


@pytest.mark.slow
@pytest.mark.parametrize(("source", "least"), [("digits", 0.96), ("mnist", 0.985), ("fashion", 0.87)])
def test_the_judges_know_real_images(source: str, least: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    if not available(source):
        pytest.skip(f"{source} is not on this computer")
    found = judge.judge_of(source)
    assert found.accuracy >= least and found.sure > 0.6


# ---- what goes wrong on purpose

@pytest.mark.slow
def test_the_presets_are_what_they_are_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    last = {}
    for name, values in {"good": {}, "collapse": COLLAPSE, "raw": RAW, "dcgan": DCGAN}.items():
        rows = [row for frame in run(ImageGanSpec().revised(**values))[0] for row in frame.rows]
        last[name] = rows[-1]
    assert last["good"]["classes"] >= 9 and last["good"]["sure"] > 0.3 and last["dcgan"]["classes"] >= 8
    assert last["collapse"]["classes"] <= 5
    assert last["raw"]["d_fake"] < 0.05 and last["raw"]["d_real"] > 0.95 and last["raw"]["classes"] <= 1


@pytest.mark.slow
@pytest.mark.parametrize(("changes", "passed"), [({}, False), ({"conditional": True}, True)])
def test_the_challenge_is_met_by_its_reference_and_not_by_the_default(changes: dict[str, Any], passed: bool,
                                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    (challenge,) = CHALLENGES
    assert challenge.goal is not None and challenge.reference == ImageGanSpec(conditional=True)
    for seed in range(3):
        spec = ImageGanSpec(seed=seed, **changes)
        assert challenge.allows(spec) is None
        rows = [row for frame in run(spec)[0] for row in frame.rows]
        assert challenge.goal.reached(challenge.goal.measure(spec, rows)) is passed
    assert not challenge.goal.reached(challenge.goal.measure(spec, [{"sure": 1.0, "classes": 9}]))


@pytest.mark.slow
def test_the_doctor_names_what_ails_a_run_and_the_change_that_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()

    def found(spec: ImageGanSpec) -> list[Any]:
        frames, items = run(spec)
        return diagnose(spec, [row for frame in frames for row in frame.rows], [f for f in frames if f.stored], items[-1])

    rushed = {"learning_rate": 0.01}  # 4 of 10 classes, D(real) 1.00; with the usual rate it is told nothing, below
    for values, name, change in ((RAW, "discriminator_too_strong", {"scale": "tanh"}), (SQUASHED, "squashed_twice", {"answer": "logit"}),
                                 (COLLAPSE, "mode_collapse", {"beta": 0.5}),
                                 (rushed, "discriminator_too_strong", {"learning_rate": 0.0005})):
        ill = ImageGanSpec().revised(**values)
        told = found(ill)
        assert name in [one.name for one in told] and all(one.change == change for one in told if one.change)
        assert told[0].change == change
        assert ("from 0 to 255" in told[0].evidence.id) == ("cannot reach 255" in told[0].why.id) == (values == RAW)
        assert not any(word in f"{one.evidence.id} {one.why.id}" for one in told for word in ("real points", "modes"))
        assert name not in [one.name for one in found(ill.revised(**change))]
    assert found(ImageGanSpec()) == []


def test_the_questions_numbers_are_those_of_the_networks() -> None:
    weights = QUESTIONS[2]
    assert isinstance(weights, Number)
    article = build_generator(ImageGanSpec().revised(**ARTICLE))
    assert weights.answer == article.count_params()
    for (fits, _said), n in zip(weights.wrong, (sum(v.shape.num_elements() for v in article.weights if len(v.shape) == 2),
                                                *(layer.count_params() for layer in article.layers if layer.weights)), strict=True):
        assert fits(n)


def test_a_spec_lets_give_way_what_no_longer_fits() -> None:
    assert ImageGanSpec().revised(source="mnist").points == 12_000
    assert ImageGanSpec().revised(**MNIST).revised(source="digits").points == 1797
    assert ImageGanSpec().key == ImageGanSpec(filters=32).key != ImageGanSpec(units=64).key
    with pytest.raises(ValueError):
        ImageGanSpec(points=1798)


# ---- by hand

def test_the_nearest_are_those_of_a_search_through_all() -> None:
    rng = np.random.default_rng(2)
    some, table = rng.integers(0, 256, (5, 4, 4, 1)), rng.integers(0, 256, (40, 4, 4, 1))
    far = np.sqrt(np.square(some[:, None] - table[None]).mean((2, 3, 4)))
    places, found = nearest(some, table, 6)
    assert_array_equal(places, np.argsort(far, 1)[:, :6])
    assert_allclose(found, np.sort(far, 1)[:, :6], rtol=1e-6)
    assert nearest(some, table[:3], 6)[0].shape == (5, 3)


def test_the_way_between_two_noises_is_an_arc() -> None:
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=(2, 50))
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    way = between(a, b, 7)
    assert_allclose(way[0], a, atol=1e-6)
    assert_allclose(way[-1], b, atol=1e-6)
    assert_allclose(np.linalg.norm(way, axis=1), 1, atol=1e-6)
    turns = np.arccos(np.clip((way[1:] * way[:-1]).sum(1), -1, 1))
    assert_allclose(turns, turns[0], atol=1e-4)
    assert_allclose(between(a, a, 3), np.tile(a, (3, 1)), atol=1e-6)


def test_a_sheet_and_a_film_hold_every_pixel() -> None:
    rng = np.random.default_rng(4)
    frames = [Frame(i, i, 0.0, [], {"fakes": rng.integers(0, 256, (6, 8, 8, 1)).astype(np.uint8)}) for i in range(3)]
    sheet = Image.open(io.BytesIO(gallery.png(frames[0].arrays["fakes"], 3)))
    times = sheet.width // 26
    assert sheet.size == (26 * times, 17 * times)
    small = np.asarray(sheet)[times // 2::times, times // 2::times]
    assert_array_equal(small[9:17, 18:26], frames[0].arrays["fakes"][5, ..., 0])
    assert (small[8] == 255).all() and (small[:, 8] == 255).all()
    film = Image.open(io.BytesIO(gallery.gif(frames, "fakes", [{"epoch": 0, "sure": 0.5}], ImageGanSpec().score, columns=3)))
    assert film.n_frames == 3 and film.width == sheet.width
    with pytest.raises(ValueError):
        gallery.gif(frames, "others")
