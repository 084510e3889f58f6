"""What a page shows that computes as it is moved: figures, handles to drag in them, steps to play, sentences, formulas.

A scene is a function from a spec to a `Picture`; the board in the browser (core/ui/player/board.js) draws it and reports
what was moved as new values of the spec's fields, from which the next picture follows. Nothing is computed in the browser
but where a handle may go, so a test that moves a handle by hand sees what a person sees.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from core.figures.template import Template, to_json
from core.frame import Message
from core.specs.base import Spec
from core.specs.examples import Preset, Trial

Point = tuple[float, float]


@dataclass(frozen=True)
class Handle:
    """A place in a 2-D figure that is dragged, or moved with the arrow keys.

    id: its own on the board; figure: the id of its figure; label: translated, what it is; at: where it stands, in data coordinates.
    fields: the spec's fields that it sets. A free handle has two, for x and y, within `bounds` ((left, right), (bottom, top)); a
    handle on a rail has one, and `rail` are the places (value, x, y) that it may take, on straight lines between them, values rising.
    offset: what is taken off x and y before they become the fields' values (the foot of a vector that does not start at 0).
    On a logarithmic axis there are no handles: draw the exponent on a linear one.
    step: values are rounded to it; the arrow keys go by it (by ten with Shift).
    snap: places (x, y) that pull; rays: directions (dx, dy), lines through the offset that pull; angles between are free.
    anywhere: a press anywhere in the figure brings it there. colour: a token of the theme. bare: the figure itself shows where it is, and
    a disc would hide what stands there.
    """

    id: str
    figure: str
    label: str
    at: Point
    fields: tuple[str, ...]
    bounds: tuple[Point, Point] = ((-math.inf, math.inf), (-math.inf, math.inf))
    rail: tuple[tuple[float, float, float], ...] = ()
    offset: Point = (0.0, 0.0)
    step: float = 0.01
    snap: tuple[Point, ...] = ()
    rays: tuple[Point, ...] = ()
    anywhere: bool = False
    colour: str = "text"
    bare: bool = False

    def __post_init__(self) -> None:
        if len(self.fields) != (1 if self.rail else 2):
            raise ValueError(f"handle {self.id!r} sets {self.fields}: on a rail it is one field, else two")


@dataclass(frozen=True)
class Press:
    """Places of a 2-D figure that are pressed, each for a value of one field: (value, x, y, what it is, translated)."""

    figure: str
    field: str
    places: tuple[tuple[Any, float, float, str], ...]
    radius: int = 14  # pixels


@dataclass(frozen=True)
class Paint:
    """A grid of cells in a 2-D figure that are painted: pressed one by one, or in a stroke over many, or with arrow keys and space.

    label: translated, what is painted; at: the middle of the first cell, in data coordinates, cells being 1 wide and 1 high and y
    pointing down; cells: what is in them, row by row; columns: how many stand in a row. A cell takes `brush`, or `empty` where it holds the
    brush already; the stroke goes on as it began. field: the spec's field that gets all cells, with `between` (cells, rows) between them.
    """

    figure: str
    field: str
    label: str
    at: Point
    cells: tuple[str, ...]
    columns: int
    brush: str
    empty: str = "0"
    between: tuple[str, str] = (" ", "; ")

    def text(self, cells: Sequence[str]) -> str:
        """What the field gets."""
        rows = [cells[i:i + self.columns] for i in range(0, len(cells), self.columns)]
        return self.between[1].join(self.between[0].join(row) for row in rows)


@dataclass(frozen=True)
class Track:
    """What of a trace changes from step to step of a film.

    values: attribute ("x", "z", "text", "marker.color", …) → its value at every step. smooth: numbers go on a straight line from one step
    to the next. reveal: instead of values, the trace shows only its first k points at step k: `reveal[k]` of them.
    """

    figure: str
    trace: int
    values: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    smooth: bool = False
    reveal: tuple[int, ...] = ()


@dataclass(frozen=True)
class Film:
    """Steps that the browser plays and scrubs. labels: what each step is, translated, shown beside the bar; titles: figure → its title
    at every step; start: the step that is shown first (-1: the last); seconds: how long all of it plays at speed 1.
    """

    labels: tuple[str, ...]
    tracks: tuple[Track, ...]
    titles: Mapping[str, Sequence[str]] = field(default_factory=dict)
    start: int = -1
    seconds: float = 4.0


@dataclass(frozen=True)
class Picture:
    """All that a scene shows of a spec.

    figures: templates without bindings, whose titles and alt texts are already filled; notes: what to notice, computed from this spec;
    formulas: lines of LaTeX with the numbers on screen filled in, each with a translated word before it ("" for none);
    numbers: what the scene's program prints, by name, for a test to compare.
    """

    figures: tuple[Template, ...]
    handles: tuple[Handle, ...] = ()
    presses: tuple[Press, ...] = ()
    film: Film | None = None
    notes: tuple[Message, ...] = ()
    formulas: tuple[tuple[str, str], ...] = ()
    numbers: Mapping[str, Any] = field(default_factory=dict)
    paints: tuple[Paint, ...] = ()


def _always(_spec: Any, _field: str) -> bool:
    return True


@dataclass(frozen=True)
class Scene:
    """One thing to see on a page. Texts are marked, not translated.

    id: the value of the spec's field `scene`; look: one sentence, what to do here; controls: the fields at first sight (at most five
    at once), more: those behind “more”; draw: the picture of a spec (`core.frame.Trouble` if something typed cannot be drawn); program: a
    short program (NumPy, SymPy, scikit-learn or Keras) that prints the numbers on screen. fits: whether scikit-learn has to fit
    models for it, which may take up to a second. plays(spec, field): whether a field has a part in a setting, or is left out.
    look_at(spec): the sentence instead of `look` where it depends on the setting (with a file of one's own, say).
    """

    id: str
    title: str
    look: str
    controls: tuple[str, ...]
    draw: Callable[[Any], Picture]
    program: Callable[[Any], str]
    more: tuple[str, ...] = ()
    presets: tuple[Preset, ...] = ()
    trials: tuple[Trial, ...] = ()
    fits: bool = False
    plays: Callable[[Any, str], bool] = _always
    look_at: Callable[[Any], str] | None = None

    def __post_init__(self) -> None:
        if len(self.controls) > 5 and self.plays is _always:
            raise ValueError(f"scene {self.id!r} has {len(self.controls)} controls at first sight; five are the most")


@dataclass(frozen=True)
class Study:
    """A page that computes as it is moved: its name (the stem of its file), its spec, and its scenes, the first of which it opens with."""

    name: str
    spec: type[Spec]
    scenes: tuple[Scene, ...]

    def scene(self, spec: Any) -> Scene:
        return next(scene for scene in self.scenes if scene.id == spec.scene)


RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def readable(text: str) -> str:
    """A sentence with its numbers as they are printed in books: a minus sign as wide as a plus, and 3·10⁻⁵ rather than 3e-05."""
    text = re.sub(r"(?<=\d)e([+-]?)0*(\d+)\b", lambda m: "·10" + (m[1].strip("+") + m[2]).translate(RAISED), text)
    return re.sub(r"(?<![\w.)-])-(?=[\d.])", "−", text)


def figure(id: str, data: Sequence[dict[str, Any]], layout: dict[str, Any], *, title: str, alt: str, height: int = 300,
           span: int = 6, area: str = "main") -> Template:
    """A figure that needs no run: its title and alt text are whole sentences already."""
    return Template(id, {"data": list(data), "layout": layout}, (), readable(title), readable(alt), height, area, span, readable(title))


def board_json(picture: Picture) -> dict[str, Any]:
    """What the board in the browser is told, as plain JSON values. ValueError for a handle, press or track without its figure."""
    traces = {t.id: len(t.figure["data"]) for t in picture.figures}
    parts: list[Handle | Press | Paint | Track] = [*picture.handles, *picture.presses, *picture.paints,
                                                   *(picture.film.tracks if picture.film else ())]
    for part in parts:
        if part.figure not in traces:
            raise ValueError(f"{part} belongs to figure {part.figure!r}; there are {', '.join(traces)}")
        if isinstance(part, Track) and not 0 <= part.trace < traces[part.figure]:
            raise ValueError(f"{part} moves trace {part.trace} of {traces[part.figure]}")
    held = {h.figure for h in picture.handles} | {p.figure for p in picture.presses} | {p.figure for p in picture.paints}
    figures = to_json(picture.figures)
    for told in figures:  # what is to be dragged is not to be zoomed by accident
        if told["id"] in held:
            told["figure"] = {**told["figure"], "layout": {**told["figure"]["layout"], "dragmode": False}}
    limits = lambda low, high: [low if math.isfinite(low) else None, high if math.isfinite(high) else None]  # noqa: E731
    handles = [{**_told(h), "bounds": [limits(*pair) for pair in h.bounds]} for h in picture.handles]
    return {"figures": figures, "handles": handles, "presses": [_told(p) for p in picture.presses],
            "paints": [_told(p) for p in picture.paints], "film": _film_json(picture.film) if picture.film else None}


def _told(part: Any) -> dict[str, Any]:
    """The fields of a handle, press, track or film as they are: `dataclasses.asdict` copies every number of a film, which takes longer
    than computing them."""
    return {one.name: getattr(part, one.name) for one in fields(part)}


def _film_json(film: Film) -> dict[str, Any]:
    return {**_told(film), "tracks": [_told(track) for track in film.tracks], "labels": [readable(label) for label in film.labels],
            "titles": {name: [readable(title) for title in titles] for name, titles in film.titles.items()}}
