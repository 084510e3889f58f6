"""What the benchmarks report, without running them."""

from pathlib import Path

import benchmarks
from benchmarks.__main__ import MODULES, PARTS, merged


def test_figures_of_one_name_stay_apart():
    """Two modules measure a first frame; the last line holds both."""
    def result(key, value):
        return {"server_first_frame_ms": value, key: 1.0, "details": {"server_first_frame_ms": {"n": value}, key: {"n": 2}},
                "machine": {"cores": 2}}

    both = merged({"recurrent": result("gru", 3.0), "text": result("gpt", 4.0)})
    assert both == {
        "recurrent.server_first_frame_ms": 3.0, "text.server_first_frame_ms": 4.0, "gru": 1.0, "gpt": 1.0,
        "details": {"recurrent.server_first_frame_ms": {"n": 3.0}, "text.server_first_frame_ms": {"n": 4.0},
                    "gru": {"n": 2}, "gpt": {"n": 2}},
        "machine": {"recurrent": {"cores": 2}, "text": {"cores": 2}}}


def test_every_benchmark_that_can_be_run_is_run():
    folder = Path(benchmarks.__file__).parent
    runnable = {path.stem for path in folder.glob("*.py") if "__name__ ==" in path.read_text()} - {"__main__"}
    assert sorted(MODULES) == sorted(runnable - PARTS) and len(MODULES) > 5
    text = {name: (folder / f"{name}.py").read_text() for name in runnable}
    assert all(any(f"{part}.PARTS" in text[name] for name in MODULES) for part in PARTS)
