"""A convolutional network built and ready: its program, what it measures every epoch, and how it is looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from math import prod
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from core.data.images import Images
from core.labs.passing import PIXELS, Passing, image_losses
from core.labs.weights import Kept, kernels
from core.maths.projections import components, neighbours_map
from core.maths.receptive import exciting, patch
from core.models.cnn import build_cnn
from core.specs.cnn import LOOKED, CnnSpec
from core.specs.stack import BETWEEN, counted
from core.training import attribution, choices
from core.training.program import Program

NUMBERS = 1 << 22  # that may lie between the layers at once where nothing is trained: 16 MB; with four times as much it is a fifth slower
TILE = 32  # pixels a side of what is drawn, at most
MISTAKES = 12
MAPPED = 300  # images of the flat map
NEAR = 150  # of the one that compares all with all
EXCITING = 9
FILTERS = 32
WIDEST = 4096  # numbers of an image that a flat map is made of, evenly chosen where there are more


class View:
    """The images at which the network is looked at: the validation images of the matrix, and one of each class that is among them."""

    def __init__(self, sample: Images) -> None:
        classes = len(sample.classes)
        part = slice(sample.train, sample.train + min(sample.validation, LOOKED))
        self.first = sample.train  # of the validation images among all
        self.x, self.y = sample.x[part], sample.y[part].astype(np.int32)
        firsts = [np.flatnonzero(self.y == k)[:1] for k in range(classes)]
        self.examples = np.concatenate(firsts).astype(np.int32)  # places among those of the view
        self.chosen = int(self.examples[0])
        angle = self.y[:MAPPED] * (2 * np.pi / classes)  # a flat map is turned as near to this circle of classes as it can be: so that
        self.circle = np.stack([np.cos(angle), np.sin(angle)], 1)  # it neither flips nor spins, whatever was looked at before


class Lab:
    """One architecture, built and ready."""

    def __init__(self, spec: CnnSpec) -> None:
        layers = spec.layers
        self.model = build_cnn(spec.shape, layers, dropout=spec.dropout, drops=spec.drops, augment=spec.augmentation, seed=spec.seed)
        self.pixels, self.enough = spec.shape, spec.enough
        self.fields = {size.layer.name: size.fields for size in spec.sizes}
        self.convolutions = [layer.name for layer in layers if layer.kind == "conv"]
        self.names = [layer.name for layer in layers if layer.kind not in BETWEEN]
        self.kernels = [layer for layer in self.model.layers if isinstance(layer, keras.layers.Dense | keras.layers.Conv2D)]
        self.norms = [layer for layer in self.model.layers if isinstance(layer, keras.layers.BatchNormalization)]
        self.loss = keras.losses.SparseCategoricalCrossentropy()
        self.columns = ["val_loss", "val_accuracy"]
        self.program = Program(
            self.model, choices.optimizer(spec.optimizer), self.loss, batch_size=spec.batch_size, columns=self.columns,
            measure=self.measure, running=lambda y, predicted: tf.reduce_mean(self.correct(y, predicted))[None], predict=self.predict,
            groups=[layer.trainable_variables for layer in self.kernels])
        self.units = [int(self.model.get_layer(name).output.shape[-1]) for name in self.names]
        self.shown = spec.maps_shown
        self.kept = Kept(self.program, kernels(self.kernels, "k"), self.norms)
        self.looks = 0
        self.passing = Passing(self.model, self.forward, dict(zip(self.names, self.units, strict=True)),
                               self.convolutions[-1] if self.convolutions else PIXELS, self.enough, counted(spec.shape, layers))
        self.chunk = max(min(NUMBERS // sum(prod(size.shape) for size in spec.sizes), 500), 8)
        rectified = [layer.name for layer in layers if layer.activation == "relu"]
        self.silent = {*rectified, *(after.name for before, after in pairwise(layers) if after.pools and before.name in rectified)}

    # ---- the network, layer by layer

    def forward(self, x: Any, removed: dict[str, Any] | None = None) -> dict[str, Any]:
        """What every convolution, pool and dense layer passes on, by name, and the scaled images as "inputs".

        x (batch, height, width, channels), pixels from 0 to 255. removed: for some of those names a vector of ones, one a map or neuron,
        with zeros for those that are switched off.
        """
        removed = removed or {}
        values: dict[str, Any] = {}
        h = tf.cast(x, tf.float32)
        for layer in self.model.layers:
            h = layer(h, training=False)
            if layer.name == "scaled":
                values["inputs"] = h
            if layer.name in self.names:
                h = h * removed[layer.name] if layer.name in removed else h
                values[layer.name] = h
        return values

    def predict(self, x: Any) -> Any:
        """What `model(x, training=True)` gives, to the bit: of pixels that reach no answer nothing is computed; where a maximum is taken of
        what a ReLU lets through, the ReLU comes behind it, when there is a quarter of the numbers."""
        waiting = False
        for layer, after in zip(self.model.layers, [*self.model.layers[1:], None], strict=True):
            if (isinstance(layer, keras.layers.Conv2D) and isinstance(after, keras.layers.MaxPooling2D)
                    and layer.activation is keras.activations.relu and layer.filters > 1):  # of one filter not to the bit
                x, waiting = tf.nn.bias_add(layer.convolution_op(x, layer.kernel), tf.convert_to_tensor(layer.bias)), True
            else:
                x = layer(x, training=True)
                x, waiting = tf.nn.relu(x) if waiting else x, False
            if layer.name == "scaled":  # behind what moves and turns the whole image
                x = x[:, :self.enough[0], :self.enough[1]]
        return x

    def correct(self, y: Any, output: Any) -> Any:
        """1.0 for every image whose class the network names, else 0.0. y (batch, 1)."""
        return tf.cast(tf.cast(y[:, 0], tf.int32) == tf.argmax(output, 1, output_type=tf.int32), tf.float32)

    def measure(self, x: Any, y: Any, masks: Any, removed: dict[str, Any] | None = None) -> Any:
        """Loss and accuracy of validation, some images at a time. masks[1] says which they are: those in one row."""
        forward = self._ends(removed) if tf.executing_eagerly() else lambda images: self.passing.ends_of(images, removed)
        count = tf.cast(tf.reduce_sum(masks[1]), tf.int32)
        start = tf.argmax(masks[1], output_type=tf.int32)

        def more(i: Any, sums: Any) -> Any:
            end = tf.minimum(i + self.chunk, start + count)
            ends = forward(tf.cast(x[i:end], tf.float32))
            found = tf.stack([tf.reduce_sum(image_losses(y[i:end], ends)), tf.reduce_sum(self.correct(y[i:end], ends["output"]))])
            return end, sums + found

        _, sums = tf.while_loop(lambda i, sums: i < start + count, more, (start, tf.zeros(2)), parallel_iterations=1)
        return sums / tf.cast(count, tf.float32)

    def through(self, x: np.ndarray, names: Sequence[str], removed: dict[str, Any] | None = None) -> list[np.ndarray]:
        """What the layers of these names pass on for many images (n, …), some at a time."""
        parts: list[list[np.ndarray]] = [[] for _name in names]
        forward = self._ends(removed) if {*names} <= {*self.passing.last} else lambda x: self.forward(x, removed)
        for i in range(0, len(x), self.chunk):
            values = forward(tf.constant(x[i:i + self.chunk], tf.float32))
            for part, name in zip(parts, names, strict=True):
                part.append(values[name].numpy())
        return [np.concatenate(part) for part in parts]

    def _ends(self, removed: dict[str, Any] | None) -> Callable[[Any], Mapping[str, Any]]:
        """What makes of images, float32, what the last two layers pass on, which is what every look asks for."""
        return (lambda x: self.passing.ends_of(x, removed)) if removed else self.passing.ends

    def answers(self, x: np.ndarray, removed: dict[str, Any] | None = None) -> np.ndarray:
        """How likely each class is for these images: (n, classes) float32."""
        return self.through(x, ["output"], removed)[0]

    # ---- what a frame shows

    def look(self, view: View, chosen: np.ndarray | None = None, removed: dict[str, Any] | None = None,
             ) -> dict[str, np.ndarray]:
        """The pictures of the network as it is, within `program.weights`: see `core.labs.cnn`. chosen (height, width, channels): the image
        whose maps are drawn, by default the view's."""
        answers, features = self.through(view.x, ["output", self.names[-2]], removed)
        said = answers.argmax(1).astype(np.int32)
        own = answers[np.arange(len(said)), view.y]
        worst = np.argsort(own, kind="stable")[:MISTAKES]
        worst = worst[said[worst] != view.y[worst]]
        image = view.x[view.chosen] if chosen is None else chosen
        seen = self.maps({name: value.numpy()[0] for name, value in self.forward(tf.constant(image[None]), removed).items()})
        for name, which in (("examples", view.examples), ("mistakes", worst)):
            seen |= {name: view.x[which], f"{name}_ids": which.astype(np.int32), f"{name}_truth": view.y[which],
                     f"{name}_said": said[which], f"{name}_sure": answers[which].max(1).astype(np.float32)}
        seen |= {"cloud": components(_table(features[:MAPPED]), view.circle).astype(np.float32), "cloud_truth": view.y[:MAPPED]}
        seen["confusion"] = confusion(view.y, said, answers.shape[1])
        return seen

    def neighbours(self, view: View, seed: int) -> dict[str, np.ndarray]:
        """Validation images by t-SNE: neighbours (n, 2) float32, n at most 150, and neighbours_truth (n,) int32."""
        (features,) = self.through(view.x[:NEAR], [self.names[-2]])
        return {"neighbours": neighbours_map(_table(features), seed), "neighbours_truth": view.y[:NEAR]}

    def exciting(self, view: View, layer: int, unit: int, removed: dict[str, Any]) -> np.ndarray:
        """What excites one map or neuron most, of the view's images, while others may be off: of a map the parts that it sees there, of a
        neuron whole images: (at most 9, side, side, channels) uint8. layer: counted as in the drawing, from 1."""
        name = self.names[layer - 1]
        others = {key: np.where(np.arange(len(keep)) == unit, 1, keep) if key == name else keep for key, keep in removed.items()}
        values = self.through(view.x, [name], others)[0][..., unit]
        which, places = exciting(values, EXCITING)
        if name in self.silent:  # nothing excites a rectified map that is zero everywhere
            answered = values.reshape(len(values), -1).max(1)[which] > 0
            which, places = which[answered], places[answered]
        if not len(which):
            return np.zeros((0, *view.x.shape[1:]), np.uint8)
        if values.ndim == 1:
            return view.x[which]
        rows, columns = self.fields[name]
        parts = [patch(view.x[i], tuple(place), (rows, columns)) for i, place in zip(which, places, strict=True)]
        return np.stack(parts)

    def reasons(self, image: np.ndarray, removed: dict[str, Any]) -> np.ndarray:
        """Why the network takes an image for what it does, in four maps (4, height, width, 1) uint8, 128 being zero, each scaled by its
        largest value: what is lost where the image is covered (occlusion), the slope at each pixel (saliency), integrated gradients, and
        Grad-CAM of the last convolution; three of a network that has none."""
        forward, x, passed = self._ends(removed), image.astype(np.float32), self.passing.one(image, removed)
        label = int(passed.values["output"].argmax())
        window = max(min(image.shape[:2]) // 7, 2)
        stride = max(window // 2, 1)
        covered = attribution.occlusion(forward, x, label, window=window, stride=stride, fill=float(np.median(x)))
        found = [attribution.spread(covered, x.shape[:2], window=window, stride=stride), attribution.saliency(forward, x, label),
                 attribution.integrated_gradients(forward, x, label).sum(-1)]
        if self.convolutions:
            found.append(attribution.upsample(self.passing.cam(passed), x.shape[:2]))
        return np.stack([_shades(part, float(np.abs(part).max())) for part in found])[..., None]

    def maps(self, values: Mapping[str, np.ndarray], first: Mapping[str, int] | None = None) -> dict[str, np.ndarray]:
        """What every layer makes of one image, from what it passes on for it: thumbs (m, side, side) uint8, 128 for zero, scaled by
        the layer's largest value, of the input, of as many maps or neurons of each layer, and of all outputs; and answer (classes,)
        float32. Row 0 is at the bottom. first: the layers of which other maps than the first ones are drawn, and from which one on."""
        side = min(max(self.pixels[:2]), TILE)
        thumbs = [_tiles(values["inputs"].mean(-1, keepdims=True), side, 1.0)]
        answer = values["output"]
        for name in self.names:
            found = values[name]
            found = found[None, None, :] if found.ndim == 1 else found
            scale = 1.0 if name == "output" else float(np.abs(found).max())
            start = (first or {}).get(name, 0)
            thumbs.append(_tiles(found if name == "output" else found[..., start:start + self.shown], side, scale))
        return {"thumbs": np.concatenate(thumbs), "answer": answer.astype(np.float32)}

    def filters(self) -> np.ndarray:
        """The kernels of the first convolution as they are in training: (n, window, window, channels) uint8, n at most 32, 128 for zero,
        all scaled by the largest weight. Without a convolution what each neuron of the first dense layer weighs, as pictures: (n, height,
        width, channels), or (n, 1, 1, channels) behind the average of each channel."""
        parts = dict(zip((id(v) for v in self.program.trained), self.program.parts(self.program.flat.numpy()), strict=True))
        kernel = parts[id(self.kernels[0].kernel)]
        if not self.convolutions:
            kernel = kernel.reshape(*(self.pixels if len(kernel) == prod(self.pixels) else (1, 1, len(kernel))), -1)
        shown = kernel.transpose(3, 0, 1, 2)[:FILTERS]
        return _shades(shown, float(np.abs(shown).max()))

    # ---- weights in and out

    def weights(self) -> dict[str, np.ndarray]:
        """The weights in training as a frame keeps them (`core.labs.weights.Kept`)."""
        return self.kept.out()

    def restore(self, arrays: dict[str, np.ndarray]) -> tuple[tf.Tensor, list[tf.Tensor]]:
        """The flat weights and the other variables' values from what `weights` put into a frame. KeyError names what is missing."""
        return self.kept.back(arrays)


def confusion(truth: np.ndarray, said: np.ndarray, classes: int) -> np.ndarray:
    """How many images of each class (rows) are taken for each (columns): (classes, classes) int32."""
    return np.bincount(truth * classes + said, minlength=classes**2).reshape(classes, classes).astype(np.int32)


def _table(values: np.ndarray) -> np.ndarray:
    """What a layer passes on, (n, …), as (n, at most WIDEST numbers)."""
    flat = values.reshape(len(values), -1)
    return np.nan_to_num(flat[:, ::-(-flat.shape[1] // WIDEST)])


def _shades(values: np.ndarray, scale: float) -> np.ndarray:
    """Values from -scale to scale as 1 … 255, zero being 128."""
    share = np.nan_to_num(values / max(scale, 1e-9), nan=0.0, posinf=1.0, neginf=-1.0)
    return (np.clip(share, -1, 1) * 127 + 128.5).astype(np.uint8)


def _tiles(maps: np.ndarray, side: int, scale: float) -> np.ndarray:
    """Maps (height, width, n) as pictures (n, side, side), every place a block; row 0 the lowest."""
    rows, columns = (np.arange(side) * n // side for n in maps.shape[:2])
    return _shades(maps[rows[::-1]][:, columns].transpose(2, 0, 1), scale)


def unit_of(lab: Lab, pair: Any) -> tuple[int, int]:
    """A pair [layer, map] of a network, layers counted from 1, the output among them. ValueError for anything else."""
    fine = isinstance(pair, list | tuple) and len(pair) == 2 and all(type(n) is int for n in pair)
    if not fine or not (1 <= pair[0] <= len(lab.units) and 0 <= pair[1] < lab.units[pair[0] - 1]):
        raise ValueError(f"{pair!r} is no [layer, map] of a network whose layers have {lab.units} maps or neurons")
    return pair[0], pair[1]


def first_of(lab: Lab, pairs: Any) -> dict[str, int]:
    """Of which maps or neurons on each layer is drawn, by its name, from a list of [layer, map], layers counted from 1. ValueError for
    what is none, for an answer, and where fewer would follow than are drawn."""
    if not isinstance(pairs, list) or len(pairs) > len(lab.units):
        raise ValueError(f"“first” is a list of [layer, map], one a layer at most; it is {str(pairs)[:80]}")
    found = {}
    for layer, unit in (unit_of(lab, pair) for pair in pairs):
        if layer == len(lab.names) or unit > max(lab.units[layer - 1] - lab.shown, 0):
            raise ValueError(f"of layer {layer} with {lab.units[layer - 1]} maps or neurons {lab.shown} cannot be drawn from {unit} on")
        found[lab.names[layer - 1]] = unit
    return found


def removed_of(lab: Lab, pairs: Any) -> dict[str, np.ndarray]:
    """Vectors of ones and zeros for `Lab.forward` from a list of [layer, map], layers counted from 1. ValueError for what is none."""
    if not isinstance(pairs, list) or len(pairs) > sum(lab.units):
        raise ValueError(f"“removed” is a list of [layer, map]; it is {str(pairs)[:80]}")
    keep: dict[str, np.ndarray] = {}
    for pair in pairs:
        layer, unit = unit_of(lab, pair)
        if layer == len(lab.names):
            raise ValueError(f"{pair!r} is an answer of the network, which cannot be switched off")
        keep.setdefault(lab.names[layer - 1], np.ones(lab.units[layer - 1], np.float32))[unit] = 0
    return keep
