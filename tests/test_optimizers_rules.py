"""The update rules against Keras' optimizers, over random gradients, rates and numbers of their own."""

import math
from dataclasses import replace

import numpy as np
import pytest

from core.maths.optimizers import RULES, SCHEDULES, Rule, begin, rate_at, rates, scale, step


def keras_optimizer(rule: Rule, rate):
    import keras

    o = keras.optimizers
    return {"sgd": lambda: o.SGD(rate), "momentum": lambda: o.SGD(rate, momentum=rule.momentum),
            "nesterov": lambda: o.SGD(rate, momentum=rule.momentum, nesterov=True),
            "adagrad": lambda: o.Adagrad(rate, initial_accumulator_value=rule.accumulator, epsilon=rule.epsilon),
            "rmsprop": lambda: o.RMSprop(rate, rho=rule.rho, momentum=rule.momentum, epsilon=rule.epsilon),
            "adam": lambda: o.Adam(rate, beta_1=rule.beta_1, beta_2=rule.beta_2, epsilon=rule.epsilon),
            "adamw": lambda: o.AdamW(rate, weight_decay=rule.weight_decay, beta_1=rule.beta_1, beta_2=rule.beta_2,
                                     epsilon=rule.epsilon)}[rule.name]()


def keras_schedule(name, rate, steps):
    import keras

    s = keras.optimizers.schedules
    warm = max(round(steps * 0.1), 1)
    return {"constant": lambda: lambda t: rate, "step": lambda: s.ExponentialDecay(rate, math.ceil(steps / 3), 0.1, staircase=True),
            "exponential": lambda: s.ExponentialDecay(rate, steps, 0.01), "inverse": lambda: s.InverseTimeDecay(rate, steps, 9),
            "cosine": lambda: s.CosineDecay(rate, steps),
            "warmup": lambda: s.CosineDecay(0.0, max(steps - warm, 1), warmup_target=rate, warmup_steps=warm)}[name]()


def both_paths(rule, start, gradients, rate, dtype="float64"):
    """Where our rule and Keras' optimizer go with the same gradients, (steps + 1, d) each."""
    import keras

    x, memory, variable = start, begin(rule, start), keras.Variable(start, dtype=dtype)
    optimizer = keras_optimizer(rule, rate)
    optimizer.build([variable])
    ours, theirs = [x], [start]
    for g in gradients:
        x, memory = step(rule, x, g, rate, memory)
        optimizer.apply([keras.ops.convert_to_tensor(g, dtype=dtype)], [variable])
        ours.append(x)
        theirs.append(np.array(variable.value, dtype=float))
    return np.array(ours), np.array(theirs)


def drawn(name, rng):
    """The rule with other numbers than the defaults."""
    rule = replace(RULES[name], rho=float(rng.uniform(0.5, 0.99)), beta_1=float(rng.uniform(0, 0.95)),
                   beta_2=float(rng.uniform(0.5, 0.9999)), epsilon=float(10 ** rng.uniform(-8, -1)),
                   accumulator=float(rng.uniform(0, 1)), weight_decay=float(rng.uniform(0, 0.5)) if name == "adamw" else 0.0)
    return rule if name in ("sgd", "adagrad", "adam", "adamw") else replace(rule, momentum=float(rng.uniform(0.1, 0.99)))


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_keras_goes_the_same_way_with_its_defaults(name, dtype):
    rng = np.random.default_rng(len(name))
    rate = 0.02
    ours, theirs = both_paths(RULES[name], rng.normal(0, 2, 4), rng.normal(0, rng.uniform(0.1, 3), (40, 4)), rate, dtype)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)
    assert np.abs(ours[-1] - ours[0]).max() > 1e-2


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("seed", range(3))
def test_keras_goes_the_same_way_with_other_numbers(name, seed):
    rng = np.random.default_rng([seed, len(name)])
    rule = drawn(name, rng)
    ours, theirs = both_paths(rule, rng.normal(0, 2, 3), rng.normal(0, 1, (25, 3)), float(10 ** rng.uniform(-3, -0.5)))
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("steps", [1, 7, 100])
def test_schedules_are_keras_s(schedule, steps):
    theirs = keras_schedule(schedule, 0.3, steps)
    np.testing.assert_allclose(rates(schedule, 0.3, steps), [float(theirs(t)) for t in range(steps)], rtol=1e-5, atol=1e-7)


def test_numbers_and_arrays_give_the_same():
    rng = np.random.default_rng(5)
    for rule in RULES.values():
        x, g = rng.normal(size=(2, 3)), rng.normal(size=(2, 3))
        grid, memory = step(rule, x, g, 0.1, begin(rule, x))
        for k in np.ndindex(x.shape):
            one, own = step(rule, float(x[k]), float(g[k]), 0.1, begin(rule, float(x[k])))
            assert one == pytest.approx(grid[k]) and own.m == pytest.approx(memory.m[k]) and own.v == pytest.approx(memory.v[k])


def test_rates_and_momenta_may_be_a_whole_map():
    momenta = np.array([[0.0], [0.9]])
    rate = np.array([[0.1, 0.2, 0.3]])
    x = np.ones((2, 3))
    rule = replace(RULES["momentum"], momentum=momenta)
    memory = begin(rule, x)
    for _ in range(3):
        x, memory = step(rule, x, 4 * x, rate, memory)
    y, own = 1.0, begin(RULES["momentum"], 1.0)
    for _ in range(3):
        y, own = step(RULES["momentum"], y, 4 * y, 0.2, own)
    assert x[1, 1] == pytest.approx(y)


def test_adam_corrects_its_start():
    rule = RULES["adam"]
    g = np.array([3.0, -0.01])
    x, memory = step(rule, np.zeros(2), g, 0.1, begin(rule, np.zeros(2)))
    np.testing.assert_allclose(x, [-0.1, 0.1], rtol=1e-3)  # the first step is the rate, whatever the gradient
    np.testing.assert_allclose(x, -memory.m * scale(rule, 0.1, memory))
    np.testing.assert_allclose(memory.m, 0.1 * g)
    np.testing.assert_allclose(memory.v, 0.001 * g * g)


def test_what_is_no_rule_or_schedule_is_refused():
    with pytest.raises(ValueError, match="newton"):
        begin(Rule("newton"), np.zeros(2))
    with pytest.raises(ValueError, match="square"):
        rate_at("square", 0.1, 0, 10)
