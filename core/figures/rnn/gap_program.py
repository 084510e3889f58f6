"""The program of the scene “gap”: three cells forward and back in NumPy."""

from __future__ import annotations

from core.i18n import _
from core.maths.fading import LENGTH, NETWORKS
from core.specs.rnn import RnnSpec

RECURRENT = {"orthogonal": "q.T",
             "glorot": "rng.uniform(-(6 / (units + wide)) ** 0.5, (6 / (units + wide)) ** 0.5, (units, wide))",
             "identity": "np.tile(np.eye(units), (1, blocks))"}
CODE = '''import numpy as np

units, inputs, steps, gap = {units}, {inputs}, {steps}, {gap}
scale, strength = {scale!r}, {strength!r}
sigmoid = lambda v: 1 / (1 + np.exp(-v))


def drawn(blocks, number):
    """{drawn}"""
    rng = np.random.default_rng([number])
    x = strength * rng.normal(size=(steps, inputs))
    g = rng.normal(size=units)
    own, wide = np.random.default_rng(number), blocks * units
    reach = np.sqrt(6 / (inputs + wide))
    W = own.uniform(-reach, reach, (inputs, wide))
    q, r = np.linalg.qr(own.normal(size=(wide, units)))
    q = q * np.sign(np.diag(r))
    U = scale * {recurrent}
    return x, W, U, g / np.linalg.norm(g)


def plain(number):
    x, W, U, g = drawn(1, number)
    h, states = np.zeros(units), []
    for x_t in x:
        h = np.tanh(x_t @ W + h @ U)
        states.append(h)
    for h in states[:-gap - 1:-1]:  # {back}
        g = (g * (1 - h**2)) @ U.T
    return np.linalg.norm(g)


def lstm(number):
    x, W, U, g = drawn(4, number)
    b = np.repeat([0, {forget_bias!r}, 0, 0], units)
    h, c, kept = np.zeros(units), np.zeros(units), []
    for x_t in x:
        i, f, a, o = np.split(x_t @ W + h @ U + b, 4)
        i, f, a, o = sigmoid(i), sigmoid(f), np.tanh(a), sigmoid(o)
        before, c = c, f * c + i * a
        h = o * np.tanh(c)
        kept.append((i, f, a, o, c, before))
    dh, dc = g, np.zeros(units)
    for i, f, a, o, c, before in kept[::-1][:gap + 1]:
        carried = dc = dc + dh * o * (1 - np.tanh(c) ** 2)
        d = [dc * a * i * (1 - i), dc * before * f * (1 - f), dc * i * (1 - a**2), dh * np.tanh(c) * o * (1 - o)]
        dh, dc = np.concatenate(d) @ U.T, dc * f
    return np.linalg.norm(carried)  # {memory}


def gru(number):
    x, W, U, g = drawn(3, number)
    b = np.repeat([{update_bias!r}, 0, 0], units)
    h, kept = np.zeros(units), []
    for x_t in x:
        xz, xr, xa = np.split(x_t @ W + b, 3)
        hz, hr, ha = np.split(h @ U, 3)
        z, r = sigmoid(xz + hz), sigmoid(xr + hr)
        a = np.tanh(xa + r * ha)
        kept.append((z, r, a, ha, h))
        h = z * h + (1 - z) * a
    for z, r, a, ha, before in kept[:-gap - 1:-1]:
        da = g * (1 - z) * (1 - a**2)
        d = [g * (before - a) * z * (1 - z), da * ha * r * (1 - r), da * r]
        g = g * z + np.concatenate(d) @ U.T
    return np.linalg.norm(g)


numbers = [{first} + k for k in range({networks})]
arrives = [float(np.median([cell(number) for number in numbers])) for cell in (plain, lstm, gru)]
print(arrives)

U = drawn(1, numbers[0])[2]
radius, largest = float(np.abs(np.linalg.eigvals(U)).max()), float(np.linalg.norm(U, ord=2))
print(radius, largest)
'''


def program(spec: RnnSpec) -> str:
    return CODE.format(
        units=spec.network_units, inputs=spec.inputs, steps=LENGTH + 1, gap=spec.gap, scale=spec.recurrent_scale, strength=spec.strength,
        recurrent=RECURRENT[spec.initializer], forget_bias=spec.forget_bias, update_bias=spec.update_bias, first=1000 * spec.seed,
        networks=NETWORKS, drawn=_("Inputs, weights and the direction in which a loss pulls the last state."),
        back=_("back in time, from the last step"), memory=_("at the memory c, which carries it"))
