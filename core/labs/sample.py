"""Runs one program of a sample and keeps what a learner would see: what it prints, its warnings, the last line of its error.

`list(train(SampleSpec(sample="no_flatten", side="printed")))` runs one from a plain Python prompt. The arrays of its frames:

    text     (bytes,) uint8   what was printed so far, UTF-8, warnings included
    error    (bytes,) uint8   the error that the program ended in, UTF-8; empty if there was none

A program that ends in an error is a run that finished: the error is what it is there to show. Programs come from `core.samples`,
never from a person.
"""

from __future__ import annotations

import ast
import io
import random
import re
import time
import warnings
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, redirect_stdout
from typing import Any

import numpy as np

from core.frame import Checkpoint, End, Frame, Status
from core.specs.sample import SampleSpec

PAUSE_S = 0.1  # between two frames
LONGEST = 400  # characters of an error or a warning
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
FOLDERS = re.compile(r"(?<![\w`])(?:[A-Za-z]:)?(?:[\\/][\w.+-]+)+[\\/](?=[\w.-])")
TRACE = re.compile(r"\s*(File \"|<stack traces|Detected at node|Exception encountered when calling|Arguments received|•)")


def train(spec: SampleSpec, *, resume: Checkpoint | None = None, uploads: Any = None) -> Iterator[Status | Frame | Checkpoint | End]:
    """Run the program of a spec. Frames while it runs, the last of which is stored; then an End."""
    if spec.of.framework == "keras":
        yield Status("compiling")
        from core.training.warm import warm

        warm()
    start = time.perf_counter()
    for step, (text, error, over) in enumerate(perform(spec.code)):
        arrays = {"text": _bytes(text), "error": _bytes(error)}
        yield Frame(step, 0, time.perf_counter() - start, arrays=arrays, stored=over)
    yield End("finished", time.perf_counter() - start)


def perform(code: str) -> Iterator[tuple[str, str, bool]]:
    """Run a program and yield (printed so far, error, whether it is over) every 0.1 s or so, and at its end.

    Between two looks it stands still, so that whoever asks for them may stop it. It has a thread of its own, because Keras
    numbers layers and keeps its seed per thread: no run sees another's, and none changes a lab's. Python's and NumPy's random
    numbers are put back at the end; TensorFlow's seed is not, which nothing here relies on.
    """
    out, error, over = io.StringIO(), "", False
    with _random_numbers_kept(), ThreadPoolExecutor(1) as own:
        steps = _steps(code)
        try:
            while not over:
                try:
                    with _heard(out):
                        over = own.submit(_advance, steps).result()
                except Exception as problem:  # what the sample is there to show
                    error, over = f"{type(problem).__name__}: {short(str(problem))}", True
                yield out.getvalue(), error, over
        finally:
            own.submit(steps.close).result()


def short(text: str) -> str:
    """What an error or a warning says, on one line: no colours, no stack traces, no folders of this machine."""
    kept = [line for line in COLOUR.sub("", text).splitlines() if not TRACE.match(line)]
    said = FOLDERS.sub("", " ".join(" ".join(kept).split()))
    return said if len(said) <= LONGEST else said[:LONGEST - 1] + "…"


def _advance(steps: Iterator[None]) -> bool:
    """Go on until the next pause; True at the end of the program."""
    until = time.perf_counter() + PAUSE_S
    over = object()
    while next(steps, over) is not over:
        if time.perf_counter() > until:
            return False
    return True


def _steps(code: str) -> Generator[None, None, None]:
    """The program as a generator, which may pause between its statements and at each turn of its loops."""
    pause = ast.parse("yield").body
    tree = ast.parse("def program():\n    yield")
    wrapper = tree.body[0]
    assert isinstance(wrapper, ast.FunctionDef)
    wrapper.body = [part for statement in ast.parse(code).body for part in (_Pauses().visit(statement), *pause)]
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(ast.fix_missing_locations(tree), "<sample>", "exec"), names)
    return names["program"]()


class _Pauses(ast.NodeTransformer):
    """Puts a `yield` at the head of each loop, except within functions and classes."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:  # noqa: N802 - names of ast
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:  # noqa: N802
        return node

    def visit_For(self, node: ast.For) -> ast.For:  # noqa: N802
        self.generic_visit(node)
        node.body[:0] = ast.parse("yield").body
        return node

    def visit_While(self, node: ast.While) -> ast.While:  # noqa: N802
        self.generic_visit(node)
        node.body[:0] = ast.parse("yield").body
        return node


@contextmanager
def _heard(out: io.StringIO) -> Iterator[None]:
    """Write what is printed, and warnings in the order they come, into `out`."""
    with redirect_stdout(out), warnings.catch_warnings():
        warnings.simplefilter("always")
        for kind in (DeprecationWarning, PendingDeprecationWarning):  # of libraries among themselves
            warnings.simplefilter("ignore", kind)
        warnings.showwarning = lambda message, category, *_more: print(f"{category.__name__}: {short(str(message))}", file=out)
        yield


@contextmanager
def _random_numbers_kept() -> Iterator[None]:
    ours, numpys = random.getstate(), np.random.get_state()
    try:
        yield
    finally:
        random.setstate(ours)
        np.random.set_state(numpys)


def _bytes(text: str) -> np.ndarray:
    return np.array(bytearray(text.encode()), np.uint8)
