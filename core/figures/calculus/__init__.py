"""The page on calculus: its scenes."""

from core.figures.board import Study
from core.figures.calculus import chain, critical, gradient, jacobian, numeric, rules, secant, sketch, taylor, zoom
from core.specs.calculus import CalculusSpec

STUDY = Study("calculus", CalculusSpec, (secant.SCENE, zoom.SCENE, sketch.SCENE, rules.SCENE, gradient.SCENE, chain.SCENE, jacobian.SCENE,
                                         critical.SCENE, taylor.SCENE, numeric.SCENE))
