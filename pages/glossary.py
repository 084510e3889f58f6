"""Glossary: every term that the pages explain, in both languages."""

import streamlit as st

from core.i18n import N_, _
from core.ui import lab, terms
from core.ui.address import strays

PAGE = {"title": N_("Glossary"), "section": "beyond", "icon": ":material/dictionary:", "order": 90}

st.title(_("Glossary"), anchor=False)
lab.problems(strays())
terms.page()
