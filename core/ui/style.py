"""The few rules of style that the theme in `.streamlit/config.toml` cannot express, and Streamlit's own English words put right."""

from __future__ import annotations

import json
import re

import streamlit as st

from core.i18n import _

RULES = """
<style>
  [data-testid="stMainBlockContainer"] { padding-left: 1.6rem; padding-right: 1.6rem; max-width: 1500px; }
  [data-testid="stMain"] h1 { padding: 0; }
  @media (min-width: 701px) { [data-testid="stSidebar"][data-collapsed="false"] { min-width: 256px; max-width: 256px; } }
  [data-testid="stSidebarUserContent"] [data-testid="stButtonGroup"] button { padding: 0.15rem 0.6rem; }
  [data-testid="stMain"] [data-testid="stMainBlockContainer"] { padding-top: 2.6rem; }
  [data-testid="stHeader"] { background: transparent; height: 2.6rem; min-height: 2.6rem; }
  [data-testid="stMain"] [data-testid="stVerticalBlock"] { gap: 0.6rem; }
  [data-testid="stMain"] [data-testid="stSlider"] { padding-bottom: 0; }
  @media (max-width: 700px) { [data-testid="stHeader"] { background: var(--st-background-color, Canvas); } }
  .dl-player { scroll-margin-top: 3rem; }
  .st-key-formulas { display: grid; grid-template-columns: max-content minmax(0, 1fr); align-items: center; gap: 0.5rem 1rem; }
  .st-key-formulas > * { width: auto; max-width: 100%; min-width: 0; }
  .st-key-formulas .katex-display { margin: 0; padding: 0.1rem 0; text-align: left; }
  .st-key-formulas [data-testid="stMarkdown"] > div, .st-key-formulas [data-testid] [data-testid="stMarkdownContainer"],
  .st-key-formulas [data-testid="stMarkdownContainer"] p { margin: 0; }
  .st-key-formulas .katex-display > .katex { text-align: left; white-space: normal; }
  .st-key-formulas .katex-display .base { margin: 0.12em 0; }
  /* a formula that is wider than its place is scrolled in a box of its own, and fades where it goes on */
  .stApp .katex-display, [data-testid="stPopoverBody"] .katex-display { overflow: auto hidden; scrollbar-width: thin;
    padding-inline-end: 4px; }  /* letters lean 2 px out of their line, which is nothing to scroll for */
  /* escaped: Streamlit throws a style away that has a beginning of a tag in it */
  @property --dl-before { syntax: "\\3c length>"; inherits: false; initial-value: 0px; }
  @property --dl-after { syntax: "\\3c length>"; inherits: false; initial-value: 0px; }
  @keyframes dl-goes-on {
    0% { --dl-before: 0px; --dl-after: 2.5rem; } 15% { --dl-before: 2.5rem; } 85% { --dl-after: 2.5rem; }
    100% { --dl-before: 2.5rem; --dl-after: 0px; }
  }
  @supports (animation-timeline: scroll()) {
    .katex-display { animation: dl-goes-on linear both; animation-timeline: scroll(self inline);
      mask-image: linear-gradient(to right, transparent, #000 var(--dl-before), #000 calc(100% - var(--dl-after)), transparent); }
  }
  /* Streamlit's colour for the button of an open popover is not to be read on black, and a wide popover opens over the navigation */
  .stApp [data-testid="stPopoverButton"][aria-expanded="true"] { color: light-dark(LIGHT, DARK); }
  @media (min-width: 701px) {
    [data-testid="stPopoverBody"][role="dialog"] { max-width: clamp(20rem, (100vw - 256px) / 2, 40rem) !important; }
  }
  .st-key-pictures .dl-bar { display: none; }  /* one look, which has no epochs */
  @media (max-width: 700px) {
    [data-testid="stMainBlockContainer"] { padding-left: 0.8rem; padding-right: 0.8rem; }
    [data-testid="stMain"] h1 { padding: 0.5rem 0 0.4rem; }
  }
  @media (max-width: 640px) {
    /* settings two and two, for the picture below them to be seen without much scrolling; what has words to show has the width for them */
    .st-key-settings { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); align-items: end; }
    .st-key-settings > * { width: auto; min-width: 0; grid-column: 1 / -1; }
    .st-key-settings > :is(:has([data-testid="stSlider"]), :has([data-testid="stCheckbox"]), :has([class*="-undo"]),
      :has([data-testid="stExpander"] > details:not([open]))) { grid-column: auto; }
    .st-key-formulas { grid-template-columns: minmax(0, 1fr); gap: 0.1rem; }
    /* a table is scrolled in a box of its own */
    [data-testid="stMain"] [data-testid="stMarkdownContainer"] table { display: block; overflow: auto hidden; scrollbar-width: thin; }
    [data-testid="stMain"] [data-testid="stMarkdownContainer"] :is(th, td) { white-space: nowrap; }
    .st-key-study [data-testid="stColumn"]:has(.dl-board),
    .st-key-study [data-testid="stColumn"]:has(.dl-board) > [data-testid="stVerticalBlock"] { display: contents; }
    .st-key-study [data-testid="stHorizontalBlock"] > [data-testid="stColumn"]:not(:has(.dl-board)) { order: 1; }
    .st-key-study [data-testid="stColumn"]:has(.dl-board) > [data-testid="stVerticalBlock"] > * { order: 2; width: 100%; }
    .st-key-study [data-testid="stColumn"]:has(.dl-board) > [data-testid="stVerticalBlock"] > :has(.dl-board) { order: 0; }
  }
  [data-testid="stFileUploaderDropzoneInstructions"] { display: none; }
  [data-testid="stFileUploaderDropzone"] button [data-testid="stMarkdownContainer"] p { font-size: 0; }
  [data-testid="stFileUploaderDropzone"] button [data-testid="stMarkdownContainer"] p::after { font-size: 0.95rem; content: CHOOSE; }
</style>
"""


def style() -> str:
    """The rules as HTML, in the theme's colours; the words of an uploader's button, which Streamlit has in English only, in the page's
    language."""
    words = {"CHOOSE": json.dumps(_("Choose a file"), ensure_ascii=False),
             "LIGHT": st.get_option("theme.light.linkColor"), "DARK": st.get_option("theme.dark.linkColor")}
    return re.sub("|".join(words), lambda name: words[name[0]], RULES)
