"""What is kept of this person, here and on the server: to see and to delete. And what they have solved, for the navigation."""

from __future__ import annotations

import streamlit as st

from core.data import uploads
from core.i18n import _
from core.insight.exercises import challenges_of
from core.ui import files, memory
from core.ui.language import fragment
from core.ui.session import owner


def solved(page: str) -> str:
    """What stands behind a page's title in the navigation: how many of its challenges are solved, once one is."""
    asked = [challenge.id for challenge in challenges_of(page)]
    done = sum(name in memory.memory()["solved"] for name in asked)
    return f" · {'✓' if done == len(asked) else f'{done}/{len(asked)}'}" if done else ""


@fragment
def kept() -> None:
    """A small place in the sidebar that lists what is kept, with buttons that delete it. Looked up when it is opened: a page's own
    reruns do not draw the sidebar."""
    place = st.popover(_("What is kept about me"), type="tertiary", icon=":material/shield_person:", key="mine", on_change="rerun")
    if not place.open:
        return
    with place:
        data = memory.memory()
        runs = sum(map(len, data["history"].values()))
        st.markdown(_("**In this browser,** where nobody else sees them: runs in the history {runs}, challenges solved {solved}, looks at "
                      "sealed test sets {looks}.", runs=runs, solved=len(data["solved"]), looks=sum(data["looks"].values())))
        if st.button(_("Delete all of it"), key="mine:forget", icon=":material/delete:", disabled=not any(data.values())):
            memory.forget()
            st.rerun()  # the frame tells the browser
        mine = uploads.of(owner())
        st.markdown(_("**On the server:** files of yours in its memory, {files} of them, until your session ends (those kept for others: "
                      "until it needs the room or is started anew); deleting them deletes the runs that learned from them, unless others "
                      "brought the same file, and the cookie by which they are known to be yours. Other finished runs are kept by their "
                      "settings, without a name; trainings end when nobody watches them, those of a project after half an "
                      "hour.", files=len(mine)))
        if st.button(_("Delete my files"), key="mine:files", icon=":material/delete:", disabled=not mine):
            files.delete_mine()
            st.rerun()  # the page may show one of them
