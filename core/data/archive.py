"""A person's own pictures: a ZIP with a folder for each class, or picture files whose names say the class; nothing is trusted.

The label of a picture is the folder that it lies in, if its ZIP has folders of two names or more with files in them; else the file's
name tells it: without the number at its end, or, if it has none, the part before the last "_" or "-" (cat_01.jpg, cat2.webp, cat-a.png,
"cat (3).gif" → cat). Labels that differ in upper and lower case only are one class.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Sequence

import numpy as np

from core.data.csv import CLASSES, UploadError
from core.data.image_sets import entry
from core.data.photos import square
from core.data.unzip import Item, PicturesError, is_zip, unzip
from core.frame import Message
from core.i18n import N_

LEAST, MOST = 4, entry("upload").points  # pictures: of a class; in all
PIXELS = 400_000_000  # of all pictures together, as they are unpacked: some ten seconds of work
NAME = 40  # letters of a class's name


def read_images(files: Sequence[tuple[str, bytes]], limit_mb: float, *, side: int = 32, channels: int = 3,
                labels: Sequence[str | None] | None = None) -> tuple[str, dict[str, np.ndarray], list[str], list[Message]]:
    """Read pictures (name, content), ZIPs with pictures, or both.

    labels: the class of each file where the caller knows it, else None; not for ZIPs. Returns a content hash (32 hex digits), the
    arrays x (n, side, side, channels) uint8 and y (n,) int32 (see `core.data.photos.square`), the names of the classes in
    alphabetical order, and a sentence for each file that was refused. The order of the files does not matter. What systems leave
    behind (__MACOSX, .DS_Store, Thumbs.db) is passed over in silence.
    PicturesError (an UploadError) for more than `limit_mb` in all, fewer than 2 or more than 10 classes, fewer than 4 pictures of a
    class, more than 2,000 pictures, or too many pixels to unpack.
    """
    if channels not in (1, 3):
        raise ValueError(f"channels={channels} is neither 1 nor 3")
    total = sum(len(data) for _, data in files)
    if total > limit_mb * 2**20:
        raise PicturesError(Message(N_("The files have {size:.1f} MB in all; at most {limit:g} MB can be read."),
                                    {"size": total / 2**20, "limit": limit_mb}))
    refused: list[Message] = []
    budget = [PIXELS]

    def spend(pixels: int) -> None:
        budget[0] -= pixels
        if budget[0] < 0:
            raise PicturesError(Message(N_("The pictures have more than {most} million pixels in all. Make them smaller first; {side} × "
                                           "{side} are used of each."), {"most": PIXELS // 1_000_000, "side": side}), refused)

    found: list[tuple[str, str, np.ndarray]] = []
    for item in _items(files, labels or [None] * len(files), refused):
        if len(found) == MOST:
            raise PicturesError(Message(N_("There are more than {most} pictures. Please take fewer."), {"most": MOST}), refused)
        label = _clean(item.label if item.label is not None else label_of(item.name))
        try:
            picture = square(item.name, item.data, side, channels, spend)
            if not label:
                raise UploadError(Message(N_("“{file}” does not say its class: call it, for example, cat_01.jpg, or put it into a folder "
                                             "cat."), {"file": item.name[-60:]}))
        except PicturesError:
            raise
        except UploadError as problem:
            refused.append(problem.message)
        else:
            found.append((label, item.name, picture))
    return (*_together(found, refused), refused)


def label_of(name: str) -> str:
    """The class that a file's name tells; "" if it tells none."""
    stem = name.rpartition("/")[2]
    stem = stem.rpartition(".")[0] or stem
    stem = re.sub(r"\s*\(\d+\)$", "", stem)  # the second file of a name, as Windows and browsers call it
    if (numberless := re.sub(r"\d+$", "", stem)) == stem:
        numberless = re.sub(r"[_-][^_-]*$", "", stem)
    return numberless.rstrip("_- ")


def _clean(label: str) -> str:
    """A name as it is shown: accents joined to their letters (macOS parts them), without control characters, at most 40 letters."""
    plain = "".join(c for c in unicodedata.normalize("NFC", label) if unicodedata.category(c)[0] != "C")
    return " ".join(plain.split())[:NAME].strip()


def _items(files: Sequence[tuple[str, bytes]], labels: Sequence[str | None], refused: list[Message]) -> Iterator[Item]:
    """All files, those in ZIPs one by one, so that no more than one is unpacked at a time."""
    for (name, data), label in zip(files, labels, strict=True):
        if is_zip(data):
            yield from unzip(name, data, refused)
        else:
            yield Item(name.replace("\\", "/").rpartition("/")[2], label, data)


def _together(found: list[tuple[str, str, np.ndarray]], refused: list[Message]) -> tuple[str, dict[str, np.ndarray], list[str]]:
    if not found:
        raise PicturesError(Message(N_("There is no picture among the files that can be read. Bring a ZIP with a folder of pictures for "
                                       "each class, or files called, for example, cat_01.jpg and dog_01.jpg.")), refused)
    shown: dict[str, str] = {}
    for label in sorted({label for label, _, _ in found}):
        shown.setdefault(label.casefold(), label)
    keys = sorted(shown)
    if not 2 <= len(keys) <= CLASSES:
        raise PicturesError(Message(N_("Classes of the pictures: {count} ({names}). 2 to {most} are needed. A picture’s class is its "
                                       "folder in the ZIP, or its name up to the number: cat_01.jpg is a “cat”."),
                                    {"count": len(keys), "most": CLASSES,
                                     "names": ", ".join(shown[key] for key in keys[:6]) + (" …" if len(keys) > 6 else "")}), refused)
    y = np.array([keys.index(label.casefold()) for label, _, _ in found], np.int32)
    counts = np.bincount(y, minlength=len(keys))
    if counts.min() < LEAST:
        few = int(np.argmin(counts))
        raise PicturesError(Message(N_("Usable pictures of the class “{name}”: {count}. Each class needs at least {least}, some to learn "
                                       "from and some to check with; 20 or more are better."),
                                    {"name": shown[keys[few]], "count": int(counts[few]), "least": LEAST}), refused)
    content = [picture.tobytes() for _, _, picture in found]
    order = sorted(range(len(found)), key=lambda i: (y[i], found[i][1], content[i]))
    arrays = {"x": np.stack([found[i][2] for i in order]), "y": y[order]}
    classes = [shown[key] for key in keys]
    digest = hashlib.sha256(repr(arrays["x"].shape).encode() + arrays["x"].tobytes() + arrays["y"].tobytes() + json.dumps(classes).encode())
    return digest.hexdigest()[:32], arrays, classes
