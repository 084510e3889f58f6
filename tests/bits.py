"""What every lab of a network owes: equal specs give equal bits, and a run goes on from a checkpoint to the same bits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from numpy.testing import assert_array_equal

from core.frame import Checkpoint, End, Frame, decode, encode_checkpoint


def frames(items: Iterable[Any]) -> list[Frame]:
    """The stored ones of a run."""
    return [item for item in items if isinstance(item, Frame) and item.stored]


def same(a: Frame, b: Frame) -> None:
    """Two frames agree, bit for bit."""
    assert a.arrays.keys() == b.arrays.keys() and a.rows == b.rows
    for name in a.arrays:
        assert_array_equal(a.arrays[name], b.arrays[name], err_msg=name)


def equal_runs(known: Sequence[Frame], again: Sequence[Frame]) -> None:
    for a, b in zip(known, again, strict=True):
        same(a, b)


def resumed(train: Callable[..., Iterable[Any]], spec: Any, whole: Frame) -> None:
    """A run ends where its last frame shows, also from its first checkpoint on, written and read. Call it with a CHECKPOINT_S of 0."""
    points = [item for item in train(spec) if isinstance(item, Checkpoint) and 0 < item.epoch < spec.epochs]
    again = list(train(spec, resume=decode(encode_checkpoint(points[0])).checkpoint()))
    assert isinstance(again[-1], End) and again[-1].state == "finished"
    for name, array in whole.arrays.items():
        assert_array_equal(frames(again)[-1].arrays[name], array, err_msg=name)
