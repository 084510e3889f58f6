"""The names of a small network's weights and biases, and the numbers that it begins with or that are typed; for specs and pages alike.

"w1_23" is the weight of layer 1 from neuron 2 to neuron 3, "b2_1" the bias of the first neuron of layer 2.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from core.frame import Message, Trouble
from core.i18n import N_
from core.maths.entries import Part, cut, number, within
from core.maths.expressions import ExpressionError

SHAPES: dict[str, tuple[int, ...]] = {"2-2-1": (2, 2, 1), "2-2-2": (2, 2, 2), "2-3-2": (2, 3, 2), "2-2-2-1": (2, 2, 2, 1),
                                      "3-4-3-2": (3, 4, 3, 2)}
LARGEST = 3.0  # the size of a weight that may be typed
UPPER, LOWER = "⁰¹²³⁴", "₀₁₂₃₄"
NAMED = re.compile(r"([^=＝]*?)\s*[=＝]\s*")
PLACES = 6  # decimals that a typed weight is read to


def names(widths: Sequence[int]) -> tuple[str, ...]:
    """Of all weights and biases, in the order of `core.maths.dense.flat`."""
    found = []
    for layer, (n, m) in enumerate(zip(widths, widths[1:], strict=False), 1):
        found += [f"w{layer}_{i}{j}" for i in range(1, n + 1) for j in range(1, m + 1)]
        found += [f"b{layer}_{j}" for j in range(1, m + 1)]
    return tuple(found)


ALL = tuple(dict.fromkeys(sorted((name for widths in SHAPES.values() for name in names(widths)),
                                 key=lambda name: (name[1], name[0] == "b", name))))


def written(name: str) -> str:
    """As it is shown: w¹₂₃, b²₁."""
    return name[0] + UPPER[int(name[1])] + "".join(LOWER[int(digit)] for digit in name[3:])


@lru_cache(maxsize=256)
def _drawn(widths: tuple[int, ...], seed: int) -> tuple[float, ...]:
    rng = random.Random(seed * 1009 + sum(w * 7**k for k, w in enumerate(widths)))
    found = []
    for name in names(widths):
        value = round(rng.gauss(0, 0.8) if name[0] == "w" else rng.uniform(-0.3, 0.3), 1)
        least = 0.1 if name[0] == "w" else 0.0
        found.append(max(-1.6, min(1.6, value)) or least)
    return tuple(found)


def drawn(widths: Sequence[int], seed: int) -> dict[str, float]:
    """Weights and biases of one decimal, by name: the same for the same seed."""
    return dict(zip(names(widths), _drawn(tuple(widths), seed), strict=True))


def edits(text: str, shape: str) -> dict[str, float]:
    """Read "w1_11=0.5, b2_1=-1/3": weights of a network of SHAPES, each any number that is typed without variables, to six decimals.

    Trouble, with the place in the text, for what is no number or no weight from -3 to 3 of this network.
    """
    found = {}
    for part in cut(text, ",;，；、\n", blanks=False):
        named = NAMED.match(part.text)
        name = named[1] if named else part.text
        if not named or name not in names(SHAPES[shape]):
            raise Trouble(Message(N_("“{part}” at place {place} is no weight of a {shape} network. Write w1_21=0.5 for the weight of layer "
                                     "1 from neuron 2 to neuron 1, b2_1=-0.3 for a bias, with commas between them."),
                                  {"part": part.text[:40], "place": part.start + 1, "shape": shape}))
        entry = Part(part.text[named.end():], part.start + named.end())
        try:
            value = number(entry)[1]
        except ExpressionError as error:
            raise within(name, error) from None
        if abs(value) > LARGEST:
            raise Trouble(Message(N_("“{part}” at place {place} is out of bounds: here {name} goes from −{most:g} to {most:g}."),
                                  {"part": entry.text[:40], "place": entry.start + 1, "name": name, "most": LARGEST}))
        found[name] = round(value, PLACES)
    return found


def listed(values: Mapping[str, float]) -> str:
    """What `edits` reads."""
    return ", ".join(f"{name}={_short(value)}" for name, value in values.items())


def _short(value: float) -> str:
    return f"{value:.{PLACES}f}".rstrip("0").rstrip(".")
