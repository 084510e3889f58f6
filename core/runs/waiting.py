"""The runs that wait for a worker, in the order in which they will get one. The caller holds the lock."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from core.runs.run import Run

SLICE_S, LONGEST_S = 0.25, 1.0  # a run may train so long before it steps aside: the first time, and after it has done so often
ANSWER_S = 1.0  # one that is asked to step aside has left by then, or cannot: then another one is asked
AGAIN_S = 5.0  # and it again, after the others: the question may have been lost
PATIENCE_S = 3.0  # a run that stepped aside waits behind newer ones for so long
OLD_S = 6.0  # and one in the background behind all others


class Waiting(list[Run]):
    """First come, first served in each of three ranks: runs that have shown nothing yet and those that have waited long; those that
    stepped aside just now; those in the background (one of a group, a pinned one). Of the background one at a time gets old enough to
    count among the first, so that a long group does not stand before a slider that moves."""

    old: Run | None = None

    def add(self, run: Run) -> None:
        run.queued = time.monotonic()
        self.append(run)
        self.order()

    def put_back(self, run: Run) -> None:
        """A run has stepped aside."""
        run.asides += 1
        run.since = time.monotonic()
        self.add(run)

    def order(self) -> None:
        """Look at the ranks again."""
        if self.old is None or self.old not in self or not self.old.background:
            first = min((run for run in self if run.background), key=lambda run: run.queued, default=None)
            self.old = first if first is not None and time.monotonic() - first.queued >= OLD_S else None
        self.sort(key=self.rank)  # which leaves equals in their order

    def rank(self, run: Run) -> int:
        if run.background:
            return 0 if run is self.old else 2
        return int(run.asides > 0 and time.monotonic() - run.since < PATIENCE_S)

    def in_the_way(self, training: Iterable[Run], may_start: Callable[[Run], bool],
                   sessions: Callable[[str], set[str]]) -> list[tuple[float, Run]]:
        """The trainings that are to step aside, each with the seconds that it still has: one for each run that has shown nothing yet, or
        has waited long; first those in the background, then those that have trained longest. For one that has just stepped aside itself,
        only one in the background; for a run whose session has as many in training as it may have, one of that session's own there; for
        one in the background no other of its own session's, and one of another's only after a long while: whoever wants them waits for
        all of them anyway. sessions: of a key, who wants it."""
        training, now = list(training), time.monotonic()
        leaving = [run for run in training if now - max(run.asked or 0.0, run.ended or 0.0) < ANSWER_S]
        staying = [run for run in training if run.started and now - (run.asked or -AGAIN_S) >= AGAIN_S and not run.over]
        asked = []
        for run in self:
            if run.background and self.rank(run):
                break
            enough, own = not may_start(run), sessions(run.key)
            gentle = enough or bool(self.rank(run))
            room = {other: _room(other, run, bool(own & sessions(other.key)), enough, gentle) for other in training}
            if soon := next((other for other in leaving if room[other] is not None), None):
                leaving.remove(soon)
                continue
            turns = [(left, other) for other in staying if (left := room[other]) is not None]
            if turns:
                turn = min(turns, key=lambda turn: (turn[1].asked is not None, not turn[1].background, turn[0], turn[1].began))
                staying.remove(turn[1])
                asked.append(turn)
        return asked


def fair(run: Run, training: Iterable[Run], sessions: Callable[[str], set[str]], limit: int) -> bool:
    """True if one of the sessions that want the run has fewer in training than it may have. sessions: of a key, who wants it."""
    counts = dict.fromkeys(sessions(run.key), 0)
    for other in training:
        for session in () if other.over else sessions(other.key) & counts.keys():
            counts[session] += 1
    return not counts or min(counts.values()) < limit


def to_pause(training: Iterable[Run]) -> list[Run]:
    """The paused runs that are still on a worker and have not been asked to leave it lately: the question may have been lost."""
    now = time.monotonic()
    return [run for run in training if run.paused and run.started and not run.over and now - (run.asked or -AGAIN_S) >= AGAIN_S]


def tell_place(run: Run, place: int, seconds: float) -> None:
    """Tell a waiting run's readers its place in the queue, if it is new, and when its turn may come; 0: the workers are starting."""
    if place == run.place:
        return
    run.place = place
    if place:
        run.push_status("queued", place=place, seconds=round(seconds, 1))
    else:
        run.push_status("starting")


def _room(other: Run, run: Run, together: bool, enough: bool, gentle: bool) -> float | None:
    """Seconds until a training may be asked to make room for `run`; None if it is not. together: one session wants both; enough: the
    session of `run` has as many in training as it may have; gentle: it displaces only the background."""
    if enough and not together or gentle and not other.background or run.background and other.background and together:
        return None
    slice_s = (OLD_S if run.background else SLICE_S) if other.background else min(SLICE_S * 2**min(other.asides, 9), LONGEST_S)
    return max(other.began + slice_s - time.monotonic(), 0.0)
