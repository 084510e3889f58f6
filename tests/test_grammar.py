"""Generated text: the stated entropy against what texts really hold, and that no text can come about in two ways."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

from core.data import grammar
from core.data.grammar_words import GRAMMARS, START

LANGUAGES = list(GRAMMARS)


def derivations(language: str, symbol: str, text: str) -> dict[int, list[float]]:
    """All ways in which a symbol can become a beginning of a text: where it ends, and the probability of each. By brute force."""
    ways: dict[int, list[float]] = {}
    for p, side in grammar.rules(language)[symbol]:
        here = {0: [p]}
        for part in side:
            after: dict[int, list[float]] = {}
            for at, chances in here.items():
                if part in grammar.rules(language):
                    ends = derivations(language, part, text[at:])
                else:
                    ends = {1: [1.0]} if text.startswith(part, at) else {}
                for more, others in ends.items():
                    after.setdefault(at + more, []).extend(a * b for a in chances for b in others)
            here = after
        for at, chances in here.items():
            ways.setdefault(at, []).extend(chances)
    return ways


def sentences(language: str, seed: int, length: int) -> list[str]:
    stop = ". " if language == "english" else "。"
    return [part + stop for part in grammar.text(language, seed, length).split(stop)[:-1]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_comes_about_in_one_way_whose_probability_is_stated(language: str) -> None:
    for sentence in sentences(language, 5, 4000):
        (chance,) = derivations(language, START, sentence)[len(sentence)]
        assert grammar.log_probability(language, sentence) == pytest.approx(math.log(chance), abs=1e-6)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_model_can_do_better_than_the_stated_entropy_and_the_true_one_just_does(language: str) -> None:
    n = 60_000
    parts = np.array([grammar.log_probability(language, grammar.text(language, seed, n // 20)) for seed in range(20)])
    measured, error = -parts.sum() / n, parts.std() / math.sqrt(20) / (n // 20)
    assert abs(measured - grammar.entropy(language)) < 4 * error < 0.03


@pytest.mark.parametrize("language", LANGUAGES)
def test_characters_alone_hold_as_much_as_the_choices_they_come_from(language: str) -> None:
    """The entropy of the text from its states, of the derivations from the rules: they are equal only if no text has two derivations."""
    moves, often = grammar._machine(language)
    rate = -sum(w * p * math.log(p) for w, here in zip(often, moves, strict=True) for p, _to in here.values())
    assert rate == pytest.approx(grammar.entropy(language), abs=1e-6)
    assert often.min() > 0


def test_that_test_finds_an_ambiguous_grammar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(GRAMMARS, "twice", {START: [(1, "{a}{a}.")], "{a}": [(1, ""), (1, "x")]})  # "x." in two ways
    moves, often = grammar._machine("twice")
    rate = -sum(w * p * math.log(p) for w, here in zip(often, moves, strict=True) for p, _to in here.values())
    assert rate < grammar.entropy("twice") - 0.1
    assert sorted(derivations("twice", START, "x.")[2]) == [0.25, 0.25]


def test_entropies_of_grammars_that_can_be_done_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    coin = -(0.75 * math.log(0.75) + 0.25 * math.log(0.25))
    monkeypatch.setitem(GRAMMARS, "coin", {START: [(3, "a"), (1, "b")]})
    assert [grammar.entropy("coin", n) for n in (None, 0, 3)] == pytest.approx([coin] * 3)  # type: ignore[arg-type]
    monkeypatch.setitem(GRAMMARS, "beat", {START: [(1, "ab")]})
    assert [grammar.entropy("beat", n) for n in (None, 0, 1)] == pytest.approx([0, math.log(2), 0])  # type: ignore[arg-type]
    # a coin thrown once for two characters: who sees the last one knows of "b" that it was the first of "bb" or the second
    monkeypatch.setitem(GRAMMARS, "pair", {START: [(1, "a."), (1, "bb.")]})
    assert grammar.entropy("pair") == pytest.approx(math.log(2) / 2.5)
    assert grammar.entropy("pair", 2) == pytest.approx(math.log(2) / 2.5)
    assert grammar.entropy("pair", 1) == pytest.approx((2 * math.log(2) + 2 * math.log(2)) / 5)  # after "." and after "b"


@pytest.mark.parametrize("language", LANGUAGES)
def test_less_context_is_never_better_and_much_is_as_good_as_all(language: str) -> None:
    found = [grammar.entropy(language, n) for n in range(41)]
    assert all(a >= b - 1e-6 for a, b in zip(found, found[1:], strict=False))
    assert found[40] == pytest.approx(grammar.entropy(language), abs=1e-4)
    counts = Counter(grammar.text(language, 1, 100_000))
    shares = np.array(list(counts.values())) / 100_000
    assert found[0] == pytest.approx(-(shares * np.log(shares)).sum(), abs=0.01)
    assert found[5] > grammar.entropy(language) + 0.05  # the words in between make a memory worth while


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_measured_of_a_context_of_three_agrees_with_counted_characters(language: str) -> None:
    n, written = 3, grammar.text(language, 2, 300_000)
    longer, shorter = (Counter(written[i:i + k] for i in range(len(written) - n)) for k in (n + 1, n))
    counted = -sum(k * math.log(k / shorter[part[:n]]) for part, k in longer.items()) / sum(longer.values())
    assert grammar.entropy(language, n) == pytest.approx(counted, abs=0.01)


@pytest.mark.parametrize("language", LANGUAGES)
def test_equal_seeds_give_equal_texts_and_shorter_ones_their_beginning(language: str) -> None:
    whole = grammar.text(language, 3, 500)
    assert len(whole) == 500 and grammar.text(language, 3, 500) == whole and whole.startswith(grammar.text(language, 3, 123))
    assert grammar.text(language, 4, 500) != whole
    assert grammar.text(language, 3, 0) == "" and set(grammar.text(language, 6, 20_000)) == set(grammar.alphabet(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_may_follow_a_text_sums_to_one_and_multiplies_to_its_probability(language: str) -> None:
    written = grammar.text(language, 8, 60)
    total = 0.0
    for i, character in enumerate(written):
        chances = grammar.following(language, written[:i])
        assert sum(chances.values()) == pytest.approx(1)
        total += math.log(chances[character])
    assert total == pytest.approx(grammar.log_probability(language, written))
    assert grammar.log_probability(language, written + "?") == -math.inf
    with pytest.raises(ValueError, match=r"character 61, '\?'"):
        grammar.following(language, written + "?")


def test_the_verb_agrees_with_a_word_far_away() -> None:
    assert "s" in grammar.following("english", "a dog that sees two birds sleep")
    assert "s" not in grammar.following("english", "two dogs that see a bird sleep")
    with pytest.raises(ValueError, match="'latin' is not one of english, chinese"):
        grammar.text("latin", 0, 3)
