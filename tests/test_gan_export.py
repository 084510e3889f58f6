"""The program of a GAN: it draws what the lab draws, and ends near the lab's networks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from core import i18n
from core.data import mixtures
from core.data.csv import read_points
from core.export.program import BETWEEN, beats, program
from core.frame import Frame
from core.labs.gan import lab_of, train
from core.models.gan import nets
from core.specs.gan import DATASETS, LOSSES, GanSpec
from core.training.warm import warm
from tests.conftest import slow_after
from tests.programs import execute

warm()

SMALL: dict[str, Any] = {"points": 150, "epochs": 2, "batch_size": 40, "g_units": 5, "d_units": 6, "g_layers": 1, "learning_rate": 0.003}
CASES: dict[str, GanSpec] = {
    "a branch": GanSpec(**SMALL, instance_noise=0.2, schedule="cosine").fork(1, loss="wgan_gp", d_steps=2, g_optimizer="sgd", d_rate=2.0),
    "lsgan": GanSpec(**SMALL, dataset="blobs", loss="lsgan", noise_size=1, noise="normal", g_steps=2, schedule="step", d_layers=0),
    "minimax": GanSpec(**SMALL, dataset="drawn", loss="minimax", d_optimizer="adamw", g_optimizer="rmsprop", g_activation="silu"),
    "only one learns": GanSpec(**SMALL, d_steps=0, instance_noise=0.2).fork(1, d_steps=1, g_steps=0, loss="wgan_gp"),
    "another momentum": GanSpec(**SMALL, loss="wgan_gp").fork(1, beta1=0.9, instance_noise=0.1, batch_size=50, schedule="step")}


@pytest.mark.parametrize("name", slow_after(CASES, 1))
def test_a_program_ends_near_the_lab(name: str) -> None:
    spec = CASES[name]
    ran = execute(program(spec))
    frame = [item for item in train(spec) if isinstance(item, Frame)][-1]
    for of, whole in zip(("generator", "discriminator"), lab_of(spec).restored(frame.arrays), strict=True):
        theirs = np.concatenate([w.ravel() for w in ran[of].get_weights()])
        assert_allclose(theirs, whole[0], atol=1e-4, err_msg=of)
    assert float(ran["said"].split()[-1]) == pytest.approx(frame.rows[-1]["distance"], rel=0.02)


@pytest.mark.parametrize("dataset", [name for name in DATASETS if name != "upload"])
def test_a_program_draws_the_points_of_the_lab(dataset: str) -> None:
    spec = GanSpec(dataset=dataset, points=300, seed=5)
    until = [name for name, _code in beats(spec)].index("Networks")
    ran = execute(BETWEEN.join(code for _name, code in beats(spec)[:until]))
    assert_array_equal(ran["x"], mixtures.load(dataset, points=300, seed=5).x)
    assert ran["x"].dtype == np.float32


@pytest.mark.parametrize("label", [None, *range(3)])
def test_own_points_come_out_of_their_file_with_a_label_anywhere_or_none(label: int | None, tmp_path: Path,
                                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    columns = [list(map(str, column)) for column in np.random.default_rng(3).normal([3, -70], [0.5, 20], (40, 2)).round(3).T]
    if label is not None:
        columns.insert(label, ["1" if label == 2 else "red"] * 40)
    data = "\n".join(map(",".join, [list("abc"[: len(columns)]), *zip(*columns, strict=True)])).encode()
    digest, arrays, _names = read_points(data, 2, labelled=False)
    spec = GanSpec(dataset="upload", upload=digest, seed=5)
    (tmp_path / "points.csv").write_bytes(data)
    monkeypatch.chdir(tmp_path)
    until = [name for name, _code in beats(spec)].index("Networks")
    ran = execute(BETWEEN.join(code for _name, code in beats(spec)[:until]))
    assert_allclose(ran["x"], mixtures.load("upload", points=0, seed=5, upload=arrays).x, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("loss", LOSSES)
def test_programs_in_both_languages_are_python_and_say_all_that_was_set(loss: str, language: str, spoken: Any) -> None:
    spec = GanSpec(loss=loss, d_steps=3, instance_noise=0.15, penalty=7.0, d_rate=2.0, g_layers=0, dataset="upload", upload="0" * 32)
    spoken(language)
    code = program(spec)
    compile(code, "program.py", "exec")
    assert max(map(len, code.splitlines())) <= 140
    for word in ("D_STEPS = 3", "INSTANCE_NOISE = 0.15", "D_RATE = 2.0", "points.csv", "train_step"):
        assert word in code
    assert ("PENALTY = 7.0" in code) == (loss == "wgan_gp") and "POINTS" not in code
    assert nets(spec)[0].widths == (2, 2)
