"""SymPy in a process of its own, which can be killed: exact derivatives, shorter forms, Taylor coefficients, eigenvalues.

SymPy has no way to be told to stop, and a short formula can keep it busy for ever; so it works in a helper process
(`python -m core.maths.symbolic`, lines of JSON through pipes), which is started at first need, kept, killed when it has computed for
longer than LIMIT, and started again. Only trees of our own go there, built into SymPy node by node (`core.maths.sympy_side`); no text
is ever given to SymPy to read. Answers are remembered; so, for a while, is what took too long. A picture asks through `soon`: it waits
for a moment only, and what comes later is there with the next move.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.frame import Message, Trouble
from core.i18n import N_
from core.maths.later import Later
from core.maths.tree import Binary, Call, Expression, Name, Number, Unary

ROOT = Path(__file__).resolve().parent.parent.parent
LIMIT = 0.6  # seconds of computing; a machine that is busy with other things may take PATIENCE times as long
PATIENCE = 1.5  # whatever happens, whoever asks has an answer within a second
WAIT_S = 0.25  # for its start, or for others to be answered: exact forms come when they come
MOMENT_S = 0.03  # that a picture waits for its exact forms
REMEMBER_S = 30  # how long a formula that took too long is refused at once


class Symbolic:
    """The helper process as the app sees it. One question at a time; others wait for it, but no longer than `wait` seconds, nor for its
    start: whoever asks in vain does without an exact form until the next time.
    """

    def __init__(self, limit: float = LIMIT, wait: float = WAIT_S) -> None:
        self.limit, self.wait = limit, wait
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._ready = self._killed = False  # has imported SymPy; was killed for being late
        self._greeted = threading.Event()  # it has imported SymPy, or has died of it
        self._refused: dict[str, tuple[float, Message]] = {}

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the process without waiting for it (importing SymPy takes about a second), nor for whoever is asking it something."""
        if self._lock.acquire(blocking=False):
            try:
                self._begin()
            finally:
                self._lock.release()

    def ask(self, what: str, **arguments: Any) -> Any:
        """One answer. Trouble if there is none, or if it takes too long."""
        question = json.dumps({"what": what, **arguments})
        tree = arguments.get("tree", arguments.get("trees", arguments))
        part = json.dumps([what, tree])  # what took too long at one place does so at the next
        if (known := self._refused.get(part)) and time.monotonic() - known[0] < REMEMBER_S:
            raise Trouble(known[1])
        if not self._lock.acquire(timeout=self.wait):
            raise Trouble(Message(N_("SymPy is busy with other formulas. Try again in a moment.")))
        try:
            answer = self._answer(question, part)
        finally:
            self._lock.release()
        if "message" in answer:
            raise Trouble(Message(answer["message"], answer.get("args", {})))
        return answer["value"]

    def _answer(self, question: str, part: str) -> dict[str, Any]:
        for _attempt in range(2):  # a process that died in the meantime is no fault of the question
            self._begin()
            process = self._process
            assert process and process.stdin and process.stdout
            if not self._greeted.wait(self.wait):
                raise Trouble(Message(N_("SymPy is still starting. Try again in a moment.")))
            if not self._ready:
                self._end()
                continue
            try:
                process.stdin.write(question + "\n")
                process.stdin.flush()
                if line := self._line(process, self.limit, PATIENCE * self.limit):
                    return json.loads(line)
            except (OSError, ValueError):
                pass
            self._end()
            if self._killed and self._ready:
                self._begin()  # so that the next question does not wait for the import
                late = Message(N_("SymPy took longer than {seconds:g} s over this formula and was stopped. A shorter formula helps."),
                               {"seconds": self.limit})
                self._refused = {**dict(list(self._refused.items())[-50:]), part: (time.monotonic(), late)}
                raise Trouble(late)
        raise Trouble(Message(N_("SymPy did not answer. Try again, or choose a shorter formula.")))

    def _line(self, process: subprocess.Popen[str], busy: float, wait: float) -> str:
        """The next line; the process is killed when it has been busy, or we have waited, for too long."""
        import psutil

        assert process.stdout
        self._killed = False
        done = threading.Event()

        def watch() -> None:
            began, used = time.monotonic(), None
            while not done.wait(0.02):
                try:
                    times = psutil.Process(process.pid).cpu_times()
                except psutil.Error:
                    return
                spent = times.user + times.system
                used = spent if used is None else used
                if (spent - used > busy or time.monotonic() - began > wait) and not done.is_set():
                    self._killed = True
                    process.kill()
                    return

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            return process.stdout.readline()
        finally:
            done.set()
            watcher.join()

    def _begin(self) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        self._end()
        path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        self._process = subprocess.Popen([sys.executable, "-m", "core.maths.symbolic"], cwd=ROOT, text=True, encoding="utf-8",
                                         env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self._ready, self._greeted = False, threading.Event()
        threading.Thread(target=self._greet, args=(self._process, self._greeted), daemon=True).start()

    def _greet(self, process: subprocess.Popen[str], greeted: threading.Event) -> None:
        """Hear its first line, about a second after its start."""
        assert process.stdout
        with suppress(OSError, ValueError):
            line = process.stdout.readline()
            if greeted is self._greeted:
                self._ready = bool(line)
        greeted.set()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            try:
                if pipe:
                    pipe.close()
            except OSError:  # what was still to be written has no reader any more
                pass

    def close(self) -> None:
        """End the process. The next question would start it again."""
        with self._lock:
            self._end()


helper = Symbolic()
start_symbolic, close_symbolic = helper.start, helper.close
atexit.register(close_symbolic)


# ---- trees as JSON values

def to_json(node: Expression) -> list[Any]:
    match node:
        case Number(value):
            return ["number", str(value)]
        case Name(id):
            return ["name", id]
        case Unary(operator, u):
            return ["unary", operator, to_json(u)]
        case Binary(operator, u, v):
            return ["binary", operator, to_json(u), to_json(v)]
        case Call(function, arguments):
            return ["call", function, *map(to_json, arguments)]
    raise TypeError(f"{node!r} is no node")


def from_json(value: Sequence[Any]) -> Expression:
    kind, first, *rest = value
    if kind == "number":
        return Number(Fraction(first))
    if kind == "name":
        return Name(first)
    parts = tuple(map(from_json, rest))
    if kind == "unary":
        return Unary(first, parts[0])
    return Binary(first, parts[0], parts[1]) if kind == "binary" else Call(first, parts)


# ---- what can be asked

@lru_cache(maxsize=1024)
def derivative(expression: Expression, name: str) -> Expression:
    """The derivative with respect to a variable, exact."""
    return from_json(helper.ask("derivative", tree=to_json(expression), names=[name]))


def gradient(expression: Expression, names: Sequence[str]) -> tuple[Expression, ...]:
    """All partial derivatives."""
    return tuple(derivative(expression, name) for name in names)


def hessian(expression: Expression, names: Sequence[str]) -> tuple[tuple[Expression, ...], ...]:
    """All second partial derivatives: row i, column j is ∂²/∂xᵢ∂xⱼ."""
    return tuple(gradient(row, names) for row in gradient(expression, names))


@lru_cache(maxsize=1024)
def simplified(expression: Expression) -> Expression:
    """A shorter form of the same value, as far as SymPy finds one within the limit."""
    return from_json(helper.ask("simplified", tree=to_json(expression)))


@lru_cache(maxsize=1024)
def exact(expression: Expression, **values: str) -> str:
    """LaTeX of the exact value at these values of its variables, each a number as text ("1/2")."""
    return str(helper.ask("exact", tree=to_json(expression), values={k: str(Fraction(v)) for k, v in values.items()}))


@lru_cache(maxsize=1024)
def taylor(expression: Expression, name: str, at: str, degree: int) -> tuple[Expression, ...]:
    """The coefficients f⁽ᵏ⁾(at) / k! for k = 0 … degree, exact. at: a number as text; degree: at most 20.

    Trouble where a derivative does not exist. `core.maths.series` has them in floating point, in microseconds.
    """
    found = helper.ask("taylor", tree=to_json(expression), names=[name], at=str(Fraction(at)), degree=degree)
    return tuple(map(from_json, found))


@lru_cache(maxsize=1024)
def exact_eigenvalues(rows: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    """LaTeX of the eigenvalues of a square matrix (at most 4 × 4) of fractions as text, the largest real part first.

    Each as often as its multiplicity; cosines where a polynomial of degree 3 has three irrational real roots; "" for one that has no
    short form. Trouble if the rows are no such matrix.
    """
    if not 1 <= len(rows) <= 4 or any(len(row) != len(rows) for row in rows):
        raise Trouble(Message(N_("Exact eigenvalues need a square matrix of at most 4 rows.")))
    return tuple(helper.ask("eigenvalues", rows=[[str(Fraction(entry)) for entry in row] for row in rows]))


@lru_cache(maxsize=1024)
def exact_all(expressions: tuple[Expression, ...], **values: str) -> tuple[str, ...]:
    """`exact` of several formulas at the same values, with one question; "" where there is none."""
    return tuple(helper.ask("exact_all", trees=[to_json(one) for one in expressions],
                            values={k: str(Fraction(v)) for k, v in values.items()}))


def _called(work: Callable[..., Any], arguments: tuple[Any, ...], values: tuple[tuple[str, str], ...]) -> Any:
    return work(*arguments, **dict(values))


later = Later(_called, MOMENT_S)


def soon(work: Callable[..., Any], *arguments: Any, **values: str) -> Any:
    """The answer of one of the functions above, if it comes in a moment; Trouble if not: then it is there with the next move."""
    return later.ask((work, arguments, tuple(values.items())))


if __name__ == "__main__":
    from core.maths.sympy_side import main

    main()
