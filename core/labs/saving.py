"""The network of a frame as a file that anybody with Keras can load; nothing of this project is needed for it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import keras
import numpy as np

from core.data.sequences import sizes
from core.data.tasks import Sample
from core.models.cnn import build_cnn
from core.models.feedforward import build_feedforward
from core.models.recurrent import build_recurrent, named_weights
from core.models.transformer import build_transformer
from core.models.transformer import named_weights as transformer_weights
from core.specs.cnn import CnnSpec
from core.specs.feedforward import FeedforwardSpec
from core.specs.recurrent import RecurrentSpec
from core.specs.transformer import TransformerSpec
from core.training import choices


def feedforward_model(spec: FeedforwardSpec, classes: int, arrays: Mapping[str, np.ndarray]) -> keras.Sequential:
    """Build the network of a spec anew, with the weights of a frame.

    classes: of the data, 0 for a regression; arrays: w0, b0, …, n0, … as `core.labs.dense.Lab.weights` keeps them. A large
    network's frame keeps half precision, and so does what is built from it. KeyError names an array that is missing.

    The lab's own model cannot be saved: its weights live in another place while it trains, and its L1/L2 is a class of ours whose
    strengths change from run to run. The new one has Keras' L1L2 instead. It is not compiled: the optimizer's state is no part
    of a frame, and with targets of -1 and 1 for hinge, say, a loss alone would be a riddle; the program of the spec trains it.
    """
    _loss, output_activation, _targets = choices.loss(spec.loss_name, classes)
    model = build_feedforward(
        arrays["w0"].shape[0], spec.hidden, classes if classes > 2 else 1,
        activations=[spec.activation_of(i) for i in range(len(spec.hidden))], output_activation=output_activation,
        initializer_name=spec.initializer, dropout=spec.dropout, batch_norm=spec.batch_norm,
        regularizer=keras.regularizers.L1L2(spec.l1, spec.l2) if spec.l1 or spec.l2 else None, seed=spec.seed)
    dense = norm = 0
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dense):
            layer.set_weights([arrays[f"w{dense}"], arrays[f"b{dense}"]])
            dense += 1
        elif isinstance(layer, keras.layers.BatchNormalization):
            layer.set_weights(list(arrays[f"n{norm}"]))  # gamma, beta, moving mean, moving variance
            norm += 1
    return model


def cnn_model(spec: CnnSpec, arrays: Mapping[str, np.ndarray]) -> keras.Sequential:
    """The same of the CNN lab, from arrays as `core.labs.convolutional.Lab.weights` keeps them. It takes pixels from 0 to 255."""
    model = build_cnn(spec.shape, spec.layers, dropout=spec.dropout, drops=spec.drops, augment=spec.augmentation,
                      seed=spec.seed)
    kernel = norm = 0
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dense | keras.layers.Conv2D):
            layer.set_weights([arrays[f"k{kernel}"], arrays[f"b{kernel}"]])
            kernel += 1
        elif isinstance(layer, keras.layers.BatchNormalization):
            layer.set_weights(list(arrays[f"n{norm}"]))
            norm += 1
    return model


def recurrent_model(spec: RecurrentSpec, arrays: Mapping[str, np.ndarray]) -> keras.Sequential:
    """The same of the lab for recurrent networks, from arrays as its frames keep them. It takes sequences (batch, steps, inputs)."""
    inputs, outputs = sizes(spec.task, spec.language)
    model = build_recurrent(
        (spec.steps, inputs), outputs, cell=spec.cell, units=spec.units, layers=spec.layers, bidirectional=spec.bidirectional,
        dropout=spec.dropout, activation=spec.activation, initializer=spec.initializer, forget_bias=spec.forget_bias,
        output_activation="linear" if spec.regression else "softmax", seed=spec.seed)
    for name, variable in named_weights(model).items():
        variable.assign(arrays[name].astype(np.float32))
    return model


def transformer_model(spec: TransformerSpec, sample: Sample, arrays: Mapping[str, np.ndarray]) -> keras.Model:
    """The same of the lab for Transformers. It takes numbers of symbols (batch, T)."""
    model = build_transformer(spec, len(sample.symbols), len(sample.answers))
    for name, variable in transformer_weights(model, spec).items():
        variable.assign(arrays[name].astype(np.float32))
    return model


def model_file(model: keras.Model) -> bytes:
    """The bytes of a .keras file: `keras.models.load_model` reads it back."""
    with tempfile.TemporaryDirectory() as folder:  # Keras saves to paths only
        path = Path(folder) / "model.keras"
        model.save(path)
        return path.read_bytes()
