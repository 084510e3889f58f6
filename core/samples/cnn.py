"""The samples of the page on convolutions: how large an image is after a layer."""

from core.i18n import N_
from core.samples.base import Sample, program

SAMPLES = (
    Sample(
        "flatten_size", "cnn", N_("How many numbers are left to flatten"),
        program("""
import keras

model = keras.Sequential(
    [
        keras.Input((28, 28, 1)),
        keras.layers.Conv2D(32, 3, activation="relu"),
        keras.layers.MaxPooling2D(2),
        #1
        keras.layers.Reshape((32 * 25 * 25,)),
        keras.layers.Dense(10),
    ]
)
print(model.output_shape)
""", "28 − 3 = 25?"),
        program("""
import keras

model = keras.Sequential(
    [
        keras.Input((28, 28, 1)),
        #1
        keras.layers.Conv2D(32, 3, activation="relu"),
        #2
        keras.layers.MaxPooling2D(2),
        #3
        keras.layers.Flatten(),
        keras.layers.Dense(10),
    ]
)
for layer in model.layers:
    print(f"{layer.name:14}{layer.output.shape[1:]}")
""", "28 − 3 + 1 = 26", "26 / 2 = 13", "13 · 13 · 32 = 5,408"),
        N_("Follow the side of the image through the layers: 28, 26, 13."),
        N_("A kernel of 3 without padding takes 2 off the side, pooling by 2 halves what is left: 28 → 26 → 13, times 13, times 32 "
           "feature maps. Do the arithmetic layer by layer, or let Flatten do it.")),
)
