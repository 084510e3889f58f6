"""The samples of the page on optimizers: a learning rate belongs to a batch size."""

from core.i18n import N_
from core.samples.base import Sample, program

TRAINING = """
import keras
from sklearn.datasets import load_digits

digits = load_digits()
x, y = digits.data / 16, digits.target
keras.utils.set_random_seed(0)
hidden = keras.layers.Dense(64, activation="relu")
output = keras.layers.Dense(10, activation="softmax")
model = keras.Sequential([keras.Input((64,)), hidden, output])
#1
sgd = keras.optimizers.SGD(RATE, momentum=0.9)
loss = "sparse_categorical_crossentropy"
model.compile(sgd, loss, metrics=["acc"])
for epoch in range(10):
    model.fit(x[:1200], y[:1200], batch_size=64, verbose=0)
right = model.evaluate(x[1200:], y[1200:], verbose=0)[1]
print(f"validation accuracy after 10 epochs: {right:.2f}")
"""

SAMPLES = (
    Sample(
        "rate_and_batch", "optimizers", N_("A rate for batches of 4, batches of 64"),
        program(TRAINING.replace("RATE", "0.001"), N_("a rate made for batches of 4")),
        program(TRAINING.replace("RATE", "0.016"), N_("16 times the batch, 16 times the rate")),
        N_("Both see every image ten times. Which has moved?"),
        N_("Batches of 64 give a sixteenth of the steps that batches of 4 give, and each is hardly longer. A larger batch averages the "
           "noise away, so it bears a larger rate: change the two together.")),
)
