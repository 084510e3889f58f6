"""What a moved slider costs on the pages that compute as they are moved: `python -m benchmarks.maths [--json] [--only NAME,…]`.

"server": a setting drawn at random, every second one with other formulas typed → everything the browser is told of it, in this process.
"browser": an arrow key on a handle or a slider → all figures of the page drawn, in Chromium at 1400 × 900.
"""

from __future__ import annotations

import json
import time

import numpy as np
from playwright.sync_api import Page

from benchmarks.browser import chromium, new_page
from benchmarks.common import Figure, Report, median, percentile, progress, run
from benchmarks.server import App
from core.figures import studies
from core.figures.board import Scene, Study, board_json
from core.frame import Trouble
from core.i18n import say
from core.specs.study import StudySpec
from tests.studies import random_spec

REPEATS = 40  # settings of a scene
KEYS = 6  # presses of a scene
SLIDER = "[data-testid=stMain] [role=slider]:not([aria-disabled=true]), [data-testid=stMain] input[type=range]:not(.dl-scrubber)"

CURVES = ("sin(4x)exp(-x^2/4)", "x^3/(1+x^2) - abs(x)", "tanh(3x)cos(x)+ln(1+x^2)", "tan(x)/(2+x)", "sin(cos(sin(cos(3x))))")
GROUNDS = ("sin(4x)cos(4y)exp(-x^2/4)", "3413/6096*x^2+6585/2879*x*y+7193/4510*y^2", "sin(x*y)cos(x*y)tanh(x*y)", "tan(x)*tan(y)",
           "sin(10x)sin(10y)", "(x^2-1)^2+abs(y)", "sqrt(x^2+y^2)")
MATRICES = ("1.2347/997 2.3459/991 0; 3.1237/983 4.7777/977 0; 0 0 2", "2 0 0; -1 2 0; 1 0 2", "0 -4 -3; 0 4 2; 2 1 2",
            "1 1 1; 1 1 1; 1 1 1")
TYPED = {  # what is typed, by field
    **dict.fromkeys(("f", "derived", "inner", "expanded", "checked"), CURVES), **dict.fromkeys(("g", "u", "v", "bent", "formula"), GROUNDS),
    "outer": ("sin(u)^2", "ln(1+u^2)", "abs(u)"), "expression": ("tanh(2x + 3y - 1)^2", "10^10*(x^2+y^2)", "sin(x) * x^2 + y / z"),
    "cube": MATRICES, "left": ("1.5 2 -1; 0 1/3 4", "1/7 2; 3 4; 5 6"), "right": ("1 2; 3 4; 5 6", "1/9 0.2; 3 -4"),
    "edits": ("w1_11=0.5, b2_1=-0.3",),
    "sentence": ("the old man who sat by the door saw her", "猫看见狗，狗看见猫了"), "off": ("1", "2 3"),
    "stack": ("conv 3 x32, pool 2, conv 3 x64, pool 2, flatten, dense 10", "conv 3 x16, conv 3 x16 d2, conv 3 x16 d4")}


def on_sliders(spec: StudySpec, scene: Scene, quarters: bool) -> StudySpec:
    """The same with each number where its slider can stand; quarters: at a multiple of ¼ where the slider has such, as where handles snap
    and people stop: there a page asks SymPy for exact forms."""
    for name in (*scene.controls, *scene.more):
        control, (least, greatest) = spec.control(name), spec.bounds(name)
        if type(spec).model_fields[name].annotation is not float or control.log or not control.step or least is None:
            continue
        step = 0.25 if quarters and round(0.25 / control.step, 9).is_integer() and float(4 * least).is_integer() else control.step
        value = least + step * round((getattr(spec, name) - least) / step)
        try:
            spec = spec.revised(**{name: round(min(value, greatest), 9)})
        except ValueError:
            continue
    return spec


def setting(study: Study, scene: Scene, seed: int) -> StudySpec:
    """A setting at random, where sliders can stand, half of them at quarters; an odd seed's has each text of the scene from `TYPED`."""
    rng = np.random.default_rng(seed)
    spec = on_sliders(random_spec(study, scene, rng), scene, seed % 4 < 2)
    if seed % 2 == 0:
        return spec
    texts = [name for name in (*scene.controls, *scene.more) if name in TYPED and study.spec.model_fields[name].annotation is str]
    return spec.revised(**{name: str(rng.choice(TYPED[name])) for name in texts})


def answer(study: Study, scene: Scene, seed: int) -> float:
    """Milliseconds from a setting to what the browser is told."""
    spec = setting(study, scene, seed)
    begin = time.perf_counter()
    try:
        picture = scene.draw(spec)
        json.dumps(board_json(picture))
        [say(note) for note in picture.notes]
    except Trouble as trouble:
        say(trouble.message)
    return 1000 * (time.perf_counter() - begin)


def server(report: Report) -> None:
    """Every scene of every page; the first settings, which import what is needed, are left out."""
    worst: dict[str, float] = {}
    slowest: list[float] = []
    for name in studies.names():
        worst[name], fitted = answered(report, name)
        slowest += fitted
    report.add(Figure("p95_ms", max(worst.values()), ("≤", 100), [], f"the worst page: {max(worst, key=worst.__getitem__)}"))
    if slowest:
        report.add(Figure("fits_worst_ms", max(slowest), ("≤", 1000), slowest, "scenes in which scikit-learn fits models"))


def answered(report: Report, name: str) -> tuple[float, list[float]]:
    """One page's scenes, as `<page>_p50_ms` and `<page>_p95_ms`: the latter, and the times of those scenes in which models are fitted."""
    study, values, slowest = studies.study(name), list[float](), list[float]()
    for scene in study.scenes:
        answer(study, scene, 10_000)
        found = [answer(study, scene, seed) for seed in range(8 if scene.fits else REPEATS)]
        progress(f"{name} {scene.id}: {percentile(found, 0.5):.0f}, {percentile(found, 0.95):.0f} ms")
        (slowest if scene.fits else values).extend(found)
    worst = percentile(values, 0.95)
    report.add(Figure(f"{name}_p50_ms", median(values), None, values), Figure(f"{name}_p95_ms", worst, ("≤", 100), values))
    return worst, slowest


def pressed(page: Page, key: str) -> float:
    """Milliseconds from a key on what has the focus to all figures drawn."""
    before = page.evaluate("window.__board.drawn")
    page.keyboard.press(key)
    page.wait_for_function("(n) => window.__board.drawn > n && window.__board.drawnAt > window.__bench.pressed", arg=before, timeout=10_000)
    page.wait_for_timeout(250)
    return page.evaluate("window.__board.drawnAt - window.__bench.pressed")


def browser(report: Report) -> None:
    """A handle of every scene, or its first slider where there is none; scenes with neither are left out."""
    everything: list[float] = []
    with App() as app, chromium() as chrome:
        for name in studies.names():
            page = new_page(chrome)
            values: list[float] = []
            for scene in studies.study(name).scenes:
                page.goto(f"{app.url}/{name}?scene={scene.id}")
                page.wait_for_function("() => window.__board?.drawn", timeout=60_000)
                page.wait_for_timeout(1500)
                targets = [page.locator(".dl-grip:visible"), page.locator(SLIDER)]
                target = next((t.first for t in targets if t.count()), None)
                if target is None or scene.fits:
                    continue
                target.focus()
                try:
                    found = [pressed(page, key) for key in ("ArrowRight", "ArrowLeft") * (KEYS // 2)]
                except TimeoutError:
                    progress(f"{name} {scene.id}: no answer")
                    continue
                progress(f"{name} {scene.id}: {[round(v) for v in found]} ms")
                values += found
            page.context.close()
            report.add(Figure(f"{name}_drawn_ms", median(values), ("≤", 350), values, "key → all figures drawn"))
            everything += values
    report.add(Figure("drawn_p95_ms", percentile(everything, 0.95), None, everything))


def main() -> None:
    run("Pages that compute as they are moved", {"server": server, "browser": browser})


if __name__ == "__main__":
    main()
