"""An evaluation as files: its numbers as JSON and CSV, its confusion matrix as a picture (SVG) that needs nothing else."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from html import escape
from math import isnan
from typing import Any

from core.figures.template import shares
from core.figures.theme import LIGHT, width_of
from core.i18n import _
from core.insight.verdicts import Verdicts
from core.specs.base import Spec, versions

BOM = "\ufeff"  # Excel takes a file without it for the system's old encoding
CELL, EDGE = 40, 12  # pixels


def to_json(spec: Spec, parts: Mapping[str, Verdicts], classes: Sequence[str]) -> str:
    """Everything: the setting, the versions, and for each part accuracy, interval, cross-entropy, calibration, classes and matrix."""
    return json.dumps({"setting": spec.model_dump(mode="json"), "versions": versions(), "classes": list(classes),
                       **{name: numbers(found, classes) for name, found in parts.items()}}, ensure_ascii=False, indent=2) + "\n"


def numbers(found: Verdicts, classes: Sequence[str], what: str = "images") -> dict[str, Any]:
    """The numbers of one part, as JSON values. what: the key under which examples are counted."""
    return {
        what: found.count, "right": found.right, "accuracy": found.accuracy, "interval_95": list(found.interval),
        "cross_entropy": found.cross_entropy, "expected_calibration_error": found.calibration_error,
        "by_class": {name: {what: one.count, "precision": _known(one.precision), "recall": _known(one.recall), "f1": _known(one.f1)}
                     for name, one in zip(classes, found.classes, strict=True)},
        "calibration": [{"answers": int(n), "confidence": float(sure), "accuracy": float(right)} for n, sure, right in found.bins],
        "confusion": found.confusion.tolist()}


def _known(value: float) -> float | None:
    return None if isnan(value) else value


def to_csv(parts: Mapping[str, Verdicts], classes: Sequence[str]) -> str:
    """One line a part and class, and one for each part in all: the number right and how many answers are named so make the rest."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["part", "class", "images", "answers", "right", "precision", "recall", "f1", "accuracy", "least_95", "greatest_95"])
    for part, found in parts.items():
        table.writerow([part, "", found.count, found.count, found.right, "", "", "", found.accuracy, *found.interval])
        for k, (name, one) in enumerate(zip(classes, found.classes, strict=True)):
            numbers = ("" if isnan(v) else v for v in (one.precision, one.recall, one.f1))
            table.writerow([part, safe(name), one.count, one.answers, int(found.confusion[k, k]), *numbers, "", "", ""])
    return BOM + text.getvalue()


def safe(name: str) -> str:
    """A person's own word, which no spreadsheet shall take for a formula."""
    return f"'{name}" if name[:1] in "=+-@\t\r" else name


def svg(found: Verdicts, classes: Sequence[str], title: str) -> str:
    """The confusion matrix as an SVG: counts, each cell coloured by its share of the row."""
    size, wide = len(classes), min(max(map(width_of, classes), default=0) + EDGE, 160)
    left, top = wide + 24, 64 + wide // 2
    answer, truth = escape(_("answer")), escape(_("truth"))
    width, height = max(left + size * CELL + EDGE, width_of(title) * 1.3 + 2 * EDGE), top + size * CELL + EDGE
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" font-family="sans-serif" font-size="12" '
             f'fill="{LIGHT["text"]}"><title>{escape(title)}</title><rect width="100%" height="100%" fill="{LIGHT["background"]}"/>'
             f'<text x="{EDGE}" y="22" font-size="14">{escape(title)}</text>'
             f'<text x="{left + size * CELL / 2}" y="44" text-anchor="middle" fill="{LIGHT["muted"]}">{answer}</text>'
             f'<text transform="translate(14 {top + size * CELL / 2}) rotate(-90)" text-anchor="middle" fill="{LIGHT["muted"]}">'
             f'{truth}</text>']
    share = shares(found.confusion)
    for k, name in enumerate(map(escape, classes)):
        middle = k * CELL + CELL / 2
        parts.append(f'<text x="{left - 6}" y="{top + middle + 4}" text-anchor="end">{name}</text>'
                     f'<text transform="translate({left + middle + 4} {top - 6}) rotate(-40)">{name}</text>')
        for j in range(size):
            ink = "#FFFFFF" if share[k, j] > 0.5 else LIGHT["text"]
            parts.append(f'<rect x="{left + j * CELL}" y="{top + k * CELL}" width="{CELL - 1}" height="{CELL - 1}" '
                         f'fill="{_mixed(float(share[k, j]))}"/>')
            if found.confusion[k, j]:
                parts.append(f'<text x="{left + j * CELL + CELL / 2}" y="{top + middle + 4}" text-anchor="middle" fill="{ink}">'
                             f'{found.confusion[k, j]}</text>')
    return "".join(parts) + "</svg>\n"


def _mixed(share: float) -> str:
    low, high = (tuple(int(LIGHT[name][i:i + 2], 16) for i in (1, 3, 5)) for name in ("low", "high"))
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in zip(low, high, strict=True))
