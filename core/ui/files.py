"""A person's own files on the server: kept for their session only, unless they say otherwise. A cookie tells whose they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.data import uploads
from core.data.csv import UploadError
from core.frame import Message
from core.i18n import N_, _, language
from core.runs.runner import get_runner
from core.ui import memory
from core.ui.controls import bound
from core.ui.session import owner, session
from core.ui.state import State, gone

DELETED = N_("You have deleted your file; the default is shown.")


def hold(digest: str) -> None:
    """Keep an upload as long as this session uses it, if this browser has brought it: whoever only follows a link keeps nothing."""
    if uploads.brought(digest, owner()):
        uploads.hold(digest, session())


def take(digest: str) -> None:
    """Note a file that this person has brought."""
    uploads.bring(digest, owner())
    hold(digest)
    _deleted().discard(digest)


def chosen(label: str, *, kind: str, limit_mb: float, key: str, help: str) -> UploadedFile | None:
    """A place for a file; the file, once for each that is chosen. What it holds is for the caller to judge: what Streamlit itself refuses
    (a size, an ending) it refuses in English, and only to a mouse that rests on it.
    """
    file = st.file_uploader(label, key=key, help=help)
    st.caption(_("{kind}, at most {limit:g} MB", kind=kind, limit=limit_mb))
    if file is None or st.session_state.get(f"{key}:taken") == file.file_id:
        return None
    st.session_state[f"{key}:taken"] = file.file_id
    drop_copies([file])
    return file


def drop_copies(chosen: Iterable[UploadedFile]) -> None:
    """Streamlit would keep copies of its own."""
    context = get_script_run_ctx()
    if context is not None and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        for file in chosen:
            context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)


def own(state: State[Any, Any], name: str, read: Callable[[bytes], tuple[str, dict[str, np.ndarray], list[str]]], *, kind: str,
        limit_mb: float, **values: Any) -> None:
    """A place for a file of one's own on a page that computes as it is moved. read: its bytes → content hash, arrays, names; UploadError
    for what cannot be used. The field `name` holds the content hash; `values`: what else a new file sets.
    """
    control, digest = state.spec.control(name), getattr(state.spec, name)
    key = f"{state.name}:{name}"
    if st.session_state.get(f"{key}:shown", digest) != digest:  # the page has left that file: its name would say something else
        del st.session_state[f"{key}:shown"]
        st.session_state[f"{key}:round"] = st.session_state.get(f"{key}:round", 0) + 1
    place = f"{key}:file{st.session_state.get(f'{key}:round', '')}"
    file = chosen(_(control.label), kind=kind, limit_mb=limit_mb, key=place, help=_(control.help))
    if file is not None:
        try:
            digest, arrays, names = read(file.getvalue())
        except UploadError as error:
            state.problems = [error.message]
        else:
            uploads.keep(digest, arrays, names)
            take(digest)
            st.session_state[f"{key}:shown"] = digest
            state.change(**{name: digest}, **values)
        st.rerun(scope="fragment")
    if digest:
        hold(digest)
        sharing(digest, f"{key}:shared")


def missing(digest: str, label: str, part: str = "x") -> Message | None:
    """Why an upload cannot be used by this person; None if it can. part: an array that it has to have: points have "x", tables "table",
    pictures "gray"."""
    if digest in _deleted():
        return Message(DELETED)
    allowed = uploads.shared(digest) or uploads.brought(digest, owner())
    found = uploads.find(digest)
    return None if allowed and found is not None and part in found.arrays else gone(label)


def delete_mine() -> None:
    """Delete all files of this person, and the runs that learned from them, but those that somebody else has brought too."""
    get_runner().release(session())
    for digest in uploads.of(owner()):
        _deleted().add(digest)
        if uploads.disown(digest, owner()):
            get_runner().forget(digest)
    memory.disown()


def _deleted() -> set[str]:
    """What this session has deleted, although somebody else may have brought the same."""
    return st.session_state.setdefault("deleted", set())


def sharing(digest: str, key: str) -> None:
    """Whether a link to this file works for others, and after the session: for whoever brought them. Each file has its own widget."""
    if uploads.brought(digest, owner()):
        st.toggle(_("Share by link"),
                  help=_("Otherwise the file is gone from the server when your session ends, and a link to it opens the default."),
                  **bound(f"{key}:{digest}.{language()}", uploads.shared(digest, owner()), lambda on: uploads.share(digest, owner(), on)))

