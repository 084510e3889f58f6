"""The GRU by hand: its cell step by step, what its gates are for, and what it saves."""

from core.figures.board import Study
from core.figures.gru import cell, hold, weights
from core.specs.gru import GruSpec

STUDY = Study("gru", GruSpec, tuple(module.SCENE for module in (cell, hold, weights)))
