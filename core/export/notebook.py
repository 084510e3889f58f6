"""The program of a spec as a Jupyter notebook: a heading and a cell for every beat, nothing run yet."""

from __future__ import annotations

import json
from typing import Any

from core.export.program import beats
from core.specs.base import Spec


def notebook(spec: Spec) -> str:
    """The text of an .ipynb file (format 4.5), without outputs; its code cells are `program(spec)`.

    Errors as in `core.export.program.beats`.
    """
    cells: list[dict[str, Any]] = []
    for i, (heading, code) in enumerate(beats(spec)):
        cells.append({"cell_type": "markdown", "id": f"heading-{i}", "metadata": {},
                      "source": _lines(f"{'##' if i else '#'} {heading}")})
        cells.append({"cell_type": "code", "id": f"code-{i}", "metadata": {}, "execution_count": None, "outputs": [],
                      "source": _lines(code)})
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
                "language_info": {"name": "python"}}
    book = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(book, ensure_ascii=False, indent=1) + "\n"


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)
