"""The page of activation functions: their curves, many layers of one, a single neuron, softmax."""

from core.figures.activations.curves import CURVES
from core.figures.activations.deep import DEEP
from core.figures.activations.neuron import NEURON
from core.figures.activations.softmax import SOFTMAX
from core.figures.board import Study
from core.specs.activations import ActivationsSpec

STUDY = Study("activations", ActivationsSpec, (CURVES, DEEP, NEURON, SOFTMAX))
