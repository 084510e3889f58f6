"""A person's own files on the server: kept for their session only, unless they say otherwise. Their browser knows which are theirs."""

from __future__ import annotations

import time

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.data import uploads
from core.frame import Message
from core.i18n import N_, _, language
from core.runs.runner import get_runner
from core.ui.controls import bound
from core.ui.memory import memory
from core.ui.session import session
from core.ui.state import gone

DELETED = N_("You have deleted your points; the default is shown.")


def hold(digest: str) -> None:
    """Keep an upload as long as this session uses it."""
    uploads.hold(digest, session())


def take(digest: str) -> None:
    """Note a file that this person has brought."""
    hold(digest)
    _deleted().discard(digest)
    memory()["files"][digest] = round(time.time())


def chosen(label: str, *, kind: str, limit_mb: float, key: str, help: str) -> UploadedFile | None:
    """A place for a file; the file, once for each that is chosen. What it holds is for the caller to judge: what Streamlit itself refuses
    (a size, an ending) it refuses in English, and only to a mouse that rests on it.
    """
    file = st.file_uploader(label, key=key, help=help)
    st.caption(_("{kind}, at most {limit:g} MB", kind=kind, limit=limit_mb))
    if file is None or st.session_state.get(f"{key}:taken") == file.file_id:
        return None
    st.session_state[f"{key}:taken"] = file.file_id
    return file


def mine() -> list[str]:
    """The files that this person has brought and that are still here."""
    return [digest for digest in memory()["files"] if uploads.find(digest) is not None]


def missing(digest: str, label: str) -> Message | None:
    """Why an upload cannot be used by this person; None if it can."""
    if digest in _deleted():
        return Message(DELETED)
    return gone(label) if uploads.find(digest) is None else None


def delete_mine() -> None:
    """Let go of all files of this person, and of the runs that learned from those that nobody else has brought."""
    get_runner().release(session())
    for digest in mine():
        _deleted().add(digest)
        uploads.unshare(digest)
        if uploads.let_go(session(), digest):
            get_runner().forget(digest)
    memory()["files"].clear()


def _deleted() -> set[str]:
    """What this session has deleted, although somebody else may have brought the same."""
    return st.session_state.setdefault("deleted", set())


def sharing(digest: str, key: str) -> None:
    """Whether a link to these points works for others, and after the session: for whoever brought them. Each file has its own widget."""
    if digest in memory()["files"]:
        st.toggle(_("Share by link"),
                  help=_("Otherwise the points are gone from the server when your session ends, and a link to them opens the default."),
                  **bound(f"{key}:{digest}.{language()}", uploads.shared(digest), lambda on: _share(digest, on)))


def _share(digest: str, on: bool) -> None:
    if on:
        uploads.hold(digest, uploads.EVERYBODY)
    else:
        uploads.unshare(digest)
