"""What is wrong with a table that somebody brought, and what repairs make of it. Nobody knows its true values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.maths.tables import FENCE, Array


@dataclass(frozen=True)
class Repaired:
    """values: (rows left, columns); rows: their places in the table; filled: (rows left, columns) bool; fenced: (all rows, columns) bool,
    cells beyond the fences, taken for missing or not; twice: (all rows,) bool, rows that repeat an earlier one."""

    values: Array
    rows: Array
    filled: Array
    fenced: Array
    twice: Array


def repeats(values: Array) -> Array:
    """(rows, columns) -> (rows,) bool: which rows repeat an earlier one, gap for gap."""
    first = np.unique(np.where(np.isnan(values), -np.inf, values), axis=0, return_index=True)[1]
    return ~np.isin(np.arange(len(values)), first)


def far_out(values: Array) -> Array:
    """Cells more than three quartile ranges beyond the quartiles of their column. Where the middle half of a column is one number there
    is no range to measure by, and nothing is far out. (rows, columns) -> bool"""
    low, high = np.nanquantile(values, [0.25, 0.75], axis=0)
    wide = FENCE * (high - low)
    with np.errstate(invalid="ignore"):
        return ((values < low - wide) | (values > high + wide)) & (wide > 0)


def repaired(values: Array, numbers: list[int], categories: list[int], *, fill: str, fence: bool, deduplicate: bool) -> Repaired:
    """Drop repeated rows, take numbers beyond the fences for missing, then fill: "drop" (rows with a gap in any column), "mean",
    "median" or "neighbours" (the five rows most alike in the standardized numbers, `sklearn.impute.KNNImputer`). A category's gap gets
    its commonest value, the first of those in order; dates and texts stay as they are.
    """
    twice = repeats(values)
    rows = np.flatnonzero(~twice) if deduplicate else np.arange(len(values))
    x = values[rows].copy()
    fenced = np.zeros(values.shape, bool)
    out = far_out(x[:, numbers])
    fenced[np.ix_(rows, np.array(numbers))] = out
    if fence:
        x[:, numbers] = np.where(out, np.nan, x[:, numbers])
    gaps = np.isnan(x)
    if fill == "drop":
        whole = ~gaps.any(axis=1)
        return Repaired(x[whole], rows[whole], gaps[whole], fenced, twice)
    part = x[:, numbers]
    if fill == "neighbours":
        from sklearn.impute import KNNImputer

        mean, spread = np.nanmean(part, axis=0), np.nanstd(part, axis=0)
        spread = np.where(spread > 0, spread, 1.0)
        made = KNNImputer(n_neighbors=5).fit_transform((part - mean) / spread) * spread + mean
    else:
        made = np.broadcast_to(np.nanmean(part, axis=0) if fill == "mean" else np.nanmedian(part, axis=0), part.shape)
    x[:, numbers] = np.where(np.isnan(part), made, part)  # what was there stays, to the last bit
    for column in categories:
        seen = x[~np.isnan(x[:, column]), column]
        if len(seen):
            x[np.isnan(x[:, column]), column] = float(np.argmax(np.bincount(seen.astype(int))))
    return Repaired(x, rows, gaps & ~np.isnan(x), fenced, twice)
