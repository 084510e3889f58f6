"""Convolution by hand: the window that slides, pooling, channels, and the shapes of a stack of layers."""

from core.figures.board import Study
from core.figures.convolution import channels, pooling, shapes, window
from core.specs.convolution import ConvolutionSpec

STUDY = Study("convolution", ConvolutionSpec, tuple(module.SCENE for module in (window, pooling, channels, shapes)))
