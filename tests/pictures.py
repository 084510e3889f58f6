"""A person's own pictures for tests: small squares of noise around a colour of their class, as an upload and as a folder of files."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from core.data import uploads
from core.data.archive import read_images
from core.specs.cnn import CnnSpec


def files(counts: tuple[int, ...], seed: int = 0) -> dict[str, bytes]:
    """PNG files of 32 × 32 pixels by their path: a folder for each class."""
    rng = np.random.default_rng(seed)
    made = {}
    for k, count in enumerate(counts):
        colour = rng.uniform(40, 215, 3)
        for i in range(count):
            picture = np.clip(colour + rng.normal(0, 50, (32, 32, 3)), 0, 255).astype(np.uint8)
            Image.fromarray(picture).save(held := io.BytesIO(), "PNG")
            made[f"kind {'abcdefghij'[k]}/{i}.png"] = held.getvalue()
    return made


def keep(counts: tuple[int, ...], seed: int = 0) -> tuple[str, dict[str, np.ndarray]]:
    """Upload them as a ZIP; the content hash and the arrays."""
    with zipfile.ZipFile(held := io.BytesIO(), "w") as archive:
        for name, content in files(counts, seed).items():
            archive.writestr(name, content)
    digest, arrays, classes, refused = read_images([("mine.zip", held.getvalue())], 20)
    assert not refused
    uploads.keep(digest, arrays, classes)
    return digest, arrays


def own(counts: tuple[int, ...], seed: int = 0, **values: object) -> tuple[CnnSpec, dict[str, dict[str, np.ndarray]]]:
    """A spec of so many pictures of each class, and the uploads that `train` and `ask` take."""
    digest, arrays = keep(counts, seed)
    usual = {"filters": (4,), "dense": (6,), "epochs": 2, "batch_size": 8, "points": sum(counts)}
    spec = CnnSpec(**{**usual, **values, "dataset": "upload", "upload": digest, "classes": len(counts)})  # type: ignore[arg-type]
    return spec, {digest: arrays}


def beside(folder: Path, counts: tuple[int, ...], seed: int = 0) -> None:
    """Put the folder “pictures” there, as a program reads it."""
    for name, content in files(counts, seed).items():
        path = folder / "pictures" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
