"""Early stopping against Keras' own, and runs that go on from the middle of an epoch."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import keras
import numpy as np
import pytest

from core.frame import Checkpoint, End, Frame, decode, encode_checkpoint, encode_end
from core.labs.cnn import train
from core.runs.points import between
from core.specs.cnn import CnnSpec
from core.training import loop
from core.training.stopping import Best

SMALL = CnnSpec(points=300, filters=(4,), dense=(8,), epochs=3, dropout=0.2, batch_norm=True, batch_size=8)


class Numbers:
    """What stands for a model and a program: one variable, which is the number of the epoch."""

    columns = ("grad_1", "val_loss")

    def __init__(self) -> None:
        self.flat = keras.Variable(np.zeros(3, np.float32))
        self.model = self
        self.non_trainable_variables = [keras.Variable(np.zeros((), np.int32), dtype="int32")]
        self.stop_training = False

    def set(self, epoch: int) -> None:
        self.flat.assign(np.full(3, epoch, np.float32))
        self.non_trainable_variables[0].assign(epoch)

    def get_weights(self) -> list[np.ndarray]:
        return [self.flat.numpy(), self.non_trainable_variables[0].numpy()]

    def set_weights(self, values: list[np.ndarray]) -> None:
        self.flat.assign(values[0])
        self.non_trainable_variables[0].assign(values[1])


def keras_ends(losses: np.ndarray, patience: int) -> tuple[int, list[np.ndarray]]:
    """After how many epochs Keras ends, and with which weights."""
    model = Numbers()
    stopper = keras.callbacks.EarlyStopping("val_loss", patience=patience, restore_best_weights=True, mode="min")
    stopper.set_model(model)
    stopper.on_train_begin()
    epoch = 0
    for epoch, loss in enumerate(losses, 1):
        model.set(epoch)
        stopper.on_epoch_end(epoch - 1, {"val_loss": loss})
        if model.stop_training:
            break
    stopper.on_train_end()
    return epoch, model.get_weights()


@pytest.mark.parametrize("seed", range(30))
def test_it_ends_where_keras_does_with_its_weights(seed: int) -> None:
    rng = np.random.default_rng(seed)
    losses = rng.choice(np.float32([0.1, 0.2, 0.3, 0.5, np.nan] if seed % 3 == 0 else rng.random(12, np.float32)), 15)
    patience = int(rng.integers(1, 5))
    program: Any = Numbers()
    best = Best(program, patience)
    epoch = 0
    for epoch, loss in enumerate(losses, 1):
        program.set(epoch)
        if rng.random() < 0.4:  # it goes on from a checkpoint, on another worker
            state = decode(encode_checkpoint(Checkpoint(0, 0, 0.0, best.state()))).arrays
            best = Best(program, patience)
            best.load(state)
        if best.waited_enough(np.float32([7, loss]), epoch):
            break
    best.put_back(epoch)
    end, weights = keras_ends(losses, patience)
    assert end == epoch
    for mine, its in zip(program.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(mine, its)


@pytest.fixture
def step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkpoint after every single step, from the second epoch on."""
    monkeypatch.setattr(loop, "CHUNK_S", 1e-9)
    monkeypatch.setattr(loop, "CHECKPOINT_S", 0.0)


def last(items: list[Any]) -> Frame:
    return [item for item in items if isinstance(item, Frame)][-1]


def rows(items: list[Any]) -> dict[Any, Any]:
    return {row["epoch"]: row for item in items if isinstance(item, Frame) for row in item.rows}


@pytest.mark.parametrize("spec", [SMALL, SMALL.changed(patience=1, learning_rate=0.01, epochs=12)])
def test_a_run_goes_on_within_an_epoch_to_the_same_bits(step_by_step: None, spec: CnnSpec) -> None:
    whole = list(train(spec))
    points = [item for item in whole if isinstance(item, Checkpoint) and item.epoch < last(whole).epoch]
    steps = spec.batches
    assert {0, steps - 1} < {point.part for point in points}
    assert all(between(encode_checkpoint(point)) == (point.part == 0) for point in points)
    rng = np.random.default_rng(1)
    for point in rng.choice(points, 4, replace=False):  # type: ignore[arg-type]
        assert point.step == point.epoch * steps + point.part
        again = list(train(spec, resume=decode(encode_checkpoint(point)).checkpoint()))
        assert isinstance(again[-1], End) and replace(again[-1], seconds=0) == replace(whole[-1], seconds=0)
        for name, array in last(whole).arrays.items():
            np.testing.assert_array_equal(last(again).arrays[name], array, err_msg=name)
        its = rows(again)
        assert its == {epoch: row for epoch, row in rows(whole).items() if epoch in its}


def test_a_branch_goes_on_within_its_first_epoch(step_by_step: None) -> None:
    spec = SMALL.changed(points=800, epochs=2).fork(1, learning_rate=0.01)  # epochs too long for one call
    whole = list(train(spec))
    point = next(item for item in whole if isinstance(item, Checkpoint) and item.epoch == 1 and item.part)
    again = list(train(spec, resume=point))
    for name, array in last(whole).arrays.items():
        np.testing.assert_array_equal(last(again).arrays[name], array, err_msg=name)


def test_the_end_says_which_epochs_weights_were_put_back() -> None:
    spec = CnnSpec(points=300, filters=(8,), dense=(), epochs=40, patience=2, learning_rate=0.05)
    items = list(train(spec))
    losses = {epoch: row["val_loss"] for epoch, row in rows(items).items() if epoch}
    best = min(losses, key=losses.__getitem__)
    end = decode(encode_end(items[-1])).end()
    assert last(items).epoch == best + 2 < 40
    assert end.epoch == best and list(end.own(rows(items).values()))[-1] == rows(items)[best]
    assert end.notes[0].args == {"best": best, "patience": 2, "epoch": best + 2, "epochs": 40}
    assert end.notes[1].args["val"] == rows(items)[best]["val_accuracy"]
    straight = list(train(spec.changed(patience=0, epochs=best)))
    assert straight[-1].epoch is None and len(straight[-1].own(rows(straight).values())) == best + 1
    for name in ("k0", "b0", "k1"):
        np.testing.assert_allclose(last(items).arrays[name], last(straight).arrays[name], atol=1e-5)  # an epoch later it is 0.01


def test_a_run_of_some_length_leaves_a_checkpoint_at_its_end_for_others_to_go_on_from(step_by_step: None) -> None:
    items = list(train(SMALL))
    point = [item for item in items if isinstance(item, Checkpoint)][-1]
    assert (point.epoch, point.part) == (3, 0)
    longer = SMALL.fork(3, epochs=4)
    again = list(train(longer, resume=point))
    straight = list(train(longer))
    for name, array in last(straight).arrays.items():
        np.testing.assert_array_equal(last(again).arrays[name], array, err_msg=name)
    assert list(train(SMALL, resume=point))[-1].state == "finished"


def test_between_two_epochs_there_is_a_checkpoint_as_often_as_within_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing branches off within an epoch: where epochs are long each has to leave one at its end."""
    monkeypatch.setattr(loop, "CHUNK_S", 1e-9)
    monkeypatch.setattr(loop, "CHECKPOINT_S", 0.005)  # some steps; an epoch of 27 takes longer
    parts = [(item.epoch, item.part) for item in train(SMALL) if isinstance(item, Checkpoint)]
    assert {(1, 0), (2, 0), (3, 0)} <= {*parts} and len(parts) > 6
