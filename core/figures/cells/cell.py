"""The scene “cell”: a cell of a few units reads a sequence, and every step is drawn and written out. The pages differ by their words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from core.figures.board import Film, Picture, Scene
from core.figures.cells import drawing, states, sums
from core.figures.cells.program import program
from core.figures.cells.walk import Walk, walked
from core.frame import Message
from core.i18n import N_, _
from core.specs.cells import CellSpec, plays
from core.specs.examples import Preset, Trial

Formulas = Callable[[Walk], tuple[tuple[str, str], ...]]
Notes = Callable[[CellSpec, Walk], tuple[Message, ...]]
START = 1  # the step shown first: there the state before is no longer 0


def draw(spec: CellSpec, formulas: Formulas, notes: Notes) -> Picture:
    walk = walked(spec)
    start = min(START, walk.steps - 1)
    cell, moves, titles = drawing.picture(walk, start=start)
    every, marks = states.picture(walk, start=start)
    written, more = sums.picture(walk, start=start)
    labels = tuple(_("step {step}: {x}", step=t + 1, x=mark) for t, mark in enumerate(walk.feed.marks))
    film = Film(labels, (*moves, *marks, *more), {drawing.DRAWING: titles, sums.SUMS: [sums.title_of(walk, t) for t in range(walk.steps)]},
                start=start, seconds=1.2 * walk.steps) if walk.steps > 1 else None
    numbers: dict[str, Any] = {"states": walk.found["h"]} | ({"c": walk.found["c"][-1]} if walk.cell == "lstm" else {})
    if not walk.held:
        numbers["told"] = walk.found["h"]
    return Picture((cell, every, written), film=film, notes=notes(spec, walk), formulas=formulas(walk), numbers=numbers)


def scene(formulas: Formulas, notes: Notes, *, look: str, presets: Sequence[Preset], trials: Sequence[Trial],
          holds: Sequence[str] = ()) -> Scene:
    """formulas, notes: what is said of a walk; look: marked; holds: the spec's fields of gates that may be held."""
    return Scene("cell", N_("The cell, step by step"), look, ("feed", "numbers", "word", "period", "weights", "own_weights",
                                                              "units", "unit"),
                 lambda spec: draw(spec, formulas, notes), program, more=("coding", "length", "seed", "scale", *holds), plays=plays,
                 presets=tuple(presets), trials=tuple(trials))
