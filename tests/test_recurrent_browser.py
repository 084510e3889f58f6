"""The lab for recurrent networks in a real browser: states are read off, gates held, sequences chosen, three cells trained side by side."""

from __future__ import annotations

import pytest

from tests.browser import READY

pytestmark = pytest.mark.browser
QUICK = "?task=recall&length=4&points=100&epochs=2&units=8"


def painted(page):
    return page.evaluate("document.querySelector('[data-figure=states] .dl-strip').toDataURL()")


def until_new(page, before):
    page.wait_for_function("(b) => document.querySelector('[data-figure=states] .dl-strip').toDataURL() !== b", arg=before, timeout=READY)


def symbols(page):
    return page.locator("[data-figure=states] .dl-symbols").inner_text().split()


def test_a_number_is_read_a_gate_held_and_another_sequence_chosen(visit):
    page = visit(f"/recurrent{QUICK}", wait="done")
    card, note = page.locator("[data-figure=states]"), page.locator("[data-figure=states] .dl-note")
    free = painted(page)
    assert len(free) > 500 and len(symbols(page)) == 6 and symbols(page)[-1] == "?"
    card.locator(".dl-gd").focus()
    for key in ("ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    assert "step 1 · hidden state h, unit 2" in note.inner_text()
    box = card.locator(".dl-plot").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 0.3 * box["height"])
    said = "document.querySelector('[data-figure=states] .dl-note').textContent"
    page.wait_for_function(f"() => /^step 3 · cell state c, unit /.test({said})")
    page.mouse.move(5, 5)
    card.get_by_role("button", name="forget gate shut").click()
    until_new(page, free)
    page.wait_for_function("() => document.querySelector('[data-figure=states] .dl-note').textContent.includes('of validation are right')",
                           timeout=READY)
    assert note.inner_text().startswith("With the forget gate shut")
    page.wait_for_function("() => document.querySelector('[data-figure=accuracy] .dl-title').textContent.endsWith('forget gate shut')",
                           timeout=READY)
    card.get_by_role("button", name="forget gate shut").click()
    page.wait_for_function("(b) => document.querySelector('[data-figure=states] .dl-strip').toDataURL() === b", arg=free, timeout=READY)
    card.get_by_role("button", name="Next sequence").click()
    until_new(page, free)
    assert card.locator(".dl-choose span").inner_text() == "2 / 500"
    card.get_by_role("button", name="Previous sequence").click()
    page.wait_for_function("(b) => document.querySelector('[data-figure=states] .dl-strip').toDataURL() === b", arg=free, timeout=READY)


@pytest.mark.slow
def test_three_cells_are_trained_side_by_side_at_one_press(visit):
    page = visit(f"/recurrent{QUICK}&lang=zh", wait="done")
    page.get_by_role("button", name="并排比较").click()
    page.wait_for_function("() => document.querySelector('.dl-group')?.dataset.done === '3'", timeout=3 * READY)
    page.get_by_text("每种只训练了一次").or_(page.get_by_text("三者差不多")).first.wait_for(timeout=READY)
    curves = page.evaluate("[...document.querySelectorAll('.dl-group .js-plotly-plot')].map((p) => p.data.map((t) => t.y.length))")
    assert curves == [[3, 3, 3], [6, 6, 6]]  # untrained and two epochs; six steps


@pytest.mark.slow
@pytest.mark.parametrize("task", ["wave", "adding", "text"])
def test_every_task_has_its_picture(visit, task):
    page = visit(f"/recurrent?task={task}&points=100&epochs=2&units=8&cell=gru", wait="done")
    figure = "said" if task == "text" else task
    page.wait_for_timeout(400)
    if task == "text":
        assert len(page.locator("[data-figure=said] .dl-said").inner_text()) > 60
    else:
        counts = page.evaluate(f"document.querySelector('[data-figure={figure}] .js-plotly-plot').data.map((t) => t.x.length)")
        assert max(counts) == 100
    assert page.locator("[data-figure=through] .dl-title").inner_text().startswith("Gradient back to step 1: ×")
