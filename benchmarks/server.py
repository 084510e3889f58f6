"""Streamlit apps as the benchmarks start them: on a free port, with a store of their own, gone afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import psutil

from benchmarks.common import ROOT

WORKERS = 2
AS_IT_COMES = ("--runner.postScriptGC=true",)  # undoes what .streamlit/config.toml changes of Streamlit's own speed


class App:
    """`streamlit run <script>` as a context manager; `url` is where it listens.

    script: relative to the repository. wait: return only once the server answers. options: of `streamlit run`.
    """

    def __init__(self, script: str = "app.py", *, wait: bool = True, options: Sequence[str] = (), **environment: str) -> None:
        self.script, self.wait, self.options, self.environment = script, wait, options, environment
        self.folder = Path(tempfile.mkdtemp(prefix="dashboard-bench-"))
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.spawned = 0.0  # seconds since 1970, as the browser's clock tells them

    def __enter__(self) -> App:
        environment = {
            **os.environ, "PYTHONPATH": str(ROOT), "DLD_STORE": str(self.folder / "runs"), "DLD_WORKERS": str(WORKERS),
            "TF_XLA_FLAGS": f"--tf_xla_persistent_cache_directory={self.folder / 'xla'}", **self.environment}
        self.log = (self.folder / "log").open("w+")
        self.spawned = time.time()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", self.script, f"--server.port={self.port}", "--server.address=127.0.0.1",
             "--server.headless=true", "--browser.gatherUsageStats=false", *self.options],
            cwd=ROOT, env=environment, stdout=self.log, stderr=subprocess.STDOUT)
        if self.wait:
            until(self.answers, 60, f"{self.script} did not start:\n{self.said()}")
        return self

    def answers(self) -> bool:
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.script} ended with {self.process.returncode}:\n{self.said()}")
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2) as reply:
                return reply.status == 200
        except OSError:
            return False

    def said(self) -> str:
        """The last lines of what the server wrote."""
        return (self.folder / "log").read_text(errors="replace")[-3000:]

    def family(self) -> dict[str, list[psutil.Process]]:
        """The server's processes by their part: web, pool (the scheduler and the nannies), workers, others."""
        web = psutil.Process(self.process.pid)
        parts: dict[str, list[psutil.Process]] = {"web": [web], "pool": [], "workers": [], "others": []}
        for child in web.children(recursive=True):
            try:
                line = " ".join(child.cmdline())
                kind = ("pool" if "core.runs.pool" in line else
                        "workers" if "spawn_main" in line and has_tensorflow(child) else "others")
                parts[kind].append(child)
            except psutil.Error:  # it has just ended
                continue
        return parts

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        family = psutil.Process(self.process.pid).children(recursive=True) if self.process.poll() is None else []
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        _, alive = psutil.wait_procs(family, timeout=8)
        for process in alive:
            process.kill()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def has_tensorflow(process: psutil.Process) -> bool:
    """A process with the library mapped is a worker; one without is a helper of multiprocessing."""
    try:
        return any("tensorflow" in m.path for m in process.memory_maps())
    except (psutil.Error, AttributeError):
        return process.memory_info().rss > 300e6


def rss_mb(processes: list[psutil.Process]) -> float:
    """The resident memory of all of them, pages shared between them counted each time."""
    return sum(p.memory_info().rss for p in processes if p.is_running()) / 1e6


def until(condition: Any, seconds: float, otherwise: str) -> None:
    """Wait for a condition; RuntimeError with `otherwise` if it does not come true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError(otherwise)
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
