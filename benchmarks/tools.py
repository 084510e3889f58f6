"""The drawer of tools: how long one takes to open on a finished run, and five seeds from the button to the last curve."""

from __future__ import annotations

from playwright.sync_api import Page

from benchmarks.browser import chromium, open_lab, wait
from benchmarks.common import Figure, Report, median, progress
from benchmarks.server import App
from core.ui.drawer import TOOLS

OPENINGS, GROUPS = 7, 5
# From the click on a tool to the first frame in which its contents stand there and the page rests.
CLICK = """([tool, at]) => new Promise((done) => {
  const button = document.querySelectorAll('.st-key-drawer button')[at]
  const there = () => document.querySelector(`.st-key-tool-${tool}`)?.innerText.trim()
    && document.querySelector("[data-test-script-state]")?.dataset.testScriptState === "notRunning"
  const begin = performance.now()
  const look = () => (there() ? done(performance.now() - begin) : requestAnimationFrame(look))
  button.click()
  requestAnimationFrame(look)
})"""
GROUP = """() => new Promise((done) => {
  const begin = performance.now()
  const before = document.querySelector('.dl-group')?.dataset.key
  const look = () => {
    const group = document.querySelector('.dl-group')?.dataset
    if (group && group.key !== before && group.done === '5') return done(performance.now() - begin)
    requestAnimationFrame(look)
  }
  document.querySelector('.st-key-feedforward-seeds-go button').click()
  requestAnimationFrame(look)
})"""


def measure(report: Report) -> None:
    """All tools in turns, then groups of seeds that were never trained before."""
    with App() as app, chromium() as browser:
        page = open_lab(browser, app.url)
        page.locator(".st-key-drawer button").first.wait_for()
        opened = {name: [] for name in TOOLS}  # type: dict[str, list[float]]
        for turn in range(OPENINGS + 1):
            for at, name in enumerate(TOOLS):
                seconds = page.evaluate(CLICK, [name, at])
                if turn:  # the first time a browser compiles what it shows
                    opened[name].append(seconds)
                page.wait_for_timeout(250)
        slowest = max(opened, key=lambda name: median(opened[name]))
        report.add(Figure("compare_ms", median(opened[slowest]), ("≤", 300), opened[slowest], f"the slowest tool to open: {slowest}"))
        report.add(*(Figure(f"open_{name}_ms", median(values), None, values) for name, values in opened.items()))
        page.context.close()
        groups = [five_seeds(open_lab(browser, app.url, f"?seed={1000 + 10 * i}")) for i in range(GROUPS + 1)][1:]
        progress(f"five seeds: {[round(s, 2) for s in groups]} s")
    report.add(Figure("five_seeds_s", median(groups), ("≤", 3), groups,
                      "default network, one of the five trained before, two warm workers"))


def five_seeds(page: Page) -> float:
    """Seconds from the button to the fifth curve."""
    wait(page, "() => document.querySelector('.st-key-drawer button')")
    page.evaluate(CLICK, ["seeds", list(TOOLS).index("seeds")])
    seconds = page.evaluate(GROUP) / 1000
    page.context.close()
    return seconds
