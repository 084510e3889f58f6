"""The Keras program of a TextSpec, beat by beat. Only what this spec needs appears in it.

It writes out what the lab fixes: the seed of every layer and the order of every epoch's texts. The lab computes recurrent layers in another
order of additions, so the program ends near its numbers: the longer the training, the less near.
"""

from __future__ import annotations

from core.data import uploads
from core.data.corpus import HELD, Corpus, load
from core.export.training import Training, note
from core.frame import Trouble
from core.i18n import N_, _
from core.specs.base import versions
from core.specs.text import CELLS, DENSE, KERNEL, MODELS, SOURCES, TextSpec

SETTINGS = {
    "seed": N_("fixes everything random"),
    "points": N_("how many texts to learn from"),
    "vocabulary": N_("how many words get a number of their own"),
    "length": N_("how many tokens of a text the network reads"),
    "width": N_("how many numbers a word becomes"),
    "units": N_("the size of what reads them"),
    "heads": N_("heads of attention"),
    "dropout": N_("the share of numbers switched off in each training step"),
    "l2": N_("strength of the L2 regularization"),
    "learning_rate": N_("how far a step goes along the negative gradient"),
    "batch_size": N_("how many texts a step looks at"),
    "epochs": N_("how many times the network sees all training texts"),
    "patience": N_("epochs without a smaller validation loss after which training ends"),
}
LAYERS = {"lstm": "LSTM", "gru": "GRU"}
FILE = """\
with open("texts.csv", newline="", encoding="utf-8-sig") as file:
    rows = list(csv.DictReader(file))
texts = {part: [tokens(row["text"]) for row in rows if row["part"] == part] for part in ("train", "validation")}
labels = {part: [int(row["label"]) for row in rows if row["part"] == part] for part in ("train", "validation")}"""
RANKS = """\
origin = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/imdb.npz"
with np.load(keras.utils.get_file("imdb.npz", origin), allow_pickle=True) as file:
    x, y = file["x_train"], file["y_train"]
words = {rank: re.sub(STRIPPED, "", word) for word, rank in keras.datasets.imdb.get_word_index().items()}
order = np.random.default_rng([SEED, 11]).permutation(len(y))
HELD = """ + f"{HELD['imdb']}" + """
parts = {"train": order[HELD : HELD + POINTS], "validation": order[:HELD]}
texts = {part: [[words[rank] for rank in x[i] if words[rank]] for i in chosen] for part, chosen in parts.items()}
labels = {part: y[chosen] for part, chosen in parts.items()}"""
STRIPPED = """STRIPPED = r'[!"#$%&()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~\\']'"""
TOKENS = """\
def tokens(text):
    text = text.replace("’", "'").replace("‘", "'")
    plain = re.sub(STRIPPED, "", re.sub("[A-Z]", lambda letter: letter[0].lower(), text))
    return """
VOCABULARY_OF = """\
counts = Counter(token for text in texts["train"] for token in text)
ranked = sorted(counts, key=lambda token: (-counts[token], token))[: VOCABULARY - 2]
number = {token: i for i, token in enumerate(ranked, 2)}"""
TABLE = """\
def table(texts):
    found = np.zeros((len(texts), LENGTH), "int32")
    for row, text in zip(found, texts):
        ids = [number.get(token, 1) for token in text]{kept}
        if ids:
            row[{place}] = ids
    return found


x_train, x_val = table(texts["train"]), table(texts["validation"])
y_train, y_val = (np.array(labels[part])[:, None] for part in ("train", "validation"))"""
SIMPLE = """\
vectorizer = TfidfVectorizer(analyzer=lambda text: text, vocabulary=ranked)
seen = vectorizer.fit_transform(texts["train"])
simple = LogisticRegression(C=10, max_iter=300).fit(seen, labels["train"])
simple_accuracy = simple.score(vectorizer.transform(texts["validation"]), labels["validation"])"""


def beats(spec: TextSpec) -> list[tuple[str, str]]:
    """The headings and the code of the program. KeyError if the texts are not here."""
    corpus = _corpus(spec)
    outputs = 1 if len(corpus.classes) == 2 else len(corpus.classes)
    loss = "BinaryCrossentropy()" if outputs == 1 else "SparseCategoricalCrossentropy()"
    names = {name: what for name, what in SETTINGS.items() if name not in spec.idle and (name != "points" or spec.source == "imdb")}
    training = Training(spec, 2, corpus.train, loss=loss, names=names)
    title = _("A network that tells texts apart: {source}, {model}", source=_(SOURCES[spec.source]), model=_(MODELS[spec.model]))
    parts = [
        (title, [f'"""{title}', "", *_about(spec, training), '"""', "", *_imports(spec), "", *training.settings(0)]),
        (_("Tokens"), _tokens(spec, corpus.how)),
        (_("Data"), _data(spec)),
        (_("Vocabulary"), [note(_("The most frequent tokens of the training texts get a number; 0 is padding, 1 an unknown one.")),
                           VOCABULARY_OF]),
        (_("Texts as numbers"), _table(spec)),
        (_("Batches"), training.batches()),
        (_("Network"), _network(spec, training, outputs)),
        (_("Loss and optimizer"), training.first()),
        (_("Training"), training.fit()),
        *((_("From epoch {epoch} on", epoch=epoch), training.fork(i)) for i, epoch in enumerate(training.forks, 1)),
        (_("Validation"), _evaluate()),
        (_("The simple model"), _simple()),
    ]
    return [(heading, "\n".join(lines)) for heading, lines in parts]


def _corpus(spec: TextSpec) -> Corpus:
    try:
        return load(spec, uploads.arrays(spec.upload))
    except Trouble as problem:
        raise KeyError(f"there are no texts: {problem}") from None


def _about(spec: TextSpec, training: Training) -> list[str]:
    packages = " ".join(["numpy", "scikit-learn", *(f"{name}=={version}" for name, version in versions().items())])
    lines = [_("Needs: pip install {packages}", packages=packages)]
    if spec.source != "imdb":
        lines.append(_("Beside it: texts.csv, the texts as the lab has them; the page has that file."))
    if training.forks:
        lines.append(_("A branch: the settings change after these epochs: {epochs}.", epochs=", ".join(map(str, training.forks))))
    return [*lines, _("It ends near the numbers that the lab shows, which adds up in another order.")]


def _imports(spec: TextSpec) -> list[str]:
    return [*([] if spec.source == "imdb" else ["import csv"]), "import re", "from collections import Counter", "", "import keras",
            "import numpy as np", "from keras import layers, ops", "from sklearn.feature_extraction.text import TfidfVectorizer",
            "from sklearn.linear_model import LogisticRegression"]


def _tokens(spec: TextSpec, how: str) -> list[str]:
    if spec.source == "imdb":
        return [note(_("Punctuation, which is no part of a word here.")), STRIPPED]
    split = r'[word for word in re.split("[ \t\n\r\f\v]+", plain) if word]' if how == "words" else "list(plain)"
    says = (_("Small letters, no punctuation, parted at blanks, as Keras’ TextVectorization does it.") if how == "words" else
            _("Small letters, no punctuation, and each character is a token."))
    return [note(says), STRIPPED, "", "", TOKENS + split]


def _data(spec: TextSpec) -> list[str]:
    if spec.source == "imdb":
        return [note(_("The file has ranks of words; Keras’ load_data would move them by 3, for padding, start and unknown.")), RANKS]
    return [note(_("The third part of the file is the sealed test: it stays closed.")), FILE]


def _table(spec: TextSpec) -> list[str]:
    says = (_("Of a long text the end is kept.") if spec.keep == "end" else _("Of a long text the beginning is kept.")) + " " + (
        _("A short one is filled up in front.") if spec.padding == "front" else _("A short one is filled up behind."))
    return [note(says), TABLE.format(kept="[-LENGTH:]" if spec.keep == "end" else "[:LENGTH]",
                                     place=": len(ids)" if spec.padding == "back" else "-len(ids) :")]


def _network(spec: TextSpec, training: Training, outputs: int) -> list[str]:
    small = "kernel_regularizer=penalty" if training.l2 else ""
    more = ", embeddings_regularizer=penalty" if training.l2 else ""
    lines = [note(_("Each layer draws its first weights from a seed of its own.")), "def init(layer):",
             "    return keras.initializers.GlorotUniform(seed=1009 * SEED + layer)", "", "",
             *_even(), *_embedding(), *([*training.penalty(), ""] if training.l2 else []),
             'ids = keras.Input((LENGTH,), dtype="int32")',
             f"h = Embedding(len(ranked) + 2, WIDTH, embeddings_initializer=even(0){more})(ids)",
             *([] if spec.model == "average" else _dropped(spec, 100))]
    if spec.model in ("average", "transformer"):
        lines += [note(_("1 where there is a word, next to nothing where there is padding.")),
                  'real = ops.cast(ops.not_equal(ids, 0), "float32")']
    if spec.model in CELLS:
        lines = [*lines[:5], *_cell(spec, bool(training.l2)), *lines[5:], *_recurrent(spec)]
    elif spec.model == "conv":
        how = ", ".join(filter(None, ['padding="same"', 'activation="relu"', "kernel_initializer=init(1)", small]))
        lines += [f"h = layers.Conv1D(UNITS, {KERNEL}, {how})(h)", "h = layers.GlobalMaxPooling1D()(h)"]
    elif spec.model == "transformer":
        lines += _block(small)
    if spec.model in ("average", "transformer"):
        lines += ["share = (real + 1e-9)[..., None]", "h = ops.sum(h * share, axis=1) / ops.sum(share, axis=1)"]
    if spec.model == "article":
        lines.append(f"h = {_dense(str(DENSE), 'relu', 3, small)}(h)")
    answer = _dense(str(outputs), "sigmoid" if outputs == 1 else "softmax", 5, small)
    return [*lines, *_dropped(spec, 102), f"model = keras.Model(ids, {answer}(h))"]


def _even() -> list[str]:
    return ["def even(layer):", "    return keras.initializers.RandomUniform(-0.05, 0.05, seed=1009 * SEED + layer)", "", ""]


def _embedding() -> list[str]:
    return [note(_("Every row is updated at every step, as in the lab; Keras’ own lets rest the words that a batch does not have.")),
            "class Embedding(layers.Embedding):", "    def call(self, ids):",
            "        return ops.take(self.embeddings * 1.0, ids, axis=0)", "", ""]


def _dropped(spec: TextSpec, place: int) -> list[str]:
    return [f"h = layers.Dropout(DROPOUT, seed=1009 * SEED + {place})(h)"] if spec.dropout else []


def _dense(units: str, activation: str, place: int, small: str) -> str:
    how = ", ".join(filter(None, [units, f'"{activation}"', f"kernel_initializer=init({place})", small]))
    return f"layers.Dense({how})"


def _cell(spec: TextSpec, small: bool) -> list[str]:
    backwards = spec.model == "bilstm"
    own = [*(["go_backwards=go_backwards"] if backwards else []), "return_sequences=sequences", "kernel_initializer=init(place)",
           "recurrent_initializer=recurrent", *(["kernel_regularizer=penalty", "recurrent_regularizer=penalty"] if small else [])]
    return [note(_("sequences: whether it passes on its state after every token, or only after the last.")),
            f"def cell(place, sequences=False{', go_backwards=False' if backwards else ''}):",
            "    recurrent = keras.initializers.Orthogonal(seed=1009 * SEED + 300 + place)",
            f"    return layers.{LAYERS[CELLS[spec.model]]}(",
            "        UNITS,", *(f"        {line}," for line in own), "    )", "", ""]


def _recurrent(spec: TextSpec) -> list[str]:
    if spec.model == "bilstm":
        return ["h = layers.Bidirectional(cell(1), backward_layer=cell(2, go_backwards=True))(h)"]
    return ["h = cell(1, sequences=True)(h)", "h = cell(2)(h)"] if spec.model == "article" else ["h = cell(1)(h)"]


def _block(small: str) -> list[str]:
    return [note(_("Where each token stands, added to what it is.")),
            "places = ops.cumsum(ops.ones_like(ids), axis=1) - 1",
            "h = h + Embedding(LENGTH, WIDTH, embeddings_initializer=even(1))(places)",
            "attention = layers.MultiHeadAttention(HEADS, max(WIDTH // HEADS, 1))",
            'looked = attention(h, h, attention_mask=ops.cast(real[:, None, :], "bool"))',
            "h = layers.LayerNormalization(epsilon=1e-6)(h + looked)",
            f"wide = {_dense('UNITS', 'relu', 3, small)}(h)",
            f"h = layers.LayerNormalization(epsilon=1e-6)(h + {_dense('WIDTH', 'linear', 4, small)}(wide))",
            note(_("Queries, keys, values and what puts the heads together, each with a seed of its own.")),
            "kernels = [v for v in attention.trainable_variables if len(v.shape) == 3]",
            "for place, kernel in enumerate(kernels):", "    kernel.assign(init(10 + place)(kernel.shape))"]


def _evaluate() -> list[str]:
    shown = _("validation loss {val_loss:.6g}, accuracy {val_accuracy:.6g}")
    return [note(_("How well it does on texts that it was not trained on.")),
            "val_loss, val_accuracy = model.evaluate(x_val, y_val, verbose=0)", f'print(f"{shown}")']


def _simple() -> list[str]:
    shown = _("TF-IDF with logistic regression: accuracy {simple_accuracy:.6g}")
    return [note(_("What counting words does, without their order.")), SIMPLE, f'print(f"{shown}")']
