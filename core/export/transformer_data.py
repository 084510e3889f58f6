"""The part of a Transformer's program that makes its sequences: the very ones of `core.data.tasks`, with the tools of NumPy."""

from __future__ import annotations

import numpy as np

from core.data import uploads
from core.data.grammar_words import GRAMMARS, START
from core.data.task_rules import QUESTION
from core.data.tasks import PIECES, load, masked
from core.export import transformer_reviews
from core.export.training import note
from core.i18n import N_, _
from core.specs.transformer import TEST, TEXTS, VALIDATION, WRITTEN, TransformerSpec

LETTERS = "rng.integers(0, SYMBOLS, (count, LENGTH))"
DRAWS = {  # what a call of drawn(count) gives
    "reverse": [f"    return {LETTERS}"], "sort": [f"    return {LETTERS}"], "copy": [f"    return {LETTERS}"],
    "addition": ["    return rng.integers(0, 10, (count, 2 * LENGTH))"],
    "majority": [f"    rows = {LETTERS}", "    while True:",
                 "        counts = np.sort((rows[:, None] == np.arange(SYMBOLS)[:, None]).sum(-1))",
                 "        tied = np.flatnonzero(counts[:, -1] == counts[:, -2])", "        if len(tied) == 0:", "            return rows",
                 "        rows[tied] = rng.integers(0, SYMBOLS, (len(tied), LENGTH))"],
    "brackets": """\
    rows, index = np.zeros((count, STEPS), int), np.arange(count)
    waiting, depth = np.zeros((count, STEPS + 1), int), np.zeros(count, int)
    for t in range(STEPS):
        opens = (depth == 0) | ((depth < STEPS - t) & (rng.random(count) < 0.5))
        kind = np.where(opens, rng.integers(0, 2, count), waiting[index, depth])
        rows[:, t] = 2 * kind + ~opens
        depth += np.where(opens, 1, -1)
        waiting[index[opens], depth[opens]] = kind[opens]
    wrong = index[rng.random(count) < 0.5]
    for _ in range(3 * STEPS):
        one, other = rng.integers(0, STEPS, (2, len(wrong)))
        rows[wrong, one], rows[wrong, other] = rows[wrong, other], rows[wrong, one]
        wrong = wrong[closed(rows[wrong])]
    return rows""".splitlines()}
CLOSED = """\
def closed(rows):
    waiting, depth = np.zeros((len(rows), rows.shape[1] + 1), int), np.zeros(len(rows), int)
    index, fine = np.arange(len(rows)), np.ones(len(rows), bool)
    for bracket in rows.T:
        opens = bracket % 2 == 0
        fine &= opens | ((depth > 0) & (waiting[index, depth] == bracket // 2))
        depth = np.maximum(depth + np.where(opens, 1, -1), 0)
        waiting[index[opens], depth[opens]] = bracket[opens] // 2
    return fine & (depth == 0)
"""
ANSWERS = {"reverse": "y = rows[:, ::-1]", "sort": "y = np.sort(rows, axis=1)", "copy": "y = rows",
           "majority": "y = (rows[:, None] == np.arange(SYMBOLS)[:, None]).sum(-1).argmax(axis=1)[:, None]",
           "brackets": "y = closed(rows)[:, None].astype(int)",
           "addition": "tens = 10 ** np.arange(LENGTH + 1)[::-1]\n"
                       "total = rows[:, :LENGTH] @ tens[1:] + rows[:, LENGTH:] @ tens[1:]\ny = total[:, None] // tens % 10"}
ABOUT = {"reverse": N_("Symbols, then as many question marks: there the symbols are to be written in reverse."),
         "sort": N_("Symbols, then as many question marks: there the symbols are to be written in order."),
         "copy": N_("Symbols, then as many question marks: there the symbols are to be written once more."),
         "majority": N_("Symbols, of which one comes more often than all others: which one?"),
         "brackets": N_("Brackets, (, ), [ and ]: is every one closed? In half of the sequences two have changed places."),
         "addition": N_("Two numbers, digit by digit; the places of their sum are question marks.")}
SPLIT_OF_FEW = """\
aside = max(len(rows) // 8, 1)
parts = zip([rows[: -2 * aside], rows[-2 * aside : -aside], rows[-aside:]], [POINTS, {validation}, {test}])
rows = np.concatenate([part[np.arange(n) % len(part)] for part, n in parts])"""
WRITES = """\
rng = np.random.default_rng([SEED, 17])
text, waiting = [], []
while len(text) < (POINTS + {aside}) * LENGTH + 1:
    part = waiting.pop() if waiting else "{start}"
    if part not in RULES:
        text.append(part)
        continue
    odds = np.array([weight for weight, side in RULES[part]], float)
    place = rng.random() if len(odds) > 1 else 0
    chosen = np.searchsorted(np.cumsum(odds / odds.sum()), place, side="right")
    waiting += reversed(re.findall(r"\\{{\\w+\\}}|[^{{}}]", RULES[part][min(chosen, len(odds) - 1)][1]))
letters = sorted({{c for sides in RULES.values() for weight, side in sides for c in re.sub(r"\\{{\\w+\\}}", "", side)}})"""
HIDES = """\
rng = np.random.default_rng([SEED, 37])
hidden = np.tile(np.arange(LENGTH) < {count}, (len(pieces), 1))
hidden = rng.permuted(hidden, axis=1)
x, y = pieces[:, :-1], np.where(hidden, pieces[:, :-1], -1)
x = np.where(hidden, len(letters), x)"""


def draws(spec: TransformerSpec) -> list[str]:
    """Lines that leave x and y, of training, validation and test, one after the other, and how many are for these: `counts`. KeyError if
    the text was uploaded and is not here."""
    if spec.task == "reviews":
        return transformer_reviews.draws(spec)
    return _text(spec) if spec.task in TEXTS else _drawn(spec)


def _drawn(spec: TransformerSpec) -> list[str]:
    sample = load(spec)
    few = len(np.unique(sample.x, axis=0)) < len(sample.x)
    lines = [note(_(ABOUT[spec.task])), f"counts = [POINTS, {VALIDATION}, {TEST}]", "rng = np.random.default_rng([SEED, 37])"]
    if spec.task == "brackets":
        lines += [f"STEPS = {spec.steps}", "", "", CLOSED]
    lines += ["", "def drawn(count):", *DRAWS[spec.task], "", "", note(_("Each sequence once: what is judged later must not be known.")),
              f"rows = np.zeros((0, {'2 * LENGTH' if spec.task == 'addition' else 'STEPS' if spec.task == 'brackets' else 'LENGTH'}), int)",
              "for _ in range(4):", "    rows = np.concatenate([rows, drawn(sum(counts))])",
              "    rows = rows[np.sort(np.unique(rows, axis=0, return_index=True)[1])]",
              "    if len(rows) >= sum(counts):", "        break"]
    if few:
        lines += [note(_("So few are possible that they have to come again, each in one part only.")),
                  SPLIT_OF_FEW.format(validation=VALIDATION, test=TEST)]
    else:
        lines.append("rows = rows[: sum(counts)]")
    return [*lines, "", *_read(spec), ANSWERS[spec.task]]


def _read(spec: TransformerSpec) -> list[str]:
    if spec.task == "addition":
        return ["plus, equals = (np.full((len(rows), 1), sign) for sign in (10, 11))", "asked = np.full((len(rows), LENGTH + 1), 12)",
                "x = np.concatenate([rows[:, :LENGTH], plus, rows[:, LENGTH:], equals, asked], axis=1)"]
    if spec.task in WRITTEN:
        return ["x = np.concatenate([rows, np.full_like(rows, SYMBOLS)], axis=1)  # " + QUESTION]
    return ["x = rows"]


def _text(spec: TransformerSpec) -> list[str]:
    if spec.upload:
        sample = load(spec, uploads.arrays(spec.upload))
        lines = [note(_("The text, and the characters that are told apart; all others are the last one.")),
                 'with open("text.txt", encoding="utf-8-sig") as file:', "    text = file.read()",
                 f"letters = list({''.join(sample.answers)!r})"]
        counts: list[int | str] = [sample.train, sample.validation, len(sample.x[sample.test])]
    else:
        counts = ["POINTS", PIECES, PIECES]
        lines = [note(_("Text from a small grammar: a symbol, then the odds and the texts by which it may be replaced.")), "RULES = {",
                 *(f"    {symbol!r}: {sides!r},".replace("'", '"') for symbol, sides in GRAMMARS[spec.language].items()), "}", "",
                 WRITES.format(aside=2 * PIECES, start=START)]
    lines += ["", note(_("Pieces that follow each other, each with the character behind it; those for validation and test stand last.")),
              f"counts = [{', '.join(map(str, counts))}]",
              "numbers = np.array([letters.index(c) if c in letters else len(letters) - 1 for c in text])",
              "aside = (len(numbers) - 1) // LENGTH - counts[1] - counts[2]",
              "first = np.r_[0 : counts[0], aside : aside + counts[1] + counts[2]] * LENGTH",
              "pieces = numbers[first[:, None] + np.arange(LENGTH + 1)]"]
    if spec.task == "masked":
        return [*lines, "", note(_("Some characters are hidden, and only they are asked for: all other answers are -1.")),
                HIDES.format(count=masked(spec.steps))]
    return [*lines, "x, y = pieces[:, :-1], pieces[:, 1:]"]
