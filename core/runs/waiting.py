"""The runs that wait for a worker, in the order in which they will get one. The caller holds the lock."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from core.runs.run import Run

SLICE_S, LONGEST_S = 0.25, 1.0  # a run may train so long before it steps aside: the first time, and after it has done so often
ANSWER_S = 1.0  # one that is asked to step aside has left by then, or cannot: then another one is asked
PATIENCE_S = 3.0  # a run that stepped aside waits behind newer ones for so long


class Waiting(list[Run]):
    """First come, first served in each of three ranks: runs that have shown nothing yet and those that stepped aside long ago; those
    that stepped aside just now; those in the background (one of a group, a pinned one)."""

    def add(self, run: Run, *, background: bool = False) -> None:
        run.background = background
        self._insert(run)

    def put_back(self, run: Run) -> None:
        """A run has stepped aside."""
        run.asides += 1
        run.since = time.monotonic()
        self._insert(run)

    def _insert(self, run: Run) -> None:
        self.append(run)
        self.sort(key=rank)  # which leaves equals in their order

    def hurry(self, run: Run) -> None:
        """A run in the background is wanted for itself now."""
        if run.background and run in self:
            self.remove(run)
            self.add(run)

    def in_the_way(self, training: Iterable[Run], may_start: Callable[[Run], bool]) -> list[tuple[float, Run]]:
        """The trainings that are to step aside, each with the seconds that it still has: as many as there are runs that have shown nothing
        yet, or have waited long, and may start; first those in the background, then those that have trained longest."""
        training, now = list(training), time.monotonic()
        leaving = sum(run.asked is not None and now - run.asked < ANSWER_S for run in training)
        room = sum(rank(run) == 0 and may_start(run) for run in self) - leaving
        turns = [(_left(run), run) for run in training if run.started and run.asked is None and not run.over]
        return sorted(turns, key=lambda turn: (turn[0], not turn[1].background, turn[1].began))[:max(room, 0)]


def fair(run: Run, training: Iterable[Run], sessions: Callable[[str], set[str]], limit: int) -> bool:
    """True if one of the sessions that want the run has fewer in training than it may have. sessions: of a key, who wants it."""
    counts = dict.fromkeys(sessions(run.key), 0)
    for other in training:
        for session in () if other.over else sessions(other.key) & counts.keys():
            counts[session] += 1
    return not counts or min(counts.values()) < limit


def tell_place(run: Run, place: int, seconds: float) -> None:
    """Tell a waiting run's readers its place in the queue, if it is new, and when its turn may come; 0: the workers are starting."""
    if place == run.place:
        return
    run.place = place
    if place:
        run.push_status("queued", place=place, seconds=round(seconds, 1))
    else:
        run.push_status("starting")


def rank(run: Run) -> int:
    if run.background:
        return 2
    return int(run.asides > 0 and time.monotonic() - run.since < PATIENCE_S)


def _left(run: Run) -> float:
    """Seconds until a run in training may be asked to step aside."""
    return max(run.began + min(SLICE_S * 2**run.asides, LONGEST_S) - time.monotonic(), 0.0)
