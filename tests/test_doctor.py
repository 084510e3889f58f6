"""The doctor: real runs that have an illness are told so and are better after the change; healthy ones are left in peace."""

from __future__ import annotations

import ast
import itertools
import json
import math
import warnings
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import i18n
from core.frame import End, Frame, Message
from core.i18n import N_
from core.insight import learning
from core.insight.doctor import Diagnosis, diagnose, sentences
from core.insight.patient import Patient
from core.insight.signs import Signs
from core.labs.feedforward import train
from core.specs.base import Score, Spec, setting
from core.specs.feedforward import FeedforwardSpec
from core.training.warm import warm
from tests.labs import CountSpec

warm()  # fixes the number of threads, before anything computes

SHORT: dict[str, Any] = {"points": 200, "epochs": 100}
OVER: dict[str, Any] = {"hidden": (32, 32), "activation": "relu", "train_share": 0.4, "epochs": 300, "points": 100}
DEEP: dict[str, Any] = {"hidden": (8,) * 6, "activation": "sigmoid"}
LARGE: dict[str, Any] = {"initializer": "large", "activation": "relu", "hidden": (32,) * 4}
HARD: dict[str, Any] = {"initializer": "large", "hidden": (64, 64), "loss": "mse"}
NOISY: dict[str, Any] = {"batch_size": 1, "epochs": 60}
SICK: dict[str, list[dict[str, Any]]] = {
    # not Adam at a rate of 1 alone: what such a run comes to in the end depends on the kind of processor
    "diverging": [{"optimizer": "sgd", "learning_rate": 10.0, "seed": 1},
                  {"dataset": "plane", "hidden": (), "optimizer": "sgd", "learning_rate": 1.0},
                  {"dataset": "hills", "activation": "relu", "optimizer": "momentum", "learning_rate": 1.0}],
    "not_learning": [{"learning_rate": 1e-5}, {"initializer": "zeros"}, {"l2": 1.0, "seed": 1},
                     {"dataset": "xor", "optimizer": "sgd", "learning_rate": 1e-4}],
    "too_slow": [{"learning_rate": 0.0005}, {"dataset": "xor", "optimizer": "sgd", "seed": 1},
                 {"dataset": "blobs4", "learning_rate": 0.0003, "seed": 1}],
    "overfitting": [{**OVER, "noise": 0.3}, {**OVER, "dataset": "moons", "noise": 0.3, "seed": 1},
                    {**OVER, "dataset": "gaussians", "noise": 0.6}, {**OVER, "dataset": "hills", "noise": 0.5}],
    "underfitting": [{"dataset": "xor", "hidden": ()}, {"activation": "linear"}, {"dataset": "hills", "hidden": ()}, {"hidden": (1, 1)},
                     {"dataset": "spiral", "points": 400, "epochs": 200}],
    "dead_relus": [{"dataset": "hills", "hidden": (32, 32), "activation": "relu", "learning_rate": 0.2, "seed": 1},
                   {"hidden": (16,), "activation": "relu", "learning_rate": 1.0},
                   {"dataset": "moons", "hidden": (8,) * 4, "activation": "relu", "initializer": "small"}],
    "vanishing_gradients": [DEEP, {**DEEP, "optimizer": "sgd", "learning_rate": 0.1}, {**DEEP, "dataset": "hills"},
                            {"hidden": (8,) * 5, "initializer": "small"}],
    "exploding_gradients": [{**LARGE, "seed": 1}, {**LARGE, "dataset": "plane", "hidden": (64,) * 3},
                            {**LARGE, "dataset": "hills", "activation": "elu"}],
    "saturated_outputs": [{**HARD, "seed": 1}, {**HARD, "dataset": "moons", "activation": "relu"},
                          {**HARD, "dataset": "xor", "optimizer": "sgd", "learning_rate": 0.1, "seed": 1}],
    "noisy": [{**NOISY, "dataset": "hills", "hidden": (16, 16), "learning_rate": 0.02}, {**NOISY, "seed": 1},
              {**NOISY, "dataset": "plane", "learning_rate": 0.03, "seed": 1}],
    "class_ignored": [{"dataset": "blobs4", "hidden": (1,)}, {"dataset": "blobs4", "hidden": (1,), "activation": "relu"},
                      {"dataset": "blobs3", "l1": 0.1}],
}
# Runs that come near an illness and do not have it.
HEALTHY: dict[str, list[dict[str, Any]]] = {
    "diverging": [{}, {"optimizer": "momentum", "learning_rate": 0.03}, {"dataset": "plane", "hidden": ()}],
    "not_learning": [{"seed": 1}, {"dataset": "moons"}, {"dataset": "plane", "seed": 1}],
    "too_slow": [{"dataset": "moons", "learning_rate": 0.002, "epochs": 200}, {"dataset": "xor"}, {"dataset": "blobs4", "seed": 1}],
    "overfitting": [{"activation": "relu", "hidden": (16, 16)}, {"dataset": "moons", "seed": 1}, {"dataset": "gaussians"}],
    "underfitting": [{"dataset": "gaussians", "hidden": ()}, {"dataset": "xor", "hidden": (8,), "activation": "silu"},
                     {"dataset": "plane", "hidden": (), "seed": 1}],
    "dead_relus": [{"activation": "relu", "hidden": (16, 16), "seed": 1},
                   {"dataset": "moons", "activation": "relu", "hidden": (8, 8), "initializer": "he_normal"},
                   {"dataset": "xor", "activation": "relu", "hidden": (4,) * 4}],
    "vanishing_gradients": [{"dataset": "moons", "hidden": (16,) * 6},
                            {"activation": "relu", "hidden": (16,) * 6, "initializer": "he_normal"},
                            {"dataset": "xor", "hidden": (16,) * 5, "activation": "sigmoid", "seed": 1}],
    "exploding_gradients": [{"dataset": "plane", "activation": "relu", "hidden": (64,) * 3},
                            {"dataset": "plane", "activation": "elu", "hidden": (16,) * 4, "learning_rate": 0.003},
                            {"activation": "relu", "hidden": (16,) * 6, "initializer": "he_normal"}],
    "saturated_outputs": [{"loss": "mse"}, {"loss": "mse", "seed": 1}, {"dataset": "gaussians", "loss": "mse"}],
    "noisy": [{"epochs": 200, "points": 400}, {"dataset": "moons", "optimizer": "sgd", "learning_rate": 0.1},
              {"dataset": "hills", "hidden": (16, 16), "points": 400}],
    "class_ignored": [{"dataset": "blobs3"}, {"dataset": "blobs4"}, {"dataset": "blobs3", "seed": 1}],
}


def cases(table: dict[str, list[dict[str, Any]]], quick: Iterable[str] = SICK) -> list[Any]:
    """(name, spec) of every case; of the quick illnesses the first is there every day."""
    return [pytest.param(name, FeedforwardSpec(**{**SHORT, **values}), id=f"{name}-{i}",
                         marks=[pytest.mark.slow] if i or name not in quick else [])
            for name, found in table.items() for i, values in enumerate(found)]


@cache
def trained(spec: FeedforwardSpec) -> tuple[list[dict[str, Any]], list[Frame], End]:
    """A run of a spec: rows, stored frames, end."""
    rows, frames, end = [], [], None
    for item in train(spec):
        if isinstance(item, Frame):
            rows += item.rows
            frames += [item] if item.stored else []
        elif isinstance(item, End):
            end = item
    return rows, frames, end


def told(spec: FeedforwardSpec) -> dict[str, Diagnosis]:
    return {d.name: d for d in diagnose(spec, *trained(spec))}


def score(spec: FeedforwardSpec) -> float:
    """How good a run is at its end, larger being better: the mean of its last twentieth."""
    values = [row.get(spec.score.metric) for row in trained(spec)[0]]
    if values[-1] is None or not math.isfinite(values[-1]):
        return -math.inf
    end = float(np.mean(values[-max(len(values) // 20, 1):]))
    return end if spec.score.higher_is_better else -end


@pytest.mark.parametrize("name, spec", cases(SICK))
def test_a_sick_run_is_told_so_first_of_all(name, spec):
    assert next(iter(told(spec)), None) == name


@pytest.mark.parametrize("name, spec", cases(SICK, ["diverging", "not_learning", "dead_relus"]))
def test_the_change_makes_the_run_better(name, spec):
    cured = spec.revised(**told(spec)[name].change)
    assert cured != spec
    assert name not in told(cured) or name == "overfitting"  # there it may only be less
    assert score(cured) > score(spec) + 0.01


@pytest.mark.parametrize("name, spec", cases(HEALTHY, ["diverging", "not_learning", "too_slow"]))
def test_a_healthy_run_is_left_in_peace(name, spec):
    assert told(spec) == {}


@pytest.mark.parametrize("values", [{"activation": "relu", "hidden": (8, 8), "learning_rate": 0.5, "epochs": 60},
                                    {"learning_rate": 1.0, "epochs": 60}], ids=str)
def test_a_network_that_lost_what_it_had_learned_has_not_overfitted(values):
    spec = FeedforwardSpec(**values)
    losses = np.array([[row["loss"], row["val_loss"]] for row in trained(spec)[0]])
    best = losses[:, 1].argmin()
    assert losses[-1, 0] > 2 * losses[best, 0] or losses[-1, 0] > 0.8 * losses[-1, 1]  # no better on training points either
    assert "overfitting" not in told(spec)


def test_only_a_network_that_cannot_bend_is_told_so():
    line = Message(N_("Without a hidden layer that bends, a network draws straight lines only, however many layers it has."))
    assert line in sentences(list(told(FeedforwardSpec(dataset="xor", hidden=(), epochs=60)).values()))[0]
    for values in ({"hidden": (), "features": ("x1", "x1x2"), "epochs": 30},  # its inputs bend
                   {"dataset": "gaussians", "hidden": (), "learning_rate": 1e-4, "epochs": 5, "seed": 4}):  # it needs only more steps
        spec = FeedforwardSpec(**values)
        assert trained(spec)[0][-1]["accuracy"] < 0.85
        assert line not in itertools.chain(*sentences(list(told(spec).values())))


@pytest.mark.parametrize("name, values", [("vanishing_gradients", {"learning_rate": 1.0, "epochs": 60}),
                                          ("saturated_outputs", {"dataset": "xor", "hidden": (16,), "loss": "mse", "learning_rate": 0.5,
                                                                 "epochs": 60})])
def test_where_the_rate_is_changed_it_is_named_as_the_cause(name, values):
    sick = told(FeedforwardSpec(**values))[name]
    assert sick.change == {"learning_rate": 0.01} and sick.why.id.startswith("Steps as large as these")


def test_a_branch_is_told_of_the_epochs_that_it_trained():
    rows = [{"epoch": e, "loss": 0.65 - 1e-5 * e, "val_loss": 0.65, "accuracy": 0.5, "val_accuracy": 0.5} for e in range(51, 101)]
    found = diagnose(FeedforwardSpec(), rows, [], End("finished"))
    assert {d.name: d.evidence.args["epochs"] for d in found if "epochs" in d.evidence.args} == {"not_learning": 49}


def test_a_run_through_all_rates_is_cured_by_one_rate():
    sick = told(FeedforwardSpec(schedule="range", epochs=100))
    assert sick["diverging"].change == {"schedule": "constant"}


def test_the_first_diagnosis_is_explained_and_of_the_others_only_the_evidence_told():
    one, two = (Diagnosis(name, Message(f"{name} seen"), Message(f"{name} why")) for name in ("a", "b"))
    assert sentences([one, two]) == [(one.evidence, one.why), (two.evidence,)] and sentences([]) == []


def of_the_page(constant: str) -> dict[str, Any]:
    """A constant of pages/feedforward.py, without running the page."""
    source = (Path(__file__).parent.parent / "pages" / "feedforward.py").read_text("utf-8")
    return next(ast.literal_eval(node.value) for node in ast.parse(source).body
                if isinstance(node, ast.Assign) and node.targets[0].id == constant)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_the_page_s_healthy_presets_are_healthy(seed):
    for values in ({}, of_the_page("SPIRAL"), of_the_page("ARTICLES")):
        spec = FeedforwardSpec(**values).changed(seed=seed)
        assert told(spec) == {}, values
        assert spec.regression or score(spec) > 0.9


@pytest.mark.slow
def test_the_page_s_sick_presets_are_sick():
    assert list(told(FeedforwardSpec(**of_the_page("OVERFIT")))) == ["overfitting"]
    assert "overfitting" not in told(FeedforwardSpec(**{**of_the_page("OVERFIT"), "l2": 0.01}))
    straight = told(FeedforwardSpec(dataset="xor", hidden=()))
    assert list(straight) == ["underfitting"]
    assert straight["underfitting"].change == {"hidden": (8, 8)}


# ---- the evidence is true of the run


def first(name: str) -> tuple[FeedforwardSpec, Diagnosis, list[dict[str, Any]], list[Frame]]:
    spec = FeedforwardSpec(**{**SHORT, **SICK[name][0]})
    rows, frames, _end = trained(spec)
    return spec, told(spec)[name], rows, frames


def test_the_dead_share_holds_since_the_epoch_named():
    _spec, diagnosis, rows, _frames = first("dead_relus")
    share, layer, epoch = (diagnosis.evidence.args[k] for k in ("share", "layer", "epoch"))
    assert share == rows[-1][f"dead_{layer}"] == max(v for k, v in rows[-1].items() if k.startswith("dead_"))
    assert all(row[f"dead_{layer}"] >= share for row in rows if row["epoch"] >= epoch)
    assert epoch == 0 or rows[epoch - 1][f"dead_{layer}"] < share
    assert i18n.say(diagnosis.evidence) == (f"{share:.0%} of the units in hidden layer {layer} have been zero for every training point "
                                            f"since epoch {epoch}.")


def test_the_ignored_class_is_in_no_picture_since_the_epoch_named():
    _spec, diagnosis, _rows, frames = first("class_ignored")
    label, epoch, count = (diagnosis.evidence.args[k] for k in ("label", "epoch", "count"))
    named = {frame.epoch: int(frame.arrays["confusion"][:, label].sum()) for frame in frames}
    assert all(n == 0 for at, n in named.items() if at >= epoch)
    assert epoch == 0 or named[max(at for at in named if at < epoch)] > 0
    assert count == frames[-1].arrays["confusion"][label].sum() > 0


def test_overfitting_names_the_epoch_of_the_least_validation_loss():
    _spec, diagnosis, rows, _frames = first("overfitting")
    best = min(rows, key=lambda row: row["val_loss"])
    assert diagnosis.evidence.args["epoch"] == best["epoch"]
    assert diagnosis.evidence.args["least"] == best["val_loss"] < diagnosis.evidence.args["end"]
    assert diagnosis.evidence.args["train"] < best["loss"]


def test_a_loss_that_is_no_number_is_named_with_its_epoch():
    spec = FeedforwardSpec(**{**SHORT, **SICK["diverging"][1]})
    rows = trained(spec)[0]
    epoch = told(spec)["diverging"].evidence.args["epoch"]
    assert [row["epoch"] for row in rows if row["loss"] is None] == list(range(epoch, rows[-1]["epoch"] + 1))


def test_the_gradients_named_are_those_of_the_run():
    _spec, diagnosis, rows, _frames = first("vanishing_gradients")
    half = rows[1:len(rows) // 2 + 1]
    for layer, length in (("first", "small"), ("last", "large")):
        column = [row[f"grad_{diagnosis.evidence.args[layer]}"] for row in half]
        assert diagnosis.evidence.args[length] == pytest.approx(np.median(column))
    _spec, diagnosis, rows, _frames = first("exploding_gradients")
    row = next(row for row in rows if row["epoch"] == diagnosis.evidence.args["epoch"])
    assert row[f"grad_{diagnosis.evidence.args['layer']}"] == diagnosis.evidence.args["length"]


# ---- while it runs, and where something is missing


def test_what_the_rest_may_mend_is_not_said_while_it_runs():
    for name in ("too_slow", "not_learning", "underfitting", "vanishing_gradients"):
        spec, _diagnosis, rows, frames = first(name)
        assert diagnose(spec, rows[:30], [f for f in frames if f.epoch < 30]) == []
        assert diagnose(spec, rows[:30], [], End("cancelled")) == []
    spec = FeedforwardSpec(**{**SHORT, **SICK["diverging"][1]})
    rows, frames, _end = trained(spec)
    assert [d.name for d in diagnose(spec, rows, frames)] == ["diverging"]


def test_rows_alone_are_enough_for_what_needs_no_picture():
    for name in ("diverging", "too_slow", "overfitting", "dead_relus", "vanishing_gradients", "exploding_gradients", "noisy"):
        spec, _diagnosis, rows, _frames = first(name)
        assert name in [d.name for d in diagnose(spec, rows, [], End())], name


class OtherSpec(Spec):
    """Another lab's: few fields, with bounds of their own."""

    lab: ClassVar[str] = "tests.labs"

    learning_rate: float = setting(0.5, label="Learning rate", help="", group="Test", ge=0.02, le=1.0)
    epochs: int = setting(100, label="Epochs", help="", group="Test", ge=1, le=150)

    @property
    def score(self) -> Score:
        return Score("val_mae", "error", higher_is_better=False)


def test_another_lab_is_offered_only_what_its_spec_has_and_allows():
    rising = [{"epoch": e, "loss": 1.0 + e / 10} for e in range(101)]
    assert diagnose(OtherSpec(), rising, [])[0].change == {"learning_rate": 0.02}
    assert diagnose(CountSpec(epochs=100), rising, [])[0].change == {}
    slow = [{"epoch": e, "loss": 1 - e / 200, "mae": 1 - e / 200, "val_mae": 1.0, "update_1": 0.001} for e in range(101)]
    assert [(d.name, d.change) for d in diagnose(OtherSpec(), slow, [])] == [("too_slow", {"epochs": 150})]
    dead = [{"epoch": e, "loss": 1.0, "dead_1": min(e / 50, 0.91)} for e in range(101)]
    found = {d.name: d for d in diagnose(OtherSpec(learning_rate=0.02), dead, [])}
    assert (found["dead_relus"].evidence.args, found["dead_relus"].change) == ({"share": 0.91, "layer": 1, "epoch": 46}, {})


# ---- anything else is borne

number = st.one_of(st.none(), st.floats(0, 1), st.floats(allow_nan=True, allow_infinity=True), st.sampled_from([0, "x", True, 10**400]))
columns = st.lists(st.sampled_from(["epoch", "loss", "val_loss", "accuracy", "val_accuracy", "mae", "val_mae", "dead_1", "dead_x",
                                    *(f"{kind}_{i}" for kind in ("grad", "update") for i in (1, 2, 3))]), max_size=9, unique=True)
tables = columns.flatmap(lambda names: st.one_of(
    st.lists(st.fixed_dictionaries(dict.fromkeys(names, number)), max_size=24),
    st.tuples(st.fixed_dictionaries(dict.fromkeys(names, number)), st.integers(0, 60)).map(lambda a: [a[0]] * a[1])))
arrays = st.sampled_from([
    {}, {"confusion": np.zeros((2, 2), np.int32)}, {"confusion": np.int32([[5, 0], [9, 0]]), "surface": np.zeros((3, 3), np.uint8)},
    {"confusion": np.float32([[np.nan, 1], [1, 1]])}, {"confusion": np.ones((2, 3), np.int32)}, {"surface": np.zeros(0, np.uint8)},
    {"confusion": np.eye(3, dtype=np.int32) * 7, "surface_p": np.full((3, 3), 255, np.uint8)},
    {"w0": np.full((2, 3), np.nan, np.float32), "w1": np.ones((3, 1), np.float32)},
    {"w0": np.zeros((2, 3), np.float32), "w1": np.zeros((3, 1), np.float32)}])
specs = st.sampled_from([FeedforwardSpec(), FeedforwardSpec(dataset="hills", hidden=(), epochs=20), CountSpec(), OtherSpec(), Spec(),
                         FeedforwardSpec(activation="relu", activations=("relu", "sigmoid"), l1=1.0, dropout=0.8, epochs=10),
                         FeedforwardSpec(dataset="upload", upload="0" * 32, points=20, batch_size=256, epochs=2000, learning_rate=1e-5),
                         FeedforwardSpec(hidden=(1,) * 6, activation="linear", initializer="zeros", learning_rate=10.0, loss="mse")])


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(spec=specs, rows=tables, shown=st.lists(arrays, max_size=4), end=st.sampled_from([None, End(), End("failed"), End("cancelled")]))
def test_nothing_odd_makes_it_fail_or_contradict_itself(spec, rows, shown, end):
    frames = [Frame(i, i, 0.0, [], held) for i, held in enumerate(shown)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = diagnose(spec, rows, frames, end)
    names = [d.name for d in found]
    assert len(set(names)) == len(names)
    assert set(names) <= set(SICK)
    for one, other in itertools.combinations(("diverging", "not_learning", "too_slow", "overfitting", "underfitting"), 2):
        assert not {one, other} <= set(names)
    for diagnosis in found:
        for message in (diagnosis.evidence, diagnosis.why):
            json.dumps(message.to_json(), allow_nan=False)
            assert "{" not in i18n.say(message)
        if diagnosis.change:
            assert spec.revised(**diagnosis.change) != spec


@pytest.mark.parametrize(("optimizer", "field"), [("adam", "learning_rate"), ("adamw", "learning_rate"), ("sgd", "epochs")])
def test_what_is_on_its_way_with_large_steps_is_slowed_down_where_that_was_seen_to_help(optimizer, field):
    spec = FeedforwardSpec(dataset="xor", hidden=(8,), optimizer=optimizer, learning_rate=1.0, epochs=40)
    rows = [{"epoch": e, "loss": 0.9 - 0.01 * e, "val_loss": 0.9, "accuracy": 0.6, "val_accuracy": 0.6,
             **{f"{name}_{k}": 1.0 for name in ("grad", "update") for k in (1, 2)}} for e in range(41)]
    (found,) = learning.too_slow(Patient(spec, Signs(rows, [], "val_accuracy", True), End("finished")))
    assert [*found.change] == [field]
