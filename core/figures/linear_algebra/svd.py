"""A photograph is a matrix: its singular value decomposition writes it as a sum of layers, the strongest first."""

from __future__ import annotations

import numpy as np

from core.figures.board import Handle, Picture, Scene, figure
from core.figures.linear_algebra import photo
from core.figures.linear_algebra.parts import number, path, short, tex
from core.figures.template import Template
from core.figures.theme import DIVERGING, axis, layout
from core.frame import Message
from core.i18n import N_, _
from core.maths import linear
from core.specs.examples import Preset, Trial
from core.specs.linear_algebra import PHOTOS, LinearAlgebraSpec

HEIGHT, LOWER = 215, 190


def energies(singular: np.ndarray) -> np.ndarray:
    """The share of the sum of squares that the first k layers hold, k from 1."""
    return linear.energies(singular)


def draw(spec: LinearAlgebraSpec) -> Picture:
    grey, parts = photo.grey(spec), photo.decomposed(spec)
    left, singular, right = parts
    k, all_of_it = min(spec.rank, len(singular)), photo.rank(singular, grey.shape)
    shares = energies(singular) if all_of_it else np.ones(len(singular))  # of nothing, nothing is missing
    rows, columns = grey.shape
    energy, size = float(shares[k - 1]), k * (rows + columns + 1)
    error = float(np.sqrt(np.mean((grey - linear.low_rank(parts, k)) ** 2))) if k < all_of_it else 0.0
    name = _(PHOTOS[spec.photo])
    figures = (
        image("original", photo.drawn(spec, 0), grey.shape, _("{rows} × {columns} numbers", rows=rows, columns=columns),
              _("The photograph: {name}, in shades of grey.", name=name)),
        image("kept", photo.drawn(spec, k), grey.shape, _("rank {k}: {share} of the numbers", k=k, share=f"{size / grey.size:.0%}"),
              _("The same with {k} layers of {most}; a pixel is typically off by {error} of 255.", k=k, most=len(singular),
                error=number(error))),
        layer(left, singular, right, k, empty=k > all_of_it),
        spectrum(singular, k, all_of_it), kept(shares, k, energy))
    values = np.log10(singular)
    rail = tuple((float(i + 1), float(i + 1), float(y)) for i, y in enumerate(short(values)))
    total = tuple((float(i + 1), float(i + 1), float(y)) for i, y in enumerate(short(100 * shares)))
    handles = (Handle("spectrum", "spectrum", _("rank k"), (float(k), rail[k - 1][2]), ("rank",), rail=rail, step=1, colour="class4"),
               Handle("kept", "energy", _("rank k"), (float(k), total[k - 1][2]), ("rank",), rail=total, step=1, colour="class4"))
    return Picture(figures, handles, notes=notes(k, grey, energy, size, error, all_of_it), formulas=(
        (_("The sum of layers"), rf"A \approx \sum_{{i=1}}^{{{k}}} \sigma_i\, u_i v_i^\top, \qquad \sigma_{{{k}}} = "
                                 rf"{tex(singular[k - 1] if k <= all_of_it else 0.0)}"),
        (_("Kept energy"), rf"\sum_{{i \le {k}}} \sigma_i^2 \Big/ \sum_{{i \le {len(singular)}}} \sigma_i^2 = {energy:.5f}"),
        (_("Numbers to store"), rf"{k} \cdot ({rows} + {columns} + 1) = {size} {'<' if size < grey.size else '>'} {rows} \cdot {columns} = "
                                rf"{grey.size}")),
        numbers={"energy": energy, "size": size, "error": error, "first": singular[:3]})


def image(id: str, source: str, shape: tuple[int, ...], title: str, alt: str) -> Template:
    data = [{"type": "image", "source": source, "hoverinfo": "skip"}]
    return figure(id, data, flat(shape), title=title, alt=alt, height=HEIGHT, span=4)


def flat(shape: tuple[int, ...]) -> dict:
    return layout(xaxis={"visible": False, "range": [-0.5, shape[1] - 0.5], "constrain": "domain"}, margin={"l": 2, "r": 2, "t": 2, "b": 2},
                  yaxis={"visible": False, "range": [shape[0] - 0.5, -0.5], "scaleanchor": "x", "constrain": "domain"})


def layer(left: np.ndarray, singular: np.ndarray, right: np.ndarray, k: int, empty: bool = False) -> Template:
    """What the last layer alone adds, brighter blue and darker orange; every second pixel. empty: nothing."""
    values = (0.0 if empty else singular[k - 1]) * np.outer(left[::2, k - 1], right[k - 1, ::2])
    reach = float(np.abs(values).max())
    data = [{"type": "heatmap", "z": np.round(values, 1 if reach > 3 else 2).tolist(), "zmin": -reach or -1, "zmax": reach or 1,
             "colorscale": DIVERGING,
             "showscale": False, "hovertemplate": "%{z:.3g}<extra></extra>"}]
    return figure("layer", data, flat(values.shape), title=_("layer {k} alone: up to ±{reach}", k=k, reach=number(reach, 2)),
                  alt=_("What layer {k} adds to the brightness: blue lighter, orange darker, at most {reach}.", k=k, reach=number(reach)),
                  height=HEIGHT, span=4)


def spectrum(singular: np.ndarray, k: int, all_of_it: int) -> Template:
    ranks, values = np.arange(1, len(singular) + 1), np.log10(singular)
    data = [path(np.column_stack([ranks[k - 1:], values[k - 1:]]), "muted", width=2, dash="dot", hover="σ = 10^%{y:.2f}"),
            path(np.column_stack([ranks[:k], values[:k]]), "high", width=3, hover="σ = 10^%{y:.2f}")]
    raised = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
    ticks = list(range(int(np.floor(values.min())), int(np.ceil(values.max())) + 1))
    shape = layout(xaxis=axis(_("layer"), range=[0, len(singular) + 1], nticks=8), margin={"l": 50, "r": 10, "t": 6, "b": 32},
                   yaxis=axis(_("singular value σ"), range=[float(values.min()) - 0.2, float(values.max()) + 0.2], tickvals=ticks,
                              ticktext=["10" + str(t).translate(raised) for t in ticks]))
    return figure("spectrum", data, shape, title=_("σ = {first} at layer 1", first=f"{singular[0]:.0f}") if k == 1 and all_of_it else
                  _("σ falls from {first} to {last} at layer {k}", first=f"{singular[0]:.0f}",
                                                   last=number(singular[k - 1] if k <= all_of_it else 0.0), k=k) if all_of_it else
                  _("Every σ is 0"),
                  alt=_("Singular values on a logarithmic scale; the first {k} are kept.", k=k), height=LOWER, span=6, area="curves")


def kept(shares: np.ndarray, k: int, energy: float) -> Template:
    shares = 100 * shares
    ranks = np.arange(1, len(shares) + 1)
    data = [path(np.column_stack([ranks, shares]), "high", width=2.5, hover=_("%{x} layers: %{y:.2f}%")),
            path(np.array([[k, 0], [k, shares[k - 1]]]), "muted", width=1, dash="dot")]
    low = float(np.floor(shares[0] - 2))
    shape = layout(xaxis=axis(_("layers kept"), range=[0, len(shares) + 1], nticks=8), margin={"l": 50, "r": 10, "t": 6, "b": 32},
                   yaxis=axis(_("kept energy (%)"), range=[low, 100.6], nticks=5))
    return figure("energy", data, shape, title=_("rank {k} keeps {energy} of the energy", k=k, energy=f"{energy:.2%}"),
                  alt=_("Kept energy for every number of layers; {k} keep {energy}.", k=k, energy=f"{energy:.2%}"), height=LOWER, span=6,
                  area="curves")


def notes(k: int, grey: np.ndarray, energy: float, size: int, error: float, all_of_it: int) -> tuple[Message, ...]:
    if not all_of_it:
        return (Message(N_("The picture is black, and all its numbers are 0: a matrix of rank 0, which needs no layer at all. Every "
                           "singular value is 0.")),)
    first = Message(N_("Rank {k} of {most} keeps {energy:.2f}% of the energy with {share:.0f}% of the numbers. A pixel is typically off "
                       "by {error:.3g} "
                       "of 255."),
                    {"k": k, "most": min(grey.shape), "energy": 100 * energy, "share": 100 * size / grey.size, "error": error})
    if all_of_it == 1:
        second = Message(N_("One layer is all there is: the picture has rank 1, one column of brightnesses times one row, and every "
                            "further layer is 0."))
    elif k >= all_of_it and all_of_it < min(grey.shape):
        second = Message(N_("The picture has rank {rank}: that many layers are all of it, and every further one is 0."),
                         {"rank": all_of_it})
    elif k == 1:
        second = Message(N_("One layer is one column of brightnesses times one row: every row of the picture is the same, only lighter or "
                            "darker."))
    elif size >= grey.size:
        second = Message(N_("From {limit} layers on, the layers need more numbers than the picture itself: nothing is saved any more."),
                         {"limit": int(np.ceil(grey.size / (sum(grey.shape) + 1)))})
    elif energy < 0.985:
        second = Message(N_("The large shapes are there, the edges are not: what is sharp and slanted needs many layers."))
    elif error > 5:
        second = Message(N_("You know what it is, but fine lines are still smeared along rows and columns: that is how layers are built."))
    else:
        second = Message(N_("The eye hardly finds the difference, and no other picture of this rank comes closer to the original."))
    return first, second


def program(spec: LinearAlgebraSpec) -> str:
    if spec.photo == "upload":
        rows, columns = photo.grey(spec).shape
        read = ["import numpy as np", "from PIL import Image", "",
                'picture = Image.open("picture.png").convert("L")  # ' + _("your file"),
                f"A = np.asarray(picture.resize(({columns}, {rows})), float)", ""]
    else:
        read = ["import numpy as np", "from sklearn.datasets import load_sample_image", "",
                f'picture = load_sample_image("{spec.photo}.jpg") @ np.array([0.299, 0.587, 0.114])  # ' + _("brightness"),
                "A = picture[:426, :639].reshape(142, 3, 213, 3).mean(axis=(1, 3))  # " + _("a third of the size"), ""]
    return "\n".join([
        *read,
        "U, sigma, Vt = np.linalg.svd(A, full_matrices=False)", f"k = min({spec.rank}, len(sigma))",
        "kept = (U[:, :k] * sigma[:k]) @ Vt[:k]", "",
        "energy = (sigma[:k] ** 2).sum() / (sigma ** 2).sum()" if photo.grey(spec).any() else
        "energy = 1.0  # " + _("of nothing, nothing is missing"), "size = k * (sum(A.shape) + 1)  # " + _("numbers to store"),
        "error = np.sqrt(np.mean((A - kept) ** 2))", "first = sigma[:3]", "",
        'print("energy", energy, " numbers", size, "of", A.size, " error", error, " singular values", first)'])


SCENE = Scene(
    "svd", N_("Picture (SVD)"),
    N_("Drag the point along the curve: how many layers does it take until you know what it is, and how many until you see no difference?"),
    ("photo", "rank"), draw, program,
    presets=(Preset(N_("A palace, 8 layers"), {"scene": "svd"}), Preset(N_("A flower, 8 layers"), {"scene": "svd", "photo": "flower"}),
             Preset(N_("One layer"), {"scene": "svd", "rank": 1}), Preset(N_("40 layers"), {"scene": "svd", "rank": 40})),
    trials=(Trial(N_("Go back to one layer"), N_("Rows and columns only: it looks like woven cloth. Then add layer after layer."),
                  {"scene": "svd", "rank": 1}),
            Trial(N_("One layer too many"), N_("With 85 layers more numbers are stored than the picture has: from here on nothing is "
                                                "saved."),
                  {"scene": "svd", "rank": 85})))
