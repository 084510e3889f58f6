"""The card on which a network is put to the test: a drawing, a picture or an image, turned, shifted and made noisy."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from core.figures.images import gallery
from core.figures.template import Binding, Template
from core.i18n import _
from core.specs.cnn import CnnSpec

HEIGHT = 250  # where it is wide; the player gives it the height that it needs where it is narrow


def card(spec: CnnSpec, classes: Sequence[str], picture: np.ndarray | None = None, span: int = 12) -> Template:
    """See `core.figures.cnn.sketch`. ValueError for a picture of another shape than the set's images."""
    if picture is not None and (picture.shape != spec.shape or picture.dtype != np.uint8):
        raise ValueError(f"a picture for {spec.dataset} is {spec.shape} uint8, not {picture.shape} {picture.dtype}")
    draws = spec.shape[-1] == 1
    title = _("Draw a digit, then drag it until it is misread") if spec.dataset in ("digits", "mnist") else _(
        "Turn it, shift it, add noise: when is it misread?")
    blank = gallery("subject", "seen", area="curves", span=span, height=HEIGHT, title=title, empty=title,
                    alt=_("What is put to the test, which the network at epoch {epoch} takes for {said}, {sure:.0%}."))
    shown = None if picture is None else {"data": b64encode(picture.tobytes()).decode(), "shape": list(picture.shape)}
    options = {"classes": list(classes), "words": words(spec), "draws": draws, "change": True, "picture": shown}
    return replace(blank, bindings=(Binding("sketch", 0, ("seen", "answer"), options),))


def words(spec: CnnSpec) -> dict[str, object]:
    """What the card says, in the session's language."""
    surface = _("Drawing surface: draw with the mouse or a finger, drag with the right button; with the keyboard arrows move the pen, "
                "space puts it down and lifts it, Escape clears.") if spec.shape[-1] == 1 else _(
        "The picture: drag it with the mouse or a finger; with the keyboard arrows move it, Escape puts it back.")
    return {"surface": surface, "keys": _("keys: arrows, space, Esc"), "undo": _("Undo stroke"), "clear": _("Clear"),
            "seen": _("as the network sees it"), "turn": _("turn"), "right": _("shift right"), "down": _("shift down"), "noise": _("noise"),
            "degrees": "{value:.0f}°", "share": "{value:.0%}", "move": _("Drag it"), "reset": _("Put back"),
            "veil": "Grad-CAM" if spec.filters else _("slope (saliency)"), "until": _("Change it until the answer changes."),
            "flips": {"turn": _("{first} → {said} at {value:.0f}°"), "right": _("{first} → {said}, {value:.0%} to the right"),
                      "left": _("{first} → {said}, {value:.0%} to the left"), "down": _("{first} → {said}, {value:.0%} down"),
                      "up": _("{first} → {said}, {value:.0%} up"), "noise": _("{first} → {said} at {value:.0%} noise")}}
