"""How a generator and a discriminator of the plane are looked at and measured, in NumPy: from their weights to what a frame shows."""

from __future__ import annotations

import numpy as np

from core.data.mixtures import BOUND, Mixture
from core.maths import distances
from core.maths.activations import sigmoid
from core.maths.dense import backward, forward
from core.models.gan import nets
from core.specs.gan import GanSpec

Arrays = dict[str, np.ndarray]

SHOWN, ARROWS, SURFACE, SHEET, LINE = 400, 60, 40, 21, 41
MEASURED, COMPARED, PAIRED = 2000, 1000, 300  # of the generator's points: for modes and JS; for the sliced distance; for MMD, which is dear
REACH = {"uniform": 1.0, "normal": 2.0}  # of the noise that the manifold is drawn for, to both sides
LARGEST = 6e4  # that a float16 holds


def noise(spec: GanSpec, n: int, rng: np.random.Generator) -> np.ndarray:
    """n samples of a spec's noise: (n, noise_size) float32."""
    shape = (n, spec.noise_size)
    return rng.standard_normal(shape, np.float32) if spec.noise == "normal" else 2 * rng.random(shape, np.float32) - 1


class View:
    """What a run's networks are looked at with: real points, noise that stays the same, places of the plane."""

    def __init__(self, spec: GanSpec, sample: Mixture) -> None:
        self.spec, self.sample = spec, sample
        self.generator, self.discriminator = nets(spec)
        self.z = noise(spec, MEASURED, np.random.default_rng([spec.seed, 12]))
        self.real = _sized(sample.x, SHOWN)
        reach = REACH[spec.noise]
        line = np.linspace(-reach, reach, SHEET if spec.noise_size == 2 else LINE, dtype=np.float32)
        self.sheet = np.stack(np.meshgrid(line, line), -1) if spec.noise_size == 2 else line[:, None, None]
        places = np.linspace(-BOUND, BOUND, SURFACE, dtype=np.float32)
        self.plane = np.stack(np.meshgrid(places, places), -1).reshape(-1, 2)
        self.along = distances.directions().astype(np.float32)
        self.compared = _sized(sample.x, COMPARED)
        self.own = distances.kernel(self.compared[:PAIRED], self.compared[:PAIRED])
        self.density = distances.density(sample.x, BOUND)
        fresh = _sized(sample.fresh, MEASURED) if len(sample.fresh) else self.compared
        self.floor = self.apart(fresh)
        others = np.concatenate([sample.fresh, sample.x[COMPARED:]])  # as many as a generator is measured with, or it would seem farther
        if len(others):
            self.floor[0] = distances.sliced_wasserstein(_sized(others, COMPARED), self.compared, self.along)

    # ---- measures

    def points(self, g: np.ndarray, z: np.ndarray) -> np.ndarray:
        """Where a generator with flat weights puts noise (n, noise_size): (n, 2)."""
        with np.errstate(all="ignore"):  # a network that broke is looked at, too
            return forward(self.generator.plain(g), z).output

    def apart(self, made: np.ndarray) -> np.ndarray:
        """Sliced Wasserstein distance, MMD and JS divergence from the real points: (3,) float32."""
        with np.errstate(all="ignore"):
            return np.array([distances.sliced_wasserstein(made[:COMPARED], self.compared, self.along),
                             distances.mmd(made[:PAIRED], self.compared[:PAIRED], self.own),
                             distances.jensen_shannon(distances.density(made, BOUND), self.density)], np.float32)

    def measure(self, g: np.ndarray, _d: np.ndarray) -> np.ndarray:
        """A row's distance, mmd, js, floor and, where there are clouds to count, modes."""
        made = self.points(g, self.z)
        found = np.append(self.apart(made), self.floor[0])
        if not len(self.sample.centres):
            return found
        return np.append(found, distances.modes(made, self.sample.centres, self.sample.sigma)[1].sum()).astype(np.float32)

    # ---- pictures

    def arrows(self, g: np.ndarray, d: np.ndarray) -> np.ndarray:
        """Where the generator's loss of a single point falls fastest, −∂loss/∂x, at the first ARROWS points: (60, 2)."""
        made = self.points(g, self.z[:ARROWS])
        net = self.discriminator.plain(d)
        with np.errstate(all="ignore"):
            done = forward(net, made)
            score = done.output
            slope = {"minimax": lambda: -sigmoid(score), "nonsaturating": lambda: -sigmoid(-score), "lsgan": lambda: score - 1,
                     "wgan_gp": lambda: -np.ones_like(score)}[self.spec.loss]()
            return -backward(net, done, slope).input.astype(np.float32)

    def verdict(self, d: np.ndarray) -> np.ndarray:
        """What the discriminator says of the plane, row 0 at the lowest x₂: (40, 40) float32, a probability, or, of lsgan and wgan_gp, a
        score."""
        with np.errstate(all="ignore"):
            score = forward(self.discriminator.plain(d), self.plane).output[:, 0]
            said = sigmoid(score) if self.spec.loss in ("minimax", "nonsaturating") else score
            return np.clip(said, -LARGEST, LARGEST).astype(np.float32).reshape(SURFACE, SURFACE)

    def surface(self, d: np.ndarray) -> np.ndarray:
        """`verdict` as a frame keeps it: float16."""
        return self.verdict(d).astype(np.float16)

    def manifold(self, g: np.ndarray) -> np.ndarray:
        """Where the noise's grid, or line, goes: (21, 21, 2) or (41, 1, 2)."""
        return self.points(g, self.sheet.reshape(-1, self.spec.noise_size)).reshape(*self.sheet.shape[:2], 2).astype(np.float32)

    def fakes(self, g: np.ndarray) -> np.ndarray:
        """Where the first of the noise goes: (400, 2)."""
        return self.points(g, self.z[:SHOWN]).astype(np.float32)

    def look(self, g: np.ndarray, d: np.ndarray) -> Arrays:
        """All that a frame shows of two networks with these flat weights."""
        made = self.points(g, self.z)
        sheet = self.manifold(g)
        found = {"real": self.real, "fake": made[:SHOWN].astype(np.float32), "noise": self.z[:SHOWN], "arrows": self.arrows(g, d),
                 "surface": self.surface(d), "manifold": sheet, "area": area(sheet), "floor": self.floor}
        if len(self.sample.centres):
            found["share"], found["covered"] = distances.modes(made, self.sample.centres, self.sample.sigma)
        return found


def area(sheet: np.ndarray) -> np.ndarray:
    """How large each cell of the manifold is: (20, 20) areas, or (40, 1) lengths of a line's pieces."""
    if sheet.shape[1] == 1:
        return np.linalg.norm(np.diff(sheet, axis=0), axis=-1).astype(np.float32)
    across, along = sheet[1:, 1:] - sheet[:-1, :-1], sheet[1:, :-1] - sheet[:-1, 1:]  # the diagonals
    return (np.abs(across[..., 0] * along[..., 1] - across[..., 1] * along[..., 0]) / 2).astype(np.float32)


def _sized(x: np.ndarray, n: int) -> np.ndarray:
    """n points: the first ones, or all of them again and again."""
    return x[np.resize(np.arange(len(x)), n)]
