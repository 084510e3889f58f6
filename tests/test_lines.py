"""A page's line to its player: only to those who listen, only the newest, only under a name that a page has given."""

from __future__ import annotations

import asyncio
import threading

import pytest

from core.frame import decode, encode
from core.runs import lines as module
from core.runs.lines import Lines


def record(n: int) -> bytes:
    return encode("page", {"data": {"n": n}})


async def heard(lines: Lines, count: int) -> list[int]:
    found = []
    async for raw in lines.listen("a"):
        found.append(decode(raw).header["data"]["n"])
        if len(found) == count:
            break
    return found


def listening(lines: Lines) -> bool:
    return bool(lines._listeners.get("a"))


async def until(condition) -> None:
    for _ in range(400):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it did not come true within two seconds")


def test_what_is_told_in_another_thread_is_heard_by_all_and_the_newest_counts() -> None:
    lines = Lines()
    assert not lines.tell("a", record(0)), "nobody listens yet"

    async def main() -> list[list[int]]:
        tasks = [asyncio.create_task(heard(lines, 2)) for _ in range(2)]
        await until(lambda: len(lines._listeners["a"]) == 2)
        teller = threading.Thread(target=lambda: [lines.tell("a", record(n)) for n in (1, 2, 3)])
        teller.start()
        teller.join()  # all three before the loop can look
        await asyncio.sleep(0.05)
        assert not lines.tell("b", record(9)) and not lines.tell("a", b"")
        assert lines.tell("a", record(4))
        found = [await task for task in tasks]
        await until(lambda: not listening(lines))
        return found

    assert asyncio.run(main()) == [[3, 4], [3, 4]]


def test_dismissed_listeners_end() -> None:
    lines = Lines()

    async def main() -> list[int]:
        task = asyncio.create_task(heard(lines, 5))
        await until(lambda: listening(lines))
        lines.tell("a", record(1))
        await asyncio.sleep(0.05)
        lines.dismiss()
        return await asyncio.wait_for(task, 2)

    assert asyncio.run(main()) == [1]


def test_the_number_of_lines_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KNOWN", 3)
    lines = Lines()
    for name in "abcad":
        lines.tell(name, b"")
    assert [name for name in "abcd" if lines.known(name)] == ["a", "c", "d"], "the one told of longest ago is forgotten"
