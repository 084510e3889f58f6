"""Keras' update rules as formulas, with the numbers of one step filled in."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.i18n import _
from core.maths.optimizers import Memory, Rule, filled


def number(value: Any) -> str:
    """Three significant digits, in LaTeX."""
    text = f"{float(value) + 0.0:.3g}"
    if "e" in text:
        mantissa, power = text.split("e")
        return rf"{mantissa} \cdot 10^{{{int(power)}}}"
    return text


def vector(values: np.ndarray) -> str:
    return rf"\begin{{pmatrix}} {number(values[0])} \\ {number(values[1])} \end{{pmatrix}}"


def lines(rule: Rule, t: int, x: np.ndarray, g: np.ndarray, rate: float, before: Memory, after: Memory, new: np.ndarray
          ) -> tuple[tuple[str, str], ...]:
    """The formulas of step t (counted from 0), with their words."""
    # p is the place (x, y)
    at, to, eta = rf"p_{{{t}}}", rf"p_{{{t + 1}}}", number(rate)
    x_, g_, new_, m0, m1, v0, v1 = (vector(a) for a in (x, g, new, before.m, after.m, before.v, after.v))
    b, r, b1, b2 = (number(a) for a in (rule.momentum, rule.rho, rule.beta_1, rule.beta_2))
    rest = {a: number(1 - float(a_)) for a, a_ in (("r", rule.rho), ("b1", rule.beta_1), ("b2", rule.beta_2))}
    place, velocity, memory = _("new place"), _("velocity"), _("mean of g²")
    if rule.name == "sgd":
        return ((place, rf"{to} = {at} - \eta\, g = {x_} - {eta} {g_} = {new_}"),)
    if rule.name in ("momentum", "nesterov"):
        moved = (velocity, rf"v \leftarrow \beta v - \eta\, g = {b} {m0} - {eta} {g_} = {m1}")
        if rule.name == "momentum":
            return moved, (place, rf"{to} = {at} + v = {x_} + {m1} = {new_}")
        return moved, (place, rf"{to} = {at} + \beta v - \eta\, g = {x_} + {b} {m1} - {eta} {g_} = {new_}")
    if rule.name == "adagrad":
        return ((_("sum of g²"), rf"s \leftarrow s + g^2 = {v0} + {vector(g * g)} = {v1}"),
                (place, rf"{to} = {at} - \frac{{\eta\, g}}{{\sqrt{{s + \varepsilon}}}} = {x_} - {eta} {g_} \Big/ "
                        rf"{vector(np.sqrt(after.v + rule.epsilon))} = {new_}"))
    if rule.name == "rmsprop":
        return ((memory, rf"v \leftarrow \rho v + (1 - \rho)\, g^2 = {r} {v0} + {rest['r']} {vector(g * g)} = {v1}"),
                (place, rf"{to} = {at} - \frac{{\eta\, g}}{{\sqrt{{v + \varepsilon}}}} = {x_} - {eta} {g_} \Big/ "
                        rf"{vector(np.sqrt(after.v + rule.epsilon))} = {new_}"))
    n = after.t
    first, second = filled(rule, n)
    alpha = rate * second**0.5 / first
    found = [(_("mean of g"), rf"m \leftarrow m + (1 - \beta_1)(g - m) = {m0} + {rest['b1']} {vector(g - before.m)} = {m1}"),
             (memory, rf"v \leftarrow v + (1 - \beta_2)(g^2 - v) = {v0} + {rest['b2']} {vector(g * g - before.v)} = {v1}"),
             (_("corrected rate"), rf"\alpha = \eta\, \frac{{\sqrt{{1 - \beta_2^{{{n}}}}}}}{{1 - \beta_1^{{{n}}}}} = "
                                   rf"{eta} \cdot \frac{{{number(second**0.5)}}}{{{number(first)}}} = "
                                   rf"{number(alpha)}")]
    if rule.name == "adamw":
        w = number(rule.weight_decay)
        kept = x - x * rule.weight_decay * rate
        found.append((_("new place"), rf"{to} = {at} - \eta \lambda {at} - \frac{{\alpha\, m}}{{\sqrt v + \varepsilon}} = "
                                      rf"(1 - {eta} \cdot {w}) {x_} - {number(alpha)} {m1} \Big/ "
                                      rf"{vector(np.sqrt(after.v) + rule.epsilon)} = "
                                      rf"{vector(kept)} - {vector(kept - new)} = {new_}"))
    else:
        found.append((place, rf"{to} = {at} - \frac{{\alpha\, m}}{{\sqrt v + \varepsilon}} = {x_} - {number(alpha)} {m1} \Big/ "
                             rf"{vector(np.sqrt(after.v) + rule.epsilon)} = {new_}"))
    return tuple(found)
