"""What to notice in a race, computed from its paths."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from core.figures.board import readable
from core.figures.optimizers.common import name_of
from core.frame import Message
from core.i18n import N_, _, listed
from core.maths.descent import Path, highest_rate
from core.maths.race import TINY, apart, growths, heights, noise_of
from core.maths.surfaces import Surface
from core.specs.optimizers import OptimizersSpec

NEAR = 0.3  # this close to a lowest place a ball is in its pit
LEVEL = 1e-6  # heights that differ by less than this share of the start's are equal
REST = 0.05  # this close to where the gradient is zero it has come to rest
ANOTHER = 0.1  # a path this far from where it was is another one
SEEN = 4e-6  # so far may our path be from Keras' without a word
Paths = Mapping[str, Path]


def resting(surface: Surface, path: Path) -> str:
    """What a ball has come to rest on: "lowest", "saddle", "hill", "pit" (a minimum that is not lowest), or "" if it still moves, has left
    or is where curvatures do not tell."""
    last = path.x[-1]
    if path.end in ("diverged", "stuck"):
        return ""
    if any(np.hypot(*(last - np.array(one))) < NEAR for one in surface.minima):
        return "lowest"
    if path.steps and np.hypot(*(last - path.x[-2])) > REST:
        return ""
    flat = flat_place(surface, last)
    if flat is None:
        return ""
    place, curvature = flat
    if curvature[0] < 0:
        return "hill" if curvature[1] < 0 else "saddle"
    first, up = heights(surface, np.array([path.x[0], place]))
    return "lowest" if abs(up) <= LEVEL * max(first, 1e-3) else "pit" if up > 0 else ""


def flat_place(surface: Surface, near: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Where the gradient is zero, at most `REST` from here, by Newton's method, and the two curvatures there, the smaller first; None where
    there is no such place, or curvatures do not tell what it is: one is zero."""
    place, step, seen = near, 1e-4, []
    for _round in range(6):
        slope = surface.gradient(place)
        columns = np.array([(surface.gradient(place + step * e) - surface.gradient(place - step * e)) / (2 * step) for e in np.eye(2)])
        if not np.isfinite(columns).all() or not np.isfinite(slope).all():
            return None
        seen.append(np.linalg.eigvalsh(0.5 * (columns + columns.T)))
        if np.abs(seen[-1]).min() <= 1e-6 * np.abs(seen[-1]).max():
            return None
        move = np.linalg.solve(0.5 * (columns + columns.T), slope)
        place = place - move
        if np.linalg.norm(place - near) > REST:
            return None
    change = seen[-1] / seen[0]  # where a curvature vanishes at the place itself, Newton's method sees it fall on the way there
    return (place, seen[-1]) if np.linalg.norm(move) < 1e-7 and (np.abs(np.log2(np.maximum(change, 1e-9))) < 0.5).all() else None


def below(up: np.ndarray, level: float) -> int | None:
    """From which step on a height stays at most `level`; None if it does not."""
    above = np.flatnonzero(~(up <= level))
    first = int(above[-1]) + 1 if len(above) else 0
    return first if first < len(up) else None


def names_of(racers: Iterable[str]) -> str:
    return listed(map(name_of, racers))


def with_steps(steps: Mapping[str, int]) -> str:
    """Optimizers, each with a step in brackets, the earliest first."""
    return listed(_("{name} ({step})", name=name_of(racer), step=steps[racer]) for racer in sorted(steps, key=lambda racer: steps[racer]))


def lost(spec: OptimizersSpec, surface: Surface, paths: Paths) -> list[Message]:
    """Who has diverged, and why if that is known; who is where there is no slope."""
    gone = [racer for racer, one in paths.items() if one.end == "diverged"]
    found = []
    limit = float(highest_rate(0.0, spec.steep))
    if spec.surface == "ravine" and "gd" in gone and spec.learning_rate > limit:
        gone.remove("gd")
        found.append(Message(N_("Gradient descent has diverged, and is cut off at step {steps}: its rate {rate:g} is above 2/λmax = "
                                "{limit:.3g}, so each step lands higher on the other wall."),
                             {"steps": paths["gd"].steps + 1, "rate": spec.learning_rate, "limit": limit}))
    rolled = [r for r in gone if surface.f(*paths[r].x[-1]) < surface.lowest]
    if rolled:
        found.append(Message(N_("Rolled out of the picture: {names}. Out there the ground is lower than anywhere in it, so the lowest "
                                "place is not in sight."), {"names": names_of(rolled)}))
    rest = {r: paths[r].steps + 1 for r in gone if r not in rolled}
    if rest:
        found.append(Message(N_("Diverged, and cut off at the step in brackets: {names}. Their steps are too long for this ground; try a "
                                "lower rate."), {"names": with_steps(rest)}))
    stuck = {racer: one.steps for racer, one in paths.items() if one.end == "stuck"}
    if stuck:
        found.append(Message(N_("Stopped after the step in brackets, where f(x, y) has no slope: {names}. No rule can go on from there."),
                             {"names": with_steps(stuck)}))
    return found


def caught(surface: Surface, paths: Paths, rest: Mapping[str, str]) -> list[Message]:
    """Who has come to rest where it is not lowest, or in which of several lowest places."""
    found = []
    saddle, hill, pit, lowest = ([r for r in paths if rest[r] == kind] for kind in ("saddle", "hill", "pit", "lowest"))
    if saddle:
        found.append(Message(N_("On a saddle, where the gradient is zero but the ground falls away to two sides: {names}. A little noise, "
                                "or a start beside the ridge, and they roll on."), {"names": names_of(saddle)}))
    if hill:
        found.append(Message(N_("On a hilltop, where the gradient is zero but the ground falls away to all sides: {names}. A little noise, "
                                "or a start beside the top, and they roll down."), {"names": names_of(hill)}))
    if pit:
        up = max(float(heights(surface, paths[r].x[-1:])[0]) for r in pit)
        found.append(Message(N_("Caught in a pit that is not the lowest: {names}, up to {height:.2g} too high. The gradient there is zero; "
                                "no rule that only sees the gradient knows of the lower one."), {"names": names_of(pit), "height": up}))
    ends: dict[int, list[str]] = {}
    for racer in lowest:
        away = [float(np.hypot(*(paths[racer].x[-1] - np.array(one)))) for one in surface.minima]
        ends.setdefault(int(np.argmin(away)), []).append(racer)
    if len(ends) > 1:
        said = listed(_("{names} at ({x:.2g}, {y:.2g})", names=names_of(some), x=surface.minima[k][0], y=surface.minima[k][1])
                      for k, some in ends.items())
        found.append(Message(N_("From one start they end in {count} different pits, all equally low: {pits}. Which one it is depends on "
                                "the rule and its rate."), {"count": len(ends), "pits": readable(said)}))
    return found


def sensitive(spec: OptimizersSpec, racers: Sequence[str]) -> list[Message]:
    """Whose paths depend on digits that nobody sees: on how many bits a rate is kept in."""
    found = []
    grown = growths(spec, tuple(racers))
    chaotic = [racer for racer in racers if grown[racer] * TINY > ANOTHER]
    unsteady = [racer for racer in racers if racer not in chaotic and apart(spec, racer, grown[racer]) > SEEN]
    if chaotic:
        found.append(Message(N_("So sensitive that a billionth decides: {names}. A rate changed by that share leads to quite other places, "
                                "and so may Keras, which keeps it in 32 bits only."), {"names": names_of(chaotic)}))
    if unsteady:
        found.append(Message(N_("Small differences grow on the way: {names}. Keras keeps the rate in 32 bits only, so its path may "
                                "differ from this one."), {"names": names_of(unsteady)}))
    return found


def sentences(spec: OptimizersSpec, surface: Surface, paths: Paths) -> tuple[Message, ...]:
    """Who is lost, who is caught, who is quick: everybody in the race is in one of them."""
    rest = {racer: resting(surface, one) for racer, one in paths.items()}
    notes = [*lost(spec, surface, paths), *caught(surface, paths, rest)]
    told = {racer for racer, one in paths.items() if one.end == "diverged" or rest[racer] in ("saddle", "hill", "pit")}
    up = {racer: heights(surface, one.x) for racer, one in paths.items()}
    first = float(next(iter(up.values()))[0])
    level = 0.001 * first
    needed = {racer: k for racer, h in up.items() if racer not in told and (k := below(h, level)) is not None and k > 0}
    endless = first <= 0 or any(float(np.nanmin(h)) < -level for h in up.values() if np.isfinite(h).any())
    if endless:  # below what was taken for the lowest place: there is none
        needed = {}
    shaken = [racer for racer, one in paths.items() if noise_of(spec, racer) and spec.schedule == "constant" and one.end == "running"
              and rest[racer] == "lowest" and np.hypot(*surface.gradient(one.x[-1])) < noise_of(spec, racer)]
    slow = [racer for racer in paths if racer not in needed and racer not in (*told, *shaken) and paths[racer].end == "running"]
    if needed:
        said = {"names": with_steps(needed), "slow": names_of(slow), "steps": spec.steps}
        notes.append(Message(N_("Steps until 99.9% of the height is gone: {names}.") if not slow else
                             N_("Steps until 99.9% of the height is gone: {names}. Not in {steps}: {slow}."), said))
    elif slow and endless:
        notes.append(Message(N_("Still rolling after {steps} steps: {names}."), {"names": names_of(slow), "steps": spec.steps}))
    elif slow:
        notes.append(Message(N_("After {steps} steps none of these has got rid of 99.9% of the height: {names}.") if len(slow) > 1 else
                             N_("After {steps} steps {names} has not got rid of 99.9% of the height."),
                             {"names": names_of(slow), "steps": spec.steps}))
    done = {racer: one.steps for racer, one in paths.items() if one.end == "converged"}
    if done:
        notes.append(Message(N_("Converged and stopped after the step in brackets: {names}. Each step cost one gradient; one more showed "
                                "that there is next to no slope left."), {"names": with_steps(done)}))
    if shaken:
        notes.append(Message(N_("No rest for {names}: near the lowest place the noise is longer than the gradient. Only a falling rate "
                                "calms that."), {"names": names_of(shaken)}))
    notes += sensitive(spec, [racer for racer, one in paths.items() if one.end != "diverged"])
    notes.append(Message(N_("Gradients evaluated, one at every place a ball came to: {names}."),
                         {"names": with_steps({racer: one.evaluations for racer, one in paths.items()})}))
    return tuple(notes)
