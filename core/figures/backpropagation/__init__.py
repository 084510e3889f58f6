"""The scenes of the page on forward and back propagation."""

from core.figures.backpropagation import depth, graph, guess, network, update
from core.figures.board import Study
from core.specs.backpropagation import BackpropagationSpec

STUDY = Study("backpropagation", BackpropagationSpec, (graph.SCENE, network.SCENE, guess.SCENE, update.SCENE, depth.SCENE))
