"""The stock project's page: the shift against its definition, its figures, its steps, files of one's own, its challenge."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
import streamlit as st
from numpy.testing import assert_allclose, assert_array_equal
from streamlit.testing.v1 import AppTest

from core import i18n
from core.data import stock as data
from core.data import uploads
from core.figures import stock as figures
from core.figures import theme
from core.figures.template import to_figure
from core.frame import End, Frame, Message, Trouble
from core.insight.challenges import verdict, with_sealed
from core.insight.exercises.stock_project import CHALLENGES, against_last
from core.maths.forecasting.shifting import distance, distances
from core.runs.questions import AskError
from core.specs.stock import LEAKS, StockSpec
from core.specs.stock_project import STEPS, StockView
from core.ui.stock import forecast, prepare
from core.ui.tools.sealed import name_of
from tests.conftest import slow_after
from tests.opening import opener, remembering

ROOT = Path(__file__).resolve().parent.parent
(CHALLENGE,) = CHALLENGES
RANDOM = [{"series": name, "target": target, "horizon": horizon, "leak": leak, "averages": averages, "points": 300, "scaler": scaler}
          for name, target, horizon, leak, averages, scaler in (
              ("walk", "price", 1, "none", (), "min-max"), ("season", "log-return", 3, "shuffled", (5,), "standard"),
              ("GOOG", "difference", 2, "centred average", (), "min-max"), ("regimes", "log-return", 20, "scaler", (5, 20), "standard"),
              ("NFLX", "price", 1, "none", (10,), "min-max"))]


def answered(spec: StockSpec, part: str = "validation", noise: float = 0.001) -> dict[str, np.ndarray]:
    """What the probe "forecast" says of a network that repeats the last price, a little off."""
    prices = data.prices_of(spec)
    prepared = data.prepared_of(spec, prices)
    origin, rng = prepared.samples.origin, np.random.default_rng(0)
    said = origin * (1 + noise * rng.standard_normal(len(origin)))
    found = data.judged(prepared, said[prepared.split.validation], said[prepared.split.test], part)
    best = prices.best(spec.horizon)
    return {**data.packed(found), **({} if best is None else data.floats(best=best[found.days]))}


# ---- the shift

@pytest.mark.parametrize("seed", range(10))
def test_a_shift_of_nothing_is_the_error_and_of_the_horizon_the_distance_from_the_last_price(seed):
    rng = np.random.default_rng(seed)
    price, h = rng.uniform(1, 9, 50), int(rng.integers(1, 8))
    days = np.arange(5, 50 - h)
    said = rng.uniform(1, 9, len(days))
    assert_allclose(distance(price, days, said, h, 0), np.abs(said - price[days + h]).mean())
    assert_allclose(distance(price, days, said, h, h), np.abs(said - price[days]).mean())
    middle = (price[days + h] + price[days + h - 1]) / 2  # half a day earlier
    assert_allclose(distance(price, days, said, h, 0.5), np.abs(said - middle).mean())
    shifts, far = distances(price, days, said, h, 9)
    assert_allclose(far, [distance(price, days, said, h, shift) for shift in np.linspace(0, h, 9)])
    assert (shifts[0], shifts[-1]) == (0, h)


def test_the_moral_follows_the_distances():
    assert "is the last price" in forecast._moral(1.0, 0.1)
    assert "comes nearer" in forecast._moral(1.0, 0.8)
    assert "away" in forecast._moral(1.0, 1.5)


# ---- figures

@pytest.mark.parametrize("values", RANDOM, ids=lambda v: f"{v['series']} {v['leak']}")
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_figures_are_valid_and_show_what_there_is(values, mode):
    spec = StockSpec(**values)
    prices = data.prices_of(spec)
    prepared = data.prepared_of(spec, prices)
    arrays = answered(spec, "test")
    found = data.outcome_of(spec, arrays)
    shown = list(found.baselines)
    drawn = [figures.series(prices, prepared), figures.series(prices, None), figures.windows(prepared),
             figures.forecast(found, prices, 0.5, shown, arrays.get("best")), figures.by_shift(found, prices, 0.5),
             figures.residuals(found, prices), figures.echoes(found)]
    for figure in drawn:
        go.Figure(theme.resolve(figure, mode))
    lines = {trace["name"]: trace for trace in drawn[3]["data"]}
    assert_allclose(lines["forecast"]["x"], found.days + spec.horizon - 0.5)
    assert_allclose(lines["forecast"]["y"], found.forecast)
    assert_allclose(lines["the last price"]["y"], found.origin)
    assert ("best possible" in lines) == spec.generated
    stars = [trace for trace in drawn[2]["data"] if trace["name"] == "target"]
    rows = prepared.split.train[np.linspace(0, len(prepared.split.train) - 1, 4).astype(int)]
    assert_allclose([star["y"][0] for star in stars], prepared.y(rows), rtol=1e-6)
    assert len(drawn[0]["layout"]["shapes"]) == (0 if spec.leak == "shuffled" else 3)


def test_the_parts_in_the_chart_are_those_of_the_split():
    spec = StockSpec()
    prices = data.prices_of(spec)
    prepared = data.prepared_of(spec, prices)
    train, validation, test = figures.series(prices, prepared)["layout"]["shapes"]
    made = prepared.samples.origins
    assert train["x1"] == made[prepared.split.train[-1]] and validation["x0"] == made[prepared.split.validation[0]]
    assert (test["x0"], test["x1"]) == (made[prepared.split.test[0]], len(prices) - 1)


def test_the_forecast_is_drawn_while_it_trains():
    arrays = {name: np.float32([1, 2, 3]) for name in ("truth", "forecast", "origin")} | {"days": np.int32([7, 8, 9])}
    frame = Frame(epoch=1, step=1, seconds=0.1, arrays=arrays, rows=[{"epoch": 1.0, "val_mae": 0.25}])
    live = next(t for t in figures.training(StockSpec(), StockView()) if t.id == "live")
    figure = to_figure(live, frame, frame.rows)
    assert [list(trace.x) for trace in figure.data] == [[7, 8, 9]] * 3 and list(figure.data[1].y) == [1, 2, 3]
    assert "0.25" in figure.layout.title.text


def test_folds_appear_one_by_one():
    specs = [StockSpec(points=300, fold=k + 1) for k in range(5)]
    prices = data.prices_of(specs[0])
    prepared = [data.prepared_of(spec, prices) for spec in specs]
    parts = [data.outcome_of(spec, answered(spec, "test")) if k < 2 else None for k, spec in enumerate(specs)]
    figure = figures.folds(parts, prices, prepared)
    go.Figure(theme.resolve(figure, "dark"))
    assert [trace["name"] for trace in figure["data"]] == ["price", "fold 1", "fold 2"]
    assert len(figure["layout"]["shapes"]) == 5


# ---- numbers

@pytest.mark.parametrize("values", RANDOM, ids=lambda v: f"{v['series']} {v['leak']}")
def test_the_table_has_all_and_the_last_price_is_the_measure(values):
    spec = StockSpec(**values)
    arrays = answered(spec, "test")
    found = data.outcome_of(spec, arrays)
    rows = forecast.rows_of(found, arrays.get("best"))
    assert list(rows) == ["network", *found.baselines, *(["possible"] if spec.generated else [])]
    assert_allclose(rows["last"].mase, 1)
    assert_allclose(rows["network"].mae, np.abs(found.truth - found.forecast).mean())


@pytest.mark.parametrize("leak", LEAKS)
@pytest.mark.parametrize("target", ["price", "log-return"])
def test_what_is_said_of_a_leak_is_so(leak, target):
    spec = StockSpec(leak=leak, target=target, points=300)
    prepared = data.prepared_of(spec, data.prices_of(spec))
    said = " ".join(prepare.leak_numbers(spec, prepared))
    found, split = prepared.samples, prepared.split
    if leak == "centred average":
        assert f"{found.price[found.origins[split.test[-1]] + 1]:.6g}" in said.split(" is ")[-1]
    elif leak == "shuffled":
        known = {int(day) for day in found.origins[split.train]}
        share = np.mean([day - 1 in known or day + 1 in known for day in found.origins[split.test]])
        assert f"{share:.0%}" in said and share > 0.5
    elif leak == "scaler":
        y = found.y[split.train]
        least, own = (f"{low:.4g}".replace("-", "−") for low in (found.y.min(), y.min()))
        assert least in said and f"{own} and {np.ptp(y):.4g}" in said
    else:
        assert said == ""


# ---- the challenge

def test_the_challenge_asks_for_a_test_error_against_the_last_price():
    for series, error, passed in (("season", 0.75, True), ("season", 0.85, False), ("walk", 0.99, False)):
        spec = StockSpec(series=series, points=300)

        def rows(one: StockSpec, factor: float = error) -> Any:
            prepared = data.prepared_of(one, data.prices_of(one))
            test, samples = prepared.split.test, prepared.samples
            last = np.abs(np.diff(samples.price))[samples.origins[test]].mean()  # one price ahead
            return with_sealed([{"epoch": 1.0}], factor * float(last))

        assert_allclose(against_last(spec, rows(spec)), error)
        assert verdict(CHALLENGE, spec, [rows(spec.changed(seed=seed)) for seed in (1, 2, 3)]).passed is False or passed
    assert against_last(StockSpec(), with_sealed([{"epoch": 1.0}], 0.0)) is None  # answers that are no numbers


@pytest.mark.parametrize("values", [{"leak": "shuffled"}, {"fold": 1}, {"series": "GOOG"},
                                    {"series": "upload", "upload": "0" * 32}])
def test_what_the_challenge_does_not_allow(values):
    assert CHALLENGE.allows(CHALLENGE.reference) is None
    assert CHALLENGE.allows(CHALLENGE.reference.changed(**values)) is not None


@pytest.mark.parametrize("series", slow_after(["season", "walk"], 1))
def test_the_reference_passes_and_a_random_walk_does_not(series):
    from core.insight.challenges import runs_for
    from core.labs import stock as lab

    spec, found = CHALLENGE.reference.changed(series=series), []
    for one in runs_for(CHALLENGE, spec):
        last = [record for record in lab.train(one) if isinstance(record, Frame) and "weights" in record.arrays][-1]
        found.append(with_sealed([{"epoch": 1.0}], float(lab.ask(one, "sealed", last.arrays, {})["metrics"][0])))
    assert verdict(CHALLENGE, spec, found).passed == (series == "season")


# ---- the page

@pytest.fixture
def project(monkeypatch, make_runner, tmp_path):
    """Open the page on runs that have ended, whose networks repeat the last price; returns the app and what was asked."""
    runner = make_runner()
    asked: list[str] = []
    broken: list[Message] = []
    def ask(key, probe, *, epoch=None, arguments=None):
        asked.append((arguments or {}).get("part", probe))
        if broken:
            raise AskError(broken[0])
        spec = specs[key]
        return answered(spec, arguments["part"]) if not spec.upload else answered_upload(spec, arguments["part"])

    def answered_upload(spec, part):
        prepared = data.prepared_of(spec, data.prices_of(spec, uploads.arrays(spec.upload)))
        origin = prepared.samples.origin
        return data.packed(data.judged(prepared, origin[prepared.split.validation], origin[prepared.split.test], part))

    specs = remembering(monkeypatch, runner, ask=ask, result=lambda key: End("finished"), rows=lambda key: [
        {"epoch": 30.0, "val_mae": 0.9, "mae": 0.8, "val_loss": 0.3, "loss": 0.3}])
    opened = opener(tmp_path)

    def go(step="", language="en", **query):
        app = opened("stock_project", language, **({"step": step} if step else {}), **query)
        assert not app.exception
        return app

    go.asked, go.broken = asked, broken
    yield go
    i18n.use("en")


@pytest.mark.parametrize("language", list(i18n.LANGUAGES))
@pytest.mark.parametrize("step", list(STEPS))
def test_every_step_opens(project, step, language):
    app = project(step, language)
    assert not app.warning and not app.error


def test_all_windows_are_accounted_for_and_called_by_what_they_hold(project):
    spec = StockSpec()
    counted = [text.value for text in project("data").caption if "sealed test:" in text.value]
    prepared = data.prepared_of(spec, data.prices_of(spec))
    assert len(counted) == 1 and sum(map(int, re.findall(r"\d+", counted[0]))) == len(prepared.samples.y)
    (shown,) = [text.value for text in project("prepare").markdown if "as the network sees them" in text.value]
    assert "10 values each (log-return)" in shown and "the next one" in shown
    (shown,) = [text.value for text in project("prepare", horizon="3", target="price").markdown if "as the network sees" in text.value]
    assert "10 values each (price)" in shown and "3 ahead" in shown
    scaled = [text.value for text in project("prepare").caption if "become 0 and 1" in text.value]
    assert len(scaled) == 1 and "−" in scaled[0] and "-" not in scaled[0]


@pytest.mark.parametrize("leak", list(LEAKS)[1:])
@pytest.mark.parametrize("step", ["data", "prepare", "forecast"])
def test_every_leak_is_shown(project, step, leak):
    app = project(step, leak=leak)
    assert not app.error


def test_the_first_sight_is_a_forecast_that_a_slider_lays_on_the_last_price(project):
    app = project()
    assert app.session_state["stock_project:view"].step == "forecast"
    assert not any("This forecast is the last price" in text.value for text in app.markdown)
    (slider,) = [slider for slider in app.slider if slider.key.startswith("stock_project:shift")]
    before = [metric.value for metric in app.metric]
    assert [metric.delta for metric in app.metric] == ["", "+0%"], "the line is there before the slider is drawn"
    slider.set_value(1.0).run()
    after = [metric.value for metric in app.metric]
    assert not app.exception and before[0] == before[1] == after[0] and float(after[1]) < 0.2 * float(after[0])
    assert any("This forecast is the last price" in text.value for text in app.markdown)


def test_the_test_stays_sealed_until_it_is_opened_and_every_setting_counts(project):
    app = project()
    assert set(project.asked) == {"validation"}
    name = name_of(StockSpec())
    for looks, rate in enumerate((0.003, 0.01), 1):
        app.session_state["stock_project:spec"] = app.session_state["stock_project:spec"].revised(learning_rate=rate)
        app.run()
        assert not any("of the sealed test." in text.value for text in app.caption)
        app.button(key="stock_project:sealed:open").click().run()
        assert not app.exception and app.session_state["memory"]["looks"] == {name: looks}
        assert any("forecasts of the sealed test." in text.value for text in app.caption)
    assert any("was looked at 2 times" in text.value for text in app.markdown)


def test_a_look_that_fails_does_not_count(project):
    app = project()
    project.broken.append(Message("no worker"))
    app.button(key="stock_project:sealed:open").click().run()
    assert not app.exception and app.session_state["memory"]["looks"] == {}


def test_walking_forward_opens_the_test_once(project):
    app = project("walk")
    assert project.asked == []
    app.button(key="stock_project:walk:go").click().run()
    assert not app.exception and project.asked == ["test"] * 5
    assert any("all folds" in text.value for text in app.subheader)
    assert list(app.session_state["memory"]["looks"].values()) == [1]


def test_next_and_back_lead_through_the_steps(project):
    app = project("data")
    seen = [app.session_state["stock_project:view"].step]
    while [b for b in app.button if b.key == "stock_project:next"]:
        app.button(key="stock_project:next").click().run()
        assert not app.exception
        seen.append(app.session_state["stock_project:view"].step)
    assert seen == list(STEPS)


# ---- prices of one's own

def csv(rows: int = 60, date: str = "Date", form: str = "%m/%d/%Y", mark: str = ".") -> bytes:
    rng = np.random.default_rng(1)
    days = np.datetime64("2021-01-04") + 7 * np.arange(rows)
    price = 100 * np.exp(np.cumsum(0.01 * rng.standard_normal(rows)))
    lines = [f"{date};Close"] + [f"{day.astype(object).strftime(form)};{value:.2f}".replace(".", mark) for day, value in
                                 zip(days, price, strict=True)]
    return "\n".join(lines).encode()


def bring(app: AppTest, name: str, content: bytes) -> None:
    app.selectbox(key="stock_project.series.en").set_value("upload").run()
    app.file_uploader[0].set_value([(name, content, "text/csv")]).run()
    assert not app.exception


def test_a_file_is_read_and_a_reading_corrected(project):
    app = project("data")
    bring(app, "own.csv", csv(mark=","))
    spec = app.session_state["stock_project:spec"]
    assert spec.series == "upload" and uploads.find(spec.upload).classes == ["own.csv"]
    assert any("60 prices" in text.value for text in app.markdown)
    app.selectbox(key="stock_project.decimal.en").set_value("comma").run()
    assert not app.exception and app.session_state["stock_project:spec"].decimal == "comma"
    app.session_state["stock_project:view"] = StockView(step="forecast")
    app.run()
    assert not app.exception and not app.error and app.metric


def test_ones_own_prices_go_along_with_the_program(project, monkeypatch):
    app = project("data")
    assert not any(button.label == "prices.csv" for button in app.get("download_button"))
    bring(app, "own.csv", csv(mark=","))
    given: dict[str, Any] = {}
    monkeypatch.setattr(st, "download_button", lambda label, data, *_more, **_named: given.update({label: data}))
    app.session_state["stock_project:view"] = StockView(step="take")
    app.run()
    assert not app.exception and "Program (.py)" in given
    own, mine = data.read(given["prices.csv"], "prices.csv"), data.prices_of(spec := app.session_state["stock_project:spec"],
                                                                              uploads.arrays(spec.upload))
    assert_array_equal(own.close, mine.close)
    assert_array_equal(own.dates, mine.dates)


def test_a_refused_file_loses_nothing_and_can_be_put_right(project):
    app = project("data")
    first, *lines = csv(form="%Y-%m-%d").replace(b"Close", b"what it was").split(b"\n")
    content = b"\n".join([first + b";Close", *(line + b";5.0" for line in lines)])  # whose Close says nothing
    with pytest.raises(Trouble):
        data.read(content, "odd.csv")
    bring(app, "odd.csv", content)
    assert any("odd" in text.value for text in app.error)
    assert app.session_state["stock_project:spec"] == StockSpec()
    next(box for box in app.selectbox if box.key.startswith("stock_project:pending:price")).set_value("what it was").run()
    assert not app.exception and not app.error
    spec = app.session_state["stock_project:spec"]
    assert (spec.series, spec.price) == ("upload", "what it was") and any("60 prices" in text.value for text in app.markdown)


def test_a_file_that_is_none_is_forgotten(project):
    app = project("data")
    bring(app, "none.csv", b"a;b\n1;x\n2;y\n")
    assert app.error and app.session_state["stock_project:spec"] == StockSpec()
    app.button(key="stock_project:forget").click().run()
    assert not app.exception and not app.error


def test_a_ticker_without_the_package_is_a_sentence(project, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "yfinance", None)
    app = project("data")
    app.selectbox(key="stock_project.series.en").set_value("upload").run()
    app.text_input(key="stock_project:ticker").set_value("AAPL").run()
    app.button(key="stock_project:fetch").click().run()
    assert not app.exception and any("yfinance" in text.value for text in app.warning)
    assert app.session_state["stock_project:spec"] == StockSpec()
