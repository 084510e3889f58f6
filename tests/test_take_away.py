"""What a person takes away from a run: numbers, the network, an animation, a report; read back by others than their writers."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import streamlit
from PIL import Image

from core import i18n
from core.data import points
from core.export import animation, tables
from core.export.report import report
from core.figures import plane, theme
from core.figures.feedforward import answer, figures
from core.frame import End, Frame, Message, encode, encode_end, encode_frame, records
from core.glossary import plain
from core.insight.doctor import diagnose, sentences
from core.specs.base import Score, versions
from core.specs.feedforward import FeedforwardSpec, FeedforwardView
from core.ui.tools import take
from tests.browser import FLAGS, chromium
from tests.conftest import slow_after
from tests.test_tools import choose, lab  # noqa: F401 - a fixture

SPECS = {
    "binary": FeedforwardSpec(epochs=30),
    "classes": FeedforwardSpec(dataset="blobs4", epochs=12, batch_norm=True, dropout=0.1, hidden=(6,)),
    "regression": FeedforwardSpec(dataset="hills", epochs=12, hidden=(8, 8), activation="relu"),
    "features": FeedforwardSpec(dataset="features100", epochs=3, hidden=(64, 64), activation="relu", points=400),
    "mixed": FeedforwardSpec(dataset="xor", loss="hinge", epochs=8, l1=0.001, l2=0.01, features=("x1", "x2", "x1x2"),
                             hidden=(4, 5, 3), activations=("relu", "silu")),
    "line": FeedforwardSpec(dataset="blobs3", loss="mse", epochs=4, hidden=()),
    "failed": FeedforwardSpec(dataset="hills", optimizer="sgd", activation="relu", learning_rate=10.0, epochs=40),
}
ACCURACY = Score("val_accuracy", "validation accuracy")
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])


def recorded(spec, items):
    """The records of a run, through the bytes that a store keeps."""
    data = encode("run", {"key": spec.key, "lab": spec.lab, "spec": spec.model_dump(mode="json"), "versions": versions()})
    for item in items:
        data += encode_frame(item) if isinstance(item, Frame) else encode_end(item) if isinstance(item, End) else b""
    return list(records(data))


@pytest.fixture(scope="module")
def runs():
    """Real runs, trained here."""
    from core.labs.feedforward import train

    return {name: recorded(spec, train(spec)) for name, spec in SPECS.items()}


@pytest.fixture(autouse=True)
def english():
    yield
    i18n.use("en")


def sample_of(spec):
    return points.load(spec.dataset, points=spec.points, noise=spec.noise, seed=spec.seed, train_share=spec.train_share)


# ---- numbers

ROWS = [{"epoch": 0, "loss": 0.1 + 0.2, "val_loss": None}, {"epoch": 1, "loss": 1e-7, "val_loss": 3.0, "grad_1": 5},
        {"epoch": 2, "loss": None, "val_loss": 12345678.9}]


def test_a_csv_has_one_line_an_epoch_and_reads_back_exactly():
    text = tables.metrics_csv(ROWS)
    assert text.splitlines()[0] == "epoch,loss,val_loss,grad_1"
    assert len(text.splitlines()) == 1 + len(ROWS)
    assert text.splitlines()[1] == "0,0.30000000000000004,,"
    read = pd.read_csv(io.BytesIO(text.encode()), float_precision="round_trip")
    for name in read:
        assert [None if np.isnan(v) else v for v in read[name]] == [row.get(name) for row in ROWS]


def test_a_comment_goes_first_and_only_what_is_not_ascii_gets_a_byte_order_mark():
    plain, chinese = tables.metrics_csv(ROWS, "circles\nadam"), tables.metrics_csv(ROWS, "同心圆")
    assert plain.startswith("# circles\n# adam\nepoch,") and plain.isascii()
    assert chinese.encode().startswith(b"\xef\xbb\xbf#")
    for text in (plain, chinese):
        read = pd.read_csv(io.BytesIO(text.encode()), comment="#")
        assert list(read) == ["epoch", "loss", "val_loss", "grad_1"] and len(read) == 3


def test_rows_of_an_epoch_that_was_told_twice_are_one():
    frames = [Frame(0, 0, 0.0, [{"epoch": 0, "loss": 1.0}]), Frame(2, 2, 0.0, [{"epoch": 1, "loss": 0.5}, {"epoch": 2, "loss": 0.4}]),
              Frame(3, 3, 0.0, [{"epoch": 2, "loss": 0.3}, {"epoch": 3, "loss": 0.2}])]
    assert [(row["epoch"], row["loss"]) for row in tables.rows_of(frames)] == [(0, 1.0), (1, 0.5), (2, 0.3), (3, 0.2)]


def test_a_real_run_s_csv_has_every_epoch(runs):
    for name, spec in SPECS.items():
        read = pd.read_csv(io.StringIO(tables.metrics_csv(tables.rows_of(tables.frames_of(runs[name])))))
        if name != "failed":
            assert list(read["epoch"]) == list(range(spec.epochs + 1))
            assert read[spec.score.metric].notna().all()


def test_an_archive_holds_every_array_of_every_stored_frame(runs):
    for found in runs.values():
        frames = tables.frames_of(found)
        packed = tables.arrays_npz(frames)
        with np.load(io.BytesIO(packed), allow_pickle=False) as read:
            stored = [frame for frame in frames if frame.stored]
            assert read["epochs"].tolist() == [frame.epoch for frame in stored]
            assert len(read.files) == 1 + sum(len(frame.arrays) for frame in stored)
            for frame in stored:
                for name, array in frame.arrays.items():
                    kept = read[f"{frame.epoch}/{name}"]
                    assert kept.dtype == array.dtype and np.array_equal(kept, array, equal_nan=array.dtype.kind == "f")
        assert tables.arrays_npz(frames) == packed


def test_frames_for_the_screen_only_are_not_packed():
    frames = [Frame(0, 0, 0.0, [], {"a": np.zeros(2, np.uint8)}), Frame(1, 1, 0.0, [], {"a": np.ones(2, np.uint8)}, stored=False)]
    with np.load(io.BytesIO(tables.arrays_npz(frames))) as read:
        assert sorted(read.files) == ["0/a", "epochs"]


# ---- the network

STRANGER = """
import json, sys
import numpy as np, keras
folder = sys.argv[1]
told = {}
for name in sys.argv[2:]:
    model = keras.models.load_model(f"{folder}/{name}.keras")
    np.save(f"{folder}/{name}-said.npy", model.predict(np.load(f"{folder}/{name}-x.npy"), verbose=0))
    told[name] = {"optimizer": bool(getattr(model, "optimizer", None)), "regularizers": [
        layer.kernel_regularizer.get_config() for layer in model.layers if getattr(layer, "kernel_regularizer", None)]}
assert not [m for m in sys.modules if m.split(".")[0] in ("core", "tests")]
print(json.dumps(told))
"""


@pytest.mark.slow
def test_anybody_can_load_the_network_of_a_frame_and_it_gives_the_lab_s_answers(runs, tmp_path):
    import tensorflow as tf

    from core.labs.dense import encode as inputs_of
    from core.labs.feedforward import lab_of, train
    from core.labs.saving import feedforward_model, model_file

    other = SPECS["mixed"].changed(l1=0.1, l2=0.5, seed=3)  # shares the lab, whose strengths are then those of this run
    list(train(other))
    expected, asked = {}, {}
    for name, spec in SPECS.items():
        sample = sample_of(spec)
        network, frames = lab_of(spec, sample), tables.frames_of(runs[name])
        x = inputs_of(spec, sample.x)
        for frame in (frames[0], frames[len(frames) // 2], frames[-1]) if name == "binary" else (frames[-1 - (name == "failed")],):
            flat, others = network.restore(frame.arrays)
            with network.program.weights(flat, others):
                output = network.forward(tf.constant(x))["output"].numpy()
            which = f"{name}-{frame.epoch}"
            data = model_file(feedforward_model(spec, sample.classes, frame.arrays))
            (tmp_path / f"{which}.keras").write_bytes(data)
            np.save(tmp_path / f"{which}-x.npy", x)
            expected[which], asked[which] = output, spec
            with zipfile.ZipFile(io.BytesIO(data)) as file:
                words = file.read("config.json").decode()
                assert "ElasticNet" not in words and not re.search(r'"core\.', words)
    done = subprocess.run([sys.executable, "-I", "-c", STRANGER, str(tmp_path), *expected], cwd=tmp_path, capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    for which, output in expected.items():
        said, spec = np.load(tmp_path / f"{which}-said.npy"), asked[which]
        assert said.shape == output.shape
        np.testing.assert_allclose(said, output, rtol=1e-6, atol=1e-6, err_msg=which)
        strengths = [{"l1": pytest.approx(spec.l1), "l2": pytest.approx(spec.l2)}] * (len(spec.hidden) + 1)
        assert told[which] == {"optimizer": False, "regularizers": strengths if spec.l1 or spec.l2 else []}
    assert not np.allclose(expected["binary-0"], expected["binary-30"])


def test_a_frame_without_weights_names_what_is_missing():
    from core.labs.saving import feedforward_model

    with pytest.raises(KeyError, match="w0"):
        feedforward_model(FeedforwardSpec(), 2, {})


# ---- the animation

AT = np.array([[-0.5, -0.5], [0.5, -0.5], [-0.5, 0.5], [0.5, 0.5]])
TRAIN = np.array([True, True, False, False])


def toy(task="binary", classes=2, values=(0, 1, 0, 1), **more):
    return plane.surface(AT, np.array(values), TRAIN, task=task, classes=[str(k) for k in range(classes)], domain=(-1, 1, -1, 1), **more)


def toy_frames(n, value=None, p=None):
    def arrays(i):
        made = {"surface": np.full((50, 50), 255 * i // max(n - 1, 1) if value is None else value, np.uint8)}
        return made if p is None else {**made, "surface_p": np.full((50, 50), p, np.uint8)}

    return [Frame(i, i, 0.0, [], arrays(i)) for i in range(n)]


def looked_at(data):
    """The pictures of a GIF as arrays (height, width, 3), and how long each stays in milliseconds."""
    image = Image.open(io.BytesIO(data))
    assert image.format == "GIF" and image.info["loop"] == 0
    pictures, durations = [], []
    for i in range(image.n_frames):
        image.seek(i)
        pictures.append(np.asarray(image.convert("RGB"), int))
        durations.append(image.info["duration"])
    return pictures, durations


def at(picture, x, y):
    """The colour at a place of the plane; the plane is the square at the bottom, within a margin of a fiftieth."""
    height, width, _three = picture.shape
    pad = round(width * 0.02)
    side = width - 2 * pad
    return picture[height - pad - 1 - int((y + 1) / 2 * side), pad + int((x + 1) / 2 * side)]


def rgb(token):
    return np.array([int(theme.LIGHT[token][i:i + 2], 16) for i in (1, 3, 5)])


def over_paper(colour, opacity=0.85):
    return opacity * colour + (1 - opacity) * 255


def test_a_gif_has_a_picture_a_frame_of_the_asked_size_and_length():
    pictures, durations = looked_at(animation.gif(toy_frames(10), toy(), width=300, seconds=2.0))
    assert len(pictures) == 10
    assert pictures[0].shape[1] == 300 and 300 < pictures[0].shape[0] < 340
    assert durations == [200] * 9 + [200 + animation.HOLD_MS]


def test_of_many_frames_64_are_drawn_the_first_and_last_among_them():
    pictures, durations = looked_at(animation.gif(toy_frames(200), toy(), width=160, seconds=0.1))
    assert len(pictures) == 64
    assert min(durations) == 20  # browsers slow down what is faster
    for picture, token in ((pictures[0], "negative"), (pictures[-1], "positive")):
        assert np.abs(at(picture, 0, 0) - over_paper(rgb(token))).max() <= 1


def test_the_colours_are_the_theme_s():
    pictures, _durations = looked_at(animation.gif(toy_frames(2), toy()))
    for picture, token in zip(pictures, ("negative", "positive"), strict=True):
        for place in ((0, 0), (-0.98, 0.98), (0.98, -0.98)):
            assert np.abs(at(picture, *place) - over_paper(rgb(token))).max() <= 1
        assert np.array_equal(at(picture, -0.5, -0.5), rgb("point0"))  # training: filled with its class's colour, deeper
        assert np.array_equal(at(picture, 0.5, -0.5), rgb("point1"))
        assert np.array_equal(at(picture, -0.5, 0.5), rgb("hollow"))  # validation: hollow
        assert np.array_equal(at(picture, 0.5, 0.5), rgb("hollow"))
        assert np.array_equal(picture[0, 0], rgb("background"))
        assert np.abs(picture[:20] - rgb("text")).max(-1).min() < 60  # there is a title


def test_the_answer_lies_where_the_arrays_say():
    z = np.zeros((50, 50), np.uint8)
    z[25:, :] = 255  # the upper half: rows begin at the least x2
    pictures, _durations = looked_at(animation.gif([Frame(0, 0, 0.0, [], {"surface": z})], toy()))
    assert np.abs(at(pictures[0], 0, 0.5) - over_paper(rgb("positive"))).max() <= 1
    assert np.abs(at(pictures[0], 0, -0.5) - over_paper(rgb("negative"))).max() <= 1
    left = looked_at(animation.gif([Frame(0, 0, 0.0, [], {"surface": z.T.copy()})], toy(discretize=True)))[0][0]
    assert np.abs(at(left, -0.3, 0.1) - over_paper(rgb("negative"))).max() <= 1
    assert np.abs(at(left, 0.3, 0.1) - over_paper(rgb("positive"))).max() <= 1


@pytest.mark.parametrize("classes", slow_after([3, 10], 1))
def test_several_classes_have_their_own_colours_and_fade(classes):
    for k in range(classes):
        sure = looked_at(animation.gif(toy_frames(1, k, 255), toy("classes", classes)))[0][0]
        unsure = looked_at(animation.gif(toy_frames(1, k, 0), toy("classes", classes)))[0][0]
        assert np.abs(at(sure, 0, 0) - over_paper(rgb(f"class{k}"))).max() <= 1
        assert np.abs(at(unsure, 0, 0) - over_paper(rgb("middle"))).max() <= 1
        hard = looked_at(animation.gif(toy_frames(1, k, 10), toy("classes", classes, discretize=True)))[0][0]
        assert np.abs(at(hard, 0, 0) - over_paper(rgb(f"class{k}"))).max() <= 1


def test_points_of_a_regression_have_the_colour_of_their_value():
    template = toy("regression", values=(-1.0, 1.0, 0.0, 1.0), lo=-1.0)
    picture = looked_at(animation.gif(toy_frames(1, 128), template))[0][0]
    for place, token in (((-0.5, -0.5), "negative"), ((0.5, -0.5), "positive"), ((-0.5, 0.5), "middle"), ((0.5, 0.5), "positive")):
        assert np.abs(at(picture, *place) - rgb(token)).max() <= 8


def test_every_symbol_of_the_theme_has_a_shape_of_its_own():
    from PIL import ImageDraw

    seen = set()
    for name in theme.CLASS_SYMBOLS:
        image = Image.new("RGBA", (60, 60))
        animation._symbol(ImageDraw.Draw(image), name, (30, 30), 18, "#FF0000", "#00FF00", 2)
        drawn = np.asarray(image)[..., 3] > 0
        assert 250 < drawn.sum() < 2600 and not drawn[0].any() and not drawn[:, 0].any(), name
        seen.add(drawn.tobytes())
    assert len(seen) == len(theme.CLASS_SYMBOLS)


@pytest.mark.slow
def test_a_file_that_would_be_too_large_is_narrower():
    rng = np.random.default_rng(0)
    frames = [Frame(i, i, 0.0, [], {"surface": rng.integers(0, 256, (50, 50), dtype=np.uint8)}) for i in range(64)]
    data = animation.gif(frames, toy())
    image = Image.open(io.BytesIO(data))
    assert len(data) <= animation.LIMIT and image.n_frames == 64 and 160 <= image.width < 400


def test_without_a_picture_or_with_an_odd_width_it_says_so():
    for frames, width in (([], 400), ([Frame(0, 0, 0.0)], 400), (toy_frames(1), 100), (toy_frames(1), 801)):
        with pytest.raises(ValueError, match="frames have an array"):
            animation.gif(frames, toy(), width=width)


def test_the_title_tells_the_epoch_and_the_score_in_the_session_s_language():
    row = {"epoch": 12, "val_accuracy": 0.943, "val_mae": 0.01234}
    assert animation.title(12, row, ACCURACY)[0] == "epoch 12 · validation accuracy 0.94"
    assert animation.title(12, row, Score("val_mae", "validation error", higher_is_better=False))[0].endswith("error 0.0123")
    assert animation.title(12, {}, ACCURACY)[0] == animation.title(12, row, None)[0] == "epoch 12"
    i18n.use("zh")
    text, font = animation.title(12, row, ACCURACY)
    assert animation.covers(font, text)
    assert text.startswith("第 12 轮 · ") if len(animation.fonts(16)) > 1 else text == "epoch 12 · 0.94"


def test_no_boxes_are_drawn_where_there_is_no_chinese_font(monkeypatch):
    latin = animation.fonts(16)[:1]
    assert animation.covers(latin[0], "epoch 12 · 0.94") and not animation.covers(latin[0], "第 12 轮")
    monkeypatch.setattr(animation, "fonts", lambda size: latin)
    i18n.use("zh")
    assert animation.title(12, {"val_accuracy": 0.943}, ACCURACY) == ("epoch 12 · 0.94", latin[0])


@pytest.mark.parametrize("language", slow_after(["en", "zh"], 1))
def test_real_runs_become_small_gifs(runs, language):
    i18n.use(language)
    for name in ("binary", "classes", "regression", "features", "failed"):
        spec, frames = SPECS[name], tables.frames_of(runs[name])
        data = animation.gif(frames, answer(spec, FeedforwardView(), sample_of(spec)), tables.rows_of(frames), spec.score)
        image = Image.open(io.BytesIO(data))
        assert image.n_frames == len(frames) <= 64 and image.width == 400
        assert len(data) <= animation.LIMIT


# ---- the report

DATE = "21 November 2026"
PROGRAM = "import keras\nassert 1 < 2 & 3, '</pre><script>alert(1)</script>'\n"
NASTY = ("<a href='https://evil.example'>x</a>", "<img src=x onerror=alert(1)>")


def reported(runs, name, **more):
    spec, view = SPECS[name], FeedforwardView(log_scale=True)
    names = NASTY if name == "binary" else ()
    return report(spec, more.pop("records", runs[name]), figures(spec, view, sample_of(spec), names), **{
        "title": "Feedforward <networks>", "date": DATE, "view": view, "program": PROGRAM,
        "address": "https://example.org/feedforward?a=1&b=<script>", **more})


class Reader(HTMLParser):
    """What a document says, and what it would fetch or follow. The figures' data are kept, other scripts are not."""

    def __init__(self, html):
        super().__init__()
        self.words, self.links, self.tags, self.inside, self.attributes, self.data = [], [], [], "", {}, ""
        self.feed(html)
        self.said = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for key, value in attrs if key in ("href", "src", "srcset", "action", "data")]
        self.inside, self.attributes = tag, dict(attrs)

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, data):
        if self.attributes.get("id") == "figures" and self.inside == "script":
            self.data += data
        elif self.inside not in ("script", "style"):
            self.words.append(data)


def test_a_report_holds_all_it_needs_and_escapes_what_strangers_wrote(runs):
    html = reported(runs, "binary")
    read = Reader(html)
    assert [link for link in read.links if not link.startswith("data:image/png")] == ["https://example.org/feedforward?a=1&b=<script>"]
    assert read.tags.count("script") == 3 and "img" not in read.tags and "link" not in read.tags
    assert html.count("plotly.js v") == 1
    assert read.said.startswith("Feedforward <networks>") and DATE in read.said
    assert PROGRAM.strip() in unescape(re.search(r"<pre>(.*?)</pre>", html, re.S)[1])
    plots = {plot["id"]: plot for plot in json.loads(read.data)}
    assert "<" not in "".join(plots["figure-confusion"]["layout"]["xaxis"]["ticktext"])
    assert "<" not in read.data  # nothing in it can end the script that it stands in
    odd = Reader(reported(runs, "binary", address="javascript:alert(1)"))
    assert "javascript:alert(1)" in odd.said and not [link for link in odd.links if "javascript" in link]


@LANGUAGES
@pytest.mark.parametrize("name", slow_after([name for name in SPECS if name != "failed"], 2))
def test_a_report_says_settings_numbers_and_what_to_notice(runs, name, language):
    i18n.use(language)
    spec, found = SPECS[name], runs[name]
    html = reported(runs, name)
    said, rows = Reader(html).said, tables.rows_of(tables.frames_of(found))
    assert f'lang="{"zh-Hans" if language == "zh" else "en"}"' in html
    for field in (*FeedforwardSpec.model_fields, *FeedforwardView.model_fields):
        owner = FeedforwardSpec if field in FeedforwardSpec.model_fields else FeedforwardView
        assert i18n._(owner.control(field).label) in said, field
    marked = re.findall(r"<tr class=changed><th>(.*?)</th>", html)
    assert len(marked) == len(spec.to_query()) + 1  # and the view's logarithm
    assert html.index("<tr class=changed>") < html.index("<tr><th>" + i18n._("Data"))
    assert html.rindex("<tr class=changed>") < html.index("<tr><th>" + i18n._("Data"))
    assert i18n._("Data") + " · " in said
    end, frames = found[-1].end(), tables.frames_of(found)
    for notes in [*zip(end.notes), *sentences(diagnose(spec, rows, frames, end))]:
        assert plain(" ".join(map(i18n.say, notes))) in said
    scores = [row[spec.score.metric] for row in rows]
    best = int(np.argmin(scores) if spec.regression else np.argmax(scores))
    heads = re.findall(r"<thead>.*?</thead>", html)[0]
    assert re.findall(r"\d+", re.sub("<.*?>", " ", heads)) == [str(spec.epochs), str(best)]
    assert f"<td>{rows[-1]['val_loss']:.4g}</td><td>{rows[best]['val_loss']:.4g}</td>" in html
    assert versions()["keras"] in said and versions()["tensorflow"] in said


@pytest.mark.parametrize("name", slow_after(["binary", "classes", "regression", "features"], 2))
def test_plotly_accepts_the_figures_of_a_report_and_they_show_the_run(runs, name):
    import plotly.graph_objects as go

    frames = tables.frames_of(runs[name])
    plots = {plot.pop("id"): plot for plot in json.loads(Reader(reported(runs, name)).data)}
    for plot in plots.values():
        go.Figure(plot)
        assert theme.PREFIX not in json.dumps(plot)
    losses = [row["loss"] for row in tables.rows_of(frames)]
    assert plots["figure-loss"]["data"][0]["y"] == losses
    early = json.loads(Reader(reported(runs, name, epoch=1)).data)
    assert next(plot for plot in early if plot["id"] == "figure-loss")["data"][0]["y"] == losses[:2]


def test_a_run_that_failed_says_so_in_a_sentence(runs):
    said = Reader(reported(runs, "failed")).said
    end = runs["failed"][-1].end()
    assert end.state == "failed" and i18n.say(end.error) in said
    assert "A change that helps: set “Learning rate” to 0.05." in said
    assert "Traceback" not in said and "nan" not in said.lower()


def test_a_run_that_was_stopped_or_is_under_way_or_never_began_says_so(runs):
    found = runs["regression"][:-1]
    spec = SPECS["regression"]
    assert "not ended yet; this is how it stood at epoch 12" in Reader(reported(runs, "regression", records=found)).said
    ends = {"stopped before its end": End("cancelled"), "broke off at epoch 12": End("failed"),
            "an error in the program: <E>": End("failed", error=Message("an error in the program: {text}", {"text": "<E>"}))}
    for words, end in ends.items():
        assert words in Reader(reported(runs, "regression", records=[*found, *records(encode_end(end))])).said
    empty = Reader(reported(runs, "regression", records=recorded(spec, [End("failed")])))
    assert "before its first picture" in empty.said and empty.tags.count("script") == 0
    assert Reader(reported(runs, "regression", records=[])).said


def test_nothing_taken_away_needs_streamlit_tensorflow_or_plotly_s_python():
    code = ("import sys, numpy as np\n"
            "from core.export import animation, report, tables\n"
            "from core.data import points\nfrom core.figures.feedforward import figures\nfrom core.frame import Frame\n"
            "from core.specs.feedforward import FeedforwardSpec, FeedforwardView\n"
            "spec, view = FeedforwardSpec(), FeedforwardView()\n"
            "sample = points.load('circles', points=400, noise=0.1, seed=0, train_share=0.5)\n"
            "templates = figures(spec, view, sample)\n"
            "frame = Frame(0, 0, 0, [], {'surface': np.zeros((50, 50), np.uint8)})\n"
            "animation.gif([frame], templates[1]); tables.metrics_csv([]); tables.arrays_npz([frame])\n"
            "report.report(spec, [], templates, title='', date='')\n"
            "print([m for m in ('streamlit', 'tensorflow', 'keras', 'plotly', 'sklearn', 'scipy', 'pandas') if m in sys.modules])")
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


# ---- what the drawer offers


def offered(app):
    return {button.proto.id.rpartition(":")[2] for button in app.get("download_button")}


def test_only_files_that_can_be_made_are_offered(lab, monkeypatch):  # noqa: F811
    app = choose(lab(), "take")
    assert offered(app) == {"html", "csv", "npz", "keras", "gif"} and not any("first picture" in c.value for c in app.caption)
    every = lab.runner.records
    monkeypatch.setattr(lab.runner, "records", lambda key: [record for record in every(key) if record.kind != "frame"])
    app.run()  # as of a run that failed before its first frame
    assert not app.exception and offered(app) == {"html", "csv", "npz"}
    assert any("before its first picture" in c.value for c in app.caption)


def test_a_file_that_fails_when_it_is_pressed_gets_a_sentence_of_ours(lab):  # noqa: F811
    app = choose(lab(), "take")
    rule = next(element.proto.body for element in app.get("html") if take.REFUSED in element.proto.body)
    assert "The file could not be made just now." in rule and ".st-key-feedforward-take " in rule
    scripts = (Path(streamlit.__file__).parent / "static" / "static" / "js").glob("DownloadButton*.js")
    assert any(f'"data-testid":`{take.REFUSED}`' in script.read_text("utf-8") for script in scripts)  # where Streamlit's own stands


# ---- the report in a browser


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("name, language", [("binary", "en"), ("failed", "zh"), ("classes", "zh"), ("features", "en")])
def test_a_report_opens_from_a_disk_and_draws_its_figures(runs, browser, tmp_path, name, language):
    i18n.use(language)
    file = tmp_path / "report.html"
    file.write_text(reported(runs, name), "utf-8")
    with browser.new_context(color_scheme="dark") as context:
        page = context.new_page()
        heard, asked = [], []
        page.on("console", lambda message: heard.append(message.text))
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto(file.as_uri())
        count = page.locator("figure > div[id]").count()
        assert count >= 6
        page.wait_for_function(f"() => document.querySelectorAll('figure > div .xaxislayer-above text').length >= {count}")
        page.wait_for_function("() => document.querySelector('#figure-surface .heatmaplayer image')?.href.baseVal.startsWith('data:')")
        if name != "failed":
            assert page.locator("#figure-loss .scatterlayer path.js-line").count() == 2
        widest = "() => Math.max(...[...document.querySelectorAll('body, body *')].map((e) => e.getBoundingClientRect().right))"
        assert page.evaluate(widest) <= 390
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        diagram = page.locator("svg.network")
        assert diagram.locator("path").count() > 1 and diagram.bounding_box()["height"] > 150
        size = "(a) => new Promise((r) => { const i = new Image(); i.onload = () => r(i.naturalWidth); i.src = a })"
        assert page.evaluate(size, diagram.locator("image").get_attribute("href")) > 100
        words = page.inner_text("body")
        assert {"en": "Learning rate", "zh": "学习率"}[language] in words
        assert {"en": "training", "zh": "训练"}[language] in page.text_content("#figure-loss .legend")
        assert ("output" if language == "en" else "输出") in diagram.text_content()
        colour = "(what) => getComputedStyle(document.querySelector(what)).backgroundColor"
        assert page.evaluate(colour, "figure") == "rgb(255, 255, 255)"  # figures stay light
        assert page.evaluate(colour, "body") != "rgb(255, 255, 255)"
        assert page.locator("a").count() == 1  # no class name became a link
        page.set_viewport_size({"width": 1000, "height": 800})
        page.wait_for_function("""() => [...document.querySelectorAll('figure > div[id]')].every((div) =>
          Math.abs(div.querySelector('.main-svg').getBoundingClientRect().width - div.clientWidth) < 1)""")
        page.set_viewport_size({"width": 703, "height": 1000})  # the width of A4 within its margins; nobody waits for figures
        page.emulate_media(media="print")
        assert page.evaluate(widest) <= 703
        assert page.evaluate(colour, "body") == "rgb(255, 255, 255)"
        assert page.pdf(format="A4").startswith(b"%PDF")
        assert heard == [] and asked == [file.as_uri()]
