"""The figures of the page on Transformers, for random settings, and pictures of attention in general."""

from __future__ import annotations

import json
import random
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from core.data import tasks
from core.figures import heads
from core.figures.template import apply, numbers, to_figure, to_json
from core.figures.transformer import ask, exact, facts, figures, metrics
from core.figures.transformer_side import arrays as shared
from core.figures.transformer_side import side, variants
from core.frame import Frame
from core.maths.activations import softmax
from core.specs.transformer import TASKS, TEXTS, TransformerSpec, TransformerView
from tests.conftest import slow_after


def drawn(seed: int) -> TransformerSpec:
    """Settings at random, valid ones."""
    r = random.Random(seed)
    spec = TransformerSpec(layers=r.randint(1, 6), heads=r.randint(1, 8), positions=r.choice(["sine", "learned", "none"]),
                           mask=r.choice(["full", "causal"]), norm=r.choice(["pre", "post"]), points=40, epochs=r.randint(1, 50))
    return spec.revised(task=r.choice(list(TASKS)), language=r.choice(["english", "chinese"]))


def frame(spec: TransformerSpec, seed: int = 0) -> Frame:
    """A frame as `core.labs.transformer` describes it, of random numbers."""
    rng, t, known = np.random.default_rng(seed), spec.steps, facts(spec)
    k, n = len(known.answers), 1 if spec.pooled else t
    truth = rng.integers(0, k, n).astype(np.int32)
    truth[:n - spec.asked] = -1
    attention = softmax(rng.normal(0, 2, (spec.layers, spec.heads, t, t)) - (1e9 * np.triu(np.ones((t, t)), 1) if spec.causal else 0))
    arrays: dict[str, np.ndarray] = {
        "example": np.array([0], np.int32), "tokens": rng.integers(0, len(known.symbols), t).astype(np.int32), "truth": truth,
        "said": rng.integers(0, k, n).astype(np.int32), "p": rng.dirichlet(np.ones(k), n).astype(np.float32),
        "stream": rng.random((2 * spec.layers + 1, t)).astype(np.float32), "added": rng.random((2 * spec.layers, t)).astype(np.float32),
        "positions_": rng.normal(size=(t, spec.width)).astype(np.float32),
        **{f"a_{i + 1}": a.astype(np.float32) for i, a in enumerate(attention)}}
    if spec.task == "text":
        arrays |= {"begun": np.array([4], np.int32), "written": rng.integers(0, k, 64).astype(np.int32),
                   "logits": rng.normal(size=(60, k)).astype(np.float16)}
    if spec.task == "masked":
        arrays["hidden"] = (truth >= 0).astype(np.uint8)
    return Frame(10, 1, 0.5, [], arrays)


def rows(spec: TransformerSpec) -> list[dict[str, float | None]]:
    row = {"loss": 0.5, "accuracy": 0.4, "grad_1": 0.1, "update_1": 0.01, **dict.fromkeys(metrics(spec), 0.25)}
    return [{"epoch": e, **row} for e in range(2)]


@pytest.mark.parametrize("seed", slow_after(range(60), 12))
def test_all_figures_of_random_settings_are_fed_by_a_frame_and_plotly_takes_them(seed: int) -> None:
    spec = drawn(seed)
    shot, known = frame(spec, seed), rows(spec)
    shown = figures(spec, TransformerView(log_scale=seed % 2 == 0), facts(spec))
    json.dumps(to_json(shown), allow_nan=False)
    replaced = set(ask(spec)["neurons"]["replaces"])
    for template in shown:
        figure = to_figure(template, shot, known)
        assert isinstance(figure, go.Figure)
        assert not any(mark in figure.layout.title.text for mark in "{}–"), figure.layout.title.text
        for binding in template.bindings:
            if binding.kind in ("heads", "flow", "writer", "line"):
                assert set(binding.source) <= set(shot.arrays), (template.id, binding.source)
                assert set(binding.source) <= replaced  # an answer replaces all that is about a sequence
    assert [t.id for t in shown if t.area == "main"] == ["heads", "flow"]
    assert ("write" in ask(spec)) == (spec.task == "text") == ("writer" in {t.id for t in shown})
    assert shown[0].bindings[0].options["words"]["score"]["metric"] in metrics(spec)
    assert {"heads", "flow"} <= {t.id for t in shown} and ("positions" in {t.id for t in shown}) == (spec.positions != "none")


@pytest.mark.parametrize("task", TASKS)
def test_what_a_page_knows_of_a_task_is_what_its_sequences_say(task: str) -> None:
    spec = TransformerSpec(points=200).revised(task=task, learning_rate=0.3)
    known, sample = facts(spec), tasks.load(spec)
    assert (known.symbols, known.answers) == tasks.vocabulary(spec) and known.count == sample.validation
    assert known.guess > (known.floor or 0) >= 0 and 0 < known.luck < 1
    assert exact(spec) == (task in ("reverse", "sort", "copy", "addition")) == ("val_exact" in metrics(spec))
    assert facts(spec.changed(learning_rate=0.01, heads=3, epochs=2)) is known  # its sequences are drawn once


def test_maps_have_every_weight_in_its_place_by_its_root() -> None:
    rng = np.random.default_rng(3)
    maps = softmax(rng.normal(0, 2, (2, 3, 5, 5)))
    template = heads.maps(2, 3, causal=False, words={}, own="", title="t", alt="a", empty="e")
    z = apply(template, Frame(0, 0, 0, [], {f"a_{i + 1}": a.astype(np.float32) for i, a in enumerate(maps)}))["data"][0]["z"]
    assert len(z) == 11 and len(z[0]) == 17
    for layer in range(2):
        for head in range(3):
            part = [line[6 * head:6 * head + 5] for line in z[6 * layer:6 * layer + 5]]
            np.testing.assert_allclose(np.array(part, float) ** 2, maps[layer, head], atol=2e-4)
    assert z[5] == [None] * 17 and [line[5] for line in z] == [None] * 11


def test_answers_are_told_from_right_ones_and_asked_places_from_others() -> None:
    template = heads.flow("flow", 1, 1, "AB?", "AB", pooled=False, words={}, title="t", alt="a", empty="e")
    arrays: dict[str, Any] = {"tokens": np.array([0, 1, 2, 2], np.int32), "truth": np.array([-1, -1, 1, 0], np.int32),
                              "said": np.array([0, 0, 1, 1], np.int32), "a_1": np.eye(4, dtype=np.float32)[None]}
    shot = Frame(0, 0, 0, [], arrays)
    assert heads.said(template.bindings[0], shot) == [("B", True, "B"), ("B", False, "A")]
    figure = apply(template, shot)
    assert len(figure["layout"]["shapes"]) == 4 and {s["opacity"] for s in figure["layout"]["shapes"]} == {1.0}
    assert [a["text"] for a in figure["layout"]["annotations"] if a["y"] == 1.25] == ["B", "B"]


def test_perplexity_is_e_to_the_loss_in_its_title_and_its_curve() -> None:
    spec = TransformerSpec(task="text", length=32)
    known = [{"epoch": 0, "loss": None, "val_loss": 2.0}, {"epoch": 1, "loss": 1.0, "val_loss": 1.5}]
    chart = {t.id: t for t in figures(spec, TransformerView(), facts(spec))}["perplexity"]
    drawn = apply(chart, frame(spec), known)
    assert f"{np.exp(1.5):.3g}" in drawn["layout"]["title"]["text"]
    assert drawn["data"][1]["y"] == pytest.approx(np.exp([2.0, 1.5])) and drawn["data"][0]["y"] == [None, pytest.approx(np.e)]
    assert numbers([{"epoch": 0, "val_loss": None}], 0) == {"epoch": 0, "val_loss": None}
    assert np.isfinite(numbers([{"val_loss": 1e30}], 0)["perplexity"])


def test_the_vectors_lengths_are_means_over_the_places() -> None:
    spec = TransformerSpec(layers=2)
    shot = frame(spec)
    chart = {t.id: t for t in figures(spec, TransformerView(), facts(spec))}["stream"]
    along, added = apply(chart, shot, rows(spec))["data"]
    np.testing.assert_allclose(along["y"], shot.arrays["stream"].mean(1), rtol=1e-5)
    np.testing.assert_allclose(added["y"], shot.arrays["added"].mean(1), rtol=1e-5)
    assert along["x"] == [0, 1, 2, 3, 4] and added["x"] == [1, 2, 3, 4]


@pytest.mark.parametrize("task", TASKS)
def test_side_by_side_only_what_is_compared_differs(task: str) -> None:
    spec = TransformerSpec(seed=3, heads=3, epochs=7).revised(task=task).fork(2, learning_rate=0.02)
    specs = variants(spec)
    assert list(specs) == (["text", "masked"] if task in TEXTS else ["sine", "learned", "none", "causal"])
    for one in specs.values():
        assert one.parent is None and (one.seed, one.heads, one.epochs, one.learning_rate, one.length) == (3, 3, 7, 0.02, spec.length)
        assert task in TEXTS or one.split == spec.split
    assert task in TEXTS or [one.causal for one in specs.values()] == [False, False, False, True]
    runs = {name: f"run-{name}" for name in specs}
    shown = side(spec, runs, {name: facts(one) for name, one in specs.items()})
    name = spec.score.metric
    assert [b.source[0] for b in shown[0].bindings] == [f"{i}:median:{name}" for i in range(len(specs))]
    assert [t.bindings[0].options["run"] for t in shown[1:]] == (list(runs.values()) if task in TEXTS else [])
    assert all(set(t.bindings[0].source) <= set(shared(spec)) for t in shown[1:])
    assert len({json.dumps(t["line"]) for t in shown[0].figure["data"]}) == len(specs)
    for template in shown:
        to_figure(template, frame(next(iter(specs.values()))))
