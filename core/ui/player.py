"""The player: one browser component that fetches a run's frames and plays them on figure templates.

The page mounts it once, under one key, and its script ends; a rerun with the same run and figures disturbs nothing.
The component itself is a few lines that import `player.js` from our own server, so that the browser caches it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from core.figures import theme
from core.figures.template import Template, to_json
from core.i18n import _, language
from core.ui import ahead

ASSETS = Path(__file__).parent / "player"  # served under /assets, with plotly.min.js beside

# of other pages than the one that most people open first
LATE = ("board.js", "film.js", "handles.js", "review.js", "review_models.js", "review_words.js")

LOADER = """
export default async function (component) {
  const { base, version } = component.data
  const player = await import(new URL(`${base}/assets/player.js?v=${version}`, window.location.origin).href)
  return player.default(component)
}
"""


@cache
def plotly_version() -> str:
    return version("plotly")


@cache
def assets_version() -> str:
    """A hash of the player's files: part of their address, so that they may be cached for ever."""
    digest = hashlib.sha256()
    for path in sorted(ASSETS.iterdir()):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def base_path() -> str:
    """The address our routes stand under: Streamlit's `server.baseUrlPath`."""
    path = (st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""


def early(base_url: str = "") -> str:
    """The lines of HTML that have a browser load the player's scripts at once, and look for the server where it is.

    Otherwise Streamlit takes the last part of an address for a folder of the server first: two requests that find nothing.
    """
    base, version = f"/{base_url.strip('/')}" if base_url.strip("/") else "", assets_version()
    modules = [f'<link rel="modulepreload" href="{base}/assets/{path.name}?v={version}">' for path in sorted(ASSETS.glob("*.js"))
               if path.name not in LATE]
    # not before the page's own scripts: the browser compiles this one on its second thread, which they need first
    plotly = f'<link rel="preload" as="script" fetchpriority="low" href="{base}/assets/plotly.min.js?v={plotly_version()}">'
    there = f"<script>window.__streamlit ??= {{ BACKEND_BASE_URL: location.origin + {json.dumps(base + '/')} }}</script>"
    return there + "".join(modules) + plotly


@cache
def _component() -> Callable[..., Any]:
    # without a shadow root: plotly needs the page's styles
    return st.components.v2.component("run_player", js=LOADER, isolate_styles=False)


def card_strings() -> dict[str, Any]:
    """What the menu of a figure's card says."""
    return {"card": _("Data, files and zoom"), "nearer": _("Zoom in"), "farther": _("Zoom out"), "whole": _("The whole figure"),
            "table": _("The numbers as a table"), "close": _("Close"), "nothing": _("Nothing is there yet."),
            "layer": _("layer"), "from": _("from neuron"), "to": _("to neuron"), "weight": _("weight"), "bias_term": _("bias")}


def strings() -> dict[str, Any]:
    """Everything the player says, in the session's language; {placeholders} are filled in the browser."""
    return card_strings() | {
        "player": _("Player"), "back": _("One step back"), "forward": _("One step forward"), "play": _("Play"),
        "pause": _("Pause"), "skip": _("Skip to the end"), "stop": _("Stop training"), "scrubber": _("Epoch shown"),
        "speed": _("Speed"), "epoch": _("epoch {epoch:d}"), "batch": _(" · batch {batch:d} of {steps:d} · about {left} to go"),
        "minutes": _("{n:d} min"), "seconds": _("{n:d} s"), "rest": _(" of {total:d} · {seconds:.1f} s · {state}"),
        "at": _("epoch {epoch:d} of {total:d}"),
        "states": {
            "starting": _("starting"), "compiling": _("compiling"), "training": _("in training"), "queued": _("queued"),
            "queued_place": _("queued at place {place:d}"),
            "queued_seconds": _("queued at place {place:d}, about {seconds:.0f} s"), "resumed": _("taken up again"),
            "paused": _("stopped, can go on"),
            "lost": _("reconnecting"), "missing": _("no longer there"), "finished": _("trained"),
            "not_kept": _("trained"), "failed": _("stopped"), "cancelled": _("stopped"),
            "before": _("stopped; these are the pictures of the run before"),
        },
        "network_role": _("network diagram"),
        "network_hint": _("Click a neuron to pull it out; with the keyboard: arrows, Enter, Esc."),
        "weights": _("largest weights: {weights}"), "weight_from": _("{w:.2f} from {from}"),
        "edge": _("{from} → {to}: weight {w:.2f}"), "stays": _("only hidden neurons can be pulled out"),
        "mini": _("Back to the picture"), "miniClose": _("Close the small picture"),
        "bias": _("bias {bias:.2f}"), "dead": _("{dead:.0%} of this layer is dead"),
        "without": _("neurons out: {n:d}"), "is_out": _("{n:d} pulled out, Esc puts all back"),
        "no_answer": _("The network could not be asked just now."),
        "point": _("at ({x:.2f}, {y:.2f}): output {output} · click it again to take it away"),
    }


def player(run: str, templates: Sequence[Template], *, key: str, epochs: int, base: str = "", pending: Sequence[str] = (),
           ask: Mapping[str, Mapping[str, Any]] | None = None, start: Literal["play", "end"] = "play", again: int = 0,
           show: int = 0, steps: int = 0, question: Mapping[str, Any] | None = None, on_ended: Callable[[], None] | None = None,
           on_lost: Callable[[], None] | None = None, on_stop: Callable[[], None] | None = None,
           on_popped: Callable[[], None] | None = None, on_guess: Callable[[], None] | None = None,
           on_painted: Callable[[], None] | None = None) -> Any:
    """Mount the player. Call it once in a script run, under a key that stays the same.

    run: the run's key; templates: the page's figures; epochs: how many the run will have; base: the address our
    routes stand under; start: whether the first run on the page is played or shown at its end. ask: what may be asked
    of the trained model, "neurons": {"probe", "replaces": names of the arrays that an answer replaces, "metrics": what
    its array "metrics" holds} and "point": {"probe"}. again: raise it to have a run fetched once more whose end the
    player saw. show: raise it to have the browser scroll to the player. pending: other runs of the figures that have not ended
    as far as the page knows; when one has, the page runs again. question: what to ask while the next run waits for a guess
    (`core.ui.guess.prepared`).

    Returns the component's state: `.ended` is {"run", "state"} once a run has ended or is paused; `.stop` and `.lost` hold the
    run's key in the one script run in which the reader pressed stop, or the server knew the run no longer; `.popped`
    the address's query in the one in which the reader went back or forward in the browser's history; `.guess` the answer to the
    question (`core.ui.guess.commit`); `.painted` a kernel as text, in the one in which it was painted.
    """
    data = {"run": run, "base": base, "figures": to_json(templates), "strings": strings(), "lang": language(),
            "epochs": epochs, "steps": steps, "theme": theme.TOKENS, "ask": {k: dict(v) for k, v in (ask or {}).items()},
            "start": start, "again": again, "show": show, "pending": list(pending), "version": assets_version(), "plotly": plotly_version()}
    if question:
        data["question"] = dict(question)
    ahead.tell(key, data)

    def nothing() -> None:
        """Streamlit returns only those values that have a callback."""

    return _component()(key=key, data=data, on_ended_change=on_ended or nothing, on_lost_change=on_lost or nothing,
                        on_stop_change=on_stop or nothing, on_popped_change=on_popped or nothing, on_others_change=nothing,
                        on_guess_change=on_guess or nothing, on_painted_change=on_painted or nothing)
