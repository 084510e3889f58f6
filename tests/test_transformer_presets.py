"""What the presets of the page on Transformers are there to show is what they show."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.frame import Frame
from core.labs.transformer import sample_of, train
from core.specs.transformer import COLD, OVERFITS, SPECIALISES, WARM, TransformerSpec
from core.training.warm import warm
from tests.bits import frames

pytestmark = pytest.mark.slow
warm()  # fixes the number of threads, before anything computes


def run(values: Any, **changes: Any) -> tuple[TransformerSpec, list[dict[str, Any]], Frame]:
    """A run's spec, rows and last frame."""
    spec = TransformerSpec(**{**values, **changes})
    shown = frames(list(train(spec)))
    return spec, [row for frame in shown for row in frame.rows], shown[-1]


@pytest.mark.parametrize("seed", [0, 1])
def test_deep_and_in_post_norm_only_a_warm_up_helps(seed: int) -> None:
    assert run(COLD, seed=seed)[1][-1]["val_accuracy"] < 0.4
    assert run(WARM, seed=seed)[1][-1]["val_accuracy"] > 0.99


def test_in_pre_norm_no_warm_up_is_needed() -> None:
    assert run(COLD, norm="pre")[1][-1]["val_accuracy"] > 0.99


def test_without_positions_every_place_gets_the_same_answer() -> None:
    spec, rows, last = run({"positions": "none"})
    assert len(set(last.arrays["said"][-spec.asked:])) == 1 and rows[-1]["val_accuracy"] < 0.4


def test_the_heads_of_the_second_layer_look_at_the_symbol_to_be_written() -> None:
    spec, rows, last = run(SPECIALISES)
    assert rows[-1]["val_accuracy"] > 0.99
    n = spec.length
    there = {layer: np.mean([last.arrays[f"a_{layer}"][:, n + i, n - 1 - i] for i in range(n)]) for layer in (1, 2)}
    assert there[2] > 0.6 > 0.25 > there[1]


def test_a_text_too_short_is_learned_by_heart() -> None:
    spec, rows, _ = run(OVERFITS)
    val = [row["val_loss"] for row in rows]
    assert np.argmin(val) < 45 and val[-1] > min(val) + 0.2
    floor = sample_of(spec).floor
    assert floor is not None and rows[-1]["loss"] < floor < min(val)
