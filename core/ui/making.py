"""More fakes from the trained generator: as many as one likes, of the class that one asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from core.export.gallery import png
from core.figures.gan_images import classes_of
from core.i18n import _, language, say
from core.runs.questions import AskError
from core.runs.runner import get_runner
from core.specs.gan_images import CLASSES, SURE, ImageGanSpec, ImageGanView
from core.ui import guess, lab
from core.ui.controls import bound
from core.ui.state import State
from core.ui.text import plain

COUNT, ROW = 40, 10  # fakes at a press; in a row


def draw(state: State[ImageGanSpec, ImageGanView], run: str) -> None:
    """Ask the generator of a run that has ended."""
    with lab.more(_("More fakes from this generator"), f"{state.name}:making") as opened:
        if opened:
            _make(state, guess.on_screen(state), run)


def _make(state: State[ImageGanSpec, ImageGanView], spec: ImageGanSpec, run: str) -> None:
    end = get_runner().result(run)
    if end is None or end.state != "finished":
        st.caption(_("The generator can be asked once the run has ended."))
        return
    kind = None
    if spec.conditional:
        names = classes_of(spec)
        each = list(range(CLASSES))
        chosen = bound(f"{state.name}:kind.{language()}", state.view.kind, lambda k: state.show(kind=k or 0), each)
        kind = st.pills(_("Which class"), each, default=chosen.pop("value"), format_func=lambda k: names[k], **chosen)
    st.button(_("Draw {n} more", n=COUNT), key=f"{state.name}:make", icon=":material/casino:", on_click=_again, args=(state,))
    seed = st.session_state.get(f"{state.name}:made", 0)
    try:
        found = get_runner().ask(run, "make", arguments={"count": COUNT, "seed": seed, **({} if kind is None else {"kind": kind})})
    except AskError as problem:
        st.warning(plain(say(problem.message)))
        return
    pictures = png(found["made"], ROW)
    st.image(pictures, width="content")
    st.caption(_said(found, kind))
    st.download_button(_("These as a PNG"), pictures, f"{state.name}-{seed}.png", "image/png", icon=":material/download:",
                       on_click="ignore", key=f"{state.name}:made:png")


def _again(state: State[Any, Any]) -> None:
    name = f"{state.name}:made"
    st.session_state[name] = st.session_state.get(name, 0) + 1


def _said(found: Mapping[str, np.ndarray], kind: int | None) -> str:
    """What the classifier makes of them, in a sentence."""
    n, sure = len(found["made_said"]), int((found["made_sure"] >= SURE).sum())
    if kind is None:
        return _("The classifier is sure of {sure} of {n}; it sees {classes} classes among them.", sure=sure, n=n,
                 classes=len(np.unique(found["made_said"])))
    return _("The classifier takes {right} of {n} for that class, and is sure of {sure}.",
             right=int((found["made_said"] == kind).sum()), n=n, sure=sure)
