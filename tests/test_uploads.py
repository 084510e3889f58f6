"""Uploads are kept for those who use them, and every dataset says what it is."""

from __future__ import annotations

import numpy as np
import pytest

from core.data import uploads
from core.data.about import about
from core.specs.feedforward import DATASETS
from tests.test_tools import lab  # noqa: F401 - a fixture

ARRAYS = {"x": np.random.default_rng(0).normal(0, 2, (40, 2)).astype("float32"), "y": np.float32(np.arange(40) % 2)}


@pytest.fixture
def digest():
    name = "d" * 32
    uploads.keep(name, ARRAYS, ["a", "b"])
    yield name
    uploads.forget(name)


def test_an_upload_lives_as_long_as_someone_holds_it(digest):
    uploads.hold(digest, "one")
    uploads.hold(digest, "two")
    uploads.let_go("one")
    assert uploads.find(digest)
    uploads.let_go("nobody")
    uploads.let_go("two")
    assert uploads.find(digest) is None and uploads.arrays(digest) == {}


def test_a_shared_upload_outlives_its_session_until_it_is_taken_back(digest):
    uploads.hold(digest, "one")
    uploads.hold(digest, uploads.EVERYBODY)
    uploads.let_go("one")
    assert uploads.find(digest) and uploads.shared(digest)
    uploads.hold(digest, "two")
    uploads.unshare(digest)
    uploads.let_go("two")
    assert uploads.find(digest) is None


def test_what_is_not_there_cannot_be_held():
    uploads.hold("e" * 32, "one")
    assert not uploads.shared("e" * 32) and uploads.find("e" * 32) is None


@pytest.mark.parametrize("name", DATASETS)
def test_every_dataset_says_what_it_is(name):
    told = about(name)
    assert told.what and told.source and told.licence


def test_a_session_that_ends_lets_go_of_its_files(lab, digest, monkeypatch):  # noqa: F811
    gone = []
    real = uploads.let_go
    monkeypatch.setattr(uploads, "let_go", lambda who: (gone.append(who), real(who)))
    app = lab(dataset="upload", upload=digest)
    who = app.session_state["session"]
    assert not app.exception and who in uploads._holders[digest]
    app.toggle(key="feedforward:shared").set_value(True).run()
    assert uploads.shared(digest)
    app.toggle(key="feedforward:shared").set_value(False).run()
    assert not uploads.shared(digest) and uploads._holders[digest] == {who}


def test_my_files_can_be_deleted(lab, digest):  # noqa: F811
    app = lab(dataset="upload", upload=digest)
    app.session_state["uploads"] = [digest]
    app.session_state["mine"] = True  # opened
    app.run()
    mine = app.session_state["feedforward:spec"].key
    assert lab.runner.store.has(mine)
    app.button(key="mine:files").click().run()
    assert uploads.find(digest) is None and not lab.runner.store.has(mine) and not lab.runner.rows(mine)
    app.run()
    assert not app.exception and any("not on this server" in w.value for w in app.warning)
