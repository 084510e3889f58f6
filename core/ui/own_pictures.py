"""A person's own pictures: the place for their files, what was refused and why, and how many of each class there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st
from streamlit.runtime.uploaded_file_manager import DeletedFile, UploadedFile

from core.data import uploads
from core.data.archive import ENOUGH, read_images
from core.data.csv import UploadError
from core.data.image_sets import entry
from core.data.unzip import PicturesError
from core.frame import Message
from core.i18n import _, listed, say
from core.specs.cnn import CnnSpec
from core.ui import files, guess
from core.ui.state import State
from core.ui.text import plain

LISTED = 30  # refused files that are named
LARGEST = 20  # MB of all files; DLD_UPLOAD_MB is about points and tables, and one telephone's picture is larger than these


def draw(state: State[Any, Any]) -> None:
    """The place for files, and what is known of those that are in use. Nothing where another dataset is on screen."""
    if not (state.wants_upload or state.spec.dataset == "upload"):
        return
    control = state.spec.control("upload")
    key = f"{state.name}:pictures:file"
    st.file_uploader(_(control.label), key=key, help=_(control.help), accept_multiple_files=True, on_change=lambda: _chosen(state, key))
    st.caption(_("A ZIP or single files (PNG, JPEG, GIF, WebP, BMP), all chosen at once, at most {limit:g} MB in all",
                 limit=limit_mb()))
    if state.wants_upload:
        st.caption(_("Until there are pictures of your own, those on screen stay."))
    _refused(st.session_state.get(f"{state.name}:pictures:refused", ()))
    if state.spec.upload:
        _about(state.spec.upload)
        files.sharing(state.spec.upload, f"{state.name}:shared")


def limit_mb() -> float:
    """The most that all files of an upload may have, in MB: what the server takes of one file, at most `LARGEST`."""
    return min(LARGEST, st.get_option("server.maxUploadSize"))


def take(state: State[Any, Any], given: Sequence[tuple[str, bytes]]) -> None:
    """Have the page learn from these files (name, content). If they cannot be used, the page says why and stays as it is."""
    try:
        digest, arrays, classes, refused = read_images(given, limit_mb())
    except UploadError as error:
        state.problems = [error.message]
        refused = error.refused if isinstance(error, PicturesError) else []
    else:
        uploads.keep(digest, arrays, classes)
        files.take(digest)
        state.change(dataset="upload", upload=digest, classes=len(classes), points=len(arrays["x"]))
    st.session_state[f"{state.name}:pictures:refused"] = refused


def found(state: State[Any, Any]) -> dict[str, dict[str, np.ndarray]]:
    """The pictures that the page's spec needs, as the runner takes them. If this person cannot have them (any more), the page takes the
    default dataset and says why."""
    digest = state.spec.upload
    if digest and (problem := files.missing(digest, state.spec.control("upload").label)):
        state.drop("dataset", problem)
    spec = guess.on_screen(state)
    if spec.upload:
        files.hold(spec.upload)
    return uploads.arrays(spec.upload)


def classes_of(spec: CnnSpec) -> list[str]:
    """The names of the classes, translated; those of a person's own are as they gave them."""
    upload = uploads.find(spec.upload) if spec.upload else None
    if upload is not None:
        return list(upload.classes)
    return [_(name) for name in entry(spec.dataset).classes] or [str(k) for k in range(spec.classes)]


def _chosen(state: State[Any, Any], key: str) -> None:
    """Read what was chosen, once. Files taken out of the list again change nothing: the pictures in use stay.

    Those that were read before are still in the list, but not on the server (see `files.drop_copies`), and that they are gone counts as a
    change.
    """
    chosen: list[UploadedFile] = [file for file in st.session_state[key] if not isinstance(file, DeletedFile)]
    if chosen:
        take(state, [(file.name, file.getvalue()) for file in chosen])
        files.drop_copies(chosen)


def _refused(refused: Sequence[Message]) -> None:
    if refused:
        with st.expander(_("Files that could not be used: {n}", n=len(refused)), icon=":material/block:"):
            st.markdown("\n".join(f"- {plain(say(message))}" for message in refused[:LISTED]))
            if len(refused) > LISTED:
                st.caption(_("… and {n} more.", n=len(refused) - LISTED))


def _about(digest: str) -> None:
    upload = uploads.find(digest)
    if upload is not None:
        counts = np.bincount(upload.arrays["y"], minlength=len(upload.classes))
        each = listed(f"{plain(name)} {count}" for name, count in zip(upload.classes, counts, strict=True))
        st.caption(_("{n} pictures: {each}", n=int(counts.sum()), each=each))
        if counts.min() < ENOUGH:
            st.caption(_("A class of fewer than {n} pictures may have none left to check with. 20 or more are better.", n=ENOUGH))
