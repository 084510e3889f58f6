"""How runs came out, remembered: a table of a dozen runs must not read a dozen files at every look."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from core.insight.challenges import Challenge, Rows, with_answers, with_sealed
from core.insight.seeds import best, final
from core.runs.runner import get_runner
from core.specs.base import Spec

KEPT = 2000


@dataclass(frozen=True)
class Result:
    """state: how the run ended; score and loss: validation, of the network that it has at its end; best: of the score, and the epoch of
    it."""

    state: str
    seconds: float
    score: float
    loss: float
    best: float
    epoch: int


_known: OrderedDict[str, Result] = OrderedDict()
_lock = threading.Lock()


def result(spec: Spec) -> Result | None:
    """How the run of a spec came out; None while it has not ended."""
    key = spec.key
    with _lock:
        if key in _known:
            _known.move_to_end(key)
            return _known[key]
    runner = get_runner()
    end = runner.result(key)
    if end is None:
        return None
    rows = runner.rows(key)
    score, loss = (final(end.own(rows), metric) for metric in (spec.score.metric, "val_loss"))
    found = Result(end.state, end.seconds, score, loss, *best(rows, spec.score))
    if end.state == "finished":  # any other end may be followed by another try
        with _lock:
            _known[key] = found
            while len(_known) > KEPT:
                _known.popitem(last=False)
    return found


def rows_to_judge(challenge: Challenge[Any], spec: Spec, found: Result | None) -> Rows | None:
    """What a challenge judges a run by: its rows up to the network that it has, with its score on the sealed test where the goal is one on
    that, which is no look of the student's, since the split is another one than theirs, and with its network's answers where the goal asks.
    None for a run that broke off; AskError if it cannot be asked just now."""
    if found is None or found.state != "finished":
        return None
    known, end = get_runner().rows(spec.key), get_runner().result(spec.key)
    rows: Rows = end.own(known) if end else known
    if challenge.goal is not None and challenge.goal.asks is not None:
        rows = with_answers(rows, [get_runner().ask(spec.key, probe, arguments=dict(arguments))
                                   for probe, arguments in challenge.goal.asks(spec)])
    if challenge.goal is None or not challenge.goal.sealed:
        return rows
    value = float(get_runner().ask(spec.key, "sealed")["metrics"][0])
    return with_sealed(rows, value if math.isfinite(value) else 0.0)
