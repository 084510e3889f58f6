"""What a network makes of all images of a part: the numbers are scikit-learn's, the calibration is counted bin by bin."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.metrics import confusion_matrix, log_loss

from core.labs import evaluation
from core.labs.cnn import ask, sample_of
from core.maths.calibration import calibration as calibration_of
from core.specs.cnn import CnnSpec
from tests.test_cnn import last, outputs, rows, small, trained


def part_of(spec: CnnSpec, name: str) -> tuple[np.ndarray, np.ndarray]:
    sample = sample_of(spec)
    end = sample.train + sample.validation
    part = slice(sample.train, end) if name == "validation" else slice(end, None)
    return sample.x[part], sample.y[part]


def calibration(p: np.ndarray, y: np.ndarray) -> tuple[list[list[float]], float]:
    """Guo and others' bins, (m − 1) / 10 < certainty ≤ m / 10, and the expected calibration error, one answer after the other."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(10)]
    for row, truth in zip(p, y, strict=True):
        sure = float(row.max())
        m = next(m for m in range(1, 11) if sure <= m / 10 or m == 10)
        bins[m - 1].append((sure, int(row.argmax()) == truth))
    table = [[len(one), sum(s for s, _ in one) / len(one), sum(r for _, r in one) / len(one)] if one else [0.0, 0.0, 0.0] for one in bins]
    return table, sum(n * abs(right - sure) for n, sure, right in table) / len(y)


def confident(p: np.ndarray, y: np.ndarray) -> list[int]:
    wrong = [i for i in range(len(y)) if p[i].argmax() != y[i]]
    return sorted(wrong, key=lambda i: (-p[i].max(), i))[:12]


@pytest.mark.parametrize("part", ["validation", "test"])
@pytest.mark.parametrize("changes", [{}, {"filters": (), "dense": (8, 8), "epochs": 1}])
def test_the_whole_part_is_judged_as_scikit_learn_judges_it(part, changes):
    spec = small(**changes)
    arrays = dict(last(spec).arrays)
    x, y = part_of(spec, part)
    p = outputs(spec, x.astype(np.float32), arrays)["output"]
    found = ask(spec, "evaluate", arrays, {"part": part})
    assert_array_equal(found["confusion"], confusion_matrix(y, p.argmax(1), labels=np.arange(10)))
    bins, error = calibration(p, y)
    assert_allclose(found["bins"], bins, atol=1e-5)
    expected = [(p.argmax(1) == y).mean(), len(y), log_loss(y, p.astype(np.float64) / p.sum(1, keepdims=True), labels=np.arange(10)), error]
    assert_allclose(found["summary"], expected, rtol=1e-4, atol=1e-5)
    which = confident(p, y)
    assert len(which) == min(12, (p.argmax(1) != y).sum()) > 0
    assert_allclose(found["confident_sure"], p[which].max(1), atol=1e-5)
    ids = found["confident_ids"]
    assert set(ids) == set(which)
    assert_array_equal(found["confident"], x[ids])
    assert_array_equal(found["confident_truth"], y[ids])
    assert_array_equal(found["confident_said"], p[ids].argmax(1))
    assert {name: array.dtype for name, array in found.items()} == {
        "confusion": np.int32, "summary": np.float32, "bins": np.float32, "confident": np.uint8, "confident_ids": np.int32,
        "confident_truth": np.int32, "confident_said": np.int32, "confident_sure": np.float32}


def test_the_summary_of_validation_is_the_last_row():
    spec = small()
    found = ask(spec, "evaluate", dict(last(spec).arrays), {"part": "validation"})["summary"]
    assert_allclose(found[[2, 0]], [rows(trained(spec))[-1][f"val_{name}"] for name in ("loss", "accuracy")], rtol=1e-4)


@pytest.mark.parametrize("seed", range(8))
def test_calibration_is_counted_bin_by_bin(seed):
    """Of random answers, some of them exactly on an edge, and of few, so that bins are empty."""
    rng = np.random.default_rng(seed)
    n, classes = int(rng.integers(1, 400)), int(rng.integers(2, 11))
    p = rng.dirichlet(np.full(classes, rng.uniform(0.05, 2)), n)
    p[rng.random(n) < 0.2] = np.eye(classes)[0]
    p[rng.random(n) < 0.2] = [0.5, 0.5, *[0.0] * (classes - 2)]
    y = rng.integers(0, classes, n)
    bins, error = calibration(p, y)
    assert_allclose(calibration_of(p.max(1), p.argmax(1) == y), bins, atol=1e-12)
    found = evaluation.evaluate(np.zeros((n, 1, 1, 1), np.uint8), y.astype(np.int32), p, rng.random(n))
    assert_allclose(found["summary"][3], error, rtol=1e-5, atol=1e-7)
    assert_array_equal(found["confident_ids"], confident(p, y))


def test_the_cells_are_the_pictures_behind_the_matrix():
    spec = small(epochs=1)
    arrays = dict(last(spec).arrays)
    x, y = part_of(spec, "test")
    p = outputs(spec, x.astype(np.float32), arrays)["output"]
    matrix = ask(spec, "evaluate", arrays, {"part": "test"})["confusion"]
    for true in range(10):
        for said in range(10):
            found = ask(spec, "cell", arrays, {"part": "test", "truth": true, "said": said})
            there = np.flatnonzero((y == true) & (p.argmax(1) == said))
            assert found["count"].tolist() == [matrix[true, said]] == [len(there)] and found["count"].dtype == np.int32
            assert len(found["cell_ids"]) == len(found["cell"]) == min(24, len(there)) and set(found["cell_ids"]) <= set(there)
            assert_array_equal(found["cell"], x[found["cell_ids"]])
            assert_allclose(found["cell_sure"], np.sort(p[there, said])[::-1][:24], atol=1e-5)


def test_a_full_cell_shows_the_24_surest():
    n = 60
    p = np.random.default_rng(0).dirichlet([9, 1, 1], n)
    x, truth = np.arange(n, dtype=np.uint8).reshape(n, 1, 1, 1), np.zeros(n, np.int32)
    found = evaluation.cell(x, truth, p, 0, 0)
    there = [i for i in range(n) if p[i].argmax() == 0]
    assert found["cell_ids"].tolist() == sorted(there, key=lambda i: -p[i, 0])[:24] and found["count"].tolist() == [len(there)]
    assert found["cell"].ravel().tolist() == found["cell_ids"].tolist()


def test_another_epoch_has_another_answer():
    spec = small()
    first, *_, end = [item for item in trained(spec) if getattr(item, "stored", False)]
    before, after = (ask(spec, "evaluate", dict(frame.arrays), {"part": "test"})["summary"] for frame in (first, end))
    assert before[0] < after[0]
    bias = {name: array.copy() for name, array in end.arrays.items()}
    bias["b3"][4] += 100  # only the output's bias is another
    assert ask(spec, "evaluate", bias, {"part": "test"})["confusion"][:, 4].sum() == after[1]


@pytest.mark.parametrize(("probe", "arguments", "said"), [
    ("evaluate", {}, "None"), ("evaluate", {"part": "train"}, "train"), ("evaluate", {"part": ["test"]}, "test"),
    ("cell", {"truth": 0, "said": 1}, "None"), ("cell", {"part": "test", "truth": 10, "said": 1}, "10"),
    ("cell", {"part": "test", "truth": 0, "said": -1}, "-1"), ("cell", {"part": "test", "truth": True, "said": 1}, "True"),
    ("cell", {"part": "test", "truth": 1.0, "said": 1}, "1.0"), ("cell", {"part": "test", "said": 1}, "None")])
def test_a_question_about_no_part_or_class_is_refused(probe, arguments: dict[str, Any], said):
    with pytest.raises(ValueError, match=f"“.*{said}"):
        ask(small(), probe, dict(last(small()).arrays), arguments)
