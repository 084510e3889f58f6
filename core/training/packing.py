"""Variables by name, and their values as a record can hold them: float32 as it is, everything else as int32, bit for bit."""

from __future__ import annotations

from collections import Counter
from typing import Any

import keras
import numpy as np


def pack(a: np.ndarray) -> np.ndarray:
    """The same bits as float32 or int32."""
    return a if a.dtype == np.float32 else np.atleast_1d(a).view(np.int32)


def unpack(a: np.ndarray, like: Any) -> np.ndarray:
    """What `pack` was given, for a variable of that type and shape."""
    dtype = np.dtype(keras.backend.standardize_dtype(like.dtype))
    return (a if dtype == np.float32 else np.ascontiguousarray(a).view(dtype)).reshape(like.shape)


def named(model: keras.Model) -> dict[str, Any]:
    """A model's variables by names that do not count on with every model that a process builds, as Keras' own do."""
    found: dict[str, Any] = {}
    counts: Counter[str] = Counter()
    for layer in model.layers:
        kind = type(layer).__name__
        found |= {f"{kind}.{counts[kind]}.{i}": v for i, v in enumerate(layer.variables)}
        counts[kind] += 1
    return found
