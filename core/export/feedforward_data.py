"""The part of a feedforward program that makes its points: for every dataset the calls of `core.data.points`, written plainly."""

from __future__ import annotations

from core.data.about import WHAT
from core.export.training import note
from core.i18n import _
from core.specs.feedforward import FeedforwardSpec

# For every dataset what its points are, and the code that makes x and y with rng. Noise comes after that.
GENERATED: dict[str, tuple[str, str]] = {
    "circles": (WHAT["circles"], """\
y = np.arange(POINTS) % 2
radius = np.where(y == 0, 2.5 * np.sqrt(rng.random(POINTS)), 3.5 + 1.5 * rng.random(POINTS))
angle = 2 * np.pi * rng.random(POINTS)
x = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)"""),
    "xor": (WHAT["xor"], """\
y = np.arange(POINTS) % 2
x = rng.uniform(0.3, 5, (POINTS, 2)) * rng.choice([-1, 1], (POINTS, 1))
x[:, 1] *= np.where(y == 0, 1, -1)"""),
    "gaussians": (WHAT["gaussians"], """\
y = np.arange(POINTS) % 2
x = rng.normal(0, 1, (POINTS, 2)) + np.where(y == 0, -2, 2)[:, None]"""),
    "spiral": (WHAT["spiral"], """\
y = np.arange(POINTS) % 2
t = np.arange(POINTS) // 2 / ((POINTS + 1) // 2)
angle = 3.5 * np.pi * t + np.pi * y
x = 5 * t[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)"""),
    "moons": (WHAT["moons"], """\
y = np.arange(POINTS) % 2
angle = np.pi * (np.arange(POINTS) // 2) / ((POINTS - 1) // 2)
upper, lower = [np.cos(angle), np.sin(angle)], [1 - np.cos(angle), 0.5 - np.sin(angle)]
x = (np.where(y == 0, upper, lower).T - [0.5, 0.25]) * [3.2, 4.5]"""),
    "blobs3": (WHAT["blobs3"], """\
y = np.arange(POINTS) % 3
angle = 2 * np.pi * (y + 0.25) / 3
x = 3.5 * np.stack([np.cos(angle), np.sin(angle)], axis=1) + rng.normal(0, 0.9, (POINTS, 2))"""),
    "blobs4": (WHAT["blobs4"], """\
y = np.arange(POINTS) % 4
angle = 2 * np.pi * (y + 0.25) / 4
x = 3.5 * np.stack([np.cos(angle), np.sin(angle)], axis=1) + rng.normal(0, 0.9, (POINTS, 2))"""),
    "plane": (WHAT["plane"], """\
x = rng.uniform(-5.5, 5.5, (POINTS, 2))
y = x.sum(axis=1) / 10"""),
    "hills": (WHAT["hills"], """\
x = rng.uniform(-5.5, 5.5, (POINTS, 2))
y = np.zeros(POINTS)
for height, top in [(1, (-3, 3)), (1, (3, -3)), (-1, (3, 3)), (-1, (-3, -3))]:
    y += height * np.exp(-((x - top) ** 2).sum(axis=1) / 5)"""),
    "features100": (WHAT["features100"], """\
y = np.arange(POINTS) % 10
bits = rng.choice(512, 10, replace=False)[:, None] >> np.arange(9) & 1
corners = 4.0 * np.hstack([bits, bits.sum(axis=1, keepdims=True) % 2]) - 2
informative = corners[y] + rng.normal(0, 1, (POINTS, 10))
turn, _ = np.linalg.qr(rng.normal(0, 1, (100, 100)))
x = np.hstack([informative, rng.normal(0, 1, (POINTS, 90))]) @ turn / 1.2"""),
}
NOISE = {"plane": "y = np.clip(y + rng.normal(0, NOISE / 2, POINTS), -1, 1)",
         "hills": "y = np.clip(y + rng.normal(0, NOISE / 2, POINTS), -1, 1)",
         "features100": "x += rng.normal(0, NOISE, x.shape)"}
IN_THE_PLANE = "x += 3 * NOISE * rng.normal(0, 1, (POINTS, 2))"
UPLOADED = """\
with open("points.csv", newline="", encoding="utf-8-sig") as file:
    comma = csv.Sniffer().sniff(file.readline()).delimiter
    rows = csv.reader(file, delimiter=comma, skipinitialspace=True)
    columns = np.array([row for row in rows if row]).T"""
NUMERIC = """\
def numeric(column):
    try:
        return np.isfinite(column.astype(float)).all()
    except ValueError:
        return False
"""
NUMBERS = f"""\
{NUMERIC}

label = max((i for i in range(3) if not numeric(columns[i])), default=2)
classes, y = np.unique(np.char.strip(columns[label]), return_inverse=True)
x = np.delete(columns, label, axis=0).T.astype(float)"""
STANDARDIZED = """\
spread = x.std(axis=0)
x = (x - x.mean(axis=0)) / np.where(spread > 0, spread, 1)
x *= 5.4 / np.abs(x).max()"""


def points(spec: FeedforwardSpec) -> list[str]:
    """Lines that leave x (n, d) and y (n,) in the order in which they were made, and rng for what follows."""
    generator = "rng = np.random.default_rng([SEED, 7])"
    if spec.dataset == "upload":
        return [note(_("Your own points: the first row names the columns, the others hold two numbers and a label.")), UPLOADED,
                "", "", note(_("The label is the last column that holds anything but numbers, or else the last.")), NUMBERS, "",
                note(_("Standardized, and then scaled to fill the picture, which reaches from -6 to 6.")), STANDARDIZED, generator]
    what, code = GENERATED[spec.dataset]
    return [note(_(what)), generator, code, "", note(_("Noise scatters them.")), NOISE.get(spec.dataset, IN_THE_PLANE)]

