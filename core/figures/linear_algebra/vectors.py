"""Vectors: their sum and multiples, their dot product, the angle between them and the shadow of one on the other."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from core.figures.board import Handle, Picture, Scene, figure
from core.figures.linear_algebra.parts import Lines, area, arrow, column, note, number, pair, path, plane, tex, through
from core.figures.linear_algebra.solid import line3, spatial, tip3
from core.figures.template import Template
from core.frame import Message
from core.i18n import N_, _
from core.maths import exact, linear
from core.specs.examples import Preset, Trial
from core.specs.linear_algebra import LinearAlgebraSpec

X = (-6.2, 6.2)
REACH = ((-5.0, 5.0), (-5.0, 5.0))


def vectors(spec: LinearAlgebraSpec) -> tuple[np.ndarray, np.ndarray]:
    size = 2 if spec.room == "plane" else 3
    return np.array([spec.u1, spec.u2, spec.u3][:size]), np.array([spec.v1, spec.v2, spec.v3][:size])


def draw(spec: LinearAlgebraSpec) -> Picture:
    u, v = vectors(spec)
    total = spec.s * u + spec.t * v
    dot, angle, shadow = float(u @ v), linear.angle_between(u, v), linear.projection(u, v)
    first = together(spec, u, v, total) if len(u) == 2 else in_space(spec, u, v, total)
    handles: tuple[Handle, ...] = ()
    if len(u) == 2:
        handles = tuple(Handle(f"{name}-{where}", where, name, (float(a[0]), float(a[1])), (f"{name}1", f"{name}2"), REACH, step=0.1,
                               rays=rays, colour=token)
                        for where in ("sum", "dot") for name, a, rays, token in (
                            ("u", u, ((-v[1], v[0]), (v[0], v[1])) if where == "dot" and np.any(v) else (), "layer0"),
                            ("v", v, (), "layer1")))
    return Picture((first, shadows(u, v, dot, angle)), handles, notes=notes(spec, u, v, total, dot, angle, shadow),
                   formulas=formulas(spec, u, v, total, dot, angle),
                   numbers={"total": total, "dot": dot, "shadow": shadow, "lengths": np.array([np.linalg.norm(u), np.linalg.norm(v)])})


def name_of(spec: LinearAlgebraSpec) -> str:
    """The combination as it is written: u + v, 2u − v, …"""
    text = ""
    for times, letter in ((spec.s, "u"), (spec.t, "v")):
        if abs(times) < 1e-9:
            continue
        size = "" if abs(abs(times) - 1) < 1e-9 else number(abs(times))
        sign = ("\u2212" if times < 0 else "") if not text else (" \u2212 " if times < 0 else " + ")
        text += sign + size + letter
    return text or "0"


def together(spec: LinearAlgebraSpec, u: np.ndarray, v: np.ndarray, total: np.ndarray) -> Template:
    su, tv, name = spec.s * u, spec.t * v, name_of(spec)
    data = [area(np.array([np.zeros(2), su, total, tv]), "muted", opacity=0.15),
            arrow(u, "u", "layer0", width=2, dash="dot" if abs(spec.s - 1) > 1e-9 else "solid"),
            arrow(v, "v", "layer1", width=2, dash="dot" if abs(spec.t - 1) > 1e-9 else "solid")]
    data += [arrow(su, scaled(spec.s, "u"), "layer0")] if abs(spec.s - 1) > 1e-9 else []
    data += [arrow(tv, scaled(spec.t, "v"), "layer1")] if abs(spec.t - 1) > 1e-9 else []
    data += [arrow(total, "", "layer1", tail=su, width=1.5, dash="dash", said=name), arrow(total, name, "layer2", width=4)]
    return figure("sum", data, plane(X, X), title=f"{name} = {pair(total)}", height=400, span=6,
                  alt=_("u = {u} and v = {v} from the origin; {name} = {total} is the corner of their parallelogram.",
                        u=pair(u), v=pair(v), name=name, total=pair(total)))


def scaled(times: float, letter: str) -> str:
    return letter if abs(times - 1) < 1e-9 else "\u2212" + letter if abs(times + 1) < 1e-9 else number(times) + letter


def in_space(spec: LinearAlgebraSpec, u: np.ndarray, v: np.ndarray, total: np.ndarray) -> Template:
    su, tv, name = spec.s * u, spec.t * v, name_of(spec)
    data: list[dict[str, Any]] = []
    for tip, label, token in ((u, "u", "layer0"), (v, "v", "layer1"), (total, name, "layer2")):
        data += tip3(tip, label, token)
    data += [line3(np.array([su, total]), "layer1", dash="dash"), line3(np.array([tv, total]), "layer0", dash="dash")]
    reach = float(max(4.0, np.abs([u, v, total]).max() * 1.05))
    least = -reach if min(map(np.min, (u, v, total, su, tv))) < 0 else -0.1 * reach
    return figure("sum", data, spatial(reach, least), title=f"{name} = {pair(total)}", height=400, span=6,
                  alt=_("u = {u} and v = {v} in space; {name} = {total} is the corner of their parallelogram.",
                        u=pair(u), v=pair(v), name=name, total=pair(total)))


def shadows(u: np.ndarray, v: np.ndarray, dot: float, angle: float) -> Template:
    """u, its shadow on the line of v, and the angle; vectors of space in the plane that they span, v to the right."""
    where = ""
    if len(u) == 3:
        length = np.linalg.norm(v)
        along = dot / length if length else 0.0
        u, v = np.array([along, float(np.sqrt(max(float(u @ u) - along ** 2, 0)))]), np.array([length, 0.0])
        where = _("the plane of u and v")
    foot = linear.projection(u, v)
    far = max(6.2, float(np.abs([u, v, foot]).max()) * 1.15)
    shape = plane((-far, far), (-far, far), ticks=1 if far < 8 else None)
    if where:  # v points to the right, u upwards
        left, right = min(0.0, float(u[0])) * 1.2, max(1.0, float(u[0]), float(v[0])) * 1.2
        size = right - left + 1
        shape = plane((left - 0.5, right + 0.5), (-0.3 * size, 0.7 * size), ("", ""), ticks=None)
        shape["annotations"] = [note((left + right) / 2, -0.24 * size, where)]
        far = size / 2
    data = [through(v, "muted", width=1, dash="dot") if np.any(v) else through(None, "muted"),
            path(np.array([u, foot]), "muted", dash="dash", width=1.5), arc(u, v, angle, 0.15 * far),
            path(np.array([np.zeros(2), foot]), "positive" if dot >= 0 else "negative", width=9, opacity=0.55,
                 hover=_("the shadow of u, {length} long", length=number(float(np.linalg.norm(foot))))),
            arrow(v, "v", "layer1"), arrow(u, "u", "layer0")]
    if np.isnan(angle):
        title = _("u·v = {dot}: a zero vector has no angle", dot=number(dot))
    else:
        title = _("u·v = {dot}, at an angle of {angle}°", dot=number(dot), angle=number(angle))
    return figure("dot", data, shape, title=title, height=400, span=6,
                  alt=_("u, v and the shadow of u on the line of v, {length} long; the angle is {angle}°.",
                        length=number(float(np.linalg.norm(foot))), angle=number(angle)))


def arc(u: np.ndarray, v: np.ndarray, angle: float, radius: float) -> dict[str, Any]:
    if np.isnan(angle):
        return path(np.zeros((0, 2)), "text")
    start = np.arctan2(v[1], v[0])
    run = (np.arctan2(u[1], u[0]) - start + np.pi) % (2 * np.pi) - np.pi
    around = start + run * np.linspace(0, 1, 25)
    points = radius * np.column_stack([np.cos(around), np.sin(around)])
    middle = 1.6 * points[12:13]  # the number stands a little outside
    trace = path(np.vstack([points, np.full((1, 2), np.nan), middle]), "text", width=1.5, hover=f"{number(angle)}°")
    return trace | {"mode": "lines+text", "text": [""] * 26 + [f"{angle:.0f}°"], "textfont": {"size": 12}, "textposition": "middle center"}


def notes(spec: LinearAlgebraSpec, u: np.ndarray, v: np.ndarray, total: np.ndarray, dot: float, angle: float,
          shadow: np.ndarray) -> tuple[Message, ...]:
    lengths = float(np.linalg.norm(spec.s * u)), float(np.linalg.norm(spec.t * v))
    whole = float(np.linalg.norm(total))
    first = Message(N_("Walk along {first} and then along {second}: you end at {total}, {whole:.3g} from the start. The way there was "
                       "{way:.3g}; the straight line is never longer."),
                    {"first": scaled(spec.s, "u"), "second": scaled(spec.t, "v"), "total": pair(total), "whole": whole,
                     "way": sum(lengths)})
    if np.isnan(angle):
        second = Message(N_("One of the vectors is 0. It has no direction, and its dot product with anything is 0."))
    elif on_one_line(u, v):
        second = Message(N_("u and v lie on one line: the shadow of u is u itself, and together they reach only that line."))
    elif abs(dot) < 1e-9:
        second = Message(N_("u and v are perpendicular: u throws no shadow on v, and the dot product is 0."))
    elif dot > 0:
        second = Message(N_("The dot product is positive: u goes partly the way of v. Its shadow is {shadow:.3g} long, times {length:.3g}, "
                            "the "
                            "length of v: {dot:.4g}."),
                         {"shadow": float(np.linalg.norm(shadow)), "length": float(np.linalg.norm(v)), "dot": dot})
    else:
        second = Message(N_("The dot product is negative: u goes partly against v, and its shadow falls on the other side of 0."))
    return first, second


def on_one_line(u: np.ndarray, v: np.ndarray) -> bool:
    """Whether two vectors are multiples of one another, exactly."""
    p, q = (tuple(map(exact.exact, map(float, a))) for a in (u, v))
    return all(p[i] * q[j] == p[j] * q[i] for i in range(len(p)) for j in range(i))


def formulas(spec: LinearAlgebraSpec, u: np.ndarray, v: np.ndarray, total: np.ndarray, dot: float, angle: float) -> Lines:
    times = lambda number: "" if abs(number - 1) < 1e-9 else tex(number)  # noqa: E731
    brackets = lambda x: tex(x) if x >= 0 else f"({tex(x)})"  # noqa: E731
    products = " + ".join(rf"{brackets(a)} \cdot {brackets(b)}" for a, b in zip(u, v, strict=True))
    lines = [(_("Sum"), rf"{times(spec.s)}{column(u)} {'-' if spec.t < 0 else '+'} {times(abs(spec.t))}{column(v)} = {column(total)}"),
             (_("Dot product"), rf"u \cdot v = {products} = {tex(dot)}")]
    if not np.isnan(angle):
        first, second = (tuple(map(exact.exact, map(float, a))) for a in (u, v))
        across, own, other = (sum((a * b for a, b in zip(p, q, strict=True)), Fraction(0))
                              for p, q in ((first, second), (first, first), (second, second)))
        shadow = exact.pmatrix(tuple((across / other * entry,) for entry in second))
        lines.append((_("Shadow of u on v, exactly"), rf"\frac{{u \cdot v}}{{v \cdot v}}\, v = {exact.latex(across / other)}\, "
                                                      rf"{column(v)} = {shadow}"))
        lines.append((_("Angle"), r"\cos\theta = \frac{u \cdot v}{\|u\|\,\|v\|} = "
                      rf"\frac{{{tex(dot)}}}{{\sqrt{{{tex(float(u @ u))}}}\,\sqrt{{{tex(float(v @ v))}}}}} "
                      rf"= {exact.about(exact.surd(across / (own * other), own * other), tex(float(np.cos(np.radians(angle)))))}"))
    return tuple(lines)


def program(spec: LinearAlgebraSpec) -> str:
    u, v = vectors(spec)
    return "\n".join([
        "import numpy as np", "", f"u = np.array({u.tolist()})", f"v = np.array({v.tolist()})", "",
        f"total = {spec.s} * u {'-' if spec.t < 0 else '+'} {abs(spec.t)} * v", "dot = u @ v", "lengths = np.array([np.linalg.norm(u), "
                                                                                               "np.linalg.norm(v)])",
        "cosine = dot / lengths.prod() if lengths.all() else np.nan  # " + _("the zero vector has no angle"),
        "angle = np.degrees(np.arccos(np.clip(cosine, -1, 1)))",
        "shadow = dot / (v @ v) * v if v.any() else 0 * v  # " + _("the part of u along v"), "",
        'print("sum", total, " dot product", dot, " angle", angle)', 'print("shadow of u on v", shadow, " lengths", lengths)'])


ARTICLES = {"scene": "vectors", "room": "space", "u1": 1.0, "u2": 2.0, "u3": 3.0, "v1": 4.0, "v2": 5.0, "v3": 6.0}
SCENE = Scene(
    "vectors", N_("Vectors"),
    N_("Drag the tips of u and v. On the left they are added, on the right u throws its shadow on v: that is the dot product."),
    ("room", "s", "t"), draw, program, more=("u1", "u2", "u3", "v1", "v2", "v3"),
    plays=lambda spec, field: field not in ("u3", "v3") or spec.room == "space",
    presets=(Preset(N_("The articles’ sum: [1 2 3] + [4 5 6]"), ARTICLES), Preset(N_("Two vectors of the plane"), {"scene": "vectors"}),
             Preset(N_("Perpendicular"), {"scene": "vectors", "u1": -2.0, "u2": 4.0, "v1": 4.0, "v2": 2.0}),
             Preset(N_("Opposite"), {"scene": "vectors", "u1": 3.0, "u2": 1.5, "v1": -2.0, "v2": -1.0})),
    trials=(Trial(N_("Make the dot product 0"), N_("The shadow is gone: u stands upright on v. Turn u a little to either side and watch "
                                                   "the sign "
                                                   "of the dot product."), {"scene": "vectors", "u1": -2.0, "u2": 1.0}),
            Trial(N_("Take v away instead"), N_("u − v is the way from the tip of v to the tip of u."), {"scene": "vectors", "t": -1.0})))
