"""What the doctor finds in the runs of this process, each examined once."""

from __future__ import annotations

from collections import OrderedDict

from core.insight.doctor import diagnose
from core.insight.patient import Diagnosis
from core.runs.runner import Runner
from core.specs.base import Spec

KEPT = 200
_known: OrderedDict[str, list[Diagnosis]] = OrderedDict()  # of runs that have finished


def diagnoses(runner: Runner, spec: Spec, key: str) -> list[Diagnosis]:
    """The diagnoses of a run as far as it is."""
    if key in _known:
        return _known[key]
    end = runner.result(key)
    frames = [record.frame() for record in runner.records(key) if record.kind == "frame"]
    found = diagnose(spec, runner.rows(key), frames, end)
    if end is not None and end.state == "finished":
        _known[key] = found
        while len(_known) > KEPT:
            _known.popitem(last=False)
    return found
