"""The runs that wait for a worker, in the order in which they will get one. The caller holds the lock."""

from __future__ import annotations

from core.runs.run import Run


class Waiting(list[Run]):
    """First come, first served; but a run in the background (one of a group, a pinned one) waits behind all that are not."""

    def add(self, run: Run, *, background: bool = False) -> None:
        run.background = background
        self.insert(len(self) if background else sum(not other.background for other in self), run)

    def hurry(self, run: Run) -> None:
        """A run in the background is wanted for itself now."""
        if run.background and run in self:
            self.remove(run)
            self.add(run)
