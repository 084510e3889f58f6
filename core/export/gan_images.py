"""The Keras program of an ImageGanSpec, beat by beat: a subclassed model with a `train_step` of its own.

What the lab fixes so that equal specs give equal bits, the program writes out: the seed of every layer, the noise of every step, the order
of the images, the rate, one thread inside an operation. So it ends in the lab's weights.
"""

from __future__ import annotations

from core.export.cnn import DIGITS, KERAS
from core.export.training import Training, note
from core.i18n import N_, _
from core.specs.base import versions
from core.specs.gan_images import COLUMNS, SHOWN, SOURCES, ImageGanSpec

SETTINGS = {
    "seed": N_("fixes everything random"),
    "points": N_("how many images"),
    "noise_size": N_("how many random numbers an image is made from"),
    "dropout": N_("the share of numbers switched off in each training step"),
    "learning_rate": N_("how far a step goes along the negative gradient"),
    "beta": N_("how long Adam goes on in the direction of earlier steps"),
    "smoothing": N_("how much less than 1 real images are to be given"),
    "batch_size": N_("how many images a step looks at"),
    "epochs": N_("how many times the discriminator sees all real images"),
}
STEP = """\
class GAN(keras.Model):
    def __init__(self, generator, discriminator):
        super().__init__()
        self.generator, self.discriminator = generator, discriminator

    def train_step(self, data):
        x, kind = data
        {scaled}
        count = tf.shape(x)[0]
        step = tf.cast(self.optimizer.iterations, tf.int32)
        noise = tf.random.stateless_normal((count, NOISE_SIZE), tf.stack([SEED, step]))
        with tf.GradientTape(persistent=True) as tape:
            fakes = self.generator({noise}, training=True)
            of_real = {of_real}
            of_fakes = {of_fakes}
            {said}
            loss_d = self.loss(tf.ones_like(of_real) * (1 - SMOOTHING), of_real)
            loss_d += self.loss(tf.zeros_like(of_fakes), of_fakes)
            {wants}
            loss_g = self.loss(tf.ones_like(of_fakes), of_fakes)
        making, judging = self.generator.trainable_variables, self.discriminator.trainable_variables
        gradients = tape.gradient(loss_g, making) + tape.gradient(loss_d, judging)
        self.optimizer.apply(gradients, making + judging)
        return {{"loss": loss_g, "loss_d": loss_d}}


model = GAN(generator, discriminator)"""


def beats(spec: ImageGanSpec) -> list[tuple[str, str]]:
    """The headings and the code of the program."""
    legs = [spec, *(elder for elder, _until in spec.lineage)]
    names = {name: what for name, what in SETTINGS.items() if not all(name in leg.idle for leg in legs)}
    training = Training(spec, 10, round(spec.points * 0.9), loss="BinaryCrossentropy(from_logits=True)", names=names, measures=False)
    title = _("A GAN on “{data}”", data=_(SOURCES[spec.source]))
    parts = [
        (title, [f'"""{title}', "", *_about(training), '"""', "", *_imports(spec), "", *training.settings(0)]),
        (_("Data"), _data(spec)),
        (_("Batches"), training.batches()),
        (_("Generator"), _generator(spec)),
        (_("Discriminator"), _discriminator(spec)),
        (_("A step of both networks"), _step(spec)),
        (_("Loss and optimizer"), training.first()),
        (_("Training"), training.fit()),
        *((_("From epoch {epoch} on", epoch=epoch), training.fork(i)) for i, epoch in enumerate(training.forks, 1)),
        (_("Fakes"), _fakes(spec)),
    ]
    return [(heading, "\n".join(lines)) for heading, lines in parts]


def _about(training: Training) -> list[str]:
    packages = " ".join(["numpy", "pillow", "scikit-learn", *(f"{name}=={version}" for name, version in versions().items())])
    lines = [_("Needs: pip install {packages}", packages=packages)]
    if training.forks:
        lines.append(_("A branch: the settings change after these epochs: {epochs}.", epochs=", ".join(map(str, training.forks))))
    return [*lines, _("It ends in the very numbers that the lab shows.")]


def _imports(spec: ImageGanSpec) -> list[str]:
    lines = ["import keras", "import numpy as np", "import tensorflow as tf", "from keras import layers"]
    if spec.source == "digits":
        lines.append("from sklearn.datasets import load_digits")
    return [*lines, "", note(_("The last digits depend on how a computation is shared out and rearranged. The lab does neither.")),
            "tf.config.threading.set_intra_op_parallelism_threads(1)",
            'tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})']


def _data(spec: ImageGanSpec) -> list[str]:
    if spec.source == "digits":
        lines = [note(_("1,797 scanned digits; their 17 levels of grey are spread over 0 to 255.")), DIGITS]
    else:
        lines = [note(_("Keras downloads the images once.")), f"(x, y), _ = keras.datasets.{KERAS[spec.source]}.load_data()",
                 "x = x[..., None]"]
    return [*lines, "", note(_("Shuffle, then let the classes take turns: any stretch holds as much of each as the whole.")),
            "rng = np.random.default_rng([SEED, 11])", "order = rng.permutation(len(y))",
            'order = order[np.argsort(y[order], kind="stable")]',
            "turn = np.concatenate([(np.arange(n) + 0.5) / n for n in np.bincount(y)])",
            'order = order[np.argsort(turn, kind="stable")][:POINTS]',
            note(_("One image in ten is not learned from: the lab compares fakes with it.")),
            "order = order[: round(0.9 * len(order))]", 'x_train, y_train = x[order], y[order, None].astype("int32")']


def _told(spec: ImageGanSpec, first: str, name: str) -> tuple[list[str], str]:
    """Lines that join the class, as ten numbers of which one is 1, to what goes into a network's next layer; and what the model's inputs
    are."""
    if not spec.conditional:
        return [], name
    lines = ['kind = keras.Input((1,), dtype="int32")', 'told = layers.CategoryEncoding(10, "one_hot")(kind)',
             f"{first} = layers.Concatenate()([{first}, told])"]
    return lines, f"[{name}, kind]"


def _generator(spec: ImageGanSpec) -> list[str]:
    height, width, _channels = spec.shape
    lines = [note(_("Each layer draws its first weights from a seed of its own.")), "def init(layer):",
             "    return keras.initializers.GlorotUniform(seed=1009 * SEED + layer)", "", "", "noise = h = keras.Input((NOISE_SIZE,))"]
    told, inputs = _told(spec, "h", "noise")
    lines += told
    if spec.model == "article":
        lines += [f"h = layers.Dense({spec.units}, kernel_initializer=init(0))(h)", f"h = layers.LeakyReLU({spec.leak!r})(h)",
                  f'h = layers.Dense({height * width}, "tanh", kernel_initializer=init(1))(h)',
                  f"generator = keras.Model({inputs}, layers.Reshape(({height}, {width}, 1))(h))"]
        return lines
    inner = 2 * spec.filters
    for i, units in enumerate((spec.units, height // 4 * (width // 4) * inner)):
        lines += [f"h = layers.Dense({units}, use_bias=False, kernel_initializer=init({i}))(h)",
                  "h = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(h))"]
    return [*lines,
            f"h = layers.Reshape(({height // 4}, {width // 4}, {inner}))(h)",
            f'h = layers.Conv2DTranspose({spec.filters}, 4, 2, "same", use_bias=False, kernel_initializer=init(2))(h)',
            "h = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(h))",
            'h = layers.Conv2DTranspose(1, 4, 2, "same", activation="tanh", kernel_initializer=init(3))(h)',
            f"generator = keras.Model({inputs}, h)"]


def _discriminator(spec: ImageGanSpec) -> list[str]:
    lines = [f"image = h = keras.Input({spec.shape})"]
    told, inputs = _told(spec, "h", "image")

    def drop(i: int) -> list[str]:
        return [f"h = layers.Dropout(DROPOUT, seed=1009 * SEED + {150 + i})(h)"] if spec.dropout else []

    if spec.model == "article":
        lines += ["h = layers.Flatten()(h)", *told, f"h = layers.Dense({spec.units}, kernel_initializer=init(50))(h)",
                  f"h = layers.LeakyReLU({spec.leak!r})(h)", *drop(0)]
        last = 51
    else:
        for i, filters in enumerate((spec.filters, 2 * spec.filters)):
            lines += [f'h = layers.Conv2D({filters}, 4, 2, "same", kernel_initializer=init({50 + i}))(h)',
                      f"h = layers.LeakyReLU({spec.leak!r})(h)", *drop(i)]
        lines += ["h = layers.Flatten()(h)", *told, f"h = layers.Dense({spec.units}, kernel_initializer=init(52))(h)",
                  f"h = layers.LeakyReLU({spec.leak!r})(h)"]
        last = 53
    return [*lines, note(_("Its answer is a logit: above 0 is real.")),
            f"discriminator = keras.Model({inputs}, layers.Dense(1, kernel_initializer=init({last}))(h))"]


def _step(spec: ImageGanSpec) -> list[str]:
    why = (_("to −1 … 1, as the generator’s tanh") if spec.scale == "tanh" else
           _("0 to 255, where the generator’s tanh ends at 1: the mistake"))
    scaled = f'real = tf.cast(x, "float32"){" / 127.5 - 1" if spec.scale == "tanh" else ""}  # {why}'
    of = "[{}, kind]" if spec.conditional else "{}"
    lines = [note(_("One optimizer for both: it works number by number, so it is the same as two."))]
    asked = "self.discriminator({}, training=True)"
    if spec.answer == "sigmoid":
        lines.append(note(_("The mistake: a sigmoid here, and another one in the loss. tf.identity hides the first from Keras, which would "
                            "look behind it.")))
        asked = f"tf.identity(tf.sigmoid({asked}))"
    return [*lines, STEP.format(
        scaled=scaled, noise=of.format("noise"), of_real=asked.format(of.format("real")), of_fakes=asked.format(of.format("fakes")),
        said=note(_("The discriminator wants 1 for real images, 0 for fakes …")), wants=note(_("… and the generator wants 1 for fakes.")))]


def _fakes(spec: ImageGanSpec) -> list[str]:
    count, columns = (6 * COLUMNS, COLUMNS) if spec.conditional else (SHOWN, 8)
    height, width, _channels = spec.shape
    lines = [note(_("The noise of the fakes in the lab."))]
    if spec.conditional:
        lines += [f"noise = tf.repeat(tf.random.stateless_normal(({count // columns}, NOISE_SIZE), [0, -1]), {columns}, 0)",
                  f"fakes = generator([noise, tf.range({count})[:, None] % 10], training=False).numpy()"]
    else:
        lines += [f"noise = tf.random.stateless_normal(({count}, NOISE_SIZE), [0, -1])", "fakes = generator(noise, training=False).numpy()"]
    lines.append("pixels = np.rint((fakes + 1) * 127.5)" if spec.scale == "tanh" else "pixels = np.rint(np.clip(fakes, 0, 255))")
    return [*lines, f"sheet = pixels.reshape({count // columns}, {columns}, {height}, {width}).transpose(0, 2, 1, 3)",
            f'keras.utils.save_img("fakes.png", sheet.reshape({count // columns * height}, {columns * width}, 1), scale=False)']
