"""A person's own table in Clean, Encode, Scale and Split: nothing raises whatever its columns, and programs print the numbers on screen."""

import contextlib
import io
import json
import warnings
from itertools import product

import numpy as np
import pytest

from core.data import uploads
from core.data.csv import UploadError
from core.data.tables import read_table
from core.figures.board import board_json
from core.figures.data_preparation import STUDY, own
from core.frame import Trouble
from core.i18n import say
from core.maths import own as maths
from core.specs.data_preparation import DataPreparationSpec as Spec
from tests.conftest import slow_but
from tests.test_tables import opened, words  # noqa: F401 - a fixture
from tests.test_uploads import ME, browser  # noqa: F401 - a fixture

rng = np.random.default_rng(0)


def lines(head, row, count=40):
    return head + "\n" + "".join(row(i) + "\n" for i in range(count))


DAYS = lines("x,y,team,day,note,flag,one,code", lambda i: (
    f"{rng.normal():.3f},{rng.normal(100, 20):.2f},{['red', 'blue', 'green'][i * i % 3]},2024-{1 + i // 28:02d}-{1 + i % 28:02d},note {i},"
    f"{i % 2 == 0},7,{i % 3}"), 60)
TABLES = {
    "days": DAYS, "bom": b"\xef\xbb\xbf" + DAYS.encode(), "utf-16": DAYS.encode("utf-16"),
    "only words": lines("a,b", lambda i: f"word {i},{'uv'[i % 2]}"), "only numbers": lines("a,b", lambda i: f"{i * i},{i + 0.5}"),
    "one column": lines("a", lambda i: f"{i * 1.5}"), "one column of classes": lines("a", lambda i: f"{i % 3}"),
    "empty cells": lines("a,b,c", lambda i:
                         f"{'' if i % 3 else i},{'' if i % 2 else i * 2},{'' if i % 4 else 'xy'[i % 8 == 0]}") + ",,\n,,\n",
    "never both": lines("a,b,c", lambda i: f"{i if i % 2 else ''},{'' if i % 2 else i},{'' if i % 2 else 'pq'[i % 4 == 0]}"),
    "quoted commas": lines('"a,1","b ""q""",c', lambda i: f'{i},"x, {"yz"[i % 2]}",{i * 3}'),
    "semicolons": lines("a;b;c", lambda i: f"{i},5;{i * 2},25;{'uv'[i % 2]}"), "tabs": lines("a\tb\tc",
                                                                                             lambda i: f"{i}\t2.5\t{'uv'[i % 2]}"),
    "GBK": lines("身高,体重,城市", lambda i: f"{150 + i},{50 + i / 2},{['北京', '上海', '广州'][i % 3]}").encode("gbk"),
    "equal headers": lines("a,a,a,b", lambda i: f"{i},{i * 2},{i % 2},{'uv'[i % 2]}"),
    "dates": lines("d,t,v", lambda i: f"{1 + i % 28:02d}.{1 + i // 28:02d}.2023,2024/1/{1 + i % 30},{np.sin(i / 5):.3f}"),
    "large": lines("a,b", lambda i: f"{i % 9}e11,{'uv'[i % 2]}"), "small": lines("a,b,c", lambda i: f"{i}e-12,{i % 3}e-9,{'uv'[i % 2]}"),
    "equal values": lines("a,b,c", lambda i: f"5,7,{'uv'[i % 2]}"), "booleans": lines("a,b", lambda i: f"{i % 3 == 0},{i % 2}"),
    "minus signs": lines("a,b", lambda i: f"−{i},{'uv'[i % 2]}"), "one of a class": lines("a,b", lambda i: f"{i},{'zu'[i > 0]}"),
    "five rows": lines("a,b,c", lambda i: f"{i},{i * i},{'uv'[i % 2]}", 5), "mark-up": lines("<b>a</b>,{x}",
                                                                                             lambda i: f"{i},<i>{'uv'[i % 2]}")}
SETTINGS = {
    "clean": [{"fill": fill, "fence": fence} for fill, fence in product(("drop", "mean", "neighbours"), (False, True))],
    "encode": [{"order": o, "category": c, "up": u} for o, c, u in product(("alphabet", "frequency", "mean"), (1, 3), (1, 2))],
    "scale": [{"scaler": s, "across": a, "up": 1} for s, a in product(("none", "standard", "minmax", "robust"), (0, 2))],
    "split": [{"kind": k, "category": c} for k, c in product(("random", "stratified", "weeks", "time"), (1, 2))]}


@contextlib.contextmanager
def brought(data):
    digest, arrays, names = read_table(data if isinstance(data, bytes) else data.encode(), 2)
    uploads.keep(digest, arrays, names)
    try:
        yield digest
    finally:
        uploads.forget(digest)


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("name", slow_but(TABLES, ["GBK", "dates", "five rows", "mark-up", "never both", "only numbers"]))
def test_whatever_is_in_a_table_it_is_drawn_or_a_sentence_says_why(name, tmp_path, monkeypatch):
    data = TABLES[name]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "table.csv").write_bytes(data if isinstance(data, bytes) else data.encode())
    with brought(data) as digest:
        for scene, settings in SETTINGS.items():
            for at, values in enumerate(settings):
                spec = Spec().revised(scene=scene, upload=digest, **values)
                program = STUDY.scene(spec).program(spec)
                try:
                    picture = STUDY.scene(spec).draw(spec)
                except Trouble as trouble:
                    assert say(trouble.message)
                    continue
                assert len(json.dumps(board_json(picture), allow_nan=False)) < 150_000
                assert picture.notes and not any("nan" in say(note) for note in picture.notes)
                assert "<b>a" not in str([t.figure for t in picture.figures]).replace("<b>{", "")
                if at % 3 and name not in ("days", "empty cells"):
                    continue
                names: dict = {"__name__": "__main__"}
                with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # of two columns of equal values the share is 0 / 0
                    exec(compile(program, "own.py", "exec"), names)  # noqa: S102 - our own program
                for number, value in picture.numbers.items():
                    assert names[number] == pytest.approx(value, rel=1e-6, abs=1e-12), (scene, values, number)


@pytest.mark.parametrize("data, said", [
    ("a,b\n1,2\n", "it needs 5"), (",".join(f"c{i}" for i in range(200)) + "\n" + ",".join("1" * 200) + "\n", "200 columns"),
    (lines("a,b", lambda i: f"{i}e15,u"), "larger than"), ("größe\n1\n2\n3\n4\n5\n6\n".encode("latin-1"), "UTF-8"),
    ("été,b\n1,2\n".encode("latin-1"), "UTF-8"), (lines("d", lambda i: f"2024-01-{1 + i % 28:02d}"), "No column holds numbers")])
def test_what_cannot_be_used_is_refused_in_a_sentence(data, said):
    with pytest.raises(UploadError, match=said):
        read_table(data if isinstance(data, bytes) else data.encode(), 2)


@pytest.mark.parametrize("name, lacks", [
    ("only words", {"clean": own.NO_NUMBERS, "encode": own.NO_TARGET, "scale": own.NO_NUMBERS}),
    ("only numbers", {"encode": own.NO_CLASSES}), ("one column of classes", {"encode": own.NO_TARGET})])
def test_what_a_scene_needs_and_the_table_lacks_is_said_and_the_example_shown(name, lacks):
    with brought(TABLES[name]) as digest:
        for scene in own.SCENES:
            spec = Spec(scene=scene, upload=digest)
            picture, example = (STUDY.scene(spec).draw(s) for s in (spec, Spec(scene=scene)))
            told = {note.id for note in picture.notes} & {own.NO_NUMBERS, own.NO_CLASSES, own.NO_TARGET, own.NO_SPLIT}
            assert told == ({lacks[scene]} if scene in lacks else set())
            assert (picture.numbers == example.numbers) == (scene in lacks)
            assert (STUDY.scene(spec).program(spec) == STUDY.scene(spec).program(Spec(scene=scene))) == (scene in lacks)


@pytest.mark.parametrize("seed", range(5))
def test_codes_sets_and_distances_against_scikit_learn(seed):
    from sklearn.linear_model import LinearRegression
    from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder

    random = np.random.default_rng(seed)
    classes = random.integers(0, 4, 90).astype(float)
    y = random.normal(size=90) + classes % 3
    found = maths.coded(classes, y, "alphabet")
    for how, x in ((found.by_line["alphabet"], OrdinalEncoder().fit_transform(classes[:, None])),
                   (found.one_hot, OneHotEncoder(sparse_output=False).fit_transform(classes[:, None]))):
        assert how == pytest.approx(LinearRegression().fit(x, y).score(x, y))
    assert all(score <= found.one_hot + 1e-12 for score in found.by_line.values())
    assert (np.diff(found.means[np.argsort(maths.codes(classes, y, "mean"))]) >= 0).all()
    assert (np.diff(np.bincount(classes.astype(int))[np.argsort(maths.codes(classes, y, "frequency"))]) <= 0).all()
    sets = maths.sets(90, 60, 20, seed, classes)
    shares = maths.shares(classes, sets)
    assert np.bincount(sets).tolist() == [54, 18, 18] and np.abs(shares[:3] - shares[3]).max() < 1 / 18
    x = random.normal(size=(40, 2)) * [1, 30]
    pairs = ((x[:, None] - x[None]) ** 2).mean(axis=(0, 1))
    np.testing.assert_allclose(maths.distances(x), pairs / pairs.sum())


def test_a_table_chosen_once_is_in_all_four_scenes_and_stays_with_presets_that_are_about_no_dataset(opened, browser):  # noqa: F811
    app = opened()
    app.file_uploader[0].upload("mine.csv", DAYS.encode(), "text/csv").run()
    digest = app.session_state["data_preparation:spec"].upload
    assert digest and uploads.brought(digest, ME)
    try:
        for scene, labels in (("encode", {"Classes", "To be predicted"}), ("scale", {"Across", "Upwards"}), ("split", {"Classes"})):
            state = app.session_state["data_preparation:spec"]
            app.session_state["data_preparation:spec"] = state.revised(scene=scene)
            app.run()
            assert not app.exception and app.session_state["data_preparation:spec"].upload == digest
            assert labels <= {box.label for box in app.selectbox} and app.dataframe
        for scene in STUDY.scenes:
            for preset in (*scene.presets, *scene.trials):
                spec = Spec(scene=scene.id, upload=digest, up=1)
                kept = Spec().revised(**(spec.brought if preset.own else {}), **preset.values)
                assert (kept.upload == digest and kept.up == 1) == preset.own
        assert {p.name for p in STUDY.scene(Spec(scene="clean")).presets if p.own} == {"As it was typed", "Repaired"}
        chips = next(group for group in app.get("button_group") if "Stratified" in str(group.proto))
        chips.set_value("Stratified").run()
        now = app.session_state["data_preparation:spec"]
        assert (now.kind, now.upload) == ("stratified", digest) and not app.exception
        next(b for b in app.button if b.key == "data_preparation:wines").click().run()
        assert app.session_state["data_preparation:spec"].upload == ""
        next(b for b in app.button if b.key == "data_preparation:again").click().run()
        assert app.session_state["data_preparation:spec"].upload == digest and not app.exception
    finally:
        uploads.forget(digest)
