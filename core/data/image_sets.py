"""The table of image datasets: what each is, and how its files can be told from others.

All are uint8, 0 to 255, of shape (height, width, channels). What each is, its source and its licence stand in `core.data.about`.

| name | shape | classes | where it is |
| --- | --- | --- | --- |
| digits | 8×8×1 | 10 | comes with scikit-learn |
| shapes | 32×32×3 | 10 | made from a seed (`core.data.shapes`) |
| mnist | 28×28×1 | 10 | mnist.npz in the data folder |
| fashion | 28×28×1 | 10 | fashion-mnist/*.gz in the data folder |
| cifar10 | 32×32×3 | 10 | cifar10.npz in the data folder, or what Keras unpacked there |
| upload | 32×32×3 | 2 to 10 | a person's own pictures (`core.data.archive`) |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.data import shapes
from core.data.about import About, about_images
from core.i18n import N_
from core.specs.cnn import MOST, SHAPES

Shape = tuple[int, int, int]
DIGITS = tuple("0123456789")
CLOTHES = (N_("T-shirt"), N_("trousers"), N_("pullover"), N_("dress"), N_("coat"), N_("sandal"), N_("shirt"), N_("sneaker"), N_("bag"),
           N_("ankle boot"))
THINGS = (N_("airplane"), N_("automobile"), N_("bird"), N_("cat"), N_("deer"), N_("dog"), N_("frog"), N_("horse"), N_("ship"),
          N_("truck"))


@dataclass(frozen=True)
class Entry:
    """One dataset: its shape (height, width, channels), marked names of classes, most images for training and validation (and for the
    test where that is no set of its own), and the SHA-256 of the files that were published, by name."""

    name: str
    shape: Shape
    classes: tuple[str, ...]
    points: int
    hashes: Mapping[str, str] = field(default_factory=dict)

    @property
    def about(self) -> About:
        return about_images(self.name)


ENTRIES = {entry.name: entry for entry in (
    Entry("digits", SHAPES["digits"], DIGITS, MOST["digits"],
          {"digits.csv.gz": "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22"}),
    Entry("shapes", SHAPES["shapes"], shapes.CLASSES, MOST["shapes"]),
    Entry("mnist", SHAPES["mnist"], DIGITS, MOST["mnist"],
          {"mnist.npz": "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"}),
    Entry("fashion", SHAPES["fashion"], CLOTHES, MOST["fashion"], {
        "train-images-idx3-ubyte.gz": "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        "train-labels-idx1-ubyte.gz": "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        "t10k-images-idx3-ubyte.gz": "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        "t10k-labels-idx1-ubyte.gz": "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"}),
    Entry("cifar10", SHAPES["cifar10"], THINGS, MOST["cifar10"],
          {"cifar-10-python.tar.gz": "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"}),
    Entry("upload", (32, 32, 3), (), 2000),
)}


def entry(name: str) -> Entry:
    """The dataset of this name. ValueError names one that there is not."""
    if name not in ENTRIES:
        raise ValueError(f"dataset {name!r} is not one of {', '.join(ENTRIES)}")
    return ENTRIES[name]
