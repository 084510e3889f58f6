"""The race that a spec describes: the ground, each optimizer with its numbers, and the path that it takes."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from core.frame import Message, Trouble
from core.i18n import N_
from core.maths.descent import Path, descend
from core.maths.optimizers import RULES, Rule, begin, rates, step
from core.maths.surfaces import SURFACES, Surface, ravine
from core.specs.optimizers import ADAPTIVE, OptimizersSpec

TOLERANCE = 1e-3  # a step and a gradient both no longer than this: converged
TINY = 1e-9  # by this share a rate is changed, to see what comes of it
FAR = 8.0  # half widths of the picture; beyond that a path has diverged


@lru_cache(maxsize=64)
def _ground(name: str, steep: float, flat: float, angle: float, formula: str) -> Surface:
    if name == "own":
        from core.maths.typed import typed

        return typed(formula)
    return ravine(steep, flat, angle) if name == "ravine" else SURFACES[name]


def ground_key(spec: OptimizersSpec) -> tuple[Any, ...]:
    """What the ground of a race depends on."""
    if spec.surface == "ravine":
        return ("ravine", spec.steep, spec.flat, spec.angle, "")
    return (spec.surface, 0.0, 0.0, 0.0, spec.formula if spec.surface == "own" else "")


def ground(spec: OptimizersSpec) -> Surface:
    """The surface of a race. Trouble if the typed one cannot be read, or has no height or no slope where the race starts."""
    surface = _ground(*ground_key(spec))
    if spec.surface == "own":
        _stand(surface, spec.start_x, spec.start_y)
    return surface


def _stand(surface: Surface, x: float, y: float) -> None:
    at = np.array([[x, y]])
    with np.errstate(over="ignore"):
        slope = np.isfinite((surface.gradient(at) ** 2).sum())
    if not np.isfinite(surface.f(at[:, 0], at[:, 1])).all():
        raise Trouble(Message(N_("f(x, y) has no finite value at the start ({x:g}, {y:g}). Move the start, or try another formula."),
                              {"x": x, "y": y}))
    if not slope:
        raise Trouble(Message(N_("f(x, y) has no slope at the start ({x:g}, {y:g}), or one too steep for numbers. Move the start, or try "
                                 "another formula."), {"x": x, "y": y}))


def rule_of(spec: OptimizersSpec, racer: str) -> Rule:
    """An optimizer with the numbers of the spec."""
    own: dict[str, Any] = {"momentum": {"momentum": spec.momentum}, "nesterov": {"momentum": spec.momentum}, "rmsprop": {"rho": spec.rho},
                           "adam": {"beta_1": spec.beta_1, "beta_2": spec.beta_2},
                           "adamw": {"beta_1": spec.beta_1, "beta_2": spec.beta_2, "weight_decay": spec.weight_decay}}.get(racer, {})
    return replace(RULES["sgd" if racer == "gd" else racer], **own)


def rate_of(spec: OptimizersSpec, racer: str) -> float:
    return spec.adaptive_rate if racer in ADAPTIVE else spec.learning_rate


def noise_of(spec: OptimizersSpec, racer: str) -> float:
    return spec.noise if racer == "sgd" or spec.all_noisy else 0.0


def limit_of(surface: Surface) -> float:
    """How far from 0 a path may go."""
    return FAR * max(abs(edge) for side in surface.box for edge in side)


@lru_cache(maxsize=256)
def _path(key: tuple[Any, ...], rule: Rule, start: tuple[float, float], schedule: str, rate: float, steps: int, noise: float,
          seed: int) -> Path:
    surface = _ground(*key)
    drawn = noise * np.random.default_rng(seed).normal(size=(steps, 2)) if noise else None
    return descend(rule, surface.gradient, np.array(start), rates(schedule, rate, steps), noise=drawn, tolerance=TOLERANCE,
                   limit=limit_of(surface))


def path(spec: OptimizersSpec, racer: str) -> Path:
    """Where an optimizer goes on the spec's ground."""
    noise = noise_of(spec, racer)
    return _path(ground_key(spec), rule_of(spec, racer), (spec.start_x, spec.start_y), spec.schedule, rate_of(spec, racer), spec.steps,
                 noise, spec.seed if noise else 0)


@lru_cache(maxsize=64)
@np.errstate(all="ignore")
def growths(spec: OptimizersSpec, racers: tuple[str, ...]) -> dict[str, float]:
    """How far each path goes astray when the rate is changed by 1e-9 of it, in units of 1e-9; inf where it then ends in no number.

    The rate and not the start: a ball on a ridge stays on it at every rate, and so it does in Keras, which rounds the rate. The changed
    paths are walked side by side, one look at the ground for all: a last bit, which this may cost, is nothing beside that change.
    """
    surface, ones = _ground(*ground_key(spec)), [path(spec, racer) for racer in racers]
    x = np.tile([spec.start_x, spec.start_y], (len(racers), 1))
    rules, changed = [rule_of(spec, racer) for racer in racers], [one.rates * (1 + TINY) for one in ones]
    memories, grown = [begin(rule, at) for rule, at in zip(rules, x, strict=True)], np.zeros(len(racers))
    noises = [noise_of(spec, racer) for racer in racers]
    drawn = np.random.default_rng(spec.seed).normal(size=(spec.steps, 2)) if any(noises) else None
    for t in range(max((one.steps for one in ones), default=0)):
        g = surface.gradient(x)
        for k, one in enumerate(ones):
            if t < one.steps:
                given = g[k] if drawn is None or not noises[k] else g[k] + noises[k] * drawn[t]
                x[k], memories[k] = step(rules[k], x[k], given, changed[k][t], memories[k])
        grown = np.fmax(grown, np.abs(x - [one.x[min(t + 1, one.steps)] for one in ones]).max(axis=1))
    return dict(zip(racers, np.where(np.isfinite(x).all(axis=1), grown / TINY, np.inf).tolist(), strict=True))


def apart(spec: OptimizersSpec, racer: str, growth: float) -> float:
    """How far Keras' path may be from ours, about, because Keras keeps rate and momentum in 32 bits and computes schedules in them.

    growth: the racer's of `growths`.
    """
    rate = 1e-7 if spec.schedule != "constant" else _lost(rate_of(spec, racer))
    lost = rate + (_lost(spec.momentum) if racer in ("momentum", "nesterov") else 0.0)
    return growth * lost if lost else 0.0


def _lost(value: float) -> float:
    """Which share of a number 32 bits lose."""
    return abs(float(np.float32(value)) / value - 1) if value else 0.0


def heights(surface: Surface, places: np.ndarray) -> np.ndarray:
    """(n, 2) → the height of each above the lowest place, (n,)."""
    with np.errstate(all="ignore"):
        return np.asarray(surface.f(places[:, 0], places[:, 1]), dtype=float) - surface.lowest
