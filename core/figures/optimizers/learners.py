"""The race on a real network: its 100 points, its first weights, and how each optimizer trains it."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any

import numpy as np

from core.maths.dense import Dense, initial
from core.maths.optimizers import rates
from core.maths.race import rule_of
from core.maths.training import Training, batches, losses_of, main_plane, train
from core.specs.optimizers import ADAPTIVE, OptimizersSpec

SAMPLES, LONGEST = 100, 150
Key = tuple[Any, ...]
# (made from the label, two uniform numbers in [0, 1) and two normal ones: x, y), as lines of a program as well
DATA = {
    "circles": "radius = np.where(label == 1, 0.8 * u**0.5, 1.1 + 0.5 * u)\nx = radius[:, None] * np.stack([np.cos(2 * np.pi * w), "
               "np.sin(2 * np.pi * w)], axis=1)",
    "xor": "x = np.stack([3 * u - 1.5, np.where(label == 1, 1, -1) * np.sign(u - 0.5) * 1.5 * w], axis=1)",
    "moons": "x = np.stack([np.cos(np.pi * u) + label - 0.5, np.where(label == 1, -1, 1) * (np.sin(np.pi * u) - 0.25)], axis=1) "
             "+ 0.12 * noise",
    "gaussians": "x = np.where(label == 1, 0.7, -0.7)[:, None] + 0.5 * noise",
}


@lru_cache(maxsize=64)
def samples(name: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(100, 2) inputs and (100, 1) labels, 0 or 1."""
    rng = np.random.default_rng([seed, 7])
    label = np.arange(SAMPLES) % 2
    u, w, noise = rng.uniform(size=SAMPLES), rng.uniform(size=SAMPLES), rng.normal(size=(SAMPLES, 2))
    if name == "circles":
        radius = np.where(label == 1, 0.8 * u**0.5, 1.1 + 0.5 * u)
        x = radius[:, None] * np.stack([np.cos(2 * np.pi * w), np.sin(2 * np.pi * w)], axis=1)
    elif name == "xor":
        x = np.stack([3 * u - 1.5, np.where(label == 1, 1, -1) * np.sign(u - 0.5) * 1.5 * w], axis=1)
    elif name == "moons":
        x = np.stack([np.cos(np.pi * u) + label - 0.5, np.where(label == 1, -1, 1) * (np.sin(np.pi * u) - 0.25)], axis=1) + 0.12 * noise
    else:
        x = np.where(label == 1, 0.7, -0.7)[:, None] + 0.5 * noise
    return x, label[:, None].astype(float)


def first_net(units: int, seed: int) -> Dense:
    return initial((2, units, 1), "tanh", "linear", np.random.default_rng([seed, 5]))


def steps_of(spec: OptimizersSpec) -> int:
    return min(spec.steps, LONGEST)


def batch_of(spec: OptimizersSpec, racer: str) -> int:
    """How many samples a step of this racer looks at: gradient descent at all of them, SGD at a few."""
    if racer == "gd":
        return SAMPLES
    return spec.batch or (10 if racer == "sgd" else SAMPLES)


def rate_of(spec: OptimizersSpec, racer: str) -> float:
    return spec.network_adaptive_rate if racer in ADAPTIVE else spec.network_rate


KNOWN = 256
_known: OrderedDict[Key, Training] = OrderedDict()  # what was trained last; a moved rate leaves half of the racers as they were
_held = Lock()


def _key(spec: OptimizersSpec, racer: str) -> Key:
    """What a training depends on."""
    return (spec.dataset, spec.units, spec.seed, steps_of(spec), batch_of(spec, racer), rule_of(spec, racer), spec.schedule,
            rate_of(spec, racer))


def trainings(spec: OptimizersSpec) -> dict[str, Training]:
    """How the network learns by each optimizer that races. Those that are not known yet learn side by side, if they see the same points."""
    keys = {racer: _key(spec, racer) for racer in spec.racers}
    with _held:
        found = {key: _known[key] for key in keys.values() if key in _known}
    missing = [key for key in dict.fromkeys(keys.values()) if key not in found]
    for batch in {key[4] for key in missing}:
        some = [key for key in missing if key[4] == batch]
        every = np.array([rates(spec.schedule, key[7], key[3]) for key in some])
        looks = None if batch == SAMPLES else batches(SAMPLES, batch, steps_of(spec), spec.seed)
        made = train(first_net(spec.units, spec.seed), *samples(spec.dataset, spec.seed), [key[5] for key in some], every, looks=looks)
        found |= dict(zip(some, made, strict=True))
    with _held:
        for key, one in found.items():
            _known[key] = one
            _known.move_to_end(key)
        while len(_known) > KNOWN:
            _known.popitem(last=False)
    return {racer: found[key] for racer, key in keys.items()}


@dataclass(frozen=True)
class Slice:
    """A plane through the weights: x (columns,), y (rows,), the loss there (rows, columns), each path in it, its share of all spread."""

    x: np.ndarray
    y: np.ndarray
    loss: np.ndarray
    paths: tuple[np.ndarray, ...]
    share: float


def slice_of(spec: OptimizersSpec, runs: dict[str, Training], columns: int = 30, rows: int = 26) -> Slice:
    """The plane in which the paths spread most, with the loss on it."""
    middle, ways, share = main_plane([one.weights for one in runs.values()])
    paths = tuple((one.weights - middle) @ ways.T for one in runs.values())
    every = np.concatenate(paths)
    low, high = every.min(axis=0), every.max(axis=0)
    room = 0.12 * np.maximum(high - low, 1e-3)
    x, y = (np.linspace(low[k] - room[k], high[k] + room[k], n) for k, n in enumerate((columns, rows)))
    across, up = np.meshgrid(x, y)
    many = middle + across.reshape(-1, 1) * ways[0] + up.reshape(-1, 1) * ways[1]
    x_, y_ = (each.astype(np.float32) for each in samples(spec.dataset, spec.seed))
    with np.errstate(all="ignore"):  # it is only drawn: half as many bits are enough, and quicker
        loss = losses_of(first_net(spec.units, spec.seed), many.astype(np.float32), x_, y_)
    return Slice(x, y, loss.reshape(rows, columns), paths, share)
