"""The stock project in a real browser: the forecast that is shifted, the folds, and a file of one's own with a correction."""

from __future__ import annotations

import pytest

from tests.browser import READY
from tests.test_stock_project import csv

# the figures of this shift are there
AT = """(shift) => [...document.querySelectorAll('.js-plotly-plot')].some(
    (p) => p.data?.some((t) => t.name === 'now' && t.x[0] === shift))"""
pytestmark = [pytest.mark.browser, pytest.mark.slow]


def step(page, name):
    page.locator("[data-testid=stMain]").get_by_text(name, exact=True).first.click()


def drawn(page, name):
    """The x and y of a line, by its name, in the figures on the page."""
    return page.evaluate("""(name) => [...document.querySelectorAll('.js-plotly-plot')]
        .flatMap((p) => p.data?.some((t) => t.name === 'price') ? p.data : [])
        .filter((t) => t.name === name && t.x?.length).map((t) => [Array.from(t.x), Array.from(t.y)]).at(-1)""", name)


def test_a_student_shifts_the_forecast_and_walks_forward(visit):
    page = visit("/stock_project?points=300&epochs=5", wait="done")
    page.get_by_text("The verdict", exact=True).wait_for(timeout=READY)
    page.wait_for_function(AT, arg=0, timeout=READY)
    before = drawn(page, "forecast")
    slider = page.get_by_role("slider", name="Shift the forecast back").first
    slider.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.get_by_text("Shifted by 1", exact=True).wait_for(timeout=READY)
    page.wait_for_function(AT, arg=1, timeout=READY)
    after = drawn(page, "forecast")
    assert after[1] == before[1] and all(x - 1 == y for x, y in zip(before[0], after[0], strict=True))
    assert "shift=1" in page.url
    page.get_by_role("button", name="Open the sealed test").click()
    page.get_by_text("Looked once.").wait_for(timeout=READY)
    step(page, "3 Training")
    page.get_by_text("Validation: the forecast is off by").wait_for(timeout=READY)
    page.wait_for_function("() => document.querySelector('.js-plotly-plot')?.data?.every((t) => t.x?.length > 10)", timeout=READY)
    step(page, "5 Walk forward")
    page.get_by_role("button", name="Walk forward", exact=False).first.click()
    page.get_by_text("The verdict on all folds").wait_for(timeout=3 * READY)
    assert drawn(page, "fold 5")
    step(page, "6 Take away")
    page.get_by_role("button", name="Forecasts of the test (CSV)").wait_for(timeout=READY)


def test_own_prices_are_read_corrected_and_forecast(visit):
    page = visit("/stock_project?step=data", wait="")
    page.get_by_test_id("stSelectbox").filter(has_text="Prices").locator("input").first.click()
    page.get_by_role("option", name="your own prices").click()
    page.locator("input[type=file]").set_input_files({"name": "own.csv", "mimeType": "text/csv", "buffer": csv(mark=",")})
    page.get_by_text("60 prices from").wait_for(timeout=READY)
    page.get_by_text("Correct how it was read").click()
    page.get_by_text("First in a date").wait_for(timeout=READY)
    comma = page.get_by_role("option", name="behind a comma")
    for _ in range(20):  # a list that is open closes when the page runs again, as it does where the run behind it ends
        if comma.is_visible():
            break
        page.get_by_test_id("stSelectbox").filter(has_text="Decimals").locator("input").click()
        page.wait_for_timeout(500)
    comma.click()
    page.wait_for_function("() => location.search.includes('decimal=comma')", timeout=READY)
    step(page, "4 Forecast")
    page.get_by_text("The verdict", exact=True).wait_for(timeout=READY)
