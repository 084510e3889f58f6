"""Price series: from files as they are in the wild, built in, generated, or from Yahoo. NumPy and pandas only.

    prices = read(data, "AAPL.csv", Corrections(date_order="day"))
    prices.dates, prices.close, prices.columns["volume"], prices.frequency
    for message in prices.report: …
"""

from core.data.prices.generate import PROCESSES, best, generated
from core.data.prices.reading import read
from core.data.prices.series import COLUMNS, FREQUENCIES, ONE, Corrections, NoPrices, Prices, Split
from core.data.prices.sources import BUILT_IN, built_in, yahoo

__all__ = ["BUILT_IN", "COLUMNS", "FREQUENCIES", "ONE", "PROCESSES", "Corrections", "NoPrices", "Prices", "Split", "best", "built_in",
           "generated", "read", "yahoo"]
