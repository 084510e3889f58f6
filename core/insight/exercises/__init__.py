"""What each page asks under "Check yourself": one module a page, named like it, with its CHALLENGES and QUESTIONS."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from core.insight.challenges import Challenge, Question


def pages() -> list[str]:
    """The pages that ask something, by the stems of their files."""
    return sorted(module.name for module in iter_modules(__path__))


def challenges_of(page: str) -> tuple[Challenge[Any], ...]:
    """The challenges of a page, the easiest first; none if it has none."""
    return import_module(f"{__name__}.{page}").CHALLENGES if page in pages() else ()


def questions_of(page: str) -> tuple[Question, ...]:
    """The questions of a page; none if it has none."""
    return import_module(f"{__name__}.{page}").QUESTIONS if page in pages() else ()


@cache
def all_challenges() -> dict[str, Challenge[Any]]:
    """Every challenge by its id. ValueError if two share one."""
    found: dict[str, Challenge[Any]] = {}
    for page in pages():
        for challenge in challenges_of(page):
            if challenge.id in found:
                raise ValueError(f"two challenges are named {challenge.id!r}")
            found[challenge.id] = challenge
    return found
