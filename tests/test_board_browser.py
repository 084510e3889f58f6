"""The board in a real browser: handles dragged and moved by keyboard, films, what is typed wrong, and the state around them."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from core.figures.optimizers import STUDY
from tests.browser import READY, Held

PAGE = "/linear_algebra"


def board(page):
    return page.evaluate("({...window.__board})")


def query(page):
    return {k: v[0] for k, v in parse_qs(urlsplit(page.url).query).items()}


def open_board(visit, path=PAGE, **more):
    page = visit(path, wait=None, **more)
    page.wait_for_function("() => window.__board?.drawn", timeout=READY)
    page.wait_for_timeout(300)
    return page


def title(page, figure="plane"):
    return page.locator(f"[data-figure={figure}] .dl-title").inner_text()


def place(page, figure, x, y):
    """Where a point of a figure is on the screen."""
    return page.evaluate("""([figure, x, y]) => {
      const gd = document.querySelector(`[data-figure=${figure}] .dl-gd`), box = gd.getBoundingClientRect(), l = gd._fullLayout
      return [box.left + l.xaxis._offset + l.xaxis.d2p(x), box.top + l.yaxis._offset + l.yaxis.d2p(y)] }""", [figure, x, y])


def drag(page, handle, figure, *places):
    """Take a handle with the mouse to these places, one after the other, and let go."""
    box = page.locator(f"[data-handle={handle}]").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    for x, y in places:
        page.mouse.move(*place(page, figure, x, y), steps=4)
    page.mouse.up()
    page.wait_for_function("() => window.__board.sent === window.__board.heard")


def eventually(page, condition):
    for _ in range(100):
        if condition():
            return
        page.wait_for_timeout(100)
    assert condition()


def test_what_a_trial_does_is_scrolled_to(visit):
    """The buttons of “Try this” stand below the figures."""
    page = open_board(visit, "/convolution?scene=pooling", size=(1400, 600))
    button = page.get_by_role("button", name="Draw one bright pixel")
    button.scroll_into_view_if_needed()
    assert page.evaluate("document.querySelector('.dl-board').getBoundingClientRect().top") < 0
    button.click()
    page.wait_for_function("""() => {
      const { top } = document.querySelector(".dl-board").getBoundingClientRect()
      return top >= 0 && top < 200 }""")
    assert page.get_by_text("nothing of what is kept").count() == 1


@pytest.mark.slow
def test_a_drag_moves_the_picture_and_is_one_change_to_undo(visit):
    page = open_board(visit)
    page.get_by_text("More", exact=True).click()
    page.get_by_role("spinbutton", name="v₁").wait_for()
    before = title(page)
    drag(page, "v", "plane", (1.0, 1.0), (-1.5, 0.5))
    eventually(page, lambda: (float(query(page).get("p", 9)), float(query(page).get("q", 9))) == (-1.5, 0.5))
    assert title(page) != before
    assert page.get_by_role("spinbutton", name="v₁").input_value() == "-1.5"
    page.get_by_role("button", name="Undo").click()
    eventually(page, lambda: title(page) == before and "p" not in query(page))
    assert page.get_by_role("button", name="Undo").is_disabled()


@pytest.mark.slow
def test_the_picture_comes_before_the_page_s_elements_and_these_change_nothing_in_it(visit):
    held = Held()
    page = open_board(visit, socket=held)
    before, drawn = title(page), board(page)["drawn"]
    held.holding = True
    page.locator("[data-handle=v]").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("(n) => window.__board.drawn > n", arg=drawn)
    assert held.messages and title(page) != before
    now = {**board(page), "title": title(page)}
    held.release()
    page.wait_for_function("() => window.__board.sent === window.__board.heard")
    assert page.get_by_role("button", name="Undo").is_enabled()
    assert (board(page)["drawn"], title(page)) == (now["drawn"], now["title"])


@pytest.mark.slow
def test_v_is_caught_where_it_does_not_turn(visit):
    page = open_board(visit)
    drag(page, "v", "plane", (1.9, 1.05))  # the lines (2, 1) and (2, -1) stay
    eventually(page, lambda: "p" in query(page))
    assert "does not turn" in title(page)
    assert float(query(page)["p"]) == pytest.approx(2 * float(query(page)["q"]), abs=1e-6)


def test_the_arrow_keys_move_a_handle(visit):
    page = open_board(visit)
    page.locator("[data-handle=v]").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    eventually(page, lambda: query(page).get("p") == "0.55" and query(page).get("q") == "0.9")
    assert "0.55" in page.locator("[data-handle=v]").get_attribute("aria-valuetext")
    page.get_by_role("button", name="Undo").click()
    eventually(page, lambda: "p" not in query(page))


def test_a_film_plays_pauses_and_is_scrubbed(visit):
    page = open_board(visit)
    last = board(page)["step"]
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("() => window.__board.step > 0 && window.__board.step < " + str(last))
    page.get_by_role("button", name="Pause").click()
    page.wait_for_timeout(100)
    stopped = board(page)["step"]
    page.get_by_role("button", name="One step forward").click()
    page.wait_for_function(f"() => window.__board.step === {min(stopped + 1, last)}")
    page.locator(".dl-scrubber").fill("0")
    page.wait_for_function("() => window.__board.step === 0")
    page.get_by_role("button", name="Skip to the end").click()
    page.wait_for_function(f"() => window.__board.step === {last}")


@pytest.mark.slow
def test_what_is_typed_wrong_is_said_and_loses_nothing(visit):
    page = open_board(visit, f"{PAGE}?scene=product")
    figures = page.locator(".dl-card").count()
    box = page.get_by_role("textbox", name="B", exact=True)
    box.fill("1 2; x 4")
    box.press("Enter")
    page.locator("[data-testid=stAlert]").first.wait_for()
    assert page.locator(".dl-card").count() == figures and board(page)["drawn"]
    box.fill("1 0; 0 1")
    box.press("Enter")
    page.locator("[data-testid=stAlert]").first.wait_for(state="detached")


@pytest.mark.slow
def test_another_language_and_another_scene_keep_what_was_set(visit):
    page = open_board(visit, f"{PAGE}?a=2.5")
    page.get_by_text("简体中文").click()
    page.wait_for_function("() => /[一-鿿]/.test(document.querySelector('[data-figure=plane] .dl-title')?.textContent)")
    assert query(page)["a"] == "2.5"
    page.locator("[data-testid=stButtonGroup] button", has_text=re.compile("^向量$")).click()
    eventually(page, lambda: query(page).get("scene") == "vectors" and query(page)["a"] == "2.5")


@pytest.mark.slow
def test_on_a_phone_a_finger_drags_and_nothing_is_too_wide(visit):
    page = open_board(visit, size=(390, 844), viewport={"width": 390, "height": 844}, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    grip = page.locator("[data-handle=v]")
    grip.scroll_into_view_if_needed()
    assert page.evaluate("getComputedStyle(document.querySelector('[data-handle=v]')).touchAction") == "none"
    drag(page, "v", "plane", (-1.0, 1.0))
    eventually(page, lambda: query(page).get("p") == "-1")


@pytest.mark.slow
def test_a_page_asks_for_nothing_that_is_not_there(visit):
    page = open_board(visit)
    missing = []
    page.on("response", lambda answer: missing.append(answer.url) if answer.status >= 400 else None)
    page.reload()
    page.wait_for_function("() => window.__board?.drawn")
    assert missing == []


@pytest.mark.slow
def test_an_open_popover_leaves_the_navigation_free_and_its_button_legible(visit):
    page = open_board(visit, "/optimizers", color_scheme="dark")
    button = page.get_by_role("button", name="The idea")
    button.click()
    body = page.locator("[data-testid=stPopoverBody]")
    body.wait_for()
    eventually(page, lambda: body.bounding_box()["x"] >= page.locator("[data-testid=stSidebar]").bounding_box()["width"])
    assert button.evaluate("e => Math.max(...getComputedStyle(e).color.match(/\\d+/g).map(Number))") > 180


@pytest.mark.slow
def test_quick_clicks_leave_the_page_alive_and_its_address_right(visit):
    page = open_board(visit, "/optimizers")
    for _ in range(4):
        page.evaluate("""async () => {
          const pills = () => document.querySelectorAll('[data-testid=stMain] [data-testid=stButtonGroup]')[1].querySelectorAll('button')
          for (const k of [4, 1, 2, 3]) { pills()[k].click(); await new Promise((r) => setTimeout(r, 15)) }
        }""")
        page.wait_for_timeout(700)
    wanted = STUDY.spec().revised(**STUDY.scenes[0].presets[3].values).to_query()
    eventually(page, lambda: query(page) == wanted)
    assert page.locator("[data-testid=stMain] [data-testid=stButtonGroup]").nth(1).locator("button").nth(3).is_enabled()
