"""Complex eigenvalues: λ in the complex plane beside the path that A, A², A³, … draws."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from core.figures.board import Film, Handle, Picture, Scene, Track, figure
from core.figures.linear_algebra.parts import Lines, array, dots, note, number, path, plane, short, times_i
from core.figures.template import Template
from core.figures.theme import axis, layout
from core.frame import Message
from core.i18n import N_, _
from core.maths import exact, linear
from core.specs.examples import Preset, Trial
from core.specs.linear_algebra import LinearAlgebraSpec

X, Y = (-3.6, 3.6), (-3.4, 3.4)
AROUND = np.linspace(0, 2 * np.pi, 73)
CIRCLE = np.column_stack([np.cos(AROUND), np.sin(AROUND)])
EXACT = 1e-9  # of |λ| from 1, where rounding may have put it
SNAPS = tuple((round(float(np.cos(t)), 4), round(float(np.sin(t)), 4)) for t in np.radians((0, 90, 180, 270)))


def made(spec: LinearAlgebraSpec) -> np.ndarray:
    """The matrix with eigenvalues re ± im·i whose paths lie around an ellipse `skew` times as wide as high."""
    return np.array([[spec.re, -spec.im * spec.skew], [spec.im / spec.skew, spec.re]]) + 0.0


def draw(spec: LinearAlgebraSpec) -> Picture:
    matrix, start = made(spec), np.array([spec.begin1, spec.begin2])
    walk, value = linear.powers(matrix, start, spec.steps), complex(spec.re, spec.im)
    size, angle = abs(value), float(np.degrees(np.angle(value)))
    size = 1.0 if abs(size - 1) < EXACT else size
    shown = np.clip(walk, -1e4, 1e4)
    rounds = tuple(range(1, spec.steps + 2))
    film = Film(tuple(f"A{_raised(k)}x" if k else "x" for k in range(spec.steps + 1)),
                (Track("path", 0, reveal=rounds), Track("path", 1, {"x": short(shown[:, :1]), "y": short(shown[:, 1:])}, smooth=True),
                 Track("length", 0, reveal=rounds), Track("plane", 1, reveal=rounds)), seconds=max(2.0, spec.steps / 10))
    return Picture((eigenvalue(spec, value, size), road(spec, shown, size, angle), distance(spec, walk, size)),
                   (Handle("eigenvalue", "plane", "λ", (spec.re, spec.im), ("re", "im"), ((-1.2, 1.2), (-1.2, 1.2)), snap=SNAPS, step=0.01,
                           colour="class4"),
                    Handle("start", "path", _("start"), (spec.begin1, spec.begin2), ("begin1", "begin2"), ((-3, 3), (-3, 3)), step=0.05,
                           colour="layer0")),
                   film=film, notes=notes(spec, value, size, angle, start, walk), formulas=formulas(spec, size, angle),
                   numbers={"last": walk[-1], "size": size, "angle": angle})


def _raised(k: int) -> str:
    return "" if k == 1 else str(k).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


def sized(size: float) -> str:
    """The length of λ, with as many digits as tell it from 1."""
    return number(size) if number(size) != "1" or size == 1 else number(size, 6)


def eigenvalue(spec: LinearAlgebraSpec, value: complex, size: float) -> Template:
    spiral = value ** np.arange(spec.steps + 1)
    spiral = spiral[np.abs(spiral) < 1e4]
    data = [path(CIRCLE, "muted", dash="dot", width=1.5),
            path(np.column_stack([spiral.real, spiral.imag]), "class4", width=1, opacity=0.6) | {"mode": "lines+markers",
                                                                                                 "marker": {"size": 4}},
            path(np.array([[0, 0], [value.real, value.imag]]), "class4", width=2),
            dots(np.array([[value.real, value.imag]]), "class4", size=13, text=["λ"], place="top right",
                 hover=f"λ = {complex_text(value)}"),
            dots(np.array([[value.real, -value.imag]]) if value.imag else np.zeros((0, 2)), "class4", size=9, symbol="circle-open",
                 text=["λ̄"] if value.imag else (), place="bottom right", hover=f"λ̄ = {complex_text(value.conjugate())}")]
    shape = plane((-1.45, 1.45), (-1.45, 1.45), (_("real part"), _("imaginary part")), ticks=0.5)
    shape["annotations"] = [note(0, 1.1, "|λ| = 1")]
    return figure("plane", data, shape, title=f"λ = {complex_text(value)}, |λ| = {sized(size)}", height=350,
                  span=6,
                  alt=_("The eigenvalues {value} and the unit circle in the complex plane; powers of λ spiral.", value=complex_text(value)))


def complex_text(value: complex) -> str:
    return f"{number(value.real)} {'−' if value.imag < 0 else '+'} {times_i(abs(value.imag))}"


def road(spec: LinearAlgebraSpec, walk: np.ndarray, size: float, angle: float) -> Template:
    data = [path(walk, "layer0", width=1.5, hover="(%{x:.3g}, %{y:.3g})") | {"mode": "lines+markers", "marker": {"size": 6}},
            dots(walk[-1:], "class4", size=13, hover="(%{x:.3g}, %{y:.3g})")]
    way = _("Each step turns {angle}° and keeps the length", angle=number(abs(angle))) if size == 1 else \
        _("Each step turns {angle}°, length × {size}", angle=number(abs(angle)), size=sized(size))
    if abs(spec.im) < 1e-9:
        way = _("Each step multiplies by {value}, and nothing turns", value=number(spec.re))
    elif spec.skew != 1:
        way = _("A flattened spiral, × {size} a step on average", size=sized(size))
    return figure("path", data, plane(X, Y), title=way,
                  height=350, span=6, alt=_("The path x, Ax, A²x, … of {steps} steps, from {start} to {end}.", steps=spec.steps,
                                            start=str(short(walk[0])), end=str(short(walk[-1]))))


def distance(spec: LinearAlgebraSpec, walk: np.ndarray, size: float) -> Template:
    lengths, k = np.linalg.norm(walk, axis=1), np.arange(len(walk))
    data = [path(np.column_stack([k, lengths]), "layer0", width=2, hover=_("after %{x} steps: %{y:.3g}")) | {"mode": "lines+markers",
                                                                                                             "marker": {"size": 5}},
            path(np.column_stack([k, lengths[0] * size ** k]), "muted", width=1.5, dash="dot")]
    top = float(np.clip(max(lengths[0] * 1.5, 4.0), 4.0, 8.0))
    shape = layout(xaxis=axis(_("steps k"), range=[0, spec.steps], nticks=5), yaxis=axis(_("distance from 0"), range=[0, top], nticks=5),
                   margin={"l": 42, "r": 10, "t": 6, "b": 34}, annotations=[note(0.97, 0.96, _("dotted: |λ|ᵏ"), xref="paper", yref="paper",
                                                                                 xanchor="right")])
    title = (_("The distance from 0 stays") if not lengths[0] else
             _("The distance from 0 goes up and down, and comes back") if size == 1 and spec.skew > 1 and spec.im else
             _("The distance from 0 dies out") if size < 1 else _("The distance from 0 explodes") if size > 1 else
             _("The distance from 0 stays"))
    return figure("length", data, shape, title=title, height=150, span=12, area="curves",
                  alt=_("The distance from 0 after each step: {first} at first, {last} after {steps} steps.", first=number(lengths[0]),
                        last=number(lengths[-1]), steps=spec.steps))


def notes(spec: LinearAlgebraSpec, value: complex, size: float, angle: float, start: np.ndarray, walk: np.ndarray) -> tuple[Message, ...]:
    if not np.any(start):
        first = Message(N_("The path begins at 0 and stays there. Drag the start away."))
    elif abs(spec.im) < 1e-9:
        first = Message(N_("λ lies on the real axis: nothing turns, and every step multiplies by {value:.3g}."), {"value": spec.re})
    elif size == 1:
        first = Message(N_("|λ| is 1: the path comes round for ever and neither grows nor dies. It takes {steps:.3g} steps for one turn."),
                        {"steps": 360 / abs(angle)})
    elif size < 1:
        first = Message(N_("|λ| = {size} is below 1, so the spiral dies out: it halves every {half:.3g} steps. A gradient that passes "
                           "through "
                           "many such layers vanishes just like that."),
                        {"size": sized(size), "half": float(np.log(0.5) / np.log(max(size, 1e-9)))})
    else:
        first = Message(N_("|λ| = {size} is above 1, so the spiral explodes: it doubles every {twice:.3g} steps."),
                        {"size": sized(size), "twice": float(np.log(2) / np.log(size))})
    if abs(spec.im) < 1e-9:
        return (first,)
    second = Message(N_("λ stands at an angle of {angle:.3g}° in the complex plane, and that is by how much each step turns.")
                     if spec.skew == 1 else
                     N_("λ stands at an angle of {angle:.3g}°. The ellipse is crossed faster in some places than in others, but after a "
                        "full turn it is the same."), {"angle": abs(angle)})
    return first, second


def formulas(spec: LinearAlgebraSpec, size: float, angle: float) -> Lines:
    (a, b), (c, d) = made(spec)
    square = exact.exact(spec.re) ** 2 + exact.exact(spec.im) ** 2
    of = lambda x: f"{x:.4g}" if x >= 0 else f"({x:.4g})"  # noqa: E731
    return ((_("Matrix"), r"A = \begin{pmatrix} " + rf"{a:.4g} & {b:.4g} \\ {c:.4g} & {d:.4g}" + r" \end{pmatrix}"),
            (_("Eigenvalues"), rf"\lambda = {spec.re:.4g} \pm {abs(spec.im):.4g}\,i = {size:.4g}\, e^{{\pm i \cdot "
                               rf"{abs(angle):.4g}^\circ}}"),
            (_("Length of λ"), rf"|\lambda| = \sqrt{{{of(spec.re)}^2 + {of(spec.im)}^2}} = \sqrt{{\det A}} = "
                                  rf"{exact.about(exact.surd(Fraction(1), square), f'{size:.4g}')}"))


def program(spec: LinearAlgebraSpec) -> str:
    return "\n".join([
        "import numpy as np", "", f"A = {array(made(spec))}", f"x = np.array([{spec.begin1}, {spec.begin2}])", "",
        "value = np.linalg.eigvals(A)[0]",
                      f"value = complex(value.real, {'-' if spec.im < 0 else ''}abs(value.imag))  # " + _("of the pair the one on screen"),
        "size, angle = abs(value), np.degrees(np.angle(value))", "", f"for step in range({spec.steps}):",
        "    x = A @ x  # " + _("turned and stretched, again and again"), "    print(step + 1, x, np.linalg.norm(x))", "last = x", "",
        'print("eigenvalue", value, " length", size, " angle", angle, " last", last)'])


SCENE = Scene(
    "powers", N_("Complex λ"),
    N_("Drag λ in the complex plane: inside the circle the path dies out, outside it explodes. Its angle is the turn of every step."),
    ("re", "im", "skew", "steps"), draw, program, more=("begin1", "begin2"),
    presets=(Preset(N_("A spiral inwards"), {"scene": "powers"}), Preset(N_("Round and round"), {"scene": "powers", "re": 0.6, "im": 0.8}),
             Preset(N_("A spiral outwards"), {"scene": "powers", "re": 0.96, "im": 0.36, "begin1": 0.5}),
             Preset(N_("A quarter turn"), {"scene": "powers", "re": 0.0, "im": 1.0}),
             Preset(N_("Along an ellipse"), {"scene": "powers", "re": 0.96, "im": 0.28, "skew": 2.0})),
    trials=(Trial(N_("Put λ on the circle"), N_("Length 1: the path goes round for ever, and the distance stays the same."),
                  {"scene": "powers", "re": 0.96, "im": 0.28}),
            Trial(N_("Take the imaginary part away"), N_("Without an imaginary part nothing turns: the path is a straight line."),
                  {"scene": "powers", "im": 0.0})))
