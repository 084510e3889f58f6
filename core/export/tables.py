"""The numbers of a run: its metrics as a CSV, its arrays as a NumPy archive, and how a report names and writes them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from core.frame import Frame, Record
from core.i18n import N_, _
from core.specs.base import Score, Spec

Row = Mapping[str, float | None]
BOM = "\ufeff"
MEASURES = {"loss": N_("Loss"), "accuracy": N_("Accuracy"), "mae": N_("Mean absolute error"),
            "grad": N_("Gradient norm by layer"), "update": N_("Update size by layer"), "dead": N_("Dead neurons by layer")}


def frames_of(records: Iterable[Record]) -> list[Frame]:
    """All frames among the records, in their order."""
    return [record.frame() for record in records if record.kind == "frame"]


def rows_of(frames: Iterable[Frame]) -> list[dict[str, float | None]]:
    """The metric rows of these frames, one an epoch, ascending; of an epoch told twice the later row counts."""
    found = {int(row["epoch"] or 0): row for frame in frames for row in frame.rows}
    return [found[epoch] for epoch in sorted(found)]


def metrics_csv(rows: Sequence[Row], comment: str = "") -> str:
    """Write metric rows as a CSV: a header, then one line an epoch.

    The columns are "epoch" and then all others in the order in which they first occur; what is missing or None stays empty.
    A number has as many digits as it takes to read it back exactly.

    comment: lines that go first, each behind "# "; pandas.read_csv wants comment="#" then.

    Excel takes a file without a byte order mark for the system's old encoding, while NumPy, R and `csv` read such a mark as part
    of the first column's name. The table itself is ASCII, which both read alike, so there is a mark only where a comment is not.
    """
    columns = list(dict.fromkeys(["epoch", *(name for row in rows for name in row)]))
    text = io.StringIO()
    text.writelines(f"# {line}\n" for line in comment.splitlines())
    table = csv.writer(text, lineterminator="\n")
    table.writerow(columns)
    table.writerows([_cell(row.get(name)) for name in columns] for row in rows)
    written = text.getvalue()
    return written if written.isascii() else BOM + written


def _cell(value: Any) -> str:
    return "" if value is None else repr(value)


def arrays_npz(frames: Iterable[Frame]) -> bytes:
    """Pack every array of every stored frame into a NumPy archive (.npz), which `numpy.load` reads without pickle.

    Arrays are named "<epoch>/<array>", for example "120/w0", in the dtype that the frame keeps; "epochs" (int32, ascending)
    names the frames that are there. Frames that were for the screen only are left out; equal frames give equal bytes.
    """
    stored = {frame.epoch: frame for frame in frames if frame.stored}
    epochs = sorted(stored)
    arrays = {f"{epoch}/{name}": array for epoch in epochs for name, array in stored[epoch].arrays.items()}
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, epochs=np.array(epochs, np.int32), **arrays)
    return file.getvalue()


# ---- as a person reads them


def best_row(rows: Sequence[Row], score: Score | None) -> Row | None:
    """The first row with the best score; None without a score, or where no row has one."""
    found = [row for row in rows if score and row.get(score.metric) is not None]
    if score is None or not found:
        return None
    return (max if score.higher_is_better else min)(found, key=lambda row: row[score.metric] or 0.0)


def measures(row: Row) -> dict[str, list[str]]:
    """What a row's metrics are called: one line for each, and one for all layers of a measure that is taken by layer."""
    lines: dict[str, list[str]] = {}
    for metric in row:
        base, layer = metric.removeprefix("val_"), re.fullmatch(r"([a-z]+)_\d+", metric)
        if metric == "epoch":
            continue
        if layer and layer[1] in MEASURES:
            name = _(MEASURES[layer[1]])
        elif base in MEASURES:
            part = _("training") if base == metric else _("validation")
            name = f"{_(MEASURES[base])} · {part}"
        else:
            name = metric
        lines.setdefault(name, []).append(metric)
    return lines


def number(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"


def value_of(spec: Spec, name: str, value: Any) -> str:
    """A field's value as a person reads it."""
    control = spec.control(name)
    choices, same = control.choices or {}, (control.choices or {}).get("same")
    if isinstance(value, tuple):
        said = [_(choices.get(v, str(v))) for v in value]
        return (", " if choices else " – ").join(said) or (_(same) if same else _("none"))
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if value in choices:
        return _(choices[value])
    if isinstance(value, float):
        value = f"{value:.7f}".rstrip("0").rstrip(".")
    return f"{value} {_(control.unit)}".strip() if control.unit else str(value) or _("none")
