"""The page on optimizers: five scenes of balls that roll down, on drawn ground and on a real network's loss."""

from __future__ import annotations

from core.figures.board import Study
from core.figures.optimizers.map import SCENE as MAP
from core.figures.optimizers.memory import SCENE as MEMORY
from core.figures.optimizers.network import SCENE as NETWORK
from core.figures.optimizers.quadratic import SCENE as QUADRATIC
from core.figures.optimizers.race import SCENE as RACE
from core.specs.optimizers import OptimizersSpec

STUDY = Study("optimizers", OptimizersSpec, (RACE, MEMORY, QUADRATIC, MAP, NETWORK))
