"""What the benchmarks share: figures with their bars, the table, the JSON line, and the state of the machine."""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Figure:
    """One measured number: its JSON key, value, the bar as ("≥" or "≤", number) or None, and what it was made of.

    values: the single measurements that the value is the median, a percentile or a quotient of; note: in a few words,
    whatever a reader must know of this measurement.
    """

    key: str
    value: float
    bar: tuple[str, float] | None = None
    values: Sequence[float] = ()
    note: str = ""

    @property
    def ok(self) -> bool | None:
        """Whether the bar holds; None without one. What is not a number does not hold."""
        if self.bar is None:
            return None
        sign, limit = self.bar
        return self.value >= limit if sign == "≥" else self.value <= limit


@dataclass
class Report:
    """The figures of one module, as a table and as one JSON object."""

    title: str
    figures: list[Figure] = field(default_factory=list)
    started: float = field(default_factory=time.time)
    load_before: tuple[float, ...] = field(default_factory=lambda: load())

    def add(self, *figures: Figure) -> None:
        self.figures += figures

    def table(self) -> str:
        rows = [("figure", "value", "bar", "ok", "n", "spread", "note")]
        for f in self.figures:
            spread = f"{number(min(f.values))} … {number(max(f.values))}" if f.values else ""
            rows.append((f.key, number(f.value), f"{f.bar[0]} {number(f.bar[1])}" if f.bar else "",
                         {True: "yes", False: "NO", None: ""}[f.ok], str(len(f.values) or ""), spread, f.note))
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]) - 1)]
        lines = ["  ".join([*(cell.ljust(w) for cell, w in zip(row, widths, strict=False)), row[-1]]).rstrip() for row in rows]
        return "\n".join([self.title, "", lines[0], "-" * (sum(widths) + 2 * len(widths)), *lines[1:]])

    def to_json(self) -> dict[str, Any]:
        """Every figure under its own key, how it was measured under "details", and the machine."""
        def finite(value: float) -> float | None:
            return round(float(value), 4) if math.isfinite(value) else None

        details = {f.key: {"bar": list(f.bar) if f.bar else None, "ok": f.ok, "n": len(f.values),
                           "least": finite(min(f.values)) if f.values else None,
                           "most": finite(max(f.values)) if f.values else None, "note": f.note} for f in self.figures}
        return {**{f.key: finite(f.value) for f in self.figures}, "details": details,
                "machine": {**machine(), "load_before": self.load_before, "load_after": load(),
                            "seconds": round(time.time() - self.started, 1)}}

    def show(self, as_json: bool) -> None:
        """Print the table, and with `as_json` the JSON object as the last line."""
        m = self.to_json()["machine"]
        print(f"\n{self.table()}\n\n{m['cores']} cores, {m['cpu']}; load {m['load_before'][0]} before, {m['load_after'][0]} after; "
              f"{m['seconds']:.0f} s", flush=True)
        if as_json:
            print(json.dumps(self.to_json(), ensure_ascii=False), flush=True)


def number(value: float) -> str:
    """Three significant digits, and never an exponent."""
    if not math.isfinite(value):
        return "none"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def median(values: Iterable[float]) -> float:
    """The median; not a number if there is nothing."""
    values = list(values)
    return statistics.median(values) if values else math.nan


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest value that at least this share of all does not exceed; not a number if there is nothing."""
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)] if ordered else math.nan


def load() -> tuple[float, ...]:
    """How many processes wanted the processor in the last 1, 5 and 15 minutes; empty where the system does not tell."""
    return tuple(round(v, 2) for v in os.getloadavg()) if hasattr(os, "getloadavg") else (math.nan,)


def machine() -> dict[str, Any]:
    """What the figures depend on besides the program."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {"cores": cores, "cpu": _cpu(), "python": platform.python_version()}


def _cpu() -> str:
    try:
        with open("/proc/cpuinfo") as lines:  # noqa: PTH123
            return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    except OSError:
        return platform.processor() or platform.machine()


def progress(text: str) -> None:
    """Say on the error stream what is being measured: the standard output is for the result."""
    print(f"  … {text}", file=sys.stderr, flush=True)


def run(title: str, parts: Mapping[str, Callable[[Report], None]], arguments: Sequence[str] | None = None) -> Report:
    """The command line of a module: measure all parts, or those of --only, and print the report.

    A part that fails says so and leaves its figures out; the others go on, and the process ends with 1.
    """
    parser = argparse.ArgumentParser(description=title)
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    parser.add_argument("--only", default="", metavar="NAME,…", help=f"measure only these: {', '.join(parts)}")
    options = parser.parse_args(arguments)
    chosen = [name for name in options.only.split(",") if name] or list(parts)
    unknown = [name for name in chosen if name not in parts]
    if unknown:
        parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(parts)}")
    report, failed = Report(title), []
    for name in chosen:
        begin = time.monotonic()
        try:
            parts[name](report)
            progress(f"{name}: {time.monotonic() - begin:.0f} s")
        except Exception as problem:
            failed.append(name)
            import traceback

            traceback.print_exc()
            progress(f"{name} could not be measured: {problem}")
    report.show(options.json)
    if failed:
        raise SystemExit(1)
    return report
