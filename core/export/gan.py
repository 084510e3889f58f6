"""The Keras program of a GanSpec, beat by beat: two networks, and a model with a `train_step` of its own.

It draws the points, the noise and the order of the batches that the lab draws. The lab compiles the same steps, which rounds otherwise, so
the program ends near its numbers for as long as the two networks' game does not enlarge what differs.
"""

from __future__ import annotations

from core.export.gan_data import batches, points
from core.export.training import OPTIMIZERS, note
from core.i18n import N_, _
from core.specs.base import versions
from core.specs.gan import ADAMS, DATASETS, GanSpec
from core.specs.sweep import RATES

SETTINGS = {
    "seed": N_("fixes everything random"),
    "points": N_("how many real points"),
    "noise_size": N_("how many numbers the generator makes a point of"),
    "learning_rate": N_("how far a step goes along the negative gradient"),
    "d_rate": N_("how many times as far the discriminator’s go"),
    "d_steps": N_("the discriminator’s updates in a step"),
    "g_steps": N_("the generator’s updates in a step"),
    "instance_noise": N_("standard deviation of what is added to all that the discriminator is shown"),
    "penalty": N_("how strongly the critic’s slope is held near 1"),
    "batch_size": N_("how many points an update looks at"),
    "epochs": N_("how many times the real points are gone through"),
}
AGAINST = {
    "lsgan": "return (tf.reduce_mean((real - 1) ** 2) + tf.reduce_mean(fake**2)) / 2",
    "wgan_gp": "return tf.reduce_mean(fake) - tf.reduce_mean(real)",
    "": "return bce(tf.ones_like(real), real) + bce(tf.zeros_like(fake), fake)",
}
DECEIVING = {
    "minimax": "return -bce(tf.zeros_like(fake), fake)",
    "nonsaturating": "return bce(tf.ones_like(fake), fake)",
    "lsgan": "return tf.reduce_mean((fake - 1) ** 2) / 2",
    "wgan_gp": "return -tf.reduce_mean(fake)",
}
PLANS = {
    "constant": "return LEARNING_RATE",
    "step": "return LEARNING_RATE * 0.5 ** np.floor(step / total * 6)",
    "cosine": "return LEARNING_RATE * (1 + np.cos(np.pi * step / total)) / 2",
    "range": f"return {RATES[0]!r} * ({RATES[1]!r} / {RATES[0]!r}) ** (step / total)",
}
SLOPE = """\
def held(real, fake, share):
    points = real + share * (fake - real)
    with tf.GradientTape() as tape:
        tape.watch(points)
        score = discriminator(points)
    squares = tf.reduce_sum(tape.gradient(score, points) ** 2, axis=1)
    lengths = tf.sqrt(squares + 1e-12)  # the root of 0 has no slope
    return PENALTY * tf.reduce_mean((lengths - 1) ** 2)"""


def beats(spec: GanSpec) -> list[tuple[str, str]]:
    """The headings and the code of the program."""
    ends = [*spec.lineage, (spec, spec.epochs)]
    legs, forks = [leg for leg, _epoch in ends], [epoch for _leg, epoch in ends[:-1]]
    instance, between = any(leg.instance_noise for leg in legs), any(leg.loss == "wgan_gp" for leg in legs)
    resting = "".join({leg.rests for leg in legs})
    known: dict[str, object] = {}
    title = _("Two networks against each other: {data}", data=_(DATASETS[spec.dataset]))
    parts = [
        (title,
         [f'"""{title}', "", *_about(spec, forks), '"""', "",
          *_imports(spec), "", *_settings(legs[0], known, instance, between)]),
        (_("Data"), points(spec)),
        (_("Networks"), _networks(spec)),
        (_("Loss and optimizer"), [*_loss(legs[0], between), "", "", *_plan(legs[0]), "", "", *_optimizers(legs[0], None)]),
        (_("Batches"), batches(spec, instance, between, resting)),
        (_("One step"), _model(instance, between, resting)),
        (_("Training"), _fit(0, forks[0] if forks else spec.epochs)),
    ]
    for i, epoch in enumerate(forks, 1):
        lines = _settings(legs[i], known, instance, between)
        if legs[i].loss != legs[i - 1].loss:
            lines += ["", "", *_loss(legs[i], between)]
        lines += ["", "", *_plan(legs[i]), ""] if legs[i].schedule != legs[i - 1].schedule else []
        lines += ["", *_optimizers(legs[i], legs[i - 1])]
        lines += ["", *_fit(epoch, forks[i] if i < len(forks) else spec.epochs)]
        parts.append((_("From epoch {epoch} on", epoch=epoch), lines))
    parts.append((_("How near it comes"), _near(spec)))
    return [(heading, "\n".join(lines)) for heading, lines in parts]


def _about(spec: GanSpec, forks: list[int]) -> list[str]:
    packages = " ".join(["numpy", *(f"{name}=={version}" for name, version in versions().items())])
    lines = [_("Needs: pip install {packages}", packages=packages)]
    if spec.upload:
        lines.append(_("Put your file beside this program and name it points.csv."))
    if forks:
        lines.append(_("A branch: the settings change after these epochs: {epochs}.", epochs=", ".join(map(str, forks))))
    return [*lines, _("It ends near the numbers that the lab shows: compiled code rounds differently.")]


def _imports(spec: GanSpec) -> list[str]:
    return [*(["import csv", ""] if spec.upload else []), "import keras", "import numpy as np", "import tensorflow as tf",
            "from keras import layers"]


def _settings(leg: GanSpec, known: dict[str, object], instance: bool, between: bool) -> list[str]:
    """The settings that the program has not named yet, or that change."""
    unused = {name for name, used in (("points", not leg.upload), ("instance_noise", instance), ("penalty", between)) if not used}
    lines = []
    for name, what in SETTINGS.items():
        value = getattr(leg, name)
        if name not in unused and known.get(name) != value:
            known[name] = value
            lines.append(f"{name.upper()} = {value!r}  # {_(what)}")
    return lines


def _networks(spec: GanSpec) -> list[str]:
    def net(letter: str, ends: tuple[str, str], place: str) -> list[str]:
        count, units, activation = (getattr(spec, f"{letter}_{what}") for what in ("layers", "units", "activation"))
        inside = [f'layers.Dense({units}, "{activation}", kernel_initializer=init({place}{i})),' for i in range(count)]
        return ["    [", *(f"        {line}" for line in (f"keras.Input(({ends[0]},)),", *inside,
                                                          f"layers.Dense({ends[1]}, kernel_initializer=init({place}{count})),")), "    ]"]

    return [note(_("Each layer draws its first weights from a seed of its own.")), "def init(place):",
            "    return keras.initializers.GlorotUniform(seed=1009 * SEED + place)", "", "",
            note(_("From noise to a point of the plane.")), "generator = keras.Sequential(", *net("g", ("NOISE_SIZE", "2"), ""), ")",
            note(_("From a point to a score: above 0 for real, below 0 for made up.")),
            "discriminator = keras.Sequential(", *net("d", ("2", "1"), "50 + "), ")"]


def _loss(leg: GanSpec, between: bool) -> list[str]:
    """between: whether any leg has a gradient penalty."""
    entropy = leg.loss in ("minimax", "nonsaturating")
    return [*(["bce = keras.losses.BinaryCrossentropy(from_logits=True)", "", ""] if entropy else []),
            note(_("What the discriminator makes small, for its scores of real points and of made-up ones.")), "def against(real, fake):",
            f"    {AGAINST['' if entropy else leg.loss]}", "", "", note(_("What the generator makes small.")), "def deceiving(fake):",
            f"    {DECEIVING[leg.loss]}", *_penalty(leg, between)]


def _penalty(leg: GanSpec, between: bool) -> list[str]:
    if leg.loss == "wgan_gp":
        return ["", "", note(_("What it costs the critic that its slope is not 1, at points between real ones and made-up ones.")), SLOPE]
    return ["", "", note(_("No penalty here.")), "def held(real, fake, share):", "    return 0.0"] if between else []


def _plan(leg: GanSpec) -> list[str]:
    total = [] if leg.schedule == "constant" else ["    total = EPOCHS * -(-len(x) // BATCH_SIZE)"]
    return [note(_("The learning rate of a step.")), "def rate(step):", *total, f"    {PLANS[leg.schedule]}"]


def _optimizers(leg: GanSpec, before: GanSpec | None) -> list[str]:
    """One for each network; that of a leg before goes on where it is of the same kind."""
    lines = []
    for letter in "gd":
        name = getattr(leg, f"{letter}_optimizer")
        if before is None or getattr(before, f"{letter}_optimizer") != name:
            made = OPTIMIZERS[name].format(rate="LEARNING_RATE")
            if name in ADAMS:
                made = made[:-1] + f", beta_1={leg.beta1!r})"
            lines.append(f"{letter}_optimizer = keras.optimizers.{made}")
        elif name in ADAMS and before.beta1 != leg.beta1:
            lines.append(f"{letter}_optimizer.beta_1 = {leg.beta1!r}")
    return lines


def _model(instance: bool, between: bool, resting: str) -> list[str]:
    """resting: the sides that take no step in some leg, whose loss is not known then."""
    def blurred(which: str, made: str) -> list[str]:
        lines = [f"fake = {made}"]
        return [*lines, f'if "blur_{which}" in data:', f'    fake += data["blur_{which}"][i]'] if instance else lines

    told = '{"loss": loss, "loss_d": loss_d}'
    penalty = ['                loss_d += held(real, fake, data["between"][i])'] if between else []
    return [
        note(_("First the discriminator’s updates, then the generator’s; each takes the other as it is.")), "class Gan(keras.Model):",
        "    def train_step(self, batch):", "        (data,) = batch", '        g_optimizer.learning_rate = data["rate"][0]',
        '        d_optimizer.learning_rate = D_RATE * data["rate"][0]',
        *(["        said = {}"] if resting else []),
        "        for i in range(D_STEPS):", '            real = data["real"][i]',
        *(f"            {line}" for line in blurred("d", 'generator(data["z_d"][i])')),
        "            with tf.GradientTape() as tape:",
        "                scores = discriminator(tf.concat([real, fake], 0))",
        "                loss_d = against(scores[:BATCH_SIZE], scores[BATCH_SIZE:])", *penalty,
        "            weights = discriminator.trainable_variables",
        "            d_optimizer.apply(tape.gradient(loss_d, weights), weights)",
        *(['            said["loss_d"] = loss_d'] if resting else []),
        "        for i in range(G_STEPS):", "            with tf.GradientTape() as tape:",
        *(f"                {line}" for line in blurred("g", 'generator(data["z_g"][i])')),
        "                loss = deceiving(discriminator(fake))", "            weights = generator.trainable_variables",
        "            g_optimizer.apply(tape.gradient(loss, weights), weights)",
        *(['            said["loss"] = loss'] if resting else []),
        f'        return {"said" if resting else told}']


def _fit(first: int, last: int) -> list[str]:
    return ["gan = Gan()", "gan.compile()", "steps = -(-len(x) // BATCH_SIZE)",
            f"gan.fit(batches({first}, {last}), epochs={last - first}, steps_per_epoch=steps, shuffle=False, verbose=0)"]


def _near(spec: GanSpec) -> list[str]:
    drawn = ("rng.standard_normal((2000, NOISE_SIZE), np.float32)" if spec.noise == "normal" else
             "2 * rng.random((2000, NOISE_SIZE), np.float32) - 1")
    said = _("distance {distance:.3g}")
    return [note(_("The sliced Wasserstein distance: how far points must be moved, seen along 32 directions.")),
            "rng = np.random.default_rng([SEED, 12])", f"made = generator({drawn}).numpy()[:1000]",
            "real = x[np.resize(np.arange(len(x)), 1000)]", "angle = np.pi * np.arange(32) / 32",
            "along = np.stack([np.cos(angle), np.sin(angle)])",
            "distance = np.abs(np.sort(made @ along, axis=0) - np.sort(real @ along, axis=0)).mean()",
            f'print(f"{said}")']
