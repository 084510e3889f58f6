"""Networks for pictures that have a name, and where each comes from: the presets of the CNN page and of the image project."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from core.i18n import N_
from core.specs.cnn import CnnSpec

DIGIT = {"filters": (), "dense": (64, 64), "epochs": 10}
CIFAR = {"filters": (6, 16), "kernel": 5, "padding": "valid", "dense": (120, 84), "optimizer": "momentum", "batch_size": 64, "epochs": 10}
# For pictures in colour. Its 12 epochs on 9,000 of them are meant to take about five minutes on two cores.
STRONG = {"filters": (32, 64, 128), "batch_norm": True, "end": "average", "dense": (), "dropout": 0.1, "augmentation": "shift_flip",
          "schedule": "cosine", "learning_rate": 0.004, "batch_size": 64, "epochs": 12}
STRONG_CIFAR = {**STRONG, "dataset": "cifar10", "points": 10_000, "train_share": 0.9}  # benchmarks/image.py measures it
# With 1,797 digits or 2,000 shapes such epochs have too few steps for the averages of batch normalization: chance level. So trained it gets
# 0.99 (digits, 20 epochs) and 0.91 (shapes, 15 epochs) of the sealed test.
FEW, STRONG_FEW = 5000, {**STRONG, "batch_size": 16, "epochs": 15}
# What a network brings along: which one it is, and how its source trains it. The data stay.
FIELDS = ("filters", "kernel", "repeat", "padding", "pooling", "end", "dense", "activation", "batch_norm", "dropout", "augmentation",
          "learning_rate", "optimizer", "schedule", "batch_size", "epochs")


@dataclass(frozen=True)
class Network:
    """name, source: marked; values: what of FIELDS differs from the defaults of a CnnSpec; few: the same where there are fewer
    than FEW pictures, if that is something else."""

    name: str
    source: str
    values: dict[str, Any]
    few: dict[str, Any] = field(default_factory=dict)

    def on(self, spec: CnnSpec) -> CnnSpec:
        """This network on the data of a spec. Where its windows do not fit without padding, it is padded; digits are not mirrored."""
        values = self.few if self.few and spec.points < FEW else self.values
        fields = {name: CnnSpec.model_fields[name].default for name in FIELDS} | values
        if spec.dataset in ("digits", "mnist") and fields["augmentation"] == "shift_flip":  # a mirrored 2 is no digit
            fields["augmentation"] = "shift"
        found = spec.revised(**fields, branch="")
        return found if found.fits else found.changed(padding="same")


NETWORKS = (
    Network(N_("The CNN article’s"),
            N_("From the article on convolutional networks: 32 and 64 filters of 3 × 3, each with pooling, then 64 neurons; Adam. There it "
               "has no padding; on digits of 8 × 8 pixels nothing would be left without."),
            {"padding": "valid"}),
    Network(N_("The digit article’s"),
            N_("From the article on handwritten digits: dense layers only, on MNIST’s 28 × 28 pixels 784 – 64 – 64 – 10; Adam. With other "
               "pictures the first number is theirs, and the last that of the classes. It sees the pixels as a list, without knowing which "
               "are neighbours."),
            DIGIT),
    Network(N_("The CIFAR article’s"),
            N_("From the article on CIFAR-10: 6 and 16 filters of 5 × 5, each with pooling, then 120 and 84 neurons; SGD with momentum, "
               "learning rate 0.001, batches of 64."),
            {**CIFAR, "learning_rate": 0.001}),
    Network(N_("A strong small one"),
            N_("What became usual after the articles, for pictures in colour: three blocks, batch normalization, the average of each map, "
               "a little dropout, shifted and mirrored pictures (digits only shifted), and a learning rate that falls to zero. With few "
               "pictures the batches are smaller."),
            STRONG, STRONG_FEW),
)
