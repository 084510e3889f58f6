"""The page of probability: from a test and a thousand people to entropy."""

from core.figures.board import Study
from core.figures.probability import bayes, central_limit, information, joint, large_numbers, variables
from core.specs.probability import ProbabilitySpec

STUDY = Study("probability", ProbabilitySpec,
              (bayes.SCENE, variables.SCENE, large_numbers.SCENE, central_limit.SCENE, joint.SCENE, information.SCENE))
