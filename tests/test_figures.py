"""Figure templates: every binding names a trace, plotly accepts the figures, and a frame's data arrives in them."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import numpy as np
import pytest

from core.data import points
from core.figures import confusion, curves, network, plane, theme
from core.figures.feedforward import figures
from core.figures.template import Binding, Template, apply, curve, text, to_figure, to_json
from core.frame import Frame
from core.specs.feedforward import FeedforwardSpec, FeedforwardView

rng = np.random.default_rng(0)
SIZES = (2, 6, 4, 1)
LABELS = ["inputs", "hidden 1 · 6 × tanh", "hidden 2 · 4 × tanh", "output"]
X = rng.uniform(-1, 1, (60, 2))
TRAIN = np.arange(60) < 40
DOMAIN = (-1.0, 1.0, -2.0, 2.0)
NAMES = {1: "hidden 1", 2: "hidden 2", 3: "output"}


def surface(task: plane.Task, classes: int = 2, **more: object) -> Template:
    y = X[:, 0] if task == "regression" else np.arange(60) % classes
    return plane.surface(X, y, TRAIN, task=task, classes=[str(k) for k in range(classes)], domain=DOMAIN, **more)


TEMPLATES = [
    network.diagram(SIZES, LABELS, ["x₁", "x₂"]), network.diagram([100, 64, 64, 10], ["a", "b · 64 × tanh", "c", "d"]),
    network.diagram([2, *[16] * 6, 1], [str(i) for i in range(8)]), network.diagram([2, 1], ["in", "out"]),
    surface("binary"), surface("binary", discretize=True), surface("classes", 4), surface("classes", 4, discretize=True),
    surface("regression", lo=-1.0, hi=1.0), curves.loss(200, marks={"baseline": 0.69}), curves.loss(200, log=True),
    curves.accuracy(200), curves.error(200), curves.gradients(200, NAMES), curves.updates(200, NAMES),
    curves.dead(200, NAMES), confusion.matrix(["a", "b", "c"]),
]


def frame(sizes: tuple[int, ...] = SIZES, epoch: int = 2) -> Frame:
    shown = sum(min(n, 16) for n in sizes)
    kernels = {f"w{i}": rng.normal(size=pair).astype(np.float32) for i, pair in enumerate(zip(sizes, sizes[1:], strict=False))}
    return Frame(10, epoch, 0.1, [], {
        "surface": rng.integers(0, 256, (50, 50), dtype=np.uint8), "surface_p": np.full((50, 50), 128, np.uint8),
        "thumbs": rng.integers(0, 256, (shown, 20, 20), dtype=np.uint8), **kernels,
        "confusion": np.array([[3, 1, 0], [0, 0, 0], [1, 1, 2]], np.int32)})


ROWS = [{"epoch": e, "loss": 1 / (e + 1), "val_loss": 2 / (e + 1), "accuracy": 0.5, "val_accuracy": 0.25,
         **({"grad_1": 0.1} if e else {})} for e in range(5)]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: t.id)
def test_plotly_accepts_every_template_in_both_themes(template: Template) -> None:
    import plotly.graph_objects as go

    for mode in theme.TOKENS:
        resolved = theme.resolve(template.figure, mode)
        assert theme.PREFIX not in json.dumps(resolved)
        go.Figure(resolved)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: t.id)
def test_templates_are_json_with_words_and_fixed_heights(template: Template) -> None:
    described = to_json([template])[0]
    assert json.loads(json.dumps(described, allow_nan=False)) == described
    assert template.title and template.alt and template.empty and template.height > 100
    assert template.figure["layout"]["uirevision"]
    assert text(template.title, {"epoch": 3}) and text(template.alt, {"epoch": 3})


def test_a_binding_to_a_trace_that_is_not_there_is_refused() -> None:
    figure = {"data": [{}], "layout": {}}
    for wrong in (curve(1, "loss"), curve(-1, "loss"), Binding("pie", 0, ("x",))):
        with pytest.raises(ValueError, match="no binding"):
            Template("x", figure, (wrong,), "t", "a", 100)
    with pytest.raises(ValueError, match="share an id"):
        to_json([TEMPLATES[0], TEMPLATES[0]])
    with pytest.raises(ValueError, match="area"):
        Template("x", figure, (), "t", "a", 100, area="elsewhere")
    with pytest.raises(KeyError, match="no colour"):
        theme.colour("mauve")


def test_curves_hold_the_rows_up_to_the_epoch() -> None:
    template = curves.loss(200)
    shown = apply(template, frame(epoch=2), ROWS)
    assert shown["data"][0]["x"] == [0, 1, 2]
    assert shown["data"][1]["y"] == [2, 1, 2 / 3]
    assert shown["layout"]["title"]["text"] == "Loss: validation 0.667 at epoch 2"
    assert template.figure["data"][0]["x"] == []  # the template itself is left alone
    assert apply(curves.gradients(200, NAMES), frame(epoch=2), ROWS)["data"][0]["x"] == [1, 2]


def test_surface_shows_the_outputs_that_bytes_stand_for() -> None:
    f = frame()
    z = np.array(apply(surface("regression", lo=-1.0, hi=1.0), f)["data"][0]["z"])
    assert np.allclose(z, f.arrays["surface"] / 127.5 - 1)
    trace = apply(surface("binary"), f)["data"][0]
    assert (trace["x0"], trace["x0"] + 49 * trace["dx"]) == (-1, pytest.approx(1))
    assert trace["y0"] + 49 * trace["dy"] == pytest.approx(2)


def test_several_classes_are_a_class_and_how_sure() -> None:
    f = frame()
    f.arrays["surface"][:] = 2
    trace = apply(surface("classes", 4), f)["data"][0]
    assert np.all(np.array(trace["z"]) == 2.5)
    assert trace["text"][0][0] == "2"
    assert (trace["zmin"], trace["zmax"]) == (0, 4)


def test_points_have_a_colour_and_a_shape_of_their_own() -> None:
    traces = surface("classes", 3).figure["data"][1:]
    assert len(traces) == 6
    assert sum(len(t["x"]) for t in traces) == 60
    for part in (traces[:3], traces[3:]):
        assert len({t["marker"]["symbol"] for t in part}) == 3
    assert traces[0]["marker"]["color"] == "theme:point0"  # training is filled, deeper than the plane of its class
    assert traces[3]["marker"]["color"] == "theme:hollow"  # validation is hollow
    assert traces[3]["marker"]["line"]["color"] == "theme:class0"


def test_matrix_counts_and_shares_with_an_empty_row() -> None:
    trace = apply(confusion.matrix(["a", "b", "c"]), frame())["data"][0]
    assert trace["z"] == [[0.75, 0.25, 0], [0, 0, 0], [0.25, 0.25, 0.5]]
    assert trace["text"][0] == [3, 1, 0]


def test_network_puts_every_thumbnail_at_its_neuron() -> None:
    template = network.diagram(SIZES, LABELS, ["x₁", "x₂"])
    f = frame()
    trace = apply(template, f)["data"][0]
    z = np.array(trace["z"], float)
    assert np.isfinite(z).sum() == f.arrays["thumbs"].size
    options = template.bindings[0].options
    layer = options["layers"][1]
    column, row = round(layer["x"] / trace["dx"] - 10), round(layer["ys"][0] / trace["dy"] - 10)
    assert np.array_equal(z[row:row + 20, column:column + 20], f.arrays["thumbs"][2])


def test_edges_have_the_sign_and_size_of_their_weights() -> None:
    template = network.diagram([1, 3], ["in", "out"])
    shapes = network.edges(template.bindings[0].options, {"w0": np.array([[0.01, -50.0, 50.0]])})
    drawn = {(s["line"]["color"], s["line"]["width"]) for s in shapes if s["path"] != "M0,0"}
    assert drawn == {("theme:positive", network.BUCKETS[0]), ("theme:negative", network.BUCKETS[-1]),
                     ("theme:positive", network.BUCKETS[-1])}


def test_only_the_strongest_edges_and_sixteen_neurons_are_drawn() -> None:
    template = network.diagram([2, 64, 64, 1], ["in", "b · 64 × tanh", "c · 64 × tanh", "out"])
    options = template.bindings[0].options
    assert [layer["shown"] for layer in options["layers"]] == [2, 16, 16, 1]
    assert any("16/64" in a["text"] for a in template.figure["layout"]["annotations"])
    shapes = network.edges(options, dict(frame((2, 64, 64, 1)).arrays))
    assert sum(s["path"].count("C") for s in shapes) == network.STRONGEST
    to_figure(template, frame((2, 64, 64, 1)))


def test_thumbnails_do_not_touch() -> None:
    for sizes in ([2, 1], [2, *[16] * 6, 1], [100, 64, 64, 10], list(SIZES)):
        layers, side = network.places(sizes, 16)
        assert side >= 8
        for layer in layers:
            assert layer["ys"] == sorted(layer["ys"], reverse=True)
            assert all(a - b > side for a, b in zip(layer["ys"], layer["ys"][1:], strict=False))
            assert network.LABELS + side / 2 <= layer["ys"][-1] and layer["ys"][0] <= network.HEIGHT - side / 2
        assert all(b["x"] - a["x"] > side for a, b in zip(layers, layers[1:], strict=False))


def test_wrong_layers_are_refused() -> None:
    with pytest.raises(ValueError, match="labels"):
        network.diagram([2, 1], ["in"])


def test_figures_import_neither_streamlit_nor_tensorflow_nor_plotly() -> None:
    code = ("import sys; from core.figures import confusion, curves, network, plane, template, theme; "
            "print([m for m in ('streamlit', 'tensorflow', 'keras', 'plotly') if m in sys.modules])")
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_a_page_builds_its_figures_quickly() -> None:
    def build() -> None:
        to_json([network.diagram(SIZES, LABELS), surface("binary"), curves.loss(9), curves.accuracy(9),
                 curves.gradients(9, NAMES), curves.updates(9, NAMES), curves.dead(9, NAMES), confusion.matrix(["a", "b"])])

    build()
    times = []
    for _ in range(9):
        start = time.perf_counter()
        build()
        times.append(time.perf_counter() - start)
    assert min(times) < 0.02  # some 1 ms on an idle machine; far above it something is amiss


def test_a_stranger_s_class_names_are_no_markup():
    sample = points.load("blobs3", points=30, noise=0.1, seed=0, train_share=0.5)
    names = ['<a href="http://evil.example">a</a>', "b<br>c", "%{x}"]
    drawn = json.dumps([t.figure for t in figures(FeedforwardSpec(dataset="blobs3"), FeedforwardView(), sample, names)], ensure_ascii=False)
    assert "‹a href" in drawn and "<a" not in drawn and "b‹br›c" in drawn and "%(x)" in drawn


def test_the_plane_says_which_class_is_which() -> None:
    x, y = np.random.default_rng(0).normal(size=(60, 2)), np.arange(60) % 3
    shown = plane.surface(x, y, np.arange(60) < 40, task="classes", classes=["cat", "dog", "红"], domain=(-6, 6, -6, 6))
    notes = shown.figure["layout"]["annotations"]
    assert [note["text"][2:] for note in notes] == ["cat", "dog", "红"]
    symbols = [trace["marker"]["symbol"] for trace in shown.figure["data"][1:4]]
    assert [note["text"][0] for note in notes] == [plane.SIGNS[theme.CLASS_SYMBOLS.index(symbol)] for symbol in symbols]
    assert [note["xshift"] for note in notes] == sorted({note["xshift"] for note in notes})
    digits = plane.key_to([str(k) for k in range(10)])
    assert [note["text"][-1] for note in digits] == [*"0123456789"] and digits[-1]["xshift"] < plane.ROOM - 20
    long = plane.key_to(["a name of twenty lett"] * 10)
    assert long[-1]["text"] == "…" and len(long) < 6 and len(plane.SIGNS) == len(theme.CLASS_SYMBOLS) == len(set(plane.SIGNS))


def test_the_loss_may_be_seen_on_a_logarithmic_axis() -> None:
    sample = points.load("circles", points=40, noise=0.1, seed=0, train_share=0.5)
    kinds = {log: next(t for t in figures(FeedforwardSpec(), FeedforwardView(log_scale=log), sample) if t.id == "loss").figure["layout"][
        "yaxis"].get("type", "linear") for log in (False, True)}
    assert kinds == {False: "linear", True: "log"}


def test_a_count_that_is_kept_as_a_float_is_told_without_a_point() -> None:
    assert text("{modes:d} of 8, {other:d}, {none:d}", {"modes": 7.0, "other": np.float32(2), "none": None}) == "7 of 8, 2, –"


def test_an_axis_without_bounds_is_not_left_those_of_the_chart_before() -> None:
    bound, free = (curves.chart("a", [("x", "x", "loss", "solid")], 5, title="", empty="", alt="", bounds=bounds).figure["layout"]["yaxis"]
                   for bounds in ((0.0, 1.0), None))
    assert free["autorange"] is True and "range" not in free and bound["uirevision"] != free["uirevision"]
