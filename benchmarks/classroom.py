"""A class: thirty sessions on one architecture, each moving its seed slider every five seconds on average for a minute.

Real sessions over Streamlit's websocket and real streams of frames, driven by this one process (see `benchmarks.session`),
which shares the machine's cores with the server and its workers. Every session draws seeds of its own: no run is shared.
"""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field

import psutil

from benchmarks.browser import LAB
from benchmarks.common import Figure, Report, median, percentile, progress
from benchmarks.server import App, rss_mb
from benchmarks.session import Session, frames

SESSIONS, SECONDS, EVERY_S = 30, 60, 5.0
BAR_S = 1.5
PLAY_S = 2.0  # the player shows a whole run in so many seconds


@dataclass
class Move:
    """One movement of a slider: when it was sent, when trained frames of its run came, when the next movement cut it off."""

    sent: float
    trained: list[float] = field(default_factory=list)
    left: float | None = None

    @property
    def waited(self) -> float:
        """Seconds to the first trained frame; of a run left before that, the seconds it was given."""
        return (self.trained[0] if self.trained else self.left or time.perf_counter()) - self.sent

    @property
    def counts(self) -> bool:
        """Whether it tells how long one waits: it was answered, or left unanswered after more than the bar. A slider that
        moved on sooner tells nothing; counting it would make the wait look shorter.
        """
        return bool(self.trained) or self.waited > BAR_S

    @property
    def rate(self) -> float | None:
        """Frames a second while the run plays: from its first trained frame on, as long as the player needs for it or as its
        frames take to come, whichever is longer, or until the next movement. None if that was too short to tell.
        """
        if not self.trained:
            return None
        first, end = self.trained[0], max(self.trained[0] + PLAY_S, self.trained[-1])
        end = min(end, self.left) if self.left else end
        return sum(t <= end for t in self.trained) / (end - first) if end - first >= PLAY_S / 4 else None


class Student:
    """A session, its moves, and the stream that its player has open."""

    def __init__(self, url: str, number: int) -> None:
        self.url, self.random = url, random.Random(number)
        self.seeds = iter(random.Random(number).sample(range(number * 300 + 1, number * 300 + 300), 299))
        self.session = Session(url, LAB, self.follow)
        self.moves: list[Move] = []
        self.stream: asyncio.Task[None] | None = None
        self.errors: list[str] = []

    def follow(self, run: str) -> None:
        """What the player does with a new run: leave the old stream, open the new one."""
        if self.stream:
            self.stream.cancel()
        move = self.moves[-1] if self.moves else None
        self.stream = asyncio.create_task(self.watch(run, move))

    async def watch(self, run: str, move: Move | None) -> None:
        try:
            async for now, header in frames(self.url, run):
                if header["kind"] == "frame" and header["epoch"] >= 1 and move:
                    move.trained.append(now)
                elif header["kind"] == "end" and header["state"] == "finished":
                    await self.session.ended(run, header["state"])
        except (OSError, EOFError, RuntimeError, TimeoutError) as problem:
            self.errors.append(f"{type(problem).__name__}: {problem}")

    async def move(self) -> None:
        now = time.perf_counter()
        if self.moves:
            self.moves[-1].left = now
        self.moves.append(Move(now))
        await self.session.slide("Seed", next(self.seeds))

    async def attend(self, until: float) -> None:
        """Move the slider at random moments, `EVERY_S` apart on average."""
        while (pause := self.random.expovariate(1 / EVERY_S)) + time.perf_counter() < until:
            await asyncio.sleep(pause)
            await self.move()


async def lesson(url: str, server: App) -> tuple[list[Student], dict[str, float]]:
    """Open all sessions, warm both workers, then hold the lesson."""
    class_ = [Student(url, i) for i in range(SESSIONS)]
    for student in class_:
        await student.session.open()
        await student.session.open_group("More: data")
        await student.session.has("Seed")
    for i in range(0, 8, 2):  # two at a time, so that both workers meet the architecture
        await asyncio.gather(class_[i].move(), class_[i + 1].move())
        await asyncio.sleep(1.5)
    for student in class_:
        student.moves.clear()
    parts = server.family()
    parts["driver"] = [psutil.Process()]
    before = {name: cpu(processes) for name, processes in parts.items()}
    begin = time.perf_counter()
    await asyncio.gather(*(student.attend(begin + SECONDS) for student in class_))
    await asyncio.sleep(PLAY_S + 1)
    spent = time.perf_counter() - begin
    busy = {name: (cpu(processes) - before[name]) / spent for name, processes in parts.items()}
    busy["web_rss_mb"] = rss_mb(parts["web"])
    for student in class_:
        if student.stream:
            student.stream.cancel()
        if student.session.problem:
            student.errors.append(student.session.problem)
        await student.session.close()
    return class_, busy


def cpu(processes: list[psutil.Process]) -> float:
    """Seconds of processor time so far. A worker that was restarted in between is missed."""
    return sum(sum(p.cpu_times()[:2]) for p in processes)


def measure(report: Report) -> None:
    with App() as app:
        time.sleep(5)  # both workers import TensorFlow
        class_, busy = asyncio.run(lesson(app.url, app))
    moves = [move for student in class_ for move in student.moves]
    waited = [move.waited for move in moves if move.counts]
    rates = [median([r for m in s.moves if (r := m.rate) is not None] or [0.0]) for s in class_ if s.moves]
    lost = sum(not move.trained for move in moves)
    errors = [error for student in class_ for error in student.errors]
    progress(f"{len(moves)} moves, {lost} left before a picture came, {len(errors)} errors {sorted(set(errors))[:3]}; cores "
             f"used: {', '.join(f'{name} {value:.2f}' for name, value in busy.items() if name != 'web_rss_mb')}")
    if errors:
        raise RuntimeError(f"{len(errors)} streams or scripts failed, the first with {errors[0]}")
    report.add(
        Figure("class_p95_s", percentile(waited, 0.95), ("≤", BAR_S), waited,
               f"{SESSIONS} sessions, {len(moves)} moves; {lost} overtaken by the next one before a picture came, "
               f"{len(moves) - len(waited)} of them within {BAR_S} s and left out"),
        Figure("class_median_s", median(waited), None, waited),
        Figure("class_fps", min(rates), ("≥", 10), rates, "the median run of the worst-off session; see Move.rate"),
        Figure("class_web_cores", busy["web"], None, (), "cores that the web process used"),
        Figure("class_workers_cores", busy["workers"], None, (), "both workers"),
        Figure("class_driver_cores", busy["driver"], None, (), "this benchmark: thirty browsers would use more, but not these cores"),
        Figure("class_web_rss_mb", busy["web_rss_mb"], None, (), "web process with the class in it"))
