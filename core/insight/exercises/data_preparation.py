"""Check yourself on data and scores: name the team that leaks, with evidence; find the least fresh rows; two questions."""

from __future__ import annotations

from core.frame import Message
from core.i18n import N_
from core.insight.challenges import Challenge, Choice, Number, Question, at_most, rules, stays
from core.maths import evaluation, suspects
from core.specs.data_preparation import DataPreparationSpec

MOST_FRESH = 100


def convicted(spec: DataPreparationSpec) -> tuple[bool, Message]:
    """Whether the suspect's fresh score lies below its reported one beyond doubt: the two 95% intervals do not touch."""
    found = suspects.evidence(spec.case, spec.suspect, spec.fresh)
    values = {"team": spec.suspect, "n": spec.fresh, "low": found.reported_between[0], "high": found.fresh_between[1]}
    if found.fresh is None:
        return False, Message(N_("Without fresh rows there is no evidence against anyone."))
    if not found.apart:
        return False, Message(N_("Not proven: on {n} fresh rows team {team} may get up to {high:.2f}, and its report reaches down to "
                                 "{low:.2f}. The intervals touch."), values)
    return True, Message(N_("Team {team}: at most {high:.2f} on {n} fresh rows, at least {low:.2f} reported. Both cannot be true."), values)


def told(spec: DataPreparationSpec) -> Message:
    recipe = suspects.teams(spec.case)[spec.suspect].recipe
    scaled = next(name for name, team in suspects.teams(spec.case).items() if team.recipe == "scaled")
    assert recipe == "selection"
    return Message(N_("Team {team} picked 12 of 600 columns of noise by all labels, before the split. Team {scaled} also did something "
                      "before the split, it scaled, "
                      "and is innocent: only the numbers could tell."), {"team": spec.suspect, "scaled": scaled})


def weighed(spec: DataPreparationSpec) -> tuple[bool, Message]:
    """Whether nearly every malignant tumour is found without more false alarms than asked for."""
    found = evaluation.counts(*evaluation.tumour_scores(spec.inputs), spec.threshold)
    values = {"recall": found.recall, "precision": found.precision if found.tp + found.fp else 0.0, "fn": found.fn, "fp": found.fp}
    passed = found.recall >= 0.85 and found.fp <= 90
    return passed, (Message(N_("Recall {recall:.2f} with {fp} false alarms: both conditions hold."), values) if passed else
                    Message(N_("Recall is {recall:.2f} (0.85 is asked for) and there are {fp} false alarms (90 are allowed)."), values))


CHALLENGES: tuple[Challenge[DataPreparationSpec], ...] = (
    Challenge(
        id="data_preparation-suspect",
        title=N_("Which of four pipelines leaks?"),
        text=N_("In “Find the leak”, name the team whose score cannot be true, with evidence: its interval on fresh rows must lie "
                "wholly below its reported one. "
                "Fresh rows are dear: at most 100."),
        hint=N_("Collect some rows, then press each team. A low score on fresh rows is not enough, and neither is a high report: "
                "compare the two intervals of "
                "one team. If they still touch, a few more rows make them narrower."),
        allows=rules(stays("scene", "suspects"), at_most("fresh", MOST_FRESH)), state=convicted, why=told,
        reference=DataPreparationSpec(scene="suspects", suspect="C", fresh=80)),
    Challenge(
        id="data_preparation-threshold",
        title=N_("Miss few, alarm few"),
        text=N_("In “Threshold”, with the two weak measurements: find at least 85% of the malignant tumours, with at most 90 false "
                "alarms."),
        hint=N_("Recall rises to the left, and so do the false alarms. Watch both numbers in the title while you drag; there is a "
                "narrow range where both will do."),
        allows=rules(stays("scene", "threshold"), stays("inputs", "weak")), state=weighed,
        why=lambda spec: Message(N_("At {threshold:.2f} instead of 0.5: the model is the same, only the answer is another. A threshold "
                                    "is a decision, not a result of training."),
                                 {"threshold": spec.threshold}),
        reference=DataPreparationSpec(scene="threshold", threshold=0.18)),
)

QUESTIONS: tuple[Question, ...] = (
    Choice(
        id="data_preparation-98",
        text=N_("The labels were drawn by coin flips, and cross-validation reports 98%. Of 5,000 columns of noise the 50 that go best "
                "with the labels were kept first. "
                "Where does the 98% come from?"),
        options=(
            (N_("The model overfits: it has memorised the training rows"),
             N_("It may have, but the 98% were measured on rows held out of training. Memorising explains a high training score, not "
                "this one.")),
            (N_("The choice of columns has seen the labels of the held-out rows"),
             N_("Yes. Among 5,000 columns some fit all 100 labels by luck, those of the held-out rows too, and exactly these were kept. "
                "Choose within the training part, "
                "and one half is left.")),
            (N_("Five folds are too few; with more the luck would average out"),
             N_("More folds average out the luck of the split. Here every fold is wrong in the same direction, since the columns were "
                "chosen before all of them.")),
            (N_("100 rows are too few, so the number is just very uncertain"),
             N_("With 100 rows an honest score is 0.5 give or take 0.1. 0.98 is far outside: that is no luck, but a mistake.")),
        ),
        correct=1),
    Number(
        id="data_preparation-precision",
        text=N_("A model calls 40 of 200 tumours malignant. 30 of these 40 are, and 20 malignant ones were missed. What is its recall?"),
        answer=0.6, tolerance=0.005,
        right=N_("0.6 it is: 30 found of 30 + 20 that are malignant."),
        wrong=(
            (lambda n: abs(n - 0.75) < 0.006, N_("0.75 is the precision: 30 of the 40 that were called malignant. Recall asks how many "
                                                 "of all malignant ones were found.")),
            (lambda n: abs(n - 0.85) < 0.006, N_("0.85 is the accuracy: 170 of 200 answers are right. Recall looks at the malignant "
                                                 "ones alone.")),
            (lambda n: abs(n - 60) < 0.6, N_("Write it as a share between 0 and 1: 60% is 0.6.")),
            (lambda n: abs(n - 0.4) < 0.006, N_("0.4 is the share that was missed, 20 of 50. Recall is the rest.")),
            (lambda n: abs(n - 0.15) < 0.006, N_("0.15 is 30 of all 200. Divide by the malignant ones alone: 30 + 20.")),
            (lambda n: abs(n - 2 / 3) < 0.006, N_("That is F1, the mean of precision and recall that leans to the smaller one. Recall "
                                                  "alone is 30 of 50.")),
        ),
        otherwise=N_("Recall is the share of the malignant tumours that were found: found / (found + missed).")),
)
