"""A typed expression as a graph: every variable one node, however often it is used; values forward, gradients back.

A variable that stands in several places has several edges, and its gradient is the sum of what comes back along them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice, permutations

import numpy as np

from core.frame import Message, Trouble
from core.i18n import N_
from core.maths.expressions import parse
from core.maths.rules import differentiate
from core.maths.tree import CONSTANTS, Binary, Call, Expression, Name, Number, Unary

VARIABLES = ("x", "y", "z")
MOST = 14  # nodes: more are not to be read
ARGUMENTS = ("u", "v")
SIGNS = {"*": "×", "-": "−", "/": "÷", "+": "+"}


@dataclass(frozen=True)
class Node:
    """A node. own: the operation on its arguments u and v, or the variable or number itself; children: their numbers, in order;
    sign: how it is drawn; text: what it stands for, in the normal form of `Expression.text`.
    """

    own: Expression
    children: tuple[int, ...]
    sign: str
    text: str

    @property
    def kind(self) -> str:
        return "operation" if self.children else "number" if isinstance(self.own, Number) or self.text in CONSTANTS else "variable"

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


@lru_cache(maxsize=256)
def graph(text: str) -> Graph:
    """The graph of what was typed. Trouble if it is no formula of x, y and z, has no variable, or has too many nodes."""
    tree = parse(text, VARIABLES)
    used = [name for name in VARIABLES if name in tree.names()]
    if not used:
        raise Trouble(Message(N_("There is no variable in it. Write x, y or z somewhere, as in {example}."),
                              {"example": "(x + y) * z + x"}))
    nodes = [Node(Name(name), (), name, name) for name in used]

    def added(node: Expression) -> int:
        match node:
            case Name(id) if id in VARIABLES:
                return used.index(id)
            case Name(id):
                nodes.append(Node(node, (), "π" if id == "pi" else id, id))
            case Number():
                nodes.append(Node(node, (), node.text(), node.text()))
            case Unary("-", Number()):
                nodes.append(Node(node, (), node.text().replace("-", "−"), node.text()))
            case Binary("^", base, exponent) if not exponent.names():
                child = added(base)
                nodes.append(Node(Binary("^", Name("u"), exponent), (child,), f"^{exponent.text()}".replace("-", "−"), node.text()))
            case _:
                children = tuple(added(child) for child in node.children)
                own, sign = _operation(node)
                nodes.append(Node(own, children, sign, node.text()))
        if len(nodes) > MOST:
            raise Trouble(Message(N_("As a graph this has more than {most} nodes, too many to read. Type a shorter expression."),
                                  {"most": MOST}))
        return len(nodes) - 1

    last = added(tree)
    if last != len(nodes) - 1 or not nodes[last].children:
        raise Trouble(Message(N_("“{text}” alone is no graph: do something with it, as in {example}."),
                              {"text": text[:20], "example": "x * y + x"}))
    edges, seen = [], set()
    for parent in reversed(range(len(nodes))):
        for place, child in enumerate(nodes[parent].children):
            edges.append(Edge(child, parent, place, (child, parent) in seen))
            seen.add((child, parent))
    return Graph(tuple(nodes), tuple(edges))


def _operation(node: Expression) -> tuple[Expression, str]:
    match node:
        case Unary(_, _u):
            return Unary("-", Name("u")), "−"
        case Binary(operator, _u, _v):
            return Binary(operator, Name("u"), Name("v")), SIGNS.get(operator, operator)
        case Call(function, arguments):
            return Call(function, tuple(Name(name) for name, _a in zip(ARGUMENTS, arguments, strict=False))), function
    raise TypeError(f"{node!r} is no operation")


def worked(found: Graph, variables: Mapping[str, float]) -> Worked:
    """One pass forward and one back. Trouble where a value or a slope does not exist at these numbers."""
    values = forward(found, variables)
    for node, value in zip(found.nodes, values, strict=True):
        if not np.isfinite(value):
            raise Trouble(Message(N_("{text} has no value at these numbers. Move x, y or z, or type another expression."),
                                  {"text": node.text[:40]}))
    gradients = [0.0] * len(found.nodes)
    gradients[-1] = 1.0
    slopes, came = {}, {}
    for edge in found.edges:
        node = found.nodes[edge.parent]
        arguments = {name: values[child] for name, child in zip(ARGUMENTS, node.children, strict=False)}
        if found.nodes[edge.child].kind == "number":
            slope = 0.0  # it does not move
        else:
            slope = float(node.slope(edge.place).evaluate(**arguments))
        if not np.isfinite(slope):
            raise Trouble(Message(N_("{text} has no slope at these numbers. Move x, y or z, or type another expression."),
                                  {"text": node.text[:40]}))
        slopes[edge] = slope
        came[edge] = gradients[edge.parent] * slope
        gradients[edge.child] += came[edge]
    return Worked(tuple(float(v) for v in values), slopes, tuple(gradients), came)


def forward(found: Graph, variables: Mapping[str, float | np.ndarray], fixed: Mapping[int, np.ndarray] | None = None) -> list[np.ndarray]:
    """Values of all nodes. variables: numbers or arrays; fixed: nodes whose value is given rather than computed."""
    values: list[np.ndarray] = []
    for k, node in enumerate(found.nodes):
        if fixed is not None and k in fixed:
            values.append(np.asarray(fixed[k], float))
        elif node.kind == "operation":
            arguments = {name: values[child] for name, child in zip(ARGUMENTS, node.children, strict=False)}
            values.append(node.own.evaluate(**arguments))
        else:
            values.append(np.asarray(variables[node.text] if node.text in variables else node.own.evaluate(), float))
    return values


# ---- where to draw them

@lru_cache(maxsize=256)
def places(found: Graph) -> tuple[tuple[float, float], ...]:
    """Of each node (column, height): columns count from 0, each right of all that a node uses; heights from 0 to 1.

    Of all orders of the leaves the one is taken in which edges keep clear of nodes and of each other (a hundred are tried).
    """
    nodes = found.nodes
    columns: list[int] = []
    for node in nodes:
        columns.append(1 + max((columns[child] for child in node.children), default=-1))
    for edge in found.edges:  # a number stands just before what uses it
        if nodes[edge.child].kind == "number":
            columns[edge.child] = columns[edge.parent] - 1
    leaves = [k for k, node in enumerate(nodes) if not node.children]
    best, least = None, np.inf
    for aside in (False, True):
        for order in islice(permutations(leaves), 120):
            heights = _heights(found, columns, order, aside)
            price = _price(found, columns, heights)
            if price < least:
                best, least = heights, price
        if least < 3:  # no node lies on an edge that passes it
            break
    assert best is not None
    return tuple((float(c), float(h)) for c, h in zip(columns, best, strict=True))


def _heights(found: Graph, columns: list[int], order: tuple[int, ...], aside: bool) -> np.ndarray:
    """aside: operations step out of the way of edges that pass them."""
    heights = np.zeros(len(found.nodes))
    for at, leaf in enumerate(order):
        heights[leaf] = 1 - (at + 0.5) / len(order)
    for k, node in enumerate(found.nodes):
        if node.children:
            heights[k] = np.mean([heights[child] for child in node.children])
            passing = [heights[e.child] for e in found.edges if columns[e.child] < columns[k] < columns[e.parent]] if aside else []
            free = [h for h in np.arange(0.08, 0.96, 0.02) if all(abs(h - other) > 0.201 for other in passing)]
            if free and passing:
                heights[k] = min(free, key=lambda h: (round(abs(h - heights[k]), 2), h))  # below: second edges bend down
    for column in range(max(columns) + 1):  # nodes of one column are pushed apart
        here = sorted((k for k, c in enumerate(columns) if c == column), key=lambda k: -heights[k])
        gap = min(0.3, 0.94 / max(len(here), 1))
        for above, below in zip(here, here[1:], strict=False):
            heights[below] = min(heights[below], heights[above] - gap)
        if here and heights[here[-1]] < 0.08:
            heights[here] += 0.08 - heights[here[-1]]
    return heights


def _price(found: Graph, columns: list[int], heights: np.ndarray) -> float:
    """Crossings, and nodes that lie on an edge that is not theirs."""
    price = 0.0
    lines = [(edge, *_bent(columns[edge.child], heights[edge.child], columns[edge.parent], heights[edge.parent])) for edge in found.edges]
    for edge, x, y in lines:
        for k, (column, height) in enumerate(zip(columns, heights, strict=True)):
            if k not in (edge.child, edge.parent) and x[0] < column < x[-1]:
                price += 4 * max(0.0, 0.25 - abs(float(np.interp(column, x, y)) - height)) / 0.25
        for other, u, v in lines:
            left, right = max(x[0], u[0]), min(x[-1], u[-1])
            if edge is other or left >= right or edge.child == other.child or edge.parent == other.parent:
                continue
            gaps = np.interp(np.linspace(left, right, 7), x, y) - np.interp(np.linspace(left, right, 7), u, v)
            price += 0.5 * bool((gaps[0] * gaps < 0).any())
        price += 0.1 * abs(y[-1] - y[0])
    return price


def _bent(x0: float, y0: float, x1: float, y1: float) -> tuple[list[float], list[float]]:
    """The way of an edge: level until the last column before its end."""
    return ([x0, x1 - 1, x1], [y0, y0, y1]) if x1 - x0 > 1 else ([x0, x1], [y0, y1])
