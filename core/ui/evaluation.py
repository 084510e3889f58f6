"""What a trained network's answers on one part of the data come to: matrix, classes, calibration, and the pictures behind each number."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from html import escape
from io import BytesIO
from math import isnan
from typing import Any

import numpy as np
import streamlit as st

from core.figures import evaluation as figures
from core.figures import theme
from core.frame import Message
from core.i18n import N_, _, language, say
from core.insight.verdicts import Verdicts, verdicts
from core.ui import parts, terms
from core.ui.controls import bound
from core.ui.parts import Arrays
from core.ui.text import plain
from core.ui.tools import Bench

SIDE = 72  # pixels on the page of one picture
NO_NUMBER = N_("This network’s answers are no numbers any more, so there is nothing to be scored.")


def answers(bench: Bench, part: str) -> Arrays | Message:
    """The answer of the probe "evaluate" about one part, asked once a run; or why there is none."""
    return parts.asked(bench, bench.run, "evaluate", {"part": part})


def read(bench: Bench, part: str) -> tuple[Arrays, Verdicts] | Message:
    """The same with what it comes to."""
    found = answers(bench, part)
    if isinstance(found, Message):
        return found
    read = verdicts(found)
    return Message(NO_NUMBER) if read is None else (found, read)


def headline(found: Verdicts, part: str) -> str:
    """Accuracy and how sure one may be of it."""
    least, greatest = found.interval
    values = {"n": found.count, "right": found.right, "accuracy": found.accuracy, "least": least, "greatest": greatest}
    if part == "test":
        return _("Sealed test pictures: {n:,}, of them right: {right:,}. Accuracy **{accuracy:.3f}**; with 95% confidence it would lie "
                 "between {least:.3f} and {greatest:.3f} on very many such pictures.", **values)
    return _("Validation pictures: {n:,}, of them right: {right:,}. Accuracy **{accuracy:.3f}**, 95% interval {least:.3f} to "
             "{greatest:.3f}. Whoever chooses settings by them gets a number that is a little too good.", **values)


def draw(bench: Bench, part: str, arrays: Arrays, found: Verdicts, classes: Sequence[str]) -> None:
    """All of it. classes: translated, or as a person named their own."""
    st.markdown(headline(found, part))
    left, right = st.columns([5, 4], gap="medium")
    with left:
        cell = _matrix(bench, part, found, classes)
    with right:
        _cell(bench, part, cell, found, classes)
    left, right = st.columns([5, 4], gap="medium")
    with left:
        terms.markdown(_("**By class**: of the pictures that it gives this name, how many deserve it ([[precision]]); of those that "
                         "deserve it, how many get it ([[recall]])."))
        by_class(found, classes, _("pictures"))
    with right:
        calibration(bench, part, found)
    _confident(arrays, classes)


# ---- the matrix and its cells

def _matrix(bench: Bench, part: str, found: Verdicts, classes: Sequence[str]) -> tuple[int, int]:
    """The confusion matrix; returns the cell that was chosen in it or in the two boxes below: at first the most frequent mistake."""
    place, key = bench.key(f"cell:{part}"), bench.key(f"matrix:{part}")
    kept = st.session_state.get(place)
    cell = kept[1] if kept and kept[0] == bench.run else found.worst

    def choose(truth: int, said: int) -> None:
        st.session_state[place] = (bench.run, (truth, said))

    def pressed() -> None:
        points = st.session_state[key]["selection"]["points"]
        if points:
            choose(int(points[0]["y"]), int(points[0]["x"]))

    st.markdown(_("**Confusion matrix**: rows are the truth, columns the answer. Press a cell to see its pictures."))
    chart(figures.matrix(found, classes, cell), key, on_select=pressed, selection_mode="points",
          alt=_("Confusion matrix. Pictures: {n}; on the diagonal, which is right: {right}.", n=found.count, right=found.right))
    boxes = st.columns(2, gap="small")
    for i, (column, label) in enumerate(zip(boxes, (_("What it is"), _("What the network says")), strict=True)):
        with column:
            other = {"truth": lambda k: choose(k, cell[1]), "said": lambda k: choose(cell[0], k)}
            binding = bound(f"{key}:{i}.{language()}", cell[i], other["said" if i else "truth"], range(len(classes)))
            st.selectbox(label, range(len(classes)), index=binding.pop("value"), format_func=classes.__getitem__, **binding)
    return cell


def _cell(bench: Bench, part: str, cell: tuple[int, int], found: Verdicts, classes: Sequence[str]) -> None:
    truth, said = (plain(classes[k]) for k in cell)
    count = int(found.confusion[cell])
    st.markdown(_("**{truth}** taken for **{said}**, pictures: {count}", truth=truth, said=said, count=count) if truth != said else
                _("**{truth}**, recognized as such, pictures: {count}", truth=truth, count=count))
    if not count:
        st.caption(_("No picture lies in this cell."))
        return
    arrays = parts.asked(bench, bench.run, "cell", {"part": part, "truth": cell[0], "said": cell[1]})
    if isinstance(arrays, Message):
        st.warning(plain(say(arrays)), icon=":material/error:")
        return
    shown = arrays["cell"]
    pictures(shown, [f"{sure:.0%}" for sure in arrays["cell_sure"]])
    more = _(" Shown of them: {n}.", n=len(shown)) if len(shown) < count else ""
    st.caption(_("Below each: how sure the network is of its answer.") + more)


def _confident(arrays: Arrays, classes: Sequence[str]) -> None:
    """The mistakes that it is surest of."""
    st.markdown(_("**Surest mistakes**: wrong, and not in doubt. Look at each: is the label wrong, or is it hard for you, too?"))
    if not len(arrays["confident"]):
        st.caption(_("It makes no mistake on these pictures."))
        return
    pictures(arrays["confident"], [f"{classes[truth]} → {classes[said]} {sure:.0%}" for truth, said, sure in zip(
        arrays["confident_truth"], arrays["confident_said"], arrays["confident_sure"], strict=True)])


def pictures(shown: np.ndarray, captions: Sequence[str]) -> None:
    """Small pictures (n, h, w, c) uint8 side by side, their pixels sharp, each with a caption."""
    from PIL import Image

    cells = []
    for picture, caption in zip(shown, map(escape, captions), strict=True):
        out = BytesIO()
        Image.fromarray(picture[..., 0] if shown.shape[-1] == 1 else picture).save(out, "PNG")
        cells.append(f'<figure style="margin:0;width:{SIDE}px"><img alt="{caption}" style="width:100%;image-rendering:pixelated" '
                     f'src="data:image/png;base64,{b64encode(out.getvalue()).decode()}"><figcaption style="font-size:0.8rem;'
                     f'text-align:center;overflow-wrap:anywhere">{caption}</figcaption></figure>')
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:8px">{"".join(cells)}</div>')


# ---- classes and calibration

def by_class(found: Verdicts, classes: Sequence[str], what: str) -> None:
    """Precision, recall and F1 of each class as a table. what: what is counted, translated."""
    head = [_("class"), what, _("precision"), _("recall"), "F1"]
    rows = [[plain(name), f"{one.count:,}", *("–" if isnan(v) else f"{v:.3f}" for v in (one.precision, one.recall, one.f1))]
            for name, one in zip(classes, found.classes, strict=True)]
    lines = (head, ["---", *["---:"] * 4], *rows)
    st.markdown("\n".join("| " + " | ".join(row) + " |" for row in lines))


def calibration(bench: Bench, part: str, found: Verdicts) -> None:
    """How far its confidence can be trusted, as bars."""
    st.markdown(_("**Calibration**: if it says 90%, is it right 9 times of 10? On average it is off by {error:.1%} (expected calibration "
                  "error).", error=found.calibration_error))
    chart(figures.calibration(found), bench.key(f"calibration:{part}"),
          alt=_("Bars: of the answers of each tenth of confidence, the share that is right; the diagonal is perfect calibration. On "
                "average they are {error:.1%} apart.", error=found.calibration_error))
    st.caption(_("Above each bar: how many answers it stands for. Bars of a few answers say little."))


def chart(figure: dict[str, Any], key: str, *, alt: str, **more: Any) -> None:
    """A Plotly figure in the theme's colours."""
    st.plotly_chart(theme.resolve(figure, st.context.theme.type or "light"), key=key, theme=None, alt=alt, config={"displayModeBar": False},
                    **more)
