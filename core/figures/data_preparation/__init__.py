"""From a raw table to an honest number: leaks, cleaning, encoding, scaling, splitting, and what a score says."""

from core.figures.board import Study
from core.figures.data_preparation.capacity import CAPACITY
from core.figures.data_preparation.clean import CLEAN
from core.figures.data_preparation.encode import ENCODE
from core.figures.data_preparation.folds import FOLDS
from core.figures.data_preparation.leak import LEAK
from core.figures.data_preparation.mistakes import MISTAKES_SCENE
from core.figures.data_preparation.residuals import RESIDUALS
from core.figures.data_preparation.scale import SCALE
from core.figures.data_preparation.split import SPLIT
from core.figures.data_preparation.suspects import SUSPECTS
from core.figures.data_preparation.threshold import THRESHOLD
from core.specs.data_preparation import DataPreparationSpec

STUDY = Study("data_preparation", DataPreparationSpec,
              (LEAK, MISTAKES_SCENE, SUSPECTS, CLEAN, ENCODE, SCALE, SPLIT, FOLDS, THRESHOLD, RESIDUALS, CAPACITY))
