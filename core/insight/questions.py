"""Questions that explain their wrong answers: one of several to choose from, or a number."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from core.frame import Message
from core.i18n import N_


@dataclass(frozen=True)
class Choice:
    """A question with answers to choose from; each answer is its marked text and what is said to whoever chooses it."""

    id: str
    text: str
    options: tuple[tuple[str, str], ...]
    correct: int


@dataclass(frozen=True)
class Number:
    """A question answered by a number. All texts are marked.

    wrong: typical slips, each a predicate on the number and what is said to it, the first that fits; otherwise: what is said to
    any other wrong number; right: to the right one. An answer is right within `tolerance`. unit: shown behind the box.
    """

    id: str
    text: str
    answer: float
    right: str
    wrong: tuple[tuple[Callable[[float], bool], str], ...]
    otherwise: str
    tolerance: float = 0.0
    unit: str = ""


Question = Choice | Number


@dataclass(frozen=True)
class Judgement:
    """What is said to an answer. understood is False where there was no answer to judge: that is no wrong one."""

    correct: bool
    message: Message
    understood: bool = True


NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[+-]?[0-9]+)?", re.IGNORECASE)
PLAIN = {0x3000: " ", 0x2212: "-", 0x3002: ".", **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}}  # full width


def judge(question: Question, answer: int | str | None) -> Judgement:
    """Judge an answer: the place of the option chosen, or what was typed as a number. Never raises on what a person typed."""
    if isinstance(question, Choice):
        if not isinstance(answer, int) or not 0 <= answer < len(question.options):
            return Judgement(False, Message(N_("Choose one of the answers first.")), understood=False)
        return Judgement(answer == question.correct, Message(question.options[answer][1]))
    value = read_number("" if answer is None else str(answer))
    if isinstance(value, Message):
        return Judgement(False, value, understood=False)
    rounding = 1e-9 * (question.tolerance + abs(question.answer))  # 0.49 is within 0.01 of 0.5, whatever binary digits say
    if abs(value - question.answer) <= question.tolerance + rounding:
        return Judgement(True, Message(question.right))
    return Judgement(False, Message(next((said for fits, said in question.wrong if fits(value)), question.otherwise)))


def read_number(text: str) -> float | Message:
    """Read a number as a person types it, full-width characters included; a sentence if it is none."""
    plain = text.translate(PLAIN).strip()
    shown = {"text": text.strip()[:40]}
    if not plain:
        return Message(N_("Type a number first."))
    if NUMBER.fullmatch(plain):
        value = float(plain)
        return value if abs(value) < 1e300 else Message(N_("“{text}” is too large a number."), shown)
    if NUMBER.fullmatch(plain.replace(",", "")):
        return Message(N_("“{text}” has a comma in it. Write the decimal point as a dot, and thousands without a mark."), shown)
    return Message(N_("“{text}” is not a number. Write digits alone, such as 12 or 0.5."), shown)
