"""The stock project's program: it is formatted, says everything that the spec says, and ends near the lab's forecast."""

import csv
import io
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from core import i18n
from core.data import stock as data
from core.data import uploads
from core.data.prices import generated
from core.export.program import program
from core.export.stock import forecast_csv
from core.labs import stock as lab
from core.specs.stock import READING, StockSpec
from tests.conftest import slow_after
from tests.test_export import comments, execute, without_words
from tests.test_stock_lab import CASES, of, trained

DIGEST = "d" * 32
MORE: dict[str, dict[str, Any]] = {
    "a shuffled fold": {"series": "walk", "points": 300, "leak": "shuffled", "fold": 2, "epochs": 3},
    "a centred average of changes": {"series": "season", "points": 300, "leak": "centred average", "target": "difference", "epochs": 3},
    "a scaler that has seen all": {"series": "regimes", "points": 300, "leak": "scaler", "epochs": 3, "scaler": "standard"},
    "a file with volume": {"series": "upload", "upload": DIGEST, "volume": True, "averages": (6,), "epochs": 3, "target": "log-return"},
    "a plan": {"schedule": "cosine", "optimizer": "momentum", "learning_rate": 0.05, "batch_size": 8, "epochs": 5},
}


@pytest.fixture
def brought(tmp_path, monkeypatch):
    """A file with volume, kept as the page keeps it, and beside the program as the page gives it."""
    prices = generated("walk", 4, 200)
    volume = np.where(np.arange(200) % 9 == 4, np.nan, np.random.default_rng(0).integers(10, 10_000, 200).astype(float))
    file = data.as_file(replace(prices, columns={"close": prices.close, "volume": volume}))
    uploads.keep(DIGEST, {"file": np.frombuffer(file, np.uint8)}, ["prices.csv"])
    (tmp_path / "prices.csv").write_bytes(file)
    monkeypatch.chdir(tmp_path)
    yield uploads.arrays(DIGEST)
    uploads.forget(DIGEST)


def agrees(spec: StockSpec, held: Any) -> None:
    frames, _end = trained(spec, held)
    answers = lab.ask(spec, "forecast", frames[-1].arrays, {}, held)
    ran = execute(program(spec))
    prepared = data.prepared_of(spec, data.prices_of(spec, held))
    for part in ("train", "validation", "test"):
        assert_array_equal(ran[part], getattr(prepared.split, part), part)
    assert_array_equal(ran["price"], prepared.samples.price)
    assert_allclose(ran["x"], prepared.samples.x, rtol=1e-12, atol=1e-12)
    assert_allclose(ran["x_train"], prepared.x(prepared.split.train), rtol=1e-6, atol=1e-6)
    assert_allclose(ran["forecast"], answers["forecast"], rtol=2e-4)
    assert ran["val_loss"] == pytest.approx(frames[-1].rows[-1]["val_loss"], rel=5e-3)
    assert ran["val_mae"] == pytest.approx(frames[-1].rows[-1]["val_mae"], rel=5e-3)
    assert ran["test_mae"] == pytest.approx(answers["metrics"][0], rel=5e-3)


@pytest.mark.parametrize("case", slow_after({**CASES, **MORE}, 1))
def test_a_program_ends_in_the_forecast_of_the_lab(case, brought):
    agrees(of(**{**CASES, **MORE}[case]), brought)


@pytest.mark.parametrize("case", slow_after(["rate", "optimizer"], 0))
def test_the_program_of_a_branch_does_too(case):
    born = of(epochs=6, batch_size=16, series="AAPL", units=8)
    agrees(born.fork(3, learning_rate=0.01) if case == "rate" else born.fork(2, optimizer="rmsprop", epochs=5), None)


def many() -> list[StockSpec]:
    specs = [of(**values) for values in [*CASES.values(), *MORE.values()]]
    specs += [of(series=name) for name in get_args(StockSpec.model_fields["series"].annotation) if name != "upload"]
    wide = of(series="walk", target="log-return", model="conv", layers=3, patience=3, averages=(5, 10, 20), horizon=20,
                     schedule="step")
    return [*specs, of(epochs=6).fork(3, learning_rate=0.01), wide]


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_a_program_is_formatted(language, tmp_path, spoken, brought):
    spoken(language)
    for i, spec in enumerate(many()):
        code = program(spec)
        compile(code, "program.py", "exec")
        assert max(map(len, code.splitlines())) <= 100, max(code.splitlines(), key=len)
        (tmp_path / f"program_{i}.py").write_text(code, "utf-8")
    ruff = [str(Path(sys.executable).with_name("ruff"))]
    for how in (["format", "--check", "--diff"], ["check", "--select", "E,F,W,I,B,UP", "--ignore", "E501"]):
        done = subprocess.run([*ruff, *how, "--isolated", "--no-cache", "--line-length", "100", str(tmp_path)],
                              capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_comments_are_in_the_language_of_the_session(spoken, brought):
    for spec in many():
        english = program(spec)
        spoken("zh")
        translated = program(spec)
        assert without_words(translated) == without_words(english)
        assert [c for c in comments(translated) if c and not any("一" <= letter <= "鿿" for letter in c)] == []
        spoken("en")


OTHERS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "upload": ({}, {"series": "upload", "upload": DIGEST}), "points": ({"series": "walk"}, {"series": "walk", "points": 300}),
    "volume": ({"series": "upload", "upload": DIGEST}, {"series": "upload", "upload": DIGEST, "volume": True}),
    "folds": ({"fold": 1}, {"fold": 1, "folds": 3}), "fold": ({}, {"fold": 1}), "averages": ({}, {"averages": (5,)}),
    "branch": ({}, {"branch": "3~learning_rate~0.1"}), "series": ({}, {"series": "walk"}),
}


@pytest.mark.parametrize("name", [name for name in StockSpec.model_fields if name not in READING])
def test_every_field_of_the_spec_is_in_the_program(name, brought):
    if name in OTHERS:
        one, other = OTHERS[name]
    else:
        info = StockSpec.model_fields[name]
        choices = StockSpec.control(name).choices
        value = list(choices)[-1] if choices else StockSpec.bounds(name)[0] if StockSpec.bounds(name)[0] != info.default else (
            info.default + (StockSpec.control(name).step or 1))
        one, other = {}, {name: value}
    first, second = of(**one), of(**other)
    assert program(first) != program(second), name


def test_prices_that_are_not_here_have_no_program():
    with pytest.raises(KeyError):
        program(of(series="upload", upload="e" * 32))


def test_the_table_of_forecasts():
    spec = of(series="season", points=250, epochs=2, horizon=3, target="log-return")
    frames, _end = trained(spec)
    prices = data.prices_of(spec)
    found = data.outcome_of(spec, lab.ask(spec, "forecast", frames[-1].arrays, {}))
    text = forecast_csv(prices.dates, found, "A title")
    assert text.startswith("# A title\n")
    rows = list(csv.DictReader(io.StringIO(text.split("\n", 1)[1])))
    assert len(rows) == len(found.days)
    for i in (0, len(rows) - 1):
        day = found.days[i]
        assert rows[i]["made_on"] == str(prices.dates[day]) and rows[i]["date"] == str(prices.dates[day + 3])
        assert float(rows[i]["price"]) == pytest.approx(prices.close[day + 3], rel=1e-6)
        assert float(rows[i]["low"]) < float(rows[i]["forecast"]) < float(rows[i]["high"])
        assert float(rows[i]["baseline_last"]) == pytest.approx(prices.close[day], rel=1e-6) == float(rows[i]["price_then"])
