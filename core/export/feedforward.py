"""The Keras program of a FeedforwardSpec, beat by beat. Only what this spec needs appears in it.

What the lab fixes so that equal specs give equal bits, the program writes out: the seed of every layer, the order of every
epoch's points, the rate of every step, whether XLA compiles or TensorFlow rewrites the graph. So it ends in the lab's weights,
bit for bit; where XLA compiles, close to them (measured: the loss to 5 parts in a million), since the lab pads the last batch.
"""

from __future__ import annotations

from core.data import uploads
from core.data.points import CLASSES
from core.export.feedforward_data import points
from core.export.training import Training, note
from core.i18n import N_, _
from core.specs.base import versions
from core.specs.feedforward import DATASETS, FeedforwardSpec

# By loss, for two classes, for more, for a regression: the Keras loss and the output layer's activation.
LOSSES: dict[tuple[str, int], tuple[str, str]] = {
    ("crossentropy", 2): ("BinaryCrossentropy()", "sigmoid"), ("crossentropy", 3): ("CategoricalCrossentropy()", "softmax"),
    ("hinge", 2): ("Hinge()", "linear"), ("hinge", 3): ("CategoricalHinge()", "linear"),
    ("mse", 2): ("MeanSquaredError()", "tanh"), ("mse", 3): ("MeanSquaredError()", "softmax"),
    ("mse", 0): ("MeanSquaredError()", "linear"), ("mae", 0): ("MeanAbsoluteError()", "linear"),
    ("huber", 0): ("Huber(delta=0.1)", "linear"),
}
# The settings in the order in which they are used, and what each means.
SETTINGS = {
    "seed": N_("fixes everything random"),
    "points": N_("training, validation and test together"),
    "noise": N_("how far points are scattered; 1 is a quarter of the picture"),
    "train_share": N_("the rest is halved: validation and test"),
    "dropout": N_("the share of hidden neurons switched off in each training step"),
    "l1": N_("adds L1 · Σ|w| to the loss"),
    "l2": N_("adds L2 · Σw² to the loss"),
    "learning_rate": N_("how far a step goes along the negative gradient"),
    "batch_size": N_("how many points a step looks at"),
    "epochs": N_("how many times the network sees all training points"),
}
INITIALIZERS = {
    "glorot_uniform": "GlorotUniform({seed})", "he_normal": "HeNormal({seed})", "lecun_normal": "LecunNormal({seed})",
    "small": "RandomNormal(stddev=0.01, {seed})", "large": "RandomNormal(stddev=1.0, {seed})",
}
FEATURES = {"x1": "x1", "x2": "x2", "x1²": "x1 * x1", "x2²": "x2 * x2", "x1x2": "x1 * x2", "sin x1": "np.sin(x1)",
            "sin x2": "np.sin(x2)"}


def beats(spec: FeedforwardSpec) -> list[tuple[str, str]]:
    """The headings and the code of the program. KeyError if the points were uploaded and are not here."""
    if spec.dataset == "upload":
        upload = uploads.find(spec.upload)
        if upload is None:
            raise KeyError("the uploaded points are not here")
        count, classes = len(upload.arrays["x"]), int(upload.arrays["y"].max()) + 1
    else:
        count, classes = spec.points, CLASSES[spec.dataset]
    train = round(count * spec.train_share)
    training = Training(spec, classes, train, loss=LOSSES[spec.loss_name, min(classes, 3)][0],
                        names={name: what for name, what in SETTINGS.items() if not (spec.upload and name in ("points", "noise"))},
                        compiled=lambda leg: leg.compiled(train))
    first = training.legs[0]
    title = _("A feedforward network on “{data}”", data=_(DATASETS[spec.dataset]))
    parts = [
        (title, [f'"""{title}', "", *_about(spec, training), '"""', "", *_imports(spec, training), "", *training.settings(0)]),
        (_("Data"), points(spec)),
        (_("Split"), _split(spec, classes)),
        (_("Batches"), training.batches()),
        (_("Network"), _network(first, classes, training.penalty())),
        (_("Loss and optimizer"), training.first()),
        (_("Training"), training.fit()),
        *((_("From epoch {epoch} on", epoch=epoch), training.fork(i)) for i, epoch in enumerate(training.forks, 1)),
        (_("Validation"), _evaluate(spec)),
    ]
    return [(heading, "\n".join(lines)) for heading, lines in parts]


def _about(spec: FeedforwardSpec, training: Training) -> list[str]:
    packages = " ".join(["numpy", *(f"{name}=={version}" for name, version in versions().items())])
    lines = [_("Needs: pip install {packages}", packages=packages)]
    if spec.dataset == "upload":
        lines.append(_("Put your file beside this program and name it points.csv."))
    if training.forks:
        lines.append(_("A branch: the settings change after these epochs: {epochs}.", epochs=", ".join(map(str, training.forks))))
    return [*lines, _("It ends near the numbers that the lab shows: compiled code rounds differently.") if any(training.compiled) else
            _("It ends in the very numbers that the lab shows.")]


def _imports(spec: FeedforwardSpec, training: Training) -> list[str]:
    lines = ["import csv", ""] if spec.dataset == "upload" else []
    if all(training.compiled):
        return [*lines, "import keras", "import numpy as np", "from keras import layers"]
    return [*lines, "import keras", "import numpy as np", "import tensorflow as tf", "from keras import layers", "",
            note(_("TensorFlow may rearrange a computation, which changes its last digits. The lab does without.")),
            'tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})']


def _split(spec: FeedforwardSpec, classes: int) -> list[str]:
    lines = [note(_("Shuffle the points.")), "order = rng.permutation(len(x))",
             'x, y = x[order].astype("float32"), y[order].astype("float32")', ""]
    if spec.dataset != "features100" and spec.features != ("x1", "x2"):
        named = ", ".join(FEATURES[name] for name in spec.features)
        lines += [note(_("What the network is shown of a point (x1, x2).")), "x1, x2 = x.T",
                  f"x = np.stack([{named}], axis=1)", ""]
    if classes > 2:
        lines += [note(_("One output for each class: the targets are 1 for the right one and 0 for the others.")),
                  f"y = keras.utils.to_categorical(y, {classes})", ""]
    elif not classes:
        lines += [note(_("One output: the value itself.")), "y = y[:, None]", ""]
    elif spec.loss_name == "crossentropy":
        lines += [note(_("One output: how sure the network is of class 1. The targets are 0 and 1.")), "y = y[:, None]", ""]
    else:
        lines += [note(_("One output: below zero for class 0, above zero for class 1. The targets are -1 and +1.")),
                  "y = 2 * y[:, None] - 1", ""]
    return [*lines, note(_("Train on the first part, judge on the second. The third stays sealed, a test for the very end.")),
            "train = round(TRAIN_SHARE * len(x))", "validation = (len(x) - train) // 2",
            "x_train, x_val, x_test = np.split(x, [train, train + validation])",
            "y_train, y_val, y_test = np.split(y, [train, train + validation])"]


def _network(spec: FeedforwardSpec, classes: int, regularizer: list[str]) -> list[str]:
    lines, first_weights, penalty = [], '"zeros"', ", kernel_regularizer=penalty" if regularizer else ""
    if spec.initializer != "zeros":
        first_weights = "init({place})"
        made = INITIALIZERS[spec.initializer].format(seed="seed=1009 * SEED + layer")
        lines += [note(_("Each layer draws its first weights from a seed of its own.")), "def init(layer):",
                  f"    return keras.initializers.{made}", "", ""]
    else:
        lines += [note(_("All weights begin at zero, so that the neurons of a layer stay twins."))]

    def dense(place: int, units: int, activation: str = "") -> str:
        shown = f', "{activation}"' if activation else ""
        return f"layers.Dense({units}{shown}, kernel_initializer={first_weights.format(place=place)}{penalty})"

    inputs = 100 if spec.dataset == "features100" else len(spec.features)
    stack = [f"keras.Input(({inputs},))"]
    for i, units in enumerate(spec.hidden):
        if spec.batch_norm:
            stack += [dense(i, units), "layers.BatchNormalization()", f'layers.Activation("{spec.activation_of(i)}")']
        else:
            stack.append(dense(i, units, spec.activation_of(i)))
        if spec.dropout:
            stack.append(f"layers.Dropout(DROPOUT, seed=1009 * SEED + {100 + i})")
    output = LOSSES[spec.loss_name, min(classes, 3)][1]
    stack.append(dense(len(spec.hidden), classes if classes > 2 else 1, output))
    return [*lines, *regularizer, "model = keras.Sequential(", "    [", *(f"        {layer}," for layer in stack), "    ]", ")"]


def _evaluate(spec: FeedforwardSpec) -> list[str]:
    metric = "val_mae" if spec.regression else "val_accuracy"
    lines = [note(_("How well it does on points that it was not trained on."))]
    if spec.l1 or spec.l2:
        lines += [f"_, {metric} = model.evaluate(x_val, y_val, verbose=0)",
                  note(_("The loss without the penalty for weights, which evaluate() would add.")),
                  "val_loss = float(model.loss(y_val, model(x_val, training=False)))"]
    else:
        lines += [f"val_loss, {metric} = model.evaluate(x_val, y_val, verbose=0)"]
    shown = (_("validation loss {val_loss:.6g}, mean absolute error {val_mae:.6g}") if spec.regression else
             _("validation loss {val_loss:.6g}, accuracy {val_accuracy:.6g}"))
    return [*lines, f'print(f"{shown}")']
