"""A person's own table: types are inferred, every other file is refused in a sentence, and repairs are pandas' and scikit-learn's."""

import contextlib
import io
from pathlib import Path

import numpy as np
import pytest
import streamlit
from hypothesis import given, settings
from hypothesis import strategies as st

from core import i18n
from core.data import tables, uploads
from core.data.csv import UploadError, read_points
from core.data.tables import CATEGORY, DATE, NUMBER, TEXT, own, read_table, unpacked
from core.figures.data_preparation import STUDY
from core.figures.data_preparation.own import GONE
from core.frame import Trouble
from core.specs.data_preparation import DataPreparationSpec as Spec
from tests.conftest import slow_after
from tests.opening import opener
from tests.test_uploads import ME, OTHER, browser  # noqa: F401 - a fixture

ROOT = Path(__file__).resolve().parent.parent
GOOD = """height,weight,team,day,note
1.5,70,red,2024-01-31,first of all
1.6,,blue,2024-02-01,then another
1.7,72,red,31.01.2024,something else
NA,73,red,2024/2/2,again one
1.9,400,?,2024-02-03,and the rest
1.9,400,?,2024-02-03,and the rest
1.4,71,blue,2024-02-04 12:00,last of all
1.55,71.5,blue,2024-02-05,no more
"""


def read(text, limit_mb=2.0):
    digest, arrays, names = read_table(text if isinstance(text, bytes) else text.encode(), limit_mb)
    assert len(digest) == 32 and all(isinstance(a, np.ndarray) and a.dtype != object for a in arrays.values())
    return unpacked(arrays, names)


def refuse(text, limit_mb=2.0):
    with pytest.raises(UploadError) as caught:
        read(text, limit_mb)
    for language in i18n.LANGUAGES:
        i18n.use(language)
        said = i18n.say(caught.value.message)
        i18n.use("en")
        assert said and "{" not in said
    return str(caught.value)


def test_each_column_has_its_type():
    table = read(GOOD)
    assert table.names == ["height", "weight", "team", "day", "note"] and table.kinds == (NUMBER, NUMBER, CATEGORY, DATE, TEXT)
    np.testing.assert_array_equal(np.isnan(table.values).sum(axis=0), [1, 1, 2, 0, 0])
    assert [table.cell(2, c) for c in range(5)] == ["1.7", "72", "red", "2024-01-31", "something else"]
    assert table.cell(3, 0) == "" and table.cell(6, 3) == "2024-02-04 12:00" and not table.odd


@pytest.mark.parametrize("gap", ["", " ", "NA", "n/a", "NaN", "null", "None", "?", "-", "#N/A"])
def test_what_is_missing(gap):
    table = read("a,b\n" + f"{gap},1\n" + "2,1\n" * 5)
    assert np.isnan(table.values[0, 0]) and table.kinds == (NUMBER, NUMBER)


def test_decimal_commas_are_read_where_they_cannot_part_columns():
    for parted in ";\t|":
        table = read(f"a{parted}b\n" + f"1,5{parted}-2,25e1\n" * 6)
        assert table.kinds == (NUMBER, NUMBER) and table.values[0].tolist() == [1.5, -22.5]
    assert read("a\n" + "1,5\n2,5\n" * 3).values[:, 0].tolist() == [1.5, 2.5] * 3
    table = read('a,b\n"1,5",x\n' + "2,x\n" * 5)  # it may be 15 thousand as well
    assert table.kinds == (CATEGORY, CATEGORY) and table.odd == {0: (2, "1,5")}


def test_a_column_of_numbers_with_a_word_in_it_is_told_of():
    table = read("a,b\n1,1\n\n2,12 kg\n" + "3,4\n" * 5)
    assert table.kinds == (NUMBER, CATEGORY) and table.odd == {1: (4, "12 kg")}
    assert "“12 kg” in row 3" in refuse("b\n1\n12 kg\n" + "\n".join("56789") + "\n")


def test_names_and_what_files_bring_along():
    for change in (lambda d: b"\xef\xbb\xbf" + d, lambda d: d.replace(b"\n", b"\r\n"), lambda d: d.replace(b"\n", b"\r"),
                   lambda d: d.replace(b"\n", b"\n\n"), lambda d: d.decode().encode("utf-16"),
                   lambda d: b"\n".join(line + b"," for line in d.split(b"\n") if line)):
        assert read(change(GOOD.encode())).kinds == (NUMBER, NUMBER, CATEGORY, DATE, TEXT)
    assert read("a,a,,\"x\ny\"\n" + "1,2,3,4\n" * 5).names == ["a", "a (2)", "#3", "x y"]
    assert read("名,值\n" + "红,2\n蓝,3\n" * 3).words[0] == ["红", "蓝"]  # in the order of their signs


@pytest.mark.parametrize("text, said", [
    (b"", "empty"), (b"  \n \n", "empty"), (b"PK\x03\x04 a sheet", "no text file"), (b"a,b\n1,\x00\n", "no text file"),
    ("a,b\n1,2\n3,é\n".encode("latin-1"), "Row 3 has a character"), ("1,2\n" * 9, "has to name the columns"),
    ("a,b\n1,2\n" + "1,2,3\n" * 5, "Row 3 has 3 cells"), ("a,b\n" + "1,2\n" * 4, "4 rows"), ("a,b\n" + "1,2\n" * 2001, "> 2000 rows"),
    ("a,b\n" + "\n".join(f"x{i},y{i}" for i in range(6)), "No column holds numbers"), (",".join(f"c{i}" for i in range(21)) + "\n",
                                                                                       "21 columns"),
    ("a,b\n" + "1,\n" * 6, "Column “b” is empty"), ("a,b\n" + "1,1e300\n" * 6, "larger than"), ('a,b\n1,"2\n' + "1,2\n" * 6, "quotation"),
    ("a\n" + "\n".join(f"{i}_000" for i in range(6)), "No column holds")])
def test_other_files_are_refused_in_a_sentence(text, said):
    assert said in refuse(text)


def test_a_file_too_large_is_refused():
    assert "at most 0.001 MB" in refuse("a,b\n" + "1,2\n" * 500, 0.001)


@given(st.one_of(st.binary(max_size=300), st.text(alphabet='ab,;\t\n"\r .-1290e|é?', max_size=300).map(lambda t: t.encode())))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_whatever_the_bytes_it_is_a_table_or_a_sentence(data):
    try:
        digest, arrays, names = read_table(data, 2)
    except UploadError as error:
        assert error.message.id.format(**error.message.args)
        return
    table = unpacked(arrays, names)
    assert [[table.cell(r, c) for c in range(len(names))] for r in range(len(table.values))]


# ---- what the scene makes of it

@pytest.fixture
def table():
    """A table of 60 rows with gaps, numbers far out, repeats, a category, dates and a constant column. -> digest, text"""
    rng = np.random.default_rng(1)
    rows = []
    for i in range(60):
        a, b = rng.normal(5, 1), rng.normal(-100, 20)
        rows.append([f"{a:.3f}", f"{b:.2f}", ["low", "mid", "high"][rng.integers(3)], f"2024-01-{1 + i % 28:02d}", "7"])
    for place in rng.choice(60, 8, replace=False):
        rows[place][rng.integers(3)] = "NA"
    rows[3][0], rows[9][1] = "55.5", "9999"
    text = "\n".join(",".join(r) for r in [["<b>a", "b {x}", "c", "day", "one"], *rows, *rows[:5]]) + "\n"
    digest, arrays, names = read_table(text.encode(), 2)
    uploads.keep(digest, arrays, names)
    yield digest, text
    uploads.forget(digest)


@pytest.mark.parametrize("fill", ["drop", "mean", "median", "neighbours"])
@pytest.mark.parametrize("fence", [False, True])
@pytest.mark.parametrize("deduplicate", [False, True])
def test_the_program_makes_the_same_repair_with_pandas(table, tmp_path, monkeypatch, fill, fence, deduplicate):
    digest, text = table
    spec = Spec(scene="clean", upload=digest, fill=fill, fence=fence, deduplicate=deduplicate, up=1, across=0)
    scene = STUDY.scene(spec)
    picture = scene.draw(spec)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "table.csv").write_text(text)
    names: dict = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(scene.program(spec), "own.py", "exec"), names)  # noqa: S102 - our own program
    for name, value in picture.numbers.items():
        assert names[name] == pytest.approx(value, rel=1e-9), name
    if fill != "drop":  # nothing that was there has changed but what was fenced
        table_ = own(digest)
        from core.maths.own import repaired
        found = repaired(table_.values, table_.of(NUMBER), table_.of(CATEGORY), fill=fill, fence=fence, deduplicate=deduplicate)
        same = ~np.isnan(table_.values[found.rows]) & ~(found.fenced[found.rows] & fence)
        np.testing.assert_array_equal(found.values[same], table_.values[found.rows][same])
        assert not np.isnan(found.values).any() and found.fenced.sum() >= 2 and found.twice.sum() == 5


def test_what_stands_in_a_file_is_no_mark_up_in_a_figure(table):
    picture = STUDY.scene(Spec(scene="clean")).draw(Spec(scene="clean", upload=table[0]))
    told = str([t.figure for t in picture.figures])
    assert "<b>a" not in told and "&lt;b&gt;a" in told


def test_a_table_that_is_gone_or_is_none_opens_the_wines(table):
    scene = STUDY.scene(Spec(scene="clean"))
    points, arrays, classes = read_points(("x,y,l\n" + "1,2,a\n3,4,b\n" * 20).encode(), 2)
    uploads.keep(points, arrays, classes)
    try:
        for digest in ("e" * 32, points):
            picture = scene.draw(Spec(scene="clean", upload=digest))
            assert picture.notes[0].id == GONE and picture.numbers == scene.draw(Spec(scene="clean")).numbers
            assert scene.program(Spec(scene="clean", upload=digest)) == scene.program(Spec(scene="clean"))
    finally:
        uploads.forget(points)


def test_nothing_left_is_said():
    digest, arrays, names = read_table(("a,b\n" + "1,\n,2\n" * 5).encode(), 2)
    uploads.keep(digest, arrays, names)
    try:
        with pytest.raises(Trouble):
            STUDY.scene(Spec(scene="clean")).draw(Spec(scene="clean", upload=digest, fill="drop"))
        assert STUDY.scene(Spec(scene="clean")).draw(Spec(scene="clean", upload=digest, fill="mean")).notes
    finally:
        uploads.forget(digest)


def test_tables_take_no_more_room_than_there_is(monkeypatch):
    monkeypatch.setattr(uploads, "ROOM", 3000)
    digests = [f"{i:032x}" for i in range(3)]
    for digest in digests:
        uploads.keep(digest, {"table": np.zeros((16, 8))}, ["a"])
    assert [uploads.find(d) is not None for d in digests] == [False, True, True]
    for digest in digests:
        uploads.forget(digest)


# ---- the page

@pytest.fixture
def opened(tmp_path, monkeypatch):
    """Open a page within its frame. AppTest runs a whole page anew, never a fragment alone."""
    rerun = streamlit.rerun
    monkeypatch.setattr(streamlit, "rerun", lambda scope="app": rerun())
    go = opener(tmp_path)
    return lambda page="data_preparation", **query: go(page, **({"scene": "clean"} if page == "data_preparation" else {}) | query)


def words(app):
    return " ".join(str(e.value) for e in [*app.warning, *app.info, *app.error, *app.caption, *app.markdown])


def test_the_page_takes_a_file_shows_what_it_read_and_lets_go_of_it(opened, browser):  # noqa: F811
    app = opened()
    app.file_uploader[0].upload("mine.csv", GOOD.encode(), "text/csv").run()
    assert not app.exception
    digest = app.session_state["data_preparation:spec"].upload
    assert uploads.brought(digest, ME) and "8 rows. Columns: number × 2" in words(app)
    assert [c.split("\u2002")[1] for c in app.dataframe[0].value.columns] == ["(number)", "(number)", "(category)", "(date)", "(text)"]
    next(box for box in app.selectbox if box.label == "Upwards").set_value(1).run()
    assert app.session_state["data_preparation:spec"].up == 1 and not app.exception
    next(b for b in app.button if b.key == "data_preparation:wines").click().run()
    assert app.session_state["data_preparation:spec"].upload == "" and not app.dataframe and not app.exception
    uploads.forget(digest)


def test_a_file_that_cannot_be_read_is_explained_and_changes_nothing(opened, browser):  # noqa: F811
    app = opened()
    app.file_uploader[0].upload("mine.csv", b"a,b\n1,2,3\n", "text/csv").run()
    assert not app.exception and app.session_state["data_preparation:spec"].upload == ""
    assert "has 3 cells, the header 2" in words(app)


@pytest.mark.parametrize("who", slow_after(["gone", "another’s", "points"], 1))
def test_a_link_to_a_table_that_is_not_ones_own_opens_the_wines_and_says_so(opened, browser, table, who):  # noqa: F811
    digest = table[0]
    uploads.bring(digest, ME)
    if who == "gone":
        uploads.forget(digest)
    elif who == "points":
        digest = "f" * 32
        uploads.keep(digest, {"x": np.zeros((20, 2)), "y": np.zeros(20)}, ["a", "b"])
        uploads.bring(digest, ME)
    browser(OTHER if who == "another’s" else ME)
    app = opened(upload=digest)
    assert not app.exception and app.session_state["data_preparation:spec"].upload == ""
    assert "is not on this server" in words(app)
    uploads.forget("f" * 32)


def test_a_shared_table_opens_for_others(opened, browser, table):  # noqa: F811
    uploads.bring(table[0], ME)
    uploads.share(table[0], ME, True)
    browser(OTHER)
    app = opened(upload=table[0])
    assert not app.exception and app.session_state["data_preparation:spec"].upload == table[0] and app.dataframe


def test_points_that_are_a_table_are_none_for_the_network(opened, browser, table):  # noqa: F811
    uploads.bring(table[0], ME)
    app = opened("feedforward", dataset="upload", upload=table[0])
    assert not app.exception and app.session_state["feedforward:spec"].dataset == "circles"


def test_reading_is_quick():
    import time

    text = "a,b,c,d\n" + "".join(f"{i},word {i},{i % 7},2024-01-0{i % 9 + 1}\n" for i in range(tables.MOST))
    start = time.perf_counter()
    read(text)
    assert time.perf_counter() - start < 1
