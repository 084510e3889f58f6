"""What the doctor finds in the runs of this process, each examined once."""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import replace

from core.data import uploads
from core.frame import Message
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
    found = [_named(one, spec) for one in diagnose(spec, runner.rows(key), frames, end)]
    if end is not None and end.state == "finished":
        _known[key] = found
        while len(_known) > KEPT:
            _known.popitem(last=False)
    return found


def _named(one: Diagnosis, spec: Spec) -> Diagnosis:
    """With the name of a class instead of its number, where a file has given it one: without what a page would take for markup."""
    upload = uploads.find(getattr(spec, "upload", ""))
    if upload is None or one.name != "class_ignored":
        return one
    name = re.sub(r"[^\w .+-]|_", "", upload.classes[one.evidence.args["label"]])
    return replace(one, evidence=Message(one.evidence.id, {**one.evidence.args, "label": name or one.evidence.args["label"]}))
