"""Check yourself on Transformers: find the head that does the copying, and three questions.

A head is found by what it is for: the network is measured with each head off alone, and the one that is named must cost more right answers
than any other. Which one it is differs from seed to seed, so one is named for each of three networks that nobody chose.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from core.frame import Message
from core.i18n import N_
from core.insight.challenges import (
    ANSWERS,
    Challenge,
    Choice,
    Goal,
    Number,
    Question,
    Rows,
    at_least,
    at_most,
    from_zero,
    rules,
    stays,
)
from core.specs.base import setting
from core.specs.training import DISPLAY
from core.specs.transformer import NAMED, TransformerSpec, TransformerView

MARGIN = 0.05  # of all answers: so many more must go wrong without the head that is named than without any other
ACCURACY = 1  # its place among the numbers of an answer
LEARNED = 0.9  # of the answers of a network that has a head worth finding


class HeadSpec(TransformerSpec):
    """A setting, and the heads that somebody names: one for each of three networks of it."""

    answers: ClassVar[tuple[str, ...]] = ("named",)
    named: str = setting("", label=N_("Heads that you name"), group=DISPLAY, pattern=NAMED,
                         help=N_("One for each of three networks: the head that does the copying."))


def made(spec: TransformerSpec, view: TransformerView) -> HeadSpec:
    """The page's setting with the heads that are named on it."""
    return HeadSpec(**spec.model_dump(), named=view.named)


def heads_of(named: str) -> list[tuple[int, int] | None]:
    """The three heads of a text such as "1.2-0-2.1": (layer, head) from 1, None where none is named."""
    parts = named.split("-") if named else ["0"] * 3
    return [None if part == "0" else (int(part[0]), int(part[2])) for part in parts]


def text_of(heads: list[tuple[int, int] | None]) -> str:
    """The text of three heads, as `heads_of` reads it."""
    return "-".join("0" if head is None else f"{head[0]}.{head[1]}" for head in heads) if any(heads) else ""


def each(spec: HeadSpec, i: int) -> HeadSpec:
    """The spec of run i, with the head that is named for it alone."""
    return spec.changed(named=text_of([heads_of(spec.named)[i], None, None]))


def all_named(spec: HeadSpec) -> Message | None:
    heads = heads_of(spec.named)
    if None in heads:
        return Message(N_("Name a head for each of the three networks: {n} of 3 so far. They stand below the figures, under “Find the head "
                          "that does the copying”."), {"n": sum(head is not None for head in heads)})
    if all(layer <= spec.layers and head <= spec.heads for layer, head in heads if layer):  # type: ignore[misc]
        return None
    return Message(N_("This network has {layers} layers of {heads} heads; a head that you named is not among them."),
                   {"layers": spec.layers, "heads": spec.heads})


def ahead(spec: Any, rows: Rows) -> float | None:
    """How much more of the answers goes wrong without the head that is named than without any other; None if the network has not learned
    its task, so that there is nothing to be found."""
    answer = rows[-1][ANSWERS][0]
    whole, lost = float(answer["metrics"][ACCURACY]), np.asarray(answer["lost"])[..., ACCURACY]
    if whole < LEARNED:
        return None
    layer, head = heads_of(spec.named)[0] or (1, 1)
    costs = whole - lost
    mine = float(costs[layer - 1, head - 1])
    costs = np.delete(costs.ravel(), (layer - 1) * spec.heads + head - 1)
    return round(mine - float(costs.max()), 6)


SETTING = rules(from_zero, stays("task", "reverse"), at_least("length", 6), at_least("heads", 2), at_most("layers", 2),
                at_most("epochs", 60))
REFERENCE = HeadSpec(epochs=10, named="1.2-1.1-1.1")  # without them 0.46, 0.79 and 0.52 of the answers are lost; others: 0.20, 0.04, 0.01

CHALLENGES: tuple[Challenge[HeadSpec], ...] = (
    Challenge(
        id="transformer-copying-head",
        title=N_("Find the head that does the copying"),
        text=N_("Three networks learn to reverse a sequence, from seeds that you do not choose. In each, one head fetches the symbols. "
                "Which one? It is named right if the network gets more answers wrong without it than without any other head, by at least "
                "0.05."),
        hint=N_("Look for a dark line in the lower left of a map: rows are the question marks, columns the symbols, and reversing runs "
                "against the grain. Then press that head off: are there still any right answers? A head that looks well-ordered may do "
                "nothing; only switching it off tells."),
        allows=rules(SETTING, all_named),
        goal=Goal(ahead, MARGIN, N_("share of answers lost without the head you named, beyond that of any other"),
                  asks=lambda spec: [("heads", {})]),
        why=lambda spec: Message(N_("Without these heads the answers break; without any other they do so less. What a head is for is not "
                                    "seen from its map alone.")),
        reference=REFERENCE,
        made=made,
        each=each,
    ),
)

QUESTIONS: tuple[Question, ...] = (
    Number(
        id="transformer-causal",
        text=N_("A head with a causal mask reads 32 characters. How many of its attention weights can be other than zero?"),
        answer=528,
        right=N_("528 it is: the first place sees 1, itself, the last one 32, and 1 + 2 + … + 32 = 32 · 33 ÷ 2."),
        wrong=(
            (lambda n: n == 1024, N_("That is every pair, 32 · 32, as with a full mask. A causal one leaves out whatever lies later.")),
            (lambda n: n == 496, N_("That leaves out the diagonal. Each place may look at itself, too.")),
            (lambda n: n == 512, N_("Half of all pairs, and a little more: the diagonal belongs to it as a whole.")),
            (lambda n: n == 32, N_("That is one row, that of the last place. There are 32 rows, each with one more than the one before.")),
        ),
        otherwise=N_("Count row by row: the first place sees one place, the second two, the last one 32."),
    ),
    Choice(
        id="transformer-off",
        text=N_("You switch off one of four heads of a trained network, and no answer changes. What is to be thought of that?"),
        options=(
            (N_("The head had no weights"), N_("It has as many as the others, and its map shows that it looks somewhere. What it brings is "
                                               "just not needed here.")),
            (N_("The others do without it what it does, or it does nothing that this task needs"),
             N_("Yes. Heads often share one job, and then each alone can go. To tell the two cases apart switch off several at once.")),
            (N_("The network would have learned as well without it"),
             N_("Perhaps, but that is another experiment: train it with three heads. To be trained without a head, and to lose one "
                "afterwards, is not the same.")),
            (N_("Attention plays no part in the answers"),
             N_("Switch all of them off, and you see: each place then knows nothing but itself.")),
        ),
        correct=1,
    ),
    Choice(
        id="transformer-temperature",
        text=N_("With a temperature of 0.1 a network writes the same few sentences over and over. What has happened?"),
        options=(
            (N_("It has forgotten the rest of the text"),
             N_("Its weights and logits are what they were: set the temperature to 1, and it writes as before.")),
            (N_("It has overfitted"), N_("Whether it has, the validation loss says. The temperature belongs to the drawing, not to the "
                                         "network.")),
            (N_("Nearly always the likeliest character is drawn, so that the same beginning leads to the same end"),
             N_("Yes. The logits are divided by 0.1, so small leads become large ones. What is likeliest each time need not make the "
                "likeliest text, let alone a lively one.")),
            (N_("The network is unsure, and says so"),
             N_("The other way round: at a low temperature it is made to look surer than it is.")),
        ),
        correct=2,
    ),
)
