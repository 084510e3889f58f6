"""The text project: texts of two kinds or more, how they become numbers, and the network that tells them apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import model_validator

from core.i18n import N_
from core.specs import training
from core.specs.base import Score, setting
from core.specs.branch import Branching
from core.specs.tfidf import GENERATED, READING, Encoding, TfidfSpec
from core.specs.training import DATA, NETWORK, TRAINING

FILE, PREPARE = N_("How the file is read"), N_("From text to numbers")

SOURCES = {"imdb": N_("IMDB: 50,000 film reviews"), "reviews": N_("generated reviews, English"),
           "reviews_zh": N_("generated reviews, Chinese"), "upload": N_("your own texts (CSV or TSV)")}
MODELS = {"average": N_("average of the words"), "article": N_("two LSTM layers, as in the article"), "lstm": "LSTM", "gru": "GRU",
          "bilstm": N_("LSTM in both directions"), "conv": N_("convolution over words"), "transformer": "Transformer"}
CELLS = {"article": "lstm", "lstm": "lstm", "gru": "gru", "bilstm": "lstm"}  # of the recurrent ones
ENCODINGS = {"": N_("as the file suggests"), "utf-8": "UTF-8", "utf-16": "UTF-16", "gb18030": N_("GBK, GB 18030 (Chinese)"),
             "big5": N_("Big5 (Chinese)"), "shift_jis": N_("Shift JIS (Japanese)"), "euc_jp": N_("EUC-JP (Japanese)"),
             "euc_kr": N_("EUC-KR (Korean)"), "cp1252": N_("Windows, Western Europe"), "cp1250": N_("Windows, Central Europe"),
             "cp1251": N_("Windows, Cyrillic"), "koi8_r": N_("KOI8-R (Cyrillic)"), "cp1253": N_("Windows, Greek"),
             "cp1254": N_("Windows, Turkish"), "cp1255": N_("Windows, Hebrew"), "cp1256": N_("Windows, Arabic"),
             "cp1257": N_("Windows, Baltic"), "cp874": N_("Windows, Thai")}
MOST = {"imdb": 20_000, "reviews": 5000, "reviews_zh": 5000, "upload": 20_000}  # texts to train with; what is for validation comes on top
# What is right for a set where nothing else is said. IMDB's reviews have 234 words on average; a generated one about twenty.
USUAL: dict[str, dict[str, Any]] = {
    "imdb": {"vocabulary": 10_000, "length": 250, "points": 20_000}, "reviews": {"vocabulary": 1000, "length": 40, "points": 2000},
    "reviews_zh": {"vocabulary": 1000, "length": 60, "points": 2000}, "upload": {"vocabulary": 5000, "length": 100, "points": 20_000}}
KERNEL = 5  # words that a filter of the convolution sees
DENSE = 64  # neurons behind the article's LSTM layers
HEAVIEST = 2_000_000  # weights: a frame holds them, and a browser keeps the frames
LOOKED = 500  # validation texts that a frame's matrix and mistakes are about
ARTICLE: dict[str, Any] = {"source": "imdb", "model": "article", "vocabulary": 10_000, "length": 500, "width": 128, "units": 64,
                           "dropout": 0.0, "l2": 0.0, "learning_rate": 0.001, "batch_size": 64, "epochs": 10, "points": 20_000}
# The average of the words, in a hurry and of whole reviews, and a convolution; the weights of the epoch that was best on validation are put
# back. BEST was the best on validation of seven averages (0.897; 250 words and a vocabulary of 10,000: 0.890); the convolution has 0.875.
AVERAGE: dict[str, Any] = {"source": "imdb", "model": "average", "vocabulary": 10_000, "length": 250, "width": 32, "dropout": 0.2,
                           "learning_rate": 0.003, "batch_size": 64, "epochs": 6, "patience": 2, "points": 20_000}
BEST: dict[str, Any] = {**AVERAGE, "vocabulary": 20_000, "length": 1000, "dropout": 0.5, "learning_rate": 0.001, "epochs": 12}
CONVOLUTION: dict[str, Any] = {"source": "imdb", "model": "conv", "vocabulary": 20_000, "length": 400, "width": 64, "units": 128,
                               "dropout": 0.5, "learning_rate": 0.001, "batch_size": 64, "epochs": 5, "patience": 2, "points": 20_000}


class TextSpec(Branching):
    """A network that reads a text and names its class; equal specs give equal numbers, bit for bit. Token ids are those of Keras'
    `TextVectorization`: 0 is padding, 1 an unknown word, from 2 on the words, the most frequent one first."""

    lab: ClassVar[str] = "core.labs.text"
    free: ClassVar[tuple[str, ...]] = ("learning_rate", "optimizer", "schedule", "batch_size", "epochs")
    usual_rates: ClassVar[Mapping[str, float]] = {"sgd": 0.3, "momentum": 0.05, "nesterov": 0.05, "rmsprop": 0.002, "adagrad": 0.05,
                                                  "adam": 0.003, "adamw": 0.003}

    source: Literal["imdb", "reviews", "reviews_zh", "upload"] = setting(
        "reviews", label=N_("Texts"), group=DATA, first=True, choices=SOURCES,
        help=N_("What the network learns to tell apart. The generated reviews follow rules that are known, so there is always a right "
                "answer; IMDB’s were written by people."))
    model: Literal["average", "article", "lstm", "gru", "bilstm", "conv", "transformer"] = setting(
        "average", label=N_("Network"), group=NETWORK, first=True, choices=MODELS,
        help=N_("How the words are read: all at once and without their order, one after the other with a memory, a few at a time, or "
                "each beside all others."))
    vocabulary: int = setting(
        1000, ge=100, le=20_000, label=N_("Vocabulary"), group=PREPARE, first=True, log=True, unit=N_("words"),
        help=N_("How many different words have a number of their own: the most frequent ones of the training texts. All others become "
                "<UNK>, the unknown word."))
    length: int = setting(
        40, ge=20, le=1000, step=10, label=N_("Length of a text"), group=PREPARE, first=True, unit=N_("words"),
        help=N_("Longer texts are cut to this length, shorter ones are filled up with padding."))
    epochs: int = setting(
        10, ge=1, le=100, step=1, label=N_("Epochs"), group=TRAINING, first=True,
        help=N_("How many times the network sees all training texts."))

    upload: str = setting(
        "", label=N_("Your own texts"), group=DATA, pattern=r"^([0-9a-f]{32})?$",
        help=N_("A CSV or TSV file with a text and a label in each row."))
    points: int = setting(
        2000, ge=20, le=20_000, label=N_("Training texts"), group=DATA, log=True,
        help=N_("How many texts the network learns from. Those for validation and the sealed test stay the same, so that the value of more "
                "texts can be seen."))
    seed: int = setting(
        0, ge=0, le=9999, step=1, label=N_("Seed"), group=TRAINING,
        help=N_("Fixes everything random: generated texts, which texts are for what, the first weights, the order of the batches. The same "
                "seed gives the same run, bit for bit."))

    text_column: str = setting("", label=N_("Column of texts"), group=FILE, max_length=48,
                               help=N_("The name of the column that holds the texts, if another one was taken."))
    label_column: str = setting("", label=N_("Column of labels"), group=FILE, max_length=48,
                                help=N_("The name of the column that says what each text is, if another one was taken."))
    encoding: Encoding = setting(
        "", label=N_("Encoding"), group=FILE, choices=ENCODINGS,
        help=N_("How the file writes its letters as bytes. If they look garbled, choose another one."))
    tokens: Literal["", "words", "characters"] = setting(
        "", label=N_("A token is"), group=PREPARE,
        choices={"": N_("as the texts suggest"), "words": N_("a word"), "characters": N_("a character")},
        help=N_("What gets a number: a word, parted from the next one by a space, or a single character, as in Chinese, which has no "
                "spaces between its words."))

    keep: Literal["end", "beginning"] = setting(
        "end", label=N_("Kept of a long text"), group=PREPARE, choices={"end": N_("its end"), "beginning": N_("its beginning")},
        help=N_("What is left of a text that is longer than the network reads. Whoever writes a review often sums up at its end."))
    pad: Literal["front", "back"] = setting(
        "front", label=N_("Padding"), group=PREPARE, choices={"front": N_("before the text"), "back": N_("behind the text")},
        help=N_("Where a short text is filled up. A recurrent network that has to read padding last may have forgotten the text by then."))

    width: int = setting(
        32, ge=2, le=256, label=N_("Numbers of an embedding"), group=NETWORK, log=True,
        help=N_("Each word becomes a vector of so many numbers, which are learned with all else."))
    units: int = setting(
        32, ge=4, le=128, step=4, label=N_("Units"), group=NETWORK,
        help=N_("The state of a recurrent layer, the filters of the convolution, the feed-forward layer of the Transformer."))
    heads: int = setting(
        2, ge=1, le=8, step=1, label=N_("Heads"), group=NETWORK,
        help=N_("How many heads of attention look at the text at once; they share the width of the embedding."))
    dropout: float = setting(
        0.2, ge=0.0, le=0.8, step=0.05, label=N_("Dropout"), group=NETWORK,
        help=N_("The share of what goes into the last layer, and of the embeddings if words are read one by one, that is switched off at "
                "random in every training step."))
    l2: float = setting(
        0.0, ge=0.0, le=0.01, step=0.0001, label=N_("L2"), group=NETWORK,
        help=N_("Adds this times the sum of all squared weights but biases to the loss, which keeps them small."))

    learning_rate: float = training.rate(0.003, first=False)
    optimizer: training.Optimizer = training.OPTIMIZER
    schedule: training.Schedule = training.SCHEDULE
    batch_size: int = setting(
        64, ge=8, le=256, step=8, label=N_("Batch size"), group=TRAINING, unit=N_("texts"),
        help=N_("How many texts one step looks at. Small batches are noisy and quick to learn; large ones are smooth."))
    patience: int = training.patience(20)
    branch: str = training.BRANCH

    @model_validator(mode="after")
    def _together(self) -> TextSpec:
        if (self.source == "upload") != bool(self.upload):
            raise ValueError("the source “upload” and an uploaded file go together")
        if self.points > MOST[self.source]:
            raise ValueError(f"{self.points} training texts of {self.source}, which has {MOST[self.source]}")
        return self

    # ---- what it is about

    @property
    def generated(self) -> bool:
        return self.source in GENERATED

    @property
    def reading(self) -> dict[str, Any]:
        """How the file is to be read: the arguments of `core.data.texts.Corrections`."""
        return {name: getattr(self, name) for name in READING}

    @property
    def brought(self) -> dict[str, Any]:
        return {"source": self.source, "upload": self.upload, "tokens": self.tokens, **self.reading} if self.upload else {}

    @property
    def batches(self) -> int:
        """Of an epoch; of a person's own texts at most so many."""
        return -(-self.points // self.batch_size)

    @property
    def layers(self) -> tuple[tuple[str, int, int], ...]:
        """(kind, inputs, units) of all layers but the embedding and the output, first to last."""
        w, u = self.width, self.units
        return {"average": (), "article": (("lstm", w, u), ("lstm", u, u), ("dense", u, DENSE)), "lstm": (("lstm", w, u),),
                "gru": (("gru", w, u),), "bilstm": (("lstm", w, u), ("lstm", w, u)), "conv": (("conv", w, u),),
                "transformer": (("block", w, u),)}[self.model]

    def weights(self, vocabulary: int, classes: int = 2) -> int:
        """How many numbers the network has, with so many words in its vocabulary, the first two numbers included."""
        found = vocabulary * self.width
        for kind, inputs, units in self.layers:
            found += {"lstm": 4 * units * (inputs + units + 1), "gru": 3 * units * (inputs + units + 2), "dense": (inputs + 1) * units,
                      "conv": (KERNEL * inputs + 1) * units, "block": self.length * inputs + self._block}[kind]
        return found + (self.answering + 1) * (1 if classes == 2 else classes)

    @property
    def _block(self) -> int:
        inner, w, u = self.heads * max(self.width // self.heads, 1), self.width, self.units
        return 3 * (w + 1) * inner + (inner + 1) * w + (w + 1) * u + (u + 1) * w + 4 * w

    @property
    def answering(self) -> int:
        """How many numbers the last layer is given."""
        return {"average": self.width, "transformer": self.width, "article": DENSE, "bilstm": 2 * self.units}.get(self.model, self.units)

    @property
    def multiply_adds(self) -> int:
        """Of one text on its way to the answer, to the nearest thousand or so."""
        one = {"lstm": lambda i, u: 4 * u * (i + u), "gru": lambda i, u: 3 * u * (i + u), "dense": lambda i, u: i * u // self.length,
               "conv": lambda i, u: KERNEL * i * u, "block": lambda i, u: self._block + 2 * self.length * i}
        return self.length * (self.width + sum(one[kind](inputs, units) for kind, inputs, units in self.layers))

    @property
    def padding(self) -> str:
        """Where padding stands; the average does not care, and has it in front."""
        return "front" if "pad" in self.idle else self.pad

    @property
    def idle(self) -> tuple[str, ...]:
        """The fields that have no say in a run of this spec: their controls need not be shown."""
        found = [] if self.source == "upload" else [*READING, "tokens"]
        found += ["units"] * (self.model == "average") + ["heads"] * (self.model != "transformer")
        found += ["pad"] * (self.model == "average")
        return tuple(found)

    def _numbers(self) -> dict[str, Any]:
        return {name: value for name, value in super()._numbers().items() if name not in self.idle}

    @property
    def score(self) -> Score:
        return Score("val_accuracy", N_("validation accuracy"))

    @property
    def split(self) -> tuple[object, ...]:
        """Which texts are for what. How many are trained with changes neither validation nor test."""
        return (self.source, self.upload, *(self.reading.values() if self.upload else ()), self.seed)

    @property
    def sealed(self) -> tuple[object, ...]:
        """IMDB has one test set; a person's own texts are dealt anew by every seed, so that their test sets overlap. Generated ones follow
        from the seed: with another one all are new."""
        return (self.source, self.seed) if self.generated else (self.source, self.upload)

    def bounds_of(self, name: str) -> tuple[Any, Any]:
        return (self.bounds(name)[0], MOST[self.source]) if name == "points" else super().bounds_of(name)

    @property
    def beside(self) -> TfidfSpec:
        """TF-IDF with logistic regression on the same texts: always worth a look beside a network."""
        return TfidfSpec.model_validate({name: getattr(self, name) for name in TfidfSpec.model_fields if name not in self.idle})

    # ---- for the runner and the doctor

    @property
    def step_key(self) -> tuple[object, ...]:
        """Equal for specs that share a traced step: the runner sends them to the worker that has it. Two files or seeds may have words in
        different number; then they do not, which a worker finds out."""
        own = tuple(getattr(self, name) for name in ("units", "heads", "pad") if name not in self.idle)
        return (self.lab, self.source, self.model, self.vocabulary, self.length, self.width, *own, self.dropout, self.l2, self.optimizer,
                self.batch_size)

    @property
    def cost(self) -> float:
        """A rough number of seconds for a run, from the machine this was written on; the runner corrects it by experience."""
        steps = self.epochs * -(-self.points // self.batch_size)
        known = 250 if self.generated else self.vocabulary
        chain = self.length * sum(kind in ("lstm", "gru") for kind, *_sizes in self.layers)  # one step after the other
        each = 1e-3 + known * self.width * 8e-9 + chain * 3e-5
        return 0.8 + steps * each + self.epochs * self.points * self.multiply_adds * 3e-10

    def revised(self, **values: object) -> TextSpec:
        """A copy with other values; what no longer fits beside them gives way: sizes that suit other texts, a person's file and how it is
        read where other texts are chosen, the run of another network branched off."""
        merged = {**self.model_dump(), **values}
        if merged["source"] != "upload":
            merged |= {name: TextSpec.model_fields[name].default for name in ("upload", "tokens", *READING)}
        elif merged["upload"] != self.upload:  # another file has columns of its own
            merged |= {name: TextSpec.model_fields[name].default for name in ("tokens", *READING) if name not in values}
        if merged["source"] != self.source:
            merged |= {name: value for name, value in USUAL[merged["source"]].items() if name not in values}
        merged["points"] = min(merged["points"], MOST[merged["source"]])
        return self.settled(merged, values)
