"""The samples of the feedforward page: shapes, labels, and a rate that is too small for its steps."""

from core.i18n import N_
from core.samples.base import Sample, program

SAMPLES = (
    Sample(
        "scaler_on_images", "feedforward", N_("Standardizing a stack of images"),
        program("""
import numpy as np
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(0)
images = rng.integers(0, 256, (200, 28, 28))
#1
scaled = StandardScaler().fit_transform(images)
print(scaled.shape)
""", N_("a table is wanted")),
        program("""
import numpy as np

rng = np.random.default_rng(0)
images = rng.integers(0, 256, (200, 28, 28))
#1
scaled = images.reshape(-1, 784) / 255
print(scaled.shape)
print(f"from {scaled.min():.2f} to {scaled.max():.2f}")
""", N_("one row an image, values from 0 to 1")),
        N_("Compare the shape that goes in with the shape that the scaler takes."),
        N_("A scaler works on a table, one row a sample and one column a feature. Lay each image out as a row of 784 numbers. Pixels all "
           "have one range, so dividing by 255 is enough, and it needs nothing learned from the data."),
        "numpy"),
    Sample(
        "no_flatten", "feedforward", N_("Images into a dense layer"),
        program("""
import keras
from sklearn.datasets import load_digits

digits = load_digits()
keras.utils.set_random_seed(0)
hidden = keras.layers.Dense(32, activation="relu")
output = keras.layers.Dense(10, activation="softmax")
model = keras.Sequential([keras.Input((64,)), hidden, output])
loss = "sparse_categorical_crossentropy"
model.compile("adam", loss, metrics=["acc"])
#1
x = digits.images / 16
done = model.fit(x, digits.target, epochs=3, verbose=0)
print(f"accuracy {done.history['acc'][-1]:.2f}")
""", N_("1,797 squares of 8 by 8")),
        program("""
import keras
from sklearn.datasets import load_digits

digits = load_digits()
keras.utils.set_random_seed(0)
hidden = keras.layers.Dense(32, activation="relu")
output = keras.layers.Dense(10, activation="softmax")
model = keras.Sequential([keras.Input((64,)), hidden, output])
loss = "sparse_categorical_crossentropy"
model.compile("adam", loss, metrics=["acc"])
#1
x = digits.images.reshape(-1, 64) / 16
done = model.fit(x, digits.target, epochs=3, verbose=0)
print(f"accuracy {done.history['acc'][-1]:.2f}")
""", N_("1,797 rows of 64")),
        N_("Read both shapes in the message: the one that was expected and the one that came."),
        N_("The network was promised rows of 64 numbers and got squares. Reshape the data, or begin the network with a Flatten layer and "
           "promise it squares.")),
    Sample(
        "adam_500_steps", "feedforward", N_("500 steps that do not get there"),
        program("""
import keras
import numpy as np

x = y = np.array([[1.0], [2.0], [3.0], [4.0], [5.0]])
for seed in range(5):
    keras.utils.set_random_seed(seed)
    layers = [keras.Input((1,)), keras.layers.Dense(1)]
    model = keras.Sequential(layers)
    model.compile(keras.optimizers.Adam(0.001), "mse")
    for epoch in range(500):
        #1
        model.train_on_batch(x, y)
    answer = float(model(np.array([[6.0]]))[0, 0])
    print(f"seed {seed}: 6 becomes {answer:.2f}")
""", N_("all five points, one step")),
        program("""
import keras
import numpy as np

x = y = np.array([[1.0], [2.0], [3.0], [4.0], [5.0]])
for seed in range(5):
    keras.utils.set_random_seed(seed)
    layers = [keras.Input((1,)), keras.layers.Dense(1)]
    model = keras.Sequential(layers)
    #1
    model.compile(keras.optimizers.Adam(0.1), "mse")
    for epoch in range(500):
        model.train_on_batch(x, y)
    answer = float(model(np.array([[6.0]]))[0, 0])
    print(f"seed {seed}: 6 becomes {answer:.2f}")
""", N_("a hundred times the rate")),
        N_("The network is to learn y = x, so 6 should become 6. Look at all five seeds, not at one."),
        N_("One step of Adam moves a weight by about the learning rate, however steep the loss is. 500 steps of 0.001 are half a unit of "
           "travel at most: where training ends is decided by where it began. Whether a setting works is a claim about many seeds.")),
    Sample(
        "sigmoid_twice", "feedforward", N_("A loss that squashes once more"),
        program("""
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


for z in (-8.0, -2.0, 0.0, 2.0, 8.0):
    #1
    p = sigmoid(z)
    #2
    loss = -np.log(sigmoid(p))
    print(f"logit {z:4.0f}   loss for label 1: {loss:.4f}")
""", N_("the output layer squashes"), N_("the loss takes p for a logit")),
        program("""
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


for z in (-8.0, -2.0, 0.0, 2.0, 8.0):
    #1
    loss = -np.log(sigmoid(z))
    print(f"logit {z:4.0f}   loss for label 1: {loss:.4f}")
""", N_("squashed once, by the loss")),
        N_("How small does the loss become when the network is right and sure, and how large when it is wrong and sure?"),
        N_("A loss that is told from_logits=True squashes by itself. If the output layer has done so already, the loss for label 1 is "
           "stuck between 0.313 and 0.693: right or wrong hardly matters, and the gradient fades. Squash once. (Keras notices this "
           "mistake and takes the logits from behind the sigmoid; plain arithmetic and PyTorch do not.)"),
        "numpy"),
    Sample(
        "one_hot_sparse", "feedforward", N_("Labels of the other kind"),
        program("""
import keras
from sklearn.datasets import load_digits

digits = load_digits()
x, y = digits.data / 16, digits.target
#1
labels = keras.utils.to_categorical(y)
keras.utils.set_random_seed(0)
layer = keras.layers.Dense(10, activation="softmax")
model = keras.Sequential([keras.Input((64,)), layer])
#2
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, labels, epochs=3, verbose=0)
print(f"loss {model.evaluate(x, labels, verbose=0):.2f}")
""", N_("one-hot: ten numbers a label"), N_("wants one whole number a label")),
        program("""
import keras
from sklearn.datasets import load_digits

digits = load_digits()
x, y = digits.data / 16, digits.target
labels = keras.utils.to_categorical(y)
keras.utils.set_random_seed(0)
layer = keras.layers.Dense(10, activation="softmax")
model = keras.Sequential([keras.Input((64,)), layer])
#1
model.compile("adam", "categorical_crossentropy")
model.fit(x, labels, epochs=3, verbose=0)
print(f"loss {model.evaluate(x, labels, verbose=0):.2f}")
""", N_("takes one-hot labels")),
        N_("Compare the two shapes that the message names."),
        N_("categorical cross-entropy takes one-hot labels, sparse categorical cross-entropy takes whole numbers. Both compute the same "
           "loss; the name only says how the labels are written down.")),
)
