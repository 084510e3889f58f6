"""A person's own texts: a CSV or TSV file with a text and a label in each row, as it is found in the wild.

    own = read(data, "comments.csv", Corrections(text_column="content"))
    own.texts, own.labels, own.classes
    for message in own.report: …
"""

from core.data.texts.own import CLASSES, LEAST, Corrections, NoTexts, Own
from core.data.texts.reading import read

__all__ = ["CLASSES", "LEAST", "Corrections", "NoTexts", "Own", "read"]
