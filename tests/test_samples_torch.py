"""What the PyTorch programs of the samples print. PyTorch is no dependency: where it is absent the recordings stand unchecked.

To record anew, where PyTorch, NumPy, pandas and pydantic are installed: `python -m tests.test_samples_torch`.
Without the other dependencies: `pytest --noconftest tests/test_samples_torch.py`.
"""

from __future__ import annotations

import hashlib
import json

import pytest

from core.labs.sample import perform
from core.samples import RECORDED, SIDES, all_samples

SAMPLES = {name: sample for name, sample in all_samples().items() if sample.framework == "torch"}


def outcome(code: str) -> dict[str, str]:
    """What a program prints and its error, the version of PyTorch, and which program it was."""
    import torch

    *_, (text, error, _over) = perform(code)
    return {"text": text, "error": error, "version": torch.__version__.split("+")[0], "program": digest(code)}


def digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()[:16]


def kept() -> dict[str, dict[str, dict[str, str]]]:
    return json.loads(RECORDED.read_text("utf-8"))


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("name", SAMPLES)
def test_a_recording_is_what_pytorch_prints(name, side):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed here; its samples are recorded")
    recording = kept()[name][side]
    if not torch.__version__.startswith(recording["version"]):
        pytest.skip(f"recorded with PyTorch {recording['version']}; this is {torch.__version__}")
    assert outcome(SAMPLES[name].program(side).code) == recording


if __name__ == "__main__":
    found = {name: {side: outcome(sample.program(side).code) for side in SIDES} for name, sample in SAMPLES.items()}
    RECORDED.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
