"""Python's collector now and then looks at everything there is, which takes 50 ms and more, during which no frame is passed on. What
has been loaded for good is taken out of its sight; a run's own garbage stays in it. (That Streamlit collects after every script
run is turned off in .streamlit/config.toml.)"""

from __future__ import annotations

import gc

_left = 5  # the first runs import what later ones use


def freeze() -> None:
    """Call at the end of a page's script. Does its work a few times in the life of a process."""
    global _left
    if _left > 0:
        _left -= 1
        gc.collect()
        gc.freeze()
