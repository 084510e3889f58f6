"""A file of one's own that a page reads by evidence: the place for it, what was refused and why, and what may be corrected."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.data import uploads
from core.frame import Trouble
from core.i18n import _, language, say
from core.specs.base import Control
from core.ui import files
from core.ui.controls import bound
from core.ui.state import State
from core.ui.text import plain

Options = Mapping[str, Sequence[str]]
Words = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Kind:
    """field: the spec's, of which the choice “upload” opens the place; says: marked, what kind of file; until: marked, what is said while
    there is none; limit_mb: at most; read(data, name, corrections, limit_mb): Trouble if it cannot be read; correctable(trouble): the
    fields that may put it right, with what each may be, none if nothing would help; words: what some choices are called,
    marked."""

    field: str
    says: str
    until: str
    limit_mb: float
    read: Callable[[bytes, str, Mapping[str, Any], float], object]
    correctable: Callable[[Trouble], Options]
    words: Words = dataclasses.field(default_factory=dict)

    def limit(self) -> float:
        """The most that a file may have, in MB: what the server takes, too."""
        return min(self.limit_mb, st.get_option("server.maxUploadSize"))


def place(state: State[Any, Any], kind: Kind, beside: Callable[[], None] | None = None) -> None:
    """The place for a file, and what else there is to bring. Nothing where something else is on screen."""
    if not (state.wants_upload or state.spec.upload):
        return
    control = state.spec.control("upload")
    key = f"{state.name}:file"
    st.file_uploader(_(control.label), key=key, help=_(control.help), on_change=lambda: _chosen(state, kind, key))
    st.caption(_("{kind}, at most {limit:g} MB", kind=_(kind.says), limit=kind.limit()))
    if beside:
        beside()
    if state.wants_upload:
        st.caption(_(kind.until))
    _refused(state, kind)
    if state.spec.upload:
        files.sharing(state.spec.upload, f"{state.name}:shared")


def take(state: State[Any, Any], kind: Kind, data: bytes, name: str, **corrections: Any) -> None:
    """Have the page use this file. If it cannot be read, the page says why, and keeps the file to be corrected."""
    pending = f"{state.name}:pending"
    try:
        kind.read(data, name, corrections, kind.limit())
    except Trouble as trouble:
        st.session_state[pending] = (data, name, corrections, trouble.message, kind.correctable(trouble))
        return
    st.session_state.pop(pending, None)
    digest = hashlib.sha256(data).hexdigest()[:32]
    uploads.keep(digest, {"file": np.frombuffer(data, np.uint8)}, [name])
    files.take(digest)
    state.change(**{kind.field: "upload"}, upload=digest, **corrections)


def _chosen(state: State[Any, Any], kind: Kind, key: str) -> None:
    """Read what was chosen, once. That it is taken out again changes nothing: what is in use stays."""
    file = st.session_state[key]
    if isinstance(file, UploadedFile):
        take(state, kind, file.getvalue(), file.name)
        files.drop_copies([file])


def _refused(state: State[Any, Any], kind: Kind) -> None:
    """A file that could not be read: the reason, and what may be said of it so that it can."""
    pending = st.session_state.get(f"{state.name}:pending")
    if pending is None:
        return
    data, name, corrections, why, fields = pending
    st.error(f"**{plain(name)}**: {plain(say(why))}", icon=":material/block:")
    if fields:
        st.caption(_("If you know better how to read it, say so:"))
        choose(state, fields, corrections, lambda **values: take(state, kind, data, name, **{**corrections, **values}), "pending",
               kind.words)
        st.button(_("Forget this file"), key=f"{state.name}:forget", on_click=lambda: st.session_state.pop(f"{state.name}:pending", None))


def choose(state: State[Any, Any], fields: Options, values: Mapping[str, Any], change: Callable[..., None], where: str,
           words: Words | None = None) -> None:
    """A choice for each field; "" leaves it to the file. where: a name of this place's own."""
    for field, options in fields.items():
        control = state.spec.control(field)
        known_words = {**(control.choices or {}), **(words or {}).get(field, {})}
        _choice(f"{state.name}:{where}:{field}", control, known_words, options, values.get(field, ""), _one(change, field))


def _one(change: Callable[..., None], field: str) -> Callable[[str], None]:
    return lambda value: change(**{field: value})


def _choice(key: str, control: Control, words: Mapping[Any, str], options: Iterable[str], value: str, change: Callable[[str], None],
            ) -> None:
    known = ["", *[option for option in options if option]]
    known += [value] if value not in known else []
    binding = bound(f"{key}.{language()}", value, lambda now: change(now or ""), known)
    st.selectbox(_(control.label), known, index=known.index(binding.pop("value")), help=_(control.help),
                 format_func=lambda one: _(words[one]) if one in words else one or _("as the file suggests"), **binding)


def found(state: State[Any, Any], kind: Kind) -> dict[str, dict[str, np.ndarray]]:
    """The file that the page's spec needs, as the runner takes it. If this person cannot have it (any more), the page takes the default
    and says why."""
    digest = state.spec.upload
    if digest and (problem := files.missing(digest, state.spec.control("upload").label, "file")):
        state.drop(kind.field, problem)
    if state.spec.upload:
        files.hold(state.spec.upload)
    return uploads.arrays(state.spec.upload)
