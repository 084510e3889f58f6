"""What the page on attention says in words follows from the numbers on screen, whatever the settings."""

import itertools
import re

import numpy as np
import pytest

from core.figures.attention import head, heads, order, positions, seeking
from core.i18n import say
from core.maths import attending, attention
from core.specs.attention import AttentionSpec

SENTENCES = ("the cat saw the dog and ran", "a river ran home", "ha ha cat ha", "no no", "The the dog")


def told_by(scene, spec):
    picture = scene.draw(spec)
    return " ".join(say(note) for note in picture.notes), {t.id: t for t in picture.figures}


def number(pattern, text):
    return float(re.search(pattern, text)[1])


def orders(count):
    yield from ({"word": word, "to": to} for word, to in itertools.product(range(1, count + 1), repeat=2))
    yield from ({"order": "reverse"}, {"order": "shuffle"}, {"order": "shuffle", "seed": 5})


def before(words, new, i):
    """The words before word i, in the old order and in the new one."""
    return words[:i], [words[k] for k in itertools.takewhile(lambda k: k != i, new)]


def check_order(spec):
    words = [word.lower() for word in attending.tokens_of(spec.sentence)]
    _words, new, told = order.read(spec)
    notes = " ".join(say(note) for note in order.notes(spec, tuple(words), new, told))
    title = order.lines(spec, tuple(words), new, told).title
    felt, same = np.count_nonzero(told), [words[i] for i in new] == words
    blind = spec.positions == "none" and spec.mask == "full"
    if new == sorted(new):
        assert notes == "The order is the old one: move a word." and title == "The order is the old one"
        return
    assert ("the sentence reads as before" in title) == (same and not felt) and ("is not seen" in title) == (not same and not felt)
    assert ("Only equal words have changed places" in notes) == same and ("Not one output moves" in notes) == blind
    assert not (blind and felt)
    if match := re.search(r"(\d+) of (\d+) outputs move", notes):
        assert (int(match[1]), int(match[2])) == (felt, len(words)) and felt
    else:
        assert not felt
    kept = {how: [i for i in range(len(words)) if how(before(words, new, i)[0]) == how(before(words, new, i)[1])] for how in (sorted, list)}
    if spec.positions == "none" and spec.mask == "causal":
        how = sorted if spec.layers == 1 else list
        assert (told[kept[how]] == 0).all()
        assert ("notices nothing" in notes) == bool(felt and kept[how]) and ("in whatever order" in notes) == bool(
            felt and kept[how] and spec.layers == 1)
        if len(set(words)) == len(words):
            assert [i for i, away in enumerate(told) if not away] == kept[how]
    else:
        assert "notices nothing" not in notes
    one = attending.unlike(words, new, attending.stack(1, spec.seed), spec.positions, spec.mask, spec.seed) > order.FELT
    assert ("the same outputs move as with one" in notes) == bool(spec.layers > 1 and felt and (one == (told > 0)).all())
    assert ("as with one, no output moves" in notes) == (spec.layers > 1 and not felt and not one.any())
    if "With one block only" in notes:
        assert spec.layers > 1 and number(r"only (\d+) would", notes) == one.sum() < felt and not (one & (told == 0)).any()
        assert spec.positions == "none" and spec.mask == "causal"


@pytest.mark.parametrize("sentence", SENTENCES)
def test_what_is_said_of_another_order_holds_for_every_move(sentence):
    count = len(attending.tokens_of(sentence))
    for more in orders(count):
        for layers, mask, kind in itertools.product((1, 2, 3), ("full", "causal"), ("none", "sine", "learned")):
            check_order(AttentionSpec(scene="order", sentence=sentence, layers=layers, mask=mask, positions=kind, **more))


def test_with_two_blocks_more_of_the_order_is_seen_than_with_one():
    notes = [told_by(order, AttentionSpec(scene="order", positions="none", mask="causal", layers=layers))[0] for layers in (1, 2)]
    assert "4 of 7 outputs move" in notes[0] and "in whatever order" in notes[0]
    assert "6 of 7 outputs move" in notes[1] and "only 4 would move" in notes[1] and "in the same order" in notes[1]


def shown(text):
    return 0.0 if text == "< 0.001" else float(text)


def check_table(spec):
    """A table's numbers, counted place by place."""
    table, half, k = positions.table(spec), spec.length // 2, spec.offset
    pairs = [(p, p + k) for p in range(spec.length) if 0 <= p + k < spec.length]
    inside = [(p, q) for p, q in pairs if p < half and q < half]
    ask = np.zeros((spec.width, spec.width))
    if inside:
        ask = np.linalg.pinv(table[[p for p, _q in inside]]) @ table[[q for _p, q in inside]]
    scores = 4 * table @ ask @ table.T / np.sqrt(spec.width)
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = scores / scores.sum(axis=1, keepdims=True)
    early, late = (np.array([weights[pair] for pair in some]) for some in (inside, [pair for pair in pairs if pair not in inside]))
    picked = positions.looked(spec, table)
    notes = " ".join(say(note) for note in positions.notes(spec, picked))
    assert ("None of the" in notes) == (not pairs) and ("nothing to fit" in notes) == (not inside)
    assert ("was fitted" in notes) == bool(inside)
    if not inside:
        np.testing.assert_allclose(picked, 1 / spec.length)
        assert "does not hold" not in notes
        return
    if k:
        match = re.search(r"first (\d+) places that .*, (\d+) in all: they give it (.*) in the median, the other (\d+) places "
                          r"that have one give it (.*?[\d])\.( |$)", notes)
        assert (int(match[1]), int(match[2]), int(match[4])) == (half, len(early), len(late))
        told = match[3], match[5]
    else:
        match = re.search(r"itself (.*) in the median, behind them (.*?\d)\. ", notes)
        told = match[1], match[2]
        assert ("has become the identity" in notes) == np.allclose(ask, np.eye(spec.width))
    for text, values in zip(told, (early, late), strict=True):
        assert shown(text) == pytest.approx(np.median(values), abs=0.0052 if np.median(values) > 0.09 else 0.0006)
    assert ("does not hold for others" in notes) == bool(k and np.median(early) >= 0.5 and np.median(late) < np.median(early) / 2)
    if "A wider table would do better" in notes:
        wide = spec.revised(width=64)
        found = positions.looked(wide, positions.table(wide))
        assert np.median(early) < 0.5 and seeking.found_share(wide, found, seeking.seekers(wide)[0]) > 0.8


@pytest.mark.parametrize("width", [4, 16, 64])
def test_what_a_fitted_table_does_holds_for_every_length_and_offset(width):
    for length, offset in itertools.product(range(8, 65), range(-8, 9)):
        check_table(AttentionSpec(scene="positions", positions="learned", length=length, offset=offset, width=width,
                                  seed=length + 8 + offset))


def test_what_sines_do_holds_for_every_length_and_offset():
    for length, offset in itertools.product(range(8, 65), range(-8, 9)):
        spec = AttentionSpec(scene="positions", length=length, offset=offset)
        weights = positions.looked(spec, positions.table(spec))
        notes = " ".join(say(note) for note in positions.notes(spec, weights))
        told = [weights[p, p + offset] for p in range(length) if 0 <= p + offset < length]
        if told:
            assert number(r"a weight of (\d\.\d+)\.", notes) == pytest.approx(np.median(told), abs=0.0052) and "None of" not in notes
        else:
            assert f"None of the {length} places has one {abs(offset)} {'back' if offset < 0 else 'on'}." in notes
        assert ("leaves all hands as they are" in notes) == (offset == 0)


@pytest.mark.parametrize("kind, offset, title", [
    ("none", -3, "A head cannot tell places apart"), ("none", 0, "A head cannot tell places apart"), ("sine", 0, "looks at its own place"),
    ("sine", -3, "looks 3 back"), ("learned", 4, "looks 4 on")])
def test_the_title_of_a_head_is_what_it_can_do(kind, offset, title):
    for length in (8, 32):
        _notes, figures = told_by(positions, AttentionSpec(scene="positions", positions=kind, offset=offset, length=length))
        assert title in figures["head"].title
        assert (f"1/{length}" in figures["head"].alt) == (kind == "none")
    _notes, figures = told_by(positions, AttentionSpec(scene="positions", offset=-8, length=8))
    assert figures["head"].alt == "No place has the one that is looked for."


def check_spread(text, weights, there):
    rows = [[float(w) for w, seen in zip(row, allowed, strict=True) if seen]
            for one in weights for row, allowed in zip(one, there, strict=True) if sum(allowed) > 1]
    assert number(r"from (\d\.\d\d) to", text) == pytest.approx(min(map(min, rows)), abs=0.0051)
    assert number(r"from \d\.\d\d to (\d\.\d\d)", text) == pytest.approx(max(map(max, rows)), abs=0.0051)
    close = all(max(row) <= 10 * min(row) for row in rows)
    assert ("scores are close together" in text and "a little at each that it may see" in text) == close


def check_head(spec):
    view = head.seen(spec)
    notes = " ".join(say(note) for note in head.notes(spec, view))
    words, weights, there = [word.lower() for word in view.words], view.weights, view.there
    n = len(words)
    if spec.kind == "drawn":
        check_spread(notes, weights[None], there)
    got = []
    for i in range(n):
        wanted = [j for j in range(n) if there[i, j] and {"previous": j == i - 1, "next": j == i + 1, "first": j == 0,
                                                          "same": words[j] == words[i]}.get(spec.kind, False)]
        if wanted and there[i].sum() > 1:
            got.append(sum(weights[i, j] for j in wanted))
    if got:
        share = np.median(got)
        assert number(r"(?:get|gets|get only|gets only) (\d\.\d\d) (?:of a row|in the median)", notes) == pytest.approx(share, abs=0.0051)
        assert ("is a mixture" in notes) == (share < 0.8)
    assert ("copies the word" in notes) == bool(got and np.median(got) >= 0.8 and spec.kind in ("previous", "next"))
    assert ("is hidden by the mask" in notes) == (spec.kind == "next" and spec.mask == "causal")
    if "is hidden by the mask" in notes:
        assert (weights.argmax(axis=1) == np.arange(n)).all()
    equal = len({round(float(w), 9) for w in weights[view.i][there[view.i]]}) == 1
    assert ("has the same score with all" in notes) == (equal and there[view.i].sum() > 1)
    if match := re.search(r"“(\S+)” and “(\S+)” happen to have similar vectors", notes):
        a, b = attending.vectors(match.groups(), spec.seed)
        assert a @ b > 0.6 * np.linalg.norm(a) * np.linalg.norm(b)
    asks = spec.kind not in ("even", "own") and (spec.kind != "same" or len(set(words)) > 1)  # one's own weights begin as zeros
    assert ("the softmax is sharper" in notes) == (asks and not spec.scaled)
    assert ("how decided the head is" in notes) == (asks and spec.temperature != 1)


@pytest.mark.parametrize("kind", ["same", "previous", "next", "first", "even", "drawn", "own"])
def test_what_is_said_of_a_head_follows_from_its_weights(kind):
    for mask, temperature, scale, scaled, sentence, (seed, query) in itertools.product(
            ("full", "causal"), (0.1, 0.5, 1, 3, 10), (0.5, 2, 4, 8), (True, False), SENTENCES[:4], ((82, 4), (5, 1), (7, 2))):
        check_head(AttentionSpec(kind=kind, mask=mask, temperature=temperature, scale=scale, scaled=scaled, sentence=sentence, seed=seed,
                                 query=query))


def test_a_head_of_small_scores_does_not_copy():
    assert "only 0.17" in told_by(head, AttentionSpec(kind="previous", scale=0.5))[0]
    assert "only 0.30" in told_by(head, AttentionSpec(kind="previous", temperature=10))[0]
    assert "copies the word before" in told_by(head, AttentionSpec(kind="previous"))[0]
    assert "close together" not in told_by(head, AttentionSpec(kind="drawn", temperature=0.1, scaled=False))[0]


def test_what_is_said_of_drawn_heads_beside_others_follows_from_their_weights():
    for count, mask, seed, sentence in itertools.product((5, 6, 8), ("full", "causal"), range(0, 100, 7), SENTENCES):
        spec = AttentionSpec(scene="heads", heads=count, mask=mask, seed=seed, sentence=sentence)
        view = heads.read(spec)
        notes = " ".join(say(note) for note in heads.notes(spec, view))
        assert ("From head 6 on" in notes) == (count > 5)
        if count > 5:
            there = attention.allowed(mask, len(view.words))
            check_spread(notes.replace("Their scores", "scores"), view.whole.weights[5:], there)


def test_what_the_trial_of_a_causal_mask_says_of_several_heads():
    full, causal = (heads.read(AttentionSpec(scene="heads", mask=mask)).seen.weights for mask in ("full", "causal"))
    assert full[1, 0, 3] > 0.4 and causal[1, 0, 3] == 0 and (np.diagonal(causal[2]) > 0.9).all()
