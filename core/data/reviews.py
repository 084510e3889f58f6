"""Reviews written by a small grammar, English and Chinese, with a label that follows from rules, so that the right answer is known.

A review has one to three judging sentences and up to two that judge nothing. What a sentence says counts +1 or −1:

- a judging word (“wonderful”, “hated”) counts by its meaning, the other way round behind a denial in the same clause (“was not boring”);
- of two clauses in a contrast only one counts: what stands behind “but”, and what “although” does not stand before.

The review is positive (1) where the sum is above zero, negative (0) where it is below; no sum is zero. `read` applies the same rules to a
text that somebody typed. A model that only counts words cannot know what was denied and what was outweighed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple, TypeVar

import numpy as np

from core.data.review_words import LANGUAGES, Words
from core.data.words import SPECIAL, placed, tokens

TOKENS = {"english": "words", "chinese": "characters"}
SOURCES = {"reviews": "english", "reviews_zh": "chinese"}  # of a TextSpec
DENIED, CONTRASTED = 0.25, 0.25  # of the judging sentences; within a contrast every fifth clause is denied
WITHIN = 0.2
T = TypeVar("T")


class Reviews(NamedTuple):
    """texts, and labels (n,) int32: 1 positive, 0 negative."""

    texts: tuple[str, ...]
    labels: np.ndarray


class Judgement(NamedTuple):
    """A judging word of a text: from where to where it stands, what it means by itself, +1 or −1, and what it counts there, 0 if a contrast
    outweighs it."""

    start: int
    end: int
    own: int
    counted: int


def generated(language: str, seed: int, count: int, first: int = 0) -> Reviews:
    """Reviews number `first` to `first` + `count` of a seed; each depends on its own number only. ValueError for another language."""
    found = [_review(_words(language), np.random.default_rng([seed, i, 23])) for i in range(first, first + count)]
    return Reviews(tuple(text for text, _label in found), np.array([label for _text, label in found], np.int32))


def _words(language: str) -> Words:
    if language not in LANGUAGES:
        raise ValueError(f"language {language!r} is not one of {', '.join(LANGUAGES)}")
    return LANGUAGES[language]


def _review(words: Words, rng: np.random.Generator) -> tuple[str, int]:
    label = int(rng.integers(2))
    sign = 1 if label else -1
    signs = [[sign], [sign, sign], [sign, sign, sign], [sign, sign, -sign]][rng.choice(4, p=[0.3, 0.3, 0.2, 0.2])]
    sentences = [_judging(words, rng, each) for each in signs]
    sentences += [words.neutral[i] for i in rng.choice(len(words.neutral), int(rng.integers(3)), replace=False)]
    order = rng.permutation(len(sentences))
    return words.between.join(sentences[i] + words.end.strip() for i in order), label


def _judging(words: Words, rng: np.random.Generator, sign: int) -> str:
    kind = rng.random()
    if kind < DENIED:
        return _clause(words, rng, sign, True)
    if kind < DENIED + CONTRASTED:
        counted, outweighed = (_clause(words, rng, each, bool(rng.random() < WITHIN)) for each in (sign, -sign))
        return _one(rng, words.contrasts).format(x=outweighed, y=counted)
    return _clause(words, rng, sign, False)


def _clause(words: Words, rng: np.random.Generator, sign: int, denied: bool) -> str:
    meaning = -sign if denied else sign
    aspect = _one(rng, words.aspects)
    if rng.random() < 0.25:  # a feeling, not a property
        past, bare = _one(rng, words.likes if meaning > 0 else words.dislikes)
        return _one(rng, words.unfelt if denied else words.felt).format(a=aspect, w=bare if denied else past)
    word = _one(rng, words.good if meaning > 0 else words.bad)
    return _one(rng, words.denied if denied else words.plain).format(a=aspect, w=word, v=_one(rng, words.very))


def _one(rng: np.random.Generator, choices: Sequence[T]) -> T:
    return choices[int(rng.integers(len(choices)))]


# ---- reading

@cache
def _lexicon(language: str) -> tuple[re.Pattern[str], dict[str, str]]:
    """What finds the words that matter, longest first, and the role of each: as in `Words.roles`, or "+" or "-"."""
    words = _words(language)
    roles = {word: sign for sign, those in (("+", [*words.good, *(w for pair in words.likes for w in pair)]),
                                            ("-", [*words.bad, *(w for pair in words.dislikes for w in pair)])) for word in those}
    roles |= words.roles
    each = sorted(map(re.escape, roles), key=len, reverse=True)
    if language == "english":
        signs = [sign for sign in each if not sign[-1].isalpha()]
        each = [rf"\b(?:{'|'.join(word for word in each if word not in signs)})\b", r"\b[a-z]+n['’]t\b", *signs]
    return re.compile("|".join(each)), roles


def read(text: str, language: str) -> list[Judgement]:
    """The judging words of a text by the rules above, in their order. It knows the grammar's words only."""
    pattern, roles = _lexicon(language)
    sentences: list[list[tuple[re.Match[str], str]]] = [[]]
    for match in pattern.finditer(text.lower()):
        role = roles.get(match.group(), "not")  # what is not in the table ends in n’t
        sentences += [[]] if role == "stop" else []
        sentences[-1] += [(match, role)] if role != "stop" else []
    return [judgement for sentence in sentences for judgement in _judgements(sentence)]


def denials(text: str, language: str) -> list[tuple[int, int]]:
    """Where the denying words of a text stand, in their order: what n’t ends (“wasn’t”) counts as a whole word."""
    pattern, roles = _lexicon(language)
    return [match.span() for match in pattern.finditer(text.lower()) if roles.get(match.group(), "not") == "not"]


def _judgements(sentence: Sequence[tuple[re.Match[str], str]]) -> list[Judgement]:
    roles = [role for _match, role in sentence]
    first, last = 0, len(roles)  # between them it counts
    if "although" in roles:
        at = roles.index("although")
        judged = any(role in "+-" for role in roles[:at])
        last, first = (at, 0) if judged else (last, next((i for i in range(at, last) if roles[i] == "clause"), last))
    if "but" in roles:
        first = max(first, len(roles) - 1 - roles[::-1].index("but"))
    found, turned = [], 1
    for i, (match, role) in enumerate(sentence):
        if role == "not":
            turned = -turned
        elif role in "+-":
            own = 1 if role == "+" else -1
            found.append(Judgement(match.start(), match.end(), own, own * turned if first <= i < last else 0))
        else:
            turned = 1
    return found


def answer(text: str, language: str) -> int | None:
    """1 if a text is positive by the rules, 0 if it is negative, None if it judges nothing or both alike."""
    total = sum(judgement.counted for judgement in read(text, language))
    return None if total == 0 else int(total > 0)


def planted(text: str, language: str) -> np.ndarray:
    """For each token of a text what the judging word that it belongs to counts: (tokens,) int32 of +1, −1 and 0."""
    judged = read(text, language)
    return np.array([next((j.counted for j in judged if token.start < j.end and j.start < token.end), 0)
                     for token in placed(text, TOKENS[language])], np.int32)


@cache
def vocabulary(language: str) -> tuple[str, ...]:
    """All tokens that the grammar can write, in the order of the alphabet, behind those for padding and <UNK> (`core.data.words`)."""
    words = _words(language)
    parts = [*words.aspects, *words.good, *words.bad, *words.neutral, *words.very,
             *(w for pair in words.likes + words.dislikes for w in pair),
             *(re.sub(r"\{.\}", " ", form) for form in words.plain + words.denied + words.felt + words.unfelt + words.contrasts), words.end]
    found = {token for part in parts for token in tokens(part, TOKENS[language])} - {" "}
    return (*SPECIAL, *sorted(found))
