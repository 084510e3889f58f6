"""The lab for GANs in a real browser: parts of the picture, two steps in slow motion, and a drawing to learn from."""

from __future__ import annotations

import pytest

from tests.browser import READY

pytestmark = pytest.mark.browser
QUICK = "dataset=ring8&points=750&epochs=20&schedule=cosine"
PICTURE = "document.querySelector('[data-figure=arena] canvas').toDataURL()"


def until(page, script, timeout=READY):
    page.wait_for_function(f"() => {script}", timeout=timeout)


def until_new(page, before):
    page.wait_for_function(f"(b) => {PICTURE} !== b", arg=before, timeout=READY)


def until_again(page, before):
    page.wait_for_function(f"(b) => {PICTURE} === b", arg=before, timeout=READY)


def told(page):
    return page.locator(".dl-told").inner_text()


def test_parts_go_and_come_and_two_steps_are_seen_one_by_one(visit):
    page = visit(f"/gan?{QUICK}", wait="done")
    page.wait_for_timeout(400)  # until nothing moves
    whole = page.evaluate(PICTURE)
    for part in ("verdict", "bent noise", "real", "fake", "pull"):
        button = page.locator(".dl-legend").get_by_role("button", name=part, exact=True)
        button.click()
        until_new(page, whole)
        assert button.get_attribute("aria-pressed") == "false"
        button.click()
        until_again(page, whole)
    assert "The run has ended. Two steps more after it" in told(page) and "0.001" in told(page)
    page.get_by_role("button", name="Discriminator’s step").click()
    until(page, "document.querySelector('.dl-told').textContent.includes('The shading shows what changed')")
    assert told(page).startswith("This is after the run’s end, at a learning rate of 0.001.") and "at most by 0." in told(page)
    until_new(page, whole)
    assert "Its loss on this batch goes from" in told(page)
    assert page.locator(".dl-slow .dl-next-head").inner_text() == "Step 1 after epoch 20"
    first = page.evaluate(PICTURE)
    page.get_by_role("button", name="Generator’s step").click()
    until(page, "document.querySelector('.dl-told').textContent.includes('The fakes moved by')")
    until_new(page, first)
    page.get_by_role("button", name="Discriminator’s step").click()  # of the next pair
    until(page, "document.querySelector('.dl-slow .dl-next-head').textContent === 'Step 2 after epoch 20'")
    page.get_by_role("button", name="Back to the run").click()
    until_again(page, whole)
    page.get_by_role("button", name="Discriminator’s step").click()
    until_new(page, whole)
    page.get_by_role("button", name="One step back").click()  # another picture of the run ends them
    until(page, "document.querySelector('.dl-slow .dl-next-head').textContent === 'Slow motion'")
    until(page, "document.querySelector('.dl-told').textContent === 'The next two steps of this run, one at a time.'")


@pytest.mark.slow
def test_a_step_too_small_to_be_seen_is_told_with_its_rate(visit):
    page = visit(f"/gan?{QUICK}&learning_rate=0.00001", wait="done")
    page.get_by_role("button", name="One step back").click()  # where the cosine has left hardly any rate
    until(page, "document.querySelector('.dl-told').textContent === 'The next two steps of this run, one at a time.'")
    for side, unseen in (("Discriminator’s step", "the verdict changes too little to be drawn"),
                         ("Generator’s step", "the fakes move too little to be seen")):
        page.get_by_role("button", name=side).click()
        until(page, f"document.querySelector('.dl-told').textContent.includes('{unseen}')")
        assert told(page).startswith("Learning rate 6.2E-8") and "most by" not in told(page) and "after the run’s end" not in told(page)


def test_a_drawing_is_painted_with_pointer_and_keys_and_learned_from(visit):
    page = visit("/gan?dataset=drawn&points=750&epochs=20", wait="done")
    run = page.evaluate("window.__player.run")
    page.get_by_role("button", name="Wipe").click()
    grid = page.locator(".dl-paint")
    box = grid.bounding_box()
    at = [(box["x"] + (column + 0.5) * box["width"] / 24, box["y"] + 2.5 * box["height"] / 24) for column in (4, 12)]
    page.mouse.move(*at[0])
    page.mouse.down()
    page.mouse.move(*at[1], steps=4)
    page.mouse.up()
    row = "0" * 12 + "0ff800" + "0" * 126  # the third of 24, cells 5 to 13
    page.wait_for_url(f"**drawn={row}**", timeout=READY)
    page.wait_for_function("(r) => window.__player.run !== r && window.__player.doneAt", arg=run, timeout=READY)
    grid.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press(" ")
    page.wait_for_url(f"**drawn={row[:21]}8{row[22:]}**", timeout=READY)
    page.get_by_role("button", name="Paint", exact=True).click()
    until(page, "!document.querySelector('.dl-paint')")


@pytest.mark.slow
@pytest.mark.parametrize("query", ["loss=wgan_gp&dataset=grid25", "noise_size=1&dataset=spiral&lang=zh",
                                   "g_layers=0&d_layers=0&loss=lsgan"])
def test_on_a_phone_nothing_stands_beside_the_screen(visit, query):
    page = visit(f"/gan?points=750&epochs=10&{query}", wait="done", size=(390, 844))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not page.locator("[data-testid=stException]").count()
