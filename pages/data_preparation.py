"""Data preparation and evaluation: from a raw table to a score that can be believed."""

from collections import Counter

import streamlit as st

from core.data import tables
from core.figures.data_preparation import STUDY
from core.figures.data_preparation.own import axes
from core.i18n import N_, _, language
from core.settings import settings
from core.ui import controls, files, study, terms
from core.ui.state import State
from core.ui.text import plain

PAGE = {"title": N_("Data preparation and evaluation"), "section": "blocks", "icon": ":material/fact_check:", "order": 50}


def idea() -> None:
    terms.markdown(_("A score is a promise about rows that nobody has seen. Clean the table, turn words into numbers, bring columns to "
                     "one scale, then "
                     "keep some rows back: a [[test set]] that only judges."))
    st.latex(r"R_{\mathrm{promised}} = \frac{1}{n}\sum_{i \in \mathrm{test}} \big[\hat y_i = y_i\big]")
    terms.markdown(_("The promise holds only if nothing that was learned, chosen or filled in has looked at the test rows. If something "
                     "has, that is a "
                     "[[leak|data leakage]]: the score rises, the model does not get better. So: **split first**, then learn every step, "
                     "the choice of columns too, from the training rows alone."))


def own_table(state: State) -> None:
    """In “Clean”: a place for one's own table, and what was read of it."""
    if state.spec.scene != "clean" or any(check(state, "upload") for check in (controls.hidden, controls.locked)):
        return
    with st.expander(_("Your own table (CSV)"), icon=":material/upload_file:", expanded=bool(state.spec.upload)):
        files.own(state, "upload", lambda data: tables.read_table(data, settings.upload_mb), kind="CSV", limit_mb=settings.upload_mb,
                  across=1, up=2)
        own = tables.own(state.spec.upload)
        if own is not None:
            preview(state, own)


def preview(state: State, own: tables.Own) -> None:
    """The first rows, each column's inferred type in its head; what is drawn of it; a way back."""
    count = Counter(own.kinds)
    kinds = _(", ").join(f"{_(tables.KINDS[kind])} × {n}" for kind, n in sorted(count.items()))
    st.caption(_("{rows} rows. Columns: {kinds}", rows=len(own.values), kinds=kinds))
    heads = [f"{name}\u2002({_(tables.KINDS[kind])})" for name, kind in zip(own.names, own.kinds, strict=True)]
    first = range(min(len(own.values), 8))
    st.dataframe({head: [own.cell(row, place) for row in first] for place, head in enumerate(heads)}, hide_index=True, height=213)
    for place, (row, text) in list(own.odd.items())[:3]:
        st.caption(plain(_("“{column}” is not read as numbers: row {row} of the file has “{text}”.", column=own.names[place], row=row,
                           text=text)))
    numbers = own.of(tables.NUMBER)
    across, up = axes(state.spec, own)
    shown = {0: _("row"), **{i + 1: own.names[place] for i, place in enumerate(numbers)}}
    for name, value, options in (("across", 0 if across is None else numbers.index(across) + 1, list(shown)),
                                 ("up", numbers.index(up) + 1, list(shown)[1:])):
        binding = controls.bound(f"data_preparation:{name}:{state.spec.upload}.{language()}", value,
                                 lambda chosen, name=name: state.change(**{name: chosen}), options)  # type: ignore[misc]
        st.selectbox(_(state.spec.control(name).label), options, index=options.index(binding.pop("value")),
                     format_func=shown.__getitem__, **binding)
    st.button(_("Back to the wines"), icon=":material/wine_bar:", key="data_preparation:wines", on_click=lambda: state.change(upload=""))


study.page(
    STUDY, title=_("Data preparation and evaluation"), question=_("A model is right on 98 % of random labels. How can that be?"), idea=idea,
    needs=("probability", "losses"), leads=("feedforward",), above=own_table,
    deeper=[("https://scikit-learn.org/stable/common_pitfalls.html", N_("scikit-learn: common pitfalls, data leakage among them")),
            ("https://hastie.su.domains/ElemStatLearn/", N_("Hastie, Tibshirani and Friedman, chapter 7.10: the wrong and the right way "
                                                            "to cross-validate")),
            ("https://scikit-learn.org/stable/modules/model_evaluation.html", N_("scikit-learn: which score for which question"))])
