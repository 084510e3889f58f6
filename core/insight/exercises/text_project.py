"""Check yourself on the text project: two reviews that fool a network, each with the reason why, and three questions."""

from __future__ import annotations

from core.frame import Message
from core.i18n import N_
from core.insight.challenges import Challenge, Choice, Goal, Number, Question, Rule, at_most, from_zero, rules
from core.insight.fooling import allowed, asks, measured, why_passed
from core.specs.text import MODELS
from core.specs.text_project import FoolSpec, fooling

GOAL = 0.3
IN_ORDER = ("lstm", "gru", "bilstm", "article")
HEED = N_("how far it is from being fooled for your reason")


def reads_in_order(spec: FoolSpec) -> Message | None:
    return None if spec.model in IN_ORDER else Message(
        N_("“{model}” does not read word after word: for this challenge the network has an LSTM or a GRU."),
        {"model": ["_", MODELS[spec.model]]})


def no_blindfold(spec: FoolSpec) -> Message | None:
    return None if spec.why in ("", "denial", "contrast") else Message(
        N_("A network that was not shown the words is no match: here it has to have read and known them."))


def _goal(least: float) -> Goal[FoolSpec]:
    return Goal(lambda spec, rows: measured(spec, rows, least), GOAL, HEED, higher_is_better=False, asks=asks)


ALLOWED: Rule[FoolSpec] = rules(from_zero, at_most("epochs", 40), allowed)

CHALLENGES: tuple[Challenge[FoolSpec], ...] = (
    Challenge(
        id="text_project-fool",
        title=N_("Fool it, and say why"),
        text=N_("In step 5, write a review that the network misreads, and say why it does. Three networks of your setting are trained on "
                "the generated reviews, on texts that you have not seen. Each must take the right answer to be at most 30% likely, and for "
                "the reason you named; it must have learned its task, too, to a validation accuracy of 0.65."),
        hint=N_("An average has no order: it cannot know which word a “not” belongs to. So praise by denying something bad."),
        allows=ALLOWED,
        goal=_goal(0.65),
        why=why_passed,
        made=fooling,
        reference=FoolSpec(review="The story was not boring.", why="denial"),
    ),
    Challenge(
        id="text_project-fool-lstm",
        title=N_("Fool one that reads in order"),
        text=N_("The same with an LSTM or GRU that reads at least 95% of the validation texts right, by words that it knows and has read: "
                "the reason is a denial or a contrast."),
        hint=N_("It has learned the grammar of its texts, and no other. What do you get where a denial is denied?"),
        allows=rules(ALLOWED, reads_in_order, no_blindfold),
        goal=_goal(0.95),
        why=why_passed,
        made=fooling,
        reference=FoolSpec(model="lstm", epochs=20, review="The story was not never boring.", why="denial"),
    ),
)

QUESTIONS: tuple[Question, ...] = (
    Choice(
        id="text_project-average",
        text=N_("“Not good, but the music is wonderful” and “Not wonderful, but the music is good”: what does a network say of them that "
                "averages the vectors of the words?"),
        options=(
            (N_("The same of both: they have the same words"),
             N_("Yes. The average of the vectors is the same, so the answer is. Order is what an average throws away.")),
            (N_("Something else of each: the “not” stands before another word"),
             N_("It stands before another word for you. In a sum nothing stands before anything.")),
            (N_("It depends on the seed"),
             N_("Which answer it gives depends on the seed. That both get the same one does not.")),
        ),
        correct=0,
    ),
    Number(
        id="text_project-weights",
        text=N_("The article’s network: 10,000 words, an embedding of 128 numbers each. How many weights does the embedding alone have?"),
        answer=1_280_000,
        right=N_("1,280,000 it is: a row of 128 numbers for each of 10,000 words. The two LSTM layers together have 82,432, so nearly all "
                 "of this network is its dictionary."),
        wrong=(
            (lambda n: n == 10_128, N_("Not the sum: each of the 10,000 words has 128 numbers of its own.")),
            (lambda n: n == 640_000, N_("That is half of it: 64 are the LSTM’s units. The embedding has 128 numbers a word.")),
            (lambda n: abs(n - 1_280_128) < 1, N_("An embedding has no bias: it is a table, and nothing is added to its rows.")),
        ),
        otherwise=N_("It is a table with a row for each word: multiply."),
    ),
    Choice(
        id="text_project-simple",
        text=N_("On the same 5,000 validation texts the network gets 0.884, TF-IDF 0.880. The network alone is right about 260 texts, "
                "TF-IDF alone about 240. What do you say?"),
        options=(
            (N_("The network is better: 0.884 is more than 0.880"),
             N_("Of the 500 texts on which they differ, 260 against 240 is what tossing a coin gives more often than not: p is 0.40.")),
            (N_("Nothing is shown, and the simple model is quicker and explains itself"),
             N_("Yes. Only the texts on which they differ count; 260 against 240 may well be chance (p 0.40). So take the one that is "
                "easier to live with.")),
            (N_("TF-IDF is better: it needs no training"),
             N_("It is trained, too, if quickly, and on these texts it was right no more often. Neither is shown to be better.")),
        ),
        correct=1,
    ),
)
