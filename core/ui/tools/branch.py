"""Branch: the run on screen goes on from one of its epochs with something changed; and the family that such runs make."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.i18n import _, listed
from core.runs.runner import get_runner
from core.specs.branch import DEEPEST, Branching, family
from core.specs.links import LETTERS
from core.ui.controls import allowed, kept, locked, log_steps, shown, written
from core.ui.memory import memory
from core.ui.state import State
from core.ui.tools import Bench
from core.ui.tools.history import describe
from core.ui.tools.results import result

KEPT = 100
MORE = 100  # epochs that a run goes on by default if it is taken at its end
RELATIVES = 24  # lines of a family
Row = Mapping[str, float | None]
_known: OrderedDict[str, dict[int, Row]] = OrderedDict()  # of runs that have ended


def recorded(spec: Branching) -> dict[int, Row]:
    """The epochs that a run that has ended can be left at, ascending, each with its row; none of a network that broke."""
    run = spec.key
    if run not in _known:
        runner = get_runner()
        first = spec.parent[1] if spec.parent else 0
        rows = {row["epoch"]: row for row in runner.rows(run)}
        epochs = [record.header["epoch"] for record in runner.records(run) if record.kind == "frame"]
        least, most = first + 1, spec.bounds("epochs")[1] - 1
        found: dict[int, Row] = {e: rows[e] for e in epochs if least <= e <= most and rows.get(e, {}).get("loss") is not None}
        end = runner.result(run)
        if end is None or end.state != "finished":  # any other end may be followed by another try
            return found
        _known[run] = found
        while len(_known) > KEPT:
            _known.popitem(last=False)
    return _known[run]


def draw(bench: Bench) -> None:
    spec = bench.spec
    if not isinstance(spec, Branching):
        st.caption(_("Runs of this page cannot be taken up at an epoch."))
        return
    st.caption(_("Take the run at one of its epochs and go on from there with something changed: the curves fork. Up to there both are "
                 "the same run, bit for bit."))
    if get_runner().result(spec.key) is None:
        bench.later(_("The run can be branched as soon as it has ended."))
    elif len(spec.lineage) == DEEPEST:
        st.caption(_("This run is a branch of a branch, {most} deep: as deep as it goes. Branch off one of those before it.", most=DEEPEST))
    elif rows := recorded(spec):
        _ask(bench, spec, rows)
    else:
        st.caption(_("No epoch of this run is recorded that it could go on from."))
    _family(bench, spec)


def _ask(bench: Bench, spec: Branching, rows: Mapping[int, Row]) -> None:
    """The controls of a new branch, and the button that makes it."""
    epochs, state = [*rows], bench.state
    greatest = spec.bounds("epochs")[1]
    own = f"branch:{spec.key}"  # another run has other epochs
    epoch = epochs[len(epochs) // 2]
    if len(epochs) > 1:
        epoch = kept(st.select_slider, _("At epoch"), bench.key(f"{own}:epoch"), options=epochs,
                     default=min(epochs, key=lambda e: abs(e - (epochs[0] + epochs[-1]) / 2)),
                     help=_("The epochs of which the run keeps a picture."))
    score = rows[epoch].get(spec.score.metric)
    st.caption(_("At epoch {epoch}: {label} {score}, validation loss {loss}.", epoch=epoch, label=_(spec.score.label),
                 score=_number(score), loss=_number(rows[epoch].get("val_loss"))))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        fields = [name for name in spec.free if name != "epochs" and not locked(state, name)]
        if not fields or locked(state, "branch") or locked(state, "epochs"):
            st.caption(_("This lesson locks everything that a branch could change."))
            return
        field = kept(st.selectbox, _("What to change"), bench.key(f"{own}:field"), fields[0], options=fields, width=220,
                     format_func=lambda name: _(spec.control(name).label),
                     help=_("What leaves the network and its data the same. More can be changed afterwards, with the page’s own "
                            "controls: the run stays a branch."))
        value = _value(spec, field, bench.key(f"{own}:{field}"))
        more = kept(st.number_input, _("Further epochs"), bench.key(f"{own}:more:{epoch}"),
                    spec.epochs - epoch or min(MORE, greatest - epoch), min_value=1, max_value=greatest - epoch, step=10, width=160,
                    help=_("How long it goes on from there."))
        child = spec.fork(epoch, **{field: value, "epochs": epoch + int(more)})
        same = value == getattr(spec, field) and child.epochs <= spec.epochs
        st.button(_("Branch off here"), key=bench.key("branch:go"), icon=":material/call_split:", type="primary", disabled=same,
                  on_click=lambda: _branch(state, spec, child))
    if same:
        st.caption(_("Nothing would differ: change something, or go on for longer than the run did."))
    elif len(state.pins) == len(LETTERS) and spec not in state.pins.values():
        st.caption(_("All {most} letters of pinned runs are taken: unpin one to see the run beside its branch.", most=len(LETTERS)))


def _value(spec: Branching, name: str, key: str) -> Any:
    """A widget for another value of a field: a rate begins at a tenth of what it is."""
    control, value, (least, greatest) = spec.control(name), getattr(spec, name), spec.bounds_of(name)
    label, own = _("New value"), f"{key}:{value}"
    if control.choices:
        options = list(spec.choices_of(name))
        return kept(st.selectbox, label, own, value, options=options, width=260, format_func=lambda o: _((control.choices or {})[o]))
    if control.log:
        start = max(float(f"{value / 10:.6g}"), least) if least > 0 else value
        return kept(st.select_slider, label, own, start, options=log_steps(least, greatest, start), width=260, format_func=written)
    return kept(st.slider, label, own, value, min_value=least, max_value=greatest, step=type(least)(control.step or 1), width=260)


def _branch(state: State[Any, Any], parent: Branching, child: Branching) -> None:
    """Show a branch, with the run it comes from beside it."""
    state.pin(parent)
    state.apply(child)


def _family(bench: Bench, spec: Branching) -> None:
    """The family tree of the run on screen, as far as this person knows it: its forebears, and branches pinned or in the history."""
    state = bench.state
    entries = memory()["history"].get(state.name, [])
    read = [(entry, one) for entry in entries for one, wrong in [type(spec).from_query(entry["query"])] if not wrong]
    scores = {one: float(entry["score"]) for entry, one in read}
    members = family(spec, [*state.pins.values(), *scores])
    if len(members) == 1:
        return
    heading = _("The family of this run")
    st.markdown(f"**{heading}**")
    letters = {pinned: letter for letter, pinned in state.pins.items()}
    for depth, one in members[:RELATIVES]:
        found = result(one)
        score = found.score if found else scores.get(one)
        parts = [_line(one), f"{_(one.score.label)} {_number(score)}"]
        parts += [_("pinned as {letter}", letter=letters[one])] if one in letters else []
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            indent = "&emsp;&emsp;" * (depth - 1) + "└&ensp;" if depth else ""  # as entities: Markdown trims a line's own spaces
            text = " · ".join(parts)
            st.markdown(f"{indent}**{text}**" if one == spec else f"{indent}{text}", width="content")
            if one == spec:
                st.caption(_("on screen"), width="content")
            else:
                st.button(_("Show"), key=bench.key(f"branch:show:{one.key}"), icon=":material/visibility:", type="tertiary",
                          disabled=not allowed(state, one),
                          help=_line(one), on_click=lambda s=one: state.apply(s))


def _line(spec: Branching) -> str:
    """What a run is, in words: what its branch changed, or, of the first one, its setting."""
    link = spec.parent
    if link is None:
        return describe(spec)
    parent, epoch = link
    changes = listed(f"{_(spec.control(name).label)} {shown(parent, name)} → {shown(spec, name)}" for name in spec.free
                           if getattr(parent, name) != getattr(spec, name))
    return _("from epoch {epoch}: {changes}", epoch=epoch, changes=changes or _("nothing changed"))


def _number(value: float | None) -> str:
    return "–" if value is None or value != value else f"{value:.3f}"
