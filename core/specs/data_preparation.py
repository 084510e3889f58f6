"""The settings of the page on data preparation and evaluation: one field for everything that is moved."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import model_validator

from core.i18n import N_
from core.specs.base import setting
from core.specs.study import StudySpec

DISPLAY, DATA, MODEL, REPAIR = N_("Display"), N_("Data"), N_("Model"), N_("Repair")

SCENES = {
    "leak": N_("98% on noise"), "mistakes": N_("Three more mistakes"), "suspects": N_("Find the leak"), "clean": N_("Clean"),
    "encode": N_("Encode"), "scale": N_("Scale"), "split": N_("Split"), "folds": N_("Cross-validation"), "threshold": N_("Threshold"),
    "residuals": N_("Residuals"), "capacity": N_("Bias and variance"),
}
WHEN = {"before": N_("before the split, on all rows"), "after": N_("after the split, on training rows alone")}
MISTAKES = {"duplicates": N_("rows entered twice"), "target": N_("the answer among the columns"),
            "scaling": N_("scaler fitted before the split")}
FILLS = {"drop": N_("drop rows with a gap"), "mean": N_("column mean"), "median": N_("column median"),
         "neighbours": N_("five most alike rows")}
WINE = {"alcohol": N_("alcohol"), "flavanoids": N_("flavanoids"), "color_intensity": N_("colour intensity"), "proline": N_("proline")}
SCALERS = {"none": N_("none"), "standard": "StandardScaler", "minmax": "MinMaxScaler", "robust": "RobustScaler"}
KINDS = {"random": N_("classes, at random"), "stratified": N_("classes, stratified"), "weeks": N_("a series, at random"),
         "time": N_("a series, by time")}
ORDERS = {"alphabet": N_("alphabet"), "frequency": N_("how often it occurs"), "mean": N_("mean of what is predicted")}
INPUTS = {"weak": N_("two weak measurements"), "all": N_("all thirty measurements")}
MEASURES = {"bmi": N_("body mass index"), "bp": N_("blood pressure"), "s5": N_("blood fat (log)"), "age": N_("age")}


class DataPreparationSpec(StudySpec):
    """From a raw table to an honest number."""

    study: ClassVar[str] = "data_preparation"
    own: ClassVar[str] = "table"

    scene: Literal["leak", "mistakes", "suspects", "clean", "encode", "scale", "split", "folds", "threshold", "residuals",
                   "capacity"] = setting(
        "leak", label=N_("Scene"), group=DISPLAY, choices=SCENES, help=N_("What this page shows: one step on the way from a table to a "
                                                                          "score."))

    # leak
    when: Literal["before", "after"] = setting(
        "before", label=N_("Columns are chosen"), group=DATA, choices=WHEN,
        help=N_("Before: the labels of the rows held out have a say in the choice. After: they have none."))
    columns: int = setting(
        5000, ge=10, le=5000, log=True, label=N_("Columns of noise"), group=DATA,
        help=N_("How many columns of random numbers there are to choose from."))
    chosen: int = setting(
        50, ge=1, le=100, step=1, label=N_("Columns kept"), group=DATA,
        help=N_("How many columns are kept: those that go best with the labels."))

    # mistakes
    mistake: Literal["duplicates", "target", "scaling"] = setting(
        "duplicates", label=N_("Mistake"), group=DATA, choices=MISTAKES, help=N_("What went wrong before the score was measured."))
    dose: float = setting(
        0.6, ge=0.0, le=1.0, step=0.2, label=N_("Dose"), group=DATA,
        help=N_("The share of rows that the mistake touches: 0 is honest, 1 is all of them."))

    # suspects
    suspect: Literal["A", "B", "C", "D"] = setting(
        "A", label=N_("Suspect"), group=DATA, choices={name: name for name in "ABCD"}, help=N_("The team whose score you do not believe."))
    fresh: int = setting(
        0, ge=0, le=200, step=5, label=N_("Fresh rows"), group=DATA,
        help=N_("On how many rows that nobody had seen before all four models are tried."))
    case: int = setting(1, ge=1, le=6, step=1, label=N_("Case"), group=DATA, help=N_("Another case: other teams, other numbers."))

    # clean
    missing: float = setting(
        0.1, ge=0.0, le=0.4, step=0.05, label=N_("Missing cells"), group=DATA,
        help=N_("The share of cells that we knocked out of a real table, at random."))
    slips: int = setting(
        12, ge=0, le=40, step=1, label=N_("Slipped decimal points"), group=DATA,
        help=N_("Cells in which we made 12.4 into 124: outliers by mistake."))
    copies: int = setting(
        8, ge=0, le=40, step=1, label=N_("Rows entered twice"), group=DATA, help=N_("So many rows stand in the table a second time."))
    fill: Literal["drop", "mean", "median", "neighbours"] = setting(
        "mean", label=N_("A gap becomes"), group=REPAIR, choices=FILLS, help=N_("What is done about a missing cell."))
    fence: bool = setting(
        False, label=N_("Remove outliers"), group=REPAIR,
        help=N_("Cells more than three quartile ranges beyond the quartiles count as missing."))
    deduplicate: bool = setting(False, label=N_("Remove duplicates"), group=REPAIR, help=N_("Of equal rows only the first stays."))

    upload: str = setting(
        "", label=N_("Your own table"), group=DATA, pattern=r"^([0-9a-f]{32})?$",
        help=N_("A CSV with a header, 5 to 2,000 rows and at most 20 columns. Clean, Encode, Scale and Split show it."))
    across: int = setting(
        1, ge=0, le=20, step=1, label=N_("Across"), group=DISPLAY,
        help=N_("Of your own table, which column of numbers is drawn from left to right; 0 is the row."))
    up: int = setting(
        2, ge=1, le=20, step=1, label=N_("Upwards"), group=DISPLAY, help=N_("Of your own table, which column of numbers is drawn upwards."))
    category: int = setting(
        1, ge=1, le=20, step=1, label=N_("Classes"), group=DISPLAY,
        help=N_("Of your own table, which column says what class a row is of."))
    order: Literal["alphabet", "frequency", "mean"] = setting(
        "alphabet", label=N_("Codes by"), group=DATA, choices=ORDERS,
        help=N_("In which order the categories of your own table get the numbers 0, 1, 2, …"))

    # encode
    code_a: float = setting(0.0, ge=0.0, le=3.0, step=0.05, label=N_("Code of A"), group=DATA, help=N_("The number that stands for "
                                                                                                       "cultivar A."))
    code_b: float = setting(1.0, ge=0.0, le=3.0, step=0.05, label=N_("Code of B"), group=DATA, help=N_("The number that stands for "
                                                                                                       "cultivar B."))
    code_c: float = setting(2.0, ge=0.0, le=3.0, step=0.05, label=N_("Code of C"), group=DATA, help=N_("The number that stands for "
                                                                                                       "cultivar C."))
    predicted: Literal["alcohol", "flavanoids", "color_intensity", "proline"] = setting(
        "alcohol", label=N_("To be predicted"), group=DATA, choices=WINE, help=N_("The measurement that is predicted from the cultivar."))

    # scale
    scaler: Literal["none", "standard", "minmax", "robust"] = setting(
        "standard", label=N_("Scaler"), group=DATA, choices=SCALERS, help=N_("What brings the two columns to a common scale."))
    outlier: float = setting(
        3000.0, ge=0.0, le=6000.0, step=100.0, label=N_("Outlier: proline"), group=DATA,
        help=N_("How much proline the one odd training row has."))

    # split
    kind: Literal["random", "stratified", "weeks", "time"] = setting(
        "random", label=N_("Split"), group=DATA, choices=KINDS, help=N_("Which rows are set aside, and of what table."))
    train: int = setting(
        60, ge=40, le=80, step=5, label=N_("Training"), group=DATA, unit="%", help=N_("The share that the model learns from."))
    validation: int = setting(
        20, ge=5, le=40, step=5, label=N_("Validation"), group=DATA, unit="%",
        help=N_("The share on which you choose between models. What remains is the test set."))
    rare: int = setting(
        10, ge=4, le=40, step=1, label=N_("Malignant tumours"), group=DATA, help=N_("How many of the 100 tumours are malignant."))

    # folds
    folds: int = setting(5, ge=2, le=10, step=1, label=N_("Folds"), group=DATA, help=N_("Into how many parts the rows are cut; each is "
                                                                                        "held out once."))
    rows: int = setting(100, ge=40, le=400, step=10, label=N_("Rows"), group=DATA, help=N_("How many rows there are to learn from and "
                                                                                           "to judge by."))

    # threshold
    threshold: float = setting(
        0.5, ge=0.01, le=0.99, step=0.01, label=N_("Threshold"), group=MODEL, help=N_("From which probability on the answer is "
                                                                                      "“malignant”."))
    inputs: Literal["weak", "all"] = setting(
        "weak", label=N_("The model sees"), group=MODEL, choices=INPUTS, help=N_("How much the model is told of a tumour."))

    # residuals
    line_left: float = setting(
        150.0, ge=0.0, le=350.0, step=1.0, label=N_("Line, left end"), group=MODEL, help=N_("The height of your line at the left edge."))
    line_right: float = setting(
        150.0, ge=0.0, le=350.0, step=1.0, label=N_("Line, right end"), group=MODEL, help=N_("The height of your line at the right edge."))
    measure: Literal["bmi", "bp", "s5", "age"] = setting(
        "bmi", label=N_("Measured"), group=DATA, choices=MEASURES, help=N_("From what the progression of the disease is predicted."))

    # capacity
    degree: int = setting(1, ge=0, le=15, step=1, label=N_("Degree"), group=MODEL, help=N_("The highest power of x that the curve may "
                                                                                           "use."))
    points: int = setting(20, ge=17, le=80, step=1, label=N_("Points"), group=DATA, help=N_("How many points each sample has."))
    noise: float = setting(
        0.4, ge=0.0, le=1.0, step=0.05, label=N_("Noise"), group=DATA, help=N_("The standard deviation of what is added to each point."))

    seed: int = setting(
        3, ge=0, le=99, step=1, label=N_("Seed"), group=DATA, help=N_("Fixes everything random: the same seed gives the same picture."))

    @model_validator(mode="after")
    def _together(self) -> DataPreparationSpec:
        if self.train + self.validation > 95:
            raise ValueError(f"{self.train}% for training and {self.validation}% for validation leave too little for the test set")
        return self

    @property
    def brought(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("upload", "across", "up", "category")} if self.upload else {}

    def revised(self, **values: object) -> DataPreparationSpec:
        """A copy with other values; the shares leave at least 5% for the test set: the other one gives way."""
        merged = {**self.model_dump(), **values}
        if "validation" in values and "train" not in values:
            merged["train"] = min(merged["train"], 95 - merged["validation"])
        else:
            merged["validation"] = min(merged["validation"], 95 - merged["train"])
        return DataPreparationSpec.model_validate(merged)
