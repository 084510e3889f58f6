"""The figures of the page on GANs, for random settings and arrays."""

from __future__ import annotations

import json
import random

import numpy as np
import plotly.graph_objects as go
import pytest

from core.data import mixtures
from core.figures import duel
from core.figures.gan import critic, figures, words
from core.figures.template import apply, to_figure, to_json
from core.frame import Frame
from core.specs.gan import DATASETS, LOSSES, PARTS, GanSpec, GanView
from tests.conftest import slow_after


def drawn(seed: int) -> GanSpec:
    """Settings at random, valid ones."""
    r = random.Random(seed)
    return GanSpec(dataset=r.choice([name for name in DATASETS if name != "upload"]), loss=r.choice(list(LOSSES)),
                   noise_size=r.choice([1, 2]), epochs=r.randint(1, 500))


def frame(spec: GanSpec, seed: int = 0) -> Frame:
    """A frame as `core.labs.gan` describes it, of random numbers."""
    rng = np.random.default_rng(seed)
    arrays = {"real": mixtures.load(spec.dataset, points=400, seed=seed).x, "fake": rng.normal(size=(400, 2)),
              "arrows": rng.normal(size=(60, 2)), "noise": rng.random((400, spec.noise_size)),
              "manifold": rng.normal(size=(41, 1, 2) if spec.noise_size == 1 else (21, 21, 2)),
              "surface": rng.normal(size=(40, 40)) if critic(spec) else rng.random((40, 40))}
    arrays = {name: array.astype(np.float16 if name == "surface" else np.float32) for name, array in arrays.items()}
    if spec.modes:
        arrays |= {"share": rng.dirichlet(np.ones(spec.modes)).astype(np.float32),
                   "covered": rng.integers(0, 2, spec.modes).astype(np.uint8)}
    return Frame(10, 1, 0.5, [], arrays)


def rows(spec: GanSpec) -> list[dict[str, float | None]]:
    row = {"floor": 0.02,
           "loss": 0.7, "loss_d": 0.6, "d_real": 0.6, "d_fake": 0.4, "distance": 0.5, "mmd": 0.3, "js": 0.4, "grad_g": 0.1, "grad_d": 0.2}
    return [{"epoch": e, **row, **({"modes": 3} if spec.modes else {})} for e in range(2)]


@pytest.mark.parametrize("seed", slow_after(range(40), 10))
def test_all_figures_of_random_settings_are_fed_by_a_frame_and_plotly_takes_them(seed: int) -> None:
    spec = drawn(seed)
    shot, known = frame(spec, seed), rows(spec)
    shown = figures(spec, GanView(log_scale=seed % 2 == 0))
    json.dumps(to_json(shown), allow_nan=False)
    for template in shown:
        figure = to_figure(template, shot, known)
        assert isinstance(figure, go.Figure)
        assert not any(mark in figure.layout.title.text for mark in "{}–"), figure.layout.title.text
        for binding in template.bindings:
            if binding.kind != "curve":
                assert set(binding.source) <= set(shot.arrays), (template.id, binding.source)
            else:
                assert binding.source[0] in known[0]
    assert [t.id for t in shown if t.area == "main"] == ["arena", "loss", "verdicts"]
    assert ("modes" in {t.id for t in shown}) == bool(spec.modes) == ("3" in apply(shown[0], shot, known)["layout"]["title"]["text"])
    assert sum(t.span for t in shown if t.area == "curves") == 12


def test_the_picture_has_every_point_arrow_and_thread_in_its_place() -> None:
    spec = GanSpec(dataset="ring8")
    shot = frame(spec, 3)
    surface, grid, real, fake, arrows = apply(figures(spec, GanView())[0], shot, rows(spec))["data"]
    np.testing.assert_allclose(surface["z"], shot.arrays["surface"], atol=1e-4)
    assert (surface["x0"], surface["x0"] + 39 * surface["dx"], surface["zmin"], surface["zmax"]) == (-3, pytest.approx(3), 0, 1)
    for trace, name in ((real, "real"), (fake, "fake")):
        np.testing.assert_allclose(np.stack([trace["x"], trace["y"]], 1), shot.arrays[name], atol=1e-4)
    assert len(grid["x"]) == 42 * 22 and grid["x"].count(None) == 42
    starts, ends = (np.stack([arrows["x"][i::3], arrows["y"][i::3]], 1).astype(float) for i in (0, 1))
    np.testing.assert_allclose(starts, shot.arrays["fake"][:60], atol=1e-4)
    along, pull = ends - starts, shot.arrays["arrows"]
    np.testing.assert_allclose(along[:, 0] * pull[:, 1], along[:, 1] * pull[:, 0], atol=1e-3)
    assert ((along * pull).sum(1) > 0).all() and np.linalg.norm(along, axis=1).max() < duel.LONGEST * 3


def test_arrows_grow_with_the_pull_and_vanish_with_it() -> None:
    sizes = np.array([0.0, 1e-6, 0.01, 1.0, 100.0])
    found = np.linalg.norm(duel.lengths(sizes[:, None] * [0.6, 0.8], 3.0), axis=1)
    assert (np.diff(found) > 0).all() and found[1] < 1e-5 and found[3] == pytest.approx(duel.LONGEST * 3 / 2)


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_is_not_wanted_is_not_there(part: str) -> None:
    spec = GanSpec()
    view = GanView(shown=tuple(name for name in PARTS if name != part))
    assert GanView.from_query(view.to_query()) == (view, [])
    traces = dict(zip(PARTS, apply(figures(spec, view)[0], frame(spec), rows(spec))["data"], strict=True))
    empty = {name for name, trace in traces.items() if trace.get("z") == [[None]] or trace.get("x") == []}
    assert empty == {part}


def test_a_critics_scores_are_not_spoken_of_as_probabilities() -> None:
    for loss in LOSSES:
        spec = GanSpec(loss=loss)
        shown = {t.id: t for t in figures(spec, GanView())}
        assert critic(spec) == (loss == "wgan_gp") == ("critic" in shown["verdicts"].title) == ("scores" in words(spec)["said_d"])
        half = [label["text"] for label in shown["verdicts"].figure["layout"]["meta"]["labels"] if "value" in label]
        assert half == ([] if critic(spec) else ["½"])


@pytest.mark.parametrize("rests", ["", "d", "g"])
@pytest.mark.parametrize("d_rate", [1.0, 5.0])
def test_where_a_run_has_ended_slow_motion_says_at_which_rates_it_goes_on(rests: str, d_rate: float) -> None:
    spec = GanSpec(learning_rate=0.003, d_rate=d_rate, schedule="cosine", epochs=7, **({f"{rests}_steps": 0} if rests else {}))
    options = figures(spec, GanView())[0].bindings[0].options
    assert options["epochs"] == 7
    said = options["words"]["ended"]
    assert said.startswith("The run has ended") and "of this run" not in said and "next steps" not in said
    assert ("0.003" in said) == (rests != "g" or d_rate == 1) and ("0.015" in said) == (rests != "d" and d_rate == 5)
    assert said != options["words"]["hint"]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("side", ["d", "g"])
def test_a_step_of_several_updates_says_how_many(side: str, loss: str) -> None:
    for count in (1, 2, 5, 10):
        said = words(GanSpec(loss=loss, **{f"{side}_steps": count}))
        other = said["said_g" if side == "d" else "said_d"]
        assert (f"{count} updates" in said[f"said_{side}"]) == ("first batch" in said[f"said_{side}"]) == (count > 1)
        assert ("on average" in said[f"said_{side}"].split(".4g}")[2].split(".")[1]) == (count > 1)  # the gradients’ length
        assert "updates" not in other
        for name in ("said", "still", "beyond"):
            values = dict.fromkeys(("loss_d_0", "loss_d_1", "d_real_0", "d_real_1", "d_fake_0", "d_fake_1", "loss_0", "loss_1", "fooled_0",
                                    "fooled_1", "grad_d", "grad_g", "rate_d", "rate_g", "most", "moved"), 0.5)
            assert "{" not in said[f"{name}_{side}"].format(**values, times=5)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_log_scale_bends_what_its_help_says(loss: str) -> None:
    kinds = [{t.id: t.figure["layout"]["yaxis"].get("type") for t in figures(GanSpec(loss=loss), GanView(log_scale=on))}
             for on in (False, True)]
    bent = {name for name in kinds[0] if kinds[0][name] != kinds[1][name]}
    straight = loss in ("minimax", "wgan_gp")
    assert bent == ({"distance"} if straight else {"distance", "loss"})
    control = GanView().control("log_scale")
    assert "istances" in control.label and all(name in control.help for name in ("minimax", "Wasserstein"))


def test_what_is_painted_is_what_the_picture_begins_with() -> None:
    cells = np.zeros((24, 24), bool)
    cells[3, 5:9] = True
    spec = GanSpec(dataset="drawn", drawn=mixtures.written(cells))
    paint = figures(spec, GanView())[0].bindings[0].options["paint"]
    assert (paint["text"], paint["side"]) == (spec.drawn, 24)
    np.testing.assert_array_equal(np.array(list(paint["cells"])).reshape(24, 24) == "1", cells)
    assert figures(GanSpec(), GanView())[0].bindings[0].options["paint"] is None
