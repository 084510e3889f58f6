"""The part of a GAN's program that makes its points and batches: the calls of `core.data.mixtures` and `core.training.duel`, plainly."""

from __future__ import annotations

from core.data.mixtures import SET_ASIDE, written
from core.data.mixtures import cells as painted
from core.export.feedforward_data import NUMERIC, STANDARDIZED, UPLOADED
from core.export.training import note
from core.i18n import N_, _
from core.specs.gan import GanSpec

CLOUDS = """\
which = rng.integers(len(centres), size=n)
x = centres[which] + rng.normal(0, {sigma}, (n, 2))"""
AROUND = """\
angle = 2 * np.pi * np.arange({count}) / {count}{turn}
centres = (2 * np.stack([np.cos(angle), np.sin(angle)], 1)).astype("float32")
"""
GENERATED = {
    "line": "x = rng.uniform(-1, 1, (n, 1)) * [2.2, 1.4] + rng.normal(0, 0.06, (n, 2))",
    "ring": """\
angle = rng.uniform(0, 2 * np.pi, n)
x = 2 * np.stack([np.cos(angle), np.sin(angle)], 1) + rng.normal(0, 0.1, (n, 2))""",
    "ring8": AROUND.format(count=8, turn="") + CLOUDS.format(sigma=0.1),
    "grid25": """\
line = np.arange(5.0) - 2
centres = np.stack(np.meshgrid(line, line), -1).reshape(-1, 2).astype("float32")
""" + CLOUDS.format(sigma=0.08),
    "moons": """\
angle, lower = rng.uniform(0, np.pi, n), rng.integers(2, size=n)
moons = [np.cos(angle), np.sin(angle)], [1 - np.cos(angle), 0.5 - np.sin(angle)]
x = (np.where(lower == 0, *moons).T - [0.5, 0.25]) * [1.5, 2.0] + rng.normal(0, 0.08, (n, 2))""",
    "spiral": """\
t = np.sqrt(rng.uniform(0.02, 1, n))
x = 2.4 * t[:, None] * np.stack([np.sin(3 * np.pi * t), np.cos(3 * np.pi * t)], 1)
x = x + rng.normal(0, 0.06, (n, 2))""",
    "blobs": AROUND.format(count=3, turn=" + np.pi / 2") + CLOUDS.format(sigma=0.25),
}
DRAWN = """\
drawing = "{first}"
drawing += "{second}"
painted = np.unpackbits(np.frombuffer(bytes.fromhex(drawing), np.uint8)).reshape(24, 24)
rows, columns = np.nonzero(painted)
i = rng.integers(len(rows), size=n)
x = (np.stack([columns[i], 23 - rows[i]], 1) + rng.random((n, 2))) * 0.25 - 3"""
WHAT = {"line": N_("A straight line."), "ring": N_("A circle."), "ring8": N_("Eight normal clouds on a circle."),
        "grid25": N_("5 × 5 normal clouds, one apart."), "moons": N_("Two interleaved half circles."), "spiral": N_("A spiral."),
        "blobs": N_("Three normal clouds far apart."), "drawn": N_("Points in the painted cells of a grid of 24 × 24.")}


def points(spec: GanSpec) -> list[str]:
    """Lines that leave the real points in x (n, 2)."""
    generator = "rng = np.random.default_rng([SEED, 8])"
    if spec.upload:
        return [note(_("Your own points: the first row names the columns, the others hold two numbers each.")), UPLOADED,
                "", "", note(_("A label beside them has no part in this.")), NUMERIC, "",
                "x = np.array([column for column in columns if numeric(column)][:2]).T.astype(float)", "",
                note(_("Standardized, and then scaled to fill the picture, which reaches from -3 to 3; a fifth is set aside.")),
                STANDARDIZED, generator, 'x = x.astype("float32")[rng.permutation(len(x))] * np.float32(0.5)',
                "x = x[: max(len(x) * 4 // 5, 1)]"]
    code = GENERATED.get(spec.dataset)
    if code is None:
        digits = written(painted(spec.drawn))
        code = DRAWN.format(first=digits[:72], second=digits[72:])
    return [note(_(WHAT[spec.dataset])), generator, f"n = POINTS + {SET_ASIDE}", *code.splitlines(), 'x = x[:POINTS].astype("float32")']


def batches(spec: GanSpec, instance: bool, between: bool, resting: str) -> list[str]:
    """Lines that leave `steps` and a generator of what each step needs. instance: whether any leg has instance noise; between: whether any
    has a gradient penalty; resting: the sides that take no step in some leg, "d" or "g": the lab draws a batch for them, too."""
    d, g = ("max(D_STEPS, 1)" if "d" in resting else "D_STEPS"), ("max(G_STEPS, 1)" if "g" in resting else "G_STEPS")
    noise = ("return rng.standard_normal((steps, updates, BATCH_SIZE, NOISE_SIZE), np.float32)" if spec.noise == "normal" else
             "return 2 * rng.random((steps, updates, BATCH_SIZE, NOISE_SIZE), np.float32) - 1")
    blur = (note(_("Instance noise, on all that the discriminator is shown.")), "def blur(rng, steps, updates):",
            "    return INSTANCE_NOISE * rng.standard_normal((steps, updates, BATCH_SIZE, 2), np.float32)", "", "")
    added = "        if INSTANCE_NOISE:"
    return [
        note(_("What the generator makes points of.")), "def noise(rng, steps, updates):", f"    {noise}", "", "",
        *(blur if instance else ()),
        note(_("Each of the discriminator’s updates sees the real points in an order of its own; the last batch is filled up.")),
        "def batches(first, last):", "    steps = -(-len(x) // BATCH_SIZE)", "    for epoch in range(first, last):",
        "        rng = np.random.default_rng([SEED, epoch, 11])", f"        real = np.empty((steps, {d}, BATCH_SIZE, 2), np.float32)",
        f"        for i in range({d}):", "            order = np.resize(rng.permutation(len(x)), steps * BATCH_SIZE)",
        "            real[:, i] = x[order].reshape(steps, BATCH_SIZE, 2)",
        *([added, f"            real += blur(rng, steps, {d})"] if instance else []),
        f"        step = {{\"real\": real, \"z_d\": noise(rng, steps, {d})}}",
        *([added, f"            step[\"blur_d\"] = blur(rng, steps, {d})"] if instance else []),
        f"        step[\"z_g\"] = noise(rng, steps, {g})",
        *([added, f"            step[\"blur_g\"] = blur(rng, steps, {g})"] if instance else []),
        *([f"        step[\"between\"] = rng.random((steps, {d}, BATCH_SIZE, 1), np.float32)"] if between else []),
        "        for i in range(steps):", "            at = np.array([rate(epoch * steps + i)], np.float32)",
        "            yield ({name: part[i] for name, part in step.items()} | {\"rate\": at},)"]
