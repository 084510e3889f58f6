"""What a Transformer is to learn: answers are those of plain Python, validation was never trained on, texts are the grammar's."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from core.data import grammar, owntext, reviews, tasks, words
from core.data.csv import UploadError
from core.frame import Trouble
from core.specs.transformer import LENGTHS, TASKS, TEST, VALIDATION, TransformerSpec
from tests.conftest import slow_after

DRAWN = ("reverse", "sort", "copy", "majority", "brackets", "addition")


def of(task: str, **values: Any) -> TransformerSpec:
    return TransformerSpec().revised(task=task, **{"points": 400, **values})


def spelled(sample: tasks.Sample, row: int) -> tuple[str, str]:
    return "".join(sample.symbols[i] for i in sample.x[row]), "".join(sample.answers[i] for i in sample.y[row])


def closes(text: str) -> bool:
    waiting: list[str] = []
    for sign in text:
        if sign in "([":
            waiting.append(sign)
        elif not waiting or waiting.pop() + sign not in ("()", "[]"):
            return False
    return not waiting


def expected(task: str, read: str) -> str:
    if task == "addition":
        first, second = read.rstrip("?").rstrip("=").split("+")
        return str(int(first) + int(second)).zfill(len(first) + 1)
    if task == "brackets":
        return "✓" if closes(read) else "✗"
    if task == "majority":
        (most, count), *others = Counter(read).most_common()
        assert all(count > other for _symbol, other in others)
        return most
    symbols = read.rstrip("?")
    assert len(read) == 2 * len(symbols)
    return {"reverse": symbols[::-1], "sort": "".join(sorted(symbols)), "copy": symbols}[task]


@pytest.mark.parametrize(("task", "seed"), slow_after([(task, seed) for seed in range(4) for task in DRAWN], 6))
def test_answers_are_those_of_plain_python(task: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    least, most = LENGTHS[task]
    spec = of(task, seed=seed, symbols=int(rng.integers(2, 27)), length=int(rng.integers(least, min(most, 20) + 1)))
    sample = tasks.load(spec)
    assert sample.x.shape == (400 + VALIDATION + TEST, spec.steps) and sample.y.shape == (len(sample.x), spec.asked)
    for row in range(0, len(sample.x), 7):
        read, answer = spelled(sample, row)
        assert expected(task, read) == answer, read


@pytest.mark.parametrize("task", DRAWN)
def test_no_sequence_of_validation_or_test_was_trained_on(task: str) -> None:
    for changes in ({}, {"length": LENGTHS[task][0], "symbols": 2}):
        sample = tasks.load(of(task, points=2000, **changes))
        parts = [{row.tobytes() for row in sample.x[part]} for part in (slice(sample.train), sample.asked, sample.test)]
        assert all(parts) and not parts[0] & parts[1] and not parts[0] & parts[2] and not parts[1] & parts[2]
        if not changes:
            assert len(parts[0]) == 2000 and len(parts[1]) == VALIDATION


@pytest.mark.parametrize("task", DRAWN)
def test_luck_is_the_most_that_one_answer_to_all_can_get(task: str) -> None:
    sample = tasks.load(of(task, points=200))
    given = sample.y[sample.asked]
    given = given[given >= 0]
    shares = [float((given == k).mean()) for k in range(len(sample.answers))]
    assert sample.luck == max(shares) and (len(shares) > 2 or sample.luck >= 0.5)


def test_only_the_order_tells_whether_brackets_are_closed() -> None:
    sample = tasks.load(of("brackets", points=4000, length=14))
    assert sample.y.mean() == pytest.approx(0.5, abs=0.03) and sample.luck == pytest.approx(0.5, abs=0.05)
    kinds = np.stack([(sample.x == kind).sum(1) for kind in range(4)], 1)
    assert_array_equal(kinds[:, 0], kinds[:, 1])
    assert_array_equal(kinds[:, 2], kinds[:, 3])
    share = [kinds[sample.y[:, 0] == verdict, 0].mean() for verdict in range(2)]
    assert share[0] == pytest.approx(share[1], abs=0.2)


@pytest.mark.parametrize("language", ["english", "chinese"])
def test_a_text_is_cut_into_pieces_and_its_floor_is_the_grammars_entropy(language: str) -> None:
    spec = of("text", language=language, length=9, seed=3)
    sample = tasks.load(spec)
    assert sample.symbols == sample.answers == tuple(grammar.alphabet(language))
    written = grammar.text(language, 3, 9 * (400 + 2 * tasks.PIECES) + 1)
    for row in (0, 1, 399, 400, 799):
        assert spelled(sample, row) == (written[9 * row:9 * row + 9], written[9 * row + 1:9 * row + 10])
    assert sample.floor == pytest.approx(np.mean([grammar.entropy(language, t) for t in range(1, 10)]))
    assert sample.guess > sample.floor


@pytest.mark.parametrize("length", [4, 17, 32])
def test_of_a_masked_piece_some_characters_are_hidden_and_only_they_are_asked_for(length: int) -> None:
    whole, sample = (tasks.load(of(task, length=length, seed=2)) for task in ("text", "masked"))
    hidden = sample.x == len(sample.answers)
    assert sample.symbols == (*sample.answers, tasks.HIDDEN)
    assert (hidden.sum(1) == max(round(0.15 * length), 1)).all()
    assert_array_equal(np.where(hidden, sample.y, sample.x), whole.x)
    assert (sample.y[~hidden] == -1).all() and hidden.mean(0).std() < 0.05


def test_reviews_are_the_generated_ones_with_their_labels() -> None:
    spec = of("reviews", points=20, length=16, seed=5)
    sample, written = tasks.load(spec), reviews.generated("english", 5, 20 + VALIDATION + TEST)
    assert_array_equal(sample.y[:, 0], written.labels)
    for row, text in enumerate(written.texts[:40]):
        known = words.tokens(text, "words")[-16:]
        assert [sample.symbols[i] for i in sample.x[row]][:len(known)] == known and (sample.x[row, len(known):] == 0).all()


def test_ones_own_text_is_read_to_its_end_and_its_last_pieces_stay_aside() -> None:
    text = "".join(chr(97 + i % 26) for i in np.random.default_rng(0).integers(0, 500, 3000))
    uploads = {"0" * 32: {"text": owntext.read(text.encode())}}
    few, many = (tasks.load(of("text", upload="0" * 32, points=points, length=20), uploads) for points in (40, 10_000))
    assert many.train + 2 * many.validation == 2999 // 20 and many.validation == 14
    assert_array_equal(few.x[few.asked], many.x[many.asked])
    assert_array_equal(few.x[:40], many.x[:40])
    assert spelled(many, 0)[0] == text[:20] and "".join(many.symbols) == "".join(sorted(set(text)))
    assert many.floor is None
    with pytest.raises(Trouble):
        tasks.load(of("text", upload="1" * 32), uploads)


def test_rare_characters_of_ones_own_text_are_one_and_too_short_a_text_is_refused() -> None:
    text = "".join(chr(0x4e00 + i % 300) for i in range(3000)) + "啊" * 50
    letters = owntext.letters(text)
    assert len(letters) == owntext.LETTERS + 1 and letters[-1] == owntext.OTHER and len(set(letters)) == len(letters)
    sample = tasks.load(of("text", upload="0" * 32, points=60), {"0" * 32: {"text": owntext.read(text.encode())}})
    rare = [i for i, c in enumerate(text[:32]) if c not in letters]
    assert all(sample.x[0, i] == len(letters) - 1 for i in rare)
    with pytest.raises(UploadError):
        owntext.read(b"too short")


@pytest.mark.parametrize("task", TASKS)
def test_sequences_follow_from_the_split_alone(task: str) -> None:
    one, again = (tasks.load(of(task, points=200, seed=4, width=width)) for width in (8, 12))
    assert_array_equal(one.x, again.x)
    assert_array_equal(one.y, again.y)
    assert not np.array_equal(one.x, tasks.load(of(task, points=200, seed=5)).x)
    assert (len(one.symbols), len(one.answers)) == tasks.sizes(of(task))
    assert one.x.dtype == one.y.dtype == np.int32 and one.x.max() < len(one.symbols) and one.y.max() < len(one.answers)
