"""The program of a recurrent network: it draws the lab's sequences, speaks both languages, and ends near the lab's weights."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from core import i18n
from core.data.sequences import load
from core.export.program import BETWEEN, beats, program
from core.frame import Frame
from core.specs.recurrent import CELLS, TASKS, RecurrentSpec
from core.training.warm import warm
from tests.conftest import slow_after
from tests.programs import execute

warm()

SMALL: dict[str, Any] = {"points": 100, "epochs": 2, "units": 6, "batch_size": 24, "length": 5}


def of(**values: Any) -> RecurrentSpec:
    return RecurrentSpec().revised(**{**SMALL, **values})


@pytest.mark.parametrize("task, language, seed", slow_after(
    [*((task, "english", 3) for task in TASKS), ("text", "chinese", 4), *((task, "english", 8) for task in TASKS)], 6))
def test_a_program_draws_the_sequences_of_the_lab(task: str, language: str, seed: int) -> None:
    spec = of(task=task, language=language, seed=seed, length=7, waves=3)
    parts = beats(spec)
    until = [name for name, _code in parts].index("Batches")
    ran, sample = execute(BETWEEN.join(code for _name, code in parts[:until])), load(spec)
    for part, name in ((slice(0, sample.train), "train"), (sample.validation, "val"), (sample.test, "test")):
        assert_array_equal(ran[f"x_{name}"], sample.x[part])
        assert_array_equal(ran[f"y_{name}"], sample.y[part])
        assert ran[f"x_{name}"].dtype == sample.x.dtype


def drawn(seed: int) -> RecurrentSpec:
    r = random.Random(seed)
    cell = list(CELLS)[seed % 3]
    return of(task=list(TASKS)[seed % 5], cell=cell, layers=r.randint(1, 2), bidirectional=r.random() < 0.4,
              dropout=r.choice([0.0, 0.3]), activation=r.choice(["tanh", "relu"]), forget_bias=r.random() < 0.5,
              initializer=r.choice(["orthogonal", "glorot_uniform", "shrinking", "growing", *["identity"] * (cell == "rnn")]),
              optimizer=r.choice(["adam", "sgd", "rmsprop", "adamw"]), clip=r.choice([0.0, 0.5, 1.0]), learning_rate=0.01,
              schedule=r.choice(["constant", "cosine", "step"]), seed=r.randint(0, 9999))


BRANCH = of(task="recall", cell="gru", epochs=1)
BRANCHES = {  # what changes at a fork, at which nothing but the lab's order of additions differs
    "clipped": {"clip": 0.5}, "dropout": {"dropout": 0.3, "learning_rate": 0.02}, "another optimizer": {"optimizer": "sgd", "clip": 1.0}}


def near(spec: RecurrentSpec) -> None:
    """The program ends in the lab's weights up to the order of additions, which grows with every step of training."""
    from core.labs.recurrent import train

    last = [item for item in train(spec) if isinstance(item, Frame)][-1]
    ran = execute(program(spec))
    stated = [name for name in last.arrays if name[0] in "kub" and name[1:].rstrip("b").isdigit()]
    model = [np.asarray(v) for v in ran["model"].trainable_variables]
    assert len(stated) == len(model)
    for name, value in zip(stated, model, strict=True):
        assert_allclose(value, last.arrays[name], atol=2e-3, err_msg=f"{name} of {spec}")
    assert ran["val_loss"] == pytest.approx(last.rows[-1]["val_loss"], abs=2e-3)
    assert f"{ran['val_loss']:.6g}" in ran["said"]


@pytest.mark.parametrize("seed", slow_after(range(15), 1))
def test_programs_of_random_settings_end_near_the_lab(seed: int) -> None:
    near(drawn(seed))


@pytest.mark.parametrize("change", slow_after(list(BRANCHES), 0))
def test_programs_of_branches_end_near_the_lab(change: str) -> None:
    near(BRANCH.fork(1, epochs=2, **BRANCHES[change]))


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("task", TASKS)
def test_programs_in_both_languages_are_python_and_say_all_that_was_set(task: str, language: str, spoken: Any) -> None:
    spec = of(task=task, clip=1.5, dropout=0.25, layers=2, bidirectional=True)
    spoken(language)
    code = program(spec)
    compile(code, "program.py", "exec")
    assert max(map(len, code.splitlines())) <= 140
    for word in ("CLIP = 1.5", "DROPOUT = 0.25", "layers.Bidirectional", "global_clipnorm=CLIP", "UNITS = 6"):
        assert word in code
    assert ("PERIOD" in code) == (task == "wave")
