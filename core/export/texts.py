"""The evaluation of a text project as files: all numbers as JSON, and a line for each text as CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.data.corpus import Corpus
from core.export.evaluation import BOM, numbers, safe
from core.insight import texts
from core.specs.base import versions
from core.specs.text import TextSpec

Arrays = Mapping[str, np.ndarray]


def to_json(spec: TextSpec, parts: Mapping[str, tuple[Arrays, Arrays | None]], classes: Sequence[str]) -> str:
    """Everything: the setting, the versions, and for each part the numbers of the network, of the simple model beside it (None: not
    there), and how the two compare."""
    found = {name: _part(network, simple, classes) for name, (network, simple) in parts.items()}
    return json.dumps({"setting": spec.model_dump(mode="json"), "versions": versions(), "classes": list(classes), **found},
                      ensure_ascii=False, indent=2) + "\n"


def _part(network: Arrays, simple: Arrays | None, classes: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"network": _numbers(network, classes), "commonest_class": texts.commonest(network)}
    if simple is not None:
        pair = texts.beside(network, simple)
        found |= {"tf_idf": _numbers(simple, classes),
                  "side_by_side": {"both_right": pair.both, "network_alone": pair.first, "tf_idf_alone": pair.second,
                                   "both_wrong": pair.neither, "mcnemar_p": pair.p}}
    return found


def _numbers(arrays: Arrays, classes: Sequence[str]) -> dict[str, Any] | None:
    read = texts.verdicts(arrays)
    if read is None:
        return None
    by_length = [{"least": g.least, "greatest": g.greatest, "texts": g.count, "right": g.right, "interval_95": list(g.interval)}
                 for g in texts.by_length(arrays)]
    return {**numbers(read, classes, "texts"), "area_under_roc": texts.area(arrays), "by_length": by_length}


def texts_csv(corpus: Corpus, classes: Sequence[str]) -> str:
    """The texts of a setting, as its program reads them: a line each, with the part that it is in, the number of its class, and the
    class."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["part", "label", "class", "text"])
    for part in ("train", "validation", "test"):
        chosen = range(*corpus.part(part).indices(len(corpus.labels)))
        table.writerows([part, int(corpus.labels[i]), safe(classes[corpus.labels[i]]), corpus.text(i)] for i in chosen)
    return BOM + text.getvalue()


def answers_csv(arrays: Arrays, classes: Sequence[str]) -> str:
    """A line for each text of a part: its number, what it is, what the network says, how sure it is, whether that is right, its length."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["number", "truth", "answer", "sure", "right", "tokens"])
    for i, (truth, said, sure, length) in enumerate(zip(*(arrays[name] for name in ("truth", "said", "sure", "lengths")), strict=True)):
        table.writerow([i, safe(classes[truth]), safe(classes[said]), round(float(sure), 6), int(truth == said), int(length)])
    return BOM + text.getvalue()
