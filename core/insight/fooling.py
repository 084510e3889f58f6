"""A review that fools a network, and the reason why: both put to the test, on generated reviews, whose right answer is known.

`asks` says what a trained network is to read: the review, and, as the reason wants it, the review without a denial or without what a
contrast outweighs. `far` makes one number of its answers, 0 where the review fools it for just that reason, 1 where nothing of that holds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.data.reviews import SOURCES, TOKENS, Judgement, answer, denials, read
from core.data.words import UNKNOWN, placed
from core.frame import Message
from core.i18n import N_
from core.insight.challenges import ANSWERS, Asked, Rows
from core.specs.text import TextSpec
from core.specs.text_project import REASONS, FoolSpec

KINDS = (N_("negative"), N_("positive"))
Answers = Sequence[Mapping[str, np.ndarray]]


def language_of(spec: TextSpec) -> str:
    """Of the generated reviews. KeyError for other texts."""
    return SOURCES[spec.source]


def truth_of(spec: FoolSpec) -> int | None:
    """What the review is by the rules; None if it judges nothing, or of other texts than generated ones."""
    return answer(spec.review, language_of(spec)) if spec.generated else None


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in sorted(spans, reverse=True):
        word = text[start:end]
        rest = re.sub(r"(n['’]t|(?<=^can)not)$", "", word, flags=re.IGNORECASE)  # wasn’t → was, cannot → can
        text = text[:start] + (rest if rest != word else "") + text[end:]
    return re.sub(r" {2,}", " ", text).strip()


def turned(spec: FoolSpec) -> str | None:
    """The review without the denial that decides it, or without all of them; None if the right answer is the opposite in neither case."""
    right, language = truth_of(spec), language_of(spec)
    found = denials(spec.review, language)
    for spans in (*([span] for span in found), found):
        other = _without(spec.review, spans)
        now = answer(other, language)
        if right is not None and now is not None and now != right:
            return other
    return None


def plain_of(spec: FoolSpec) -> str | None:
    """The review without the judging words that a contrast outweighs; None if there are none."""
    outweighed = [(j.start, j.end) for j in read(spec.review, language_of(spec)) if j.counted == 0]
    return _without(spec.review, outweighed) if outweighed else None


# ---- the challenge

def asks(spec: FoolSpec) -> list[Asked]:
    """What a trained network is asked: to read the review, and what the reason wants beside it."""
    other = turned(spec) if spec.why == "denial" else plain_of(spec) if spec.why == "contrast" else None
    return [("read", {"text": text}) for text in (spec.review, other) if text]


def far(spec: FoolSpec, answers: Answers) -> float:
    """How far a network is from being fooled for this reason, 0 … 1: the larger of how likely it takes the right answer to be, and how far
    the reason is from the truth.

    A denial that is known and not heeded: how unlikely it takes its answer to be without it, where the opposite is right. A contrast: how
    likely it takes its answer to be without what is outweighed. Words unknown or cut off: the share of the judging words that it knows, or
    has read.
    """
    right = truth_of(spec)
    if right is None:
        return 1.0
    p = answers[0]["p"].astype(float)
    said = int(p.argmax())
    if spec.why in ("denial", "contrast"):
        if len(answers) < 2:
            return 1.0
        still = float(answers[1]["p"][said])
        reason = still if spec.why == "contrast" else max(1 - still, float(_unheard(spec, answers[0])))
    else:
        reason = _share(spec, answers[0])
    return max(float(p[right]), reason)


def _unheard(spec: FoolSpec, found: Mapping[str, np.ndarray]) -> bool:
    """Whether a denying word is unknown to the network, or was cut off: then that is the reason, not that it does not heed it."""
    first, ids = int(found["first"][0]), found["ids"]
    seen = placed(spec.review, TOKENS[language_of(spec)])[first:first + len(ids)]
    known = [token for token, number in zip(seen, ids, strict=True) if number != UNKNOWN]
    return not all(any(token.start < end and start < token.end for token in known)
                   for start, end in denials(spec.review, language_of(spec)))


def _share(spec: FoolSpec, found: Mapping[str, np.ndarray]) -> float:
    """The share of the judging words that the network knows, or has read."""
    judged = [j for j in read(spec.review, language_of(spec)) if j.counted]
    first, ids = int(found["first"][0]), found["ids"]
    seen = placed(spec.review, TOKENS[language_of(spec)])[first:first + len(ids)]
    good = [token for token, number in zip(seen, ids, strict=True) if spec.why == "cut" or number != UNKNOWN]
    return sum(any(token.start < one.end and one.start < token.end for token in good) for one in judged) / max(len(judged), 1)


def measured(spec: FoolSpec, rows: Rows, least: float) -> float | None:
    """`far` of a run; 1 if its network has not even learned to reach a validation accuracy of `least`."""
    answers, accuracy = rows[-1].get(ANSWERS), rows[-1].get("val_accuracy")
    if not answers:
        return None
    return far(spec, answers) if accuracy is not None and accuracy >= least else 1.0


def allowed(spec: FoolSpec) -> Message | None:
    """What keeps a review from being judged; None if nothing does."""
    if not spec.generated:
        return Message(N_("Choose the generated reviews, English or Chinese: of them the right answer is known."))
    if not spec.review.strip():
        return Message(N_("There is no review of yours yet: write one in step 5."))
    if truth_of(spec) is None:
        return Message(N_("By the rules your review judges nothing, or praises as much as it blames, so there is no right answer."))
    if not spec.why:
        return Message(N_("Say why it fools the network, in step 5."))
    if spec.why == "denial" and turned(spec) is None:
        return Message(N_("No denial decides your review: without one of them, or without all, the right answer should be the opposite."))
    if spec.why == "contrast" and plain_of(spec) is None:
        return Message(N_("In your review nothing is outweighed by a “but” or “although”."))
    return None


def why_passed(spec: FoolSpec) -> Message:
    """Why a review has passed, as a sentence."""
    return Message(N_("By the rules your review is {truth}, and at least two networks of three read the opposite, because of what you "
                      "said: {why}."),
                   {"truth": ["_", KINDS[truth_of(spec) or 0]], "why": ["_", REASONS[spec.why]]})


# ---- beside the review

def verdict(spec: FoolSpec) -> Message:
    """What a review is by the rules of the generated reviews, with the words that decide it."""
    judged = read(spec.review, language_of(spec))
    values: dict[str, Any] = {"words": ", ".join(_word(spec.review, one) for one in judged)}
    right = truth_of(spec)
    if not judged:
        return Message(N_("By the rules of these reviews it judges nothing: none of its words is one that judges."))
    if right is None:
        return Message(N_("By the rules of these reviews there is no right answer: it praises as much as it blames ({words})."), values)
    return Message(N_("By the rules of these reviews it is **{truth}** ({words})."), {**values, "truth": ["_", KINDS[right]]})


def _word(text: str, one: Judgement) -> str:
    """A judging word and what it counts: “dull” −1, or 0 where it is outweighed."""
    return f"“{text[one.start:one.end]}” {'+1' if one.counted > 0 else '−1' if one.counted < 0 else '0'}"
