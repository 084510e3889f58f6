"""Step 2: how texts become numbers: which words get one, what is cut off, what is filled up, and where the words end up."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.data.words import unpacked
from core.figures import text as training_figures
from core.figures import texts as figures
from core.i18n import N_, _, listed
from core.specs.text_project import texts_of
from core.ui import controls, lab, terms
from core.ui.controls import kept
from core.ui.text import plain
from core.ui.textual import cards, data, looked
from core.ui.tools import Bench

PURPOSE = N_("A network reads numbers. Each word gets one, rare words share one, and all texts become equally long. Look at what is lost.")


def left(bench: Bench) -> None:
    state = bench.state
    controls.draw(state, "vocabulary", "length", "keep")
    if "pad" not in state.spec.idle:
        controls.draw(state, "pad")
    if state.spec.upload:
        controls.draw(state, "tokens")
    lab.history(state)


def show(bench: Bench) -> bool:
    spec = bench.state.spec
    key = looked.look(spec)
    data.opened(bench, key, figures.prepare(texts_of(spec)))
    found = looked.arrays_of(key)
    if found is None:
        return True
    classes = looked.classes_of(spec)
    _lost(looked.row_of(key), spec.length)
    _text(bench, found, classes)
    _vocabulary(found)
    st.subheader(_("Where the words end up"))
    terms.markdown(_("Each number becomes a vector, its [[embedding]], which is learned with all else. Press play: words that mean the "
                     "same to the network move together."))
    known, beside = looked.known(bench.spec)
    lab.play(bench.state, bench.run, training_figures.prepare(bench.spec, known), epochs=bench.spec.epochs, beside=beside)
    return True


def _lost(row: dict[str, float], length: int) -> None:
    """What the settings cost, in numbers."""
    with st.container(horizontal=True):
        st.metric(_("Words that are known"), f"{row['known']:.1%}", help=_("Of the words of validation texts. The rest is <UNK>."))
        st.metric(_("Texts that are cut"), f"{row['cut']:.0%}", help=_("Training texts longer than {length} tokens.", length=length))
        st.metric(_("Tokens that are cut off"), f"{row['lost']:.1%}")
        st.metric(_("Padding"), f"{row['padding']:.0%}", help=_("Of all that a network reads of the training texts."))


def _text(bench: Bench, found: looked.Arrays, classes: Sequence[str]) -> None:
    """One text as its tokens and their ids."""
    count = len(found["shown_truth"])
    number = kept(st.pills, _("Text"), bench.key("prepare:text"), 0, options=list(range(count)), required=True,
                  format_func=lambda i: f"{i + 1} · {classes[int(found['shown_truth'][i])]}")
    terms.markdown(_("**A text as the network reads it**: each [[token]] above its number. 1 is <UNK>, an unknown word, dashed; 0 is "
                     "padding; what is struck out is cut off."))
    tokens = unpacked(found["shown_tokens"])[number].split(" ")
    first, last = (int(v) for v in found["shown_kept"][number])
    ids = found["shown_ids"][number]
    own = ids[ids > 0].tolist()
    cards.row(tokens, own, (first, last), len(ids) - len(own), front=bool(ids[0] == 0))


def _vocabulary(found: looked.Arrays) -> None:
    """The most frequent words, and the most frequent of those that get no number."""
    counted = sorted(zip(unpacked(found["frequent"]), found["frequent_count"].tolist(), strict=True), key=lambda pair: -pair[1])
    frequent = listed(f"{word} ({count:,})" for word, count in counted)  # in the order of what is said of them, not of their numbers
    unknown = listed(unpacked(found["unknown"]))
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(_("**Most frequent**, with the number of texts that have them") + "\n\n" + plain(frequent))
    with right:
        st.markdown(_("**Left out**: the most frequent words that become <UNK>") + "\n\n" + (plain(unknown) or _("none")))
