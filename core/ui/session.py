"""One browser session: its name on the server, and what goes when it is over: its slots in the runner, its uploads.

A lost connection is not the end: a phone that slept comes back to the same session. Streamlit clears a session's caches when the
connection ends and keeps its state for two minutes more; so what it held is let go some time later, and only if it is not back.
"""

from __future__ import annotations

import re
import threading
import uuid

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.data import uploads
from core.runs.runner import get_runner

GRACE_S = 150.0
COOKIE = "deep-learning-lab"
NAME = re.compile("[0-9a-f]{32}")

_leaving: dict[str, threading.Timer] = {}
_lock = threading.Lock()


def session() -> str:
    """A name for this browser session that only the server knows."""
    name = st.session_state.setdefault("session", uuid.uuid4().hex)
    context = get_script_run_ctx()
    _present(name, context.session_id if context else "")
    return name


def owner() -> str:
    """A name for this browser that only it and the server know: whose the files are that it brought. It has one from its first file on, as
    a cookie (core/ui/player/memory.js), until it deletes them."""
    return _told() or st.session_state.setdefault("owner", uuid.uuid4().hex)


def _told() -> str:
    """The name that the browser had when it connected; "" if it had none."""
    kept = str(st.context.cookies.get(COOKIE, ""))
    return kept if NAME.fullmatch(kept) else ""


def known_as(name: object) -> None:
    """The browser had a name already when this session gave it one: another tab was faster. The session's files are that one's."""
    if isinstance(name, str) and NAME.fullmatch(name) and not _told():
        uploads.hand_over(owner(), name)
        st.session_state["owner"] = name


def _later(who: tuple[str, str]) -> None:
    """Look in a while whether a session (its name, Streamlit's id of it) is over: its connection has ended."""
    timer = threading.Timer(GRACE_S, _look, [who])
    timer.daemon = True
    with _lock:
        if (before := _leaving.pop(who[0], None)) is not None:
            before.cancel()
        _leaving[who[0]] = timer
    timer.start()


@st.cache_resource(scope="session", show_spinner=False, on_release=_later)
def _present(name: str, identity: str) -> tuple[str, str]:
    """Streamlit keeps this as long as the session is connected."""
    return name, identity


def _look(who: tuple[str, str]) -> None:
    if runtime.exists() and runtime.get_instance().is_active_session(who[1]):
        _later(who)  # it has come back without running the page
    else:
        over(who[0])


def over(name: str) -> None:
    """A session is over: its runs and its files go, unless someone else holds them. A project's run goes on, and so do the pictures or
    prices that it learns from stay, for whoever comes back by its address: they are looked at again later."""
    with _lock:
        _leaving.pop(name, None)
    runner = get_runner()
    runner.release(name)
    for digest in uploads.let_go(name, runner.learned_from()):
        runner.forget(digest, runs=False)
    if uploads.held(name):
        _later((name, ""))
