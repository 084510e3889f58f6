"""The Keras program of a CnnSpec, beat by beat. Only what this spec needs appears in it.

What the lab fixes so that equal specs give equal bits, the program writes out: the seed of every layer, the order of the images and of
every epoch, the rate of every step, one thread inside an operation. So it ends in the lab's weights, bit for bit.
"""

from __future__ import annotations

import inspect
import re

from core.data import images, shapes, uploads
from core.export.training import Training, note
from core.i18n import N_, _
from core.specs.base import versions
from core.specs.cnn import DATASETS, CnnSpec
from core.specs.stack import BETWEEN, Layer

SETTINGS = {
    "seed": N_("fixes everything random"),
    "points": N_("how many images"),
    "train_share": N_("the rest is for validation (and a test set, where there is none of its own)"),
    "dropout": N_("the share of numbers switched off in each training step"),
    "learning_rate": N_("how far a step goes along the negative gradient"),
    "batch_size": N_("how many images a step looks at"),
    "epochs": N_("how many times the network sees all training images"),
    "patience": N_("epochs without a smaller validation loss after which training ends"),
}
DIGITS = """\
digits = load_digits()
x = np.rint(digits.images * (255 / 16)).astype("uint8")[..., None]
y = digits.target"""
SHIFTED = 'RandomTranslation(0.1, 0.1, fill_mode="nearest", interpolation="nearest"'
AUGMENTED = {"none": (), "shift": (SHIFTED,), "shift_flip": (SHIFTED, 'RandomFlip("horizontal"'),
             "shift_turn": (SHIFTED, 'RandomRotation(0.05, fill_mode="nearest"')}  # each up to its seed
PICTURES = """\
folders = [folder for folder in Path("pictures").iterdir() if folder.is_dir()]
folders.sort(key=lambda folder: folder.name.casefold())
kinds = (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".gif")
labels, files = [], []
for label, folder in enumerate(folders):
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.suffix.lower() in kinds:
            labels.append(label)
            files.append(file)"""
SQUARES = """\
how = {"target_size": (32, 32), "interpolation": "lanczos", "keep_aspect_ratio": True}
x = np.stack([np.asarray(keras.utils.load_img(file, **how)) for file in files])
y = np.array(labels)"""
KERAS = {"mnist": "mnist", "fashion": "fashion_mnist", "cifar10": "cifar10"}


def beats(spec: CnnSpec) -> list[tuple[str, str]]:
    """The headings and the code of the program. Misfit if the network cannot be built; KeyError if its pictures were uploaded and are not
    here."""
    training = Training(spec, spec.classes, _train(spec), loss="SparseCategoricalCrossentropy()", names=SETTINGS)
    said = N_("A convolutional network on “{data}”") if spec.filters else N_("A dense network on “{data}”")
    title = _(said, data=_(DATASETS[spec.dataset]))
    parts = [
        (title, [f'"""{title}', "", *_about(spec, training), '"""', "", *_imports(spec), "", *training.settings(0)]),
        (_("Data"), _data(spec)),
        (_("Split"), _split(spec)),
        (_("Batches"), training.batches()),
        (_("Network"), _network(spec)),
        (_("Loss and optimizer"), training.first()),
        (_("Training"), training.fit()),
        *((_("From epoch {epoch} on", epoch=epoch), training.fork(i)) for i, epoch in enumerate(training.forks, 1)),
        (_("Validation"), _evaluate()),
    ]
    return [(heading, "\n".join(lines)) for heading, lines in parts]


def _train(spec: CnnSpec) -> int:
    """How many images are trained on."""
    if not spec.upload:
        return round(spec.points * spec.train_share)
    found = uploads.find(spec.upload)
    if found is None:
        raise KeyError("the uploaded pictures are not here")
    return images.load("upload", points=spec.points, seed=spec.seed, train_share=spec.train_share, upload=found.arrays).train


def _about(spec: CnnSpec, training: Training) -> list[str]:
    more = "pillow" if spec.upload else "scikit-learn"
    packages = " ".join(["numpy", more, *(f"{name}=={version}" for name, version in versions().items())])
    lines = [_("Needs: pip install {packages}", packages=packages)]
    if training.forks:
        lines.append(_("A branch: the settings change after these epochs: {epochs}.", epochs=", ".join(map(str, training.forks))))
    if spec.upload:
        return [*lines, _("Beside it: the folder “pictures”, with a folder of pictures for each class."),
                _("It ends in the lab’s numbers if these are the pictures that you brought, and square ones."),
                _("The lab also turns photos upright and puts white behind what is see-through; this does not."),
                _("Large JPEGs, and margins that cannot be halved, may come out a little different, too.")]
    if spec.dataset == "cifar10":
        return [*lines, _("It ends in the very numbers that the lab shows, if the lab has the whole of CIFAR-10.")]
    return [*lines, _("It ends in the very numbers that the lab shows.")]


def _imports(spec: CnnSpec) -> list[str]:
    lines = ["from pathlib import Path", ""] if spec.upload else []
    lines += ["import keras", "import numpy as np", "import tensorflow as tf", "from keras import layers"]
    if spec.dataset == "digits":
        lines.append("from sklearn.datasets import load_digits")
    return [*lines, "", note(_("The last digits depend on how a computation is shared out and rearranged. The lab does neither.")),
            "tf.config.threading.set_intra_op_parallelism_threads(1)",
            'tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})']


def _data(spec: CnnSpec) -> list[str]:
    """Lines that leave x (n, height, width, channels), 0 to 255, and y (n,); and x_test, y_test where there is a set of its own."""
    if spec.dataset == "digits":
        return [note(_("1,797 scanned digits; their 17 levels of grey are spread over 0 to 255.")), DIGITS]
    if spec.upload:
        return [note(_("The classes are numbered in the order of their names.")), PICTURES, "",
                note(_("The middle square of each, made small.")), SQUARES]
    if spec.dataset == "shapes":
        code = re.sub(r'N_\((".*?")\)', r"\1", inspect.getsource(shapes))  # names are not translated there
        return ["from collections.abc import Callable", "", note(_("Shapes in random colours, at random places: how the lab draws them.")),
                code[code.index("SIDE"):].rstrip(), "", "", "x, y = draw(POINTS, SEED)"]
    lines = [note(_("Keras downloads the images once.")),
             f"(x, y), (x_test, y_test) = keras.datasets.{KERAS[spec.dataset]}.load_data()"]
    return [*lines, "y = y.ravel()"] if spec.dataset == "cifar10" else [*lines, "x = x[..., None]"]


def _split(spec: CnnSpec) -> list[str]:
    if spec.upload:
        code = "\n\n".join(inspect.getsource(part) for part in (images._quotas, images.split, images._turns)).rstrip()
        return [note(_("Each part gets as much of each class as the whole has, and at least one picture.")), code, "", "",
                "rng = np.random.default_rng([SEED, 11])",
                "train, validation, test = split(y, POINTS, TRAIN_SHARE, rng, with_test=True)",
                "x_train, y_train = x[train], y[train]", "x_val, y_val = x[validation], y[validation]",
                note(_("The third stays sealed, a test for the very end.")), "x_test, y_test = x[test], y[test]"]
    lines = [note(_("Shuffle, then let the classes take turns: any stretch holds as much of each as the whole.")),
             "rng = np.random.default_rng([SEED, 11])", "order = rng.permutation(len(y))",
             'order = order[np.argsort(y[order], kind="stable")]',
             "turn = np.concatenate([(np.arange(n) + 0.5) / n for n in np.bincount(y)])",
             'order = order[np.argsort(turn, kind="stable")][:POINTS]', "x, y = x[order], y[order]", "",
             note(_("Train on the first part, judge on the second.")), "train = round(TRAIN_SHARE * len(x))"]
    if spec.dataset in KERAS:
        return [*lines, "x_train, x_val = np.split(x, [train])", "y_train, y_val = np.split(y, [train])"]
    return [*lines, "validation = (len(x) - train) // 2", note(_("The third stays sealed, a test for the very end.")),
            "x_train, x_val, x_test = np.split(x, [train, train + validation])",
            "y_train, y_val, y_test = np.split(y, [train, train + validation])"]


def _network(spec: CnnSpec) -> list[str]:
    stack = [f"keras.Input({spec.shape})"]
    stack += [f"layers.{code}, seed=1009 * SEED + {200 + i})" for i, code in enumerate(AUGMENTED[spec.augmentation])]
    stack.append("layers.Rescaling(1 / 255)")
    kernels = 0
    for layer in spec.layers:
        stack += _layer(layer, kernels)
        kernels += layer.kind in ("conv", "dense")
        if spec.dropout and spec.drops(layer):
            stack.append(f"layers.Dropout(DROPOUT, seed=1009 * SEED + {100 + kernels - 1})")
    return [note(_("Each layer draws its first weights from a seed of its own.")), "def init(layer):",
            "    return keras.initializers.GlorotUniform(seed=1009 * SEED + layer)", "", "",
            "model = keras.Sequential(", "    [", *(f"        {layer}," for layer in stack), "    ]", ")"]


def _layer(layer: Layer, kernels: int) -> list[str]:
    if layer.kind == "conv":
        padding = ', padding="same"' if layer.padding == "same" else ""
        start = f"layers.Conv2D({layer.filters}, {layer.kernel}{padding}"
        if layer.norm:
            return [f"{start}, kernel_initializer=init({kernels}))", "layers.BatchNormalization()",
                    f'layers.Activation("{layer.activation}")']
        return [f'{start}, activation="{layer.activation}", kernel_initializer=init({kernels}))']
    if layer.pools:
        return [f"layers.{'Max' if layer.kind == 'max' else 'Average'}Pooling2D({layer.kernel})"]
    if layer.kind in BETWEEN:
        return ["layers.Flatten()" if layer.kind == "flatten" else "layers.GlobalAveragePooling2D()"]
    return [f'layers.Dense({layer.filters}, "{layer.activation}", kernel_initializer=init({kernels}))']


def _evaluate() -> list[str]:
    shown = _("validation loss {val_loss:.6g}, accuracy {val_accuracy:.6g}")
    return [note(_("How well it does on images that it was not trained on.")),
            "val_loss, val_accuracy = model.evaluate(x_val, y_val, verbose=0)", f'print(f"{shown}")']
