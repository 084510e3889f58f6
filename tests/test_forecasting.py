"""From prices to samples: nothing looks ahead but what is called a leak; parts, scaling and baselines against oracles."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import Ridge
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from core.frame import Trouble
from core.i18n import say
from core.maths.forecasting import baselines, parts, windows
from core.maths.forecasting.windows import LEAKS, TARGETS, Windowing
from tests.series import prepared, season, walk

WINDOWINGS = st.builds(Windowing, look_back=st.integers(1, 15), horizon=st.integers(1, 20), target=st.sampled_from(TARGETS),
                       averages=st.sampled_from([(), (5,), (3, 20)]), volume=st.booleans(), half_width=st.integers(1, 6))


def volumes(n: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.where(rng.random(n) < 0.1, np.nan, rng.integers(0, 10 ** 6, n))


@settings(max_examples=40, deadline=None)
@given(WINDOWINGS, st.sampled_from(LEAKS), st.integers(0, 10 ** 6))
def test_windows_and_targets_are_those_of_pandas(windowing, leak, seed):
    windowing = dataclasses.replace(windowing, leak=leak)
    price, volume = walk(160, seed), volumes(160, seed)
    p, w, h = pd.Series(price), windowing.half_width, windowing.horizon
    centred = p.rolling(2 * w + 1, center=True).mean()
    table = {windowing.target: {"price": p, "difference": p.diff(), "log-return": np.log(p).diff()}[windowing.target]}
    means = {f"average {k}": p.rolling(k).mean() for k in windowing.averages}
    late = {f"centred {2 * w + 1}": centred} if leak == "centred average" else {}
    beside = {"price": lambda m: m, "difference": lambda m: m - p, "log-return": lambda m: np.log(m / p)}[windowing.target]
    table = table | {k: beside(m) for k, m in means.items()}
    table |= {"volume": np.log1p(pd.Series(volume).ffill())} if windowing.volume else {}
    frame = pd.DataFrame(table | {k: beside(m) for k, m in late.items()})
    found = windows.samples(price, windowing, volume)
    assert found.names == tuple(frame.columns)
    days = [t for t in range(len(price) - h) if t + 1 >= windowing.look_back
            and frame.iloc[t + 1 - windowing.look_back:t + 1].notna().all(axis=None)]
    assert list(found.origins) == days
    for i in (0, len(days) // 2, -1):
        t = days[i]
        np.testing.assert_allclose(found.x[i], frame.iloc[t + 1 - windowing.look_back:t + 1], rtol=1e-9, atol=1e-9)
        assert found.origin[i] == price[t] and found.truth[i] == price[t + h]
    np.testing.assert_allclose(found.to_price(found.y, np.arange(len(days))), found.truth, rtol=1e-12)


@settings(max_examples=40, deadline=None)
@given(WINDOWINGS, st.integers(0, 10 ** 6))
def test_nothing_known_on_a_day_depends_on_later_prices(windowing, seed):
    price, volume = walk(200, seed), volumes(200, seed)
    day = 120
    later, traded = price.copy(), volume.copy()
    later[day + 1:] = later[day + 1:][::-1] * 1.5
    traded[day + 1:] = 7
    a, b = (windows.samples(p, windowing, v) for p, v in ((price, volume), (later, traded)))
    rows = a.origins <= day
    np.testing.assert_array_equal(a.x[rows], b.x[rows])
    for made in (lambda p, t: baselines.drift(p, t, windowing.horizon), lambda p, t: baselines.moving(p, t, 7), baselines.last,
                 lambda p, t: baselines.seasonal(p, t, windowing.horizon, 6)):
        np.testing.assert_array_equal(made(price, a.origins[rows]), made(later, a.origins[rows]))


@pytest.mark.parametrize("target", TARGETS)
def test_a_centred_average_does_look_ahead(target):
    windowing = Windowing(target=target, leak="centred average", half_width=3)
    price = walk(200, 1)
    later = price.copy()
    later[121:] += 50
    a, b = windows.samples(price, windowing), windows.samples(later, windowing)
    rows = (a.origins > 100) & (a.origins <= 120)
    changed = a.origins[rows][np.any(a.x[rows] != b.x[rows], axis=(1, 2))]
    assert list(changed) == [118, 119, 120]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 20), st.integers(1, 15), st.integers(150, 400), st.floats(0.4, 0.85), st.floats(0.1, 0.4), st.integers(1, 6))
def test_what_is_learned_from_was_over_before_the_next_part_begins(horizon, look_back, n, train, held, folds):
    samples = windows.samples(walk(n, 0), Windowing(look_back=look_back, horizon=horizon))
    try:
        whole, stretches = parts.split(samples, train, held), parts.walk_forward(samples, folds, train, held)
    except Trouble as trouble:
        assert "samples" in say(trouble.message)
        return
    for part in (whole, *stretches):
        for before, after in ((part.train, part.validation), (part.validation, part.test)):
            assert samples.origins[before].max() + horizon < samples.origins[after].min()
        first, test = part.validation[0], part.test[0]  # and no more is left out than that
        assert list(part.train) == list(range(first - horizon)) and list(part.validation) == list(range(first, test - horizon))
        assert part.between == len(set(range(part.test[-1] + 1)) - {*part.train, *part.validation, *part.test}) == 2 * horizon
    np.testing.assert_array_equal(np.concatenate([part.test for part in stretches]), whole.test)
    assert samples.origins[whole.test[0]] == int(train * n) and whole.test[-1] == len(samples.y) - 1
    sizes = [len(part.train) for part in stretches]
    assert sizes == sorted(sizes) and len(stretches) == folds
    np.testing.assert_array_equal(stretches[0].train, whole.train)


def test_shuffled_parts_lie_among_each_other_and_share_nothing():
    windowing = Windowing(leak="shuffled")
    samples = windows.samples(walk(400, 0), windowing)
    part = parts.split(samples, seed=3)
    together = np.concatenate([part.train, part.validation, part.test])
    assert sorted(together) == list(range(len(samples.y)))
    assert len(part.test) == len(parts.split(windows.samples(walk(400, 0), Windowing())).test)
    assert part.test[0] < 15 and part.train[-1] > len(samples.y) - 15
    np.testing.assert_array_equal(part.test, parts.split(samples, seed=3).test)
    assert not np.array_equal(part.test, parts.split(samples, seed=4).test)
    stretches = parts.walk_forward(samples, 4, seed=3)
    assert sorted(np.concatenate([p.test for p in stretches])) == list(part.test)
    assert all(len(p.train) + len(p.validation) + len(p.test) == len(samples.y) and not np.intersect1d(p.train, p.test).size
               for p in stretches)


@pytest.mark.parametrize("kind, oracle", [("min-max", MinMaxScaler), ("standard", StandardScaler)])
@pytest.mark.parametrize("leak", ["none", "scaler"])
def test_the_scaler_knows_the_training_part_only_unless_it_leaks(kind, oracle, leak):
    samples = windows.samples(walk(300, 2), Windowing(averages=(5,), leak=leak))
    found = parts.prepared(samples, part := parts.split(samples), kind)
    seen = part.train if leak == "none" else np.arange(len(samples.y))
    fitted = oracle().fit(samples.x[seen].reshape(-1, 2))
    scaled = fitted.transform(samples.x[part.test].reshape(-1, 2))
    np.testing.assert_allclose(found.x(part.test).reshape(-1, 2), scaled, rtol=1e-4, atol=1e-6)
    fitted = oracle().fit(samples.y[seen, None])
    np.testing.assert_allclose(found.y(part.test), fitted.transform(samples.y[part.test, None])[:, 0], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(found.prices(found.y(part.test)[:, None], part.test), samples.truth[part.test], rtol=1e-5)


def test_a_feature_that_never_changes_becomes_zero():
    for kind in parts.SCALERS:
        np.testing.assert_array_equal(parts.scaler(np.full((5, 2), 3.7), kind).scaled(np.full((5, 2), 3.7)), 0)


@pytest.mark.parametrize("price, windowing, volume, said", [
    (np.r_[walk(99, 0), np.nan], Windowing(), None, "missing"),
    (np.r_[walk(99, 0), 0.0], Windowing(target="log-return"), None, "no logarithm"),
    (walk(99, 0), Windowing(volume=True), None, "no volume"),
    (walk(99, 0), Windowing(volume=True), np.full(99, np.nan), "no volume"),
    (walk(20, 0), Windowing(look_back=10, horizon=11), None, "too few for windows of 10"),
    (walk(12, 0), Windowing(averages=(20,)), None, "too few"),
    (walk(3, 0), Windowing(leak="centred average", half_width=2), None, "too few"),
    (walk(0, 0), Windowing(), None, "too few"),
])
def test_a_series_that_cannot_be_used_is_refused_with_the_reason(price, windowing, volume, said):
    with pytest.raises(Trouble) as caught:
        windows.samples(price, windowing, volume)
    assert said in say(caught.value.message)


def test_a_short_series_has_too_few_samples_for_its_parts():
    with pytest.raises(Trouble, match="too few samples"):
        parts.split(windows.samples(walk(60, 0), Windowing(horizon=20)))
    assert len(parts.split(windows.samples(walk(105, 0), Windowing())).test) >= 30  # plotly's series of 105 weeks


@pytest.mark.parametrize("bad", [{"target": "gain"}, {"leak": "all"}, {"horizon": 21}, {"look_back": 0}, {"averages": (0,)}])
def test_a_windowing_that_is_none_is_refused(bad):
    with pytest.raises(ValueError):
        Windowing(**bad)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 20), st.integers(2, 30), st.integers(1, 30), st.integers(0, 1000))
def test_baselines_are_what_they_say(horizon, period, length, seed):
    price = walk(90, seed)
    origins = np.arange(3, 90 - horizon)
    for i, t in enumerate(origins):
        assert baselines.last(price, origins)[i] == price[t]
        assert baselines.drift(price, origins, horizon)[i] == pytest.approx(price[t] + horizon * (price[t] - price[0]) / t)
        assert baselines.moving(price, origins, length)[i] == pytest.approx(price[max(t - length + 1, 0):t + 1].mean())
        copies = [d for d in range(t + 1) if (t + horizon - d) % period == 0]
        assert baselines.seasonal(price, origins, horizon, period)[i] == (price[max(copies)] if copies else price[t])


def test_a_straight_line_is_foreseen_by_the_drift_and_a_season_by_its_copy():
    line, origins = 3 + 0.5 * np.arange(100), np.arange(20, 80)
    np.testing.assert_allclose(baselines.drift(line, origins, 7), line[origins + 7])
    wave = season(100, 0, 0.0, 20) - 0.05 * np.arange(100)
    np.testing.assert_allclose(baselines.seasonal(wave, origins, 7, 20), wave[origins + 7])


@pytest.mark.parametrize("period", [5, 7, 12, 25])
@pytest.mark.parametrize("noise", [0.0, 1.0, 3.0])
def test_a_season_is_found(period, noise):
    assert abs(baselines.period(season(400, period, noise, period)) - period) <= (period > 12)


def test_a_random_walk_has_no_season():
    found = [baselines.period(walk(n, seed)) for n in (70, 300) for seed in range(50)]
    assert sum(p is not None for p in found) <= 2
    assert baselines.period(walk(4, 0)) is None


def test_ridge_is_that_of_scikit_learn_and_learns_from_the_training_part_only():
    price = walk(300, 3)
    own = prepared(price, Windowing(horizon=3, averages=(5,)))
    x, y = own.inputs.scaled(own.samples.x).reshape(len(own.samples.y), -1), own.targets.scaled(own.samples.y)
    made = [Ridge(alpha).fit(x[own.split.train], y[own.split.train]).predict(x) for alpha in baselines.ALPHAS]
    made = [own.prices(m, np.arange(len(y))) for m in made]
    errors = [np.abs(m - own.samples.truth)[own.split.validation].mean() for m in made]
    np.testing.assert_allclose(baselines.ridge(own), made[int(np.argmin(errors))])

    first = own.samples.origins[own.split.test[0]]
    price[first + 1:] += 40  # what comes after the first forecast of the test changes none of it, nor which baseline is best
    other = prepared(price, Windowing(horizon=3, averages=(5,)))
    before, after = baselines.forecasts(own), baselines.forecasts(other)
    assert before.keys() == after.keys() and baselines.best(before, own) == baselines.best(after, other)
    for name in before:
        np.testing.assert_array_equal(before[name][:own.split.test[0] + 1], after[name][:own.split.test[0] + 1])
    leaky = prepared(price, Windowing(horizon=3, averages=(5,), leak="scaler"))
    assert leaky.inputs.low[0] == other.inputs.low[0] and leaky.inputs.width[0] != other.inputs.width[0]


def test_the_season_is_looked_for_before_validation_begins():
    price = season(400, 1, noise=0.1, period=12)
    own = prepared(price, Windowing())
    later = price.copy()
    later[own.samples.origins[own.split.validation[0]] + 1:] = walk(400, 0)[own.samples.origins[own.split.validation[0]] + 1:]
    before, after = (baselines.forecasts(prepared(p, Windowing())) for p in (price, later))
    known = own.split.validation[0] + 1
    np.testing.assert_array_equal(before["seasonal"][:known], after["seasonal"][:known])
    np.testing.assert_array_equal(baselines.forecasts(own, 9)["seasonal"], baselines.seasonal(price, own.samples.origins, 1, 9))


def test_the_best_baseline_is_that_of_validation():
    own = prepared(season(400, 0, noise=0.3), Windowing(horizon=10))
    made = baselines.forecasts(own)
    assert set(made) == {"last", "drift", "average", "ridge", "seasonal"}
    errors = {name: np.abs(m - own.samples.truth)[own.split.validation].mean() for name, m in made.items()}
    assert baselines.best(made, own) == min(errors, key=errors.get) != "last"
    rest = own.split.test
    for m in made.values():
        m[rest] = own.samples.truth[rest]
    made["last"][own.split.validation] = own.samples.truth[own.split.validation]
    assert baselines.best(made, own) == "last"
