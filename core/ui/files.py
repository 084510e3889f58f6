"""A person's own files on the server: kept for their session only, unless they say otherwise."""

from __future__ import annotations

import streamlit as st

from core.data import uploads
from core.i18n import _, language
from core.ui.controls import bound
from core.ui.session import session


def hold(digest: str) -> None:
    """Keep an upload as long as this session uses it."""
    uploads.hold(digest, session())


def take(digest: str) -> None:
    """Note a file that this person has brought, for "Kept of me"."""
    hold(digest)
    mine = st.session_state.setdefault("uploads", [])
    if digest not in mine:
        st.session_state["uploads"] = [*mine, digest]


def sharing(digest: str, key: str) -> None:
    """Whether a link to these points works for others, and after the session. Each file has a widget of its own."""
    st.toggle(_("Keep them for others with this link"),
              help=_("Otherwise the points are gone from the server when your session ends, and a link to them opens the default."),
              **bound(f"{key}:{digest}.{language()}", uploads.shared(digest), lambda on: _share(digest, on)))


def _share(digest: str, on: bool) -> None:
    if on:
        uploads.hold(digest, uploads.EVERYBODY)
    else:
        uploads.unshare(digest)
