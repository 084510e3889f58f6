"""The formulas of the activation functions as texts: for SymPy, for NumPy programs, and as LaTeX; their ranges; where they are flat.

Tests read the SymPy texts, differentiate them, and compare both with the functions of `core.maths.activations`, which are compared
with Keras'. At a kink the Piecewise branches give the derivative that TensorFlow takes. Leaky ReLU and ELU are written with the
parameter that they have.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from core.maths.activations import ALPHA, LEAK, Activation

Array = np.ndarray


@dataclass(frozen=True)
class Formula:
    """One function of z.

    sympy: as SymPy reads it; numpy, numpy_slope: the function and its derivative as NumPy code with z; latex, slope: the function and
    its derivative as LaTeX. low, high: the ends of its range; closed: whether each end is a value that it takes. keras: the same in
    Keras, of z; "" where it has none.
    """

    sympy: str
    numpy: str
    numpy_slope: str
    latex: str
    slope: str
    low: float
    high: float
    closed: tuple[bool, bool] = (False, False)
    keras: str = ""

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


def _leaky_relu(c: float) -> Formula:
    """c: the slope left of 0, from 0 to 1."""
    left = "0" if c == 0 else "z" if c == 1 else rf"{c:g}\,z"
    return Formula(f"Piecewise((z, z > 0), ({c!r}*z, True))", f"np.where(z > 0, z, {c!r} * z)", f"np.where(z > 0, 1.0, {c!r})",
                   _cases(("z", "z > 0"), (left, r"z \le 0")), _cases(("1", "z > 0"), (f"{c:g}", r"z \le 0")),
                   -INF if c else 0, INF, (not c, False), f"keras.activations.leaky_relu(z, negative_slope={c!r})")


def _elu(a: float) -> Formula:
    """a: alpha, above 0."""
    times, tex = ("", "") if a == 1 else (f"{a!r} * ", f"{a:g}\\,")
    return Formula(f"Piecewise((z, z > 0), ({times}(exp(z) - 1), True))", f"np.where(z > 0, z, {times}(np.exp(np.minimum(z, 0)) - 1))",
                   f"np.where(z > 0, 1.0, {times}np.exp(np.minimum(z, 0)))",
                   _cases(("z", "z > 0"), (f"{tex}(e^{{z}} - 1)" if tex else "e^{z} - 1", r"z \le 0")),
                   _cases(("1", "z > 0"), (f"{tex}e^{{z}}", r"z \le 0")), -a, INF, keras=f"keras.activations.elu(z, alpha={a!r})")


FORMULAS: dict[str, Formula] = {
    "sigmoid": Formula("1/(1 + exp(-z))", "1 / (1 + np.exp(-z))", "0.25 / np.cosh(z / 2)**2",
                       r"\frac{1}{1 + e^{-z}}", r"f(z)\,(1 - f(z))", 0, 1,
                       keras="keras.activations.sigmoid(z)"),
    "tanh": Formula("tanh(z)", "np.tanh(z)", "1 - np.tanh(z)**2",
                    r"\tanh z = \frac{e^{z} - e^{-z}}{e^{z} + e^{-z}}", r"1 - f(z)^2", -1, 1,
                    keras="keras.activations.tanh(z)"),
    "relu": Formula("Piecewise((z, z > 0), (0, True))", "np.maximum(z, 0)", "(z > 0) * 1.0",
                    r"\max(0,\ z)", _cases(("1", "z > 0"), ("0", r"z \le 0")), 0, INF, (True, False),
                    keras="keras.activations.relu(z)"),
    "leaky_relu": _leaky_relu(LEAK),
    "elu": _elu(ALPHA),
    "selu": Formula("Piecewise((1.0507009873554805*1.6732632423543772*(exp(z) - 1), z < 0), (1.0507009873554805*z, True))",
                    "1.0507009873554805 * np.where(z < 0, 1.6732632423543772 * (np.exp(np.minimum(z, 0)) - 1), z)",
                    "1.0507009873554805 * np.where(z < 0, 1.6732632423543772 * np.exp(np.minimum(z, 0)), 1.0)",
                    _cases((r"1.0507\,z", r"z \ge 0"), (r"1.7581\,(e^{z} - 1)", "z < 0")),
                    _cases(("1.0507", r"z \ge 0"), (r"1.7581\,e^{z}", "z < 0")), -1.7580993408473766, INF,
                    keras="keras.activations.selu(z)"),
    "gelu": Formula("z*(1 + erf(z/sqrt(2)))/2", "z * (1 + erf(z / np.sqrt(2))) / 2",
                    "(1 + erf(z / np.sqrt(2))) / 2 + z * np.exp(-z**2 / 2) / np.sqrt(2 * np.pi)",
                    r"z\,\Phi(z)", r"\Phi(z) + \frac{z}{\sqrt{2\pi}}\,e^{-z^2/2}", -0.16997120747990369, INF, (True, False),
                    keras="keras.activations.gelu(z)"),
    "silu": Formula("z/(1 + exp(-z))", "z / (1 + np.exp(-z))", "(1 + np.tanh(z / 2)) / 2 * (1 + z * (1 - np.tanh(z / 2)) / 2)",
                    r"\frac{z}{1 + e^{-z}}", r"\frac{1 + e^{-z} + z\,e^{-z}}{(1 + e^{-z})^2}", -0.2784645427610738, INF, (True, False),
                    keras="keras.activations.silu(z)"),
    "softplus": Formula("log(1 + exp(z))", "np.logaddexp(0, z)", "1 / (1 + np.exp(-z))",
                        r"\ln(1 + e^{z})", r"\frac{1}{1 + e^{-z}}", 0, INF,
                        keras="keras.activations.softplus(z)"),
    "step": Formula("Piecewise((1, z > 0), (0, True))", "(z > 0) * 1.0", "np.zeros_like(z)",
                    _cases(("1", "z > 0"), ("0", r"z \le 0")), r"0 \quad (z \ne 0)", 0, 1, (True, True)),
    "linear": Formula("z", "z", "np.ones_like(z)", "z", "1", -INF, INF,
                      keras="keras.activations.linear(z)"),
}


def formula(name: str, negative_slope: float = LEAK, alpha: float = ALPHA) -> Formula:
    """The formula of this name; leaky ReLU and ELU with a parameter of their own. KeyError if there is none."""
    return _leaky_relu(negative_slope) if name == "leaky_relu" else _elu(alpha) if name == "elu" else FORMULAS[name]


def saturated(function: Activation, below: float, reach: float) -> list[tuple[float, float]]:
    """Where the slope lies below `below` in size, as intervals of z between -reach and reach, to 0.005. Short ones around a minimum of
    the function, narrower than 0.5, are left out: nothing is flat for long there."""
    z = np.linspace(-reach, reach, round(reach * 400) + 1)
    small = np.abs(function.df(z)) < below
    edges = np.flatnonzero(np.diff(np.concatenate([[False], small, [False]]).astype(int)))
    return [(float(z[a]), float(z[b - 1])) for a, b in zip(edges[::2], edges[1::2], strict=True) if z[b - 1] - z[a] > 0.5]
