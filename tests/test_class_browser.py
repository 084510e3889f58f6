"""What a class meets, in a real Chromium: a lesson link, the projector, and the mistakes that tutorials print."""

from __future__ import annotations

import pytest

from core.specs.lesson import Lesson
from tests.browser import wait_for
from tests.test_tools_browser import tool

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


@pytest.mark.slow
def test_a_lesson_link_opens_the_page_as_the_teacher_set_it_up(visit):
    page = visit("/feedforward?seed=331", wait="done")
    tool(page, "For teachers")
    page.get_by_role("textbox", name="What you ask").fill("Make it *worse*, then better.")
    page.get_by_role("textbox", name="What you ask").press("Control+Enter")
    for label, field in (("Shown but locked", "Learning rate"), ("Hidden", "Activation")):
        page.get_by_role("combobox", name=label).click()
        page.get_by_role("option", name=field, exact=True).click()
        page.keyboard.press("Escape")
    page.get_by_text("Show hints, diagnoses and what to notice").click()
    wanted = Lesson("Make it *worse*, then better.", ("activation",), ("learning_rate",), "", answers=False)
    code = page.locator("[data-testid=stCode] code").filter(has_text=f"lesson={wanted.pack()}&")
    code.wait_for()
    link = code.inner_text()
    student = visit("/feedforward?" + link.split("?", 1)[1], wait="done")
    student.get_by_text("Make it *worse*, then better.").wait_for()  # as it was written: a stranger's words are no Markdown
    assert not student.get_by_role("combobox", name="Activation").count()
    rate = student.get_by_role("slider", name="Learning rate").first
    assert rate.is_disabled() or rate.get_attribute("aria-disabled") == "true"
    tool(student, "Compare")
    student.get_by_role("button", name="Pin this run").wait_for()
    assert not student.get_by_text("What to notice", exact=True).count()
    assert not student.get_by_role("button", name="Doctor").or_(student.get_by_role("radio", name="Doctor")).count()


@pytest.mark.slow
def test_the_projector_has_large_type_and_no_sidebar_and_can_be_left(visit):
    page = visit("/feedforward?seed=332", wait="done")
    size = "() => parseFloat(getComputedStyle(document.querySelector('[data-testid=stMain] p')).fontSize)"
    line = "() => Math.max(...document.querySelector('[data-figure=loss] .dl-gd')?.data?.map((t) => t.line?.width ?? 0) ?? [0])"
    usual = page.evaluate(size), page.evaluate(line)
    tool(page, "For teachers")
    page.get_by_role("tab", name="Projector").click()
    page.get_by_text("Projector mode", exact=True).click()
    page.wait_for_url("**projector=1**")
    page.locator("[data-testid=stSidebar]").wait_for(state="hidden")
    page.wait_for_function(f"([size, width]) => ({size})() > size && ({line})() > width", arg=list(usual))
    page.reload()
    leave = page.get_by_role("button", name="Leave projector mode")
    leave.wait_for()
    assert not page.locator("[data-testid=stSidebar]").is_visible()
    leave.click()
    page.locator("[data-testid=stSidebar]").wait_for()
    page.wait_for_function("() => !location.search.includes('projector')")


@pytest.mark.slow
def test_a_printed_mistake_runs_beside_its_repair(visit):
    page = visit("/feedforward?seed=333", wait="done")
    page.get_by_text("Labels of the other kind").click()
    page.get_by_text("As printed", exact=True).wait_for()
    page.get_by_role("button", name="Run both").click()
    page.get_by_text("ValueError").first.wait_for(timeout=30_000)  # Keras names the two shapes that do not fit
    assert page.get_by_role("button", name="Run both").count() == 0
    wait_for(page, "p.state === 'finished'")  # the run on screen is still there
