"""The pages on recurrent cells by hand in a real browser: a film stepped, a gate held, the gap stretched, in both languages."""

import pytest

from tests.test_board_browser import board, eventually, open_board, query


def titles(page):
    return page.locator(".dl-board .dl-title").all_inner_texts()


def moved(page, handle, key):
    """Press a key on a handle, and see the figures' titles change."""
    before = titles(page)
    page.locator(f"[data-handle={handle}]").focus()
    page.keyboard.press(key)
    eventually(page, lambda: titles(page) != before)


def test_the_gap_is_stretched_until_the_gradient_dies(visit):
    page = open_board(visit, "/rnn?scene=gap&gap=30")
    moved(page, "gap", "ArrowRight")
    eventually(page, lambda: query(page)["gap"] == "31")


@pytest.mark.parametrize(("name", "gate"), [
    ("lstm", "forget"), pytest.param("gru", "update_after", marks=pytest.mark.slow)])
def test_a_gate_is_held_by_hand(visit, name, gate):
    page = open_board(visit, f"/{name}?scene=hold")
    moved(page, gate, "ArrowUp")
    eventually(page, lambda: gate in query(page))


@pytest.mark.parametrize("name", ["lstm", *(pytest.param(name, marks=pytest.mark.slow) for name in ("rnn", "gru"))])
def test_a_cell_is_gone_through_step_by_step_in_chinese(visit, name):
    page = open_board(visit, f"/{name}?scene=cell&lang=zh")
    last = board(page)["step"]
    before = titles(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="后退一步").click()
    page.wait_for_function(f"() => window.__board.step === {last - 1}")
    assert titles(page) != before and all(any("\u4e00" <= c <= "\u9fff" for c in title) for title in titles(page))
