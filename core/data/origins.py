"""Where the published datasets come from: the files that Keras' own loaders (`keras.datasets`) fetch, and their addresses.

Sizes are those of the published files, in bytes; their SHA-256 stand in `core.data.image_sets` and `core.data.imdb`.
"""

from __future__ import annotations

from typing import NamedTuple

BASE = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"


class Origin(NamedTuple):
    """A published file. name: what Keras calls it (`fname` of `keras.utils.get_file`); unpack: it is an archive, which Keras unpacks into a
    folder of this name."""

    file: str
    address: str
    size: int
    name: str
    unpack: bool = False


def _plain(file: str, size: int) -> Origin:
    return Origin(file, BASE + file, size, file)


FOLDERS = {"mnist": "", "fashion": "fashion-mnist", "cifar10": "", "imdb": ""}  # within the data folder
ORIGINS = {
    "mnist": (_plain("mnist.npz", 11_490_434),),
    "fashion": (_plain("train-labels-idx1-ubyte.gz", 29_515), _plain("train-images-idx3-ubyte.gz", 26_421_880),
                _plain("t10k-labels-idx1-ubyte.gz", 5_148), _plain("t10k-images-idx3-ubyte.gz", 4_422_102)),
    "cifar10": (Origin("cifar-10-python.tar.gz", "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz", 170_498_071,
                       "cifar-10-batches-py-target", unpack=True),),
    "imdb": (_plain("imdb.npz", 17_464_789), _plain("imdb_word_index.json", 1_641_221)),
}


def size_of(dataset: str) -> int:
    """Bytes to fetch for a dataset. KeyError if it is none of these."""
    return sum(origin.size for origin in ORIGINS[dataset])
