"""Everything an installation may want to set, from environment variables, read once when the process starts.

| variable | default | what it sets |
| --- | --- | --- |
| DASK_SCHEDULER_ADDRESS | none | use this Dask cluster instead of a pool of our own, e.g. tcp://10.0.0.5:8786 |
| DLD_WORKERS | number of cores, at most 2 | worker processes of our own pool |
| DLD_WORKER_MEMORY_MB | 1300 | a worker above this is restarted once it is idle |
| DLD_RUNS_PER_SESSION | 2 | trainings one browser session may have at once; more wait their turn |
| DLD_TIME_BUDGET_S | 300 | a run longer than this is ended with a message |
| DLD_PROJECT_BUDGET_S | 1800 | the same for a project's run, which goes on when nobody watches: it is then paused |
| DLD_UNWATCHED_S | 3 | a run that nobody watches is cancelled after so many seconds |
| DLD_STORE | a folder in the user's cache | where finished runs are kept |
| DLD_STORE_MB | 500 | how much the store may hold; the runs not used for longest go first |
| DLD_UPLOAD_MB | 2 | largest file a student may upload; the server takes 20 at most |
| DATA_DIR | datasets in KERAS_HOME, else in ~/.keras | where downloaded datasets are, and go |
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


def _number(name: str, default: float, least: float) -> float:
    text = os.environ.get(name, "").strip()
    try:
        value = float(text) if text else default
    except ValueError:
        raise ValueError(f"{name}={text!r} is not a number; leave it unset for {default:g}") from None
    if not least <= value < float("inf"):
        raise ValueError(f"{name}={text!r} is out of range; the least is {least:g}")
    return value


def _cache() -> Path:
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))


@dataclass(frozen=True)
class Settings:
    """The settings of this process; sizes in megabytes, times in seconds."""

    scheduler: str | None
    workers: int
    worker_memory_mb: int
    runs_per_session: int
    time_budget_s: float
    project_budget_s: float
    unwatched_s: float
    store: Path
    store_mb: float
    upload_mb: float
    data: Path


def read() -> Settings:
    """Read the environment. ValueError says which variable is wrong and what it held."""
    return Settings(
        scheduler=os.environ.get("DASK_SCHEDULER_ADDRESS") or None,
        workers=int(_number("DLD_WORKERS", min(2, os.cpu_count() or 1), 1)),
        worker_memory_mb=int(_number("DLD_WORKER_MEMORY_MB", 1300, 1)),
        runs_per_session=int(_number("DLD_RUNS_PER_SESSION", 2, 1)),
        time_budget_s=_number("DLD_TIME_BUDGET_S", 300, 0.01),
        project_budget_s=_number("DLD_PROJECT_BUDGET_S", 1800, 0.01),
        unwatched_s=_number("DLD_UNWATCHED_S", 3, 0.01),
        store=Path(os.environ.get("DLD_STORE") or _cache() / "deep-learning-dashboard" / "runs"),
        store_mb=_number("DLD_STORE_MB", 500, 0),
        upload_mb=_number("DLD_UPLOAD_MB", 2, 0),
        data=Path(os.environ.get("DATA_DIR") or Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "datasets"),
    )


settings = read()
