"""The page on optimizers: paths against Keras, surfaces and slopes against differences, the quadratic against its matrix, the challenge."""

import io
import itertools
import json
import re
from contextlib import redirect_stdout

import numpy as np
import pytest

from core.figures.board import board_json, readable
from core.figures.optimizers import STUDY, code, learners, memory, race, words
from core.figures.optimizers.directions import run_of as scene_run
from core.frame import Trouble
from core.i18n import say
from core.insight.exercises.optimizers import CHALLENGES, QUESTIONS
from core.maths import dense, descent, training, typed
from core.maths.descent import best_pair, best_rate, descend, highest_rate, steps_needed, turning
from core.maths.optimizers import RULES, begin, rates, step
from core.maths.race import TINY, TOLERANCE, ground, growths, heights, limit_of, path, rate_of
from core.maths.race import rule_of as race_rule
from core.maths.surfaces import SURFACES, hessian, ravine
from core.specs.optimizers import ADAPTIVE, RACERS, SUITS, OptimizersSpec
from tests.conftest import slow_after, slow_but
from tests.studies import random_spec

ALL = tuple(RACERS)
SPEC = OptimizersSpec()


def scene(name):
    return next(one for one in STUDY.scenes if one.id == name)


# ---- surfaces

@pytest.mark.parametrize("name", [*SURFACES, "ravine", "own"])
def test_a_slope_is_that_of_the_surface_and_its_minima_are_lowest(name):
    surface = ground(OptimizersSpec().revised(surface=name))
    rng = np.random.default_rng(len(name))
    (left, right), (bottom, top) = surface.box
    for x, y in rng.uniform((left, bottom), (right, top), (30, 2)):
        gx, gy = surface.slope(x, y)
        assert gx == pytest.approx((surface.f(x + 1e-6, y) - surface.f(x - 1e-6, y)) / 2e-6, rel=1e-4, abs=1e-4)
        assert gy == pytest.approx((surface.f(x, y + 1e-6) - surface.f(x, y - 1e-6)) / 2e-6, rel=1e-4, abs=1e-4)
        assert np.allclose(surface.gradient(np.array([[x, y]])), [[gx, gy]])
    z = surface.f(*np.meshgrid(np.linspace(left, right, 301), np.linspace(bottom, top, 301)))
    assert z.min() >= surface.lowest - 1e-9
    for place in surface.minima:
        assert surface.f(*place) == pytest.approx(surface.lowest, abs=1e-6) and np.abs(surface.gradient(np.array(place))).max() < 1e-4


def test_a_ravine_has_the_eigenvalues_and_the_turn_it_is_told():
    values, vectors = np.linalg.eigh(hessian(10, 0.5, 30))
    assert values == pytest.approx([0.5, 10]) and abs(vectors[:, 0] @ [np.cos(np.pi / 6), 0.5]) == pytest.approx(1)


@pytest.mark.parametrize("formula", ["x^2/4 + y^2 + 2*sin(3*x)*cos(2*y)", "exp(-x^2-y^2)", "x*y", "silu(x) + abs(y)",
                                     "sqrt(1+x^2)+max(x,y)",
                                     "3", "pi*x - 2/(3+y^2)", "sigmoid(x-y)^2", "step(x)+relu(y)+softplus(x y)"])
def test_a_typed_surface_and_its_program_are_what_was_typed(formula):
    from core.maths.expressions import parse

    surface = typed.typed(formula)
    x, y = np.random.default_rng(1).uniform(-3, 3, (2, 40))
    np.testing.assert_array_equal(surface.f(x, y), parse(formula, ("x", "y")).evaluate(x=x, y=y))
    height, dx, dy = typed.source(formula)
    for at in zip(x[:8], y[:8], strict=True):
        names = {"np": np, "x": at[0], "y": at[1]}
        found = [eval(text, names) for text in (height, dx, dy)]  # noqa: S307 - our own text
        np.testing.assert_array_equal(found, [surface.f(*at), *surface.slope(*at)])


@pytest.mark.parametrize("formula", ["x^2 +", "z", "sqrt(-1 - x^2)", "erf(x)", "__import__('os')", "1/0", ""])
def test_what_is_no_surface_is_refused_in_words(formula):
    spec = SPEC.changed(surface="own", formula=formula)
    for name in ("race", "memory"):
        with pytest.raises(Trouble) as trouble:
            scene(name).draw(spec.changed(scene=name))
        assert len(say(trouble.value.message)) > 20


# ---- paths

def keras_path(spec, racer):
    """Where Keras' own optimizer goes, step by step; made from the text that the page shows."""
    import keras

    surface = ground(spec)
    optimizer = eval(code.made(spec, racer, code.schedule(spec, code.rate_of(spec, racer))), {"keras": keras})  # noqa: S307
    place = keras.Variable([spec.start_x, spec.start_y], dtype="float64")
    noise = spec.noise * np.random.default_rng(spec.seed).normal(size=(spec.steps, 2)) if code.noise_of(spec,
                                                                                                        racer) else np.zeros((spec.steps,
                                                                                                                              2))
    found = [place.numpy()]
    for t in range(path(spec, racer).steps):
        optimizer.apply([keras.ops.convert_to_tensor(surface.gradient(place.numpy()) + noise[t], dtype="float64")], [place])
        found.append(place.numpy())
    return np.array(found)


@pytest.mark.parametrize("racer", ALL)
@pytest.mark.parametrize("changes", [{}, {"surface": "himmelblau", "schedule": "cosine"}], ids=["ravine", "himmelblau"])
def test_paths_are_those_of_keras(racer, changes):
    spec = SPEC.revised(steps=40, **changes)
    one = path(spec, racer)
    assert one.end != "diverged" and one.steps > 10
    np.testing.assert_allclose(one.x, keras_path(spec, racer), atol=1e-5)


PRESETS = {preset.name: preset.values for preset in scene("race").presets}


@pytest.mark.parametrize("preset", slow_but(PRESETS, ["An egg box"]))
def test_all_paths_of_every_preset_are_those_of_keras(preset):
    spec = SPEC.revised(**PRESETS[preset])
    for racer in spec.racers:
        one = path(spec, racer)
        assert one.end != "diverged"
        np.testing.assert_allclose(one.x, keras_path(spec, racer), rtol=0, atol=1e-5, err_msg=racer)
    assert not claims(race.draw(spec), "So sensitive") and not claims(race.draw(spec), "Small differences")


def test_in_the_egg_box_each_is_caught_in_another_pit_and_momentum_jumps_over_one():
    spec = SPEC.revised(**PRESETS["An egg box"])
    paths = {racer: path(spec, racer) for racer in spec.racers}
    assert {words.resting(ground(spec), one) for one in paths.values()} == {"pit"}
    pits = {racer: tuple(np.round(one.x[-1] / 0.995)) for racer, one in paths.items()}
    assert len(set(pits.values())) == len(pits) == 3 and pits["gd"] == (-3, 2)
    assert (np.abs(paths["momentum"].x - 0.995 * np.array(pits["gd"])) < 0.5).all(axis=1).any()  # it rolled through the first one
    assert np.hypot(*pits["momentum"]) < np.hypot(*pits["gd"])


@pytest.mark.parametrize("surface", slow_after(["ravine", "himmelblau", "saddle"], 1))
@pytest.mark.parametrize("racer", ["adam", "adamw"])
def test_adam_s_paths_are_those_of_keras_at_the_page_s_own_numbers(racer, surface):
    spec = SPEC.revised(surface=surface)
    assert spec.beta_2 == 0.999
    np.testing.assert_allclose(path(spec, racer).x, keras_path(spec, racer), rtol=0, atol=1e-6)


@pytest.mark.parametrize("seed", slow_after(range(48), 6))
def test_whoever_is_not_called_sensitive_goes_as_in_keras(seed):
    rng = np.random.default_rng([seed, 11])
    drawn = {"learning_rate": float(f"{10 ** rng.uniform(-4, 0.3):.3g}"), "adaptive_rate": float(f"{10 ** rng.uniform(-3, 0.3):.3g}"),
             "momentum": float(rng.choice([0.0, 0.5, 0.9, 0.95])), "steps": 60}
    spec = SPEC.revised(surface=list(SUITS)[seed % 6]).changed(**drawn, racers=(ALL[seed % 8],))
    one = path(spec, spec.racers[0])
    told = " ".join(note.id for note in race.draw(spec).notes)
    if one.end != "diverged" and "So sensitive" not in told and "Small differences grow" not in told:
        np.testing.assert_allclose(one.x, keras_path(spec, spec.racers[0]), rtol=0, atol=1e-5)


@pytest.mark.parametrize("values", [
    {"start_x": 6.2, "start_y": -4.13, "adaptive_rate": 0.224, "beta_1": 0.596, "beta_2": 0.521, "schedule": "inverse", "steps": 106},
    {"start_x": -4.85, "start_y": 2.19, "adaptive_rate": 1.0, "weight_decay": 0.472, "beta_1": 0.981, "beta_2": 0.606, "schedule": "cosine",
     "steps": 284, "racers": ("adamw",)}])
def test_a_path_that_a_billionth_hardly_moves_is_not_said_to_go_elsewhere(values):
    spec = SPEC.changed(surface="himmelblau", **{"racers": ("adam",), **values})
    (racer,) = spec.racers
    moved, one = (path(spec.changed(adaptive_rate=spec.adaptive_rate * times), racer) for times in (1 + 1e-9, 1))
    assert 1e-5 < np.abs(moved.x - one.x).max() < 2e-3
    assert not claims(race.draw(spec), "So sensitive") and claims(race.draw(spec), "Small differences")


@pytest.mark.parametrize("seed", slow_after(range(120), 8))
def test_paths_walked_side_by_side_grow_apart_as_each_alone(seed):
    """A difference that grows much carries other last bits with it: there only its size is the same."""
    spec = random_spec(STUDY, scene("race"), np.random.default_rng(seed))
    racers = tuple(racer for racer in spec.racers if path(spec, racer).end != "diverged")
    for racer, found in growths(spec, racers).items():
        field = "adaptive_rate" if racer in ADAPTIVE else "learning_rate"
        one, other = path(spec, racer), path(spec.model_copy(update={field: getattr(spec, field) * (1 + TINY)}), racer)
        both = min(len(one.x), len(other.x))
        alone = np.abs(one.x[:both] - other.x[:both]).max() / TINY
        assert found == pytest.approx(alone, rel=1e-3) or min(found, alone) > 1e3 and 1 / 3 < found / alone < 3


def test_a_chaotic_path_is_said_to_be_one_and_a_ball_on_a_ridge_is_not():
    egg = SPEC.revised(surface="rastrigin").changed(start_x=-3.3, learning_rate=0.01, adaptive_rate=0.7)
    for racer in ("gd", "momentum"):
        moved = descend(race_rule(egg, racer), ground(egg).gradient, np.array([egg.start_x + 1e-9, egg.start_y]),
                        rates("constant", egg.learning_rate, egg.steps), tolerance=TOLERANCE)
        both = min(len(moved.x), len(path(egg, racer).x))
        assert np.abs(moved.x[:both] - path(egg, racer).x[:both]).max() > 1e-4
        (args,) = claims(race.draw(egg), "So sensitive")
        assert race.name_of(racer) in args["names"]
    for spec in (SPEC, SPEC.revised(surface="saddle"), SPEC.revised(surface="himmelblau")):
        assert not claims(race.draw(spec), "So sensitive") and not claims(race.draw(spec), "Small differences")


@pytest.mark.parametrize("values", [
    {"surface": "rosenbrock", "start_x": -1.2, "start_y": 1.0, "learning_rate": 2.0, "racers": ("gd",)},
    {"surface": "himmelblau", "start_x": -6.0, "start_y": 4.0, "learning_rate": 1.0, "racers": ("gd", "momentum")}])
def test_a_race_that_all_leave_in_their_first_step_is_drawn_and_said(values):
    spec = SPEC.changed(**values)
    assert all(path(spec, racer).steps == 0 for racer in spec.racers)
    picture = race.draw(spec)
    assert picture.figures[0].title == picture.film.titles["plane"][1] == "Step 1: all have diverged"
    assert "first step" in picture.figures[2].title and "(1)" in say(picture.notes[0])


SLOPELESS = [("x^y", -3.0, 2.0), ("sqrt(x^2+y^2)", 0.0, 0.0), ("sqrt(x+y)", 2.0, -2.0), ("acos(x+y)", -3.0, 2.0),
             ("exp(exp(x))", 6.0, 0.0)]


@pytest.mark.parametrize("formula, x, y", SLOPELESS)
def test_where_there_is_no_slope_nobody_starts(formula, x, y):
    """The height is finite there, the slope is not, or its square is not."""
    for name in ("race", "memory"):
        spec = OptimizersSpec(scene=name, surface="own", formula=formula, start_x=x, start_y=y)
        with pytest.raises(Trouble, match="slope") as trouble:
            scene(name).draw(spec)
        assert f"({x:g}, {y:g})" in say(trouble.value.message)


def test_who_comes_to_a_place_without_a_slope_stops_there_in_the_program_too():
    spec = SPEC.changed(surface="own", formula="sqrt(x^2+y^2)", start_x=0.5, start_y=0.0, learning_rate=0.5, racers=("gd", "adam"))
    picture = race.draw(spec)
    assert path(spec, "gd").end == "stuck" and "no slope: Gradient descent (1)" in say(picture.notes[0])
    assert not claims(picture, "Diverged")
    names = {}
    with redirect_stdout(io.StringIO()):
        exec(code.race(spec, spec.racers), names)  # noqa: S102 - our own program
    assert names["ends"] == picture.numbers["ends"] and names["ends"][0] == [0, 0]


FORMULAS = ("sqrt(x^2+y^2)", "x^y", "exp(x*y)", "log(x)", "sqrt(x)+y", "1/(x*y)", "exp(exp(x))", "abs(x)+abs(y)", "x^9*y", "tan(x)*y",
            "log(x*y)")


@pytest.mark.parametrize("name", slow_but([one.id for one in STUDY.scenes], ["memory", "quadratic"]))
def test_extreme_rates_on_any_ground_are_drawn(name):
    """Nothing but a Trouble, which is a sentence, and no number that is none."""
    rng = np.random.default_rng(5)
    for k in range(12 if name == "network" else 72):
        spec = random_spec(STUDY, scene(name), rng).changed(
            surface=[*SUITS][k % 6], formula=str(rng.choice(FORMULAS)), learning_rate=float(rng.choice([1e-4, 0.3, 1, 2])),
            adaptive_rate=float(rng.choice([1e-3, 1, 2])), rate=float(rng.choice([0.005, 0.5, 1.1])), network_rate=5.0,
            network_adaptive_rate=1.0, momentum=float(rng.choice([0, 0.9, 0.99])), start_x=round(rng.uniform(-7, 7), 2),
            start_y=round(rng.uniform(-4.4, 4.4), 2), racers=tuple(rng.choice(ALL, rng.integers(1, 9), replace=False).tolist()))
        try:
            picture = scene(name).draw(spec)
        except Trouble:
            continue
        json.dumps(board_json(picture), allow_nan=False)
        titles = picture.film.titles.values() if picture.film else ()
        said = [*map(say, picture.notes), *(one.title for one in picture.figures), *itertools.chain(*titles)]
        assert not [text for text in said if re.search(r"\bnan\b|\binf\b", text)], spec.to_query()


def test_the_race_tells_how_many_gradients_each_was_given(monkeypatch):
    """Also of those that ran out of steps or diverged; counted where they are asked for."""
    spec = SPEC.changed(learning_rate=0.21, angle=0, steps=80)
    assert {path(spec, racer).end for racer in spec.racers} == {"converged", "diverged", "running"}
    (args,) = claims(race.draw(spec), "Gradients evaluated")
    for racer in spec.racers:
        asked = []

        def gradient(p, asked=asked):
            asked.append(p)
            return ground(spec).gradient(p)

        descend(race_rule(spec, racer), gradient, np.array([spec.start_x, spec.start_y]),
                rates(spec.schedule, rate_of(spec, racer), spec.steps), tolerance=TOLERANCE, limit=limit_of(ground(spec)))
        assert f"{race.name_of(racer)} ({len(asked)})" in args["names"]


def test_a_distance_below_the_axis_is_told_as_it_is():
    for name in ("quadratic", "map"):
        for values in ({"rate": 0.2, "steep": 5.0, "flat": 5.0}, {"rate": 0.2, "steep": 10.0, "friction": 0.0, "steps": 300},
                       {"rate": 0.1, "friction": 0.5, "steep": 10.0, "flat": 1.0, "steps": 300}):
            spec = OptimizersSpec(scene=name, **values)
            run = scene_run(spec)
            curves = next(one for one in scene(name).draw(spec).figures if one.id == "curves")
            far = np.abs(run.along)
            assert curves.title == readable(f"After {run.path.steps} steps: {far[-1, 0]:.2g} from the lowest place across, "
                                            f"{far[-1, 1]:.2g} along")
            for k in (0, 1):
                trace = curves.figure["data"][k]
                np.testing.assert_allclose(trace.get("customdata", trace["y"]), far[:, k], rtol=1e-3)
                assert ("customdata" in trace["hovertemplate"]) == ("customdata" in trace) == (far[:, k].min() < 1e-8)
                assert min(curves.figure["data"][k]["y"]) >= 1e-8


def test_one_is_not_said_in_the_plural():
    spec = OptimizersSpec(scene="quadratic", rate=0.2, steep=5.0, flat=5.0)
    assert say(scene("quadratic").draw(spec).notes[1]).startswith("One step brings")
    limit = say(scene("quadratic").draw(spec.changed(rate=0.4)).notes[1])
    assert "in a single step" in limit and "1 steps" not in limit
    assert scene("map").draw(spec.changed(scene="map")).figures[0].title.endswith("below 1% after a single step")


@pytest.mark.parametrize("racer", ["adagrad", "rmsprop", "adam", "adamw"])
def test_in_the_first_step_there_are_no_past_gradients(racer):
    spec = OptimizersSpec(scene="memory", optimizer=racer, step=1)
    notes = [say(note) for note in memory.draw(spec).notes]
    sizes = memory.size(memory.look(spec, path(spec, racer)))
    assert not any("past gradients" in note for note in notes) and f"{sizes.max() / sizes.min():.3g} times as much" in notes[0]


def test_the_names_of_a_legend_stand_evenly():
    """Against the advance widths of a real font."""
    from PIL import ImageFont

    from core.figures.optimizers.common import key

    font = ImageFont.load_default(12)
    notes = key(ALL)
    assert getattr(font, "getlength", None)
    gaps = [b["xshift"] - a["xshift"] - font.getlength(a["text"][2:]) for a, b in itertools.pairwise(notes) if a["yshift"] == b["yshift"]]
    assert len(gaps) >= 4 and max(gaps) - min(gaps) < 8 and min(gaps) > 20  # a mark, its space, the gap


@pytest.mark.slow
@pytest.mark.parametrize("racer", ALL)
@pytest.mark.parametrize("surface", slow_after([*SUITS], 1))
def test_whole_races_are_those_of_keras(racer, surface):
    """Rosenbrock, too. On the egg box at rates that leave RMSprop and its like in their pit: at the page's own they hop about."""
    gentle = {"learning_rate": 0.002, "adaptive_rate": 0.05} if surface == "rastrigin" else {}
    spec = SPEC.revised(surface=surface, steps=100, momentum=0.8, schedule="exponential", **gentle)
    one = path(spec, racer)
    assert one.end != "diverged"
    np.testing.assert_allclose(one.x, keras_path(spec, racer), atol=1e-5)


def test_a_path_stops_when_it_has_converged_and_counts_its_evaluations():
    asked = []

    def gradient(x):
        asked.append(x)
        return 2 * x

    one = descend(RULES["sgd"], gradient, np.array([1.0, -2.0]), rates("constant", 0.2, 500), tolerance=TOLERANCE)
    assert one.end == "converged" and one.evaluations == len(asked) == one.steps + 1 < 50 and np.abs(2 * one.x[-1]).max() <= TOLERANCE


def test_momentum_that_passes_the_lowest_place_has_not_converged():
    """The gradient is zero at the bottom of the swing; the ball is not at rest."""
    one = descend(RULES["momentum"], lambda x: x, np.array([1.0, 0.0]), rates("constant", 0.05, 400), tolerance=TOLERANCE)
    short = np.abs(one.g[:-1]).max(axis=1) < TOLERANCE
    assert one.end == "converged" and one.steps > 60 and np.abs(one.x[-1] - one.x[-2]).max() <= TOLERANCE
    assert not short[:20].any() or one.steps > 20


def test_a_diverged_path_is_cut_and_said():
    spec = SPEC.changed(learning_rate=0.3)
    one = path(spec, "gd")
    assert one.end == "diverged" and np.isfinite(one.x).all() and np.abs(one.x).max() <= 40 and one.steps < 20
    notes = [say(note) for note in scene("race").draw(spec).notes]
    assert "diverged" in notes[0] and "0.2" in notes[0] and f"step {one.steps + 1}:" in notes[0]


def test_noise_is_given_to_sgd_alone_or_to_all():
    surface, calm, all_noisy = ground(SPEC), SPEC.changed(steps=20), SPEC.changed(steps=20, all_noisy=True)
    assert np.allclose(path(calm, "gd").g, surface.gradient(path(calm, "gd").x))
    noise = [path(all_noisy, r).g[:20] - surface.gradient(path(all_noisy, r).x[:20]) for r in ("sgd", "adam")]
    np.testing.assert_allclose(noise[0], noise[1], atol=1e-9)
    assert noise[0].std() == pytest.approx(SPEC.noise, rel=0.4)
    np.testing.assert_array_equal(path(calm, "sgd").x, path(all_noisy, "sgd").x)


# ---- the quadratic

@pytest.mark.parametrize("seed", slow_after(range(40), 10))
def test_the_factor_is_the_spectral_radius_of_a_step(seed):
    rng = np.random.default_rng(seed)
    rate, momentum, eigenvalue, nesterov = rng.uniform(0, 0.5), rng.uniform(0, 0.98), rng.uniform(0.1, 20), bool(seed % 2)
    rule = RULES["nesterov" if nesterov else "momentum"].__class__("nesterov" if nesterov else "momentum", momentum=momentum)
    columns = []
    for x, v in ((1.0, 0.0), (0.0, 1.0)):  # the matrix of one step, from the rule itself
        new, after = step(rule, x, eigenvalue * x, rate, begin(rule, 0.0).__class__(0, v, 0.0))
        columns.append([new, after.m])
    radius = np.abs(np.linalg.eigvals(np.array(columns).T)).max()
    assert turning(rate, momentum, eigenvalue, nesterov) == pytest.approx(radius, abs=1e-7)
    limit = highest_rate(momentum, eigenvalue, nesterov)
    assert turning(limit * 0.999, momentum, eigenvalue, nesterov) < 1 < turning(limit * 1.001, momentum, eigenvalue, nesterov)


def test_the_best_rates_are_best():
    for steep, flat in ((10.0, 0.1), (7.0, 3.0)):
        grid, beta = np.meshgrid(np.linspace(0.001, 4 / steep, 800), np.linspace(0, 0.99, 400))
        worst = np.maximum(turning(grid, beta, steep), turning(grid, beta, flat))
        assert worst.min() >= max(turning(*best_pair(steep, flat), v) for v in (steep, flat)) - 1e-7
        worst = np.maximum(turning(grid, beta, steep, True), turning(grid, beta, flat, True))
        own = best_pair(steep, flat, True)
        assert worst.min() >= max(turning(*own, v, True) for v in (steep, flat)) - 1e-7
        assert worst.min() == pytest.approx(max(turning(*own, v, True) for v in (steep, flat)), abs=0.02)
        plain = np.maximum(turning(grid[0], 0, steep), turning(grid[0], 0, flat))
        assert grid[0][plain.argmin()] == pytest.approx(best_rate(steep, flat), abs=2e-3)


def test_the_map_counts_what_a_run_takes():
    eigenvalues, start = np.array([10.0, 0.5]), np.array([2.0, -3.0])
    some, momenta = np.array([0.05, 0.15, 0.25]), np.array([0.0, 0.5, 0.9])
    for nesterov in (False, True):
        found = steps_needed(some, momenta, eigenvalues, start, nesterov=nesterov)
        for i, momentum in enumerate(momenta):
            for j, rate in enumerate(some):
                rule = RULES["momentum"].__class__("nesterov" if nesterov else "momentum", momentum=float(momentum))
                one = descend(rule, lambda x: eigenvalues * x, start, rates("constant", float(rate), 200), limit=1e300)
                far = np.linalg.norm(one.x, axis=1) > 0.01 * np.linalg.norm(start)
                expected = np.flatnonzero(far)[-1] + 1 if one.steps == 200 and not far[-1] else np.nan
                np.testing.assert_equal(found[i, j], expected)


def test_the_quadratic_s_directions_are_problems_of_their_own():
    picture = scene("quadratic").draw(OptimizersSpec(scene="quadratic", steps=30))
    across, along = (np.array(picture.figures[1].figure["data"][k]["x"]) for k in (1, 3))
    np.testing.assert_allclose(across[1:], (1 - 0.19 * 10) * across[:-1], rtol=1e-3)
    np.testing.assert_allclose(along[1:], (1 - 0.19 * 0.1) * along[:-1], rtol=1e-3)
    assert picture.numbers["limit"] == pytest.approx(0.2)
    handle = next(h for h in picture.handles if h.id == "rate")
    assert handle.at == pytest.approx((0.19, 0.981), abs=1e-6)


def test_lambda_min_stays_below_lambda_max():
    assert OptimizersSpec(steep=10).revised(flat=5.0).revised(steep=4.0).flat == 4.0
    with pytest.raises(ValueError, match="larger"):
        OptimizersSpec(steep=4.0, flat=5.0)


def test_a_typed_formula_is_the_surface_at_once():
    typed_in = SPEC.revised(formula="x^2 + y^2")
    assert typed_in.surface == "own" and typed_in.learning_rate == SUITS["own"]["learning_rate"]
    assert SPEC.revised(surface="saddle").start_x == SUITS["saddle"]["start_x"]
    assert SPEC.revised(surface="saddle", start_x=1.0).start_x == 1.0


# ---- scenes

def test_the_race_shows_the_paths_and_says_who_is_lowest():
    spec = SPEC.changed(racers=("gd", "momentum", "adam"), steps=50)
    picture = race.draw(spec)
    surface = ground(spec)
    up = {racer: heights(surface, path(spec, racer).x) for racer in spec.racers}
    for k, racer in enumerate(spec.racers):
        line = picture.figures[0].figure["data"][2 + k]
        np.testing.assert_allclose(np.stack([line["x"], line["y"]], axis=1), path(spec, racer).x, rtol=5.1e-4)
        np.testing.assert_allclose(picture.figures[2].figure["data"][k]["y"], np.maximum(up[racer], race.FLOOR), rtol=1e-3)
    for t in (1, 17, 50):
        lowest = min(up, key=lambda racer: up[racer][t])
        assert RACERS[lowest] in picture.film.titles["plane"][t] and f"{up[lowest][t]:.2g}" in picture.film.titles["plane"][t]
    heads = next(track for track in picture.film.tracks if track.figure == "plane" and "x" in track.values)
    assert heads.values["x"][17] == pytest.approx([path(spec, racer).x[17, 0] for racer in spec.racers], abs=5.1e-4)


def test_the_landscape_keeps_its_paths_above_it():
    spec = SPEC.revised(surface="rosenbrock")
    surface = ground(spec)
    x, y, z = race.grid(surface, *race.MESH)
    places = path(spec, "momentum").x
    up = race.above(x, y, z, places, surface)
    assert (up >= race.height_shown(surface, places) - 1e-12).all()
    corner = np.array([[x[5], y[7]]])
    assert race.above(x, y, z, corner, surface)[0] == pytest.approx(z[7, 5])


@pytest.mark.parametrize("surface", SUITS)
def test_the_lines_on_a_landscape_are_not_too_much_to_send(surface):
    _net, lines = race.sheet(ground(SPEC.revised(surface=surface)))
    assert 100 < len(lines["x"]) <= race.MANY


@pytest.mark.parametrize("values", slow_after([
    {"formula": "sin(10x)sin(10y)"}, {"surface": "ravine"}, {"surface": "rosenbrock"}, {"formula": "tan(x)*tan(y)"},
    {"surface": "rastrigin"}, {"surface": "himmelblau"}, {"formula": "sin(3x)*cos(2y)"}, {"surface": "saddle"}], 2))
def test_the_longest_race_is_not_too_much_to_send(values):
    """All race, at rates at which nobody is lost and few arrive."""
    spec = SPEC.revised(**values).changed(racers=ALL, steps=300, learning_rate=1e-4, adaptive_rate=1e-3)
    assert all(path(spec, racer).end != "diverged" for racer in ALL)
    assert len(json.dumps(board_json(race.draw(spec)))) < 400_000


def test_a_film_s_balls_are_where_their_paths_are():
    spec = SPEC.revised(surface="himmelblau")
    tracks = [track.values for track in race.draw(spec).film.tracks if "y" in track.values]
    for k, racer in enumerate(spec.racers):
        for values in tracks:
            x, y = (np.array(values[name])[:, k] for name in "xy")
            steps = path(spec, racer).steps
            np.testing.assert_allclose(np.stack([x, y], axis=1)[:steps + 1], path(spec, racer).x, atol=5.1e-4)


@pytest.mark.parametrize("racer", ALL)
def test_a_step_under_the_glass_is_a_step_of_the_path(racer):
    spec = OptimizersSpec(scene="memory", optimizer=racer, step=5)
    one, picture = path(spec, racer), memory.draw(spec)
    np.testing.assert_allclose(picture.numbers["p"], one.x[5], rtol=1e-12)
    np.testing.assert_allclose(picture.numbers["v"], one.v[5], rtol=1e-12)
    latex = " ".join(formula for _word, formula in picture.formulas)
    assert all(memory.formulas.number(value) in latex for value in (*one.x[4], *one.x[5], *(() if racer in ("adam", "adamw")
                                                                                            else one.g[4])))
    assert latex.count("{") == latex.count("}") and "nan" not in latex
    ball = next(h for h in picture.handles if h.id == "ball")
    assert ball.at == pytest.approx(tuple(one.x[4])) and ball.rail[4][0] == 5
    squares = picture.figures[0].figure["layout"]["shapes"]
    assert bool(squares) == (racer in ("adagrad", "rmsprop", "adam", "adamw"))
    if squares:
        sides = [s["x1"] - s["x0"] for s in squares]
        assert sides[0] / sides[1] == pytest.approx(np.sqrt(one.v[5][0] / one.v[5][1]))


def test_a_ball_on_the_ridge_is_caught_and_noise_frees_it():
    spec = SPEC.revised(surface="saddle").changed(racers=("gd", "sgd"), noise=0.5)
    surface = ground(spec)
    assert words.resting(surface, path(spec, "gd")) == "saddle" and words.resting(surface, path(spec, "sgd")) == "lowest"
    assert "saddle" in say(race.draw(spec).notes[0])


@pytest.mark.parametrize("formula, start, kind", [
    ("(x^2-1)^2+y^2", (-1.01, 0.01), "lowest"), ("(x^2-1)^2+y^2", (1.01, 0.01), "lowest"), ("sin(x)^2+y^2/4", (3.13, 0.0), "lowest"),
    ("cos(x)+cos(y)", (-3.13, 3.13), "lowest"), ("(x^2-1)^2+y^2+x/100", (0.99, 0.0), "pit"), ("x^3+y^2", (0.01, 0.0), ""),
    ("x^3+y^2", (-0.01, 0.0), ""), ("-x^2-y^2", (0.0, 0.0), "hill"), ("exp(-x^2-y^2)", (0.0, 0.0), "hill"), ("x*y", (0.0, 0.0), "saddle"),
    ("-x^2", (0.0, 0.0), "")])
def test_what_a_ball_of_a_typed_surface_rests_on(formula, start, kind):
    """As low as the lowest place is no worse pit, and where the ground falls away to one side only there is none."""
    spec = SPEC.changed(surface="own", formula=formula, start_x=start[0], start_y=start[1], learning_rate=1e-4, steps=10, racers=("gd",))
    assert words.resting(ground(spec), path(spec, "gd")) == kind
    notes = race.draw(spec).notes
    for start_of, its in (("Caught", "pit"), ("On a hilltop", "hill"), ("On a saddle", "saddle")):
        assert any(note.id.startswith(start_of) for note in notes) == (kind == its)


@pytest.mark.parametrize("seed", slow_after(range(40), 8))
def test_the_egg_box_has_its_pits_saddles_and_hills_in_turn(seed):
    """At whole numbers its cosines are lowest, between two of them highest: the critical points lie next to these."""
    rng = np.random.default_rng(seed)
    twice = rng.integers(-6, 7, 2)
    twice = twice + 2 * (not twice.any())  # the lowest place itself is another matter
    start = np.round(twice / 2 * 1.005 + rng.uniform(-0.003, 0.003, 2), 4)
    spec = SPEC.revised(surface="rastrigin").changed(start_x=start[0], start_y=start[1], learning_rate=1e-4, steps=10, racers=("gd",))
    assert words.resting(ground(spec), path(spec, "gd")) == ("pit", "saddle", "hill")[int((twice % 2).sum())]


def test_himmelblaus_hill_is_no_saddle():
    spec = SPEC.revised(surface="himmelblau").changed(start_x=-0.27, start_y=-0.92, learning_rate=1e-4, steps=30)
    (args,) = claims(race.draw(spec), "On a hilltop")
    assert "Gradient descent" in args["names"] and not claims(race.draw(spec), "On a saddle")


def test_a_program_ends_where_the_race_does():
    spec = SPEC.changed(racers=ALL, steps=60, schedule="warmup", all_noisy=True)
    names = {"__name__": "__main__"}
    with redirect_stdout(io.StringIO()):
        exec(code.race(spec, spec.racers), names)  # noqa: S102 - our own program
    np.testing.assert_allclose(names["ends"], [path(spec, racer).x[-1] for racer in ALL], rtol=1e-9)


# ---- the network

def test_a_network_s_many_losses_are_its_losses():
    spec = OptimizersSpec(scene="network", steps=20)
    x, y = learners.samples("circles", 0)
    one = learners.trainings(spec)["adam"]
    np.testing.assert_allclose(training.losses_of(learners.first_net(6, 0), one.weights, x, y), one.loss, rtol=1e-10)
    cut = learners.slice_of(spec, {"adam": one})
    assert cut.share > 0.9 and cut.paths[0].shape == (21, 2)


def test_the_main_plane_is_that_of_scikit_learn():
    from sklearn.decomposition import PCA

    rng = np.random.default_rng(2)
    paths = [rng.normal(size=(30, 7)) * [5, 3, 1, 1, 1, 0.5, 0.1] for _ in range(3)]
    pca = PCA(2).fit(np.concatenate(paths))
    _middle, ways, share = training.main_plane(paths)
    assert share == pytest.approx(pca.explained_variance_ratio_.sum())
    np.testing.assert_allclose(np.abs(np.sum(ways * pca.components_, axis=1)), 1, rtol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("racer", ["gd", "sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"])
def test_the_network_learns_as_in_keras(racer):
    spec = OptimizersSpec(scene="network", racers=(racer,), steps=40, dataset="moons", units=5)
    names = {"__name__": "__main__"}
    with redirect_stdout(io.StringIO()):
        exec(scene("network").program(spec), names)  # noqa: S102 - our own program
    np.testing.assert_allclose(names["losses"], learners.trainings(spec)[racer].loss, atol=1e-5)


@pytest.mark.parametrize("name", learners.DATA)
def test_the_points_are_those_of_the_program(name):
    names = {"np": np, "label": np.arange(100) % 2}
    rng = np.random.default_rng([3, 7])
    names |= {"u": rng.uniform(size=100), "w": rng.uniform(size=100), "noise": rng.normal(size=(100, 2))}
    exec(learners.DATA[name], names)  # noqa: S102 - our own program
    x, y = learners.samples(name, 3)
    np.testing.assert_array_equal(names["x"], x)
    assert y.sum() == 50 and np.abs(x).max() < 3.5


@pytest.mark.parametrize("batch", [0, 10])
def test_side_by_side_each_optimizer_trains_as_it_does_alone(batch):
    """Against one network at a time: its gradient by core.maths.dense, its step by core.maths.optimizers."""
    spec = OptimizersSpec(scene="network", racers=ALL, steps=30, batch=batch, units=5, schedule="cosine", seed=3)
    x, y = learners.samples(spec.dataset, spec.seed)
    net = learners.first_net(spec.units, spec.seed)
    for racer, found in learners.trainings(spec).items():
        rule, size = learners.rule_of(spec, racer), learners.batch_of(spec, racer)
        looks = training.batches(100, size, 30, spec.seed) if size < 100 else [np.arange(100)] * 30
        w = dense.flat(net)
        memory_of = begin(rule, w)
        for t, rate in enumerate(rates(spec.schedule, learners.rate_of(spec, racer), 30).tolist()):
            np.testing.assert_allclose(found.weights[t], w, rtol=1e-8, atol=1e-10)
            assert found.loss[t] == pytest.approx(cross_entropy(dense.forward(dense.shaped(net, w), x).output, y)[0])
            some, wanted = x[looks[t]], y[looks[t]]
            _value, g = dense.slope(dense.shaped(net, w), some, lambda z, wanted=wanted: cross_entropy(z, wanted))
            w, memory_of = step(rule, w, g, rate, memory_of)
        np.testing.assert_allclose(found.weights[-1], w, rtol=1e-8, atol=1e-10)


def cross_entropy(logits, targets):
    return float(np.mean(np.logaddexp(0, logits) - targets * logits)), (1 / (1 + np.exp(-logits)) - targets) / len(logits)


def test_a_training_that_is_lost_is_cut_off_and_leaves_the_others_alone():
    x, y = learners.samples("circles", 0)
    net, both = learners.first_net(4, 0), [RULES["sgd"], RULES["momentum"]]
    every = np.array([[0.1] * 20, [0.1] * 5 + [1e9] * 15])
    good, bad = training.train(net, x, y, both, every)
    (alone,) = training.train(net, x, y, both[:1], every[:1])
    assert len(good.loss) == 21 and 5 < len(bad.loss) < 21 and np.isfinite(bad.loss).all() and np.abs(bad.weights).max() <= training.TOO_FAR
    np.testing.assert_allclose(good.weights, alone.weights, rtol=1e-12)


def test_a_known_training_is_not_done_again():
    spec = OptimizersSpec(scene="network", steps=20, seed=7)
    first = learners.trainings(spec)
    again = learners.trainings(spec.changed(network_adaptive_rate=0.2))
    assert again["gd"] is first["gd"] and again["adam"] is not first["adam"]


# ---- what is said

def every_spec(name, count):
    """Random settings of a scene, and its picture for each; those that cannot be drawn are left out."""
    for seed in range(count):
        spec = random_spec(STUDY, scene(name), np.random.default_rng(seed))
        try:
            yield spec, scene(name).draw(spec)
        except Trouble:
            continue


def claims(picture, start):
    """The arguments of the sentences that begin so."""
    return [note.args for note in picture.notes if note.id.startswith(start)]


def test_the_race_tells_of_everybody_and_what_is_so():
    for spec, picture in every_spec("race", 40):
        surface = ground(spec)
        notes = [say(note) for note in picture.notes if not note.id.startswith(("Gradients", "So sens", "Small diff"))]
        told = " ".join(notes)
        for racer in spec.racers:
            one, name = path(spec, racer), race.name_of(racer)
            up = heights(surface, one.x)
            assert name in told, (spec.to_query(), notes)
            if one.end == "diverged":
                assert any(name in note for note in notes if "iverged" in note or "Rolled" in note)
            assert any(f"{name} ({one.steps})" in args["names"] for args in claims(picture, "Converged")) == (one.end == "converged")
            for args in claims(picture, "Steps until"):
                gone = [int(k) for k in re.findall(rf"(?:^|, ){re.escape(name)} \((\d+)\)", args["names"])]
                assert all((up[k:] <= 0.001 * up[0]).all() and up[k - 1] > 0.001 * up[0] for k in gone)
                assert not gone or one.end != "diverged"
            for args in claims(picture, "Caught"):
                if name in args["names"].split(", "):
                    assert np.hypot(*surface.gradient(one.x[-1])) < 0.2 * np.abs(surface.gradient(one.x)).max() or one.steps < 5
        for args in claims(picture, "Rolled"):
            gone = [r for r in spec.racers if race.name_of(r) in args["names"].split(", ")]
            assert gone and all(surface.f(*path(spec, r).x[-1]) < surface.lowest for r in gone)


def test_four_pits_are_told_with_who_is_in_which():
    spec = SPEC.revised(surface="himmelblau")
    picture = race.draw(spec)
    (args,) = claims(picture, "From one start")
    for racer in spec.racers:
        end = path(spec, racer).x[-1]
        pit = min(ground(spec).minima, key=lambda one: np.hypot(*(end - np.array(one))))
        part = next(part for part in args["pits"].split("), ") if race.name_of(racer) in part)
        assert f"({pit[0]:.2g}, {pit[1]:.2g}".replace("-", "−") in part
    lowest = min(spec.racers, key=lambda racer: heights(ground(spec), path(spec, racer).x)[-1])
    one = path(spec, lowest)
    assert one.end == "converged" and one.steps < spec.steps and f"stopped at step {one.steps}" in picture.figures[2].title
    assert f"stopped at step {one.steps}" in picture.film.titles["plane"][-1]
    assert "stopped" not in picture.film.titles["plane"][one.steps]


def test_an_optimizer_has_one_name():
    for name in ("race", "network"):
        picture = scene(name).draw(SPEC.changed(scene=name, racers=ALL))
        labels = [label["text"] for figure in picture.figures for label in figure.figure["layout"].get("meta", {}).get("labels", [])]
        legend = [note["text"].split(" ", 1)[1] for figure in picture.figures for note in figure.figure["layout"].get("annotations", [])]
        assert labels == [race.name_of(racer) for racer in ALL] and set(labels) <= set(legend)


def test_the_network_s_sentences_name_everybody_with_its_loss():
    for spec, picture in every_spec("network", 12):
        runs, told = learners.trainings(spec), " ".join(say(note) for note in picture.notes)
        for racer, one in runs.items():
            name = race.name_of(racer)
            if len(one.loss) <= learners.steps_of(spec):
                assert name in claims(picture, "Lost")[0]["names"]
            else:
                assert f"{name} {float(f'{one.loss[-1]:.3g}'):.3g}" in told or "·10" in told, (told, one.loss[-1])


@pytest.mark.parametrize("racer", ["adagrad", "rmsprop", "adam", "adamw"])
def test_the_memory_s_title_divides_by_what_its_formula_divides_by(racer):
    spec = OptimizersSpec(scene="memory", optimizer=racer, step=10)
    picture, now = memory.draw(spec), memory.look(spec, path(spec, racer))
    x, y = memory.size(now)
    assert f"{x:.3g} in x, by {y:.3g} in y" in picture.figures[0].title
    assert memory.formulas.vector(np.array([x, y])) in picture.formulas[-1][1]
    share = now.after.m if racer in memory.ADAM else now.g
    first, second = (1 - float(np.float32(beta)) ** 10 for beta in (spec.beta_1, spec.beta_2))
    alpha = now.rate * (second**0.5 / first if racer in memory.ADAM else 1)
    decay = now.x * now.rate * spec.weight_decay if racer == "adamw" else 0
    np.testing.assert_allclose(now.x - decay - alpha * share / np.array([x, y]), now.new, rtol=1e-12)


def test_the_memory_says_what_is_so():
    for spec, picture in every_spec("memory", 50):
        now = memory.look(spec, path(spec, spec.optimizer))
        kept, push = now.rule.momentum * now.before.m, -now.rate * now.g
        for note in picture.notes:
            if note.id.startswith("Velocity and push agree"):
                assert kept @ push >= 0
            if "carries the ball on" in note.id:
                assert kept @ push < 0 < now.move @ kept
            if "turns back" in note.id:
                assert kept @ push < 0 and now.move @ kept <= 0
            if note.id.startswith("The past gradients"):
                sizes = dict(zip("xy", memory.size(now), strict=True))
                assert sizes[note.args["more"]] == pytest.approx(note.args["ratio"] * sizes[note.args["less"]])


def test_the_quadratic_and_the_map_say_what_is_so():
    for spec, picture in every_spec("quadratic", 50):
        factors = [turning(spec.rate, spec.friction, value, spec.nesterov) for value in (spec.steep, spec.flat)]
        assert bool(claims(picture, "η =")) == (spec.rate > highest_rate(spec.friction, spec.steep, spec.nesterov))
        for args in claims(picture, "Both directions"):
            assert factors == pytest.approx([spec.friction**0.5] * 2) and args["factor"] == pytest.approx(factors[0])
    for spec, picture in every_spec("map", 40):
        if claims(picture, "There is too little"):
            beta = best_pair(spec.steep, spec.flat, spec.nesterov)[1]
            slow = [max(turning(spec.rate, b, value, spec.nesterov) for value in (spec.steep, spec.flat)) for b in (beta, spec.friction)]
            assert slow[0] < slow[1]
        if claims(picture, "So much momentum"):
            along = descend(RULES["momentum"].__class__("nesterov" if spec.nesterov else "momentum", momentum=spec.friction),
                            lambda x, flat=spec.flat: flat * x, np.array([1.0]), rates("constant", spec.rate, 4000), limit=1e300).x[:, 0]
            some = along[np.abs(along) > 1e-250]
            assert (np.diff(np.sign(some)) != 0).sum() >= 2
    limit = OptimizersSpec(scene="quadratic", rate=0.2)
    assert say(scene("quadratic").draw(limit).notes[1]).startswith("At the limit")
    best = OptimizersSpec(scene="quadratic", rate=0.2, steep=9.5, flat=0.5)
    args = scene("quadratic").draw(best).notes[1].args
    assert 0.9 ** args["steps"] <= 0.01 < 0.9 ** (args["steps"] - 1) and args["steps"] == args["least"]


def test_what_the_trials_promise_comes_true():
    trials = {trial.button: SPEC.changed(**trial.values) for one in STUDY.scenes for trial in one.trials}
    assert "carries the ball on" in memory.draw(trials["Brake against the velocity"]).notes[0].id
    calm = trials["Calm the swing"]
    ends = [heights(ground(calm), path(calm.changed(schedule=name), "rmsprop").x)[-1] for name in ("constant", "cosine")]
    assert ends[0] > 0.1 and ends[1] < 1e-3
    straight = trials["Turn the ravine straight"]
    assert straight.angle == 0
    turned, now = ({r: words.below(h := heights(ground(s), path(s, r).x), 0.001 * h[0]) for r in s.racers}
                   for s in (straight.changed(angle=20), straight))
    assert now["rmsprop"] <= 0.55 * turned["rmsprop"] and turned["adam"] is None and now["adam"] < 60
    assert now["gd"] is None and turned["gd"] is None
    first = memory.look(trials["Adam’s very first step"], path(trials["Adam’s very first step"], "adam"))
    np.testing.assert_allclose(np.abs(first.move), 0.1, rtol=1e-4)
    np.testing.assert_allclose([first.after.m / first.g, np.sqrt(first.after.v) / np.abs(first.g)], [[0.1] * 2, [1 / 30] * 2], rtol=0.06)


# ---- check yourself

def test_the_challenge_wants_three_in_sixty_steps():
    (challenge,) = CHALLENGES
    won = challenge.reference
    assert challenge.allows(won) is None and challenge.state(won)[0]
    for name in ("momentum", "nesterov", "rmsprop"):
        assert heights(ground(won), path(won, name).x)[-1] <= 0.01
    near = [won.changed(momentum=0.9), won.changed(learning_rate=0.15), won.changed(racers=("gd", "momentum", "nesterov")),
            won.changed(adaptive_rate=0.1), won.changed(racers=("momentum", "nesterov"))]
    for spec in near:
        assert challenge.allows(spec) is None and not challenge.state(spec)[0], spec.to_query()
        assert say(challenge.state(spec)[1])
    for broken in ({"steps": 70}, {"start_x": -1.0}, {"angle": 0}, {"flat": 1.0}, {"surface": "saddle"}, {"scene": "memory"}):
        assert challenge.allows(won.changed(**broken)) is not None


def test_plain_gradient_descent_cannot_do_it_at_any_rate():
    surface = ravine(10, 0.1, 20)
    ends = [heights(surface, descend(RULES["sgd"], surface.gradient, np.array([-4.0, 2.0]), rates("constant", rate, 60)).x)[-1]
            for rate in np.linspace(0.005, 0.2, 80)]
    assert min(ends) > 0.04


def test_the_numbers_in_the_questions_are_right():
    assert highest_rate(0.0, 50.0) == QUESTIONS[0].answer
    for g in (1000.0, 0.001):
        x, _ = step(RULES["adam"], 0.0, g, 0.1, begin(RULES["adam"], 0.0))
        assert x == pytest.approx(-0.1, rel=0.01)
    assert descent.turning(0.02, 0.0, 50.0) == 0


def test_the_star_of_nesterovs_map_is_nesterovs():
    """What is said of the star is said of the one that is drawn, and the program prints it."""
    spec = OptimizersSpec(scene="map", nesterov=True, rate=0.1, friction=0.9)
    picture = STUDY.scene(spec).draw(spec)
    rate, beta = best_pair(spec.steep, spec.flat, True)
    stars = [t for t in picture.figures[0].figure["data"] if t.get("marker", {}).get("symbol") == "star"]
    assert stars[0]["x"] == [rate] and stars[0]["y"] == [beta] and picture.numbers["best"] == [rate, beta]
    assert any(note.args.get("beta") == beta for note in picture.notes)
    assert f"{beta:.3g}" in picture.formulas[0][1]


def test_nesterovs_first_step_is_longer_than_gradient_descents():
    spec = OptimizersSpec(scene="memory", optimizer="nesterov", step=1)
    picture = STUDY.scene(spec).draw(spec)
    assert picture.notes[0].args["times"] == pytest.approx(1.9)
    plain = OptimizersSpec(scene="memory", optimizer="gd", step=1)
    start = np.array([spec.start_x, spec.start_y])
    far, near = (np.array(STUDY.scene(s).draw(s).numbers["p"]) - start for s in (spec, plain))
    np.testing.assert_allclose(far, 1.9 * near)


def said(**values):
    spec = SPEC.revised(**values)
    return [say(note) for note in STUDY.scene(spec).draw(spec).notes]


def test_all_that_diverge_are_named():
    notes = said(learning_rate=0.21, racers=("gd", "momentum", "nesterov"))
    spec = SPEC.revised(learning_rate=0.21, racers=("gd", "momentum", "nesterov"))
    assert path(spec, "nesterov").end == "diverged" and any("Nesterov" in note and "Diverged" in note for note in notes)


def test_on_ground_without_a_lowest_place_nobody_gets_rid_of_the_height():
    for formula in ("x", "x*y", "x^3"):
        assert not [note for note in said(formula=formula) if "99.9" in note], formula


def test_a_race_starts_where_there_is_ground():
    with pytest.raises(Trouble, match="(?s).*"):
        said(formula="log(x)")
    assert said(formula="log(x)", start_x=2.0)


def test_without_momentum_there_is_nothing_to_add_up():
    for optimizer in ("momentum", "nesterov"):
        assert said(scene="memory", optimizer=optimizer, momentum=0.0)[0].startswith("It remembers nothing")


def test_twins_count_once_in_the_challenge():
    spec = SPEC.changed(steps=60, racers=("adam", "adamw", "rmsprop"), weight_decay=0.0, adaptive_rate=0.5, beta_2=0.9)
    challenge = CHALLENGES[0]
    assert challenge.allows(spec) is None and not challenge.state(spec)[0]
