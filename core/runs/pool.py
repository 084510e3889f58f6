"""The pool of workers: a Dask cluster on this machine, in a process of its own that ends when the app does.

`python -m core.runs.pool` is that process. It is separate because a `multiprocessing` spawn from within Streamlit would
run `app.py` again, and so that the app reaches its own workers as it would any cluster: by address.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from core.settings import settings

ROOT = Path(__file__).resolve().parent.parent.parent
START_S = 20  # the pool prints its address within a second or so; a loaded machine may take longer


class PoolError(RuntimeError):
    """The pool process ended before it told its address."""


class Pool:
    """The pool process as the app sees it: started at first need, started again when it has died.

    warm: import TensorFlow in a worker before it takes its first run.
    """

    def __init__(self, *, warm: bool = True) -> None:
        self._options = [] if warm else ["--cold"]
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._address = ""

    def address(self) -> str:
        """Return the scheduler's address, starting the process if need be. Blocks for about a second then.

        PoolError if the process does not come up.
        """
        with self._lock:
            if not self.alive():
                self._start()
            return self._address

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def _start(self) -> None:
        environment = dict(os.environ, PYTHONPATH=os.pathsep.join(
            [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]))
        self._process = subprocess.Popen([sys.executable, "-m", "core.runs.pool", *self._options], cwd=ROOT,
                                         env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdout
        # A process that hangs before it speaks is killed, and then the line below is empty.
        watchdog = threading.Timer(START_S, self._process.kill)
        watchdog.start()
        line = self._process.stdout.readline()
        watchdog.cancel()
        if not line:
            raise PoolError(f"the pool process ended with code {self._process.wait()} before it was ready")
        self._address = json.loads(line)["address"]

    def close(self) -> None:
        """End the process and its workers; waits at most five seconds."""
        with self._lock:
            if self._process is None:
                return
            assert self._process.stdin
            try:
                self._process.stdin.close()
                self._process.wait(5)
            except (OSError, subprocess.TimeoutExpired):
                self._process.kill()
                self._process.wait()
            assert self._process.stdout
            self._process.stdout.close()
            self._process = None


def environment() -> dict[str, str]:
    """What the scheduler and the workers need in their environment before they import Dask and TensorFlow."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or Path.home() / ".cache")
    values = {
        # A scheduler keeps this many events of each topic, and every frame is one: 1,000 would be a gigabyte.
        "DASK_DISTRIBUTED__ADMIN__LOW_LEVEL_LOG_LENGTH": "1",
        # Dask gives a worker up for good if it is down now and was down this long ago, even if it came back in between.
        "DASK_DISTRIBUTED__DEPLOY__LOST_WORKER_TIMEOUT": "3650 days",
        # A training whose worker died goes back to the runner, which knows the last checkpoint.
        "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",
        # The runner says which worker takes which run; nothing of what follows would earn its processor time.
        "DASK_DISTRIBUTED__SCHEDULER__WORK_STEALING": "False",
        "DASK_DISTRIBUTED__SCHEDULER__ACTIVE_MEMORY_MANAGER__START": "False",
        "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
        "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__GIL__ENABLED": "False",
        "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__DISK": "False",
        "DASK_DISTRIBUTED__ADMIN__TICK__LIMIT": "1h",  # importing TensorFlow blocks a worker's loop; that is no news
        "DASK_DISTRIBUTED__DIAGNOSTICS__NVML": "False",
        # One thread computes, always: a convolution's bits differ between one and two.
        "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1", "OMP_NUM_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        # Said about semaphores, which the system frees, because the pool ends without ceremony.
        "PYTHONWARNINGS": "ignore::UserWarning:multiprocessing.resource_tracker",
        "TF_XLA_FLAGS": f"--tf_xla_persistent_cache_directory={cache / 'deep-learning-dashboard' / 'xla'}",
    }
    if not any(Path(device).exists() for device in ("/dev/nvidiactl", "/dev/dxg")):
        values["CUDA_VISIBLE_DEVICES"] = "-1"  # looking for a GPU that is not there takes time
    return {name: value for name, value in values.items() if name not in os.environ}


def main(options: list[str]) -> None:
    """Run the pool until standard input closes, which it does when the app ends, however it ends. See `Pool`."""
    os.environ.update(environment())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the app's terminal: the app ends first, then closes the pipe
    speak = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # workers inherit this; what a library prints must not fill a pipe that nobody reads
    import psutil
    from distributed import LocalCluster

    # silence_logs: Dask's scheduler would print every frame that a reader who has just left will not get; what matters
    # the runner says itself. memory_limit=0: Dask would pause or kill a worker in the middle of a training; the runner
    # restarts idle ones. dashboard_address: Dask would take port 8787, which a second app could not.
    cluster = LocalCluster(
        n_workers=0, threads_per_worker=1, processes=True, host="127.0.0.1", scheduler_port=0, dashboard_address=None,
        scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"}, silence_logs=logging.CRITICAL + 1,
        memory_limit=0, preload=[] if "--cold" in options else ["core.runs.work"])
    print(json.dumps({"address": cluster.scheduler_address}), file=speak, flush=True)
    speak.close()
    threading.Thread(target=_grow, args=(cluster,), daemon=True).start()
    while sys.stdin.read(1):
        pass
    for child in psutil.Process().children(recursive=True):  # nothing that workers hold is worth a long goodbye
        with suppress(psutil.Error):
            if not any("resource_tracker" in part for part in child.cmdline()):  # that one cleans up after us
                child.kill()
    os._exit(0)


def _grow(cluster: Any) -> None:
    """Start one worker, and the others once it is ready: importing TensorFlow side by side would delay the first."""
    cluster.scale(1)
    while not cluster.scheduler.workers:
        time.sleep(0.02)
    cluster.scale(settings.workers)


if __name__ == "__main__":
    main(sys.argv[1:])
