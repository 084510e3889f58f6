"""The stock project's lab: its numbers against Keras' own layers, nothing of the test in its training, prices in their unit, folds."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from core.data import stock as data
from core.data.prices import Prices, built_in, generated, read
from core.frame import End, Frame, Trouble, encode, encode_frame
from core.insight.forecasts import judge
from core.labs import stock as lab
from core.maths.forecasting.outcome import joined
from core.specs.stock import ARTICLE, CHANGES, MODELS, StockSpec
from tests.conftest import slow_after, watch

SHORT = {"points": 300, "series": "walk", "epochs": 3}
CASES: dict[str, dict[str, Any]] = {
    "the article’s": {},
    "GRU, log-returns": {**SHORT, "model": "gru", "target": "log-return", "units": 9, "layers": 2},
    "plain, differences": {**SHORT, "series": "season", "model": "rnn", "target": "difference", "scaler": "standard", "loss": "mae"},
    "dense, averages": {**SHORT, "series": "regimes", "model": "dense", "averages": (3, 7), "layers": 2, "horizon": 5, "loss": "huber"},
    "convolution": {**SHORT, "model": "conv", "layers": 2, "look_back": 12, "optimizer": "rmsprop"},
    "a fold": {**SHORT, "fold": 2, "folds": 4, "target": "log-return", "averages": (5,)},
    "a leak": {**SHORT, "leak": "centred average", "seed": 3},
    "shuffled": {**SHORT, "leak": "shuffled", "patience": 2, "epochs": 6},
}


def of(**values: Any) -> StockSpec:
    """The article's network on a real series, with these values."""
    return StockSpec(**{"series": "GOOG", **ARTICLE, **values})


def trained(spec: StockSpec, uploads: Any = None) -> tuple[list[Frame], End]:
    items = list(lab.train(spec, uploads=uploads))
    assert isinstance(items[-1], End) and items[-1].state == "finished", items[-1]
    return [item for item in items if isinstance(item, Frame)], items[-1]


def plain(spec: StockSpec, weights: np.ndarray) -> keras.Sequential:
    """The network in Keras' own layers, written down once more."""
    layers: list[Any] = [keras.Input((spec.look_back, spec.features))]
    for i in range(spec.layers):
        if spec.model == "dense":
            layers += [*([keras.layers.Flatten()] if i == 0 else []), keras.layers.Dense(spec.units, "relu")]
        elif spec.model == "conv":
            layers.append(keras.layers.Conv1D(spec.units, 3, padding="causal", activation="relu"))
        else:
            kind = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU, "rnn": keras.layers.SimpleRNN}[spec.model]
            layers.append(kind(spec.units, return_sequences=i < spec.layers - 1))
    network = keras.Sequential([*layers, *([keras.layers.Flatten()] if spec.model == "conv" else []), keras.layers.Dense(1)])
    assert network.count_params() == spec.weights == len(weights)
    at = 0
    for variable in network.trainable_variables:
        size = int(np.prod(variable.shape))
        variable.assign(weights[at:at + size].reshape(variable.shape))
        at += size
    return network


def by_hand(spec: StockSpec, price: np.ndarray) -> dict[str, Any]:
    """Windows, targets and parts, one by one: what each forecast may know, and what it is about."""
    n, h, length = len(price), spec.horizon, spec.look_back
    level = np.log(price) if spec.target == "log-return" else price

    def shown(t: int) -> list[float]:
        row = [price[t]] if spec.target == "price" else [level[t] - level[t - 1]]
        means = [price[t - k + 1:t + 1].mean() for k in spec.averages]
        means += [price[t - 2:t + 3].mean()] if spec.leak == "centred average" else []
        return row + [m if spec.target == "price" else m - price[t] if spec.target == "difference" else np.log(m / price[t]) for m in means]

    first = max([k - 1 for k in spec.averages] + [spec.target != "price"] + [2 * (spec.leak == "centred average")])
    last = n - 1 - h if spec.leak != "centred average" else min(n - 3, n - 1 - h)
    origins = list(range(first + length - 1, last + 1))
    x = np.array([[shown(s) for s in range(t - length + 1, t + 1)] for t in origins])
    y = np.array([level[t + h] - (0 if spec.target == "price" else level[t]) for t in origins])
    return {"origins": np.array(origins), "x": x, "y": y}


@pytest.mark.parametrize("case", slow_after(CASES, 1))
def test_forecasts_are_those_of_keras_own_layers_on_windows_made_by_hand(case):
    spec = of(**CASES[case])
    frames, _end = trained(spec)
    price = data.prices_of(spec).close
    made = by_hand(spec, price)
    split = data.prepared_of(spec, data.prices_of(spec)).split
    x, y = made["x"], made["y"]
    train = x[split.train].reshape(-1, x.shape[2])
    if spec.scaler == "min-max":
        low, width, y_low, y_width = train.min(0), np.ptp(train, 0), y[split.train].min(), np.ptp(y[split.train])
    else:
        low, width, y_low, y_width = train.mean(0), train.std(0), y[split.train].mean(), y[split.train].std()
    answers = lab.ask(spec, "forecast", frames[-1].arrays, {})
    assert encode_frame(frames[-1]) and encode("answer", arrays=answers)  # only what a record holds
    for frame, part in ((frames[0], "validation"), (frames[-1], "validation"), (frames[-1], "test")):
        rows = getattr(split, part)
        network = plain(spec, frame.arrays["weights"])
        said = network.predict(((x[rows] - low) / width).astype("float32"), verbose=0)[:, 0] * y_width + y_low
        then = price[made["origins"][rows]]
        expected = {"price": said, "difference": then + said, "log-return": then * np.exp(said)}[spec.target]
        truth = price[made["origins"][rows] + spec.horizon]
        found = answers if part == "test" else frame.arrays
        assert_array_equal(found["days"], made["origins"][rows])
        assert_allclose(found["origin"], then, rtol=1e-6)
        assert_allclose(found["truth"], truth, rtol=1e-6)
        assert_allclose(found["forecast"], expected, rtol=2e-5)
        if part == "validation":
            scaled = keras.losses.get({"mse": "mse", "mae": "mae"}.get(spec.loss, keras.losses.Huber(delta=0.1)))
            target = ((y[rows] - y_low) / y_width).astype("float32")[:, None]
            loss = float(np.mean(scaled(target, ((said - y_low) / y_width).astype("float32")[:, None])))
            assert_allclose(found["off"], np.abs(expected - truth), atol=1e-4 * truth.max())
            assert_allclose(found["off_last"], np.abs(then - truth), atol=1e-6 * truth.max())
            assert_allclose(found["last_mae"], np.abs(then - truth).mean(), rtol=1e-5)
            if frame is frames[0]:
                assert frame.rows[-1]["val_loss"] == pytest.approx(loss, rel=1e-3)
                assert frame.rows[-1]["val_mae"] == pytest.approx(np.abs(expected - truth).mean(), rel=1e-3)
    metrics = lab.ask(spec, "sealed", frames[-1].arrays, {})["metrics"]
    assert_allclose(metrics[0], np.abs(answers["forecast"] - answers["truth"]).mean(), rtol=1e-4)
    assert metrics[1] == len(split.test)
    assert_allclose(metrics[2], np.abs(frames[-1].arrays["forecast"] - frames[-1].arrays["truth"]).mean(), rtol=1e-4)


@pytest.mark.parametrize("model", slow_after({name: {"model": name} for name in MODELS}, 1))
def test_a_run_ends_where_fit_ends(model):
    """Keras' `fit` on the same windows, in the same order."""
    spec = of(model=model, epochs=4, units=8, batch_size=16, layers=2, target="difference", series="AAPL")
    frames, _end = trained(spec)
    prepared = data.prepared_of(spec, data.prices_of(spec))
    rows = prepared.split.train
    network = plain(spec, frames[0].arrays["weights"])
    network.compile(optimizer="adam", loss="mse")
    for epoch in range(spec.epochs):
        order = rows[np.random.default_rng([spec.seed, epoch]).permutation(len(rows))]
        network.fit(prepared.x(order), prepared.y(order), batch_size=spec.batch_size, shuffle=False, verbose=0)
    weights = np.concatenate([v.numpy().ravel() for v in network.trainable_variables])
    assert_allclose(frames[-1].arrays["weights"], weights, rtol=1e-3, atol=2e-5)


# ---- nothing of the test

def with_another_end(spec: StockSpec, first: int) -> dict[str, dict[str, np.ndarray]]:
    """The same prices up to the day `first`, others from then on, as an upload."""
    prices = generated("walk", 5, 240)
    close = prices.close.copy()
    close[first:] *= np.exp(np.random.default_rng(first).normal(0, 0.2, len(close) - first))
    return {spec.upload: {"file": np.frombuffer(data.as_file(replace(prices, columns={"close": close})), np.uint8)}}


@pytest.mark.parametrize("target", ["price", "log-return"])
def test_the_end_of_the_series_changes_nothing_of_a_training(target):
    spec = of(series="upload", upload="a" * 32, target=target, averages=(4,), epochs=3, look_back=6, units=5)
    first = int(spec.train_share * 240)
    one, other = (trained(spec, with_another_end(spec, day)) for day in (240, first))
    for left, right in zip(one[0], other[0], strict=True):
        assert left.rows == right.rows
        assert left.arrays.keys() == right.arrays.keys()
        for name in left.arrays:
            assert_array_equal(left.arrays[name], right.arrays[name], name)
    ends = [lab.ask(spec, "forecast", frames[-1].arrays, {}, with_another_end(spec, day))
            for (frames, _end), day in ((one, 240), (other, first))]
    assert not np.array_equal(ends[0]["truth"], ends[1]["truth"])


def test_a_leak_lets_the_test_in():
    spec = of(series="upload", upload="a" * 32, epochs=2, look_back=6, units=5, leak="scaler")
    first = int(spec.train_share * 240)
    one, other = (trained(spec, with_another_end(spec, day))[0][-1].arrays["weights"] for day in (240, first))
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("values", [
    {}, {"horizon": 7}, {"series": "walk", "fold": 3}, {"series": "season", "horizon": 20, "averages": (20,)}])
def test_parts_follow_each_other(values):
    """What is learned from was over before the first validation forecast was made, and that before the first of the test."""
    spec = of(**values)
    prepared = data.prepared_of(spec, data.prices_of(spec))
    origins, split = prepared.samples.origins, prepared.split
    for before, after in ((split.train, split.validation), (split.validation, split.test)):
        assert (origins[before] + spec.horizon).max() < origins[after].min()
    if not spec.fold:
        assert origins[split.test].min() >= int(spec.train_share * len(prepared.samples.price))


def test_the_test_is_not_among_what_is_trained_on():
    spec = of(series="walk", points=300)
    prepared = data.prepared_of(spec, data.prices_of(spec))
    x, y, masks, count = lab.lab_of(spec).tensors(prepared)
    assert count == len(prepared.split.train) and len(x) == len(y) == count + len(prepared.split.validation)
    assert_array_equal(masks.numpy().sum(1), [count, len(prepared.split.validation)])


# ---- folds

def test_folds_make_up_the_test():
    spec = of(series="season", points=300, epochs=2, folds=3, units=4)
    parts = []
    for fold in (1, 2, 3):
        one = spec.changed(fold=fold)
        arrays = lab.ask(one, "forecast", trained(one)[0][-1].arrays, {})
        parts.append(data.outcome_of(one, arrays))
    whole = data.prepared_of(spec, data.prices_of(spec))
    found = joined(parts)
    assert_array_equal(found.days, whole.samples.origins[whole.split.test])
    assert_allclose(found.truth, whole.samples.truth[whole.split.test], rtol=1e-6)
    assert np.isfinite(judge(found).scores.mae)
    assert len({one.changed(fold=fold).key for one in (spec,) for fold in (0, 1, 2, 3)}) == 4
    assert len({spec.changed(fold=fold).sealed for fold in (0, 1, 2, 3)}) == 1


@pytest.mark.slow
def test_folds_are_a_group_of_runs_on_workers_and_answer_there(runner):
    digest = "a" * 32
    file = {digest: {"file": np.frombuffer(data.as_file(generated("season", 2, 300)), np.uint8)}}
    specs = [of(series="upload", upload=digest, folds=2, fold=fold, epochs=2, units=4) for fold in (1, 2)]
    keys = runner.open_group(specs, session="a", role="folds", uploads=file)
    for key, spec in zip(keys, specs, strict=True):
        frames = [record.frame() for record in watch(runner, key) if record.kind == "frame"]
        assert frames[-1].epoch == 2 and runner.result(key).state == "finished"
        again = lab.ask(spec, "forecast", frames[-1].arrays, {}, file)
        found = runner.ask(key, "forecast", arguments={"part": "test"})
        assert found.keys() == again.keys()
        for name in found:
            assert_allclose(found[name], again[name], rtol=1e-5, err_msg=name)


# ---- probes

@pytest.mark.parametrize("case", ["dense, averages", pytest.param("GRU, log-returns", marks=pytest.mark.slow)])
def test_the_outcome_comes_back_from_its_arrays(case):
    spec = of(**CASES[case])
    frames, _end = trained(spec)
    arrays = lab.ask(spec, "forecast", frames[-1].arrays, {"part": "test"})
    prices, prepared = lab.sample_of(spec, None)
    found = data.outcome_of(spec, arrays)
    said = {part: lab.ask(spec, "forecast", frames[-1].arrays, {"part": part})["forecast"] for part in ("validation", "test")}
    expected = data.judged(prepared, said["validation"].astype(float), said["test"].astype(float))
    assert found.rivals == expected.rivals and found.baselines.keys() == expected.baselines.keys()
    for name in ("days", "origin", "truth", "forecast", "rival", "low", "high"):
        assert_allclose(getattr(found, name), getattr(expected, name), rtol=1e-5, err_msg=name)
    for name in found.baselines:
        assert_allclose(found.baselines[name], expected.baselines[name], rtol=1e-5, err_msg=name)
    best = prices.best(spec.horizon)
    assert best is not None
    assert_allclose(arrays["best"], best[found.days], rtol=1e-6)
    assert_array_equal(lab.ask(spec, "forecast", frames[-1].arrays, {"part": "validation"})["days"], frames[-1].arrays["days"])


@pytest.mark.parametrize("case", slow_after(CASES, 1))
def test_the_file_takes_windows_as_they_are(case):
    spec = of(**CASES[case])
    frames, _end = trained(spec)
    file = lab.ask(spec, "model", frames[-1].arrays, {})["file"].tobytes()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.keras"
        path.write_bytes(file)
        network = keras.models.load_model(path)
    prepared = data.prepared_of(spec, data.prices_of(spec))
    rows = prepared.split.test
    answers = network.predict(prepared.samples.x[rows].astype("float32"), verbose=0)[:, 0]
    forecast = prepared.samples.to_price(answers.astype(float), rows)
    found = lab.ask(spec, "forecast", frames[-1].arrays, {})["forecast"]
    assert_allclose(forecast, found, rtol=1e-4)


def test_a_question_that_is_none():
    arrays = {"weights": np.zeros(of().weights, np.float32)}
    with pytest.raises(ValueError, match="probe"):
        lab.ask(of(), "look", arrays, {})
    with pytest.raises(ValueError, match="part"):
        lab.ask(of(), "forecast", arrays, {"part": "train"})


# ---- files, and what cannot be used

def test_a_series_as_a_file_is_the_same_series():
    for prices in (built_in("FB"), generated("regimes", 3, 60)):
        again = read(data.as_file(prices), "x")
        assert_array_equal(again.dates, prices.dates)
        assert_array_equal(again.close, prices.close)
    minutes = np.datetime64("2024-03-01T09:30:00") + np.arange(60) * np.timedelta64(37, "m")
    often = replace(generated("walk", 2, 60), dates=minutes.astype("datetime64[s]"))
    assert_array_equal(read(data.as_file(often), "x").dates, often.dates)
    volume = np.where(np.arange(60) % 7 == 3, np.nan, np.arange(60.0) * 1e5)
    with_volume = replace(generated("walk", 1, 60), columns={"close": generated("walk", 1, 60).close, "volume": volume})
    assert_array_equal(read(data.as_file(with_volume), "x").columns["volume"], volume)


def test_what_cannot_be_forecast_ends_with_a_sentence_and_a_change_that_helps():
    for values in ({"look_back": 60, "horizon": 20}, {"averages": (60,), "look_back": 40}, {"series": "upload", "upload": "b" * 32}):
        spec = of(**values)
        [end] = lab.train(spec)
        assert isinstance(end, End) and end.state == "failed" and end.error is not None and end.change
        lab.sample_of(spec.revised(**end.change), None)
    with pytest.raises(Trouble):
        lab.ask(of(series="upload", upload="b" * 32), "sealed", {"weights": np.zeros(4385, np.float32)}, {})


def test_a_series_that_is_too_long_is_refused():
    prices = generated("walk", 1, data.MOST + 1)
    with pytest.raises(Trouble) as refused:
        data.prepared_of(of(**{"series": "walk"}), prices)
    assert refused.value.message.args == {"count": data.MOST + 1, "most": data.MOST}


def test_a_broken_network_is_no_traceback():
    spec = of(series="walk", points=300, target="log-return", optimizer="sgd", learning_rate=1.0, model="rnn", layers=3, epochs=20,
                     loss="mse", scaler="standard", units=64, batch_size=8)
    items = list(lab.train(spec))
    assert isinstance(items[-1], End)
    for item in items:
        if isinstance(item, Frame):
            assert not np.isinf(item.arrays["forecast"]).any()


def test_equal_specs_give_equal_numbers_and_other_seeds_others():
    one, again, other = (trained(of(series="walk", points=200, epochs=2, seed=seed))[0][-1].arrays for seed in (1, 1, 2))
    assert_array_equal(one["forecast"], again["forecast"])
    assert not np.array_equal(one["truth"], other["truth"])


def test_a_branch_goes_on_with_the_same_network():
    spec = of(epochs=6)
    child = spec.fork(3, learning_rate=0.01)
    [whole, branch] = (trained(one)[0] for one in (spec, child))
    fork = next(frame for frame in whole if frame.epoch == 3)
    assert_array_equal(branch[0].arrays["weights"], fork.arrays["weights"])
    assert not np.array_equal(branch[-1].arrays["weights"], whole[-1].arrays["weights"])


# ---- the verdict

def verdict(spec: StockSpec) -> Any:
    found = data.outcome_of(spec, lab.ask(spec, "forecast", trained(spec)[0][-1].arrays, {}))
    return judge(found, leak=spec.leak)


@pytest.mark.parametrize("seed", slow_after({i: i for i in range(12)}, 1))
def test_nothing_is_claimed_on_a_random_walk(seed):
    for values in (ARTICLE, CHANGES):
        found = verdict(of(**{**values, "series": "walk", "seed": 100 + seed}))
        assert not found.shown(found.last)


@pytest.mark.parametrize("seed", slow_after({i: i for i in range(6)}, 1))
def test_a_season_is_found(seed):
    found = verdict(of(**{**CHANGES, "series": "season", "seed": 100 + seed}))
    assert found.shown(found.last) and found.scores.mase < 0.9


def test_prices_are_in_their_unit():
    """A thousand times the prices: a thousand times the errors, the same network."""
    prices = generated("walk", 8, 240)
    spec = of(series="upload", upload="c" * 32, epochs=2, units=6)

    def run(factor: float) -> tuple[list[Frame], End]:
        scaled: Prices = replace(prices, columns={"close": prices.close * factor})
        return trained(spec, {spec.upload: {"file": np.frombuffer(data.as_file(scaled), np.uint8)}})

    one, thousand = run(1.0)[0][-1], run(1000.0)[0][-1]
    assert thousand.rows[-1]["val_mae"] == pytest.approx(1000 * one.rows[-1]["val_mae"], rel=1e-3)
    assert thousand.rows[-1]["val_loss"] == pytest.approx(one.rows[-1]["val_loss"], rel=1e-3)
    assert_allclose(thousand.arrays["forecast"], 1000 * one.arrays["forecast"], rtol=1e-4)
