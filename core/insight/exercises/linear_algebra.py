"""Check yourself on linear algebra: a matrix for two given lines, the least rank that is enough, and three questions.

V = (2 -1; 1 1) has the two lines as columns; V diag(2, ½) V⁻¹ = (1.5 1; 0.5 1), which the sliders reach exactly.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from core.data import classics
from core.frame import Message
from core.i18n import N_
from core.insight.challenges import Challenge, Choice, Number, Question, rules, stays
from core.maths import linear
from core.specs.linear_algebra import LinearAlgebraSpec

WANTED = ((np.array([2.0, 1.0]), 2.0), (np.array([-1.0, 1.0]), 0.5))  # directions of the lines and their eigenvalues
TURNED, OFF = 1.0, 0.02  # degrees and eigenvalue that are let pass
ENOUGH = 0.99


def on_the_lines(spec: LinearAlgebraSpec) -> tuple[bool, Message]:
    """Whether A stretches 2 and ½ times along the two lines, and what it does there instead."""
    matrix = np.array(spec.matrix())
    for (v, wanted), name in zip(WANTED, ("(2, 1)", "(−1, 1)"), strict=True):
        turned = linear.turn(matrix, v)
        if np.isnan(turned):
            return False, Message(N_("A sends {v} to 0; its eigenvalue there should be {wanted:g}."), {"v": name, "wanted": wanted})
        if min(abs(turned), 180 - abs(turned)) > TURNED:
            return False, Message(N_("A still turns {v} by {turned:.3g}°: that line does not stay."), {"v": name, "turned": abs(turned)})
        value = float(v @ matrix @ v / (v @ v))
        if abs(value - wanted) > OFF:
            return False, Message(N_("The line of {v} stays, but its eigenvalue is {value:.3g}, not {wanted:g}."),
                                  {"v": name, "value": value, "wanted": wanted})
    return True, Message(N_("A(2, 1) = (4, 2) and A(−1, 1) = (−0.5, 0.5): both lines stay, with eigenvalues 2 and 0.5."))


@cache
def energies(photo: str) -> np.ndarray:
    return linear.energies(np.linalg.svd(classics.photograph(photo), compute_uv=False))


def least_rank(spec: LinearAlgebraSpec) -> tuple[bool, Message]:
    kept = energies(spec.photo)
    now = {"k": spec.rank, "energy": 100 * float(kept[spec.rank - 1])}
    if kept[spec.rank - 1] < ENOUGH:
        return False, Message(N_("Rank {k} keeps {energy:.3f}% of the energy: not enough yet."), now)
    if spec.rank > 1 and kept[spec.rank - 2] >= ENOUGH:
        return False, Message(N_("Rank {k} keeps {energy:.3f}%, but one layer less would be enough, too."), now)
    return True, Message(N_("Rank {k} keeps {energy:.3f}%, and one layer less would not reach 99%."), now)


CHALLENGES: tuple[Challenge[LinearAlgebraSpec], ...] = (
    Challenge(
        id="linear_algebra-lines",
        title=N_("A matrix for two lines"),
        text=N_("Find the matrix that stretches everything on the line through (2, 1) to twice its length, and presses everything on the "
                "line "
                "through (−1, 1) to half: eigenvalues 2 and ½ along these two lines."),
        hint=N_("Under “More”, have the two lines drawn. A must send (2, 1) to (4, 2) and (−1, 1) to (−0.5, 0.5). The first numbers alone "
                "give two "
                "equations for a and b: 2a + b = 4 and b - a = −0.5; the second numbers give two for c and d."),
        allows=stays("scene", "transform"),
        state=on_the_lines,
        why=lambda spec: Message(N_("Two lines and two numbers say all about A: it is V D V⁻¹, with the lines in V and the numbers in D. "
                                    "Its determinant "
                                    "is 2 times ½: areas stay as they are.")),
        reference=LinearAlgebraSpec(a=1.5, b=1.0, c=0.5, d=1.0),
    ),
    Challenge(
        id="linear_algebra-rank",
        title=N_("As few layers as possible"),
        text=N_("Find the smallest rank that keeps at least 99% of the energy of the flower."),
        hint=N_("Choose the flower, then drag the point along the right-hand curve; with the arrow keys it goes layer by layer."),
        allows=rules(stays("scene", "svd"), stays("photo", "flower")),
        state=least_rank,
        reference=LinearAlgebraSpec(scene="svd", photo="flower", rank=19),
    ),
)

QUESTIONS: tuple[Question, ...] = (
    Choice(
        id="linear_algebra-rotation",
        text=N_("A matrix turns every vector of the plane by 90°. Which real eigenvectors does it have?"),
        options=(
            (N_("All of them: it treats all directions alike"),
             N_("Alike, yes, but it turns all of them alike. An eigenvector must come out on its own line; try “Rotation by 90°”.")),
            (N_("The two axes, because they become each other"),
             N_("Becoming another axis is being turned. An eigenvector has to stay on its own line, not on some line.")),
            (N_("None: every direction is turned"),
             N_("Yes. The eigenvalues are i and −i: in complex numbers to turn by 90° is to multiply by i, but no real arrow stays on its "
                "line.")),
            (N_("The zero vector"),
             N_("A0 = 0 for every matrix, so that would say nothing. The zero vector has no direction and does not count as an "
                "eigenvector.")),
        ),
        correct=2,
    ),
    Number(
        id="linear_algebra-area",
        text=N_("A matrix has the eigenvalues 2 and ½, along two lines that are not perpendicular. How many times as large does it make an "
                "area?"),
        answer=1,
        right=N_("Yes: the determinant is the product of the eigenvalues, 2 × ½ = 1. A parallelogram along the two lines gets twice as "
                 "long and half as "
                 "wide, whatever the angle between them."),
        wrong=(
            (lambda n: n == 2.5, N_("2.5 is the sum of the eigenvalues, which is the trace, a + d. Areas go with their product.")),
            (lambda n: n == 2, N_("It gets twice as long along one line, but only half as long along the other. Multiply both.")),
            (lambda n: n == 0.5, N_("It is pressed to half along one line, but stretched to twice along the other. Multiply both.")),
            (lambda n: n == 4, N_("Lengths along one line are doubled; for 4 both would have to be. Multiply the two eigenvalues.")),
            (lambda n: n <= 0, N_("0 would be a plane pressed flat, and below 0 one turned over. Neither eigenvalue is 0 or negative.")),
        ),
        otherwise=N_("Take a parallelogram with its sides along the two lines: one side is doubled, the other halved. What becomes of its "
                     "area?"),
        tolerance=0.001,
    ),
    Choice(
        id="linear_algebra-shapes",
        text=N_("A batch X holds 32 samples with 10 features each, one sample a row. A layer of 5 neurons calculates XW. What shape has "
                "W?"),
        options=(
            (N_("5 × 10: neurons times features"),
             N_("Then X is 32×10 and W 5×10: the inner sizes, 10 and 5, do not meet. PyTorch stores W like that, and therefore calculates "
                "X times W "
                "transposed.")),
            (N_("10 × 5: features times neurons"),
             N_("Yes: (32×10)(10×5) is 32×5, a row of 5 answers for each of the 32 samples. Keras stores its kernels like that.")),
            (N_("32 × 5: samples times neurons"),
             N_("That is the shape of the result. W has to work for any number of samples, so 32 cannot be in it.")),
            (N_("10 × 10: as wide as the input"),
             N_("The shapes would fit, but the layer would then have 10 neurons: every column of W is one neuron.")),
        ),
        correct=1,
    ),
)
