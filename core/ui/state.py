"""The state of a page: its specs, kept while the person is elsewhere, written into the URL, with a way back.

The spec is the truth; widgets show it. A widget's callback puts its value into the spec, and before a widget is drawn its
value is set from the spec. So a widget that is folded away loses nothing, and a URL is read before any widget exists.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qs

import streamlit as st

from core.frame import Message
from core.i18n import N_
from core.insight.guesses import pack_guess, unpack_guess
from core.specs.base import Spec
from core.specs.lesson import Lesson
from core.specs.lesson import unpack as unpack_lesson
from core.specs.links import LETTERS, pack, unpack
from core.ui.address import OWN, strays, twice, with_frame, write_query

S = TypeVar("S", bound=Spec)
V = TypeVar("V", bound=Spec)
UNDO = 50
FIXED = N_("This lesson fixes some settings, and that does not fit beside them. Nothing was changed.")
FIRST = "guess_first"  # the parameter that says what is on screen while the next run waits
LOST = N_("The address does not say (any more) which run was on screen before the next one waited for your guess; the run in the "
          "address is shown, and the next one waits.")

UNNAMED = N_("The address asks for “{label}” without saying which. Upload them, or ask for a link that names them; until then the default "
             "is shown.")


class State(Generic[S, V]):
    """The spec and the display options of the page `name` in this browser session."""

    def __init__(self, name: str, spec: type[S], view: type[V], *, opening: S | None = None) -> None:
        """opening: what a page opens with that takes nothing from the URL and writes nothing into it but the language."""
        self.name, self._kinds, self._opening = name, (spec, view), opening
        entered = st.session_state.pop("entered", False)
        if f"{name}:spec" not in st.session_state:
            self._set("past", [])
            self._set("wants_upload", False)
            self._take(st.query_params.to_dict())
            self.problems = [*self.problems, *twice()]
        elif entered and st.query_params.to_dict().keys() - {*OWN}:  # back in the browser's history, from another page
            self._take(st.query_params.to_dict())

    def read(self, search: str) -> None:
        """Take the state from a URL's query ("?a=b"): the person went back to it in the browser's history."""
        self._take({k: values[-1] for k, values in parse_qs(search.lstrip("?"), keep_blank_values=True).items()})
        if self._get("past") and self._get("past")[-1] == self.spec:
            self._set("past", self._get("past")[:-1])
        st.session_state["written"] = with_frame(self._parameters())  # it stands there; writing it would end the way forward

    def _take(self, parameters: Mapping[str, str]) -> None:
        spec_kind, view_kind = self._kinds
        query = {k: v for k, v in parameters.items() if k not in OWN}
        pins, wrong_pins = unpack(spec_kind, query.pop("pins")) if query.get("pins") and not self._opening else ({}, [])
        lesson, wrong_lesson = (unpack_lesson(spec_kind, query.pop("lesson")) if query.get("lesson") and not self._opening
                                else (None, []))
        guess, wrong_guess = unpack_guess(query.pop("guess", "") if not self._opening else "")
        first = query.pop(FIRST, "") if not self._opening else ""
        self._set("pins", pins)
        told = lesson is not None and lesson == st.session_state.get(f"{self.name}:lesson")  # its start is known
        self._set("lesson", lesson)
        unnamed = []
        for name in ("dataset", "series", "source"):
            owns = self._opening is None and {name, "upload"} <= spec_kind.model_fields.keys()
            if owns and query.get(name) == "upload" and not query.get("upload"):  # a link to one's own data that names none
                self._set("wants_upload", True)
                del query[name]
                unnamed.append(Message(UNNAMED, {"label": ["_", spec_kind.control("upload").label]}))
        if self._opening is not None:
            self._set("spec", self._opening)
            self._set("start", self._opening)
            self._set("view", view_kind())
            self.problems = strays(query)
            return
        views = {k: v for k, v in query.items() if k in view_kind.model_fields}
        view, wrong_view = view_kind.from_query(views)
        spec, wrong = spec_kind.from_query({k: v for k, v in query.items() if k not in views})
        self._set("spec", spec)
        if not told:
            self._set("start", spec if lesson else spec_kind())
        self._set("view", view)
        wrong_first = self._take_first(first)
        if guess is not None:  # made at the run that is on screen
            self._set("guess", ((self._get("shown") if self.guess_first else spec).key, guess))
        self.problems = [*unnamed, *wrong, *wrong_view, *wrong_pins, *wrong_lesson, *wrong_guess, *wrong_first,
                         *st.session_state.pop("frame_problems", [])]

    def _take_first(self, text: str) -> list[Message]:
        """Read what `_first` wrote. What is wrong is a message, and the page's own run is on screen."""
        if not text:
            st.session_state.pop(f"{self.name}:shown", None)
            return []
        found, _wrong = unpack(self._kinds[0], text) if text != "1" else ({"A": self.spec}, [])
        self._set("shown", found.get("A", self.spec))
        return [] if "A" in found else [Message(LOST)]

    def _get(self, what: str) -> Any:
        return st.session_state[f"{self.name}:{what}"]

    def _set(self, what: str, value: Any) -> None:
        st.session_state[f"{self.name}:{what}"] = value

    @property
    def spec(self) -> S:
        return self._get("spec")

    @property
    def view(self) -> V:
        return self._get("view")

    @property
    def problems(self) -> list[Message]:
        """What could not be taken from the URL or an upload; shown until the next change."""
        return self._get("problems")

    @problems.setter
    def problems(self, value: list[Message]) -> None:
        self._set("problems", value)

    # ---- changes

    def apply(self, spec: S) -> None:
        """Take this spec, and remember the one before."""
        fixed = {name: getattr(self.spec, name) for name in self.lesson.fixed} if self.lesson else {}
        if any(getattr(spec, name) != value for name, value in fixed.items()):
            try:
                spec = spec.changed(**fixed)
            except ValueError:  # what is fixed does not fit beside the rest: the lesson stays as it is
                spec = self.spec
            if spec == self.spec:
                self.problems = [Message(FIXED)]
                return
        if spec != self.spec:
            self._set("past", [*self._get("past"), self.spec][-UNDO:])
            self._set("spec", spec)
        self._set("wants_upload", False)
        self._set("held", {})
        self.problems = []

    def change(self, **values: Any) -> None:
        """Change some values of the spec; what no longer fits beside them gives way.

        Choosing “upload” without a file only opens the place for one.
        """
        if "upload" in map(values.get, ("dataset", "series", "source")) and not values.get("upload"):
            self._set("wants_upload", True)
        elif wrong := [found for name, value in values.items() if (found := self.spec.too_long(name, value))]:
            self.problems = wrong
        else:
            self.apply(self.spec.revised(**values))

    @property
    def wants_upload(self) -> bool:
        """True once the person chose “your own” and before there is a file."""
        return self._get("wants_upload")

    def move(self, values: Mapping[str, Any], *, first: bool, done: bool) -> None:
        """Take where a handle was moved to. A whole drag, from its first move to the one that is done, is one change to undo; until
        then the controls of what is moved stay as they were (`held`). What does not fit is not taken.
        """
        if first or f"{self.name}:drag" not in st.session_state:
            self._set("drag", (self._get("past"), self.spec))
        past, begin = self._get("drag")
        with suppress(ValueError):
            self.apply(self.spec.revised(**values))
        self._set("past", past if self.spec == begin else [*past, begin][-UNDO:])
        self._set("held", {} if done else {name: getattr(begin, name) for name in type(begin).model_fields
                                           if getattr(begin, name) != getattr(self.spec, name)})
        if done:
            del st.session_state[f"{self.name}:drag"]

    @property
    def held(self) -> dict[str, Any]:
        """What the controls show while a handle is dragged, where it is not the spec's value: that of before."""
        return st.session_state.get(f"{self.name}:held", {})

    def show(self, **values: Any) -> None:
        """Change how the page is drawn."""
        self._set("view", self.view.changed(**values))

    @property
    def can_undo(self) -> bool:
        return bool(self._get("past")) or self.wants_upload

    def undo(self) -> None:
        """Go back to the spec before the last change; a place for a file that was opened since is closed first."""
        past = self._get("past")
        if self.wants_upload:
            self._set("wants_upload", False)
        elif past:
            self.apply(past[-1])  # which keeps what a lesson fixes
            self._set("past", past[:-1])

    @property
    def start(self) -> S:
        """The setting that the page opens with; in a lesson that of its link."""
        return self._get("start")

    def reset(self) -> None:
        self.apply(self.start)

    def drop(self, name: str, message: Message) -> None:
        """Give up a value that this server cannot serve, and say so."""
        default = self._kinds[0].model_fields[name].default
        self._set("spec", self.spec.revised(**{name: default}))
        self.problems = [message]

    @property
    def lesson(self) -> Lesson | None:
        """The lesson that a teacher's link has fixed, if any."""
        return self._get("lesson")

    def leave_lesson(self) -> None:
        self._set("lesson", None)
        self._set("start", self._kinds[0]())

    # ---- pinned runs

    @property
    def pins(self) -> dict[str, S]:
        """The specs of the pinned runs, by letter."""
        return self._get("pins")

    def pin(self, spec: S) -> None:
        """Keep a run beside those that follow. Nothing changes if it is kept already, or if there is no letter left."""
        free = [letter for letter in LETTERS if letter not in self.pins]
        if free and spec not in self.pins.values():
            self._set("pins", dict(sorted({**self.pins, free[0]: spec}.items())))

    def unpin(self, letter: str) -> None:
        self._set("pins", {k: v for k, v in self.pins.items() if k != letter})

    # ---- the URL

    def write_url(self) -> None:
        """Make the browser's address show this state; nothing is sent where it does already."""
        write_query(self._parameters())

    def _parameters(self) -> dict[str, str]:
        if self._opening is not None:
            return {}
        run, guess = st.session_state.get(f"{self.name}:guess") or ("", None)
        shown = st.session_state.get(f"{self.name}:shown")
        told = run in (self.spec.key, shown.key if shown is not None else "")
        more = {"guess": pack_guess(guess) if guess is not None and told else "",
                "pins": pack(self.pins) if self.pins else "", "lesson": self.lesson.pack() if self.lesson else "", FIRST: self._first()}
        return {**self.spec.to_query(), **self.view.to_query(), **{k: v for k, v in more.items() if v}}

    @property
    def guess_first(self) -> bool:
        """True while the next run waits for a guess."""
        return f"{self.name}:shown" in st.session_state

    def _first(self) -> str:
        """“Guess first” in a few characters: "" for off, "1" for on, and the run on screen while the page's own waits."""
        return "" if not self.guess_first else "1" if self._get("shown") == self.spec else pack({"A": self._get("shown")})


def gone(label: str) -> Message:
    """The message for an upload that this server does not hold (any more)."""
    return Message(N_("“{label}” is not on this server (any more), or is not shared: files are kept for a while only, for those who "
                      "brought them. Upload it again, or ask for a shared link; until then the default is shown."), {"label": ["_", label]})
