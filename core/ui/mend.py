"""The button that makes the one change that helps a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.i18n import _, listed
from core.specs.base import Spec
from core.ui.controls import locked, shown
from core.ui.state import State


def button(state: State[Any, Any], spec: Spec, change: Mapping[str, Any], key: str) -> None:
    """Draw it: it shows the spec with the change. Nothing where no change is known, or where a lesson locks what it would change."""
    if not change or any(locked(state, name) for name in change):
        return
    cured = spec.revised(**change)
    what = listed(_("“{label}” to {text}", label=_(cured.control(name).label), text=shown(cured, name)) for name in change)
    st.button(_("Set {what}", what=what), key=key, icon=":material/healing:", on_click=lambda: state.apply(cured))
