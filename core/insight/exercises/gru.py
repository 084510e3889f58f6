"""Check yourself on the GRU: the same memory with one gate, a quarter fewer weights, and three questions."""

from __future__ import annotations

from core.frame import Message
from core.i18n import N_
from core.insight.challenges import Challenge, Choice, Number, Question, at_least, rules, stays
from core.insight.remembering import verdict
from core.maths import cells, holding
from core.specs.gru import GruSpec

LSTM = 50  # units
LESS = 0.75  # of the LSTM's weights


def slim(spec: GruSpec) -> tuple[bool, Message]:
    """Whether the GRU is the widest that has at least a quarter fewer weights than the LSTM."""
    most = LESS * cells.count("lstm", spec.inputs, spec.lstm_units)
    here, wider = (cells.count("gru", spec.inputs, units) for units in (spec.gru_units, spec.gru_units + 1))
    said = {"units": spec.gru_units, "here": f"{here:,}", "most": f"{most:,.0f}", "wider": f"{wider:,}"}
    if here > most:
        return False, Message(N_("A GRU with units = {units} has {here} weights; a quarter fewer than the LSTM’s would be {most}."), said)
    if wider <= most:
        return False, Message(N_("A GRU with units = {units} has {here} weights. There is room for another unit: {wider} is still within "
                                 "{most}."), said)
    return True, Message(N_("{units} units have {here} weights; with one more it would be {wider}, above {most}."), said)


CHALLENGES: tuple[Challenge[GruSpec], ...] = (
    Challenge(
        id="gru-survive",
        title=N_("Remember with one gate"),
        text=N_("Hold the update gate so that at least 90% of the first symbol is still in the state after 20 steps or more, and "
                "distractors of up to 0.5 or more have at most 10% beside it."),
        hint=N_("What must z be when the symbol comes, and what afterwards? It gets in by 1 − z."),
        allows=rules(stays("scene", "hold"), at_least("gap", 20), at_least("noise", 0.5)),
        state=lambda spec: verdict(holding.read(**spec.task)),
        why=lambda spec: Message(N_("One number decided both what is kept and what is refused. That is the GRU’s saving.")),
        start=GruSpec(scene="hold"),
        reference=GruSpec(scene="hold", update_first=0.0, update_after=1.0),
    ),
    Challenge(
        id="gru-quarter",
        title=N_("A quarter fewer weights"),
        text=N_("An LSTM of 50 units reads one number a step. Find the widest GRU with at least 25% fewer weights."),
        hint=N_("50 units are not enough of a saving: the second bias of Keras’ GRU makes it 76.4%. Take units away one by one."),
        allows=rules(stays("scene", "weights"), stays("inputs", 1), stays("lstm_units", LSTM)),
        state=slim,
        why=lambda spec: Message(N_("Whether that many units do as well as the LSTM is to be seen on a task: the page on recurrent "
                                    "networks "
                                    "trains both.")),
        reference=GruSpec(scene="weights", gru_units=49),
    ),
)

QUESTIONS: tuple[Question, ...] = (
    Choice(
        id="gru-update",
        text=N_("In Keras, what does an update gate z = 1 do?"),
        options=(
            (N_("It takes the candidate and drops the old state"),
             N_("That is z = 0 in Keras: h = z·h₋ + (1 − z)·g, h₋ being the old state. Some papers write z the other way round.")),
            (N_("It keeps the old state as it is"), N_("Yes: h = 1·h₋ + 0·g, h₋ being the old state.")),
            (N_("It adds the candidate to the old state"), N_("The two shares sum to 1: with z = 1 nothing is left for the candidate.")),
            (N_("It resets the state to 0"), N_("No gate of a GRU does that by itself. The reset gate works within the candidate only.")),
        ),
        correct=1,
    ),
    Number(
        id="gru-weights",
        text=N_("How many weights has keras.layers.GRU(3) on an input of 2 numbers a step, as Keras sets it (reset_after=True)?"),
        answer=63,
        right=N_("Yes: 3·(3·(2 + 3) + 2·3) = 63. Each of the three sums has two biases a unit."),
        wrong=(
            (lambda n: n == 54, N_("That is with one bias a unit and sum, as with reset_after=False. Keras’ own setting has two.")),
            (lambda n: n == 45, N_("The biases are missing: two for each unit and each of the three sums.")),
            (lambda n: n == 72, N_("That is the LSTM, with four sums and one bias each.")),
            (lambda n: n == 42, N_("Update gate and reset gate are two sums; the candidate is the third.")),
        ),
        otherwise=N_("Three sums (z, r, g); in each, every unit weighs all inputs and all states before, and adds two biases."),
    ),
    Choice(
        id="gru-count",
        text=N_("A cell shall count how many ones it has read, up to 50. Which has it easier?"),
        options=(
            (N_("The GRU: it has fewer weights"), N_("Its state is a mixture of candidates between −1 and 1, and stays there.")),
            (N_("The LSTM: its cell state may grow"),
             N_("Yes: with f = 1 and i = 1 each step adds something, and c has no bound. A GRU’s state stays between −1 and 1.")),
            (N_("The plain cell: nothing is gated"), N_("tanh squashes its state to −1…1 at every step.")),
            (N_("All the same"), N_("Look at what bounds each state: only one of the three can grow.")),
        ),
        correct=1,
    ),
)
