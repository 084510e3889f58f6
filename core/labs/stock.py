"""The stock project's lab: a network that forecasts prices.

`list(train(StockSpec()))` runs it from a plain Python prompt. A forecast is made on day t, from the prices up to it, and is about day
t + horizon; days are places in the series, from 0. What a series, its windows and its parts are is found without TensorFlow
(`core.data.stock`: `prices_of`, `prepared_of`), also on the page. Every array is float32 unless it says otherwise; prices are in the
series' own unit.

Rows: epoch, loss, val_loss (of scaled targets), mae, val_mae (in prices), grad_1, … and update_1, … of every layer and, last, the output.
The test part is no part of training: nothing of a frame or a row depends on it, but with a leak that lets it in.

The arrays of a frame are about the v validation windows, in the order of time:

    days              (v,) int32     the day on which each forecast is made
    origin            (v,)           the price on that day: the forecast of persistence
    truth             (v,)           the price `horizon` days later
    forecast          (v,)           what the network says that will be
    off, off_last     (v,)           how far the network's forecast and persistence's are from the truth
    last_mae          (1,)           the mean of off_last: what val_mae has to be compared with
    weights           (w,)           all of the network's, in the order of its variables

Probes (`ask`), of a network with a frame's weights:

    "forecast", {"part": "validation" or "test"}, by default "test". The test is sealed: whoever asks for it counts a look.
        days              (k,) int32     as above; `Prices.dates[days + horizon]` are the dates that the forecasts are about
        origin, truth, forecast  (k,)    as above
        low, high         (k,)           the 90% interval around the forecasts, learned from validation; not there if that has too few
                                         windows. Of the validation part it is the one that its own errors give
        base_last, base_drift, base_average, base_ridge  (k,)  the baselines' forecasts, and base_seasonal if a season was found
        rival             (1,) int32     which of `core.data.stock.BASELINES` did best on validation
        best              (k,)           generated series only: the best possible forecast (least expected squared error)
        metrics           (3,)           as of "sealed", of this part in place of the test
        `core.data.stock.outcome_of(spec, arrays)` makes of these what `core.insight.forecasts.judge` takes; of several folds
        `core.maths.forecasting.outcome.joined` makes one.
    "sealed": metrics (3,): mean absolute error on the test, how many forecasts that has, and the same error on validation.
    "model": file (bytes,) uint8: the network as a .keras file. It takes windows as they are, (n, look_back, features), unscaled, oldest day
        first, features as `core.maths.forecasting.windows.Samples.names` has them, and gives (n, 1) unscaled targets: a price, or, where
        the target is a difference or a log-return, that.
    ValueError for anything else; Trouble if the uploaded file is not here or cannot be read so.

An upload is {"file": (bytes,) uint8}, the file as it is; the spec says how it is read. A ticker's prices are such a file, too
(`core.data.stock.as_file`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from core.data import stock as data
from core.data.prices import Prices
from core.frame import Checkpoint, End, Frame, Message, Status, Trouble
from core.i18n import N_
from core.labs.course import Course, Row
from core.labs.forecaster import Lab
from core.labs.saving import model_file
from core.maths.forecasting.parts import Prepared
from core.models.stock import reseed_stock, whole
from core.specs.stock import StockSpec
from core.training.cache import Cache

Uploads = dict[str, dict[str, np.ndarray]]

_labs: Cache[Lab] = Cache(limit=24)
EASIER: tuple[dict[str, Any], ...] = ({"horizon": 1}, {"look_back": 5}, {"horizon": 1, "look_back": 5, "averages": ()}, {"fold": 0})


def sample_of(spec: StockSpec, uploads: Uploads | None) -> tuple[Prices, Prepared]:
    """The series of a spec and its windows. Trouble if there are none."""
    prices = data.prices_of(spec, uploads)
    return prices, data.prepared_of(spec, prices)


def lab_of(spec: StockSpec) -> Lab:
    """The built architecture of a spec; the fields that do not change it share one."""
    return _labs.get(spec.step_key, lambda: Lab(spec))


def train(spec: StockSpec, *, resume: Checkpoint | None = None, uploads: Uploads | None = None,
          ) -> Iterator[Status | Frame | Checkpoint | End]:
    """Train the network of a spec and yield what is to be seen; the last thing is an End (`core.labs.course`)."""
    try:
        _prices, prepared = sample_of(spec, uploads)
    except Trouble as problem:
        yield End("failed", error=problem.message, change=_easier(spec, uploads))
        return
    samples, rows = prepared.samples, prepared.split.validation
    truth, origin = samples.truth[rows], samples.origin[rows]
    off_last = np.abs(truth - origin)
    still = {"days": samples.origins[rows].astype(np.int32), **data.floats(origin=origin, truth=truth, off_last=off_last),
             "last_mae": np.array([off_last.mean()], np.float32)}

    def look(spec: StockSpec, lab: Lab) -> Callable[[], dict[str, np.ndarray]]:
        x = tf.constant(prepared.x(rows))

        def shown() -> dict[str, np.ndarray]:
            forecast = prepared.prices(lab.look(x), rows)
            return {**still, **data.floats(forecast=forecast, off=np.abs(forecast - truth))}

        return shown

    def reached(spec: StockSpec, rows: Sequence[Row]) -> list[Message]:
        """How far off it is, beside the last price; nothing is said where a number is missing."""
        found = rows[-1].get("val_mae")
        return [] if found is None else [Message(
            N_("On validation the forecast is off by {mae:.4g} on average. Whoever says that the price stays is off by {last:.4g}."),
            {"mae": found, "last": float(off_last.mean())})]

    course = Course(built=lab_of, prepare=lambda spec, lab: None, data=lambda spec, lab: lab.tensors(prepared), look=look,
                    reset=lambda spec, lab: reseed_stock(lab.model, spec), reached=reached)
    yield from course.train(spec, resume)


def _easier(spec: StockSpec, uploads: Uploads | None) -> dict[str, Any]:
    """The smallest change with which the series can be used, or another series."""
    for change in EASIER:
        try:
            sample_of(spec.revised(**change), uploads)
        except Trouble:
            continue
        return change
    return {"series": "GOOG"}


def ask(spec: StockSpec, probe: str, arrays: dict[str, np.ndarray], arguments: dict[str, Any],
        uploads: Uploads | None = None) -> dict[str, np.ndarray]:
    """Question the network of a frame; see above."""
    if probe not in ("forecast", "sealed", "model"):
        raise ValueError(f"probe {probe!r} is not one of forecast, sealed, model")
    part = arguments.get("part", "test")
    if probe == "forecast" and part not in ("validation", "test"):
        raise ValueError(f"“part” is validation or test; it is {part!r}")
    prices, prepared = sample_of(spec, uploads)
    lab = lab_of(spec)
    flat = tf.constant(arrays["weights"], tf.float32)
    if probe == "model":
        inputs, targets = prepared.inputs, prepared.targets
        network = whole(lab.copy(spec, arrays["weights"]), (inputs.low, inputs.width), (float(targets.low), float(targets.width)))
        return {"file": np.frombuffer(model_file(network), np.uint8)}
    truth, split = prepared.samples.truth, prepared.split
    said = {name: prepared.prices(lab.answers(flat, tf.constant(prepared.x(rows))), rows)
            for name, rows in (("validation", split.validation), ("test", split.test))}
    off = {name: float(np.abs(said[name] - truth[getattr(split, name)]).mean()) for name in said}
    if probe == "sealed":
        return {"metrics": np.array([off["test"], len(split.test), off["validation"]], np.float32)}
    found = data.judged(prepared, said["validation"], said["test"], part)
    best = prices.best(spec.horizon)
    return {**data.packed(found), **({} if best is None else data.floats(best=best[found.days])),
            "metrics": np.array([off[part], len(found.days), off["validation"]], np.float32)}
