"""How each cell is wired, for drawing: wires with what flows in them, knots where numbers meet, and the places of their values.

The plane is 100 wide and 62 high, y pointing up. Names of values are those of `walk.Walk.flow`.
"""

from __future__ import annotations

from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True)
class Wire:
    """path: its corners; value: what flows in it, "" for a thin line that only brings inputs; belt: it lies on the conveyor belt; arrow:
    whether it ends in an arrowhead."""

    value: str
    path: tuple[Point, ...]
    belt: bool = False
    arrow: bool = True


@dataclass(frozen=True)
class Knot:
    """A place where something is done. text: "×", "+", "tanh", or the name of a gate or candidate (a box, with what bends it in
    `bend`); value: what comes out of a box, which colours it."""

    at: Point
    text: str
    value: str = ""
    bend: str = ""


@dataclass(frozen=True)
class Label:
    """A number beside its wire. name: what is written before it, in a wide picture; side: of the place, as Plotly names it."""

    at: Point
    value: str
    name: str = ""
    side: str = "middle right"


@dataclass(frozen=True)
class Plan:
    wires: tuple[Wire, ...]
    knots: tuple[Knot, ...]
    labels: tuple[Label, ...]
    ends: tuple[tuple[Point, str], ...]  # values that come in and go out, in a plate each

    @property
    def boxes(self) -> tuple[Knot, ...]:
        return tuple(knot for knot in self.knots if knot.value)


BELT = 54
LSTM = Plan(
    wires=(
        Wire("", ((4, 8), (70, 8)), arrow=False), Wire("", ((13, 0), (13, 8)), arrow=False),
        *(Wire("", ((x, 8), (x, 18))) for x in (24, 40, 54, 70)),
        Wire("cₜ₋₁", ((7, BELT), (24, BELT)), belt=True), Wire("f·cₜ₋₁", ((24, BELT), (47, BELT)), belt=True),
        Wire("c", ((47, BELT), (92, BELT)), belt=True),
        Wire("f", ((24, 26), (24, 51))), Wire("i", ((40, 26), (40, 39), (44.5, 39))), Wire("g", ((54, 26), (54, 39), (49.5, 39))),
        Wire("i·g", ((47, 42), (47, 51))), Wire("c", ((82, BELT), (82, 43))), Wire("tanh c", ((82, 37), (82, 25))),
        Wire("o", ((73, 22), (79.5, 22))), Wire("h", ((82, 19), (82, 8), (92, 8)))),
    knots=(Knot((24, BELT), "×"), Knot((47, BELT), "+"), Knot((47, 39), "×"), Knot((82, 22), "×"), Knot((82, 40), "tanh"),
           Knot((24, 22), "f", "f", "σ"), Knot((40, 22), "i", "i", "σ"), Knot((54, 22), "g", "g", "tanh"), Knot((70, 22), "o", "o", "σ")),
    labels=(Label((25.4, 43), "f", "f = "), Label((39, 32), "i", "i = ", "middle left"), Label((55, 32), "g", "g = "),
            Label((70, 30.5), "o", "o = ", "middle center"), Label((35.5, 59.5), "f·cₜ₋₁", "f·cₜ₋₁ = ", "middle center"),
            Label((48.3, 46.5), "i·g", "i·g = "), Label((83.5, 31), "tanh c")),
    ends=(((4, BELT), "cₜ₋₁"), ((96, BELT), "c"), ((4, 8), "hₜ₋₁"), ((96, 8), "h"), ((13, -2), "x")))

GRU = Plan(
    wires=(
        Wire("hₜ₋₁", ((7, BELT), (66, BELT)), belt=True), Wire("z·hₜ₋₁", ((66, BELT), (86, BELT)), belt=True),
        Wire("h", ((86, BELT), (92, BELT)), belt=True),
        Wire("", ((20, 4), (20, 14))), Wire("", ((46, 4), (46, 14))), Wire("", ((66, 27), (66, 33))),
        Wire("q", ((33, BELT), (33, 41))), Wire("r", ((20, 22), (20, 38), (30.5, 38))), Wire("r·q", ((33, 35), (33, 18), (42.5, 18))),
        Wire("z", ((66, 41), (66, 51))), Wire("1−z", ((69.5, 37), (83.5, 37))), Wire("g", ((49.5, 18), (86, 18), (86, 34))),
        Wire("(1−z)·g", ((86, 40), (86, 51)))),
    knots=(Knot((66, BELT), "×"), Knot((86, BELT), "+"), Knot((33, 38), "×"), Knot((86, 37), "×"),
           Knot((20, 18), "r", "r", "σ"), Knot((46, 18), "g", "g", "tanh"), Knot((66, 37), "z", "z", "σ")),
    labels=(Label((19, 30), "r", "r = ", "middle left"), Label((34.3, 46.5), "q", "U·hₜ₋₁ + b₁ = "), Label((34.3, 27), "r·q"),
            Label((67.3, 47), "z", "z = "), Label((77.5, 41.5), "1−z", "1−z = ", "middle center"),
            Label((62, 13.5), "g", "g = ", "middle center"), Label((87.3, 46), "(1−z)·g"),
            Label((76, 59.5), "z·hₜ₋₁", "z·hₜ₋₁ = ", "middle center")),
    ends=(((4, BELT), "hₜ₋₁"), ((96, BELT), "h"), ((4, 8), "x")))

RNN = Plan(
    wires=(
        Wire("u·hₜ₋₁", ((8, 30), (38.5, 30))), Wire("w·x", ((42, 4), (42, 26))), Wire("b", ((42, 54), (42, 34))),
        Wire("sum", ((45.5, 30), (63, 30))), Wire("h", ((71, 30), (91, 30)))),
    knots=(Knot((42, 30), "+"), Knot((67, 30), "h", "h", "tanh")),
    labels=(Label((24, 35), "u·hₜ₋₁", "U·hₜ₋₁ = ", "middle center"), Label((43.5, 14), "w·x", "W·x = "), Label((43.5, 46), "b", "b = "),
            Label((54, 35), "sum", "", "middle center")),
    ends=(((5, 30), "hₜ₋₁"), ((95, 30), "h"), ((42, 0), "x")))

PLANS = {"lstm": LSTM, "gru": GRU, "rnn": RNN}
STUBS = {"lstm": (), "gru": (((20, 1.5), "x, hₜ₋₁"), ((46, 1.5), "x"), ((66, 24.5), "x, hₜ₋₁")), "rnn": ()}  # what thin lines bring
