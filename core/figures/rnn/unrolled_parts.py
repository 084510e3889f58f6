"""Beside the unrolled network: which loss reaches which step, what each step contributes, and both gradients of U."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.figures.backpropagation.numerals import short
from core.figures.board import figure
from core.figures.template import Template
from core.figures.theme import DIVERGING, SEQUENTIAL, axis, colour, layout
from core.figures.values import numbers
from core.i18n import _
from core.maths.through_time import firsts
from core.maths.unrolled import Guesses, Parts, alike
from core.specs.rnn import RnnSpec

HEIGHT = 250


def grid(spec: RnnSpec, found: Guesses, whole: Parts) -> Template:
    """Rows are losses, columns steps: what of it is kept, and, pale, what is cut off."""
    count, sizes = len(found.read), whole.sizes
    most = float(sizes.max()) or 1.0
    there = np.arange(count)[None, :] <= np.arange(count)[:, None]
    kept = np.arange(count)[None, :] >= firsts(count, spec.window, spec.cut)[:, None]
    shown = np.sqrt(sizes / most)
    names = [[_("loss {s}, step {t}: {size}", s=s + 1, t=t + 1, size=short(float(sizes[s, t]))) for t in range(count)]
             for s in range(count)]
    map_of = lambda where: {  # noqa: E731
        "type": "heatmap", "z": numbers(np.where(where, shown, np.nan), 3), "x0": 1, "dx": 1, "y0": 1, "dy": 1, "zmin": 0, "zmax": 1,
        "colorscale": SEQUENTIAL, "showscale": False, "text": names, "hovertemplate": "%{text}<extra></extra>", "xgap": 1, "ygap": 1}
    gone = there & ~kept
    rows, columns = np.nonzero(gone)
    s = min(spec.at, count)
    data: list[dict[str, Any]] = [
        {**map_of(there & kept)}, {**map_of(gone), "opacity": 0.25},
        {"type": "scatter", "mode": "markers", "x": (columns + 1).tolist(), "y": (rows + 1).tolist(), "hoverinfo": "skip",
         "marker": {"symbol": "x-thin", "size": 7, "line": {"width": 1.3, "color": colour("muted")}}}]
    count_kept, count_all = int((there & kept).sum()), int(there.sum())
    return figure("grid", data, layout(
        xaxis=axis(_("step"), range=[0.5, count + 0.5], fixedrange=True, nticks=7, showgrid=False),
        yaxis=axis(_("loss of step"), range=[count + 0.5, 0.5], fixedrange=True, nticks=7, showgrid=False), hovermode="closest",
        shapes=[{"type": "rect", "x0": 0.5, "x1": s + 0.5, "y0": s - 0.5, "y1": s + 0.5, "line": {"color": colour("layer1"), "width": 2}}],
        margin={"l": 40, "r": 8, "t": 6, "b": 34}), height=HEIGHT, span=4, area="curves",
        title=_("{kept} of {all} ways back are kept", kept=count_kept, all=count_all),
        alt=_("Which loss, row by row, reaches which step, column by column: darker is a longer gradient. {kept} of {all} are kept, the "
              "others are crossed out.", kept=count_kept, all=count_all))


def bars(whole: Parts, cut: Parts) -> Template:
    """What each step contributes to the gradient of U, in the direction of the whole one: the outlined bars add up to 100 per cent."""
    full = whole.whole
    length = float(np.linalg.norm(full))
    along = full / length if length else full
    each, kept = (100 * parts.along(along) / (length or 1.0) for parts in (whole, cut))
    steps = list(range(1, len(each) + 1))
    data: list[dict[str, Any]] = [
        {"type": "bar", "x": steps, "y": numbers(each, 4), "width": 0.8, "marker": {"color": "rgba(0,0,0,0)", "line": {
            "width": 1.5, "color": colour("text")}}, "hovertemplate": _("whole") + ": %{y:.1f}%<extra></extra>"},
        {"type": "bar", "x": steps, "y": numbers(kept, 4), "width": 0.5, "marker": {"color": colour("layer1")},
         "hovertemplate": _("cut off") + ": %{y:.1f}%<extra></extra>"}]
    share = f"{kept.sum():.0f}"
    return figure("bars", data, layout(
        xaxis=axis(_("step"), range=[0.4, len(each) + 0.6], fixedrange=True, nticks=7),
        yaxis=axis(_("% of the whole gradient"), fixedrange=True, nticks=6), barmode="overlay", hovermode="x unified",
        margin={"l": 44, "r": 8, "t": 6, "b": 34}), height=HEIGHT, span=4, area="curves",
        title=_("{share}% of the gradient is left", share=share),
        alt=_("What each step contributes to the gradient of U, in the direction of the whole gradient, in per cent: outlined {whole}; "
              "filled, after cutting off, {cut}. Together {share}% is left.", whole=", ".join(f"{v:.0f}" for v in each),
              cut=", ".join(f"{v:.0f}" for v in kept), share=share))


def matrices(whole: Parts, cut: Parts) -> Template:
    """Both gradients of U, number by number."""
    full, rest = whole.whole, cut.whole
    units = len(full)
    reach = float(max(np.abs(full).max(), np.abs(rest).max())) or 1.0
    map_of = lambda values, x0: {  # noqa: E731
        "type": "heatmap", "z": numbers(values, 4), "x0": x0, "dx": 1, "y0": 1, "dy": 1, "zmin": -reach, "zmax": reach,
        "colorscale": DIVERGING, "showscale": False, "hovertemplate": "%{z:.3g}<extra></extra>", "xgap": 1, "ygap": 1}
    gap = 0.2 * units + 0.5
    data = [map_of(full, 1), map_of(rest, units + 1 + gap)]
    hidden = {"visible": False, "fixedrange": True}
    cosine, length = alike(full, rest)
    names = [{"text": text, "x": x, "y": 0.4, "yanchor": "bottom", "showarrow": False, "font": {"size": 11, "color": colour("muted")}}
             for text, x in ((_("whole"), (units + 1) / 2), (_("cut off"), units + gap + (units + 1) / 2))]
    said = {"cosine": f"{cosine:.2f}", "length": f"{length:.2f}"}
    return figure("matrices", data, layout(
        xaxis={**hidden, "range": [0.4, 2 * units + gap + 0.6], "constrain": "domain"},
        yaxis={**hidden, "range": [units + 0.6, 0.3 - 0.12 * units], "scaleanchor": "x", "constrain": "domain"}, annotations=names,
        hovermode="closest", margin={"l": 4, "r": 4, "t": 4, "b": 4}), height=HEIGHT, span=4, area="curves",
        title=_("Gradient of U: cosine {cosine}", **said),
        alt=_("The gradient of the recurrent weights U, on the left whole, on the right cut off: {length} times as long, cosine of the "
              "angle "
              "between them {cosine}.", **said))
