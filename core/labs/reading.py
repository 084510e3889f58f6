"""What a recurrent network makes of sequences, in NumPy: states and gates, the gradient through time, and what it goes on with by itself.

Weights are those of a frame: k0 u0 b0, … (see `core.labs.recurrent`). All is float32.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.data.sequences import Sequences
from core.models import recurrence
from core.models.recurrence import NUMPY, Steps
from core.specs.recurrent import SHOWN, VALIDATION, RecurrentSpec

Arrays = dict[str, np.ndarray]
LOOKED = 200  # validation sequences that a frame's matrix is about
BACK = 64  # whose gradients are averaged
AHEAD = 100  # values of a wave, or answers, that a frame shows
SAID = 60  # symbols that a network writes
LEAST = 1e-7  # probability that a loss is taken of, as in Keras


@dataclass(frozen=True)
class Half:
    """A layer, or the half of one that reads backwards: where its states were read, and what it was given (T, batch, inputs)."""

    name: str  # as frames have it: "1", "1b", …
    steps: Steps
    start: np.ndarray
    recurrent: np.ndarray
    held: dict[str, float]


class Network:
    """The network of some weights. held: {"f_1": 0.0, …}, gates that have one value instead of their own."""

    def __init__(self, spec: RecurrentSpec, weights: Mapping[str, np.ndarray], held: Mapping[str, float] | None = None) -> None:
        self.spec = spec
        self.weights = {name: a.astype(np.float32) for name, a in weights.items()}
        self.backs = ("", "b")[:spec.directions]
        self.held = {f"{i}{back}": {gate: held[f"{gate}_{i}{back}"] for gate in spec.gates if f"{gate}_{i}{back}" in held}
                     for i in range(1, spec.layers + 1) for back in self.backs} if held else {}
        self.kernel, self.bias = (self.weights[f"{letter}{spec.layers}"] for letter in "kb")

    def part(self, layer: int, back: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, Any]:
        """Kernel, recurrent kernel, and what is added to each product, of a layer counted from 1."""
        kernel, recurrent, bias = (self.weights[f"{letter}{layer - 1}{back}"] for letter in "kub")
        return (kernel, recurrent, bias[0], bias[1]) if self.spec.cell == "gru" else (kernel, recurrent, bias, 0.0)

    def read(self, x: np.ndarray) -> tuple[list[list[Half]], np.ndarray]:
        """Read x (batch, T, inputs): every layer's halves, and the answers (batch, k)."""
        found: list[list[Half]] = []
        values = x.transpose(1, 0, 2)
        for layer in range(1, self.spec.layers + 1):
            halves = []
            for back in self.backs:
                kernel, recurrent, bias, inner = self.part(layer, back)
                start = np.zeros((len(x), self.spec.units), np.float32)
                held = self.held.get(f"{layer}{back}", {})
                xs = recurrence.cut(NUMPY, self.spec.cell, (values[::-1] if back else values) @ kernel + bias)
                steps = recurrence.forward(NUMPY, self.spec.cell, self.spec.activation, xs, start, recurrent, inner, held)
                halves.append(Half(f"{layer}{back}", steps, start, recurrent, held))
            values = np.concatenate([np.stack(h.steps["h"][::-1] if h.name.endswith("b") else h.steps["h"]) for h in halves], -1)
            found.append(halves)
        return found, self.answer(np.concatenate([h.steps["h"][-1] for h in found[-1]], -1))

    def answer(self, state: np.ndarray) -> np.ndarray:
        """The answers for states (…, units) of the last layer, both halves' behind each other."""
        output = state @ self.kernel + self.bias
        if self.spec.regression:
            return np.asarray(output)
        p = np.exp(output - output.max(-1, keepdims=True))
        return np.asarray(p / p.sum(-1, keepdims=True))

    def answers(self, x: np.ndarray) -> np.ndarray:
        """The answers for many sequences, some at a time."""
        return np.concatenate([self.read(x[i:i + LOOKED])[1] for i in range(0, len(x), LOOKED)])

    def through(self, halves: list[Half], output: np.ndarray, y: np.ndarray) -> Arrays:
        """How far each sequence's loss depends on the states of the last layer, on average: `through` and its like of a frame."""
        wrong = output * 2 - 2 * y if self.spec.regression else output - np.eye(output.shape[1], dtype=np.float32)[y[:, 0]]
        found: Arrays = {}
        for half, last in zip(halves, np.split(wrong @ self.kernel.T, len(halves), -1), strict=True):
            incoming: list[Any] = [None] * (len(half.steps["h"]) - 1) + [last]
            slopes = recurrence.backward(NUMPY, self.spec.cell, self.spec.activation, half.steps, half.start, half.recurrent,
                                         incoming, half.held)
            back = "b" if half.name.endswith("b") else ""
            for name, each in ((f"through_{back}".rstrip("_"), slopes.h), (f"through_c{back}", slopes.c)):
                if each is not None:
                    norms = np.sqrt((each**2).sum(-1)).mean(-1)
                    found[name] = np.ascontiguousarray(norms[::-1] if back else norms)
        return found

    def stream(self) -> Callable[[np.ndarray], np.ndarray | None]:
        """A function to be given one step's inputs (d,) after the other: from the T-th on it answers (k,) for the last T of them.

        All windows that a step is part of are read at once, each a row: a window a step costs as much as one window.
        """
        if self.spec.bidirectional:  # whose other half cannot begin before the window is whole
            return self._windows()
        size, units, fed = self.spec.steps, self.spec.units, iter(range(1 << 30))
        states = [[np.zeros((size, units), np.float32) for _ in range(2)] for _ in range(self.spec.layers)]

        def feed(x: np.ndarray) -> np.ndarray | None:
            n = next(fed)
            value = x[None].astype(np.float32)
            for layer, state in enumerate(states, 1):
                kernel, recurrent, bias, inner = self.part(layer, "")
                for each in state:
                    each[n % size] = 0  # a window begins
                xs = recurrence.cut(NUMPY, self.spec.cell, np.broadcast_to(value @ kernel + bias, (size, kernel.shape[1])))
                now = recurrence.step(NUMPY, self.spec.cell, self.spec.activation, xs, state[0], state[1], recurrent, inner,
                                      self.held.get(str(layer), {}))
                state[:] = [now["h"], now.get("c", state[1])]
                value = state[0]
            return self.answer(value[(n + 1) % size]) if n + 1 >= size else None

        return feed

    def _windows(self) -> Callable[[np.ndarray], np.ndarray | None]:
        seen: list[np.ndarray] = []

        def feed(x: np.ndarray) -> np.ndarray | None:
            seen.append(x.astype(np.float32))
            return self.read(np.stack(seen[-self.spec.steps:])[None])[1][0] if len(seen) >= self.spec.steps else None

        return feed


def measures(spec: RecurrentSpec, output: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each answer's loss, and 1 where its class is right, or the absolute error of a number: (n,) float32 each."""
    if spec.regression:
        return ((output - y) ** 2)[:, 0], np.abs(output - y)[:, 0]
    own = np.take_along_axis(output, y, 1)[:, 0]
    return -np.log(np.clip(own, LEAST, 1 - LEAST)), (output.argmax(1) == y[:, 0]).astype(np.float32)


def look(spec: RecurrentSpec, sample: Sequences, network: Network, example: int) -> Arrays:
    """The arrays of a frame but its weights, about validation sequence `example`."""
    with np.errstate(all="ignore"):  # a network that diverges is shown as it is
        found = {**_about(spec, sample, network, example), **_many(spec, sample, network)}
    return {name: a if a.dtype.kind in "ui" else np.nan_to_num(np.asarray(a, np.float32), posinf=1e30, neginf=-1e30)
            for name, a in found.items()}


def _about(spec: RecurrentSpec, sample: Sequences, network: Network, example: int) -> Arrays:
    at = sample.train + example
    layers, output = network.read(sample.x[at:at + 1])
    found: Arrays = {"example": np.array([example], np.int32), "inputs": sample.x[at], "truth": sample.y[at].astype(np.float32),
                     "answer": output[0]}
    if sample.tokens is not None:
        found["tokens"] = sample.tokens[at]
    if not spec.bidirectional:
        found["sofar"] = network.answer(np.concatenate(layers[-1][0].steps["h"]))
    for halves in layers:
        for half in halves:
            for name in ("h", *(("c", "g") if spec.cell == "lstm" else ("g",) if spec.cell == "gru" else ()), *spec.gates):
                values = np.concatenate(half.steps[name])[:, :SHOWN]
                found[f"{name}_{half.name}"] = np.ascontiguousarray(values[::-1] if half.name.endswith("b") else values)
    return found


def _many(spec: RecurrentSpec, sample: Sequences, network: Network) -> Arrays:
    part = slice(sample.train, sample.train + BACK)
    layers, output = network.read(sample.x[part])
    found = network.through(layers[-1], output, sample.y[part])
    rest = slice(part.stop, sample.train + (LOOKED if sample.classes else AHEAD))
    output = np.concatenate([output, network.answers(sample.x[rest])])
    truth = sample.y[sample.train:rest.stop, 0]
    if sample.classes:
        k = sample.classes
        found["confusion"] = np.bincount(truth * k + output.argmax(1), minlength=k * k).reshape(k, k).astype(np.int32)
    if spec.task == "wave":
        found |= {"ahead": output[:, 0], "ahead_truth": truth, "free": np.array([*_free(sample, network)], np.float32)}
    elif spec.task == "adding":
        found |= {"off_said": output[:, 0], "off_truth": truth}
    elif spec.task == "text":
        found["said"] = np.array([*_said(spec, sample, network)], np.uint8)
    return found


def _free(sample: Sequences, network: Network) -> Iterator[float]:
    feed, value = network.stream(), None
    for x in sample.x[sample.train]:
        value = feed(x)
    for _ in range(AHEAD):
        assert value is not None
        yield float(value[0])
        value = feed(value)


def _said(spec: RecurrentSpec, sample: Sequences, network: Network) -> Iterator[int]:
    assert sample.tokens is not None
    feed, p, rng = network.stream(), None, np.random.default_rng([spec.seed, 31])
    for x, token in zip(sample.x[sample.train], sample.tokens[sample.train], strict=True):
        p = feed(x)
        yield int(token)
    for _ in range(SAID):
        assert p is not None
        token = min(int(np.searchsorted(np.cumsum(np.nan_to_num(p)), rng.random(), side="right")), len(p) - 1)
        yield token
        p = feed(np.eye(len(p), dtype=np.float32)[token])


def measured(spec: RecurrentSpec, sample: Sequences, network: Network, part: slice) -> np.ndarray:
    """Mean loss, and accuracy or mean absolute error, of the sequences of a part: (2,) float32."""
    with np.errstate(all="ignore"):
        found = measures(spec, network.answers(sample.x[part]), sample.y[part])
    return np.array([each.mean(dtype=np.float64) for each in found], np.float32)


def example_of(value: Any) -> int:
    """The number of a validation sequence. ValueError for what is none."""
    if type(value) is not int or not 0 <= value < VALIDATION:
        raise ValueError(f"“example” is the number of a validation sequence, 0 … {VALIDATION - 1}; it is {value!r}")
    return value


def held_of(spec: RecurrentSpec, value: Any) -> dict[str, float]:
    """Gates to be held, {"f_1": 0.0, …}. ValueError for what is none."""
    names = [f"{gate}_{i}{back}" for i in range(1, spec.layers + 1) for back in ("", "b")[:spec.directions] for gate in spec.gates]
    fine = isinstance(value, dict) and all(
        name in names and type(number) in (int, float) and 0 <= number <= 1 for name, number in value.items())
    if not fine:
        raise ValueError(f"“held” gives gates a value from 0 to 1; this network has {', '.join(names) or 'none'}; it is {str(value)[:80]}")
    return {name: float(number) for name, number in value.items()}
