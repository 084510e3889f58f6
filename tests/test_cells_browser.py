"""The pages on recurrent cells by hand in a real browser: a film stepped, a gate held, the gap stretched, in both languages."""

import pytest

from tests.test_board_browser import board, eventually, open_board, query


def titles(page):
    return page.locator(".dl-board .dl-title").all_inner_texts()


def moved(page, handle, key):
    """The address and the figures' titles after a key on a handle."""
    before = titles(page)
    page.locator(f"[data-handle={handle}]").focus()
    page.keyboard.press(key)
    eventually(page, lambda: titles(page) != before)
    page.wait_for_function("() => window.__board.sent === window.__board.heard")
    return query(page)


def test_the_gap_is_stretched_until_the_gradient_dies(visit):
    page = open_board(visit, "/rnn?scene=gap")
    assert int(moved(page, "gap", "ArrowRight")["gap"]) == int(moved(page, "gap", "ArrowRight")["gap"]) - 1


@pytest.mark.parametrize(("name", "gate"), [("lstm", "forget"), ("gru", "update_after")])
def test_a_gate_is_held_by_hand(visit, name, gate):
    page = open_board(visit, f"/{name}?scene=hold")
    was = page.evaluate("() => document.querySelectorAll('.dl-grip').length")
    assert was > 0 and gate in moved(page, gate, "ArrowUp")


@pytest.mark.parametrize("name", ["lstm", *(pytest.param(name, marks=pytest.mark.slow) for name in ("rnn", "gru"))])
def test_a_cell_is_gone_through_step_by_step_in_chinese(visit, name):
    page = open_board(visit, f"/{name}?scene=cell&lang=zh")
    last = board(page)["step"]
    before = titles(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="后退一步").click()
    page.wait_for_function(f"() => window.__board.step === {last - 1}")
    assert titles(page) != before and all(any("\u4e00" <= c <= "\u9fff" for c in title) for title in titles(page))
