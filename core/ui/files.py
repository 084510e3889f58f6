"""A person's own files on the server: kept for their session only, unless they say otherwise."""

from __future__ import annotations

import streamlit as st

from core.data import uploads
from core.i18n import _
from core.ui.state import session


@st.cache_resource(scope="session", show_spinner=False, on_release=uploads.let_go)
def _until_the_session_ends(who: str) -> str:
    """Streamlit gives this back when the session is over."""
    return who


def hold(digest: str) -> None:
    """Keep an upload as long as this session uses it."""
    uploads.hold(digest, _until_the_session_ends(session()))


def take(digest: str) -> None:
    """Note a file that this person has brought, for "Kept of me"."""
    hold(digest)
    mine = st.session_state.setdefault("uploads", [])
    if digest not in mine:
        st.session_state["uploads"] = [*mine, digest]


def sharing(digest: str, key: str) -> None:
    """Whether a link to these points works for others, and after the session."""
    st.toggle(_("Keep them for others with this link"), uploads.shared(digest), key=key, on_change=lambda: _share(digest, key),
              help=_("Otherwise the points are gone from the server when your session ends, and a link to them opens the default."))


def _share(digest: str, key: str) -> None:
    if st.session_state[key]:
        uploads.hold(digest, uploads.EVERYBODY)
    else:
        uploads.unshare(digest)
