"""The player's pure JavaScript, run by Node against bytes and shapes made in Python."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from core.data.words import placed
from core.figures import network
from core.frame import End, Frame, encode, encode_end, encode_frame, records

HERE = Path(__file__).parent / "player"
rng = np.random.default_rng(0)


def fixtures(folder: Path) -> None:
    arrays = {"u": rng.integers(0, 256, (5, 7), dtype=np.uint8), "i": np.array([-(2**31), 7], np.int32),
              "h": np.array([0, -0.5, 1 / 3, 65504, 6e-8, np.inf], np.float16), "f": rng.normal(size=(3, 1)).astype(np.float32),
              "empty": np.zeros((0, 4), np.float32)}
    stream = [encode("status", {"state": "queued", "place": 2}), encode_frame(Frame(0, 0, 0.0, [{"epoch": 0}], arrays)),
              encode_frame(Frame(9, 1, 0.1, [{"epoch": 1, "loss": None}], {"u": rng.integers(0, 256, 70_000, dtype=np.uint8)})),
              encode_end(End("finished", 0.1))]
    data = b"".join(stream)
    (folder / "run.bin").write_bytes(data)
    (folder / "run.json").write_text(json.dumps([
        {"kind": r.kind, "arrays": {k: {"shape": list(a.shape), "values": [
            None if not np.isfinite(v) else float(v) for v in a.ravel()]} for k, a in r.arrays.items() if k != "h"}}
        for r in records(data)]))
    sizes = (2, 3, 20, 1)
    kernels = {f"w{i}": rng.normal(0, 2, pair).astype(np.float32) for i, pair in enumerate(zip(sizes, sizes[1:], strict=False))}
    biases = {f"b{i}": rng.normal(size=n).astype(np.float32) for i, n in enumerate(sizes[1:])}
    options = network.diagram(sizes, ["inputs", "hidden 1 · 3 × tanh", "hidden 2", "output"], ["x₁", "x₂"]).bindings[0].options
    (folder / "network.json").write_text(json.dumps({"options": options, "shapes": network.edges(options, kernels)}))
    letters = np.array(list("abcDéß不好，。 \t\n.,!'’-_“”😀0 "))
    texts = ["".join(rng.choice(letters, rng.integers(0, 40))) for _ in range(60)]
    (folder / "places.json").write_text(json.dumps([
        {"text": text, "how": how, "found": [(token.start, token.end) for token in placed(text, how)]}
        for text in texts for how in ("words", "characters")]))
    (folder / "network.bin").write_bytes(encode_frame(Frame(0, 0, 0.0, [], {**kernels, **biases})))


def test_player_js(tmp_path: Path) -> None:
    node = shutil.which("node")
    if not node and os.environ.get("DLD_REQUIRE_BROWSER"):
        pytest.fail("Node is missing: on Debian: apt install nodejs")
    if not node:
        pytest.skip("Node is missing: install it (Debian: apt-get install nodejs) to test the player's JavaScript")
    fixtures(tmp_path)
    done = subprocess.run([node, "--test", *map(str, sorted(HERE.glob("*.test.js")))], capture_output=True, text=True,
                          timeout=120, env={**os.environ, "PLAYER_FIXTURES": str(tmp_path)}, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
