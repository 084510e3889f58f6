"""The Keras program of a FeedforwardSpec, beat by beat. Only what this spec needs appears in it.

What the lab fixes so that equal specs give equal bits, the program writes out: the seed of every layer, the order of every
epoch's points, the rate of every step, whether XLA compiles or TensorFlow rewrites the graph. So it ends in the lab's weights,
bit for bit; where XLA compiles, close to them (measured: the loss to 5 parts in a million), since the lab pads the last batch.
"""

from __future__ import annotations

from core.data import uploads
from core.data.points import CLASSES
from core.export.feedforward_data import note, points
from core.i18n import N_, _
from core.specs.base import versions
from core.specs.feedforward import DATASETS, FeedforwardSpec
from core.specs.sweep import RATES

INITIALIZERS = {
    "glorot_uniform": "GlorotUniform({seed})", "he_normal": "HeNormal({seed})", "lecun_normal": "LecunNormal({seed})",
    "small": "RandomNormal(stddev=0.01, {seed})", "large": "RandomNormal(stddev=1.0, {seed})",
}
OPTIMIZERS = {
    "sgd": "SGD({rate})", "momentum": "SGD({rate}, momentum=0.9)", "nesterov": "SGD({rate}, momentum=0.9, nesterov=True)",
    "rmsprop": "RMSprop({rate})", "adagrad": "Adagrad({rate})", "adam": "Adam({rate})", "adamw": "AdamW({rate})",
}
# By loss, for two classes, for more, for a regression: the Keras loss and the output layer's activation.
LOSSES: dict[tuple[str, int], tuple[str, str]] = {
    ("crossentropy", 2): ("BinaryCrossentropy()", "sigmoid"), ("crossentropy", 3): ("CategoricalCrossentropy()", "softmax"),
    ("hinge", 2): ("Hinge()", "linear"), ("hinge", 3): ("CategoricalHinge()", "linear"),
    ("mse", 2): ("MeanSquaredError()", "tanh"), ("mse", 3): ("MeanSquaredError()", "softmax"),
    ("mse", 0): ("MeanSquaredError()", "linear"), ("mae", 0): ("MeanAbsoluteError()", "linear"),
    ("huber", 0): ("Huber(delta=0.1)", "linear"),
}
FEATURES = {"x1": "x1", "x2": "x2", "x1²": "x1 * x1", "x2²": "x2 * x2", "x1x2": "x1 * x2", "sin x1": "np.sin(x1)",
            "sin x2": "np.sin(x2)"}
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


def beats(spec: FeedforwardSpec) -> list[tuple[str, str]]:
    """The headings and the code of the program. KeyError if the points were uploaded and are not here."""
    if spec.dataset == "upload":
        upload = uploads.find(spec.upload)
        if upload is None:
            raise KeyError("the uploaded points are not here")
        count, classes = len(upload.arrays["x"]), int(upload.arrays["y"].max()) + 1
    else:
        count, classes = spec.points, CLASSES[spec.dataset]
    jit = spec.compiled(round(count * spec.train_share))
    title = _("A feedforward network on “{data}”", data=_(DATASETS[spec.dataset]))
    parts = [
        (title, [f'"""{title}', "", *_about(spec, jit), '"""', "", *_imports(spec, jit), "", *_settings(spec)]),
        (_("Data"), points(spec)),
        (_("Split"), _split(spec, classes)),
        (_("Batches"), _batches()),
        (_("Network"), _network(spec, classes)),
        (_("Loss and optimizer"), _compile(spec, classes, jit)),
        (_("Training"), _fit()),
        (_("Validation"), _evaluate(spec)),
    ]
    return [(heading, "\n".join(lines)) for heading, lines in parts]


def _about(spec: FeedforwardSpec, jit: bool) -> list[str]:
    packages = " ".join(["numpy", *(f"{name}=={version}" for name, version in versions().items())])
    lines = [_("Needs: pip install {packages}", packages=packages)]
    if spec.dataset == "upload":
        lines.append(_("Put your file beside this program and name it points.csv."))
    return [*lines, _("It ends near the numbers that the lab shows: compiled code rounds differently.") if jit else
            _("It ends in the very numbers that the lab shows.")]


def _imports(spec: FeedforwardSpec, jit: bool) -> list[str]:
    lines = ["import csv", ""] if spec.dataset == "upload" else []
    if jit:
        return [*lines, "import keras", "import numpy as np", "from keras import layers"]
    return [*lines, "import keras", "import numpy as np", "import tensorflow as tf", "from keras import layers", "",
            note(_("TensorFlow may rearrange a computation, which changes its last digits. The lab does without.")),
            'tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})']


def _settings(spec: FeedforwardSpec) -> list[str]:
    unused = {name for name in ("dropout", "l1", "l2") if not getattr(spec, name)}
    unused |= {"learning_rate"} if spec.schedule == "range" else set()
    unused |= {"points", "noise"} if spec.dataset == "upload" else set()
    return [f"{name.upper()} = {getattr(spec, name)!r}  # {_(what)}" for name, what in SETTINGS.items() if name not in unused]


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


def _batches() -> list[str]:
    return [note(_("Every epoch sees all training points, each time in a new order.")), """\
def batches():
    for epoch in range(EPOCHS):
        order = np.random.default_rng([SEED, epoch]).permutation(len(x_train))
        for start in range(0, len(order), BATCH_SIZE):
            batch = order[start : start + BATCH_SIZE]
            yield x_train[batch], y_train[batch]


steps = int(np.ceil(len(x_train) / BATCH_SIZE))  # """ + _("in an epoch")]


def _network(spec: FeedforwardSpec, classes: int) -> list[str]:
    lines, first_weights, penalty = [], '"zeros"', ""
    if spec.initializer != "zeros":
        first_weights = "init({place})"
        made = INITIALIZERS[spec.initializer].format(seed="seed=1009 * SEED + layer")
        lines += [note(_("Each layer draws its first weights from a seed of its own.")), "def init(layer):",
                  f"    return keras.initializers.{made}", "", ""]
    else:
        lines += [note(_("All weights begin at zero, so that the neurons of a layer stay twins."))]
    if spec.l1 or spec.l2:
        made = "L1L2(l1=L1, l2=L2)" if spec.l1 and spec.l2 else "L1(L1)" if spec.l1 else "L2(L2)"
        lines, penalty = [*lines, f"penalty = keras.regularizers.{made}"], ", kernel_regularizer=penalty"

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
    return [*lines, "model = keras.Sequential(", "    [", *(f"        {layer}," for layer in stack), "    ]", ")"]


def _compile(spec: FeedforwardSpec, classes: int, jit: bool) -> list[str]:
    lines, metric = [], '"accuracy"' if classes else '"mae"'
    rate = "LEARNING_RATE" if spec.schedule == "constant" else "rate"
    if spec.schedule == "cosine":
        lines += [note(_("The learning rate falls along half a cosine, to zero at the end (in float64, as in the lab).")),
                  "rate = keras.optimizers.schedules.CosineDecay(np.float64(LEARNING_RATE), EPOCHS * steps)", ""]
    elif spec.schedule == "step":
        lines += [note(_("The learning rate is halved at each sixth of the training.")),
                  "rate = keras.optimizers.schedules.PiecewiseConstantDecay(",
                  "    boundaries=[int(np.ceil(EPOCHS * steps * i / 6)) - 1 for i in range(1, 6)],",
                  "    values=[LEARNING_RATE / 2**i for i in range(6)],", ")", ""]
    elif spec.schedule == "range":
        lines += [note(_("The learning rate grows by equal factors, to find out which work (in float64, as in the lab).")),
                  "rate = keras.optimizers.schedules.ExponentialDecay(",
                  f"    np.float64({RATES[0]!r}), decay_steps=EPOCHS * steps, decay_rate={RATES[1]!r} / {RATES[0]!r}", ")", ""]
    if classes == 2 and spec.loss_name != "crossentropy":
        metric = "accuracy"
        lines += [*([""] if lines else []), note(_("The share of points whose output has the sign of their target.")),
                  "def accuracy(y_true, y_pred):", "    return keras.ops.equal(y_true > 0, y_pred > 0)", "", ""]
    why = _("with XLA, as in the lab: so long a training is worth compiling") if jit else _("without XLA, as in the lab")
    return [*lines, note(_("What is made small, and how a gradient becomes a step.")), "model.compile(",
            f"    optimizer=keras.optimizers.{OPTIMIZERS[spec.optimizer].format(rate=rate)},",
            f"    loss=keras.losses.{LOSSES[spec.loss_name, min(classes, 3)][0]},", f"    metrics=[{metric}],",
            f"    jit_compile={jit},  # {why}", ")"]


def _fit() -> list[str]:
    return [note(_("Each step nudges the weights so that the loss on its batch becomes smaller.")),
            "model.fit(batches(), epochs=EPOCHS, steps_per_epoch=steps, shuffle=False, verbose=0)"]


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
