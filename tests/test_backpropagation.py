"""Back-propagation: expressions against SymPy and finite differences, networks against the tape, what may be edited and guessed."""

import itertools
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.figures.backpropagation import depth, graph, guess, network, typed, update
from core.figures.backpropagation.numerals import short
from core.figures.board import board_json
from core.frame import Trouble
from core.i18n import say
from core.insight.exercises.backpropagation import CHALLENGES
from core.maths import backpropagation as maths
from core.maths.activations import ACTIVATIONS
from core.maths.dense import flat
from core.maths.graph import forward
from core.maths.layout import places
from core.specs import wiring
from core.specs.backpropagation import GUESSES, BackpropagationSpec
from tests.test_expressions import PAYLOADS

DEFAULT = BackpropagationSpec()
EXPRESSIONS = ["(x + y) * z + x", "x * x * x", "sin(x) * x^2 + y / z", "tanh(2x + 3y - 1)^2", "exp(-x^2) * max(y, z) + 1",
               "ln(x^2 + 1) - x*y*z",
               "sigmoid(x*y + z) / (1 + x^2)", "2^x + x^y^2", "relu(x - y) * (x - y)", "sqrt(x^2 + y^2) * abs(z) - -x"]
SQUASH = ("tanh", "sigmoid", "relu", "linear")


def random_net(shape, seed, activation="tanh", last="linear"):
    rng = np.random.default_rng(seed)
    widths = wiring.SHAPES[shape]
    values = {name: float(rng.normal()) for name in wiring.names(widths)}
    return maths.sample(maths.network(widths, values, activation, last), rng.normal(size=widths[0]), rng.normal(size=widths[-1])), values


# ---- expressions

@pytest.mark.parametrize("text", EXPRESSIONS)
def test_the_gradients_of_a_graph_are_those_of_a_nudge(text):
    found = typed.graph(text)
    for seed in range(4):
        at = dict(zip("xyz", np.random.default_rng(seed).uniform(0.3, 2, 3).tolist(), strict=True))
        done = typed.worked(found, at)
        for k, node in enumerate(found.nodes):
            if node.kind == "number":
                continue
            here, h = done.values[k], 1e-5
            low, high = (float(forward(found, at, {k: np.array(here + by)})[-1]) for by in (-h, h))
            assert done.gradients[k] == pytest.approx((high - low) / (2 * h), rel=1e-4, abs=1e-6), (text, node.text)


def test_the_gradients_of_a_graph_are_those_of_sympy():
    import sympy as sp

    x, y, z = sp.symbols("x y z")
    for text, f in [("(x + y) * z + x", (x + y) * z + x), ("sin(x) * x^2 + y / z", sp.sin(x) * x**2 + y / z), ("x * x * x", x**3),
                    ("ln(x^2 + 1) - x*y*z", sp.log(x**2 + 1) - x * y * z)]:
        at = {"x": 1.3, "y": -0.4, "z": 2.1}
        found = typed.graph(text)
        done = typed.worked(found, at)
        for k, node in enumerate(found.nodes):
            if node.kind == "variable":
                assert done.gradients[k] == pytest.approx(float(f.diff(node.text).subs(at)), rel=1e-10)


def test_a_variable_is_one_node_and_adds_up_what_comes_back():
    found = typed.graph("(x + y) * z + x")
    assert [node.text for node in found.nodes if node.kind == "variable"] == ["x", "y", "z"]
    done = typed.worked(found, {"x": 2.0, "y": -1.0, "z": 3.0})
    ways = found.users(0)
    assert len(ways) == 2 and sorted(done.came[edge] for edge in ways) == [1, 3] and done.gradients[0] == 4
    twins = typed.graph("x * x").edges
    assert [edge.twin for edge in twins] == [False, True]


def test_each_edge_is_passed_once_and_after_all_that_feeds_it():
    found = typed.graph("sin(x) * x^2 + y / x")
    passed = set()
    for edge in found.edges:
        assert all(e in passed for e in found.users(edge.parent))
        passed.add(edge)
    assert len(passed) == sum(len(node.children) for node in found.nodes)


@pytest.mark.parametrize("text, part", [("1 + 2", "no variable"), ("x +", "missing"), ("x", "alone"), ("__import__('os')", "no meaning"),
                                        ("+".join("xyz"[k % 3] for k in range(20)), "more than 14"), ("ln(0 - x^2)", "no value"),
                                        ("sqrt(x - 2)", "no slope")])
def test_what_cannot_be_drawn_is_said(text, part):
    with pytest.raises(Trouble) as trouble:
        graph.draw(DEFAULT.changed(expression=text))
    assert part in say(trouble.value.message)


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_the_graph_s_film_ends_in_all_gradients_and_no_two_nodes_share_a_place(text):
    spec = DEFAULT.changed(expression=text, x=1.5, y=0.7, z=1.2)
    picture = graph.draw(spec)
    found, done = typed.graph(text), typed.worked(typed.graph(text), {"x": 1.5, "y": 0.7, "z": 1.2})
    below = next(t for t in picture.film.tracks if t.trace == 11).values["text"]
    assert below[-1] == [f"∂ {short(g)}" if n.kind != "number" else "\u00a0" for n, g in zip(found.nodes, done.gradients, strict=True)]
    assert set(below[0]) == {"\u00a0"} and picture.film.titles["graph"][-1] == picture.figures[0].title
    at = places(found)
    assert min(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in itertools.combinations(at, 2)) > 0.05
    assert all(0 <= height <= 1.05 for _column, height in at)
    for k in range(1, len(found.nodes) + 1):
        graph.draw(spec.changed(node=k))


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_an_edge_has_a_gap_for_its_slope_only_where_the_slope_stands(text):
    picture = graph.draw(DEFAULT.changed(expression=text, x=1.5, y=0.7, z=1.2))
    told = next(t for t in picture.film.tracks if t.trace == 8).values
    for texts, seen in zip(told["text"], told["marker.opacity"], strict=True):
        assert seen == [float(one != "\u00a0") for one in texts]


def test_a_negative_number_is_a_number():
    found = typed.graph("x * -2 + y^-1")
    assert [node.text for node in found.nodes if node.kind == "variable"] == ["x", "y"]
    names = {}
    exec(graph.program(DEFAULT.changed(expression="x * -2 + y^-1", x=1.5, y=0.5)), names)
    assert (names["f"], names["dx"], names["dy"]) == (-1, -2, -4)


def test_an_operation_is_told_with_both_its_numbers():
    titles = graph.draw(DEFAULT.changed(expression="2^x + y^2", x=3.0, y=-1.0)).film.titles["graph"]
    assert titles[1] == "2^x = 2 ^ 3 = 8" and titles[2] == "y^2 = (−1)^2 = 1"


def test_the_number_of_a_node_is_told_with_what_it_is():
    assert graph.draw(DEFAULT.changed(node=3)).figures[1].title == "Node 3, z: slope 1"


# ---- networks

@pytest.mark.parametrize("shape, activation, last", [("2-2-1", "tanh", "linear"), ("2-3-2", "sigmoid", "sigmoid"), ("3-4-3-2", "relu",
                                                                                                                    "tanh"),
                                                     ("2-2-2-1", "linear", "sigmoid")])
def test_gradients_are_those_of_the_tape_by_name_and_of_a_nudge(shape, activation, last):
    import keras
    import tensorflow as tf

    for seed in range(3):
        here, values = random_net(shape, seed, activation, last)
        widths = wiring.SHAPES[shape]
        variables = {name: tf.Variable(value, dtype="float64") for name, value in values.items()}
        with tf.GradientTape() as tape:
            a = [tf.constant(v, dtype="float64") for v in here.x[0]]
            for k in range(1, len(widths)):
                f = keras.activations.get(last if k == len(widths) - 1 else activation)
                a = [f(sum(a[i] * variables[f"w{k}_{i + 1}{j + 1}"] for i in range(len(a))) + variables[f"b{k}_{j + 1}"])
                     for j in range(widths[k])]
            loss = sum((y - t) ** 2 for y, t in zip(a, here.t[0], strict=True)) / 2
        assert here.loss == pytest.approx(float(loss), rel=1e-9)
        for name, gradient in zip(variables, tape.gradient(loss, list(variables.values())), strict=True):
            assert here.slopes[name] == pytest.approx(float(gradient), rel=1e-7, abs=1e-10), name
            if activation != "relu":
                assert maths.finite_difference(here, name) == pytest.approx(here.slopes[name], rel=1e-3, abs=1e-5)


def test_a_published_example_comes_out_as_published():
    """Matt Mazur's numbers (2015), to the digits that he gives."""
    picture = network.draw(DEFAULT.changed(**network.MAZUR))
    gradients = dict(zip(wiring.names((2, 2, 2)), picture.numbers["gradients"], strict=True))
    assert picture.numbers["loss"] == pytest.approx(0.298371109, abs=1e-9)
    assert gradients["w2_11"] == pytest.approx(0.082167041, abs=1e-9) and gradients["w1_11"] == pytest.approx(0.000438568, abs=1e-9)


@pytest.mark.parametrize("shape", wiring.SHAPES)
def test_the_network_s_film_goes_forward_and_back_once(shape):
    spec = DEFAULT.revised(scene="network", shape=shape)
    picture = network.draw(spec)
    here = network.net_of(spec)
    widths = wiring.SHAPES[shape]
    edges = sum(n * m for n, m in zip(widths, widths[1:], strict=False))
    assert len(picture.film.labels) == 1 + sum(widths[1:]) + 1 + sum(widths[1:]) + edges + 1
    last = {t.trace: {k: v[-1] for k, v in t.values.items()} for t in picture.film.tracks}
    shown = [text.removeprefix("<b>").removesuffix("</b>") for text in last[13]["text"]]
    assert shown == [short(v) for name, v in here.slopes.items() if name[0] == "w"]
    assert max(map(len, picture.film.titles["network"])) <= 75
    assert len(json.dumps(board_json(picture))) < 200_000


def test_the_curve_of_a_weight_has_the_gradient_as_its_slope():
    for name in ("w1_11", "w2_32", "b1_2"):
        spec = DEFAULT.revised(scene="network").revised(edge=name)
        here = network.net_of(spec)
        plot, rail = network.weight_curve(here, name)
        x, y = (np.array(plot.figure["data"][1][k]) for k in "xy")
        assert (y[1] - y[0]) / (x[1] - x[0]) == pytest.approx(here.slopes[name], abs=1e-5)
        assert min(abs(value - spec.weight) for value, _x, _y in rail) < 1e-12


def test_a_weight_that_is_set_stays_when_another_is_looked_at():
    spec = DEFAULT.revised(scene="network").revised(weight=0.2).revised(edge="w2_12")
    assert spec.weight == 0.6 and spec.weights()["w1_11"] == 0.2  # 0.6 is the seed's
    spec = spec.revised(weight=1.4).revised(edge="w1_11")
    assert spec.weight == 0.2 and spec.weights()["w2_12"] == 1.4
    spec = spec.revised(edits="w2_12=-1, w1_11=0.5")
    assert spec.weight == 0.5 and spec.weights()["w2_12"] == -1
    assert spec.revised(weight=0.7).weights()["w1_11"] == 0.7
    fresh = spec.revised(shape="3-4-3-2")
    assert fresh.edits == "" and fresh.weights() == wiring.drawn((3, 4, 3, 2), 0)
    assert DEFAULT.weights() == wiring.drawn((2, 3, 2), 0)  # the page opens unedited
    again, wrong = BackpropagationSpec.from_query(spec.to_query())
    assert again == spec and not wrong


@pytest.mark.parametrize("text", ["w1_11", "w1_11=x", "w9_11=0.5", "w2_11=7", "w1_11=0.5 w1_12=0.2"])
def test_weights_that_cannot_be_read_are_named(text):
    spec = DEFAULT.changed(scene="network", edits=text)
    with pytest.raises(Trouble) as trouble:
        network.draw(spec)
    assert text.split("=")[0] in say(trouble.value.message)
    spec.revised(edge="b1_1"), spec.revised(weight=0.1)  # moving on is no error


@pytest.mark.parametrize("text, said", [
    ("b1_1=1, w1_11=0.5$", "In w1_11: “$” at place 18 has no meaning in a number"), ("w1_11=0.5, w1_11", "“w1_11” at place 12"),
    ("w1_11 = 1； b1_1 ＝ 9**9**9", "In b1_1: “9^9^9” at place 20 is too large"), ("b1_1=1, w9_11=0.5", "“w9_11=0.5” at place 9"),
    ("b1_1=1, w2_11= 2*2", "“2*2” at place 16 is out of bounds"), ("w1_11=x", "“x” at place 7"),
    ("w1_11=0.5 w1_12=0.2", "“w1_12” at place 11")])
def test_a_weight_is_refused_with_its_place_in_all_that_is_typed(text, said):
    with pytest.raises(Trouble) as trouble:
        wiring.edits(text, "2-3-2")
    assert said in say(trouble.value.message)


def test_a_typed_weight_is_a_number_as_formulas_have_them_to_six_decimals():
    found = wiring.edits("w1_11 = sqrt(2), w1_12=max(1, -2)；b1_1=-1/3\nw2_11＝１ + 1", "2-3-2")
    assert found == {"w1_11": 1.414214, "w1_12": 1.0, "b1_1": -0.333333, "w2_11": 2.0}
    assert wiring.edits(wiring.listed(found), "2-3-2") == found
    spec = DEFAULT.revised(scene="network").revised(edits="w1_12=pi/4, w1_11=sqrt(2)")
    assert spec.weight == 1.414214 and spec.revised(edge="b1_1").weights() == spec.weights()


@given(st.text(alphabet="w1_2b=0.5, ;，＝-/+*^()sqrtpi\n", max_size=80) | st.text(max_size=120) | st.sampled_from(PAYLOADS)
       | st.sampled_from(PAYLOADS).map("b1_1=1, w1_11={}".format))
@settings(max_examples=300, deadline=None)
def test_whatever_is_typed_for_weights_is_read_or_a_sentence(text):
    try:
        found = wiring.edits(text, "2-3-2")
    except Trouble as trouble:
        assert len(say(trouble.message)) > 15
        assert 0 <= trouble.message.args.get("place", 0) <= len(text) + 1
    else:
        assert set(found) <= set(wiring.names((2, 3, 2))) and all(abs(value) <= 3 for value in found.values())
        assert wiring.edits(wiring.listed(found), "2-3-2") == found
    moved = DEFAULT.changed(scene="network", edits=text).revised(edge="b1_1")
    assert moved.edge == "b1_1"


# ---- the step

def test_a_step_takes_the_rate_times_the_gradient_off_every_weight():
    for seed in range(3):
        here, values = random_net("2-3-2", seed)
        rates = [0.01, 0.3, 2.0]
        for rate, loss in zip(rates, maths.after_step(here, rates), strict=True):
            moved = {name: values[name] - rate * here.slopes[name] for name in values}
            again = maths.sample(maths.network((2, 3, 2), moved, "tanh", "linear"), here.x[0], here.t[0])
            assert loss == pytest.approx(again.loss, rel=1e-10)
        tiny = 1e-6
        promised = here.loss - tiny * float((here.gradient**2).sum())
        assert maths.after_step(here, [tiny])[0] == pytest.approx(promised, abs=1e-9)


def test_many_steps_are_keras_s():
    import keras
    import tensorflow as tf

    here, _values = random_net("2-3-2", 5)
    weights = [tf.Variable(part) for pair in zip(here.net.weights, here.net.biases, strict=True) for part in pair]
    optimizer, losses = keras.optimizers.SGD(0.05), []
    for _ in range(6):
        with tf.GradientTape() as tape:
            h = tf.tanh(here.x @ weights[0] + weights[1])
            loss = tf.reduce_sum((h @ weights[2] + weights[3] - here.t) ** 2) / 2
        losses.append(float(loss))
        optimizer.apply(tape.gradient(loss, weights), weights)
    np.testing.assert_allclose(maths.descent(here, 0.05, 5), losses, rtol=1e-6)


def test_the_update_s_point_is_the_loss_after_the_step_and_too_long_a_step_is_said():
    spec = DEFAULT.changed(scene="update", learning_rate=0.25)
    picture = update.draw(spec)
    here = update.net_of(spec)
    after = maths.loss_at(here, flat(here.net) - 0.25 * here.gradient)
    assert picture.numbers["after"] == pytest.approx(after) and picture.handles[0].at[1] == pytest.approx(after)
    assert "landed higher" in say(update.draw(spec.changed(learning_rate=1.0)).notes[0])
    assert "short enough" in say(update.draw(spec.changed(learning_rate=0.003)).notes[0])


# ---- depth

@pytest.mark.parametrize("activation", SQUASH)
def test_a_chain_s_gradient_is_that_of_a_nudge(activation):
    found = maths.chain(7, 1.3, activation, 0.4)

    def end(start, first):
        a = start
        for _ in range(first, 7):
            a = float(ACTIVATIONS[activation].f(np.array(1.3 * a)))
        return a

    inputs = [0.4, *found.a[:-1]]
    for k, a in enumerate(inputs):
        assert found.gradients[k] == pytest.approx((end(a + 1e-6, k) - end(a - 1e-6, k)) / 2e-6, rel=1e-5)


def test_a_chain_vanishes_explodes_or_lasts_as_the_notes_say():
    spec = DEFAULT.changed(scene="depth")
    for change, word in [({}, "vanishes"), ({"chain": "relu", "gain": 2.0}, "explodes"), ({"chain": "relu"}, "near 1"),
                         ({"chain": "relu", "start": -0.5}, "exactly 0"), ({"gain": 4.0}, "vanishes")]:
        assert word in say(depth.draw(spec.changed(**change)).notes[0])
    for layers, gain, activation in itertools.product((2, 60), (0.1, 6.0), SQUASH):  # whatever its size, it stays on the axis
        picture = depth.draw(spec.changed(layers=layers, gain=gain, chain=activation))
        y, axis = picture.figures[0].figure["data"][1]["y"], picture.figures[0].figure["layout"]["yaxis"]["range"]
        assert np.isfinite(y).all() and axis[0] <= min(y) and max(y) <= axis[1]


# ---- guessing

@pytest.mark.parametrize("shape", wiring.SHAPES)
def test_the_weights_asked_for_have_gradients_worth_guessing(shape):
    for activation, number in itertools.product(SQUASH, (1, 2, 50)):
        asked = maths.case(shape, activation, number)
        assert len(set(asked.asked)) == 3
        assert all(maths.LEAST <= abs(answer) <= maths.GREATEST for answer in asked.answers)
        for name, answer in zip(asked.asked, asked.answers, strict=True):
            assert maths.finite_difference(asked.sample, name, 1e-5) == pytest.approx(answer, rel=1e-4)
        if len(wiring.SHAPES[shape]) == 4:  # in a row: each begins where the next ends
            last, middle, first = asked.asked
            assert last[3] == middle[4] and middle[3] == first[4]


def test_nothing_on_screen_tells_the_gradients_before_they_are_revealed():
    spec = DEFAULT.revised(scene="guess", shape="3-4-3-2")
    answers = maths.case("3-4-3-2", "tanh", 1).answers
    hidden, seen = guess.draw(spec), guess.draw(spec.revised(reveal=True))

    def on_screen(picture):
        return json.dumps(board_json(picture)) + str(picture.formulas) + " ".join(map(say, picture.notes))

    for answer in answers:
        assert f"{answer:.4f}"[1:] not in on_screen(hidden) and f"{answer:.4f}" in on_screen(seen)
    assert set(hidden.figures[0].figure["data"][13]["text"]) == {"\u00a0"}  # where the gradients stand later
    assert "δ" not in json.dumps([t.figure for t in hidden.figures], ensure_ascii=False)
    assert not hidden.formulas and "gradients" not in hidden.numbers and "gradients" not in guess.program(spec)
    assert not any(trace["x"] for chart in hidden.figures[1:] for trace in chart.figure["data"][:2])  # neither curve nor tangent


def test_hiding_what_was_revealed_brings_another_network():
    spec = DEFAULT.revised(scene="guess", guess1=0.5).revised(reveal=True)
    assert spec.guess1 == 0.5
    after = spec.revised(reveal=False)
    assert after.case == 2 and not after.reveal and after.guess1 == 0
    assert maths.case(after.shape, after.activation, 2).answers != maths.case(spec.shape, spec.activation, 1).answers
    assert not spec.revised(case=7).reveal


def test_the_challenge_wants_all_signs_and_sizes_and_nothing_revealed():
    challenge = CHALLENGES[0]
    good = challenge.reference
    assert challenge.allows(good) is None and challenge.state(good)[0]
    for name in GUESSES:
        value = getattr(good, name)
        assert challenge.state(good.changed(**{name: value * 1.17}))[0]
        for wrong in (value * 1.25, value * 0.75, -value, 0.0):
            passed, sentence = challenge.state(good.changed(**{name: wrong}))
            assert not passed and "2" in say(sentence)
    for change in ({"reveal": True}, {"scene": "network"}, {"shape": "2-3-2"}, {"activation": "linear"}):
        assert challenge.allows(good.changed(**change)) is not None
    assert challenge.state(good.changed(case=2))[0] is False


# ---- at the edges

@pytest.mark.parametrize("text", ["3*x", "x*0.5 + 1", "2^x", "pi*x + 2"])
def test_a_number_of_the_expression_is_not_looked_at_but_what_comes_after(text):
    for k in range(1, 7):
        spec = DEFAULT.changed(expression=text, x=1.3, node=k)
        curve = graph.draw(spec).figures[1].figure["data"]
        x, y = (np.array(curve[0][axis], float) for axis in "xy")
        (x0, x1), (y0, y1) = curve[1]["x"], curve[1]["y"]
        near = np.argsort(np.abs(x - (x0 + x1) / 2))[:2]
        assert np.diff(y[near])[0] / np.diff(x[near])[0] == pytest.approx((y1 - y0) / (x1 - x0), rel=0.1, abs=0.01)


@pytest.mark.parametrize("text", ["x*x + x", "x*(x*(x*(x + 1) + 1) + 1)"])
def test_no_operation_lies_on_an_edge_that_passes_it(text):
    found = typed.graph(text)
    at = places(found)
    for edge in found.edges:
        (left, height), (right, _end) = at[edge.child], at[edge.parent]
        passed = [at[k][1] for k in range(len(found.nodes)) if left < at[k][0] < right]
        assert all(abs(h - height) > 0.12 for h in passed)


def test_a_guess_of_zero_is_not_said_to_go_uphill():
    said = [note.id for note in guess.draw(DEFAULT.changed(scene="guess", reveal=True)).notes]
    assert not any("uphill" in text for text in said) and any("no sign" in text for text in said)
    mixed = guess.draw(DEFAULT.changed(scene="guess", reveal=True, guess1=-1.0, guess2=-1.0)).notes
    assert {key: note.args.get("which") for note in mixed for key in ("uphill", "no sign") if key in note.id} == {
        "uphill": "1", "no sign": "3"}


def test_tanh_near_zero_is_not_said_to_be_flat():
    for start, gain, layers in ((0.0, 2.0, 20), (0.05, 1.5, 3)):
        said = [note.id for note in depth.draw(DEFAULT.changed(scene="depth", chain="tanh", start=start, gain=gain, layers=layers)).notes]
        assert not any("does not save" in text for text in said)
    assert "does not save" in depth.draw(DEFAULT.changed(scene="depth", chain="tanh", gain=6.0)).notes[1].id


def test_a_gradient_of_zero_is_put_down_to_what_makes_it_zero():
    linear = {"scene": "network", "shape": "2-2-1", "activation": "linear", "edge": "w1_11", "edits": "w2_11=0"}
    assert "δ at its end is 0" in network.draw(DEFAULT.changed(**linear)).notes[0].id
    assert "is flat" in network.draw(DEFAULT.changed(scene="network", activation="relu", edge="w1_13", weight=-0.5)).notes[0].id


def test_the_best_step_goes_further_only_if_it_does():
    spec = DEFAULT.changed(scene="update", shape="2-2-1", activation="sigmoid", last="tanh", seed=98,
                           learning_rate=3.673)
    assert not any("goes further" in note.id for note in update.draw(spec).notes)


@pytest.mark.parametrize("text, f", [
    ("10^10*(x^2+y^2)", lambda x, y: 10**10 * (x * x + y * y)), ("10^9*exp(x^2)*y", lambda x, y: 10**9 * np.exp(x * x) * y),
    ("10^40*x*y", lambda x, y: 10**40 * x * y), ("x*y/10^9", lambda x, y: x * y / 10**9), ("10^6*tan(x)", lambda x, y: 10**6 * np.tan(x)),
    ("exp(exp(2x))*y", lambda x, y: np.exp(np.exp(2 * x)) * y), ("exp(235x)*y/10^9", lambda x, y: np.exp(235 * x) * y / 10**9)])
def test_an_expression_of_any_size_has_its_curve_and_its_point(text, f):
    spec = DEFAULT.changed(expression=text)
    picture = graph.draw(spec)
    plot, (handle,) = picture.figures[1].figure, picture.handles
    assert len(handle.rail) > 40 and (handle.at[0] in [value for value, *_ in handle.rail])
    low, high = plot["layout"]["yaxis"]["range"]
    shown = [(x, y) for x, y in zip(plot["data"][0]["x"], plot["data"][0]["y"], strict=True) if y is not None]
    assert len(shown) > 40
    for x, y in shown:
        assert y == pytest.approx(f(x, spec.y), abs=1e-4 * (high - low), rel=1e-9)
    for node in range(1, 9):  # of every node it is a curve and no stair
        data = graph.draw(spec.changed(node=node)).figures[1].figure["data"]
        ys = [y for y in data[0]["y"] if y is not None]
        assert len(set(ys)) > 40, node
        json.dumps(data, allow_nan=False)
