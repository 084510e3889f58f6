"""Losses: what each of them punishes, how hard it pulls, and what becomes of a network that is taught by the wrong one."""

from core.figures.board import Study
from core.figures.losses import curves, from_logits, lab, line, logit, noise, softmax
from core.specs.losses import LossesSpec

STUDY = Study("losses", LossesSpec, (line.SCENE, curves.SCENE, logit.SCENE, softmax.SCENE, lab.SCENE, noise.SCENE, from_logits.SCENE))
