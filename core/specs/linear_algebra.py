"""The settings of the page on linear algebra, scene by scene."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import model_validator

from core.i18n import N_
from core.specs.base import setting
from core.specs.study import StudySpec

SCENES = {"transform": N_("Matrix"), "vectors": N_("Vectors"), "space": N_("In space"), "powers": N_("Complex λ"),
          "product": N_("Product"), "rank": N_("Rank"), "basis": N_("Basis"), "diagonal": N_("Diagonal form"),
          "svd": N_("Picture (SVD)"), "pca": N_("Axes (PCA)")}
ROOMS = {"plane": N_("in the plane"), "space": N_("in space")}
PHOTOS = {"china": N_("A palace"), "flower": N_("A flower"), "upload": N_("your own picture")}
PAIRS = {"petal": N_("Iris: petal length and width"), "flower": N_("Iris: sepal and petal length"),
         "sepal": N_("Iris: sepal length and width"), "digits": N_("Digits: ink left and right")}
MATRIX, ARROWS, OTHER = N_("Matrix"), N_("Vectors"), N_("Display")


def entry(default: float, label: str, help: str) -> Any:
    return setting(default, label=label, help=help, group=MATRIX, ge=-3, le=3, step=0.05, typed=True)


def part(default: float, label: str, help: str, reach: float = 6, step: float = 0.1) -> Any:
    return setting(default, label=label, help=help, group=ARROWS, ge=-reach, le=reach, step=step, typed=True)


class LinearAlgebraSpec(StudySpec):
    """The page opens with the matrix whose lines (2, 1) and (2, -1) stay, with eigenvalues 2 and 1."""

    study: ClassVar[str] = "linear_algebra"
    own: ClassVar[str] = "gray"

    scene: Literal["transform", "vectors", "space", "powers", "product", "rank", "basis", "diagonal", "svd", "pca"] = setting(
        "transform", choices=SCENES, label=N_("Scene"), help=N_("What the page shows."), group=OTHER)

    # a matrix moves the plane; diagonalisation; the matrix that a basis is chosen for
    a: float = entry(1.5, "a", N_("First row, first column: how much of x the new x gets."))
    b: float = entry(1.0, "b", N_("First row, second column: how much of y the new x gets."))
    c: float = entry(0.25, "c", N_("Second row, first column: how much of x the new y gets."))
    d: float = entry(1.5, "d", N_("Second row, second column: how much of y the new y gets."))
    p: float = part(0.4, "v₁", N_("How far v goes to the right. Drag v in the picture, or set it here."), 3, 0.05)
    q: float = part(1.4, "v₂", N_("How far v goes up."), 3, 0.05)
    lines: bool = setting(False, label=N_("Show the lines that stay"), group=OTHER,
                          help=N_("The lines of the eigenvectors: the matrix stretches along them and turns nothing on them."))
    target: bool = setting(False, label=N_("Show the challenge’s lines"), group=OTHER,
                           help=N_("The two lines that the challenge at the end of the page asks for."))

    # vectors
    room: Literal["plane", "space"] = setting("plane", choices=ROOMS, label=N_("Vectors"), group=ARROWS,
                                              help=N_("Two numbers each, which you can drag, or three."))
    u1: float = part(3.0, "u₁", N_("How far u goes along the first axis."))
    u2: float = part(1.0, "u₂", N_("How far u goes along the second axis."))
    u3: float = part(3.0, "u₃", N_("How far u goes along the third axis; only in space."))
    v1: float = part(1.5, "v₁", N_("How far v goes along the first axis."))
    v2: float = part(3.0, "v₂", N_("How far v goes along the second axis."))
    v3: float = part(-1.0, "v₃", N_("How far v goes along the third axis; only in space."))
    s: float = setting(1.0, label=N_("Times u"), help=N_("u is taken this many times. Below 0 it turns round."), group=ARROWS,
                       ge=-2, le=2, step=0.1)
    t: float = setting(1.0, label=N_("Times v"), help=N_("v is taken this many times. With 0 only u is left."), group=ARROWS,
                       ge=-2, le=2, step=0.1)

    # the third dimension
    cube: str = setting("1 -1 0; 1 1 0; 0 0 2", label=N_("Matrix (3×3)"), max_length=120, group=MATRIX,
                        help=N_("Nine numbers such as 2, -0.5, 3/4 or sqrt(2), row by row, with a semicolon between rows."))

    # complex eigenvalues
    re: float = setting(0.88, label=N_("Real part of λ"), help=N_("How far λ lies to the right in the complex plane."), group=MATRIX,
                        ge=-1.2, le=1.2, step=0.01)
    im: float = setting(0.4, label=N_("Imaginary part of λ"), group=MATRIX, ge=-1.2, le=1.2, step=0.01,
                        help=N_("How far λ lies above the real axis. At 0 nothing turns."))
    skew: float = setting(1.0, label=N_("Width of the ellipse"), group=MATRIX, ge=1, le=3, step=0.1,
                          help=N_("1: a spiral around a circle. Above: the same eigenvalues, but a flattened spiral."))
    steps: int = setting(30, label=N_("Powers"), help=N_("How often the matrix is applied."), group=OTHER, ge=1, le=60)
    begin1: float = part(2.0, N_("Start x"), N_("Where the path begins, along x."), 3, 0.05)
    begin2: float = part(0.0, N_("Start y"), N_("Where the path begins, along y."), 3, 0.05)

    # matrix product
    left: str = setting("1 2; 3 4", label="A", help=N_("Rows with a semicolon between them, up to 4×4: 1 2; 3 4"), max_length=120,
                        group=MATRIX)
    right: str = setting("5 6; 7 8", label="B", help=N_("Rows with a semicolon between them, up to 4×4: 5 6; 7 8"), max_length=120,
                         group=MATRIX)

    # rank and null space
    col1: float = part(2.0, "a₁₁", N_("Where the matrix sends (1, 0): its first number."), 3, 0.05)
    col2: float = part(1.0, "a₂₁", N_("Where the matrix sends (1, 0): its second number."), 3, 0.05)
    col3: float = part(-1.0, "a₁₂", N_("Where the matrix sends (0, 1): its first number."), 3, 0.05)
    col4: float = part(-0.5, "a₂₂", N_("Where the matrix sends (0, 1): its second number."), 3, 0.05)
    in1: float = part(1.5, "x₁", N_("The vector that is put in."), 3, 0.05)
    in2: float = part(-0.5, "x₂", N_("The vector that is put in."), 3, 0.05)

    # change of basis
    base1: float = part(1.5, "b₁ (x)", N_("The first new basis vector."), 3, 0.05)
    base2: float = part(0.5, "b₁ (y)", N_("The first new basis vector."), 3, 0.05)
    base3: float = part(-0.5, "b₂ (x)", N_("The second new basis vector."), 3, 0.05)
    base4: float = part(1.0, "b₂ (y)", N_("The second new basis vector."), 3, 0.05)
    w1: float = part(2.0, "w₁", N_("The vector that is described."), 3, 0.05)
    w2: float = part(2.0, "w₂", N_("The vector that is described."), 3, 0.05)

    # diagonalisation
    k: int = setting(2, label=N_("Power k"), help=N_("How often the matrix is applied: Aᵏ."), group=MATRIX, ge=0, le=8)

    # a picture as a matrix
    photo: Literal["china", "flower", "upload"] = setting(
        "china", choices=PHOTOS, label=N_("Picture"), group=OTHER,
        help=N_("Two photographs that come with scikit-learn, as 142 × 213 brightnesses, or a picture of your own."))
    upload: str = setting("", label=N_("Your own picture"), pattern="([0-9a-f]{32})?", group=OTHER,
                          help=N_("A PNG or JPEG. It is made small and grey, and stays on the server for this session only."))
    rank: int = setting(8, label=N_("Rank k"), help=N_("How many layers of the decomposition are kept."), group=OTHER, ge=1, le=142)

    # principal axes
    pair: Literal["petal", "flower", "sepal", "digits"] = setting("petal", choices=PAIRS, label=N_("Data"), group=OTHER,
                                                                  help=N_("Which two features of a real data set are drawn."))
    angle: float = setting(160.0, label=N_("Angle of the axis"), help=N_("From the horizontal, counter-clockwise. Turn it by hand."),
                           unit="°", group=OTHER, ge=0, le=180, step=0.1)
    residuals: bool = setting(True, label=N_("Residual lines"), group=OTHER,
                              help=N_("From every point to its shadow on the axis: what the axis does not tell."))

    @model_validator(mode="after")
    def _own(self) -> LinearAlgebraSpec:
        if (self.photo == "upload") != bool(self.upload):
            raise ValueError("the picture “upload” and an uploaded file go together")
        return self

    def revised(self, **values: Any) -> LinearAlgebraSpec:
        """With another photograph one's own is let go of."""
        if values.get("photo", "upload") != "upload":
            values["upload"] = ""
        return self.changed(**values)

    def choices_of(self, name: str) -> tuple[Any, ...]:
        own = super().choices_of(name)
        return tuple(one for one in own if one != "upload" or self.upload) if name == "photo" else own

    def matrix(self) -> list[list[float]]:
        """A of the plane, row by row."""
        return [[self.a, self.b], [self.c, self.d]]
