"""The server: `streamlit run app.py`. It serves the dashboard, the frames of its runs and the player's files."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from core.runs.routes import routes
from core.runs.runner import close_runner, get_runner

# Streamlit takes a folder named "pages" for its older kind of navigation until `st.navigation` has run once: the first
# visitor with a link to a page would see it without the frame. It has no public way to say so; a browser test watches this.
PagesManager.uses_pages_directory = False


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """Start the workers with the server, so that they import TensorFlow while the student reads."""
    get_runner().start()
    yield
    close_runner()


app = st.App("dashboard.py", routes=routes(st.get_option("server.baseUrlPath") or ""), lifespan=lifespan)
