"""Heights over a grid as triangles, against SciPy's interpolation over the same ones."""

import json

import numpy as np
import pytest
from scipy.interpolate import LinearNDInterpolator
from scipy.spatial import Delaunay

from core.figures.nets import height_on, level_lines, mesh, triangles
from core.figures.values import numbers
from tests.conftest import slow_after


def random_grid(seed):
    rng = np.random.default_rng(seed)
    x, y = np.linspace(-1, 2, rng.integers(3, 9)), np.linspace(0, 1, rng.integers(3, 9))
    return rng, x, y, rng.normal(size=(len(y), len(x)))


def over(x, y, z, points):
    """SciPy's heights: over each triangle of the net a plane, points in none of them nan."""
    across, up = (part.ravel() for part in np.meshgrid(x, y))
    found = np.full(len(points), np.nan)
    for corners in triangles(*z.shape):
        plane = LinearNDInterpolator(Delaunay(np.stack([across[corners], up[corners]], axis=1)), z.ravel()[corners])(points)
        found = np.where(np.isnan(found), plane, found)
    return found


@pytest.mark.parametrize("seed", slow_after(range(6), 2))
def test_heights_on_a_net_and_its_level_lines_are_scipys(seed):
    rng, x, y, z = random_grid(seed)
    points = np.stack([rng.uniform(-1, 2, 60), rng.uniform(0, 1, 60)], axis=1)
    np.testing.assert_allclose(height_on(x, y, z, points), over(x, y, z, points), atol=1e-2)  # the last cell is a thousandth short
    level = float(np.median(z))
    line = np.array(level_lines(x, y, z, [level]), dtype=float)
    line = line[:, np.isfinite(line[0])]
    assert line.shape[1] and (line[2] == pytest.approx(level, rel=1e-3, abs=1e-6))
    on = over(x, y, z, np.clip(line[:2].T, [-1, 0], [2, 1]))
    assert np.nanmax(np.abs(on - level)) < 5e-3 * np.ptp(z) and np.isfinite(on).mean() > 0.7


def test_a_net_has_holes_where_there_is_no_height():
    _rng, x, y, z = random_grid(0)
    z[1, 1] = np.nan
    trace = mesh(x, y, z, colorscale=[[0, "a"], [1, "b"]])
    hole = 1 * len(x) + 1
    assert all(hole not in trace[name] for name in "ijk") and trace["intensity"] == trace["z"]
    json.dumps(trace, allow_nan=False)
    assert "intensity" not in mesh(x, y, z)


def test_numbers_keep_their_digits_and_gaps():
    rng = np.random.default_rng(3)
    values = rng.normal(size=(4, 5)) * 10.0 ** rng.integers(-12, 12, size=(4, 5))
    for row, wanted in zip(numbers(values, 4), values, strict=True):
        assert row == pytest.approx([float(f"{v:.4g}") for v in wanted], rel=1e-12)
    assert numbers([0.0, np.nan, np.inf, -1.23456789]) == [0.0, None, None, -1.2346]


def test_where_lines_would_be_many_some_heights_have_none():
    x = np.linspace(-2, 2, 41)
    z = np.sin(10 * x) * np.sin(10 * x[:, None])
    levels = np.linspace(-0.8, 0.8, 11)
    every, few, one = (level_lines(x, x, z, levels, most) for most in (np.inf, 4000, 1))
    heights = [sorted({h for h in lines[2] if h is not None}) for lines in (every, few, one)]
    assert len(heights[0]) == 11 and 1 < len(heights[1]) < 11 and set(heights[1]) < set(heights[0])
    assert len(few[0]) == len(few[1]) == len(few[2]) <= 4000 < len(every[0])
    np.testing.assert_allclose(heights[1], -np.array(heights[1])[::-1])  # spread evenly
    assert heights[2] == [0]
    assert level_lines(x, x, z, []) == ([], [], []) and level_lines(x, x, z, levels, len(every[0])) == every
