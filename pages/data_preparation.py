"""Data preparation and evaluation: from a raw table to a score that can be believed."""

from collections import Counter

import streamlit as st

from core.data import tables
from core.figures.data_preparation import STUDY, own
from core.i18n import N_, _, language
from core.settings import settings
from core.ui import controls, files, study, terms
from core.ui.state import State
from core.ui.text import plain

PAGE = {"title": N_("Data preparation and evaluation"), "section": "blocks", "icon": ":material/fact_check:", "order": 50}
LAST = "data_preparation:last"  # in the session: the table that was on screen last


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
    """In the scenes that take one: a place for one's own table, and what was read of it."""
    if state.spec.scene not in own.SCENES or any(check(state, "upload") for check in (controls.hidden, controls.locked)):
        return
    with st.expander(_("Your own table (CSV)"), icon=":material/upload_file:", expanded=bool(state.spec.upload)):
        files.own(state, "upload", lambda data: tables.read_table(data, settings.upload_mb), kind="CSV", limit_mb=settings.upload_mb,
                  across=1, up=2, category=1)
        found = tables.own(state.spec.upload)
        if found is not None:
            st.session_state[LAST] = state.spec.upload
            preview(state, found)
        else:
            again(state)


def again(state: State) -> None:
    """A way back to the table that was on screen before the example, as long as it is here."""
    last = st.session_state.get(LAST, "")
    if last and files.missing(last, state.spec.control("upload").label, state.spec.own) is None:
        st.button(_("Your table again"), icon=":material/table_view:", key="data_preparation:again",
                  on_click=lambda: state.change(upload=last))


def preview(state: State, table: tables.Own) -> None:
    """The first rows, each column's inferred type in its head; which columns are drawn, or what is lacking; a way back."""
    count = Counter(table.kinds)
    kinds = _(", ").join(f"{_(tables.KINDS[kind])} × {n}" for kind, n in sorted(count.items()))
    st.caption(_("{rows} rows. Columns: {kinds}", rows=len(table.values), kinds=kinds))
    heads = [f"{name}\u2002({_(tables.KINDS[kind])})" for name, kind in zip(table.names, table.kinds, strict=True)]
    first = range(min(len(table.values), 8))
    st.dataframe({head: [table.cell(row, place) for row in first] for place, head in enumerate(heads)}, hide_index=True, height=213)
    for place, (row, text) in list(table.odd.items())[:3]:
        st.caption(plain(_("“{column}” is not read as numbers: row {row} of the file has “{text}”.", column=table.names[place], row=row,
                           text=text)))
    trouble = own.lacking(state.spec, table)
    if trouble:
        st.info(_(trouble), icon=":material/table_view:")
    else:
        columns(state, table)
    st.button(_("Back to the example"), icon=":material/wine_bar:", key="data_preparation:wines", on_click=lambda: state.change(upload=""))


def columns(state: State, table: tables.Own) -> None:
    """Which of the table's columns the scene takes."""
    spec, scene = state.spec, state.spec.scene
    series = scene == "split" and spec.kind in ("weeks", "time")
    if scene in ("clean", "scale"):
        numbers = table.of(tables.NUMBER)
        across, up = own.axes(spec, table)
        choose(state, "across", 0 if across is None else numbers.index(across) + 1,
               {0: _("row"), **{i + 1: table.names[place] for i, place in enumerate(numbers)}})
        choose(state, "up", numbers.index(up) + 1, {i + 1: table.names[place] for i, place in enumerate(numbers)})
    if scene == "encode" or scene == "split" and not series:
        choices = own.categories(spec, table)
        place = own.category(spec, table)
        if place is not None:
            choose(state, "category", choices.index(place) + 1, {i + 1: table.names[c] for i, c in enumerate(choices)})
    if (scene == "encode" or series) and own.targets(spec, table):
        numbers = own.targets(spec, table)
        choose(state, "up", numbers.index(own.target(spec, table)) + 1, {i + 1: table.names[c] for i, c in enumerate(numbers)},
               _("To be predicted"))


def choose(state: State, name: str, value: int, shown: dict[int, str], label: str = "") -> None:
    """A column of one's own table, by its name."""
    binding = controls.bound(f"data_preparation:{state.spec.scene}:{name}:{state.spec.upload}.{language()}", value,
                             lambda chosen: state.change(**{name: chosen}), list(shown))
    st.selectbox(label or _(state.spec.control(name).label), list(shown), index=list(shown).index(binding.pop("value")),
                 format_func=shown.__getitem__, **binding)


study.page(
    STUDY, title=_("Data preparation and evaluation"), question=_("A model is right on 98% of random labels. How can that be?"), idea=idea,
    needs=("probability", "losses"), leads=("feedforward",), above=own_table,
    deeper=[("https://scikit-learn.org/stable/common_pitfalls.html", N_("scikit-learn: common pitfalls, data leakage among them")),
            ("https://hastie.su.domains/ElemStatLearn/", N_("Hastie, Tibshirani and Friedman, chapter 7.10: the wrong and the right way "
                                                            "to cross-validate")),
            ("https://scikit-learn.org/stable/modules/model_evaluation.html", N_("scikit-learn: which score for which question"))])
