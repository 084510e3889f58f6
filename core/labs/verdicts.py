"""What a network, or TF-IDF, makes of all texts of a part.

The arrays of the probe “evaluate”, n texts, k classes, float32 unless it says otherwise:

    summary           (5,)             accuracy; how many texts that were; of how many the part has; mean cross-entropy; F1, the mean of all
                                       classes
    confusion         (k, k) int32     rows what they are, columns what the network says
    classes           (k, 3)           precision, recall and F1 of each class
    roc               (m, 2)           two classes: false positive rate and recall, at most 300 points; auc (1,): the area under it
    scores, sure      (n,)             how likely the last class is thought to be, and the one that is named; truth, said, lengths (n,)
                                       int32: the class, the one that is named, and how many tokens the text has before it is cut
    by_length         (groups, 4)      at most five groups of texts, the shortest first: least and greatest number of tokens, how many,
                                       accuracy
    worst             (m,) int32       at most 20 texts that it is surest of while it is wrong, numbers within the part; worst_p (m,): how
                                       likely it takes what each really is to be; of a network worst_texts (uint8), the texts themselves
                                       in UTF-8, a zero between two of them

A slow network sees as many texts as fit into some seconds: the first ones of the part, which is in an order that means nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from core.data.corpus import Corpus
from core.data.words import packed
from core.labs.reader import Lab
from core.maths import classified
from core.specs.text import TextSpec

PARTS = ("validation", "test")
BUDGET = 4e10  # multiply-adds, some five seconds
LEAST, WORST = 500, 20
TINY = 1e-7


def answer(spec: TextSpec, lab: Lab, flat: tf.Tensor, corpus: Corpus, probe: str, arguments: dict[str, Any]) -> dict[str, np.ndarray]:
    """The answer to “evaluate” or “sealed”. ValueError for another part."""
    most = max(LEAST, int(BUDGET / (spec.multiply_adds * (2 if probe == "sealed" else 1))))

    def judged(name: str) -> dict[str, np.ndarray]:
        part = corpus.part(name)
        start, stop, _step = part.indices(len(corpus.labels))
        taken = slice(start, min(stop, start + most))
        found = verdict(lab.answers(flat, corpus.table(taken, spec)), corpus.labels[taken], corpus.lengths[taken], stop - start)
        return {**found, "worst_texts": packed([corpus.text(start + int(i)) for i in found["worst"]])}

    if probe == "sealed":
        test, validation = judged("test")["summary"], judged("validation")["summary"]
        return {"metrics": np.array([test[0], test[1], validation[0]], np.float32)}
    return judged(part_of(arguments))


def part_of(arguments: dict[str, Any]) -> str:
    """The part that is asked for, by default the sealed test. ValueError for another one."""
    part = arguments.get("part", "test")
    if part not in PARTS:
        raise ValueError(f"“part” is one of {', '.join(PARTS)}; it is {part!r}")
    return part


def verdict(p: np.ndarray, truth: np.ndarray, lengths: np.ndarray, whole: int) -> dict[str, np.ndarray]:
    """The arrays above from probabilities p (n, k) of n texts out of `whole`."""
    said, own = p.argmax(1).astype(np.int32), p[np.arange(len(p)), truth]
    confusion = classified.matrix(truth, said, p.shape[1])
    each = classified.by_class(confusion)
    wrong = np.flatnonzero(said != truth)
    worst = wrong[np.argsort(own[wrong], kind="stable")][:WORST]
    summary = [(said == truth).mean(), len(p), whole, -np.log(np.maximum(own, TINY)).mean(), each[:, 2].mean()]
    found = {"summary": np.array(summary), "classes": each, "scores": p[:, -1], "sure": p.max(1), "worst_p": own[worst],
             "by_length": classified.by_size(lengths, said == truth)}
    if p.shape[1] == 2:
        curve, area = classified.roc(p[:, 1], truth)
        found |= {"roc": curve, "auc": np.array([area])}
    return {**{name: array.astype(np.float32) for name, array in found.items()}, "confusion": confusion, "said": said,
            "truth": truth.astype(np.int32), "lengths": lengths.astype(np.int32), "worst": worst.astype(np.int32)}
