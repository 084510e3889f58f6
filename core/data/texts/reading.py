"""A file's bytes → `Own`, with a sentence for everything that was understood, left out or assumed."""

from __future__ import annotations

from collections import Counter

import numpy as np

from core.data.tables import GAPS
from core.data.texts.layout import Columns, Sheet, sheet, too_large
from core.data.texts.own import CLASSES, FEWEST, LEAST, LONGEST, MOST, Corrections, Own, refused, short
from core.frame import Message
from core.i18n import N_

LIMIT_MB = 20.0


def read(data: bytes, name: str, corrections: Corrections = Corrections(), limit_mb: float = LIMIT_MB) -> Own:  # noqa: B008 - frozen
    """Read a CSV or TSV file with a text and a label in each row. name: what to call it.

    Trouble (`NoTexts`, which knows the columns) with a sentence for what is no such file, has fewer than 40 texts, or other than 2 to 10
    labels with four texts each. Of more than 30,000 texts the first ones are read.
    """
    too_large(data, limit_mb)
    page, columns = sheet(data, corrections)
    dropped: list[Message] = []
    texts, labels = _rows(page, columns, dropped)
    counts = Counter(labels)
    if not 2 <= len(counts) <= CLASSES:
        raise refused(N_("The column “{column}” has {count} different labels, such as “{text}”; it needs 2 to {most}."), page.names,
                      column=page.names[columns.label], count=len(counts), text=short(labels[0] if labels else ""), most=CLASSES)
    rare = [label for label, count in counts.items() if count < FEWEST]
    if rare:
        raise refused(N_("The label “{label}” has only {count} texts; each needs {least} at least. Put it together with another one, or "
                         "leave its rows out."), page.names, label=short(rare[0]), count=counts[rare[0]], least=FEWEST)
    classes = _ordered(counts)
    place = {label: i for i, label in enumerate(classes)}
    used = (page.names[columns.text], page.names[columns.label])
    understood = [
        Message(N_("The texts are in column “{text}”, the labels in column “{label}”."), {"text": used[0], "label": used[1]}),
        Message(N_("{count:,} texts: {labels}."), {"count": len(texts), "labels": _listed(classes, counts)})]
    guesses: list[Message] = []
    if page.encoding != "utf-8":
        sure = bool(corrections.encoding) or page.encoding.startswith("utf")
        said = (N_("The file is not in UTF-8; it was read as {encoding}.") if sure else
                N_("The file is not in UTF-8; it was read as {encoding}. If words look garbled, choose another encoding."))
        (understood if sure else guesses).append(Message(said, {"encoding": page.encoding.upper()}))
    if columns.joined:
        understood.append(Message(N_("In {count} rows the text holds the sign that parts the columns, without quotation marks; it was put "
                                     "together again."), {"count": columns.joined}))
    doubts = guesses if page.headed else [*guesses, Message(N_("The first row names no columns; it was read as a text like the others."))]
    again = len(texts) - len(set(texts))
    if again:
        doubts.append(Message(N_("{count} texts stand there more than once. Where one of two is in the test set, the network may have "
                                 "learned it by heart."), {"count": again}))
    return Own(name, tuple(texts), np.array([place[label] for label in labels], np.int32), classes, tuple(page.names), *used, page.encoding,
               tuple(understood), tuple(dropped), tuple(doubts))


def _rows(page: Sheet, columns: Columns, dropped: list[Message]) -> tuple[list[str], list[str]]:
    """The texts and labels of the rows that have both."""
    texts, labels, empty, long = [], [], [], 0
    for line, row in zip(page.lines, page.rows, strict=True):
        text, label = row[columns.text].strip(), row[columns.label].strip()
        if not text or label.lower() in GAPS:
            empty.append(line)
            continue
        long += len(text) > LONGEST
        texts.append(text[:LONGEST])
        labels.append(label)
    if empty:
        dropped.append(Message(N_("Rows without a text or without a label: {count}, the first is row {row}."),
                               {"count": len(empty), "row": empty[0]}))
    if long:
        dropped.append(Message(N_("Texts of more than {most:,} characters, cut there: {count}."), {"most": LONGEST, "count": long}))
    if len(texts) > MOST:
        dropped.append(Message(N_("Of {count:,} texts the first {most:,} are read."), {"count": len(texts), "most": MOST}))
    if len(texts) < LEAST:
        raise refused(N_("The file has {count} texts with a label; {least} are needed at least."), page.names, count=len(texts),
                      least=LEAST)
    return texts[:MOST], labels[:MOST]


def _ordered(counts: Counter[str]) -> tuple[str, ...]:
    """Labels in order: numbers by size, else by the alphabet."""
    try:
        return tuple(sorted(counts, key=lambda label: (float(label), label)))
    except ValueError:
        return tuple(sorted(counts))


def _listed(classes: tuple[str, ...], counts: Counter[str]) -> str:
    return ", ".join(f"“{short(label, 20)}” × {counts[label]:,}" for label in classes)
