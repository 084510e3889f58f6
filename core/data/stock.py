"""The stock project's series, windows and parts: from a spec to arrays, without TensorFlow, for the lab, the page and the exported
program alike."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.data.prices import Corrections, Prices, built_in, generated, read
from core.frame import Message, Trouble
from core.i18n import N_
from core.maths.forecasting import parts, windows
from core.maths.forecasting.tested import Tested
from core.specs.stock import StockSpec

BASELINES = ("last", "drift", "average", "ridge", "seasonal")
VALIDATION, ENOUGH = 0.2, 20  # of the learning part's windows; but as many as an interval can be learned from, if they leave half to learn
LEVEL = 0.9  # of intervals

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
    """Windows of the series, cut into parts and scaled. Trouble if it is too short, or has no volume and that is a feature."""
    samples = windows.samples(prices.close, windowing_of(spec), prices.columns.get("volume"))
    share = validation_share(spec, len(prices))
    if not spec.fold:
        split = parts.split(samples, spec.train_share, share, spec.seed)
    else:
        split = parts.walk_forward(samples, spec.folds, spec.train_share, share, spec.seed)[spec.fold - 1]
    return parts.prepared(samples, split, spec.scaler)


def validation_share(spec: StockSpec, count: int) -> float:
    """The share of the learning part's windows that validate, of a series of so many prices."""
    known = int(spec.train_share * count) - spec.look_back - spec.horizon + 1
    return min(max(VALIDATION, ENOUGH / max(known, 1)), 0.5)


def tested_of(spec: StockSpec, arrays: Mapping[str, np.ndarray]) -> Tested:
    """What the probe "forecast" of `core.labs.stock` gave, as `core.insight.forecasts.judge` takes it."""
    def floats(name: str) -> np.ndarray | None:
        return arrays[name].astype(float) if name in arrays else None

    made = {name: values for name in BASELINES if (values := floats(f"base_{name}")) is not None}
    rival = BASELINES[int(arrays["rival"][0])]
    origin, truth, forecast = (arrays[name].astype(float) for name in ("origin", "truth", "forecast"))
    return Tested(spec.horizon, arrays["days"].astype(int), origin, truth, forecast, made, made[rival], (rival,), floats("low"), floats("high"),
                  LEVEL, int(arrays["learned"][0]))
