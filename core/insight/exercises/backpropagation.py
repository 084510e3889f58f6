"""Check yourself on back-propagation: three gradients in a row, guessed or computed, and two questions."""

from __future__ import annotations

from core.frame import Message
from core.i18n import N_
from core.insight.challenges import Challenge, Choice, Number, Question, Rule, rules, stays
from core.maths.backpropagation import case, fits
from core.specs.backpropagation import GUESSES, BackpropagationSpec

TOLERANCE = 0.2


def _three_layers(spec: BackpropagationSpec) -> Message | None:
    return None if len(spec.widths) > 3 else Message(
        N_("{shape} has one hidden layer; take one with two, 2-2-2-1 or 3-4-3-2, so that the three weights lie in a row."),
        {"shape": spec.shape})


def _hidden(spec: BackpropagationSpec) -> Message | None:
    return Message(N_("The answers are on screen. Hide them, and guess at the network that comes then.")) if spec.reveal else None


def _bends(spec: BackpropagationSpec) -> Message | None:
    return Message(N_("The neurons must bend here: choose another activation than “linear”.")) if spec.activation == "linear" else None


def _three_in_a_row(spec: BackpropagationSpec) -> tuple[bool, Message]:
    asked = case(spec.shape, spec.activation, spec.case)
    found = [fits(getattr(spec, name), answer, TOLERANCE) for name, answer in zip(GUESSES, asked.answers, strict=True)]
    signs, sizes = (sum(part) for part in zip(*found, strict=True))
    if all(sign and size for sign, size in found):
        return True, Message(N_("All three signs are right, and all three sizes within 20%."))
    return False, Message(N_("Of three signs {signs} are right, of three sizes {sizes} are within 20%. Which ones, the page does not say "
                             "yet."),
                          {"signs": signs, "sizes": sizes})


ALLOWED: Rule[BackpropagationSpec] = rules(stays("scene", "guess"), _three_layers, _bends, _hidden)
START = BackpropagationSpec(scene="guess", shape="2-2-2-1")
REFERENCE = START.changed(**{name: round(max(-1.5, min(1.5, answer)), 2)
                             for name, answer in zip(GUESSES, case(START.shape, START.activation, START.case).answers, strict=True)})

CHALLENGES: tuple[Challenge[BackpropagationSpec], ...] = (
    Challenge(
        id="backpropagation-three-in-a-row",
        title=N_("Three gradients in a row"),
        text=N_("In “Guess the gradient”, with two hidden layers that bend: set all three guesses so that the signs are right and the "
                "sizes within 20%, before you reveal anything. Paper and a calculator are welcome."),
        hint=N_("Work from the output back and keep each δ: the next one needs it. δ of the output is y − t. δ of a hidden neuron is the "
                "sum of its outgoing weights times their δ, times f′: for tanh that is 1 − a², where a is the number in the neuron. A "
                "gradient is then the number in the neuron before the weight, times δ of the neuron behind it."),
        allows=ALLOWED,
        state=_three_in_a_row,
        why=lambda spec: Message(N_("You carried δ back through {layers} layers, and used it again at each: that is back-propagation."),
                                 {"layers": len(spec.widths) - 1}),
        reference=REFERENCE,
        start=START,
    ),
)

QUESTIONS: tuple[Question, ...] = (
    Number(
        id="backpropagation-reuse",
        text=N_("f = x · y + x, with x = 3 and y = 4. What is the gradient of f with respect to x?"),
        answer=5,
        right=N_("5 it is: x is used twice. Through the product comes y = 4, through the sum comes 1, and what comes back along both ways "
                 "is added."),
        wrong=(
            (lambda n: n == 4, N_("4 comes back through the product alone. x also stands by itself behind the plus; that way brings "
                                  "something too, and the two are added.")),
            (lambda n: n == 1, N_("1 comes back from the lone x behind the plus. The product uses x as well, and brings y back.")),
            (lambda n: n == 15, N_("15 is the value of f. The gradient says how fast f changes as x does.")),
            (lambda n: n == 3, N_("3 is the gradient with respect to y: what y is multiplied with. With respect to x it is y from the "
                                  "product, and something from the lone x.")),
            (lambda n: n == 7, N_("Add what comes back along the two ways, not the inputs: y from the product, 1 from the lone x.")),
        ),
        otherwise=N_("Follow both ways from x to f. On the way through the product f changes y times as fast as x; on the other as fast as "
                     "x. Add the two."),
    ),
    Choice(
        id="backpropagation-cost",
        text=N_("A network has a million weights. One pass forward takes a second. How long do all its gradients take?"),
        options=(
            (N_("About a million seconds: each weight needs a pass of its own"),
             N_("That is the price of nudging every weight and looking what the loss does. It works, and this page uses it as a check, but "
                "nobody could train so.")),
            (N_("A few seconds: one pass forward and one back"),
             N_("Yes. Every δ is computed once and used by all weights that enter its neuron, so going back costs about as much as going "
                "forward once or twice.")),
            (N_("No time at all: the optimizer does it"),
             N_("The optimizer only uses gradients: it decides how far to step. Computing them is what back-propagation is for.")),
            (N_("It cannot be known: only the last layer has a gradient"),
             N_("Every weight has one: the loss depends on all of them. The δ of the last layer, carried back through the weights, gives "
                "those of the layers before.")),
        ),
        correct=1,
    ),
)
