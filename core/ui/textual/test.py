"""Step 4: how good it is, beside the simple model: on validation as often as you like, on the sealed test once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from core.data.words import unpacked
from core.figures import confusion
from core.figures import text as figures
from core.figures.template import shares
from core.frame import Message
from core.i18n import N_, _, say
from core.insight import texts
from core.insight.verdicts import Verdicts
from core.runs.runner import get_runner
from core.ui import controls, evaluation, lab, parts, steps, terms
from core.ui.evaluation import chart
from core.ui.textual import cards, looked
from core.ui.tools import Bench, sealed

PURPOSE = N_("How good is it, where does it err, and is it better than counting words? On validation as often as you like, on the sealed "
             "test once.")
Arrays = parts.Arrays
SHOWN = 12  # mistakes on the page, of those that the answer holds


def asked(bench: Bench, part: str) -> tuple[Arrays, Verdicts] | Message:
    """What the network of the run on screen says of a part, asked once, and what it comes to; or why there is none."""
    found = parts.asked(bench, bench.run, "evaluate", {"part": part})
    if isinstance(found, Message):
        return found
    read = texts.verdicts(found)
    return Message(sealed.NO_NUMBER) if read is None else (found, read)


def _look(bench: Bench) -> Arrays | Message:
    found = asked(bench, "test")
    return found if isinstance(found, Message) else found[0]


def simple_of(bench: Bench, part: str) -> Arrays | None:
    """What the simple model says of the same part; None if it is not there."""
    key = looked.simple(bench.spec)
    end = get_runner().result(key)
    if end is None or end.state != "finished":
        return None
    found = parts.asked(bench, key, "evaluate", {"part": part})
    return None if isinstance(found, Message) else found


def left(bench: Bench) -> None:
    state = bench.state
    controls.draw(state, "source", "model")
    lab.history(state)
    st.subheader(_("The sealed test"))
    parts.sealed_test(bench, lambda: _look(bench))
    with st.popover(_("Why sealed?"), type="tertiary", icon=":material/help:"):
        sealed.why()


def show(bench: Bench) -> bool:
    """The evaluation, if the run has ended. Returns whether it is there; until then the page shows how it trains."""
    end = get_runner().result(bench.run)
    if end is None or end.state != "finished":
        return False
    part = parts.part_of(bench)
    read = asked(bench, part)
    if isinstance(read, Message):
        parts.unanswered(bench, read)
        return True
    arrays, found = read
    classes = looked.classes_of(bench.spec)
    simple = simple_of(bench, part)
    st.markdown(headline(found, part))
    if found.count < (whole := int(arrays["summary"][2])):
        st.caption(_("These are the first {n:,} of {whole:,} texts: for all of them this network would need too long.", n=found.count,
                     whole=whole))
    _verdict(bench, part, arrays, simple)
    _table(arrays, simple)
    left, right = st.columns(2, gap="medium")
    with left:
        _matrix(bench, part, found, classes)
    with right:
        _roc(bench, part, arrays, simple)
    left, right = st.columns(2, gap="medium")
    with left:
        _lengths(bench, part, arrays, simple)
    with right:
        evaluation.calibration(bench, part, found)
    _mistakes(arrays, classes)
    return True


def headline(found: Verdicts, part: str) -> str:
    """Accuracy and how sure one may be of it."""
    least, greatest = found.interval
    values = {"n": found.count, "right": found.right, "accuracy": found.accuracy, "least": least, "greatest": greatest}
    if part == "test":
        return _("Sealed test texts: {n:,}, of them right: {right:,}. Accuracy **{accuracy:.3f}**; with 95% confidence it would lie "
                 "between {least:.3f} and {greatest:.3f} on very many such texts.", **values)
    return _("Validation texts: {n:,}, of them right: {right:,}. Accuracy **{accuracy:.3f}**, 95% interval {least:.3f} to {greatest:.3f}. "
             "Whoever chooses settings by them gets a number that is a little too good.", **values)


def _verdict(bench: Bench, part: str, arrays: Arrays, simple: Arrays | None) -> None:
    """Beside the simple model: whether a difference is more than luck."""
    if simple is None:
        st.caption(_("TF-IDF with logistic regression is still being made; it will stand beside."))
        steps.awaited([looked.simple(bench.spec)])
        return
    tried = max(sealed.looks_at(bench.spec), 1) if part == "test" else 1
    compared = texts.beside(arrays, simple)
    first, *rest = texts.judged(compared, tried)
    box = st.success if compared.gap > 0 and min(compared.p * tried, 1) < texts.SHOWN else st.info
    box(f"**{say(first)}**", icon=":material/gavel:")
    st.markdown("\n".join(f"- {say(message)}" for message in rest))


def _table(arrays: Arrays, simple: Arrays | None) -> None:
    head = ["", _("accuracy"), _("95% interval"), "F1", _("area under the ROC"), _("cross-entropy")]
    lines = [head, ["---", *["---:"] * 5]]
    for name, one in (("**" + _("network") + "**", arrays), (_("TF-IDF, logistic regression"), simple)):
        found = texts.verdicts(one) if one is not None else None
        if one is not None and found is not None:
            below = texts.area(one)
            scores = [found.classes[-1].f1] if len(found.classes) == 2 else [each.f1 for each in found.classes]
            lines.append([name, f"{found.accuracy:.3f}", "{:.3f} – {:.3f}".format(*found.interval), f"{np.nanmean(scores):.3f}",
                          "–" if below is None else f"{below:.3f}", f"{found.cross_entropy:.3f}"])
    lines.append([_("always the commonest class"), f"{texts.commonest(arrays):.3f}", *["–"] * 4])
    st.markdown("\n".join("| " + " | ".join(line) + " |" for line in lines))
    two = len(arrays["confusion"]) == 2
    terms.markdown(_("F1 is of the last class, the mean of its [[precision]] and [[recall]] that the smaller of them pulls "
                     "down.") if two else
                   _("F1 is averaged over the classes; of each it is the mean of [[precision]] and [[recall]]."), write=st.caption)


def _matrix(bench: Bench, part: str, found: Verdicts, classes: Sequence[str]) -> None:
    st.markdown(_("**Confusion matrix**: rows are the truth, columns the answer."))
    figure = confusion.matrix([name if len(name) < 9 else name[:7] + "…" for name in classes]).figure
    figure["data"][0] |= {"z": shares(found.confusion).round(4).tolist(), "text": [[str(n) for n in row] for row in found.confusion]}
    figure["layout"] |= {"height": 300}
    chart(figure, bench.key(f"matrix:{part}"), alt=_("Confusion matrix. Texts: {n}; on the diagonal, which is right: {right}.",
                                                     n=found.count, right=found.right))
    if len(classes) > 2:
        evaluation.by_class(found, classes, _("texts"))


def _roc(bench: Bench, part: str, arrays: Arrays, simple: Arrays | None) -> None:
    if (below := texts.area(arrays)) is None:
        return
    terms.markdown(_("**Every threshold at once** ([[ROC curve]]): how many of the one class are found, and how many of the other are "
                     "taken for it."))
    chart(figures.rocs(arrays, simple), bench.key(f"roc:{part}"),
          alt=_("ROC curve of the network; the area below it is {area:.3f}.", area=below))


def _lengths(bench: Bench, part: str, arrays: Arrays, simple: Arrays | None) -> None:
    st.markdown(_("**By length**: are long texts harder? Bars are 95% intervals."))
    groups = texts.by_length(arrays)
    chart(figures.by_length(groups, texts.by_length(simple) if simple is not None else ()), bench.key(f"lengths:{part}"),
          alt=_("Accuracy by the length of the text, in groups of about equally many."))
    if (note := texts.shorter_or_longer(groups)) is not None:
        st.caption(say(note))


def _mistakes(arrays: Arrays, classes: Sequence[str]) -> None:
    """The mistakes that it is surest of, to be read in full."""
    st.markdown(_("**Surest mistakes**, in full: wrong, and not in doubt. Read each: is the label wrong, is it hard for you, too, or what "
                  "did the network overlook?"))
    if not len(arrays["worst"]):
        st.caption(_("It makes no mistake on these texts."))
        return
    heads = [f"{classes[arrays['truth'][i]]} → {classes[arrays['said'][i]]}, {arrays['sure'][i]:.1%}" for i in arrays["worst"][:SHOWN]]
    cards.texts(zip(heads, unpacked(arrays["worst_texts"]), strict=False), height="16em")
