"""Every page, in both languages, under Streamlit's AppTest: no traceback, no text left untranslated, the header in order."""

import ast
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from core import i18n
from core.data import image_files, imdb
from core.frame import End
from core.runs import runner as runners
from core.runs.store import Store, StoreError
from core.specs.feedforward import FeedforwardSpec
from core.ui.pages import HeaderError, headers, read_header
from tests.conftest import slow_after, slow_but
from tests.opening import opener

ROOT = Path(__file__).resolve().parent.parent
ENGLISH = re.compile(r"[A-Za-z]{3,} [A-Za-z]{2,} [A-Za-z]{2,} [A-Za-z]{2,}")
PAGES = {h.name: h for h in headers()}


@pytest.fixture(autouse=True)
def quiet_runner(monkeypatch, make_runner):
    """Pages ask a runner of the tests' own pool, whose workers never train: a page must stand before there is a result."""
    runner = make_runner()
    monkeypatch.setattr(runners, "_runner", runner)
    return runner


@pytest.fixture
def open_page(tmp_path):
    return opener(tmp_path, 30)


@pytest.mark.parametrize("language", slow_but(i18n.LANGUAGES, ["zh"]))  # which looks closer
@pytest.mark.parametrize("name", list(PAGES))
def test_a_page_opens_in_both_languages(open_page, name, language):
    app = open_page(name, language)
    assert not app.exception
    assert app.title
    if language == "zh":
        shown = [e.value for e in [*app.title, *app.markdown, *app.caption, *app.subheader]]
        shown += [e.label for e in [*app.button, *app.slider, *app.selectbox]]
        assert [t for t in shown if ENGLISH.search(re.sub(r"\]\(.*?\)", "", t))] == []


@pytest.mark.parametrize("name", ["feedforward", "cnn", "recurrent", "transformer", "image_project", "stock_project", "text_project",
                                  "lstm", "gan", "gan_images"])
def test_a_page_says_what_it_builds_on(open_page, name):
    """… and where it leads to, by links to pages that are there."""
    app = open_page(name)
    assert "Builds on" in [c.value for c in app.caption] and "Leads to" in [c.value for c in app.caption]
    linked = re.search(r"foot\.draw\(.*needs=\(([^)]*)\)", (ROOT / f"pages/{name}.py").read_text(), re.S)
    for one in re.findall(r'"(\w+)"', linked[1] if linked else ""):
        assert one in PAGES and one != name


def idea(name):
    """What a page's idea says, in English, as it is read; None for a page without one. Its file is not run, only that function."""
    found = [node for node in ast.parse(PAGES[name].path.read_text("utf-8")).body if getattr(node, "name", "") == "idea"]
    if not found:
        return None
    said = []
    names = {"_": lambda text, **values: text.format(**values) if values else text, "terms": SimpleNamespace(markdown=said.append),
             "st": SimpleNamespace(latex=lambda formula: None, markdown=said.append)}
    exec(compile(ast.Module(found, []), str(PAGES[name].path), "exec"), names)
    names["idea"]()
    return re.sub(r"\[\[([^|\]]*)(\|[^\]]*)?\]\]", r"\1", " ".join(said))


@pytest.mark.parametrize("name", list(PAGES))
def test_an_idea_has_at_most_120_words(name):
    said = idea(name)
    assert (said is None) == ("idea" not in PAGES[name].path.read_text("utf-8"))
    assert said is None or 40 <= len(said.split()) <= 120, len(said.split())


@pytest.mark.parametrize("language, words", [("en", "Download (11 MB)"), ("zh", "下载（11 MB）")])
def test_a_dataset_that_is_not_here_is_offered(open_page, quiet_runner, monkeypatch, tmp_path, language, words):
    monkeypatch.setattr(image_files, "settings", replace(image_files.settings, data=tmp_path))
    app = open_page("cnn", language, dataset="mnist")
    assert not app.exception and words in [b.label for b in app.button]
    asked, released, key = [], [], app.session_state["cnn:spec"].key
    monkeypatch.setattr(quiet_runner, "open", lambda spec, **more: asked.append(spec) or spec.key)
    monkeypatch.setattr(quiet_runner, "release", lambda session, **more: released.append(more))
    monkeypatch.setattr(quiet_runner, "result", lambda run: End("failed") if run == key else End("finished"))
    app.button(key="download:mnist:start").click()
    (tmp_path / "mnist.npz").write_bytes(b"here")  # as the download would leave it
    app.run()
    assert not app.exception and words not in [b.label for b in app.button] and asked[-1].key == key
    assert {"lab": "core.labs.cnn", "role": "main"} in released  # or the run that failed without the files would be believed


def test_the_film_reviews_are_offered_where_they_are_not(open_page, quiet_runner, monkeypatch, tmp_path):
    monkeypatch.setattr(imdb, "settings", replace(imdb.settings, data=tmp_path))
    app = open_page("text_project", source="imdb", step="data")
    assert not app.exception and "Download (19 MB)" in [b.label for b in app.button]
    released, key = [], app.session_state["text_project:spec"].key
    monkeypatch.setattr(quiet_runner, "open", lambda spec, **more: spec.key)
    monkeypatch.setattr(quiet_runner, "release", lambda session, **more: released.append(more))
    monkeypatch.setattr(quiet_runner, "result", lambda run: End("failed") if run == key else End("finished"))
    app.button(key="download:imdb:start").click()
    for file in imdb.FILES:
        (tmp_path / file).write_bytes(b"here")  # as the download would leave them
    app.run()
    assert not app.exception and "Download (19 MB)" not in [b.label for b in app.button]
    assert {one["lab"] for one in released} >= {"core.labs.texts", "core.labs.tfidf", "core.labs.text"}


@pytest.mark.parametrize("name", list(PAGES))
def test_a_header_is_complete(name):
    header = PAGES[name]
    assert header.title and header.icon.startswith(":material/") and isinstance(header.order, int)


def test_a_page_without_a_header_is_named(tmp_path):
    page = tmp_path / "lost.py"
    page.write_text("import streamlit as st\n")
    with pytest.raises(HeaderError, match="lost.py"):
        read_header(page)


def test_a_wrong_section_is_named(tmp_path):
    page = tmp_path / "lost.py"
    page.write_text("PAGE = {'title': 'x', 'section': 'nowhere', 'icon': ':material/home:', 'order': 1}\n")
    with pytest.raises(HeaderError, match="nowhere"):
        read_header(page)


def test_the_navigation_has_one_home():
    assert [h.name for h in headers() if not h.section] == ["home"]


def test_a_language_that_is_not_here_is_named_and_one_s_country_is_no_matter(open_page):
    assert any("“tlh”" in warning.value for warning in open_page("home", language="tlh").warning)
    app = open_page("feedforward", language="zh-CN")
    assert app.title[0].value == "前馈神经网络" and not app.warning


def test_what_an_address_has_for_nobody_is_named_on_every_page(open_page):
    assert any("“banana”" in w.value and "projector" in w.value for w in open_page("home", projector="banana").warning)
    assert not open_page("home", projector="0").warning
    app = open_page("glossary", seed="3", projector="1")
    assert not app.exception and ["“seed”" in w.value for w in app.warning] == [True]


def test_a_place_for_a_file_closes_with_reset_undo_and_a_preset(open_page):
    for close in ("reset", "undo", "try0"):
        app = open_page("feedforward", epochs="30", noise="0.2")
        app.selectbox(key="feedforward.dataset.en").set_value("upload").run()
        assert app.session_state["feedforward:wants_upload"]
        app.button(key=f"feedforward:{close}").click().run()
        assert not app.exception and not app.session_state["feedforward:wants_upload"]
        assert (app.session_state["feedforward:spec"].epochs == 30) is (close == "undo")  # nothing else is undone


@pytest.mark.parametrize("name, label", slow_after([
    ("feedforward", "Your own points"), ("image_project", "Your own pictures"), ("cnn", "Your own pictures")], 2))
def test_a_link_to_data_that_it_does_not_name_opens_the_place_for_a_file_and_says_so(open_page, name, label):
    app = open_page(name, dataset="upload")
    assert not app.exception and app.session_state[f"{name}:wants_upload"]
    assert [f"“{label}” without saying which" in warning.value for warning in app.warning] == [True]


def test_a_page_without_own_data_ignores_a_link_to_them(open_page):
    app = open_page("probability", dataset="upload")
    assert not app.exception and ["“dataset”" in warning.value for warning in app.warning] == [True]


def test_a_run_that_could_not_be_kept_says_so_on_the_page(open_page, quiet_runner, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError) as problem:
        Store(tmp_path / "file" / "runs", 10).put("0" * 32, [b""])
    monkeypatch.setattr(quiet_runner, "result", lambda key: End("finished"))
    monkeypatch.setattr(quiet_runner, "not_kept", lambda key: problem.value.message)
    app = open_page("feedforward")
    assert not app.exception
    assert any("file" in warning.value and "runs" in warning.value for warning in app.warning)


def test_a_run_that_overshot_offers_a_rate_that_may_work(open_page, quiet_runner, monkeypatch):
    monkeypatch.setattr(quiet_runner, "result", lambda key: End("finished"))
    monkeypatch.setattr(quiet_runner, "rows", lambda key: [{"epoch": e, "loss": 1.0 + e / 10} for e in range(201)])
    app = open_page("feedforward", learning_rate="10")
    assert any("from 1 to about" in text.value for text in app.markdown), [text.value for text in app.markdown]
    app.button(key="feedforward:mend").click().run()
    assert not app.exception and app.session_state["feedforward:spec"].learning_rate == 0.01


@pytest.mark.parametrize("query, named", slow_after([
    ({"learning_rate": "777"}, "Learning rate"), ({"points": "abc"}, "Points"), ({"hidden": "8-900"}, "Hidden layers"),
    ({"nonsense": "1"}, "nonsense"), ({"dataset": "plane", "loss": "hinge"}, "Loss"), ({"activation": "<script>"}, "Activation"),
    ({"upload": "a" * 32}, "Your own points"), ({"dataset": "upload", "upload": "a" * 32}, "Your own points"),
    ({"noise": "-1"}, "Noise"), ({"discretize": "maybe"}, "Hard edges"), ({"points": "nan"}, "Points"), ({"seed": "1e9"}, "Seed")], 4))
def test_a_bad_address_opens_the_lab_and_names_the_field(open_page, query, named):
    app = open_page("feedforward", **query)
    assert not app.exception
    assert any(named in warning.value.replace("\\", "") for warning in app.warning)
    assert app.session_state["feedforward:spec"].key == FeedforwardSpec(
        **({"dataset": "plane"} if "plane" in query.values() else {})).key


def test_a_widget_drawn_twice_by_a_browser_still_shows_the_page_s_value(open_page):
    """A value put into the session is shown by a browser once only; drawn again, a slider would fall to its least value."""
    app = open_page("feedforward", learning_rate="0.02", hidden="5-4", activation="relu")
    app.button(key="feedforward:reset").click().run()
    spec = FeedforwardSpec()
    slider, layers = app.select_slider[0].proto, app.slider[0].proto
    assert (slider.label, layers.label) == ("Learning rate", "Hidden layers")
    assert [slider.options[int(i)] for i in slider.default] == ["0.01"] and list(layers.default) == [len(spec.hidden)]
    chosen = {box.proto.label: box.proto.options[box.proto.default] for box in app.selectbox}
    assert chosen == {"Data": "circles", "Activation": "tanh"}


def test_a_fault_of_a_scene_leaves_the_page_alive(open_page, monkeypatch, caplog):
    from core.figures import losses

    study, scene = losses.STUDY, losses.STUDY.scenes[0]

    def draw(spec):
        if spec != study.spec(scene=scene.id):
            raise ZeroDivisionError("on purpose")
        return scene.draw(spec)

    monkeypatch.setattr(losses, "STUDY", replace(study, scenes=(replace(scene, draw=draw), *study.scenes[1:])))
    app = open_page("losses", fit="mae")
    assert not app.exception and [w for w in app.warning if "a fault of ours" in w.value]
    assert "on purpose" in caplog.text and [b for b in app.button if b.label == "Reset"]


@pytest.mark.parametrize("language, said", [("en", "The window has no place to stand"), ("zh", "窗口")])
def test_the_code_of_what_cannot_be_drawn_is_a_sentence(open_page, request, language, said):
    i18n.use(language)  # AppTest writes a widget's options out in the test's own thread
    request.addfinalizer(lambda: i18n.use("en"))
    app = open_page("convolution", language, kernel="blur", size="5", dilation="3")
    app.button_group(key="convolution:tool").set_value("code").run()
    assert not app.exception and not app.code and not app.get("download_button")
    (info,) = [i.value for i in app.info if said in i.value]
    assert [w for w in app.warning if info in w.value]  # the sentence of the page itself
    app.session_state["convolution:spec"] = app.session_state["convolution:spec"].revised(padding="same")
    app.run()
    assert not app.exception and not app.info and "keras.ops.conv" in app.code[0].value and len(app.get("download_button")) == 2
