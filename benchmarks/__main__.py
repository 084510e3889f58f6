"""Run every module of this folder that can be run by itself: `make bench`, or `python -m benchmarks [--json]`.

Each runs in a process of its own, so that none inherits another's imports or memory. With --json each prints its JSON
object, and the last line holds all of them in one; a figure that several report under one name stands there as module.name.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from typing import Any

MODULES = ("training", "interaction", "maths", "image", "recurrent", "attention", "text", "gan", "stock", "prices")
PARTS = {"gan_images", "transformer"}  # can be run by themselves as well, and are run by another one: gan, text


def main() -> None:
    results: dict[str, dict[str, Any]] = {}
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
            results[name] = result
    if results:
        print(json.dumps(merged(results), ensure_ascii=False))
    raise SystemExit(1 if failed else 0)


def merged(results: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The JSON objects of several modules as one."""
    count = Counter(key for result in results.values() for key in result)
    found: dict[str, Any] = {"details": {}, "machine": {name: result["machine"] for name, result in results.items()}}
    for name, result in results.items():
        for key in result.keys() - {"details", "machine"}:
            called = key if count[key] == 1 else f"{name}.{key}"
            found[called] = result[key]
            if key in result["details"]:
                found["details"][called] = result["details"][key]
    return found


if __name__ == "__main__":
    main()
