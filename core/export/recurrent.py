"""The Keras program of a RecurrentSpec, beat by beat. Only what this spec needs appears in it.

It writes out what the lab fixes: the seed of every layer and the order of every epoch's sequences. The lab computes the same layers in
another order of additions, so the program ends near its numbers: the longer the training, the less near.
"""

from __future__ import annotations

from core.data.sequences import sizes
from core.export.recurrent_data import draws
from core.export.training import Training, note
from core.i18n import N_, _
from core.specs.base import versions
from core.specs.recurrent import TASKS, VALIDATION, RecurrentSpec

SETTINGS = {
    "seed": N_("fixes everything random"),
    "points": N_("how many sequences to train on"),
    "length": N_("how many steps a sequence has; in “recall” the gap"),
    "noise": N_("how far each value is from the wave, as a standard deviation"),
    "period": N_("steps of the slowest wave"),
    "waves": N_("how many sines are added"),
    "units": N_("how many numbers the state of a layer has"),
    "dropout": N_("the share of numbers switched off in each training step"),
    "learning_rate": N_("how far a step goes along the negative gradient"),
    "clip": N_("the length to which a longer gradient is shortened"),
    "batch_size": N_("how many sequences a step looks at"),
    "epochs": N_("how many times the network sees all sequences to train on"),
}
LAYERS = {"rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}
INITIALIZERS = {"orthogonal": "Orthogonal(seed={seed})", "glorot_uniform": "GlorotUniform(seed={seed})", "identity": "Identity()",
                "shrinking": "Orthogonal(gain=0.5, seed={seed})", "growing": "Orthogonal(gain=1.5, seed={seed})"}


def beats(spec: RecurrentSpec) -> list[tuple[str, str]]:
    """The headings and the code of the program."""
    inputs, outputs = sizes(spec.task, spec.language)
    names = {name: what for name, what in SETTINGS.items() if name not in spec.idle}
    loss = "MeanSquaredError()" if spec.regression else "SparseCategoricalCrossentropy()"
    training = Training(spec, 0 if spec.regression else outputs, spec.points, loss=loss, names=names)
    title = _("A recurrent network: {task}", task=_(TASKS[spec.task]))
    parts = [
        (title, [f'"""{title}', "", *_about(training), '"""', "", *_imports(spec), "", *training.settings(0)]),
        (_("Data"), draws(spec)),
        (_("Split"), _split()),
        (_("Batches"), training.batches()),
        (_("Network"), _network(training.legs[0], inputs, outputs)),
        (_("Loss and optimizer"), training.first()),
        (_("Training"), training.fit()),
        *((_("From epoch {epoch} on", epoch=epoch), training.fork(i)) for i, epoch in enumerate(training.forks, 1)),
        (_("Validation"), _evaluate(spec)),
    ]
    return [(heading, "\n".join(lines)) for heading, lines in parts]


def _about(training: Training) -> list[str]:
    packages = " ".join(["numpy", *(f"{name}=={version}" for name, version in versions().items())])
    lines = [_("Needs: pip install {packages}", packages=packages)]
    if training.forks:
        lines.append(_("A branch: the settings change after these epochs: {epochs}.", epochs=", ".join(map(str, training.forks))))
    return [*lines, _("It ends near the numbers that the lab shows, which adds up in another order.")]


def _imports(spec: RecurrentSpec) -> list[str]:
    return [*(["import re", ""] if spec.task == "text" else []), "import keras", "import numpy as np", "from keras import layers"]


def _split() -> list[str]:
    return [note(_("Train on the first part, judge on the second. The third stays sealed, a test for the very end.")),
            f"x_train, x_val, x_test = np.split(x, [POINTS, POINTS + {VALIDATION}])",
            f"y_train, y_val, y_test = np.split(y, [POINTS, POINTS + {VALIDATION}])"]


def _network(spec: RecurrentSpec, inputs: int, outputs: int) -> list[str]:
    steps = "LENGTH + 2" if spec.task == "recall" else "LENGTH"
    stack = [f"keras.Input(({steps}, {inputs}))"]
    for i in range(spec.layers):
        sequences = "True" if i < spec.layers - 1 else "False"
        stack.append(f"layers.Bidirectional(cell({i}, {sequences}), backward_layer=cell({i + 50}, {sequences}, go_backwards=True))"
                     if spec.bidirectional else f"cell({i}, {sequences})")
        stack += [f"layers.Dropout(DROPOUT, seed=1009 * SEED + {100 + i})"] if spec.dropout else []
    activation = "" if spec.regression else ', "softmax"'
    stack.append(f"layers.Dense({outputs}{activation}, kernel_initializer=init({spec.layers}))")
    own = ["unit_forget_bias=False"] if spec.cell == "lstm" and not spec.forget_bias else (
        ['activation="relu"'] if spec.cell == "rnn" and spec.activation == "relu" else [])
    arguments = [*own, "return_sequences=sequences", *(["go_backwards=go_backwards"] if spec.bidirectional else []),
                 "kernel_initializer=init(place)", "recurrent_initializer=recurrent"]
    recurrent = INITIALIZERS[spec.initializer].format(seed="1009 * SEED + 300 + place")
    return [note(_("Each layer draws its first weights from seeds of its own.")), "def init(place):",
            "    return keras.initializers.GlorotUniform(seed=1009 * SEED + place)", "", "",
            note(_("sequences: whether it passes on its state after every step, or only after the last.")),
            f"def cell(place, sequences{', go_backwards=False' if spec.bidirectional else ''}):",
            f"    recurrent = keras.initializers.{recurrent}",
            f"    return layers.{LAYERS[spec.cell]}(", "        UNITS,",
            *(f"        {line}," for line in arguments), "    )", "", "",
            "model = keras.Sequential(", "    [", *(f"        {layer}," for layer in stack), "    ]", ")"]


def _evaluate(spec: RecurrentSpec) -> list[str]:
    metric = "val_mae" if spec.regression else "val_accuracy"
    shown = (_("validation loss {val_loss:.6g}, mean absolute error {val_mae:.6g}") if spec.regression else
             _("validation loss {val_loss:.6g}, accuracy {val_accuracy:.6g}"))
    return [note(_("How well it does on sequences that it was not trained on.")),
            f"val_loss, {metric} = model.evaluate(x_val, y_val, verbose=0)", f'print(f"{shown}")']
