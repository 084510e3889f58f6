"""The drawer of tools as a person meets it: pins, many seeds and sweeps, in a real Chromium."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest

from core.insight.exercises import challenges_of
from core.specs import links
from core.specs.feedforward import FeedforwardSpec
from core.specs.lesson import Lesson
from tests.browser import player, press, wait_for

# the pinned run's curve is whole
DRAWN = "() => document.querySelector('[data-figure=loss] .dl-gd')?.data?.some((t) => t.name.startsWith('A') && t.y.length > 60)"
pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def tool(page, name):
    """Open a tool of the drawer, which appears with the first finished run."""
    button = page.get_by_role("button", name=name).or_(page.get_by_role("radio", name=name)).first
    button.wait_for()
    button.click()


def curves(page, figure):
    """What Plotly has drawn in a figure: by name, how many values each line holds."""
    return page.evaluate("(id) => Object.fromEntries(document.querySelector(`[data-figure=${id}] .dl-gd`).data"
                         ".map((t) => [t.name, t.y.length]))", figure)


@pytest.mark.slow
def test_the_first_sight_is_calm_and_the_drawer_comes_with_the_first_run(visit):
    page = visit("/feedforward?seed=301&epochs=2000&batch_size=1&points=1000", wait="frame")
    assert not page.get_by_text("Many seeds").count()
    page.goto(page.url.split("?")[0] + "?seed=301")
    page.get_by_text("Many seeds").wait_for(timeout=20_000)


@pytest.mark.slow
def test_a_pinned_run_stays_on_screen_through_changes_reloads_and_other_pages(visit):
    page = visit("/feedforward?seed=302&epochs=60")
    wait_for(page, "p.state === 'finished'")
    tool(page, "Compare")
    page.get_by_role("button", name="Pin this run").click()
    page.wait_for_url("**pins=**")
    press(page, "Learning rate", "ArrowRight")
    wait_for(page, "p.state === 'finished' && !p.playing")
    page.wait_for_function(DRAWN)
    assert {"A · training": 61, "A · validation": 61}.items() <= curves(page, "loss").items()
    assert {"A · training": 61, "A · validation": 61}.items() <= curves(page, "accuracy").items()
    assert not any(name and name.startswith("A ") for name in curves(page, "gradients"))
    assert page.locator("[data-figure=loss] .dl-label").get_by_text("A", exact=True).count() == 1
    page.get_by_text("is ahead of").or_(page.get_by_text("there is no difference")).wait_for()
    page.reload()
    page.wait_for_function(DRAWN, timeout=20_000)
    page.get_by_role("link", name="Home").click()
    page.get_by_text("Make it fail: no bend").wait_for()
    page.get_by_role("link", name="Feedforward networks").first.click()
    page.wait_for_function(DRAWN, timeout=20_000)
    assert "pins=" in page.url
    tool(page, "Compare")
    page.get_by_role("button", name="Show A").click()
    wait_for(page, f"p.run === {json.dumps(FeedforwardSpec(seed=302, epochs=60).key)}")
    page.get_by_role("button", name="Unpin A").click()
    page.wait_for_function("() => !location.search.includes('pins')")


@pytest.mark.slow
def test_a_pinned_run_is_not_cancelled_by_the_next(visit):
    page = visit("/feedforward?seed=304&points=40&epochs=5")
    wait_for(page, "p.state === 'finished'")
    tool(page, "Compare")
    slow = FeedforwardSpec(seed=304, epochs=2000, batch_size=2, points=600, dropout=0.2)  # half a minute
    page.evaluate("(q) => { history.pushState({}, '', q); dispatchEvent(new PopStateEvent('popstate')) }",
                  "?" + "&".join(f"{k}={v}" for k, v in slow.to_query().items()))
    wait_for(page, f"p.run === {json.dumps(slow.key)} && p.firstTrainedAt && p.state === 'training'")
    before = player(page)
    page.get_by_role("button", name="Pin this run").click()
    page.wait_for_url("**pins=**", timeout=1500)
    assert player(page)["runRequestedAt"] == before["runRequestedAt"]
    press(page, "Learning rate", "ArrowRight")
    page.get_by_text("in training …").first.wait_for(state="attached")
    page.wait_for_function("() => { const { data } = document.querySelector('[data-figure=loss] .dl-gd');"
                           "const t = data.find((t) => t.name?.startsWith('A')); const n = t.y.length;"
                           "window.__n ??= n; return n > window.__n + 20 }", timeout=20_000)
    page.get_by_role("button", name="Stop training").click()  # stops the run on screen and no other
    wait_for(page, "p.state === 'cancelled'")
    page.wait_for_function("() => { const { data } = document.querySelector('[data-figure=loss] .dl-gd');"
                           "const n = data.find((t) => t.name?.startsWith('A')).y.length;"
                           "window.__m ??= n; return n > window.__m + 20 }", timeout=20_000)


@pytest.mark.slow
def test_seeds_are_drawn_as_they_come_in_and_summed_up(visit):
    page = visit("/feedforward?seed=305")
    wait_for(page, "p.state === 'finished'")
    tool(page, "Many seeds")
    page.get_by_role("button", name="Train them").click()
    page.wait_for_function("() => document.querySelector('.dl-group')?.dataset.done === '5'", timeout=30_000)
    page.get_by_text("over 5 seeds").wait_for()
    seen = page.evaluate("document.querySelector('[data-figure=seeds] .dl-gd').data.map((t) => [t.x.length, t.y])")
    assert [n for n, _y in seen] == [201, 201, 201]
    low, high, middle = (y for _n, y in seen)
    assert all(a <= m <= b for a, m, b in zip(low, middle, high, strict=True)) and any(a < b for a, b in zip(low, high, strict=True))
    assert "median" in page.locator("[data-figure=seeds] .dl-title").inner_text()


@pytest.mark.slow
def test_a_sweep_and_the_finder_are_drawn(visit):
    page = visit("/feedforward?seed=306&epochs=20&points=100")
    wait_for(page, "p.state === 'finished'")
    tool(page, "Sweep")
    page.get_by_role("button", name="Train them").click()
    page.wait_for_function("() => { const d = document.querySelector('.dl-group')?.dataset;"
                           "return d && d.done === d.total && d.total > 9 }", timeout=60_000)
    page.get_by_text("has the best").or_(page.get_by_text("No other value")).first.wait_for()
    seen = page.evaluate("document.querySelector('[data-figure=sweep] .dl-gd').data.map((t) => t.x.length)")
    assert seen[2] == 7 and seen[3] == 21
    page.get_by_role("combobox", name="What to vary").click()
    page.get_by_role("option", name="Learning-rate finder").click()
    page.get_by_role("button", name="Train them").click()
    page.get_by_text("usually a good rate").wait_for(timeout=60_000)
    rates = page.evaluate("document.querySelector('[data-figure=finder] .dl-gd').data[2].x")
    assert rates[0] == 0.00001 and rates[-1] >= 1


@pytest.mark.slow
def test_every_figure_offers_its_numbers_and_itself_as_files(visit, tmp_path):
    page = visit("/feedforward?seed=307&pins=" + links.pack({"A": FeedforwardSpec(seed=308)}), wait="done")
    page.wait_for_function(DRAWN)
    names = page.evaluate("[...document.querySelectorAll('.dl-card')].map((c) => c.dataset.figure)")
    assert {"network", "surface", "loss", "accuracy", "gradients", "updates", "confusion"} <= set(names)
    for name in names:
        for kind, start in (("PNG", b"\x89PNG"), ("SVG", b"<svg")):
            page.locator(f"[data-figure={name}] .dl-dots").click()
            with page.expect_download() as download:
                page.get_by_role("menuitem", name=kind).click()
            download.value.save_as(tmp_path / f"{name}.{kind}")
            data = (tmp_path / f"{name}.{kind}").read_bytes()
            assert data.startswith(start) and len(data) > 3000, name
        dots = page.locator(f"[data-figure={name}] .dl-dots")
        dots.focus()
        page.keyboard.press("Enter")  # by keyboard alone
        page.keyboard.press("Enter")
        page.locator("dialog.dl-dialog").wait_for()
        assert page.locator("dialog.dl-dialog tbody tr").count() >= 2, name
        page.keyboard.press("Escape")
        assert not page.locator("dialog").count()
    # what the player paints itself is in the picture too: the surface is not a white square
    svg = (tmp_path / "surface.SVG").read_text()
    assert "<image" in svg and "data:image/png" in svg
    assert "A · validation" in (tmp_path / "loss.SVG").read_text() or ">A<" in (tmp_path / "loss.SVG").read_text()
    page.locator("[data-figure=loss] .dl-dots").click()
    page.get_by_role("menuitem", name="The numbers").click()
    assert page.locator("dialog th").all_inner_texts() == ["epoch", "training", "validation", "A · training", "A · validation"]
    assert page.locator("dialog tbody tr").count() == 201
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    download.value.save_as(tmp_path / "loss.csv")
    assert len((tmp_path / "loss.csv").read_text("utf-8-sig").splitlines()) == 202


@pytest.mark.slow
def test_the_zoom_of_a_figure_has_a_keyboard_twin(visit):
    page = visit("/feedforward?seed=307", wait="done")
    page.wait_for_function("() => document.querySelector('[data-figure=loss] .dl-gd')?.data?.[0].y.length === 201")
    ranges = lambda name: page.evaluate("(n) => { const { xaxis, yaxis } = document.querySelector(`[data-figure=${n}] .dl-gd`)"  # noqa: E731
                                        "._fullLayout; return [xaxis.range, yaxis.range].map((r) => Array.from(r, Number)) }", name)

    def choose(name, *keys):
        page.locator(f"[data-figure={name}] .dl-dots").focus()
        for key in ("Enter", *keys, "Escape"):
            page.keyboard.press(key)

    before = ranges("loss")
    choose("loss", *["ArrowDown"] * 3, "Enter", "Enter")  # twice nearer, around the shown epoch: the last one
    (low, high), up = ranges("loss")
    assert (low, high) == (150, 200) and up[1] - up[0] < (before[1][1] - before[1][0]) / 2
    choose("loss", *["ArrowDown"] * 4, "Enter")
    assert ranges("loss")[0] == [100, 200]
    choose("loss", *["ArrowDown"] * 5, "Enter")
    assert ranges("loss") == before
    choose("surface", *["ArrowDown"] * 3, "Enter")
    assert ranges("surface") == [[-3, 3], [-3, 3]]
    page.locator("[data-figure=network] .dl-dots").click()
    assert not page.get_by_role("menuitem", name="Zoom in").count()  # its neurons answer to clicks and arrows
    page.keyboard.press("Escape")
    # the next run's curves are seen whole, however this one's were looked at
    plot = page.locator("[data-figure=loss] .nsewdrag").bounding_box()
    page.mouse.move(plot["x"] + 20, plot["y"] + 20)
    page.mouse.down()
    page.mouse.move(plot["x"] + 60, plot["y"] + 60, steps=4)
    page.mouse.up()
    page.wait_for_function("() => document.querySelector('[data-figure=loss] .dl-gd')._fullLayout.xaxis.range[1] < 150")
    press(page, "Learning rate", "ArrowLeft")
    wait_for(page, "p.doneAt")
    assert ranges("loss")[0] == [0, 200]
    choose("loss", *["ArrowDown"] * 3, "Enter", "Enter", "Enter")
    page.get_by_text("A spiral that works").click()
    wait_for(page, "p.epochs === 600 && p.firstTrainedAt")
    page.wait_for_function("() => document.querySelector('[data-figure=loss] .dl-gd')._fullLayout.xaxis.range.join() === '0,600'")


@pytest.mark.slow
def test_a_tool_keeps_what_was_chosen_when_the_language_changes(visit):
    page = visit("/feedforward?seed=308", wait="done", locale="en-US")

    def pick(label, option):
        page.get_by_test_id("stSelectbox").filter(has_text=label).locator("input").click()
        page.get_by_role("option", name=option).click()

    def shows(text, label):
        page.wait_for_function("""([label, text]) => [...document.querySelectorAll('[data-testid=stSelectbox]')].some((box) =>
          box.innerText.includes(label) && (box.innerText + box.querySelector('input').value).includes(text))""", arg=[label, text])

    page.get_by_text("For teachers").click()
    pick("Challenge", "The spiral with 6 neurons")
    page.get_by_role("textbox", name="What you ask").fill("Why?")
    page.get_by_text("简体中文").click()
    shows("6 个神经元", "挑战")
    page.get_by_text("English", exact=True).click()
    shows("The spiral with 6 neurons", "Challenge")
    assert page.get_by_role("textbox", name="What you ask").input_value() == "Why?"
    page.get_by_text("Sweep", exact=True).click()
    pick("What to vary", "Batch size")
    page.get_by_text("简体中文").click()
    shows("批大小", "改变")
    page.get_by_text("English", exact=True).click()
    shows("Batch size", "What to vary")
    assert not page.get_by_test_id("stException").count()


def kept(page):
    return page.evaluate("JSON.parse(localStorage.getItem('deep-learning-lab') ?? 'null')")


@pytest.mark.slow
def test_a_browser_remembers_and_forgets(visit):
    page = visit("/feedforward?seed=309", locale="en-US")  # a profile of its own
    page.wait_for_function("() => localStorage.getItem('deep-learning-lab')")
    assert [e["query"] for e in kept(page)["history"]["feedforward"]] == [{"seed": "309"}]
    page.get_by_role("button", name="What is kept about me").click()
    page.get_by_text("runs in the history 1").wait_for()  # the run ended after the sidebar was drawn
    page.keyboard.press("Escape")
    press(page, "Learning rate", "ArrowRight")
    page.wait_for_function("() => JSON.parse(localStorage.getItem('deep-learning-lab')).history.feedforward.length === 2", timeout=20_000)
    page.evaluate("() => { const all = JSON.parse(localStorage.getItem('deep-learning-lab')); all.history.feedforward.shift();"
                  "localStorage.setItem('deep-learning-lab', JSON.stringify(all)) }")
    solved = {"feedforward-spiral-16": {"seed": "1"}, "feedforward-spiral-6": {"seed": "2"}}
    page.evaluate("(solved) => { const all = JSON.parse(localStorage.getItem('deep-learning-lab')); all.solved = solved;"
                  "localStorage.setItem('deep-learning-lab', JSON.stringify(all)) }", solved)
    page.goto(page.url.split("?")[0] + "?seed=310")  # another session: it hears of what was kept before it writes
    page.get_by_role("link", name="Feedforward networks · ✓").wait_for()
    page.wait_for_function("() => JSON.parse(localStorage.getItem('deep-learning-lab')).history.feedforward.length === 2", timeout=20_000)
    assert kept(page)["solved"] == solved
    assert [e["query"]["seed"] for e in kept(page)["history"]["feedforward"]] == ["310", "309"]
    page.get_by_role("button", name="What is kept about me").click()
    page.get_by_text("challenges solved 2").wait_for()
    page.get_by_role("button", name="Delete all of it").click()
    page.wait_for_function("() => !localStorage.getItem('deep-learning-lab')?.includes('spiral')")
    page.get_by_role("link", name="Feedforward networks", exact=True).wait_for()


@pytest.mark.slow
def test_a_solved_challenge_shows_in_the_navigation_at_once(visit):
    first, *others = challenges_of("feedforward")
    page = visit(f"/feedforward?{urlencode(first.reference.to_query())}", wait="done", locale="en-US")
    tool(page, "Check yourself")
    page.get_by_role("button", name="Check the setting on screen").first.click()
    page.get_by_role("link", name=f"Feedforward networks · 1/{1 + len(others)}").wait_for(timeout=60_000)


@pytest.mark.slow
def test_a_damaged_memory_breaks_nothing(visit):
    page = visit("/feedforward?seed=311", locale="en-US")
    page.evaluate("localStorage.setItem('deep-learning-lab', '{\"history\": {\"feedforward\": [{\"query\": 7}]}, \"solved\": [')")
    page.reload()
    page.wait_for_function("() => { try { return JSON.parse(localStorage.getItem('deep-learning-lab')).history.feedforward.length === 1 }"
                           "catch { return false } }", timeout=20_000)


@pytest.mark.slow
def test_files_of_a_run_are_what_they_say(visit, tmp_path):
    page = visit("/feedforward?seed=312&lang=zh", wait="done")
    tool(page, "带走")
    found = {}
    for ending in ("html", "csv", "npz", "keras", "gif"):
        with page.expect_download() as download:
            page.locator(f".st-key-feedforward-take-{ending} button").click()
        download.value.save_as(tmp_path / f"run.{ending}")
        found[ending] = (tmp_path / f"run.{ending}").read_bytes()
    assert "seed=312" in found["html"].decode()  # the way back to this setting
    assert "学习率" in found["html"].decode() and found["csv"].startswith(b"epoch,") and found["gif"].startswith(b"GIF89a")
    assert found["npz"][:2] == found["keras"][:2] == b"PK"


@pytest.mark.slow
def test_questions_terms_and_tools_answer_while_a_run_streams(visit):
    page = visit("/feedforward?seed=313&points=40&epochs=5")
    wait_for(page, "p.state === 'finished'")
    tool(page, "Check yourself")
    page.get_by_text("A straight line", exact=True).wait_for()
    slow = FeedforwardSpec(seed=313, epochs=2000, batch_size=2, points=600, dropout=0.2)  # half a minute
    page.evaluate("(q) => { history.pushState({}, '', q); dispatchEvent(new PopStateEvent('popstate')) }",
                  "?" + "&".join(f"{k}={v}" for k, v in slow.to_query().items()))
    wait_for(page, f"p.run === {json.dumps(slow.key)} && p.firstTrainedAt && p.state === 'training'")
    before = player(page)
    page.get_by_text("A straight line", exact=True).click()
    page.locator("[data-testid=stAlert]").first.wait_for()
    page.locator("button[popovertarget]", has_text="overshoots").first.click()
    page.wait_for_function("() => document.querySelector('[popover]:popover-open')")
    page.keyboard.press("Escape")
    for name, there in (("Compare", "Pin this run"), ("Code", "Notebook (.ipynb)"), ("History", "Delete"), ("Sweep", "Train them")):
        tool(page, name)
        page.get_by_role("button", name=there).wait_for()
    seen = player(page)
    assert seen["run"] == before["run"] and seen["runRequestedAt"] == before["runRequestedAt"] and seen["state"] == "training"
    assert seen["epoch"] > before["epoch"]


@pytest.mark.slow
def test_after_a_lesson_the_whole_page_is_back(visit):
    lesson = Lesson("Look here", (), ("epochs",), "", True, False).pack()
    page = visit(f"/feedforward?seed=317&points=40&epochs=5&lesson={lesson}")
    page.get_by_text("Look here").wait_for()
    assert not page.get_by_text("Try this").count() and not page.get_by_text("Overfitting").count()
    tool(page, "For teachers")
    page.get_by_role("button", name="Leave the lesson").click()
    page.get_by_text("Try this").wait_for()  # which stands outside of the fragment that the button is in
    assert page.get_by_text("Overfitting").count() and not page.get_by_text("Look here").count()
