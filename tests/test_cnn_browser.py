"""The CNN lab in a real browser: pictures that are chosen, maps that are switched off, networks that do not fit."""

from __future__ import annotations

import numpy as np
import pytest

from core.frame import records
from tests.browser import READY, wait_for

pytestmark = pytest.mark.browser
TALL = (1400, 1600)  # what is out of sight is not painted
QUICK = "?points=300&epochs=3&filters=6-8&dense=12"


def painted(page, figure):
    """The pixels of a figure's canvas, as a text."""
    return page.evaluate(f"document.querySelector('[data-figure={figure}] canvas').toDataURL()")


def until_new(page, figure, before):
    page.wait_for_function("([f, b]) => document.querySelector(`[data-figure=${f}] canvas`).toDataURL() !== b", arg=[figure, before],
                           timeout=READY)


def until_painted(page, figure):
    """Wait for pictures that only an answer of the trained network brings: by then the page rests, too."""
    page.wait_for_function("""(figure) => {
      const canvas = document.querySelector(`[data-figure=${figure}] canvas`)
      return canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value)
    }""", arg=figure, timeout=READY)
    page.wait_for_timeout(500)


def press(page, figure, x, y):
    """Press at a share of a figure's width and height."""
    box = page.locator(f"[data-figure={figure}] .dl-plot").bounding_box()
    page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])


def kernel_at(page, i):
    """Where kernel i stands in its gallery, in pixels of the window."""
    x, y = page.evaluate("""async (i) => {
      const { grid } = await import("/assets/images.js")
      const chart = document.querySelector("[data-figure=filters] .dl-over canvas").getBoundingClientRect()
      const { columns, side, left, line } = grid(20, chart)
      return [chart.x + left + (i % columns) * (side + 6) + side / 2, chart.y + Math.floor(i / columns) * line + side / 2]
    }""", i)
    return x, y


def until_note(page, words):
    page.wait_for_function("(words) => document.querySelector('[data-figure=network] .dl-note').textContent === words", arg=words,
                           timeout=READY)


def test_a_picture_is_sent_through_and_a_map_is_looked_at_before_it_is_switched_off(visit):
    page = visit(f"/cnn{QUICK}", wait="done", size=TALL)
    until_painted(page, "reasons")
    for figure in ("network", "examples", "filters", "reasons"):
        assert len(painted(page, figure)) > 1500, figure  # not one colour
    maps, reasons = painted(page, "network"), painted(page, "reasons")
    press(page, "examples", 0.5, 0.3)
    until_new(page, "reasons", reasons)
    assert painted(page, "network") != maps
    chosen, exciting = painted(page, "network"), painted(page, "exciting")
    press(page, "network", 0.17, 0.12)
    until_new(page, "exciting", exciting)
    assert painted(page, "network") != chosen
    note = page.locator("[data-figure=network] .dl-note")
    assert "map" in note.inner_text() and "off" not in note.inner_text()  # looked at, and nothing else
    assert "off" not in page.locator("[data-figure=loss] .dl-title").inner_text()
    exciting = painted(page, "exciting")
    press(page, "network", 0.857, 0.17)  # an answer: it cannot be switched off, but what excites it is shown
    until_new(page, "exciting", exciting)
    assert not page.locator(".dl-switch").is_visible()
    press(page, "network", 0.17, 0.12)
    titled = "([figure, words]) => document.querySelector(`[data-figure=${figure}] .dl-title`).textContent.includes(words)"
    page.get_by_role("button", name="Switch it off").click()
    page.wait_for_function(titled, arg=["loss", "switched off: 1"], timeout=READY)
    assert note.inner_text().endswith("switched off")
    page.locator("[data-figure=network] .dl-gd").focus()  # the keyboard’s turn: all on, and this one off again
    page.keyboard.press("Escape")
    page.wait_for_function("() => !document.querySelector('[data-figure=loss] .dl-title').textContent.includes('off')", timeout=READY)
    page.keyboard.press("Enter")
    assert "off" not in note.inner_text()
    page.keyboard.press("Delete")
    page.wait_for_function(titled, arg=["loss", "switched off: 1"], timeout=READY)


def test_a_network_that_was_stopped_says_why(visit):
    page = visit("/cnn?dataset=shapes&points=2000&epochs=100", wait="trained", size=TALL)
    page.get_by_role("button", name="Stop training").click()
    page.locator("[data-state=cancelled]").wait_for(timeout=READY)
    until_painted(page, "reasons")
    reasons = painted(page, "reasons")
    press(page, "examples", 0.5, 0.3)
    until_new(page, "reasons", reasons)


def test_a_kernel_is_pressed_and_all_maps_of_a_layer_can_be_looked_at(visit):
    page = visit("/cnn?points=300&epochs=2&filters=20-8&dense=12", wait="done", size=TALL)
    until_painted(page, "reasons")
    page.mouse.click(*kernel_at(page, 1))
    until_painted(page, "exciting")
    until_note(page, "convolution 1, map 2")
    exciting, network = painted(page, "exciting"), painted(page, "network")
    page.locator("[data-figure=filters] .dl-gd").focus()
    for key in (*["ArrowRight"] * 18, "Enter"):
        page.keyboard.press(key)
    until_new(page, "exciting", exciting)
    until_note(page, "convolution 1, map 19")
    turns = page.locator(".dl-turn")
    assert turns.all_inner_texts() == ["5–20 / 20 ›", "1–16 / 20 ›"]  # it is among the maps that are drawn now
    until_new(page, "network", network)
    exciting = painted(page, "exciting")
    press(page, "network", 0.17, 0.12)
    until_new(page, "exciting", exciting)
    assert page.locator("[data-figure=network] .dl-note").inner_text() in {f"convolution 1, map {k}" for k in range(5, 9)}
    turns.first.press("Enter")
    assert turns.all_inner_texts() == ["1–16 / 20 ›", "1–16 / 20 ›"]


def test_a_painted_kernel_is_found_among_the_learned_and_taken_along(visit):
    page = visit("/cnn?points=300&epochs=2&filters=20-8&dense=12", wait="done", size=TALL)
    said, grid = page.locator(".dl-kernel-said"), page.locator(".dl-paint")
    until_painted(page, "filters")
    assert said.inner_text() == "Press cells: blue, orange, empty."
    run = page.locator(".dl-player").get_attribute("data-run")
    stream = page.request.get(page.url.split("/cnn")[0] + f"/frames/{run}").body()
    weights = [r for r in records(stream) if r.kind == "frame"][-1].arrays["k0"].astype(float)

    def shows(cells):
        alike = [np.corrcoef(np.ravel(cells), weights[..., k].sum(-1).ravel())[0, 1] for k in range(20)]
        best = int(np.argmax(np.abs(alike)))
        words = f"Most like it: no. {best + 1}, {alike[best]:.2f}".replace("-", "−") + (": its negative" if alike[best] < 0 else "")
        page.wait_for_function("(words) => document.querySelector('.dl-kernel-said')?.textContent === words", arg=words, timeout=READY)

    page.locator(".dl-kernel-choice").select_option("Sobel x")
    shows([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    box = grid.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 6)  # blue
    shows([[-1, 1, 1], [-2, 0, 2], [-1, 0, 1]])
    grid.focus()
    for key in ("ArrowDown", "ArrowDown", " ", " "):  # orange
        page.keyboard.press(key)
    cells = [[-1, 1, 1], [-2, 0, 2], [-1, -1, 1]]
    shows(cells)
    page.wait_for_url("**/cnn?*painted=-1+1+1*-2+0+2*-1+-1+1*", timeout=READY)
    page.get_by_role("link", name="Slide your kernel over a picture").click()
    page.wait_for_url("**/convolution?*cells=-1+1+1*-2+0+2*-1+-1+1*", timeout=READY)
    page.get_by_role("link", name="Find this kernel").click()
    page.wait_for_url("**/cnn?*points=300*", timeout=READY)  # as it was left
    shows(cells)


def stroke(page, points):
    """Draw with the mouse from point to point, shares of the surface's side."""
    box = page.locator(".dl-slate").bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=5)
    page.mouse.up()


def until_said(page, words):
    page.wait_for_function("(words) => document.querySelector('[data-figure=sketch] .dl-title').textContent.startsWith(words)", arg=words,
                           timeout=READY)


@pytest.mark.slow
def test_a_drawn_digit_is_sent_through_and_wiped(visit):
    page = visit(f"/cnn{QUICK}", wait="done", size=TALL)
    until_painted(page, "reasons")
    title = page.locator("[data-figure=sketch] .dl-title")
    empty, maps, slate = title.inner_text(), painted(page, "network"), painted(page, "sketch")
    page.locator(".dl-slate").scroll_into_view_if_needed()
    stroke(page, [(0.4, 0.3), (0.55, 0.1), (0.55, 0.9)])
    until_said(page, "It takes it for")
    until_new(page, "network", maps)
    assert painted(page, "sketch") != slate
    assert page.evaluate("[...document.querySelectorAll('.dl-seen canvas')].map((c) => [c.parentElement.hidden, c.width, c.height])") == [
        [False, 8, 8]]
    page.locator(".dl-clear").click()
    page.wait_for_function("(b) => document.querySelector('[data-figure=network] canvas').toDataURL() === b", arg=maps, timeout=READY)
    assert title.inner_text() == empty and painted(page, "sketch") == slate
    page.locator(".dl-slate").focus()  # the keyboard's turn: a short line
    for key in (" ", *["ArrowDown"] * 8, " "):
        page.keyboard.press(key)
    until_said(page, "It takes it for")
    press(page, "examples", 0.5, 0.3)  # the last chosen counts
    until_said(page, empty)


@pytest.mark.slow
def test_what_does_not_fit_says_so_and_offers_the_change_that_helps(visit):
    page = visit("/cnn?padding=valid&points=300&epochs=2", wait="")
    page.get_by_text("pixels are left of the image by then").wait_for(timeout=READY)
    page.get_by_role("button", name="Padding").first.click()
    wait_for(page, "p.doneAt", READY)
    assert "padding" not in page.url and not page.locator(".dl-before").count()
    page.go_back()  # to the run that cannot be trained: what is on screen is the other’s
    page.locator(".dl-before .dl-state", has_text="these are the pictures of the run before").wait_for(timeout=READY)


@pytest.mark.slow
def test_a_digit_is_turned_and_dragged_and_the_answer_follows(visit):
    page = visit(f"/cnn{QUICK}&change=1", wait="done")
    page.wait_for_function("() => document.querySelector('.dl-says strong')?.textContent.match(/^[0-9]$/)", timeout=READY)
    page.locator(".dl-slate").scroll_into_view_if_needed()
    seen = "document.querySelector('.dl-seen canvas').toDataURL()"
    chosen = page.evaluate(seen)
    stroke(page, [(0.35, 0.2), (0.6, 0.2), (0.45, 0.8)])
    page.wait_for_function(f"(before) => {seen} !== before", arg=chosen, timeout=READY)
    page.wait_for_timeout(800)
    drawn = page.evaluate(seen)
    page.get_by_role("slider", name="turn", exact=True).focus()
    for _ in range(60):
        page.keyboard.press("ArrowRight")
    page.wait_for_function(f"(before) => {seen} !== before", arg=drawn, timeout=READY)
    assert page.locator(".dl-slider output").all_inner_texts() == ["60°", "0%", "0%", "0%"]
    shares = [int(text.strip("%")) for text in page.locator(".dl-chances li > span:last-child").all_inner_texts()]
    assert len(shares) == 10 and abs(sum(shares) - 100) <= 5
    box = page.locator(".dl-slate").bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down(button="right")
    page.mouse.move(box["x"] + 100 + box["width"] / 4, box["y"] + 100, steps=6)
    page.mouse.up(button="right")
    assert page.locator(".dl-slider output").all_inner_texts()[1:3] == ["25%", "0%"]
    page.get_by_role("button", name="Grad-CAM").click()
    page.wait_for_function("() => (({ hidden, width }) => !hidden && width === 8)(document.querySelector('.dl-veil'))", timeout=READY)
    page.get_by_role("button", name="Put back").click()
    page.wait_for_function(f"(before) => {seen} === before", arg=drawn, timeout=READY)
    page.locator(".dl-clear").click()  # the image is what it was about before
    page.wait_for_function(f"(before) => {seen} === before", arg=chosen, timeout=READY)
