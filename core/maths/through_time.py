"""Back-propagation through time in plain NumPy, for the cells of `core.maths.cells`: how a gradient goes back, step by step.

With δ the gradient at what is added up before a block is bent, and U the recurrent kernel (see there):

    rnn    δ = ∂L/∂h ⊙ (1 − h²),  ∂L/∂h₋ = δ·Uᵀ
    lstm   ∂L/∂c = ∂L/∂h ⊙ o ⊙ (1 − tanh²(c)) + what comes from the next step,  ∂L/∂c₋ = f ⊙ ∂L/∂c,  ∂L/∂h₋ = δ·Uᵀ
    gru    ∂L/∂h₋ = z ⊙ ∂L/∂h + δ·Uᵀ, where δ of the block g has gone through the reset gate

so the plain cell's state only ever goes back through U, while the LSTM's memory c and the GRU's state have a way past it, through a
gate alone (Hochreiter, 1991; Werbos, 1990; Pascanu, Mikolov and Bengio, 2013). Agrees with TensorFlow's GradientTape (tests).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from core.maths.cells import CELLS, Array, Weights, product

CUTS = ("window", "pieces")


class Back(NamedTuple):
    """What came back. h, c: ∂L/∂hₜ and, of the LSTM, ∂L/∂cₜ (None of others), (…, T, units) each; first: ∂L/∂h and ∂L/∂c of the states
    before the first step; outer, inner: δ beside the input and beside the state, (…, T, g·units); they differ for the GRU's g only.

    ∂L/∂hₜ counts all ways from hₜ to the loss; the way through the LSTM's memory begins at cₜ, so it is not among them.
    """

    h: Array
    c: Array | None
    first: tuple[Array, Array | None]
    outer: Array
    inner: Array


def before(states: Array, start: Array | None = None) -> Array:
    """The state that each step begins with: (…, T, units) → the same, one step later. start: before the first step, 0 if None."""
    first = np.zeros_like(states[..., :1, :]) if start is None else np.broadcast_to(start[..., None, :], states[..., :1, :].shape)
    return np.concatenate([first, states[..., :-1, :]], axis=-2)


def backward(cell: str, weights: Weights, done: Mapping[str, Array], upstream: Array, *, flow: Array | None = None,
             start: Mapping[str, Array] | None = None) -> Back:
    """The way back through a sequence. done: what `cells.forward` gave, (…, T, units) each.

    upstream: what the loss says of each hₜ itself, (…, T, units): 0 where it does not look. flow: what share of the gradient goes on from
    each step to the one before it, (…, T), 1 or 0 for truncation; all of it if None. start: as it was given to `forward`.
    """
    start = start or {}
    h, back = before(done["h"], start.get("h")), np.swapaxes(weights.recurrent, -1, -2)
    c = before(done["c"], start.get("c")) if cell == "lstm" else None
    shape = np.broadcast_shapes(h.shape, upstream.shape)
    wide = (*shape[:-1], len(CELLS[cell]) * weights.units)
    dh, dc, outer, inner = np.zeros(shape), np.zeros(shape), np.zeros(wide), np.zeros(wide)
    from_h, from_c = np.zeros(dh[..., 0, :].shape), np.zeros(dh[..., 0, :].shape)
    for t in reversed(range(shape[-2])):
        now = {name: values[..., t, :] for name, values in done.items()}
        d = dh[..., t, :] = upstream[..., t, :] + from_h
        if cell == "rnn":
            blocks = inside = [d * (1 - now["h"] ** 2)]
            past = 0.0
        elif c is not None:
            i, f, g, o, bent = now["i"], now["f"], now["g"], now["o"], np.tanh(now["c"])
            e = dc[..., t, :] = from_c + d * o * (1 - bent**2)
            blocks = inside = [e * g * i * (1 - i), e * c[..., t, :] * f * (1 - f), e * i * (1 - g**2), d * bent * o * (1 - o)]
            past, from_c = 0.0, e * f
        else:
            z, r, g, h_before = now["z"], now["r"], now["g"], h[..., t, :]
            own = slice(2 * weights.units, None)  # of the block g, whose product with the state the reset gate multiplies
            multiplied = product(h_before, weights.recurrent[..., own]) + weights.bias[..., 1, own]
            dg = d * (1 - z) * (1 - g**2)
            both = [d * (h_before - g) * z * (1 - z), dg * multiplied * r * (1 - r)]
            blocks, inside, past = [*both, dg], [*both, dg * r], d * z
        outer[..., t, :], inner[..., t, :] = np.concatenate(blocks, axis=-1), np.concatenate(inside, axis=-1)
        from_h = past + product(inner[..., t, :], back)
        if flow is not None:
            from_h, from_c = from_h * flow[..., t, None], from_c * flow[..., t, None]
    lstm = cell == "lstm"
    return Back(dh, dc if lstm else None, (from_h, from_c if lstm else None), outer, inner)


def contributions(cell: str, back: Back, x: Array, done: Mapping[str, Array], start: Mapping[str, Array] | None = None) -> Weights:
    """What each step adds to the gradient of the weights: as `Weights`, with an axis for the steps before those of every weight.

    Every step uses the same weights, so the whole gradient is the sum over the steps. x: (…, T, inputs).
    """
    h = before(done["h"], (start or {}).get("h"))
    bias = np.stack([back.outer, back.inner], axis=-2) if cell == "gru" else back.outer
    return Weights(x[..., :, None] * back.outer[..., None, :], h[..., :, None] * back.inner[..., None, :], bias)


def firsts(steps: int, k: int, cut: str) -> Array:
    """The first step that the gradient of a loss at each step still reaches, (steps,), if it is truncated to k steps.

    cut: "window": k steps back from every loss; "pieces": the sequence is cut into pieces of k steps, and no gradient leaves a piece.
    ValueError for another cut.
    """
    if cut not in CUTS:
        raise ValueError(f"a gradient is cut by {' or '.join(CUTS)}, not by {cut!r}")
    at = np.arange(steps)
    return np.maximum(at - k + 1, 0) if cut == "window" else at - at % k


def by_loss(cell: str, weights: Weights, done: Mapping[str, Array], upstream: Array, first: Array) -> Back:
    """The way back of the loss at every step by itself, each as far as its first step. upstream, done: (T, units); first: (T,), as of
    `firsts`. The arrays have an axis for the losses before those of `Back`: h is (losses, T, units).
    """
    steps = len(upstream)
    alone = np.eye(steps)[:, :, None] * upstream
    return backward(cell, weights, {name: values[None] for name, values in done.items()}, alone,
                    flow=(np.arange(steps) > first[:, None]).astype(float))


def factors(weights: Weights, h: Array) -> Array:
    """The most by which a step of the plain cell can multiply a gradient: ‖diag(1 − h²)·U‖₂, (…, T). h: (…, T, units).

    The product of these bounds ‖∂h_T/∂hₜ‖ (Pascanu, Mikolov and Bengio, 2013).
    """
    return np.linalg.norm(weights.recurrent[..., None, :, :] * (1 - h**2)[..., None, :], ord=2, axis=(-2, -1))
