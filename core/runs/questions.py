"""Questions to a trained model: the arrays of a stored frame, and a worker that answers beside its trainings."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import numpy as np

from core.frame import Message, decode, split
from core.i18n import N_
from core.runs.cluster import Unreachable
from core.runs.records import header
from core.runs.run import Run
from core.runs.trainer import Trainer

ASK_S = 10  # seconds an answer may take
log = logging.getLogger(__name__)


class AskError(Exception):
    """A question could not be answered. `message` says why, in plain words; `asker`: the question itself was wrong."""

    def __init__(self, message: Message, *, asker: bool = False) -> None:
        super().__init__(message.id.format(**message.args))
        self.message, self.asker = message, asker


async def ask(trainer: Trainer, run: Run | None, probe: str, epoch: int | None,
              arguments: dict[str, Any]) -> dict[str, np.ndarray]:
    """Have a lab answer about a run at an epoch (None: the latest stored). In the trainer's loop; AskError if it fails."""
    if run is None:
        raise AskError(Message(N_("This run is no longer here. Reload the page to train it again.")))
    arrays = await asyncio.to_thread(_arrays_at, run.data(), epoch)
    if arrays is None:
        raise AskError(Message(N_("There is no network to ask yet. Ask again when the first picture is there.")))
    try:
        await trainer.reach()
    except Unreachable as problem:
        raise AskError(problem.message) from problem
    # An idle worker if there is one, and rather one that has built this model before.
    address = trainer.cluster.pick(trainer.busy(), run.step_key) or trainer.cluster.pick(set(), run.step_key)
    if address is None:
        raise AskError(Message(N_("The workers are still starting. Ask again in a few seconds.")))
    try:
        answer = await asyncio.wait_for(
            trainer.cluster.ask(address, run.spec, probe, arrays, arguments, trainer.uploads(run.uploads)), ASK_S)
    except Exception as problem:
        log.warning("probe %s failed", probe, exc_info=True)
        raise AskError(Message(N_("The answer did not come in time. Ask again in a few seconds."))) from problem
    if "error" in answer:
        raise AskError(Message(answer["error"]["id"], answer["error"]["args"]), asker=answer.get("asker", False))
    return answer["arrays"]


def _arrays_at(data: bytes, epoch: int | None) -> dict[str, np.ndarray] | None:
    """The arrays of the frame of an epoch (None: of the latest).

    A player may show a frame that was for the screen only and is forgotten by now: then the nearest one answers.
    """
    frames = [(head["epoch"], raw) for raw in split(data) if (head := header(raw))["kind"] == "frame"]
    if not frames:
        return None
    found = frames[-1] if epoch is None else min(frames, key=lambda frame: abs(frame[0] - epoch))
    return decode(found[1]).arrays
