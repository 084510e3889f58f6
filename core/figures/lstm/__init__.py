"""The LSTM by hand: its cell step by step, what its gates are for, and what the forget bias does."""

from core.figures.board import Study
from core.figures.lstm import cell, forget, hold
from core.specs.lstm import LstmSpec

STUDY = Study("lstm", LstmSpec, tuple(module.SCENE for module in (cell, hold, forget)))
