"""Terms in a text that explain themselves when they are pointed at, reached with the keyboard, or tapped.

There is no script in it and no rerun. A term is a button, its explanation a popover beside it, which the browser draws above
everything else, wherever the text stands. A tap or Enter opens it (`popovertarget`), so do pointer and focus (`interestfor`;
a browser that does not know that yet gets rules of style that show it); Esc or a tap elsewhere closes it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from core import glossary, i18n
from core.glossary import Entry
from core.i18n import _

STYLE = """
<style>
  .dl-term { all: unset; cursor: help; text-decoration: underline dotted; text-underline-offset: 0.2em; user-select: text;
             interest-delay: 0.15s 0.2s; }
  .dl-term:focus-visible { outline: 2px solid; outline-offset: 2px; border-radius: 2px; }
  .dl-tip { position: fixed; inset: auto; margin: 0.2rem 0.8rem; position-area: top; position-try-fallbacks: flip-block;
            box-sizing: border-box; max-width: min(22rem, 100vw - 1.6rem); padding: 0.5rem 0.75rem; border-radius: 8px;
            border: 1px solid color-mix(in srgb, CanvasText 35%, Canvas); background: Canvas; color: CanvasText;
            box-shadow: 0 3px 14px rgb(0 0 0 / 25%); font-size: 0.875rem; font-weight: 400; font-style: normal; line-height: 1.5;
            text-align: start; white-space: normal; z-index: 1000100; display: none; }
  .dl-tip:popover-open { display: block; }
  .dl-tip i { font-style: normal; opacity: 0.75; margin-inline-start: 0.4em; }
  .dl-tip b { display: inline-block; }
  .dl-tip b, .dl-glossary b { font-weight: 650; }
  @supports not (position-area: top) { .dl-tip { inset: auto 0 0.8rem; margin: 0 auto; } }
  @supports not selector(:interest-source) {
    .dl-explained { anchor-scope: --dl-term; }
    .dl-term { anchor-name: --dl-term; }
    .dl-tip { position-anchor: --dl-term; }
    .dl-term:focus-visible + .dl-tip { display: block; }
    @media (hover: hover) { .dl-explained:hover > .dl-tip { display: block; } }
  }
  .dl-glossary.dl-glossary { padding: 0; max-width: 46rem; }
  .dl-glossary dt { margin-top: 0.9rem; }
  .dl-glossary dd { margin: 0.1rem 0 0; }
  .dl-glossary dd + dd { opacity: 0.75; }
</style>
"""


def markdown(text: str, *, write: Callable[..., Any] = st.markdown, **kwargs: Any) -> None:
    """`st.markdown` for a text with marked terms; `write=st.caption` for a small one.

    Only for texts of our own: a sentence with a stranger's words in it is shown escaped, by other means.
    """
    if glossary.marked(text):
        write(html(text), unsafe_allow_html=True, **kwargs)
    else:
        write(text, **kwargs)


def html(text: str) -> str:
    """The text with its terms as HTML, for `unsafe_allow_html`. A term without an entry is only its words."""
    which = hashlib.blake2s(f"{i18n.language()}{text}".encode(), digest_size=5).hexdigest()  # the same in every rerun
    parts, end = [], 0
    for n, mark in enumerate(glossary.MARK.finditer(text)):
        shown = mark["stars"] + _closed(mark["shown"]) + mark["stars"]
        entry = glossary.find((mark["term"] or mark["shown"]).strip("* "))
        parts += [_closed(text[end:mark.start()]), _term(shown, entry, f"dl-{which}-{n}") if entry else shown]
        end = mark.end()
    return "".join([*parts, _closed(text[end:])])


def _closed(text: str) -> str:
    """The text without a beginning of a tag: what looks like one gets a space."""
    return re.sub(r"<(?=[A-Za-z/!?])", "< ", text)


def _term(shown: str, entry: Entry, name: str) -> str:
    language = i18n.language()
    english = f'<i lang="en">{_literal(entry.en)}</i>' if language != "en" and entry.en != entry.name(language) else ""
    return (f'<span class="dl-explained"><button type="button" class="dl-term" popovertarget="{name}" popovertargetaction="show" '
            f'interestfor="{name}" aria-describedby="{name}">{shown}</button><span class="dl-tip" id="{name}" role="tooltip" '
            f'popover="auto"><b>{_literal(entry.name(language))}</b>{english}<br>{_literal(entry.explained[language])}</span></span>')


def _literal(text: str) -> str:
    """A text in which neither HTML nor Markdown finds anything to do."""
    return re.sub(r"[!-'*+\-/:<-@\[-`{-~]", lambda sign: f"&#{ord(sign[0])};", text)


def page() -> None:
    """The whole glossary, in both languages, with a place to search."""
    words = st.text_input(_("Find a term"), key=f"glossary:search:{i18n.language()}", icon=":material/search:")
    found = glossary.search(words, i18n.language())
    st.caption(_("Terms: {n}", n=len(found)) if found else _("No term here contains that. Part of a word finds more."))
    st.html(listing(found))


def listing(found: Sequence[Entry]) -> str:
    """The entries as an HTML list, the session's language first."""
    languages = sorted(i18n.LANGUAGES, key=lambda language: language != i18n.language())
    tags = {language: i18n.FOLDERS.get(language, language).replace("_", "-") for language in languages}
    rows = []
    for entry in found:
        first, *others = dict.fromkeys(entry.name(language) for language in languages)
        names = " · ".join([f"<b>{_literal(first)}</b>", *map(_literal, others)])
        rows.append(f"<dt>{names}</dt>" + "".join(
            f'<dd lang="{tags[language]}">{_literal(entry.explained[language])}</dd>' for language in languages))
    return f'<dl class="dl-glossary">{"".join(rows)}</dl>'
