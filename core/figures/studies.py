"""All pages that compute as they are moved: every package in core/figures with a STUDY."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path

from core.figures.board import Study

HERE = Path(__file__).parent


def names() -> list[str]:
    """The pages, by the stems of their files."""
    return sorted(path.parent.name for path in HERE.glob("*/__init__.py") if "STUDY" in path.read_text("utf-8"))


@cache
def study(name: str) -> Study:
    """One page's study, imported when it is first asked for."""
    found = import_module(f"core.figures.{name}").STUDY
    assert isinstance(found, Study) and found.name == name
    return found
