"""Uploads are kept for those who use them, and every dataset says what it is."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import streamlit
from streamlit.runtime.caching.cache_resource_api import clear_session_cache
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec
from streamlit.testing.v1 import AppTest

from core.data import uploads
from core.data.about import about
from core.frame import Message
from core.insight.patient import Diagnosis
from core.runs import examined
from core.specs import links
from core.specs.feedforward import DATASETS, FeedforwardSpec
from core.specs.transformer import TransformerSpec
from core.ui import files, session
from tests.test_tools import choose, lab  # noqa: F401 - a fixture

ARRAYS = {"x": np.random.default_rng(0).normal(0, 2, (40, 2)).astype("float32"), "y": np.float32(np.arange(40) % 2)}


ME, OTHER = "a" * 32, "b" * 32  # browsers


@pytest.fixture
def browser(monkeypatch):
    """Says which browser opens the pages from now on; at first ME."""
    def comes(cookie):
        monkeypatch.setattr(type(streamlit.context), "cookies", property(lambda _self: {session.COOKIE: cookie} if cookie else {}))

    comes(ME)
    return comes


@pytest.fixture
def digest(browser):
    """An upload that ME has brought."""
    name = "d" * 32
    uploads.keep(name, ARRAYS, ["a", "b"])
    uploads.bring(name, ME)
    yield name
    uploads.forget(name)


def test_an_upload_lives_as_long_as_someone_holds_it(digest):
    uploads.hold(digest, "one")
    uploads.hold(digest, "two")
    assert uploads.let_go("one") == [] and uploads.find(digest)
    assert uploads.let_go("nobody") == [] and uploads.of(ME) == [digest]
    assert uploads.let_go("two") == [digest]
    assert uploads.find(digest) is None and uploads.arrays(digest) == {} and not uploads.brought(digest, ME)


def test_what_a_project_run_learns_from_outlives_its_session(digest, monkeypatch):
    from core.ui import session

    class Fake:
        needed = {digest}
        release = forget = staticmethod(lambda *_names, **_more: None)

        def learned_from(self):
            return self.needed

    later = []
    monkeypatch.setattr(session, "get_runner", Fake)
    monkeypatch.setattr(session, "_later", later.append)
    uploads.hold(digest, "one")
    session.over("one")
    assert uploads.find(digest) and uploads.brought(digest, ME) and later == [("one", "")]  # and it is looked at again
    Fake.needed = set()
    session.over("one")
    assert uploads.find(digest) is None and len(later) == 1


def test_a_shared_upload_outlives_its_session_until_it_is_taken_back(digest):
    uploads.hold(digest, "one")
    uploads.share(digest, ME, True)
    uploads.let_go("one")
    assert uploads.find(digest) and uploads.shared(digest)
    uploads.hold(digest, "two")
    uploads.share(digest, ME, False)
    uploads.let_go("two")
    assert uploads.find(digest) is None


def test_what_is_not_there_cannot_be_held():
    uploads.hold("e" * 32, "one")
    assert not uploads.shared("e" * 32) and uploads.find("e" * 32) is None


@pytest.mark.parametrize("name", DATASETS)
def test_every_dataset_says_what_it_is(name):
    told = about(name)
    assert told.what and told.source and told.licence


def keep_for_others(app):
    """The toggle of the file on screen, which this person has brought."""
    found = [toggle for toggle in app.toggle if "link" in toggle.label]
    assert len(found) == 1
    return found[0]


ID = "test session id"  # AppTest gives all of its sessions one name


def connection_ends():
    """What Streamlit does when a browser is no longer connected. Returns the names of the sessions that it was."""
    clear_session_cache(ID)
    names = list(session._leaving)
    for name in names:
        session._leaving[name].cancel()  # tests do not wait for it
    return names


def session_ends():
    for name in connection_ends():
        session._look((name, ID))


def test_a_session_that_ends_lets_go_of_its_files(lab, digest):  # noqa: F811
    app = lab(dataset="upload", upload=digest)
    who = app.session_state["session"]
    assert not app.exception and who in uploads.holders(digest)
    keep_for_others(app).set_value(True).run()
    assert uploads.shared(digest)
    keep_for_others(app).set_value(False).run()
    assert not uploads.shared(digest) and uploads.holders(digest) == {who}
    copies = lab.runner._wishes._uploads
    assert digest in copies
    mine = app.session_state["feedforward:spec"].key
    session_ends()
    assert uploads.find(digest) is None and digest not in copies
    assert lab.runner.store.has(mine)  # a finished run is kept by its settings; it has no points in it


def test_a_lost_connection_is_not_the_end(lab, digest, monkeypatch):  # noqa: F811
    app = lab(dataset="upload", upload=digest)
    who, key = app.session_state["session"], app.session_state["feedforward:spec"].key
    connected = SimpleNamespace(is_active_session=lambda name: name == ID)
    monkeypatch.setattr(session, "runtime", SimpleNamespace(exists=lambda: True, get_instance=lambda: connected))
    assert who in connection_ends()
    assert uploads.find(digest) and lab.runner._wishes.held(key)  # it may come back
    session._look((who, ID))  # it has come back, but no page was run since
    assert uploads.find(digest) and lab.runner._wishes.held(key) and session._leaving[who].is_alive()
    connected.is_active_session = lambda _name: False
    session._leaving[who].cancel()
    session._look((who, ID))
    assert not uploads.find(digest) and not lab.runner._wishes.held(key) and not lab.runner._wishes.sessions(key)
    assert not any(slot[0] == who for slot in lab.runner._wishes._slots) and who not in session._leaving


def test_a_file_that_others_hold_or_may_open_outlives_the_session_in_the_runner_too(lab, digest):  # noqa: F811
    app = lab(dataset="upload", upload=digest)
    keep_for_others(app).set_value(True).run()
    session_ends()
    assert uploads.find(digest) and digest in lab.runner._wishes._uploads
    uploads.hold(digest, "another")
    uploads.share(digest, ME, False)
    app.run()
    session_ends()
    assert uploads.find(digest) and digest in lab.runner._wishes._uploads


def test_each_file_says_for_itself_whether_others_may_open_it(lab, digest):  # noqa: F811
    second = "f" * 32
    uploads.keep(second, {**ARRAYS, "x": ARRAYS["x"] + 1}, ["a", "b"])
    uploads.bring(second, ME)
    try:
        app = lab(dataset="upload", upload=digest)
        keep_for_others(app).set_value(True).run()
        app.session_state["feedforward:spec"] = app.session_state["feedforward:spec"].changed(upload=second)
        app.run()
        lab.settle(app)
        assert uploads.shared(digest) and not uploads.shared(second) and not keep_for_others(app).value
        app.session_state["feedforward:spec"] = app.session_state["feedforward:spec"].changed(upload=digest)
        app.run()
        assert keep_for_others(app).value
        uploads.share(digest, ME, False)  # in another session
        app.run()
        assert not keep_for_others(app).value and not app.exception
    finally:
        uploads.forget(second)


def test_whoever_opens_a_link_gets_the_points_only_if_they_are_shared(lab, digest, browser):  # noqa: F811
    browser(OTHER)
    app = lab(dataset="upload", upload=digest)
    assert any("is not shared" in w.value for w in app.warning) and app.session_state["feedforward:spec"].dataset == "circles"
    uploads.share(digest, ME, True)
    app = lab(dataset="upload", upload=digest)
    assert not app.warning and app.session_state["feedforward:spec"].upload == digest
    assert not [toggle for toggle in app.toggle if "link" in toggle.label]  # it is not theirs to share
    assert app.session_state["session"] not in uploads.holders(digest)
    uploads.share(digest, ME, False)
    app.run()
    assert any("is not shared" in w.value for w in app.warning) and not app.exception


def test_the_run_before_a_guess_is_shown_only_to_those_who_may_open_its_points(lab, digest, browser):  # noqa: F811
    theirs = FeedforwardSpec(dataset="upload", upload=digest, points=40, epochs=5)
    address = {"dataset": "moons", "points": 40, "epochs": 5, "guess_first": links.pack({"A": theirs})}
    app = lab(wait=False, **address)
    assert app.session_state["feedforward:shown"] == theirs and not app.warning and lab.runner.known(theirs.key)
    browser(OTHER)
    app = lab(wait=False, **address)
    assert app.session_state["feedforward:shown"].dataset == "moons" and any("is not shared" in w.value for w in app.warning)


def test_no_copy_of_a_file_is_left_with_streamlit(monkeypatch):
    copies = MemoryUploadedFileManager("/files")
    copies.add_file("s", UploadedFileRec("1", "a.csv", "text/csv", b"1,2"))
    context = SimpleNamespace(session_id="s", uploaded_file_mgr=copies)
    monkeypatch.setattr(files, "get_script_run_ctx", lambda: context)
    monkeypatch.setattr(files.st, "file_uploader", lambda *_a, **_k: SimpleNamespace(file_id="1"))
    monkeypatch.setattr(files.st, "session_state", {})
    assert copies.get_files("s", ["1"])
    assert files.chosen("", kind="CSV", limit_mb=2, key="k", help="") and not copies.get_files("s", ["1"])


def test_the_place_for_a_file_is_empty_once_the_page_has_left_it(monkeypatch):
    asked, given = [], [SimpleNamespace(getvalue=lambda: b"a text")]
    monkeypatch.setattr(files, "chosen", lambda *_a, key, **_k: (asked.append(key), given.pop() if given else None)[1])
    for name in ("take", "hold", "sharing"):
        monkeypatch.setattr(files, name, lambda *_a, **_k: None)
    monkeypatch.setattr(files.uploads, "keep", lambda *_a: None)
    monkeypatch.setattr(files.st, "session_state", {})
    monkeypatch.setattr(files.st, "rerun", lambda **_k: None)
    state = SimpleNamespace(name="transformer", spec=TransformerSpec(task="text"), problems=[])
    state.change = lambda **values: setattr(state, "spec", state.spec.changed(**values))
    for digest in (None, None, "", None, "a" * 32):  # taken, shown, left, gone, and back by “Undo”, where nothing has been chosen
        if digest is not None:
            state.change(upload=digest)
        files.own(state, "upload", lambda data: ("a" * 32, {}, []), kind="TXT", limit_mb=1)
    assert state.spec.upload == "a" * 32 and asked[0] == asked[1] and len({*asked[1:]}) == 2 and asked[2:] == [asked[2]] * 3


def test_two_tabs_of_one_browser_have_their_files_together(digest, browser):
    browser("")

    def script():
        import streamlit as st

        from core.ui.session import known_as, owner

        known_as(st.session_state["heard"])
        st.text(owner())

    app, data = AppTest.from_function(script), "e" * 32
    app.session_state["heard"], app.session_state["owner"] = "no name", OTHER
    uploads.keep(data, ARRAYS, ["a", "b"])
    uploads.bring(data, OTHER)
    uploads.share(data, OTHER, True)
    try:
        assert app.run().text[0].value == OTHER and uploads.of(OTHER) == [data]
        app.session_state["heard"] = ME
        assert app.run().text[0].value == ME
        assert uploads.of(ME) == [digest, data] and not uploads.of(OTHER)
        assert uploads.shared(data, ME) and not uploads.shared(data, OTHER)
        browser(ME)  # a browser that has said who it is stays who it is
        app.session_state["heard"] = OTHER
        assert app.run().text[0].value == ME and uploads.of(ME) == [digest, data]
    finally:
        uploads.forget(data)


def mine_opened(lab, digest):  # noqa: F811
    app = lab(dataset="upload", upload=digest)
    app.session_state["mine"] = True
    app.run()
    return app


def test_my_files_can_be_deleted(lab, digest):  # noqa: F811
    app = mine_opened(lab, digest)
    uploads.share(digest, ME, True)
    uploads.hold(digest, "a session of this browser from before a reload")
    mine = app.session_state["feedforward:spec"].key
    assert lab.runner.store.has(mine) and digest in lab.runner._wishes._uploads
    lab.runner.open(FeedforwardSpec(dataset="upload", upload=digest, points=40, epochs=5), session="and its runs")
    del lab.runner._wishes._asked[mine]  # so many others were asked for since
    app.button(key="mine:files").click().run()
    assert digest not in lab.runner._wishes._uploads
    assert uploads.find(digest) is None and not lab.runner.store.has(mine) and not lab.runner.rows(mine)
    assert not lab.runner.store.naming(digest)
    app.run()
    assert not app.exception and any("You have deleted your file" in w.value for w in app.warning)
    assert not uploads.of(ME) and app.session_state["feedforward:spec"].dataset == "circles"


def test_a_file_that_somebody_else_has_brought_too_stays_theirs(lab, digest, browser):  # noqa: F811
    app = mine_opened(lab, digest)
    uploads.bring(digest, OTHER)
    app.button(key="mine:files").click().run()
    app.run()
    assert uploads.find(digest) and digest in lab.runner._wishes._uploads and uploads.of(OTHER) == [digest]
    assert any("You have deleted your file" in w.value for w in app.warning)  # for me it is gone
    files_taken_again(app, digest)
    assert not app.warning


def test_sharing_belongs_to_those_who_share(digest):
    uploads.share(digest, ME, True)
    uploads.bring(digest, OTHER)
    assert uploads.shared(digest, ME) and not uploads.shared(digest, OTHER)
    assert not uploads.disown(digest, OTHER) and uploads.shared(digest)  # another's farewell changes nothing
    uploads.bring(digest, OTHER)
    uploads.share(digest, OTHER, True)
    uploads.share(digest, ME, False)
    assert uploads.shared(digest)  # as long as anybody does
    uploads.share(digest, OTHER, False)
    assert not uploads.shared(digest) and uploads.of(ME) == uploads.of(OTHER) == [digest]
    uploads.share("f" * 32, ME, True)
    assert not uploads.shared("f" * 32)  # of what is not there


def test_a_link_to_points_that_are_not_shared_is_not_given_to_students_without_a_word(lab, digest):  # noqa: F811
    app = choose(lab(dataset="upload", upload=digest), "lesson")
    assert any("are your own and not shared" in c.value for c in app.caption)
    uploads.share(digest, ME, True)
    assert not any("are your own and not shared" in c.value for c in app.run().caption)


def test_before_its_first_file_a_browser_has_no_name_but_its_sessions(lab, browser):  # noqa: F811
    for cookie in ("", "no name of ours"):
        browser(cookie)
        app = lab()
        data = "e" * 32
        uploads.keep(data, ARRAYS, ["a", "b"])
        uploads.bring(data, app.session_state["owner"])
        app.session_state["feedforward:spec"] = app.session_state["feedforward:spec"].changed(dataset="upload", upload=data)
        assert not app.run().warning
        uploads.forget(data)


def files_taken_again(app, digest):
    """What `files.take` does when the same file is brought once more."""
    uploads.bring(digest, ME)
    app.session_state["deleted"].discard(digest)
    app.session_state["feedforward:spec"] = app.session_state["feedforward:spec"].changed(dataset="upload", upload=digest)
    app.session_state["feedforward:problems"] = []
    app.run()


def test_a_pinned_run_of_own_points_holds_them(lab, digest):  # noqa: F811
    pinned = links.pack({"A": FeedforwardSpec(dataset="upload", upload=digest, points=40, epochs=5)})
    app = lab(pins=pinned)
    assert app.session_state["session"] in uploads.holders(digest) and "A" in app.session_state["feedforward:pins"]


def test_the_doctor_calls_a_class_by_its_name(digest):
    uploads.keep(digest, ARRAYS, ["cat", "<b>e*m_u</b>"])
    evidence = Message("class {label}", {"label": 1})
    one = examined._named(Diagnosis("class_ignored", evidence, evidence), FeedforwardSpec(dataset="upload", upload=digest, points=40))
    assert one.evidence.args["label"] == "bemub"
    assert examined._named(one, FeedforwardSpec()) == one
