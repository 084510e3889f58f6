"""The part of a recurrent network's program that draws its sequences: what `core.data.sequences` does, written plainly for one task."""

from __future__ import annotations

from core.data.grammar_words import GRAMMARS, START
from core.export.training import note
from core.i18n import N_, _
from core.specs.recurrent import TEST, VALIDATION, RecurrentSpec

# Of each task: what its sequences are, and the code that leaves x (count, steps, inputs) and y (count, 1), training first.
TASKS: dict[str, tuple[str, str]] = {
    "wave": (N_("Sines with noise, and windows of them: each is to be followed by its next value."), """\
golden = (1 + 5**0.5) / 2  # {golden}
starts = [0, POINTS + LENGTH, POINTS + LENGTH + {validation} + LENGTH]
t = np.arange(starts[-1] + {test} + LENGTH)
phases = np.random.default_rng([SEED, 29]).random(WAVES)
parts = [np.sin(2 * np.pi * (t * golden**j / PERIOD + phases[j])) / (j + 1) for j in range(WAVES)]
clean = np.sum(parts, axis=0) / sum(1 / (j + 1) for j in range(WAVES))
series = clean + NOISE * np.random.default_rng([SEED, 23]).normal(size=len(t))
series = series.astype("float32")[:, None]"""),
    "recall": (N_("A symbol, then distractors, then a question: which symbol was it? Each goes in as ones among zeros."), """\
rng = np.random.default_rng([SEED, 23])
count = POINTS + {validation} + {test}
tokens = rng.integers(4, 8, (count, LENGTH + 2))
tokens[:, 0] = rng.integers(0, 4, count)
tokens[:, -1] = 8
x, y = np.eye(9, dtype="float32")[tokens], tokens[:, :1]"""),
    "adding": (N_("Numbers from 0 to 1, two of which are marked, one in each half: their sum is asked for."), """\
rng = np.random.default_rng([SEED, 23])
count, half = POINTS + {validation} + {test}, LENGTH // 2
x = np.zeros((count, LENGTH, 2), "float32")
x[..., 0] = rng.random((count, LENGTH))
places = np.stack([rng.integers(0, half, count), rng.integers(half, LENGTH, count)], axis=1)
np.put_along_axis(x[..., 1], places, 1.0, axis=1)
y = (x[..., 0] * x[..., 1]).sum(axis=1, keepdims=True)"""),
    "parity": (N_("Zeros and ones: is the number of ones odd?"), """\
rng = np.random.default_rng([SEED, 23])
bits = rng.integers(0, 2, (POINTS + {validation} + {test}, LENGTH))
x, y = bits[..., None].astype("float32"), bits.sum(axis=1, keepdims=True) % 2"""),
    "text": (N_("Text from a small grammar, and windows of it: each is to be followed by its next character."), """\
starts = [0, POINTS + LENGTH, POINTS + LENGTH + {validation} + LENGTH]
rng = np.random.default_rng([SEED, 17])
text, waiting = [], []
while len(text) < starts[-1] + {test} + LENGTH:
    part = waiting.pop() if waiting else "{start}"
    if part not in RULES:
        text.append(part)
        continue
    odds = np.array([weight for weight, side in RULES[part]], float)
    place = rng.random() if len(odds) > 1 else 0
    chosen = np.searchsorted(np.cumsum(odds / odds.sum()), place, side="right")
    waiting += reversed(re.findall(r"\\{{\\w+\\}}|[^{{}}]", RULES[part][min(chosen, len(odds) - 1)][1]))
letters = sorted({{c for sides in RULES.values() for weight, side in sides for c in re.sub(r"\\{{\\w+\\}}", "", side)}})
series = np.array([letters.index(character) for character in text])"""),
}
WINDOWS = """\
counts = [POINTS, {validation}, {test}]
first = np.concatenate([start + np.arange(n) for start, n in zip(starts, counts)])
x, y = series[first[:, None] + np.arange(LENGTH)], series[first + LENGTH]"""


def draws(spec: RecurrentSpec) -> list[str]:
    """Lines that leave x and y, of training, validation and test, one after the other."""
    what, code = TASKS[spec.task]
    golden = _("periods with this quotient have no common multiple")
    lines = [note(_(what)), *(_rules(spec.language) if spec.task == "text" else []),
             code.format(validation=VALIDATION, test=TEST, golden=golden, start=START)]
    if spec.task in ("wave", "text"):
        lines += ["", note(_("Windows that follow each other; no value of validation or test is in one to train on.")),
                  WINDOWS.format(validation=VALIDATION, test=TEST)]
        lines += ['x, y = np.eye(len(letters), dtype="float32")[x], y[:, None]'] if spec.task == "text" else []
    return lines


def _rules(language: str) -> list[str]:
    """The grammar, a symbol a line."""
    return [note(_("A symbol, then the odds and the texts by which it may be replaced.")), "RULES = {",
            *(f"    {symbol!r}: {sides!r},".replace("'", '"') for symbol, sides in GRAMMARS[language].items()), "}", ""]
