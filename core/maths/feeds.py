"""What a small recurrent cell is fed, and weights of one's own, read from text: sequences (T, d) with a name for each step."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from core.frame import Message, Trouble
from core.i18n import N_, _
from core.maths import exact
from core.maths.cells import CELLS, Array, Weights
from core.maths.entries import cut

LONGEST = 24  # steps
HEAD = re.compile(r"\s*([^\W\d_])(?=[\s:=.\d+−-])[\s:=]*")  # of a row: the letter of its part


@dataclass(frozen=True)
class Feed:
    """x: (T, d); marks: what is fed at each step, to be read; channels: what each input stands for."""

    x: Array
    marks: tuple[str, ...]
    channels: tuple[str, ...]

    @property
    def steps(self) -> int:
        return len(self.x)


def of_numbers(text: str) -> Feed:
    """Numbers with blanks or commas between them, one for each step. Trouble if there are none, more than 24, or one of them is none."""
    plain = re.sub(r"[;\n\[\]]", " ", text.translate(exact.PLAIN))
    words = cut(plain, ",")
    if not words:
        raise Trouble(Message(N_("The sequence is empty. Type its numbers with blanks between them, such as “1 0 -0.5”.")))
    if len(words) > LONGEST:
        raise Trouble(Message(N_("There are {count} numbers; here a sequence has at most {most} steps."),
                              {"count": len(words), "most": LONGEST}))
    values = [float(v) for v in exact.read_matrix(plain, _("The sequence"), most=LONGEST)[0]]
    if max(map(abs, values)) > 10:
        raise Trouble(Message(N_("{value:g} is large: a cell is fed numbers of about −1 to 1, here at most 10. Divide them all by the "
                                 "same number."), {"value": max(values, key=abs)}))
    return Feed(np.array(values)[:, None], tuple(f"{v:g}".replace("-", "−") for v in values), ("x",))


def of_sine(period: float, steps: int) -> Feed:
    """sin(2πt / period), t = 0, 1, …"""
    x = np.sin(2 * np.pi * np.arange(steps) / period)
    x = np.round(x, 4) + 0.0
    return Feed(x[:, None], tuple(f"{v:.2g}".replace("-", "−") for v in x), ("x",))


def of_word(text: str, onehot: bool) -> Feed:
    """The letters of a word: each an input of its own, in the order in which they first come, or one number from −1 to 1 by the order of
    their characters. Trouble for an empty word."""
    letters = [letter for letter in text if not letter.isspace()]
    if not letters:
        raise Trouble(Message(N_("The word is empty. Type at least one letter, such as “hello”.")))
    if onehot:
        known = list(dict.fromkeys(letters))
        return Feed(np.eye(len(known))[[known.index(letter) for letter in letters]], tuple(letters), tuple(known))
    known = sorted(set(letters))
    places = np.linspace(-1, 1, len(known)) if len(known) > 1 else np.ones(1)
    return Feed(np.round(places, 4)[[known.index(letter) for letter in letters], None], tuple(letters), ("x",))


def read_weights(cell: str, text: str) -> Weights:
    """Weights of a cell of one unit and one input: a row for each part, "input weight, state weight, bias"; a GRU's rows may have a
    second bias. Rows that begin with their part's letter may come in any order. Trouble for other rows than the cell has.
    """
    names, name = CELLS[cell], _("The cell")
    plain = re.sub(r"[;\s]+$", "", text.translate(exact.PLAIN).replace("\n", ";"))
    first = [head[1].lower() if (head := HEAD.match(row)) else "" for row in plain.split(";")]
    values = exact.read_matrix(";".join(HEAD.sub(lambda head: " " * len(head[0]), row) for row in plain.split(";")), name, most=5)
    if sorted(first) == sorted(names):
        values = tuple(values[first.index(name)] for name in names)
    elif any(first):
        raise Trouble(Message(N_("The rows begin with {found}; this cell has one row for each of {names}."),
                              {"found": ", ".join(first), "names": ", ".join(names)}))
    wide = (3, 4) if cell == "gru" else (3,)
    if len(values) != len(names) or len(values[0]) not in wide:
        raise Trouble(Message(N_("There are {rows} rows of {columns} numbers; this cell has one row for each of {names}, of three numbers: "
                                 "the weight of the input, the weight of the state before, the bias."),
                              {"rows": len(values), "columns": len(values[0]), "names": ", ".join(names)}))
    found = np.array([[float(v) for v in row] for row in values])
    if np.abs(found).max() > 100:
        raise Trouble(Message(N_("{value:g} is too large: a gate is quite shut at −10 and quite open at 10. Stay within ±100."),
                              {"value": float(found.flat[np.abs(found).argmax()])}))
    bias = found[:, 2:].T
    if cell == "gru":
        bias = np.vstack([bias, np.zeros((2 - len(bias), len(names)))])
    return Weights(found[None, :, 0], found[None, :, 1], bias if cell == "gru" else bias[0])

