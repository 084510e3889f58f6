"""The program of a spec: it is formatted, says everything the spec says, makes the lab's data, and ends in the lab's numbers."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import re
import subprocess
import sys
import tokenize
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args, get_origin

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from core import i18n
from core.data import uploads
from core.data.csv import read_points
from core.export.notebook import notebook
from core.export.program import BETWEEN, beats, program
from core.frame import Frame
from core.labs import feedforward as lab
from core.specs.base import Spec
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
from core.training import choices
from core.training.batches import learning_rates
from core.training.warm import warm
from tests.conftest import slow_after
from tests.programs import execute

warm()  # fixes the number of threads, before anything computes

ROW = 6e-6  # half a unit in the sixth digit, which is all that a row keeps; then Keras averages batch by batch
SMALL: dict[str, Any] = {"points": 100, "epochs": 4, "hidden": (5, 4), "batch_size": 16, "noise": 0.2}
GENERATED = [name for name in DATASETS if name != "upload"]


def csv_file(classes: int = 2, rows: int = 60) -> bytes:
    rng = np.random.default_rng(classes)
    x = rng.normal([3, -70], [0.5, 20], (rows, 2)).round(3)
    return "\n".join(["width,height,kind", *(f"{a},{b},kind {i % classes}" for i, (a, b) in enumerate(x))]).encode()


def keep(data: bytes) -> str:
    """Upload a file, as the page does."""
    digest, arrays, classes = read_points(data, 2)
    uploads.keep(digest, arrays, classes)
    return digest


def uploaded(classes: int = 2, **changes: Any) -> FeedforwardSpec:
    return FeedforwardSpec(**{**SMALL, **changes, "dataset": "upload", "upload": keep(csv_file(classes))})


def of(case: dict[str, Any]) -> FeedforwardSpec:
    """The spec of a case, "upload" being the number of classes of an uploaded file."""
    case = dict(case)
    return uploaded(case.pop("upload"), **case) if "upload" in case else FeedforwardSpec(**{**SMALL, **case})


CASES: dict[str, dict[str, Any]] = {
    "binary, penalties, dropout": {"dropout": 0.3, "l1": 0.01, "l2": 0.02, "activations": ("relu", "same")},
    "mse, cosine": {"dataset": "xor", "loss": "mse", "schedule": "cosine", "optimizer": "momentum", "learning_rate": 0.1},
    "hinge of twins": {"loss": "hinge", "initializer": "zeros", "optimizer": "sgd"},
    "three classes": {"dataset": "blobs3", "batch_norm": True, "schedule": "step", "optimizer": "adamw"},
    "regression": {"dataset": "hills", "loss": "huber", "l2": 0.01, "features": ("x2", "sin x1", "x1x2"), "hidden": (6,)},
    "uploaded": {"upload": 3, "optimizer": "rmsprop", "initializer": "he_normal", "activation": "gelu"},
}
NO_HIDDEN_LAYER: dict[str, Any] = {"hidden": (), "batch_size": 1, "l1": 0.5}
LONG: dict[str, Any] = {"epochs": 2000, "batch_size": 1, "hidden": (64,) * 6, "activation": "leaky_relu", "l2": 0.1}


# ---- running a program

def up_to(spec: Spec, heading: str) -> str:
    """The beats before the one with this heading."""
    code = []
    for name, text in beats(spec):
        if name == heading:
            break
        code.append(text)
    return BETWEEN.join(code)


def lab_run(spec: FeedforwardSpec) -> tuple[dict[str, Any], dict[str, np.ndarray], int]:
    """The last row of the lab, the weights it ended with, and how many epochs it took."""
    held = uploads.find(spec.upload)
    frames = [item for item in lab.train(spec, uploads={spec.upload: held.arrays} if held else None) if isinstance(item, Frame)]
    return [row for frame in frames for row in frame.rows][-1], frames[-1].arrays, frames[-1].epoch


def same_numbers(said: dict[str, Any], row: dict[str, Any], tolerance: float = ROW) -> None:
    """The program's loss and accuracy (or error) on validation are the lab's."""
    for name in ("val_loss", "val_accuracy", "val_mae"):
        assert (name in said) == (name in row)
        if name in row:
            assert said[name] == pytest.approx(row[name], rel=tolerance, abs=1e-7), name


def same_weights(model: Any, arrays: dict[str, np.ndarray], exact: bool = True) -> None:
    dense = [layer for layer in model.layers if type(layer).__name__ == "Dense"]
    assert len(dense) == sum(re.fullmatch(r"w\d+", name) is not None for name in arrays)
    for i, layer in enumerate(dense):
        for name, value in ((f"w{i}", layer.kernel), (f"b{i}", layer.bias)):
            if exact:
                assert_array_equal(arrays[name], value.numpy().astype(arrays[name].dtype), name)
            else:
                np.testing.assert_allclose(arrays[name], value.numpy(), rtol=1e-3, atol=1e-4)


def check(spec: FeedforwardSpec) -> Any:
    """The program ends in the lab's weights, bit for bit, and says the lab's last row. Its model."""
    row, arrays, _epochs = lab_run(spec)
    ran = execute(program(spec))
    same_weights(ran["model"], arrays)
    same_numbers(ran, row)
    return ran["model"]


@pytest.mark.parametrize("case", slow_after(CASES, 1))
def test_a_program_ends_in_the_weights_and_numbers_of_the_lab(case, tmp_path, monkeypatch):
    if "upload" in CASES[case]:
        (tmp_path / "points.csv").write_bytes(csv_file(CASES[case]["upload"]))
        monkeypatch.chdir(tmp_path)
    check(of(CASES[case]))


# ---- a branch: its forebears' training, then its own

BORN = FeedforwardSpec(points=60, epochs=6, hidden=(4, 3), batch_size=8, noise=0.2)  # four steps an epoch
FORKS = {
    "another rate": BORN.changed(optimizer="momentum").fork(3, learning_rate=0.1),
    "another optimizer": BORN.fork(2, optimizer="nesterov", epochs=5),
    "other batches under a plan": BORN.changed(schedule="cosine").fork(3, batch_size=13),
    "dropout and penalties come": BORN.changed(optimizer="rmsprop").fork(3, dropout=0.3, l1=0.01, l2=0.02),
    "on from its end": BORN.changed(dropout=0.3, batch_norm=True, loss="hinge").fork(6, epochs=8),
    "a branch of branches": BORN.changed(dataset="blobs3", batch_norm=True, dropout=0.3, l2=0.01, schedule="step").fork(
        1, dropout=0.0, batch_size=20, schedule="constant").fork(2, dropout=0.1, l2=0.0, epochs=9).fork(
        3, dropout=0.5, schedule="range", optimizer="adamw").fork(5, learning_rate=0.1, schedule="cosine", batch_size=9, epochs=7),
}


@pytest.mark.parametrize("case", slow_after(FORKS, 1))
def test_the_program_of_a_branch_ends_in_the_weights_and_numbers_of_the_lab(case):
    """Here all digits count, and moving averages."""
    spec = FORKS[case]
    model, ended = check(spec), lab.lab_of(spec, lab.sample_of(spec, None)).program
    ended.scatter()
    for ours, theirs in zip(ended.model.get_weights(), model.get_weights(), strict=True):
        assert_array_equal(ours, theirs)


def test_the_program_of_a_branch_says_only_what_changes():
    whole, child = program(BORN.fork(3)), program(FORKS["another rate"])
    assert whole.count("model.compile(") == child.count("model.compile(") == 1
    assert "model.optimizer.learning_rate = LEARNING_RATE" in child and "optimizer.learning_rate" not in whole
    assert [name for name, _code in beats(FORKS["a branch of branches"])][-5:-1] == [f"From epoch {e} on" for e in (1, 2, 3, 5)]
    for code in (whole, child):
        absent = ["START", "Dropout", "penalty", "rate(", "shift", "lambda", "optimizer = model"]
        assert [word for word in absent if word in code] == []
        assert len(code.splitlines()) <= 110


# ---- its data

@given(st.data())
@settings(max_examples=100, deadline=None, derandomize=True)
def test_the_data_are_those_of_the_lab(data):
    dataset = data.draw(st.sampled_from(GENERATED))
    spec = FeedforwardSpec(
        dataset=dataset, points=data.draw(st.integers(20, 300)), noise=data.draw(st.floats(0, 1)),
        seed=data.draw(st.integers(0, 9999)), train_share=data.draw(st.floats(0.1, 0.9)),
        loss=data.draw(st.sampled_from(REGRESSION_LOSSES if dataset in REGRESSION else CLASS_LOSSES)),
        features=tuple(data.draw(st.lists(st.sampled_from([*FEATURES]), min_size=1, max_size=7, unique=True))))
    same_data(spec)


def same_data(spec: FeedforwardSpec) -> None:
    held = uploads.find(spec.upload)
    sample = lab.sample_of(spec, {spec.upload: held.arrays} if held else None)
    targets = choices.loss(spec.loss_name, sample.classes)[2]
    plain = SimpleNamespace(targets=targets, program=SimpleNamespace(jit=False))
    x, y, _masks = (np.asarray(t) for t in lab.tensors(spec, sample, plain))
    made = execute(up_to(spec, "Batches"))
    ends = [0, sample.train, sample.train + sample.validation, len(x)]
    for part, a, b in zip(("train", "val", "test"), ends[:-1], ends[1:], strict=True):
        assert made[f"x_{part}"].dtype == np.float32
        assert_array_equal(made[f"x_{part}"], x[a:b])
        assert_array_equal(made[f"y_{part}"], y[a:b])


POINTS = np.random.default_rng(8).normal(0, 1, (40, 2)).round(3)
FILES = {
    "as told": csv_file(2), "ten classes": csv_file(10, 200),
    "semicolons, a mark in front": b"\xef\xbb\xbf" + csv_file(3).replace(b",", b";"),
    "tabs, ends of lines": csv_file(2).replace(b",", b"\t").replace(b"\n", b"\r\n"),
    "the label first": "\n".join(["kind,x,y", *(f"{'ab'[i % 2]},{a},{b}" for i, (a, b) in enumerate(POINTS))]).encode(),
    "labels are numbers": "\n".join(["x,y,z", *(f"{a},{b},{10 - i % 3}" for i, (a, b) in enumerate(POINTS))]).encode(),
    "quotes, spaces, empty lines": "\n\n".join(
        ['x, y, "the kind"', *(f'{a}, {b}, "ab, {i % 2} "' for i, (a, b) in enumerate(POINTS))]).encode(),
    "one column never changes": "\n".join(["x,y,z", *(f"{a},0.5,{i % 2}" for i, (a, _) in enumerate(POINTS))]).encode(),
    "words of many languages": "\n".join(["x,y,z", *(f"{a},{b},{'红绿'[i % 2]}" for i, (a, b) in enumerate(POINTS))]).encode(),
}


@pytest.mark.parametrize("name", FILES)
def test_the_program_reads_what_the_lab_reads(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("points.csv").write_bytes(FILES[name])
    same_data(FeedforwardSpec(dataset="upload", upload=keep(FILES[name]), seed=3, train_share=0.6))


@pytest.mark.parametrize("schedule", slow_after([name for name in SCHEDULES if name != "constant"], 1))
@pytest.mark.parametrize(("points", "epochs"), [(20, 1), (20, 2), (50, 3), (100, 6), (90, 13), (200, 24)])
def test_every_step_has_the_rate_of_the_lab(schedule, points, epochs):
    spec = FeedforwardSpec(points=points, epochs=epochs, schedule=schedule, batch_size=7, learning_rate=0.3, hidden=())
    code = up_to(spec, "Training")
    rate = execute(code[:code.rindex("model.compile(")])["rate"]
    steps = epochs * -(-round(points / 2) // 7)
    assert_array_equal([np.float32(rate(i)) for i in range(steps)], learning_rates(schedule, 0.3, steps))


def test_an_output_of_zero_is_no_as_in_the_lab():
    """A network of zeros answers zero everywhere."""
    accuracy = execute(up_to(FeedforwardSpec(loss="hinge", initializer="zeros"), "Training"))["accuracy"]
    answers = accuracy(np.array([[-1.0], [1], [-1], [1]]), np.array([[0.0], [0], [0.5], [0.5]]))
    assert np.asarray(answers).ravel().tolist() == [True, False, False, True]


# ---- its text

def another(name: str) -> FeedforwardSpec:
    """The default spec with another value in this field. LookupError if none is known that is valid."""
    info = FeedforwardSpec.model_fields[name]
    least, greatest = FeedforwardSpec.bounds(name)
    candidates: list[Any] = [v for v in (FeedforwardSpec.control(name).choices or ()) if v != info.default]
    if get_origin(info.annotation) is tuple:
        inner = get_args(info.annotation)[0]
        candidates = [(value,) for value in candidates] or ([(3, 2)] if int in (inner, *get_args(inner)) else [])
    elif info.annotation is bool:
        candidates = [not info.default]
    elif not candidates and info.annotation in (int, float):
        candidates = [info.annotation(v) for v in (least, greatest) if v is not None and v != info.default]
    for value in candidates[::-1]:
        with contextlib.suppress(ValueError):
            return FeedforwardSpec().changed(**{name: value})
    raise LookupError(f"no other value of {name} is known: tell this test of one")


SPECIAL = {"dataset": lambda: (FeedforwardSpec(), FeedforwardSpec(dataset="xor")),
           "branch": lambda: (BORN.fork(2), BORN.fork(3)),
           "upload": lambda: (uploaded(2), uploaded(3))}  # the number of classes; the file is read when the program runs


@pytest.mark.parametrize("name", FeedforwardSpec.model_fields)
def test_every_field_of_the_spec_is_in_the_program(name):
    one, other = SPECIAL[name]() if name in SPECIAL else (FeedforwardSpec(), another(name))
    assert getattr(one, name) != getattr(other, name)
    assert program(one) != program(other), name


def test_every_choice_gives_a_program_of_its_own():
    for name, table in {"dataset": GENERATED, "activation": ACTIVATIONS, "optimizer": OPTIMIZERS, "schedule": SCHEDULES,
                        "initializer": INITIALIZERS, "features": [(f,) for f in FEATURES]}.items():
        assert len({program(FeedforwardSpec(**{name: value})) for value in table}) == len(table), name
    for dataset, losses in (("circles", CLASS_LOSSES), ("blobs3", CLASS_LOSSES), ("plane", REGRESSION_LOSSES)):
        assert len({program(FeedforwardSpec(dataset=dataset, loss=loss)) for loss in losses}) == len(losses) - 1


def many() -> list[FeedforwardSpec]:
    """Specs that together use everything a program can say."""
    specs = [FeedforwardSpec(), *map(of, CASES.values()), FeedforwardSpec(**NO_HIDDEN_LAYER), FeedforwardSpec(**LONG),
             FeedforwardSpec(**LONG, l1=0.1, batch_norm=True, dropout=0.3 - 0.1 * 2, learning_rate=1.2345678901234567e-05),
             FeedforwardSpec(features=tuple(FEATURES)), FeedforwardSpec(optimizer="nesterov", loss="mse"), uploaded(2)]
    specs += [*FORKS.values(), BORN.fork(3), FeedforwardSpec(**LONG, schedule="range").fork(1999, optimizer="nesterov", l1=0.1)]
    specs += [FeedforwardSpec(dataset=name) for name in GENERATED]
    return specs + [FeedforwardSpec(initializer=name) for name in INITIALIZERS]


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_a_program_is_formatted(language, tmp_path, spoken):
    spoken(language)
    for i, spec in enumerate(many()):
        code = program(spec)
        compile(code, "program.py", "exec")
        assert max(map(len, code.splitlines())) <= 100
        (tmp_path / f"program_{i}.py").write_text(code, "utf-8")
    ruff = [str(Path(sys.executable).with_name("ruff"))]
    for how in (["format", "--check"], ["check", "--select", "E,F,W,I,B,UP"]):  # E501 counts a Chinese character as two
        done = subprocess.run([*ruff, *how, "--isolated", "--no-cache", "--line-length", "100", str(tmp_path)],
                              capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def comments(code: str) -> list[str]:
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    return [*(t.string for t in tokens if t.type == tokenize.COMMENT), *(ast.get_docstring(ast.parse(code)) or "").splitlines()]


def test_comments_are_in_the_language_of_the_session(spoken):
    chinese = re.compile("[一-鿿]")
    for spec in many():
        english = program(spec)
        assert len(comments(english)) > 12 and not chinese.search(english)
        spoken("zh")
        translated = program(spec)
        assert [c for c in comments(translated) if c and not chinese.search(c)] == []
        assert without_words(translated) == without_words(english)
        spoken("en")


def without_words(code: str) -> str:
    """A program without its comments and texts: what it does."""
    tree = ast.parse(code)
    tree.body = tree.body[1:]
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            node.values = [part for part in node.values if isinstance(part, ast.FormattedValue)]
    return ast.unparse(tree)


def test_only_what_the_spec_needs_is_in_its_program():
    code = program(FeedforwardSpec())
    assert 60 <= len(code.splitlines()) <= 100
    absent = ["Dropout", "DROPOUT", "regularizers", "BatchNormalization", "schedules", "L1", "L2", "csv", "np.sin(x", "float64",
              "if ", "def accuracy", "qr(", "model.loss"]
    assert [word for word in absent if word in code] == []
    assert "NOISE" not in program(uploaded(2)) and "POINTS" not in program(uploaded(2))
    assert "jit_compile=True" in program(FeedforwardSpec(**LONG)) and "jit_compile=False" in code
    imported = {node.names[0].name for node in ast.parse(code).body if isinstance(node, ast.Import)}
    assert imported == {"keras", "numpy", "tensorflow"}


def test_what_a_stranger_typed_is_never_code():
    evil = '"; import os  # '
    uploads.keep("0" * 32, {"x": np.zeros((30, 2), "float32"), "y": np.arange(30) % 2}, [evil, "b"])
    spec = FeedforwardSpec(dataset="upload", upload="0" * 32)
    assert "import os" not in program(spec) + notebook(spec) and spec.upload not in program(spec)
    forged = spec.model_copy(update={"upload": evil})
    with pytest.raises(KeyError, match="not here"):
        program(forged)
    uploads.keep(evil, {"x": np.zeros((30, 2), "float32"), "y": np.arange(30) % 2}, ["a", "b"])
    assert program(forged) == program(spec)


def test_a_lab_without_a_program_is_named():
    class Other(Spec):
        pass

    with pytest.raises(TypeError, match="Other"):
        program(Other())


# ---- the notebook

@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_the_notebook_is_the_program_beat_by_beat(language, spoken):
    """What nbformat's schema of version 4.5 asks for, and that nothing is lost."""
    spoken(language)
    for spec in many():
        book = json.loads(notebook(spec))
        assert set(book) == {"cells", "metadata", "nbformat", "nbformat_minor"}
        assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
        assert {"name", "display_name"} <= set(book["metadata"]["kernelspec"]) and book["metadata"]["language_info"]["name"]
        ids = [cell["id"] for cell in book["cells"]]
        assert len(set(ids)) == len(ids) and all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", i) for i in ids)
        heads, codes = book["cells"][::2], book["cells"][1::2]
        assert len(heads) == len(codes) == len(beats(spec))
        for head, code in zip(heads, codes, strict=True):
            assert set(head) == {"cell_type", "id", "metadata", "source"} and head["cell_type"] == "markdown"
            assert set(code) == set(head) | {"outputs", "execution_count"} and code["cell_type"] == "code"
            assert code["outputs"] == [] and code["execution_count"] is None and head["metadata"] == code["metadata"] == {}
            assert all(line.endswith("\n") for cell in (head, code) for line in cell["source"][:-1])
            assert re.match(r"##? \S", "".join(head["source"]))
        assert BETWEEN.join("".join(cell["source"]) for cell in codes) + "\n" == program(spec)
