"""From rows with dates and prices to a series: order, days that appear twice, gaps, weekends, splits; and what is to be said of each."""

from __future__ import annotations

import numpy as np

from core.data.prices.series import Split, steps_of
from core.frame import Message
from core.i18n import N_

RATIOS = ((2, 1), (3, 1), (4, 1), (5, 1), (6, 1), (7, 1), (8, 1), (10, 1), (15, 1), (20, 1), (25, 1), (30, 1), (50, 1), (100, 1), (3, 2))
NEAR, OVERNIGHT = 0.02, 0.05  # how far a jump may be from a plain ratio, as a logarithm: of close ÷ adjusted, of the night before
FAR = 8.0  # times the usual change, as a robust standard deviation: no day but that of a split
GAP_DAYS = 10
MIXED = 0.02  # so many steps against the direction are no slips


def in_order(stamps: np.ndarray, close: np.ndarray, order: str) -> tuple[np.ndarray, list[Message], list[Message], list[Message]]:
    """The rows (places in stamps (n,) datetime64[s]) in order of time, the last row of each moment only; what was understood, what was
    dropped, and what is in doubt: moments with different prices, close (n,). order: which row comes first, "oldest" or "newest"; "" to
    see. Rows of the same moment keep the order of the file."""
    steps = np.diff(stamps.astype(np.int64))
    up, down = int((steps > 0).sum()), int((steps < 0).sum())
    newest = order == "newest" or (not order and down > up)
    place = np.arange(len(stamps))[::-1] if newest else np.arange(len(stamps))
    understood: list[Message] = []
    if min(up, down) > MIXED * max(1, up + down):
        understood.append(Message(N_("The rows were in no order of time; they are sorted.")))
    elif down > up:
        understood.append(Message(N_("The newest came first; the rows are turned round.")))
    place = place[np.argsort(stamps[place], kind="stable")]
    last = np.append(np.diff(stamps[place].astype(np.int64)) > 0, True)
    dropped, doubts = [], []
    if not last.all():
        first = stamps[place[int(np.argmin(last))]]
        dropped.append(Message(N_("Rows of a moment that appears again: {count}, the first of {date}. The last of each is kept."),
                               {"count": int((~last).sum()), "date": moment(first)}))
        unlike = np.flatnonzero(~last & (close[place] != np.roll(close[place], -1)))
        if len(unlike):
            at = unlike[0]
            doubts.append(Message(N_("Moments with different prices: {count}, the first is {date} with {first:.12g} and {second:.12g}. The "
                                     "last is taken. If there are several series in the file, a column may name them; it can be chosen."),
                                  {"count": len(np.unique(stamps[place[unlike]])), "date": moment(stamps[place[at]]),
                                   "first": float(close[place[at]]), "second": float(close[place[at + 1]])}))
    return place[last], understood, dropped, doubts


def moment(stamp: np.datetime64) -> str:
    """A date as it is shown, with its time if it has one."""
    text = str(stamp.astype("datetime64[s]")).replace("T", " ")
    return text[:10] if text.endswith("00:00:00") else text[:16]


def whole_days(stamps: np.ndarray) -> tuple[np.ndarray, list[Message]]:
    """Days instead of moments where no day has two; what was left out then."""
    days = stamps.astype("datetime64[D]")
    if len(np.unique(days)) < len(days):
        return stamps, []
    times = stamps - days
    if not times.astype(np.int64).any():
        return days, []
    return days, [Message(N_("Every day has one price; its time of the day, such as {time}, is left out."),
                          {"time": str(stamps[-1]).split("T")[1][:5]})]


def gaps(dates: np.ndarray, frequency: str) -> list[Message]:
    """A sentence on the gaps between the dates (n,), if there are any."""
    steps = steps_of(dates)
    if not len(steps):
        return []
    limit = float(GAP_DAYS) if frequency in ("daily", "intraday") else float(np.ceil(2.5 * np.median(steps)))
    wide = np.flatnonzero(steps > limit)
    if not len(wide):
        return []
    worst = int(np.argmax(steps))
    return [Message(N_("Gaps of more than {days:.0f} days: {count}. The longest goes from {first} to {last}."),
                    {"days": limit, "count": len(wide), "first": moment(dates[worst]), "last": moment(dates[worst + 1])})]


def weekends(dates: np.ndarray, frequency: str) -> tuple[list[Message], list[Message]]:
    """What is understood of prices on Saturdays and Sundays, and what is odd about them."""
    if frequency not in ("daily", "intraday"):
        return [], []
    on = (dates.astype("datetime64[D]").astype(np.int64) + 3) % 7 >= 5
    if on.mean() > 0.2:
        return [Message(N_("There are prices on Saturdays and Sundays as well."))], []
    return [], [Message(N_("Prices on a Saturday or a Sunday: {count}, the first on {date}. They are kept."),
                        {"count": int(on.sum()), "date": moment(dates[int(np.argmax(on))])})] if on.any() else []


def find_splits(dates: np.ndarray, columns: dict[str, np.ndarray]) -> tuple[Split, ...]:
    """Where close jumps by a plain ratio, and adjusted, where it is there, does not.

    With adjusted, close ÷ adjusted has to jump by the ratio. Without, the night between close and open has to, or, without opening prices,
    close itself, and far more than it usually moves.
    """
    close = np.log(columns["close"])
    fall = close[:-1] - close[1:]
    tells, near, least = fall, OVERNIGHT, np.log(1.5) - OVERNIGHT
    if "adjusted" in columns:
        factor = close - np.log(columns["adjusted"])
        tells, near, least = factor[:-1] - factor[1:], NEAR, np.log(1.4)
    elif "open" in columns:
        tells = close[:-1] - np.log(columns["open"][1:])
    if "adjusted" not in columns:
        usual = tells[np.isfinite(tells)]
        least = max(least, FAR * 1.4826 * float(np.median(np.abs(usual - np.median(usual))))) if len(usual) else least
    found = []
    for i in np.flatnonzero((np.abs(tells) > least) & (np.abs(fall) > np.log(1.3)) & (np.sign(tells) == np.sign(fall))):
        new, old = min(RATIOS, key=lambda r: abs(np.log(r[0] / r[1]) - abs(tells[i])))
        if abs(np.log(new / old) - abs(tells[i])) <= near:
            found.append(Split(dates[i + 1], *((new, old) if tells[i] > 0 else (old, new))))
    return tuple(found)


def undo(splits: tuple[Split, ...], dates: np.ndarray, columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The columns as if the later number of shares had always been there: prices before a split divided by it, volume multiplied."""
    factor = np.ones(len(dates))
    for split in splits:
        factor[dates < split.date] *= split.new / split.old
    return {name: values if name == "adjusted" else values * factor if name == "volume" else values / factor
            for name, values in columns.items()}


def splits_said(splits: tuple[Split, ...], dates: np.ndarray, close: np.ndarray, undone: bool) -> list[Message]:
    """A sentence for each of the first few splits; close (n,): as it was in the file."""
    said = N_("The split {new}:{old} of {date} is undone: earlier prices are divided by {ratio:g}.") if undone else N_(
        "On {date} the price goes from {before:g} to {after:g}, which looks like a split {new}:{old}. It is left as it is; it can be "
        "undone.")
    messages = []
    for split in splits[:5]:
        at = int(np.searchsorted(dates, split.date))
        messages.append(Message(said, {"new": split.new, "old": split.old, "date": moment(split.date), "ratio": split.new / split.old,
                                       "before": float(close[at - 1]), "after": float(close[at])}))
    if len(splits) > 5:
        messages.append(Message(N_("There are {count} such jumps in all."), {"count": len(splits)}))
    return messages
