"""Split, with a table that somebody brought: by its classes, or as a series by its dates (by the order of its rows, if it has none)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.data.tables import DATE, NUMBER, Own
from core.figures.board import Picture, figure
from core.figures.data_preparation.marks import dots, neat, word
from core.figures.data_preparation.own import brief, category, plain, reading, room, target
from core.figures.template import Template
from core.figures.theme import axis, colour, layout
from core.frame import Message, Trouble
from core.i18n import N_, _
from core.maths import own as maths
from core.specs.data_preparation import DataPreparationSpec

SETS = (N_("training"), N_("validation"), N_("test"))
STYLE = (("layer0", "circle"), ("layer3", "diamond"), ("layer1", "square"))
SHOWN = 8  # classes


@dataclass(frozen=True)
class Rows:
    """What is split: rows, their places in the table (in the order of time for a series); classes, value, when: (rows,) or None."""

    rows: np.ndarray
    classes: np.ndarray | None
    value: np.ndarray | None
    when: np.ndarray | None


def _series(spec: DataPreparationSpec) -> bool:
    return spec.kind in ("weeks", "time")


def _place(spec: DataPreparationSpec, own: Own) -> tuple[int | None, int | None, int | None]:
    """The columns of classes, of numbers and of dates that this split goes by; None where there is none or it takes none."""
    if _series(spec):
        return None, target(spec, own) if own.of(NUMBER) else None, own.of(DATE)[0] if own.of(DATE) else None
    return category(spec, own), None, None


def _rows(spec: DataPreparationSpec, own: Own) -> Rows:
    classes, number, date = _place(spec, own)
    if _series(spec) and number is None:
        raise Trouble(Message(N_("Your table has no column of numbers, so no series can be drawn. Split its classes instead.")))
    if not _series(spec) and classes is None and spec.kind == "stratified":
        raise Trouble(Message(N_("Your table has no column of categories to stratify by: of words that recur, or of at most 10 whole "
                                 "numbers. "
                                 "Split at random, or as a series.")))
    needed = [c for c in (classes, number, date) if c is not None]
    rows = np.flatnonzero(~np.isnan(own.values[:, needed]).any(axis=1)) if needed else np.arange(len(own.values))
    if date is not None:
        rows = rows[np.argsort(own.values[rows, date], kind="stable")]
    pick = lambda column: None if column is None else own.values[rows, column]  # noqa: E731
    return Rows(rows, pick(classes), pick(number), pick(date) if date is not None else rows + 1.0 if _series(spec) else None)


def _few(rows: int) -> Trouble:
    return Trouble(Message(N_("Only {rows} rows can be split so, too few for these shares. Fill the gaps, or change the shares."),
                           {"rows": rows}))


def draw(spec: DataPreparationSpec, own: Own) -> Picture:
    found = _rows(spec, own)
    return _over_time(spec, own, found) if _series(spec) else _by_class(spec, own, found)


def _left_out(own: Own, found: Rows) -> list[Message]:
    left = len(own.values) - len(found.rows)
    return [Message(N_("Rows left out because a cell that the split goes by is missing: {left}."), {"left": left})] if left else []


def _by_class(spec: DataPreparationSpec, own: Own, found: Rows) -> Picture:
    place, *_none = _place(spec, own)
    count, strata = len(found.rows), found.classes if spec.kind == "stratified" else None
    words = [] if place is None or found.classes is None else [own.named(place, v) for v in np.unique(found.classes)]
    try:
        sets = maths.sets(count, spec.train, spec.validation, spec.seed, strata)
    except ValueError:
        if strata is None or count < 8:
            raise _few(count) from None
        seen, often = np.unique(strata, return_counts=True)
        rare = int(np.argmin(often))
        raise Trouble(Message(N_("By “{name}” the rows cannot be split stratified: “{word}” has only {rows} of them, too few for a share "
                                 "of each "
                                 "of the three sets. Split at random, choose another column, or put rare classes together."),
                              {"name": own.names[place or 0], "word": words[rare], "rows": int(often[rare])})) from None
    sizes = [int((sets == k).sum()) for k in range(3)]
    numbers = dict(zip(("train", "validation", "test"), sizes, strict=True))
    if place is None or found.classes is None:
        note = Message(N_("{train} rows to learn from, {validation} to choose by, {test} to judge by, drawn at random. Your table has no "
                          "column "
                          "of categories, so there is nothing to stratify by."), numbers)
        return Picture((_marks(own, found, sets, None, 12),), notes=(note, *_left_out(own, found)), numbers=numbers)
    parts = maths.shares(found.classes, sets)
    gap = parts[:3] - parts[3]
    k, j = (int(v) for v in np.unravel_index(np.argmax(np.abs(gap)), gap.shape))
    said = {"word": words[j], "set": ["_", SETS[k]], "share": float(parts[k, j]), "all": float(parts[3, j]), "off": 100 * float(abs(gap[k,
                                                                                                                                        j])),
            "name": own.names[place], "rows": sizes[k]}
    if spec.kind == "stratified":
        notes = [Message(N_("Stratified by “{name}”: each set has the shares of all rows, as nearly as whole rows allow. Farthest off is "
                            "“{word}” in the {set} set: {share:.1%} instead of {all:.1%}."), said)]
    else:
        notes = [Message(N_("At random the shares are left to chance. Farthest off is “{word}”: {share:.1%} of the {rows} rows in the "
                            "{set} set, "
                            "{all:.1%} of all rows. Move the seed, or split stratified."), said)]
    absent = [words[i] for i in np.flatnonzero((parts[:3] == 0).any(axis=0))]
    if absent:
        notes.append(Message(N_("At least one set has not a single row of: {words}. Nothing can be learned or judged there."),
                             {"words": ", ".join(absent[:5]) + ("…" if len(absent) > 5 else "")}))
    return Picture((_marks(own, found, sets, place, 6), _shares(own, place, parts, words, said)),
                   notes=(*notes, *_left_out(own, found)), numbers={**numbers, "off": float(abs(gap[k, j]))},
                   formulas=((_("farthest from its share"), rf"|{parts[k, j]:.3f} - {parts[3, j]:.3f}| = {abs(gap[k, j]):.3f}"),))


def _marks(own: Own, found: Rows, sets: np.ndarray, place: int | None, span: int) -> Template:
    """Every row where it stands in the table, in its class, marked by its set."""
    seen, level = (np.array([0.0]), np.zeros(len(sets), int)) if found.classes is None else np.unique(found.classes, return_inverse=True)
    y = level + np.random.default_rng(0).uniform(-0.32, 0.32, len(sets))
    data = [dots((found.rows[sets == k] + 1).tolist(), neat(y[sets == k], 2), token, symbol=symbol, size=6, opacity=0.85,
                 hover=_(SETS[k]) + ", " + _("row {row}", row="%{x}")) for k, (token, symbol) in enumerate(STYLE)]
    ticks = [] if place is None else [plain(own.named(place, v), 10) for v in seen]
    sizes = [int((sets == k).sum()) for k in range(3)]
    return figure("rows", data, layout(
        xaxis=axis(_("row of your table"), range=room(found.rows + 1.0), fixedrange=True),
        yaxis=axis(range=[-0.6, len(seen) - 0.4], tickvals=list(range(len(ticks))), ticktext=ticks, showgrid=False, fixedrange=True),
        annotations=[word(1, 1.005, _("● training   ◆ validation   ■ test"), xref="paper", yref="paper", xanchor="right",
                          yanchor="bottom")],
        margin={"l": 72 if ticks else 20, "r": 10, "t": 24, "b": 36}),
        title=_("{train} rows for training, {validation} for validation, {test} to test", train=sizes[0], validation=sizes[1],
                test=sizes[2]),
        alt=_("The {rows} rows of your table, marked by the set that each is in.", rows=len(sets)), height=380, span=span)


def _shares(own: Own, place: int, parts: np.ndarray, words: list[str], said: dict) -> Template:
    """The share of each class in each set, and in all rows; of many classes the commonest."""
    most = np.sort(np.argsort(-parts[3], kind="stable")[:SHOWN])
    x = np.arange(len(most))
    data = [{"type": "bar", "x": neat(x + (k - 1) * 0.26), "y": neat(parts[k, most]), "width": 0.24,
             "marker": {"color": colour(STYLE[k][0])},
             "hovertemplate": _(SETS[k]) + ": %{y:.1%}<extra></extra>"} for k in range(3)]
    data += [{"type": "scatter", "mode": "lines", "x": [v for c in x.tolist() for v in (c - 0.42, c + 0.42, None)],
              "y": [v for share in neat(parts[3, most]) for v in (share, share, None)], "line": {"color": colour("text"), "width": 2},
              "hoverinfo": "skip"}]
    return figure("shares", data, layout(
        xaxis=axis(plain(own.names[place]), tickvals=x.tolist(), ticktext=[plain(words[i], 10) for i in most], range=[-0.6,
                                                                                                                      len(most) - 0.4],
                   fixedrange=True),
        yaxis=axis(_("share of the set"), range=[0, 1.12 * float(parts[:, most].max())], tickformat=".0%", fixedrange=True),
        annotations=[word(1, 1.005, _("bars: training, validation, test   ― all rows"), "text", xref="paper", yref="paper",
                          xanchor="right", yanchor="bottom")],
        margin={"l": 50, "r": 10, "t": 24, "b": 36}),
        title=_("Farthest from its share: “{word}”, by {off:.1f} percentage points", word=plain(words[words.index(said["word"])], 16),
                off=said["off"]),
        alt=_("The share of each class in the training, validation and test set, and in all rows."), height=380, span=6)


def _over_time(spec: DataPreparationSpec, own: Own, found: Rows) -> Picture:
    _classes, place, date = _place(spec, own)
    count = round((100 - spec.train) / 100 * len(found.rows))
    if count < 1 or len(found.rows) - count < 2 or place is None or found.value is None or found.when is None:
        raise _few(len(found.rows))
    errors, guesses = {}, {}
    from core.maths.splits import split_weeks

    for kind in ("weeks", "time"):
        held = split_weeks(len(found.rows), count, spec.seed, by_time=kind == "time")
        guesses[kind] = held, maths.forecast(found.when, found.value, held)
        errors[kind] = float(np.abs(guesses[kind][1] - found.value[held]).mean())
    said = {"random": errors["weeks"], "time": errors["time"], "count": count, "name": own.names[place]}
    if errors["time"] > 1.2 * errors["weeks"]:
        first = Message(N_("Held out at random, a row lies between rows that are known, and two neighbours in time guess “{name}” with an "
                           "error "
                           "of {random:.4g}. Held out at the end, as in life, it is {time:.4g}: what the split at random promised does not "
                           "hold. Split by time."), said)
    else:
        first = Message(N_("In this column what lies nearby in time helps little: the error is {random:.4g} at random and {time:.4g} by "
                           "time. "
                           "For anything that is to forecast, split by time all the same."), said)
    order = Message(N_("In time means by “{date}”."), {"date": own.names[date]}) if date is not None else Message(
        N_("Your table has no column of dates (2024-01-31 or 31.01.2024), so the order of its rows is taken for time."))
    held, guess = guesses[spec.kind]
    return Picture((_line(spec, own, found, held, guess, errors[spec.kind]), _errors(spec, errors)),
                   notes=(first, order, *_left_out(own, found)), numbers={"error": errors[spec.kind], "count": count})


def _line(spec: DataPreparationSpec, own: Own, found: Rows, held: np.ndarray, guess: np.ndarray, error: float) -> Template:
    _classes, place, date = _place(spec, own)
    assert place is not None and found.value is not None and found.when is not None
    when, value = found.when, found.value
    data = [dots(brief(when[~held]), brief(value[~held]), "layer0", size=6, hover=_("training") + ", %{y:.4g}"),
            dots(brief(when[held]), brief(value[held]), "layer1", symbol="circle-open", size=8, hover=_("held out") + ", %{y:.4g}"),
            dots(brief(when[held]), brief(guess), "layer1", symbol="x", size=5, hover=_("predicted") + ", %{y:.4g}")]
    ticks = np.linspace(float(when.min()), float(when.max()), 5)
    days = {} if date is None else {"tickvals": brief(ticks), "ticktext": [str(np.datetime64(int(t), "D")) for t in ticks]}
    return figure("series", data, layout(
        xaxis=axis(_("row of your table") if date is None else plain(own.names[date]), range=room(when), fixedrange=True, **days),
        yaxis=axis(plain(own.names[place]), range=room(value), fixedrange=True), margin={"l": 58, "r": 28, "t": 24, "b": 36},
        annotations=[word(1, 1.005, _("● training  ○ held out  × predicted"), xref="paper", yref="paper", xanchor="right",
                          yanchor="bottom")]),
        title=_("Rows held out {how}: off by {error:.4g}", how=_("at the end") if spec.kind == "time" else _("at random"), error=error),
        alt=_("A column of your table over time; {count} rows are held out and predicted from the two training rows nearest in time, with "
              "a "
              "mean error of {error:.4g}.", count=int(held.sum()), error=error), height=380, span=8)


def _errors(spec: DataPreparationSpec, errors: dict[str, float]) -> Template:
    now, top = list(errors).index(spec.kind), 1.2 * max(*errors.values(), 1e-12)
    bars = {"type": "bar", "x": [0, 1], "y": brief(np.array(list(errors.values()))), "width": 0.55,
            "hovertemplate": "%{y:.4g}<extra></extra>",
            "marker": {"color": [colour("layer1") if k == now else colour("baseline") for k in (0, 1)]}}
    title = (_("By time {times:.1f} times the error", times=errors["time"] / errors["weeks"]) if errors["weeks"] > 0 else
             _("At random no error at all"))
    return figure("errors", [bars], layout(
        xaxis=axis(range=[-0.6, 1.6], tickvals=[0, 1], ticktext=[_("at random"), _("by time")], fixedrange=True),
        yaxis=axis(_("mean absolute error"), range=[0, top], fixedrange=True), margin={"l": 58, "r": 10, "t": 6, "b": 36},
        annotations=[word(k, value, f"{value:.4g}", "text", yshift=9) for k, value in enumerate(errors.values())]), title=title,
        alt=_("Mean error {random:.4g} with rows held out at random, {time:.4g} with the last rows held out.", random=errors["weeks"],
              time=errors["time"]), height=380, span=4)


def program(spec: DataPreparationSpec, own: Own) -> str:
    classes, number, date = _place(spec, own)
    needed = [own.names[c] for c in (classes, number, date) if c is not None]
    part = f"part = table.dropna(subset={needed!r})" if needed else "part = table"
    if _series(spec):
        sort = f'part = part.sort_values({own.names[date]!r}, kind="stable")\n' if date is not None else ""
        when = (f'((part[{own.names[date]!r}] - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(days=1)).to_numpy()' if date is not None else
                "part.index.to_numpy(float) + 1")
        held = ("held[-count:] = True  # " + _("the last rows") if spec.kind == "time"
                else f"held[np.random.default_rng({spec.seed}).permutation(len(part))[:count]] = True")
        return f"""import numpy as np
{reading(own, "from sklearn.neighbors import KNeighborsRegressor" + chr(10))}
{part}
{sort}when, value = {when}, part[{own.names[number or 0]!r}].to_numpy()
count = round({(100 - spec.train) / 100:g} * len(part))
held = np.zeros(len(part), bool)
{held}

model = KNeighborsRegressor(2).fit(when[~held, None], value[~held])
error = np.abs(model.predict(when[held, None]) - value[held]).mean()
print(error, count)
"""
    stratify, again = (", stratify=y", ", stratify=y.loc[rest]") if spec.kind == "stratified" and classes is not None else ("", "")
    label = f"y = part[{own.names[classes]!r}]\n" if classes is not None else ""
    off = "" if classes is None else """
parts = pd.DataFrame({i: y.loc[rows].value_counts(normalize=True) for i, rows in enumerate((train, validation, test))}).fillna(0)
off = parts.sub(y.value_counts(normalize=True), axis=0).abs().to_numpy().max()
print(off)"""
    return f"""{reading(own, "from sklearn.model_selection import train_test_split" + chr(10))}
{part}
{label}rows = part.index.to_numpy()
first, second = max(1, round({spec.train / 100:g} * len(rows))), max(1, round({spec.validation / 100:g} * len(rows)))
train, rest = train_test_split(rows, train_size=first, random_state={spec.seed}{stratify})
validation, test = train_test_split(rest, train_size=second, random_state={spec.seed}{again})
{off}
train, validation, test = len(train), len(validation), len(test)
print(train, validation, test)
"""
