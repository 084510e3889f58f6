"""How a page registers itself: by the PAGE it declares at its top, read without running it.

    PAGE = {"title": N_("Feedforward networks"), "section": "architectures", "icon": ":material/hub:", "order": 10}

A new topic is a new file in `pages/` with such a header; nothing else is touched.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from core.i18n import N_

SECTIONS = {"": "", "foundations": N_("Foundations"), "blocks": N_("Building blocks"), "architectures": N_("Architectures"),
            "projects": N_("Projects"), "beyond": N_("Beyond")}
PAGES = Path(__file__).resolve().parent.parent.parent / "pages"


@dataclass(frozen=True)
class Header:
    """What a page says of itself. title is English and marked; order: its place in the section; path: its file."""

    title: str
    section: str
    icon: str
    order: int
    path: Path

    @property
    def name(self) -> str:
        """The page's address and the name of its file."""
        return self.path.stem


class HeaderError(ValueError):
    """A file in `pages/` whose header is missing or wrong."""


def read_header(path: Path) -> Header:
    """Read a page's PAGE. HeaderError says what is wrong with it."""
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and [getattr(t, "id", "") for t in node.targets] == ["PAGE"]:
            if not isinstance(node.value, ast.Dict):
                raise HeaderError(f"{path.name}: PAGE is not a dict literal")
            values = {ast.literal_eval(k): _literal(v) for k, v in zip(node.value.keys, node.value.values, strict=True)
                      if k is not None}
            if set(values) != {"title", "section", "icon", "order"} or values["section"] not in SECTIONS:
                raise HeaderError(f"{path.name}: PAGE needs title, section (one of {', '.join(SECTIONS)}), icon and order; "
                                  f"it has {values}")
            return Header(**values, path=path)
    raise HeaderError(f"{path.name}: a page declares PAGE = {{…}} at its top")


def _literal(node: ast.expr) -> Any:
    """A literal, or the text inside N_("…")."""
    marked = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "N_"
    return ast.literal_eval(node.args[0] if marked else node)  # type: ignore[attr-defined]


@cache
def headers(folder: Path = PAGES) -> list[Header]:
    """All pages, in the order of the navigation."""
    found = [read_header(path) for path in folder.glob("*.py") if not path.stem.startswith("_")]
    return sorted(found, key=lambda h: (list(SECTIONS).index(h.section), h.order, h.name))
