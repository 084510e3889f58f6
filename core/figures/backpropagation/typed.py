"""A typed expression as a graph, and its numbers: what cannot be drawn is said."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from core.frame import Message, Trouble
from core.i18n import N_
from core.maths import graph as graphs
from core.maths.expressions import parse
from core.maths.graph import Graph, Worked

VARIABLES = ("x", "y", "z")
MOST = 14  # nodes: more are not to be read


@lru_cache(maxsize=256)
def graph(text: str) -> Graph:
    """The graph of what was typed. Trouble if it is no formula of x, y and z, has no variable, or has too many nodes."""
    tree = parse(text, VARIABLES)
    if not tree.names():
        raise Trouble(Message(N_("There is no variable in it. Write x, y or z somewhere, as in {example}."),
                              {"example": "(x + y) * z + x"}))
    found = graphs.graph(tree)
    if len(found.nodes) > MOST:
        raise Trouble(Message(N_("As a graph this has more than {most} nodes, too many to read. Type a shorter expression."),
                              {"most": MOST}))
    if not found.nodes[-1].children:
        raise Trouble(Message(N_("“{text}” alone is no graph: do something with it, as in {example}."),
                              {"text": text[:20], "example": "x * y + x"}))
    return found


def worked(found: Graph, variables: Mapping[str, float]) -> Worked:
    """One pass forward and one back. Trouble where a value or a slope does not exist at these numbers."""
    done = graphs.worked(found, variables)
    for node, value in zip(found.nodes, done.values, strict=True):
        if not np.isfinite(value):
            raise Trouble(Message(N_("{text} has no value at these numbers. Move x, y or z, or type another expression."),
                                  {"text": node.text[:40]}))
    for edge, slope in done.slopes.items():
        if not np.isfinite(slope):
            raise Trouble(Message(N_("{text} has no slope at these numbers. Move x, y or z, or type another expression."),
                                  {"text": found.nodes[edge.parent].text[:40]}))
    return done
