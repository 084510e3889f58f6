"""Programs of random specs, of XLA's, and of a person's own shell end where the lab ends."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from core.export.program import program
from core.specs.feedforward import (
    ACTIVATIONS,
    CLASS_LOSSES,
    DATASETS,
    FEATURES,
    INITIALIZERS,
    REGRESSION,
    REGRESSION_LOSSES,
    FeedforwardSpec,
)
from core.specs.training import OPTIMIZERS, SCHEDULES
from tests.test_export import SMALL, csv_file, execute, lab_run, same_numbers, same_weights, uploaded

pytestmark = pytest.mark.slow

XLA_ROW = 2e-5  # the lab pads the last batch and masks it, and XLA rounds a sum of other length otherwise
BASE: dict[str, Any] = {"points": 80, "epochs": 3, "hidden": (5,), "batch_size": 24}


def agree(spec: FeedforwardSpec, folder: Path, exact: bool = True, tolerance: float = 6e-6) -> None:
    """The program, run in a folder that holds the uploaded points, ends as the lab does. A run that broke shows nothing."""
    row, arrays, epochs = lab_run(spec)
    if epochs < spec.epochs or row["val_loss"] is None:
        return
    os.chdir(folder)
    ran = execute(program(spec))
    same_weights(ran["model"], arrays, exact)
    same_numbers(ran, row, tolerance)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory):
    """Where points.csv lies; the file of an uploaded spec is written there by the test."""
    before, place = Path.cwd(), tmp_path_factory.mktemp("program")
    yield place
    os.chdir(before)


@st.composite
def specs(draw: Any, datasets: list[str], **fixed: Any) -> tuple[FeedforwardSpec, int]:
    """A spec with few points and epochs, and the number of classes of the file, where it is uploaded."""
    dataset, classes = draw(st.sampled_from(datasets)), draw(st.integers(2, 4))
    hidden = tuple(draw(st.lists(st.integers(1, 8), max_size=3)))
    values: dict[str, Any] = {
        "noise": draw(st.floats(0, 0.5)), "points": draw(st.integers(30, 120)), "seed": draw(st.integers(0, 9999)),
        "train_share": draw(st.floats(0.3, 0.8)), "hidden": hidden, "activation": draw(st.sampled_from([*ACTIVATIONS])),
        "activations": tuple(draw(st.lists(st.sampled_from(["same", *ACTIVATIONS]), max_size=len(hidden)))),
        "features": tuple(draw(st.lists(st.sampled_from([*FEATURES]), min_size=1, max_size=7, unique=True))),
        "initializer": draw(st.sampled_from([*INITIALIZERS])), "dropout": draw(st.sampled_from([0.0, 0.0, 0.2, 0.5])),
        "batch_norm": draw(st.booleans()), "l1": draw(st.sampled_from([0.0, 0.001])), "l2": draw(st.sampled_from([0.0, 0.01])),
        "optimizer": draw(st.sampled_from([*OPTIMIZERS])), "schedule": draw(st.sampled_from([*SCHEDULES])),
        "loss": draw(st.sampled_from(REGRESSION_LOSSES if dataset in REGRESSION else CLASS_LOSSES)),
        "learning_rate": draw(st.floats(1e-3, 0.1)), "batch_size": draw(st.integers(5, 60)), "epochs": draw(st.integers(1, 4)),
        **fixed}
    return (uploaded(classes, **values) if dataset == "upload" else FeedforwardSpec(dataset=dataset, **values)), classes


@pytest.mark.timeout(600)
@given(drawn=specs([*DATASETS]))
@settings(max_examples=40, phases=[Phase.generate], deadline=None, derandomize=True)
def test_programs_of_random_specs_end_where_the_lab_ends(drawn, folder):
    spec, classes = drawn
    (folder / "points.csv").write_bytes(csv_file(classes))
    agree(spec, folder)


@st.composite
def branches(draw: Any) -> tuple[FeedforwardSpec, int]:
    """A random spec that branched off one to four times, and its number of classes, as from `specs`."""
    spec, classes = draw(specs([*DATASETS]))
    free = {"learning_rate": st.floats(1e-3, 0.1), "optimizer": st.sampled_from([*OPTIMIZERS]),
            "schedule": st.sampled_from([*SCHEDULES]), "batch_size": st.integers(5, 60), "dropout": st.sampled_from([0.0, 0.2, 0.5]),
            "l1": st.sampled_from([0.0, 0.001]), "l2": st.sampled_from([0.0, 0.01]), "epochs": st.integers(9, 12)}
    spec = spec.changed(epochs=9)
    for epoch in sorted(draw(st.sets(st.integers(1, 8), min_size=1, max_size=4))):
        spec = spec.fork(epoch, **draw(st.fixed_dictionaries({}, optional=free)))
    return spec, classes


@pytest.mark.timeout(1200)  # about 5 s an example on an idle machine
@given(drawn=branches())
@settings(max_examples=60, phases=[Phase.generate], deadline=None, derandomize=True)
def test_programs_of_random_branches_end_where_the_lab_ends(drawn, folder):
    spec, classes = drawn
    (folder / "points.csv").write_bytes(csv_file(classes))
    agree(spec, folder)


EVERY = [("dataset", name) for name in DATASETS if name != "upload"]
EVERY += [(field, name) for field, table in (("optimizer", OPTIMIZERS), ("schedule", SCHEDULES), ("initializer", INITIALIZERS),
                                             ("activation", ACTIVATIONS)) for name in table]


@pytest.mark.parametrize(("field", "value"), EVERY)
def test_every_choice_ends_where_the_lab_ends(field, value, folder):
    agree(FeedforwardSpec(**{**BASE, field: value}), folder)


@pytest.mark.parametrize("dataset", ["moons", "blobs4", "hills"])
def test_every_loss_ends_where_the_lab_ends(dataset, folder):
    for loss in REGRESSION_LOSSES if dataset in REGRESSION else CLASS_LOSSES:
        agree(FeedforwardSpec(**BASE, dataset=dataset, loss=loss), folder)


@pytest.mark.parametrize("values", [
    {"activation": "relu", "epochs": 300}, {"loss": "hinge", "epochs": 200}, {"batch_norm": True, "dropout": 0.2, "epochs": 100},
    {"optimizer": "momentum", "learning_rate": 0.1, "schedule": "cosine", "epochs": 200}],
    ids=str)
def test_a_long_training_in_which_a_last_digit_would_grow(values, folder):
    agree(FeedforwardSpec(**{**SMALL, **values}), folder)


def test_the_loss_of_a_network_that_is_very_sure(folder):
    """Keras takes cross-entropy from what stands before the sigmoid; from rounded probabilities it would be another number."""
    spec = FeedforwardSpec(points=30, train_share=0.375, hidden=(), features=("x1", "x2", "x1²"), noise=0.5, batch_size=5,
                           initializer="he_normal", l2=0.01, optimizer="sgd", learning_rate=0.0625, epochs=1)
    assert lab_run(spec)[0]["val_loss"] > 5
    agree(spec, folder)


# ---- XLA: decided by the lab from 20,000 steps on; here for short trainings too

def test_a_training_of_20_000_steps_is_compiled_and_ends_close(folder):
    spec = FeedforwardSpec(points=40, epochs=1000, batch_size=1, hidden=(4,), optimizer="sgd")
    assert spec.compiled(20) and "jit_compile=True" in program(spec)
    agree(spec, folder, exact=False, tolerance=XLA_ROW)


@pytest.mark.parametrize("values", [
    {"l1": 0.001, "l2": 0.01, "schedule": "cosine"}, {"dataset": "blobs3", "loss": "hinge", "batch_size": 20},
    {"dataset": "hills", "optimizer": "momentum", "schedule": "step"}, {"loss": "mse", "optimizer": "sgd", "hidden": (6, 4)}],
    ids=str)
def test_the_compiled_program_of_other_specs_ends_close(values, folder, monkeypatch):
    monkeypatch.setattr(FeedforwardSpec, "compiled", lambda self, train: True)
    agree(FeedforwardSpec(**{**SMALL, **values}), folder, exact=False, tolerance=XLA_ROW)


def test_a_branch_that_is_compiled_and_comes_from_one_that_is_not_ends_close(folder):
    """The lab decides for every run of its own, and so does the program for every leg."""
    spec = FeedforwardSpec(points=40, epochs=60, batch_size=4, hidden=(4,)).fork(50, batch_size=1, epochs=1000, learning_rate=0.001)
    assert [word in program(spec) for word in ("jit_compile=False", "jit_compile=True", "disable_meta")] == [True] * 3
    agree(spec, folder, exact=False, tolerance=XLA_ROW)


@pytest.mark.parametrize("changes", [
    {"l1": 0.001, "l2": 0.0, "schedule": "cosine"}, {"optimizer": "momentum", "batch_size": 20}, {"learning_rate": 0.1}], ids=str)
def test_the_compiled_program_of_other_branches_ends_close(changes, folder, monkeypatch):
    monkeypatch.setattr(FeedforwardSpec, "compiled", lambda self, train: True)
    agree(FeedforwardSpec(**SMALL, l2=0.01).fork(2, **{"epochs": 6, **changes}), folder, exact=False, tolerance=XLA_ROW)


# ---- as a person runs it

def alone(code: str, folder: Path) -> dict[str, float]:
    """What a program prints in a fresh process, under TensorFlow's own settings."""
    (folder / "program.py").write_text(code, "utf-8")
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("TF_", "KERAS_", "OMP_", "PYTHONPATH"))}
    done = subprocess.run([sys.executable, "program.py"], cwd=folder, env=keep, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Warning" not in done.stderr
    return {name: float(number) for name, number in zip(("val_loss", "val_accuracy"), re.findall(r"[\d.]+(?:e-?\d+)?",
                                                                                               done.stdout), strict=True)}


@pytest.mark.parametrize("spec", [
    FeedforwardSpec(), FeedforwardSpec(loss="hinge"),
    FeedforwardSpec(schedule="cosine").fork(60, dropout=0.2, batch_size=20).fork(90, optimizer="sgd", l2=0.001)],
    ids=["default", "hinge", "branch"])
def test_a_program_says_in_a_fresh_process_what_the_lab_shows(spec, tmp_path):
    """Hinge, since there every last digit counts: with TensorFlow's rewriting it ends at 0.048 instead of 0.027."""
    same_numbers(alone(program(spec), tmp_path), score(spec))


@pytest.mark.parametrize("values", [{"dataset": "features100", "hidden": (64,) * 4, "points": 2000, "batch_size": 256,
                                     "activation": "relu", "epochs": 40},
                                    {"batch_norm": True, "dropout": 0.3, "l2": 0.01, "dataset": "spiral", "epochs": 40}], ids=str)
def test_many_threads_change_nothing(values, tmp_path):
    spec = FeedforwardSpec(**values)
    same_numbers(alone(program(spec), tmp_path), score(spec))


def test_an_uploaded_file_beside_the_program_is_what_it_needs(tmp_path):
    (tmp_path / "points.csv").write_bytes(csv_file(3))
    spec = uploaded(3)
    same_numbers(alone(program(spec), tmp_path), score(spec))


def score(spec: FeedforwardSpec) -> dict[str, Any]:
    row = lab_run(spec)[0]
    return {name: row[name] for name in ("val_loss", "val_accuracy")}
