"""What a project's page says of its run."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from core.frame import End
from core.ui import steps


@pytest.mark.parametrize("epoch, said", [
    (None, ":gray[3: 0.71]"), (3, ":gray[3: 0.71]"), (2, ":gray[3: 0.85 It has the weights of epoch 2.]")])
def test_a_run_that_stopped_early_has_the_weights_of_its_best_epoch(epoch, said, monkeypatch):
    rows = [{"epoch": i, "val_accuracy": value} for i, value in enumerate((0.1, 0.6, 0.85, 0.71))]
    runner = SimpleNamespace(result=lambda key: End("finished", epoch=epoch), rows=lambda key: rows, paused=lambda key: "")
    monkeypatch.setattr(steps, "get_runner", lambda: runner)
    bench = SimpleNamespace(run="key", spec=1, state=SimpleNamespace(spec=1, view=SimpleNamespace(step="test")))
    assert steps.standing(bench, lambda row: f"{row['epoch']}: {row['val_accuracy']}") == said
