"""The text project in a real browser: a word is pressed and negated, and the network answers at once."""

from __future__ import annotations

import pytest

from tests.browser import READY

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def sure(page) -> str:
    return page.locator(".dl-review-model strong").first.inner_text()


def test_a_word_is_negated_swapped_and_taken_out(visit):
    page = visit("/text_project?points=300&epochs=3", wait="")
    page.get_by_role("button", name="brilliant", exact=True).wait_for(timeout=3 * READY)
    page.wait_for_function("() => document.querySelectorAll('.dl-review-model').length === 2", timeout=READY)  # the simple model, too
    before = sure(page)
    assert before.startswith(("positive", "negative")) and before.endswith("%")
    page.get_by_role("button", name="brilliant", exact=True).click()
    page.get_by_role("button", name="Negate").click()
    page.locator(".dl-review-log li").first.wait_for(timeout=READY)
    assert page.locator("textarea.dl-review-box").input_value().startswith("The acting was not brilliant.")
    assert "“brilliant” negated" in page.locator(".dl-review-log li").first.inner_text()
    page.get_by_role("button", name="Negate").click()  # the word stays chosen: what was done is undone
    page.wait_for_function("() => document.querySelectorAll('.dl-review-log li').length === 2", timeout=READY)
    assert page.locator("textarea.dl-review-box").input_value().startswith("The acting was brilliant.") and sure(page) == before
    page.get_by_role("textbox", name="another word").fill("unheard")
    page.get_by_role("button", name="Swap").click()
    page.locator(".dl-unknown", has_text="unheard").wait_for(timeout=READY)
    page.get_by_role("button", name="Take out").click()
    page.wait_for_function("() => !document.querySelector('textarea.dl-review-box').value.includes('unheard')", timeout=READY)
    page.wait_for_function("() => location.search.includes('review=')", timeout=READY)  # it stands in the address


def test_all_steps_are_gone_through(visit):
    page = visit("/text_project?step=data&points=300&epochs=3", wait="")
    page.get_by_text("Some of the texts to learn from").wait_for(timeout=3 * READY)
    for text in ("Where the words end up", "What would more texts bring?", "Surest mistakes", "By the rules of these reviews",
                 "Evaluation (JSON)"):
        page.locator(".st-key-text_project-next button").click()
        page.get_by_text(text).first.wait_for(timeout=2 * READY)
