"""A sentence's tokens as vectors, and attention heads made by hand: each looks for one thing, so that what it looks at can be foretold.

A token is eight numbers: four of the word, drawn from its letters and a seed, and four of its place. A trained network adds both in the
same numbers; here they stand side by side, so that they can be told apart. All are rounded to two digits, so that what is printed is what
is computed with.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from core.frame import Message, Trouble
from core.i18n import N_, _
from core.maths import attention, exact
from core.maths.attention import Array, Block, Heads

WORD, PLACE = 4, 4  # numbers of a token that are its word's and its place's
WIDTH, SIZE = WORD + PLACE, 4  # of a token, and of a query, a key and a value
BASE = 16.0  # of the sines of so few numbers: one pair turns by 1 a place, the other by ¼
FEWEST, MOST = 2, 10  # tokens
LETTERS = 14  # of a token at most
KINDS = ("previous", "same", "next", "first", "even", "drawn")
HIDDEN = "▢"  # a token whose word is hidden
TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+(?:['’-][^\W_]+)*|[^\w\s]|_")


def tokens_of(text: str) -> tuple[str, ...]:
    """Words, marks, and single characters of Chinese, Japanese and Korean. Trouble if there are fewer than 2 or more than 10."""
    found = tuple(TOKEN.findall(text))
    if not FEWEST <= len(found) <= MOST:
        raise Trouble(Message(N_("The sentence has {count} tokens; from {fewest} to {most} can be drawn. A Chinese character is a token, "
                                 "elsewhere a word or a mark is one."), {"count": len(found), "fewest": FEWEST, "most": MOST}))
    if long := next((token for token in found if len(token) > LETTERS), None):
        raise Trouble(Message(N_("“{word}…” has {count} letters; words of up to {most} can be drawn."),
                              {"word": long[:LETTERS], "count": len(long), "most": LETTERS}))
    return found


@lru_cache(4096)
def _word(word: str, seed: int, width: int) -> Array:
    rng = np.random.default_rng([seed, zlib.crc32(word.encode())])
    vector = rng.normal(size=width)
    return np.asarray(np.round(vector / np.linalg.norm(vector), 2))


def vectors(tokens: Sequence[str], seed: int, width: int = WORD) -> Array:
    """An embedding that is not trained: a direction drawn for each word, whatever its case, of length 1. (T, width)."""
    return np.stack([_word(token.lower(), seed, width) for token in tokens])


def places(tokens: int, kind: str, seed: int) -> Array:
    """(T, 4): "none", zeros; "sine"; "learned", drawn as a table is before training, one row for each place."""
    if kind == "none":
        return np.zeros((tokens, PLACE))
    if kind == "learned":
        return np.round(np.random.default_rng([seed, 1]).normal(size=(MOST, PLACE)), 2)[:tokens]
    return np.round(attention.sine_positions(tokens, PLACE, BASE), 2)


def inputs(tokens: Sequence[str], seed: int, positions: str = "sine") -> Array:
    """What attention reads: word and place of each token, (T, 8)."""
    return np.concatenate([vectors(tokens, seed), places(len(tokens), positions, seed)], axis=1)


def head(kind: str, scale: float, seed: int) -> Heads:
    """One head that was made by hand, or drawn as Keras draws. scale: what its queries and keys are multiplied by.

    "same" compares words; "previous" and "next" turn the place by one, and compare places; "first" asks for the first place whoever
    asks; "even" asks for nothing. Those hand over words. KeyError for another kind.
    """
    rng = np.random.default_rng([seed, 2])
    query, key, value, bias = np.zeros((WIDTH, SIZE)), np.zeros((WIDTH, SIZE)), np.zeros((WIDTH, SIZE)), np.zeros(SIZE)
    words, at = slice(0, WORD), slice(WORD, WIDTH)
    if kind == "drawn":
        reach = float(np.sqrt(6 / (WIDTH + SIZE)))
        query, key, value = (np.round(rng.uniform(-reach, reach, (WIDTH, SIZE)), 2) for _part in range(3))
    else:
        value[words] = np.eye(WORD)
        where = {"same": words, "previous": at, "next": at, "first": at, "even": None}[kind]
        if where is not None:
            key[where] = np.eye(SIZE)
        if kind == "same":
            query[words] = np.eye(SIZE)
        elif kind in ("previous", "next"):
            query[at] = np.round(attention.turned(PLACE, -1 if kind == "previous" else 1, BASE), 2)
        elif kind == "first":
            bias = attention.sine_positions(1, PLACE, BASE)[0]
    return one(scale * query, scale * key, value, scale * bias)


def one(query: Array, key: Array, value: Array, bias: Array | None = None) -> Heads:
    """A single head of three kernels (8, 4) whose values are its output: the output kernel puts them into the first four numbers."""
    nothing, output = np.zeros((1, SIZE)), np.zeros((1, SIZE, WIDTH))
    output[0, :, :SIZE] = np.eye(SIZE)
    return Heads(query[:, None], nothing if bias is None else bias[None], key[:, None], nothing, value[:, None], nothing, output,
                 np.zeros(WIDTH))


def typed(text: str) -> Heads:
    """A head of typed or painted weights, "0 1 …; …": 8 rows of 12, the query's, the key's and the value's side by side. Rows of 8 leave
    the value's out: such a head hands over words. Trouble where they are none."""
    rows = exact.read_matrix(text, _("The matrix of weights"), most=3 * SIZE)
    if (len(rows), len(rows[0])) not in ((WIDTH, 2 * SIZE), (WIDTH, 3 * SIZE)):
        raise Trouble(Message(N_("Your weights are {rows} rows of {columns} numbers; it takes 8 rows of 12: four for the query, four for "
                                 "the key, four for the value."), {"rows": len(rows), "columns": len(rows[0])}))
    found = np.array([[float(cell) for cell in row] for row in rows])
    value = found[:, 2 * SIZE:] if len(rows[0]) == 3 * SIZE else np.eye(WIDTH, SIZE)
    return one(found[:, :SIZE], found[:, SIZE:2 * SIZE], value)


def layer(count: int, scale: float, seed: int) -> Heads:
    """Several heads side by side: one of each kind, then drawn ones; the output kernel is drawn as Keras draws it."""
    found = [head(kind, scale if kind != "drawn" else 1.0, seed + k)
             for k, kind in enumerate((*KINDS, *["drawn"] * count)[:count])]
    reach = float(np.sqrt(6 / (WIDTH + count * SIZE)))
    output = np.round(np.random.default_rng([seed, 3]).uniform(-reach, reach, (8, SIZE, WIDTH))[:count], 2)
    parts = [np.concatenate([getattr(one, name) for one in found], axis=axis)
             for name, axis in (("query", 1), ("query_bias", 0), ("key", 1), ("key_bias", 0), ("value", 1), ("value_bias", 0))]
    query, query_bias, key, key_bias, value, value_bias = parts
    return Heads(query, query_bias, key, key_bias, value, value_bias, output, np.zeros(WIDTH))


def stack(blocks: int, seed: int) -> list[Block]:
    """Blocks of two heads of width 4 and eight hidden units, drawn as Keras draws them."""
    rng = np.random.default_rng([seed, 4])
    return [attention.draw_block(WIDTH, 2, SIZE, WIDTH, rng) for _block in range(blocks)]


def encoded(x: Array, blocks: Sequence[Block], mask: Array | None) -> Array:
    """What a stack of post-norm blocks makes of tokens x (…, T, 8)."""
    for weights in blocks:
        x = attention.block(x, weights, mask=mask).output
    return x


def moved(count: int, order: str, word: int, to: int, seed: int) -> list[int]:
    """Another order of tokens, as the old places: "move" takes one to another place, "reverse", or "shuffle" by a seed."""
    places_ = list(range(count))
    if order == "reverse":
        return places_[::-1]
    if order == "shuffle":
        return [int(i) for i in np.random.default_rng([seed, 5]).permutation(count)]
    places_.insert(min(to, count - 1), places_.pop(min(word, count - 1)))
    return places_


def unlike(tokens: Sequence[str], order: Sequence[int], blocks: Sequence[Block], positions: str, mask: str, seed: int) -> Array:
    """How far each word's output is from what it was, when the words stand in another order: (T,), by the old places, as a share of its
    length. 0 where the network does not see the order."""
    there = attention.allowed(mask, len(tokens))
    before, after = (encoded(inputs([tokens[i] for i in places_], seed, positions), blocks, there)
                     for places_ in (range(len(tokens)), order))
    away = np.linalg.norm(after - before[list(order)], axis=1) / np.linalg.norm(before[list(order)], axis=1)
    return np.asarray(away[np.argsort(order)])


def noticed(tokens: Sequence[str], hidden: int, blocks: Sequence[Block], mask: str, seed: int) -> Array:
    """How far each output moves when one word is hidden, (T,), as a share of its length: exactly 0 for whoever may not look at it."""
    there = attention.allowed(mask, len(tokens))
    veiled = [HIDDEN if i == hidden else token for i, token in enumerate(tokens)]
    before, after = (encoded(inputs(one_, seed), blocks, there) for one_ in (tokens, veiled))
    return np.asarray(np.linalg.norm(after - before, axis=1) / np.linalg.norm(before, axis=1))
