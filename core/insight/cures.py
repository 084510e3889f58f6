"""Changes of a spec that may help a run: single fields, within their bounds, and only those that the spec has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.specs.base import Spec

TOO_HIGH = 3.0  # times the usual rate: then the rate is the first suspect
L1, L2, DROPOUT = 0.01, 0.02, 0.3  # from here on they kept small networks from learning
PLENTY = 800  # points; of more, four times as many helped little
NARROW, WIDE = 6, 16  # units of a layer: circles and xor need 3 or 4, a spiral more
# Rates at which these optimizers usually work on networks of this size.
USUAL = {"sgd": 0.05, "momentum": 0.01, "nesterov": 0.01, "rmsprop": 0.005, "adagrad": 0.05, "adam": 0.01, "adamw": 0.01}


class Cures:
    """What could be changed in a spec. Each method gives the change, or None where it makes no sense; `fits` chooses."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.rate = self.number("learning_rate")
        self.usual = getattr(spec, "usual_rates", USUAL).get(str(getattr(spec, "optimizer", "")), 0.01)
        self.rushed = self.rate is not None and self.rate > TOO_HIGH * self.usual
        hidden = getattr(spec, "hidden", None)
        self.hidden = hidden if isinstance(hidden, tuple) and all(isinstance(n, int) for n in hidden) else None
        self.penalty = max((name for name, least in (("l1", L1), ("l2", L2)) if (self.number(name) or 0) >= least),
                           key=lambda name: self.number(name) or 0, default=None)

    def number(self, name: str) -> float | None:
        value = getattr(self.spec, name, None)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

    def fits(self, *changes: dict[str, Any] | None) -> dict[str, Any]:
        """The first of these changes that this spec has the fields for, allows, and does not have already."""
        for change in changes:
            if not change or not all(name in type(self.spec).model_fields for name in change):
                continue
            try:
                revised = self.spec.revised(**change)
            except (ValueError, TypeError):
                continue
            if revised != self.spec and all(getattr(revised, name) == value for name, value in change.items()):
                return change
        return {}

    def within(self, name: str, value: float) -> float:
        """The value, or the nearest one that the field allows."""
        least, greatest = type(self.spec).bounds(name) if name in type(self.spec).model_fields else (None, None)
        return min(max(value, value if least is None else least), value if greatest is None else greatest)

    def slower(self, by: float = 10.0) -> dict[str, Any] | None:
        if self.rate is None:
            return None
        if getattr(self.spec, "schedule", "") == "range":  # which runs through all rates, whatever the field says
            return {"schedule": type(self.spec).model_fields["schedule"].default}
        return {"learning_rate": self.within("learning_rate", float(f"{max(min(self.rate / by, self.usual), 1e-5):.2g}"))}

    def faster(self) -> dict[str, Any] | None:
        """The usual rate, if this one is far below it."""
        return {"learning_rate": self.within("learning_rate", self.usual)} if self.rate and self.rate <= self.usual / 2 else None

    def calmer(self) -> dict[str, Any] | None:
        """A lower rate, if this one is far above the usual."""
        return self.slower() if self.rushed else None

    def freed(self) -> dict[str, Any] | None:
        """Without what holds the weights back."""
        if self.penalty:
            return {self.penalty: 0.0}
        return {"dropout": 0.0} if (self.number("dropout") or 0) >= DROPOUT else None

    def grown(self) -> dict[str, Any] | None:
        if self.hidden is None or min(self.hidden, default=0) > NARROW:
            return None
        return {"hidden": tuple(max(int(self.within("hidden", n)), WIDE) for n in self.hidden) or (8, 8)}

    def bent(self, function: str, instead_of: Sequence[str]) -> dict[str, Any] | None:
        """Another activation in the layers that have one of these."""
        own = getattr(self.spec, "activations", ())
        if any(name in instead_of for name in own):
            return {"activations": tuple(function if name in instead_of else name for name in own)}
        return {"activation": function} if getattr(self.spec, "activation", None) in instead_of else None

    def straight(self) -> bool:
        """The spec says that it draws straight lines only."""
        return bool(getattr(self.spec, "straight", False))

    def longer(self) -> dict[str, Any] | None:
        """Four times the epochs."""
        epochs = self.number("epochs")
        return {"epochs": int(self.within("epochs", 4 * epochs))} if epochs else None

    def larger_batch(self) -> dict[str, Any] | None:
        """Eight times the batch: its gradient scatters a third as much."""
        batch = self.number("batch_size")
        return {"batch_size": int(self.within("batch_size", 8 * batch))} if batch else None

    def more_points(self) -> dict[str, Any] | None:
        """Four times the points, where they can be had."""
        points = self.number("points")
        if not points or bool(getattr(self.spec, "upload", "")):
            return None
        return {"points": int(self.within("points", 4 * points))} if points <= PLENTY else None

    def more_l2(self) -> dict[str, Any] | None:
        return {"l2": 0.01} if (self.number("l2") or 0) < 0.01 else None
