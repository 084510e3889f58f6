"""The stock project's series, windows and parts: from a spec to arrays, without TensorFlow, for the lab, the page and the exported
program alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from core.data.prices import Corrections, Prices, built_in, generated, read
from core.frame import Message, Trouble
from core.i18n import N_
from core.maths.forecasting import parts, windows
from core.maths.forecasting.outcome import Outcome, outcome
from core.specs.stock import StockSpec

BASELINES = ("last", "drift", "average", "ridge", "seasonal")
VALIDATION = 0.2  # of the learning part's windows
LEVEL = 0.9  # of intervals
MOST = 10_000  # prices: windows of 60 of them with four features are 20 MB, and what a network makes of them at once is ten times that

Uploads = Mapping[str, Mapping[str, np.ndarray]]


def prices_of(spec: StockSpec, uploads: Uploads | None = None, name: str = "") -> Prices:
    """The series of a spec. uploads: content hash → {"file": its bytes, uint8}; name: what to call an upload.

    Trouble if the file is not here, or is no series of prices when it is read so.
    """
    if spec.generated:
        return generated(spec.series, spec.seed, spec.points)
    if not spec.upload:
        return built_in(spec.series)
    found = (uploads or {}).get(spec.upload)
    if found is None:
        raise Trouble(Message(N_("The uploaded file is no longer here. Please choose it again.")))
    return read(found["file"].tobytes(), name, Corrections(**spec.reading))


def as_file(prices: Prices) -> bytes:
    """A series as a plain CSV file: Date, Close and, if there is one, Volume; to the last digit. `read` gives back the same."""
    columns = {"Close": prices.close} | ({"Volume": prices.columns["volume"]} if "volume" in prices.columns else {})
    rows = ([str(date).replace("T", " "), *("" if np.isnan(value) else repr(float(value)) for value in values)]
            for date, *values in zip(prices.dates, *columns.values(), strict=True))
    return "\n".join(",".join(row) for row in [["Date", *columns], *rows]).encode() + b"\n"


def windowing_of(spec: StockSpec) -> windows.Windowing:
    return windows.Windowing(spec.look_back, spec.horizon, spec.target, spec.averages, spec.volume and "volume" not in spec.idle, spec.leak)


def prepared_of(spec: StockSpec, prices: Prices) -> parts.Prepared:
    """Windows of the series, cut into parts and scaled. Trouble if it is too short or too long, or has no volume and that is a feature."""
    if len(prices) > MOST:
        raise Trouble(Message(
            N_("The series has {count:,} prices; up to {most:,} can be learned from here. Take one a day, or the last years."),
            {"count": len(prices), "most": MOST}))
    samples = windows.samples(prices.close, windowing_of(spec), prices.columns.get("volume"))
    cut: dict[str, Any] = {"train": spec.train_share, "validation": VALIDATION, "seed": spec.seed}
    split = parts.walk_forward(samples, spec.folds, **cut)[spec.fold - 1] if spec.fold else parts.split(samples, **cut)
    return parts.prepared(samples, split, spec.scaler)


def judged(prepared: parts.Prepared, validation: np.ndarray, test: np.ndarray, part: str = "test") -> Outcome:
    """Forecasts (prices) of the validation and the test part beside the baselines': what is known of those of `part`."""
    if part == "test":
        return outcome(prepared, validation, test, LEVEL)
    split = prepared.split
    return replace(outcome(replace(prepared, split=replace(split, test=split.validation)), validation, validation, LEVEL), learned=0.0)


def packed(found: Outcome) -> dict[str, np.ndarray]:
    """Forecasts as arrays of a record; those of one run, not of several folds."""
    arrays = {"origin": found.origin, "truth": found.truth, "forecast": found.forecast,
              **{f"base_{name}": values for name, values in found.baselines.items()}}
    if found.low is not None and found.high is not None:
        arrays |= {"low": found.low, "high": found.high}
    return {"days": found.days.astype(np.int32), "rival": np.array([BASELINES.index(found.rivals[0])], np.int32),
            **floats(**arrays, learned=np.array([found.learned]))}


def floats(**arrays: np.ndarray) -> dict[str, np.ndarray]:
    """Prices as a record keeps them: float32; what a network that broke says is nan."""
    with np.errstate(over="ignore"):
        found = {name: np.asarray(array, np.float32) for name, array in arrays.items()}
    return {name: np.where(np.isfinite(array), array, np.float32(np.nan)) for name, array in found.items()}


def outcome_of(spec: StockSpec, arrays: Mapping[str, np.ndarray]) -> Outcome:
    """What `packed` has packed, in the probe "forecast" of `core.labs.stock`; `core.insight.forecasts.judge` takes it."""
    def known(name: str) -> np.ndarray | None:
        return arrays[name].astype(float) if name in arrays else None

    made = {name: values for name in BASELINES if (values := known(f"base_{name}")) is not None}
    rival = BASELINES[int(arrays["rival"][0])]
    origin, truth, forecast = (arrays[name].astype(float) for name in ("origin", "truth", "forecast"))
    return Outcome(spec.horizon, arrays["days"].astype(int), origin, truth, forecast, made, made[rival], (rival,), known("low"),
                   known("high"), LEVEL, float(arrays["learned"][0]))
