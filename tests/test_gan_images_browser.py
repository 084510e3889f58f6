"""The lab for made-up images in a real browser: a fake is pressed, and another; more are drawn."""

from __future__ import annotations

import pytest

from tests.browser import READY

pytestmark = pytest.mark.browser
QUICK = "points=200&epochs=3&units=16"


def picture(page, name):
    return page.evaluate(f"document.querySelector('[data-figure={name}] canvas').toDataURL()")


def until_new(page, name, before):
    page.wait_for_function(f"(b) => document.querySelector('[data-figure={name}] canvas').toDataURL() !== b", arg=before, timeout=READY)


def test_a_fake_is_pressed_and_compared_and_more_are_drawn(visit):
    page = visit(f"/gan_images?{QUICK}")
    page.get_by_text("are clear to a classifier").first.wait_for(timeout=4 * READY)  # its judge is trained first
    page.get_by_text("A classifier that knows the real images").first.wait_for(timeout=2 * READY)
    page.wait_for_timeout(1000)  # until the first one has been compared
    page.locator("[data-figure=fakes] [role=application]").focus()
    for key in ("ArrowRight", "ArrowDown"):
        before = picture(page, "near"), picture(page, "between")
        page.keyboard.press(key)
        page.keyboard.press("Enter")
        until_new(page, "near", before[0])
        until_new(page, "between", before[1])
    page.get_by_text("More fakes from this generator").click()
    page.get_by_text("The classifier is sure of").wait_for(timeout=READY)
    page.get_by_role("button", name="Draw 40 more").click()
    page.get_by_role("button", name="These as a PNG").wait_for(timeout=READY)
