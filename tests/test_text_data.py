"""Texts as data: generated reviews and their rules, tokens as Keras makes them, corpora, IMDB's files, a person's own files."""

from __future__ import annotations

import io
import pickle
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from numpy.testing import assert_array_equal

from core.data import corpus, imdb, reviews, texts, words
from core.frame import Trouble
from core.i18n import say
from core.settings import settings
from core.specs.text import ENCODINGS, USUAL, TextSpec
from tests.conftest import slow_after

LANGUAGES = ["english", "chinese"]
ALPHABETS = {"words": list("abcXYZ012 \t'.,!?-é’\n") + [" the ", "中", " "], "characters": list("好不 电影，。aB.!'’")}
REAL = settings.data / "text"
CSV = "label,text\n" + "".join(f"{'good' if i % 2 else 'bad'},\"number {i}, and so on\"\n" for i in range(60))


# ---- generated reviews

@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("seed", slow_after(range(6), 1))
def test_the_rules_give_every_review_its_label(language: str, seed: int) -> None:
    found = reviews.generated(language, seed, 400)
    assert [reviews.answer(text, language) for text in found.texts] == found.labels.tolist()
    assert 0.4 < found.labels.mean() < 0.6 and len(set(found.texts)) > 380
    known = set(reviews.vocabulary(language))
    for text in found.texts:
        tokens = words.tokens(text, reviews.TOKENS[language])
        counted = reviews.planted(text, language)
        assert known >= set(tokens) and counted.shape == (len(tokens),) and counted.any()


def test_a_review_depends_on_its_own_number_only() -> None:
    whole, part = reviews.generated("english", 3, 60), reviews.generated("english", 3, 20, first=40)
    assert whole.texts[40:] == part.texts
    assert_array_equal(whole.labels[40:], part.labels)
    with pytest.raises(ValueError, match="latin"):
        reviews.generated("latin", 0, 1)


@pytest.mark.parametrize("text, language, answer", [
    ("The film was wonderful.", "english", 1), ("the film was not boring", "english", 1), ("It wasn’t clever!", "english", 0),
    ("nothing about it was never dull", "english", 0), ("the plot was dull, but the cast was superb", "english", 1),
    ("although the plot was superb, the cast was dull", "english", 0), ("the cast was dull, although the plot was superb", "english", 0),
    ("not dull and flat", "english", None), ("not dull, and flat. I loved it", "english", 1), ("we sat in the third row", "english", None),
    ("The FILM was superb. I hated it.", "english", None), ("这部电影很精彩。", "chinese", 1), ("故事一点也不精彩", "chinese", 0),
    ("情节无聊，不过演员出色", "chinese", 1), ("虽然情节出色，可是演员不好看", "chinese", 0), ("演员出色，虽然情节无聊", "chinese", 1),
    ("我们坐在第三排", "chinese", None)])
def test_the_rules_answer_what_somebody_types(text: str, language: str, answer: int | None) -> None:
    assert reviews.answer(text, language) == answer


def test_what_is_denied_or_outweighed_counts_otherwise() -> None:
    text = "the plot was not boring, but the cast was superb"
    assert dict(zip(words.tokens(text, "words"), reviews.planted(text, "english").tolist(), strict=True))["superb"] == 1
    assert [(text[j.start:j.end], j.own, j.counted) for j in reviews.read(text, "english")] == [("boring", -1, 0), ("superb", 1, 1)]
    assert reviews.planted("并不无聊", "chinese").tolist() == [0, 0, 1, 1]


# ---- tokens

@pytest.mark.parametrize("how", ["words", "characters"])
@pytest.mark.parametrize("seed", slow_after(range(8), 2))
def test_tokens_and_ids_are_those_of_keras(how: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    made = ["".join(rng.choice(ALPHABETS[how], int(rng.integers(0, 40)))).replace("’", "") for _ in range(60)]
    each = [words.tokens(text, how) for text in made]
    vocabulary = words.vocabulary(each, 12)
    layer = keras.layers.TextVectorization(split="whitespace" if how == "words" else "character", vocabulary=list(vocabulary[2:]))
    known = words.numbered(vocabulary)
    ours = words.table([words.ids(tokens, known) for tokens in each], max(map(len, each)), keep="beginning", pad="back")
    theirs = np.asarray(layer(made))
    assert_array_equal(theirs, ours[:, :theirs.shape[1]])
    counts = Counter(token for tokens in each for token in tokens)
    assert [counts[word] for word in vocabulary[2:]] == sorted(counts.values(), reverse=True)[:10]


@pytest.mark.parametrize("how", ["words", "characters"])
def test_tokens_know_where_they_stand(how: str) -> None:
    text = " It’s “well-made”, isn't it?  不无聊 -- (no!) "
    found = words.placed(text, how)
    assert [token.text for token in found] == words.tokens(text, how)
    assert all(words.plain(text[token.start:token.end]) == token.text for token in found)


@pytest.mark.parametrize("keep", ["end", "beginning"])
@pytest.mark.parametrize("pad", ["front", "back"])
def test_long_texts_are_cut_and_short_ones_padded(keep: str, pad: str) -> None:
    rows = words.table([np.arange(2, 9), np.array([5, 6]), np.array([], int)], 4, keep=keep, pad=pad)
    assert rows[0].tolist() == ([5, 6, 7, 8] if keep == "end" else [2, 3, 4, 5])
    assert rows[1].tolist() == ([0, 0, 5, 6] if pad == "front" else [5, 6, 0, 0])
    assert rows[2].tolist() == [0] * 4


def test_chinese_is_read_by_characters() -> None:
    assert words.suggested(reviews.generated("chinese", 0, 5).texts) == "characters"
    assert words.suggested([*reviews.generated("english", 0, 5).texts, "好"]) == "words"
    with pytest.raises(ValueError, match="letters"):
        words.tokens("a", "letters")


# ---- corpora

@pytest.mark.parametrize("source", ["reviews", "reviews_zh"])
def test_more_training_texts_change_neither_validation_nor_test(source: str) -> None:
    small, large = (corpus.load(TextSpec(source=source, points=points, seed=2)) for points in (50, 300))
    for part in ("validation", "test"):
        here, there = ([found.text(i) for i in range(*found.part(part).indices(len(found.labels)))] for found in (small, large))
        assert here == there and len(here) == 1000
    assert [small.text(i) for i in range(50)] == [large.text(i) for i in range(50)]
    assert len(large.words) > len(small.words) - 1 and large.words[:2] == ("", "<UNK>")


@pytest.mark.parametrize("most", [30, 100, 1000])
def test_the_vocabulary_comes_from_the_training_texts_alone(most: int) -> None:
    found = corpus.load(TextSpec(vocabulary=max(most, 100), points=40, seed=1))
    own = [words.tokens(found.text(i), "words") for i in range(40)]
    assert found.words == words.vocabulary(own, max(most, 100))
    flat = [found.known.get(token, 1) for tokens in own for token in tokens]
    assert_array_equal(np.concatenate([*found.ids[:40]]), flat)
    assert found.unknown == pytest.approx(np.mean(np.array(flat) == 1)) and found.different == len({t for tokens in own for t in tokens})


def test_words_lean_towards_the_class_whose_texts_have_them() -> None:
    found = corpus.load(TextSpec(points=500))
    counts, leans = corpus.leaning(found)
    for word in ("film", "boring", "not"):
        i = found.known[word]
        has = np.array([i in row for row in found.ids[:500]])
        assert_array_equal(counts[i], [(has & (found.labels[:500] == k)).sum() for k in (0, 1)])
    assert leans[found.known["superb"]] > 0 > leans[found.known["dull"]]
    chosen = corpus.telling(counts, leans, 40)
    assert set(range(2, 22)) <= set(chosen.tolist()) and len(chosen) == 40
    weight = np.abs(leans) * np.sqrt(counts.sum(1))
    rest = np.setdiff1d(np.arange(22, len(found.words)), chosen)
    assert weight[chosen[chosen > 21]].min() >= weight[rest].max()


# ---- IMDB

real_imdb = pytest.mark.skipif(not imdb.files(), reason="needs imdb.npz and imdb_word_index.json in DATA_DIR")


@real_imdb
def test_imdb_is_what_keras_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keras.src.datasets.imdb.get_file", lambda *_args, **_more: str(imdb.files()[0]))
    (x, _y), _test = keras.datasets.imdb.load_data(num_words=5000)
    found, index = imdb.reviews(), imdb.word_index()
    assert (len(found.labels), found.train) == (50_000, 25_000)
    starts = np.concatenate([[0], np.cumsum(found.lengths)])
    ours = Counter(" ".join(found.words[i] for i in found.flat[starts[k]:starts[k + 1]]) for k in range(300))
    words_of = {rank: word for word, rank in index.items()}
    with np.load(imdb.files()[0], allow_pickle=True) as archive:
        ranks = archive["x_train"][:300]
        assert_array_equal(found.labels[:25_000], archive["y_train"])
    plain = (words.plain(" ".join(words_of[rank] for rank in each)) for each in ranks)
    assert ours == Counter(" ".join(word for word in text.split(" ") if word) for text in plain)
    keras_rows = {tuple(row) for row in x}
    assert all(tuple(imdb.keras_ids(each, 5000)) in keras_rows for each in ranks[:50])
    text = imdb.decoded(imdb.keras_ids(ranks[0], 100_000), index)
    assert text == "<START> " + " ".join(words_of[rank] for rank in ranks[0]) != imdb.decoded(imdb.keras_ids(ranks[0], 100_000), index, 0)


@real_imdb
def test_a_corpus_of_imdb() -> None:
    spec = TextSpec(source="imdb", **USUAL["imdb"])
    found = corpus.load(spec)
    assert (found.train, found.validation, found.test) == (20_000, 5000, 25_000) and len(found.words) == 10_000
    assert found.table(slice(0, 3), spec).shape == (3, 250) and found.how == "words"
    assert len(set(found.order.tolist())) == 50_000 and (found.order[:25_000] < 25_000).all()


class Evil:
    def __reduce__(self) -> Any:
        return print, ("ran",)


def archive_of(x: Any, y: Any) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as found:
        for part in ("train", "test"):
            for name, array in (("x", x), ("y", y)):
                data = io.BytesIO()
                np.lib.format.write_array(data, array, allow_pickle=True)
                found.writestr(f"{name}_{part}.npy", data.getvalue())
    return file.getvalue()


def lists(*rows: Any) -> np.ndarray:
    found = np.empty(len(rows), object)
    found[:] = rows
    return found


@pytest.mark.parametrize("x, y, fine", [
    (lists([1, 2], [3]), np.array([0, 1]), True), (lists([1, 2], [9]), np.array([0, 1]), False),
    (lists([1, 2], [3]), np.array([0, 2]), False),
    (lists([1, 2], Evil()), np.array([0, 1]), False), (lists([1, "a"], [3]), np.array([0, 1]), False),
    (np.array([1, 2]), np.array([0, 1]), False), (lists([1, 2], [3]), np.array([0, 1, 1]), False)])
def test_files_of_imdb_are_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
                                       x: Any, y: Any, fine: bool) -> None:
    monkeypatch.setattr(imdb, "settings", type("S", (), {"data": tmp_path}))
    with pytest.raises(Trouble, match="are not on this computer"):
        imdb.reviews()
    (tmp_path / "imdb_word_index.json").write_text('{"the": 1, "don\'t": 2, "dont": 3}')
    (tmp_path / "imdb.npz").write_bytes(archive_of(x, y))
    if fine:
        found = imdb.reviews()
        assert found.words == ("the", "dont") and found.flat.tolist() == [0, 1, 1] * 2 and found.lengths.tolist() == [2, 1] * 2
    else:
        with pytest.raises(Trouble, match="is not the file that was published"):
            imdb.reviews()
    assert capsys.readouterr().out == ""
    with pytest.raises(pickle.UnpicklingError):
        imdb.batches._Unpickler(io.BytesIO(pickle.dumps(Evil()))).load()


# ---- a person's own files

def read(text: str | bytes, **corrections: str) -> texts.Own:
    return texts.read(text.encode() if isinstance(text, str) else text, "own.csv", texts.Corrections(**corrections))


def test_columns_are_found_and_can_be_corrected() -> None:
    own = read(CSV)
    assert (own.text_column, own.label_column, own.classes, len(own)) == ("text", "label", ("bad", "good"), 60)
    assert own.texts[:2] == ("number 0, and so on", "number 1, and so on") and own.labels[:2].tolist() == [0, 1] and not own.doubts
    three = "id;stars;comment;title\n" + "".join(f"{i};{1 + i % 3};what they wrote as number {i};short {i}\n" for i in range(60))
    found = read(three)
    assert (found.text_column, found.label_column, found.classes) == ("comment", "stars", ("1", "2", "3"))
    assert read(three, text_column="title").texts[5] == "short 5"
    with pytest.raises(texts.NoTexts, match="no column") as problem:
        read(three, text_column="body")
    assert "“body”" in say(problem.value.message)
    assert problem.value.headers == ("id", "stars", "comment", "title")


def test_a_file_need_not_name_its_columns_or_quote_its_texts() -> None:
    plain = "".join(f'a "quoted word, and {i} more\t{i % 2}\n' for i in range(60))
    own = read(plain)
    assert own.headers == ("#1", "#2") and own.texts[3] == 'a "quoted word, and 3 more' and own.doubts
    loose = "label,text\n" + "".join(f"{i % 2},one{', two' * (i % 3)}, number {i}\n" if i % 3 else f"{i % 2},text {i}\n" for i in range(60))
    assert read(loose).texts[2] == "one, two, two, number 2" and read(loose).text_column == "text"


SAID = {
    "zh": [
        "这部电影非常精彩，演员的表演令人感动。", "我很喜欢它的音乐和摄影。", "剧情有些拖沓，但是结尾出人意料。",
        "朋友们都说值得一看，我也同意。", "价格太贵了，服务态度也很差，下次不会再来。"],
    "zh_TW": [
        "這部電影非常精彩，演員的表演令人感動。", "我很喜歡它的音樂和攝影。", "劇情有些拖沓，但是結尾出人意料。",
        "朋友們都說值得一看，我也同意。", "價格太貴了，下次不會再來。"],
    "ko": [
        "이 영화는 정말 재미있었다.", "배우들의 연기가 훌륭했고 음악도 좋았다.", "줄거리는 조금 지루했지만 결말은 예상하지 못했다.",
        "서비스가 너무 나빠서 다시는 가지 않을 것이다."],
    "ja": [
        "この映画はとても面白かったです。", "俳優の演技が素晴らしく、音楽も良かった。",
        "話は少し退屈だったが、結末は予想できなかった。", "サービスが悪くて、もう二度と行きません。"],
    "ru": [
        "Этот фильм мне очень понравился.", "Актёры играли прекрасно, и музыка была хорошая.",
        "Сюжет немного скучный, но конец неожиданный.", "Обслуживание ужасное, больше не приду."],
    "pl": [
        "Ten film bardzo mi się podobał.", "Aktorzy zagrali świetnie, a muzyka była piękna.",
        "Fabuła jest trochę nudna, ale zakończenie mnie zaskoczyło.", "Już nigdy tam nie wrócę."],
    "el": [
        "Αυτή η ταινία μου άρεσε πολύ.", "Οι ηθοποιοί έπαιξαν υπέροχα και η μουσική ήταν όμορφη.",
        "Η πλοκή είναι λίγο βαρετή, αλλά το τέλος με εξέπληξε.", "Η εξυπηρέτηση ήταν απαίσια."],
    "fr": [
        "Ce film m’a beaucoup plu.", "Les acteurs ont joué à merveille et la musique était très belle.",
        "L’histoire est un peu ennuyeuse, mais la fin m’a étonné.", "Où est le gérant ? Ça suffit."],
    "sv": [
        "Filmen var väldigt bra.", "Skådespelarna gjorde ett fantastiskt jobb.",
        "Handlingen är lite tråkig men slutet överraskade mig.", "Jag åker dit på lördag."],
    "cs": [
        "Tento film se mi velmi líbil.", "Herci hráli skvěle a hudba byla krásná.", "Příběh je trochu nudný, ale konec mě překvapil.",
        "Obsluha byla hrozná, už tam nepřijdu."],
}
WRITTEN = [("zh", "gb18030"), ("zh", "utf-8"), ("zh", "utf-8-sig"), ("zh", "utf-16"), ("zh_TW", "big5"), ("zh_TW", "gb18030"),
           ("ko", "euc_kr"), ("ja", "shift_jis"), ("ja", "euc_jp"), ("ru", "cp1251"), ("ru", "koi8_r"), ("pl", "cp1250"),
           ("el", "cp1253"), ("fr", "cp1252")]
NARROW = [("sv", "cp1252"), ("cs", "cp1250")]  # the two have the same letters elsewhere, so that either may be taken for the other


@pytest.mark.parametrize("tongue, encoding", [*WRITTEN, *NARROW])
def test_encodings_are_found_out_or_asked_for(tongue: str, encoding: str) -> None:
    """Whatever is no Unicode was a guess, and is told as one; it is right but for the narrow cases, and right whenever it is asked for."""
    for seed in range(8):
        rng = np.random.default_rng([seed, len(encoding)])
        said = [" ".join(rng.choice(SAID[tongue], rng.integers(1, 4))) for _ in range(60)]
        table = "label,text\n" + "".join(f'{"good" if i % 3 else "bad"},"{text}"\n' for i, text in enumerate([*said, *said]))
        name = encoding.removesuffix("-sig")
        own, asked = read(table.encode(encoding)), read(table.encode(encoding), encoding=name)
        assert asked.texts == (*said, *said)
        doubted = any("not in UTF-8" in say(doubt) for doubt in own.doubts)
        assert doubted == (not encoding.startswith("utf"))
        if (tongue, encoding) not in NARROW:
            assert own.texts == asked.texts and own.encoding == name, own.encoding
        assert own.encoding in ENCODINGS and name in ENCODINGS
        assert not any("not in UTF-8" in say(doubt) for doubt in asked.doubts)


def test_one_row_of_another_encoding_is_no_reason_to_read_nonsense() -> None:
    head, rows = b"label,text\n", [f"{'ab'[i % 2]},这部电影非常精彩，第{i}遍也好看\n".encode("gb18030") for i in range(60)]
    with pytest.raises(texts.NoTexts) as problem:
        read(b"".join([head, *rows, b"a,\xff\xff\xff\n"]))
    assert "UTF-8" in say(problem.value.message)


@pytest.mark.parametrize("text, said", [
    ("", "empty"), ("label,text\ngood,fine\n", "needs 40"), ("a\n" * 60, "two cells"), (CSV.replace("bad", "good"), "labels"),
    ("id,text\n" + "".join(f"{i},text number {i}\n" for i in range(60)), "No column holds labels"), ("<html><body>", "web page"),
    (b"PK\x03\x04 binary", "no text file"), ('label,text\ngood,"open\n' + "bad,x\n" * 90_000, "quotation mark"),
    (CSV + "odd,only one\n", "only 1 texts"), (b"label,text\n" + b"good,\xff\xfe\x81\x00\n" * 60, "text file")])
def test_what_cannot_be_used_gets_a_sentence(text: str | bytes, said: str) -> None:
    with pytest.raises(Trouble) as problem:
        read(text)
    assert said in say(problem.value.message)


def test_a_wrong_encoding_names_its_row() -> None:
    with pytest.raises(Trouble) as problem:
        read(b"label,text\n" + "好,电影\n".encode("gb18030") * 50, encoding="utf-8")
    assert "row 2" in say(problem.value.message)


@pytest.mark.parametrize("name, count, label, text", [
    ("waimai_10k.csv", 11_987, "label", "review"), ("SST2_dev.tsv", 872, "#2", "#1"), ("SST2_test.tsv", 1821, "#2", "#1")])
def test_real_files(name: str, count: int, label: str, text: str) -> None:
    if not (REAL / name).is_file():
        pytest.skip(f"needs text/{name} in DATA_DIR")
    own = read((REAL / name).read_bytes())
    assert (len(own), own.label_column, own.text_column, own.classes) == (count, label, text, ("0", "1"))


def test_an_own_file_becomes_a_corpus() -> None:
    spec = TextSpec().revised(source="upload", upload="0" * 32)
    upload = {"0" * 32: {"file": np.frombuffer(CSV.encode(), np.uint8)}}
    found = corpus.load(spec, upload)
    assert (found.train, found.validation, found.test, found.classes) == (42, 9, 9, ("bad", "good"))
    assert sorted(found.order.tolist()) == list(range(60)) and abs(found.labels[found.part("test")].mean() - 0.5) < 0.1
    fewer = corpus.load(spec.changed(points=20), upload)
    assert_array_equal(fewer.order, np.concatenate([found.order[:20], found.order[42:]]))
    with pytest.raises(Trouble, match="no longer here"):
        corpus.load(spec, {})
