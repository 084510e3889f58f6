"""Change of basis: one vector, two descriptions; and what a matrix looks like in another basis."""

from __future__ import annotations

import numpy as np

from core.figures.board import Handle, Picture, Scene, figure
from core.figures.linear_algebra.parts import Lines, array, arrow, column, decimals, grid_points, number, pair, path, plane, tex
from core.figures.template import Template
from core.frame import Message
from core.i18n import N_, _
from core.maths import exact, linear
from core.specs.examples import Preset, Trial
from core.specs.linear_algebra import LinearAlgebraSpec

X, Y = (-4.2, 4.2), (-3.8, 3.8)
FLAT = 1e-3  # a determinant below: no basis; the boxes’ steps make none between this and 0


def made(spec: LinearAlgebraSpec) -> np.ndarray:
    """The new basis vectors as columns."""
    return np.array([[spec.base1, spec.base3], [spec.base2, spec.base4]])


def draw(spec: LinearAlgebraSpec) -> Picture:
    basis, w, matrix = made(spec), np.array([spec.w1, spec.w2]), np.array(spec.matrix())
    usable = abs(np.linalg.det(basis)) > FLAT
    new = np.linalg.solve(basis, w) if usable else None
    seen = np.linalg.solve(basis, matrix @ basis) if usable else None
    rays = tuple((float(e[0]), float(e[1])) for e in linear.eigen(matrix).vectors) if linear.eigen(matrix).kind != "all" else ()
    far = ((-3.0, 3.0), (-3.0, 3.0))
    handles = (Handle("w", "old", "w", (spec.w1, spec.w2), ("w1", "w2"), far, step=0.05, colour="class4"),
               Handle("b1", "old", "b₁", (spec.base1, spec.base2), ("base1", "base2"), far, step=0.05, rays=rays, colour="layer0"),
               Handle("b2", "old", "b₂", (spec.base3, spec.base4), ("base3", "base4"), far, step=0.05, rays=rays, colour="layer3"))
    numbers = {"coordinates": new, "seen": seen} if usable else {"det": float(np.linalg.det(basis))}
    return Picture((old(basis, w, new), other(w, new)), handles, notes=notes(basis, w, new, seen, linear.eigen(matrix).kind),
                   formulas=formulas(spec, basis, w, new, seen), numbers=numbers)


def old(basis: np.ndarray, w: np.ndarray, new: np.ndarray | None) -> Template:
    data = [path(grid_points(8) @ basis.T, "layer2", width=1, opacity=0.5)]
    if new is not None:
        data += [arrow(new[0] * basis[:, 0], "", "layer0", width=2, dash="dot", said=_("{times} times b₁", times=number(new[0]))),
                 arrow(w, "", "layer3", tail=new[0] * basis[:, 0], width=2, dash="dot", said=_("and {times} times b₂",
                                                                                               times=number(new[1])))]
    data += [arrow(basis[:, 0], "b₁", "layer0"), arrow(basis[:, 1], "b₂", "layer3"), arrow(w, "w", "class4", width=3.5)]
    title = _("b₁ and b₂ lie on one line: no basis") if new is None else \
        f"w = {number(new[0])} b₁ {'−' if new[1] < 0 else '+'} {number(abs(new[1]))} b₂"
    return figure("old", data, plane(X, Y), title=title, height=400, span=6,
                  alt=_("In the usual axes: w = {w}, b₁ = {one}, b₂ = {two}, with the grid that b₁ and b₂ make.", w=pair(w),
                        one=pair(basis[:, 0]),
                        two=pair(basis[:, 1])))


def other(w: np.ndarray, new: np.ndarray | None) -> Template:
    data = [path(grid_points(8), "layer2", width=1, opacity=0.5), arrow((1, 0), "b₁", "layer0"), arrow((0, 1), "b₂", "layer3")]
    if new is not None:
        shown = np.clip(new, -99, 99)
        data += [arrow((shown[0], 0), "", "layer0", width=2, dash="dot"), arrow(shown, "", "layer3", tail=(shown[0], 0), width=2,
                                                                                dash="dot"),
                 arrow(shown, "w", "class4", width=3.5)]
    title = _("The same w in the new basis: {new}", new=pair(new)) if new is not None else _("Without a basis there are no coordinates")
    return figure("new", data, plane(X, Y, (_("how many b₁"), _("how many b₂"))), title=title, height=400, span=6,
                  alt=_("The same picture seen from the new basis: b₁ and b₂ are the axes, w stands at {new}.",
                        new=pair(new) if new is not None else "–"))


def notes(basis: np.ndarray, w: np.ndarray, new: np.ndarray | None, seen: np.ndarray | None,
          kind: str) -> tuple[Message, ...]:
    if new is None or seen is None:
        return (Message(N_("b₁ and b₂ lie on one line and span only that line. Pull them apart: a basis of the plane needs two "
                           "directions.")),)
    said = {"old": pair(w), "new": pair(new)}
    first = (Message(N_("In this basis w is described by the same two numbers as in the usual axes, {new}."), said)
             if said["old"] == said["new"] else
             Message(N_("The arrow w has not moved; only its description has changed, from {old} to {new}."), said))
    side = float(max(abs(seen[0, 1]), abs(seen[1, 0])))
    if kind == "all":
        second = Message(N_("A is {one:.3g} times the identity, and looks the same in every basis."), {"one": seen[0, 0]})
    elif side < 1e-4:
        second = Message(N_("b₁ and b₂ lie on the lines that A leaves in place: in this basis A is diagonal, {one:.3g} along b₁ and "
                            "{two:.3g} along "
                            "b₂."), {"one": seen[0, 0], "two": seen[1, 1]})
    elif abs(basis[:, 0] @ basis[:, 1]) < 1e-9 and np.allclose(np.linalg.norm(basis, axis=0), 1, atol=1e-6):
        second = Message(N_("b₁ and b₂ are perpendicular and of length 1, so the coordinates are dot products: b₁·w and b₂·w."))
    elif kind == "none":
        second = Message(N_("A leaves no real line in place, so it is diagonal in no basis of the plane. Here {side:.3g} stands next to "
                            "its diagonal."), {"side": side})
    elif kind == "one":
        second = Message(N_("A leaves only one line in place, so it is diagonal in no basis. Put b₁ on that line, where it snaps, "
                            "and below the diagonal stands 0."))
    else:
        second = Message(N_("In this basis A still mixes the directions: next to its diagonal stands {side:.3g}. Drag b₁ and b₂ onto the "
                            "lines that "
                            "A leaves in place, where they snap, and that becomes 0."), {"side": side})
    return first, second


def formulas(spec: LinearAlgebraSpec, basis: np.ndarray, w: np.ndarray, new: np.ndarray | None, seen: np.ndarray | None) -> Lines:
    if new is None or seen is None:
        return ((_("No inverse"), rf"\det {decimals(basis)} = {tex(float(np.linalg.det(basis)))}"),)
    rows, arrow_, matrix = (tuple(tuple(exact.exact(float(x)) for x in row) for row in part)
                            for part in (basis, w[:, None], spec.matrix()))
    found = [exact.solve(rows, part) for part in (arrow_, exact.multiply(matrix, rows))] if exact.determinant(rows) else []
    shown = [column(new), decimals(np.round(seen, 10), 3)]
    if found:
        shown = [exact.about(exact.pmatrix(part), near) if exact.brief(part) else near for part, near in zip(found, shown, strict=True)]
    return ((_("New coordinates"), rf"B^{{-1}} w = {decimals(basis)}^{{-1}} {column(w)} = {shown[0]}"),
            (_("A in the new basis"), rf"B^{{-1}} A B = B^{{-1}} {decimals(np.array(spec.matrix()))} B = {shown[1]}"))


def program(spec: LinearAlgebraSpec) -> str:
    basis = made(spec)
    head = ["import numpy as np", "", f"B = {array(basis)}  # " + _("the new basis vectors are its columns"), f"w = np.array([{spec.w1}, "
                                                                                                              f"{spec.w2}])",
            f"A = {array(spec.matrix())}", ""]
    if abs(np.linalg.det(basis)) <= FLAT:
        return "\n".join([*head, "det = np.linalg.det(B)  # " + _("nearly 0: no basis"), 'print("det", det)'])
    return "\n".join([
        *head, "coordinates = np.linalg.solve(B, w)  # " + _("how many of each basis vector make w"),
        "seen = np.linalg.inv(B) @ A @ B  # " + _("what A looks like from the new basis"), "",
        "print(np.allclose(coordinates[0] * B[:, 0] + coordinates[1] * B[:, 1], w))", 'print("coordinates", coordinates)', "print(seen)"])


SCENE = Scene(
    "basis", N_("Basis"),
    N_("Drag b₁ and b₂: the [[vector]] w stays where it is, but its two numbers change. On the right is the world as b₁ and b₂ see it."),
    ("w1", "w2"), draw, program, more=("base1", "base3", "base2", "base4", "a", "b", "c", "d"),
    presets=(Preset(N_("A slanted basis"), {"scene": "basis"}), Preset(N_("The usual basis"), {"scene": "basis", "base1": 1.0, "base2": 0.0,
                                                                                               "base3": 0.0, "base4": 1.0}),
             Preset(N_("Turned by 37°"), {"scene": "basis", "base1": 0.8, "base2": 0.6, "base3": -0.6, "base4": 0.8}),
             Preset(N_("Eigenvectors as basis"), {"scene": "basis", "base1": 2.0, "base2": 1.0, "base3": -2.0, "base4": 1.0})),
    trials=(Trial(N_("Let A choose the basis"), N_("b₁ and b₂ are [[eigenvectors|eigenvector]] of A now: in this basis A is diagonal."),
                  {"scene": "basis", "base1": 2.0, "base2": 1.0, "base3": -2.0, "base4": 1.0}),
            Trial(N_("Make b₁ twice as long"), N_("With a ruler twice as long the number is half as large: coordinates go the other way "
                                                  "than the basis."),
                  {"scene": "basis", "base1": 3.0, "base2": 1.0})))
