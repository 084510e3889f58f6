"""What the board in the browser is told: numbers as a person reads them, places that belong to figures, and only what JSON can say."""

import math

import pytest

from core.figures.board import Film, Handle, Picture, Press, Scene, Track, board_json, figure, readable
from core.figures.theme import axis, layout


def plot(name="f", title="t", **more):
    line = {"type": "scatter", "x": [0, 1], "y": [0, 1]}
    return figure(name, [line], layout(xaxis=axis("x"), yaxis=axis("y")), title=title, alt="a", **more)


@pytest.mark.parametrize("text, shown", [
    ("-3 and (-0.5), -.5", "−3 and (−0.5), −.5"), ("8.6e-05", "8.6·10⁻⁵"), ("1e+06 or 2e3", "1·10⁶ or 2·10³"), ("-2e-10", "−2·10⁻¹⁰"),
    ("3-4-3-2", "3-4-3-2"), ("x-1, well-known, e-5", "x-1, well-known, e-5"), ("2025-01-02", "2025-01-02"), ("9e", "9e")])
def test_numbers_are_as_in_a_book(text, shown):
    assert readable(text) == shown
    assert plot(title=text).title == shown


def test_a_film_s_words_are_readable_too():
    film = Film(("at -1", "at 2"), (Track("f", 0, {"x": [[0], [1]]}),), {"f": ["-1", "2"]})
    told = board_json(Picture((plot(),), film=film))["film"]
    assert told["labels"][0] == "at −1" and told["titles"]["f"] == ["−1", "2"]


def test_bounds_without_end_are_none_and_what_is_dragged_is_not_zoomed():
    told = board_json(Picture((plot(), plot("g")), (Handle("h", "f", "h", (0, 0), ("a", "b"), ((-math.inf, 2), (0, math.inf))),)))
    assert told["handles"][0]["bounds"] == [[None, 2], [0, None]]
    assert [t["figure"]["layout"]["dragmode"] for t in told["figures"]] == [False, "zoom"]


@pytest.mark.parametrize("part", [
    {"handles": (Handle("h", "nowhere", "h", (0, 0), ("a", "b")),)}, {"presses": (Press("nowhere", "a", ()),)},
    {"film": Film(("1", "2"), (Track("nowhere", 0),))}, {"film": Film(("1", "2"), (Track("f", 7),))}])
def test_a_part_without_its_figure_is_an_error(part):
    with pytest.raises(ValueError, match="nowhere|trace 7"):
        board_json(Picture((plot(),), **part))


def test_a_handle_on_a_rail_has_one_field_and_a_scene_five_controls_at_most():
    with pytest.raises(ValueError, match="two"):
        Handle("h", "f", "h", (0, 0), ("a", "b"), rail=((0, 0, 0), (1, 1, 1)))
    with pytest.raises(ValueError, match="five"):
        Scene("s", "S", "look", tuple("abcdef"), lambda spec: Picture(()), lambda spec: "")
