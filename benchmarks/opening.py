"""How long a page takes to be there, how long a server takes to be up, and how fluently the player draws."""

from __future__ import annotations

import time

from playwright.sync_api import Browser, Error, Page

from benchmarks.browser import LAB, SIZE, chromium, new_page, open_lab, settle, wait
from benchmarks.common import Figure, Report, median, progress
from benchmarks.server import App

OPENINGS, COLD_STARTS, SWEEPS = 8, 3, 4
READY = "() => window.__player?.firstFrameAt !== undefined && window.__bench.controls !== undefined"
TRAINED = "() => window.__player?.firstTrainedAt !== undefined"
IN_VIEW = """() => [...document.querySelectorAll('.dl-card')].map((card) => {
  const box = card.getBoundingClientRect()
  return box.top >= 0 && box.bottom <= innerHeight
})"""


def measure(report: Report) -> None:
    """Cold starts with the browser already running, then openings on a warm server."""
    with chromium() as browser:
        starts = [cold_start(browser) for _ in range(COLD_STARTS)]
        progress(f"cold starts: {[round(s, 1) for s in starts]} s")
        with App() as app:
            open_lab(browser, app.url).context.close()
            opened = [opening(browser, app.url) for _ in range(OPENINGS)]
    report.add(
        Figure("open_s", median(max(o) for o in opened), ("≤", 2), [max(o) for o in opened],
               "empty browser cache; controls usable and the first picture drawn"),
        Figure("open_controls_s", median(o[0] for o in opened), None, [o[0] for o in opened], "controls alone"),
        Figure("cold_start_s", median(starts), ("≤", 8), starts, "process start → first trained picture, store empty"))


def opening(browser: Browser, url: str) -> tuple[float, float]:
    """Seconds from the address to usable controls, and to the first picture."""
    page = new_page(browser)
    page.goto(f"{url}/{LAB}", wait_until="commit")
    wait(page, READY)
    controls, picture = page.evaluate("[window.__bench.controls / 1000, window.__player.firstFrameAt / 1000]")
    page.context.close()
    return controls, picture


def cold_start(browser: Browser) -> float:
    """Seconds from the start of the server's process to the first trained picture, a browser asking all the while."""
    page = new_page(browser)
    with App(wait=False) as app:
        while True:
            try:
                page.goto(f"{app.url}/{LAB}", wait_until="commit")
                break
            except Error:  # nobody listens yet
                if time.time() - app.spawned > 60:
                    raise
                time.sleep(0.05)
        wait(page, TRAINED)
        seconds = page.evaluate("performance.timeOrigin + window.__player.firstTrainedAt") / 1000 - app.spawned
    page.context.close()
    return seconds


def fluency(report: Report) -> None:
    """Pictures a second of the default run, played at speed 1 and scrubbed, every figure in view."""
    with App() as app, chromium() as browser:
        page = open_lab(browser, app.url)
        page.set_viewport_size({"width": SIZE["width"], "height": 2000})  # all figures are drawn only if all are in view
        settle(page)
        figures = page.evaluate(IN_VIEW)
        if not all(figures):
            raise RuntimeError(f"not all figures are in view: {figures}")
        playing = [played(page) for _ in range(SWEEPS)]
        keys = [scrubbed_by_keys(page) for _ in range(SWEEPS)]
        mouse = [scrubbed_by_mouse(page) for _ in range(SWEEPS)]
    report.add(
        Figure("fps", min(median(playing), median(keys), median(mouse)), ("≥", 24), [*playing, *keys, *mouse],
               f"the least of the three below; {len(figures)} figures in view"),
        Figure("fps_playing", median(playing), None, playing, "speed 1, a stored run of 200 epochs in 2 s"),
        Figure("fps_scrubbing_keys", median(keys), None, keys, "an arrow key held on the scrubber, 30 repeats a second asked for"),
        Figure("fps_scrubbing_mouse", median(mouse), None, mouse, "the scrubber dragged to and fro, 60 moves a second asked for"))


def drawn(page: Page) -> tuple[float, float]:
    """How many pictures there have been, and the page's clock in seconds."""
    count, now = page.evaluate("[window.__player.drawn, performance.now()]")
    return count, now / 1000


def played(page: Page) -> float:
    """From the first picture to the last, at speed 1: the whole run."""
    count, begin = drawn(page)
    page.locator(".dl-play").click()
    wait(page, "() => window.__player.playing")
    wait(page, "() => !window.__player.playing")
    after, end = drawn(page)
    return (after - count) / (end - begin)


def scrubbed_by_keys(page: Page, seconds: float = 2.0) -> float:
    page.locator(".dl-scrubber").focus()
    page.keyboard.press("Home")
    return moved(page, seconds, 1 / 30, lambda share: page.keyboard.press("ArrowRight" if share < 1 else "ArrowLeft"))


def scrubbed_by_mouse(page: Page, seconds: float = 2.0) -> float:
    box = page.locator(".dl-scrubber").bounding_box()
    assert box
    y, left, width = box["y"] + box["height"] / 2, box["x"] + 2, box["width"] - 4

    def drag(share: float) -> None:
        page.mouse.move(left + width * share, y)

    drag(0)
    page.mouse.down()
    try:
        return moved(page, seconds, 1 / 60, lambda share: drag(share if share < 1 else 2 - share))
    finally:
        page.mouse.up()


def moved(page: Page, seconds: float, every: float, move) -> float:  # type: ignore[no-untyped-def]
    """Call move(0 … 2) at this pace; pictures a second."""
    count, begin = drawn(page)
    start = time.monotonic()
    while (spent := time.monotonic() - start) < seconds:
        move(2 * spent / seconds)
        time.sleep(max(every - (time.monotonic() - start - spent), 0))
    after, end = drawn(page)
    return (after - count) / (end - begin)
