"""The formulas of the activation functions as texts: for SymPy, for NumPy programs, and as LaTeX; their ranges; where they are flat.

Tests read the SymPy texts, differentiate them, and compare both with the functions of `core.maths.activations`, which are compared
with Keras'. At a kink the Piecewise branches give the derivative that TensorFlow takes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from core.maths.activations import ACTIVATIONS

Array = np.ndarray


@dataclass(frozen=True)
class Formula:
    """One function of z.

    sympy: as SymPy reads it; numpy, numpy_slope: the function and its derivative as NumPy code with z; latex, slope: the function and
    its derivative as LaTeX. low, high: the ends of its range; closed: whether each end is a value that it takes.
    """

    sympy: str
    numpy: str
    numpy_slope: str
    latex: str
    slope: str
    low: float
    high: float
    closed: tuple[bool, bool] = (False, False)

    @property
    def range(self) -> str:
        """Its range as LaTeX."""
        def end(value: float) -> str:
            return ("-" if value < 0 else "") + (r"\infty" if math.isinf(value) else f"{abs(value):.3g}")

        if self.low == 0 and self.high == 1 and self.closed == (True, True):
            return r"\{0,\ 1\}"
        return f"{'[' if self.closed[0] else '('}{end(self.low)},\\ {end(self.high)}{']' if self.closed[1] else ')'}"


def _cases(*rows: tuple[str, str]) -> str:
    return r"\begin{cases}" + r" \\ ".join(f"{value} & {where}" for value, where in rows) + r"\end{cases}"


INF = math.inf
FORMULAS: dict[str, Formula] = {
    "sigmoid": Formula("1/(1 + exp(-z))", "1 / (1 + np.exp(-z))", "np.exp(-z) / (1 + np.exp(-z))**2",
                       r"\frac{1}{1 + e^{-z}}", r"f(z)\,(1 - f(z))", 0, 1),
    "tanh": Formula("tanh(z)", "np.tanh(z)", "1 - np.tanh(z)**2",
                    r"\tanh z = \frac{e^{z} - e^{-z}}{e^{z} + e^{-z}}", r"1 - f(z)^2", -1, 1),
    "relu": Formula("Piecewise((z, z > 0), (0, True))", "np.maximum(z, 0)", "(z > 0) * 1.0",
                    r"\max(0,\ z)", _cases(("1", "z > 0"), ("0", r"z \le 0")), 0, INF, (True, False)),
    "leaky_relu": Formula("Piecewise((z, z > 0), (0.2*z, True))", "np.where(z > 0, z, 0.2 * z)", "np.where(z > 0, 1.0, 0.2)",
                          _cases(("z", "z > 0"), (r"0.2\,z", r"z \le 0")), _cases(("1", "z > 0"), ("0.2", r"z \le 0")), -INF, INF),
    "elu": Formula("Piecewise((z, z > 0), (exp(z) - 1, True))", "np.where(z > 0, z, np.exp(np.minimum(z, 0)) - 1)",
                   "np.where(z > 0, 1.0, np.exp(np.minimum(z, 0)))",
                   _cases(("z", "z > 0"), (r"e^{z} - 1", r"z \le 0")), _cases(("1", "z > 0"), (r"e^{z}", r"z \le 0")), -1, INF),
    "selu": Formula("Piecewise((1.0507009873554805*1.6732632423543772*(exp(z) - 1), z < 0), (1.0507009873554805*z, True))",
                    "1.0507009873554805 * np.where(z < 0, 1.6732632423543772 * (np.exp(np.minimum(z, 0)) - 1), z)",
                    "1.0507009873554805 * np.where(z < 0, 1.6732632423543772 * np.exp(np.minimum(z, 0)), 1.0)",
                    _cases((r"1.0507\,z", r"z \ge 0"), (r"1.7581\,(e^{z} - 1)", "z < 0")),
                    _cases(("1.0507", r"z \ge 0"), (r"1.7581\,e^{z}", "z < 0")), -1.7580993408473766, INF),
    "gelu": Formula("z*(1 + erf(z/sqrt(2)))/2", "z * (1 + erf(z / np.sqrt(2))) / 2",
                    "(1 + erf(z / np.sqrt(2))) / 2 + z * np.exp(-z**2 / 2) / np.sqrt(2 * np.pi)",
                    r"z\,\Phi(z)", r"\Phi(z) + \frac{z}{\sqrt{2\pi}}\,e^{-z^2/2}", -0.16997120747990369, INF, (True, False)),
    "silu": Formula("z/(1 + exp(-z))", "z / (1 + np.exp(-z))", "(1 + z * np.exp(-z) / (1 + np.exp(-z))) / (1 + np.exp(-z))",
                    r"\frac{z}{1 + e^{-z}}", r"\frac{1 + e^{-z} + z\,e^{-z}}{(1 + e^{-z})^2}", -0.2784645427610738, INF, (True, False)),
    "softplus": Formula("log(1 + exp(z))", "np.logaddexp(0, z)", "1 / (1 + np.exp(-z))",
                        r"\ln(1 + e^{z})", r"\frac{1}{1 + e^{-z}}", 0, INF),
    "step": Formula("Piecewise((1, z > 0), (0, True))", "(z > 0) * 1.0", "np.zeros_like(z)",
                    _cases(("1", "z > 0"), ("0", r"z \le 0")), r"0 \quad (z \ne 0)", 0, 1, (True, True)),
    "linear": Formula("z", "z", "np.ones_like(z)", "z", "1", -INF, INF),
}


def saturated(name: str, below: float, reach: float) -> list[tuple[float, float]]:
    """Where the slope lies below `below` in size, as intervals of z between -reach and reach, to 0.005. Short ones around a minimum of
    the function, narrower than 0.5, are left out: nothing is flat for long there."""
    z = np.linspace(-reach, reach, round(reach * 400) + 1)
    small = np.abs(ACTIVATIONS[name].df(z)) < below
    edges = np.flatnonzero(np.diff(np.concatenate([[False], small, [False]]).astype(int)))
    return [(float(z[a]), float(z[b - 1])) for a, b in zip(edges[::2], edges[1::2], strict=True) if z[b - 1] - z[a] > 0.5]
