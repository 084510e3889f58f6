"""Positional encodings: what is added for each place, how it turns like hands of clocks, and a head that looks some places back."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.figures.attention.common import Array, softmax
from core.figures.attention.seeking import fitted, found_share, nowhere, said_share, seekers
from core.figures.backpropagation.numerals import short
from core.figures.board import Handle, Picture, Scene, figure
from core.figures.convolution.common import box, outline, signed
from core.figures.template import Template
from core.figures.theme import SEQUENTIAL, axis, colour, layout
from core.figures.values import numbers
from core.frame import Message
from core.i18n import N_, _
from core.maths import attention
from core.specs.attention import LONGEST, AttentionSpec
from core.specs.examples import Preset, Trial

SHARP = 4.0  # how decided the head is: its scores are the products of places times this
HEIGHT = 300


def table(spec: AttentionSpec) -> Array:
    """What is added for each place, (length, width)."""
    if spec.positions == "sine":
        return attention.sine_positions(spec.length, spec.width)
    if spec.positions == "none":
        return np.zeros((spec.length, spec.width))
    return np.random.default_rng([spec.seed, 6]).normal(scale=np.sqrt(0.5), size=(LONGEST, 64))[:spec.length, :spec.width]


def question(spec: AttentionSpec, added: Array) -> Array:
    """The matrix that makes of a place the query for `offset` places on. For sines it is a rotation, whatever the place; for a table it is
    fitted, by least squares, to the first half of the places, as training on short texts would."""
    if spec.positions == "sine":
        return attention.turned(spec.width, spec.offset)
    if spec.positions == "none":
        return np.zeros((spec.width, spec.width))
    rows, _others = seekers(spec)
    return np.linalg.lstsq(added[rows], added[rows + spec.offset], rcond=None)[0] if len(rows) else np.zeros((spec.width, spec.width))


def looked(spec: AttentionSpec, added: Array) -> Array:
    """The weights of a head that asks for the place `offset` on, (length, length)."""
    return attention.weigh(SHARP * (added @ question(spec, added)) @ added.T / np.sqrt(spec.width))


def draw(spec: AttentionSpec) -> Picture:
    added = table(spec)
    weights = looked(spec, added)
    at = min(spec.at, spec.length)
    near = added @ added[at - 1]
    handle = Handle("at", "added", _("the place"), (1, at), ("at",), rail=tuple((p, 1, p) for p in (1, spec.length)), step=1,
                    anywhere=True, bare=True)
    circle, hand = clock(spec, added, at)
    return Picture((drawn(spec, added, at), circle, head(spec, weights, at), alike(spec, near, at)), (handle, *hand),
                   notes=notes(spec, weights), formulas=formulas(spec),
                   numbers={"added": added, "near": near, "weights": weights})


def drawn(spec: AttentionSpec, added: Array, at: int) -> Template:
    reach = float(np.abs(added).max()) or 1.0
    data = [signed(np.round(added, 3), reach, x0=1, dx=1, y0=1, dy=1,
                   hovertemplate=_("number") + " %{x}, " + _("place") + " %{y}: %{z}<extra></extra>"),
            outline(box(1, at, spec.width, 1), "text", 2)]
    pair = min(spec.pair, spec.width // 2)
    data.append(outline(box(2 * pair - 1, 1, 2, spec.length), "muted", 1.5))
    shape = layout(xaxis={**axis(_("number")), "range": [0.4, spec.width + 0.6], "fixedrange": True, "showgrid": False},
                   yaxis={**axis(_("place")), "range": [spec.length + 0.6, 0.4], "fixedrange": True, "showgrid": False},
                   margin={"l": 40, "r": 6, "t": 4, "b": 32}, dragmode=False)
    return figure("added", data, shape, title=_("What is added for each place"), span=4, height=HEIGHT,
                  alt=_("{length} places, {width} numbers each; place {place} begins with {numbers}.", length=spec.length, width=spec.width,
                        place=at, numbers=", ".join(short(float(v)) for v in added[at - 1, :4])))


def clock(spec: AttentionSpec, added: Array, at: int) -> tuple[Template, tuple[Handle, ...]]:
    """One pair of numbers as a point for each place; of sines they lie on a circle, and the query is the key turned."""
    pair = min(spec.pair, spec.width // 2)
    columns = slice(2 * pair - 2, 2 * pair)
    y, x = added[:, columns].T  # the sine comes first
    asked = added[at - 1] @ question(spec, added)
    qy, qx = asked[columns]
    reach = max(1.15, 1.15 * float(np.abs(added[:, columns]).max()))
    angle = float(attention.speeds(spec.width)[pair - 1])
    turn = np.linspace(0, 2 * np.pi, 73)
    data: list[dict[str, Any]] = [
        {"type": "scatter", "mode": "lines", "x": numbers(np.cos(turn), 3), "y": numbers(np.sin(turn), 3), "hoverinfo": "skip",
         "line": {"color": colour("grid"), "width": 1.5}, "visible": spec.positions == "sine"},
        {"type": "scatter", "mode": "markers+text", "x": numbers(x, 3), "y": numbers(y, 3),
         "text": [str(p) if spec.length <= 12 or abs(p - at) <= 4 else "" for p in range(1, spec.length + 1)],
         "textposition": "top center", "textfont": {"size": 10, "color": colour("muted")}, "hoverinfo": "skip", "cliponaxis": False,
         "marker": {"size": 6, "color": colour("baseline"), "opacity": 1}},
        arrow(x[at - 1], y[at - 1], "high"), arrow(qx, qy, "negative")]
    still = {"visible": False, "fixedrange": True}
    shape = layout(xaxis={**still, "range": [-reach, reach], "constrain": "domain"}, dragmode=False, hovermode=False,
                   yaxis={**still, "range": [-reach, reach], "scaleanchor": "x"}, margin={"l": 4, "r": 4, "t": 4, "b": 4})
    title = _("Pair {pair}: place {place} and its query", pair=pair, place=at)
    made = figure("clock", data, shape, title=title, span=4, height=HEIGHT,
                  alt=_("Place {place} stands at {x}, {y}; its query at {qx}, {qy}.", place=at, x=short(float(x[at - 1])),
                        y=short(float(y[at - 1])), qx=short(float(qx)), qy=short(float(qy))))
    if spec.positions != "sine" or 16 * angle > 1.9 * np.pi:  # on a fast clock eight places go round more than once
        return made, ()
    rail = tuple((k, float(np.cos((at - 1 + k) * angle)), float(np.sin((at - 1 + k) * angle))) for k in range(-8, 9))
    start = rail[spec.offset + 8]
    return made, (Handle("offset", "clock", _("how far it looks"), (start[1], start[2]), ("offset",), rail=rail, step=1,
                         colour="negative"),)


def arrow(x: float, y: float, token: str) -> dict[str, Any]:
    return {"type": "scatter", "mode": "lines+markers", "x": [0, round(float(x), 4)], "y": [0, round(float(y), 4)], "hoverinfo": "skip",
            "line": {"color": colour(token), "width": 3.5}, "marker": {"size": [0.1, 9], "color": colour(token), "opacity": 1}}


def head(spec: AttentionSpec, weights: Array, at: int) -> Template:
    data = [{**signed(np.zeros((1, 1)), 1, x0=1, dx=1, y0=1, dy=1), "z": numbers(weights, 2), "zmin": 0, "zmax": 1,
             "colorscale": SEQUENTIAL, "hovertemplate": "%{y} → %{x}: %{z}<extra></extra>"}, outline(box(1, at, spec.length, 1), "text", 2)]
    shape = layout(xaxis={**axis(_("at place")), "range": [0.4, spec.length + 0.6], "fixedrange": True, "showgrid": False},
                   yaxis={**axis(_("who looks")), "range": [spec.length + 0.6, 0.4], "fixedrange": True, "showgrid": False},
                   margin={"l": 40, "r": 6, "t": 4, "b": 32}, dragmode=False)
    rows = np.concatenate(seekers(spec))
    title = (_("A head cannot tell places apart") if spec.positions == "none" else
             _("A head that looks {places} back", places=-spec.offset) if spec.offset < 0 else
             _("A head that looks {places} on", places=spec.offset) if spec.offset else _("A head that looks at its own place"))
    alt = (_("Every place gets 1/{places}.", places=spec.length) if spec.positions == "none" else
           _("In the median the place looked for gets {share}.", share=said_share(found_share(spec, weights, rows))) if len(rows) else
           _("No place has the one that is looked for."))
    return figure("head", data, shape, title=title, span=4, height=HEIGHT, alt=alt)


def alike(spec: AttentionSpec, near: Array, at: int) -> Template:
    data = [{"type": "scatter", "mode": "lines+markers", "x": list(range(1, spec.length + 1)), "y": numbers(near, 4),
             "line": {"color": colour("high"), "width": 2}, "marker": {"size": 5, "color": colour("high"), "opacity": 1},
             "hovertemplate": "%{x}: %{y}<extra></extra>"}]
    low, high = min(1.1 * float(near.min()), 0.0), 1.15 * float(near.max()) or 1.0
    shape = layout(xaxis={**axis(_("place")), "fixedrange": True},
                   yaxis={**axis(""), "range": [low, high], "fixedrange": True},
                   shapes=[{"type": "line", "x0": at, "x1": at, "y0": low, "y1": high,
                            "line": {"color": colour("muted"), "width": 1, "dash": "dot"}}])
    return figure("near", data, shape, title=_("How alike place {place} is to each other one: their product", place=at), span=12,
                  height=190, area="curves", alt=_("With itself {most}, with place 1 {first}, with the last {last}.",
                                                       most=short(float(near[at - 1])),
                                       first=short(float(near[0])), last=short(float(near[-1]))))


def formulas(spec: AttentionSpec) -> tuple[tuple[str, str], ...]:
    pair = min(spec.pair, spec.width // 2)
    angle = float(attention.speeds(spec.width)[pair - 1])
    power = f"{2 * (pair - 1)}/{spec.width}"
    if spec.positions == "none":
        return (("", r"x_p = w_p"),)
    if spec.positions == "learned":
        return (("", r"x_p = w_p + t_p"),
                (_("Weights"), rf"{spec.length}\cdot {spec.width} = {spec.length * spec.width}"))
    return (("", r"x_p = w_p + \bigl(\sin(p\,\omega_1), \cos(p\,\omega_1), \sin(p\,\omega_2), \cos(p\,\omega_2), \dots\bigr)"),
            (_("Pair {pair}", pair=pair), rf"\omega = 10000^{{-{power}}} = {angle:.4g}"),
            (_("Places a round"), rf"2\pi / \omega = {2 * np.pi / angle:.4g}"))


def notes(spec: AttentionSpec, weights: Array) -> tuple[Message, ...]:
    values = {"offset": abs(spec.offset), "places": spec.length}
    if spec.positions == "none":
        return (Message(N_("Nothing is added: every place is like every other, so each gets 1/{places}. No head can look a number of "
                           "places "
                           "back."), values),
                Message(N_("A word alone does not tell where it stands. The next scene shows what an encoder then makes of another "
                           "order.")))
    rows = np.concatenate(seekers(spec))
    if spec.positions == "sine":
        steep = Message(N_("Each pair is a clock hand that turns by the same angle from place to place. To look {offset} back or on is to "
                           "turn each hand by an angle of its own, the same for every place, so one matrix of weights does it.")
                        if spec.offset else
                        N_("Each pair is a clock hand that turns by the same angle from place to place. To ask for its own place, a head "
                           "leaves all hands as they are."), values)
        good = Message(N_("In the median the place looked for gets a weight of {share}. Its neighbours are alike, so they get some, too; "
                          "larger weights would make the head more decided."),
                       {"share": said_share(found_share(spec, weights, rows))}) if len(rows) else nowhere(spec)
        return (steep, good, Message(N_("Sines go on: there is a row for place 1,000 as well. Whether a trained network can use a row that "
                                        "it never saw is another matter.")))
    return (Message(N_("A table has one row for each place, and training moves them like any other weights. No rule ties one row to the "
                       "next."), values),
            *fitted(spec, weights), *(() if len(rows) else (nowhere(spec),)),
            Message(N_("BERT and GPT-2 have such tables, of 512 and 1,024 rows. A text that is longer has to be cut.")))


def program(spec: AttentionSpec) -> str:
    lines = ["import numpy as np", "", f"length, width, offset = {spec.length}, {spec.width}, {spec.offset}"]
    if spec.positions == "sine":
        lines += ["p = np.arange(length)[:, None]", "speeds = 10000.0 ** (-2 * np.arange(width // 2) / width)",
                  "added = np.stack([np.sin(p * speeds), np.cos(p * speeds)], axis=2).reshape(length, width)",
                  "ask = np.zeros((width, width))  # " + _("turns each pair by its own angle"),
                  "for i, angle in enumerate(offset * speeds):", "    s, c = np.sin(angle), np.cos(angle)",
                  "    ask[2 * i:2 * i + 2, 2 * i:2 * i + 2] = [[c, -s], [s, c]]"]
    elif spec.positions == "none":
        lines += ["added = np.zeros((length, width))", "ask = np.zeros((width, width))"]
    else:
        lines += [f"rng = np.random.default_rng([{spec.seed}, 6])",
                  f"added = rng.normal(scale=np.sqrt(0.5), size=({LONGEST}, 64))[:length, :width]  # " + _("a table before training"),
                  "half = length // 2  # " + _("the places that the query matrix is fitted to"),
                  "rows = np.arange(max(0, -offset), min(half, half - offset))",
                  "ask = np.linalg.lstsq(added[rows], added[rows + offset], rcond=None)[0] if len(rows) else np.zeros((width, width))"]
    return "\n".join([*lines, "", *softmax(), f"weights = softmax({SHARP:g} * (added @ ask) @ added.T / np.sqrt(width))",
                      f"near = added @ added[{min(spec.at, spec.length) - 1}]", "", "print(added.round(2))", "print(near.round(2))",
                      "print(weights.round(2))"])


def plays(spec: AttentionSpec, name: str) -> bool:
    return {"offset": spec.positions != "none", "seed": spec.positions == "learned"}.get(name, True)


SCENE = Scene(
    "positions", N_("Positions"),
    N_("Drag the orange hand of the clock: a head looks as many places back, or on, as the hand is turned. A [[positional encoding]] is "
       "what "
       "makes that possible. Choose a slower pair to reach further."),
    ("positions", "offset", "pair", "length", "width"), draw, program, more=("at", "seed"), plays=plays,
    presets=(Preset(N_("Three places back"), {"scene": "positions"}),
             Preset(N_("The first, fastest clock"), {"scene": "positions", "offset": -1, "pair": 1}),
             Preset(N_("A table"), {"scene": "positions", "positions": "learned", "length": 48, "width": 64, "at": 40}),
             Preset(N_("No positions"), {"scene": "positions", "positions": "none"})),
    trials=(Trial(N_("A narrow encoding"), N_("With two pairs one clock hurries and the other hardly moves: places six apart look alike."),
                  {"scene": "positions", "width": 4}),
            Trial(N_("Look on instead of back"), N_("The same hands, turned the other way."),
                  {"scene": "positions", "offset": 4}),
            Trial(N_("Sixty-four places"), N_("The fast pairs have gone round ten times, the slow ones have hardly moved: together they "
                                              "tell "
                                              "all places apart."), {"scene": "positions", "length": 64})))
