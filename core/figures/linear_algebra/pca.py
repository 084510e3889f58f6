"""Principal axes: turn an axis through real data by hand; the best one keeps the most variance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from core.data import classics
from core.figures.board import Handle, Picture, Scene, figure
from core.figures.linear_algebra.parts import Lines, note, number, path, plane, short, tex
from core.figures.template import Template
from core.figures.theme import CLASS_SYMBOLS, axis, colour, layout
from core.frame import Message
from core.i18n import N_, _
from core.maths import linear
from core.specs.examples import Preset, Trial
from core.specs.linear_algebra import LinearAlgebraSpec

COLUMNS = {"petal": (2, 3), "flower": (0, 2), "sepal": (0, 1)}  # of iris
FEATURES = {"petal": (N_("petal length (cm)"), N_("petal width (cm)")), "flower": (N_("sepal length (cm)"), N_("petal length (cm)")),
            "sepal": (N_("sepal length (cm)"), N_("sepal width (cm)")), "digits": (N_("ink on the left"), N_("ink on the right"))}
SPECIES = ("setosa", "versicolor", "virginica")
EVERY = 9  # of the 1,797 digits one in nine is drawn and counted on the left
NEAR = 0.3  # degrees from the best axis that count as found


@dataclass(frozen=True)
class Cloud:
    """Two centred features (n, 2), classes (n,), their covariance (2, 2), its best angle and how far the points reach."""

    points: np.ndarray
    classes: np.ndarray
    covariance: np.ndarray
    best: float
    reach: float


@lru_cache(maxsize=8)
def cloud(pair: str) -> Cloud:
    if pair == "digits":
        x, y = classics.table("digits")
        ink = x[::EVERY].reshape(-1, 8, 8) / 16
        features, classes = np.column_stack([ink[:, :, :4].sum(axis=(1, 2)), ink[:, :, 4:].sum(axis=(1, 2))]), y[::EVERY]
    else:
        x, classes = classics.table("iris")
        features = x[:, COLUMNS[pair]]
    points = features - features.mean(axis=0)
    covariance = np.cov(points.T)
    return Cloud(points, classes, covariance, linear.principal_angle(covariance), float(1.12 * np.linalg.norm(points, axis=1).max()))


@lru_cache(maxsize=4)
def whole(data: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All features of a data set: places on the two best axes (n, 2), classes, the share of the variance on every axis."""
    x, classes = classics.table(data)
    left, singular, right = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)
    places = left[:, :2] * singular[:2]
    sign = np.sign(right[np.arange(2), np.abs(right[:2]).argmax(axis=1)])
    return places * sign, classes, singular ** 2 / (singular ** 2).sum()


def draw(spec: LinearAlgebraSpec) -> Picture:
    c, data = cloud(spec.pair), "digits" if spec.pair == "digits" else "iris"
    total = float(np.trace(c.covariance))
    kept, most = float(linear.variance_along(c.covariance, spec.angle)), float(linear.variance_along(c.covariance, c.best))
    around = np.unique(np.append(np.arange(0, 181, 2.0), c.best))
    circle = 0.93 * c.reach * np.column_stack([np.cos(np.radians(around)), np.sin(np.radians(around))])
    curve = 100 * linear.variance_along(c.covariance, around) / total
    rail = tuple(zip(around.tolist(), *np.round(circle, 6).T.tolist(), strict=True))
    over = tuple(zip(around.tolist(), around.tolist(), np.round(curve, 6).tolist(), strict=True))
    radians = np.radians(spec.angle)
    where = 0.93 * c.reach * np.array([np.cos(radians), np.sin(radians)])
    top = next(i for i, a in enumerate(around) if a == c.best)
    handles = (Handle("axis", "cloud", _("the axis"), (float(where[0]), float(where[1])), ("angle",), rail=rail, step=0.5,
                      snap=((rail[top][1], rail[top][2]),), colour="class4"),
               Handle("curve", "curve", _("angle of the axis"), (spec.angle, 100 * kept / total), ("angle",), rail=over, step=0.5,
                      snap=((over[top][1], over[top][2]),), colour="class4"))
    places, classes, shares = whole(data)
    figures = (scatter(spec, c, kept / total), bars(kept, total - kept, most), turned(spec, c, around, curve, kept / total, most / total),
               best_map(data, places, classes, shares), scree(data, shares))
    return Picture(figures, handles, notes=notes(spec, c, kept, total, most, shares), formulas=formulas(spec, c, kept, total),
                   numbers={"kept": kept, "total": total, "best": c.best, "most": most, "shares": shares[:3]})


def marks(points: np.ndarray, classes: np.ndarray, k: int, name: str, size: float) -> dict[str, Any]:
    mine = points[classes == k]
    return {"type": "scatter", "mode": "markers", "x": short(mine[:, 0]), "y": short(mine[:, 1]), "name": name, "opacity": 0.85,
            "marker": {"size": size, "color": colour(f"class{k}"), "symbol": CLASS_SYMBOLS[k]}, "hovertemplate": f"{name}<extra></extra>"}


def name_of(data: str, k: int) -> str:
    return SPECIES[k] if data != "digits" else str(k)


def scatter(spec: LinearAlgebraSpec, c: Cloud, share: float) -> Template:
    """The points, the axis through their middle, and from every point the way to its shadow on the axis."""
    w = np.array([np.cos(np.radians(spec.angle)), np.sin(np.radians(spec.angle))])
    shadows = np.outer(c.points @ w, w)
    between = np.full((3 * len(c.points), 2), np.nan)
    between[0::3], between[1::3] = c.points, shadows
    found = abs((spec.angle - c.best + 90) % 180 - 90) < NEAR
    data = [path(between if spec.residuals else np.zeros((0, 2)), "muted", width=1, opacity=0.6),
            *(marks(c.points, c.classes, k, name_of(spec.pair, k), 6) for k in np.unique(c.classes)),
            path(np.outer([-2 * c.reach, 2 * c.reach], w), "class4" if not found else "layer2", width=3),
            {"type": "scatter", "mode": "markers", "x": short(shadows[:, 0]), "y": short(shadows[:, 1]), "hoverinfo": "skip",
             "opacity": 0.7,
             "marker": {"size": 4, "color": colour("text"), "symbol": "circle"}}]
    first, second = (_(name) for name in FEATURES[spec.pair])
    shape = plane((-c.reach, c.reach), (-c.reach, c.reach), (_("{feature}, less its mean", feature=first), _("{feature}, less its mean",
                                                                                                             feature=second)),
                  ticks=None)
    title = _("The best axis keeps {share}", share=f"{share:.1%}") if found else _("This axis keeps {share} of the variance",
                                                                                   share=f"{share:.1%}")
    return figure("cloud", data, shape, title=title, height=330, span=5,
                  alt=_("{n} points around their mean and an axis at {angle}°, with the way from each point to it. It keeps {share}.",
                        n=len(c.points), angle=number(spec.angle), share=f"{share:.1%}"))


def bars(kept: float, lost: float, most: float) -> Template:
    data = [{"type": "bar", "x": [_("along the axis"), _("across the axis")], "y": short([kept, lost]), "width": 0.6,
             "marker": {"color": [colour("class4"), colour("muted")]}, "text": [number(kept), number(lost)], "textposition": "auto",
             "hovertemplate": "%{x}: %{y:.4g}<extra></extra>"},
            {"type": "scatter", "mode": "lines", "x": [_("along the axis"), _("across the axis")], "y": short([most, most]),
             "hoverinfo": "skip",
             "line": {"dash": "dot", "width": 1.5, "color": colour("layer2")}}]
    shape = layout(xaxis=axis("", fixedrange=True), yaxis=axis(_("variance"), range=[0, float(1.12 * most)], nticks=5),
                   annotations=[note(0.5, most, _("most possible"), "layer2", yshift=9, xanchor="center")],
                   margin={"l": 42, "r": 8, "t": 8, "b": 26})
    return figure("bars", data, shape, title=_("{kept} along, {lost} across", kept=number(kept), lost=number(lost)), height=330, span=3,
                  alt=_("Variance along the axis {kept}, across it {lost}; the most possible is {most}.", kept=number(kept),
                        lost=number(lost),
                        most=number(most)))


def turned(spec: LinearAlgebraSpec, c: Cloud, around: np.ndarray, curve: np.ndarray, share: float, most: float) -> Template:
    data = [path(np.column_stack([around, curve]), "text", width=2, hover=_("at %{x:.0f}°: %{y:.1f}%")),
            path(np.array([[c.best, 0], [c.best, 100 * most]]), "layer2", width=1.5, dash="dot")]
    shape = layout(xaxis=axis(_("angle of the axis (degrees)"), range=[0, 180], dtick=45), yaxis=axis(_("kept variance (%)"),
                                                                                                      range=[0, 104], nticks=6),
                   annotations=[note(c.best, 5, f"{c.best:.1f}°", "layer2", xanchor="left" if c.best < 140 else "right")],
                   margin={"l": 46, "r": 10, "t": 6, "b": 34})
    return figure("curve", data, shape, title=_("best: {most} at {angle}°", most=f"{most:.1%}", angle=number(c.best)), height=330, span=4,
                  alt=_("Kept variance for every angle: {share} at {angle}°, most at {best}°: {most}.", share=f"{share:.1%}",
                        angle=number(spec.angle),
                        best=number(c.best), most=f"{most:.1%}"))


@lru_cache(maxsize=4)
def marked(data: str) -> tuple[dict[str, Any], ...]:
    """The samples on the two best axes; of the digits every third is drawn."""
    places, classes, _shares = whole(data)
    every = 1 if data == "iris" else 3
    return tuple(marks(places[::every], classes[::every], k, name_of(data, k), 5) for k in np.unique(classes))


def best_map(data: str, places: np.ndarray, classes: np.ndarray, shares: np.ndarray) -> Template:
    """All features at once, seen along the two best axes."""
    middles = [places[classes == k].mean(axis=0) for k in np.unique(classes)]
    shape = layout(xaxis=axis(_("1st principal axis"), nticks=6), yaxis=axis(_("2nd principal axis"), nticks=6), hovermode="closest",
                   margin={"l": 46, "r": 10, "t": 6, "b": 34},
                   annotations=[note(float(m[0]), float(m[1]), name_of(data, k), "text", bgcolor=colour("background"), opacity=0.9)
                                for k, m in enumerate(middles)])
    both = float(shares[:2].sum())
    return figure("map", marked(data), shape, title=_("All {d} features on two axes: {share}", d=len(shares), share=f"{both:.0%}"),
                  height=250, span=6,
                  area="curves", alt=_("Every sample on the two best axes of all {d} features, which keep {share} of the variance.",
                                       d=len(shares),
                                       share=f"{both:.1%}"))


def scree(data: str, shares: np.ndarray) -> Template:
    shown = min(len(shares), 20)
    k = np.arange(1, shown + 1)
    total = 100 * np.cumsum(shares)[:shown]
    traces = [{"type": "bar", "x": k.tolist(), "y": short(100 * shares[:shown]), "marker": {"color": colour("high")},
               "hovertemplate": "%{x}: %{y:.2f}%<extra></extra>"},
              path(np.column_stack([k, total]), "class4", width=2, hover=_("%{x} axes: %{y:.1f}%")) | {"mode": "lines+markers",
                                                                                                        "marker": {"size": 5}}]
    enough = int(np.argmax(np.cumsum(shares) >= 0.9)) + 1
    shape = layout(xaxis=axis(_("principal axis"), dtick=1 if shown < 8 else 2, range=[0.3, shown + 0.7]), yaxis=axis(_("variance (%)"),
                                                                                                                      range=[0, 104],
                                                                                                                      nticks=5),
                   margin={"l": 46, "r": 78, "t": 8, "b": 34},
                   meta={"labels": [{"trace": 1, "text": _("together"), "color": colour("class4")}]})
    return figure("scree", traces, shape, title=_("axes needed for 90%: {n} of {d}", n=enough, d=len(shares)), height=250, span=6,
                  area="curves",
                  alt=_("Variance on each principal axis, and together; {n} of {d} keep 90%.", n=enough, d=len(shares)))


def notes(spec: LinearAlgebraSpec, c: Cloud, kept: float, total: float, most: float, shares: np.ndarray) -> tuple[Message, ...]:
    away = abs((spec.angle - c.best + 90) % 180 - 90)
    if away < NEAR:
        first = Message(N_("Found: no axis keeps more than {share:.1f}%. It is the eigenvector of the covariance matrix with the larger "
                           "eigenvalue, "
                           "{most:.3g}, and the residual lines are the shortest, all of them squared and added up."),
                        {"share": 100 * most / total, "most": most})
    elif away > 90 - NEAR:
        first = Message(N_("This is the worst axis of all: across the best one. It keeps only {share:.1f}%."),
                        {"share": 100 * kept / total})
    else:
        first = Message(N_("The axis keeps {share:.1f}% of the variance and loses the rest along the residual lines; {away:.2g}° away "
                           "there is an axis "
                           "that keeps {most:.1f}%."), {"share": 100 * kept / total, "away": away, "most": 100 * most / total})
    second = Message(N_("What is kept and what is lost always add up to {total:.3g}: Pythagoras, point by point."), {"total": total})
    enough = int(np.argmax(np.cumsum(shares) >= 0.9)) + 1
    third = Message(N_("With all {d} features the best axis alone keeps {one:.0f}%, and 90% take {n} of the {d} axes."),
                    {"d": len(shares), "one": 100 * shares[0], "n": enough})
    return first, second, third


def formulas(spec: LinearAlgebraSpec, c: Cloud, kept: float, total: float) -> Lines:
    (a, b), (_b, d) = c.covariance
    w = np.cos(np.radians(spec.angle)), np.sin(np.radians(spec.angle))
    return ((_("Covariance matrix"), rf"C = \begin{{pmatrix}} {tex(a)} & {tex(b)} \\ {tex(b)} & {tex(d)} \end{{pmatrix}}"),
            (_("Variance along w"), rf"w^\top C\, w = {tex(kept)}, \qquad w = ({tex(w[0], 3)},\; {tex(w[1], 3)})^\top, \qquad "
                                    rf"\operatorname{{tr}} C = {tex(total)}"))


def program(spec: LinearAlgebraSpec) -> str:
    if spec.pair == "digits":
        load = ["from sklearn.datasets import load_digits", "", "data = load_digits().data", f"ink = data[::{EVERY}].reshape(-1, 8, 8) / "
                                                                                             f"16",
                "x = np.column_stack([ink[:, :, :4].sum(axis=(1, 2)), ink[:, :, 4:].sum(axis=(1, 2))])  # " + _("left and right half")]
    else:
        load = ["from sklearn.datasets import load_iris", "", "data = load_iris().data", f"x = data[:, {list(COLUMNS[spec.pair])}]"]
    return "\n".join([
        "import numpy as np", "from sklearn.decomposition import PCA", *load, "", f"angle = np.radians({spec.angle})",
        "w = np.array([np.cos(angle), np.sin(angle)])  # " + _("the axis turned by hand"),
        "kept = np.var((x - x.mean(axis=0)) @ w, ddof=1)", "total = x.var(axis=0, ddof=1).sum()", "", "pca = PCA().fit(x)",
        "most = pca.explained_variance_[0]", "best = np.degrees(np.arctan2(*pca.components_[0][::-1])) % 180",
        "shares = PCA().fit(data).explained_variance_ratio_[:3]  # " + _("with all features"), "",
        'print("kept", kept, "of", total, " best", most, "at", best, "degrees")', 'print("shares of the first axes", shares)'])


SCENE = Scene(
    "pca", N_("Axes (PCA)"),
    N_("Turn the axis by hand until it keeps as much of the [[variance]] as it can; it snaps at the best one, the first [[principal "
       "component]]."),
    ("pair", "angle", "residuals"), draw, program,
    presets=(Preset(N_("Petals of irises"), {"scene": "pca"}), Preset(N_("Sepals: hardly related"), {"scene": "pca", "pair": "sepal",
                                                                                                     "angle": 60.0}),
             Preset(N_("Sepal and petal"), {"scene": "pca", "pair": "flower", "angle": 0.0}),
             Preset(N_("Handwritten digits"), {"scene": "pca", "pair": "digits", "angle": 45.0})),
    trials=(Trial(N_("Take petal length alone"), N_("At 0° only the first feature counts. A little turn brings the second in and keeps "
                                                    "more."),
                  {"scene": "pca", "angle": 0.0}),
            Trial(N_("Look at the digits"), N_("More ink on the left means less on the right: the best axis slopes down. Of 64 features "
                                               "many axes are "
                                               "needed."), {"scene": "pca", "pair": "digits", "angle": 135.0})))
