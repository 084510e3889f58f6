"""Chromium through Playwright, and gestures timed inside the page: from the key's event to the picture that answers it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update",
         "--disable-sync"]
SIZE: ViewportSize = {"width": 1400, "height": 900}
LAB = "feedforward"
# `pressed`: when the last key went down, before anything has handled it. `controls`: when the first sliders were there.
SCRIPT = """
window.__bench = {}
addEventListener("keydown", (event) => { if (!event.repeat) window.__bench.pressed = performance.now() }, true)
const looking = setInterval(() => {
  const slider = document.querySelector('input[type=range][aria-label="Learning rate"]')
  if (!slider || slider.disabled) return
  window.__bench.controls = performance.now()
  clearInterval(looking)
}, 10)
"""
FIRST = "(before) => window.__player?.run !== before && window.__player?.firstTrainedAt !== undefined"
IDLE = "() => window.__player?.state === 'finished' && !window.__player.playing && window.__player.doneAt !== undefined"


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium. RuntimeError if it is not installed."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        raise RuntimeError("chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def new_page(browser: Browser) -> Page:
    """A page in a context of its own: nothing cached, no cookies."""
    page = browser.new_context(viewport=SIZE, locale="en-US").new_page()
    page.set_default_timeout(60_000)
    page.add_init_script(SCRIPT)
    return page


def open_lab(browser: Browser, url: str, query: str = "", lab: str = LAB) -> Page:
    """The page of a lab, its first run drawn to the end."""
    page = new_page(browser)
    page.goto(f"{url}/{lab}{query}")
    wait(page, "() => window.__player?.firstTrainedAt !== undefined")
    settle(page)
    return page


def wait(page: Page, what: str, argument: Any = None, seconds: float = 60) -> None:
    """Wait for a JavaScript function to say yes, asking every 25 ms, which disturbs less than every frame."""
    page.wait_for_function(what, arg=argument, polling=25, timeout=seconds * 1000)


def settle(page: Page) -> None:
    """Skip to the end of the run on screen and wait until the page rests."""
    page.evaluate("document.querySelector('.dl-skip').click()")
    wait(page, IDLE)
    time.sleep(0.4)


def open_group(page: Page, title: str) -> None:
    """Unfold a group of controls, which draws them."""
    page.get_by_text(title, exact=True).click()
    page.wait_for_timeout(800)


def focus(page: Page, label: str) -> None:
    """Put the keyboard on a slider without scrolling: the figures stay in view."""
    page.locator(f'input[type=range][aria-label="{label}"]').wait_for(state="attached")
    page.evaluate("""(label) => {
      document.querySelector(`input[type=range][aria-label="${label}"]`).focus({ preventScroll: true })
      document.querySelector('[data-testid=stMain]')?.scrollTo(0, 0)
    }""", label)


def press(page: Page, label: str, key: str = "ArrowRight") -> dict[str, float]:
    """Press a key on a slider of the lab and wait for the first trained picture of the run that follows.

    Milliseconds from the key: `asked` (the player opens the new run), `frame` (the first picture), `trained` (the first
    trained one).
    """
    focus(page, label)
    before = page.evaluate("window.__player.run")
    page.keyboard.press(key)
    wait(page, FIRST, before)
    seen = page.evaluate("({ ...window.__player, pressed: window.__bench.pressed })")
    return {"asked": seen["runRequestedAt"] - seen["pressed"], "frame": seen["firstFrameAt"] - seen["pressed"],
            "trained": seen["firstTrainedAt"] - seen["pressed"]}


def press_to_end(page: Page, label: str, key: str = "ArrowRight") -> float:
    """Milliseconds from a key to the last picture of the new run, the player's skip pressed as soon as the run is there."""
    focus(page, label)
    before = page.evaluate("window.__player.run")
    page.evaluate("""(before) => {
      const skipping = setInterval(() => {
        if (window.__player.run === before) return
        clearInterval(skipping)
        document.querySelector('.dl-skip').click()
      }, 5)
    }""", before)
    page.keyboard.press(key)
    wait(page, "(before) => window.__player.run !== before && window.__player.doneAt !== undefined", before)
    seen = page.evaluate("({ ...window.__player, pressed: window.__bench.pressed })")
    return seen["doneAt"] - seen["pressed"]


def press_for_text(page: Page, label: str, text: str, key: str = "ArrowRight", seconds: float = 120) -> float:
    """Milliseconds from a key to the frame that shows a new text: for the apps that the lab is compared with.

    text: what the paragraph must hold; "{value}" in it stands for the value the slider shows by then.
    """
    focus(page, label)
    page.evaluate("""([label, text]) => {
      const bench = window.__bench
      const slider = document.querySelector(`input[type=range][aria-label="${label}"]`)
      const before = slider.getAttribute("aria-valuetext")
      bench.shown = undefined
      const watcher = new MutationObserver(() => {
        const value = document.querySelector(`input[type=range][aria-label="${label}"]`).getAttribute("aria-valuetext")
        if (value === before || !document.body.textContent.includes(text.replace("{value}", value))) return
        watcher.disconnect()
        requestAnimationFrame(() => { bench.shown = performance.now() })
      })
      watcher.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true })
    }""", [label, text])
    page.keyboard.press(key)
    wait(page, "() => window.__bench.shown !== undefined", seconds=seconds)
    return page.evaluate("window.__bench.shown - window.__bench.pressed")
