"""The text project: where its reader is, what is asked of the texts before anything is trained, and a review that is to fool a network."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from core.i18n import N_
from core.specs.base import Spec, setting
from core.specs.text import TextSpec
from core.specs.training import DISPLAY

STEPS = {"data": N_("1 Data"), "prepare": N_("2 Prepare"), "training": N_("3 Training"), "test": N_("4 Test"), "use": N_("5 Use"),
         "take": N_("6 Take away")}
Step = Literal["data", "prepare", "training", "test", "use", "take"]
LONGEST = 600  # characters of a review that is typed: it stands in the address

REASONS = {"": N_("I have not said why yet"), "denial": N_("it does not heed a denial"),
           "contrast": N_("it counts a clause that a “but” or “although” outweighs"),
           "unknown": N_("it does not know the words that judge"), "cut": N_("it did not read the words that judge: they were cut off")}
Reason = Literal["", "denial", "contrast", "unknown", "cut"]
REVIEW = setting("", label=N_("Your review"), group=DISPLAY, max_length=LONGEST,
                 help=N_("What the trained network reads. Change a word, and watch the probability."))
WHY = setting("", label=N_("Why does it fool the network?"), group=DISPLAY, choices=REASONS,
              help=N_("Part of the challenge: a reason, which is put to the test on the network itself."))


class TextView(Spec):
    """Which step of the project is on screen, the review that the network reads there, and how it is drawn; changes no number. It opens
    where a word can be negated."""

    step: Step = setting("use", label=N_("Step"), group=DISPLAY, choices=STEPS,
                         help=N_("The steps of the project, from data to an answer. You may go back at any time."))
    review: str = REVIEW
    why: Reason = WHY
    log_scale: bool = setting(False, label=N_("Loss on a log scale"), group=DISPLAY, help=N_("Shows what happens once the loss is small."))


class FoolSpec(TextSpec):
    """A setting, and a review that is said to fool the networks that it trains, with the reason why. Challenges are judged on it."""

    answers: ClassVar[tuple[str, ...]] = ("review", "why")

    review: str = REVIEW
    why: Reason = WHY


LOOKED = ("source", "upload", "text_column", "label_column", "encoding", "tokens", "points", "seed", "vocabulary", "length", "keep", "pad")


class TextsSpec(TextSpec):
    """A look at the texts of a setting, and at what becomes of them before a network reads them: nothing is trained. Of its fields only
    those in LOOKED have a say."""

    lab: ClassVar[str] = "core.labs.texts"

    def _numbers(self) -> dict[str, Any]:
        return self.model_dump(mode="json", include=set(LOOKED))

    @property
    def padding(self) -> str:
        """Whatever network its other fields would be of."""
        return self.pad

    @property
    def step_key(self) -> tuple[object, ...]:
        return (self.lab, self.source)

    @property
    def cost(self) -> float:
        """A rough number of seconds."""
        return 4.0 if self.source == "imdb" else 0.5


def texts_of(spec: TextSpec) -> TextsSpec:
    """The look at the texts that a network of this spec would learn from."""
    return TextsSpec(**{name: getattr(spec, name) for name in LOOKED if name not in spec.idle})


def fooling(spec: TextSpec, view: TextView) -> FoolSpec:
    """What a challenge judges: the setting on screen with the review and the reason."""
    own = {name: getattr(spec, name) for name in TextSpec.model_fields}
    return FoolSpec(**own, review=view.review, why=view.why)
