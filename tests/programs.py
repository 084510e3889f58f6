"""Running the programs that a lab gives away."""

from __future__ import annotations

import contextlib
import io
from typing import Any


def execute(code: str) -> dict[str, Any]:
    """Run a program in this process; its names, and what it said as `said`."""
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()) as said:
        exec(compile(code, "program.py", "exec"), names)
    return {**names, "said": said.getvalue()}
