"""The colours of all figures: one meaning, one mark; colour-blind-safe, light and dark.

Figures name colours as "theme:<token>", so that one template serves both themes. The player looks the tokens up in
the browser when it knows the page's background; `resolve` does the same in Python, for tests and exports.
"""

from __future__ import annotations

from typing import Any

PREFIX = "theme:"

# Okabe and Ito (2008), then two of Paul Tol's. Class 0 is orange and class 1 blue: an output near 1 is "positive".
CLASS_COLOURS = ("#E69F00", "#0072B2", "#009E73", "#CC79A7", "#D55E00",
                 "#56B4E9", "#F0E442", "#882255", "#999933", "#7F7F7F")
# A colour never carries meaning alone: every class has a shape of its own as well.
CLASS_SYMBOLS = ("square", "circle", "triangle-up", "diamond", "cross",
                 "x", "triangle-down", "star", "pentagon", "hexagon2")
LAYER_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7F7F7F")
# Of pinned runs, beside the blue of the loss and the green of the score.
PIN_COLOURS = ("#C2410C", "#B0468A", "#8A6100", "#5B4BC4", "#7A1F2B", "#5E6B75")


def _points(towards: int, share: float) -> dict[str, str]:
    """Colours of points that stand out from the plane of their class: a share of the way to black (0) or to white (255)."""
    def mixed(part: int) -> int:
        return round(part + share * (towards - part))

    return {f"point{k}": "#" + "".join(f"{mixed(int(colour[i:i + 2], 16)):02X}" for i in (1, 3, 5))
            for k, colour in enumerate(CLASS_COLOURS)}


_SAME = {"positive": "#0072B2", "negative": "#E69F00",
         **{f"class{k}": colour for k, colour in enumerate(CLASS_COLOURS)},
         **{f"layer{k}": colour for k, colour in enumerate(LAYER_COLOURS)},
         **{f"pin{k}": colour for k, colour in enumerate(PIN_COLOURS)}}

LIGHT = {**_SAME, **_points(0, 0.25), "background": "#FFFFFF", "text": "#1A1F26", "muted": "#5B6570", "border": "#D9DEE4",
         "grid": "#EDF0F3", "middle": "#F5F5F2", "ring": "#FFFFFF", "hollow": "#FFFFFF",
         "loss": "#0072B2", "score": "#00805D", "baseline": "#7F7F7F", "low": "#F7FBFF", "high": "#08519C",
         "layer4": "#A87400", "class6": "#C9BC00"}
DARK = {**_SAME, **_points(255, 0.5), "background": "#0F1317", "text": "#E9EDF1", "muted": "#9AA5B1", "border": "#2E353D",
        "grid": "#20262D", "middle": "#1D232A", "ring": "#F4F6F8", "hollow": "#10151A",
        "loss": "#56B4E9", "score": "#2CC295", "baseline": "#8C96A1", "low": "#131A22", "high": "#7CC5F0",
        "layer0": "#56B4E9", "layer1": "#E8793A", "layer2": "#2CC295", "layer5": "#0072B2",
        "pin0": "#F4803F", "pin1": "#E58CC4", "pin2": "#E6B84A", "pin3": "#A79BFF", "pin4": "#F0808A", "pin5": "#A9B6C2"}


def _pale(colour: str, opacity: float) -> str:
    r, g, b = (int(colour[i:i + 2], 16) for i in (1, 3, 5))
    return f"rgba({r}, {g}, {b}, {opacity})"


for _tokens, _opacity in ((LIGHT, 0.16), (DARK, 0.24)):  # the bands around lines of these colours
    _tokens |= {f"{name}_band": _pale(_tokens[name], _opacity) for name in ("score", *(f"pin{k}" for k in range(len(PIN_COLOURS))))}
TOKENS = {"light": LIGHT, "dark": DARK}

# minus is orange, plus is blue; the middle belongs to the theme
DIVERGING = [[0.0, "theme:negative"], [0.5, "theme:middle"], [1.0, "theme:positive"]]
SEQUENTIAL = [[0.0, "theme:low"], [1.0, "theme:high"]]


def colour(token: str) -> str:
    """Name a colour of the theme. KeyError if the theme has no such token."""
    if token not in LIGHT:
        raise KeyError(f"the theme has no colour {token!r}; it has {', '.join(sorted(LIGHT))}")
    return PREFIX + token


def resolve(value: Any, mode: str = "light") -> Any:
    """Return a copy of a figure (or any part of one) with every "theme:<token>" replaced by its colour."""
    if isinstance(value, str):
        return TOKENS[mode][value[len(PREFIX):]] if value.startswith(PREFIX) else value
    if isinstance(value, dict):
        return {k: resolve(v, mode) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [resolve(v, mode) for v in value]
    return value


def width_of(text: str) -> int:
    """Pixels that a small label takes: a Chinese character is twice as wide as a letter."""
    return sum(12 if ord(letter) > 0x2E80 else 6 for letter in text)


def axis(title: str = "", **more: Any) -> dict[str, Any]:
    """A quiet axis: thin line, faint grid, small muted numbers."""
    return {"title": {"text": title, "font": {"size": 11, "color": colour("muted")}, "standoff": 4},
            "tickfont": {"size": 10, "color": colour("muted")}, "gridcolor": colour("grid"), "zeroline": False,
            "linecolor": colour("border"), "showline": True, "ticks": "", **more}


def layout(**more: Any) -> dict[str, Any]:
    """The layout all figures share: transparent, so that the page's own card shows; no legend; zoom is kept."""
    return {"paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)", "showlegend": False,
            "margin": {"l": 38, "r": 10, "t": 6, "b": 30}, "font": {"color": colour("text"), "size": 11},
            "hoverlabel": {"font": {"size": 12, "color": colour("text")}, "bgcolor": colour("background"), "bordercolor": colour("border")},
            "uirevision": "keep", "dragmode": "zoom", **more}
