"""The program of a Transformer: it draws the lab's sequences, speaks both languages, and ends near the lab's weights."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from core.data import uploads
from core.data.owntext import read
from core.data.tasks import load
from core.export.program import BETWEEN, beats, program
from core.frame import Frame
from core.specs.transformer import LENGTHS, TASKS, TransformerSpec
from core.training.warm import warm
from tests.conftest import slow_after
from tests.programs import execute

warm()

SMALL: dict[str, Any] = {"points": 100, "epochs": 2, "width": 12, "feed": 8, "batch_size": 24, "learning_rate": 0.003}


def of(task: str, **values: Any) -> TransformerSpec:
    return TransformerSpec().revised(task=task, **{**SMALL, **values})


def draws_the_labs(spec: TransformerSpec) -> None:
    parts = beats(spec)
    until = [name for name, _code in parts].index("Batches")
    ran, sample = execute(BETWEEN.join(code for _name, code in parts[:until])), load(spec, uploads.arrays(spec.upload))
    for part, name in ((slice(0, sample.train), "train"), (sample.asked, "val"), (sample.test, "test")):
        assert_array_equal(ran[f"x_{name}"], sample.x[part])
        assert_array_equal(ran[f"y_{name}"], sample.y[part])


@pytest.mark.parametrize(("task", "changes"), slow_after([
    *((task, {"seed": 3}) for task in TASKS), *((task, {"seed": 4, "length": LENGTHS[task][0], "symbols": 2}) for task in TASKS),
    ("text", {"language": "chinese"}), ("masked", {"language": "chinese", "length": 20})], 9))
def test_a_program_draws_the_sequences_of_the_lab(task: str, changes: dict[str, Any]) -> None:
    draws_the_labs(of(task, **changes))


@pytest.mark.parametrize("language", ["english", "chinese"])
def test_a_program_writes_the_reviews_of_the_lab(language: str) -> None:
    draws_the_labs(of("reviews", language=language, length=12, seed=5))


def test_a_program_reads_ones_own_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "".join(chr(97 + i % 26) for i in np.random.default_rng(0).integers(0, 500, 3000))
    uploads.keep("0" * 32, {"text": read(text.encode())}, [])
    (tmp_path / "text.txt").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    try:
        for task in ("text", "masked"):
            draws_the_labs(of(task, upload="0" * 32, points=60))
    finally:
        uploads.forget("0" * 32)
    with pytest.raises(KeyError):
        program(of("text", upload="0" * 32))


def drawn(seed: int) -> TransformerSpec:
    r = random.Random(seed)
    return of(list(TASKS)[seed % len(TASKS)], layers=r.randint(1, 2), heads=r.randint(1, 3), head_size=r.choice([0, 5]),
              norm=r.choice(["pre", "post"]), positions=r.choice(["sine", "learned", "none"]), mask=r.choice(["full", "causal"]),
              dropout=r.choice([0.0, 0.2]), optimizer=r.choice(["adam", "sgd", "rmsprop", "adamw"]), clip=r.choice([0.0, 0.5]),
              schedule=r.choice(["constant", "cosine", "step"]), warmup=r.choice([0, 20]), seed=r.randint(0, 9999))


BRANCH = of("sort", epochs=1)
BRANCHES: dict[str, dict[str, Any]] = {
    "warmed": {"warmup": 20, "learning_rate": 0.02}, "clipped": {"clip": 0.5, "schedule": "cosine"},
    "another optimizer": {"optimizer": "sgd", "warmup": 40, "schedule": "step"}}


def near(spec: TransformerSpec) -> None:
    """The program ends in the lab's weights up to the order of additions, which grows with every step of training."""
    from core.labs.transformer import train

    last = [item for item in train(spec) if isinstance(item, Frame)][-1]
    ran = execute(program(spec))
    weights = [value for name, value in last.arrays.items() if name in ("embed", "out")]
    model = {v.path: np.asarray(v) for v in ran["model"].trainable_variables}
    mine = [next(v for v in model.values() if v.shape == last.arrays["embed"].shape), ran["model"].layers[-1].kernel.numpy()]
    for value, own in zip(weights, mine, strict=True):
        assert_allclose(own, value, atol=5e-3, err_msg=str(spec))
    assert sum(v.size for v in model.values()) == spec.weights(*(len(part) for part in (load(spec).symbols, load(spec).answers)))
    assert ran["val_loss"] == pytest.approx(last.rows[-1]["val_loss"], abs=3e-3)
    assert f"{ran['val_loss']:.6g}" in ran["said"]


@pytest.mark.parametrize("seed", slow_after(range(16), 1))
def test_programs_of_random_settings_end_near_the_lab(seed: int) -> None:
    near(drawn(seed))


def test_the_program_of_the_articles_block_on_reviews_ends_near_the_lab() -> None:
    near(of("reviews", layers=1, heads=2, head_size=12, norm="post", dropout=0.1))


@pytest.mark.parametrize("change", slow_after(list(BRANCHES), 0))
def test_programs_of_branches_end_near_the_lab(change: str) -> None:
    near(BRANCH.fork(1, epochs=2, **BRANCHES[change]))


def test_a_program_speaks_the_sessions_language(spoken: Any) -> None:
    spoken("zh")
    code = program(of("reverse"))
    assert any("一" <= sign <= "鿿" for sign in code)
    compile(code, "program.py", "exec")
