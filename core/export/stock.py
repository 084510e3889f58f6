"""The Keras program of a StockSpec, beat by beat, and forecasts as a table. Only what a spec needs appears in its program.

It writes out what the lab fixes: the seed of every layer and the order of every epoch's windows. The lab computes recurrent layers in
another order of additions, so the program ends near its numbers: the longer the training, the less near.
"""

from __future__ import annotations

import csv
import io

import numpy as np

from core.data import uploads
from core.data.stock import prepared_of, prices_of
from core.export.stock_data import prepare, prices, split, windows
from core.export.training import Training, note
from core.frame import Trouble
from core.i18n import N_, _
from core.maths.forecasting.outcome import Outcome
from core.specs.base import versions
from core.specs.stock import KERNEL, RECURRENT, SERIES, StockSpec

SETTINGS = {
    "seed": N_("fixes everything random"),
    "points": N_("how many prices to generate"),
    "look_back": N_("how many prices the network sees before it answers"),
    "horizon": N_("how many prices ahead the forecast is"),
    "train_share": N_("the days before the test, as a share"),
    "folds": N_("stretches that the test is cut into"),
    "fold": N_("the one that is forecast"),
    "units": N_("how many numbers a layer passes on"),
    "learning_rate": N_("how far a step goes along the negative gradient"),
    "batch_size": N_("how many windows a step looks at"),
    "epochs": N_("how many times the network sees all training windows"),
    "patience": N_("epochs without a smaller validation loss after which training ends"),
}
LOSSES = {"mse": "MeanSquaredError()", "mae": "MeanAbsoluteError()", "huber": "Huber(delta=0.1)"}
LAYERS = {"lstm": "LSTM", "gru": "GRU", "rnn": "SimpleRNN"}
BACK = {"price": "said", "difference": "price[origins[rows]] + said", "log-return": "price[origins[rows]] * np.exp(said)"}


def beats(spec: StockSpec) -> list[tuple[str, str]]:
    """The headings and the code of the program. KeyError if the prices were uploaded and are not here, or cannot be read so."""
    idle = {*spec.idle, *(() if spec.fold else ("fold",))}
    names = {name: what for name, what in SETTINGS.items() if name not in idle}
    training = Training(spec, 0, _train(spec), loss=LOSSES[spec.loss], names=names)
    title = _("A forecast of prices: {series}", series=_(SERIES[spec.series]))
    parts = [
        (title, [f'"""{title}', "", *_about(spec, training), '"""', "", *_imports(spec), "", *training.settings(0)]),
        (_("Data"), prices(spec)),
        (_("Windows"), windows(spec)),
        (_("Split"), split(spec)),
        (_("Scaling"), prepare(spec)),
        (_("Batches"), training.batches()),
        (_("Network"), _network(training.legs[0])),
        (_("Loss and optimizer"), training.first()),
        (_("Training"), training.fit()),
        *((_("From epoch {epoch} on", epoch=epoch), training.fork(i)) for i, epoch in enumerate(training.forks, 1)),
        (_("Validation"), _evaluate(spec)),
        (_("Forecast"), _forecast()),
    ]
    return [(heading, "\n".join(lines)) for heading, lines in parts]


def _train(spec: StockSpec) -> int:
    """How many windows are trained on."""
    try:
        return len(prepared_of(spec, prices_of(spec, uploads.arrays(spec.upload))).split.train)
    except Trouble as problem:
        raise KeyError(f"there are no windows to train on: {problem}") from None


def _about(spec: StockSpec, training: Training) -> list[str]:
    more = [] if spec.upload or spec.generated else ["plotly", "pandas"]
    packages = " ".join(["numpy", *more, *(f"{name}=={version}" for name, version in versions().items())])
    lines = [_("Needs: pip install {packages}", packages=packages)]
    if spec.upload:
        lines.append(_("Beside it: prices.csv, the series as the lab has read it; its page has that file."))
    if training.forks:
        lines.append(_("A branch: the settings change after these epochs: {epochs}.", epochs=", ".join(map(str, training.forks))))
    return [*lines, _("It ends near the numbers that the lab shows, which adds up in another order.")]


def _imports(spec: StockSpec) -> list[str]:
    lines = ["import csv", ""] if spec.upload else []
    lines += ["import keras", "import numpy as np", "from keras import layers", "from numpy.lib.stride_tricks import sliding_window_view"]
    return lines if spec.upload or spec.generated else [*lines, "from plotly.data import stocks"]


def _network(spec: StockSpec) -> list[str]:
    stack = [f"keras.Input((LOOK_BACK, {spec.features}))"]
    flat = ["layers.Flatten()"]
    for i in range(spec.layers):
        if spec.model in RECURRENT:
            stack.append(f"cell({i}, {i < spec.layers - 1})")
        elif spec.model == "dense":
            stack += [*(flat if i == 0 else []), f'layers.Dense(UNITS, "relu", kernel_initializer=init({i}))']
        else:
            stack.append(f"filters({i})")
    stack += [*(flat if spec.model == "conv" else []), f"layers.Dense(1, kernel_initializer=init({spec.layers}))"]
    lines = [note(_("Each layer draws its first weights from a seed of its own.")), "def init(layer):",
             "    return keras.initializers.GlorotUniform(seed=1009 * SEED + layer)", "", ""]
    if spec.model in RECURRENT:
        lines += [note(_("sequences: whether it passes on its state after every step, or only after the last.")),
                  "def cell(layer, sequences):", "    recurrent = keras.initializers.Orthogonal(seed=1009 * SEED + 300 + layer)",
                  f"    return layers.{LAYERS[spec.model]}(", "        UNITS,", "        return_sequences=sequences,",
                  "        kernel_initializer=init(layer),", "        recurrent_initializer=recurrent,", "    )", "", ""]
    elif spec.model == "conv":
        lines += [note(_("Each filter sees a few prices at once, and none that come later.")), "def filters(layer):",
                  '    how = {"padding": "causal", "activation": "relu", "kernel_initializer": init(layer)}',
                  f"    return layers.Conv1D(UNITS, {KERNEL}, **how)", "", ""]
    return [*lines, "model = keras.Sequential(", "    [", *(f"        {layer}," for layer in stack), "    ]", ")"]


def _evaluate(spec: StockSpec) -> list[str]:
    shown = _("validation loss {val_loss:.6g}, mean absolute error {val_mae:.6g}")
    beside = _("the last price: mean absolute error {last_mae:.6g}")
    return [note(_("From what the network says to prices.")), "def forecast_of(rows):",
            "    answers = model.predict(inputs(x[rows]), verbose=0)[:, 0]", "    said = answers * y_width + y_low",
            f"    return {BACK[spec.target]}", "", "",
            "def off(forecast, rows):", "    return np.abs(forecast - price[origins[rows] + HORIZON]).mean()", "", "",
            note(_("How well it does on windows that it was not trained on, beside whoever says that the price stays.")),
            "val_loss = model.evaluate(x_val, y_val, verbose=0)[0]", "val_mae = off(forecast_of(validation), validation)",
            "last_mae = off(price[origins[validation]], validation)", f'print(f"{shown}")', f'print(f"{beside}")']


def _forecast() -> list[str]:
    shown = _("test: mean absolute error {test_mae:.6g}, of the last price {last_mae:.6g}")
    return [note(_("The test, for the very end: whoever chooses settings by it fools themselves.")),
            "forecast = forecast_of(test)", "test_mae = off(forecast, test)", "last_mae = off(price[origins[test]], test)",
            f'print(f"{shown}")']


def forecast_csv(dates: np.ndarray, found: Outcome, comment: str = "") -> str:
    """Forecasts as a CSV, a line each: the dates on which it was made and that it is about, the price on each, the forecast, its interval
    where there is one, and the baselines' forecasts. dates: of the series (`Prices.dates`); comment: lines that go first, behind "# "."""
    columns = {"price_then": found.origin, "price": found.truth, "forecast": found.forecast}
    if found.low is not None and found.high is not None:
        columns |= {"low": found.low, "high": found.high}
    columns |= {f"baseline_{name}": values for name, values in found.baselines.items()}
    text = io.StringIO()
    text.writelines(f"# {line}\n" for line in comment.splitlines())
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["made_on", "date", *columns])
    for i, day in enumerate(found.days):
        values = [f"{float(column[i]):.9g}" for column in columns.values()]
        table.writerow([str(dates[day]).replace("T", " "), str(dates[day + found.horizon]).replace("T", " "), *values])
    return text.getvalue()
