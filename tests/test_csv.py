"""Uploaded points: good files become arrays, and every other file a sentence that says what is wrong."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from core import i18n
from core.data.csv import CLASSES, LEAST, MOST, UploadError, read_points
from core.data.points import DOMAIN, load

few = settings(max_examples=150, deadline=None, derandomize=True)
NUMBERS = np.random.default_rng(5).normal([3, -70], [0.5, 20], (40, 2)).round(3)
LABELS = ["red", "green"]


def table(row: Callable[[int], str] | None = None, *, rows: int = 40, header: str = "x,y,label") -> bytes:
    """A file with one line a row; by default NUMBERS and alternating LABELS."""
    row = row or (lambda i: f"{NUMBERS[i, 0]},{NUMBERS[i, 1]},{LABELS[i % 2]}")
    return "\n".join([header, *map(row, range(rows))]).encode()


def read(data: bytes) -> tuple[str, dict[str, np.ndarray], list[str]]:
    return read_points(data, 2)


def refuse(data: bytes, limit_mb: float = 2) -> str:
    """Check that a file is refused, and with what words; the words are complete in every language."""
    with pytest.raises(UploadError) as caught:
        read_points(data, limit_mb)
    return complete(caught.value)


def complete(error: UploadError) -> str:
    for language in i18n.LANGUAGES:
        i18n.use(language)
        said = i18n.say(error.message)
        i18n.use("en")
        assert said and ("{" not in said or any("{" in str(value) for value in error.message.args.values()))  # as the file may have it
    assert str(error) == error.message.id.format(**error.message.args)
    return str(error)


def expected() -> np.ndarray:
    """NUMBERS standardized, then scaled together to nine tenths of the picture."""
    z = (NUMBERS - NUMBERS.mean(0)) / NUMBERS.std(0)
    return z * 0.9 * DOMAIN / np.abs(z).max()


# ---- good files

def test_decimal_commas_are_read_where_they_cannot_part_columns() -> None:
    comma = lambda v: f"{v}".replace(".", ",")  # noqa: E731
    for parted in (";", "\t"):
        row = lambda i, by=parted: by.join([comma(NUMBERS[i, 0]), comma(NUMBERS[i, 1]), LABELS[i % 2]])  # noqa: E731
        _digest, arrays, _classes = read(table(row, header=f"x{parted}y{parted}label"))
        assert_allclose(arrays["x"], expected(), rtol=1e-5)
    some = table(lambda i: f"{comma(NUMBERS[i, 0])}E0;{comma(NUMBERS[i, 1])};{LABELS[i % 2]}", header='"x, cm";y;label')
    assert_allclose(read(some)[1]["x"], expected(), rtol=1e-5)
    assert_allclose(read(some.replace(b"\n", b"\r"))[1]["x"], expected(), rtol=1e-5)
    assert "has to name the columns" in refuse(table(lambda i: f"{comma(NUMBERS[i, 0])};2,5;a", header="1,5;2,5;a"))
    quoted = table(lambda i: f'"{comma(NUMBERS[i, 0])}",{NUMBERS[i, 1]},{LABELS[i % 2]}')
    assert "1 of them numeric" in refuse(quoted)  # it may be 1,500 as well


def fits(data: bytes, classes: list[str]) -> None:
    digest, arrays, names = read(data)
    assert_allclose(arrays["x"], expected(), atol=1e-5)
    assert [names[int(i)] for i in arrays["y"]] == [classes[i % 2] for i in range(40)]
    assert arrays["x"].dtype == arrays["y"].dtype == np.float32
    assert names == sorted(classes)


def cells(i: int, label: Any, separator: str) -> str:
    return separator.join([str(NUMBERS[i, 0]), str(NUMBERS[i, 1]), str(label)])


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", ", ", "; "])
def test_separators(separator: str) -> None:
    fits(table(lambda i: cells(i, LABELS[i % 2], separator), header=separator.join("xyl")), LABELS)


@pytest.mark.parametrize("labels", [[0, 1], [1.5, -2.25], [True, False], ["红", "蓝"], ["a b", "c'd"], ["x" * 19, "y" * 19]],
                         ids=str)
def test_labels(labels: list[Any]) -> None:
    fits(table(lambda i: cells(i, labels[i % 2], ",")), [str(label) for label in labels])


@pytest.mark.parametrize("labels", [["None", "Some"], ["NA", "EU"], ["null", "one"], ["nan", "num"]], ids=str)
def test_a_label_that_reads_like_a_missing_value_is_a_label(labels: list[str]) -> None:
    fits(table(lambda i: cells(i, labels[i % 2], ",")), labels)


@pytest.mark.parametrize("change", [
    lambda d: b"\xef\xbb\xbf" + d, lambda d: d.replace(b"\n", b"\r\n"), lambda d: d.replace(b"\n", b"\n\n"),
    lambda d: d + b"\n\n\n", lambda d: d.replace(b"red", b'"red"'), lambda d: d.replace(b"x,y,label", "横,纵,类别".encode()),
    lambda d: d.replace(b"x,y,label", b"a,a,a"), lambda d: d.replace(b"x,y,label", b'"x (cm)","y, too","l"')],
    ids=["byte order mark", "CRLF", "blank lines", "blank end", "quotes", "Chinese header", "equal names", "quoted header"])
def test_what_files_bring_along(change: Callable[[bytes], bytes]) -> None:
    fits(change(table()), LABELS)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_text_label_may_stand_anywhere(place: int) -> None:
    def row(i: int) -> str:
        parts = [str(NUMBERS[i, 0]), str(NUMBERS[i, 1])]
        return ",".join([*parts[:place], LABELS[i % 2], *parts[place:]])

    fits(table(row), LABELS)


def test_of_three_numeric_columns_the_last_is_the_label() -> None:
    digest, arrays, names = read(table(lambda i: f"{i % 7},{i % 5},{i % 3}"))
    assert names == ["0", "1", "2"] and arrays["y"].tolist() == [i % 3 for i in range(40)]



# ---- points that need no label

def pair(i: int) -> str:
    return f"{NUMBERS[i, 0]},{NUMBERS[i, 1]}"


@pytest.mark.parametrize("data", [
    table(pair, header="x,y"), table(lambda i: f"{pair(i)},red"), table(lambda i: f"{pair(i)},"), table(lambda i: f"{pair(i)},p{i}"),
    table(lambda i: f"{pair(i)},{i}"), table(lambda i: f"red,{pair(i)}", header="label,x,y"), table(pair, header="a,a"), table(),
    table(lambda i: pair(i).replace(",", ";"), header="x;y"), table(lambda i: pair(i).replace(",", "\t"), header="x\ty"),
    table(lambda i: pair(i).replace(",", ";").replace(".", ","), header='"x, cm";y'), table(pair, header="temperature (°C; mean),y")],
    ids=["none", "one value", "empty", "all different", "numbers", "in front", "equal names", "two classes", "semicolons", "tabs",
         "decimal commas", "a semicolon in a name"])
def test_two_columns_of_numbers_are_enough_where_a_label_has_no_part(data: bytes) -> None:
    digest, arrays, names = read_points(data, 2, labelled=False)
    assert_allclose(arrays["x"], expected(), atol=1e-5)
    assert names == [] and arrays["y"].tolist() == [0] * 40
    assert digest == read_points(table(pair, header="x,y"), 2, labelled=False)[0] != read(table())[0]


@pytest.mark.parametrize("data, said", [
    (table(pair, header="1.5,2.5"), "has to name the columns"),
    *((table(lambda i, row=row: row or f"{NUMBERS[i, 0]}", header=head), "at most a label. It has only one.")
      for head in ("x", "width", "my width", '"x, cm"', "1.5") for row in ("", "red")),
    (table(lambda i: f"{pair(i)},1,2", header="a,b,c,d"), "It has 4 columns, 4 of them numeric"),
    (table(lambda i: pair(i) if i != 4 else "3,red", header="x,y"), "“y” has “red” in row 6"),
    (table(lambda i: pair(i) if i != 4 else "3,", header="x,y"), "“y” is empty in row 6"),
    (table(lambda i: "1,red", header="x,y"), "needs two columns with numbers only, and beside them at most a label")])
def test_without_a_label_what_is_wrong_is_still_said(data: bytes, said: str) -> None:
    with pytest.raises(UploadError) as caught:
        read_points(data, 2, labelled=False)
    assert said in complete(caught.value)


@pytest.mark.parametrize("rows", [LEAST, MOST])
@pytest.mark.parametrize("classes", [2, CLASSES])
def test_the_least_and_the_most(rows: int, classes: int) -> None:
    digest, arrays, names = read(table(lambda i: f"{i},{i * i % 97},c{i % classes}", rows=rows))
    assert arrays["x"].shape == (rows, 2) and len(names) == classes and set(arrays["y"]) == set(range(classes))


@pytest.mark.parametrize("row", ["1,{i},{l}", "{i}e10,{i}e-11,{l}", "{i}e-300,{i},{l}"])
def test_columns_of_any_size_are_finite_and_in_the_picture(row: str) -> None:
    digest, arrays, names = read(table(lambda i: row.format(i=i, l=LABELS[i % 2])))
    assert np.isfinite(arrays["x"]).all() and np.abs(arrays["x"]).max() <= 0.9 * DOMAIN + 1e-5


def test_the_hash_is_that_of_the_content() -> None:
    digest, arrays, names = read(table())
    content = arrays["x"].tobytes() + arrays["y"].tobytes() + json.dumps(names).encode()
    assert digest == hashlib.sha256(content).hexdigest()[:32]
    assert read(table().replace(b",", b";"))[0] == digest
    renamed = read(table().replace(b"green", b"apple"))
    assert renamed[2] == ["apple", "red"] and (renamed[1]["y"] == arrays["y"]).all() and renamed[0] != digest
    assert read(table(lambda i: f"{i},{-i},{LABELS[i % 2]}"))[0] != digest


def test_the_lab_can_use_it() -> None:
    digest, arrays, names = read(table())
    points = load("upload", points=0, noise=0.0, seed=0, train_share=0.5, upload=arrays)
    assert len(points.x) == 40 and points.classes == 2


# ---- bad files

@pytest.mark.parametrize(("data", "says"), [
    (b"", "not a CSV file"), (b"\n\n\n", "not a CSV file"), (b" ", ""), (b"\0" * 50, "columns"),
    ("x,y,l\n1,2,é\n".encode("latin-1") * 30, "UTF-8"), (table().decode().encode("utf-16"), "UTF-8"),
    (bytes(range(256)) * 9, "not a CSV file"), (b'x,y,l\n"' + table(), "not a CSV file"),
    (b"just some words", "columns"), (table(header="x,y,label", rows=0), "columns"),
    (table(lambda i: f"{i},{i}", header="x,y"), "It has 2 columns, 2 of them numeric"),
    (table(lambda i: f"{i},{i},1,a", header="x,y,z,l"), "It has 4 columns, 3 of them numeric"),
    (table(lambda i: f"{i},b,a"), "It has 3 columns, 1 of them numeric"),
    (table(lambda i: f"{i}+2j,{i},a"), "1 of them numeric"),
    (table(lambda i: f"{i},2026-01-{i + 1:02},a"), "1 of them numeric"),
    (table(lambda i: f"{i if i != 7 else ''},{i},a"), "“x” is empty in row 9"),
    (table(lambda i: f"{i if i != 7 else '?'},{i},{LABELS[i % 2]}"), "“x” has “?” in row 9"),
    (table(lambda i: f"3,3,{LABELS[i % 2]}"), "at one place"),
    (table(lambda i: f"{i},{-i},{LABELS[i % 2]}", header="0.3,4,x"), "it says “0.3, 4, x”"),
    (table(lambda i: f"{i},{-i},{LABELS[i % 2]}", header="3,3,x"), "first row has to name the columns"),
    (table(lambda i: f"{'inf' if i == 3 else i},{i},{LABELS[i % 2]}"), "larger than 10¹²"),
    (table(lambda i: f"1e13,{i},{LABELS[i % 2]}"), "larger than 10¹²"),
    (table(lambda i: f"{'9' * 25},{i},{LABELS[i % 2]}"), "larger than 10¹²"),
    (table(lambda i: f"{'9' * 400},{i},{LABELS[i % 2]}"), ""),
    (table(lambda i: f"{i},{i},{LABELS[i % 2] if i != 5 else ''}"), "Row 7 has no label"),
    (table(lambda i: f"{i},{i},{i % 2 if i != 5 else ''}"), "Row 7 has no label"),
    (table(rows=LEAST - 1), f"{LEAST - 1} rows; it needs {LEAST} to {MOST}"),
    (table(lambda i: f"{i},{i},{LABELS[i % 2]}", rows=MOST + 1), f"> {MOST} rows"),
    (table(lambda i: f"{i},{i},{LABELS[i % 2]}", rows=MOST + 500), f"> {MOST} rows"),
    (table(lambda i: f"{i},{i},same"), "“label”: 1"), (table(lambda i: f"{i},{i},c{i % 11}"), "“label”: 11"),
    (table(lambda i: f"{i},{i},{i}"), "“label”: 40"),
    (table(lambda i: f"9,{i},{i * i},{LABELS[i % 2]}"), ""), (table(lambda i: f"{i},{i * i},{LABELS[i % 2]},9"), ""),
    (table(lambda i: f"{i},{i},{LABELS[i % 2]}" + (",1,2,3" if i == 9 else "")), "")],
    ids=lambda value: repr(value)[:45] if isinstance(value, bytes) else None)
def test_a_bad_file_is_refused_in_words(data: bytes, says: str) -> None:
    assert says in refuse(data)


def test_a_separator_at_the_end_of_every_line_shifts_nothing() -> None:
    data = table(lambda i: cells(i, LABELS[i % 2], ",") + ",")
    try:
        read(data)
    except UploadError:
        return
    fits(data, LABELS)


def test_a_file_that_is_too_large_is_not_even_read() -> None:
    assert refuse(bytes(3 * 2**20)) == "The file has 3.0 MB; at most 2 MB can be read."
    assert "at most 0.001 MB" in refuse(table() * 5, limit_mb=0.001)
    read_points(table(), len(table()) / 2**20)


def test_a_long_column_name_is_cut() -> None:
    assert "“" + "n" * 40 + "”" in refuse(table(lambda i: f"{i},{i},same", header="x,y," + "n" * 99))


def refused_or_right(data: bytes) -> None:
    """Whatever the file: points as promised, or words."""
    try:
        digest, arrays, names = read(data)
    except UploadError as error:
        complete(error)
        return
    x, y = arrays["x"], arrays["y"]
    assert x.dtype == y.dtype == np.float32 and x.shape == (len(y), 2) and LEAST <= len(y) <= MOST
    assert np.isfinite(x).all() and np.abs(x).max() <= 0.9 * DOMAIN + 1e-4
    assert 2 <= len(names) <= CLASSES and set(y) == set(range(len(names)))
    assert len(digest) == 32 and all(isinstance(name, str) for name in names)


@few
@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    refused_or_right(data)


@few
@given(st.binary(max_size=40), st.integers(0, 700), st.booleans())
def test_a_good_file_with_bytes_put_in(data: bytes, place: int, instead: bool) -> None:
    whole = table()
    refused_or_right(whole[:place] + data + whole[place + instead * len(data):])


CELLS = ["1", "-2.5", "1e5", "1e400", "9" * 400, "inf", "nan", "", " ", "a", "红", '"', '""', '"a,b"', "True", "0x1f", "1_000",
         "2026-01-01", "1+1j", "٣", "-", ";", "\t", "\r", "#", "a" * 300, "-0", "1e-320"]


@few
@given(st.integers(0, 10**6), st.integers(1, 4), st.lists(st.sampled_from(CELLS), min_size=1, max_size=5),
       st.sampled_from(",;\t| "))
def test_tables_of_strange_cells(seed: int, columns: int, strange: list[str], separator: str) -> None:
    pick = random.Random(seed)
    rows = [separator.join(pick.choice(strange if pick.random() < 0.2 else ["1", "2", "-3.5"]) for _ in range(columns))
            for _ in range(pick.choice([1, 19, 20, 45]))]
    refused_or_right("\n".join([separator.join("xyzw"[:columns]), *rows]).encode())


@pytest.mark.parametrize("header", ["x", "width", "value", "a label", '"x; y"'])
def test_a_single_column_is_counted_as_one(header: str) -> None:
    assert refuse(table(lambda i: f"{NUMBERS[i, 0]}", header=header)).endswith("a label. It has only one.")
