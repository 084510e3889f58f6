"""Random settings of the pages that compute as they are moved."""

from __future__ import annotations

from typing import Any, get_args, get_origin

import numpy as np

from core.figures.board import Scene, Study


def random_spec(study: Study, scene: Scene, rng: np.random.Generator) -> Any:
    """A spec of a scene whose numbers and choices are drawn at random; what is typed stays as the page opens with it."""
    spec = study.spec(scene=scene.id)
    for name in (*scene.controls, *scene.more):
        info, control = study.spec.model_fields[name], study.spec.control(name)
        kind, (least, greatest) = info.annotation, study.spec.bounds(name)
        if control.choices and get_origin(kind) is tuple:
            value: Any = tuple(o for o in spec.choices_of(name) if rng.random() < 0.5) or getattr(spec, name)
        elif control.choices:
            options = list(spec.choices_of(name))
            value = options[rng.integers(len(options))]
        elif kind is bool:
            value = bool(rng.random() < 0.5)
        elif kind is int and least is not None:
            value = int(rng.integers(least, greatest + 1))
        elif kind is float and least is not None:
            low = max(least, greatest * 1e-6) if control.log else least
            value = float(np.exp(rng.uniform(np.log(low), np.log(greatest)))) if control.log else float(rng.uniform(least, greatest))
            value = float(f"{value:.3g}")
            value = min(max(value, least), greatest)
        else:
            assert kind is str or get_args(kind) or get_origin(kind) is tuple, name
            continue
        try:
            spec = spec.revised(**{name: value})
        except ValueError:
            continue
    return spec
