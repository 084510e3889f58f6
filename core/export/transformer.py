"""The Keras program of a TransformerSpec, beat by beat. Only what this spec needs appears in it.

It writes out what the lab fixes: the seed of every kernel and the order of every epoch's sequences. The lab computes the same layers in
another order of additions, so the program ends near its numbers: the longer the training, the less near.
"""

from __future__ import annotations

from core.data import uploads
from core.data.tasks import load
from core.export.training import Training, note
from core.export.transformer_data import draws
from core.frame import Trouble
from core.i18n import N_, _
from core.specs.base import versions
from core.specs.transformer import TASKS, TEXTS, WHOLE, TransformerSpec

SETTINGS = {
    "seed": N_("fixes everything random"),
    "points": N_("how many sequences to train on"),
    "length": N_("how many symbols, digits, words or characters a sequence is about"),
    "symbols": N_("how many different symbols there are"),
    "width": N_("how many numbers stand for a symbol"),
    "heads": N_("how many times a block looks at once"),
    "layers": N_("how many blocks there are"),
    "feed": N_("how many neurons work on each place"),
    "dropout": N_("the share of numbers switched off in each training step"),
    "learning_rate": N_("how far a step goes along the negative gradient"),
    "warmup": N_("the steps over which the learning rate grows to its value"),
    "clip": N_("the length to which a longer gradient is shortened"),
    "batch_size": N_("how many sequences a step looks at"),
    "epochs": N_("how many times the network sees all sequences to train on"),
}
KERNELS = """\
def glorot(place):
    return keras.initializers.GlorotUniform(seed=1009 * SEED + place)


def draw(kernel, rows, place):
    flat = (rows, int(np.prod(kernel.shape)) // rows)
    kernel.assign(keras.ops.reshape(glorot(place)(flat), kernel.shape))


def vectors(place):
    return keras.initializers.RandomNormal(stddev=0.5, seed=1009 * SEED + place)
"""


def beats(spec: TransformerSpec) -> list[tuple[str, str]]:
    """The headings and the code of the program. KeyError if the text was uploaded and is not here."""
    try:
        sample = load(spec, uploads.arrays(spec.upload))
    except Trouble as problem:
        raise KeyError(f"there is no text to train on: {problem}") from None
    names = {name: what for name, what in SETTINGS.items() if name not in spec.idle and not (name == "points" and spec.upload)}
    loss = "SparseCategoricalCrossentropy(ignore_class=-1)" if spec.task == "masked" else "SparseCategoricalCrossentropy()"
    training = Training(spec, len(sample.answers), sample.train, loss=loss, names=names, measures=spec.task != "masked")
    title = _("A Transformer: {task}", task=_(TASKS[spec.task]))
    parts = [
        (title, [f'"""{title}', "", *_about(spec, training), '"""', "", *_imports(spec), "", *training.settings(0)]),
        (_("Data"), draws(spec)),
        (_("Split"), _split()),
        (_("Batches"), training.batches()),
        (_("Network"), _network(training.legs[0], len(sample.symbols), len(sample.answers))),
        (_("Loss and optimizer"), training.first()),
        (_("Training"), training.fit()),
        *((_("From epoch {epoch} on", epoch=epoch), training.fork(i)) for i, epoch in enumerate(training.forks, 1)),
        (_("Validation"), _evaluate(spec)),
    ]
    return [(heading, "\n".join(lines)) for heading, lines in parts]


def _about(spec: TransformerSpec, training: Training) -> list[str]:
    packages = " ".join(["numpy", *(f"{name}=={version}" for name, version in versions().items())])
    lines = [_("Needs: pip install {packages}", packages=packages)]
    if spec.upload and spec.task in TEXTS:
        lines.append(_("Beside it: text.txt, your text, saved as UTF-8."))
    if training.forks:
        lines.append(_("A branch: the settings change after these epochs: {epochs}.", epochs=", ".join(map(str, training.forks))))
    return [*lines, _("It ends near the numbers that the lab shows, which adds up in another order.")]


def _imports(spec: TransformerSpec) -> list[str]:
    grammar = spec.task == "reviews" or spec.task in TEXTS and not spec.upload
    return [*(["import re", ""] if grammar else []), "import keras", "import numpy as np", "from keras import layers"]


def _split() -> list[str]:
    return [note(_("Train on the first part, judge on the second. The third stays sealed, a test for the very end.")),
            "x_train, x_val, x_test = np.split(x, np.cumsum(counts)[:2])", "y_train, y_val, y_test = np.split(y, np.cumsum(counts)[:2])"]


def _network(spec: TransformerSpec, symbols: int, answers: int) -> list[str]:
    size = str(spec.head_size) if spec.head_size else "max(WIDTH // HEADS, 1)" if spec.heads > spec.width else "WIDTH // HEADS"
    causal = ", use_causal_mask=True" if spec.causal else ""
    lines = [note(_("Each kernel draws its first weights from a seed of its own.")), KERNELS, "",
             note(_("Every place looks at those that it may see, with several heads at once.")),
             "def attention(x, place):", f"    layer = layers.MultiHeadAttention(HEADS, {size})", f"    seen = layer(x, x{causal})",
             "    for i, part in enumerate([layer.query_dense, layer.key_dense, layer.value_dense]):",
             "        draw(part.kernel, WIDTH, place + i)", f"    draw(layer.output_dense.kernel, HEADS * ({size}), place + 3)",
             "    return seen", "", "",
             note(_("Two layers that work on each place alone.")), "def feed_forward(x, place):",
             '    x = layers.Dense(FEED, "relu", kernel_initializer=glorot(place + 4))(x)',
             "    return layers.Dense(WIDTH, kernel_initializer=glorot(place + 5))(x)", "", "",
             f"read = keras.Input(({spec.steps},), dtype=\"int32\")",
             *_embedding(symbols), *_places(spec),
             "for i in range(LAYERS):", "    for j, part in enumerate([attention, feed_forward]):"]
    drop = "layers.Dropout(DROPOUT, seed=1009 * SEED + 100 + 2 * i + j)({})" if spec.dropout else "{}"
    if spec.norm == "post":
        lines += [f"        added = {drop.format('part(x, 10 + 8 * i)')}", "        x = layers.LayerNormalization()(x + added)"]
    else:
        lines += ["        normed = layers.LayerNormalization()(x)", f"        x = x + {drop.format('part(normed, 10 + 8 * i)')}"]
    lines += ["x = layers.LayerNormalization()(x)"] if spec.norm == "pre" else []
    if spec.pooled:
        mean = _("one answer, from the mean over all places")
        lines.append(f"x = layers.Reshape((1, WIDTH))(layers.GlobalAveragePooling1D()(x))  # {mean}")
    elif spec.asked < spec.steps:
        lines.append(f"x = layers.Cropping1D(({spec.steps - spec.asked}, 0))(x)  # " + _("answers are asked for at the last places"))
    return [*lines, f'answer = layers.Dense({answers}, "softmax", kernel_initializer=glorot(2))(x)', "model = keras.Model(read, answer)"]


def _embedding(symbols: int) -> list[str]:
    """Not as Keras' Embedding: a symbol that comes twice in a batch has two slices of its gradient, which optimizers square one by one."""
    return [note(_("An embedding: a table with a row for each symbol, here as a product with ones among zeros.")),
            "table = layers.Dense(WIDTH, use_bias=False, kernel_initializer=vectors(0))", f"x = table(keras.ops.one_hot(read, {symbols}))"]


def _places(spec: TransformerSpec) -> list[str]:
    if spec.positions == "none":
        return []
    places = ["places = keras.ops.cumsum(keras.ops.ones_like(read), axis=1) - 1"]
    if spec.positions == "learned":
        return [*places, "table = layers.Dense(WIDTH, use_bias=False, kernel_initializer=vectors(1))",
                f"x = x + table(keras.ops.one_hot(places, {spec.steps}))"]
    return ["", note(_("Waves of many lengths tell the places apart.")),
            "pair = np.arange(WIDTH) // 2", f"angle = np.arange({spec.steps})[:, None] / 10000.0 ** (2 * pair / WIDTH)",
            "waves = np.where(np.arange(WIDTH) % 2 == 0, np.sin(angle), np.cos(angle))", *places,
            f"table = layers.Embedding({spec.steps}, WIDTH, trainable=False)", "x = x + table(places)", "table.embeddings.assign(waves)"]


def _evaluate(spec: TransformerSpec) -> list[str]:
    shown = _("validation loss {val_loss:.6g}, accuracy {val_accuracy:.6g}")
    lines = [note(_("How well it does on sequences that it was not trained on.")),
             "p = model.predict(x_val, verbose=0)", "asked = y_val >= 0",
             "own = np.take_along_axis(p, np.maximum(y_val, 0)[..., None], axis=-1)[..., 0]",
             "val_loss = -np.log(own[asked]).mean()", "right = p.argmax(axis=-1) == y_val", "val_accuracy = right[asked].mean()",
             f'print(f"{shown}")']
    if spec.task in WHOLE:
        shown = _("wholly right: {val_exact:.6g}")
        lines += ["val_exact = right.all(axis=1).mean()", f'print(f"{shown}")']
    return lines
