"""The settings of the page on attention by hand, scene by scene."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Literal

from core.i18n import N_
from core.specs.base import setting
from core.specs.study import StudySpec

SCENES = {"head": N_("One head"), "heads": N_("Several heads"), "masks": N_("Masks: BERT and GPT"), "positions": N_("Positions"),
          "order": N_("Does order matter?"), "block": N_("A block, taken apart"), "cost": N_("What it costs")}
KINDS = {"same": N_("the same word"), "previous": N_("the word before"), "next": N_("the word after"), "first": N_("the first word"),
         "even": N_("nothing: all alike"), "drawn": N_("drawn, as Keras draws"), "own": N_("your own weights")}
MASKS = {"full": N_("full: everybody sees everybody"), "causal": N_("causal: only what stands before")}
POSITIONS = {"sine": N_("sine and cosine"), "learned": N_("a table, one row a place"), "none": N_("none")}
ORDERS = {"move": N_("one word moved"), "reverse": N_("reversed"), "shuffle": N_("shuffled")}
NORMS = {"post": N_("post: after each sum"), "pre": N_("pre: before each part")}
SENTENCE, HEAD, PLACES, BLOCK, DISPLAY = N_("Sentence"), N_("Head"), N_("Positions"), N_("Block"), N_("Display")
TEXT = "the cat saw the dog and ran"
LAST = 10  # tokens at most
LONGEST = 64  # places of a positional encoding
NOTHING = "; ".join(["0 0 0 0 0 0 0 0 " + " ".join("1" if row == column else "0" for column in range(4)) for row in range(8)])
Mask = Literal["full", "causal"]


def place(default: int, label: str, help: str, most: int = LAST) -> Any:
    return setting(default, ge=1, le=most, label=label, help=help, group=DISPLAY)


class AttentionSpec(StudySpec):
    """The page opens with a head that looks for the same word."""

    study: ClassVar[str] = "attention"

    scene: Literal["head", "heads", "masks", "positions", "order", "block", "cost"] = setting(
        "head", choices=SCENES, label=N_("Scene"), help=N_("What the page shows."), group=DISPLAY)

    sentence: str = setting(TEXT, label=N_("Sentence"), max_length=100, group=SENTENCE,
                            help=N_("2 to 10 tokens: words and marks, or Chinese characters. The same word is the same vector."))
    seed: int = setting(82, ge=0, le=99, label=N_("Seed"), group=SENTENCE, help=N_("Fixes what is drawn at random."))
    mask: Mask = setting("full", choices=MASKS, label=N_("Mask"), group=HEAD,
                         help=N_("Whom a token may look at. What the mask forbids gets the weight 0."))

    # one head
    kind: Literal["same", "previous", "next", "first", "even", "drawn", "own"] = setting(
        "same", choices=KINDS, label=N_("The head looks for"), group=HEAD,
        help=N_("Weights that were made by hand to look for one thing, drawn ones, or your own."))
    scale: float = setting(4.0, ge=0.5, le=8, step=0.5, label=N_("Scale of q and k"), group=HEAD,
                           help=N_("What the weights of queries and keys are multiplied by. Training makes them larger, and the head "
                                   "more decided."))
    scaled: bool = setting(True, label=N_("Divide by √d"), group=HEAD,
                           help=N_("Scores are divided by the root of how many numbers a query has: here by 2."))
    temperature: float = setting(1.0, ge=0.1, le=10, log=True, label=N_("Temperature"), group=HEAD,
                                 help=N_("Scores are divided by it before the softmax. Low: the best match takes all. High: all get "
                                         "alike."))
    query: int = place(4, N_("Who looks"), N_("The token whose query is followed: a row of the maps."))
    whom: int = place(1, N_("At whom"), N_("The token whose key it is compared with: a column of the maps."))
    brush: float = setting(1.0, ge=-4, le=4, step=0.5, typed=True, label=N_("Brush"), group=HEAD,
                           help=N_("The weight that a painted cell takes. Painted once more it becomes 0."))
    weights: str = setting(NOTHING, label=N_("Your weights"), max_length=1000, group=HEAD,
                           help=N_("Eight rows of twelve numbers: four for the query, four for the key, four for the value; the upper "
                                   "rows read the word, the lower ones the place. It is easier to paint the cells."))

    # several heads
    heads: int = setting(4, ge=1, le=8, label=N_("Heads"), group=HEAD, help=N_("How many attentions there are side by side."))
    shown: int = setting(1, ge=1, le=8, label=N_("Head shown"), group=DISPLAY, help=N_("The head that is drawn large."))
    off: str = setting("", label=N_("Heads switched off"), max_length=20, group=HEAD, pattern=r"([1-8]( [1-8])*)?",
                       help=N_("Their numbers with blanks between them, such as “1 3”. What such a head hands over becomes 0."))

    # masks
    touched: int = place(4, N_("Hidden word"), N_("The word that is hidden, to see which outputs notice."))
    layers: int = setting(1, ge=1, le=4, label=N_("Blocks"), group=BLOCK, help=N_("How many blocks stand one after the other."))

    # positions
    positions: Literal["sine", "learned", "none"] = setting(
        "sine", choices=POSITIONS, label=N_("Positions"), group=PLACES,
        help=N_("What is added to each word to tell its place. A table’s rows are learned; here it is as drawn before training."))
    length: int = setting(32, ge=8, le=LONGEST, label=N_("Places"), group=PLACES, help=N_("How many places are drawn."))
    width: int = setting(32, ge=4, le=64, multiple_of=4, step=4, label=N_("Width"), group=PLACES,
                       help=N_("How many numbers a place, or a token, has."))
    offset: int = setting(-3, ge=-8, le=8, label=N_("Looks this far"), group=PLACES,
                          help=N_("How many places on from its own a token looks; with a minus sign, back."))
    pair: int = setting(4, ge=1, le=8, label=N_("Pair shown"), group=DISPLAY,
                        help=N_("A sine and its cosine are one hand on a clock. The first one turns fastest."))
    at: int = place(12, N_("Place"), N_("The place whose token looks around."), LONGEST)

    # order
    order: Literal["move", "reverse", "shuffle"] = setting("move", choices=ORDERS, label=N_("The other order"), group=SENTENCE,
                                                           help=N_("How the words are put in another order."))
    word: int = place(2, N_("Word that is moved"), N_("Counted from the first."))
    to: int = place(5, N_("Its new place"), N_("Counted from the first."))

    # a block
    norm: Literal["post", "pre"] = setting("post", choices=NORMS, label=N_("Layer norms"), group=BLOCK,
                                           help=N_("Where the sums are brought to one size: behind them, as in 2017, or only in what "
                                                   "attention and the feed-forward part read."))
    block_heads: int = setting(2, ge=1, le=8, label=N_("Heads"), group=BLOCK, help=N_("How many attentions there are side by side."))
    head_size: int = setting(32, ge=1, le=64, label=N_("Numbers a head"), group=BLOCK,
                             help=N_("Keras’ key_dim: how many numbers the query of one head has."))
    feed: int = setting(32, ge=4, le=256, step=4, label=N_("Hidden units"), group=BLOCK,
                        help=N_("Of the feed-forward part, which treats each token alone."))
    depth: int = setting(6, ge=1, le=12, label=N_("Blocks in a row"), group=BLOCK, help=N_("For the sizes block by block."))
    training: bool = setting(False, label=N_("While it trains"), group=BLOCK,
                             help=N_("Dropout works in training only: it sets some of what is added to 0, and enlarges the rest."))
    dropout: float = setting(0.1, ge=0, le=0.5, step=0.05, label=N_("Dropout"), group=BLOCK,
                             help=N_("The share of numbers that are set to 0 while it trains."))
    token: int = place(2, N_("Token"), N_("The token whose way through the block is drawn."))

    # cost
    tokens: int = setting(128, ge=8, le=8192, log=True, label=N_("Tokens n"), group=BLOCK, help=N_("How long the sequence is."))
    cost_width: int = setting(32, ge=8, le=512, log=True, label=N_("Width d"), group=BLOCK,
                              help=N_("Numbers a token has; the LSTM has as many units, the feed-forward part four times as many."))

    def revised(self, **values: Any) -> AttentionSpec:
        """Painted or typed weights are one's own; heads that are switched off are listed once, in order."""
        if "weights" in values:
            values.setdefault("kind", "own")
        if isinstance(off := values.get("off"), str) and re.fullmatch(r"[1-8 ,]*", off):
            values["off"] = " ".join(sorted(set(off.replace(",", " ").split())))
        if values.get("shown", self.shown) > values.get("heads", self.heads):
            values["shown"] = values.get("heads", self.heads)
        return self.changed(**values)

    def bounds_of(self, name: str) -> tuple[Any, Any]:
        if name == "shown":
            return 1, max(self.heads, 2)
        if name == "at":
            return 1, self.length
        if name == "pair":
            return 1, min(8, self.width // 2)
        return super().bounds_of(name)

    @property
    def silent(self) -> tuple[int, ...]:
        """The heads that are switched off, counted from 0, as far as they are there."""
        return tuple(int(text) - 1 for text in self.off.split() if int(text) <= self.heads)
