"""L1 and L2 with strengths that can change without compiling again."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


class ElasticNet(keras.regularizers.Regularizer):
    """l1 · Σ|w| + l2 · Σw², with the strengths in variables; equal to `keras.regularizers.L1L2`.

    Only what is used is computed: whether l1 and l2 are zero is fixed when it is made.
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        self.l1 = keras.Variable(l1, dtype="float32", trainable=False, name="l1") if l1 else None
        self.l2 = keras.Variable(l2, dtype="float32", trainable=False, name="l2") if l2 else None

    def set(self, l1: float, l2: float) -> None:
        for variable, value in ((self.l1, l1), (self.l2, l2)):
            if variable is not None:
                variable.assign(value)

    def __call__(self, x: Any) -> Any:
        loss = 0.0
        if self.l1 is not None:
            loss = loss + self.l1 * ops.sum(ops.abs(x))
        if self.l2 is not None:
            loss = loss + self.l2 * ops.sum(ops.square(x))
        return loss

    def get_config(self) -> dict[str, float]:
        return {"l1": float(self.l1.numpy()) if self.l1 is not None else 0.0,
                "l2": float(self.l2.numpy()) if self.l2 is not None else 0.0}
