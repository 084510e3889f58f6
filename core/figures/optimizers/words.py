"""What to notice in a race, computed from its paths."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.figures.optimizers.common import name_of
from core.frame import Message
from core.i18n import N_, listed
from core.maths.descent import Path, highest_rate
from core.maths.race import heights, noise_of
from core.maths.surfaces import Surface
from core.specs.optimizers import ADAPTIVE, OptimizersSpec

NEAR = 0.3  # this close to a lowest place a ball is in its pit
REST = 0.05  # this close to where the gradient is zero it has come to rest
Paths = Mapping[str, Path]


def resting(surface: Surface, path: Path) -> str:
    """What a ball has come to rest on: "lowest", "saddle", "pit" (a local minimum), or "" if it still moves or left."""
    last = path.x[-1]
    if path.end == "diverged":
        return ""
    if any(np.hypot(*(last - np.array(one))) < NEAR for one in surface.minima):
        return "lowest"
    step = 1e-4
    columns = [(surface.gradient(last + step * e) - surface.gradient(last - step * e)) / (2 * step) for e in np.eye(2)]
    curvature = np.linalg.eigvalsh(0.5 * (np.array(columns) + np.array(columns).T))
    if np.abs(curvature).min() < 1e-9 or np.linalg.norm(np.linalg.solve(np.array(columns), surface.gradient(last))) > REST:
        return ""  # the place where the gradient would be zero is not here
    return "saddle" if curvature[0] < -1e-3 else "pit"


def below(up: np.ndarray, level: float) -> int | None:
    """From which step on a height stays at most `level`; None if it does not."""
    above = np.flatnonzero(~(up <= level))
    first = int(above[-1]) + 1 if len(above) else 0
    return first if first < len(up) else None


def lost(spec: OptimizersSpec, surface: Surface, paths: Paths) -> list[Message]:
    """Who has diverged, and why if that is known."""
    gone = [racer for racer, one in paths.items() if one.end == "diverged"]
    if not gone:
        return []
    if spec.surface == "ravine" and "gd" in gone:
        found = [Message(N_("Gradient descent has diverged after {steps} steps: its rate {rate:g} is above 2/λmax = {limit:.3g}, so each "
                            "step "
                            "lands higher on the other wall. Its path is cut there."),
                         {"steps": paths["gd"].steps, "rate": spec.learning_rate, "limit": float(highest_rate(0.0, spec.steep))})]
        others = [racer for racer in gone if racer != "gd"]
        return found + ([Message(N_("Diverged as well: {names}."), {"names": listed(map(name_of, others))})] if others else [])
    names = listed(map(name_of, gone))
    if all(surface.f(*paths[r].x[-1]) < surface.f(*paths[r].x[0]) for r in gone):
        return [Message(N_("Rolled out of the picture: {names}. There the ground falls without end, so there is no lowest place to find."),
                        {"names": names})]
    return [Message(N_("Diverged, and cut off at step {steps}: {names}. On ground this steep a step of rate × gradient lands higher than "
                       "it "
                       "began; try a lower rate."), {"steps": min(paths[r].steps for r in gone), "names": names})]


def caught(surface: Surface, paths: Paths) -> list[Message]:
    """Who has come to rest where it is not lowest."""
    found = {racer: resting(surface, one) for racer, one in paths.items()}
    saddle, pit = ([r for r, what in found.items() if what == kind] for kind in ("saddle", "pit"))
    if saddle:
        return [Message(N_("On a saddle, where the gradient is zero but the ground falls away to two sides: {names}. A little noise, or a "
                           "start "
                           "beside the ridge, and they roll on."), {"names": listed(map(name_of, saddle))})]
    if pit:
        up = max(float(heights(surface, paths[r].x[-1:])[0]) for r in pit)
        return [Message(N_("Caught in a pit that is not the lowest: {names}, up to {height:.2g} too high. The gradient there is zero; no "
                           "rule "
                           "that only sees the gradient knows of the lower one."), {"names": listed(map(name_of, pit)), "height": up})]
    ends = [min(range(len(surface.minima)), key=lambda k: float(np.hypot(*(paths[r].x[-1] - np.array(surface.minima[k])))))
            for r, what in found.items() if what == "lowest"]
    if len(set(ends)) > 1:
        return [Message(N_("From one start they end in {count} different pits. All are equally low; which one it is depends on the rule "
                           "and its "
                           "rate."), {"count": len(set(ends))})]
    return []


def sentences(spec: OptimizersSpec, surface: Surface, paths: Paths) -> tuple[Message, ...]:
    """At most three sentences: who is lost, who is caught, who is quick."""
    notes = [*lost(spec, surface, paths), *caught(surface, paths)]
    up = {racer: heights(surface, one.x) for racer, one in paths.items()}
    level = 0.001 * float(next(iter(up.values()))[0])
    needed = {racer: k for racer, h in up.items() if (k := below(h, level)) is not None and k > 0}
    order = sorted(needed, key=lambda racer: needed[racer])
    slow = [racer for racer in paths if racer not in needed and paths[racer].end != "diverged"]
    if any(float(np.nanmin(h)) < -level for h in up.values() if np.isfinite(h).any()):
        order, slow = [], []  # below what was taken for the lowest place: there is none
    if len(order) > 1 and needed[order[-1]] > needed[order[0]]:
        notes.append(Message(N_("{first} gets rid of 99.9% of the height in {few} steps, {last} in {many}."),
                             {"first": name_of(order[0]), "few": needed[order[0]], "last": name_of(order[-1]), "many": needed[order[-1]]}))
    elif order and slow:
        notes.append(Message(N_("{first} gets rid of 99.9% of the height in {few} steps; not there yet: {names}."),
                             {"first": name_of(order[0]), "few": needed[order[0]], "names": listed(map(name_of, slow))}))
    done = [racer for racer, one in paths.items() if one.end == "converged"]
    if done:
        quick = min(done, key=lambda racer: paths[racer].steps)
        notes.append(Message(N_("{name} has converged and stopped after {steps} steps; it asked for the gradient {count} times."),
                             {"name": name_of(quick), "steps": paths[quick].steps, "count": paths[quick].evaluations}))
    noisy = [racer for racer in paths if noise_of(spec, racer) and paths[racer].end == "running"]
    if noisy and len(notes) < 3:
        notes.append(Message(N_("{name} never comes to rest: near the lowest place the noise is longer than the gradient. Only a falling "
                                "rate "
                                "calms it."), {"name": name_of(noisy[0])}))
    if not notes:
        turn = [racer for racer in paths if racer in ADAPTIVE]
        notes.append(Message(N_("Nobody is there after {steps} steps. The adaptive rules walk about {rate:g} a step; the others as far as "
                                "the ground is steep."), {"steps": spec.steps, "rate": spec.adaptive_rate}) if turn else
                     Message(N_("Nobody is there after {steps} steps: give them more, or a higher rate."), {"steps": spec.steps}))
    return tuple(notes[:3])
