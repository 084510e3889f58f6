"""A 2×2 matrix moves the plane: drag its columns; drag v, and see where v and Av lie on one line."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.figures.board import Film, Handle, Picture, Scene, Track, figure
from core.figures.linear_algebra.parts import (
    Lines,
    apart,
    area,
    array,
    arrow,
    characteristic,
    clear_places,
    column,
    conjugates,
    decimals,
    dots,
    from_zero,
    grid_points,
    moved,
    note,
    number,
    path,
    plane,
    short,
    stages,
    tex,
    through,
)
from core.figures.template import Template
from core.figures.theme import axis, colour, layout
from core.frame import Message
from core.i18n import N_, _
from core.maths import exact, linear
from core.specs.examples import Preset, Trial
from core.specs.linear_algebra import LinearAlgebraSpec

X, Y = (-4.2, 4.2), (-3.4, 3.4)
SQUARE = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], float)
STEPS = 12
ALIGNED = 0.6  # degrees: v counts as found
EXACT = 1e-9  # entries go by 0.05, and rounding takes less than this from a determinant
GOALS = ((np.array([2.0, 1.0]), 2.0), (np.array([-1.0, 1.0]), 0.5))  # of the challenge: directions and their eigenvalues


def aligned(turned: float) -> bool:
    """Whether v and Av lie on one line (nan: Av is 0, which lies on every line)."""
    return bool(np.isnan(turned) or abs(turned) < ALIGNED or abs(turned) > 180 - ALIGNED)


def lies_on(found: linear.Eigen, v: np.ndarray) -> bool:
    """Whether v lies on a line that stays, but for what a drag rounds off: a small turn alone is no proof of it."""
    return found.kind == "all" or any(abs(e[0] * v[1] - e[1] * v[0]) < 0.002 * np.linalg.norm(v) for e in found.vectors)


def factor(matrix: np.ndarray, v: np.ndarray) -> float:
    """How many times as long Av is as v, with the sign of the side it lies on."""
    return float(v @ matrix @ v / (v @ v)) if v @ v > 1e-9 else 0.0


def spoken(values: tuple[complex, complex]) -> str:
    one, other = values
    if one.imag:
        return conjugates(one)
    return number(one.real) if one == other else ", ".join(apart(one.real, other.real))


def draw(spec: LinearAlgebraSpec) -> Picture:
    matrix, v = np.array(spec.matrix()), np.array([spec.p, spec.q])
    image, found, det = matrix @ v, linear.eigen(matrix), float(np.linalg.det(matrix))
    turned = linear.turn(matrix, v)
    here = bool(np.any(v)) and aligned(turned)
    film, _belongs = stages(np.eye(2), matrix, each=STEPS)
    data = [path(grid_points() @ matrix.T, "muted", width=1, opacity=0.55),
            area(SQUARE @ matrix.T, "positive" if det >= 0 else "negative", hover=_("the unit square’s image, area {area}",
                                                                                    area=number(abs(det)))),
            *(through(shown, "layer2", hover=_("a line that stays, λ = {value}", value=number(value.real)))
              for shown, value in staying(spec, found, v, here)),
            *(through(goal if spec.target else None, "muted", dash="dot", hover=f"λ = {number(value)}") for goal, value in GOALS),
            *arrows(matrix, v)]
    grid, square, first, second, after = 0, 1, len(data) - 4, len(data) - 3, len(data) - 2
    tracks = [Track("plane", grid, moved(grid_points(), film), smooth=True),
              Track("plane", square, moved(np.vstack([SQUARE, SQUARE[:1]]), film), smooth=True),
              *(Track("plane", trace, from_zero(tip, film), smooth=True) for trace, tip in ((first, [1, 0]), (second, [0, 1]), (after, v)))]
    title = (_("v does not turn: A v = {factor} v", factor=number(factor(matrix, v))) if here else
             _("A turns v by {angle}°, areas × {det}", angle=number(abs(turned) if np.any(v) else 0.0, 2), det=number(det)))
    halfway = [_("area × {det}", det=number(float(np.linalg.det(step)))) for step in film]
    picture = figure("plane", data, plane(X, Y), title=title, height=400, span=7,
                     alt=_("The grid after the matrix {matrix}. v = {v}, Av = {image}; det = {det}; eigenvalues {values}.",
                           matrix=str(spec.matrix()),
                           v=str(short(v)), image=str(short(image)), det=number(det), values=spoken(found.values)))
    rays = tuple((float(e[0]), float(e[1])) for e in found.vectors) if found.kind != "all" else ()
    handles = (Handle("v", "plane", "v", (spec.p, spec.q), ("p", "q"), ((-3, 3), (-3, 3)), step=0.05, rays=rays, colour="class4"),
               Handle("first", "plane", _("first column of A"), (spec.a, spec.c), ("a", "c"), ((-3, 3), (-3, 3)), step=0.05,
                      colour="muted"),
               Handle("second", "plane", _("second column of A"), (spec.b, spec.d), ("b", "d"), ((-3, 3), (-3, 3)), step=0.05,
                      colour="muted"))
    values = np.sort_complex(np.linalg.eigvals(matrix))
    return Picture((picture, turning(matrix, v, turned, found)), handles,
                   film=Film(tuple(halfway), tuple(tracks), seconds=2.5),
                   notes=notes(matrix, v, turned, found, det, here), formulas=formulas(spec),
                   numbers={"image": image, "det": det, "real": values.real, "imag": values.imag})


def arrows(matrix: np.ndarray, v: np.ndarray) -> list[dict[str, Any]]:
    """The columns of A, Av, and on top of it, thinner, v: on an eigenvector both are seen."""
    shown = [(v, "v", 2.5, "class4"), (matrix @ v, "Av", 5.0, "layer0"),
             (matrix[:, 0], "Ae₁", 2.0, "muted"), (matrix[:, 1], "Ae₂", 2.0, "muted")]
    places = clear_places([(tip, name, width) for tip, name, width, _token in shown], X, Y)
    over, under, *columns = [arrow(tip, name, token, width=width, place=place)
                             for (tip, name, width, token), place in zip(shown, places, strict=True)]
    return [*columns, under, over]


def staying(spec: LinearAlgebraSpec, found: linear.Eigen, v: np.ndarray, here: bool) -> list[tuple[np.ndarray | None, complex]]:
    """The lines to draw, two traces always: those asked for, and one on which v was found to lie."""
    shown: list[tuple[np.ndarray | None, complex]] = []
    for vector, value in zip(found.vectors, found.values, strict=False):
        on_it = here and abs(vector[0] * v[1] - vector[1] * v[0]) < 0.05 * np.linalg.norm(v)
        shown.append((vector if spec.lines or on_it else None, value))
    return shown + [(None, 0j)] * (2 - len(shown))


def turning(matrix: np.ndarray, v: np.ndarray, turned: float, found: linear.Eigen) -> Template:
    """By how much each direction turns; where the curve meets 0 or ±180, a line stays."""
    around = np.arange(0, 361, 3.0)
    directions = np.column_stack([np.cos(np.radians(around)), np.sin(np.radians(around))])
    angles = linear.turns(matrix, directions)
    angles[1:][np.abs(np.diff(angles)) > 200] = np.nan  # a jump from 180 to -180 is no line
    now = float(np.degrees(np.arctan2(v[1], v[0])) % 360)
    zeros = [(where % 360, linear.turn(matrix, side * e)) for e in found.vectors for side in (1, -1)
             for where in [float(np.degrees(np.arctan2(side * e[1], side * e[0])))]] if found.kind != "all" else []
    crossings = np.array(sorted((x, 0.0 if np.isnan(y) else float(np.round(y))) for x, y in zeros)).reshape(-1, 2)
    data = [path(np.column_stack([around, angles]), "text", width=2, hover=_("v at %{x}°: turned by %{y:.1f}°")),
            dots(crossings, "layer2", size=9, symbol="diamond", hover=_("stays on its line at %{x:.1f}°")),
            dots(np.array([[now, turned]]) if np.any(v) and not np.isnan(turned) else np.zeros((0, 2)), "class4", size=13, hover="v")]
    far = 190 if np.nan_to_num(np.abs(angles)).max() > 80 else 90
    shape = layout(xaxis=axis(_("direction of v (degrees)"), range=[0, 360], dtick=90),
                   yaxis=axis(_("turn from v to Av (degrees)"), range=[-far, far], dtick=90 if far > 90 else 30, zeroline=True,
                              zerolinecolor=colour("layer2"),
                              zerolinewidth=1.5), hovermode="closest", margin={"l": 48, "r": 10, "t": 6, "b": 34})
    if found.kind == "none":
        shape["annotations"] = [note(180, (-0.85 if np.nanmean(angles) > 0 else 0.85) * far, _("never 0: nothing stays"))]
    title = {"two": _("Two directions stay on their line"), "one": _("Only one direction stays on its line"),
             "none": _("Every direction is turned"), "all": _("Every direction stays on its line")}[found.kind]
    return figure("turn", data, shape, title=title, height=400, span=5,
                  alt=_("The turn from v to Av for every direction of v. Directions that stay: {places}.",
                        places=", ".join(f"{x:.1f}°" for x, _y in crossings) or "–"))


def notes(matrix: np.ndarray, v: np.ndarray, turned: float, found: linear.Eigen, det: float, here: bool) -> tuple[Message, ...]:
    ratio = float(np.linalg.norm(matrix @ v) / max(float(np.linalg.norm(v)), 1e-9))
    if not np.any(v):
        first = Message(N_("v is 0, and A0 = 0 whatever A is: an eigenvector has to have a direction. Pull v away from the origin."))
    elif here and not np.isnan(turned) and (0.05 < abs(turned) < 179.95 or not lies_on(found, v)):
        first = Message(N_("v and Av lie on one line but for {off:.2g}°: very nearly an eigenvector, with an eigenvalue near {value:.3g}."),
                        {"off": min(abs(turned), 180 - abs(turned)), "value": factor(matrix, v)})
    elif here and abs(factor(matrix, v)) < 0.0005:
        first = Message(N_("A sends v to 0: v is an eigenvector with eigenvalue 0, and its whole line is lost."))
    elif here and factor(matrix, v) < 0:
        first = Message(N_("v and Av lie on one line, on opposite sides: v is an eigenvector with the negative eigenvalue {value:.3g}."),
                        {"value": factor(matrix, v)})
    elif here and abs(factor(matrix, v) - 1) < 0.0005:
        first = Message(N_("v and Av are the same: v is an eigenvector with the eigenvalue 1, and A leaves it as it is."))
    elif here:
        first = Message(N_("v and Av point the same way: v is an eigenvector, and A only makes it {value:.3g} times as long. That is its "
                           "eigenvalue."), {"value": factor(matrix, v)})
    else:
        first = Message(N_("Av is as long as v and turned by {turned:.0f}° {way}.") if abs(ratio - 1) < 5e-5 else
                        N_("Av is {ratio:.4g} times as long as v and turned by {turned:.0f}° {way}."),
                        {"ratio": ratio, "turned": abs(turned), "way": ["_", N_("counter-clockwise") if turned > 0 else N_("clockwise")]})
    if found.kind == "none":
        second = Message(N_("No real line stays: the eigenvalues are complex, {values}. Wherever you drag v, it is turned."),
                         {"values": spoken(found.values)})
    elif found.kind == "one":
        value = found.values[0].real
        second = Message(N_("Both eigenvalues are {value:.3g}, and there is only one line that stays: a shear slides along it.")
                         if abs(value - 1) < 1e-6 else
                         N_("Both eigenvalues are {value:.3g}, and there is only one line that stays."), {"value": value})
    elif found.kind == "all":
        second = Message(N_("A is {value:.3g} times the identity: every line stays, every vector is an eigenvector."),
                         {"value": found.values[0].real})
    else:
        one, other = apart(found.values[0].real, found.values[1].real)
        second = Message(N_("Two lines stay, with eigenvalues {one} and {other}; their product is the determinant."),
                         {"one": one, "other": other})
    if not np.any(matrix):
        third = Message(N_("The determinant is 0: A sends the whole plane to a single point."))
    elif abs(det) < EXACT:
        third = Message(N_("The determinant is 0: the whole plane is pressed onto a line, and no matrix can undo that."))
    elif det < 0:
        third = Message(N_("The determinant −1 is negative: the plane is turned over like a page, and areas stay as large as they were.")
                        if abs(det + 1) < EXACT else
                        N_("The determinant {det:.4g} is negative: the plane is turned over like a page, and areas become {size:.4g} times "
                           "as large."), {"det": det, "size": -det})
    else:
        third = Message(N_("A unit square becomes a parallelogram of area {det:.4g}: that is the determinant."), {"det": det})
    asked = Message(N_("Drag v round until v and Av lie on one line.")) if np.any(v) and not here and found.kind != "none" else None
    return (first, *([asked] if asked else []), second, third)


def formulas(spec: LinearAlgebraSpec) -> Lines:
    rows = tuple(tuple(map(exact.exact, row)) for row in spec.matrix())
    image = np.array(spec.matrix()) @ [spec.p, spec.q]
    a, b, c, d = (tex(x) if x >= 0 else f"({tex(x)})" for x in (spec.a, spec.b, spec.c, spec.d))
    return ((_("Image of v"), rf"A v = {decimals(spec.matrix())} {column([spec.p, spec.q])} = {column(image)}"),
            (_("Determinant"), rf"\det A = {a} \cdot {d} - {b} \cdot {c} = {exact.latex(exact.determinant(rows))}"),
            (_("Eigenvalues, exactly"), characteristic(rows)))


def program(spec: LinearAlgebraSpec) -> str:
    return "\n".join([
        "import numpy as np", "",
        f"A = {array(spec.matrix())}", f"v = np.array([{spec.p}, {spec.q}])", "",
        "image = A @ v", "det = np.linalg.det(A)  # " + _("by how much areas grow"),
        "values = np.sort_complex(np.linalg.eigvals(A))  # " + _("complex if nothing stays"),
        "real, imag = values.real, values.imag", "",
        "lengths, vectors = np.linalg.eig(A)  # " + _("the columns of vectors are the lines that stay"),
        "for value, vector in zip(lengths, vectors.T):", "    print(value, vector, np.allclose(A @ vector, value * vector))",
        'print("A v =", image, " det A =", det, " eigenvalues", values)'])


def preset(a: float, b: float, c: float, d: float) -> dict[str, float | str]:
    return {"scene": "transform", "a": a, "b": b, "c": c, "d": d}


SCENE = Scene(
    "transform", N_("Matrix"),
    N_("Drag v. Where v and Av lie on one line, v is an [[eigenvector]]. Drag the grey columns to change the [[matrix]], or play it "
       "from "
       "doing nothing to A."),
    ("a", "b", "c", "d", "lines"), draw, program, more=("p", "q", "target"),
    presets=(Preset(N_("Two lines stay"), {"scene": "transform"}), Preset(N_("Rotation by 90°"), preset(0, -1, 1, 0)),
             Preset(N_("Shear"), preset(1, 1, 0, 1)), Preset(N_("Mirror"), preset(0, 1, 1, 0)),
             Preset(N_("Flat: determinant 0"), preset(1.5, 0.75, 1, 0.5))),
    trials=(Trial(N_("Put v on a line that stays"), N_("v and Av become one line. Now drag v along it: A only changes its length, by the "
                                                       "[[eigenvalue]]."), {"scene": "transform", "lines": True, "p": 2.0, "q": 1.0}),
            Trial(N_("Turn everything"), N_("The curve on the right never meets 0: a rotation leaves no real line in place."),
                  preset(0.85, -0.5, 0.5, 0.85)),
            Trial(N_("Turn the plane over"), N_("The area becomes orange: its sign has changed, and one eigenvalue is negative."),
                  {**preset(1, 1, 1, -1), "lines": True})))
