"""A table that somebody brought, as four scenes share it: what each needs of it, which columns are drawn, how a program reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from core.data.tables import DATE, GAPS, MINUS, NUMBER, Own
from core.data.tables import own as table_of
from core.figures.board import Picture
from core.frame import Message
from core.i18n import N_, _
from core.specs.data_preparation import DataPreparationSpec

GONE = N_("Your table is not on this server (any more), or is not shared; the example is shown. Upload it again to go on with it.")
NO_NUMBERS = N_("Your table has no column of numbers, and this scene needs one; the example is shown. A column is read as numbers if each "
                "of "
                "its cells is empty or a number: “12 kg” is none, “12” is. Split works with words, too.")
NO_CLASSES = N_("Your table has no column of categories, and this scene needs one; the example is shown. It would be a column of words "
                "that "
                "recur, at most 40 different ones (“red”, “blue”), or of at most 10 different whole numbers.")
NO_TARGET = N_("Your table has a column of categories but no column of numbers beside it that could be predicted; the example is shown. "
               "Add one: a price, a height, a score.")
NO_SPLIT = N_("Your table has neither a column of categories nor one of numbers, so there is nothing to see in a split; the example is "
              "shown. Either would do.")
SCENES = ("clean", "encode", "scale", "split")  # those that take a table


def categories(spec: DataPreparationSpec, own: Own) -> list[int]:
    """The columns that the scene may take for classes; to encode one, another has to be left to be predicted."""
    found = own.classes()
    return [c for c in found if any(n != c for n in own.of(NUMBER))] if spec.scene == "encode" else found


def category(spec: DataPreparationSpec, own: Own) -> int | None:
    """The column of classes: the spec's, counted among those there are; None if there is none."""
    found = categories(spec, own)
    return found[min(spec.category, len(found)) - 1] if found else None


def targets(spec: DataPreparationSpec, own: Own) -> list[int]:
    """The columns of numbers that may be drawn upwards: all, but not the one that is encoded."""
    taken = category(spec, own) if spec.scene == "encode" else None
    return [n for n in own.of(NUMBER) if n != taken]


def target(spec: DataPreparationSpec, own: Own) -> int:
    """The column of numbers that is drawn upwards, or predicted: the spec's, as far as there are any."""
    numbers = targets(spec, own)
    return numbers[min(spec.up, len(numbers)) - 1]


def axes(spec: DataPreparationSpec, own: Own) -> tuple[int | None, int]:
    """The columns drawn across and upwards: the spec's, counted among those of numbers, as far as there are any; None is the row."""
    numbers, up = own.of(NUMBER), target(spec, own)
    across = min(spec.across, len(numbers))
    return (None if across == 0 or numbers[across - 1] == up else numbers[across - 1]), up


def lacking(spec: DataPreparationSpec, own: Own) -> str | None:
    """What the scene needs that this table lacks, and what would do: a marked sentence; None if nothing."""
    numbers, classes = own.of(NUMBER), own.classes()
    if spec.scene in ("clean", "scale"):
        return None if numbers else NO_NUMBERS
    if spec.scene == "encode":
        return NO_CLASSES if not classes else None if categories(spec, own) else NO_TARGET
    return None if numbers or classes else NO_SPLIT


def brought(spec: DataPreparationSpec) -> Own | None:
    """The table that the scene on screen shows; None where it shows the example: none was brought, or it will not do."""
    own = table_of(spec.upload) if spec.scene in SCENES else None
    return own if own is not None and lacking(spec, own) is None else None


def drawn(spec: DataPreparationSpec, theirs: Callable[[DataPreparationSpec, Own], Picture],
          example: Callable[[DataPreparationSpec], Picture]) -> Picture:
    """The scene's picture of the table that was brought, or of the example, with a sentence why."""
    own = table_of(spec.upload)
    trouble = GONE if own is None else lacking(spec, own)
    if own is not None and trouble is None:
        return theirs(spec, own)
    picture = example(spec)
    return replace(picture, notes=(Message(trouble or GONE), *picture.notes)) if spec.upload else picture


def look_at(example: str, theirs: str) -> Callable[[DataPreparationSpec], str]:
    """What to do in a scene: with its example, and with one's own table. Both marked."""
    return lambda spec: example if brought(spec) is None else theirs


def plain(text: str, longest: int = 24) -> str:
    """A person's words in a figure: short, and no mark-up."""
    short = text if len(text) <= longest else text[:longest - 1] + "…"
    return short.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def brief(values: np.ndarray) -> list[float]:
    """Numbers of any size for a figure: six digits of each."""
    return [float(f"{value:.6g}") for value in np.asarray(values, float).ravel().tolist()]


def room(values: np.ndarray) -> list[float]:
    """An axis that holds all of these, with some room."""
    low, high = float(values.min()), float(values.max())
    wide = 0.06 * (high - low) or max(abs(high), 1e-9) * 0.1
    return [low - wide, high + wide]


def reading(own: Own, imports: str = "") -> str:
    """The head of a program: the file as this page has read it, by its columns' names. imports: further lines of imports."""
    title = _("your own file")
    encoding = "" if own.encoding == "utf-8" else f", encoding={own.encoding!r}"
    as_number = "table[name]" + (f'.str.replace("{MINUS}", "-")' if own.minus else "") + ('.str.replace(",", ".")' if own.comma else "")
    dates = f"""for name in {[own.names[i] for i in own.of(DATE)]!r}:
    iso = table[name].str.replace(r"^(\\d+)\\.(\\d+)\\.(\\d+)", r"\\3-\\2-\\1", regex=True).str.replace("/", "-")
    table[name] = pd.to_datetime(iso, format="mixed", utc=True)
""" if own.of(DATE) else ""
    return f"""import pandas as pd
{imports}
names = {own.names!r}
numbers = {[own.names[i] for i in own.of(NUMBER)]!r}

# {title}
table = pd.read_csv("table.csv", sep={own.parted!r}, header=0, names=names, usecols=range(len(names)), dtype=str,
                    keep_default_na=False, skipinitialspace=True{encoding})
table = table.apply(lambda column: column.str.strip())
table = table[(table != "").any(axis=1)].reset_index(drop=True)
table = table.mask(table.apply(lambda column: column.str.lower().isin({list(GAPS)!r})))
for name in numbers:
    table[name] = pd.to_numeric({as_number})
{dates}"""
