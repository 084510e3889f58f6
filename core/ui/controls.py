"""Controls made from a Spec: each field's declaration says what widget it is, its bounds, label, unit and help."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any, get_origin

import streamlit as st

from core.frame import Message
from core.i18n import N_, _, language, listed
from core.specs.base import Spec
from core.ui.state import State

UNFIT = N_("“{label}” cannot be “{text}”. Nothing was changed.")
SIGNS = {"%": "%%", "°": "°"}  # units without a space before them, as a slider’s format has them
MANTISSAS = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)


def draw(state: State[Any, Any], *names: str) -> None:
    """Draw the controls of these fields of the spec, or of the view, one below the other."""
    shown = [name for name in names if not hidden(state, name)]
    for together, row in groupby(shown, key=lambda name: name in type(state.spec).model_fields and state.spec.control(name).typed):
        if not together:
            for name in row:
                _draw(state, name)
            continue
        boxes = list(row)  # numbers in boxes stand side by side: two, or three where that fills the rows
        across = 3 if len(boxes) % 3 == 0 else 2
        for start in range(0, len(boxes), across):
            for column, name in zip(st.columns(across, gap="small"), boxes[start:start + across], strict=False):
                with column:
                    _draw(state, name)


def _draw(state: State[Any, Any], name: str) -> None:
    of_view = name in type(state.view).model_fields
    spec, change = (state.view, state.show) if of_view else (state.spec, state.change)
    if not of_view and spec.model_fields[name].annotation is str and not spec.control(name).choices:
        def change(**values: Any) -> None:
            _take(state, **values)
    _control(state.name, spec, name, change, disabled=locked(state, name), held=state.held)


def _take(state: State[Any, Any], **values: str) -> None:
    """Take what was typed, or say why it is nothing for this field."""
    try:
        state.change(**values)
    except ValueError:
        state.problems = [Message(UNFIT, {"label": ["_", state.spec.control(name).label], "text": text[:40]})
                          for name, text in values.items()]


def hidden(state: State[Any, Any], name: str) -> bool:
    """Whether a lesson hides this field."""
    return state.lesson is not None and name in state.lesson.hidden


def locked(state: State[Any, Any], name: str) -> bool:
    """Whether a lesson shows this field as it is."""
    return state.lesson is not None and name in state.lesson.fixed


def allowed(state: State[Any, Any], spec: Spec) -> bool:
    """Whether the page's lesson, if any, leaves this setting as it is."""
    return state.lesson is None or all(getattr(spec, name) == getattr(state.spec, name) for name in state.lesson.fixed)


def _control(page: str, spec: Spec, name: str, change: Any, *, disabled: bool = False, held: Mapping[str, Any]) -> None:
    control, info = spec.control(name), type(spec).model_fields[name]
    value, kind = held.get(name, getattr(spec, name)), info.annotation
    label = _(control.label)
    common = {"label": label, "help": _(control.help), "disabled": disabled}
    if get_origin(kind) is tuple and control.choices:
        options = list(control.choices)
        _widget(st.pills, page, name, list(value), lambda v: change(**{name: tuple(o for o in options if o in v) or value}),
                options=options, selection_mode="multi", wrap=True, format_func=lambda o: _(control.choices[o]), **common)
    elif control.choices:
        options = list(spec.choices_of(name))
        _widget(st.selectbox, page, name, value, lambda v: change(**{name: v}), options=options,
                format_func=lambda o: _(control.choices[o]), **common)
    elif kind is bool:
        _widget(st.toggle, page, name, value, lambda v: change(**{name: v}), **common)
    elif kind is str:
        _widget(st.text_input, page, name, value, lambda v: change(**{name: v}), **common)  # with max_chars, more would vanish unsaid
    elif control.typed:
        number = float if kind is float else int
        least, greatest = map(number, spec.bounds_of(name))
        _widget(st.number_input, page, name, value, lambda v: v is None or change(**{name: v}), min_value=least,
                max_value=greatest, step=number(control.step or 1), format="%d" if kind is int else "%g", **common)
    elif control.log:
        least, greatest = spec.bounds_of(name)
        options = list(log_steps(least, greatest, value))
        if kind is int:
            options = sorted({round(option) for option in options if round(option) >= least})
        _widget(st.select_slider, page, name, value, lambda v: change(**{name: v}), options=options,
                format_func=written, **common)
    elif kind is int and (control.step or 1) > 1:  # a grid of round numbers, whatever the least one is
        least, greatest = spec.bounds_of(name)
        options = sorted({least, value, *range(int(control.step or 1), greatest + 1, int(control.step or 1))})
        _widget(st.select_slider, page, name, value, lambda v: change(**{name: v}), options=options, **common)
    else:
        number = float if kind is float else int
        least, greatest = map(number, spec.bounds_of(name))
        unit = SIGNS.get(control.unit, f" {_(control.unit)}" if control.unit else "")
        _widget(st.slider, page, name, value, lambda v: change(**{name: v}), min_value=least, max_value=greatest,
                step=number(control.step or 1), format=("%d" if kind is int else "%.2f") + unit, **common)


def _widget(make: Any, page: str, name: str, value: Any, changed: Any, **more: Any) -> None:
    """Draw a widget that shows `value` and passes a new one on."""
    options = None if make is st.select_slider else more.get("options")
    binding = bound(f"{page}.{name}.{language()}", value, changed, options)  # a browser keeps a widget's words as long as its key stays
    value = binding.pop("value")
    if make is st.select_slider:  # what it showed first is its default for as long as it lives, and must stay one of its values
        more["options"] = sorted({*more["options"], value})
    make(**binding, **_first(make, value, more.get("options")), **more)


def _first(make: Any, value: Any, options: Sequence[Any] | None) -> dict[str, Any]:
    """How a widget is told the value that it begins with."""
    if make in (st.selectbox, st.radio):
        return {"index": None if value is None or options is None else options.index(value)}
    return {"default" if make in (st.pills, st.multiselect) else "value": value}


def bound(name: str, value: Any, changed: Callable[[Any], Any], options: Sequence[Any] | None = None) -> dict[str, Any]:
    """`key`, `on_change` and the first `value` of a widget that shows `value` and passes on what the person chooses.

    Where it has shown another value it becomes another widget, and the old one is no longer listened to: whatever the browser
    asks for before it has heard of the new value still carries the old one, which would count as a change the person made. The
    value is the widget's own default rather than put into the session: a browser that draws a widget twice takes what was put
    there once only, and the second time the widget's default, which is the least value unless it is given. options: what it offers now; a
    first value that is no longer among them makes it another widget, too.
    """
    turn, first, key = f"{name}:turn", f"{name}:first", _key(name)
    if first not in st.session_state:
        st.session_state[first] = value
    elif key not in st.session_state or st.session_state[key] != value or not _offered(st.session_state[first], options):
        st.session_state[turn], st.session_state[first] = st.session_state.get(turn, 0) + 1, value
        key = _key(name)

    def on_change() -> None:
        if key == _key(name):
            changed(st.session_state[key])

    return {"key": key, "on_change": on_change, "value": st.session_state[first]}


def _offered(value: Any, options: Sequence[Any] | None) -> bool:
    """Whether what a widget shows, one of its options, a list of some or None, is there to be shown."""
    return options is None or value is None or set(value if isinstance(value, list) else [value]) <= set(options)


def kept(make: Callable[..., Any], label: str, name: str, default: Any, **more: Any) -> Any:
    """Draw a widget that is no field of a spec and return its value, which stays when the language changes or it is not drawn for a while.

    name: its own in the session; default: of a widget with options one of them (or a list of some, or None). An option that is no longer
    there gives way to the default.
    """
    place = f"{name}:kept"
    value = st.session_state.get(place, default)
    options = list(more["options"]) if "options" in more else None
    if isinstance(value, list):
        value = [one for one in value if one in (options or ())]
    elif options is not None and value not in options:
        value = st.session_state[place] = default
    binding = bound(f"{name}.{language()}", value, lambda now: st.session_state.update({place: now}), options)
    value = binding.pop("value")
    return make(label, **_first(make, value, options), **binding, **more)


def _key(name: str) -> str:
    turn = st.session_state.get(f"{name}:turn", 0)
    return f"{name}.{turn}" if turn else name


def layers(state: State[Any, Any], *, most: int, widest: int, name: str = "hidden", least: int = 0, narrowest: int = 1, usual: int = 4,
           each: tuple[str, str] = (N_("Neurons in layer {layer}"), N_("How many neurons this hidden layer has."))) -> None:
    """The controls of a field that says how many units each layer has: how many layers, then the units of each.

    usual: of the first layer of none; each: marked label and help of a layer's slider.
    """
    control, units = state.spec.control(name), getattr(state.spec, name)
    if hidden(state, name):
        return
    off, first = locked(state, name), "layers" if name == "hidden" else f"{name}_layers"
    _widget(st.slider, state.name, first, len(units),
            lambda n: state.change(**{name: (*units, *[units[-1] if units else usual] * 6)[:n]}),
            label=_(control.label), help=_(control.help), min_value=least, max_value=most, step=1, disabled=off)
    for i, count in enumerate(units):
        _widget(st.slider, state.name, f"units_{i}" if name == "hidden" else f"{name}_{i}", count,
                lambda v, i=i: state.change(**{name: (*units[:i], v, *units[i + 1:])}),
                label=_(each[0], layer=i + 1), help=_(each[1]), min_value=narrowest, max_value=widest, step=1, disabled=off)


def each_layer(state: State[Any, Any], name: str = "activations") -> None:
    """One choice a hidden layer, for a field that holds a tuple of them."""
    spec = state.spec
    control, values = spec.control(name), getattr(spec, name)
    if hidden(state, name):
        return
    for i in range(len(spec.hidden)):
        full = [*values, *["same"] * (len(spec.hidden) - len(values))]
        _widget(st.selectbox, state.name, f"{name}_{i}", full[i],
                lambda v, i=i, full=full: state.change(**{name: _trimmed([*full[:i], v, *full[i + 1:]])}),
                label=_("Activation of layer {layer}", layer=i + 1), help=_(control.help), options=list(control.choices or {}),
                disabled=locked(state, name), format_func=lambda o: _((control.choices or {})[o]))


def _trimmed(values: Sequence[str]) -> tuple[str, ...]:
    """Without the "same" at the end, so that equal settings have equal specs."""
    kept = list(values)
    while kept and kept[-1] == "same":
        kept.pop()
    return tuple(kept)


def written(value: float) -> str:
    """A number as a person writes it: 0.00001 rather than 1e-05."""
    return f"{value:.7f}".rstrip("0").rstrip(".")


def shown(spec: Spec, name: str) -> str:
    """The value of a field as a person reads it: the label of a choice, a number without an exponent."""
    value, choices = getattr(spec, name), spec.control(name).choices or {}
    if name == "branch":
        return _("from epoch {epoch}", epoch=spec.parent[1]) if spec.parent else _("none")

    def one(part: Any) -> str:
        if part in choices:
            return _(choices[part])
        return (_("on") if part else _("off")) if isinstance(part, bool) else written(part) if isinstance(part, float) else str(part)

    return (listed(map(one, value)) or _("none")) if isinstance(value, tuple) else one(value)


@lru_cache(maxsize=256)
def log_steps(least: float, greatest: float, value: float) -> tuple[float, ...]:
    """The values of a logarithmic slider: six a decade, the bounds, zero if it is one, and the value that is shown now."""
    first = least if least > 0 else 1e-5
    decades = range(math.floor(math.log10(first)), math.ceil(math.log10(greatest)) + 1)
    steps = {float(f"{m * 10.0**d:.6g}") for d in decades for m in MANTISSAS}
    return tuple(sorted({s for s in steps if first <= s <= greatest} | {least, greatest, value}))


