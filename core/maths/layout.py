"""Where the nodes of a computational graph are drawn: in columns, and so that edges keep clear of nodes and of each other."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice, permutations

import numpy as np

from core.maths.graph import Graph


def columns(found: Graph) -> list[int]:
    """Of each node how many operations lie between it and what goes in."""
    far: list[int] = []
    for node in found.nodes:
        far.append(1 + max((far[child] for child in node.children), default=-1))
    return far


@lru_cache(maxsize=256)
def places(found: Graph) -> tuple[tuple[float, float], ...]:
    """Of each node (column, height): columns count from 0, each right of all that a node uses; heights from 0 to 1.

    Of all orders of the leaves the one is taken in which edges keep clear of nodes and of each other (a hundred are tried).
    """
    nodes, across = found.nodes, columns(found)
    for edge in found.edges:  # a number stands just before what uses it
        if nodes[edge.child].kind == "number":
            across[edge.child] = across[edge.parent] - 1
    leaves = [k for k, node in enumerate(nodes) if not node.children]
    best, least = None, np.inf
    for aside in (False, True):
        for order in islice(permutations(leaves), 120):
            heights = _heights(found, across, order, aside)
            price = _price(found, across, heights)
            if price < least:
                best, least = heights, price
        if least < 3:  # no node lies on an edge that passes it
            break
    assert best is not None
    return tuple((float(c), float(h)) for c, h in zip(across, best, strict=True))


def _heights(found: Graph, across: list[int], order: tuple[int, ...], aside: bool) -> np.ndarray:
    """aside: operations step out of the way of edges that pass them."""
    heights = np.zeros(len(found.nodes))
    for at, leaf in enumerate(order):
        heights[leaf] = 1 - (at + 0.5) / len(order)
    for k, node in enumerate(found.nodes):
        if node.children:
            heights[k] = np.mean([heights[child] for child in node.children])
            passing = [heights[e.child] for e in found.edges if across[e.child] < across[k] < across[e.parent]] if aside else []
            free = [h for h in np.arange(0.08, 0.96, 0.02) if all(abs(h - other) > 0.201 for other in passing)]
            if free and passing:
                heights[k] = min(free, key=lambda h: (round(abs(h - heights[k]), 2), h))  # below: second edges bend down
    for column in range(max(across) + 1):  # nodes of one column are pushed apart
        here = sorted((k for k, c in enumerate(across) if c == column), key=lambda k: -heights[k])
        gap = min(0.3, 0.94 / max(len(here), 1))
        for above, below in zip(here, here[1:], strict=False):
            heights[below] = min(heights[below], heights[above] - gap)
        if here and heights[here[-1]] < 0.08:
            heights[here] += 0.08 - heights[here[-1]]
    return heights


def _price(found: Graph, across: list[int], heights: np.ndarray) -> float:
    """Crossings, and nodes that lie on an edge that is not theirs."""
    price = 0.0
    lines = [(edge, *_bent(across[edge.child], heights[edge.child], across[edge.parent], heights[edge.parent])) for edge in found.edges]
    for edge, x, y in lines:
        for k, (column, height) in enumerate(zip(across, heights, strict=True)):
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
