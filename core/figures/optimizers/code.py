"""Programs that a student can run: the scenes' numbers from Keras' own optimizers and a few lines of NumPy."""

from __future__ import annotations

from collections.abc import Sequence

from core.figures.optimizers.common import TOLERANCE, ground, limit_of, noise_of, rate_of
from core.i18n import _
from core.maths.surfaces import hessian
from core.specs.optimizers import OptimizersSpec

FUNCTIONS = {
    "rosenbrock": ("(1 - x)**2 + 100 * (y - x**2)**2", "2 * (x - 1) - 400 * x * (y - x**2)", "200 * (y - x**2)"),
    "himmelblau": ("(x**2 + y - 11)**2 + (x + y**2 - 7)**2", "4 * x * (x**2 + y - 11) + 2 * (x + y**2 - 7)",
                   "2 * (x**2 + y - 11) + 4 * y * (x + y**2 - 7)"),
    "saddle": ("x**2 - y**2 + y**4 / 4", "2 * x", "y**3 - 2 * y"),
    "rastrigin": ("20 + x**2 + y**2 - 10 * (np.cos(2 * np.pi * x) + np.cos(2 * np.pi * y))",
                  "2 * x + 20 * np.pi * np.sin(2 * np.pi * x)", "2 * y + 20 * np.pi * np.sin(2 * np.pi * y)"),
}


def function(spec: OptimizersSpec) -> str:
    """The surface and its gradient, as lines of a program."""
    if spec.surface == "own":
        from core.maths.typed import source

        height, dx, dy = source(spec.formula)
    elif spec.surface == "ravine":
        (a, b), (_c, d) = hessian(spec.steep, spec.flat, spec.angle).tolist()
        height, dx, dy = f"0.5 * ({a!r} * x**2 + 2 * {b!r} * x * y + {d!r} * y**2)", f"{a!r} * x + {b!r} * y", f"{b!r} * x + {d!r} * y"
    else:
        height, dx, dy = FUNCTIONS[spec.surface]
    return f"def f(x, y):\n    return {height}\n\ndef gradient(x, y):\n    return np.array([{dx}, {dy}])\n"


def schedule(spec: OptimizersSpec, rate: float) -> str:
    """The learning rate as Keras is told it."""
    n, keras = spec.steps, "keras.optimizers.schedules."
    warm = max(round(n * 0.1), 1)
    return {"constant": f"{rate!r}", "step": f"{keras}ExponentialDecay({rate!r}, {-(-n // 3)}, 0.1, staircase=True)",
            "exponential": f"{keras}ExponentialDecay({rate!r}, {n}, 0.01)", "inverse": f"{keras}InverseTimeDecay({rate!r}, {n}, 9.0)",
            "cosine": f"{keras}CosineDecay({rate!r}, {n})",
            "warmup": f"{keras}CosineDecay(0.0, {max(n - warm, 1)}, warmup_target={rate!r}, warmup_steps={warm})"}[spec.schedule]


def made(spec: OptimizersSpec, racer: str, rate: str) -> str:
    """The Keras optimizer that a racer is."""
    more = {"momentum": f", momentum={spec.momentum!r}", "nesterov": f", momentum={spec.momentum!r}, nesterov=True",
            "rmsprop": f", rho={spec.rho!r}", "adam": f", beta_1={spec.beta_1!r}, beta_2={spec.beta_2!r}",
            "adamw": f", weight_decay={spec.weight_decay!r}, beta_1={spec.beta_1!r}, beta_2={spec.beta_2!r}"}.get(racer, "")
    kind = {"adagrad": "Adagrad", "rmsprop": "RMSprop", "adam": "Adam", "adamw": "AdamW"}.get(racer, "SGD")
    return f"keras.optimizers.{kind}({rate}{more})"


def race(spec: OptimizersSpec, racers: Sequence[str]) -> str:
    """The race with Keras: prints where each ends and how high that is."""
    noisy = [racer for racer in racers if noise_of(spec, racer)]
    drawn = f"noise = np.random.default_rng({spec.seed}).normal(size=({spec.steps}, 2)) * {spec.noise!r}\n" if noisy else ""
    adds = "" if not noisy else f"        if name in {noisy!r}:\n            g = g + noise[t]\n"
    lines = "".join(f'    "{racer}": {made(spec, racer, schedule(spec, rate_of(spec, racer)))},\n' for racer in racers)
    return f"""import keras
import numpy as np

keras.config.set_floatx("float64")

{function(spec)}
optimizers = {{
{lines}}}
{drawn}ends, heights = [], []
for name, optimizer in optimizers.items():
    place, moved = keras.Variable([{spec.start_x!r}, {spec.start_y!r}]), np.inf
    for t in range({spec.steps}):
        old = place.numpy()
        g = gradient(*old)
        if moved <= {TOLERANCE} and np.linalg.norm(g) <= {TOLERANCE}:
            break  # {_("converged")}
{adds}        optimizer.apply([keras.ops.convert_to_tensor(g)], [place])
        if not np.abs(place.numpy()).max() <= {limit_of(ground(spec))!r}:
            place.assign(old)  # {_("diverged: the last place before that")}
            break
        moved = np.linalg.norm(place.numpy() - old)
    ends.append(place.numpy().tolist())
    heights.append(float(f(*place.numpy())))
    print(name, ends[-1], heights[-1])
"""


RATES = {"constant": "{rate!r}", "step": "{rate!r} * 0.1 ** (t // {third})", "exponential": "{rate!r} * 0.01 ** (t / {n})",
         "inverse": "{rate!r} / (1 + 9 * t / {n})", "cosine": "{rate!r} * 0.5 * (1 + np.cos(np.pi * t / {n}))",
         "warmup": "{rate!r} * t / {warm} if t < {warm} else {rate!r} * 0.5 * (1 + np.cos(np.pi * (t - {warm}) / {rest}))"}


def updates(spec: OptimizersSpec, racer: str) -> str:
    """One update as lines of NumPy, as Keras does it. eta: this step's rate; m, v: the memory."""
    adam = (f"    m = m + (1 - {spec.beta_1!r}) * (g - m)\n    v = v + (1 - {spec.beta_2!r}) * (g**2 - v)\n"
            f"    alpha = eta * np.sqrt(1 - {spec.beta_2!r}**(t + 1)) / (1 - {spec.beta_1!r}**(t + 1))\n")
    return {"gd": "    x = x - eta * g\n", "sgd": "    x = x - eta * g\n",
            "momentum": f"    m = {spec.momentum!r} * m - eta * g\n    x = x + m\n",
            "nesterov": f"    m = {spec.momentum!r} * m - eta * g\n    x = x + {spec.momentum!r} * m - eta * g\n",
            "adagrad": "    v = v + g**2\n    x = x - eta * g / np.sqrt(v + 1e-7)\n",
            "rmsprop": f"    v = {spec.rho!r} * v + (1 - {spec.rho!r}) * g**2\n    x = x - eta * g / np.sqrt(v + 1e-7)\n",
            "adam": adam + "    x = x - alpha * m / (np.sqrt(v) + 1e-7)\n",
            "adamw": adam + f"    x = x - eta * {spec.weight_decay!r} * x\n    x = x - alpha * m / (np.sqrt(v) + 1e-7)\n"}[racer]


def memory(spec: OptimizersSpec, t: int) -> str:
    """Steps 0 to t of one optimizer in NumPy: prints where it is then, and what it remembers."""
    racer, n = spec.optimizer, spec.steps
    warm = max(round(n * 0.1), 1)
    rate = RATES[spec.schedule].format(rate=rate_of(spec, racer), n=n, third=max(-(-n // 3), 1), warm=warm, rest=max(n - warm, 1))
    noisy = noise_of(spec, racer)
    drawn = f"noise = np.random.default_rng({spec.seed}).normal(size=({n}, 2)) * {noisy!r}\n" if noisy else ""
    return f"""import numpy as np

{function(spec)}
x = np.array([{spec.start_x!r}, {spec.start_y!r}])
m, v = np.zeros(2), np.full(2, {0.1 if racer == "adagrad" else 0.0!r})  # {_("its memory")}
{drawn}for t in range({t + 1}):
    g = gradient(*x){" + noise[t]" if noisy else ""}
    eta = {rate}
{updates(spec, racer)}
print("x =", x)
print("m =", m)
print("v =", v)
"""
