"""The offer to download a dataset whose files are not on this computer, and how far that is."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.data import published
from core.data.origins import size_of
from core.data.published import available
from core.frame import Message
from core.i18n import N_, _, say
from core.runs.runner import get_runner
from core.specs.download import DownloadSpec
from core.ui.language import fragment
from core.ui.session import session
from core.ui.text import plain

EVERY_S = 0.5
ELSEWHERE = N_("A worker on another machine has the files now, this server does not see them. DATA_DIR has to be a folder that all "
               "machines share.")


def offer(dataset: str, *, retry: Callable[[], None]) -> bool:
    """Where the files of a dataset are absent: say what it is, and offer to fetch them; then how far that is, and how it failed. Returns
    whether they are absent.

    retry: called when they are here at last, before the page runs again: has it train what failed without them. The download is a run
    that all sessions share; it goes on while the person looks at another page.
    """
    if available(dataset):
        if _name(dataset) in st.session_state:  # they were not, at an earlier look
            _release(dataset, False)
            del st.session_state[_name(dataset)]
            retry()
            st.rerun()
        return False
    megabytes, asked = size_of(dataset) / 1e6, st.session_state.setdefault(_name(dataset), False)
    about = published.about(dataset)
    source, licence = _("Source"), _("Licence")
    st.markdown(_("This dataset is not on this computer yet: {size:.0f} MB from the network, once.", size=megabytes))
    st.caption(f"{_(about.what)} {source}: {_(about.source)} {licence}: {_(about.licence)}")
    if asked is True:
        fragment(lambda: _follow(dataset, megabytes), run_every=EVERY_S)()
        return True
    if isinstance(asked, Message):
        st.error(plain(say(asked)), icon=":material/cloud_off:")
    st.button(_("Download ({size:.0f} MB)", size=megabytes), key=f"download:{dataset}:start", icon=":material/download:", type="primary",
              on_click=_start, args=(dataset,))
    return True


def _name(dataset: str) -> str:
    """Where the session keeps whether it waits for a download, or how that failed; there from the first offer until the files are."""
    return f"download:{dataset}"


def _release(dataset: str, state: bool | Message) -> None:
    """Let the download go, which ends if nobody else waits for it; one that broke off is then tried again when it is asked for."""
    st.session_state[_name(dataset)] = state
    get_runner().release(session(), lab=DownloadSpec.lab, role=dataset)


def _start(dataset: str) -> None:
    st.session_state[_name(dataset)] = True


def _follow(dataset: str, megabytes: float) -> None:
    """How far the download is. At its end the whole page runs again."""
    if st.session_state[_name(dataset)] is not True:  # it was stopped, in this fragment
        st.rerun()
    runner = get_runner()
    key = runner.open(DownloadSpec(dataset=dataset), session=session(), role=dataset, keep=True)  # type: ignore[arg-type]
    end = runner.result(key)
    if end is not None and end.state != "cancelled":
        _release(dataset, False if available(dataset) else end.error or Message(ELSEWHERE))
        st.rerun()
    rows = runner.rows(key)
    done = min(float(rows[-1]["megabytes"] or 0), megabytes) if rows else 0.0
    if not rows:
        text = _("The download begins as soon as a worker is free …")
    elif done < megabytes:
        text = _("{done:.1f} of {size:.1f} MB", done=done, size=megabytes)
    else:
        text = _("All is here; it is checked and put in its place …")
    st.progress(done / megabytes, text=text)
    st.button(_("Stop the download"), key=f"download:{dataset}:stop", icon=":material/stop:", on_click=_release, args=(dataset, False))
