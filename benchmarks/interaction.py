"""What a person waits for, and what a class costs: `python -m benchmarks.interaction [--json] [--only NAME,…]`.

The app runs as it does for a person, with a store of its own that starts empty. Gestures are real key presses in Chromium at
1400 × 900, timed inside the page. Bars in milliseconds hold for the difference to `floor_ms`, the same gesture on a page
that computes nothing, measured in turns with them.
"""

from __future__ import annotations

from benchmarks import classroom, latency, memory, opening, tools
from benchmarks.common import run

PARTS = {"latency": latency.measure, "naive": latency.naive, "opening": opening.measure, "fps": opening.fluency,
         "tools": tools.measure,
         "class": classroom.measure, "memory": memory.measure, "worker": memory.worker,
         "busy": memory.busy}


def main() -> None:
    run("Interaction", PARTS)


if __name__ == "__main__":
    main()
