"""How a gradient becomes a step: the update rules of Keras 3, in plain NumPy, with their memories in the open.

Every rule works element by element, so x and g are arrays of any one shape (or numbers), and `rate` and a rule's own numbers may be
arrays that broadcast with them. Nothing is changed in place. Paths are those of `keras.optimizers` (tests).

    rule = RULES["adam"]
    memory = begin(rule, x)
    for t in range(100):
        x, memory = step(rule, x, gradient(x), rate_at("cosine", 0.1, t, 100), memory)

SGD is gradient descent whose gradient is noisy: the caller adds the noise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = Any  # a NumPy array of floats, or a float


@dataclass(frozen=True)
class Rule:
    """An update rule and its numbers, under Keras' names and with Keras' defaults.

    momentum: of "momentum", "nesterov" and "rmsprop", in [0, 1); rho: of "rmsprop"; beta_1, beta_2: of "adam" and "adamw";
    accumulator: what Adagrad's Σg² starts from; weight_decay: of "adamw".
    """

    name: str
    momentum: Array = 0.0
    rho: Array = 0.9
    beta_1: Array = 0.9
    beta_2: Array = 0.999
    epsilon: float = 1e-7
    accumulator: float = 0.1
    weight_decay: Array = 0.0


RULES = {rule.name: rule for rule in (
    Rule("sgd"), Rule("momentum", momentum=0.9), Rule("nesterov", momentum=0.9), Rule("adagrad"), Rule("rmsprop"), Rule("adam"),
    Rule("adamw", weight_decay=0.004))}


@dataclass(frozen=True)
class Memory:
    """What a rule keeps between two steps.

    t: steps taken. m: the velocity of momentum, Nesterov and RMSprop with momentum, Adam's running mean of g; else 0.
    v: Adagrad's Σg², the running mean of g² of RMSprop and Adam; else 0.
    """

    t: int
    m: Array
    v: Array


def begin(rule: Rule, x: Array) -> Memory:
    """The memory before the first step. ValueError for a name that is no rule's."""
    if rule.name not in RULES:
        raise ValueError(f"rule {rule.name!r} is not one of {', '.join(RULES)}")
    zero = x * 0.0 + 0.0  # without a minus
    return Memory(0, zero, zero + rule.accumulator if rule.name == "adagrad" else zero)


def step(rule: Rule, x: Array, g: Array, rate: Array, memory: Memory) -> tuple[Array, Memory]:
    """One update of x with the gradient g: the new x and the new memory.

    Where Keras differs from the papers, this is Keras: Nesterov's gradient is taken at x, and the look ahead is in the step; Adagrad and
    RMSprop have ε under the root; Adam has it beside the root of the uncorrected v (Kingma and Ba 2015, end of section 2), and AdamW
    shrinks x by rate · weight_decay before the step of Adam (Loshchilov and Hutter 2019).
    """
    name, t, m, v = rule.name, memory.t + 1, memory.m, memory.v
    if name == "sgd":
        return x - rate * g, Memory(t, m, v)
    if name in ("momentum", "nesterov"):
        m = rule.momentum * m - rate * g
        return x + (m if name == "momentum" else rule.momentum * m - rate * g), Memory(t, m, v)
    if name == "adagrad":
        v = v + g * g
        return x - rate * g / (v + rule.epsilon) ** 0.5, Memory(t, m, v)
    if name == "rmsprop":
        v = rule.rho * v + (1 - rule.rho) * (g * g)
        push = rate * g / (v + rule.epsilon) ** 0.5
        if np.ndim(rule.momentum) == 0 and not rule.momentum:
            return x - push, Memory(t, m, v)
        m = rule.momentum * m + push  # Keras' sign: this one is taken off x
        return x - m, Memory(t, m, v)
    m = m + (g - m) * (1 - rule.beta_1)
    v = v + (g * g - v) * (1 - rule.beta_2)
    memory = Memory(t, m, v)
    x = x - x * rule.weight_decay * rate
    return x - m * scale(rule, rate, memory), memory


def scale(rule: Rule, rate: Array, memory: Memory) -> Array:
    """What each coordinate of g (Adam: of m) was multiplied by in the step that left this memory: the rate, adjusted."""
    if rule.name in ("adagrad", "rmsprop"):
        return rate / (memory.v + rule.epsilon) ** 0.5
    if rule.name in ("adam", "adamw"):
        first, second = filled(rule, memory.t)
        return rate * second**0.5 / first / (memory.v**0.5 + rule.epsilon)
    return rate + memory.m * 0.0


def filled(rule: Rule, t: int) -> tuple[Array, Array]:
    """How full Adam's two means are after t steps: 1 − β₁ᵗ and 1 − β₂ᵗ. Keras rounds β to 32 bits here, and only here (`ops.cast` of a
    Python number): of 0.999 the second is wrong by 1e-5 of it, which a path shows."""
    return 1 - _rounded(rule.beta_1) ** t, 1 - _rounded(rule.beta_2) ** t


def _rounded(beta: Array) -> Array:
    return float(np.float32(beta)) if np.ndim(beta) == 0 else np.asarray(beta, np.float32).astype(float)


SCHEDULES = ("constant", "step", "exponential", "inverse", "cosine", "warmup")
WARM = 0.1  # the share of all steps in which "warmup" rises


def rate_at(schedule: str, rate: float, t: int, steps: int) -> float:
    """The learning rate of step t (the first is 0) of `steps`, by Keras' schedules, set so that each spans the run.

    constant; step: a tenth of it after each third (ExponentialDecay, staircase); exponential: down to a hundredth; inverse: down to a
    tenth (InverseTimeDecay); cosine: down to 0 (CosineDecay); warmup: up from 0 in the first tenth of the steps, then cosine.
    ValueError for another name.
    """
    if schedule == "constant":
        return rate
    if schedule == "step":
        return rate * 0.1 ** (t // max(math.ceil(steps / 3), 1))
    if schedule == "exponential":
        return rate * 0.01 ** (t / steps)
    if schedule == "inverse":
        return rate / (1 + 9 * t / steps)
    if schedule == "cosine":
        return rate * 0.5 * (1 + math.cos(math.pi * min(t / steps, 1.0)))
    if schedule == "warmup":
        warm = max(round(steps * WARM), 1)
        return rate * t / warm if t < warm else rate_at("cosine", rate, t - warm, max(steps - warm, 1))
    raise ValueError(f"schedule {schedule!r} is not one of {', '.join(SCHEDULES)}")


def rates(schedule: str, rate: float, steps: int) -> np.ndarray:
    """The learning rate of every step, (steps,)."""
    return np.array([rate_at(schedule, rate, t, steps) for t in range(steps)])
