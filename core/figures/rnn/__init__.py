"""Recurrent networks by hand: the plain cell, how far a gradient reaches back, truncation, and the cliff."""

from core.figures.board import Study
from core.figures.rnn import cell, exploding, gap, unrolled
from core.specs.rnn import RnnSpec

STUDY = Study("rnn", RnnSpec, tuple(module.SCENE for module in (cell, gap, unrolled, exploding)))
