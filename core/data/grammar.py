"""Text from a small grammar, of which it is known how well it can be foretold.

A sentence is drawn by replacing, from the left, each {symbol} with one of its right-hand sides, which have the stated odds. No text can
come about in two ways, so a sentence's probability is the product of those of its choices, and its entropy the sum, over the symbols, of
how often one is expected in a sentence times the entropy of its choice. Sentences follow each other independently: that entropy ÷ the
expected number of characters of a sentence is the entropy rate, in nats a character: no model's mean cross-entropy on fresh text is
lower in the long run (Shannon 1948, section 7; for grammars Grenander 1976).

What makes it worth a memory: in English the verb must agree with a determiner that a relative clause has pushed away (“two dogs that
see a bird sleep.”); in Chinese the noun must go with a measure word that stands before that clause (一只看见两位老师的猫睡着了。). Whoever
sees only the last few characters cannot know that, and not even, now and then, where in a word they are: their best possible loss,
`entropy(language, context)`, is a little higher.
"""

from __future__ import annotations

import math
import re
from functools import cache

import numpy as np

from core.data.grammar_words import GRAMMARS, START

Stack = tuple[str, ...]  # what is still to be written: characters and symbols
State = tuple[tuple[Stack, float], ...]  # the stacks that what was read so far allows, and how likely each is
Belief = tuple[tuple[int, float], ...]  # the states that may be, for somebody who came in the middle
DIGITS = 9  # to which beliefs are told apart: equal ones come about on different ways


@cache
def rules(language: str) -> dict[str, tuple[tuple[float, Stack], ...]]:
    """{symbol: ((probability, what replaces it), …)}. ValueError names a language that there is no grammar of."""
    if language not in GRAMMARS:
        raise ValueError(f"language {language!r} is not one of {', '.join(GRAMMARS)}")
    return {symbol: tuple((weight / sum(w for w, _side in sides), tuple(re.findall(r"\{\w+\}|[^{}]", side))) for weight, side in sides)
            for symbol, sides in GRAMMARS[language].items()}


@cache
def alphabet(language: str) -> str:
    """The characters of its texts, each once, in order."""
    found = {part for sides in rules(language).values() for _p, side in sides for part in side}
    return "".join(sorted(found - set(rules(language))))


def text(language: str, seed: int, length: int) -> str:
    """So many characters of text, from the beginning of a sentence on. Equal arguments give equal texts, shorter ones their beginning."""
    rng = np.random.default_rng([seed, 17])
    written: list[str] = []
    odds = {symbol: np.cumsum([p for p, _side in sides]) for symbol, sides in rules(language).items()}
    stack: list[str] = []
    while len(written) < length:
        head = stack.pop() if stack else START
        if head not in odds:
            written.append(head)
            continue
        sides = rules(language)[head]
        chosen = 0 if len(sides) == 1 else min(int(np.searchsorted(odds[head], rng.random(), side="right")), len(sides) - 1)
        stack += reversed(sides[chosen][1])
    return "".join(written)


@cache
def sentence(language: str) -> tuple[float, float]:
    """Of a sentence: its entropy in nats, and the expected number of its characters."""
    names = list(rules(language))
    uses = np.zeros((len(names), len(names)))  # how often the column's symbol is expected in what replaces the row's
    chance, length = np.zeros(len(names)), np.zeros(len(names))
    for i, name in enumerate(names):
        for p, side in rules(language)[name]:
            chance[i] -= p * math.log(p)
            for part in side:
                if part in rules(language):
                    uses[i, names.index(part)] += p
                else:
                    length[i] += p
    expected = np.linalg.solve((np.eye(len(names)) - uses).T, np.eye(len(names))[names.index(START)])
    return float(expected @ chance), float(expected @ length)


def entropy(language: str, context: int | None = None) -> float:
    """The least possible mean cross-entropy in nats a character: of a reader who remembers everything, or only the last `context` ≥ 0
    characters, wherever in the text these begin."""
    if context is None:
        total, length = sentence(language)
        return total / length
    return _seen(language, context)[context]


def following(language: str, before: str = "") -> dict[str, float]:
    """{character: probability} of what follows a text that begins with a sentence. ValueError if the grammar cannot write that text."""
    state = _BEGINNING
    for i, character in enumerate(before):
        found = _steps(language, state)
        if character not in found:
            raise ValueError(f"character {i + 1}, {character!r}, cannot stand there: {before[:i + 1]!r}")
        state = found[character][1]
    return {character: p for character, (p, _state) in _steps(language, state).items()}


def log_probability(language: str, written: str) -> float:
    """The natural logarithm of the probability that a text begins like this, -inf if it cannot."""
    state, total = _BEGINNING, 0.0
    for character in written:
        found = _steps(language, state)
        if character not in found:
            return -math.inf
        p, state = found[character]
        total += math.log(p)
    return total


# ---- reading, character by character

_BEGINNING: State = (((), 1.0),)


@cache
def _steps(language: str, state: State) -> dict[str, tuple[float, State]]:
    """{character that may come: (its probability, the state behind it)}."""
    todo, found = list(state), dict[str, dict[Stack, float]]()
    while todo:
        stack, p = todo.pop()
        head, rest = (stack[0], stack[1:]) if stack else (START, ())
        if head in rules(language):
            todo += [((*side, *rest), p * q) for q, side in rules(language)[head]]
        else:
            there = found.setdefault(head, {})
            there[rest] = there.get(rest, 0.0) + p
    result = {}
    for character, stacks in sorted(found.items()):
        p = sum(stacks.values())
        result[character] = (p, tuple(sorted((stack, round(q / p, DIGITS)) for stack, q in stacks.items())))
    return result


@cache
def _machine(language: str) -> tuple[list[dict[str, tuple[float, int]]], np.ndarray]:
    """The grammar as a machine: what each state may write, with its probability and the state behind it, and how often each state is met
    in the long run."""
    numbers, order, moves = {_BEGINNING: 0}, [_BEGINNING], list[dict[str, tuple[float, int]]]()
    for state in order:  # grows
        here = {}
        for character, (p, after) in _steps(language, state).items():
            if after not in numbers:
                numbers[after] = len(order)
                order.append(after)
            here[character] = (p, numbers[after])
        moves.append(here)
    flow = np.zeros((len(order), len(order)))
    for i, here in enumerate(moves):
        for p, j in here.values():
            flow[i, j] += p
    balance = np.vstack([flow.T - np.eye(len(order)), np.ones(len(order))])
    return moves, np.linalg.lstsq(balance, np.r_[np.zeros(len(order)), 1.0], rcond=None)[0]


@cache
def _seen(language: str, most: int) -> tuple[float, ...]:
    """The entropy of the next character, given the last 0, 1, …, `most`."""
    moves, often = _machine(language)
    beliefs: dict[Belief, float] = {tuple(enumerate(often.tolist())): 1.0}
    found = []
    for _n in range(most + 1):
        total, after = 0.0, dict[Belief, float]()
        for belief, weight in beliefs.items():
            there: dict[str, dict[int, float]] = {}
            for state, p in belief:
                for character, (q, to) in moves[state].items():
                    states = there.setdefault(character, {})
                    states[to] = states.get(to, 0.0) + p * q
            for states in there.values():
                chance = sum(states.values())
                if chance <= 0:
                    continue
                total -= weight * chance * math.log(chance)
                key = tuple(sorted((state, round(p / chance, DIGITS)) for state, p in states.items()))
                after[key] = after.get(key, 0.0) + weight * chance
        beliefs = after
        found.append(total)
    return tuple(found)
