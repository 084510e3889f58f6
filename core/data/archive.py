"""A person's own pictures: a ZIP with a folder for each class, or picture files whose names say the class; nothing is trusted.

The label of a picture is the folder that it lies in, if its ZIP has folders of two names or more with pictures in them, or else the
nearest folder above whose names differ (data/cat/a/0.png, data/dog/a/0.png → cat, dog; train and test alone do not count). Else the file's
name tells it: without the number at its end, or, if it has none, the part before the last "_" or "-" (cat_01.jpg, cat2.webp, cat-a.png,
"cat (3).gif" → cat). Labels that differ in upper and lower case only are one class.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np

from core.data import unzip
from core.data.csv import CLASSES, UploadError
from core.data.image_sets import entry
from core.data.photos import square, unpacked
from core.data.unzip import Item, PicturesError, is_zip
from core.frame import Message
from core.i18n import N_

LEAST, MOST = 4, entry("upload").points  # pictures: of a class; in all
ENOUGH = 7  # pictures of each class, from which on each has some in every part of a split 70 : 15 : 15 (`core.data.images.split`)
UNPACKED = 128 * 2**20  # bytes of all that is read from ZIPs; pictures are packed already, so this is far more than they have
PIXELS = 400_000_000  # of all pictures together, as they are unpacked: some ten seconds of work
NAME = 40  # letters of a class's name
CLASSLESS = N_("“{file}” does not say its class: call it, for example, cat_01.jpg, or put it into a folder cat.")
ALONE = N_("“{file}” does not say its class: folders tell classes where there are two at least, side by side. Or call it, for example, "
           "cat_01.jpg.")


def read_images(files: Sequence[tuple[str, bytes]], limit_mb: float, *, side: int = 32, channels: int = 3,
                labels: Sequence[str | None] | None = None) -> tuple[str, dict[str, np.ndarray], list[str], list[Message]]:
    """Read pictures (name, content), ZIPs with pictures, or both.

    labels: the class of each file where the caller knows it, else None; not for ZIPs. Returns a content hash (32 hex digits), the
    arrays x (n, side, side, channels) uint8 and y (n,) int32 (see `core.data.photos.square`), the names of the classes in
    alphabetical order, and a sentence for each file that was refused. The order of the files does not matter. What systems leave
    behind (__MACOSX, .DS_Store, Thumbs.db) is passed over in silence. Pictures of a class with fewer than 4 are refused, one by one,
    and so are the largest of files that are too much together, until the rest fits: `limit_mb` as they came (of a ZIP what is in it),
    128 MB unpacked from ZIPs, 400 million pixels. To tell these an entry of a ZIP is unpacked once more than to be used; no more than one
    is held at a time.
    PicturesError (an UploadError) for fewer than 2 classes that are left or more than 10, or more than 2,000 pictures.
    """
    if channels not in (1, 3):
        raise ValueError(f"channels={channels} is neither 1 nor 3")
    refused: list[Message] = []
    found: list[tuple[str, str, np.ndarray]] = []
    for item in _affordable(list(_items(files, labels or [None] * len(files), refused)), limit_mb, side, refused):
        if len(found) == MOST:
            raise PicturesError(Message(N_("There are more than {most} pictures. Please take fewer."), {"most": MOST}), refused)
        label = _clean(item.label if item.label is not None else label_of(item.name))
        try:
            picture = square(item.name, item.read(), side, channels)
            if not label:
                raise UploadError(Message(ALONE if "/" in item.name else CLASSLESS, {"file": item.name[-60:]}))
        except UploadError as problem:
            refused.append(problem.message)
        else:
            found.append((label, item.name, picture))
    return (*_together(found, refused), refused)


def _nothing(refused: list[Message]) -> Message:
    """Why there is no picture to learn from."""
    if any(message.id in (ALONE, CLASSLESS) for message in refused):
        return Message(N_("No picture says its class, or there is only one class, and two at least are needed. Bring a ZIP with a folder "
                          "of pictures for each class, or files called, for example, cat_01.jpg and dog_01.jpg."))
    return Message(N_("There is no picture among the files that can be read. Bring a ZIP with a folder of pictures for each class, or "
                      "files called, for example, cat_01.jpg and dog_01.jpg."))


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
    """All files, those in ZIPs one by one."""
    for (name, data), label in zip(files, labels, strict=True):
        if is_zip(data):
            yield from unzip.unzip(name, data, refused)
        else:  # no folders are known of a single file
            yield Item(name.replace("/", "_").replace("\\", "_"), label, len(data), 0, partial(bytes, data))


def _affordable(items: list[Item], limit_mb: float, side: int, refused: list[Message]) -> list[Item]:
    """The files that fit together into what may be read and unpacked; a sentence is added to `refused` for each other one."""
    items = _fitting(items, [item.packed for item in items], limit_mb * 2**20, refused, Message(
        N_("“{file}” is left out: all files together have more than {limit:g} MB, and the largest go first."), {"limit": limit_mb}))
    items = _fitting(items, [item.unpacked for item in items], UNPACKED, refused, Message(
        N_("“{file}” is left out: what was packed comes to more than {most} MB unpacked, and the largest files go first."),
        {"most": UNPACKED >> 20}))
    readable, pixels = [], []
    for item in items:
        try:
            pixels.append(unpacked(item.name, item.read(), side))
            readable.append(item)
        except UploadError as problem:
            refused.append(problem.message)
    return _fitting(readable, pixels, PIXELS, refused, Message(
        N_("“{file}” is left out: all pictures together have more than {most} million pixels, and the largest go first. Make it smaller; "
           "{side} × {side} are used of it."), {"most": PIXELS // 1_000_000, "side": side}))


def _fitting(items: list[Item], sizes: list[int], most: float, refused: list[Message], why: Message) -> list[Item]:
    """The items whose sizes come to no more than `most` when the largest give way, of equal ones the last by name; each with its reason."""
    total, out = sum(sizes), set()
    for i in sorted(range(len(items)), key=lambda i: (sizes[i], items[i].name), reverse=True):
        if total <= most:
            break
        total -= sizes[i]
        out.add(i)
        refused.append(Message(why.id, {**why.args, "file": items[i].name[-60:]}))
    return [item for i, item in enumerate(items) if i not in out]


def _together(found: list[tuple[str, str, np.ndarray]], refused: list[Message]) -> tuple[str, dict[str, np.ndarray], list[str]]:
    if not found:
        raise PicturesError(_nothing(refused), refused)
    shown: dict[str, str] = {}
    for label in sorted({label for label, _, _ in found}):
        shown.setdefault(label.casefold(), label)
    counts = Counter(label.casefold() for label, _, _ in found)
    keys = sorted(key for key in shown if counts[key] >= LEAST)
    if len(keys) < 2 <= len(shown) <= CLASSES:
        few = min(sorted(shown), key=counts.__getitem__)
        raise PicturesError(Message(N_("Usable pictures of the class “{name}”: {count}. Each class needs at least {least}; with {enough} "
                                       "or more each has some to learn from and some to check with; 20 or more are better."),
                                    {"name": shown[few], "count": counts[few], "least": LEAST, "enough": ENOUGH}), refused)
    if not 2 <= len(keys) <= CLASSES:
        named = keys or sorted(shown)
        raise PicturesError(Message(N_("Classes of the pictures: {count} ({names}). 2 to {most} are needed. A picture’s class is its "
                                       "folder in the ZIP, or its name up to the number: cat_01.jpg is a “cat”."),
                                    {"count": len(named), "most": CLASSES,
                                     "names": ", ".join(shown[key] for key in named[:6]) + (" …" if len(named) > 6 else "")}), refused)
    refused += [Message(N_("“{file}” is of the class “{name}”, which has too few usable pictures: {count}. At least {least} are needed."),
                        {"file": name[-60:], "name": shown[label.casefold()], "count": counts[label.casefold()], "least": LEAST})
                for label, name, _ in found if label.casefold() not in keys]
    found = [one for one in found if one[0].casefold() in keys]
    y = np.array([keys.index(label.casefold()) for label, _, _ in found], np.int32)
    content = [picture.tobytes() for _, _, picture in found]
    order = sorted(range(len(found)), key=lambda i: (y[i], found[i][1], content[i]))
    arrays = {"x": np.stack([found[i][2] for i in order]), "y": y[order]}
    classes = [shown[key] for key in keys]
    digest = hashlib.sha256(repr(arrays["x"].shape).encode() + arrays["x"].tobytes() + arrays["y"].tobytes() + json.dumps(classes).encode())
    return digest.hexdigest()[:32], arrays, classes
