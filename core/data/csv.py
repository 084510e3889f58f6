"""A student's own points: a CSV with two numeric columns and mostly a label, turned into arrays, with errors a person can use."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import warnings
from typing import TYPE_CHECKING

import numpy as np

from core.data.points import DOMAIN
from core.frame import Message, Trouble
from core.i18n import N_

if TYPE_CHECKING:
    import pandas as pd

LEAST, MOST, CLASSES = 20, 2000, 10
PARTING = b",;\t|: "  # what columns may be parted by
COMMA = r"^\s*([+-]?\d*),(\d+(?:[eE][+-]?\d+)?)\s*$"  # a number with a decimal comma


class UploadError(Trouble):
    """The file cannot be used; `message` says what is wrong and what would be right."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.args = (message.id.format(**message.args),)


def read_points(data: bytes, limit_mb: float, *, labelled: bool = True) -> tuple[str, dict[str, np.ndarray], list[str]]:
    """Read a CSV file. Returns its content hash (32 hex digits), arrays x (n, 2) and y (n,) and the names of the classes.

    The columns are standardized and scaled so that the points fill the picture. labelled: whether the points have to be of classes; if
    not, a label may be missing or whatever it is, y is 0 everywhere and there are no classes. UploadError for anything else than 20 to
    2,000 rows of two numbers and, if so, a label with 2 to 10 values.
    """
    import pandas as pd

    if len(data) > limit_mb * 2**20:
        raise UploadError(Message(N_("The file has {size:.1f} MB; at most {limit:g} MB can be read."),
                                  {"size": len(data) / 2**20, "limit": limit_mb}))
    data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    head = re.sub(rb'"[^"\n]*"', b"", data.split(b"\n", 1)[0])
    fewest = 1 if not labelled and b"," not in head else 2
    parted = next((by for by in ";\t" if head.count(by.encode()) >= fewest), None)  # what has to be told: commas may be decimal ones
    decimal = parted is not None or b"," not in head
    if parted is None and not _common(head, data):
        parted = ","  # a single column, of which pandas would guess that some letter of its name parts it
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # rows longer than the header
            table = pd.read_csv(io.BytesIO(data), sep=parted, engine="python", nrows=MOST + 1, skipinitialspace=True,
                                dtype=str, keep_default_na=False, index_col=False)
    except (ValueError, csv.Error, pd.errors.ParserError, pd.errors.ParserWarning):
        raise UploadError(Message(N_("This is not a CSV file that can be read. It needs a header and rows such as "
                                     "“1.5, -0.3, red”, in UTF-8."))) from None
    table = table.fillna("")
    names = [str(c).removesuffix(".1") for c in table.columns]
    named = pd.to_numeric(pd.Series([re.sub(COMMA, r"\1.\2", name) for name in names] if decimal else names), errors="coerce").notna()
    if named.sum() >= 2:  # its first row is a point, not a header
        raise UploadError(Message(N_("The first row has to name the columns, for example “width, height, kind”; it says “{text}”."),
                                  {"text": ", ".join(map(str, table.columns))[:60]}))
    cells = table
    if decimal:
        cells = table.replace(COMMA, r"\1.\2", regex=True)
    numbers = {c: pd.to_numeric(cells[c], errors="coerce") for c in table.columns}
    numeric = [c for c in table.columns if len(table) and numbers[c].notna().all()]
    odd = [(c, int(np.argmax(numbers[c].isna())) + 2) for c in table.columns if 0.5 < numbers[c].notna().mean() < 1]
    wide = table.shape[1] == 3 or not labelled and table.shape[1] == 2
    if wide and len(numeric) < 2 and odd:
        column, row = odd[0]
        if not str(table[column][row - 2]).strip():
            raise UploadError(Message(N_("Column “{column}” is empty in row {row}; it needs a number there."),
                                      {"column": str(column)[:40], "row": row}))
        raise UploadError(Message(N_("Column “{column}” has “{text}” in row {row}, which is not a number."),
                                  {"column": str(column)[:40], "text": str(table[column][row - 2])[:40], "row": row}))
    if not wide or len(numeric) < 2:
        needs = ((N_("The file needs exactly three columns: two with numbers only, and a label. It has only one.") if labelled else
                  N_("The file needs two columns with numbers only, and beside them at most a label. It has only one."))
                 if table.shape[1] == 1 else
                 N_("The file needs exactly three columns: two with numbers only, and a label. "
                    "It has {columns} columns, {numeric} of them numeric.") if labelled else
                 N_("The file needs two columns with numbers only, and beside them at most a label. "
                    "It has {columns} columns, {numeric} of them numeric."))
        raise UploadError(Message(needs, {"columns": table.shape[1], "numeric": len(numeric)}))
    label = next((c for c in reversed(table.columns) if c not in numeric), table.columns[-1])
    rest = [c for c in table.columns if c != label or len(table.columns) == 2]
    if not LEAST <= len(table) <= MOST:
        raise UploadError(Message(N_("The file has {rows} rows; it needs {least} to {most}."),
                                  {"rows": f"{len(table)}" if len(table) <= MOST else f"> {MOST}",
                                   "least": LEAST, "most": MOST}))
    x = np.stack([numbers[c].to_numpy(np.float64) for c in rest], 1)
    if not np.isfinite(x).all() or np.abs(x).max() > 1e12:
        raise UploadError(Message(N_("Some numbers are missing, infinite or larger than 10¹²; every row needs two numbers.")))
    values, y = _classes(table[label]) if labelled else ([], np.zeros(len(table)))
    spread = x.std(0)
    if not spread.any():
        raise UploadError(Message(N_("All points lie at one place; nothing can tell them apart.")))
    x = (x - x.mean(0)) / np.where(spread > 0, spread, 1)
    x *= DOMAIN * 0.9 / max(float(np.abs(x).max()), 1e-9)
    arrays = {"x": x.astype(np.float32), "y": y.astype(np.float32)}
    content = arrays["x"].tobytes() + arrays["y"].tobytes() + json.dumps(values).encode()  # equal points may have other names
    return hashlib.sha256(content).hexdigest()[:32], arrays, values


def _common(head: bytes, data: bytes) -> set[int]:
    """What the header and the first row (if there is one) both have of what may part columns."""
    rows = [line for line in data.split(b"\n", MOST)[1:] if line.strip()]
    return {*PARTING} & {*head} & {*(rows[0] if rows else head)}


def _classes(column: pd.Series) -> tuple[list[str], np.ndarray]:
    """The names of the classes, and of each point the number of its own. UploadError for too few, too many, or a point without any."""
    labels = column.str.strip()
    if (labels == "").any():
        raise UploadError(Message(N_("Row {row} has no label."), {"row": int(np.argmax(labels == "")) + 2}))
    values, y = np.unique(labels.to_numpy(str), return_inverse=True)
    if not 2 <= len(values) <= CLASSES:
        raise UploadError(Message(N_("Different values of the label “{label}”: {values}. It needs 2 to {most}."),
                                  {"label": str(column.name)[:40], "values": len(values), "most": CLASSES}))
    return [str(v)[:20] for v in values], y
