"""What ails two networks that learn against each other: made-up rows, then real runs."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from core.frame import End, Frame
from core.insight.doctor import Diagnosis, diagnose
from core.labs.gan import train
from core.specs.gan import COLLAPSE, GOOD, OSCILLATES, RESCUES, STRONG, GanSpec
from core.training.warm import warm

warm()

N = 60


def rows(**columns: Any) -> list[dict[str, float | None]]:
    """A run that does well, but for these columns."""
    t = np.linspace(0, 1, N)
    usual: dict[str, Any] = {
        "epoch": np.arange(N), "loss": 0.7 + 0 * t, "loss_d": 0.69 + 0 * t, "d_real": 0.55 + 0 * t, "d_fake": 0.45 + 0 * t,
        "distance": 2 * np.exp(-5 * t) + 0.1, "grad_g": 0.3 + 0 * t, "grad_d": 0.2 + 0 * t, "modes": 8 * t + 0.5}
    usual |= columns
    usual["modes"] = np.minimum(np.floor(usual["modes"]), 8)
    return [{name: float(values[i]) for name, values in usual.items()} for i in range(N)]


def told(spec: GanSpec, found: list[dict[str, float | None]], end: End | None = None) -> dict[str, dict[str, Any]]:
    return {one.name: one.change for one in diagnose(spec, found, [], end or End("finished"))}


T = np.linspace(0, 1, N)
RING = GanSpec(dataset="ring8", epochs=N - 1)
WON = {"d_real": 1 - 0.5 * np.exp(-20 * T), "d_fake": 0.5 * np.exp(-20 * T), "distance": 2 + 0 * T}


def test_a_run_that_does_well_is_left_in_peace() -> None:
    assert told(RING, rows(modes=8 + 0 * T)) == {}
    assert told(GanSpec(epochs=N - 1), rows()) == {}  # of data without modes none are missing


def test_modes_that_are_lost_are_named_and_those_that_come_late_are_not() -> None:
    assert list(told(RING, rows(modes=2 + 0 * T))) == ["mode_collapse"]
    assert list(told(RING, rows(modes=np.where(T < 0.3, 6, 2)))) == ["mode_collapse"]
    assert told(RING, rows(modes=np.where(T < 0.8, 2, 8))) == {}
    assert told(RING, rows(modes=0 * T)) == {}  # it has never been at one
    early = rows(modes=2 + 0 * T)[: N // 3]
    assert diagnose(RING, early, []) == []  # while it runs the rest may mend it


@pytest.mark.parametrize("rests", ["d_steps", "g_steps"])
def test_where_only_one_side_learns_no_game_is_judged(rests: str) -> None:
    for ill in ({**WON, "modes": 2 + 0 * T}, {"modes": np.where(T < 0.3, 6, 2)},
                {"distance": 1 + 0.9 * np.sin(40 * T), "modes": 8 + 0 * T}):
        assert told(RING, rows(**ill)) and told(RING.changed(**{rests: 0}), rows(**ill)) == {}
    broken = rows(loss=np.where(T < 0.5, 1.0, np.nan))
    assert list(told(RING.changed(**{rests: 0}), broken, End("failed"))) == ["diverging"]


def test_a_discriminator_that_has_won_is_named_with_the_change_for_it() -> None:
    found = told(RING.changed(d_steps=5), rows(**WON, modes=8 + 0 * T))
    assert found == {"discriminator_too_strong": {"d_steps": 1}}
    assert told(RING.changed(d_rate=5.0), rows(**WON, modes=8 + 0 * T)) == {"discriminator_too_strong": {"d_rate": 1.0}}
    assert told(RING, rows(**{**WON, "distance": 2 * np.exp(-5 * T) + 0.1}, modes=8 + 0 * T)) == {}  # it has won over good fakes
    assert told(RING.changed(loss="wgan_gp"), rows(**WON, modes=8 + 0 * T)) == {}  # whose scores have no bounds


def test_a_gradient_that_vanishes_is_blamed_on_the_minimax_loss_alone() -> None:
    gone = {**WON, "grad_g": 0.3 * np.exp(-20 * T), "modes": 0 * T}
    assert next(iter(told(RING.changed(loss="minimax"), rows(**gone)))) == "vanishing_generator"
    assert told(RING.changed(loss="minimax"), rows(**gone))["vanishing_generator"] == {"loss": "nonsaturating"}
    assert next(iter(told(RING, rows(**gone)))) == "discriminator_too_strong"
    assert "vanishing_generator" not in told(RING.changed(loss="minimax"), rows(**{**gone, "grad_g": 0.3 + 0 * T}))


def test_a_distance_that_swings_is_named() -> None:
    swings = {"distance": 1 + 0.8 * np.sin(40 * T), "modes": 8 + 0 * T}
    assert list(told(RING.changed(beta1=0.9), rows(**swings))) == ["oscillating"]
    assert told(RING.changed(beta1=0.9), rows(**swings))["oscillating"] == {"beta1": 0.5}
    assert told(RING, rows(modes=8 + 0 * T, distance=1 - T)) == {}  # a slope is no swing
    assert told(RING, rows(modes=8 + 0 * T, distance=1 + 0.1 * np.sin(40 * T))) == {}


def test_a_loss_that_is_no_number_comes_first() -> None:
    broken = rows()
    for row in broken[40:]:
        row["loss"] = None
    assert list(told(RING, broken, End("failed"))) == ["diverging"]


@pytest.mark.parametrize("missing", ["modes", "distance", "grad_g", "loss_d"])
def test_what_is_missing_only_makes_a_diagnosis_impossible(missing: str) -> None:
    for spec in (RING, RING.changed(loss="minimax")):
        diagnose(spec, [{k: v for k, v in row.items() if k != missing} for row in rows(**WON, modes=0 * T)], [], End("finished"))


# ---- real runs

@cache
def trained(spec: GanSpec) -> tuple[dict[str, Diagnosis], dict[str, float | None]]:
    """What a run of a spec is told, and its last row."""
    found, frames, end = [], [], None
    for item in train(spec):
        if isinstance(item, Frame):
            found += item.rows
            frames += [item] if item.stored else []
        elif isinstance(item, End):
            end = item
    return {one.name: one for one in diagnose(spec, found, frames, end)}, found[-1]


SICK = {"collapse": (COLLAPSE, "mode_collapse"), "strong": (STRONG, "vanishing_generator"), "oscillates": (OSCILLATES, "oscillating")}


@pytest.mark.parametrize("name, seed", [("strong", 0), *(pytest.param(name, seed, marks=pytest.mark.slow) for name in SICK
                                                        for seed in (0, 1) if (name, seed) != ("strong", 0))])
def test_a_preset_is_told_what_ails_it_and_its_rescue_is_the_change(name: str, seed: int) -> None:
    values, illness = SICK[name]
    spec = GanSpec(**values, seed=seed)
    told, last = trained(spec)
    assert next(iter(told)) == illness and told[illness].change == RESCUES[name]
    cured = spec.revised(**told[illness].change)
    told, then = trained(cured)
    assert illness not in told and then["distance"] < last["distance"]  # type: ignore[operator]


def test_a_run_that_does_well_is_left_in_peace_indeed() -> None:
    assert trained(GanSpec(epochs=100, points=3000))[0] == {}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_the_presets_that_do_well_are_told_nothing(seed: int) -> None:
    for values in ({}, GOOD, {"dataset": "ring8", "loss": "wgan_gp", "epochs": 100}, {"dataset": "line"}):
        assert trained(GanSpec(**values, seed=seed))[0] == {}, values
