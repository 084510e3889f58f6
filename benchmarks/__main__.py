"""Run every module of this folder that can be run by itself: `make bench`, or `python -m benchmarks [--json]`.

Each runs in a process of its own, so that none inherits another's imports or memory. With --json each prints its JSON
object, and the last line holds all of them in one.
"""

from __future__ import annotations

import json
import subprocess
import sys

MODULES = ("training", "interaction", "maths", "recurrent", "text", "gan")


def main() -> None:
    together: dict[str, object] = {}
    failed = 0
    for name in MODULES:
        last = ""
        with subprocess.Popen([sys.executable, "-m", f"benchmarks.{name}", *sys.argv[1:]], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            for line in process.stdout:
                print(line, end="", flush=True)
                last = line
        failed += process.returncode != 0
        if "--json" in sys.argv and last.startswith("{"):
            result = json.loads(last)
            together |= {**result, "details": {**together.get("details", {}), **result["details"]},  # type: ignore[dict-item]
                         "machine": {**together.get("machine", {}), name: result["machine"]}}  # type: ignore[dict-item]
    if together:
        print(json.dumps(together, ensure_ascii=False))
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
