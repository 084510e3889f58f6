"""What may be asked of the stock project: what a run follows from, what its test is, and what gives way to what."""

from typing import Any

import keras
import pytest
from pydantic import ValidationError

from core.data.prices import BUILT_IN, PROCESSES, Corrections
from core.maths.forecasting import parts, windows
from core.models.stock import build_stock
from core.specs.stock import ARTICLE, LEAKS, MODELS, READING, REAL, SCALERS, SERIES, TARGETS, WEEKS, StockSpec

FILE = {"series": "upload", "upload": "a" * 32}


def of(**values: Any) -> StockSpec:
    """The article's network on a real series, with these values."""
    return StockSpec(**{"series": "GOOG", **ARTICLE, **values})


def test_its_words_are_those_of_the_floors_below():
    assert {**BUILT_IN, **PROCESSES}.keys() | {"upload"} == SERIES.keys() and BUILT_IN.keys() == REAL.keys()
    assert tuple(TARGETS) == windows.TARGETS and tuple(LEAKS) == windows.LEAKS and tuple(SCALERS) == parts.SCALERS
    assert StockSpec.bounds("horizon") == windows.HORIZONS
    assert Corrections(**of().reading) == Corrections() and Corrections.__dataclass_fields__.keys() == set(READING)


def test_the_real_series_are_as_long_as_their_cost_says():
    from core.data.stock import prices_of

    assert {len(prices_of(of(series=name))) for name in REAL} == {WEEKS}


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("more", [{}, {"layers": 3, "averages": (3, 9), "leak": "centred average", "units": 7, "look_back": 5}])
def test_its_number_of_weights_is_that_of_keras(model, more):
    spec = of(model=model, **more)
    network = build_stock(spec)
    assert isinstance(network, keras.Sequential)
    assert network.count_params() == spec.weights and network.input_shape[1:] == (spec.look_back, spec.features)


def test_the_article_is_as_printed():
    spec = of()
    assert (spec.look_back, spec.model, spec.layers, spec.units) == (10, "lstm", 1, 32)
    assert (spec.optimizer, spec.learning_rate, spec.batch_size, spec.epochs, spec.loss) == ("adam", 0.001, 64, 10, "mse")
    assert (spec.train_share, spec.target, spec.horizon, spec.leak) == (0.67, "price", 1, "none")


def test_what_has_no_say_makes_no_other_run():
    assert of(points=500).key == of().key and of(series="walk", points=500).key != of(series="walk").key
    assert of(folds=3).key == of().key and of(fold=1, folds=3).key != of(fold=1).key
    assert of(volume=True, decimal="comma").key == of().key and of(volume=True).features == 1
    assert of(**FILE, decimal="comma").key != of(**FILE).key and of(**FILE, volume=True).features == 2


def test_one_end_of_a_series_is_one_test():
    """However it is cut, windowed, modelled: looks add up, and those at the other series of a file. Another file or another
    generated series begin anew."""
    walk = of(series="walk")
    for same in ({"points": 2000}, {"train_share": 0.5}, {"model": "gru"}, {"horizon": 5}, {"fold": 2}, {"leak": "shuffled"},
                 {"look_back": 20}):
        assert walk.changed(**same).sealed == walk.sealed
    assert len({spec.sealed for spec in (walk, walk.changed(seed=1), of(), of(series="FB"), of(**FILE),
                                         of(series="upload", upload="b" * 32))}) == 6
    assert of(**FILE, ticker="B").sealed == of(**FILE).sealed != of(series="upload", upload="b" * 32).sealed
    assert of(seed=3).sealed == of().sealed and of(seed=3).split == of().split
    assert of(seed=3, leak="shuffled").split != of(leak="shuffled").split
    assert len({walk.changed(**other).split for other in ({}, {"train_share": 0.5}, {"horizon": 2}, {"fold": 1}, {"seed": 1})}) == 5
    assert walk.changed(units=4, model="conv", epochs=3, target="difference").split == walk.split


def test_what_no_longer_fits_gives_way():
    spec = of(**FILE, price="Last", ticker="A", volume=True, fold=4)
    assert spec.revised(series="walk") == of(series="walk", fold=4)
    assert spec.revised(upload="b" * 32).reading == of().reading
    assert spec.revised(upload="b" * 32, ticker="C").ticker == "C"
    assert spec.revised(folds=3).fold == 3
    branch = of(epochs=6).fork(3, learning_rate=0.1)
    assert branch.revised(units=4).branch == "" and branch.revised(learning_rate=0.2).branch
    assert of(**spec.brought) == of(**FILE, price="Last", ticker="A") and of().brought == {}


@pytest.mark.parametrize("values", [{"upload": "a" * 32}, {"series": "upload"}, {"fold": 6}, {"averages": (5, 5)}, {"horizon": 21},
                                    {"averages": (1,)}, {"ticker": "x" * 49}])
def test_what_does_not_fit_is_refused(values):
    with pytest.raises(ValidationError):
        of(**values)


def test_an_address_brings_it_back():
    spec = of(**FILE, price="收盘", date="日期", ticker="贵州茅台", date_order="day", splits=True, averages=(5, 20),
                     target="log-return", leak="centred average", fold=2, folds=4, train_share=0.6)
    found, problems = StockSpec.from_query(spec.to_query())
    assert found == spec and not problems
    found, problems = StockSpec.from_query({"series": "upload", "fold": "7", "leak": "scaler"})
    assert found == StockSpec(leak="scaler") and len(problems) == 2


def test_runs_of_one_shape_share_a_step():
    spec = of(series="walk")
    for same in ({"seed": 1}, {"learning_rate": 0.1}, {"epochs": 40}, {"series": "FB"}, {"horizon": 3}, {"target": "difference"},
                 {"points": 300}):
        assert spec.changed(**same).step_key == spec.step_key
    for other in ({"units": 4}, {"averages": (5,)}, {"target": "log-return"}, {"look_back": 5}, {"loss": "mae"}, {"batch_size": 32}):
        assert spec.changed(**other).step_key != spec.step_key
