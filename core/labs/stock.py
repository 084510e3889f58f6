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
        low, high         (k,)           the 90% interval around the forecasts, learned from validation; not there if that has fewer than
                                         19 windows. Of the validation part it is the one that its own errors give
        level, learned    (1,)           0.9; and from how many errors that is (int32)
        base_last, base_drift, base_average, base_ridge  (k,)  the baselines' forecasts, and base_seasonal if a season was found
        rival             (1,) int32     which of `core.data.stock.BASELINES` did best on validation
        best              (k,)           generated series only: the best possible forecast (least expected squared error)
        metrics           (3,)           as of "sealed", of this part in place of the test
        `core.data.stock.tested_of(spec, arrays)` makes of these what `core.insight.forecasts.judge` takes; of several folds
        `core.maths.forecasting.tested.joined` makes one.
    "sealed": metrics (3,): mean absolute error on the test, how many forecasts that has, and the same error on validation.
    "model": file (bytes,) uint8: the network as a .keras file. It takes windows as they are, (n, look_back, features), unscaled, oldest day
        first, features as `core.maths.forecasting.windows.Samples.names` has them, and gives (n, 1) unscaled targets: a price, or, where
        the target is a difference or a log-return, that.
    ValueError for anything else; Trouble if the uploaded file is not here or cannot be read so.

An upload is {"file": (bytes,) uint8}, the file as it is; the spec says how it is read. A ticker's prices are such a file, too
(`core.data.stock.as_file`).
"""
