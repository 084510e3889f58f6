"""What the tests share: a pool of workers that import no TensorFlow, and runners on it with a store of their own."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

# Before anything reads the settings: no test may touch the user's own store.
os.environ["DLD_STORE"] = tempfile.mkdtemp(prefix="dashboard-store-")

import pytest

from core import i18n
from core.frame import Record, records
from core.maths import symbolic
from core.runs.pool import Pool
from core.runs.runner import Runner
from core.settings import settings
from tests.browser import browser, site, usual, visit  # noqa: F401 - fixtures

symbolic.helper.limit, symbolic.helper.wait = 2.0, 30.0  # a test wants SymPy’s answer, however busy the machine; a page does without
symbolic.later.moment = 30.0


@pytest.fixture(scope="session", autouse=True)
def own_store() -> Iterator[None]:
    """What the tests stored goes with them."""
    yield
    shutil.rmtree(os.environ["DLD_STORE"], ignore_errors=True)


@pytest.fixture
def spoken() -> Iterator[Callable[[str], None]]:
    """Changes the language; afterwards it is English again."""
    yield i18n.use
    i18n.use("en")


@pytest.fixture(autouse=True)
def own_keras() -> Iterator[None]:
    """What a program sets for the whole of Keras is set back, or every later test would compute in its numbers."""
    yield
    keras = sys.modules.get("keras")
    if keras is not None and {keras.config.floatx(), keras.config.dtype_policy().name} != {"float32"}:
        keras.config.set_floatx("float32")
        keras.config.set_dtype_policy("float32")


@pytest.fixture(scope="module", autouse=True)
def what_was_left_is_out_of_sight() -> None:
    """Python now and then looks at all objects there are. With the million that earlier tests' TensorFlow left behind that takes 0.4 s
    each time, ten times what a page takes.
    """
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With several processes a file's tests stay together, and so do all that are about a browser: two of them at once would wait for each
    other on two cores until their time is up.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.split("::", 1)[0]
            return "browser" if file.endswith("browser.py") else file

    return ByFile(config, log)


@pytest.fixture(scope="session")
def pool() -> Iterator[Pool]:
    """Two workers, shared by all tests; a test may kill them, they come back."""
    pool = Pool(warm=False)
    pool.address()
    yield pool
    pool.close()


@pytest.fixture
def make_runner(pool: Pool, tmp_path: Path) -> Iterator[Callable[..., Runner]]:
    """Make runners on the shared pool with settings changed; they are closed at the end."""
    made = []

    def make(**changes: Any) -> Runner:
        values = {"scheduler": pool.address(), "workers": 2, "store": tmp_path / "runs", **changes}
        runner = Runner(replace(settings, **values))
        made.append(runner)
        return runner

    yield make
    for runner in made:
        runner.close()


@pytest.fixture
def runner(make_runner: Callable[..., Runner]) -> Runner:
    runner = make_runner()
    runner.start()
    until(lambda: runner.workers() == 2)
    return runner


def until(condition: Callable[[], Any], seconds: float = 20) -> float:
    """Wait for a condition; returns the seconds it took."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < seconds, "it did not happen in time"
        time.sleep(0.005)
    return time.monotonic() - start


def slow_after(cases: Iterable[Any], first: int) -> list[Any]:
    """The cases of a test, of which all but the first few wait for `make test-slow`."""
    params = [pytest.param(*case) if isinstance(case, tuple) else pytest.param(case) for case in cases]
    return params[:first] + [pytest.param(*p.values, marks=pytest.mark.slow) for p in params[first:]]


def slow_but(cases: Iterable[Any], fast: Collection[Any]) -> list[Any]:
    """The cases of a test, of which all but those named wait for `make test-slow`. ValueError if one that is named is none of them."""
    cases = list(cases)
    if not set(fast) <= set(cases):
        raise ValueError(f"{sorted(set(fast) - set(cases))} are no cases of this test")
    return [pytest.param(*(c if isinstance(c, tuple) else (c,)), marks=[] if c in fast else [pytest.mark.slow]) for c in cases]


async def arrive(stream: AsyncIterator[bytes]) -> AsyncIterator[Record]:
    """The records of a stream, one by one."""
    async for data in stream:
        for record in records(data):
            yield record


def watch(runner: Runner, key: str, *, after: int | None = None, frames: int = 0, seconds: float = 60) -> list[Record]:
    """Read a run's stream to its end, or until so many frames have come. TimeoutError if that takes longer."""
    async def read() -> list[Record]:
        found: list[Record] = []
        async with aclosing(arrive(runner.stream(key, after=after))) as records:
            async for record in records:
                found.append(record)
                if frames and len(epochs(found)) >= frames:
                    break
        return found

    return asyncio.run(asyncio.wait_for(read(), seconds))


def kinds(found: list[Record]) -> list[str]:
    return [record.kind for record in found]


def epochs(found: list[Record]) -> list[int]:
    return [record.header["epoch"] for record in found if record.kind == "frame"]


def rows(found: list[Record]) -> list[int]:
    return [row["epoch"] for record in found if record.kind == "frame" for row in record.header["rows"]]


def states(found: list[Record]) -> list[str]:
    return [record.header["state"] for record in found if record.kind in ("status", "end")]
