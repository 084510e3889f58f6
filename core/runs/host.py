"""A cluster of one's own machines, each half with what ours sets for its own pool:

    python -m core.runs.host scheduler [options of `dask scheduler`]
    python -m core.runs.host worker ADDRESS [options of `dask worker`]

The app uses it with DASK_SCHEDULER_ADDRESS. Both halves need this folder and the app's environment.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from core.runs.pool import environment

ROOT = Path(__file__).resolve().parent.parent.parent
PARTS = {
    "scheduler": ["distributed.cli.dask_scheduler", "--no-dashboard"],
    # Without a memory limit of Dask's, which would pause or kill a worker in the middle of a training.
    "worker": ["distributed.cli.dask_worker", "--nthreads", "1", "--memory-limit", "0", "--no-dashboard", "--preload", "core.runs.work"],
}


def main(arguments: list[str]) -> int:
    """Run one half until it is ended. Returns its exit status, 2 for a command line that makes no sense."""
    if not arguments or arguments[0] not in PARTS:
        print(__doc__, file=sys.stderr)
        return 2
    os.environ.update(environment())
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    command = [sys.executable, "-m", *PARTS[arguments[0]], *arguments[1:]]
    if os.name == "posix":
        os.execv(sys.executable, command)
    return subprocess.call(command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
