"""Specs: one declaration, from which come the key, the URL and the validation; a bad address never raises."""

from __future__ import annotations

import gettext
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from core import i18n
from core.frame import Message
from core.specs import base
from core.specs.feedforward import CLASS_LOSSES, FEATURES, REGRESSION, REGRESSION_LOSSES, FeedforwardSpec, FeedforwardView
from core.ui import controls

few = settings(max_examples=60, deadline=None, derandomize=True)
HASH = "0123456789abcdef" * 2
FIELDS = [*FeedforwardSpec.model_fields]
DEFAULT = FeedforwardSpec()
ACTIVATIONS = [*DEFAULT.choices_of("activations")]


# ---- random valid specs

@st.composite
def specs(draw: st.DrawFn) -> FeedforwardSpec:
    dataset = draw(st.sampled_from(FeedforwardSpec().choices_of("dataset")))
    hidden = draw(st.lists(st.integers(1, 64), max_size=6).map(tuple))
    fields: dict[str, Any] = {
        "dataset": dataset, "hidden": hidden, "upload": HASH if dataset == "upload" else "",
        "loss": draw(st.sampled_from(REGRESSION_LOSSES if dataset in REGRESSION else CLASS_LOSSES)),
        "features": draw(st.lists(st.sampled_from([*FEATURES]), unique=True, min_size=1).map(tuple)),
        "activations": draw(st.lists(st.sampled_from(ACTIVATIONS),
                                     max_size=len(hidden)).map(tuple)),
        "batch_norm": draw(st.booleans()), "branch": ""}
    for name in FIELDS:
        if name in fields:
            continue
        least, greatest = FeedforwardSpec.bounds(name)
        if FeedforwardSpec.control(name).choices:
            fields[name] = draw(st.sampled_from(DEFAULT.choices_of(name)))
        elif isinstance(getattr(DEFAULT, name), int):
            fields[name] = draw(st.integers(least, greatest))
        else:
            fields[name] = draw(st.floats(least, greatest).filter(lambda x: x != 0) | st.just(0.0) if least == 0 else
                                st.floats(least, greatest))
    return FeedforwardSpec(**fields)


def other(name: str) -> Any:
    """A valid value of a field that is not its default, all other fields at theirs."""
    if name == "branch":
        return "7"
    value = getattr(DEFAULT, name)
    if name == "activations":
        return ("relu",)
    if name == "features":
        return ("x2",)
    if name == "hidden":
        return (6,)
    if FeedforwardSpec.control(name).choices:
        return next(c for c in DEFAULT.choices_of(name) if c != value)
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    return value * 1.000001 + 0.000001


# ---- the key

@pytest.mark.parametrize("name", [name for name in FIELDS if name != "upload"])
def test_every_field_changes_the_key(name: str) -> None:
    changed = DEFAULT.changed(**{name: other(name)})
    assert getattr(changed, name) != getattr(DEFAULT, name)
    assert changed.key != DEFAULT.key and len(changed.key) == 32


def test_the_uploaded_file_changes_the_key() -> None:
    keys = {FeedforwardSpec(dataset="upload", upload=digit * 32).key for digit in "0123"}
    assert len(keys) == 4


def test_no_two_of_all_these_share_a_key() -> None:
    made = [DEFAULT, *(DEFAULT.changed(**{name: other(name)}) for name in FIELDS if name != "upload")]
    made += [FeedforwardSpec(hidden=(66 // n,) * n) for n in (2, 3, 6)]
    made += [FeedforwardSpec(features=f) for f in (("x2", "x1"), ("x1", "x2", "x1x2"), ("x1x2", "x1"))]
    assert len({spec.key for spec in made}) == len(made)


def test_versions_lab_and_lab_version_change_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    keys, installed = {DEFAULT.key}, base.versions()
    for attribute, value in (("lab", "core.labs.other"), ("lab_version", 10**6)):
        with monkeypatch.context() as patch:
            patch.setattr(FeedforwardSpec, attribute, value)
            keys.add(DEFAULT.key)
    for name in ("tensorflow", "keras"):
        with monkeypatch.context() as patch:
            patch.setattr(base, "versions", lambda name=name: {**installed, name: "0.0.1"})
            keys.add(DEFAULT.key)
    assert len(keys) == 5


def test_versions_are_those_installed() -> None:
    keras = next(Path(p) / "keras" for p in sys.path if (Path(p) / "keras" / "src" / "version.py").exists())
    assert f'"{base.versions()["keras"]}"' in (keras / "src" / "version.py").read_text()
    assert base.versions()["tensorflow"] != "none"


def test_the_key_is_the_same_in_another_process() -> None:
    made = [DEFAULT, FeedforwardSpec(dataset="upload", upload=HASH), FeedforwardSpec(hidden=(), features=("x1²", "sin x2")),
            FeedforwardSpec(learning_rate=0.1 + 0.2, l2=1e-7)]
    code = ("import sys\nfrom core.specs.feedforward import FeedforwardSpec as S\n"
            "for line in sys.stdin: print(S.model_validate_json(line).key)")
    for hash_seed in ("0", "1"):
        found = subprocess.run([sys.executable, "-c", code], input="\n".join(s.model_dump_json() for s in made), text=True,
                               capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": hash_seed})
        assert found.stdout.split() == [s.key for s in made]


@few
@given(specs())
def test_equal_specs_have_equal_keys(spec: FeedforwardSpec) -> None:
    same = FeedforwardSpec.model_validate_json(spec.model_dump_json())
    assert same == spec and same.key == spec.key
    assert spec.changed().key == spec.key
    shuffled = FeedforwardSpec(**dict(reversed(list(spec.model_dump().items()))))
    assert shuffled.key == spec.key


def test_minus_zero_is_zero() -> None:
    minus = FeedforwardSpec(noise=-0.0, dropout=-0.0, l1=-0.0, l2=-0.0)
    assert minus == FeedforwardSpec(noise=0.0) and minus.key == FeedforwardSpec(noise=0.0).key


def test_whole_numbers_and_floats_are_the_same_number() -> None:
    assert FeedforwardSpec(learning_rate=1, dropout=0).key == FeedforwardSpec(learning_rate=1.0, dropout=0.0).key


def test_a_spec_cannot_be_changed_in_place() -> None:
    with pytest.raises(ValidationError):
        DEFAULT.seed = 3  # type: ignore[misc]
    assert hash(DEFAULT) == hash(FeedforwardSpec())


# ---- validation

@pytest.mark.parametrize("values", [
    {"hidden": (65,)}, {"hidden": (0,)}, {"hidden": (1,) * 7}, {"learning_rate": 0}, {"learning_rate": 11},
    {"learning_rate": float("nan")}, {"learning_rate": float("inf")}, {"points": 19}, {"points": 2001}, {"epochs": 0},
    {"epochs": 2001}, {"seed": -1}, {"train_share": 0.05}, {"features": ()}, {"features": ("x1", "x1")}, {"features": ("x3",)},
    {"batch_size": 0}, {"dropout": 0.9}, {"l1": -1}, {"dataset": "mnist"}, {"optimizer": "lion"}, {"loss": "huber"},
    {"dataset": "plane", "loss": "crossentropy"}, {"dataset": "hills", "loss": "hinge"}, {"dataset": "upload"},
    {"upload": HASH}, {"dataset": "upload", "upload": HASH[:-1]}, {"dataset": "upload", "upload": HASH.upper()},
    {"dataset": "upload", "upload": HASH + "\n"}, {"activations": ("relu",) * 3}, {"hidden": (), "activations": ("relu",)},
    {"unknown": 1}], ids=str)
def test_what_does_not_fit_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        FeedforwardSpec(**values)
    with pytest.raises(ValidationError):
        DEFAULT.changed(**values)


@few
@given(specs(), st.sampled_from(FeedforwardSpec().choices_of("dataset")), st.lists(st.integers(1, 64), max_size=6).map(tuple))
def test_revised_lets_give_way_what_no_longer_fits_and_nothing_else(spec: FeedforwardSpec, dataset: str, hidden: Any) -> None:
    new = spec.revised(dataset=dataset, hidden=hidden, upload=HASH if dataset == "upload" else spec.upload)
    assert (new.dataset, new.hidden) == (dataset, hidden)
    assert new.activations == spec.activations[:len(hidden)]
    assert new.loss == (spec.loss if spec.loss in new.choices_of("loss") else "auto")
    assert new.upload == (HASH if dataset == "upload" else "")
    for name in set(FIELDS) - {"dataset", "hidden", "activations", "loss", "upload"}:
        silent = dataset == "upload" and name in ("points", "noise")  # they have no say in points that are there
        assert getattr(new, name) == getattr(DEFAULT if silent else spec, name)


@few
@given(specs())
def test_choices_of_loss_are_those_that_validate(spec: FeedforwardSpec) -> None:
    fits = []
    for loss in FeedforwardSpec.control("loss").choices or ():
        try:
            spec.changed(loss=loss)
            fits.append(loss)
        except ValidationError:
            pass
    assert sorted(fits) == sorted(spec.choices_of("loss"))
    assert spec.loss_name in fits and spec.loss_name != "auto"
    assert spec.changed(loss="auto").loss_name == ("mse" if spec.regression else "crossentropy")


def test_a_layer_may_have_its_own_activation() -> None:
    spec = FeedforwardSpec(hidden=(4, 4, 4), activation="elu", activations=("same", "relu"))
    assert [spec.activation_of(i) for i in range(3)] == ["elu", "relu", "elu"]


# ---- the declaration

@pytest.mark.parametrize("cls", [FeedforwardSpec, FeedforwardView])
def test_every_field_says_what_it_is(cls: type[base.Spec]) -> None:
    labels = set()
    for name, info in cls.model_fields.items():
        control, (least, greatest) = cls.control(name), cls.bounds(name)
        assert control.label and control.group and control.help.endswith("."), name
        labels.add(control.label)
        if isinstance(info.default, (int, float)) and not isinstance(info.default, bool):
            assert least <= info.default <= greatest, name
        if control.choices:
            values = info.default if isinstance(info.default, tuple) else (info.default,)
            assert set(values) <= set(control.choices), name
    assert len(labels) == len(cls.model_fields)  # or a message could not name a field


def test_choices_are_exactly_what_validates() -> None:
    for name in FIELDS:
        choices = FeedforwardSpec.control(name).choices
        if not choices:
            continue
        for value in choices:
            wrapped = (value,) if isinstance(getattr(DEFAULT, name), tuple) else value
            DEFAULT.revised(**{name: wrapped}, **({"upload": HASH} if value == "upload" else {}),
                            **({"dataset": "plane"} if name == "loss" and value not in CLASS_LOSSES else {}))
        assert {str(v) for v in choices} == set(_literals(FeedforwardSpec.model_fields[name].annotation)), name


def _literals(kind: Any) -> Iterator[str]:
    from typing import Literal, get_args, get_origin

    if get_origin(kind) is Literal:
        yield from map(str, get_args(kind))
    else:
        for part in get_args(kind):
            yield from _literals(part)


# ---- the path

@pytest.mark.slow
@few
@given(specs(), specs(), st.integers(1, 2000))
def test_only_epochs_batches_dropout_and_batch_norm_decide_the_path(a: FeedforwardSpec, b: FeedforwardSpec, train: int) -> None:
    decides = {name: getattr(a, name) for name in ("epochs", "batch_size", "dropout", "batch_norm")}
    assert b.changed(**decides).compiled(train) == a.compiled(train) == a.compiled(train)


@pytest.mark.parametrize(("epochs", "batch_size", "train", "more", "path"), [
    (2000, 32, 320, {}, True), (1999, 32, 320, {}, False), (2000, 32, 319, {}, True), (2000, 32, 288, {}, False),
    (200, 1, 100, {}, True), (200, 1, 99, {}, False), (2000, 1, 2000, {"dropout": 0.1}, False),
    (2000, 1, 2000, {"batch_norm": True}, False), (2000, 1, 2000, {"l2": 0.1}, True)])
def test_compiling_pays_from_twenty_thousand_steps_on(epochs: int, batch_size: int, train: int, more: dict[str, Any],
                                                      path: bool) -> None:
    assert FeedforwardSpec(epochs=epochs, batch_size=batch_size, **more).compiled(train) is path


# ---- the address

@few
@given(specs())
def test_the_address_brings_the_spec_back(spec: FeedforwardSpec) -> None:
    query = spec.to_query()
    assert all(isinstance(text, str) for text in query.values())
    assert FeedforwardSpec.from_query(query) == (spec, [])
    assert FeedforwardSpec.from_query(dict(reversed(query.items()))) == (spec, [])
    assert set(query) == {name for name in FIELDS if getattr(spec, name) != getattr(DEFAULT, name)}


def test_the_default_has_an_empty_address() -> None:
    assert DEFAULT.to_query() == {} and FeedforwardSpec.from_query({}) == (DEFAULT, [])


def test_addresses_are_short_and_readable() -> None:
    spec = FeedforwardSpec(hidden=(8, 8), features=("x1", "sin x2"), learning_rate=1e-5, batch_norm=True)
    assert spec.to_query() == {"hidden": "8-8", "features": "x1-sin x2", "learning_rate": "1e-05", "batch_norm": "1"}
    assert FeedforwardSpec(hidden=()).to_query() == {"hidden": "none"}


def test_views_have_addresses_too() -> None:
    view = FeedforwardView(discretize=True)
    assert FeedforwardView.from_query(view.to_query()) == (view, [])
    assert FeedforwardView.from_query({"log_scale": "yes"})[0] == FeedforwardView()


BAD = [("learning_rate", text) for text in ("", "777", "-1", "0", "nan", "inf", "-inf", "1e999", "abc", "0,1", "0x1", "\0")]
BAD += [("points", text) for text in ("19", "2001", "20.5", "1e3x", "9" * 5000, "-40", "None", "[]")]
BAD += [("hidden", text) for text in ("", "-", "0", "65", "8-", "-8", "8--8", "8-8-8-8-8-8-8", "8,8", "(8, 8)", "8.5", "None")]
BAD += [("dataset", text) for text in ("", "mnist", "Circles", "circles ", "<script>", "é" * 500)]
BAD += [("activation", "Relu"), ("optimizer", "0"), ("loss", "nll"), ("schedule", "none"), ("initializer", "one")]
BAD += [("features", text) for text in ("", "none", "x3", "x1_x2", "x1-", "-x1")]
BAD += [("activations", "relu-"), ("activations", "bad"), ("batch_norm", "true"), ("batch_norm", "2"), ("batch_norm", ""),
        ("upload", "abc"), ("upload", HASH.upper()), ("upload", HASH + "0"), ("upload", "../../etc/passwd"), ("seed", "-1"),
        ("seed", "10000"), ("seed", "0.5"), ("dropout", "0.81"), ("l1", "1.01"), ("train_share", "1"), ("noise", "-0.1"),
        ("epochs", "0"), ("batch_size", "257"), ("epochs", "1_00"), ("epochs", " 100"), ("epochs", "１００"), ("hidden", "1_0"),
        ("learning_rate", "0.0_1"), ("hidden", "6-400"), ("hidden", "1-1-1-1-1-1-1")]


@pytest.mark.parametrize(("name", "text"), BAD, ids=lambda value: repr(value)[:30])
def test_a_bad_value_takes_its_default_and_is_named(name: str, text: str) -> None:
    spec, problems = FeedforwardSpec.from_query({name: text, "epochs" if name != "epochs" else "seed": "7"})
    assert spec == FeedforwardSpec(**{"epochs" if name != "epochs" else "seed": 7})
    assert len(problems) == 1 and problems[0].args["label"] == ["_", FeedforwardSpec.control(name).label]
    assert problems[0].args["text"] == text[:40]
    for said in spoken(problems[0]):
        assert text[:40] in said


def spoken(message: Message) -> list[str]:
    """The message in every language."""
    before = i18n.language()
    try:
        said = []
        for language in i18n.LANGUAGES:
            i18n.use(language)
            said.append(i18n.say(message))
        return said
    finally:
        i18n.use(before)


def test_a_message_says_what_would_be_right() -> None:
    def problem(**query: str) -> str:
        return spoken(FeedforwardSpec.from_query(query)[1][0])[0]

    assert "from 20 to 2000" in problem(points="7")
    assert "one of constant, step, cosine" in problem(schedule="linear")
    assert "“Learning rate” cannot be “fast”" in problem(learning_rate="fast")


def test_an_unknown_parameter_is_named_and_ignored() -> None:
    spec, problems = FeedforwardSpec.from_query({"learnig_rate": "1", "seed": "3", "x" * 99: ""})
    assert spec == FeedforwardSpec(seed=3)
    assert [p.args["name"] for p in problems] == ["learnig_rate", "x" * 40]
    assert all("learnig_rate" in said for said in spoken(problems[0]))


@pytest.mark.parametrize(("query", "given_up"), [
    ({"dataset": "plane", "loss": "hinge"}, 1), ({"loss": "hinge", "dataset": "plane"}, 1), ({"loss": "huber"}, 1),
    ({"dataset": "upload"}, 1), ({"upload": HASH}, 1), ({"dataset": "plane", "upload": HASH}, 1),
    ({"activations": "relu-relu-relu"}, 1), ({"hidden": "none", "activations": "relu"}, 1), ({"features": "x1-x1"}, 1),
    ({"features": "x1-x2-x1", "dataset": "plane", "loss": "crossentropy"}, 2),
    ({"dataset": "upload", "hidden": "8", "activations": "relu-tanh", "features": "x2-x2"}, 3),
    ({"dataset": "upload", "upload": HASH}, 0), ({"dataset": "plane", "loss": "huber"}, 0)], ids=str)
def test_of_values_that_do_not_fit_together_as_few_as_possible_go(query: dict[str, str], given_up: int) -> None:
    query = {**query, "seed": "5"}
    spec, problems = FeedforwardSpec.from_query(query)
    assert len(problems) == given_up
    lost = {p.args["label"][1] for p in problems}
    for name in query:
        value = getattr(spec, name)
        assert (value == getattr(DEFAULT, name)) == (FeedforwardSpec.control(name).label in lost), name
    for problem in problems:
        name = next(n for n in query if FeedforwardSpec.control(n).label == problem.args["label"][1])
        assert all(query[name] in said for said in spoken(problem))


VALUES = (st.text(max_size=30) | st.from_regex(r"-?[0-9]{1,4}(\.[0-9]{1,3})?", fullmatch=True)
          | st.sampled_from([text for _, text in BAD] + [*DEFAULT.choices_of("dataset"), "none", "0", "1", HASH])
          | st.lists(st.sampled_from(["relu", "same", "8", "64", "x1", "x2", "", "none"]), max_size=7).map("-".join))
QUERIES = st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=50), VALUES, max_size=8)


@settings(few, max_examples=150)
@given(QUERIES)
def test_no_address_raises_and_everything_not_taken_is_named(query: dict[str, str]) -> None:
    spec, problems = FeedforwardSpec.from_query(query)
    FeedforwardSpec.model_validate(spec.model_dump())
    unknown = [name for name in query if name not in FIELDS]
    assert sorted(name[:40] for name in unknown) == sorted(p.args["name"] for p in problems if "name" in p.args)
    named = [p.args["label"][1] for p in problems if "label" in p.args]
    assert len(named) == len(set(named))
    for name in FIELDS:
        if FeedforwardSpec.control(name).label in named:
            assert name in query and getattr(spec, name) == getattr(DEFAULT, name)
        elif name not in query:
            assert getattr(spec, name) == getattr(DEFAULT, name)
        elif name not in ("dataset", "loss", "upload", "activations", "hidden", "features"):  # these need others beside them
            assert getattr(spec, name) == getattr(FeedforwardSpec.from_query({name: query[name]})[0], name)
    for problem in problems:
        assert all(said.strip() for said in spoken(problem))


# ---- languages

class Swapped(gettext.NullTranslations):
    """A catalogue that knows two texts."""

    def gettext(self, message: str) -> str:
        return {"{label}: {text}": "{text}《{label}》", "Learning rate": "学习率"}.get(message, message)


def test_a_marked_argument_is_translated_and_others_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "catalogue", lambda language: Swapped() if language == "zh" else gettext.NullTranslations())
    message = Message("{label}: {text}", {"label": ["_", "Learning rate"], "text": "Learning rate"})
    assert spoken(message) == ["Learning rate: Learning rate", "Learning rate《学习率》"]


def test_braces_in_what_was_typed_are_harmless() -> None:
    problem = FeedforwardSpec.from_query({"dataset": "{0.__class__}{x}%s"})[1][0]
    assert all("{0.__class__}{x}%s" in said for said in spoken(problem))


@pytest.mark.parametrize("least", [0.0, 1e-5])
def test_a_logarithmic_slider_writes_its_values_in_full(least: float) -> None:
    texts = [controls.written(value) for value in controls.log_steps(least, 10.0, 0.01)]
    assert [float(text) for text in texts] == list(controls.log_steps(least, 10.0, 0.01))
    assert all(re.fullmatch(r"\d+(\.\d*[1-9])?", text) for text in texts)
