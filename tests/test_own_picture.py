"""A picture of one's own on the page of linear algebra: taken apart like the others, held for whoever brought it, gone when it is gone."""

import re

import numpy as np
import pytest

from core.data import uploads
from core.figures.board import board_json
from core.figures.linear_algebra import svd
from core.frame import Trouble
from core.i18n import say
from core.specs.linear_algebra import LinearAlgebraSpec
from tests.test_pages import open_page  # noqa: F401 - a fixture

DIGEST = "c" * 32


def own(shape, seed=0):
    gray = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
    uploads.keep(DIGEST, {"gray": gray}, [])
    return gray


@pytest.fixture(autouse=True)
def forgotten():
    yield
    uploads.forget(DIGEST)


@pytest.mark.parametrize("shape", [(30, 50), (142, 142), (9, 200), (200, 8)])
def test_it_is_taken_apart_as_numpy_does(shape):
    gray = own(shape)
    spec = LinearAlgebraSpec(scene="svd", photo="upload", upload=DIGEST, rank=12)
    picture = svd.draw(spec)
    singular = np.linalg.svd(gray.astype(float), compute_uv=False)
    k = min(12, *shape)
    assert picture.numbers["energy"] == pytest.approx((singular[:k] ** 2).sum() / (singular**2).sum())
    assert picture.numbers["size"] == k * (sum(shape) + 1)
    board_json(picture)
    assert "picture.png" in svd.program(spec)


def test_a_plain_picture_and_a_higher_rank_than_there_is_are_drawn():
    uploads.keep(DIGEST, {"gray": np.full((20, 30), 7, np.uint8)}, [])
    picture = svd.draw(LinearAlgebraSpec(scene="svd", photo="upload", upload=DIGEST, rank=142))
    assert picture.numbers["energy"] == pytest.approx(1)
    board_json(picture)


@pytest.mark.parametrize("values, rank, there", [
    (np.zeros((20, 30)), 8, "The picture is black"), (np.full((20, 30), 7), 8, "One layer is all there is"),
    (np.outer(np.arange(20), np.arange(10)), 1, "One layer is all there is"), (np.kron(np.eye(3), np.full((5, 5), 200)), 8, "has rank 3"),
    (np.kron(np.eye(3), np.full((5, 5), 200)), 2, "")])
def test_a_picture_of_few_layers_is_said_to_be_one(values, rank, there):
    uploads.keep(DIGEST, {"gray": values.astype(np.uint8)}, [])
    picture = svd.draw(LinearAlgebraSpec(scene="svd", photo="upload", upload=DIGEST, rank=rank))
    text = "\n".join([*(t.title for t in picture.figures), *map(say, picture.notes)])
    assert (there or "The large shapes") in text and not (there and "large shapes" in text), text
    assert "10⁻" not in text and not re.search(r"e-\d", text), text
    enough = np.linalg.matrix_rank(values) <= rank
    assert (picture.numbers["error"] == 0) == enough and (picture.numbers["energy"] > 1 - 1e-9) == enough
    board_json(picture)


def test_without_it_there_are_words():
    with pytest.raises(Trouble):
        svd.draw(LinearAlgebraSpec(scene="svd", photo="upload", upload=DIGEST))


def test_the_two_fields_go_together():
    spec = LinearAlgebraSpec(scene="svd", photo="upload", upload=DIGEST)
    assert spec.revised(photo="flower").upload == ""
    assert "upload" in spec.choices_of("photo") and "upload" not in LinearAlgebraSpec().choices_of("photo")
    with pytest.raises(ValueError):
        LinearAlgebraSpec(photo="upload")


def test_a_link_to_a_picture_that_is_not_for_this_person_opens_the_rest(open_page):  # noqa: F811
    own((20, 20))
    app = open_page("linear_algebra", scene="svd", photo="upload", upload=DIGEST, rank="3")
    assert not app.exception and any("Your own picture" in w.value for w in app.warning), [w.value for w in app.warning]
    spec = app.session_state["linear_algebra:spec"]
    assert (spec.photo, spec.upload, spec.rank, spec.scene) == ("china", "", 3, "svd")
