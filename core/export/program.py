"""The program of a spec: Keras code that a person can read, run and change, and that ends in the lab's own numbers.

A program is a list of beats, (heading, code): the code of all of them, with two empty lines between, is the program, and a
beat is a cell of the notebook.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.export import feedforward
from core.frame import Message
from core.i18n import N_
from core.specs.base import Spec
from core.specs.feedforward import FeedforwardSpec

WRITERS: dict[type[Spec], Callable[[Any], list[tuple[str, str]]]] = {  # one line a lab
    FeedforwardSpec: feedforward.beats,
}
FORKED = N_("This run goes on from an epoch of another one. There is no program for that; the run that it comes from has one.")
BETWEEN = "\n\n\n"  # what stands between two beats


class NoProgram(ValueError):
    """What is on screen cannot be written as a program; `message` says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.id)
        self.message = message


def beats(spec: Spec) -> list[tuple[str, str]]:
    """The headings and the code of a spec's program, commented in the session's language.

    NoProgram for a run that branches off another. TypeError for a spec whose lab has no program; KeyError if its points were
    uploaded and are not here.
    """
    if spec.parent is not None:
        raise NoProgram(Message(FORKED))
    writer = WRITERS.get(type(spec))
    if writer is None:
        raise TypeError(f"there is no program for a {type(spec).__name__}")
    return writer(spec)


def program(spec: Spec) -> str:
    """The whole program; errors as in `beats`."""
    return BETWEEN.join(code for _heading, code in beats(spec)) + "\n"
