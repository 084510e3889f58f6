"""The lab for Transformers in a real browser: heads are pointed at and switched off, sequences chosen, a text is drawn anew."""

from __future__ import annotations

import pytest

from tests.browser import READY

pytestmark = pytest.mark.browser
QUICK = "?length=4&symbols=4&points=200&epochs=8&learning_rate=0.01&width=16"
SHOWN = "document.querySelector('[data-figure={0}] canvas').toDataURL()"


def painted(page, figure):
    return page.evaluate(SHOWN.format(figure))


def until(page, script, timeout=READY):
    page.wait_for_function(f"() => {script}", timeout=timeout)


def until_new(page, figure, before):
    page.wait_for_function(f"(b) => {SHOWN.format(figure)} !== b", arg=before, timeout=READY)


def note(page):
    return page.locator("[data-figure=heads] .dl-note").inner_text()


def test_heads_are_pointed_at_and_switched_off_and_the_answers_break(visit):
    page = visit(f"/transformer{QUICK}", wait="done")
    maps, flow = page.locator("[data-figure=heads]"), page.locator("[data-figure=flow]")
    until(page, "document.querySelector('[data-figure=flow] .dl-title').textContent.includes('%')")
    whole = flow.locator(".dl-title").inner_text()
    all_on, lines = painted(page, "heads"), painted(page, "flow")
    box = maps.locator(".dl-plot").bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    until_new(page, "flow", lines)  # only the lines of that head and place
    assert " looks at " in note(page) and note(page).startswith("Layer ")
    page.mouse.move(5, 5)
    page.wait_for_function(f"(b) => {SHOWN.format('flow')} === b", arg=lines, timeout=READY)
    maps.locator(".dl-gd").focus()
    for key in ("ArrowRight", "Enter", "ArrowRight", "Enter", "ArrowDown", "Enter", "ArrowLeft", "Enter"):
        page.keyboard.press(key)
    until(page, "document.querySelector('[data-figure=heads] .dl-note').textContent.startsWith('Now ')")
    assert flow.locator(".dl-title").inner_text().endswith("without 1.1, 1.2, 2.1, 2.2")
    until_new(page, "heads", all_on)
    page.get_by_role("button", name="All heads on").click()
    until(page, f"document.querySelector('[data-figure=flow] .dl-title').textContent === {whole!r}")
    page.get_by_role("button", name="Next sequence").click()
    page.locator("h1").click()
    until_new(page, "flow", lines)
    assert maps.locator(".dl-choose span").inner_text() == "2 / 500"


def test_a_text_is_drawn_anew_from_its_logits_and_stepped_through(visit):
    page = visit("/transformer?task=text&length=8&points=200&epochs=3&width=16&layers=1", wait="done")
    card = page.locator("[data-figure=writer]")
    until(page, "document.querySelectorAll('.dl-likely li').length === 12")
    text = card.locator(".dl-paper").inner_text()
    assert len(text) > 40
    shares = "[...document.querySelectorAll('.dl-likely li > span:last-child')].map((e) => e.textContent).join()"
    before = page.evaluate(shares)
    slider = card.get_by_label("temperature")
    slider.focus()
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
    page.wait_for_function(f"(b) => {shares} !== b", arg=before, timeout=READY)
    page.wait_for_function("(b) => { const t = document.querySelector('.dl-paper').innerText; return t !== b && t.length >= b.length - 2 }",
                           arg=text, timeout=READY)  # the network went on behind the first character that came out otherwise
    at = "[...document.querySelectorAll('.dl-paper span')].findIndex((e) => e.className === 'dl-at')"
    first = page.evaluate(at)
    card.get_by_role("button", name="Next character").click()
    page.wait_for_function(f"(b) => {at} === b + 1", arg=first, timeout=READY)
    for _ in range(10):
        slider.focus()
        page.keyboard.press("ArrowRight")
    page.wait_for_function(f"(b) => {at} === b + 1", arg=first, timeout=READY)


@pytest.mark.slow
@pytest.mark.parametrize("task", ["sort", "majority", "brackets", "addition", "reviews", "masked"])
def test_every_task_has_its_picture(visit, task):
    page = visit(f"/transformer?task={task}&length={({'addition': 1}).get(task, 10)}&points=100&epochs=2&width=16", wait="done")
    page.wait_for_timeout(400)
    blank = "(() => { const c = document.createElement('canvas'); const o = document.querySelector('[data-figure=flow] canvas'); " \
            "c.width = o.width; c.height = o.height; return c.toDataURL() })()"
    assert painted(page, "flow") != page.evaluate(blank)


@pytest.mark.slow
def test_gpt_and_bert_are_trained_on_one_text_at_one_press(visit):
    page = visit("/transformer?task=text&length=8&points=100&epochs=2&width=16&layers=1&lang=zh", wait="done")
    page.get_by_role("button", name="并排比较").click()
    until(page, "document.querySelector('.dl-group')?.dataset.done === '2'", 3 * READY)
    until(page, "document.querySelectorAll('.dl-group canvas').length === 2")


@pytest.mark.slow
def test_on_a_phone_nothing_stands_beside_the_screen(visit):
    page = visit(f"/transformer{QUICK}", wait="done", size=(390, 844))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".dl-card").first.bounding_box()["y"] < 744  # the settings stand two and two, for a picture to be seen at once
