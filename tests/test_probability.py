"""Probability against SciPy and NumPy: distributions, Bayes' rule, two normal variables, information, and what the figures show of them."""

import math
import re

import numpy as np
import pytest
from pydantic import ValidationError
from scipy import special, stats
from scipy.spatial.distance import jensenshannon

from core import i18n
from core.figures.probability import STUDY, bayes, central_limit, common, information, joint, large_numbers, variables
from core.frame import Trouble
from core.i18n import say
from core.insight.challenges import verdict
from core.insight.exercises.probability import CHALLENGES, QUESTIONS
from core.maths import bayes as rules
from core.maths import distributions as d
from core.maths import gaussians as g
from core.maths import information as info
from core.specs.probability import DISTRIBUTIONS, ProbabilitySpec

HALF = CHALLENGES[0]
LAWS = [  # ours, SciPy's
    (d.bernoulli(0.3), stats.bernoulli(0.3)), (d.die(), stats.randint(1, 7)), (d.binomial(10, 0.3), stats.binom(10, 0.3)),
    (d.binomial(40, 0.99), stats.binom(40, 0.99)), (d.poisson(0.5), stats.poisson(0.5)), (d.poisson(16.0), stats.poisson(16)),
    (d.uniform(-1.0, 0.5), stats.uniform(-1, 1.5)), (d.normal(-1.5, 0.3), stats.norm(-1.5, 0.3)),
    (d.exponential(3.0), stats.expon(scale=1 / 3)), (d.beta(2.0, 5.0), stats.beta(2, 5)), (d.beta(0.5, 0.5), stats.beta(0.5, 0.5)),
    (d.cauchy(), stats.cauchy())]


def of(scene, **values):
    return ProbabilitySpec(scene=scene, **values)


def drawn(spec):
    return STUDY.scene(spec).draw(spec)


def shown(picture, id):
    return next(t for t in picture.figures if t.id == id)


def traces(picture, id):
    return shown(picture, id).figure["data"]


# ---- distributions

@pytest.mark.parametrize("ours, scipys", LAWS, ids=lambda law: getattr(law, "call", None))
def test_a_law_is_scipy_s(ours, scipys):
    low, high = ours.span
    x = np.arange(low - 2, high + 3).astype(float) if ours.discrete else np.linspace(low - 1, high + 1, 301)[1:-1] + 1e-4
    np.testing.assert_allclose(ours.mass(x), scipys.pmf(x) if ours.discrete else scipys.pdf(x), rtol=1e-9, atol=1e-13)
    between = np.concatenate([x, x + 0.5])
    np.testing.assert_allclose(ours.cumulative(between), scipys.cdf(between), rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose([ours.expectation, ours.variance], [scipys.mean(), scipys.var()], rtol=1e-12)


@pytest.mark.parametrize("name", DISTRIBUTIONS)
@pytest.mark.parametrize("seed", range(3))
def test_its_name_in_a_program_is_the_law_and_its_sampler_draws_from_it(name, seed):
    rng = np.random.default_rng(seed)
    bounds = {f: ProbabilitySpec.bounds(f) for f in common.PARAMETERS[name]}
    values = {f: int(rng.integers(low, high + 1)) if f == "tries" else float(rng.uniform(low, high)) for f, (low, high) in bounds.items()}
    law = common.of(of("variables", distribution=name, **values))
    scipys = eval(law.law, {"stats": stats})  # noqa: S307 - our own text
    sample = eval(law.call.format(n=4000), {"rng": np.random.default_rng(5)})  # noqa: S307
    np.testing.assert_array_equal(sample, law.sample(np.random.default_rng(5), 4000))
    if law.discrete:
        seen = np.unique(sample)
        np.testing.assert_allclose(law.mass(seen), scipys.pmf(seen), rtol=1e-8)
        shares = np.array([np.mean(sample == k) for k in seen])
        assert np.abs(shares - scipys.pmf(seen)).max() < 5 * math.sqrt(0.25 / 4000)
    else:
        assert stats.kstest(sample, scipys.cdf).pvalue > 1e-4
    np.testing.assert_allclose([law.expectation, law.variance], [scipys.mean(), scipys.var()], rtol=1e-8)


@pytest.mark.parametrize("seed", range(5))
def test_running_means_and_variances_are_numpy_s(seed):
    x = np.random.default_rng(seed).normal(1e6 * seed, 0.5, (3, 40))
    mean, variance = d.running(x)
    for n in (2, 3, 17, 40):
        np.testing.assert_allclose(mean[:, n - 1], x[:, :n].mean(axis=1), rtol=1e-12)
        np.testing.assert_allclose(variance[:, n - 1], x[:, :n].var(axis=1, ddof=1), rtol=1e-7)
    assert np.isnan(variance[:, 0]).all()


@pytest.mark.parametrize("seed", range(5))
def test_the_largest_gap_is_kolmogorov_s(seed):
    rng = np.random.default_rng(seed)
    sample = np.round(rng.normal(size=300), seed % 3)  # with ties
    assert d.farthest(sample) == pytest.approx(stats.kstest(sample, "norm").statistic, rel=1e-9)
    z = np.linspace(-9, 9, 181)
    np.testing.assert_allclose(d.below(z), special.ndtr(z), rtol=1e-9, atol=1e-15)


# ---- a test and the sick

@pytest.mark.parametrize("seed", range(6))
def test_bayes_rule_is_what_counting_says(seed):
    rng = np.random.default_rng(seed)
    p, sensitivity, specificity = rng.uniform(0.05, 0.9, 3)
    sick = rng.random(400_000) < p
    positive = rng.random(sick.size) < np.where(sick, sensitivity, 1 - specificity)
    table = rules.joint(p, sensitivity, specificity)
    counted = [[np.mean(sick & positive), np.mean(sick & ~positive)], [np.mean(~sick & positive), np.mean(~sick & ~positive)]]
    np.testing.assert_allclose(table, counted, atol=0.004)
    assert rules.after_positive(p, sensitivity, specificity) == pytest.approx(sick[positive].mean(), abs=0.01)
    assert rules.after_negative(p, sensitivity, specificity) == pytest.approx(sick[~positive].mean(), abs=0.01)
    assert table.sum() == pytest.approx(1)


def test_the_edges_of_bayes_rule():
    assert math.isnan(rules.after_positive(0.1, 0.0, 1.0)) and math.isnan(rules.after_negative(0.1, 1.0, 0.0))
    np.testing.assert_allclose(rules.after_positive(np.array([0.0, 0.01, 1.0]), 0.99, 0.99), [0, 0.5, 1])
    for sensitivity, specificity in ((0.99, 0.99), (0.8, 0.95)):
        assert rules.after_positive(rules.half_wrong(sensitivity, specificity), sensitivity, specificity) == pytest.approx(0.5)
    with pytest.raises(ValueError, match="never positive"):
        rules.half_wrong(0.0, 1.0)


@pytest.mark.parametrize("seed", range(20))
def test_people_are_whole_and_none_is_lost(seed):
    shares = np.random.default_rng(seed).dirichlet([0.1, 1, 1, 5])
    heads = rules.heads(shares, 1000)
    assert heads.sum() == 1000 and (np.abs(heads - 1000 * shares) < 1).all()


def test_the_dots_are_the_people_and_the_areas_the_shares():
    spec = of("bayes", prevalence=0.02, sensitivity=0.9, specificity=0.95)
    picture = drawn(spec)
    table = rules.joint(0.02, 0.9, 0.95)
    counts = [len(trace["x"]) for trace in traces(picture, "people")[::2]]
    assert counts == [2, 18, 49, 931]  # sick and negative, sick and positive, healthy and positive, healthy and negative
    places = [(x, y) for trace in traces(picture, "people")[::2] for x, y in zip(trace["x"], trace["y"], strict=True)]
    assert len(set(places)) == 1000
    areas = [(s["x1"] - s["x0"]) * (s["y1"] - s["y0"]) for s in shown(picture, "areas").figure["layout"]["shapes"]]
    np.testing.assert_allclose(areas, [table[0, 1], table[1, 1], table[0, 0], table[1, 0]], rtol=1e-9)
    found = 0.018 / (0.018 + 0.049)
    assert picture.numbers["after_positive"] == pytest.approx(found) and bayes.per_cent(found) in shown(picture, "worth").title
    handle = next(h for h in picture.handles if h.id == "worth")
    assert handle.at == pytest.approx((math.log10(0.02), found))


def test_a_test_that_says_nothing_or_the_contrary_is_said_to():
    said = lambda **values: drawn(of("bayes", **values)).notes[0].id  # noqa: E731
    assert "never says" in said(sensitivity=0.0, specificity=1.0)
    assert "knows nothing" in said(sensitivity=0.3, specificity=0.7)
    assert "good news" in said(sensitivity=0.3, specificity=0.5)
    assert "Half of" in said(prevalence=0.01) and "Most" in said(prevalence=0.003) and "lifts" in said()
    assert bayes.per_cent(0.99996) != "100%" and bayes.per_cent(1.0) == "100%" and bayes.per_cent(0.0917) == "9.17%"


@pytest.mark.parametrize("prevalence, sensitivity, specificity", [(0.001, 0.01, 1.0), (0.001, 0.2, 1.0), (0.001, 0.1, 0.9999),
                                                                  (0.001, 0.1, 0.9998)])
def test_positives_that_no_dot_stands_for_are_not_counted(prevalence, sensitivity, specificity):
    picture = drawn(of("bayes", prevalence=prevalence, sensitivity=sensitivity, specificity=specificity))
    said = say(picture.notes[0])
    share = prevalence * sensitivity + (1 - prevalence) * (1 - specificity)
    people = float(re.search(r"one person in ([\d,]+)\.", said)[1].replace(",", ""))
    assert people == pytest.approx(1 / share, rel=0.05) and "none" in said
    assert shown(picture, "people").title == "Among 1,000 people, hardly ever a positive"


@pytest.mark.parametrize("off, odds", [(2.1, 30), (2.5, 80), (3.0, 400), (4.0, 20_000), (6.0, None), (60.0, None)])
def test_a_large_miss_is_as_rare_as_it_is(off, odds):
    spec = of("variables", distribution="normal", mean=0.0, deviation=1.0, size=100)
    x = np.random.default_rng(0).normal(size=100)
    said = say(variables.notes(spec, x - x.mean() + off / 10)[0])
    if odds is None:
        assert "not one sample in a million" in said and 2 * stats.norm.sf(off) < 1e-6
    else:
        assert f"one sample in {odds:,} misses" in said and 1 / (2 * stats.norm.sf(off)) == pytest.approx(odds, rel=0.25)


# ---- samples

@pytest.mark.parametrize("name", ["die", "poisson", "normal", "beta"])
def test_the_bars_and_stairs_of_every_step_are_those_of_the_first_n_draws(name):
    spec = of("variables", distribution=name, size=1000)
    picture, law = drawn(spec), common.of(spec)
    x = law.sample(np.random.default_rng(spec.seed), 1000)
    steps = common.counts(1000)
    bars, stairs = picture.film.tracks[0].values["y"], picture.film.tracks[1].values["y"]
    middles, grid = np.array(traces(picture, "law")[0]["x"]), np.array(traces(picture, "cumulative")[0]["x"])
    wide = 1.0 if law.discrete else common.BIN[name]
    for k in (0, 7, len(steps) - 1):
        part = x[:steps[k]]
        edges = np.append(middles - wide / 2, middles[-1] + wide / 2)
        np.testing.assert_allclose(bars[k], np.histogram(part, edges)[0] / len(part) / wide, atol=6e-5)
        np.testing.assert_allclose(stairs[k], stats.ecdf(part).cdf.evaluate(grid + 1e-9), atol=2e-3 if not law.discrete else 6e-5)
    assert picture.numbers["sample_variance"] == pytest.approx(np.var(x, ddof=1))
    assert traces(picture, "moments")[0]["y"][-1] == pytest.approx(x.mean(), rel=1e-4)
    assert steps[0] == 1 and steps[-1] == 1000


def test_means_come_together_like_one_over_the_root_of_n():
    for name in ("coin", "exponential", "uniform"):
        spec = of("large_numbers", distribution=name, size=10000)
        steps, found = large_numbers.means(common.key(spec), 10000, spec.seed)
        law = common.of(spec)
        typical = np.sqrt(np.mean((found - law.expectation) ** 2, axis=0)) * np.sqrt(steps) / law.deviation
        assert typical.min() > 0.6 and typical.max() < 1.5
        assert drawn(spec).numbers["near"] == np.mean(np.abs(found[:, -1] - law.expectation) <= 0.2 * law.deviation)
    spec = of("large_numbers", distribution="cauchy", size=10000)
    assert drawn(spec).numbers["typical"] > 0.4  # the median of a single draw is 1
    assert "no law of large numbers" in drawn(spec).notes[0].id


@pytest.mark.parametrize("name", ["die", "bernoulli", "exponential", "beta"])
def test_means_become_the_bell_and_the_bars_hold_all_of_them(name):
    spec = of("central_limit", distribution=name, together=100)
    picture = drawn(spec)
    z = central_limit.standardized(common.key(spec), spec.seed, 100)
    assert abs(z.mean()) < 0.1 and abs(z.std() - 1) < 0.06
    assert picture.numbers["distance"] == pytest.approx(stats.kstest(z, "norm").statistic, rel=1e-9) and picture.numbers["distance"] < 0.08
    assert picture.numbers["distance"] < central_limit.step(common.key(spec), spec.seed, 1)[1] / 2
    for x, y, width in zip(*(picture.film.tracks[0].values[part] for part in ("x", "y", "width")), strict=True):
        assert len(x) == len(y) == len(width)
        wide = x[1] - x[0]
        assert 0.97 < np.sum(y) * wide < 1.01  # all but the few outside of the figure


def test_two_dice_are_a_triangle():
    spec = of("central_limit", distribution="die", together=2)
    x, y, _width = central_limit.step(common.key(spec), spec.seed, 2)[0]
    sums = 7 + np.array(x) * math.sqrt(35 / 6)
    inside = (sums > 1.5) & (sums < 12.5)
    np.testing.assert_allclose(sums[inside], np.arange(2, 13), atol=0.01)
    shares = np.array(y)[inside] / math.sqrt(35 / 6)
    np.testing.assert_allclose(shares, (6 - np.abs(np.arange(2, 13) - 7)) / 36, atol=0.03)


# ---- two variables

@pytest.mark.parametrize("seed", range(8))
def test_the_ellipse_s_axes_are_eigenvectors_and_the_conditional_is_scipy_s(seed):
    rng = np.random.default_rng(seed)
    spec = of("joint", axis_x=round(rng.uniform(-2.5, 2.5), 2), axis_y=round(rng.uniform(-2.5, 2.5), 2),
              across=round(rng.uniform(0.1, 2.5), 2), given=round(rng.uniform(-3, 3), 2))
    sigma, v, length, w = joint.shape(spec)
    np.testing.assert_allclose(sigma @ v, length**2 * v, atol=1e-12)
    np.testing.assert_allclose(sigma @ w, spec.across**2 * w, atol=1e-12)
    law = stats.multivariate_normal([0, 0], sigma)
    y = np.linspace(-5, 5, 21)
    told = g.given_x(np.zeros(2), sigma, spec.given)
    densities = law.pdf(np.column_stack([np.full(21, spec.given), y])) / stats.norm(0, math.sqrt(sigma[0, 0])).pdf(spec.given)
    np.testing.assert_allclose(stats.norm(told.mean, told.deviation).pdf(y), densities, rtol=1e-6, atol=1e-12)
    picture = drawn(spec)
    assert picture.numbers["correlation"] == pytest.approx(sigma[0, 1] / math.sqrt(sigma[0, 0] * sigma[1, 1]))
    rim = traces(picture, "plane")[1]
    points = np.column_stack([rim["x"], rim["y"]])
    np.testing.assert_allclose(np.einsum("ni,ij,nj->n", points, np.linalg.inv(sigma), points), 1, atol=0.02)
    curve = traces(picture, "slices")[1]
    np.testing.assert_allclose(curve["x"], stats.norm(told.mean, told.deviation).pdf(np.array(curve["y"])), rtol=5e-4, atol=1e-4)


def test_what_is_drawn_has_the_covariance_and_an_axis_of_no_length_is_none():
    spec = of("joint", pairs=1000)
    np.testing.assert_allclose(np.cov(joint.points(spec).T), joint.shape(spec)[0], atol=0.25)
    for distance in (1, 2):
        assert g.inside(distance) == pytest.approx(stats.chi2(2).cdf(distance**2))
    flat = drawn(of("joint", axis_x=0.0, axis_y=0.0))
    assert flat.numbers["smaller"] == pytest.approx(joint.SHORTEST**2) and flat.handles[0].at == (0, 0)
    assert "nothing of each other" in drawn(of("joint", axis_x=0.0, axis_y=1.7)).notes[0].id


# ---- information

@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("unit", info.BASES)
def test_entropies_and_divergences_are_scipy_s(seed, unit):
    rng = np.random.default_rng(seed)
    p, q = rng.dirichlet(np.full(5, 0.7), 2)
    if seed % 3 == 0:
        p[1] = 0
        p /= p.sum()
    base = info.BASES[unit]
    assert info.entropy(p, unit) == pytest.approx(stats.entropy(p, base=base))
    assert info.divergence(p, q, unit) == pytest.approx(stats.entropy(p, q, base=base))
    assert info.cross_entropy(p, q, unit) == pytest.approx(-np.sum(p * np.log(q)) / np.log(base))
    assert info.jensen_shannon(p, q, unit) == pytest.approx(jensenshannon(p, q, base=base) ** 2)


def test_kl_is_infinite_one_way_and_js_is_not():
    p, q = np.array([0.5, 0.5, 0.0]), np.array([1.0, 0.0, 0.0])
    assert info.divergence(p, q) == info.cross_entropy(p, q) == math.inf and info.divergence(q, p) == 1.0
    assert info.jensen_shannon(p, q) == pytest.approx(jensenshannon(p, q, base=2) ** 2) and info.entropy(q) == 0
    picture = drawn(of("information").revised(q5=0.0))
    assert "divergence" not in picture.numbers and "∞" in shown(picture, "measures").title and "infinite" in picture.notes[0].id
    assert not any("inf" in str(trace.get("y")) for trace in traces(picture, "surprises"))


def test_the_boxes_areas_are_entropy_and_cross_entropy():
    picture = drawn(of("information", p1=0.35, p2=0.35))  # 1 in all
    for trace, name in zip(traces(picture, "surprises"), ("entropy", "cross_entropy"), strict=False):
        corners = np.array([v for v in zip(trace["x"], trace["y"], strict=True) if v[0] is not None], float).reshape(-1, 5, 2)
        areas = (corners[:, 2, 0] - corners[:, 1, 0]) * corners[:, 1, 1]
        assert areas.sum() == pytest.approx(picture.numbers[name], abs=1e-3)


@pytest.mark.parametrize("seed", range(10))
def test_the_others_make_room_for_a_bar_that_is_moved(seed):
    rng = np.random.default_rng(seed)
    spec = of("information")
    for _ in range(6):
        name, value = f"{rng.choice(list('pq'))}{rng.integers(1, 6)}", round(float(rng.choice([0.0, 1.0, rng.random()])), 2)
        spec = spec.revised(**{name: value})
        assert getattr(spec, name) == value
        for letter in "pq":
            assert sum(getattr(spec, f"{letter}{k}") for k in range(1, 6)) == pytest.approx(1, abs=1e-9)
    with pytest.raises(ValidationError):
        spec.revised(p1=1.5)


def test_all_zero_is_said_and_other_sums_are_shared_out():
    nothing = {f"q{k}": 0.0 for k in range(1, 6)}
    with pytest.raises(Trouble, match="something has to happen"):
        drawn(of("information", **nothing))
    p = information.shares(of("information", p1=1.0, p2=1.0, p3=0.0, p4=0.0, p5=0.0), "p")
    np.testing.assert_allclose(p, [0.5, 0.5, 0, 0, 0])


# ---- the page

def test_only_the_parameters_of_the_law_are_offered():
    for name, own in common.PARAMETERS.items():
        spec = of("variables", distribution=name)
        offered = [f for f in variables.SCENE.controls if variables.SCENE.plays(spec, f)]
        assert set(offered) == {"distribution", "size", *own}


@pytest.mark.parametrize("prevalence, passed", [(0.01, True), (0.0095, True), (0.0105, True), (0.007, False), (0.015, False), (0.1, False),
                                                (0.001, False), (0.008, False), (0.0125, False)])
def test_the_challenge_is_half_and_near_it_is_not(prevalence, passed):
    assert verdict(HALF, of("bayes", prevalence=prevalence)).passed == passed


def test_the_challenge_keeps_the_test_at_99_percent():
    assert not verdict(HALF, of("bayes", prevalence=0.1, sensitivity=0.9, specificity=0.9)).passed
    assert HALF.allows(of("joint", prevalence=0.01)) is not None


def test_the_answer_of_the_question_is_its_own_arithmetic():
    question = QUESTIONS[0]
    assert question.answer == pytest.approx(100 * rules.after_positive(0.01, 0.9, 1 - 89 / 990), rel=1e-9)
    assert not any(fits(question.answer) for fits, _said in question.wrong)


@pytest.mark.parametrize("values", [{"sensitivity": 1.0, "specificity": 0.0}, {"sensitivity": 0.0, "specificity": 1.0}])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_where_nobody_gets_an_answer_it_has_no_share(values, language):
    i18n.use(language)
    try:
        picture = drawn(of("bayes", **values))
        texts = [*(t.title for t in picture.figures), *(t.alt for t in picture.figures), *map(say, picture.notes)]
    finally:
        i18n.use("en")
    assert not [text for text in texts if "nan" in text] and "–" in shown(picture, "worth").alt
