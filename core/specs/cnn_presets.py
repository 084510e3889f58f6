"""Networks for pictures that have a name, and where each comes from: the presets of the CNN page and of the image project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.i18n import N_
from core.specs.cnn import CnnSpec

CIFAR = {"filters": (6, 16), "kernel": 5, "padding": "valid", "dense": (120, 84), "optimizer": "momentum", "batch_size": 64, "epochs": 10}
STRONG = {"filters": (32, 64), "repeat": 2, "batch_norm": True, "end": "average", "dense": (), "augmentation": "shift",
          "schedule": "cosine", "learning_rate": 0.003}
# What a network brings along: which one it is, and how its source trains it. The data stay.
FIELDS = ("filters", "kernel", "repeat", "padding", "pooling", "end", "dense", "activation", "batch_norm", "dropout", "augmentation",
          "learning_rate", "optimizer", "schedule", "batch_size", "epochs")


@dataclass(frozen=True)
class Network:
    """name, source: marked; values: what of FIELDS differs from the defaults of a CnnSpec."""

    name: str
    source: str
    values: dict[str, Any]

    def on(self, spec: CnnSpec) -> CnnSpec:
        """This network on the data of a spec. Where its windows do not fit without padding, it is padded."""
        fields = {name: CnnSpec.model_fields[name].default for name in FIELDS} | self.values
        found = spec.revised(**fields, branch="")
        return found if found.fits else found.changed(padding="same")


NETWORKS = (
    Network(N_("The CNN article’s"),
            N_("From the article on convolutional networks: 32 and 64 filters of 3 × 3, each with pooling, then 64 neurons; Adam. There it "
               "has no padding; on digits of 8 × 8 pixels nothing would be left without."),
            {"padding": "valid"}),
    Network(N_("The digit article’s"),
            N_("From the article on handwritten digits: dense layers only, 784 – 64 – 64 – 10; Adam. It sees the pixels as a list, without "
               "knowing which are neighbours."),
            {"filters": (), "dense": (64, 64), "epochs": 10}),
    Network(N_("The CIFAR article’s"),
            N_("From the article on CIFAR-10: 6 and 16 filters of 5 × 5, each with pooling, then 120 and 84 neurons; SGD with momentum, "
               "learning rate 0.001, batches of 64."),
            {**CIFAR, "learning_rate": 0.001}),
    Network(N_("A strong small one"),
            N_("What became usual after the articles: two convolutions in a block, batch normalization, the average of each map, shifted "
               "pictures, and a learning rate that falls to zero."),
            STRONG),
)
