"""Linear algebra: what vectors and matrices do, scene by scene."""

from core.figures.board import Study
from core.figures.linear_algebra import basis, diagonal, pca, powers, product, rank, space, svd, transform, vectors
from core.specs.linear_algebra import LinearAlgebraSpec

STUDY = Study("linear_algebra", LinearAlgebraSpec, tuple(module.SCENE for module in (
    transform, vectors, space, powers, product, rank, basis, diagonal, svd, pca)))
