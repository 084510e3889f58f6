"""A run of two networks in the plane as pictures: they open, and what lies where is what the arrays say."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageSequence

from core.export import clouds
from core.figures import theme
from core.figures.gan import figures
from core.frame import Frame
from core.specs.gan import GanSpec, GanView

BOUND = 3.0
SPEC = GanSpec(dataset="ring8")


def arena(**view: Any) -> Any:
    return figures(SPEC, GanView(**view))[0]


def frame(epoch: int, real: Any, fake: Any, surface: Any = 0.5) -> Frame:
    arrays = {"real": np.array(real, np.float32).reshape(-1, 2), "fake": np.array(fake, np.float32).reshape(-1, 2),
              "surface": np.broadcast_to(np.asarray(surface, np.float16), (40, 40)).copy()}
    return Frame(epoch, epoch, 0.0, [], arrays)


def plane(image: Image.Image) -> np.ndarray:
    """The square below the title: (side, side, 3)."""
    width = image.width
    pad = round(width * 0.02)
    top = image.height - (width - 2 * pad) - pad
    return np.asarray(image.convert("RGB"), int)[top:top + width - 2 * pad, pad:width - pad]


def at(square: np.ndarray, place: Any) -> np.ndarray:
    """The colour at a place of the plane."""
    side = len(square)
    x, y = place
    return square[int((BOUND - y) / (2 * BOUND) * side), int((x + BOUND) / (2 * BOUND) * side)]


def colour(token: str) -> np.ndarray:
    return np.array([int(theme.LIGHT[token][i:i + 2], 16) for i in (1, 3, 5)])


def apart(rng: np.random.Generator, n: int) -> np.ndarray:
    """n places of which no two are near each other."""
    line = np.linspace(-2.6, 2.6, 12)
    grid = np.stack(np.meshgrid(line, line), -1).reshape(-1, 2)
    return grid[rng.permutation(len(grid))[:n]] + rng.uniform(-0.05, 0.05, (n, 2))


@pytest.mark.parametrize("shown", [("surface", "grid", "real", "fake", "arrows"), ("grid",)])
def test_a_png_has_every_point_where_the_arrays_say_whatever_the_page_shows(shown: tuple[str, ...]) -> None:
    places = apart(np.random.default_rng(4), 80)
    image = Image.open(io.BytesIO(clouds.png(frame(7, places[:50], places[50:]), arena(shown=shown), [{"epoch": 7, "distance": 0.31}],
                                             SPEC.score)))
    assert image.format == "PNG" and image.width == clouds.WIDTH
    square = plane(image)
    for places_of, token in ((places[:50], "point1"), (places[50:], "point0")):
        found = np.array([at(square, place) for place in places_of])
        np.testing.assert_array_equal(found, np.broadcast_to(colour(token), found.shape))
    empty = at(square, (0.0, 0.0) if np.abs(places).sum(1).min() > 0.3 else (2.95, 2.95))
    assert np.abs(empty - (0.55 * colour("middle") + 0.45 * 255)).max() <= 6  # a verdict of one half


def test_the_shading_is_the_verdict_and_low_is_below() -> None:
    surface = np.repeat(np.linspace(0, 1, 40)[:, None], 40, 1)  # row 0, at the lowest x₂, is certainly fake
    square = plane(Image.open(io.BytesIO(clouds.png(frame(0, [], [], surface), arena()))))
    for y, token in ((-2.98, "negative"), (2.98, "positive")):
        assert np.abs(at(square, (1.0, y)) - (0.55 * colour(token) + 0.45 * 255)).max() <= 8
    critic = figures(SPEC.changed(loss="wgan_gp"), GanView())[0]  # from the least score to the greatest
    scored = plane(Image.open(io.BytesIO(clouds.png(frame(0, [], [], 30 * surface - 90), critic))))
    np.testing.assert_allclose(scored, square, atol=13)  # one shade: half precision


def test_a_film_has_a_picture_a_frame_and_the_fakes_move() -> None:
    real, ways = [[-2.0, 2.0]], np.stack([np.linspace(-2.5, 2.5, 9), np.linspace(-2.5, 0.4, 9)], 1)
    frames = [frame(epoch, real, [way], np.full((40, 40), epoch / 8)) for epoch, way in enumerate(ways)]
    data = clouds.gif(frames, arena(), [{"epoch": e, "distance": 1.0} for e in range(9)], SPEC.score)
    film = Image.open(io.BytesIO(data))
    assert film.format == "GIF" and film.n_frames == 9 and film.info["loop"] == 0
    shots = [plane(shot.convert("RGB")) for shot in ImageSequence.Iterator(film)]
    for i, shot in enumerate(shots):
        np.testing.assert_array_equal(at(shot, ways[i]), colour("point0"))
        np.testing.assert_array_equal(at(shot, real[0]), colour("point1"))
        if i > 1:
            assert (at(shot, ways[i - 2]) != colour("point0")).any()
    assert at(shots[-1], (0, -2.5))[2] > at(shots[0], (0, -2.5))[2]  # bluer: taken for real
    many = Image.open(io.BytesIO(clouds.gif([frame(e, real, [[0.0, 0.0]]) for e in range(200)], arena())))
    assert many.n_frames <= 64
    with pytest.raises(ValueError, match="surface"):
        clouds.gif([Frame(0, 0, 0.0, [], {"real": np.zeros((1, 2))})], arena())


def test_points_that_lie_nowhere_or_far_away_and_a_verdict_that_is_none_are_left_out() -> None:
    gone = frame(3, [[0.5, 0.5]], [[np.nan, 0], [np.inf, 1], [1e30, -1e30], [-1.0, -1.0]], np.full((40, 40), np.nan))
    square = plane(Image.open(io.BytesIO(clouds.png(gone, arena()))))
    np.testing.assert_array_equal(at(square, (-1, -1)), colour("point0"))
    np.testing.assert_array_equal(at(square, (0.5, 0.5)), colour("point1"))
