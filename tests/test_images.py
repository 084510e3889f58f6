"""Image datasets: their splits, their files whole and broken, and shapes that only an eye for outlines can tell apart."""

import gzip
import hashlib
import io
import os
import pickle
import struct
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import sklearn.datasets
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from sklearn.linear_model import RidgeClassifier

from core.data import batches, image_files, image_sets, images, shapes
from core.data.about import about_images
from core.data.images import classes_of, load, points_of, shape_of, split
from core.data.published import available
from core.frame import Trouble
from core.i18n import say
from core.settings import settings

OWN = {"digits": 1797, "shapes": 300}


def sample(name, **changes):
    return load(name, **{"points": OWN.get(name, 400), "seed": 0, "train_share": 0.6, **changes})


def upload(counts, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.repeat(np.arange(len(counts)), counts)).astype(np.int32)
    x = rng.integers(0, 256, (len(y), 8, 8, 3), dtype=np.uint8)
    x[:, 0, 0, 0], x[:, 0, 0, 1] = np.arange(len(y)) // 256, np.arange(len(y)) % 256  # all are different
    return {"x": x, "y": y}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A data folder of the test's own."""
    monkeypatch.setattr(image_files, "settings", type("Settings", (), {"data": tmp_path}))
    return tmp_path


def official(n=40, m=20, shape=(28, 28), seed=0):
    rng = np.random.default_rng(seed)
    return {"x_train": rng.integers(0, 256, (n, *shape), dtype=np.uint8), "y_train": np.arange(n, dtype=np.uint8) % 10,
            "x_test": rng.integers(0, 256, (m, *shape), dtype=np.uint8), "y_test": np.arange(m, dtype=np.uint8) % 10}


def said(name, **changes):
    with pytest.raises(Trouble) as problem:
        sample(name, points=30, **changes)
    return say(problem.value.message)


# ---- splits

@pytest.mark.parametrize("name", OWN)
def test_what_is_built_in_has_its_form_and_every_class_in_each_part(name):
    data = sample(name)
    n = OWN[name]
    assert data.x.shape == (n, *shape_of(name)) and data.x.dtype == np.uint8 and data.y.dtype == np.int32
    assert (data.train, data.validation, data.test) == (round(0.6 * n), (n - round(0.6 * n)) // 2, (n - round(0.6 * n) + 1) // 2)
    assert data.classes == classes_of(name) and len(data.classes) == 10
    for part in np.split(data.y, [data.train, data.train + data.validation]):
        counts, share = np.bincount(part, minlength=10), np.bincount(data.y) * len(part) / n
        assert np.abs(counts - share).max() < 3
    assert not data.x.flags.writeable and not data.y.flags.writeable


@pytest.mark.parametrize("name", OWN)
def test_the_seed_decides_and_equal_arguments_give_equal_images(name):
    a, b, other = sample(name, points=100), sample(name, points=100), sample(name, points=100, seed=1)
    assert_array_equal(a.x, b.x)
    assert_array_equal(a.y, b.y)
    assert not np.array_equal(a.x, other.x)


def test_the_digits_are_scikit_learns():
    data = sample("digits")
    theirs = sklearn.datasets.load_digits()
    want = sorted((y, tuple(np.rint(x * 255 / 16).astype(int))) for x, y in zip(theirs.data, theirs.target, strict=True))
    assert sorted((y, tuple(x.reshape(-1).tolist())) for x, y in zip(data.x, data.y, strict=True)) == want
    assert data.x.max() == 255


def test_a_part_begins_stratified():
    y = sample("digits").y[:100]
    assert np.bincount(y, minlength=10).min() >= 7


@examples(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.integers(1, 40), min_size=2, max_size=10), st.integers(3, 400), st.floats(0.05, 0.95), st.booleans(), st.integers(0, 99))
def test_a_split_gives_each_index_once_and_each_class_its_share(counts, points, share, with_test, seed):
    y = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(counts)), counts))
    parts = split(y, points, share, np.random.default_rng(seed), with_test=with_test)
    whole = np.concatenate(parts)
    assert len(parts) == 2 + with_test and len(whole) == min(points, len(y)) == len(set(whole.tolist()))
    chosen = np.bincount(y[whole], minlength=len(counts))
    ideal = np.array(counts) * len(whole) / len(y)
    assert (np.abs(chosen - ideal) <= max(2, len(counts))).all()
    if len(whole) >= len(counts):
        assert chosen.min() >= 1
    assert (np.bincount(y[parts[0]], minlength=len(counts)) >= (chosen > 0)).all()
    held = len(whole) - len(parts[0])
    if held >= 2 * len(counts) and with_test:  # there is room for every class that has enough
        for part in parts[1:]:
            assert (np.bincount(y[part], minlength=len(counts)) >= (chosen >= 3)).all()


def test_an_upload_is_split_like_the_others_and_keeps_its_names():
    own = upload([40, 9, 4])
    data = load("upload", points=2000, seed=3, train_share=0.5, upload=own, classes=("猫", "dog", "cow"))
    assert data.classes == ("猫", "dog", "cow") and len(data.x) == 53
    for part in np.split(data.y, [data.train, data.train + data.validation]):
        assert set(part) == {0, 1, 2}
    pairs = {(x.tobytes(), int(y)) for x, y in zip(own["x"], own["y"], strict=True)}
    assert {(x.tobytes(), int(y)) for x, y in zip(data.x, data.y, strict=True)} == pairs
    assert load("upload", points=20, seed=3, train_share=0.5, upload=own).classes == ("0", "1", "2")
    assert "upload them again" in said("upload")


@pytest.mark.parametrize("arguments", [{"points": 2}, {"train_share": 0.0}, {"train_share": 1.0}, {"name": "svhn"}])
def test_an_argument_out_of_range_is_named(arguments):
    with pytest.raises(ValueError, match=str(next(iter(arguments.values())))):
        sample(arguments.pop("name", "digits"), **arguments)


# ---- the table

@pytest.mark.parametrize("name", image_sets.ENTRIES)
def test_a_set_says_what_it_is(name):
    entry = image_sets.entry(name)
    about = about_images(name)
    assert entry.name == name and entry.about is about and about.what and about.source and about.licence
    assert shape_of(name) == entry.shape and points_of(name) == entry.points >= 1797 and classes_of(name) == entry.classes
    assert all(len(value) == 64 for value in entry.hashes.values())
    assert available(name) in ((True,) if name not in images.OFFICIAL else (True, False))


def test_the_hashes_are_those_of_the_files():
    here = [(sklearn.datasets.__path__[0] + "/data/digits.csv.gz", image_sets.entry("digits").hashes["digits.csv.gz"])]
    for name in ("mnist", "fashion"):
        if settings.data == image_files.settings.data and available(name):
            here += [(file, image_sets.entry(name).hashes[file.name]) for file in image_files.files_of(name)]
    for file, digest in here:
        with open(file, "rb") as stream:
            assert hashlib.file_digest(stream, "sha256").hexdigest() == digest


def test_keras_names_the_same_hashes():
    """Read from its source: it is not imported here."""
    root = Path(find_spec("keras").submodule_search_locations[0]) / "src/datasets"
    for file, name in (("mnist.py", "mnist"), ("cifar10.py", "cifar10")):
        source = (root / file).read_text()
        assert all(digest in source for digest in image_sets.entry(name).hashes.values())
    assert image_files.BATCHES[0].partition("/")[0] in (root / "cifar10.py").read_text()


# ---- the shapes

def test_the_shapes_are_balanced_and_all_over_the_picture():
    x, y = shapes.draw(203, 5)
    assert x.shape == (203, 32, 32, 3) and x.dtype == np.uint8 and y.dtype == np.int32
    assert set(np.bincount(y)) == {20, 21}
    assert x.std(axis=0).min() > 30  # no pixel tells anything by itself
    assert len(shapes.OUTLINES) == len(shapes.CLASSES) == 10


def test_a_shapes_outline_has_the_area_that_geometry_says():
    n = 801
    v, u = np.meshgrid(np.linspace(-1.5, 1.5, n), np.linspace(-1.5, 1.5, n), indexing="ij")
    inside = dict(zip(shapes.CLASSES, ((outline(u, v) < 0).mean() * 9 for outline in shapes.OUTLINES), strict=True))
    dent = 0.42 * np.sin(np.pi / 5)
    want = {"circle": np.pi * 0.85**2, "square": 1.5**2, "triangle": 3 * 3**0.5 / 4, "star": 5 * dent, "ring": np.pi * (0.92**2 - 0.48**2),
            "cross": 4 * 2 * 0.95 * 0.28 - (2 * 0.28) ** 2, "heart": 1.1**2 + np.pi * 0.55**2, "ellipse": np.pi * 0.5}
    assert {name: inside[name] for name in want} == pytest.approx(want, rel=0.02)


def test_a_linear_model_learns_the_digits_and_not_the_shapes():
    def score(data):
        x = data.x.reshape(len(data.x), -1) / 255
        return RidgeClassifier(10).fit(x[:data.train], data.y[:data.train]).score(x[data.train:], data.y[data.train:])

    assert score(sample("digits", points=600)) > 0.9
    assert score(sample("shapes", points=400)) < 0.35


@pytest.mark.slow
def test_a_small_convolutional_network_learns_the_shapes():
    """In a process of its own, as Keras counts its seeds."""
    script = ("import keras, numpy as np\n"
              "from core.data.images import load\n"
              "keras.utils.set_random_seed(0)\n"
              "d = load('shapes', points=4000, seed=0, train_share=0.75)\n"
              "x, y, n = d.x / np.float32(255), d.y, d.train\n"
              "L = keras.layers\n"
              "blocks = [l for f in (16, 32, 64) for l in (L.Conv2D(f, 3, padding='same', activation='relu'), L.MaxPooling2D())]\n"
              "m = keras.Sequential([*blocks, L.Flatten(), L.Dense(64, activation='relu'), L.Dense(10)])\n"
              "m.compile(keras.optimizers.Adam(2e-3), keras.losses.SparseCategoricalCrossentropy(True), metrics=['accuracy'])\n"
              "m.fit(x[:n], y[:n], 32, 8, verbose=0)\n"
              "print(m.evaluate(x[n:], y[n:], verbose=0)[1])")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert float(done.stdout) > 0.7


# ---- files

def write_npz(folder, file, arrays, **more):
    np.savez(folder / file, **(arrays | more))


def write_idx(path, array):
    path.parent.mkdir(exist_ok=True)
    head = struct.pack(f">{1 + array.ndim}I", 0x800 + array.ndim, *array.shape)
    path.write_bytes(gzip.compress(head + array.tobytes(), 1))


def write_fashion(folder, arrays):
    for part, kind in (("train", "train"), ("t10k", "test")):
        write_idx(folder / f"fashion-mnist/{part}-images-idx3-ubyte.gz", arrays[f"x_{kind}"])
        write_idx(folder / f"fashion-mnist/{part}-labels-idx1-ubyte.gz", arrays[f"y_{kind}"])


def old_pickle(rows, labels):
    """A batch as Python 2 and its NumPy wrote it, opcode by opcode: all texts are bytes."""
    text = lambda b: b"T" + struct.pack("<i", len(b)) + b  # noqa: E731
    number = lambda n: b"J" + struct.pack("<i", n)  # noqa: E731
    kind = b"cnumpy\ndtype\n(" + text(b"u1") + b"K\x00K\x01tR(K\x03" + text(b"|") + b"NNN" + number(-1) * 2 + b"K\x00tb"
    array = (b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\x00\x85" + text(b"b") + b"tR(K\x01" + number(rows.shape[0])
             + number(rows.shape[1]) + b"\x86" + kind + b"\x89" + text(rows.tobytes()) + b"tb")
    names = b"](" + b"".join(b"K" + bytes([label]) for label in labels) + b"e"
    return b"\x80\x02}(" + text(b"batch_label") + text(b"testing") + text(b"labels") + names + text(b"data") + array + b"u."


def write_batches(folder, arrays, place, old):
    (folder / place).mkdir(parents=True)
    parts = [*np.split(np.arange(len(arrays["x_train"])), 5), None]
    for name, part in zip(image_files.PARTS, parts, strict=True):
        x, y = (arrays["x_test"], arrays["y_test"]) if part is None else (arrays["x_train"][part], arrays["y_train"][part])
        rows = np.ascontiguousarray(x.transpose(0, 3, 1, 2)).reshape(len(x), -1)
        labels = y.tolist()
        (folder / place / name).write_bytes(old_pickle(rows, labels) if old else pickle.dumps({"data": rows, "labels": labels}, 4))


@pytest.mark.parametrize("name, write", [
    ("mnist", lambda folder, arrays: write_npz(folder, "mnist.npz", arrays)), ("fashion", write_fashion),
    ("cifar10", lambda folder, arrays: write_npz(folder, "cifar10.npz", arrays, y_train=arrays["y_train"][:, None])),
    ("cifar10", lambda folder, arrays: write_batches(folder, arrays, image_files.BATCHES[0], True)),
    ("cifar10", lambda folder, arrays: write_batches(folder, arrays, image_files.BATCHES[1], False))],
    ids=["mnist", "fashion", "npz", "keras 3", "older"])
def test_a_published_set_is_read_from_its_files(folder, name, write):
    arrays = official(shape=(32, 32, 3) if name == "cifar10" else (28, 28))
    assert not available(name)
    write(folder, arrays)
    assert available(name)
    data = sample(name, points=30, train_share=0.7)
    assert (data.train, data.validation, data.test) == (21, 9, 20) and data.x.dtype == np.uint8
    assert_array_equal(data.x[30:].reshape(arrays["x_test"].shape), arrays["x_test"])
    assert_array_equal(data.y[30:], arrays["y_test"])
    label = {x.tobytes(): int(y) for x, y in zip(arrays["x_train"], arrays["y_train"], strict=True)}
    assert [label[x.tobytes()] for x in data.x[:30]] == data.y[:30].tolist()
    assert len({x.tobytes() for x in data.x[:30]}) == 30 and set(np.bincount(data.y[:30])) == {3}
    assert sample(name, points=9999).train == 24  # of 40 that there are


def test_the_set_itself_stays_in_memory_and_is_not_to_be_written_to(folder):
    write_npz(folder, "mnist.npz", official())
    whole = image_files.official("mnist")
    assert image_files.official("mnist") is whole and image_files._read.cache_info().maxsize == 3
    assert not any(array.flags.writeable for array in whole) and whole.x_train.dtype == np.uint8
    write_npz(folder, "mnist.npz", official(seed=1))
    os.utime(folder / "mnist.npz", ns=(1, 1))
    assert image_files.official("mnist") is not whole


@pytest.mark.parametrize("name, words", [("mnist", "MNIST mnist.npz keras.datasets.mnist.load_data()"),
                                         ("fashion", "Fashion-MNIST fashion-mnist/*.gz keras.datasets.fashion_mnist.load_data()"),
                                         ("cifar10", "CIFAR-10 cifar10.npz cifar-10-batches-py keras.datasets.cifar10.load_data()")])
def test_a_set_that_is_not_here_says_what_to_do(folder, name, words):
    sentence = said(name)
    assert all(word in sentence for word in [*words.split(), folder.name, "DATA_DIR", "digits", "shapes"])
    assert str(folder.parent) not in sentence


def packed(arrays):
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()


def alone(array):
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


GOOD = official()
BROKEN = {
    "cut": (packed(GOOD)[:5000], "damaged"), "letters": (b"hello", "damaged"), "empty": (b"", "damaged"),
    "bits": (packed(GOOD).replace(GOOD["x_train"].tobytes()[100:140], b"\0" * 40), "damaged"), "lone": (alone(GOOD["x_train"]), "damaged"),
    "array missing": (packed({k: v for k, v in GOOD.items() if k != "y_test"}), "y_test"),
    "size": (packed(GOOD | {"x_train": GOOD["x_train"][:, :14]}), "(40, 14, 28)"),
    "floats": (packed(GOOD | {"x_test": GOOD["x_test"] / 255}), "float64"),
    "objects": (packed(GOOD | {"y_train": np.array([print] * 40)}), "object"),
    "too few labels": (packed(GOOD | {"y_train": GOOD["y_train"][:30]}), "(30,)"),
    "labels": (packed(GOOD | {"y_train": GOOD["y_train"] + 1}), "1 … 10"),
    "false labels": (packed(GOOD | {"y_train": GOOD["y_train"] * 1.0}), "float64"),
    "lying header": (packed(GOOD).replace(b"(40, 28, 28), }", b"(9**9, 28, 28)}"), "damaged"),
    "large header": (packed(GOOD).replace(b"'shape': (40, 28, 28), }  ", b"'shape': (4000000,28,28),}"), "(4000000, 28, 28)"),
}


@pytest.mark.parametrize("data, word", BROKEN.values(), ids=BROKEN)
def test_a_broken_npz_names_its_file(folder, data, word):
    (folder / "mnist.npz").write_bytes(data)
    sentence = said("mnist")
    assert "mnist.npz" in sentence and word in sentence and "fetch it again" in sentence


@pytest.mark.parametrize("file, change, word", [
    ("train-images-idx3-ubyte.gz", lambda data: data[:3000], "damaged"),
    ("t10k-images-idx3-ubyte.gz", lambda data: b"GIF89a" + data, "damaged"),
    ("train-labels-idx1-ubyte.gz", lambda data: gzip.compress(gzip.decompress(data)[:-3]), "damaged"),
    ("train-labels-idx1-ubyte.gz", lambda data: gzip.compress(gzip.decompress(data) + b"1"), "damaged"),
    ("t10k-labels-idx1-ubyte.gz", lambda data: gzip.compress(struct.pack(">II", 0x801, 0) + b""), "(0,)"),
    ("train-images-idx3-ubyte.gz", lambda data: gzip.compress(struct.pack(">IIII", 0x803, 4_000_000_000, 28, 28)), "4000000000"),
    ("train-images-idx3-ubyte.gz", lambda data: gzip.compress(struct.pack(">IIII", 0x803, 40, 27, 28) + bytes(40 * 27 * 28)), "27")])
def test_a_broken_idx_file_is_named(folder, file, change, word):
    write_fashion(folder, official())
    path = folder / "fashion-mnist" / file
    path.write_bytes(change(path.read_bytes()))
    sentence = said("fashion")
    assert file in sentence and word in sentence


class Evil:
    def __reduce__(self):
        return print, ("this must never be seen",)


def evil_batches():
    rows = np.zeros((8, 3072), np.uint8)
    yield "a function", pickle.dumps({"data": rows, "labels": Evil()}, 4)
    yield "a module", b"cos\nsystem\n(S'echo this must never be seen'\ntR."
    yield "objects", pickle.dumps({"data": np.array([Evil()]), "labels": [1]}, 4)
    yield "floats", pickle.dumps({"data": rows * 1.0, "labels": [1] * 8}, 4)
    yield "another key", pickle.dumps({"dates": rows, "labels": [1] * 8}, 4)
    yield "no dict", pickle.dumps([rows], 4)
    yield "a list", pickle.dumps({"data": [1, 2], "labels": [1, 2]}, 4)
    yield "words", pickle.dumps({"data": rows, "labels": ["cat"] * 8}, 4)
    yield "too few", pickle.dumps({"data": rows, "labels": [1]}, 4)
    yield "narrow", pickle.dumps({"data": rows[:, :3000], "labels": [1] * 8}, 4)
    yield "cut", pickle.dumps({"data": rows, "labels": [1] * 8}, 4)[:-500]
    yield "empty", b""
    yield "false size", old_pickle(rows, [1] * 8).replace(struct.pack("<i", 8) + b"J", struct.pack("<i", 9) + b"J")


@pytest.mark.parametrize("data", [pytest.param(data, id=name) for name, data in evil_batches()])
def test_a_false_batch_is_named_and_nothing_in_it_runs(folder, data, capfd):
    write_batches(folder, official(shape=(32, 32, 3)), image_files.BATCHES[0], True)
    (folder / image_files.BATCHES[0] / "data_batch_3").write_bytes(data)
    assert "data_batch_3" in said("cifar10")
    assert "never be seen" not in "".join(capfd.readouterr())


def test_a_batch_gives_no_way_to_names_beside_its_four():
    assert set(batches.KNOWN.values()) == {batches._Array, batches._Kind, batches._reconstruct}
    with pytest.raises(ValueError, match="os.system"):
        batches.read(b"cos\nsystem\n(S'true'\ntR.")


# ---- the real ones

@pytest.mark.parametrize("name, first", [("mnist", 7), ("fashion", 9), ("cifar10", 3)])
def test_the_real_set(name, first):
    if not available(name):
        pytest.skip(f"{name} is not in the data folder")
    data = sample(name, points=1000, train_share=0.8)
    assert (data.train, data.validation) == (800, 200) and data.test >= 5000 and data.x.shape[1:] == shape_of(name)
    assert data.y[1000] == first  # of the official test set, as is well known
    assert np.bincount(data.y[:800], minlength=10).min() > 60
    assert 20 < data.x.mean() < 140 and data.x.max() == 255


def test_nothing_here_loads_tensorflow():
    script = ("import sys, core.data.images, core.data.archive, core.data.handwriting\n"
              "sys.exit(', '.join(m for m in ('tensorflow', 'keras', 'sklearn', 'scipy', 'PIL', 'streamlit') if m in sys.modules) or 0)")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
