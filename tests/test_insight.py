"""What many runs say: ranks against SciPy, the sweep's values, the finder, and the pins in an address."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from core.i18n import say
from core.insight import finder, seeds
from core.specs import links, sweep
from core.specs.base import Score
from core.specs.feedforward import FeedforwardSpec
from core.training.batches import learning_rates

ACCURACY = Score("val_accuracy", "validation accuracy")
ERROR = Score("val_mae", "validation error", higher_is_better=False)
rng = np.random.default_rng(3)


@pytest.mark.parametrize("n, m", [(2, 2), (3, 4), (5, 5), (6, 3), (7, 7)])
@pytest.mark.parametrize("shift", [0.0, 0.7, 3.0])
def test_two_settings_are_compared_as_mann_and_whitney_do(n, m, shift):
    a, b = rng.normal(shift, 1, n), rng.normal(0, 1, m)
    oracle = stats.mannwhitneyu(a, b, method="exact")
    found = seeds.compare(a, b)
    assert found.wins == pytest.approx(oracle.statistic / (n * m))
    assert found.p == pytest.approx(oracle.pvalue)
    other = seeds.compare(b, a)
    assert (other.wins, other.p) == (pytest.approx(1 - found.wins), pytest.approx(found.p))
    assert seeds.compare(-a, -b, higher_is_better=False) == found


@pytest.mark.slow
def test_ties_count_half_and_many_runs_are_shuffled_at_random():
    a, b = rng.integers(0, 5, 20).astype(float), rng.integers(0, 5, 20) + 1.0
    found = seeds.compare(a, b)
    oracle = stats.permutation_test((a, b), lambda x, y: stats.mannwhitneyu(x, y).statistic / 400, permutation_type="independent",
                                    n_resamples=4000, random_state=1)
    assert found.wins == pytest.approx(stats.mannwhitneyu(a, b).statistic / 400)
    assert found.p == pytest.approx(oracle.pvalue, abs=0.02)


def test_a_run_that_failed_is_worse_than_any():
    assert seeds.compare([math.nan, 0.1], [0.0, 0.0]).wins == 0.5
    assert seeds.compare([math.nan, 0.1], [9.0, 9.0], higher_is_better=False).wins == 0.5


@pytest.mark.parametrize("a, b, said", [
    ([0.9, 0.91, 0.92, 0.93, 0.94], [0.5, 0.51, 0.52, 0.53, 0.54], "better than A"),
    ([0.5, 0.51, 0.52, 0.53, 0.54], [0.9, 0.91, 0.92, 0.93, 0.94], "worse than A"),
    ([0.9, 0.91, 0.95], [0.5, 0.51, 0.52], "at least 4 seeds"),
    ([0.9, 0.91, 0.92, 0.93, 0.94], [0.9, 0.91, 0.925, 0.93, 0.94], "not larger than what the seed does")])
def test_the_judgement_is_honest(a, b, said):
    assert said in say(seeds.judgement(a, b, ACCURACY, "A"))
    opposite = {"better than A": "worse than A", "worse than A": "better than A"}.get(said, said)
    assert opposite in say(seeds.judgement(a, b, ERROR, "A"))


def test_several_seeds_are_summed_up():
    (failed, text) = map(say, seeds.spread([0.9, 0.95, math.nan, 0.97], ACCURACY))
    assert "1 of 4" in failed and "0.950" in text and "0.900 to 0.970" in text and "3 seeds" in text and "0.070" in text
    assert seeds.spread([0.9], ACCURACY) == []
    ill, well = [math.nan] * 5, [0.9, 0.8, 0.7, 0.9, 0.9]
    assert "All runs of B broke off" in say(seeds.judgement(well, ill, ACCURACY, "B"))
    assert "All runs of this setting broke off" in say(seeds.judgement(ill, well, ACCURACY, "B"))


def test_the_end_and_the_best_of_a_run():
    rows = [{"epoch": 0, "val_mae": 0.5}, {"epoch": 1, "val_mae": 0.2}, {"epoch": 2, "val_mae": 0.2}, {"epoch": 3, "val_mae": 0.4},
            {"epoch": 4, "val_mae": None}]
    assert seeds.final(rows, "val_mae") == 0.4 and math.isnan(seeds.final(rows, "loss")) and math.isnan(seeds.final([], "loss"))
    assert seeds.best(rows, ERROR) == (0.2, 1) and seeds.best(rows, Score("val_mae", "")) == (0.5, 0)
    assert math.isnan(seeds.best([], ERROR)[0])


# ---- sweeps


@pytest.mark.parametrize("name", [name for name in sweep.fields(FeedforwardSpec()) if name != "hidden"])  # widths have no bounds
@pytest.mark.parametrize("spec", [FeedforwardSpec(), FeedforwardSpec(dataset="hills", loss="mae"),
                                  FeedforwardSpec(batch_norm=True, noise=0.35)], ids=["default", "regression", "changed"])
def test_a_sweep_covers_the_range_and_holds_the_value_on_screen(spec, name):
    values = sweep.values(spec, name)
    assert getattr(spec, name) in values and len(set(values)) == len(values) >= 2
    assert all(getattr(spec.revised(**{name: v}), name) == v for v in values)
    least, greatest = spec.bounds(name)
    if not spec.control(name).choices and type(spec).model_fields[name].annotation is not bool:
        assert values[0] == least and values[-1] == greatest and values == sorted(values) and len(values) <= 8
        positive = [v for v in values if v > 0]
        if spec.control(name).log:  # equal factors: five or six steps from one end to the other
            assert max(b / a for a, b in zip(positive, positive[1:], strict=False)) < 1.2 * (positive[-1] / positive[0]) ** (1 / 5)


def test_what_can_be_swept():
    fields = sweep.fields(FeedforwardSpec())
    assert {"learning_rate", "noise", "activation", "batch_norm", "l2", "optimizer"} <= set(fields)
    assert not {"seed", "features", "upload", "activations"} & set(fields) and "hidden" in fields
    assert "upload" not in sweep.values(FeedforwardSpec(), "dataset")
    assert {"plane", "hills"}.isdisjoint(sweep.values(FeedforwardSpec(), "dataset"))  # judged by their error
    assert sweep.values(FeedforwardSpec(dataset="plane"), "dataset") == ["plane", "hills"]
    own = sweep.fields(FeedforwardSpec(dataset="upload", upload="0" * 32))
    assert "points" not in own and "noise" not in own and "learning_rate" in own  # what the file has is not to be varied
    assert sweep.values(FeedforwardSpec(), "hidden") == [(1, 1), (2, 2), (4, 4), (6, 4), (8, 8), (16, 16), (32, 32), (64, 64)]
    assert sweep.values(FeedforwardSpec(hidden=()), "hidden")[:3] == [(), (1,), (2,)]


def test_the_finder_runs_through_all_rates():
    spec = finder.spec_of(FeedforwardSpec(learning_rate=0.5))
    assert finder.possible(spec) and spec.schedule == "range"
    rates = learning_rates("range", 0.5, 1000)
    np.testing.assert_allclose(rates, np.geomspace(1e-5, 10, 1001)[:-1], rtol=1e-5)
    np.testing.assert_allclose(finder.rates(100), np.geomspace(1e-5, 10, 101), rtol=1e-3)


def curve(lowest: int, floor: float = 0.1, length: int = 101) -> list[dict[str, float | None]]:
    return [{"epoch": e, "loss": floor + (1 - floor) * ((e - lowest) / max(lowest, length - lowest)) ** 2} for e in range(length)]


def test_the_finder_names_a_tenth_of_the_best_rate():
    rates = finder.rates(100)
    found = finder.suggestion([curve(60), curve(60)], rates)
    assert found.rate == float(f"{rates[60] / 10:.1g}") and f"{found.rate:g}" in say(found.note)
    cut = curve(60)[:80] + [{"epoch": 80, "loss": None}]
    assert finder.suggestion([curve(60), cut], rates).rate == found.rate
    assert finder.suggestion([[{"epoch": e, "loss": 1.0} for e in range(101)]], rates).rate is None
    early = finder.suggestion([curve(13), curve(13)], rates).rate  # a tenth of it is less than any field takes
    assert rates[13] < 1e-4 and early == 1e-5 and FeedforwardSpec(learning_rate=early)
    assert finder.suggestion([curve(60)[:3]], rates).rate is None and finder.suggestion([[]], rates).rate is None


def test_a_sweep_is_summed_up_honestly():
    texts = ["0.001", "0.01", "0.1"]

    def said(scores, now=0, score=ACCURACY):
        note, best = finder.best_value(scores, score, texts, "Learning rate", now)
        return best, say(note)

    assert said([[0.5, 0.6], [0.9, 0.95], [0.1, 0.2]])[0] == 1 and "worse by more" in said([[0.5, 0.6], [0.9, 0.95], [0.1, 0.2]])[1]
    assert "within what the seed does" in said([[0.86, 0.93], [0.9, 0.95], [0.1, 0.2]])[1]
    assert "No other value" in said([[0.99, 0.98], [0.9, 0.95], [0.1, 0.2]])[1]
    assert "One seed a value" in said([[0.5], [0.9], [0.1]])[1]
    assert said([[0.5], [0.9], [0.1]], score=ERROR)[0] == 2 and "0.100" in said([[0.5], [0.9], [0.1]], score=ERROR)[1]
    assert said([[math.nan], [math.nan], [math.nan]], now=2)[0] == 2
    assert said([[1.0] * 3, [1.0] * 3, [0.5] * 3], now=1) == (1, said([[0.5] * 3, [1.0] * 3, [0.5] * 3], now=1)[1])  # of equals no other
    assert "broke off" in said([[0.9, math.nan, 0.9], [0.8] * 3, [0.1] * 3], now=1)[1]
    assert said([[math.nan, 0.9], [0.5, 0.5], [0.1, 0.1]])[0] == 1  # a value at which half of the runs fail is not the best


# ---- pins in an address

specs = st.builds(lambda rate, hidden, data: FeedforwardSpec(learning_rate=rate, hidden=tuple(hidden), dataset=data),
                  st.floats(1e-5, 10), st.lists(st.integers(1, 64), max_size=6), st.sampled_from(["circles", "xor", "hills"]))


@given(st.dictionaries(st.sampled_from(links.LETTERS), specs, max_size=6))
def test_pins_survive_an_address(pins):
    text = links.pack(pins)
    assert all(c.isalnum() or c in "-_" for c in text)
    found, problems = links.unpack(FeedforwardSpec, text) if text else ({}, [])
    assert {k: v.key for k, v in found.items()} == {k: v.key for k, v in pins.items()} and not problems


@settings(max_examples=300)
@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda b: b.hex()))
def test_a_tampered_address_says_so(text):
    found, problems = links.unpack(FeedforwardSpec, text)
    assert found or problems or links.pack(found) == ""


@pytest.mark.parametrize("data", ['{"A": {"learning_rate": "777"}}', '{"Z": {}}', '{"A": 3}', '{"A": {"points": 3}}', '{"AB": {}}',
                                  '{"A": {"nonsense": "1"}}'])
def test_a_pin_that_does_not_fit_is_left_out_by_name(data):
    import base64
    import zlib

    text = base64.urlsafe_b64encode(zlib.compress(data[:-1].encode() + b', "B": {"seed": "3"}}')).decode()
    found, problems = links.unpack(FeedforwardSpec, text)
    assert list(found) == ["B"] and found["B"].seed == 3
    assert [data[2] in say(problem) for problem in problems] == [True]


def test_an_address_that_unfolds_to_much_is_refused():
    import base64
    import zlib

    bomb = base64.urlsafe_b64encode(zlib.compress(b'{"A": "' + b"x" * 10_000_000 + b'"}', 9)).decode()
    assert links.unpack(FeedforwardSpec, bomb)[0] == {} and links.unpack(FeedforwardSpec, "A" * 5000)[0] == {}
    assert len(links.unpack(FeedforwardSpec, bomb)[1]) == 1
