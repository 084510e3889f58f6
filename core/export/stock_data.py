"""The part of a stock program that makes its prices, windows and parts: what `core.data.prices` and `core.maths.forecasting` do, written
plainly for one spec."""

from __future__ import annotations

from core.data.prices.generate import PROCESSES, Regimes, Season, Walk
from core.data.stock import VALIDATION
from core.export.training import note
from core.i18n import N_, _
from core.maths.forecasting.windows import Windowing
from core.specs.stock import StockSpec

UPLOADED = """\
with open("prices.csv", newline="", encoding="utf-8-sig") as file:
    table = list(csv.DictReader(file))
price = np.array([float(row["Close"]) for row in table])"""
WALK = """\
steps = {drift} - {sigma}**2 / 2 + {sigma} * rng.standard_normal(POINTS - 1)
price = 100 * np.exp(np.concatenate([[0.0], np.cumsum(steps)]))"""
SEASON = """\
noise = np.empty(POINTS)
noise[0] = {sigma} / np.sqrt(1 - {persistence}**2) * rng.standard_normal()
for t, e in enumerate({sigma} * rng.standard_normal(POINTS - 1), 1):
    noise[t] = {persistence} * noise[t - 1] + e
t = np.arange(POINTS)
level = np.log(100) + {growth} * t + {amplitude} * np.sin(2 * np.pi * t / {period})
price = np.exp(level + noise)"""
REGIMES = """\
changes = rng.random(POINTS - 1) >= {stay}
changes[:1] = rng.random() < 0.5
state = np.cumsum(changes) % 2
drift, sigma = np.take({drifts}, state), np.take({sigmas}, state)
steps = drift - sigma**2 / 2 + sigma * rng.standard_normal(POINTS - 1)
price = 100 * np.exp(np.concatenate([[0.0], np.cumsum(steps)]))"""
SAID = {"walk": N_("A random walk: no forecast is better than the last price."),
        "season": N_("A trend with a season and noise around both: what comes back can be forecast."),
        "regimes": N_("A random walk that changes between calm growth and turbulent decline; nobody is told when.")}
AVERAGE = """\
def average(values, length):
    found = np.full(len(values), np.nan)
    found[length - 1 :] = sliding_window_view(values, length).mean(axis=1)
    return found"""
CENTRED = """\
centred = np.full(len(price), np.nan)
centred[{half}:-{half}] = sliding_window_view(price, {width}).mean(axis=1)"""
VOLUME = """\
volume = np.array([float(row["Volume"] or "nan") for row in table])
latest = np.maximum.accumulate(np.where(np.isfinite(volume), np.arange(len(volume)), -1))
volume = np.where(latest >= 0, np.log1p(volume[latest]), np.nan)"""
OWN = {"price": "price", "difference": "np.append(np.nan, np.diff(price))", "log-return": "np.append(np.nan, np.diff(np.log(price)))"}
BESIDE = {"price": "{mean}", "difference": "{mean} - price", "log-return": "np.log({mean} / price)"}
ASKED = {"price": "price[origins + HORIZON]", "difference": "price[origins + HORIZON] - price[origins]",
         "log-return": "np.log(price[origins + HORIZON] / price[origins])"}
SCALERS = {"min-max": ("{values}.min(axis=0)", "np.ptp({values}, axis=0)"), "standard": ("{values}.mean(axis=0)", "{values}.std(axis=0)")}


def prices(spec: StockSpec) -> list[str]:
    """Lines that leave price (n,), and of an upload its rows, table."""
    if spec.upload:
        return [note(_("Your prices, the oldest first.")), UPLOADED]
    if not spec.generated:
        return [note(_("Weekly closing prices of 2018 and 2019, divided by the first.")),
                f'price = stocks()["{spec.series}"].to_numpy("float64")']
    process = PROCESSES[spec.series]
    if isinstance(process, Walk):
        code = WALK.format(drift=process.drift, sigma=process.sigma)
    elif isinstance(process, Season):
        code = SEASON.format(growth=process.growth, amplitude=process.amplitude, period=process.period, persistence=process.persistence,
                             sigma=process.sigma)
    else:
        assert isinstance(process, Regimes)
        code = REGIMES.format(stay=process.stay, drifts=list(process.drifts), sigmas=list(process.sigmas))
    return [note(_(SAID[spec.series])), f"rng = np.random.default_rng([SEED, {list(PROCESSES).index(spec.series)}])", code]


def windows(spec: StockSpec) -> list[str]:
    """Lines that leave origins (m,), x (m, look-back, features) and y (m,)."""
    lines, columns = [], [OWN[spec.target]]
    if spec.averages:
        lines += [note(_("The mean of each day and the days before it.")), AVERAGE, "", ""]
        columns += [BESIDE[spec.target].format(mean=f"average(price, {length})") for length in spec.averages]
    if spec.volume and "volume" not in spec.idle:
        lines += [note(_("Where it is missing, the last known volume.")), VOLUME, ""]
        columns.append("volume")
    if spec.leak == "centred average":
        half = Windowing().half_width
        lines += [note(_("The leak: the mean of each day, the days before it, and the days after it.")),
                  CENTRED.format(half=half, width=2 * half + 1), ""]
        columns.append(BESIDE[spec.target].format(mean="centred"))
    return [*lines, note(_("What the network is shown of each day.")),
            "features = np.stack(", "    [", *(f"        {column}," for column in columns), "    ],", "    axis=1,", ")", "",
            note(_("A forecast is made on each day whose window is complete, if the price that it is about is known.")),
            "days = np.flatnonzero(np.isfinite(features).all(axis=1))",
            "last = min(days[-1], len(price) - 1 - HORIZON)", "origins = np.arange(days[0] + LOOK_BACK - 1, last + 1)",
            "x = sliding_window_view(features, LOOK_BACK, axis=0).transpose(0, 2, 1)[origins - LOOK_BACK + 1]",
            f"y = {ASKED[spec.target]}"]


def split(spec: StockSpec) -> list[str]:
    """Lines that leave train, validation and test: which windows are for what."""
    lines = ["first = int(TRAIN_SHARE * len(price))", "test = np.flatnonzero(origins >= first)"]
    if spec.leak == "shuffled":
        lines = [note(_("The leak: windows are dealt out whenever they are.")), *lines,
                 "test = np.sort(np.random.default_rng(SEED).permutation(len(y))[: len(test)])"]
        if spec.fold:
            lines += ["mixed = np.random.default_rng(SEED).permutation(test)", "test = np.sort(np.array_split(mixed, FOLDS)[FOLD - 1])"]
        return [*lines, "rest = np.setdiff1d(np.arange(len(y)), test)", "rest = np.random.default_rng([SEED, 1]).permutation(rest)",
                f"held = max(round({VALIDATION} * len(rest)), 1)", "train, validation = np.sort(rest[held:]), np.sort(rest[:held])"]
    if spec.fold:
        lines += [note(_("One stretch of the test; all days before it are known.")), "test = np.array_split(test, FOLDS)[FOLD - 1]",
                  "first = origins[test[0]]"]
    return [note(_("By time: learn from what was known before the test begins.")), *lines,
            "known = np.flatnonzero(origins + HORIZON < first)", f"held = max(round({VALIDATION} * len(known)), 1)",
            "validation = known[len(known) - held :]",
            "train = known[origins[known] + HORIZON < origins[validation[0]]]"]


def prepare(spec: StockSpec) -> list[str]:
    """Lines that leave x_train, y_train, x_val, y_val, the function inputs, and what scales targets, y_low and y_width."""
    low, width = SCALERS[spec.scaler]
    seen = "" if spec.leak == "scaler" else "[train]"
    says = (_("The leak: the scaler has seen the test.") if spec.leak == "scaler" else
            _("Scaled by what the training windows know."))
    flat, target = f"x{seen}.reshape(-1, x.shape[2])", f"y{seen}"
    return [note(says), f"seen = {flat}", f"x_low, x_width = {low.format(values='seen')}, {width.format(values='seen')}",
            "x_width = np.where(x_width > 0, x_width, 1)",
            f"y_low, y_width = {low.format(values=target)}, {width.format(values=target)}", "", "",
            "def inputs(values):", '    return ((values - x_low) / x_width).astype("float32")', "", "",
            "def targets(values):", '    return ((values - y_low) / y_width).astype("float32")[:, None]', "", "",
            "x_train, y_train = inputs(x[train]), targets(y[train])",
            "x_val, y_val = inputs(x[validation]), targets(y[validation])"]
