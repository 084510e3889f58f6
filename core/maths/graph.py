"""A formula as a computational graph: values forward, the derivative of each operation on its edges, gradients back.

A variable is one node, however often it is used: it has several edges then, and its gradient is the sum of what comes back along them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from core.maths.rules import differentiate
from core.maths.tree import Binary, Call, Expression, Name, Number, Unary

ARGUMENTS = ("u", "v")
SIGNS = {"*": "×", "-": "−", "/": "÷", "+": "+", "^": "^"}


@dataclass(frozen=True)
class Node:
    """own: the operation on its arguments u and v, or the variable or number itself; children: their numbers in the graph, in order;
    text: what the node stands for, in the normal form of `Expression.text`.
    """

    own: Expression
    children: tuple[int, ...]
    text: str

    @property
    def kind(self) -> str:
        return "operation" if self.children else "variable" if self.own.names() else "number"

    @property
    def sign(self) -> str:
        """What is done, with the number that belongs to it: "×", "× 2", "2 −", "sin"; of a variable or number its text."""
        if not self.children:
            return self.text
        match self.own:
            case Binary(operator, u, v) if not v.names():
                return f"{SIGNS[operator]} {v.text()}"
            case Binary(operator, u, v) if not u.names():
                return f"× {u.text()}" if operator == "*" else f"{u.text()} {SIGNS[operator]}"
            case Binary(operator, _u, _v):
                return SIGNS[operator]
            case Call(function, _arguments):
                return function
        return SIGNS["-"]

    def slope(self, place: int) -> Expression:
        """The derivative of the operation with respect to one of its arguments, in u and v."""
        return differentiate(self.own, ARGUMENTS[place])


@dataclass(frozen=True)
class Edge:
    """From a node to one that uses it. place: as which argument; twin: True for the second edge between the same two nodes."""

    child: int
    parent: int
    place: int
    twin: bool = False


@dataclass(frozen=True)
class Graph:
    """nodes: children before parents, variables first; edges: in the order in which gradients go back along them."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def users(self, node: int) -> tuple[Edge, ...]:
        return tuple(edge for edge in self.edges if edge.child == node)


@dataclass(frozen=True)
class Worked:
    """values: of each node; slopes: of each edge, the local derivative; gradients: of the last node with respect to each node."""

    values: tuple[float, ...]
    slopes: dict[Edge, float]
    gradients: tuple[float, ...]
    came: dict[Edge, float] = field(default_factory=dict)  # what went back along each edge: gradient of its parent × slope


def graph(tree: Expression, *, merged: bool = False, numbers: bool = True) -> Graph:
    """The graph of a formula; its last node is the result.

    merged: equal parts are one node; variables are so in any case. numbers: they are nodes, but for an exponent; otherwise they belong to
    the operation that uses them, and a formula without a variable is a single node.
    """
    names = sorted(tree.names())
    nodes = [Node(Name(name), (), name) for name in names]
    known: dict[Expression, int] = {node.own: k for k, node in enumerate(nodes)}

    def added(part: Expression) -> int:
        if part in known:
            return known[part]
        taken = _taken(part, numbers)
        children = tuple(added(child) for child, takes in zip(part.children, taken, strict=True) if takes)
        free = iter(ARGUMENTS)
        own = part.of(*(Name(next(free)) if takes else child for child, takes in zip(part.children, taken, strict=True)))
        nodes.append(Node(own, children, part.text()))
        if merged:
            known[part] = len(nodes) - 1
        return len(nodes) - 1

    added(tree)
    edges, seen = [], set()
    for parent in reversed(range(len(nodes))):
        for place, child in enumerate(nodes[parent].children):
            edges.append(Edge(child, parent, place, (child, parent) in seen))
            seen.add((child, parent))
    return Graph(tuple(nodes), tuple(edges))


def _taken(part: Expression, numbers: bool) -> tuple[bool, ...]:
    """Which of its children are nodes of their own."""
    match part:
        case Unary("-", Number()):
            return (False,)
        case Binary("^", base, exponent):
            return numbers or bool(base.names()), bool(exponent.names())
    return tuple(numbers or bool(child.names()) for child in part.children)


def forward(found: Graph, variables: Mapping[str, float | np.ndarray], fixed: Mapping[int, np.ndarray] | None = None) -> list[np.ndarray]:
    """Values of all nodes, nan and ±inf where there is none. variables: numbers or arrays; fixed: nodes whose value is given rather than
    computed.
    """
    values: list[np.ndarray] = []
    for k, node in enumerate(found.nodes):
        if fixed is not None and k in fixed:
            values.append(np.asarray(fixed[k], float))
        elif node.kind == "variable":
            values.append(np.asarray(variables[node.text], float))
        else:
            values.append(node.own.evaluate(**_arguments(node, values)))
    return values


def worked(found: Graph, variables: Mapping[str, float]) -> Worked:
    """One pass forward and one back, with nan and ±inf where a value or a slope does not exist."""
    values = forward(found, variables)
    gradients = [0.0] * len(found.nodes)
    gradients[-1] = 1.0
    slopes, came = {}, {}
    for edge in found.edges:
        node = found.nodes[edge.parent]
        still = found.nodes[edge.child].kind == "number"  # it does not move
        slopes[edge] = 0.0 if still else float(node.slope(edge.place).evaluate(**_arguments(node, values)))
        came[edge] = gradients[edge.parent] * slopes[edge]
        gradients[edge.child] += came[edge]
    return Worked(tuple(float(v) for v in values), slopes, tuple(gradients), came)


def _arguments(node: Node, values: list[np.ndarray]) -> dict[str, np.ndarray]:
    return {name: values[child] for name, child in zip(ARGUMENTS, node.children, strict=False)}
