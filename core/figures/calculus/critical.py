"""The Hessian: how a surface bends, and so which kind a critical point is."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from core.figures.board import Handle, Picture, Scene, figure
from core.figures.calculus import exactly, marks
from core.figures.calculus.common import TANGENT, short, tex
from core.figures.calculus.surfaces import Surface, contours, mesh, path, plane, sheet, space, surface
from core.figures.template import Template
from core.figures.theme import colour, layout
from core.figures.values import numbers
from core.frame import Message, Trouble
from core.i18n import N_, _
from core.maths import exact
from core.maths.critical import FLAT, MOST, NEAR, critical, critical_points, kind, newton_step
from core.maths.source import definitions, python
from core.specs.calculus import CalculusSpec
from core.specs.examples import Preset, Trial

HEIGHT = 330
KINDS = {"minimum": N_("minimum"), "maximum": N_("maximum"), "saddle": N_("saddle point"), "flat": N_("not decided"),
         "none": N_("no Hessian")}
SIGNS = {"minimum": "triangle-down", "maximum": "triangle-up", "saddle": "x", "flat": "circle-open", "none": "diamond-open"}
REACH = 1.6  # how far the two cuts go


@lru_cache(maxsize=64)
def points_of(text: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """The critical points (points, 2) of a formula and their kinds, "none" where it has no Hessian. Worked out once: it takes long."""
    f = surface(text)
    found = critical_points(f.gradient, f.hessian, 2.0)
    found = found[[f.smooth(*q) and float(np.hypot(*f.at(*q)[1])) < 1e-6 for q in found.tolist()]]  # by rule it may be 0 on a crease
    return found, tuple("none" if (b := bend(f, *q)) is None else kind(b) for q in found.tolist())


def marked(text: str) -> list[tuple[float, float]]:
    """Where the point snaps."""
    return [(float(x), float(y)) for (x, y), its in zip(*points_of(text), strict=True) if its != "none"]


def bend(f: Surface, x: float, y: float) -> np.ndarray | None:
    """The Hessian (2, 2) at a point; None where there is none."""
    rows = f.bends_at(x, y)
    found = None if rows is None else np.array([[float(part.evaluate(x=x, y=y)) for part in row] for row in rows])
    return found if found is not None and np.isfinite(found).all() else None


def endless(text: str) -> bool:
    """Whether the gradient is 0, or next to it, along a line or everywhere: only some points of that are found."""
    kinds = points_of(text)[1]
    return kinds.count("flat") > max(4, len(kinds) / 2)


def draw(spec: CalculusSpec) -> Picture:
    f, p = surface(spec.bent), np.array([spec.px, spec.py])
    value, slope = f.at(*p)
    if not f.smooth(*p):
        raise Trouble(Message(N_("{formula} has a crease at ({x:.3g}, {y:.3g}) and no second derivatives there. Move the point."),
                              {"formula": f.tree.text()[:60], "x": spec.px, "y": spec.py}))
    rows, hessian = f.bends_at(*p), bend(f, *p)
    if rows is None or hessian is None:
        raise Trouble(Message(N_("{formula} has no second derivatives at ({x:.3g}, {y:.3g}). Move the point."),
                              {"formula": f.tree.text()[:60], "x": spec.px, "y": spec.py}))
    values, vectors = np.linalg.eigh(hessian)
    values, vectors = values[::-1], vectors[:, ::-1]
    entries, roots = exactly.matrix(rows, spec.px, spec.py)
    there = exact.about(entries, exactly.decimals(hessian)) if entries else exactly.decimals(hessian)
    roots = roots if "sqrt" in roots or "frac" in roots else ""
    norm = float(np.hypot(*slope))
    level = critical(slope, hessian, f.steepest)
    beside = float(np.linalg.norm(newton_step(slope, hessian)))
    what = kind(hessian)
    return Picture((_space(f, p, value, slope, hessian), _plane(f, spec.bent, p, values, vectors),
                    _cuts(f, p, value, slope, values, vectors, singular(hessian))),
                   handles=(Handle("point", "plane", _("The point"), (spec.px, spec.py), ("px", "py"), bounds=((-2.0, 2.0), (-2.0, 2.0)),
                                   step=0.05, anywhere=True, snap=tuple(marked(spec.bent))),),
                   notes=_notes(what, level, norm, beside, values, singular(hessian), spec.bent),
                   formulas=((_("Hessian"), rf"H = \begin{{pmatrix}} {f.seconds[0][0].latex()} & {f.seconds[0][1].latex()} \\ "
                                            rf"{f.seconds[1][0].latex()} & {f.seconds[1][1].latex()} \end{{pmatrix}} = {there}"),
                             (_("Eigenvalues"), rf"\lambda_1 = {tex(values[0])}, \qquad \lambda_2 = {tex(values[1])}"),
                             *(((_("Eigenvalues, exactly"), rf"\lambda = {roots}"),) if roots else ())),
                   numbers={"slope": slope.tolist(), "hessian": hessian.tolist(), "eigenvalues": values.tolist()})


def singular(hessian: np.ndarray) -> bool:
    """Whether an eigenvalue is 0, and not just small beside the other. hessian: (2, 2)."""
    return bool(hessian[0, 0] * hessian[1, 1] == hessian[0, 1] * hessian[1, 0])


def _space(f: Surface, p: np.ndarray, value: float, slope: np.ndarray, hessian: np.ndarray) -> Template:
    low, high = f.window
    t = np.linspace(-1, 1, 13)
    dx, dy = np.meshgrid(t, t)
    bowl = value + slope[0] * dx + slope[1] * dy + 0.5 * (hessian[0, 0] * dx**2 + 2 * hessian[0, 1] * dx * dy + hessian[1, 1] * dy**2)
    bowl = np.where((bowl < low) | (bowl > high), np.nan, bowl)
    approximation = mesh(p[0] + t, p[1] + t, bowl, color=colour(TANGENT), opacity=0.75, hoverinfo="skip")
    here = path([p[0]], [p[1]], [value], "text", mode="markers", size=6)
    return figure("space", [*sheet(f), approximation, here], layout(**space(low, high)),
                  title=_("The best paraboloid at the point"),
                  alt=_("The surface {formula}, and at ({x}, {y}) the paraboloid with the same slopes and bends.", formula=f.tree.text(),
                        x=short(p[0]), y=short(p[1])), height=HEIGHT, span=4)


def _plane(f: Surface, text: str, p: np.ndarray, values: np.ndarray, vectors: np.ndarray) -> Template:
    found, kinds = points_of(text)
    data = [*contours(f)]
    for name, sign in SIGNS.items():
        chosen = [q for q, its in zip(found, kinds, strict=True) if its == name]
        if chosen:
            data.append(marks.dots([q[0] for q in chosen], [q[1] for q in chosen], "text", size=11, symbol=sign, name=_(KINDS[name])))
    for k in (0, 1):
        token = "layer0" if values[k] > 0 else "layer4"
        v = vectors[:, k] * (0.75 if k == 0 else 0.6)
        data.append(marks.line([p[0] - v[0], p[0] + v[0]], [p[1] - v[1], p[1] + v[1]], token, width=4, dash="solid" if k == 0 else "dash"))
    return figure("plane", data, layout(**plane()), title=_("Critical points without end, or all but") if endless(text) else
                  _("Critical points here: at least {count}", count=len(found)) if len(found) == MOST else  # the search ends there
                  _("Critical points here: {count}", count=len(found)),
                  alt=_("Contour lines of {formula} with {count} critical points, and the two directions of bending at ({x}, {y}).",
                        formula=f.tree.text(), count=len(found), x=short(p[0]), y=short(p[1])), height=HEIGHT, span=4)


def _cuts(f: Surface, p: np.ndarray, value: float, slope: np.ndarray, values: np.ndarray, vectors: np.ndarray, zero: bool) -> Template:
    t = np.linspace(-REACH, REACH, 81)
    low, high = f.window
    data, named = [], []
    for k in (0, 1):
        v = vectors[:, k]
        token = "layer0" if values[k] > 0 else "layer4"
        dash = "solid" if k == 0 else "dash"
        data.append(marks.line(numbers(t), numbers(f(p[0] + t * v[0], p[1] + t * v[1])), token, dash=dash, width=2.6))
        near = np.abs(t) <= 0.8
        data.append(marks.line(numbers(t[near]), numbers(value + (slope @ v) * t[near] + values[k] / 2 * t[near] ** 2), TANGENT, dash="dot",
                               width=2))
        named.append((2 * k, f"λ{'₁₂'[k]} = {short(values[k], 2)}", token))
    data.append(marks.dots([0], [value], "text", size=8))
    bends = sum(values > 0)
    largest = float(np.abs(values).max())
    flat, no_bend = bool((np.abs(values) <= FLAT * largest).any()), largest <= FLAT * min(f.steepest, 1.0)
    title = _("λ = 0 twice: straight, to second order") if largest == 0 else (
        _("Both cuts are all but straight, to second order") if no_bend else
        _("λ = 0: one cut is straight, to second order") if flat and zero else
        _("One cut is all but straight beside the other") if flat else
        (_("Both cuts bend up"), _("One bends up, one down"), _("Both cuts bend down"))[2 - bends])
    return figure("cuts", data, layout(xaxis=marks.span(_("steps from the point"), -REACH, REACH), yaxis=marks.span("f", low, high),
                                       **marks.labels(*named)),
                  title=title,
                  alt=_("The surface cut along the two eigenvectors of the Hessian, whose eigenvalues are {a} and {b}.", a=short(values[0]),
                        b=short(values[1])), height=HEIGHT, span=4)


def _notes(what: str, level: bool, norm: float, beside: float, values: np.ndarray, zero: bool, text: str) -> tuple[Message, ...]:
    said = {"a": short(values[0], 3), "b": short(values[1], 3), "norm": short(norm, 3), "kind": ["_", KINDS[what]]}
    if not level and not marked(text):
        return (Message(N_("This point is not critical: the gradient is {norm} long. No critical point with a Hessian was found in "
                           "this piece of the plane."), said),)
    if not level:
        return (Message(N_("This point is not critical: the gradient is {norm} long. Pull it to one of the marked points; it will "
                           "snap."), said),)
    near = () if beside < 2e-5 else (Message(N_("To be exact, it lies a little beside: the gradient here is still {norm} long."), said),)
    return (Message({
        "minimum": N_("Critical point, and both eigenvalues are positive ({a} and {b}): it bends up in every direction. A minimum."),
        "maximum": N_("Critical point, and both eigenvalues are negative ({a} and {b}): it bends down in every direction. A maximum."),
        "saddle": N_("Critical point with one eigenvalue of each sign ({a} and {b}): up one way, down the other. A saddle point. In "
                     "networks with millions of weights most critical points are of this kind."),
        "flat": N_("Critical point, but an eigenvalue is 0 ({a} and {b}): the second derivatives do not decide. Look at the surface."),
        "nearly": N_("Critical point, but one eigenvalue is next to nothing beside the other ({a} and {b}). It might be rounding, so "
                     "the second derivatives do not decide here. Look at the surface."),
    }["nearly" if what == "flat" and not zero else what], said), *near)


def program(spec: CalculusSpec) -> str:
    near = _("Newton’s step to the critical point, if one is here")
    words = [_("0 at a critical point"), _("the second derivatives"), _("gradient"), _("eigenvalues of the Hessian"),
             _("not critical"), _("minimum"), _("maximum"), _("saddle point"), _("not decided")]
    f = surface(spec.bent)
    across, up = map(python, f.slopes_at(spec.px, spec.py))
    rows = [f"[{python(row[0])}, {python(row[1])}]" for row in f.bends_at(spec.px, spec.py) or f.seconds]
    return f"""{definitions(*f.partials, *f.seconds[0], *f.seconds[1])}

x, y = {spec.px!r}, {spec.py!r}
slope = np.array([{across}, {up}]) + 0.0  # {words[0]}
hessian = np.array([{rows[0]},
                    {rows[1]}]) + 0.0  # {words[1]}
eigenvalues = np.linalg.eigvalsh(hessian)[::-1]
print("{words[2]}", slope)
print("{words[3]}", eigenvalues)
step = -np.linalg.pinv(hessian, rcond={FLAT}, hermitian=True) @ slope  # {near}
least = {FLAT} * np.abs(eigenvalues).max()
if np.linalg.norm(step) >= {NEAR} or np.linalg.norm(slope + hessian @ step) > {1e-6 * f.steepest:.3g}:
    print("{words[4]}")
elif eigenvalues.min() > least:
    print("{words[5]}")
elif eigenvalues.max() < -least:
    print("{words[6]}")
elif eigenvalues.min() < -least and eigenvalues.max() > least:
    print("{words[7]}")
else:
    print("{words[8]}")"""


SCENE = Scene(
    "critical", N_("Hessian"),
    N_("Drag the point to a marked place: how does the surface bend there? Blue bends up, orange down."),
    ("bent", "px", "py"), draw, program,
    presets=(Preset(N_("Two valleys"), {"scene": "critical"}),
             Preset("x² + y²", {"scene": "critical", "bent": "x^2 + y^2", "px": 0.0, "py": 0.0}),
             Preset(N_("A saddle"), {"scene": "critical", "bent": "x^2 - y^2", "px": 0.0, "py": 0.0}),
             Preset(N_("Hills"), {"scene": "critical", "bent": "sin(2x)cos(2y)", "px": 0.785398, "py": 0.0}),
             Preset(N_("A monkey saddle"), {"scene": "critical", "bent": "x^3 - 3x*y^2", "px": 0.0, "py": 0.0})),
    trials=(Trial(N_("From valley to valley"), N_("Between two minima there must be a saddle: that is the pass."),
                  {"scene": "critical", "px": 0.0, "py": 0.0}),
            Trial(N_("Flat to second order"), N_("x⁴ + y⁴ has a minimum at 0, but its Hessian there is 0 and cannot know."),
                  {"scene": "critical", "bent": "x^4 + y^4", "px": 0.0, "py": 0.0})),
)
