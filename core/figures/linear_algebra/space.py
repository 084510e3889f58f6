"""A 3×3 matrix moves a grid and the unit cube; its determinant is the volume, its eigenvectors are the lines that stay."""

from __future__ import annotations

import re
from fractions import Fraction

import numpy as np

from core.figures.board import Film, Picture, Scene, Track, figure, readable
from core.figures.linear_algebra.parts import (
    Lines,
    characteristic,
    conjugates,
    dots,
    from_zero,
    moved,
    note,
    number,
    path,
    plane,
    stages,
)
from core.figures.linear_algebra.solid import CORNERS, EDGES, LATTICE, box3, line3, spatial, tip3
from core.figures.template import Template
from core.frame import Message, Trouble
from core.i18n import N_, _
from core.maths import exact, symbolic
from core.specs.examples import Preset, Trial
from core.specs.linear_algebra import LinearAlgebraSpec

STEPS = 12


def read(spec: LinearAlgebraSpec) -> exact.Matrix:
    """The typed matrix. Trouble if it is not 3×3."""
    rows = exact.read_matrix(spec.cube, "A", most=3)
    if (len(rows), len(rows[0])) != (3, 3):
        raise Trouble(Message(N_("This matrix is {rows}×{columns}; space needs 3×3: three rows of three numbers, such as “1 0 0; 0 1 0; 0 "
                                 "0 2”."),
                              {"rows": len(rows), "columns": len(rows[0])}))
    if max(abs(entry) for row in rows for entry in row) > 5:
        raise Trouble(Message(N_("The largest number is more than 5 from 0, and the cube would leave the picture. Take numbers from -5 to "
                                 "5.")))
    return rows


def discriminant(rows: exact.Matrix) -> Fraction:
    """0 exactly where eigenvalues coincide."""
    _one, b, c, d = exact.characteristic(rows)
    return b * b * c * c - 4 * c ** 3 - 4 * b ** 3 * d - 27 * d * d + 18 * b * c * d


def repeated(rows: exact.Matrix) -> tuple[Fraction, Fraction] | None:
    """The eigenvalue that counts twice and the third one, fractions both; None where all three differ."""
    if discriminant(rows):
        return None
    _one, b, c, d = exact.characteristic(rows)
    gap = b * b - 3 * c
    twice = (9 * d - b * c) / (2 * gap) if gap else -b / 3
    return twice, -b - 2 * twice


def eigenvalues(rows: exact.Matrix) -> np.ndarray:
    """All three. Those that coincide do so exactly and real ones are real: NumPy's rounding would make a complex pair of a double one."""
    if found := repeated(rows):
        return np.sort_complex(np.array([float(found[0]), float(found[0]), float(found[1])], complex))
    values = np.sort_complex(np.linalg.eigvals(np.array([[float(entry) for entry in row] for row in rows])).astype(complex))
    return values if discriminant(rows) < 0 else values.real.astype(complex)


def lines(rows: exact.Matrix) -> list[tuple[float, np.ndarray]]:
    """The real eigenvalues and unit eigenvectors that span all that stays: two of a plane of them, three where every line stays."""
    if found := repeated(rows):
        return [(float(value), v) for value in dict.fromkeys(found) for v in kernel(shifted(rows, value))]
    values, vectors = np.linalg.eig(np.array([[float(entry) for entry in row] for row in rows]))
    real = range(3) if discriminant(rows) > 0 else [int(np.argmin(np.abs(values.imag)))]
    return [(float(values[k].real), vectors[:, k].real / np.linalg.norm(vectors[:, k].real)) for k in real]


def shifted(rows: exact.Matrix, value: Fraction) -> exact.Matrix:
    """A - λI"""
    return tuple(tuple(entry - value * (i == j) for j, entry in enumerate(row)) for i, row in enumerate(rows))


def kernel(rows: exact.Matrix) -> np.ndarray:
    """Perpendicular unit vectors that span what a matrix sends to 0, (3 - rank, 3)."""
    return np.linalg.svd(np.array([[float(entry) for entry in row] for row in rows]))[2][rank(rows):]


def rank(rows: exact.Matrix) -> int:
    """By elimination with fractions, so that what is nearly flat is not taken for flat."""
    left, found = [list(row) for row in rows], 0
    for column in range(len(rows[0])):
        pivot = next((row for row in left if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        found += 1
        for row in left:
            share = row[column] / pivot[column]
            row[:] = [entry - share * other for entry, other in zip(row, pivot, strict=True)]
    return found


def alike(rows: exact.Matrix) -> tuple[float, int] | None:
    """The eigenvalue whose eigenvectors fill a plane or all of space, with their dimension (2 or 3); None: there is none."""
    found = repeated(rows)
    dimension = 3 - rank(shifted(rows, found[0])) if found else 1
    return (float(found[0]), dimension) if found and dimension > 1 else None


def draw(spec: LinearAlgebraSpec) -> Picture:
    rows = read(spec)
    matrix = np.array([[float(entry) for entry in row] for row in rows])
    det, values, stay = float(exact.determinant(rows)), eigenvalues(rows), lines(rows)
    about, many, forms = rank(rows), alike(rows), radicals(rows)
    film, _belongs = stages(np.eye(3), matrix, each=STEPS)
    reach = float(max(2.2, np.abs(LATTICE @ matrix.T).max() * 1.05))
    data = [box3(CORNERS @ matrix.T, "positive" if det >= 0 else "negative"), line3((CORNERS @ matrix.T)[list(EDGES)], "muted", width=3),
            line3(CORNERS[list(EDGES)], "border", width=2, dash="dot"), line3(LATTICE @ matrix.T, "muted", width=1) | {"opacity": 0.45}]
    for k, token in enumerate(("layer0", "layer2", "layer3")):
        data += tip3(matrix[:, k], f"Ae{'₁₂₃'[k]}", token)
    for value, v in stay:
        data.append(line3(np.array([-reach * v, reach * v]), "class4", width=4, dash="dash",
                          hover=_("a line that stays, λ = {value}", value=number(value))))
    tracks = [Track("space", trace, moved(points, film), smooth=True)
              for trace, points in ((0, CORNERS), (1, CORNERS[list(EDGES)]), (3, LATTICE))]
    for k, unit in enumerate(np.eye(3)):
        tracks += [Track("space", 4 + 2 * k, from_zero(unit, film), smooth=True),
                   Track("space", 5 + 2 * k, moved(unit[None], film), smooth=True)]
    size = readable(f"{det:.3g}")  # however small: 0 is said of what is flat only
    sizes = [*(number(float(np.linalg.det(step))) for step in film[:-1]), size]
    labels = tuple(_("volume × {det}", det=part) for part in sizes)
    picture = figure("space", data, spatial(reach), title=_("det A = {det}: the volume of the moved unit cube", det=size),
                     height=400, span=7,
                     alt=_("The grid and the unit cube after the matrix {matrix}: volume {det}. {lines} real lines stay.",
                           matrix="; ".join(" ".join(map(str, row)) for row in rows), det=f"{abs(det):.3g}", lines=len(stay)))
    return Picture((picture, spectrum(values)), film=Film(labels, tuple(tracks), seconds=3.0),
                   notes=(*notes(matrix, values, stay, det, about, many), *about_forms(forms), *exact.rounded(spec.cube, "A", most=3)),
                   formulas=formulas(rows, forms), numbers={"det": det, "real": values.real, "imag": values.imag, "rank": about})


def spectrum(values: np.ndarray) -> Template:
    """The eigenvalues in the complex plane, with the unit circle."""
    far = float(max(1.5, np.abs(values).max() * 1.3))
    around = np.linspace(0, 2 * np.pi, 73)
    points = np.column_stack([values.real, values.imag])
    data = [path(np.column_stack([np.cos(around), np.sin(around)]), "muted", dash="dot", width=1.5), dots(points, "class4", size=12,
                                                                                                          symbol="diamond",
            hover="λ = %{x:.3g} + %{y:.3g}i")]
    shape = plane((-far, far), (-far, far), (_("real part"), _("imaginary part")), ticks=None)
    shape["annotations"] = [note(0, 1.09 if far < 8 else 1, _("length 1"))]
    shown = ", ".join(conjugates(v) if v.imag else number(v.real) for v in values if v.imag >= 0)
    return figure("spectrum", data, shape, title="λ = " + shown, height=400, span=5,
                  alt=_("The eigenvalues in the complex plane: {values}. On the real axis: a line that stays.", values=shown))


def evenly(matrix: np.ndarray) -> bool:
    """Whether around the line that stays every vector of its plane is turned by the same angle, as in a rotation."""
    values, vectors = np.linalg.eig(matrix)
    v = vectors[:, int(np.argmax(values.imag))]
    return bool(abs(v @ v) < 1e-6 * abs(v @ v.conj()))  # real and imaginary part: perpendicular and equally long


def notes(matrix: np.ndarray, values: np.ndarray, stay: list[tuple[float, np.ndarray]], det: float, about: int,
          many: tuple[float, int] | None) -> tuple[Message, ...]:
    found = []
    if about < 3:
        found.append(Message({2: N_("The cube is flat: the rank is 2, one direction is lost, and the volume is 0."),
                              1: N_("The cube has become a line: the rank is 1, two directions are lost."),
                              0: N_("Everything is sent to 0: the rank is 0.")}[about]))
    elif det < 0:
        found.append(Message(N_("The volume is {size:.3g}, and the determinant is negative: a right hand has become a left hand."),
                             {"size": -det}))
    else:
        found.append(Message(N_("The unit cube has volume 1; after A it has {size:.3g}."), {"size": det}))
    turning = [value for value in values if value.imag > 0]
    if turning and stay and not evenly(matrix):
        found.append(Message(N_("One line stays, with eigenvalue {value:.3g}. Everything else goes round it on ellipses, by {angle:.3g}° a "
                                "step on average, and becomes {length:.3g} times as long on average: that is the complex pair."),
                             {"value": stay[0][0], "angle": float(np.degrees(np.angle(turning[0]))), "length": float(abs(turning[0]))}))
    elif turning and stay:
        length = abs(abs(turning[0]) - 1) > 1e-3
        found.append(Message(N_("One line stays, with eigenvalue {value:.3g}: the axis. Around it everything turns by {angle:.3g}° and "
                                "becomes "
                                "{length:.3g} times as long: that is the complex pair.") if length else
                             N_("One line stays, with eigenvalue {value:.3g}: the axis. Around it everything turns by {angle:.3g}°: that "
                                "is the "
                                "complex pair."),
                             {"value": stay[0][0], "angle": float(np.degrees(np.angle(turning[0]))), "length": float(abs(turning[0]))}))
    elif many and many[1] == 3:
        found.append(Message(N_("A is {value:.3g} times the identity: every line stays."), {"value": many[0]}))
    elif many and len(stay) == 3:
        found.append(Message(N_("A whole plane of lines stays, all with eigenvalue {value:.3g}, and one line beside it; two of them are "
                                "drawn in the plane."), {"value": many[0]}))
    elif many:
        found.append(Message(N_("A whole plane of lines stays, all with eigenvalue {value:.3g}, and no other line: as in a shear."),
                             {"value": many[0]}))
    elif len(stay) == 3:
        found.append(Message(N_("Three lines stay; the product of their eigenvalues is the determinant.")))
    else:
        found.append(Message(N_("Fewer than three lines stay, though all eigenvalues are real: some of them coincide, as in a shear.")))
    return tuple(found)


def radicals(rows: exact.Matrix) -> tuple[str, ...]:
    """SymPy's forms of the three eigenvalues, "" for one that is too long to be read; () where one of them is a fraction, or where SymPy
    has no answer in time.
    """
    if exact.fraction_among(rows):
        return ()
    try:
        found: tuple[str, ...] = symbolic.soon(symbolic.exact_eigenvalues, tuple(tuple(map(str, row)) for row in rows))
        return found
    except Trouble:
        return ()


def about_forms(forms: tuple[str, ...]) -> tuple[Message, ...]:
    """What is to be said of them."""
    if not forms:
        return ()
    if not any(forms):
        return (Message(N_("Exactly, the eigenvalues are the roots of the polynomial above. Written with roots or cosines they would be "
                           "longer than anyone would read.")),)
    if any(re.search("cos|sin", form) for form in forms):
        return (Message(N_("Three real eigenvalues, and none of them is a fraction: their exact forms need cosines, because roots of real "
                           "numbers are not enough to write them.")),)
    return (Message(N_("No eigenvalue is a fraction: their exact forms need cube roots.") if all(forms) else
                    N_("No eigenvalue is a fraction: their exact forms need cube roots. That of the real one is above, those of the "
                       "complex pair would be longer than anyone would read.")),)


def formulas(rows: exact.Matrix, forms: tuple[str, ...]) -> Lines:
    shown = [(_("Determinant"), rf"\det {exact.pmatrix(rows)} = {exact.latex(exact.determinant(rows))}")]
    shown.append((_("Eigenvalues, exactly"), characteristic(rows)))
    shown += [("", rf"\lambda_{k} = {form}") for k, form in enumerate(forms, 1) if form]
    return tuple(shown)


def program(spec: LinearAlgebraSpec) -> str:
    exactly = read(spec)
    rows = [[float(entry) if entry.denominator > 1 else int(entry) for entry in row] for row in exactly]
    values = ", ".join(number(value) for value in eigenvalues(exactly).real)
    return "\n".join([
        "import numpy as np", "", f"A = np.array({rows}, dtype=float)", "",
        "det = np.linalg.det(A)  # " + _("the volume of the moved unit cube"),
        "rank = np.linalg.matrix_rank(A)", "values = np.sort_complex(np.linalg.eigvals(A))",
        *(["# " + _("exactly they are {values}: rounding pulls apart those that coincide", values=values)] if repeated(exactly) else []),
        "real, imag = values.real, values.imag", "",
        'print("det", det, " rank", rank, " eigenvalues", values)'])


SCENE = Scene(
    "space", N_("In space"),
    N_("Play the film: the grid and the unit cube go from rest to where the [[matrix]] sends them. Turn the picture with the mouse, "
       "and type your own nine numbers."),
    ("cube",), draw, program,
    presets=(Preset(N_("A turn about an axis"), {"scene": "space"}), Preset(N_("Three lines stay"),
                                                                            {"scene": "space", "cube": "2 1 0; 0 1.5 0; 0 1 0.5"}),
             Preset(N_("Symmetric"), {"scene": "space", "cube": "2 1 0; 1 2 0; 0 0 1"}),
             Preset(N_("Pressed flat"), {"scene": "space", "cube": "1 0 1; 0 1 1; 1 1 2"}),
             Preset(N_("Cyclic exchange"), {"scene": "space", "cube": "0 0 1; 1 0 0; 0 1 0"})),
    trials=(Trial(N_("Press the cube flat"), N_("The third column is the sum of the other two, so it adds nothing: the volume is 0."),
                  {"scene": "space", "cube": "1 0 1; 0 1 1; 1 1 2"}),
            Trial(N_("Exchange the axes in a circle"), N_("The diagonal of the cube is the line that stays: a turn by 120° about it."),
                  {"scene": "space", "cube": "0 0 1; 1 0 0; 0 1 0"})))

