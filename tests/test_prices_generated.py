"""Generated series and their best possible forecasts, against simulation and all that may have happened; series built in; Yahoo's."""

import importlib
import itertools
import sys
import types

import numpy as np
import pandas as pd
import plotly.data
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import i18n
from core.data.prices import BUILT_IN, PROCESSES, best, built_in, generated, yahoo
from core.data.prices.generate import Regimes, Season, Walk
from core.frame import Trouble
from tests.test_prices import said, sound, table


@pytest.mark.parametrize("kind", PROCESSES)
def test_the_same_seed_gives_the_same_prices(kind):
    prices = sound(generated(kind, 7, 300))
    np.testing.assert_array_equal(prices.close, generated(kind, 7, 300).close)
    assert not np.array_equal(prices.close, generated(kind, 8, 300).close) and said(prices)
    assert prices.frequency == "daily" and set((prices.dates.astype(int) + 3) % 7) == set(range(5))
    np.testing.assert_array_equal(prices.best(3), best(kind, prices.close, 3))
    assert kind == "season" or prices.close[0] == pytest.approx(100)


def simulated(process, past, horizon, count, seed):
    """Prices `horizon` steps after the past, step by step as the module says, from the hidden state where there is one: (count,)."""
    rng = np.random.default_rng(seed)
    if isinstance(process, Walk):
        return past[-1] * np.exp(rng.normal(process.drift - process.sigma**2 / 2, process.sigma, (count, horizon)).sum(1))
    t = len(past) - 1
    noise = np.full(count, np.log(past[-1]) - process.known(np.array(t)))
    for _step in range(horizon):
        noise = process.persistence * noise + process.sigma * rng.standard_normal(count)
    return np.exp(process.known(np.array(t + horizon)) + noise)


@given(st.sampled_from([Walk(0.001, 0.03), Walk(), Season(), Season(0.002, 0.05, 7, 1.0, 0.9, 0.03), Season(persistence=0)]),
       st.integers(1, 20), st.integers(0, 999))
@settings(max_examples=30, deadline=None, derandomize=True)
def test_the_best_forecast_is_the_mean_of_what_may_come(process, horizon, seed):
    past = 100 * np.exp(process.log_prices(30, np.random.default_rng(seed)) * (0.01 if isinstance(process, Season) else 1))
    ahead = simulated(process, past, horizon, 40_000, seed)
    assert process.best(past, horizon)[-1] == pytest.approx(ahead.mean(), abs=4.5 * ahead.std() / 200)


@given(st.integers(2, 8), st.integers(1, 4), st.floats(0.5, 0.99), st.integers(0, 999))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_the_best_forecast_over_hidden_states_is_the_sum_over_all_their_histories(n, horizon, stay, seed):
    process = Regimes((0.02, -0.05), (0.02, 0.08), stay)
    rng = np.random.default_rng(seed)
    past = 50 * np.exp(process.log_prices(n, rng))
    steps = np.diff(np.log(past))
    total = weights = 0.0
    for states in itertools.product((0, 1), repeat=n - 1 + horizon):  # of every step, those to come among them
        weight = 0.5
        for before, after in itertools.pairwise(states):
            weight *= stay if before == after else 1 - stay
        for step, state in zip(steps, states, strict=False):
            sigma, mean = process.sigmas[state], process.drifts[state] - process.sigmas[state] ** 2 / 2
            weight *= np.exp(-(((step - mean) / sigma) ** 2) / 2) / sigma
        total += weight * np.exp(sum(process.drifts[state] for state in states[n - 1:]))
        weights += weight
    assert process.best(past, horizon)[-1] == pytest.approx(past[-1] * total / weights, rel=1e-10)


@pytest.mark.parametrize("horizon", [1, 5])
def test_no_other_forecast_of_the_regimes_is_better(horizon):
    """Errors of an expectation have nothing to do with anything known before; and it beats the last price and the mean growth."""
    process = Regimes((0.004, -0.006), (0.01, 0.03), 0.98)
    errors, others, known = [], [], []
    for seed in range(60):
        close = 100 * np.exp(process.log_prices(1500, np.random.default_rng(seed)))
        forecast, truth = process.best(close, horizon)[:-horizon], close[horizon:]
        now = close[:-horizon]
        errors.append((truth - forecast) / now)
        others.append((truth - now) / now)
        known.append((forecast - now) / now)
    errors, others, known = (np.concatenate(each) for each in (errors, others, known))
    assert abs(np.corrcoef(errors, known)[0, 1]) < 0.02 and abs(errors.mean()) < 5 * errors.std() / np.sqrt(len(errors) / 10)
    assert (errors**2).mean() < (others**2).mean() * 0.995


@given(st.integers(2, 300), st.integers(0, 99))
@settings(max_examples=30, deadline=None, derandomize=True)
def test_the_walk_moves_as_it_says(n, seed):
    steps = np.diff(np.log(generated("walk", seed, n, sigma=0.02, drift=0.01).close))
    assert abs(steps.mean() - (0.01 - 0.0002)) < 5 * 0.02 / np.sqrt(n - 1)
    np.testing.assert_allclose(best("walk", np.array([3.0, 4.0]), 2, drift=0.01), np.array([3, 4]) * np.exp(0.02))


def test_regimes_last_as_long_as_they_say():
    changes = [np.diff(np.abs(np.diff(np.log(generated("regimes", seed, 4000, sigmas=(1e-6, 1e-2), drifts=(0, 0)).close))) > 1e-5)
               for seed in range(10)]
    assert np.mean(np.abs(np.concatenate(changes).astype(int))) == pytest.approx(0.01, abs=0.004)


def test_other_kinds_and_parameters_are_refused():
    with pytest.raises(KeyError):
        generated("stars", 0)
    with pytest.raises(TypeError):
        generated("walk", 0, period=3)


# ---- built in

@pytest.mark.parametrize("name", BUILT_IN)
def test_series_that_come_with_plotly(name):
    prices, frame = sound(built_in(name)), plotly.data.stocks(indexed=True)
    np.testing.assert_array_equal(prices.close, frame[name].to_numpy())
    np.testing.assert_array_equal(prices.dates, pd.to_datetime(frame.index).to_numpy("datetime64[D]"))
    assert len(prices) == 105 and prices.frequency == "weekly" and prices.best(1) is None and BUILT_IN[name] in said(prices)
    assert set(frame) == set(BUILT_IN)


# ---- Yahoo

def stand_in(monkeypatch, answer):
    """A package named yfinance whose tickers answer so; what it was asked."""
    asked = {}

    class Ticker:
        def __init__(self, name):
            asked["name"] = name

        def history(self, **arguments):
            asked.update(arguments)
            return answer()

    module = types.ModuleType("yfinance")
    module.Ticker = Ticker
    monkeypatch.setitem(sys.modules, "yfinance", module)
    return asked


def refusal(ticker):
    with pytest.raises(Trouble) as caught:
        yahoo(ticker)
    i18n.use("zh")
    assert i18n.say(caught.value.message)
    i18n.use("en")
    return i18n.say(caught.value.message)


def test_prices_from_yahoo(monkeypatch):
    dates, close = table(300)
    frame = pd.DataFrame({"Open": close, "High": close + 1, "Low": close - 1, "Close": close, "Adj Close": close * 0.9, "Volume": 5},
                         index=pd.Index(dates.tz_localize("America/New_York"), name="Date"))
    asked = stand_in(monkeypatch, lambda: frame)
    prices = sound(yahoo(" aapl ", "2y", "1d"))
    np.testing.assert_array_equal(prices.dates, dates.to_numpy("datetime64[D]"))
    np.testing.assert_array_equal(prices.close, close)
    assert prices.name == "AAPL" and "adjusted" in prices.columns
    assert asked["name"] == "aapl" and asked["period"] == "2y" and asked["timeout"] > 0


def failing(name, text):
    def answer():
        raise type(name, (Exception,), {})(text)
    return answer


@pytest.mark.parametrize("answer, sentence", [
    (failing("YFRateLimitError", "Too Many Requests"), "too many have asked"),
    (failing("YFPricesMissingError", "$X: no price data"), "no prices for “AAPL”"), (pd.DataFrame, "no prices for “AAPL”"),
    (failing("ConnectionError", "Could not resolve host"), "ConnectionError: Could not resolve host"),
    (lambda: {}["chart"], "KeyError: 'chart'")])
def test_what_goes_wrong_with_yahoo_is_said(monkeypatch, answer, sentence):
    stand_in(monkeypatch, answer)
    assert sentence in refusal("AAPL")


def test_without_the_package_and_without_a_ticker(monkeypatch):
    monkeypatch.setitem(sys.modules, "yfinance", None)
    with pytest.raises(ImportError):
        importlib.import_module("yfinance")
    assert "pip install yfinance" in refusal("AAPL")
    for text in ("", "A B", "../x", "A" * 20, "-A", "é"):
        assert "is no ticker" in refusal(text)
