"""The program of a spec: Keras code that a person can read, run and change, and that ends in the lab's own numbers.

A program is a list of beats, (heading, code): the code of all of them, with two empty lines between, is the program, and a
beat is a cell of the notebook.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.export import cnn, feedforward, gan, gan_images, recurrent, stock, text, transformer
from core.figures.studies import study
from core.i18n import _
from core.specs.base import Spec
from core.specs.cnn import CnnSpec
from core.specs.feedforward import FeedforwardSpec
from core.specs.gan import GanSpec
from core.specs.gan_images import ImageGanSpec
from core.specs.recurrent import RecurrentSpec
from core.specs.stock import StockSpec
from core.specs.study import StudySpec
from core.specs.text import TextSpec
from core.specs.transformer import TransformerSpec

WRITERS: dict[type[Spec], Callable[[Any], list[tuple[str, str]]]] = {  # one line a lab
    FeedforwardSpec: feedforward.beats,
    CnnSpec: cnn.beats,
    RecurrentSpec: recurrent.beats,
    StockSpec: stock.beats,
    TextSpec: text.beats,
    TransformerSpec: transformer.beats,
    ImageGanSpec: gan_images.beats,
    GanSpec: gan.beats,
}
BETWEEN = "\n\n\n"  # what stands between two beats


def beats(spec: Spec) -> list[tuple[str, str]]:
    """The headings and the code of a spec's program, commented in the session's language.

    A run that branches off another gets its forebears' training first. TypeError for a spec whose lab has no program; KeyError if
    its points were uploaded and are not here.
    """
    if isinstance(spec, StudySpec):
        scene = study(spec.study).scene(spec)
        return [(_(scene.title), scene.program(spec))]
    writer = WRITERS.get(type(spec))
    if writer is None:
        raise TypeError(f"there is no program for a {type(spec).__name__}")
    return writer(spec)


def program(spec: Spec) -> str:
    """The whole program; errors as in `beats`."""
    return BETWEEN.join(code for _heading, code in beats(spec)) + "\n"
