"""The files of a ZIP that a stranger packed, one at a time, as bytes in memory; nothing is written to disk.

A ZIP can claim anything: names outside its folder, sizes that are not true, a few bytes that unpack to gigabytes. So its entries are
counted before they are listed, one that says it is too large is not read, and none is read beyond the size that it says (`zipfile` ends
there, and what is longer is damaged), so that these sizes can be held against a limit of the whole before anything is unpacked.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import PurePosixPath
from typing import NamedTuple

from core.data.csv import UploadError
from core.data.photos import ENDINGS
from core.frame import Message
from core.i18n import N_

ENTRIES = 5000
ENTRY = 32 * 2**20  # bytes of one
RATIO, FREE = 200, 2**20  # an entry of more than FREE bytes is at most so many times as long as what it is packed in
PARTS = {"train", "training", "val", "valid", "validation", "test", "testing"}  # folders of a dataset that are no classes
DROPPINGS = {".ds_store", "thumbs.db", "desktop.ini", "__macosx"}
BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError, NotImplementedError, struct.error)


class PicturesError(UploadError):
    """The pictures together cannot be used; `refused` says of single files why not."""

    def __init__(self, message: Message, refused: Sequence[Message] = ()) -> None:
        super().__init__(message)
        self.refused = list(refused)


class Item(NamedTuple):
    """A file: its name with the folders within the ZIP, its label if its folder or the caller tells one, the bytes that it has as it came,
    those that it unpacks to (0 of a file in no ZIP), and what reads it: UploadError if it is damaged or a ZIP itself."""

    name: str
    label: str | None
    packed: int
    unpacked: int
    read: Callable[[], bytes]


def is_zip(data: bytes) -> bool:
    """Whether a file begins as a ZIP does."""
    return data[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")


def unzip(name: str, data: bytes, refused: list[Message]) -> Iterator[Item]:
    """The files of a ZIP, none of them unpacked yet; a sentence is added to `refused` for each that cannot be used.

    Refused are names that lead out of the ZIP, links, encrypted files, what is packed by other methods than the usual two, what
    unpacks to far more than it is, and the whole if it is no ZIP. PicturesError if the ZIP has too many entries.
    """
    if data.count(b"PK\x01\x02") > ENTRIES:  # each entry of the list begins so
        raise PicturesError(Message(N_("“{file}” holds more than {most} files. Please pack fewer."),
                                    {"file": name[-60:], "most": ENTRIES}), refused)
    try:
        packed = zipfile.ZipFile(io.BytesIO(data))
        infos = [info for info in packed.infolist() if not info.is_dir()]
    except BROKEN:
        refused.append(Message(N_("“{file}” is damaged or not complete."), {"file": name[-60:]}))
        return
    wanted = []
    for info, path in zip(infos, _names(infos), strict=True):
        parts = path.split("/")
        if path.endswith("/") or any(part.lower() in DROPPINGS or part.startswith("._") for part in parts):
            continue
        if problem := _problem(info, path, parts):
            refused.append(problem)
        else:
            wanted.append((info, path))
    level = _level([path for _, path in wanted])
    for info, path in wanted:  # one beside the folders tells its class itself
        yield Item(path, _folder(path, level) or None, info.compress_size, info.file_size, partial(_content, packed, info, path))


def _level(paths: Sequence[str]) -> int:
    """Which folder above the pictures tells their classes: 1 for the one that they lie in, 2 for that around it, …; 0 for none.

    It is the innermost level with folders of two names or more that are not just the parts of a dataset (train, test, …).
    """
    pictures = [path for path in paths if PurePosixPath(path).suffix[1:].lower() in {"", *ENDINGS}]
    for level in range(1, max((path.count("/") for path in pictures), default=0) + 1):
        names = {_folder(path, level) for path in pictures} - {""}
        if len(names) >= 2 and not {name.lower() for name in names} <= PARTS:
            return level
    return 0


def _folder(path: str, level: int) -> str:
    """The name of the folder at this level above a file; "" if there is none."""
    parts = [part for part in path.split("/") if part not in ("", ".")]
    return parts[-1 - level] if 0 < level < len(parts) else ""


def _problem(info: zipfile.ZipInfo, path: str, parts: list[str]) -> Message | None:
    """Why an entry is refused before it is read."""
    shown = {"file": path[-60:]}
    if path.startswith("/") or ".." in parts or re.match(r"[A-Za-z]:", path):
        return Message(N_("“{file}” has a path that leads out of the ZIP."), shown)
    if stat.S_ISLNK(info.external_attr >> 16):
        return Message(N_("“{file}” is a link to another file; pack the picture itself."), shown)
    if info.flag_bits & 0x1:
        return Message(N_("“{file}” is encrypted. Pack it without a password."), shown)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # the others unpack without a limit
        return Message(N_("“{file}” is packed by an unusual method. Pack it as an ordinary ZIP."), shown)
    if info.file_size > ENTRY or (info.file_size > FREE and info.file_size > RATIO * info.compress_size):
        return Message(N_("“{file}” unpacks to far more than a picture needs."), shown)
    return None


def _content(packed: zipfile.ZipFile, info: zipfile.ZipInfo, path: str) -> bytes:
    """What an entry holds: never more than it says, which `_problem` has judged."""
    try:
        with packed.open(info) as stream:
            content = stream.read(info.file_size)
    except BROKEN:
        raise UploadError(Message(N_("“{file}” is damaged or not complete."), {"file": path[-60:]})) from None
    if is_zip(content):
        raise UploadError(Message(N_("“{file}” is a ZIP within the ZIP. Unpack it first."), {"file": path[-60:]}))
    return content


def _names(infos: list[zipfile.ZipInfo]) -> list[str]:
    """The entries' names, parted by "/".

    A ZIP says of a name only whether it is UTF-8; else it should be in DOS' code page 437, and Python reads it so. But macOS
    writes UTF-8 without saying so, and Chinese Windows writes GBK. One program wrote all names: they are read alike.
    """
    raw: dict[int, bytes] = {}
    for i, info in enumerate(infos):
        if not info.flag_bits & 0x800:
            try:
                raw[i] = info.filename.encode("cp437")
            except UnicodeEncodeError:  # told by an extra field
                continue
    encoding = _encoding(b"\n".join(raw.values()))
    return [(raw[i].decode(encoding) if i in raw else info.filename).replace("\\", "/") for i, info in enumerate(infos)]


def _encoding(names: bytes) -> str:
    try:
        names.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        foreign = [c for c in names.decode("gbk") if ord(c) > 127]
    except UnicodeDecodeError:
        return "cp437"
    usual = sum(len(c.encode("gb2312", "ignore")) > 0 for c in foreign)  # accented letters of a Western name give rare characters
    return "gbk" if 2 * usual >= len(foreign) else "cp437"
