"""A person's own texts: the place for a file, and what may be corrected of how it was read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from core.data import texts
from core.data.texts import Corrections, NoTexts
from core.frame import Trouble
from core.i18n import N_, _
from core.specs.text import TextSpec
from core.ui import own_file
from core.ui.controls import draw
from core.ui.own_file import Kind, Options
from core.ui.state import State
from core.ui.textual.looked import own_of

COLUMNS = ("text_column", "label_column")


def _read(data: bytes, name: str, corrections: Mapping[str, Any], limit_mb: float) -> object:
    return texts.read(data, name, Corrections(**corrections), limit_mb)


def _encodings() -> list[str]:
    return list(TextSpec.control("encoding").choices or ())[1:]


def _correctable(trouble: Trouble) -> Options:
    if not isinstance(trouble, NoTexts):
        return {}
    return {**(dict.fromkeys(COLUMNS, trouble.headers) if trouble.headers else {}), "encoding": _encodings()}


KIND = Kind("source", N_("A CSV or TSV file"), N_("Until there are texts of your own, those on screen stay."), 20.0, _read, _correctable)


def place(state: State[TextSpec, Any]) -> None:
    """The place for a file, and what may be corrected of the one in use. Nothing where other texts are on screen."""
    own_file.place(state, KIND)
    if not state.spec.upload:
        return
    try:
        own = own_of(state.spec)
        headers, doubts = own.headers, bool(own.doubts)
    except Trouble as trouble:
        headers, doubts = trouble.headers if isinstance(trouble, NoTexts) else (), True
    corrected = any(state.spec.reading.values())
    with st.expander(_("Correct how it was read"), expanded=doubts or corrected, icon=":material/edit:"):
        options: dict[str, list[str]] = {name: list(headers) for name in COLUMNS if len(headers) > 1}
        own_file.choose(state, {**options, "encoding": _encodings()}, state.spec.reading, state.change, "used")
        draw(state, "tokens")


def found(state: State[TextSpec, Any]) -> dict[str, dict[str, np.ndarray]]:
    """The file that the page's spec needs, as the runner takes it; see `own_file.found`."""
    return own_file.found(state, KIND)
