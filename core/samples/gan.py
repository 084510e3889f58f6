"""The samples of the page on generative adversarial networks: the range of the images, and Keras' rescue."""

from core.i18n import N_
from core.samples.base import Sample, program

SAMPLES = (
    Sample(
        "tanh_and_255", "gan", N_("Images from 0 to 255 against a tanh"),
        program("""
import numpy as np
from sklearn.datasets import load_digits

#1
real = load_digits().data / 16 * 255
rng = np.random.default_rng(0)
#2
fake = np.tanh(rng.normal(size=real.shape))
#3
told = [(real.max(1) > 1).mean(), (fake.max(1) <= 1).mean()]
print(f"real {real.min():.0f} to {real.max():.0f}")
print(f"fake {fake.min():.0f} to {fake.max():.0f}")
print(f"told apart by one comparison: {np.mean(told):.0%}")
""", N_("pixels as a file has them"), N_("all that a tanh can give"), N_("a discriminator of one comparison")),
        program("""
import numpy as np
from sklearn.datasets import load_digits

#1
real = load_digits().data / 16 * 2 - 1
rng = np.random.default_rng(0)
fake = np.tanh(rng.normal(size=real.shape))
told = [(real.max(1) > 1).mean(), (fake.max(1) <= 1).mean()]
print(f"real {real.min():.0f} to {real.max():.0f}")
print(f"fake {fake.min():.0f} to {fake.max():.0f}")
print(f"told apart by one comparison: {np.mean(told):.0%}")
""", N_("scaled to what a tanh can give: −1 to 1")),
        N_("50% is guessing. What does it take here to be right every time?"),
        N_("A tanh never leaves −1 to 1. If the real images go to 255, one bright pixel betrays them: the discriminator wins at once, and "
           "a generator that cannot win has nothing to learn from. Scale the images to the range of the output."),
        "numpy"),
    Sample(
        "keras_finds_logits", "gan", N_("The mistake that Keras repairs for you"),
        program("""
import keras
import numpy as np
from keras.layers import Dense
from keras.losses import BinaryCrossentropy

z = np.array([[-8.0], [0.0], [8.0]])
near = z + [-0.05, 0.0, 0.05]
model = keras.Sequential([keras.Input((1,))])
model.add(Dense(1, "sigmoid", kernel_initializer="ones"))
bce = BinaryCrossentropy(from_logits=True, reduction=None)
told = bce(np.ones((9, 1)), model(near.reshape(9, 1)))
told = told.numpy().reshape(3, 3)
#1
by_hand = np.log(1 + np.exp(-1 / (1 + np.exp(-near))))
for who, table in (("by hand", by_hand), ("Keras", told)):
    for at, (below, loss, above) in zip(z[:, 0], table):
        said = f"loss {loss:.4f} slope {(above - below) / 0.1:.4f}"
        print(f"{who:7} z {at:2.0f} {said}")
""", N_("what is written here: −log σ(p) of p = σ(z)")),
        program("""
import keras
import numpy as np
from keras.layers import Dense
from keras.losses import BinaryCrossentropy

z = np.array([[-8.0], [0.0], [8.0]])
near = z + [-0.05, 0.0, 0.05]
model = keras.Sequential([keras.Input((1,))])
model.add(Dense(1, kernel_initializer="ones"))
bce = BinaryCrossentropy(from_logits=True, reduction=None)
told = bce(np.ones((9, 1)), model(near.reshape(9, 1)))
told = told.numpy().reshape(3, 3)
#1
by_hand = np.log(1 + np.exp(-near))
for who, table in (("by hand", by_hand), ("Keras", told)):
    for at, (below, loss, above) in zip(z[:, 0], table):
        said = f"loss {loss:.4f} slope {(above - below) / 0.1:.4f}"
        print(f"{who:7} z {at:2.0f} {said}")
""", N_("what is written here: −log σ(z)")),
        N_("A real point, label 1. Compare loss and slope by hand with what Keras says, left and right, and read the warning."),
        N_("By hand the mistake shows: squashed twice, no loss for label 1 leaves 0.313 to 0.693, and at z = −8, where the discriminator "
           "is most wrong, the slope is 6,000 times too small. Keras looks behind the sigmoid, takes the logits it finds there and warns: "
           "its numbers are right although the program is not. Elsewhere nobody looks."),
        leads=("losses", N_("Drag the logit and see both losses"), {"scene": "from_logits", "answer": "1", "logit": "-8", "between": "0"})),
)
