"""Texts on the page, as they are: each on a card with what it is; a text as its tokens, with their ids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import streamlit as st

STYLE = """<style>
.tx-cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%%, 260px), 1fr)); gap: 10px; }
.tx-card { border: 1px solid color-mix(in srgb, currentColor 22%%, transparent); border-radius: 10px; padding: 8px 12px; font-size: 0.9rem;
  line-height: 1.5; max-height: %(height)s; overflow: auto; overflow-wrap: anywhere; white-space: pre-wrap; }
.tx-card b { display: block; font-size: 0.8rem; opacity: 0.75; }
.tx-row { display: flex; flex-wrap: wrap; gap: 4px; margin: 2px 0 8px; }
.tx-token { display: inline-flex; flex-direction: column; align-items: center; padding: 1px 5px; border-radius: 6px; line-height: 1.35;
  border: 1px solid color-mix(in srgb, currentColor 18%%, transparent); }
.tx-token small { font-size: 0.7rem; opacity: 0.7; font-variant-numeric: tabular-nums; }
.tx-unknown { border-style: dashed; border-color: #B35900; }
.tx-unknown small { opacity: 1; font-weight: 600; }
.tx-cut { opacity: 0.35; text-decoration: line-through; }
.tx-pad { opacity: 0.5; }
</style>"""


def texts(shown: Iterable[tuple[str, str]], *, height: str = "11em") -> None:
    """Cards with texts. shown: what stands above each, and the text; a stranger's words are shown as they are, and are no markup."""
    cards = "".join(f'<div class="tx-card" tabindex="0"><b>{escape(head)}</b>{escape(text)}</div>' for head, text in shown)
    st.html(STYLE % {"height": height} + f'<div class="tx-cards">{cards}</div>')


def row(tokens: Sequence[str], ids: Sequence[int], kept: tuple[int, int], padded: int, front: bool, *, unknown: int = 1, most: int = 160,
        ) -> None:
    """A text as a network reads it: each token above its id, dashed where it is unknown, struck out where it is cut off, and the padding.

    tokens: all of them; ids: of those that are kept, kept: the first of these, and the first that is not any more; padded: how many
    zeros there are, front: whether they stand before the text; most: tokens that are drawn.
    """
    first, last = kept
    start = min(max(first - 12, 0), max(len(tokens) - most, 0))
    cells = []
    for place in range(start, min(start + most, len(tokens))):
        inside = first <= place < last
        number = ids[place - first] if inside else None
        kind = "tx-cut" if not inside else "tx-unknown" if number == unknown else ""
        below = "–" if number is None else str(number)
        cells.append(f'<span class="tx-token {kind}"><span>{escape(tokens[place])}</span><small>{below}</small></span>')
    if start:
        cells.insert(0, f'<span class="tx-token tx-cut"><span>… {start}</span><small>–</small></span>')
    if start + most < len(tokens):
        cells.append(f'<span class="tx-token tx-cut"><span>… {len(tokens) - start - most}</span><small>–</small></span>')
    if padded:
        padding = f'<span class="tx-token tx-pad"><span>{padded} ×</span><small>0</small></span>'
        cells = [padding, *cells] if front else [*cells, padding]
    st.html(STYLE % {"height": "none"} + f'<div class="tx-row">{"".join(cells)}</div>')
