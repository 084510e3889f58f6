"""Check yourself: challenges, judged on real runs or on a page's state, and questions that explain their wrong answers.

What may be changed, when it is passed and how to solve it stand beside the challenge's text, in `core/insight/exercises/`.
A challenge on a trained model is judged by three runs of the student's spec on seeds that the student did not choose:

    refusal = challenge.allows(spec)                         # a sentence, before anything is trained
    runs = [rows_of(s) for s in runs_for(challenge, spec)]   # metric rows; None for a run that broke off
    verdict(challenge, spec, runs)
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from core.frame import Message
from core.i18n import N_
from core.insight.questions import Choice as Choice
from core.insight.questions import Judgement as Judgement
from core.insight.questions import Number as Number
from core.insight.questions import Question as Question
from core.insight.questions import judge as judge
from core.insight.questions import read_number as read_number
from core.specs.base import Score, Spec

RUNS, ENOUGH = 3, 2  # a challenge on a trained model is passed by two runs of three
S = TypeVar("S", bound=Spec)
Rows = Sequence[Mapping[str, Any]]
Asked = tuple[str, Mapping[str, Any]]  # a probe and its arguments
Rule = Callable[[S], Message | None]
SEALED = "sealed_test"  # in the last of a run's rows: its score on the sealed test set
ANSWERS = "answers"  # in the last of a run's rows: what its network answered to the goal's questions


# ---- challenges

@dataclass(frozen=True)
class Goal(Generic[S]):
    """What a run has to reach: a number measured on the spec and its metric rows (None if there is none), and its target.

    sealed: the number is the run's score on its sealed test set, which whoever judges puts into the rows (`with_sealed`).
    asks: what the trained network is asked; whoever judges puts the answers, in that order, into the rows (`with_answers`).
    """

    measure: Callable[[S, Rows], float | None]
    target: float
    label: str  # marked: what the number is
    higher_is_better: bool = True
    sealed: bool = False
    asks: Callable[[S], Sequence[Asked]] | None = None

    def reached(self, value: float | None) -> bool:
        return value is not None and (value >= self.target if self.higher_is_better else value <= self.target)

    def __str__(self) -> str:
        return f"{'≥' if self.higher_is_better else '≤'} {self.target:g}"


@dataclass(frozen=True)
class Challenge(Generic[S]):
    """Something to reach on a page.

    id: stable for ever, for it stands in browsers and completion codes; title, text, hint: marked.
    allows: None for a spec within the rules, else a sentence about the first rule that it breaks.
    goal: for a trained model; state: where nothing is trained, whether the spec passes and the sentence that says why.
    why: what is said of a spec that has passed. reference: a spec that passes. start: where a page that computes as it is moved takes
    who asks for it, within the rules; None if the rules allow any setting of the reference's scene. looks: how often at most, and once at
    least, the sealed test set of the setting on screen has been opened by whoever solves it; None if that is no matter. rival: the spec
    whose run on the same seed a run is compared with: the number is then the rival's less the run's own. made: what is judged, of the
    page's spec and its view: a spec with what the person says about the network (`Spec.answers`); None: the page's spec. each:
    where something is said about each of the three networks, the spec of the run with that number, from 0, with what is said of it alone.
    """

    id: str
    title: str
    text: str
    hint: str
    allows: Rule[S]
    reference: S
    goal: Goal[S] | None = None
    state: Callable[[S], tuple[bool, Message]] | None = None
    why: Callable[[S], Message] | None = None
    start: S | None = None
    looks: int | None = None
    rival: Callable[[S], S] | None = None
    made: Callable[[Any, Any], S] | None = None
    each: Callable[[S, int], S] | None = None

    def __post_init__(self) -> None:
        if (self.goal is None) == (self.state is None):
            raise ValueError(f"challenge {self.id!r} needs either a goal or a state")


@dataclass(frozen=True)
class Verdict:
    """Whether a challenge is passed, the sentences that say why, and the number that each run reached (None: broke off)."""

    passed: bool
    sentences: tuple[Message, ...]
    values: tuple[float | None, ...] = ()


HOW = (N_("None of them gets there; two of three must."), N_("One of them gets there; two of three must."),
       N_("Two of three get there: solved."), N_("All three get there: solved."))


def seeds_for(challenge: Challenge[S], spec: S) -> tuple[int, ...]:
    """Three different seeds; not the spec's own, unless it is these three networks that something is said about. None where nothing is
    trained.

    They follow from the challenge and the rest of the setting, so that judging again gives the same, and so that moving the
    seed slider, or another answer, draws no other three.
    """
    if challenge.goal is None:
        return ()
    least, greatest = spec.bounds("seed")
    rest = {name: text for name, text in spec.to_query().items() if name not in ("seed", *spec.answers)}
    what = json.dumps([challenge.id, rest], sort_keys=True).encode()
    found: list[int] = []
    draw = 0
    while len(found) < RUNS:
        number = int.from_bytes(hashlib.sha256(what + draw.to_bytes(4, "big")).digest()[:8], "big")
        seed = least + number % (greatest - least + 1)
        if seed not in found and (challenge.each is not None or seed != getattr(spec, "seed", None)):
            found.append(seed)
        draw += 1
    return tuple(found)


def runs_for(challenge: Challenge[S], spec: S) -> tuple[S, ...]:
    """The specs that are to be trained to judge this one, then their rivals if there are any; none where nothing is trained."""
    own = tuple(spec.changed(seed=seed) for seed in seeds_for(challenge, spec))
    if challenge.each is not None:
        own = tuple(challenge.each(one, i) for i, one in enumerate(own))
    return own if challenge.rival is None else (*own, *map(challenge.rival, own))


def verdict(challenge: Challenge[S], spec: S, runs: Sequence[Rows | None] = ()) -> Verdict:
    """Judge a spec by the metric rows of its runs, in the order of `runs_for`; None stands for one that broke off.

    A spec outside the rules needs no runs. ValueError for another number of runs than were asked for.
    """
    if (refusal := challenge.allows(spec)) is not None:
        return Verdict(False, (refusal,))
    if challenge.state is not None:
        passed, sentence = challenge.state(spec)
        return Verdict(passed, (sentence, *_why(challenge, spec, passed)))
    goal = challenge.goal
    needed = RUNS if challenge.rival is None else 2 * RUNS
    if goal is None or len(runs) != needed:
        raise ValueError(f"challenge {challenge.id!r} is judged by {needed} runs, not by {len(runs)}")
    specs = runs_for(challenge, spec)
    values = tuple(goal.measure(one, rows) if rows else None for one, rows in zip(specs[:RUNS], runs[:RUNS], strict=True))
    if challenge.rival is not None:
        others = (goal.measure(one, rows) if rows else None for one, rows in zip(specs[RUNS:], runs[RUNS:], strict=True))
        values = tuple(None if a is None or b is None else round(b - a, 9) for a, b in zip(values, others, strict=True))
    reached = sum(map(goal.reached, values))
    # four digits: 0.9499 is not 0.95
    a, b, c = (["_", N_("broken off")] if value is None else f"{value:.4g}" for value in values)
    sentence = Message(
        N_("On three seeds that nobody chose, {label}: {a}, {b} and {c}; the goal is {goal}. {how}"),
        {"label": ["_", goal.label], "a": a, "b": b, "c": c, "goal": str(goal), "how": ["_", HOW[reached]]})
    return Verdict(reached >= ENOUGH, (sentence, *_why(challenge, spec, reached >= ENOUGH)), values)


def _why(challenge: Challenge[S], spec: S, passed: bool) -> tuple[Message, ...]:
    return (challenge.why(spec),) if passed and challenge.why else ()


def final(score: Score, target: float) -> Goal[Any]:
    """The goal of ending a run with this score: its last row counts, not its luckiest."""
    return Goal(lambda _, rows: rows[-1].get(score.metric), target, score.label, score.higher_is_better)


def on_sealed(target: float) -> Goal[Any]:
    """The goal of this accuracy on the sealed test set."""
    return Goal(lambda _, rows: rows[-1].get(SEALED), target, N_("accuracy on the sealed test"), sealed=True)


def with_sealed(rows: Rows, value: float) -> Rows:
    """A run's rows and its score on the sealed test set, as a goal on that wants them."""
    return [*rows[:-1], {**rows[-1], SEALED: value}] if rows else rows


def with_answers(rows: Rows, answers: Sequence[Mapping[str, Any]]) -> Rows:
    """A run's rows and its network's answers (arrays by name), as a goal that asks wants them."""
    return [*rows[:-1], {**rows[-1], ANSWERS: tuple(answers)}] if rows else rows


def too_many_looks(challenge: Challenge[Any], looks: int) -> Message | None:
    """What is wrong with having opened the sealed test set so often, if anything is."""
    if looks == 0 and challenge.looks:
        return Message(N_("The sealed test of this setting has not been opened yet. Decide everything on validation, then open it."))
    return None if challenge.looks is None or looks <= challenge.looks else Message(
        N_("You have opened this sealed test {looks} times; for this challenge {most} are allowed."),
        {"looks": looks, "most": challenge.looks})


# ---- rules

@dataclass(frozen=True)
class Rules(Generic[S]):
    """Several rules as one: the first that is broken speaks."""

    each: tuple[Rule[S], ...]

    def __call__(self, spec: S) -> Message | None:
        return next(iter(broken(self, spec)), None)


def rules(*each: Rule[S]) -> Rule[S]:
    """All of these rules."""
    return Rules(each)


def broken(rule: Rule[S], spec: S) -> list[Message]:
    """What every single rule that the spec breaks says, in the order in which they are joined."""
    if isinstance(rule, Rules):
        return [said for one in rule.each for said in broken(one, spec)]
    return [said] if (said := rule(spec)) is not None else []


def from_zero(spec: Any) -> Message | None:
    """A run that goes on from another one does not count."""
    return Message(N_("This run goes on from another one; for this challenge a run begins at zero.")) if spec.parent else None


def stays(name: str, value: Any) -> Rule[Any]:
    """A setting with choices that must have this one."""
    def rule(spec: Spec) -> Message | None:
        if getattr(spec, name) == value:
            return None
        control = spec.control(name)
        return Message(N_("“{label}” must be “{value}” for this challenge."),
                       {"label": ["_", control.label], "value": ["_", (control.choices or {}).get(value, str(value))]})
    return rule


def at_least(name: str, least: float) -> Rule[Any]:
    """A number that must not be lower."""
    return lambda spec: None if getattr(spec, name) >= least else Message(
        N_("“{label}” is {value:g}; for this challenge it must be at least {least:g}."),
        {"label": ["_", spec.control(name).label], "value": getattr(spec, name), "least": least})


def at_most(name: str, most: float) -> Rule[Any]:
    """A number that must not be higher."""
    return lambda spec: None if getattr(spec, name) <= most else Message(
        N_("“{label}” is {value:g}; for this challenge it may be at most {most:g}."),
        {"label": ["_", spec.control(name).label], "value": getattr(spec, name), "most": most})
