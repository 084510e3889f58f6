"""Attention by hand: one head, several, masks, positions, a block, and what it costs."""

from core.figures.attention import block, cost, head, heads, masks, order, positions
from core.figures.board import Study
from core.specs.attention import AttentionSpec

STUDY = Study("attention", AttentionSpec, tuple(module.SCENE for module in (head, heads, masks, positions, order, block, cost)))
