"""The published datasets that can be fetched, of images and of texts: what they are called, and whether their files are here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from core.data import image_files, imdb
from core.data.about import TEXTS, About
from core.data.image_sets import entry
from core.data.origins import ORIGINS

TITLES = {**image_files.TITLES, "imdb": "IMDB"}


def files_of(name: str) -> tuple[Path, ...]:
    """The files of a set that are here, all of them, or none."""
    return imdb.files() if name == "imdb" else image_files.files_of(name)


def available(name: str) -> bool:
    """Whether a dataset can be had at once: it is built in, or its files are here."""
    return name not in ORIGINS or bool(files_of(name))


def hashes(name: str) -> Mapping[str, str]:
    """The SHA-256 of its files as they were published, by name."""
    return imdb.HASHES if name == "imdb" else entry(name).hashes


def about(name: str) -> About:
    """What it is, its source and its licence."""
    return TEXTS[name] if name in TEXTS else entry(name).about
