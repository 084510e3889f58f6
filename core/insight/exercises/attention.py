"""Check yourself on attention: a head painted by hand, one word that notices, a layer with half the weights, and three questions."""

from __future__ import annotations

import numpy as np

from core.frame import Message, Trouble
from core.i18n import N_
from core.insight.challenges import Challenge, Choice, Number, Question, at_least, rules, stays
from core.maths import attending, attention
from core.maths.attending import MOST, WORD
from core.specs.attention import AttentionSpec

ENOUGH = 0.8  # of a token's weight
TRIED = tuple("abcdefghij")  # ten different words that nobody chose
ARTICLE = 8416  # weights of the articles' attention
INSIDE = 32
BLIND = "0 0 0 0 0 0 0 0; " * 4  # the rows that read the word


def back(spec: AttentionSpec) -> tuple[bool, Message]:
    """Whether the head gives most of each token's weight to the token before, on ten words that nobody chose, and not by their letters:
    the least weight over two seeds and two orders of the words."""
    try:
        heads = attending.typed(spec.weights)
    except Trouble as trouble:
        return False, trouble.message
    least, worst = 1.0, 2
    for seed in (spec.seed + 1, spec.seed + 2):
        for words in (TRIED, TRIED[::-1]):
            seen = attention.multi_head(attending.inputs(words, seed), heads, attention.allowed("full", MOST))
            shares = np.diagonal(seen.weights[0], -1)
            if shares.min() < least:
                least, worst = float(shares.min()), int(np.argmin(shares)) + 2
    said = {"share": f"{least:.2f}", "place": worst}
    if least < ENOUGH:
        words_count = np.abs(heads.query[:WORD]).max() > 0 or np.abs(heads.key[:WORD]).max() > 0
        why = N_("On ten other words token {place} gives only {share} to the one before it. The upper rows read the word, which does not "
                 "tell what stands before.") if words_count else N_("On ten other words token {place} gives only {share} to the one before "
                                                                      "it.")
        return False, Message(why, said)
    return True, Message(N_("On ten other words each token from the second on gives at least {share} to the one before it."), said)


def alone(spec: AttentionSpec) -> tuple[bool, Message]:
    """Whether hiding a word is noticed under the causal mask by one output only."""
    try:
        words = attending.tokens_of(spec.sentence)
    except Trouble as trouble:
        return False, trouble.message
    hidden = min(spec.touched, len(words))
    told = attending.noticed(words, hidden - 1, attending.stack(spec.layers, spec.seed), "causal", spec.seed)
    felt = int(np.count_nonzero(told))
    said = {"word": words[hidden - 1], "felt": felt}
    if felt > 1:
        return False, Message(N_("With “{word}” hidden, {felt} outputs move under the causal mask."), said)
    return True, Message(N_("With “{word}” hidden, one output moves under the causal mask, its own; under the full mask all do."), said)


def slim(spec: AttentionSpec) -> tuple[bool, Message]:
    """Whether at least four heads together are as wide as the tokens."""
    inner = spec.block_heads * spec.head_size
    count = attention.count_heads(INSIDE, spec.block_heads, spec.head_size)
    said = {"inner": inner, "count": f"{count:,}"}
    if inner != INSIDE:
        return False, Message(N_("The heads are {inner} numbers wide together, not 32; there are {count} weights."), said)
    return True, Message(N_("The heads are 32 numbers wide together: {count} weights instead of 8,416."), said)


CHALLENGES: tuple[Challenge[AttentionSpec], ...] = (
    Challenge(
        id="attention-back",
        title=N_("Paint a head that looks back"),
        text=N_("Start from a head that looks at its own place. Paint its weights so that each token gives at least 80% to the one before "
                "it, whatever the words. It is tried on ten other words."),
        hint=N_("The places are two clocks, a sine and a cosine each. To look back one place, turn both hands back: by 1, and by ¼. "
                "Turning "
                "(sin, cos) by an angle needs its cosine twice on the diagonal, and its sine beside it, once with a minus. Large weights "
                "make "
                "a decided head."),
        allows=rules(stays("scene", "head"), stays("kind", "own")),
        state=back,
        why=lambda spec: Message(N_("Such heads appear in trained language models, too: they are the first half of a copying circuit.")),
        start=AttentionSpec(kind="own", weights=BLIND + "4 0 0 0 4 0 0 0; 0 4 0 0 0 4 0 0; 0 0 4 0 0 0 4 0; 0 0 0 4 0 0 0 4"),
        reference=AttentionSpec(kind="own", weights=BLIND
                                + "2.2 3.4 0 0 4 0 0 0; -3.4 2.2 0 0 0 4 0 0; 0 0 3.9 1 0 0 4 0; 0 0 -1 3.9 0 0 0 4"),
    ),
    Challenge(
        id="attention-alone",
        title=N_("Nobody else notices"),
        text=N_("Two blocks or more, one behind the other: find a word that can be hidden so that, under the causal mask, only one output "
                "moves."),
        hint=N_("Under a causal mask the tokens behind a word look at it. Nobody stands behind the word that you need."),
        allows=rules(stays("scene", "masks"), at_least("layers", 2)),
        state=alone,
        why=lambda spec: Message(N_("So what a decoder has computed stays valid while it writes: each new word is computed once.")),
        start=AttentionSpec(scene="masks", layers=2),
        reference=AttentionSpec(scene="masks", layers=2, touched=7),
    ),
    Challenge(
        id="attention-slim",
        title=N_("Twice the heads, half the weights"),
        text=N_("The articles’ attention has two heads and 8,416 weights. Give it four heads or more that share the 32 numbers of a "
                "token."),
        hint=N_("key_dim is the size of one head. Times the number of heads it has to be 32."),
        allows=rules(stays("scene", "block"), at_least("block_heads", 4)),
        state=slim,
        why=lambda spec: Message(N_("More heads that share the width cost nothing: there are more questions, each asked with fewer "
                                    "numbers.")),
        start=AttentionSpec(scene="block", block_heads=4),
        reference=AttentionSpec(scene="block", block_heads=4, head_size=8),
    ),
)

QUESTIONS: tuple[Question, ...] = (
    Number(
        id="attention-weights",
        text=N_("How many weights has keras.layers.MultiHeadAttention(2, key_dim=32) on tokens of width 32, biases included?"),
        answer=ARTICLE,
        right=N_("Yes: 3·(32·64 + 64) for queries, keys and values, and 64·32 + 32 for the output. key_dim counts for each head."),
        wrong=(
            (lambda n: n == 4224, N_("That is with 32 numbers for both heads together. key_dim=32 gives each head 32.")),
            (lambda n: n == 8192, N_("The biases are missing: 64 for queries, keys and values each, and 32 for the output.")),
            (lambda n: n == 6336, N_("The output kernel is missing: it brings 64 numbers back to 32.")),
        ),
        otherwise=N_("Inside there are 2·32 = 64 numbers. Queries, keys and values take 32·64 + 64 each; the output takes 64·32 + 32."),
    ),
    Choice(
        id="attention-scale",
        text=N_("Why are scores divided by √d?"),
        options=(
            (N_("So that each row of weights sums to 1"), N_("The softmax sees to that, whatever the scores.")),
            (N_("Sums of d products spread like √d; without it the softmax would be all or nothing, and hardly learn"),
             N_("Yes. With d = 64 scores would be about eight times as far apart, one weight near 1 and its gradient near 0.")),
            (N_("To save multiplications"), N_("It is no saving: each score is divided once more.")),
            (N_("So that queries and keys have length 1"), N_("They keep their lengths; only their product is made smaller.")),
        ),
        correct=1,
    ),
    Choice(
        id="attention-order",
        text=N_("Which of these can tell “dog bites man” from “man bites dog”?"),
        options=(
            (N_("An encoder with a full mask, without positions, averaged over the words"),
             N_("Its outputs go along with the words, and their average does not change: a bag of words.")),
            (N_("The same with ten blocks"), N_("What holds for one block holds for ten: each hands on the same bag.")),
            (N_("A decoder with a causal mask, without positions"),
             N_("Yes: what stands before each word is another set. The mask alone breaks the symmetry.")),
            (N_("None without positions"), N_("That holds for a full mask. A causal one shows each word what stands before it.")),
        ),
        correct=2,
    ),
)
