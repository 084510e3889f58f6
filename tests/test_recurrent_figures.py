"""The figures of the page on recurrent networks, for random settings, and pictures of sequences in general."""

from __future__ import annotations

import json
import random
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from core.figures import sequences
from core.figures.recurrent import Facts, ask, figures, layers_of, side
from core.figures.sequences import Block
from core.figures.template import apply, to_figure, to_json
from core.frame import Frame
from core.specs.recurrent import CELLS, SHOWN, TASKS, RecurrentSpec, RecurrentView
from tests.conftest import slow_after

SYMBOLS = {"recall": tuple("ABCD····?"), "parity": ("0", "1"), "text": tuple("abcdefghijklmnopqrst. ,")}


def facts(spec: RecurrentSpec) -> Facts:
    symbols = SYMBOLS.get(spec.task, ())
    inputs = len(symbols) if spec.task in ("recall", "text") else 2 if spec.task == "adding" else 1
    return Facts(inputs, symbols, 4 if spec.task == "recall" else len(symbols), 0.5, 0.01 if spec.task == "wave" else 0.0, 0.1, 0.3)


def drawn(seed: int) -> RecurrentSpec:
    """Settings at random, valid ones."""
    r = random.Random(seed)
    cell = r.choice(list(CELLS))
    initializer = r.choice(["orthogonal", "glorot_uniform", "shrinking", *["identity"] * (cell == "rnn")])
    return RecurrentSpec(task=r.choice(list(TASKS)), cell=cell, length=r.randint(2, 60), units=r.choice([1, 3, 50, 128]),  # type: ignore[arg-type]
                         layers=r.randint(1, 3), bidirectional=r.random() < 0.3, initializer=initializer, epochs=r.randint(1, 50))


def frame(spec: RecurrentSpec, seed: int = 0) -> Frame:
    """A frame as `core.labs.recurrent` describes it, of random numbers."""
    rng, t, u, known = np.random.default_rng(seed), spec.steps, min(spec.units, SHOWN), facts(spec)
    k = known.classes or 1

    def numbers(*shape: int) -> np.ndarray:
        return rng.normal(0, 1, shape).astype(np.float32)

    arrays: dict[str, np.ndarray] = {"example": np.array([0], np.int32), "inputs": numbers(t, known.inputs), "truth": numbers(1),
                                     "answer": numbers(k), "through": np.exp(numbers(t))}
    if spec.bidirectional:
        arrays["through_b"] = np.exp(numbers(t))
    else:
        arrays["sofar"] = numbers(t, k) if spec.regression else rng.dirichlet(np.ones(k), t).astype(np.float32)
    for layer in layers_of(spec):
        arrays |= {f"{letter}_{layer}": np.tanh(numbers(t, u)) for letter in ("h", "c", "g")}
        arrays |= {f"{gate}_{layer}": rng.random((t, u)).astype(np.float32) for gate in spec.gates}
    if spec.cell == "lstm":
        arrays["through_c"] = np.exp(numbers(t))
    if not spec.regression:
        arrays["tokens"] = rng.integers(0, len(known.symbols), t).astype(np.uint8)
        arrays["confusion"] = rng.integers(0, 9, (k, k)).astype(np.int32)
    if spec.task == "wave":
        arrays |= {"ahead": numbers(100), "ahead_truth": numbers(100), "free": numbers(100)}
    if spec.task == "adding":
        arrays |= {"off_said": numbers(100), "off_truth": numbers(100)}
    if spec.task == "text":
        arrays["said"] = rng.integers(0, k, t + 60).astype(np.uint8)
    return Frame(10, 1, 0.5, [], arrays)


def rows(spec: RecurrentSpec) -> list[dict[str, float | None]]:
    metric = "mae" if spec.regression else "accuracy"
    row = {"loss": 0.5, "val_loss": 0.6, metric: 0.2, f"val_{metric}": 0.25, "grad_1": 0.1, "update_1": 0.01}
    return [{"epoch": e, **row} for e in range(2)]


@pytest.mark.parametrize("seed", slow_after(range(60), 12))
def test_all_figures_of_random_settings_are_fed_by_a_frame_and_plotly_takes_them(seed: int) -> None:
    spec = drawn(seed)
    view, shot, known = RecurrentView(log_through=seed % 2 == 0, log_scale=seed % 3 == 0), frame(spec, seed), rows(spec)
    shown = figures(spec, view, facts(spec))
    json.dumps(to_json(shown), allow_nan=False)
    replaced = set(ask(spec)["neurons"]["replaces"])
    for template in shown:
        figure = to_figure(template, shot, known)
        assert isinstance(figure, go.Figure)
        assert not any(mark in figure.layout.title.text for mark in "{}–"), figure.layout.title.text
        for binding in template.bindings:
            if binding.kind in ("line", "strip", "said", "matrix"):
                assert set(binding.source) <= set(shot.arrays), (template.id, binding.source)
                assert set(binding.source) <= replaced  # an answer replaces all that is about a sequence
    assert [t.id for t in shown if t.area == "main"][1] == "states"
    held = shown[1].bindings[0].options["words"]["gates"]
    assert {name for gate in held for name in gate["arrays"]} == {f"{g}_{layer}" for g in spec.gates for layer in layers_of(spec)}


@pytest.mark.parametrize("seed", range(4))
def test_a_heat_map_of_states_has_every_number_in_its_row_and_its_column(seed: int) -> None:
    rng = np.random.default_rng(seed)
    steps, sizes = int(rng.integers(2, 12)), rng.integers(1, 9, 3)
    blocks = [Block(f"a{i}", f"block {i}", int(n), weight=float(rng.uniform(0.3, 2)), signed=i != 1) for i, n in enumerate(sizes)]
    template = sequences.strip("strip", steps, blocks, title="t", alt="a", empty="e", at="")
    arrays = {"a0": 3 * rng.normal(size=(steps, sizes[0])), "a1": rng.random((steps, sizes[1])),
              "a2": rng.uniform(-1, 1, (steps, sizes[2]))}
    figure = apply(template, Frame(0, 0, 0, [], {k: v.astype(np.float32) for k, v in arrays.items()}))
    trace = figure["data"][0]
    edges, z = np.array(trace["y"]), trace["z"]
    assert len(z) == len(edges) - 1
    expected = {"a0": arrays["a0"] / np.abs(arrays["a0"]).max(), "a1": 2 * arrays["a1"] - 1, "a2": arrays["a2"]}
    for place in template.bindings[0].options["blocks"]:
        for k in range(place["rows"]):
            middle = place["top"] + (k + 0.5) * (place["bottom"] - place["top"]) / place["rows"]
            row = np.searchsorted(edges, middle) - 1
            np.testing.assert_allclose(z[row], expected[place["array"]][:, k], atol=1e-3)
    gaps = [row for row in z if row[0] is None]
    assert len(gaps) == len(blocks) - 1


def test_a_title_says_how_much_of_the_gradient_arrives_and_a_text_what_was_drawn() -> None:
    spec = RecurrentSpec(task="text")
    shot = frame(spec)
    found: dict[str, Any] = {t.id: apply(t, shot, rows(spec)) for t in figures(spec, RecurrentView(), facts(spec))}
    ratio = shot.arrays["through"][0] / shot.arrays["through"][-1]
    assert f"to step 1: × {ratio:.2g}" in found["through"]["layout"]["title"]["text"]
    text = found["said"]["layout"]["annotations"][0]["text"].replace("<br>", "")
    assert text == "".join(SYMBOLS["text"][k] for k in shot.arrays["said"])


@pytest.mark.parametrize("task", TASKS)
def test_three_cells_share_a_chart_and_each_has_its_own_run(task: str) -> None:
    spec = RecurrentSpec(task=task)  # type: ignore[arg-type]
    runs = {cell: f"run-{cell}" for cell in CELLS}
    scores, slopes = side(spec, RecurrentView(), runs)
    assert [b.source[0] for b in scores.bindings] == [f"{i}:median:{spec.score.metric}" for i in range(3)]
    assert [b.options["run"] for b in slopes.bindings] == list(runs.values())
    assert len({json.dumps(t["line"]) for t in slopes.figure["data"]}) == 3  # in colour and dash
    for template in (scores, slopes):
        to_figure(template, frame(spec))
