"""Programs that a student can run: the scenes' numbers from a few lines of NumPy, beside them the same in Keras."""

from __future__ import annotations

from collections.abc import Sequence

from core.i18n import _
from core.maths.race import TOLERANCE, ground, limit_of, noise_of, rate_of
from core.maths.surfaces import hessian
from core.specs.optimizers import OptimizersSpec

# as core.maths.surfaces computes them, operation by operation: on rough ground the last bit decides where a path ends
FUNCTIONS = {
    "rosenbrock": ("(1 - x) ** 2 + 100 * (y - x * x) ** 2", "2 * (x - 1) - 400 * x * (y - x * x)", "200 * (y - x * x)"),
    "himmelblau": ("(x * x + y - 11) ** 2 + (x + y * y - 7) ** 2", "4 * x * (x * x + y - 11) + 2 * (x + y * y - 7)",
                   "2 * (x * x + y - 11) + 4 * y * (x + y * y - 7)"),
    "saddle": ("x * x - y * y + y**4 / 4", "2 * x", "y**3 - 2 * y"),
    "rastrigin": ("20 + x * x + y * y - 10 * (np.cos(2 * np.pi * x) + np.cos(2 * np.pi * y))",
                  "2 * x + 20 * np.pi * np.sin(2 * np.pi * x)", "2 * y + 20 * np.pi * np.sin(2 * np.pi * y)"),
}
RATES = {"constant": "{rate!r}", "step": "{rate!r} * 0.1 ** (t // {third})", "exponential": "{rate!r} * 0.01 ** (t / {n})",
         "inverse": "{rate!r} / (1 + 9 * t / {n})", "cosine": "{rate!r} * 0.5 * (1 + math.cos(math.pi * t / {n}))",
         "warmup": "{rate!r} * t / {warm} if t < {warm} else {rate!r} * 0.5 * (1 + math.cos(math.pi * (t - {warm}) / {rest}))"}


def function(spec: OptimizersSpec) -> str:
    """The surface and its gradient, as lines of a program."""
    if spec.surface == "own":
        from core.maths.typed import source

        height, dx, dy = source(spec.formula)
    elif spec.surface == "ravine":
        (a, b), (_c, d) = hessian(spec.steep, spec.flat, spec.angle).tolist()
        height, dx, dy = f"0.5 * ({a!r} * x * x + {2 * b!r} * x * y + {d!r} * y * y)", f"{a!r} * x + {b!r} * y", f"{b!r} * x + {d!r} * y"
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


def updates(spec: OptimizersSpec, racer: str) -> str:
    """One update as lines of NumPy, as Keras does it. eta: this step's rate; m, v: the memory."""
    rounded = _("Keras rounds them to 32 bits here")
    adam = (f"    m = m + (g - m) * (1 - {spec.beta_1!r})\n    v = v + (g * g - v) * (1 - {spec.beta_2!r})\n"
            f"    beta_1, beta_2 = map(float, np.float32([{spec.beta_1!r}, {spec.beta_2!r}]))  # {rounded}\n"
            "    alpha = eta * (1 - beta_2 ** (t + 1)) ** 0.5 / (1 - beta_1 ** (t + 1))\n")
    return {"gd": "    p = p - eta * g\n", "sgd": "    p = p - eta * g\n",
            "momentum": f"    m = {spec.momentum!r} * m - eta * g\n    p = p + m\n",
            "nesterov": f"    m = {spec.momentum!r} * m - eta * g\n    p = p + ({spec.momentum!r} * m - eta * g)\n",
            "adagrad": "    v = v + g * g\n    p = p - eta * g / (v + 1e-7) ** 0.5\n",
            "rmsprop": f"    v = {spec.rho!r} * v + (1 - {spec.rho!r}) * (g * g)\n    p = p - eta * g / (v + 1e-7) ** 0.5\n",
            "adam": adam + "    p = p - m * (alpha / (v**0.5 + 1e-7))\n",
            "adamw": adam + f"    p = p - p * {spec.weight_decay!r} * eta\n    p = p - m * (alpha / (v**0.5 + 1e-7))\n"}[racer]


def rate_code(spec: OptimizersSpec, rate: float) -> str:
    """The rate of step t as an expression."""
    n = spec.steps
    warm = max(round(n * 0.1), 1)
    return RATES[spec.schedule].format(rate=rate, n=n, third=max(-(-n // 3), 1), warm=warm, rest=max(n - warm, 1))


def heading(spec: OptimizersSpec, noisy: bool) -> str:
    """Imports, the surface, and the noise if there is any."""
    drawn = f"noise = {spec.noise!r} * np.random.default_rng({spec.seed}).normal(size=({spec.steps}, 2))\n" if noisy else ""
    return f"{'import math' + chr(10) * 2 if spec.schedule in ('cosine', 'warmup') else ''}import numpy as np\n\n{function(spec)}\n{drawn}"


def race(spec: OptimizersSpec, racers: Sequence[str]) -> str:
    """The race: prints where each ends and how high that is."""
    converged, diverged = _("converged"), _("diverged")
    noisy = [racer for racer in racers if noise_of(spec, racer)]
    rules = "".join(f"def {racer}(p, m, v, g, t):  # {made(spec, racer, schedule(spec, rate_of(spec, racer)))}\n"
                    f"    eta = {rate_code(spec, rate_of(spec, racer))}\n{updates(spec, racer)}    return p, m, v\n\n" for racer in racers)
    adds = "" if not noisy else f"        if rule.__name__ in {noisy!r}:\n            g = g + noise[t]\n"
    no_slope = _("no slope here")
    stuck = "" if spec.surface != "own" else f"        if not np.isfinite(g @ g):\n            break  # {no_slope}\n"
    memory = "np.full(2, 0.1 if rule is adagrad else 0.0)" if "adagrad" in racers else "np.zeros(2)"
    return f"""{heading(spec, bool(noisy))}
{rules}ends, heights = [], []
for rule in [{", ".join(racers)}]:
    p, m, v, moved = np.array([{spec.start_x!r}, {spec.start_y!r}]), np.zeros(2), {memory}, np.inf
    for t in range({spec.steps}):
        g = gradient(*p.tolist())
        if moved <= {TOLERANCE} and np.sqrt(g @ g) <= {TOLERANCE}:
            break  # {converged}
{stuck}{adds}        new, m, v = rule(p, m, v, g, t)
        if not np.abs(new).max() <= {limit_of(ground(spec))!r}:
            break  # {diverged}
        p, moved = new, np.sqrt((new - p) @ (new - p))
    ends.append(p.tolist())
    heights.append(float(f(*p)))
    print(rule.__name__, ends[-1], heights[-1])
"""


def memory(spec: OptimizersSpec, t: int) -> str:
    """Steps 0 to t of one optimizer: prints where it is then, and what it remembers."""
    in_keras, its_memory = _("in Keras:"), _("its memory")
    racer = spec.optimizer
    noisy = bool(noise_of(spec, racer))
    return f"""{heading(spec, noisy)}
# {in_keras} {made(spec, racer, schedule(spec, rate_of(spec, racer)))}
p = np.array([{spec.start_x!r}, {spec.start_y!r}])
m, v = np.zeros(2), np.full(2, {0.1 if racer == "adagrad" else 0.0!r})  # {its_memory}
for t in range({t + 1}):
    g = gradient(*p.tolist()){" + noise[t]" if noisy else ""}
    eta = {rate_code(spec, rate_of(spec, racer))}
{updates(spec, racer)}
print("p =", p)
print("m =", m)
print("v =", v)
"""


def quadratic(spec: OptimizersSpec) -> str:
    """The factors of a step, from the eigenvalues of the matrix that takes (u, v) one step on."""
    directions, takes = _("across, along"), _("takes (u, v) one step on")
    matrix = ("[[1 - push * (1 + beta), beta**2], [-push, beta]]" if spec.nesterov else "[[1 - push, beta], [-push, beta]]")
    limit = f"2 * (1 + beta) / lambda_max{' / (1 + 2 * beta)' if spec.nesterov else ''}"
    return f"""import numpy as np

H = np.array({hessian(spec.steep, spec.flat, spec.angle).tolist()!r})
eta, beta = {spec.rate!r}, {spec.friction!r}
eigenvalues = np.linalg.eigvalsh(H)[::-1]  # {directions}
lambda_max = eigenvalues[0]
limit = {limit}

factors = []
for eigenvalue in eigenvalues:
    push = eta * eigenvalue
    step = np.array({matrix})  # {takes}
    factors.append(np.abs(np.linalg.eigvals(step)).max())
print("limit:", limit)
print("factors:", factors)
"""


def pair(spec: OptimizersSpec, most: int, share: float) -> str:
    """One place of the map: run it and count."""
    not_there = _("not there")
    update = "p = p + (beta * v - eta * g)" if spec.nesterov else "p = p + v"
    best = (f"root = np.sqrt(3 * {spec.steep!r} / {spec.flat!r} + 1)\n"
            f"best = [4 / (3 * {spec.steep!r} + {spec.flat!r}), (root - 2) / (root + 2)]" if spec.nesterov else
            f"high, low = np.sqrt({spec.steep!r}), np.sqrt({spec.flat!r})\n"
            "best = [(2 / (high + low)) ** 2, ((high - low) / (high + low)) ** 2]")
    return f"""import numpy as np

H = np.array({hessian(spec.steep, spec.flat, spec.angle).tolist()!r})
eta, beta = {spec.rate!r}, {spec.friction!r}  # keras.optimizers.SGD(eta, momentum=beta{", nesterov=True" if spec.nesterov else ""})
p, v = np.array([{spec.start_x!r}, {spec.start_y!r}]), np.zeros(2)
goal = {share!r} * np.linalg.norm(p)
steps = 1
for t in range(1, {most + 1}):
    g = H @ p
    v = beta * v - eta * g
    {update}
    if not np.linalg.norm(p) <= goal:
        steps = t + 1
    if not np.isfinite(p).all():
        break
if steps > {most} or not np.isfinite(p).all():
    steps = -1  # {not_there}
{best}
print("steps:", steps)
print("best:", best)
"""


def network(spec: OptimizersSpec, racer: str, rate: float, batch: int, steps: int) -> str:
    """The network with Keras and the optimizer that ended lowest: prints its loss before, after one step, and after all."""
    glorot = _("Glorot’s first weights")
    from core.figures.optimizers.learners import DATA, SAMPLES

    shuffled = "" if batch == SAMPLES else f"""rng, looks = np.random.default_rng([{spec.seed}, 3]), []
while len(looks) < {steps}:
    order = rng.permutation({SAMPLES})
    looks += [order[k:k + {batch}] for k in range(0, {SAMPLES}, {batch})]
"""
    at = "x, y" if batch == SAMPLES else "x[looks[t]], y[looks[t]]"
    return f"""import keras
import numpy as np

keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")

rng = np.random.default_rng([{spec.seed}, 7])
label = np.arange({SAMPLES}) % 2
u, w, noise = rng.uniform(size={SAMPLES}), rng.uniform(size={SAMPLES}), rng.normal(size=({SAMPLES}, 2))
{DATA[spec.dataset]}
y = label[:, None].astype(float)

model = keras.Sequential([keras.Input((2,)), keras.layers.Dense({spec.units}, "tanh"), keras.layers.Dense(1)])
rng = np.random.default_rng([{spec.seed}, 5])
first = rng.uniform(-1, 1, (2, {spec.units})) * np.sqrt(6 / {2 + spec.units})  # {glorot}
second = rng.uniform(-1, 1, ({spec.units}, 1)) * np.sqrt(6 / {spec.units + 1})
model.set_weights([first, np.zeros({spec.units}), second, np.zeros(1)])

optimizer = {made(spec, racer, schedule(spec.changed(steps=steps), rate))}
loss = keras.losses.BinaryCrossentropy(from_logits=True)
model.compile(optimizer, loss, jit_compile=False)
{shuffled}losses = [float(loss(y, model(x)))]
for t in range({steps}):
    model.train_on_batch({at})
    losses.append(float(loss(y, model(x))))
start, first, last = losses[0], losses[1], losses[-1]
print(f"{{start:.6f}} {{first:.6f}} {{last:.6f}}")
"""
