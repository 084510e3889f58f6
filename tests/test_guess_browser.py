"""Guess, run, compare, as a person meets it: with a mouse, a finger, or the keyboard alone, in a real Chromium."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest

from core.insight.guesses import GRID
from core.specs.feedforward import FeedforwardSpec
from tests.browser import READY, player, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
HANDLES = "[...document.querySelectorAll('.dl-handle')].map((h) => Number(h.getAttribute('aria-valuenow')))"
GUESS = "document.querySelector('[data-figure=accuracy] .dl-gd').data.find((t) => t.name === 'guess')"


def change(page, key="ArrowRight"):
    slider = page.get_by_role("slider", name="Learning rate").first
    slider.focus()
    page.keyboard.press(key)


def hold(page):
    """“Guess first” on, and a change of the learning rate, which has to wait."""
    page.get_by_text("Guess first", exact=True).click()
    page.wait_for_timeout(400)
    before = player(page)
    change(page)
    page.locator(".dl-ask").wait_for()
    return before


def unknown(page, key):
    """Whether the server has never heard of a run."""
    site = "/".join(page.url.split("/")[:3])
    try:
        urllib.request.urlopen(f"{site}/frames/{key}", timeout=5)
    except urllib.error.HTTPError as refused:
        return refused.code == 404
    return False


def drawn(page, key):
    """The guess has been given: wait for its run and return what lies in the figure."""
    wait_for(page, f"p && p.run === {json.dumps(key)} && !p.held && p.state === 'finished' && p.doneAt", READY)
    page.wait_for_function(f"() => {GUESS} && !document.querySelector('.dl-ask')")
    return page.evaluate(f"(({{ x, y, line }}) => ({{ x, y, dash: line.dash }}))({GUESS})")


def key_of(seed, rate=0.015):
    return FeedforwardSpec(seed=seed, epochs=40, learning_rate=rate).key


def places(page):
    return page.evaluate("[...document.querySelectorAll('.dl-card, .dl-bar, h2, h3, [data-testid=stSlider]')].map((e) => {"
                         "const { x, y, width, height } = e.getBoundingClientRect(); return [x, y, width, height].map(Math.round) })")


@pytest.mark.slow
def test_the_next_run_is_held_sketched_with_the_mouse_and_drawn_over(visit):
    page = visit("/feedforward?seed=401&epochs=40", wait="done")
    page.get_by_text("of the validation points right").wait_for()
    before = hold(page)
    page.wait_for_timeout(800)
    after = player(page)
    assert after["held"] and (after["run"], after["runRequestedAt"]) == (before["run"], before["runRequestedAt"])
    assert after["frames"] == before["frames"] and unknown(page, key_of(401))
    assert page.get_by_role("button", name="Run it").is_disabled()
    box = page.locator(".dl-sketch").bounding_box()
    page.mouse.move(box["x"] + 1, box["y"] + box["height"] * 0.8)
    page.mouse.down()
    for i in range(1, 41):
        page.mouse.move(box["x"] + 1 + (box["width"] - 2) * i / 40, box["y"] + box["height"] * (0.8 - 0.5 * i / 40))
    page.mouse.up()
    values = page.evaluate(HANDLES)
    # the axis goes from 0 to 1.03: from a fifth of its height to seven tenths, in a straight line
    assert values == pytest.approx([1.03 * (0.2 + 0.5 * share) for share in GRID], abs=0.02)
    assert unknown(page, key_of(401))
    page.get_by_role("button", name="Run it").click()
    line = drawn(page, key_of(401))
    assert line["dash"] == "dot" and line["y"] == pytest.approx(values, abs=0.002) and line["x"] == pytest.approx([40 * g for g in GRID])
    page.get_by_text("accuracy points off the curve").wait_for()
    assert page.locator("[data-figure=accuracy] .dl-label").get_by_text("guess", exact=True).count() == 1
    assert not page.locator(".dl-held, .dl-asking, .dl-sketch").count()


@pytest.mark.slow
def test_nothing_on_the_page_moves_when_the_question_comes_and_goes(visit):
    page = visit("/feedforward?seed=402&epochs=40", wait="done")
    page.get_by_text("of the validation points right").wait_for()
    page.get_by_text("Guess first", exact=True).click()
    slider = page.get_by_role("slider", name="Learning rate").first
    slider.focus()
    page.wait_for_timeout(500)
    before = places(page)
    page.keyboard.press("ArrowRight")
    page.locator(".dl-ask").wait_for()
    page.wait_for_timeout(500)
    assert places(page) == before
    for kind in ("Number", "Better or worse"):
        page.get_by_role("radio", name=kind).click()
        assert places(page) == before
    page.keyboard.press("Tab")
    box = page.locator(".dl-ask").bounding_box()
    assert box["x"] + box["width"] <= 1400 and box["y"] + box["height"] <= 900  # in sight, beside its figure


@pytest.mark.slow
def test_a_finger_sketches_on_a_phone_where_the_question_is_called_into_sight(visit):
    page = visit("/feedforward?seed=403&epochs=40", wait="done", size=(390, 844), has_touch=True)
    hold(page)
    page.locator(".dl-call").click()
    page.wait_for_function("() => { const { top, bottom } = document.querySelector('.dl-ask').getBoundingClientRect();"
                           "return top > 0 && bottom < innerHeight }")
    page.wait_for_function("() => document.querySelector('.dl-call').hidden")
    page.wait_for_timeout(400)
    box = page.locator(".dl-sketch").bounding_box()
    scrolled = page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop")
    cdp = page.context.new_cdp_session(page)

    def touch(kind, *share):
        points = [{"x": box["x"] + box["width"] * share[0], "y": box["y"] + box["height"] * share[1]}] if share else []
        cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 0.01, 0.3)
    for i in range(1, 31):
        touch("touchMove", 0.01 + 0.98 * i / 30, 0.3 + 0.4 * i / 30)  # downwards: a page would scroll
    touch("touchEnd")
    values = page.evaluate(HANDLES)
    assert values == pytest.approx([1.03 * (0.7 - 0.4 * share) for share in GRID], abs=0.03)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == scrolled
    page.get_by_role("button", name="Run it").click()
    assert drawn(page, key_of(403))["y"] == pytest.approx(values, abs=0.002)


@pytest.mark.slow
def test_the_keyboard_alone_sketches_and_runs(visit):
    page = visit("/feedforward?seed=404&epochs=40", wait="done")
    hold(page)
    for _ in range(80):  # from the slider on, by Tab alone
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('dl-handle')"):
            break
    assert page.evaluate("document.activeElement.getAttribute('role')") == "slider"
    assert page.evaluate("document.activeElement.ariaLabel") == "Sketch, epoch 0"
    page.keyboard.press("ArrowUp")
    assert page.evaluate(HANDLES) == pytest.approx([0.52] * 7)  # what was not moved lies level with it
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.ariaLabel") == "Sketch, epoch 40"
    for key in ("Home", "PageDown", "ArrowDown"):
        page.keyboard.press(key)
    values = page.evaluate(HANDLES)
    assert values[0] == 0.52 and values[-1] == 0.88 and values[4] == pytest.approx(0.7)
    assert page.evaluate("document.activeElement.ariaValueText") == "0.88"
    page.keyboard.press("Enter")
    line = drawn(page, key_of(404))
    assert line["y"] == pytest.approx(values, abs=0.002)


@pytest.mark.slow
def test_a_choice_and_a_number_by_keyboard_and_a_wave_of_the_hand(visit):
    page = visit("/feedforward?seed=405&epochs=40", wait="done")
    hold(page)
    page.get_by_role("radio", name="Sketch").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_role("spinbutton", name="At the end of the run").fill("0.5")
    page.keyboard.press("Enter")
    assert drawn(page, key_of(405))["y"] == [0.5, 0.5]
    page.get_by_text("you said 0.500").wait_for()
    change(page)
    page.locator(".dl-ask").wait_for()
    page.get_by_role("radio", name="Better or worse").click()
    page.get_by_role("radio", name="about the same").click()
    page.get_by_role("button", name="Run it").click()
    wait_for(page, f"p.run === {json.dumps(key_of(405, 0.02))} && p.state === 'finished'", READY)
    page.get_by_text("you said “about the same”").wait_for()
    change(page)
    page.locator(".dl-ask").wait_for()
    page.get_by_role("button", name="No guess").click()
    wait_for(page, f"p.run === {json.dumps(key_of(405, 0.03))} && !p.held && p.firstTrainedAt", READY)
    assert not page.locator(".dl-ask").count()
    page.get_by_text("you said").wait_for(state="detached")  # the page's words follow its pictures


@pytest.mark.slow
def test_a_number_can_be_dragged_in_the_figure(visit):
    page = visit("/feedforward?seed=406&epochs=40", wait="done")
    hold(page)
    page.get_by_role("radio", name="Number").click()
    box = page.locator(".dl-sketch").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    assert float(page.get_by_role("spinbutton").input_value()) == pytest.approx(0.515, abs=0.01)


@pytest.mark.slow
def test_a_run_that_streams_goes_on_while_the_next_is_guessed(visit):
    page = visit("/feedforward?seed=407&epochs=2000&batch_size=4&dropout=0.1&points=1000")
    before = hold(page)
    frames = player(page)["frames"]
    wait_for(page, f"p.frames > {frames} + 3 && p.held", READY)
    page.get_by_role("radio", name="Number").click()
    page.get_by_role("spinbutton").fill("0.9")
    after = player(page)
    assert (after["run"], after["runRequestedAt"]) == (before["run"], before["runRequestedAt"])
    change(page, "ArrowLeft")  # back at the run on screen: nothing waits
    wait_for(page, "!p.held")
    assert player(page)["runRequestedAt"] == before["runRequestedAt"] and not page.locator(".dl-ask, .dl-sketch").count()


@pytest.mark.slow
def test_a_sketch_stays_through_further_changes(visit):
    page = visit("/feedforward?seed=408&epochs=40", wait="done")
    hold(page)
    page.locator(".dl-handle").first.focus()
    page.keyboard.press("PageUp")
    values = page.evaluate(HANDLES)
    change(page)
    page.wait_for_url("**learning_rate=0.02**")
    assert page.evaluate(HANDLES) == values
    page.get_by_role("button", name="Run it").click()
    assert drawn(page, key_of(408, 0.02))["y"] == pytest.approx(values, abs=0.002)


@pytest.mark.slow
def test_a_guess_outlives_other_pages_reloads_and_comes_with_the_link(visit):
    page = visit("/feedforward?seed=409&epochs=40", wait="done")
    hold(page)
    page.locator(".dl-handle").first.focus()
    page.keyboard.press("PageUp")
    page.keyboard.press("Enter")
    line = drawn(page, key_of(409))
    page.get_by_role("link", name="Home").click()
    page.get_by_text("Make it fail: no bend").wait_for()
    page.get_by_role("link", name="Feedforward networks").first.click()
    assert drawn(page, key_of(409)) == line
    assert "guess=s" in page.url
    page.reload()
    assert drawn(page, key_of(409)) == line
    page.get_by_text("accuracy points off the curve").wait_for()
    other = visit("/" + page.url.split("/", 3)[3])
    assert drawn(other, key_of(409)) == line


@pytest.mark.slow
def test_while_held_the_page_opens_again_with_the_question(visit):
    page = visit("/feedforward?seed=410&epochs=40", wait="done")
    before = hold(page)
    page.get_by_role("link", name="Home").click()
    page.get_by_text("Make it fail: no bend").wait_for()
    page.get_by_role("link", name="Feedforward networks").first.click()
    wait_for(page, f"p && p.run === {json.dumps(before['run'])} && p.held && p.doneAt", READY)
    page.reload()
    wait_for(page, f"p && p.run === {json.dumps(before['run'])} && p.held && p.doneAt", READY)
    page.locator(".dl-handle").first.focus()
    page.keyboard.press("PageUp")
    page.keyboard.press("Enter")
    drawn(page, key_of(410))


@pytest.mark.slow
def test_reduced_motion_is_respected(visit):
    page = visit("/feedforward?seed=411&epochs=40", wait="done", reduced_motion="reduce")
    hold(page)
    moving = page.evaluate("[...document.querySelectorAll('.dl-plot, .dl-gd, .dl-ask, .dl-handle')]"
                           ".filter((e) => getComputedStyle(e).transitionDuration !== '0s').length")
    assert moving == 0


@pytest.mark.slow
def test_the_question_fits_a_phone_in_chinese(visit):
    page = visit("/feedforward?seed=412&epochs=40&lang=zh", wait="done", size=(390, 844), has_touch=True)
    page.locator("[data-testid=stCheckbox]").first.click()
    slider = page.locator("[data-testid=stSlider] [role=slider], [data-testid=stSlider] input[type=range]").last
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.locator(".dl-ask").wait_for()
    for i in range(3):
        page.locator(".dl-kinds button").nth(i).click()
        cut = page.evaluate("[...document.querySelectorAll('.dl-ask button, .dl-ask p')].filter((e) =>"
                            "e.scrollWidth > e.clientWidth + 1 || e.getBoundingClientRect().right > innerWidth).length")
        assert cut == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
