"""The network that a spec of this page names, and the lines of a program that build it."""

from __future__ import annotations

from core.maths.backpropagation import Sample, network, sample
from core.specs.backpropagation import BackpropagationSpec


def net_of(spec: BackpropagationSpec) -> Sample:
    """The network of the scenes “network” and “update” with its sample. Trouble where the weights that were typed cannot be read."""
    widths, values = spec.widths, spec.weights()
    return sample(network(widths, values, spec.activation, spec.last), (spec.x1, spec.x2, spec.x3)[:widths[0]],
                  (spec.t1, spec.t2)[:widths[-1]])


def there(spec: BackpropagationSpec, field: str) -> bool:
    """Whether a field plays a part in a network of this shape: an input or a target that it has not does not."""
    inputs, targets = ("x1", "x2", "x3")[spec.widths[0]:], ("t1", "t2")[spec.widths[-1]:]
    return field not in (*inputs, *targets)


def listing(here: Sample) -> str:
    """Its arrays as Python: W, b, x and t."""
    weights = ",\n     ".join(str(w.round(6).tolist()) for w in here.net.weights)
    biases = ", ".join(str(b.round(6).tolist()) for b in here.net.biases)
    return (f"W = [np.array(rows) for rows in [\n     {weights}]]\n"
            f"b = [np.array(row) for row in [{biases}]]\n"
            f"x, t = np.array({here.x[0].tolist()}), np.array({here.t[0].tolist()})\n")


IN_NUMPY = {"tanh": ("np.tanh(z)", "1 - np.tanh(z)**2"), "sigmoid": ("1 / (1 + np.exp(-z))", "f(z) * (1 - f(z))"),
            "relu": ("np.maximum(z, 0)", "(z > 0) * 1.0"), "linear": ("z", "np.ones_like(z)")}


def functions(activation: str, last: str) -> str:
    """Definitions of f, df (hidden layers), g and dg (outputs)."""
    f, df = IN_NUMPY[activation]
    g, dg = (text.replace("f(z)", "g(z)") for text in IN_NUMPY[last])
    return f"f, df = lambda z: {f}, lambda z: {df}\ng, dg = lambda z: {g}, lambda z: {dg}\n"
