"""The page on attention by hand: heads look where it is said, masks and positions do what is said, and challenges ask for just that."""

import json
import re

import numpy as np
import pytest

from core.figures.attention import block, cost, head, heads, order, positions, seeking
from core.frame import Trouble
from core.i18n import say
from core.insight.challenges import verdict as judged
from core.insight.exercises import challenges_of
from core.maths import attending, attention
from core.specs.attention import AttentionSpec

WORDS = ["river", "stone", "under", "quick", "seven", "blue", "Anna", "runs", "home", "late"]


def sentences(count=6):
    rng = np.random.default_rng(0)
    for seed in range(count):
        yield seed, [str(word) for word in rng.permutation(WORDS)[:rng.integers(3, 11)]]


@pytest.mark.parametrize("kind, by", [("previous", -1), ("next", 1), ("same", 0), ("first", None)])
def test_a_head_made_by_hand_looks_where_it_is_said(kind, by):
    for seed, words in sentences():
        x = attending.inputs(words, seed)
        weights = attention.multi_head(x, attending.head(kind, 5.0, seed)).weights[0]
        rows = np.arange(len(words))
        wanted = np.zeros(len(words), int) if by is None else rows + by
        there = (wanted >= 0) & (wanted < len(words))
        assert (weights[rows[there], wanted[there]] > (0.3 if kind == "same" else 0.8)).all()
        assert (weights.argmax(axis=1)[there] == wanted[there]).all()


def test_the_same_word_is_found_wherever_it_stands():
    weights = attention.multi_head(attending.inputs(("Stone", "river", "seven", "stone"), 5), attending.head("same", 6.0, 5)).weights[0]
    assert weights[0, 0] == pytest.approx(weights[0, 3]) and weights[0, 0] > 0.4
    np.testing.assert_allclose(weights[0], weights[3])


def test_a_head_that_asks_nothing_averages_what_it_may_see():
    x = attending.inputs(WORDS, 1)
    weights = attention.multi_head(x, attending.head("even", 5.0, 1), attention.allowed("causal", 10)).weights[0]
    np.testing.assert_allclose(weights, np.tri(10) / np.arange(1, 11)[:, None])


@pytest.mark.parametrize("mask", ["full", "causal"])
def test_only_an_encoder_without_positions_is_blind_to_the_order(mask):
    rng = np.random.default_rng(3)
    for seed, words in sentences():
        blocks = attending.stack(1 + seed % 3, seed)
        new = [int(i) for i in rng.permutation(len(words))]
        if new == sorted(new):
            continue
        felt = {kind: attending.unlike(words, new, blocks, kind, mask, seed) for kind in ("none", "sine", "learned")}
        assert (felt["none"].max() < order.FELT) == (mask == "full")
        assert min(felt["sine"].max(), felt["learned"].max()) > 1e-3
    with_first = attending.unlike(WORDS, [0, 1, 2, *range(9, 2, -1)], blocks, "none", "causal", 1)
    assert (with_first[:3] < order.FELT).all() and (with_first[3:] > order.FELT).all()


def test_the_other_order_is_put_together_as_it_says():
    assert attending.moved(5, "move", 1, 3, 0) == [0, 2, 3, 1, 4] and attending.moved(4, "reverse", 0, 0, 0) == [3, 2, 1, 0]
    assert sorted(attending.moved(9, "shuffle", 0, 0, 4)) == list(range(9))


def test_who_notices_a_hidden_word():
    for seed, words in sentences():
        for hidden in range(len(words)):
            blocks = attending.stack(1 + seed % 4, seed)
            causal, full = (attending.noticed(words, hidden, blocks, mask, seed) for mask in ("causal", "full"))
            assert (causal[:hidden] == 0).all() and (causal[hidden:] > 0).all() and (full > 0).all()


@pytest.mark.parametrize("text, count", [("the cat sat", 3), ("Don’t stop, now!", 5), ("猫看见狗，狗看见猫", 9), ("GPT 写 字", 3),
                                         ("well-known fact", 2)])
def test_tokens(text, count):
    assert len(attending.tokens_of(text)) == count


@pytest.mark.parametrize("text", ["", "one", "   ", " ".join("abcdefghijk"), "x" * 15 + " y"])
def test_a_sentence_that_cannot_be_drawn_is_refused_in_words(text):
    with pytest.raises(Trouble) as told:
        attending.tokens_of(text)
    assert re.search(r"\d", say(told.value.message))


def numbers_in(latex):
    """What stands between equals signs, as Python computes it."""
    python = latex.replace(r"\cdot", "*").replace("{,}", "").replace(r"\,", "*")
    python = re.sub(r"10\^\{(-?\d+)\}", r"1e\1", python)
    return [eval(re.sub(r"\\frac\{(.*?)\}\{(.*?)\}", r"(\1)/(\2)", part)) for part in python.split("=")[1:]]  # noqa: S307 - our own line


def test_the_arithmetic_that_is_written_out_comes_out():
    """Numbers are rounded to two digits, so it is near; weights and scores are exact in the figure."""
    for kind in ("same", "previous", "drawn"):
        for seed in range(4):
            spec = AttentionSpec(kind=kind, seed=seed, query=1 + seed, whom=2, mask=("full", "causal")[seed % 2], temperature=1 + seed % 3)
            view, picture = head.seen(spec), head.draw(spec)
            made = dict(picture.formulas)
            asked = [value for word, value in picture.formulas if "asks" in word]
            first, second = numbers_in(asked[0].replace(r"q \cdot k", "x"))
            assert first == pytest.approx(view.raw[view.i, view.j], abs=0.1 * max(1, np.abs(view.q[view.i]).sum()))
            assert second == pytest.approx(view.raw[view.i, view.j], rel=0.06, abs=0.01)
            whole, short = numbers_in("w = " + made["First number of the output"])
            assert whole == pytest.approx(short, abs=0.05) and short == pytest.approx(view.output[view.i, 0], abs=0.01)
            row = next(t for t in picture.figures if t.id == "row").figure["data"]
            shown = next(trace for trace in row if trace["type"] == "heatmap")["z"][0]
            np.testing.assert_allclose(shown, view.weights[view.i], atol=6e-4)


def test_a_divided_score_is_half_of_one_that_is_not():
    divided, whole = (head.seen(AttentionSpec(scaled=scaled)) for scaled in (True, False))
    np.testing.assert_allclose(whole.scores, 2 * divided.scores)
    np.testing.assert_allclose(head.seen(AttentionSpec(scaled=False, temperature=2.0)).weights, divided.weights)


def test_a_switch_turns_its_head_off_and_on():
    spec = AttentionSpec(scene="heads", heads=5, off="2 4")
    switches = next(p for p in heads.draw(spec).presses if p.field == "off")
    assert [value for value, *_ in switches.places] == ["1 2 4", "4", "2 3 4", "2", "2 4 5"]
    assert spec.revised(off="4,1 1").off == "1 4" and spec.revised(heads=3).silent == (1,)


def test_what_is_said_to_be_missing_without_a_head_is_missing():
    spec = AttentionSpec(scene="heads", heads=6, seed=4)
    view = heads.read(spec)
    for h, share in enumerate(heads.away(view)):
        without = heads.read(spec.revised(off=str(h + 1))).seen.output
        assert share == pytest.approx(np.linalg.norm(view.whole.output - without) / np.linalg.norm(view.whole.output))


def test_sines_look_back_at_every_place_and_a_fitted_table_only_where_it_was_fitted():
    for seed in range(5):
        for offset in (-5, -1, 3):
            spec = AttentionSpec(scene="positions", offset=offset, length=48, width=64, seed=seed)
            weights = positions.looked(spec, positions.table(spec))
            rows = np.arange(max(0, -offset), min(48, 48 - offset))
            assert (weights.argmax(axis=1)[rows] == rows + offset).all()
            table = spec.revised(positions="learned")
            weights = positions.looked(table, positions.table(table))
            assert seeking.found_share(table, weights, seeking.seekers(table)[0]) > 0.9
            assert seeking.found_share(table, weights, seeking.seekers(table)[1]) < 0.2


def test_the_program_and_the_page_count_the_same_products_as_the_formula():
    for n, d in ((8, 8), (128, 32), (1000, 96)):
        assert sum(cost.products(n, d).values()) == 12 * n * d * d + 2 * n * n * d and cost.lstm(n, d) == 8 * n * d * d


def test_the_measured_times_are_there_and_whole():
    told = json.loads(cost.MEASURED.read_text("utf-8"))
    assert told["tokens"] == sorted(told["tokens"]) and told["tokens"][-1] >= 1024 and told["tensorflow"] and told["keras"]
    for key in ("block_ms", "lstm_ms"):
        assert len(told[key]) == len(told["tokens"]) and min(told[key]) > 0
    assert told["lstm_ms"][-1] > 8 * told["lstm_ms"][0]  # an LSTM's time grows with the length


def test_the_stream_is_what_a_person_would_add_up():
    """Post-norm vectors have length √32; pre-norm ones are what came in and all that was added."""
    words = tuple(WORDS)
    flow, stream, added = block.walked(AttentionSpec(scene="block"), words, "post")
    assert stream[1:] == pytest.approx(np.full(12, np.sqrt(32)), rel=0.01)
    flow, stream, added = block.walked(AttentionSpec(scene="block", depth=1), words, "pre")
    np.testing.assert_allclose(flow.output, flow.x + flow.seen.output + flow.added)
    assert len(stream) == 3 and added[0] == pytest.approx(np.linalg.norm(flow.seen.output, axis=1).mean())


def test_dropout_leaves_out_its_share_and_keeps_the_average():
    dry = AttentionSpec(scene="block", depth=1, sentence=" ".join(WORDS))
    whole = block.walked(dry, tuple(WORDS), "pre")[0].seen.output
    wet = block.walked(dry.changed(training=True, dropout=0.5), tuple(WORDS), "pre")[0].seen.output
    kept = wet != 0
    assert 0.4 < kept.mean() < 0.6
    np.testing.assert_allclose(wet[kept], 2 * whole[kept])


def passes(challenge, spec):
    return judged(next(c for c in challenges_of("attention") if c.id == challenge), spec).passed


def weights_of(by, scale=4.0, key=4.0):
    query = np.round(scale * attention.turned(4, by, attending.BASE), 1)
    rows = np.concatenate([np.zeros((4, 8)), np.concatenate([query, key * np.eye(4)], axis=1)])
    return "; ".join(" ".join(f"{v:g}" for v in row) for row in rows)


@pytest.mark.parametrize("seed", [0, 3, 82])
def test_a_head_that_looks_back_wins_and_one_that_looks_elsewhere_does_not(seed):
    spec = AttentionSpec(kind="own", seed=seed)
    assert passes("attention-back", spec.changed(weights=weights_of(-1)))
    for wrong in (weights_of(1), weights_of(0), weights_of(-2), weights_of(-1, 1.0, 1.0)):
        assert not passes("attention-back", spec.changed(weights=wrong))


def test_only_the_last_word_goes_unnoticed_and_shared_heads_are_slim():
    right = [at for at in range(1, 8) if passes("attention-alone", AttentionSpec(scene="masks", layers=2, touched=at))]
    assert right == [7]
    found = [(h, s) for h in range(1, 9) for s in range(1, 65) if passes("attention-slim", AttentionSpec(scene="block", block_heads=h,
                                                                                                          head_size=s))]
    assert found == [(4, 8), (8, 4)]


def heatmaps(picture, name):
    """The matrices of a figure."""
    return [np.array(trace["z"], float) for trace in next(t for t in picture.figures if t.id == name).figure["data"]
            if trace["type"] == "heatmap"]


def test_the_weights_of_query_key_and_value_are_drawn_and_painted():
    """Whatever is painted, q, k and v on screen are the tokens times the three matrices on screen."""
    rng = np.random.default_rng(3)
    for kind in ("same", "next", "drawn", "own"):
        painted = "; ".join(" ".join(f"{v:g}" for v in row) for row in rng.integers(-4, 5, (8, 12)) / 2)
        spec = AttentionSpec(kind=kind, weights=painted, scale=3.0)
        picture = head.draw(spec)
        x = np.concatenate(heatmaps(picture, "x"), axis=1)
        kernels, asked, values = (heatmaps(picture, name) for name in ("kernels", "qk", "values"))
        assert len(kernels) == 3
        for kernel, shown in zip(kernels, (*asked, values[0]), strict=True):
            np.testing.assert_allclose(x @ kernel, shown, atol=2e-3)
        (grid,) = picture.paints
        assert grid.columns == 12 and grid.at == (1, 1)
        cells = [grid.brush if i == 11 else cell for i, cell in enumerate(grid.cells)]  # the last of the value's first row
        after = head.seen(spec.revised(weights=grid.text(cells)))
        assert after.heads.value[0, 0, 3] == spec.brush
        np.testing.assert_allclose(after.heads.value[1:, 0], kernels[2][1:], atol=1e-3)


def test_weights_without_those_of_the_value_hand_over_the_word():
    found = head.seen(AttentionSpec(kind="own", weights="; ".join(["1 0 0 0 1 0 0 0"] * 8)))
    np.testing.assert_array_equal(found.v, found.x[:, :4])


def test_the_output_kernel_makes_what_each_head_adds_of_what_it_hands_over():
    for count, off in ((1, ""), (4, "2"), (8, "1 5")):
        picture = heads.draw(AttentionSpec(scene="heads", heads=count, off=off, query=2))
        handed, kernel = heatmaps(picture, "kernel")
        assert kernel.shape == (4 * count, 8)
        added = [handed[k:k + 4, 0] @ kernel[k:k + 4] for k in range(0, 4 * count, 4)]
        (shown,) = heatmaps(picture, "added")
        np.testing.assert_allclose([*added, np.sum(added, axis=0)], shown, atol=1e-3)


def test_a_mouse_on_a_word_is_told_whom_it_looks_at():
    for scene, spec in ((head, AttentionSpec()), (heads, AttentionSpec(scene="heads", shown=2))):
        press = next(p for p in scene.draw(spec).presses if p.field == "query")
        said = [label for _value, _x, _y, label in press.places]
        for j, text in enumerate(said, 1):
            (shown,) = (t.alt for t in scene.draw(spec.changed(query=j)).figures if t.id == "looks")
            assert text == shown
