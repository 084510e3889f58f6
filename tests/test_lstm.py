"""The pages on the LSTM and the GRU: what is drawn and written of a cell is what it computes, and challenges ask what they say."""

import re

import numpy as np
import pytest

from core.figures import studies
from core.figures.cells import drawing, states, sums
from core.figures.cells.plans import PLANS
from core.figures.cells.walk import walked
from core.figures.gru.cell import textbook
from core.insight.challenges import verdict as judged
from core.insight.exercises import challenges_of
from core.specs.gru import GruSpec
from core.specs.lstm import LstmSpec
from tests.studies import random_spec

PAGES = {"lstm": LstmSpec, "gru": GruSpec}


def random_walks(name, count=6):
    study = studies.study(name)
    scene = study.scenes[0]
    for seed in range(count):
        yield walked(random_spec(study, scene, np.random.default_rng(seed)))


def value_of(text):
    """A line's arithmetic as Python computes it."""
    python = (text.replace("−", "-").replace("·", "*").replace("²", "**2"))
    python = re.sub(r"10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda m: "1e" + m[1].translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")), python)
    python = re.sub(r"(\d)\*1e", r"\1e", python)
    return eval(python, {"σ": lambda v: 1 / (1 + np.exp(-v)), "tanh": np.tanh})  # noqa: S307 - our own line


@pytest.mark.parametrize("name", PAGES)
def test_every_line_of_arithmetic_comes_out_as_it_says(name):
    """What stands between the equals signs is computed; numbers are rounded to three digits, so it is near."""
    seen = 0
    for walk in random_walks(name):
        for t in range(walk.steps):
            for room in (sums.WIDE, sums.SLIM):
                for row in sums.rows(walk, t, room):
                    assert row.value == pytest.approx(walk.at(row.name, t))
                    assert (row.name in walk.held) == (not row.right)
                    parts = [p for p in f"{row.left} = {row.right}".split(" = ") if p and not re.search("[a-zA-Z]", p.replace("tanh", ""))]
                    for part in parts if row.name not in walk.held else ():
                        assert value_of(part) == pytest.approx(row.value, abs=0.008), (row, part)
                        seen += 1
    assert seen > 200


@pytest.mark.parametrize("name", PAGES)
def test_what_flows_adds_up_at_every_knot(name):
    for walk in random_walks(name):
        for t in range(walk.steps):
            now = walk.flow(t)
            assert {wire.value for wire in PLANS[name].wires if wire.value} <= set(now)
            if name == "lstm":
                assert now["c"] == pytest.approx(now["f·cₜ₋₁"] + now["i·g"]) and now["h"] == pytest.approx(now["o"] * now["tanh c"])
                assert t == 0 or now["cₜ₋₁"] == walk.flow(t - 1)["c"]
            else:
                assert now["h"] == pytest.approx(now["z·hₜ₋₁"] + now["(1−z)·g"]) and now["r·q"] == pytest.approx(now["r"] * now["q"])
            assert now["hₜ₋₁"] == (walk.flow(t - 1)["h"] if t else 0)


@pytest.mark.parametrize("name", PAGES)
def test_the_film_shows_each_steps_own_numbers(name):
    """At every step the drawing's wires are as wide as their numbers, and the map has the column of that step outlined."""
    for walk in random_walks(name, 3):
        made, tracks, titles = drawing.picture(walk)
        lines = [track for track in tracks if "line.width" in track.values]
        carrying = sorted((wire for wire in PLANS[name].wires if wire.value), key=lambda wire: not wire.belt)
        assert len(lines) == len(carrying) and len(titles) == walk.steps
        for track, wire in zip(lines, carrying, strict=True):
            data = made.figure["data"][track.trace]
            assert list(zip(data["x"], data["y"], strict=True)) == list(wire.path)
            sizes = [abs(walk.flow(t)[wire.value]) for t in range(walk.steps)]
            assert np.all(np.diff(np.array(track.values["line.width"])[np.argsort(sizes)]) >= 0)
            for t, token in enumerate(track.values["line.color"]):
                assert token == drawing.sign(walk.flow(t)[wire.value])
        table, (outlined,) = states.picture(walk)
        z = np.array(table.figure["data"][0]["z"], dtype=float)
        row = [letter for letter, _name, _values in states.rows(walk)].index("h")
        np.testing.assert_allclose(z[row], walk.found["h"][:, walk.unit], atol=1e-2)
        assert [np.mean(x[:4]) for x in outlined.values["x"]] == [pytest.approx(t) for t in range(walk.steps)]


def test_the_textbooks_candidate_is_keras_without_reset_after():
    """One step from a given state in keras.layers.GRU(reset_after=False), whose state tells its candidate."""
    import keras

    walk = walked(GruSpec(units=3, feed="sine"))
    w = walk.weights
    layer = keras.layers.GRU(3, reset_after=False, dtype="float64")
    layer.build((None, None, 1))
    layer.set_weights([w.kernel, w.recurrent, w.bias.sum(axis=0)])
    for t in range(1, walk.steps):
        before = walk.found["h"][t - 1]
        told = np.asarray(layer(walk.feed.x[None, t:t + 1], initial_state=before[None]))[0]
        z = walk.found["z"][t]
        assert textbook(walk, t) == pytest.approx(float(((told - z * before) / (1 - z))[0]), abs=1e-9)
    assert max(abs(textbook(walk, t) - walk.at("g", t)) for t in range(walk.steps)) > 0.01
    alone = walked(GruSpec(units=1, feed="sine"))
    assert all(textbook(alone, t) == pytest.approx(alone.at("g", t)) for t in range(alone.steps))


def passes(name, challenge, spec):
    return judged(next(c for c in challenges_of(name) if c.id == challenge), spec).passed


@pytest.mark.parametrize("seed", [0, 7, 38, 61])
def test_a_symbol_survives_with_the_right_gates_only(seed):
    good = LstmSpec(scene="hold", held="all", forget=1.0, input_first=1.0, input_after=0.0, seed=seed)
    assert passes("lstm", "lstm-survive", good) and passes("lstm", "lstm-survive", good.changed(output=0.0, symbol=-1, gap=40))
    for wrong in ({"forget": 0.99}, {"input_first": 0.8}, {"input_after": 0.05, "noise": 1.0}, {"gap": 19}, {"noise": 0.4},
                  {"held": "forget"}):
        assert not passes("lstm", "lstm-survive", good.changed(**wrong)), wrong
    one = GruSpec(scene="hold", update_first=0.0, update_after=1.0, seed=seed)
    assert passes("gru", "gru-survive", one)
    for wrong in ({"update_first": 0.2}, {"update_after": 0.99}, {"held": "none"}):
        assert not passes("gru", "gru-survive", one.changed(**wrong)), wrong


def test_the_widest_slim_gru_is_found_by_counting():
    import keras

    def count(layer):
        layer.build((None, None, 1))
        return layer.count_params()

    most = 0.75 * count(keras.layers.LSTM(50))
    best = max(u for u in range(40, 60) if count(keras.layers.GRU(u)) <= most)
    right = [u for u in range(40, 60) if passes("gru", "gru-quarter", GruSpec(scene="weights", gru_units=u))]
    assert right == [best]
    assert (count(keras.layers.GRU(4)), count(keras.layers.LSTM(4))) == (84, 96)  # as the page says


def test_half_after_twenty_steps():
    right = [b for b in np.round(np.arange(-2, 8.01, 0.05), 2) if passes("lstm", "lstm-half-life", LstmSpec(scene="forget", bias=float(b)))]
    assert right and all(abs(0.5 - (1 / (1 + np.exp(-b))) ** 20) < 0.0101 for b in right)
