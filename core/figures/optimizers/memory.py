"""What an optimizer remembers: one step under the magnifying glass, its arrows and squares at the ball, its formulas with numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.figures.board import Handle, Picture, Scene, figure, readable
from core.figures.optimizers import code, formulas
from core.figures.optimizers.common import Line, above, contour, legend, name_of, on_ground
from core.figures.template import Template
from core.figures.theme import axis, colour, layout
from core.figures.values import numbers
from core.frame import Message
from core.i18n import N_, _
from core.maths.descent import Path
from core.maths.optimizers import Memory, Rule, scale, step
from core.maths.race import ground, noise_of, path, rate_of, rule_of
from core.maths.surfaces import Surface
from core.specs.examples import Preset, Trial
from core.specs.optimizers import ADAPTIVE, OptimizersSpec

MAGNIFY = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
X, Y = "layer0", "layer1"  # the colours of the two coordinates
ADAM = ("adam", "adamw")


@dataclass(frozen=True)
class Look:
    """Step t of a path: before and after."""

    rule: Rule
    t: int
    x: np.ndarray
    g: np.ndarray
    rate: float
    before: Memory
    after: Memory
    new: np.ndarray

    @property
    def move(self) -> np.ndarray:
        return self.new - self.x


def look(spec: OptimizersSpec, one: Path) -> Look:
    """The step that the spec names, or the last one there is."""
    t = min(spec.step, max(one.steps, 1)) - 1
    rule, rate = rule_of(spec, spec.optimizer), float(one.rates[t]) if one.steps else rate_of(spec, spec.optimizer)
    before = Memory(t, one.m[t], one.v[t])
    new, after = step(rule, one.x[t], one.g[t], rate, before)
    return Look(rule, t, one.x[t], one.g[t], rate, before, after, new)


def size(now: Look) -> np.ndarray | None:
    """What the rule divides by in this step, for both coordinates: √v + ε, with ε under the root for Adagrad and RMSprop; None for a rule
    that does not divide. Adam's is not corrected here: its formula has the correction in α."""
    if now.rule.name not in ADAPTIVE:
        return None
    return np.sqrt(now.after.v) + now.rule.epsilon if now.rule.name in ADAM else np.sqrt(now.after.v + now.rule.epsilon)


def arrow(tail: np.ndarray, head: np.ndarray, token: str, *, width: float = 2.5) -> Line:
    """An arrow between two places."""
    return {"x": head[0], "y": head[1], "ax": tail[0], "ay": tail[1], "xref": "x", "yref": "y", "axref": "x", "ayref": "y",
            "showarrow": True, "arrowhead": 2, "arrowsize": 1, "arrowwidth": width, "arrowcolor": colour(token), "text": ""}


def arrows(now: Look, surface: Surface) -> tuple[list[Line], list[tuple[str, str]]]:
    """The parts of this step, magnified so that they can be seen, but within the picture if that is possible; and the name of each
    with its colour. The names stand above the picture: beside arrows that point the same way they would cover each other."""
    name, rate, low, high = now.rule.name, now.rate, *np.array(surface.box).T
    width = float(high[0] - low[0])
    push = -rate * now.g
    kept = now.rule.momentum * (now.after.m if name == "nesterov" else now.before.m)
    parts = [now.move, push, kept] if name in ("momentum", "nesterov") else [now.move]
    longest = max(float(np.hypot(*part)) for part in parts)
    times = 1.0 if 0.1 * width <= longest <= 0.3 * width else next((k for k in MAGNIFY if k * longest >= 0.1 * width), MAGNIFY[-1])
    heads = [now.move, kept, kept + push] if len(parts) > 1 else [now.move]
    while times > MAGNIFY[0] and not all(((low <= now.x + times * way) & (now.x + times * way <= high)).all() for way in heads):
        times = max(k for k in MAGNIFY if k < times)
    shown: list[Line] = []
    names: list[tuple[str, str]] = []
    if name in ("momentum", "nesterov"):
        side = np.array([now.move[1], -now.move[0]]) * 0.035 * width / max(float(np.hypot(*now.move)),
                                                                           1e-300)  # beside the step, not under it
        shown += [arrow(now.x + side, now.x + side + times * kept, "layer2", width=2),
                  arrow(now.x + side + times * kept, now.x + side + times * (kept + push), "layer1", width=2)]
        names = [("→ βv", "layer2"), ("→ −ηg", "layer1")]
    elif name in ADAPTIVE:
        along, what, token = (now.after.m, "−m", "layer2") if name in ADAM else (now.g, "−g", "muted")
        unit = -along / max(float(np.hypot(*along)), 1e-300)
        shown.append(arrow(now.x, now.x + 0.13 * width * unit, token, width=1.5))
        names = [("→ " + _("direction of {what}", what=what), token)]
    shown.append(arrow(now.x, now.x + times * now.move, "text", width=3.5))
    return shown, [("➔ " + (_("step") if times == 1 else _("step") + f" × {times:g}"), "text"), *names]


def squares(now: Look, one: Path, surface: Surface) -> list[Line]:
    """The size that the rule has in mind of each coordinate's gradient, as squares around the ball: sides √v."""
    now_sizes = size(now)
    if now_sizes is None:
        return []
    (bottom, top) = surface.box[1]
    largest = max(float(np.sqrt(one.v.max())), float(now_sizes.max()), 1e-300)
    half = 0.24 * (top - bottom) * now_sizes / largest
    return [{"type": "rect", "xref": "x", "yref": "y", "x0": now.x[0] - h, "x1": now.x[0] + h, "y0": now.x[1] - h, "y1": now.x[1] + h,
             "line": {"color": colour(token), "width": 2, "dash": dash}, "fillcolor": colour(token), "opacity": 0.28, "layer": "above"}
            for h, token, dash in zip(half.tolist(), (X, Y), ("solid", "dash"), strict=True)]


def square_names(now: Look) -> list[tuple[str, str]]:
    """What the squares are, and their colours."""
    sizes = size(now)
    if sizes is None:
        return []
    sign = "√s" if now.rule.name == "adagrad" else "√v"
    return [("□ " + readable(_("{sign} in {axis}: {value:.3g}", sign=sign, axis=axis_name, value=value)), token)
            for axis_name, value, token in zip("xy", sizes.tolist(), (X, Y), strict=True)]


def title_of(now: Look) -> str:
    sizes = size(now)
    if sizes is not None:
        return _("Step {step}: divided by {x:.3g} in x, by {y:.3g} in y", step=now.t + 1, x=sizes[0], y=sizes[1])
    if now.rule.name in ("momentum", "nesterov"):
        return _("Step {step}: velocity {speed:.2g}, push {push:.2g}", step=now.t + 1, speed=float(np.hypot(*now.after.m)),
                 push=now.rate * float(np.hypot(*now.g)))
    return _("Step {step}: {rate:.3g} × gradient {slope:.2g} = {move:.2g}", step=now.t + 1, rate=now.rate, slope=float(np.hypot(*now.g)),
             move=float(np.hypot(*now.move)))


def plane(spec: OptimizersSpec, surface: Surface, one: Path, now: Look) -> Template:
    (left, right), (bottom, top) = surface.box
    shown, names = arrows(now, surface)
    notes = legend([*names, *square_names(now)])
    boxes = squares(now, one, surface)
    data: list[Line] = [
        contour(surface),
        {"type": "scatter", "mode": "lines", "x": numbers(one.x[:, 0]), "y": numbers(one.x[:, 1]), "hoverinfo": "skip",
         "line": {"color": colour("muted"), "width": 1, "dash": "dot"}},
        {"type": "scatter", "mode": "lines+markers", "x": numbers(one.x[:now.t + 1, 0]), "y": numbers(one.x[:now.t + 1, 1]),
         "hoverinfo": "skip",
         "line": {"color": colour("text"), "width": 1.6}, "marker": {"size": 4, "color": colour("text")}}]
    return figure(
        "plane", data, layout(
            xaxis=axis("x", range=[left, right], constrain="domain"), yaxis=axis("y", range=[bottom, top], scaleanchor="x",
                                                                                 constrain="domain"),
            annotations=[*notes, *shown], shapes=boxes, margin={"l": 38, "r": 10, "t": above(notes), "b": 32}),
        title=title_of(now), height=400, span=7,
        alt=_("The path of {name} from above, at step {step} of {steps}, with the parts of this step as arrows.",
              name=name_of(spec.optimizer),
              step=now.t + 1, steps=one.steps))


def panels(spec: OptimizersSpec, one: Path, now: Look) -> Template:
    """Gradient and memories of both coordinates against the step, one panel below the other."""
    rule, n = now.rule, one.steps
    after = [Memory(t, one.m[t], one.v[t]) for t in range(1, n + 1)]
    rows = [(_("gradient g"), one.g[:n])]
    if rule.name in ("momentum", "nesterov"):
        rows.append((_("velocity v"), one.m[1:]))
    if rule.name in ADAM:
        rows.append((_("mean of g: m"), one.m[1:]))
    if rule.name in ADAPTIVE:
        rows.append((_("sum of g²: √s") if rule.name == "adagrad" else _("size of g: √v"), np.sqrt(one.v[1:])))
    if rule.name in ADAPTIVE and n:
        rows.append((_("adjusted rate"), np.array([scale(rule, rate, each) for rate, each in zip(one.rates.tolist(), after, strict=True)])))
    gap, steps = 0.09, list(range(1, n + 1))
    tall = (1 - gap * (len(rows) - 1)) / len(rows)
    data: list[Line] = []
    more: Line = {}
    for k, (text, values) in enumerate(rows):
        suffix = "" if k == 0 else str(k + 1)
        low = 1 - (k + 1) * tall - k * gap
        last = text == _("adjusted rate")
        for j, (token, dash, name) in enumerate(((X, "solid", "x"), (Y, "dash", "y"))):
            data.append({"type": "scatter", "mode": "lines", "x": steps, "y": numbers(values[:, j], 4), "xaxis": "x", "yaxis": f"y{suffix}",
                         "line": {"color": colour(token), "width": 1.8, "dash": dash}, "name": name,
                         "hovertemplate": f"{text}, {name}: %{{y:.3g}}<extra></extra>"})
        more[f"yaxis{suffix}"] = axis(domain=[max(low, 0), low + tall], nticks=4, exponentformat="power", rangemode="tozero" if last
                                      else "normal")
    notes: list[Line] = [{"text": f"<b>{text}</b>", "xref": "paper", "yref": "paper", "x": 0.01, "y": 1 - k * (tall + gap),
                          "xanchor": "left",
                          "yanchor": "bottom", "showarrow": False, "font": {"size": 11, "color": colour("text")},
                          "bgcolor": colour("background"), "borderpad": 0}
                         for k, (text, _v) in enumerate(rows)]
    notes += [{"text": text, "xref": "paper", "yref": "paper", "x": at, "y": 1, "xanchor": "right", "yanchor": "bottom", "showarrow": False,
               "font": {"size": 12, "color": colour(token)}} for text, at, token in (("— x", 0.88, X), ("- - y", 1.0, Y))]
    line = {"type": "line", "xref": "x", "yref": "paper", "x0": now.t + 1, "x1": now.t + 1, "y0": 0, "y1": 1,
            "line": {"color": colour("muted"), "width": 1.2}}
    return figure("panels", data, layout(xaxis=axis(_("step"), range=[0, max(n, 2)], anchor=f"y{len(rows)}" if len(rows) > 1 else "y"),
                                         **more,
                                         annotations=notes, shapes=[line], margin={"l": 46, "r": 10, "t": 20, "b": 32}),
                  title=_("What {name} sees and remembers", name=name_of(spec.optimizer)), height=400, span=5,
                  alt=_("The gradient and the memories of {name} against the step, for x and for y; a line marks step {step}.",
                        name=name_of(spec.optimizer), step=now.t + 1))


def notes(spec: OptimizersSpec, now: Look) -> tuple[Message, ...]:
    if size(now) is not None:
        return divided(spec, now)
    if now.rule.name in ("momentum", "nesterov") and now.rule.momentum:  # without, it is gradient descent
        return (carried(now),)
    if noise_of(spec, spec.optimizer):
        true = ground(spec).gradient(now.x)
        return (Message(N_("The true gradient is ({x:.2g}, {y:.2g}); it was shown ({gx:.2g}, {gy:.2g})."),
                        {"x": float(true[0]), "y": float(true[1]), "gx": float(now.g[0]), "gy": float(now.g[1])}),)
    return (Message(N_("It remembers nothing: each step is the rate times the gradient under the ball, across the contour lines, whatever "
                       "happened before.")),)


def divided(spec: OptimizersSpec, now: Look) -> tuple[Message, ...]:
    """Of a rule that divides by the size of past gradients."""
    sizes = size(now)
    assert sizes is not None
    found: list[Message] = []
    more, less = ("y", "x") if sizes[1] >= sizes[0] else ("x", "y")
    if now.after.v.min() == 0 < now.after.v.max():
        found.append(Message(N_("In {less} there has been no slope at all: the gradients move the ball along {more} alone."),
                             {"more": more, "less": less}))
    elif sizes.max() < 1.05 * sizes.min():
        found.append(Message(N_("Both coordinates are divided by nearly the same: to this rule x and y have been equally steep.")))
    else:
        found.append(Message(N_("So far there is this one gradient only. It is larger in {more}, so {more} is divided by {ratio:.3g} times "
                                "as much as {less}.") if now.t == 0 else
                             N_("The past gradients in {more} count {ratio:.3g} times as much as those in {less}, so {more} is divided by "
                                "that much more: steep and flat directions advance more alike."),
                             {"more": more, "less": less, "ratio": float(sizes.max() / sizes.min())}))
    if now.rule.name == "adagrad":
        rates = scale(now.rule, now.rate, now.after)
        found.append(Message(N_("The sum only grows, so at the same η the adjusted rate only falls: here it is {x:.2g} for x and {y:.2g} "
                                "for y."), {"x": float(rates[0]), "y": float(rates[1])}))
    filled = 1 - float(now.rule.beta_1) ** (now.t + 1)
    if now.rule.name in ADAM and filled < 0.95:
        found.append(Message(N_("Its means began at 0, and so far m holds only {share:.0%} of what it is to be the mean of. The corrected "
                                "rate α makes up for that."), {"share": filled}))
    return tuple(found)


def carried(now: Look) -> Message:
    """Of a rule that keeps a velocity."""
    beta, kept, push = float(now.rule.momentum), now.rule.momentum * now.before.m, -now.rate * now.g
    if now.t == 0 and now.rule.name == "nesterov":
        return Message(N_("The first step has no velocity yet, but it looks ahead at once: 1 + β = {times:.3g} times a step of "
                          "gradient descent. Go on a few steps."), {"times": 1 + beta})
    if now.t == 0:
        return Message(N_("The first step has no velocity yet: it is plain gradient descent. Go on a few steps."))
    if kept @ push >= 0:
        return Message(N_("Velocity and push agree here. Pushes that agree add up, in the end to {times:.3g} times a single one."),
                       {"times": 1 / (1 - beta)})
    if now.move @ kept > 0:
        return Message(N_("Velocity and push disagree here: the push brakes. What is left of the old velocity carries the ball on."))
    return Message(N_("Velocity and push disagree here, and the push is the stronger: the ball turns back."))


def draw(spec: OptimizersSpec) -> Picture:
    surface, one = ground(spec), path(spec, spec.optimizer)
    now = look(spec, one)
    rail = tuple((float(k), float(x), float(y)) for k, (x, y) in enumerate(one.x[:max(one.steps, 1)].tolist(), start=1))
    handles = []
    if len(rail) > 1:
        handles.append(Handle("ball", "plane", _("the ball, along its path"), (float(now.x[0]), float(now.x[1])), ("step",), rail=rail,
                              step=1))
    return Picture((plane(spec, surface, one, now), panels(spec, one, now)), handles=tuple(handles), notes=notes(spec, now),
                   formulas=formulas.lines(now.rule, now.t, now.x, now.g, now.rate, now.before, now.after, now.new),
                   numbers={"p": now.new.tolist(), "m": now.after.m.tolist(), "v": now.after.v.tolist()})


def program(spec: OptimizersSpec) -> str:
    return code.memory(spec, look(spec, path(spec, spec.optimizer)).t)


SCENE = Scene(
    "memory", N_("What each remembers"), N_("Drag the ball along its path and watch what it carries: velocity as an arrow, sizes as "
                                            "squares."),
    ("optimizer", "step", "surface", "learning_rate", "adaptive_rate"), draw, program,
    more=("momentum", "beta_1", "beta_2", "rho", "weight_decay", "schedule", "noise", "steps", "start_x", "start_y", "formula", "steep",
          "flat",
          "angle", "seed"),
    plays=lambda spec, field: on_ground(spec, field, (spec.optimizer,)),
    presets=(
        Preset("Adam", {"scene": "memory"}),
        Preset(N_("Momentum"), {"scene": "memory", "optimizer": "momentum", "learning_rate": 0.02, "step": 9}),
        Preset("Nesterov", {"scene": "memory", "optimizer": "nesterov", "learning_rate": 0.02, "step": 9}),
        Preset("Adagrad", {"scene": "memory", "optimizer": "adagrad", "adaptive_rate": 0.5}),
        Preset("RMSprop", {"scene": "memory", "optimizer": "rmsprop"}),
        Preset(N_("Gradient descent"), {"scene": "memory", "optimizer": "gd", "step": 3}),
    ),
    trials=(
        Trial(N_("Adam’s very first step"), N_("m is still a tenth of g, and √v a thirtieth of its size; α makes up for "
                                               "both. So Adam moves by its rate in x and in y, however steep it is."),
              {"scene": "memory", "optimizer": "adam", "step": 1}),
        Trial(N_("Let Adagrad get tired"), N_("Its sum of squares never forgets. Drag the ball on: the steps shrink, also where the "
                                              "ground is flat."),
              {"scene": "memory", "optimizer": "adagrad", "adaptive_rate": 0.5, "step": 61}),
        Trial(N_("Brake against the velocity"), N_("The push −ηg points back, yet the ball runs on: the arrow βv is longer."),
              {"scene": "memory", "optimizer": "momentum", "learning_rate": 0.02, "step": 12}),
    ))
