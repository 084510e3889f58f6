"""From a key on a slider to the picture that answers it, beside the same key on a page that computes nothing."""

from __future__ import annotations

import statistics

from playwright.sync_api import Browser, Page

from benchmarks.browser import chromium, new_page, open_group, open_lab, press, press_for_text, press_to_end, settle
from benchmarks.common import Figure, Report, median, progress
from benchmarks.server import AS_IT_COMES, App

REPEATS = 10
NAIVE_REPEATS = 3


class Floor:
    """The page that computes nothing: `press` gives its milliseconds."""

    def __init__(self, browser: Browser, url: str, other: Floor | None = None) -> None:
        """other: one that is pressed in turns with this."""
        self.page, self.other = new_page(browser), other
        self.page.goto(url)
        self.page.get_by_text("shown 0 on the floor").wait_for()
        self.values: list[float] = []
        for _ in range(3):
            self.once()

    def once(self) -> float:
        return press_for_text(self.page, "Value", "shown {value} on the floor")

    def press(self) -> None:
        self.page.bring_to_front()
        self.values.append(self.once())
        if self.other:
            self.other.press()


def measure(report: Report) -> None:
    """All three settings against the floor, in turns."""
    with App() as app, App("benchmarks/floor_app.py", options=AS_IT_COMES) as below, App("benchmarks/floor_app.py") as ours, \
            chromium() as browser:
        floor = Floor(browser, below.url, Floor(browser, ours.url))
        page = open_lab(browser, app.url)
        new = new_architectures(page, floor)
        first, cached = same_architecture(page, floor)
    base = median(floor.values)
    report.add(Figure("floor_ms", base, None, floor.values, "the same key on a page that computes nothing, Streamlit as it comes"),
               Figure("floor_configured_ms", median(floor.other.values), None, floor.other.values,
                      "the same with our configuration of Streamlit (no garbage collection after every run)"))
    for key, bar, values, note in (
            ("new_architecture", 250, new, "neurons of layer 1, every value for the first time"),
            ("first_picture", 60, [v for kind in first.values() for v in kind], "learning rate, noise and seed in turns"),
            ("cached", 40, cached, "a learning rate, noise or seed seen before")):
        report.add(Figure(f"{key}_over_floor_ms", median(v["trained"] for v in values) - base, ("≤", bar),
                          [v["trained"] - base for v in values], note),
                   Figure(f"{key}_asked_ms", median(v["asked"] for v in values), None, [v["asked"] for v in values],
                          "key → the player asks for the run: Streamlit and the page's script"),
                   Figure(f"{key}_frame_ms", median(v["frame"] for v in values), None, [v["frame"] for v in values],
                          "key → first picture, still untrained"))
    for name, kind in first.items():
        over = [v["trained"] - base for v in kind]
        report.add(Figure(f"first_picture_{name}_over_floor_ms", median(over), None, over))


def new_architectures(page: Page, floor: Floor) -> list[dict[str, float]]:
    """One neuron more each time. The first four warm both workers and are left out."""
    found = []
    for i in range(REPEATS + 4):
        page.bring_to_front()
        seen = press(page, "Neurons in layer 1")
        settle(page)
        if i >= 4:
            found.append(seen)
            floor.press()
    progress(f"new architecture: {[round(v['trained']) for v in found]} ms; floor {round(statistics.median(floor.values))} ms")
    return found


def same_architecture(page: Page, floor: Floor) -> tuple[dict[str, list[dict[str, float]]], list[dict[str, float]]]:
    """To a new value and back to the one before: first pictures by control, and cached ones.

    Both workers have met the architecture by then.
    """
    page.bring_to_front()
    open_group(page, "More: data")
    controls = {"learning_rate": "Learning rate", "noise": "Noise", "seed": "Seed"}
    first: dict[str, list[dict[str, float]]] = {name: [] for name in controls}
    cached = []
    for i in range(2 + REPEATS // 2):
        for name, label in controls.items():
            page.bring_to_front()
            seen = press(page, label)
            settle(page)
            floor.press()
            page.bring_to_front()
            back = press(page, label, "ArrowLeft")
            settle(page)
            press(page, label)  # and forward again: the next one is new
            settle(page)
            if i >= 2:
                first[name].append(seen)
                cached.append(back)
    progress(f"first picture: { {k: [round(v['trained']) for v in vs] for k, vs in first.items()} } ms")
    progress(f"cached: {[round(v['trained']) for v in cached]} ms")
    return first, cached


def naive(report: Report) -> None:
    """Learning rate → all 200 epochs drawn: ours, and a plain Streamlit app."""
    with App() as app, App("benchmarks/naive_app.py", options=AS_IT_COMES, CUDA_VISIBLE_DEVICES="-1", TF_CPP_MIN_LOG_LEVEL="3") as plain, \
            chromium() as browser:
        page = open_lab(browser, app.url, "?learning_rate=0.001")
        other = new_page(browser)
        other.goto(plain.url)
        other.get_by_text("epoch 200 at").wait_for(timeout=120_000)
        for _ in range(3):
            press_to_end(page, "Learning rate")
            settle(page)
        ours, theirs = [], []
        for _ in range(NAIVE_REPEATS):
            for _ in range(3):
                page.bring_to_front()
                ours.append(press_to_end(page, "Learning rate") / 1000)
                settle(page)
            other.bring_to_front()
            theirs.append(press_for_text(other, "Learning rate", "epoch 200 at learning rate {value}") / 1000)
        progress(f"done: ours {ours} s, naive {theirs} s")
    report.add(Figure("done_vs_naive", median(theirs) / median(ours), ("≥", 25),
                      [t / median(ours) for t in theirs], "200 epochs drawn; ours skipping to the end"),
               Figure("done_s", median(ours), None, ours), Figure("naive_s", median(theirs), None, theirs))
