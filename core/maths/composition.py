"""A formula as a computational graph: its values forwards, its local derivatives on every edge, and these multiplied back.

Equal parts are one node, constants are none: they belong to the operation that uses them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.maths.rules import differentiate
from core.maths.tree import Binary, Call, Expression, Name, Unary


@dataclass(frozen=True)
class Node:
    """One operation. label: what is done, such as "× 2" or "sin"; inputs: places of the nodes that it takes, in the graph's order."""

    part: Expression
    label: str
    inputs: tuple[int, ...]
    depth: int  # how many operations lie between it and the variables


@dataclass(frozen=True)
class Edge:
    """From an input to the node that takes it; slot: as which of its arguments."""

    start: int
    end: int
    slot: int


@dataclass(frozen=True)
class Graph:
    """Nodes in the order in which they are worked out; the last one is the result."""

    nodes: tuple[Node, ...]

    @property
    def edges(self) -> tuple[Edge, ...]:
        return tuple(Edge(start, end, slot) for end, node in enumerate(self.nodes) for slot, start in enumerate(node.inputs))

    def values(self, **at: float) -> list[float]:
        """Forwards: the value of every node."""
        return [float(node.part.evaluate(**{n: at[n] for n in node.part.names()})) for node in self.nodes]

    def locals(self, **at: float) -> list[float]:
        """The derivative of every edge's end by its start, all else held, in the order of `edges`."""
        values = self.values(**at)
        return [_local(self.nodes[edge.end], edge.slot, [values[i] for i in self.nodes[edge.end].inputs]) for edge in self.edges]

    def gradients(self, **at: float) -> list[float]:
        """Backwards: the derivative of the result by every node; where ways meet, their products are added."""
        found = [0.0] * len(self.nodes)
        found[-1] = 1.0
        for edge, local in reversed(list(zip(self.edges, self.locals(**at), strict=True))):
            found[edge.start] += local * found[edge.end]
        return found


def graph(tree: Expression) -> Graph:
    """The graph of a formula. A constant formula is one node."""
    nodes: list[Node] = []
    places: dict[Expression, int] = {}

    def visit(part: Expression) -> int:
        if part in places:
            return places[part]
        inputs = tuple(visit(child) for child in part.children if child.names())
        depth = 1 + max(nodes[i].depth for i in inputs) if inputs else 0
        nodes.append(Node(part, _label(part), inputs, depth))
        places[part] = len(nodes) - 1
        return places[part]

    visit(tree)
    return Graph(tuple(nodes))


SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷", "^": "^"}


def _label(part: Expression) -> str:
    match part:
        case Unary():
            return "−"
        case Binary(operator, u, v) if not u.names() or not v.names():
            if v.names():
                return f"{u.text()} {SIGNS[operator]}" if operator != "*" else f"× {u.text()}"
            return f"{SIGNS[operator]} {v.text()}"
        case Binary(operator, _, _):
            return SIGNS[operator]
        case Call(function, _):
            return function
    return part.text()


def _local(node: Node, slot: int, inputs: list[float]) -> float:
    """The derivative of one operation by one of its inputs: by rule, the inputs taken as variables."""
    names = [f"i{k}" for k in range(len(inputs))]
    free = iter(names)
    parts = [Name(next(free)) if child.names() else child for child in node.part.children]
    match node.part:
        case Unary(operator, _):
            alone: Expression = Unary(operator, parts[0])
        case Binary(operator, _, _):
            alone = Binary(operator, parts[0], parts[1])
        case Call(function, _):
            alone = Call(function, tuple(parts))
        case _:
            raise TypeError(f"{node.part!r} has no inputs")
    values: dict[str, Any] = dict(zip(names, inputs, strict=True))
    slope = differentiate(alone, names[slot])
    return float(slope.evaluate(**{n: values[n] for n in slope.names()}))


def substituted(tree: Expression, name: str, instead: Expression) -> Expression:
    """The formula with something else in the place of a variable."""
    match tree:
        case Name(id):
            return instead if id == name else tree
        case Unary(operator, u):
            return Unary(operator, substituted(u, name, instead))
        case Binary(operator, u, v):
            return Binary(operator, substituted(u, name, instead), substituted(v, name, instead))
        case Call(function, arguments):
            return Call(function, tuple(substituted(a, name, instead) for a in arguments))
    return tree
