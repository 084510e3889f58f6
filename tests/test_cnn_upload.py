"""The CNN lab on a person's own pictures: few of them, in two classes or ten, and not always here."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

from core.data import uploads
from core.data.published import available
from core.export.program import program
from core.figures import cnn as figures
from core.figures.template import to_figure
from core.frame import Message, Trouble
from core.labs.cnn import ask, sample_of, train
from core.runs import work
from core.specs import sweep
from core.specs.cnn import CnnSpec, CnnView
from tests.conftest import slow_after
from tests.pictures import beside, own
from tests.test_cnn import ROW, frames, outputs, rows
from tests.test_cnn_dense import ran, same_weights

SIZES: dict[str, tuple[tuple[int, ...], dict[str, Any]]] = {
    "eight": ((4, 4), {"batch_size": 64}), "uneven": ((4, 30, 7), {}), "ten": ((4,) * 10, {"train_share": 0.1}),
    "dense": ((6, 5), {"filters": (), "train_share": 0.5}), "scarce": ((9, 8), {"points": 8, "train_share": 0.9}),
    "more than there are": ((5, 6, 7), {"points": 2000, "dropout": 0.3, "augmentation": "shift_flip", "batch_norm": True})}


@pytest.mark.parametrize("case", slow_after(SIZES, 1))
def test_small_sets_train_and_answer(case):
    counts, changes = SIZES[case]
    spec, here = own(counts, **changes)
    items = list(train(spec, uploads=here))
    assert items[-1].state == "finished", items[-1].error
    frame, sample, k = frames(items)[-1], sample_of(spec, here), len(counts)
    arrays = dict(frame.arrays)
    assert sample.train + sample.validation + sample.test == min(spec.points, sum(counts))
    x, y = (part[sample.train:sample.train + sample.validation] for part in (sample.x, sample.y))
    p = outputs(spec, x.astype(np.float32), arrays)["output"]
    kept = 5e-3 if arrays["k0"].dtype == np.float16 else 1e-5
    assert frame.arrays["confusion"].shape == (k, k) and frame.arrays["confusion"].sum() == sample.validation == len(frame.arrays["cloud"])
    assert frame.arrays["answer"].shape == (k,) and frame.step == 2 * -(-sample.train // spec.batch_size)
    assert frame.arrays["examples_truth"].tolist() == sorted(set(y.tolist()))
    assert_array_equal(y[frame.arrays["examples_ids"]], frame.arrays["examples_truth"])
    assert_allclose(frame.arrays["examples_sure"], p[frame.arrays["examples_ids"]].max(1), atol=kept)
    found = ask(spec, "look", arrays, {"image": 0, "reasons": True, "neighbours": True, "unit": [1, 0]}, here)
    assert found["neighbours"].shape == (sample.validation, 2) and np.isfinite(found["neighbours"]).all()
    assert len(found["reasons"]) == (4 if spec.filters else 3)
    assert_allclose(ask(spec, "look", arrays, {}, here)["metrics"][1], (p.argmax(1) == y).mean(), rtol=1e-6)
    for part, n in (("validation", sample.validation), ("test", sample.test)):
        whole = ask(spec, "evaluate", arrays, {"part": part}, here)
        assert whole["confusion"].shape == (k, k) and whole["confusion"].sum() == whole["summary"][1] == whole["bins"][:, 0].sum() == n > 0
        assert ask(spec, "cell", arrays, {"part": part, "truth": 0, "said": k - 1}, here)["count"] == whole["confusion"][0, k - 1]
    assert ask(spec, "sealed", arrays, {}, here)["metrics"][1] == sample.test
    for template in figures.figures(spec, CnnView(), [f"kind {'abcdefghij'[i]}" for i in range(k)]):
        assert to_figure(template, frame, rows(items)).data, template.id
        assert str(spec.looked) not in (template.title or "") or template.id not in ("confusion", "mistakes")


def test_without_its_pictures_a_server_says_so_in_words():
    spec, here = own((4, 4))
    (end,) = train(spec)
    assert end.state == "failed" and "no longer on this server" in end.error.id and end.change == {"dataset": "digits"}
    assert spec.revised(**end.change).upload == "" and spec.revised(**end.change).classes == 10
    arrays = dict(frames(list(train(spec, uploads=here)))[-1].arrays)
    with pytest.raises(Trouble, match="no longer on this server"):
        ask(spec, "evaluate", arrays, {"part": "test"}, {})
    kind = (CnnSpec.__module__, CnnSpec.__qualname__)
    told = asyncio.run(work.ask_task(kind, spec.model_dump_json(), "evaluate", arrays, {"part": "test"}, {}))
    assert Message.from_json(told["error"]).id == end.error.id and "asker" not in told


@pytest.mark.parametrize("change", ["classes", "points"])
def test_a_file_of_another_kind_is_refused_in_words(change):
    spec, here = own((4, 4, 4))
    if change == "classes":
        spec = spec.changed(classes=2)
    else:
        here = {spec.upload: {"x": np.zeros((30, 2), np.float32), "y": np.arange(30) % 3}}
    (end,) = train(spec, uploads=here)
    assert end.state == "failed" and end.error.args == {"classes": spec.classes}


def test_too_few_of_many_are_refused_with_the_number_that_helps():
    spec, here = own((4,) * 10, points=8)
    (end,) = train(spec, uploads=here)
    assert end.state == "failed" and end.change == {"points": 40}
    assert list(train(spec.revised(**end.change), uploads=here))[-1].state == "finished"


def test_nothing_of_a_persons_pictures_is_kept():
    spec, here = own((4, 5))
    other = {spec.upload: {"x": 255 - here[spec.upload]["x"], "y": here[spec.upload]["y"]}}
    assert_array_equal(sample_of(spec, here).x, 255 - sample_of(spec, other).x)
    first, second = (frames(list(train(spec, uploads=one)))[-1].arrays for one in (here, other))
    assert not np.array_equal(first["k0"], second["k0"])


def test_its_number_of_pictures_may_be_small_and_others_stay_above_200():
    spec, _here = own((4, 4))
    assert spec.bounds_of("points") == (8, 2000) and CnnSpec().bounds_of("points") == (200, 1797)
    assert CnnSpec(dataset="mnist").bounds_of("points") == (200, 60_000) and CnnSpec.bounds("points") == (8, 60_000)
    assert CnnSpec().bounds_of("epochs") == CnnSpec.bounds("epochs")
    assert spec.revised(points=5).points == 8 and CnnSpec().revised(points=5).points == 200
    assert min(sweep.values(CnnSpec(), "points")) == 200 and max(sweep.values(CnnSpec(), "points")) == 1797
    assert min(sweep.values(spec, "points")) == 8


# ---- its program

@pytest.mark.parametrize("case", ["eight", pytest.param("uneven", marks=pytest.mark.slow), pytest.param("dense", marks=pytest.mark.slow),
                                  pytest.param("more than there are", marks=pytest.mark.slow)])
def test_the_program_beside_the_folder_ends_in_the_labs_weights(case, tmp_path, monkeypatch):
    counts, changes = SIZES[case]
    spec, here = own(counts, seed=3, **changes)
    beside(tmp_path, counts, seed=3)
    monkeypatch.chdir(tmp_path)
    items = list(train(spec, uploads=here))
    names, row = ran(spec), rows(items)[-1]
    assert_allclose([names["val_loss"], names["val_accuracy"]], [row["val_loss"], row["val_accuracy"]], rtol=ROW)
    same_weights(names["model"], spec, frames(items)[-1].arrays)
    assert_array_equal(names["x_test"], sample_of(spec, here).x[-len(names["x_test"]):])


def test_the_program_takes_the_middle_square_as_the_lab_does(tmp_path, monkeypatch):
    """Of larger pictures, too, by the same filter; where the margins are odd half a pixel is lost."""
    from core.data.photos import square

    rng = np.random.default_rng(0)
    sides = [(50, 50), (64, 40), (40, 97), (33, 33), (20, 20), (31, 32), (300, 200), (16, 64)]
    for k in range(2):
        folder = Path(tmp_path, "pictures", f"kind {'ab'[k]}")
        folder.mkdir(parents=True)
        for i, (width, height) in enumerate(sides):
            Image.fromarray(rng.integers(0, 256, (height, width, 3), dtype=np.uint8)).save(folder / f"{i}.png")
        (folder / ".DS_Store").write_bytes(b"none")
    monkeypatch.chdir(tmp_path)
    spec, _here = own((8, 8))
    code = program(spec)
    names: dict[str, Any] = {}
    start = code.index("folders = ")
    exec("from pathlib import Path\nimport keras\nimport numpy as np\n" + code[start:code.index("y = np.array(labels)")], names)
    assert names["labels"] == [0] * 8 + [1] * 8
    for file, found in zip(names["files"], names["x"], strict=True):
        width, height = sides[int(file.stem)]
        expected = square(file.name, file.read_bytes(), 32, 3)
        if (width - height) % 2 == 0:
            assert_array_equal(found, expected)
        else:
            assert found.shape == expected.shape


def test_a_program_without_the_pictures_is_refused_as_that_of_points_is():
    spec, _here = own((4, 6))
    assert "POINTS = 10" in program(spec) and spec.upload not in program(spec)
    uploads.forget(spec.upload)
    with pytest.raises(KeyError, match="not here"):
        program(spec)
    assert available("upload")
