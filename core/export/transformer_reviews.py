"""The part of a Transformer's program that writes its reviews: the very ones of `core.data.reviews`, from their words on."""

from __future__ import annotations

import json
from collections.abc import Sequence

from core.data.review_words import LANGUAGES
from core.data.reviews import CONTRASTED, DENIED, TOKENS, WITHIN
from core.export.training import note
from core.i18n import _
from core.specs.transformer import TEST, VALIDATION, TransformerSpec

PARTS = ("aspects", "good", "bad", "likes", "dislikes", "plain", "denied", "felt", "unfelt", "contrasts", "neutral", "very")
WIDE = 100  # letters of a line
CLAUSE = """\
def one(rng, choices):
    return choices[rng.integers(len(choices))]


def clause(rng, sign, denied):
    meaning = -sign if denied else sign
    aspect = one(rng, WORDS["aspects"])
    if rng.random() < 0.25:
        past, bare = one(rng, WORDS["likes" if meaning > 0 else "dislikes"])
        return one(rng, WORDS["unfelt" if denied else "felt"]).format(a=aspect, w=bare if denied else past)
    word = one(rng, WORDS["good" if meaning > 0 else "bad"])
    form = one(rng, WORDS["denied" if denied else "plain"])
    return form.format(a=aspect, w=word, v=one(rng, WORDS["very"]))"""
JUDGING = """\
def judging(rng, sign):
    kind = rng.random()
    if {denied} <= kind < {both}:
        counted, outweighed = (clause(rng, each, rng.random() < {within}) for each in (sign, -sign))
        return one(rng, WORDS["contrasts"]).format(x=outweighed, y=counted)
    return clause(rng, sign, kind < {denied})"""
REVIEW = """\
def review(number):
    rng = np.random.default_rng([SEED, number, 23])
    label = int(rng.integers(2))
    sign = 2 * label - 1
    signs = [[sign], [sign, sign], [sign, sign, sign], [sign, sign, -sign]][rng.choice(4, p=[0.3, 0.3, 0.2, 0.2])]
    said = [judging(rng, each) for each in signs]
    neutral = WORDS["neutral"]
    said += [neutral[i] for i in rng.choice(len(neutral), rng.integers(3), replace=False)]
    return {between}.join(said[i] + {end} for i in rng.permutation(len(said))), label"""
TABLE = """\
pieces = [piece for part in WORDS.values() for piece in np.ravel(part)] + [{end}]
found = {{token for piece in pieces for token in tokens(re.sub(r"\\{{.\\}}", " ", piece))}}
number = {{token: i for i, token in enumerate(sorted(found), 2)}}"""
READ = """\
counts = [POINTS, {validation}, {test}]
texts, labels = zip(*(review(i) for i in range(sum(counts))))
x, y = np.zeros((len(texts), LENGTH), int), np.array(labels)[:, None]
for row, text in zip(x, texts):
    ids = [number[token] for token in tokens(text)][-LENGTH:]
    row[: len(ids)] = ids"""


def draws(spec: TransformerSpec) -> list[str]:
    """Lines that leave x and y, of training, validation and test, one after the other, and how many are for these: `counts`."""
    words = LANGUAGES[spec.language]
    end, between = (json.dumps(text, ensure_ascii=False) for text in (words.end.strip(), words.between))
    characters = TOKENS[spec.language] == "characters"
    split = 'list(text.replace(" ", ""))' if characters else 're.sub("[.,]", "", text).split()'
    says = _("Each character is a token.") if characters else _("Each word is a token, without its punctuation.")
    return [
        note(_("Reviews from a small grammar: {a} is what is judged, {w} how, {v} may strengthen it; {x} is outweighed by {y}.")),
        "WORDS = {", *(line for part in PARTS for line in _listed(part, getattr(words, part))), "}", "", "", CLAUSE, "", "",
        note(_("What it says counts +1 or -1: a denial turns it round, and of a contrast only one clause counts.")),
        JUDGING.format(denied=DENIED, both=DENIED + CONTRASTED, within=WITHIN), "", "",
        note(_("One to three sentences that judge, and up to two that do not. The label is the sign of their sum.")),
        REVIEW.format(between=between, end=end), "", "",
        note(says), "def tokens(text):", f"    return {split}", "", "",
        note(_("Of a long review the end is read; a short one is filled up behind, with 0. 1 would be an unknown token.")),
        TABLE.format(end=end), "", READ.format(validation=VALIDATION, test=TEST)]


def _listed(name: str, values: Sequence[str | tuple[str, str]]) -> list[str]:
    """An entry of a dictionary, over several lines where one would be too wide."""
    said = [json.dumps(value, ensure_ascii=False) for value in values]
    lines = [f'    "{name}": [']
    for text in said:
        if len(lines[-1]) + len(text) + 2 > WIDE:
            lines.append("        ")
        lines[-1] += text + ", "
    return [*(line.rstrip() for line in lines[:-1]), lines[-1].removesuffix(", ") + "],"]
