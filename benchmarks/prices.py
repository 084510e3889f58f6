"""How many of the real files of prices in DATA_DIR/stocks are read right: `python -m benchmarks.prices [--json]`.

Right is what pandas reads with knowledge of the file (`tests/test_prices.py`): the same days, the same closing prices, and the first
and last of them as anyone can see in the file.
"""

from __future__ import annotations

import numpy as np

from benchmarks.common import Figure, Report, run
from core.data.prices import read
from core.frame import Trouble
from tests.test_prices import KNOWN, STOCKS, by_hand


def right(name: str) -> bool:
    """Whether a file is read right."""
    try:
        prices = read((STOCKS / f"{name}.csv").read_bytes(), name)
    except Trouble:
        return False
    truth = by_hand(name)
    facts = (len(prices), str(prices.dates[0]), str(prices.dates[-1]), prices.close[0], prices.close[-1], prices.frequency)
    return (facts == KNOWN[name] and np.array_equal(prices.dates, truth.index.to_numpy("datetime64[D]"))
            and np.array_equal(prices.close, truth.to_numpy()))


def csv_read(report: Report) -> None:
    """Add the share of files that are read right. A file that nobody has described counts as not."""
    names = sorted(path.stem for path in STOCKS.glob("*.csv"))
    wrong = [name for name in names if name not in KNOWN or not right(name)]
    share = (len(names) - len(wrong)) / len(names) if names else float("nan")
    report.add(Figure("csv_read", share, ("≥", 1.0), note=f"{len(names)} files" + (f"; not {', '.join(wrong)}" if wrong else "")))


def main() -> None:
    run("Files of prices", {"csv_read": csv_read})


if __name__ == "__main__":
    main()
