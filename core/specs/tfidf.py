"""TF-IDF and logistic regression, beside the networks of the text project."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from core.i18n import N_
from core.specs.base import Score, Spec

GENERATED = ("reviews", "reviews_zh")
READING = ("text_column", "label_column", "encoding")  # as in `core.data.texts.Corrections`
Encoding = Literal["", "utf-8", "utf-16", "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr", "cp1252", "cp1250", "cp1251", "koi8_r",
                   "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp874"]


class TfidfSpec(Spec):
    """TF-IDF and logistic regression on the texts of a `TextSpec`; they see a text whole, however long it is. No control of its own: see
    `TextSpec.beside`."""

    lab: ClassVar[str] = "core.labs.tfidf"

    source: Literal["imdb", "reviews", "reviews_zh", "upload"] = "reviews"
    vocabulary: int = 1000
    upload: str = ""
    points: int = 2000
    seed: int = 0
    text_column: str = ""
    label_column: str = ""
    encoding: Encoding = ""
    tokens: Literal["", "words", "characters"] = ""

    @property
    def reading(self) -> dict[str, Any]:
        """As of a `TextSpec`."""
        return {name: getattr(self, name) for name in READING}

    @property
    def score(self) -> Score:
        return Score("val_accuracy", N_("validation accuracy"))

    @property
    def split(self) -> tuple[object, ...]:
        return (self.source, self.upload, *(self.reading.values() if self.upload else ()), self.seed)

    @property
    def sealed(self) -> tuple[object, ...]:
        return (self.source, self.seed) if self.source in GENERATED else (self.source, self.upload)

    @property
    def step_key(self) -> tuple[object, ...]:
        return (self.lab,)

    @property
    def cost(self) -> float:
        """A rough number of seconds."""
        return 0.3 + self.points * (2e-4 if self.source == "imdb" else 4e-5)
