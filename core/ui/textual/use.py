"""Step 5: a review that somebody types, what the network makes of it, and which words moved it."""

from __future__ import annotations

import streamlit as st

from core.data import uploads
from core.data.corpus import tokens_of
from core.data.words import unpacked
from core.i18n import N_, _, language, say
from core.insight.fooling import verdict
from core.runs.runner import get_runner
from core.specs.text import TextSpec
from core.specs.text_project import fooling
from core.ui import controls, lab, steps, terms
from core.ui.controls import bound
from core.ui.text import plain
from core.ui.textual import looked
from core.ui.textual.review import review
from core.ui.tools import Bench

PURPOSE = N_("Write a review, and watch what the network makes of it. **Negate one word**: how far does the probability move?")
EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "english": (
        (N_("praise"), "The acting was brilliant. I really enjoyed the music. It runs for about two hours."),
        (N_("a denial"), "The story was not boring. Nothing about the ending was predictable."),
        (N_("but"), "The script was clumsy and the plot was flat, but in the end I loved the film."),
        (N_("twice denied"), "I did not find the cast dull. Nobody could dislike the music, although the dialogue was silly.")),
    "chinese": (
        (N_("praise"), "演员非常出色。我很喜欢音乐。片长大约两个小时。"),
        (N_("a denial"), "故事并不无聊。结尾一点也不俗套。"),
        (N_("but"), "剧本很生硬，情节很平淡，但是我很喜欢这部电影。"),
        (N_("twice denied"), "我不觉得演员糟糕。没有人讨厌音乐，虽然对白很无聊。")),
}


def examples(spec: TextSpec) -> tuple[tuple[str, str], ...]:
    """Reviews to start from, each with its marked name; none for a person's own texts, which may be about anything."""
    return () if spec.upload else EXAMPLES["chinese" if spec.source == "reviews_zh" else "english"]


def text_of(bench: Bench) -> str:
    """The review on screen: the person's own, or the first example; of a person's own texts the first one to learn from."""
    if bench.state.view.review:
        return bench.state.view.review
    if ready := examples(bench.spec):
        return ready[0][1]
    found = looked.arrays_of(looked.look(bench.spec, "run"))
    return unpacked(found["shown"])[0][:300] if found is not None else ""


def left(bench: Bench) -> None:
    state = bench.state
    controls.draw(state, "source", "model", "vocabulary", "length")
    lab.history(state)
    ready = dict(examples(bench.spec))
    if ready:
        now = next((name for name, text in ready.items() if text == text_of(bench)), None)
        binding = bound(f"{state.name}:examples.{language()}", now, lambda name: _begin(bench, name), list(ready))
        st.pills(_("Reviews to start from"), list(ready), default=binding.pop("value"), format_func=_, wrap=True, **binding)
    classes = looked.classes_of(bench.spec)
    if len(classes) == 2:  # then the second is what the attributions are about, whatever the answer
        terms.markdown(_("Blue words speak for “{name}”, orange ones against it: [[integrated gradients]]. Their sum is exactly what the "
                         "text adds to the [[logits|logit]] of mere padding.", name=plain(classes[1])), write=st.caption)
    else:
        terms.markdown(_("Blue words speak for the answer, orange ones against it: [[integrated gradients]]. Their sum is exactly what "
                         "the text adds to the [[logits|logit]] of mere padding."), write=st.caption)


def _begin(bench: Bench, name: str | None) -> None:
    """Begin with one of the examples."""
    if name is not None:
        bench.state.show(review=dict(examples(bench.spec))[name])


def show(bench: Bench) -> bool:
    """The review, if the run has ended, or is paused with something learned. Returns whether it is there; until then the page shows how it
    trains."""
    end, runner = get_runner().result(bench.run), get_runner()
    if end.state != "finished" if end is not None else not (runner.paused(bench.run) and runner.rows(bench.run)):
        return False
    state, beside = bench.state, looked.simple(bench.spec)
    steps.awaited([beside])
    known = get_runner().result(beside)
    review(bench.run, beside if known is not None and known.state == "finished" else "", text_of(bench),
           classes=looked.classes_of(bench.spec), keep=bench.spec.keep,
           tokens=tokens_of(bench.spec, uploads.arrays(bench.spec.upload)), key=bench.key("review"),
           on_text=lambda text: state.show(review=text))
    _rules(bench)
    return True


def _rules(bench: Bench) -> None:
    """What the review is by the rules of the generated reviews, and the reason of whoever wants to fool the network."""
    if not bench.spec.generated:
        return
    state = bench.state
    said = verdict(fooling(bench.spec, state.view.changed(review=text_of(bench))))
    st.markdown(say(said))
    controls.draw(state, "why")
    st.caption(_("Does the network say the opposite? Then say why, and have it judged: “Check yourself”, below."))
