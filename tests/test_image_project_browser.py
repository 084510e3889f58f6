"""The image project in a real browser: from the pictures to an answer, and a run that is stopped, left and taken up again."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from tests import pictures
from tests.browser import READY, wait_for
from tests.test_cnn_browser import stroke

pytestmark = [pytest.mark.browser, pytest.mark.slow]
QUICK = "?points=300&epochs=3&filters=6-8&dense=12"
LONG = "?step=training&points=1797&epochs=100&filters=16-16"  # longer than the test


def step(page, name):
    page.locator("[data-testid=stMain]").get_by_text(name, exact=True).first.click()


def test_a_student_goes_from_the_pictures_to_an_answer(visit):
    page = visit(f"/image_project{QUICK}", wait="done")
    page.get_by_text("Pictures to learn from").wait_for(timeout=READY)
    step(page, "2 Network")
    page.get_by_text("The layers in numbers").wait_for(timeout=READY)
    page.get_by_text("Trained up to epoch 3").wait_for(timeout=READY)
    step(page, "4 Test")
    matrix = page.locator(".js-plotly-plot").first
    matrix.wait_for(timeout=READY)
    page.get_by_text(re.compile(r"Validation pictures: \d+")).wait_for(timeout=READY)
    before = page.get_by_text(re.compile(r"^.+ (taken for|recognized as) .+, pictures: \d+$")).inner_text()
    cells = page.locator(".js-plotly-plot .scatterlayer .point")
    for k in range(100):
        if k % 11 == 0:  # right answers: such cells are full
            cells.nth(k).wait_for(timeout=READY)  # the figure may just be drawn anew
            cells.nth(k).click(force=True)
            page.wait_for_timeout(1200)
            if page.get_by_text(re.compile(r"^.+ (taken for|recognized as) .+, pictures: \d+$")).inner_text() != before:
                break
    else:
        raise AssertionError("no cell answers to a press")
    page.get_by_role("button", name="Open the sealed test").click()
    page.get_by_text("Looked once.").wait_for(timeout=READY)
    page.get_by_text("95% interval").first.wait_for(timeout=READY)
    step(page, "5 Use")
    page.wait_for_function("() => document.querySelector('.dl-says strong')?.textContent.match(/^[0-9]$/)", timeout=READY)
    seen = page.evaluate("document.querySelector('.dl-seen canvas').toDataURL()")
    page.locator(".dl-slate").scroll_into_view_if_needed()
    stroke(page, [(0.35, 0.2), (0.6, 0.2), (0.45, 0.8)])
    page.wait_for_function("(before) => document.querySelector('.dl-seen canvas').toDataURL() !== before", arg=seen, timeout=READY)
    step(page, "6 Take away")
    page.get_by_role("button", name="Evaluation (JSON)").wait_for(timeout=READY)
    assert "step=take" in page.url


def test_own_pictures_are_brought_again_and_again(visit):
    page = visit(f"/image_project{QUICK}", wait="done")
    page.get_by_test_id("stSelectbox").filter(has_text="Pictures").locator("input").click()
    page.get_by_role("option", name="your own pictures").click()
    loose = [[{"name": path.replace("/", "_"), "mimeType": "image/png", "buffer": content} for path, content in
              pictures.files(counts, seed).items()] for seed, counts in enumerate([(6, 7), (8, 9)])]
    with zipfile.ZipFile(held := io.BytesIO(), "w") as packed:
        for path, content in pictures.files((10, 11), 2).items():
            packed.writestr(path, content)
    whole = [{"name": "all.zip", "mimeType": "application/zip", "buffer": held.getvalue()}]
    for given, shown in [(loose[0], "13 pictures: kind a 6, kind b 7"), (loose[1], "17 pictures: kind a 8, kind b 9"),
                         (whole, "21 pictures: kind a 10, kind b 11")]:
        page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(given)
        page.get_by_text(shown).wait_for(timeout=READY)
        page.wait_for_timeout(1500)  # the error came with the next run of the page
        assert not page.get_by_test_id("stException").count()
        page.get_by_text(shown).wait_for()


def test_a_run_is_stopped_left_and_taken_up_again(visit):
    page = visit(f"/image_project{LONG}", wait="trained")
    wait_for(page, "p.epoch >= 2", READY)
    page.get_by_role("button", name="Stop", exact=True).first.click()
    page.get_by_role("button", name="Continue").first.wait_for(timeout=READY)
    page.locator(".dl-state", has_text="stopped, can go on").wait_for(timeout=READY)
    at = page.evaluate("window.__player.frames && Number(document.querySelector('.dl-player').dataset.epoch)")
    page.reload()
    page.get_by_role("button", name="Continue").first.wait_for(timeout=READY)
    wait_for(page, f"p.epoch >= {at - 1}", READY)
    page.get_by_role("button", name="Continue").first.click()
    wait_for(page, f"p.epoch >= {at + 2}", READY)
    path = "/" + page.url.split("//")[1].partition("/")[2]
    page.goto("about:blank")
    again = visit(path, wait="trained")
    wait_for(again, f"p.epoch >= {at + 3}", READY)
    again.get_by_role("button", name="Stop", exact=True).first.click()
    again.get_by_role("button", name="Continue").first.wait_for(timeout=READY)


def test_settings_that_take_long_wait_for_train(visit):
    page = visit("/image_project?step=training&points=1797&epochs=1&filters=64-64", wait="done")
    page.get_by_role("slider", name="Epochs").focus()
    page.keyboard.press("End")
    button = page.get_by_role("button", name="Train", exact=True)
    page.get_by_text("the figures show the run before").wait_for(timeout=READY)
    assert page.evaluate("window.__player.epochs") == 1
    button.click()
    wait_for(page, "p.epochs > 1 && p.epoch >= 1", READY)
    page.get_by_role("button", name="Stop", exact=True).first.click()
    page.get_by_role("button", name="Continue").first.wait_for(timeout=READY)
