"""What the page knows of its texts without having them: from the look at them and from the simple model beside the network, both runs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from core.data import corpus, texts, uploads
from core.data.words import unpacked
from core.figures.text import Known
from core.frame import Trouble
from core.i18n import _
from core.runs.runner import get_runner
from core.specs.text import TextSpec
from core.specs.text_project import texts_of
from core.ui.session import session

Arrays = dict[str, np.ndarray]


def look(spec: TextSpec, role: str = "main") -> str:
    """Open the look at the texts of a spec; returns its key. role: of its slot."""
    return get_runner().open(texts_of(spec), session=session(), role=role, uploads=uploads.arrays(spec.upload))


def simple(spec: TextSpec) -> str:
    """Open the simple model beside a network of this spec; returns its key."""
    return get_runner().open(spec.beside, session=session(), uploads=uploads.arrays(spec.upload))


def arrays_of(key: str) -> Arrays | None:
    """The arrays of a look; None while it has not ended, or if it failed."""
    end = get_runner().result(key)
    if end is None or end.state != "finished":
        return None
    return _arrays(key)


@lru_cache(maxsize=8)
def _arrays(key: str) -> Arrays | None:
    frames = [record for record in get_runner().records(key) if record.kind == "frame"]
    return dict(frames[-1].arrays) if frames else None


def row_of(key: str) -> dict[str, Any]:
    """The numbers of a look that has ended."""
    rows = get_runner().rows(key)
    return dict(rows[-1]) if rows else {}


def score(key: str) -> float | None:
    """The validation accuracy of a run that has ended well."""
    end, rows = get_runner().result(key), get_runner().rows(key)
    return rows[-1].get("val_accuracy") if end is not None and end.state == "finished" and rows else None


def known(spec: TextSpec) -> tuple[Known, list[str]]:
    """What the figures of a run are drawn with, as far as it is there, and the keys of the runs that it comes from."""
    seen, beside = look(spec, "run"), simple(spec)
    found, value = arrays_of(seen), score(beside)
    if found is None:
        return Known(simple=value), [seen, beside]
    held = found["counts"][found["counts_part"] == 1, 1]
    return Known(tuple(unpacked(found["words"])), tuple(found["words_lean"].astype(float).round(4).tolist()), value,
                 round(float(held.max() / max(held.sum(), 1)), 4)), [seen, beside]


def own_of(spec: TextSpec) -> texts.Own:
    """A person's own file, read. Trouble if it cannot be read so."""
    upload = uploads.find(spec.upload)
    return _own(spec.upload, tuple(spec.reading.items()), upload.classes[0] if upload else "")


@lru_cache(maxsize=4)
def _own(digest: str, reading: tuple[tuple[str, str], ...], name: str) -> texts.Own:
    return corpus.read(TextSpec(source="upload", upload=digest).revised(**dict(reading)), uploads.arrays(digest), name)


def classes_of(spec: TextSpec) -> Sequence[str]:
    """The names of the classes, translated; those of a person's own are as they gave them."""
    if spec.upload:
        try:
            return list(own_of(spec).classes)
        except Trouble:
            return ["0", "1"]
    return [_(name) for name in corpus.CLASSES]
