"""A run as an animated GIF: the answer over the plane, epoch by epoch, under the points; made with Pillow alone.

Pictures are drawn in the indices of one palette, which all frames share, so that the colours that carry meaning (of the classes,
of the answer's two ends) are exact and nothing has to be guessed by a quantizer.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from core.export.tables import Row
from core.figures import theme
from core.figures.template import Template
from core.frame import Frame
from core.i18n import _
from core.specs.base import Score

FRAMES, LIMIT = 64, 2_000_000  # pictures and bytes, at most
LEVELS = 24  # shades of the answer; more cannot be told apart and cost bytes
INKS = 16  # greys of the title's letters
HOLD_MS = 1500  # the last picture stays
OVERSAMPLING = 3  # points are drawn this much larger and scaled down, for smooth edges
# Where Chinese is found: Debian and its kin, Windows, macOS. Pillow looks for these names in the system's font folders.
CHINESE = ("NotoSansCJK-Regular.ttc", "NotoSansSC-Regular.otf", "NotoSansCJKsc-Regular.otf", "SourceHanSansSC-Regular.otf",
           "wqy-microhei.ttc", "wqy-zenhei.ttc", "DroidSansFallbackFull.ttf", "msyh.ttc", "simhei.ttf", "simsun.ttc",
           "PingFang.ttc", "Hiragino Sans GB.ttc", "STHeiti Light.ttc", "Arial Unicode.ttf")


def gif(frames: Sequence[Frame], template: Template, rows: Sequence[Row] = (), score: Score | None = None, *, width: int = 400,
        seconds: float = 5.0, stage: Callable[[Template, int], Stage] | None = None) -> bytes:
    """Draw a run's frames as a GIF that plays for ever.

    template: the plane, as `core.figures.plane.surface` makes it, or as another `stage` takes it; score: what the title tells of each
    epoch's row; width: in pixels, 160 to 800, and narrower where the file would have more than 2 MB; seconds: of one turn, without the
    1.5 s that the last picture stays (a browser shows at most 50 pictures a second). Of more than 64 frames 64 are drawn, the first and
    the last among them. ValueError if there is no picture of the plane, or the width does not fit.
    """
    plane = template.bindings[0].source[0]
    shown = [frame for frame in frames if plane in frame.arrays]
    if not shown or not 160 <= width <= 800:
        raise ValueError(f"{len(shown)} of {len(frames)} frames have an array {plane!r}; the width, {width}, is from 160 to 800")
    shown = [shown[round(i)] for i in np.linspace(0, len(shown) - 1, min(len(shown), FRAMES))]
    step = max(round(seconds * 100 / len(shown)), 2) * 10  # a GIF counts in hundredths of a second
    by_epoch = {row["epoch"]: row for row in rows}
    while True:
        drawn = (stage or Stage)(template, width)
        pictures = [drawn.picture(f, title(f.epoch, by_epoch.get(f.epoch, {}), score, drawn.font_size)) for f in shown]
        file = io.BytesIO()
        pictures[0].save(file, "GIF", save_all=True, append_images=pictures[1:], loop=0, optimize=False, disposal=1,
                         duration=[*[step] * (len(pictures) - 1), step + HOLD_MS])
        if file.tell() <= LIMIT or width <= 160:
            return file.getvalue()
        width = max(int(width * min(0.95 * (LIMIT / file.tell()) ** 0.5, 0.95)), 160)


def title(epoch: int, row: Row, score: Score | None, size: int = 16) -> tuple[str, Any]:
    """What stands above a picture and the font that has all of its letters.

    In the session's language if there is such a font, else without words of it: "epoch 12 · 0.94".
    """
    value = row.get(score.metric) if score else None
    number = "" if value is None or score is None else f"{value:.2f}" if score.higher_is_better else f"{value:.3g}"
    name = _(score.label) if score and number else ""
    for text in (" · ".join(filter(None, (_("epoch {epoch:d}", epoch=epoch), f"{name} {number}".strip()))),
                 " · ".join(filter(None, (f"epoch {epoch}", number)))):
        found = next((font for font in fonts(size) if covers(font, text)), None)
        if found is not None:
            return text, found
    raise AssertionError("Pillow’s own font has all letters of the last text")


@cache
def fonts(size: int) -> list[Any]:
    """Pillow's own font, which has Latin letters only, and the first font of this computer that has Chinese."""
    found: list[Any] = [ImageFont.load_default(size)]
    for name in CHINESE:
        try:
            faces = [ImageFont.truetype(name, size)]
            if name == CHINESE[0]:  # Japanese comes first in this file, with letters of another shape
                faces = [face for i in range(1, 5) if "SC" in str((face := ImageFont.truetype(name, size, index=i)).getname()[0])] + faces
        except OSError:
            continue
        if covers(faces[0], "轮验证"):
            return [*found, faces[0]]
    return found


def covers(font: Any, text: str) -> bool:
    """True if the font has every letter of a text: what it lacks it draws as one and the same box."""
    def drawn(letter: str) -> tuple[Any, bytes]:
        mask = font.getmask(letter)
        return mask.size, bytes(mask)

    box = drawn("\U0010fffd")
    return all(letter == " " or drawn(letter) != box for letter in set(text))


class Stage:
    """All that stays from picture to picture: the palette, the points, and where the plane stands."""

    fine = OVERSAMPLING

    def __init__(self, template: Template, width: int) -> None:
        figure = theme.resolve(template.figure)
        self.surface, self.binding, layout = figure["data"][0], template.bindings[0], figure["layout"]
        self.span = [*layout["xaxis"]["range"], *layout["yaxis"]["range"]]  # left, right, bottom, top
        self.pad, self.font_size = round(width * 0.02), max(round(width * 0.038), 11)
        self.top = round(self.font_size * 1.9)
        self.side, self.width = width - 2 * self.pad, width
        dots, fills = self._dots(figure["data"][1:])
        self.classes = len(self.binding.options["classes"]) if len(self.binding.source) > 1 else 1
        ink, paper = np.array(_rgb(theme.LIGHT["text"])), np.array(_rgb(theme.LIGHT["background"]))
        opacity = self.surface.get("opacity", 1.0)
        self.levels = LEVELS if self.classes < 6 else LEVELS // 2
        at = (np.arange(self.classes)[:, None] + np.linspace(1e-6, 1 - 1e-6, self.levels)) / self.classes  # not on a class's border
        answers = opacity * _scaled(self.surface["colorscale"], at.ravel()) + (1 - opacity) * paper
        inks = np.linspace(paper, ink, INKS)
        marks = np.array(list(dict.fromkeys(map(_rgb, fills))) or [(0, 0, 0)])
        marks = marks[np.linspace(0, len(marks) - 1, min(len(marks), 240 - len(answers) - INKS)).round().astype(int)]
        self.palette = np.vstack([answers, inks, marks]).round().clip(0, 255).astype(np.uint8)  # never all 256: Pillow needs one
        cube = np.stack(np.meshgrid(*[np.arange(4, 256, 8)] * 3, indexing="ij"), -1).reshape(-1, 3)
        self.nearest = _nearest(cube, self.palette)
        self._place(dots)

    def _dots(self, traces: Sequence[dict[str, Any]]) -> tuple[np.ndarray, list[str]]:
        """The points of these traces, (side, side, 4), and their colours."""
        points = Image.new("RGBA", (self.side * self.fine,) * 2)
        fills: list[str] = []
        for trace in traces:
            fills += self._points(ImageDraw.Draw(points), trace)
        return np.asarray(points.resize((self.side, self.side), Image.Resampling.BOX), np.float32), fills  # premultiplied within

    def _place(self, dots: np.ndarray) -> None:
        """Remember where points are, in the palette's colours."""
        alpha = dots[..., 3] / 255
        self.solid, self.edge = alpha > 0.99, (alpha > 0.02) & (alpha <= 0.99)
        self.solid_index = _nearest(dots[self.solid][:, :3], self.palette)
        self.edge_alpha, self.edge_colour = alpha[self.edge][:, None], dots[self.edge][:, :3]

    def picture(self, frame: Frame, titled: tuple[str, Any]) -> Image.Image:
        """One frame: the title, the answer and the points."""
        plane = self._answer(frame)
        mixed = self.palette[plane[self.edge]] * (1 - self.edge_alpha) + self.edge_colour * self.edge_alpha
        cells = mixed.astype(np.int32) >> 3
        plane[self.edge] = self.nearest[cells[:, 0] << 10 | cells[:, 1] << 5 | cells[:, 2]]
        plane[self.solid] = self.solid_index
        written = Image.new("L", (self.width, self.top))
        text, font = titled
        ImageDraw.Draw(written).text((self.pad, self.top / 2), text, 255, font=font, anchor="lm")
        first_ink = self.classes * self.levels
        whole = np.full((self.top + self.side + self.pad, self.width), first_ink, np.uint8)  # paper
        whole[:self.top] = first_ink + np.asarray(written, np.int32) * (INKS - 1) // 255
        whole[self.top:self.top + self.side, self.pad:self.pad + self.side] = plane
        picture = Image.fromarray(whole)
        picture.putpalette(self.palette.tobytes())  # makes it a picture of indices
        return picture

    def _shades(self, frame: Frame) -> np.ndarray:
        """The answer at the places where it is known, from 0 to 255, or as classes: (rows, columns), row 0 at the bottom."""
        return frame.arrays[self.binding.source[0]]

    def _answer(self, frame: Frame) -> np.ndarray:
        """The answer at every pixel, as an index of the palette: (side, side) uint8, row 0 at the top."""
        z = self._shades(frame)
        x0, dx, y0, dy = (self.surface[name] for name in ("x0", "dx", "y0", "dy"))
        left, right, bottom, top = self.span
        middle = (np.arange(self.side) + 0.5) / self.side
        across = np.clip((left + middle * (right - left) - x0) / dx, 0, z.shape[1] - 1)
        down = np.clip((top - middle * (top - bottom) - y0) / dy, 0, z.shape[0] - 1)
        if not self.surface["zsmooth"]:
            across, down = across.round().astype(int), down.round().astype(int)
            z = z[np.ix_(down, across)]
            if self.classes > 1:
                share = frame.arrays[self.binding.source[1]][np.ix_(down, across)] / 256
                return (z * self.levels + (share * self.levels).astype(int)).astype(np.uint8)
        else:
            z = _between(down, z.shape[0]) @ z @ _between(across, z.shape[1]).T
        return (z / 255 * (self.levels - 1)).round().astype(np.uint8)

    def _points(self, draw: ImageDraw.ImageDraw, trace: dict[str, Any]) -> list[str]:
        """Draw a trace's points; returns their colours."""
        marker, scale = trace["marker"], self.side * self.fine
        left, right, bottom, top = self.span
        radius = scale * marker["size"] / 2 / 290  # as large beside the plane as on the page
        line = max(round(scale * marker["line"]["width"] / 290), 1)
        colours = marker["color"]
        if not isinstance(colours, str):
            share = (np.asarray(colours, float) - marker["cmin"]) / (marker["cmax"] - marker["cmin"])
            steps = (share.clip(0, 1) * 32).round() / 32
            colours = [f"#{r:02X}{g:02X}{b:02X}" for r, g, b in _scaled(marker["colorscale"], steps).round().astype(int)]
        else:
            colours = [colours] * len(trace["x"])
        for x, y, fill in zip(trace["x"], trace["y"], colours, strict=True):
            centre = ((x - left) / (right - left) * scale, (top - y) / (top - bottom) * scale)
            _symbol(draw, marker["symbol"], centre, radius, fill, marker["line"]["color"], line)
        return sorted({*(colours or [marker["color"]]), marker["line"]["color"]}) if isinstance(marker["color"], str) or colours else []


def _symbol(draw: ImageDraw.ImageDraw, name: str, centre: tuple[float, float], r: float, fill: str, ring: str, line: int) -> None:
    """One of `theme.CLASS_SYMBOLS`, about as large as Plotly draws it."""
    x, y = centre
    if name == "circle":
        draw.ellipse((x - r, y - r, x + r, y + r), fill, ring, line)
        return
    corners = [(x + r * a, y + r * b) for a, b in outline(name)]
    draw.polygon(corners, fill)
    draw.line([*corners, *corners[:2]], ring, line, joint="curve")


@cache
def outline(name: str) -> tuple[tuple[float, float], ...]:
    """The corners of a symbol of radius 1, y downwards. KeyError for one that is not in the theme."""
    def wheel(corners: int, turn: float = 0.0, size: float = 1.0, inner: float = 0.0) -> tuple[tuple[float, float], ...]:
        n = corners * (2 if inner else 1)
        radii = [size * (inner if inner and i % 2 else 1) for i in range(n)]
        return tuple((r * math.sin(turn + 2 * math.pi * i / n), -r * math.cos(turn + 2 * math.pi * i / n)) for i, r in enumerate(radii))

    t = 0.4  # half an arm of the cross
    cross = ((-t, -1.2), (t, -1.2), (t, -t), (1.2, -t), (1.2, t), (t, t), (t, 1.2), (-t, 1.2), (-t, t), (-1.2, t), (-1.2, -t), (-t, -t))
    q = math.sqrt(0.5)
    return {"square": wheel(4, math.pi / 4, 1.35), "diamond": wheel(4, 0, 1.3), "triangle-up": wheel(3, 0, 1.3),
            "triangle-down": wheel(3, math.pi, 1.3), "cross": cross, "x": tuple(((a - b) * q, (a + b) * q) for a, b in cross),
            "star": wheel(5, 0, 1.4, 0.42), "pentagon": wheel(5, 0, 1.1), "hexagon2": wheel(6, math.pi / 6, 1.1)}[name]


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _scaled(scale: Sequence[Sequence[Any]], at: np.ndarray) -> np.ndarray:
    """The colours of a resolved colour scale at numbers from 0 to 1: (n,) -> (n, 3)."""
    stops, colours = [stop for stop, _colour in scale], np.array([_rgb(colour) for _stop, colour in scale], float)
    return np.stack([np.interp(at, stops, colours[:, i]) for i in range(3)], -1)


def _nearest(colours: np.ndarray, palette: np.ndarray) -> np.ndarray:
    """The index of the palette's nearest colour: (n, 3) -> (n,) uint8."""
    inks = palette.astype(np.float32)
    return np.argmin((inks**2).sum(1) - 2 * colours.astype(np.float32) @ inks.T, 1).astype(np.uint8)


def _between(at: np.ndarray, n: int) -> np.ndarray:
    """The matrix (len(at), n) that takes n values to places between them."""
    low = np.minimum(at.astype(int), n - 2)
    weights = np.zeros((len(at), n), np.float32)
    weights[np.arange(len(at)), low + 1] = at - low
    weights[np.arange(len(at)), low] += 1 - (at - low)
    return weights
