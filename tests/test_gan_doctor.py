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
from core.specs.gan_images import ImageGanSpec
from core.training.warm import warm
from tests.conftest import slow_after

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
APART = 0.8 + np.exp(-9 * T)  # a distance that has come to rest, far away
RING = GanSpec(dataset="ring8", epochs=N - 1)
WON = {"d_real": 1 - 0.5 * np.exp(-20 * T), "d_fake": 0.5 * np.exp(-20 * T), "distance": 2 + 0 * T}


def test_a_run_that_does_well_is_left_in_peace() -> None:
    assert told(RING, rows(modes=8 + 0 * T)) == {}
    assert told(GanSpec(epochs=N - 1), rows()) == {}  # of data without modes none are missing


def test_modes_that_are_lost_are_named_and_those_that_come_late_are_not() -> None:
    assert list(told(RING, rows(modes=2 + 0 * T, distance=APART))) == ["mode_collapse"]
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


def test_lost_modes_are_offered_what_was_measured_to_bring_them_back_and_nothing_else() -> None:
    few = rows(modes=2 + 0 * T, distance=APART)
    grid = RING.changed(dataset="grid25")
    wide = {"g_units": 64, "d_units": 64}
    for spec, change in ((RING, {"loss": "wgan_gp"}), (RING.changed(g_steps=10), {"g_steps": 1}),
                         (RING.changed(learning_rate=0.01), {"learning_rate": 0.001}), (grid, wide),
                         (grid.changed(g_units=100), {"d_units": 64}), (grid.changed(**wide), {}), (RING.changed(loss="lsgan"), {}),
                         (RING.changed(loss="wgan_gp"), {}), (grid.changed(loss="wgan_gp"), {})):
        assert told(spec, few) == {"mode_collapse": change}, spec
    image = ImageGanSpec(epochs=N - 1)
    classes = [{**row, "classes": 3.0} for row in few]
    for spec, change in ((image, {}), (image.changed(beta=0.9, learning_rate=0.01), {"beta": 0.5}),
                         (image.changed(learning_rate=0.01), {"learning_rate": 0.0005})):
        found = diagnose(spec, [{k: v for k, v in row.items() if k != "modes"} for row in classes], [], End("finished"))
        assert [(one.name, one.change) for one in found] == [("mode_collapse", change)]


def test_a_discriminator_that_has_won_is_named_with_the_change_for_it() -> None:
    found = told(RING.changed(d_steps=5), rows(**WON, modes=8 + 0 * T))
    assert found == {"discriminator_too_strong": {"d_steps": 1}}
    # A discriminator's rate like the generator's did not help: SLOPE's first 12 epochs with one look a step end at a distance of 0.97 and
    # 0.79 (seeds 0 and 1), with that change at 1.15 and 0.91.
    assert told(RING.changed(d_rate=5.0), rows(**WON, modes=8 + 0 * T)) == {"discriminator_too_strong": {}}
    assert told(RING.changed(learning_rate=0.01), rows(**WON, modes=8 + 0 * T)) == {"discriminator_too_strong": {"learning_rate": 0.001}}
    assert told(RING, rows(**WON, modes=8 + 0 * T)) == {"discriminator_too_strong": {}}  # instance noise did not help
    assert told(RING, rows(**{**WON, "distance": 2 * np.exp(-5 * T) + 0.1}, modes=8 + 0 * T)) == {}  # it has won over good fakes
    assert told(RING.changed(loss="wgan_gp"), rows(**WON, modes=8 + 0 * T)) == {}  # whose scores have no bounds


def of_images(**columns: Any) -> list[dict[str, float | None]]:
    """Rows as a run on images has them: classes, no distance."""
    return [{"classes": float(row["modes"] or 0), "sure": 0.4, **{k: v for k, v in row.items() if k not in ("modes", "distance")}}
            for row in rows(**columns)]


def spoken(one: Diagnosis) -> str:
    return f"{one.evidence.id} {one.why.id}"


def test_pixels_that_no_tanh_reaches_are_blamed_themselves_and_nowhere_else() -> None:
    won = of_images(**WON, modes=2 + 0 * T)
    raw, tanh = ImageGanSpec(scale="raw", epochs=N - 1), ImageGanSpec(epochs=N - 1)
    (found,) = diagnose(raw, won, [], End("finished"))
    assert found.name == "discriminator_too_strong" and found.change == {"scale": "tanh"}
    assert "from 0 to 255" in found.evidence.id and found.evidence.args["real"] > 0.95 and found.evidence.args["fake"] < 0.05
    assert "cannot reach 255" in found.why.id and "faster" not in found.why.id
    told = diagnose(tanh, won, [], End("finished"))
    assert [one.name for one in told] == ["discriminator_too_strong", "mode_collapse"]
    assert "faster" in told[0].why.id and not any("255" in spoken(one) for one in told)
    assert diagnose(raw, of_images(modes=8 + 0 * T), [], End("finished")) == []  # which has not won


def test_answers_between_a_half_and_073_are_blamed_on_the_second_sigmoid() -> None:
    flat = of_images(modes=2 + 0 * T, d_real=0.5 + 0.19 * np.exp(-9 * T), d_fake=0.5 + 0.13 * np.exp(-9 * T), grad_g=0.2 * np.exp(-9 * T))
    spec = ImageGanSpec(answer="sigmoid", epochs=N - 1)
    (found,) = diagnose(spec, flat, [], End("finished"))
    assert found.name == "squashed_twice" and found.change == {"answer": "logit"}
    assert 0.499 < found.evidence.args["low"] < 0.501 and found.evidence.args["high"] == pytest.approx(0.69)
    assert found.evidence.args["length"] < 1e-3
    assert [one.name for one in diagnose(spec.changed(answer="logit"), flat, [], End("finished"))] == ["mode_collapse"]
    beyond = of_images(modes=2 + 0 * T, d_fake=0.45 + 0 * T)  # no sigmoid of a sigmoid says so
    assert [one.name for one in diagnose(spec, beyond, [], End("finished"))] == ["mode_collapse"]


def test_a_run_that_comes_nearer_to_its_end_has_not_collapsed() -> None:
    nearer: dict[str, Any] = {"modes": np.where(T < 0.5, 1, 2), "distance": 1.2 - 0.8 * T}
    (found,) = diagnose(RING, rows(**nearer), [], End("finished"))
    assert found.name == "unfinished" and found.change == {"epochs": 4 * (N - 1)}
    assert found.evidence.args["covered"] == 2 and found.evidence.args["last"] < found.evidence.args["before"]
    assert list(told(RING, rows(**{**nearer, "modes": np.where(T < 0.5, 5, 2)}))) == ["mode_collapse"]  # it has lost some
    assert list(told(RING, rows(**{**nearer, "distance": 0.8 + 0 * T}))) == ["mode_collapse"]
    assert list(told(RING, rows(**{**nearer, "distance": np.where(T < 0.6, 0.2, 1.2 - 0.8 * T)}))) == ["mode_collapse"]  # it was nearer


def test_of_images_classes_are_spoken_of_and_of_points_modes() -> None:
    for few in ({"modes": 2 + 0 * T}, {"modes": np.where(T < 0.3, 7, 2)}, {**WON, "modes": 2 + 0 * T}):
        for spec in (ImageGanSpec(epochs=N - 1), ImageGanSpec(scale="raw", epochs=N - 1), ImageGanSpec(answer="sigmoid", epochs=N - 1)):
            found = diagnose(spec, of_images(**few), [], End("finished"))
            assert found and not any(word in spoken(one) for one in found for word in ("real points", "modes", "all fakes move"))
        found = diagnose(RING, rows(**few), [], End("finished"))
        assert found and not any(word in spoken(one) for one in found for word in ("images", "classes"))
    assert diagnose(ImageGanSpec(epochs=N - 1), of_images(modes=8 + 0 * T), [], End("finished")) == []


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
    assert illness not in told
    if name == "strong":  # what it is cured of: far away from the data a slope alone brings nobody there within these epochs
        assert then["grad_g"] > 100 * last["grad_g"]  # type: ignore[operator]
    else:
        assert then["distance"] < last["distance"]  # type: ignore[operator]


SLOPE: dict[str, Any] = {**STRONG, "loss": "nonsaturating"}
# Ill runs, what they are offered, and the measure that is better for it. Seeds 0, 1 and 2 where nothing else is said:
CURES: dict[str, tuple[dict[str, Any], str, dict[str, Any], str]] = {
    # 11, 14 and 12 modes of 25; with the change 20, 23 and 18. Wasserstein 5, 13 and 5; 400 epochs 7, 14 and 13; the discriminator alone
    # wider 13 and 13 with seeds 0 and 1.
    "25 clouds": ({"dataset": "grid25"}, "mode_collapse", {"g_units": 64, "d_units": 64}, "modes"),
    # Distance 0.74, 1.47 and 0.66, modes 2, 1 and 2 of 3; with the change 0.49, 0.25 and 0.34, modes 2, 3 and 3. Modes with instance noise
    # 1, 1 and 1; with ten times the rate 2, 2 and 2; with a discriminator's rate like the generator's 2, 3 and 2.
    "a strong one, with a slope": (SLOPE, "mode_collapse", {"loss": "wgan_gp"}, "distance"),
    # Seed 1: 6 modes of 8, with the change 8. Seed 0 has all 8 by itself.
    "8 clouds": ({"dataset": "ring8"}, "mode_collapse", {"loss": "wgan_gp"}, "modes"),
    # Seed 0: 2 modes of 3, distance 0.49 and falling; with the change 3, and 0.17. Seeds 1 and 2 have all 3 by then.
    "a critic without time": ({**SLOPE, "loss": "wgan_gp"}, "unfinished", {"epochs": 160}, "modes"),
    # Seeds 0 and 1: distance 1.00 and 0.87, with the change 0.97 and 0.79, with instance noise 1.05 and 1.14.
    "many looks": ({**SLOPE, "epochs": 12}, "discriminator_too_strong", {"d_steps": 1}, "distance"),
}


@pytest.mark.parametrize("name, seed", slow_after([(name, seed) for name in CURES for seed in (0, 1)
                                                   if (name, seed) not in (("8 clouds", 0), ("a critic without time", 1))], 0))
def test_what_is_offered_makes_a_run_better_that_is_ill(name: str, seed: int) -> None:
    values, illness, change, measure = CURES[name]
    spec = GanSpec(**values, seed=seed)
    told, last = trained(spec)
    assert told[illness].change == change
    then = trained(spec.revised(**change))[1]
    better = 1 if measure == "modes" else -1
    assert better * then[measure] > better * last[measure]  # type: ignore[operator]


def test_a_run_that_does_well_is_left_in_peace_indeed() -> None:
    assert trained(GanSpec(epochs=100, points=3000))[0] == {}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_the_presets_that_do_well_are_told_nothing(seed: int) -> None:
    critic = {"dataset": "ring8", "loss": "wgan_gp", "epochs": 100}  # with seed 1 its distance swings, and it is told so
    for values in ({}, GOOD, {"dataset": "line"}, *((critic,) if seed == 0 else ())):
        assert trained(GanSpec(**values, seed=seed))[0] == {}, values
