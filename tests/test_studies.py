"""What holds for every scene of every page that computes as it is moved, over random settings."""

import contextlib
import io
import json
import math
import re
import string

import numpy as np
import pytest

from core import i18n
from core.export.notebook import notebook
from core.export.program import program
from core.figures import studies
from core.figures.board import board_json
from core.figures.theme import resolve
from core.frame import Trouble
from core.i18n import say
from core.insight.exercises import challenges_of, questions_of
from core.ui.pages import headers
from tests.conftest import slow_but
from tests.studies import random_spec

ALL = [(name, scene.id) for name in studies.names() for scene in studies.study(name).scenes]
IDS = [f"{name}-{scene}" for name, scene in ALL]
# Scenes that train networks or many models for a picture: every day they are drawn and dragged, the rest is for `make test-slow`.
LONG = [("backpropagation", "network"), ("backpropagation", "update"), ("data_preparation", "capacity"), ("data_preparation", "folds"),
        ("data_preparation", "leak"), ("data_preparation", "mistakes"), ("data_preparation", "threshold"), ("optimizers", "map"),
        ("optimizers", "network"), ("optimizers", "race")]
quick = pytest.mark.parametrize("name, scene", slow_but(ALL, set(ALL) - set(LONG)), ids=IDS)
many = pytest.mark.parametrize("many", [1, pytest.param(6, marks=pytest.mark.slow)], ids=["few", "many"])  # random settings


def found(name, scene):
    study = studies.study(name)
    return study, next(s for s in study.scenes if s.id == scene)


def specs(name, scene, count):
    """The scene as it opens and random settings; with many of them its presets and trials, too."""
    study, scene = found(name, scene)
    start = study.spec(scene=scene.id)
    chosen = [start.revised(**values) for values in [*(p.values for p in scene.presets), *(t.values for t in scene.trials)]]
    return [start, *(chosen if count > 1 else []), *(random_spec(study, scene, np.random.default_rng(seed)) for seed in range(count))]


def drawn(scene, spec):
    """The picture; None for a setting that the scene refuses, in words."""
    try:
        return scene.draw(spec)
    except Trouble as trouble:
        assert say(trouble.message)
        return None


@quick
def test_a_scene_declares_what_there_is(name, scene):
    study, scene = found(name, scene)
    fields = set(study.spec.model_fields)
    assert {*scene.controls, *scene.more} <= fields and scene.id in study.spec.control("scene").choices
    assert study.spec.study == name and name in {h.name for h in headers()}
    for spec in specs(name, scene.id, 2):
        assert 0 < sum(scene.plays(spec, field) for field in scene.controls) <= 5
    for values in [*(p.values for p in scene.presets), *(t.values for t in scene.trials)]:
        spec = study.spec().revised(**values)
        assert spec.scene == scene.id and {k: getattr(spec, k) for k in values} == dict(values)
        again, wrong = study.spec.from_query(spec.to_query())
        assert again == spec and not wrong, wrong
        assert drawn(scene, spec) is not None, values


@quick
def test_every_control_that_is_shown_changes_what_is_on_screen(name, scene):
    """From how the scene opens. What is typed as text is left out: a random text is no formula."""
    study, scene = found(name, scene)
    start = study.spec(scene=scene.id)

    def screen(spec):
        picture = drawn(scene, spec)
        return picture and (json.dumps(board_json(picture)), [say(note) for note in picture.notes], picture.formulas)

    opens = screen(start)
    for field in (*scene.controls, *scene.more):
        if not scene.plays(start, field) or study.spec.model_fields[field].annotation is str:
            continue
        if study.spec.model_fields[field].annotation is bool:
            values = [not getattr(start, field)]
        else:
            values = [getattr(random_spec(study, scene, np.random.default_rng(seed)), field) for seed in range(12)]
        changed = (screen(start.revised(**{field: value})) != opens for value in values if value != getattr(start, field))
        assert any(changed), f"{field} changes nothing"


@many
@quick
def test_a_picture_is_whole_and_small(name, scene, many):
    import plotly.graph_objects as go

    _study, scene = found(name, scene)
    for spec in specs(name, scene.id, many):
        picture = drawn(scene, spec)
        if picture is None:
            continue
        told = board_json(picture)
        size = len(json.dumps(told, allow_nan=False))
        assert size < (400_000 if picture.film else 150_000), (spec, size)
        for template in picture.figures:
            assert template.title and template.alt and "{" not in template.title, template.title
            for mode in ("light", "dark"):
                figure = resolve(template.figure, mode)
                figure["layout"] = {k: v for k, v in figure["layout"].items() if k != "meta"}
                go.Figure(figure)
        for span in range(3):  # rows are twelve wide
            area = [t.span for t in picture.figures if t.area == ("main", "curves", "more")[span]]
            assert sum(area) % 12 == 0, area
        if picture.film:
            steps = len(picture.film.labels)
            assert 2 <= steps <= 400
            for track in picture.film.tracks:
                assert all(len(v) == steps for v in track.values.values()) and len(track.reveal) in (0, steps)
            assert all(len(titles) == steps for titles in picture.film.titles.values())


@many
@pytest.mark.parametrize("name, scene", ALL, ids=IDS)
def test_a_handle_stands_where_it_was_put(name, scene, many):
    """What a drag sends leads to a picture whose handle stands there; on a rail, at the place of its value."""
    study, scene = found(name, scene)
    rng = np.random.default_rng(7)
    for spec in specs(name, scene.id, many):
        picture = drawn(scene, spec)
        for handle in picture.handles if picture else ():
            assert all(field in study.spec.model_fields for field in handle.fields), handle.fields
            if handle.rail:
                value, *place = handle.rail[rng.integers(len(handle.rail))]
                values = {handle.fields[0]: value}
                assert [v for v, *_ in handle.rail] == sorted(v for v, *_ in handle.rail)
            else:
                limits = [(max(low, -5.0), min(high, 5.0)) for low, high in handle.bounds]
                place = [round(float(rng.uniform(*pair)), 2) for pair in limits]
                values = {f: p - o for f, p, o in zip(handle.fields, place, handle.offset, strict=True)}
            kind = study.spec.model_fields[handle.fields[0]].annotation
            values = {k: round(v) if kind is int else v for k, v in values.items()}
            moved = spec.revised(**values)  # the bounds of a handle are within those of its fields
            after = drawn(scene, moved)
            if after is None:
                continue
            again = next((h for h in after.handles if h.id == handle.id), None)
            assert again is not None, handle.id
            if kind is not int and not (handle.rail and handle.rail != again.rail):
                assert np.allclose(again.at, place, atol=1e-6 + 0.02 * np.ptp(place) * bool(handle.rail)), (handle, again.at, place)
            if again.rail:  # it stands on its own rail
                assert min(math.dist(again.at, p) for _v, *p in again.rail) < 0.5 * max(
                    1e-9, *(math.dist(a[1:], b[1:]) for a, b in zip(again.rail, again.rail[1:], strict=False))) + 1e-9
        for press in picture.presses if picture else ():
            for value, *_ in press.places:
                spec.revised(**{press.field: value})
        for paint in picture.paints if picture else ():
            after = drawn(scene, spec.revised(**{paint.field: paint.text([paint.brush] * len(paint.cells))}))
            again = next(p for p in after.paints if p.field == paint.field)
            assert set(again.cells) == {paint.brush} and (again.columns, again.at) == (paint.columns, paint.at)


@many
@quick
def test_its_program_prints_the_numbers_on_screen(name, scene, many):
    _study, scene = found(name, scene)
    for spec in specs(name, scene.id, many):
        picture = drawn(scene, spec)
        if picture is None:
            continue
        assert picture.numbers, "a picture names the numbers that its program prints"
        for language in i18n.LANGUAGES:
            i18n.use(language)
            text = program(spec)
            i18n.use("en")
        assert notebook(spec)
        names, printed = {"__name__": "__main__"}, io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(text, f"{name}.py", "exec"), names)  # noqa: S102 - our own program
        assert printed.getvalue().strip()
        for number, value in picture.numbers.items():
            np.testing.assert_allclose(np.asarray(names[number], dtype=complex), np.asarray(value, dtype=complex), rtol=1e-6, atol=2e-8,
                                       err_msg=f"{number} at {spec.to_query()}")


@many
@pytest.mark.parametrize("name, scene", ALL, ids=IDS)
def test_what_is_said_is_said_in_both_languages(name, scene, many):
    _study, scene = found(name, scene)
    for spec in specs(name, scene.id, many):
        if drawn(scene, spec) is None:
            continue
        for language in i18n.LANGUAGES:
            i18n.use(language)
            try:
                picture = scene.draw(spec)
                sentences = [say(note) for note in picture.notes]
                texts = [*sentences, *(t.title for t in picture.figures), *(t.alt for t in picture.figures)]
            finally:
                i18n.use("en")
            assert sentences and not [t for t in texts if re.search(r"\b(nan|inf)\b", t.lower())], texts
            assert not [t for t in texts if any(field for _, field, *_ in string.Formatter().parse(t) if field)], texts
            if language == "zh":
                assert all(any("一" <= sign <= "鿿" for sign in t) for t in sentences), sentences


@pytest.mark.parametrize("name", studies.names())
def test_its_challenges_are_to_be_won_and_not_won_by_chance(name):
    study = studies.study(name)
    assert challenges_of(name) and len(questions_of(name)) >= 2
    for challenge in challenges_of(name):
        assert challenge.state is not None and challenge.allows(challenge.reference) is None
        assert challenge.state(challenge.reference)[0]
        if challenge.start is not None:  # "Set it up" leads into the rules, and no further
            assert challenge.allows(challenge.start) is None and not challenge.state(challenge.start)[0]
            assert challenge.start.scene == challenge.reference.scene
        start = study.spec()
        assert challenge.allows(start) is not None or not challenge.state(start)[0], "the page opens with it solved"
        for scene in study.scenes:
            for preset in scene.presets:
                spec = start.revised(**preset.values)
                assert challenge.allows(spec) is not None or not challenge.state(spec)[0], f"{preset.name} solves it"


def test_there_are_studies():
    assert all(studies.study(name).scenes for name in studies.names())
