"""What a Transformer makes of a sequence, in NumPy: whom each head looks at, what goes through the blocks, and what it writes by itself.

Weights are those of a frame (see `core.labs.transformer`). All is float32.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.data.task_rules import answer
from core.data.tasks import Sample
from core.maths.activations import softmax
from core.maths.attention import Block, Flow, Heads, Norm, allowed, block, layer_norm, sine_positions
from core.specs.transformer import TEXTS, WHOLE, TransformerSpec

Arrays = dict[str, np.ndarray]
Off = Collection[tuple[int, int]]  # heads that are off: (layer, head), both from 1
WRITTEN = 60  # characters that a frame's sample has
MOST = 200  # that may be asked for at once
WORK = 4e8  # multiply-adds that measuring may take: a tenth of a second
TOGETHER = 2_000_000  # attention weights computed at once: more of them leave the processor's cache


@dataclass(frozen=True)
class Read:
    """flows: what went through each block; start: what went into the first; output: the logits at every place, or one row of a mean over
    all, (…, T or 1, answers)."""

    start: np.ndarray
    flows: list[Flow]
    output: np.ndarray


class Network:
    """The network of some weights."""

    def __init__(self, spec: TransformerSpec, weights: Mapping[str, np.ndarray]) -> None:
        self.spec = spec
        w = {name: np.asarray(a, np.float32) for name, a in weights.items() if a.dtype.kind == "f"}
        self.embed, self.out, self.bias = w["embed"], w["out"], w["outb"]
        self.places = np.zeros((spec.steps, spec.width), np.float32)
        if spec.positions != "none":
            sine = spec.positions == "sine"
            self.places = sine_positions(spec.steps, spec.width).astype(np.float32) if sine else w["places"]
        self.norm = Norm(w["n"], w["nb"]) if spec.norm == "pre" else None
        self.blocks = [Block(Heads(*(w[f"{name}_{i}"] for kind in "qkvo" for name in (kind, f"{kind}b"))), Norm(w[f"n_{i}"], w[f"nb_{i}"]),
                             w[f"f_{i}"], w[f"fb_{i}"], w[f"g_{i}"], w[f"gb_{i}"], Norm(w[f"m_{i}"], w[f"mb_{i}"]))
                       for i in range(1, spec.layers + 1)]
        self.mask = allowed("causal", spec.steps) if spec.causal else None

    def begin(self, x: np.ndarray) -> np.ndarray:
        """What goes into the first block of x (…, t), t ≤ T: (…, t, width)."""
        return np.asarray(self.embed[x] + self.places[:x.shape[-1]])

    def through(self, z: np.ndarray, layer: int, off: Off = ()) -> Flow:
        """Block `layer`, from 1, without the heads that are off."""
        steps = z.shape[-2]
        mask = None if self.mask is None else self.mask[:steps, :steps]
        return block(z, self.blocks[layer - 1], self.spec.norm, mask, off=[head - 1 for i, head in off if i == layer])

    def end(self, z: np.ndarray) -> np.ndarray:
        """The logits of what comes out of the last block."""
        z = z if self.norm is None else layer_norm(z, self.norm)
        z = z.mean(-2, keepdims=True) if self.spec.pooled else z
        return np.asarray(z @ self.out + self.bias)

    def read(self, x: np.ndarray, off: Off = ()) -> Read:
        """Read sequences x (…, t)."""
        z = start = self.begin(x)
        flows = []
        for layer in range(1, self.spec.layers + 1):
            flows.append(self.through(z, layer, off))
            z = flows[-1].output
        return Read(start, flows, self.end(z))

    def write(self, before: np.ndarray, n: int, rng: np.random.Generator, *, temperature: float = 1.0, top_k: int = 0,
              top_p: float = 1.0, off: Off = ()) -> tuple[np.ndarray, np.ndarray]:
        """Go on by itself: n characters (n,) int32, each drawn from what the T before it allow (`draw`), and the logits (n, answers)."""
        known, logits = before.tolist(), []
        for _ in range(n):
            logits.append(self.read(np.array(known[-self.spec.steps:]), off).output[-1])
            known.append(draw(logits[-1], rng.random(), temperature, top_k, top_p))
        return np.array(known[len(before):], np.int32), np.array(logits, np.float32)


def draw(logits: np.ndarray, luck: float, temperature: float = 1.0, top_k: int = 0, top_p: float = 1.0) -> int:
    """A place in logits (k,), by a random number from 0 to 1. First they are divided by the
    temperature, 0 taking the largest; then only the top_k most likely stay, 0 being all; then as few of the most likely as have
    top_p of the probability together, the last one included."""
    if temperature <= 0:
        return int(logits.argmax())
    p = softmax(np.nan_to_num(logits.astype(np.float64)), temperature)
    order = np.argsort(-p, kind="stable")[:top_k or len(p)]
    kept = p[order] / p[order].sum()
    count = min(int(np.searchsorted(np.cumsum(kept), top_p)) + 1, len(kept))
    sums = np.cumsum(kept[:count])
    return int(order[min(int(np.searchsorted(sums, luck * sums[-1], side="right")), count - 1)])


# ---- what a frame shows

def look(spec: TransformerSpec, sample: Sample, network: Network, example: int, off: Off = ()) -> Arrays:
    """The arrays of a frame but its weights, about validation sequence `example`."""
    at = sample.train + example
    found = about(spec, network, sample.x[at], sample.y[at], off)
    if spec.task == "text":
        begun = sample.x[at, :begun_of(spec)]
        with np.errstate(all="ignore"):
            written, logits = network.write(begun, WRITTEN, np.random.default_rng([spec.seed, 41]), off=off)
        found |= {"begun": np.array([len(begun)], np.int32), "written": np.concatenate([begun, written]).astype(np.int32),
                  "logits": _finite(logits, 6e4).astype(np.float16)}
    if spec.task == "masked":
        found["hidden"] = (sample.y[at] >= 0).astype(np.uint8)
    return {"example": np.array([example], np.int32), **found}


def begun_of(spec: TransformerSpec) -> int:
    """How many of an example's characters a sample begins with."""
    return max(spec.steps // 2, 1)


def about(spec: TransformerSpec, network: Network, x: np.ndarray, y: np.ndarray | None, off: Off = ()) -> Arrays:
    """What the network makes of one sequence x (t,). y: its answers, None where nobody knows them."""
    with np.errstate(all="ignore"):  # a network that diverges is shown as it is
        read = network.read(x, off)
        stream = [read.start, *(z for flow in read.flows for z in (flow.middle, flow.output))]
        added = [z for flow in read.flows for z in (flow.seen.output, flow.added)]
        p = softmax(read.output)
        found = {"p": p, "stream": np.linalg.norm(stream, axis=-1), "added": np.linalg.norm(added, axis=-1),
                 "positions_": network.places[:len(x)], **{f"a_{i}": flow.seen.weights for i, flow in enumerate(read.flows, 1)}}
    truth = np.full(len(p), -1, np.int32)
    if y is not None:
        truth[-len(y):] = y
    return {"tokens": x.astype(np.int32), "truth": truth, "said": p.argmax(-1).astype(np.int32),
            **{name: _finite(a, 1e30).astype(np.float32) for name, a in found.items()}}


def answers_of(spec: TransformerSpec, x: np.ndarray) -> np.ndarray | None:
    """The right answers to a sequence that a person has put together, x (t,); None where nobody knows them."""
    if spec.task == "text":
        return np.append(x[1:], -1)
    if spec.task in ("masked", "reviews"):
        return None
    if spec.task == "addition":
        drawn = np.concatenate([x[:spec.length], x[spec.length + 1:2 * spec.length + 1]])
    else:
        drawn = x[:spec.length] if not spec.pooled else x
    return answer(spec, drawn[None].astype(np.int64))[0]


def _finite(a: Any, most: float) -> np.ndarray:
    return np.clip(np.nan_to_num(np.asarray(a), posinf=most, neginf=-most), -most, most)


# ---- how good it is

def measured(spec: TransformerSpec, network: Network, x: np.ndarray, y: np.ndarray, off: Off = ()) -> np.ndarray:
    """Mean loss, accuracy of the answers and, of tasks with several of them a sequence, the share of sequences that are wholly right."""
    return _ended(spec, network, _states(spec, network, x, off)[-1], y)


def each_off(spec: TransformerSpec, network: Network, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same with all heads on, and with each head off alone: (m,) and (layers, heads, m)."""
    states = _states(spec, network, x)
    lost = [[_ended(spec, network, _states(spec, network, x, [(layer, head)], states[layer - 1], layer)[-1], y)
             for head in range(1, spec.heads + 1)] for layer in range(1, spec.layers + 1)]
    return _ended(spec, network, states[-1], y), np.array(lost, np.float32)


def few(spec: TransformerSpec, times: int = 1) -> int:
    """How many sequences can be measured so many times in the time there is."""
    place = spec.layers * (spec.block_weights + 20 * spec.steps * spec.heads)
    return max(int(WORK / (times * spec.steps * place)), 20)


def _states(spec: TransformerSpec, network: Network, x: np.ndarray, off: Off = (), z: np.ndarray | None = None,
            first: int = 1) -> list[np.ndarray]:
    """What goes into block `first`, and what comes out of it and each later one."""
    together = max(TOGETHER // (spec.heads * spec.steps**2), 1)
    with np.errstate(all="ignore"):
        found = [network.begin(x) if z is None else z]
        for layer in range(first, spec.layers + 1):
            cuts = range(0, len(x), together)
            found.append(np.concatenate([network.through(found[-1][i:i + together], layer, off).output for i in cuts]))
    return found


def _ended(spec: TransformerSpec, network: Network, z: np.ndarray, y: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        logits = network.end(z)[:, -y.shape[1]:].astype(np.float64)
        shifted = logits - logits.max(-1, keepdims=True)
        lost = np.log(np.exp(shifted).sum(-1)) - np.take_along_axis(shifted, np.maximum(y, 0)[..., None], -1)[..., 0]
    right = logits.argmax(-1) == y
    asked = y >= 0
    found = [lost[asked].mean(), right[asked].mean()]
    if spec.task in WHOLE:
        found.append(right.all(1).mean())
    return _finite(found, 1e30).astype(np.float32)


# ---- what is asked of it

def off_of(spec: TransformerSpec, value: Any) -> list[tuple[int, int]]:
    """Heads to be switched off, ["1.2", …]: layer.head, both from 1. ValueError for what is none."""
    names = {f"{layer}.{head}": (layer, head) for layer in range(1, spec.layers + 1) for head in range(1, spec.heads + 1)}
    if not isinstance(value, list) or not all(isinstance(name, str) and name in names for name in value):
        raise ValueError(f"“off” lists heads of this network, from 1.1 to {spec.layers}.{spec.heads}; it is {str(value)[:80]}")
    return [names[name] for name in value]


def tokens_of(spec: TransformerSpec, sample: Sample, value: Any, most: int, name: str = "tokens") -> np.ndarray:
    """Numbers of symbols. ValueError for what is none, too many, or, where the task needs all places, too few."""
    least = 1 if spec.task in TEXTS else most
    k = len(sample.symbols)
    if not isinstance(value, list) or not least <= len(value) <= most or not all(type(t) is int and 0 <= t < k for t in value):
        raise ValueError(f"“{name}” lists {least} to {most} numbers of symbols, each from 0 to {k - 1}; it is {str(value)[:80]}")
    return np.array(value, np.int32)


def number_of(value: Any, name: str, least: float, most: float, whole: bool = False) -> Any:
    """A number within bounds. ValueError for what is none."""
    if type(value) not in ((int,) if whole else (int, float)) or not least <= value <= most:
        raise ValueError(f"“{name}” is a number from {least:g} to {most:g}; it is {str(value)[:40]}")
    return value
