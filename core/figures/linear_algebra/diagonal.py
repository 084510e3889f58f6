"""Diagonalisation: A is a change of basis, a stretch along two axes, and the way back; so is every power of A."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from core.figures.board import Film, Handle, Picture, Scene, Track, figure
from core.figures.linear_algebra.parts import (
    Lines,
    apart,
    array,
    arrow,
    characteristic,
    decimals,
    from_zero,
    grid_points,
    moved,
    number,
    pair,
    path,
    plane,
    short,
    stages,
    through,
)
from core.figures.linear_algebra.transform import spoken
from core.figures.template import Template
from core.figures.theme import axis, colour, layout
from core.frame import Message
from core.i18n import N_, _
from core.maths import exact, linear, quadratic
from core.specs.examples import Preset, Trial
from core.specs.linear_algebra import LinearAlgebraSpec

X, Y = (-6.2, 6.2), (-5.6, 5.6)
Basis = tuple[np.ndarray, np.ndarray] | None  # (V, λ)
MOST = 8  # the highest power
EACH = 10
LEAST = 1e-3  # shorter lengths are drawn as this


def draw(spec: LinearAlgebraSpec) -> Picture:
    matrix, v = np.array(spec.matrix()), np.array([spec.p, spec.q])
    found, basis = linear.eigen(matrix), linear.eigenbasis(matrix)
    power = np.linalg.matrix_power(matrix, spec.k)
    film, data = story(spec, matrix, power, v, basis)
    stays = basis is not None
    title = (_("Aᵏv = {image} for k = {k}", image=pair(power @ v), k=spec.k) if stays else
             _("No two real lines stay: not diagonalisable here"))
    picture = figure("plane", data, plane(X, Y), title=title, height=400, span=6,
                     alt=_("The grid after the power {k} of A, and v = {v}, which it sends to {image}.", k=spec.k, v=pair(v),
                           image=pair(power @ v)))
    handles = [Handle("v", "plane", "v", (spec.p, spec.q), ("p", "q"), ((-3, 3), (-3, 3)), step=0.05, colour="class4",
                      rays=tuple((float(e[0]), float(e[1])) for e in found.vectors))]
    heights = np.log10(np.maximum(np.linalg.norm(linear.powers(matrix, v, MOST), axis=1), LEAST))
    rail = tuple((float(k), float(k), float(y)) for k, y in enumerate(heights))
    handles.append(Handle("k", "powers", _("power k"), rail[spec.k][1:], ("k",), rail=rail, step=1, colour="layer0"))
    values = np.sort_complex(np.linalg.eigvals(matrix))
    return Picture((picture, growth(spec, matrix, v, basis)), tuple(handles), film=film, notes=notes(spec, found, basis, v),
                   formulas=formulas(spec, matrix, power, basis), numbers={"power": power, "image": power @ v, "real": values.real,
                                                                           "imag": values.imag})


def story(spec: LinearAlgebraSpec, matrix: np.ndarray, power: np.ndarray, v: np.ndarray, basis: Basis) -> tuple[Film, list[dict[str, Any]]]:
    """The film: into the basis of eigenvectors, stretched there k times, and back; without such a basis power after power."""
    if basis is None:
        frames, belongs = stages(np.eye(2), *(np.linalg.matrix_power(matrix, j) for j in range(1, max(spec.k, 1) + 1)), each=EACH)
        said = [_("A applied, time {k}", k=stage + 1) for stage in belongs]
        axes: list[np.ndarray | None] = [None, None]
    else:
        vectors, values = basis
        back = np.linalg.inv(vectors)
        frames, belongs = stages(np.eye(2), back, np.diag(values ** spec.k) @ back, power, each=EACH)
        words = (_("1. V⁻¹: the lines become the axes"), _("2. Dᵏ: stretched along the axes"), _("3. V: and back"))
        said = [words[stage] for stage in belongs]
        axes = [vectors[:, 0], vectors[:, 1]]
    said[0] = _("at the start")
    lines = [np.zeros((2, 2)) if e is None else np.outer([-9, 9], e) for e in axes]
    data = [path(grid_points() @ power.T, "muted", width=1, opacity=0.55),
            *(path(line @ power.T, token, width=2.5, dash="dash") if basis is not None else through(None, token)
              for line, token in zip(lines, ("layer2", "layer3"), strict=True)),
            arrow(v, "v", "class4", width=2, dash="dot"), arrow(power @ v, "Aᵏv", "layer0", width=3.5)]
    tracks = [Track("plane", 0, moved(grid_points(), frames), smooth=True), Track("plane", 4, from_zero(v, frames), smooth=True)]
    if basis is not None:
        tracks += [Track("plane", 1 + k, moved(line, frames), smooth=True) for k, line in enumerate(lines)]
    return Film(tuple(said), tuple(tracks), seconds=6.0 if basis is not None else 1.5 * max(spec.k, 1)), data


def growth(spec: LinearAlgebraSpec, matrix: np.ndarray, v: np.ndarray, basis: Basis) -> Template:
    """How the two parts of v grow with every power; without eigenvectors the length of Aᵏv."""
    k = np.arange(MOST + 1)
    lengths = np.linalg.norm(linear.powers(matrix, v, MOST), axis=1)
    lines = [(lengths, "layer0", "‖Aᵏv‖", "solid")]
    if basis is not None:
        parts = np.abs(np.linalg.solve(basis[0], v))[:, None] * np.abs(basis[1])[:, None] ** k
        lines += [(part, token, f"|λ| = {number(abs(value))}", "dash") for part, token, value in zip(parts, ("layer2", "layer3"), basis[1],
                                                                                                     strict=True)]
    logs = [np.log10(np.maximum(length, LEAST)) for length, *_rest in lines]
    low, high = min(-1, int(np.floor(min(map(np.min, logs))))), max(1, int(np.ceil(max(map(np.max, logs)))))
    data = [path(np.column_stack([k, log]), token, width=2.2, dash=dash) | {
        "mode": "lines+markers", "marker": {"size": 5}, "customdata": short(length), "hoverinfo": "all",
        "hovertemplate": f"{name}, k = %{{x}}: %{{customdata:.4g}}<extra></extra>"}
        for log, (length, token, name, dash) in zip(logs, lines, strict=True)]
    data.append(path(np.array([[spec.k, low], [spec.k, high]]), "text", width=1, dash="dot"))
    shape = layout(xaxis=axis(_("power k"), range=[-0.3, MOST + 0.3], dtick=1), hovermode="closest", margin={"l": 50, "r": 78, "t": 8,
                                                                                                             "b": 34},
                   yaxis=axis(_("length"), range=[low - 0.05 * (high - low), high], tickvals=list(range(low, high + 1)),
                              ticktext=[f"{10.0 ** t:g}" if -4 < t < 5 else f"1e{t}" for t in range(low, high + 1)]),
                   meta={"labels": [{"trace": i, "text": name, "color": colour(token)} for i, (_l, token, name, _d) in enumerate(lines)]})
    title = _("‖Aᵏv‖ = {length}: its parts grow by their λ", length=number(lengths[spec.k])) if basis is not None else \
        f"‖Aᵏv‖ = {number(lengths[spec.k])}"
    return figure("powers", data, shape, title=title, height=400, span=6,
                  alt=_("The length of Aᵏv for k from 0 to {most}; for k = {k} it is {length}.", most=MOST, k=spec.k,
                        length=number(lengths[spec.k])))


def notes(spec: LinearAlgebraSpec, found: linear.Eigen, basis: Basis, v: np.ndarray) -> tuple[Message, ...]:
    if found.kind == "none":
        return (Message(N_("The eigenvalues are complex, {values}: there is no real basis in which A is diagonal. Over the complex numbers "
                           "there is "
                           "one; see the scene “Complex λ”."), {"values": spoken(found.values)}),)
    if basis is None:
        value = found.values[0].real
        if abs(value - 1) > 1e-6:
            return (Message(N_("Only one line stays, and one line is no basis: this matrix cannot be made diagonal. It is {value:.3g} "
                               "times a shear."), {"value": value}) if abs(value) > 1e-6 else
                    Message(N_("Only one line stays, and one line is no basis: this matrix cannot be made diagonal. Applied twice it sends "
                               "everything to 0.")),)
        return (Message(N_("Only one line stays, and one line is no basis: this matrix, a shear, cannot be made diagonal. Its powers grow "
                           "by "
                           "adding, not by multiplying.")),)
    parts, (one, two) = np.linalg.solve(basis[0], v), basis[1]
    near, far = apart(one, two)
    first = Message(N_("A is {one:.3g} times the identity: every line stays. A to the power {k} multiplies by {left:.4g} everywhere.")
                    if found.kind == "all" else
                    N_("Along its two lines A only multiplies, by {near} and by {far}. So A to the power {k} multiplies by "
                       "{left:.4g} and by "
                       "{right:.4g} there."),
                    {"one": one, "near": near, "far": far, "k": spec.k, "left": one ** spec.k, "right": two ** spec.k})
    if not np.any(v):
        return (first,)
    big = 0 if abs(one) >= abs(two) else 1
    if abs(abs(one) - abs(two)) < 1e-9:
        return (first, Message(N_("Both parts grow alike, so neither direction wins.")))
    small = basis[1][1 - big]
    if abs(parts[big]) < 1e-4:
        return first, Message(N_("v lies on the line of {value:.3g}, whose powers are the smaller ones, and has nothing of the other: it "
                                 "stays on that line for ever."), {"value": small})
    if abs(parts[1 - big]) < 1e-4:
        return first, Message(N_("v lies on the line of {value:.3g}, whose powers are the larger ones, and stays on it."),
                              {"value": basis[1][big]})
    return first, Message(N_("With every power the part along the line of {value:.3g} gains on the other: Aᵏv turns towards that line. "
                             "PageRank finds its answer like that."), {"value": basis[1][big]})


def formulas(spec: LinearAlgebraSpec, matrix: np.ndarray, power: np.ndarray, basis: Basis) -> Lines:
    rows = tuple(tuple(map(exact.exact, row)) for row in spec.matrix())
    whole: exact.Matrix = ((Fraction(1), Fraction(0)), (Fraction(0), Fraction(1)))
    for _time in range(spec.k):
        whole = exact.multiply(whole, rows)
    written = exact.pmatrix(whole) if exact.brief(whole) else decimals(np.round(power, 10))
    last = (_("The power"), rf"A^{{{spec.k}}} = {exact.pmatrix(rows)}^{{{spec.k}}} = {written}")
    roots = (_("Eigenvalues, exactly"), characteristic(rows))
    if basis is None:
        return roots, last
    vectors, values = basis
    shown = vectors / np.abs(vectors).max(axis=0)  # any length will do
    near = [decimals(shown, 3), decimals(np.diag(np.round(values, 12))), decimals(np.diag(values ** spec.k))]
    first, stretched, raised = (exact.about(form, number) if form else number
                                for form, number in zip(exactly(rows, shown, values, spec.k), near, strict=True))
    return (roots, (_("Diagonalised"), rf"A = V D V^{{-1}}, \quad V = {first}, \quad D = {stretched}"),
            (_("Power of D"), rf"D^{{{spec.k}}} = {raised}"), last)


def exactly(rows: exact.Matrix, shown: np.ndarray, values: np.ndarray, k: int) -> tuple[str, str, str]:
    """LaTeX of V, D and Dᵏ without rounding, V and D in the order and with the signs of `shown` (2, 2) and `values` (2,).

    "" for one that is no shorter than its decimals, or too long to be read.
    """
    roots = quadratic.eigenvalues(rows)
    if roots is None:
        return "", "", ""
    chosen = [min(roots, key=lambda root, v=value: abs(float(root) - v)) for value in values.tolist()]  # type: ignore[misc]
    columns = [quadratic.eigenvector(rows, root, (float(v[0]), float(v[1]))) for root, v in zip(chosen, shown.T, strict=True)]
    powers = [root.power(k) for root in chosen]
    whole = lambda surds: all(s.brief for s in surds)  # noqa: E731
    parts = (columns[0][0], columns[1][0], columns[0][1], columns[1][1])
    return (exact.pmatrix(((parts[0].latex(), parts[1].latex()), (parts[2].latex(), parts[3].latex()))) if whole(parts) else "",
            exact.pmatrix(((chosen[0].latex(), "0"), ("0", chosen[1].latex()))) if whole(chosen) else "",
            exact.pmatrix(((powers[0].latex(), "0"), ("0", powers[1].latex()))) if whole(powers) else "")


def program(spec: LinearAlgebraSpec) -> str:
    return "\n".join([
        "import numpy as np", "", f"A = {array(spec.matrix())}", f"v = np.array([{spec.p}, {spec.q}])", f"k = {spec.k}", "",
        "values, V = np.linalg.eig(A)  # " + _("eigenvalues, and eigenvectors as columns"), "D = np.diag(values)",
        "if abs(np.linalg.det(V)) > 1e-6:  # " + _("two lines stay"),
        "    print(V @ np.linalg.matrix_power(D, k) @ np.linalg.inv(V))  # " + _("complex numbers cancel"),
        "else:", "    print(" + repr(_("not diagonalisable")) + ")", "",
        "power = np.linalg.matrix_power(A, k)", "image = power @ v", "values = np.sort_complex(values)", "real, imag = values.real, "
                                                                                                         "values.imag",
        'print("power", power, " image of v", image, " eigenvalues", values)'])


SCENE = Scene(
    "diagonal", N_("Diagonal form"),
    N_("Play it: the lines that stay become the axes, A stretches along them, and back. Drag the point on the right to raise the power k."),
    ("a", "b", "c", "d", "k"), draw, program, more=("p", "q"),
    presets=(Preset(N_("Two lines, 2 and 1"), {"scene": "diagonal"}),
             Preset(N_("Symmetric: lines at a right angle"), {"scene": "diagonal", "a": 1.25, "b": 0.75, "c": 0.75, "d": 1.25}),
             Preset(N_("Steps to an end: λ = 1 and 0.5"), {"scene": "diagonal", "a": 0.8, "b": 0.3, "c": 0.2, "d": 0.7, "k": 5}),
             Preset(N_("Fibonacci"), {"scene": "diagonal", "a": 1.0, "b": 1.0, "c": 1.0, "d": 0.0, "k": 5, "p": 1.0, "q": 0.0}),
             Preset(N_("A shear cannot"), {"scene": "diagonal", "a": 1.0, "b": 1.0, "c": 0.0, "d": 1.0})),
    trials=(Trial(N_("Count with Fibonacci"), N_("The entries of the power are Fibonacci’s numbers, and the larger [[eigenvalue]] is the "
                                                 "golden ratio, "
                                                 "1.618."), {"scene": "diagonal", "a": 1.0, "b": 1.0, "c": 1.0, "d": 0.0, "k": 6, "p": 1.0,
                                                             "q": 0.0}),
            Trial(N_("Begin on the weaker line"), N_("v lies on the line with [[eigenvalue]] 1: no power ever moves it."),
                  {"scene": "diagonal", "p": 2.0, "q": -1.0, "k": 4})))
