"""The browser component in which a text is typed and changed, and read by the network at every change; see core/ui/player/review.js."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import streamlit as st

from core.data.words import UNKNOWN
from core.figures import theme
from core.i18n import N_, _, language
from core.specs.text_project import LONGEST
from core.ui.player import assets_version, base_path, plotly_version

LOADER = """
export default async function (component) {
  const { base, version } = component.data
  const review = await import(new URL(`${base}/assets/review.js?v=${version}`, window.location.origin).href)
  return review.default(component)
}
"""
SUMS = N_("With padding in place of the words the logit is {base:.2f}; the words add {sum:.2f}: {logit:.2f} for “{name}”.")


@cache
def _component() -> Callable[..., Any]:
    return st.components.v2.component("review", js=LOADER, isolate_styles=False)


def words() -> dict[str, Any]:
    """What the component says, in the session's language; {placeholders} are filled in the browser."""
    return {
        "label": _("Your review: type, or press a word below"), "words": _("The words as the network has read them"),
        "network": _("The network"), "simple": _("TF-IDF with logistic regression"), "sure": "{name} {share:.0%}",
        "none": _("The network could not be asked just now."),
        "press": _("Press a word to change it."), "moved": _("“{word}” moves the logit by {value:.2f}"),
        "unknown": _("“{word}” is unknown to the network; as <UNK> it moves the logit by {value:.2f}"),
        "remove": _("Take out"), "negate": _("Negate"), "swap": _("Swap"), "undo": _("Undo"), "other": _("another word"),
        "view": _("What colours the words"), "attributions": _("colour: what moved the answer"),
        "head": _("colour: attention, head {n}"),
        "changed": {"remove": _("without “{word}”"), "negate": _("“{word}” negated"), "swap": _("“{word}” → “{other}”")},
        "log": _("{what}: {name} {before:.0%} → {after:.0%}"), "sums": _(SUMS),
        "missing": _("Of this sum {missing:.2f} could not be traced to a word and is shared out among all of them."),
        "end": _("The first {cut:d} tokens were not read: the text is too long."),
        "beginning": _("The last {cut:d} tokens were not read: the text is too long."),
    }


def review(run: str, beside: str, text: str, *, classes: Sequence[str], keep: str, tokens: str, key: str,
           on_text: Callable[[str], None]) -> None:
    """Mount the component. run, beside: keys of the network's run and of the simple model's, "" while there is none; classes: translated;
    keep: which end of a long text is read; tokens: "words" or "characters"; on_text: what the text has become, once nobody has changed it
    for a moment."""
    def told() -> None:
        value = st.session_state[key].text
        if isinstance(value, str) and value != text:
            on_text(value[:LONGEST])

    data = {"run": run, "beside": beside, "text": text, "classes": list(classes), "keep": keep, "tokens": tokens,
            "unknown": UNKNOWN, "limit": LONGEST, "strings": words(),
            "lang": language(), "theme": theme.TOKENS, "base": base_path(), "version": assets_version(), "plotly": plotly_version()}
    _component()(key=key, data=data, on_text_change=told)
