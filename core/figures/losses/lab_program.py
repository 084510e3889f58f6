"""The program of the loss lab: data, network, back-propagation and Adam in plain NumPy."""

from __future__ import annotations

from core.figures.losses.common import code
from core.i18n import _
from core.maths.loss_lab import CENTRE, LIFT, LIMIT, NOISE, PAIRS, POINTS, RATE, SPREAD, STEPS, task
from core.specs.losses import LossesSpec

SLOPES = {  # ∂loss/∂o of an output o and a label y
    "mse": "2 * (o - y)", "mae": "np.sign(o - y)", "huber": "np.clip(o - y, -0.5, 0.5)", "bce": "sigmoid(o) - y",
    "class_mse": "2 * (sigmoid(o) - y) * sigmoid(o) * (1 - sigmoid(o))", "hinge": "np.where((2 * y - 1) * o < 1, 1 - 2 * y, 0)",
}


def data(spec: LossesSpec) -> str:
    kind, said = task(spec.pair), _("the rarer group comes first")
    n, wrong, weighed = POINTS[kind], _("these are wrong"), _("how much each point counts")
    lines = [f"rng = np.random.default_rng({spec.lab_seed})",
             f"rare = np.arange({n}) < {max(round(n * spec.rare / 100), 1)}  # {said}",
             f"wrong = np.isin(np.arange({n}), rng.permutation({n})[:{round(n * spec.wrong / 100)}])  # {wrong}"]
    if kind == "curve":
        lines += [f"x = rng.uniform(0, 2, ({n}, 1)) * np.where(rare, 1, -1)[:, None]",
                  f"y = np.sin(2 * x) + {NOISE} * rng.standard_normal(({n}, 1)) + {LIFT} * wrong[:, None]"]
    else:
        lines += [f"x = rng.standard_normal(({n}, 2)) * {SPREAD} + np.where(rare, {CENTRE}, -{CENTRE})[:, None]",
                  f"x = x.clip(-{LIMIT}, {LIMIT})", "y = (rare != wrong).astype(float)[:, None]"]
    if spec.weighted:
        return "\n".join([*lines, f"share = 0.5 * np.where(rare, 1 / rare.sum(), 1 / (~rare).sum())[:, None]  # {weighed}"])
    return "\n".join([*lines, f"share = np.full(({n}, 1), 1 / {n})  # {weighed}"])


def ruler(spec: LossesSpec) -> str:
    if task(spec.pair) == "curve":
        return """
t = np.linspace(-2, 2, 82)[:, None]
def judged(net):
    r = (np.tanh(t @ net[0] + net[1]) @ net[2] + net[3] - np.sin(2 * t)) ** 2
    return [float(np.sqrt(r[t <= 0].mean())), float(np.sqrt(r[t > 0].mean()))]
"""
    return f"""
group = np.arange(400) < 200
t = np.random.default_rng(77).standard_normal((400, 2)) * {SPREAD} + np.where(group, {CENTRE}, -{CENTRE})[:, None]
def judged(net):
    right = ((np.tanh(t @ net[0] + net[1]) @ net[2] + net[3])[:, 0] > 0) == group
    return [float(right[~group].mean()), float(right[group].mean())]
"""


def write(spec: LossesSpec) -> str:
    units = 8 if task(spec.pair) == "curve" else 6
    first, second = (SLOPES[loss] for loss in PAIRS[spec.pair])
    same, backwards, adam, fresh = (_("the same first weights for both losses"), _("back-propagation"),
                                    "Adam", _("on what neither has learned from: the common group, the rarer group"))
    sigmoid = "" if task(spec.pair) == "curve" else "\ndef sigmoid(z):\n    return 1 / (1 + np.exp(-z))\n"
    return code(f"""
import numpy as np
{sigmoid}
{data(spec)}

def train(slope):
    rng = np.random.default_rng({spec.lab_seed} + 1000)  # {same}
    draw = lambda n, m: rng.uniform(-np.sqrt(6 / (n + m)), np.sqrt(6 / (n + m)), (n, m))
    net = [draw(x.shape[1], {units}), np.zeros({units}), draw({units}, 1), np.zeros(1)]
    m, v = [0.0] * 4, [0.0] * 4
    for step in range(1, {STEPS} + 1):
        hidden = np.tanh(x @ net[0] + net[1])
        delta = share * slope(y, hidden @ net[2] + net[3])  # {backwards}
        below = delta @ net[2].T * (1 - hidden**2)
        gradient = [x.T @ below, below.sum(0), hidden.T @ delta, delta.sum(0)]
        for k, g in enumerate(gradient):  # {adam}
            m[k], v[k] = 0.9 * m[k] + 0.1 * g, 0.999 * v[k] + 0.001 * g**2
            rate = {RATE} * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
            net[k] = net[k] - rate * m[k] / (np.sqrt(v[k]) + 1e-7)
    return net
{ruler(spec)}
first = judged(train(lambda y, o: {first}))  # {fresh}
second = judged(train(lambda y, o: {second}))
print(first)
print(second)
""")
