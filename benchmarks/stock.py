"""The stock project's honesty: what is said of forecasts of generated series, whose best forecast is known.

`python -m benchmarks.stock [--json] [--only random_walk,season,coverage]`; it takes about three minutes on two idle cores.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.common import Figure, Report, progress, run
from core.data.stock import LEVEL, outcome_of
from core.specs.stock import ARTICLE, CHANGES, StockSpec

if TYPE_CHECKING:
    from core.insight.forecasts import Verdict
    from core.maths.forecasting.outcome import Outcome

WALKS, SEASONS = 100, 20


def forecast(values: dict[str, Any]) -> tuple[Outcome, Verdict, float]:
    """Train a spec as the lab does and forecast its test: what came of it, the verdict, and how many times as large as that of the best
    possible forecast its mean absolute error is."""
    from core.frame import End, Frame
    from core.insight.forecasts import judge
    from core.labs import stock

    spec, last, end = StockSpec(**values), None, None
    for item in stock.train(spec):
        last, end = (item, end) if isinstance(item, Frame) else (last, item if isinstance(item, End) else end)
    if last is None or end is None or end.state != "finished":
        raise RuntimeError(f"the training of {values} ended so: {end}")
    arrays = stock.ask(spec, "forecast", last.arrays, {"part": "test"})
    found = outcome_of(spec, arrays)
    least = float(np.abs(arrays["best"] - arrays["truth"]).mean())
    return found, judge(found, leak=spec.leak), float(np.abs(found.forecast - found.truth).mean()) / least


def random_walk(report: Report) -> None:
    """Random walks, where nothing is better than the last price: how often that is not claimed, by the article's network and by one that
    forecasts log-returns. The worse of both shares is the figure."""
    shares, notes = [], []
    for name, values in (("the article's settings", ARTICLE), ("CHANGES", CHANGES)):
        found = [forecast({**values, "series": "walk", "seed": seed})[1] for seed in range(WALKS)]
        shares.append(float(np.mean([not verdict.shown(verdict.last) for verdict in found])))
        notes.append(f"{name} {shares[-1]:.2f}, median MASE {np.median([verdict.scores.mase for verdict in found]):.3f}")
        progress(notes[-1])
    report.add(Figure("random_walk_honest", min(shares), ("≥", 0.95), shares, f"{WALKS} walks of 1,000 prices each: {'; '.join(notes)}"))


def season(report: Report) -> None:
    """Trend, season and noise, which can be foreseen: how often the verdict says so."""
    found = [forecast({**CHANGES, "series": "season", "seed": seed}) for seed in range(SEASONS)]
    share = float(np.mean([verdict.shown(verdict.last) for _found, verdict, _ratio in found]))
    mase, over = (np.median(values) for values in ([v.scores.mase for _f, v, _r in found], [r for *_rest, r in found]))
    note = f"{SEASONS} series of 1,000 prices, CHANGES; median MASE {mase:.3f}, error {over:.2f} times that of the best possible forecast"
    report.add(Figure("seasonal_found", share, ("≥", 0.95), note=note))
    plain = [forecast({**ARTICLE, "series": "season", "seed": seed})[1] for seed in range(5)]
    report.add(Figure("seasonal_found_article", float(np.mean([v.shown(v.last) for v in plain])), note=(
        f"the article's settings, 5 series: median MASE {np.median([v.scores.mase for v in plain]):.2f}")))


def coverage(report: Report) -> None:
    """Of all prices of these tests, the share within the intervals that validation promised."""
    inside: list[np.ndarray] = []
    for series in ("walk", "season"):
        for seed in range(10):
            found, *_rest = forecast({**CHANGES, "series": series, "seed": 1000 + seed})
            assert found.low is not None and found.high is not None
            inside.append((found.low <= found.truth) & (found.truth <= found.high))
    points = np.concatenate(inside)
    figure = float(points.mean())
    report.add(Figure("coverage_90", figure, ("≥", 0.85), [float(part.mean()) for part in inside],
                      f"{len(points):,} prices of 20 series, CHANGES, intervals of {LEVEL:.0%}"),
               Figure("coverage_90_most", figure, ("≤", 0.95), note="the same, not to be too wide either"))


PARTS = {"random_walk": random_walk, "season": season, "coverage": coverage}


def main() -> None:
    from core.training.warm import warm

    progress("TensorFlow")
    warm()
    run("Forecasts of prices", PARTS)


if __name__ == "__main__":
    main()
