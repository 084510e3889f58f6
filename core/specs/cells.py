"""What the pages on recurrent cells have in common: the sequence that is fed, and a small cell's weights. Subclasses add their scenes."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from core.i18n import N_
from core.specs.base import setting
from core.specs.study import StudySpec

FEEDS = {"numbers": N_("typed numbers"), "sine": N_("a sine"), "word": N_("the letters of a word")}
CODINGS = {"onehot": N_("one-hot: an input for each letter"), "rank": N_("one number, by alphabetical order")}
ORIGINS = {"drawn": N_("drawn as Keras draws them, times the scale"), "own": N_("your own, for one unit")}
HOLDS = {"free": N_("listens"), "open": N_("held open"), "shut": N_("held shut")}
SEQUENCE, CELL, GATES, DISPLAY = N_("Sequence"), N_("Cell"), N_("Gates"), N_("Display")
LONGEST = 24  # steps
MOST = 4  # units
Hold = Literal["free", "open", "shut"]


def hold(label: str) -> Any:
    """The field of a gate that may be held."""
    return setting("free", choices=HOLDS, label=label, group=GATES,
                   help=N_("A gate listens to its input and to the state before, or you hold it: open is 1, shut is 0."))


def gate(default: float, label: str, help: str) -> Any:
    """The field of the value that a gate is held at, from 0, shut, to 1, open."""
    return setting(default, ge=0, le=1, step=0.01, label=label, group=GATES, help=help)


class CellSpec(StudySpec):
    """A cell of a few units, and what it is fed. A subclass names its cell, and its fields `hold_<gate>`, if it has gates."""

    cell: ClassVar[str] = ""  # one of core.maths.cells.CELLS

    feed: Literal["numbers", "sine", "word"] = setting(
        "numbers", choices=FEEDS, label=N_("Fed with"), group=SEQUENCE,
        help=N_("What the cell reads, one step after the other."))
    numbers: str = setting("1 0 0 -1 0 0.5 0 0", label=N_("Numbers"), max_length=200, group=SEQUENCE,
                           help=N_("Up to 24 numbers with blanks or commas between them, one for each step."))
    word: str = setting("hello", label=N_("Word"), max_length=16, group=SEQUENCE,
                        help=N_("Up to 16 letters, one for each step, in any script."))
    coding: Literal["onehot", "rank"] = setting(
        "onehot", choices=CODINGS, label=N_("A letter as"), group=SEQUENCE,
        help=N_("One-hot: as many inputs as there are different letters, one of them 1, the others 0. Or a single number "
                                   "from −1 to 1."))
    period: float = setting(8.0, ge=2, le=24, step=0.5, label=N_("Period"), group=SEQUENCE,
                            help=N_("Steps from one crest of the sine to the next."))
    length: int = setting(12, ge=4, le=LONGEST, label=N_("Length of the sine"), group=SEQUENCE,
                        help=N_("How many steps of the sine are fed."))

    weights: Literal["drawn", "own"] = setting(
        "drawn", choices=ORIGINS, label=N_("Weights"), group=CELL,
        help=N_("An untrained cell with weights drawn as Keras draws them, or a cell of one unit whose weights you type."))
    units: int = setting(2, ge=1, le=MOST, label=N_("Units"), group=CELL,
                         help=N_("How many numbers the cell remembers: the length of its hidden state."))
    unit: int = setting(1, ge=1, le=MOST, label=N_("Unit shown"), group=DISPLAY, help=N_("The unit whose arithmetic is written out."))
    seed: int = setting(38, ge=0, le=99, label=N_("Seed"), group=CELL, help=N_("Fixes what is drawn at random."))
    scale: float = setting(2.0, ge=0.5, le=4, step=0.1, label=N_("Scale of the weights"), group=CELL,
                           help=N_("1 is what Keras draws. Trained cells mostly have larger weights, and their gates open and "
                                "shut further."))
    own_weights: str = setting("1 0.5 0", label=N_("Your weights"), max_length=200, group=CELL,
                               help=N_("A row for each part of the cell, with a semicolon between them: the weight of the input, the "
                                       "weight of the state before, the bias."))

    @property
    def size(self) -> int:
        """How many units the cell has: one whose weights are typed has a single one."""
        return 1 if self.weights == "own" else self.units

    @property
    def shown(self) -> int:
        """The unit that is written out, counting from 0."""
        return min(self.unit, self.size) - 1

    @property
    def holds(self) -> dict[str, float]:
        """The gates that are held, and at what."""
        found = {name.removeprefix("hold_"): getattr(self, name) for name in type(self).model_fields if name.startswith("hold_")}
        return {gate: float(value == "open") for gate, value in found.items() if value != "free"}

    def bounds_of(self, name: str) -> tuple[Any, Any]:
        return (1, max(self.size, 2)) if name == "unit" else super().bounds_of(name)

    def revised(self, **values: Any) -> Any:
        """The unit shown is one that there is; typed weights are one's own from then on."""
        if "own_weights" in values:
            values.setdefault("weights", "own")
        units = values.get("units", self.units)
        if isinstance(units, int) and values.get("unit", self.unit) > units:
            values["unit"] = max(units, 1)
        return self.changed(**values)


class MemorySpec(CellSpec):
    """A cell with gates that reads a symbol and then distractors, its gates held by hand."""

    symbol: Literal[1, -1] = setting(1, choices={1: "1", -1: "−1"}, label=N_("First symbol"), group=SEQUENCE,
                                     help=N_("What is worth keeping."))
    noise: float = setting(0.6, ge=0, le=1, step=0.05, label=N_("Distractors up to"), group=SEQUENCE,
                           help=N_("After the symbol come random numbers between minus and plus this."))
    gap: int = setting(20, ge=2, le=40, label=N_("Steps after the symbol"), group=SEQUENCE, help=N_("How long it has to last."))

    @property
    def phases(self) -> tuple[dict[str, float], dict[str, float]]:
        """The gates that are held at the symbol, and those held afterwards, each at what."""
        raise NotImplementedError

    @property
    def task(self) -> dict[str, Any]:
        """What `core.maths.holding.read` has to know."""
        first, after = self.phases
        return {"cell": self.cell, "symbol": self.symbol, "noise": self.noise, "gap": self.gap, "seed": self.seed, "scale": self.scale,
                "first": first, "after": after}


def plays(spec: CellSpec, name: str) -> bool:
    """Whether a field of these has a part in what is on screen."""
    return {"numbers": spec.feed == "numbers", "word": spec.feed == "word", "coding": spec.feed == "word" and spec.weights == "drawn",
            "period": spec.feed == "sine", "length": spec.feed == "sine", "own_weights": spec.weights == "own",
            "units": spec.weights == "drawn", "unit": spec.size > 1, "seed": spec.weights == "drawn",
            "scale": spec.weights == "drawn"}.get(name, True)
