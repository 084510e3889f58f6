"""Rank, null space and span of a 2×2 matrix: what goes in on the left, what comes out on the right."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from core.figures.board import Handle, Picture, Scene, figure
from core.figures.linear_algebra.parts import array, arrow, column, dots, grid_points, pair, path, plane, tex, through
from core.figures.template import Template
from core.frame import Message
from core.i18n import N_, _
from core.maths import exact, linear
from core.specs.examples import Preset, Trial
from core.specs.linear_algebra import LinearAlgebraSpec

X, Y = (-4.2, 4.2), (-3.8, 3.8)
TOLERANCE = 2e-4  # of a singular value: the boxes’ steps make none between this and 0
NEAR = 1e-4  # of Ax against the most it could be: what a snapped x, which is rounded, may be beside the null space
LATTICE = np.array([[x, y] for x in range(-3, 4) for y in range(-3, 4)], float)


def made(spec: LinearAlgebraSpec) -> np.ndarray:
    return np.array([[spec.col1, spec.col3], [spec.col2, spec.col4]])


def draw(spec: LinearAlgebraSpec) -> Picture:
    matrix, x = made(spec), np.array([spec.in1, spec.in2])
    about = linear.spaces(matrix, TOLERANCE)
    null, image = (about.null[0] if about.rank == 1 else None), (about.image[0] if about.rank == 1 else None)
    ray = ((float(null[0]), float(null[1])),) if null is not None else ()
    handles = (Handle("x", "inputs", "x", (spec.in1, spec.in2), ("in1", "in2"), ((-3, 3), (-3, 3)), step=0.05, rays=ray, colour="class4"),
               Handle("first", "outputs", _("first column"), (spec.col1, spec.col2), ("col1", "col2"), ((-3, 3), (-3, 3)), step=0.05,
                      rays=line_of(spec.col3, spec.col4), colour="layer0"),
               Handle("second", "outputs", _("second column"), (spec.col3, spec.col4), ("col3", "col4"), ((-3, 3), (-3, 3)), step=0.05,
                      rays=line_of(spec.col1, spec.col2), colour="layer3"))
    return Picture((inputs(x, about, null), outputs(matrix, x, about, image)), handles, notes=notes(matrix, x, about, null),
                   formulas=formulas(matrix, x, about),
                   numbers={"rank": about.rank, "nullity": 2 - about.rank, "image": matrix @ x, "singular": about.singular})


def line_of(x: float, y: float) -> tuple[tuple[float, float], ...]:
    return ((x, y),) if abs(x) + abs(y) > 1e-6 else ()


def inputs(x: np.ndarray, about: linear.Spaces, null: np.ndarray | None) -> Template:
    """The plane of inputs with the null space; all points on a parallel to it go to one place."""
    data = [path(grid_points(), "muted", width=1, opacity=0.55), dots(LATTICE, "muted", size=4),
            through(null, "negative", width=4, dash="solid", hover=_("the null space: all of it goes to 0")),
            through(null, "class4", at=(float(x[0]), float(x[1])), width=1.5, dash="dot", hover=_("all of these go where x goes")),
            dots(np.zeros((1, 2)), "negative", size=12 if about.rank != 1 else 8, symbol="diamond"),
            arrow(x, "x", "class4", width=3.5)]
    title = (_("Inputs: only 0 goes to 0"), _("Inputs: the orange line goes to 0"), _("Inputs: all of them go to 0"))[2 - about.rank]
    return figure("inputs", data, plane(X, Y, ("x₁", "x₂")), title=title, height=400, span=6,
                  alt=_("The inputs. The null space has dimension {dimension}. x = {x}.", dimension=2 - about.rank, x=pair(x)))


def outputs(matrix: np.ndarray, x: np.ndarray, about: linear.Spaces, image: np.ndarray | None) -> Template:
    result = matrix @ x
    data = [path(grid_points() @ matrix.T, "muted", width=1, opacity=0.55), dots(LATTICE @ matrix.T, "muted", size=4),
            through(image, "positive", width=4, dash="solid", hover=_("the span of the columns: nothing else is reached"), opacity=0.5),
            arrow(matrix[:, 0], "a₁", "layer0", width=2.5), arrow(matrix[:, 1], "a₂", "layer3", width=2.5),
            arrow(x[0] * matrix[:, 0], "", "layer0", width=1.5, dash="dot", said="x₁a₁"),
            arrow(result, "", "layer3", tail=x[0] * matrix[:, 0], width=1.5, dash="dot", said="x₁a₁ + x₂a₂"),
            arrow(result, "Ax", "class4", width=3.5)]
    title = (_("Rank 2: the columns reach the whole plane"), _("Rank 1: the columns reach only one line"),
             _("Rank 0: only 0 is reached"))[2 - about.rank]
    return figure("outputs", data, plane(X, Y, ("y₁", "y₂")), title=title, height=400, span=6,
                  alt=_("The outputs: columns {first} and {second}, rank {rank}. Ax = {image}.", first=pair(matrix[:, 0]),
                        second=pair(matrix[:, 1]), rank=about.rank, image=pair(result)))


def notes(matrix: np.ndarray, x: np.ndarray, about: linear.Spaces, null: np.ndarray | None) -> tuple[Message, ...]:
    result = matrix @ x
    if about.rank == 2:
        thin = about.singular[1] / about.singular[0]
        first = Message(N_("The columns point in two different directions: together they span the plane, they are a basis, and every "
                           "output comes "
                           "from exactly one input."))
        lengths = np.linalg.norm(matrix, axis=0)
        across = abs(float(np.linalg.det(matrix))) / float(lengths.prod())  # the sine of the angle between the columns
        if thin < 0.1 and across > 0.2:
            return first, Message(N_("But one of them is much shorter than the other: the smaller singular value is only {small:.2g}. "
                                     "To undo this matrix, errors are multiplied by up to {worse:.3g}."),
                                  {"small": about.singular[1], "worse": 1 / about.singular[1]})
        if thin < 0.1:
            return first, Message(N_("But they nearly lie on one line: the smaller singular value is only {small:.2g}. To undo this "
                                     "matrix, "
                                     "errors are multiplied by up to {worse:.3g}."),
                                  {"small": about.singular[1], "worse": 1 / about.singular[1]})
        return first, Message(N_("Drag the tip of one column onto the line of the other: the plane collapses."))
    if about.rank == 0:
        return (Message(N_("Both columns are 0: every input goes to 0, and the null space is the whole plane.")),)
    assert null is not None
    first = Message(N_("Both columns lie on one line: rank 1. One direction of the inputs is lost, and rank and null space together still "
                       "make "
                       "2 = 1 + 1."))
    if not np.any(x):
        return first, Message(N_("x is 0, and 0 goes to 0 whatever the matrix is. Pull x away from the origin."))
    if np.linalg.norm(result) < NEAR * np.linalg.norm(x) * about.singular[0]:
        return first, Message(N_("x lies in the null space: A sends it to 0, however long it is."))
    return first, Message(N_("Drag x along its dotted line: Ax does not move. From Ax alone nobody can tell which x it was."))


def formulas(matrix: np.ndarray, x: np.ndarray, about: linear.Spaces) -> tuple[tuple[str, str], ...]:
    shown = [(_("Ax adds up the columns"), rf"A x = {tex(x[0])} {column(matrix[:, 0])} {'-' if x[1] < 0 else '+'} {tex(abs(x[1]))} "
                                           rf"{column(matrix[:, 1])} "
              rf"= {column(matrix @ x)}"),
             (_("Rank and null space"), rf"\operatorname{{rank}} A + \dim \ker A = {about.rank} + {2 - about.rank} = 2")]
    if about.rank == 1:
        direction = about.null[0] / np.abs(about.null[0]).max()
        rows = tuple(tuple(exact.exact(float(x)) for x in row) for row in matrix)
        a, b = next(row for row in rows if any(row))
        by = max(abs(a), abs(b)) * (1 if -b * Fraction(float(direction[0])) + a * Fraction(float(direction[1])) > 0 else -1)
        shown.append((_("A basis of the null space"), column(direction, 3) if exact.determinant(rows) else
                      exact.pmatrix(((-b / by,), (a / by,)))))
    return tuple(shown)


def program(spec: LinearAlgebraSpec) -> str:
    return "\n".join([
        "import numpy as np", "", f"A = {array(made(spec))}", f"x = np.array([{spec.in1}, {spec.in2}])", "",
        "left, singular, right = np.linalg.svd(A)", f"rank = int((singular > {TOLERANCE}).sum())  # " + _("smaller ones count as 0"),
        "nullity = A.shape[1] - rank", "null = right[rank:]  # " + _("these rows span what goes to 0"),
        "span = left[:, :rank].T  # " + _("these span what can be reached"), "image = A @ x", "",
        'print("rank", rank, " null space of dimension", nullity, null)', 'print("Ax =", image, " singular values", singular)'])


SCENE = Scene(
    "rank", N_("Rank"),
    N_("Drag the tips of the two columns on the right: they snap when they lie on one line. Drag x on the left and see where it goes."),
    ("in1", "in2"), draw, program, more=("col1", "col3", "col2", "col4"),
    presets=(Preset(N_("Rank 1"), {"scene": "rank"}), Preset(N_("Rank 2"), {"scene": "rank", "col3": -0.5, "col4": 1.5}),
             Preset(N_("A hair from rank 1"), {"scene": "rank", "col3": -1.0, "col4": -0.4}),
             Preset(N_("Rank 0"), {"scene": "rank", "col1": 0.0, "col2": 0.0, "col3": 0.0, "col4": 0.0})),
    trials=(Trial(N_("Put x into the null space"), N_("Ax is 0, although x is not."), {"scene": "rank", "in1": 1.5, "in2": 3.0}),
            Trial(N_("Give the second column a direction of its own"), N_("The line opens into a plane: rank 2, and only 0 goes to 0."),
                  {"scene": "rank", "col3": -0.5, "col4": 1.5})))
