"""Data preparation and evaluation: every number on screen against scikit-learn, SciPy or counting by hand."""

import math
import re

import numpy as np
import pytest

from core.figures import studies
from core.figures.data_preparation import STUDY
from core.frame import Trouble
from core.insight.challenges import judge, verdict
from core.insight.exercises.data_preparation import CHALLENGES, QUESTIONS
from core.maths import capacity, evaluation, leaks, splits, suspects, tables
from core.specs.data_preparation import DataPreparationSpec as Spec


def drawn(**values):
    spec = Spec().revised(**values)
    return STUDY.scene(spec).draw(spec)


def part(picture, id):
    return next(t for t in picture.figures if t.id == id)


# ---- leaks

@pytest.mark.parametrize("seed", range(3))
def test_columns_are_chosen_as_scikit_learn_chooses_them(seed):
    from sklearn.feature_selection import SelectKBest

    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(60, 300)), rng.permutation(60) % 2
    keep = int(rng.integers(1, 40))
    assert leaks.best(x, y, keep).tolist() == np.flatnonzero(SelectKBest(k=keep).fit(x, y).get_support()).tolist()
    np.testing.assert_allclose(leaks.correlations(x, y), [np.corrcoef(c, y)[0, 1] for c in x.T])


def test_98_percent_on_noise_and_the_same_model_honestly():
    found = leaks.selection(5000, 50, 3)
    assert found.before == pytest.approx(0.98) and 0.4 <= found.after <= 0.6 and 0.47 <= found.fresh <= 0.53
    few = leaks.selection(10, 50, 3)  # nothing to choose from: no leak
    assert few.before == few.after


def test_the_first_picture_says_98_percent():
    picture = drawn()
    assert "0.98" in part(picture, "scores").title and picture.numbers["before"] == pytest.approx(0.98)
    why = part(picture, "why").figure["data"][-1]
    same = sum(a * b > 0 for a, b in zip(why["x"], why["y"], strict=True))
    assert len(why["x"]) == 50 and same > 40 and str(same) in part(picture, "why").title
    honest = part(drawn(when="after"), "why").figure["data"][-1]
    assert 12 < sum(a * b > 0 for a, b in zip(honest["x"], honest["y"], strict=True)) < 38


def test_two_mistakes_lift_the_score_and_one_does_not():
    for mistake, least in (("duplicates", 0.25), ("target", 0.35)):
        none, all_of_it = leaks.dosed(mistake, 0.0, 3), leaks.dosed(mistake, 1.0, 3)
        assert all_of_it.reported - none.reported > least and abs(all_of_it.fresh - 0.5) < 0.1
    assert abs(leaks.dosed("scaling", 1.0, 3).reported - leaks.dosed("scaling", 0.0, 3).reported) < 0.01


def test_a_twin_is_a_copy_in_the_training_part():
    from sklearn.model_selection import KFold

    rows = np.concatenate([np.arange(150), np.arange(90)])  # dose 0.6
    twins = sum(int(np.isin(rows[held], rows[train]).sum()) for train, held in KFold(5, shuffle=True, random_state=3).split(rows))
    assert part(drawn(scene="mistakes", dose=0.6), "why").title.startswith(f"{twins} of 240")


# ---- four teams

@pytest.mark.parametrize("hits, rows", [(0, 10), (7, 10), (55, 80), (200, 200)])
def test_the_interval_is_wilsons(hits, rows):
    from scipy.stats import binomtest

    found = binomtest(hits, rows).proportion_ci(0.95, method="wilson")
    np.testing.assert_allclose(suspects.wilson(hits, rows), (found.low, found.high), atol=1e-12)


@pytest.mark.parametrize("case", range(1, 7))
def test_evidence_is_against_the_leaking_team_alone(case):
    guilty = next(name for name, team in suspects.teams(case).items() if team.recipe == "selection")
    reports = [team.reported for team in suspects.teams(case).values()]
    assert min(reports) < suspects.teams(case)[guilty].reported < max(reports), "the report alone gives it away"
    for fresh in range(60, 201, 20):
        assert [team for team in suspects.TEAMS if suspects.evidence(case, team, fresh).apart] == [guilty]
    assert not any(suspects.evidence(case, team, fresh).apart for team in suspects.TEAMS for fresh in range(0, 25))


def test_the_challenges_are_won_by_evidence_only():
    leak, threshold = CHALLENGES
    right = leak.reference
    assert verdict(leak, right).passed and len(verdict(leak, right).sentences) == 2
    assert not verdict(leak, right.changed(fresh=10)).passed  # the right team, hardly any evidence
    assert not verdict(leak, right.changed(fresh=0)).passed
    assert not verdict(leak, right.changed(fresh=120)).passed  # too dear
    for team in "ABD":
        assert not verdict(leak, right.changed(suspect=team)).passed
    assert not verdict(leak, right.changed(scene="leak")).passed
    passing = [t / 100 for t in range(1, 100) if verdict(threshold, threshold.reference.changed(threshold=t / 100)).passed]
    assert 0.18 in passing and 2 <= len(passing) <= 12 and 0.5 not in passing and 0.15 not in passing
    assert not verdict(threshold, threshold.reference.changed(inputs="all")).passed


def test_the_questions_explain_every_wrong_answer():
    choice, number = QUESTIONS
    assert [judge(choice, i).correct for i in range(4)] == [False, True, False, False]
    assert judge(number, "0.6").correct and judge(number, "0.6").message != judge(number, "0.75").message
    said = {judge(number, text).message.id for text in ("0.75", "0.85", "60", "0.4", "0.15", "0.667", "0.3")}
    assert len(said) == 7


# ---- cleaning, encoding, scaling

def test_spoiled_cells_are_those_that_are_said_to_be():
    dirty = tables.spoiled(0.2, 10, 6, 1)
    assert dirty.slipped[~dirty.copy].sum() == 10 and dirty.copy.sum() == 6 and np.isnan(dirty.x[dirty.missing]).all()
    assert abs(dirty.missing[~dirty.copy].mean() - 0.2) < 0.03
    np.testing.assert_allclose(dirty.x[dirty.slipped], 10 * dirty.truth[dirty.slipped])
    whole = ~dirty.missing & ~dirty.slipped
    assert (dirty.x[whole] == dirty.truth[whole]).all()
    more = tables.spoiled(0.3, 10, 6, 1)
    assert (more.missing | ~dirty.missing).all(), "a higher share only adds gaps"


@pytest.mark.parametrize("fill", ["mean", "median"])
def test_gaps_are_filled_as_scikit_learn_fills_them(fill):
    from sklearn.impute import SimpleImputer

    dirty = tables.spoiled(0.15, 5, 4, 2)
    done = tables.cleaned(dirty, fill=fill, fence=False, deduplicate=False)
    np.testing.assert_allclose(done.x, SimpleImputer(strategy=fill).fit_transform(dirty.x))


def test_duplicates_and_outliers_go_and_dropping_leaves_few():
    dirty = tables.spoiled(0.1, 12, 8, 3)
    done = tables.cleaned(dirty, fill="neighbours", fence=True, deduplicate=True)
    assert len(done.x) == 118 and not np.isnan(done.x).any()
    low, high = tables.fences(dirty.x[~dirty.copy])
    np.testing.assert_allclose(low, [np.percentile(c[~np.isnan(c)], 25) - 3 * np.subtract(*np.percentile(c[~np.isnan(c)], [75, 25]))
                                     for c in dirty.x[~dirty.copy].T])
    dropped = tables.cleaned(dirty, fill="drop", fence=False, deduplicate=False)
    assert len(dropped.x) == (~np.isnan(dirty.x).any(axis=1)).sum() < 50


@pytest.mark.parametrize("scaler", ["none", "standard", "minmax", "robust"])
def test_nearest_neighbours_are_scikit_learns(scaler):
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline

    x, y, x_test, y_test = tables.wine_split()
    for k in (1, 5, 8):
        model = make_pipeline(tables.scaler_of(scaler), KNeighborsClassifier(k)).fit(x[:, :k + 1], y)
        assert tables.judged(x[:, :k + 1], y, x_test[:, :k + 1], y_test, scaler=scaler, neighbours=k) == pytest.approx(
            model.score(x_test[:, :k + 1], y_test))


def test_a_table_with_too_few_whole_rows_is_refused_in_words():
    with pytest.raises(Trouble, match="Only"):
        drawn(scene="clean", missing=0.4, fill="drop")


def test_a_line_through_codes_and_one_hot():
    from sklearn.linear_model import LinearRegression

    rng = np.random.default_rng(0)
    for column in ("alcohol", "proline"):
        codes = tuple(rng.uniform(0, 3, 3).round(2).tolist())
        x, y, means, by_line, one_hot = splits.coded(codes, column)
        assert by_line == pytest.approx(LinearRegression().fit(x[:, None], y).score(x[:, None], y))
        eye = np.eye(3)[tables.table("wine").y]
        assert one_hot == pytest.approx(LinearRegression(fit_intercept=False).fit(eye, y).score(eye, y)) and by_line <= one_hot + 1e-12
        np.testing.assert_allclose(means, [y[eye[:, k] == 1].mean() for k in range(3)])
    assert splits.coded((1.0, 1.0, 1.0), "alcohol")[3] == pytest.approx(0)


def test_an_outlier_presses_minmax_flat_and_leaves_robust_alone():
    calm, far = drawn(scene="scale", scaler="minmax", outlier=1500.0), drawn(scene="scale", scaler="minmax", outlier=6000.0)
    assert far.numbers["score"] < calm.numbers["score"] and far.numbers["low"] == 0 and math.isclose(far.numbers["high"], 1)
    robust = [drawn(scene="scale", scaler="robust", outlier=v).numbers["score"] for v in (1500.0, 6000.0)]
    assert robust[0] == robust[1] == calm.numbers["score"] > far.numbers["score"] + 0.05


# ---- splitting and judging

def test_random_test_sets_are_hypergeometric():
    from scipy.stats import hypergeom

    np.testing.assert_allclose(splits.chances(10, 20), hypergeom(100, 10, 20).pmf(range(11)))
    counts = [splits.shares(60, 20, 10, seed, stratified=False) for seed in range(200)]
    mean = np.mean([y[sets == 2].sum() for y, sets in counts])
    assert abs(mean - 2) < 0.3
    for seed in range(5):
        y, sets = splits.shares(60, 20, 10, seed, stratified=True)
        assert [int(y[sets == k].sum()) for k in range(3)] == [6, 2, 2] and np.bincount(sets).tolist() == [60, 20, 20]


def test_a_split_at_random_flatters_a_series():
    random, time = (drawn(scene="split", kind=kind, train=80, validation=10) for kind in ("weeks", "time"))
    assert time.numbers["error"] > 5 * random.numbers["error"]
    _dates, close = splits.stock("AAPL")
    held = splits.split_weeks(len(close), 21, 3, by_time=True)
    assert held[-21:].all() and held.sum() == 21
    np.testing.assert_allclose(splits.neighbours_in_time(close, held), (close[-22] + close[-23]) / 2)


def test_the_stock_is_plotlys_own():
    import plotly.data

    dates, close = splits.stock("AAPL")
    frame = plotly.data.stocks()
    assert dates == frame["date"].astype(str).str[:10].tolist()
    np.testing.assert_allclose(close, frame["AAPL"])


def test_shares_leave_something_for_the_test_set():
    assert Spec().revised(train=80, validation=40).validation == 15 and Spec(train=80, validation=15).revised(validation=40).train == 55
    with pytest.raises(ValueError):
        Spec(train=80, validation=40)


def test_folds_hold_every_row_out_once_and_spread_less():
    found = evaluation.folded(100, 5, 3)
    assert np.bincount(found.assigned).tolist() == [20] * 5 and found.scores.shape == (24, 5)
    assert found.folded.std() < found.single.std() / 2
    film = drawn(scene="folds").film
    assert len(film.labels) == 5 and film.tracks[0].values["z"][0][1][0] is None and film.tracks[0].values["z"][-1][-1][0] is not None


def test_the_confusion_matrix_and_what_follows_from_it():
    from sklearn import metrics

    rng = np.random.default_rng(4)
    for inputs in ("weak", "all"):
        p, y = evaluation.tumour_scores(inputs)
        for threshold in (0.5, *rng.uniform(0.02, 0.95, 4)):
            found, said = evaluation.counts(p, y, threshold), p >= threshold
            assert [[found.tn, found.fp], [found.fn, found.tp]] == metrics.confusion_matrix(y, said).tolist()
            assert found.f1 == pytest.approx(metrics.f1_score(y, said))
            assert found.precision == pytest.approx(metrics.precision_score(y, said))
            assert found.accuracy == pytest.approx(metrics.accuracy_score(y, said))
        from sklearn.calibration import calibration_curve

        share, mean = calibration_curve(y, p, n_bins=10)
        np.testing.assert_allclose(evaluation.curves(inputs).calibration[:2], (mean, share))
    nobody = evaluation.counts(np.array([0.1, 0.2]), np.array([0, 1]), 0.5)
    assert math.isnan(nobody.precision) and nobody.recall == 0 and nobody.f1 == 0


def test_the_threshold_scene_shows_these_counts():
    picture = drawn(scene="threshold", threshold=0.3)
    found = evaluation.counts(*evaluation.tumour_scores("weak"), 0.3)
    cells = [int(re.search(r"<b>(\d+)</b>", cell)[1]) for row in part(picture, "matrix").figure["data"][0]["text"] for cell in row]
    assert cells == [found.tp, found.fn, found.fp, found.tn] and sum(cells) == 285
    up, down = part(picture, "scores").figure["data"][:2]
    assert sum(up["y"]) == 106 and sum(down["y"]) == -179
    assert part(picture, "roc").figure["data"][-1]["y"] == [found.recall]


def test_r_squared_and_the_line_of_least_squares():
    from scipy.stats import linregress
    from sklearn.metrics import r2_score

    rng = np.random.default_rng(5)
    x, y, other = rng.normal(size=(3, 40))
    fit = linregress(x, y)
    np.testing.assert_allclose(evaluation.line(x, y), (fit.intercept, fit.slope))
    assert evaluation.r_squared(y, other) == pytest.approx(r2_score(y, other))
    assert drawn(scene="residuals", line_left=300.0, line_right=20.0).numbers["r2"] < -0.5
    near = drawn(scene="residuals", line_left=50.0, line_right=330.0)
    assert near.numbers["best"] - near.numbers["r2"] < 0.01
    assert near.handles[0].at == (16.0, 50.0) and near.handles[1].at == (44.0, 330.0)


# ---- bias and variance

@pytest.mark.parametrize("degree", [0, 1, 3, 9])
def test_sixty_samples_show_what_infinitely_many_would(degree):
    found = capacity.fits(degree, 20, 0.4, 3)
    bias, variance = capacity.expected(degree, 20, 0.4)
    assert found.bias == pytest.approx(bias, abs=0.01) and found.variance == pytest.approx(variance, rel=0.35)
    for sample in range(3):
        weights = np.polynomial.legendre.legfit(found.x, found.y[sample], degree)
        np.testing.assert_allclose(found.curves[sample], np.polynomial.legendre.legval(capacity.GRID, weights), atol=1e-8)


def test_errors_by_degree_and_by_points():
    found = [capacity.fits(d, 20, 0.4, 3) for d in range(16)]
    training = [f.training for f in found]
    assert training == sorted(training, reverse=True)
    best = int(np.argmin([f.fresh for f in found]))
    assert best == 3 and f"degree {best}" in part(drawn(scene="capacity"), "trade").title
    assert capacity.fits(14, 80, 0.4, 3).variance < capacity.fits(14, 20, 0.4, 3).variance / 3  # data cure variance
    assert capacity.fits(1, 80, 0.4, 3).bias > 0.9 * capacity.fits(1, 20, 0.4, 3).bias  # and not bias
    with pytest.raises(ValueError):
        capacity.fits(5, 5, 0.1, 0)
    assert capacity.sizes(14)[0] >= 16 and capacity.sizes(0)[0] == 4


def test_the_page_is_found_and_opens_with_the_leak():
    assert "data_preparation" in studies.names() and STUDY.scenes[0].id == Spec().scene == "leak"
    assert [scene.id for scene in STUDY.scenes] == list(Spec.control("scene").choices)


def test_no_slider_is_without_effect_on_weeks():
    spec = Spec(scene="split", kind="weeks")
    scene = STUDY.scene(spec)
    for field, value in (("validation", 10), ("rare", 20), ("seed", 9), ("train", 70)):
        moved = scene.draw(spec.revised(**{field: value})).numbers != scene.draw(spec).numbers
        assert moved == scene.plays(spec, field), field


def test_at_dose_0_no_mistake_is_claimed():
    for mistake in ("duplicates", "target", "scaling"):
        assert drawn(scene="mistakes", mistake=mistake, dose=0.0).notes[0].id.startswith("No mistake yet")


def test_with_ten_columns_both_scores_are_near_one_half():
    trial = next(t for t in STUDY.scenes[0].trials if t.values.get("columns") == 10)
    found = drawn(**trial.values).numbers
    assert all(abs(found[name] - 0.5) < 0.1 for name in ("before", "after"))


def test_the_formula_reports_what_the_title_does():
    for when in ("before", "after"):
        picture = drawn(scene="leak", when=when)
        score = picture.figures[0].title.split()[1].strip(",")
        assert picture.formulas[0][1].endswith(f"= {score}")


# ---- sentences hold at every setting

@pytest.mark.slow
def test_what_is_said_of_a_degree_is_true():
    rng = np.random.default_rng(11)
    settings = [(2, 20, 1.0, 3), (15, 17, 0.4, 3), *((int(rng.integers(16)), int(rng.integers(17, 81)), float(rng.integers(21)) / 20,
                                                       int(rng.integers(100))) for _ in range(500))]
    seen = set()
    for degree, points, noise, seed in settings:
        found = [capacity.fits(d, points, noise, seed) for d in range(16)]
        left = [f.bias + f.variance for f in found]
        best, mine = int(np.argmin(left)), found[degree]
        note = verdict_of(Spec(scene="capacity", degree=degree, points=points, noise=noise, seed=seed), mine, found[best], best)
        kind = note.id[:14]
        seen.add(kind)
        where = (degree, points, noise, seed, note.id)
        if note.id.startswith("A good"):
            assert left[degree] <= 1.25 * min(left) + 0.003, where
        elif note.id.startswith(("Underfitting", "Too stiff")):
            assert left[degree] > 1.25 * left[best] and best > degree, where
            if note.id.startswith("Underfitting"):
                assert sum(capacity.expected(degree, 200, noise)) > 0.5 * left[degree], where  # more points hardly help
        else:
            assert best < degree and left[best] < left[degree], where
            assert capacity.expected(degree, 4 * points, noise)[1] < capacity.expected(degree, points, noise)[1], where
            assert mine.training < mine.fresh and mine.variance > mine.bias, where
            assert ("nearly right" in note.id) == (mine.bias <= 2 * found[best].bias + 0.02), where
    assert len(seen) >= 4


def verdict_of(spec, *found):
    from core.figures.data_preparation.capacity import _verdict

    return _verdict(spec, *found)


def test_rows_and_rounds_of_folds_are_counted_as_they_are():
    from sklearn.model_selection import StratifiedKFold, train_test_split

    for rows, k, seed in ((100, 3, 3), (100, 5, 3), (47, 10, 8)):
        picture = drawn(scene="folds", rows=rows, folds=k, seed=seed)
        cancer = tables.table("breast_cancer")
        _x, _rest, y, _y = train_test_split(cancer.x, cancer.y, train_size=rows, stratify=cancer.y, random_state=seed)
        held = [len(h) for _t, h in StratifiedKFold(k, shuffle=True, random_state=0).split(np.zeros(rows), y)]
        assert picture.notes[0].args["held"] == held[0]
        heat = part(picture, "scheme").figure["data"][0]
        assert heat["x"] == list(range(1, min(rows, 60) + 1)) and heat["y"] == list(range(1, k + 1))
        found = evaluation.folded(rows, k, seed)
        assert f"{np.ptp(found.single) / np.ptp(found.folded):.1f} times as wide" in part(picture, "spread").title


def test_so_few_rare_rows_that_they_cannot_be_stratified_are_told_of():
    with pytest.raises(Trouble, match="too few"):
        drawn(scene="split", kind="stratified", train=75, validation=5, rare=4)


def test_a_test_set_without_a_rare_row_is_never_called_fair():
    for seed in range(40):
        picture = drawn(scene="split", rare=4, seed=seed)
        assert ("Not one" in picture.notes[0].id) == (picture.numbers["test"] == 0)


def test_a_measurement_that_says_something_is_never_said_to_say_nothing():
    for right in range(0, 351, 7):
        picture = drawn(scene="residuals", measure="s5", line_left=68.0, line_right=float(right))
        assert "next to nothing" not in picture.notes[0].id


@pytest.mark.slow
def test_shuffled_labels_scatter_as_is_said():
    scores = [leaks.dosed("duplicates", 0.0, seed).reported for seed in range(30)]
    assert abs(np.mean(scores) - 0.5) < 0.03 and 0.07 < 2 * np.std(scores) < 0.14  # one half, 0.1 either way
    after = [leaks.selection(300, 20, seed).after for seed in range(30)]
    assert abs(np.mean(after) - 0.5) < 0.05 and np.quantile(after, 0.05) > 0.3 and np.quantile(after, 0.95) < 0.7


def test_per_cent_is_written_one_way():
    import importlib.util
    from pathlib import Path

    root = Path(__file__).resolve().parent.parent
    spec = importlib.util.spec_from_file_location("update", root / "locale" / "update.py")  # a folder named as a standard module is
    update = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(update)
    apart = re.compile(r"[0-9}] %(?!{)")
    assert not [text for text in update.texts() if apart.search(text)]
    assert not apart.search((root / "core" / "glossary.json").read_text("utf-8"))
    chinese = (root / "locale" / "zh_CN" / "LC_MESSAGES" / "messages.po").read_text("utf-8")
    assert not [line for line in chinese.splitlines() if apart.search(line)]


def test_what_the_trial_of_a_high_threshold_says_is_so():
    scene = next(one for one in STUDY.scenes if one.id == "threshold")
    trial = next(one for one in scene.trials if one.values.get("threshold") == 0.9)
    p, y = evaluation.tumour_scores(Spec(**trial.values).inputs)
    said, answer = trial.look, p >= 0.9
    assert f"{((answer == 1) & (y == 0)).sum()} false alarms" in said and f"{((answer == 0) & (y == 1)).sum()} of {(y == 1).sum()}" in said
    assert abs((answer == y).mean() - 2 / 3) < 0.02 and "Two answers out of three" in said


def test_one_slipped_number_is_one():
    found = {}
    for seed in range(4):
        for slips in (1, 2):
            spec = Spec(scene="clean", slips=slips, missing=0.0, copies=0, fence=False, seed=seed)
            dirty = tables.spoiled(0, slips, 0, seed)
            found[int(dirty.slipped.sum())] = [note for note in drawn(**spec.model_dump()).notes if "slipped" in note.id]
    assert found.get(1), found.keys()
    for count, notes in found.items():
        assert all(note.id.startswith("One slipped") == (count == 1) for note in notes)
