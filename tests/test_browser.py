"""The dashboard as a person meets it: a real server, real training, a real Chromium."""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.request

import pytest

from core.specs.feedforward import FeedforwardSpec
from tests.browser import READY, Held, player, press, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def unfold(page, label):
    page.get_by_text(label, exact=True).click()


def picture(page):
    """The surface as it is painted: a data URL of the canvas."""
    return page.evaluate("document.querySelector('[data-figure=surface] canvas').toDataURL()")


# ---- the frame


@pytest.mark.slow
def test_a_link_to_a_page_opens_in_the_frame_with_a_network_that_learns(visit):
    page = visit()
    assert page.get_by_role("link", name="Home").is_visible()
    assert not page.get_by_text("dashboard", exact=True).count()
    assert player(page)["run"] == FeedforwardSpec().key


def test_home_shows_a_network_that_learns_and_makes_it_fail(visit):
    page = visit("/")
    before = player(page)["run"]
    page.get_by_role("button", name="Make it fail: no bend").click()
    wait_for(page, f"p.run !== {json.dumps(before)} && p.state === 'finished'", READY)
    page.get_by_text("one straight line").first.wait_for()


@pytest.mark.slow
def test_the_language_comes_from_the_browser_and_can_be_switched_without_losing_state(visit):
    page = visit("/feedforward?noise=0.2", locale="zh-CN")
    assert re.search("[一-鿿]", page.locator("h1").inner_text())
    assert "lang=" not in page.url
    run = player(page)["run"]
    page.get_by_text("English", exact=True).click()
    page.wait_for_function("() => !/[一-鿿]/.test(document.querySelector('h1')?.innerText ?? '一')")
    assert player(page)["run"] == run == FeedforwardSpec(noise=0.2).key
    page.wait_for_url("**lang=en**")
    assert "noise=0.2" in page.url


@pytest.mark.slow
def test_the_language_is_kept_in_the_url(visit):
    page = visit("/feedforward?lang=zh")
    assert re.search("[一-鿿]", page.locator("h1").inner_text())
    assert "lang=zh" in page.url


@pytest.mark.slow
@pytest.mark.parametrize(("path", "size", "locale"), [("/feedforward", (390, 844), "en-US"), ("/", (1400, 900), "en-US"),
                                                     ("/", (390, 844), "zh-CN"), ("/feedforward", (1400, 900), "zh-CN")])
def test_nothing_is_wider_than_the_screen(visit, path, size, locale):
    page = visit(path, size=size, locale=locale, wait="frame")
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    cut = page.evaluate("[...document.querySelectorAll('.dl-card')].filter(c => c.getBoundingClientRect().right > innerWidth).length")
    assert cut == 0


@pytest.mark.slow
def test_the_lab_lies_above_the_fold(visit):
    page = visit()
    for figure in ("network", "surface"):
        box = page.locator(f"[data-figure={figure}]").bounding_box()
        assert box["y"] + box["height"] <= 900
    assert page.locator(".dl-bar").bounding_box()["y"] < 860


@pytest.mark.slow
def test_at_most_five_controls_at_first_sight(visit):
    """Data, layers (a slider for the number and one for each layer), activation, learning rate, and the run."""
    page = visit()
    widgets = page.locator("[data-testid=stMain] [data-testid=stSlider], [data-testid=stMain] [data-testid=stSelectbox]")
    labels = [w.inner_text().split("\n")[0] for w in widgets.all()]
    assert [label for label in labels if not label.startswith("Neurons")] == ["Data", "Hidden layers", "Activation", "Learning rate"]


# ---- state and URL


def test_a_moved_slider_starts_a_new_run_and_stands_in_the_url(visit):
    page = visit()
    press(page, "Hidden layers", "ArrowRight")
    page.wait_for_url("**hidden=6-4-4**")
    assert player(page)["run"] == FeedforwardSpec(hidden=(6, 4, 4)).key


@pytest.mark.slow
def test_a_link_shows_the_same_run_elsewhere(visit):
    spec = FeedforwardSpec(dataset="moons", hidden=(5,), activation="relu", learning_rate=0.02, seed=3, features=("x1", "x1x2"))
    query = "&".join(f"{k}={urllib.request.quote(v)}" for k, v in spec.to_query().items())
    assert player(visit("/feedforward?" + query))["run"] == spec.key
    assert player(visit("/feedforward?" + query))["run"] == spec.key


@pytest.mark.slow
@pytest.mark.parametrize("query, named", [
    ("learning_rate=777", "Learning rate"), ("nonsense=1", "nonsense"), ("dataset=plane&loss=hinge", "Loss"),
    ("dataset=upload&upload=" + "a" * 32, "Your own points")])
def test_a_bad_address_opens_with_the_default_and_says_which_field(visit, query, named):
    page = visit("/feedforward?" + query)
    assert named in page.get_by_test_id("stAlert").first.inner_text()
    assert player(page)["run"] == FeedforwardSpec(**({"dataset": "plane"} if "plane" in query else {})).key


@pytest.mark.slow
def test_undo_and_reset(visit):
    page = visit()
    default = player(page)["run"]
    press(page, "Learning rate", "ArrowRight")
    first = player(page)["run"]
    press(page, "Learning rate", "ArrowRight")
    page.get_by_role("button", name="Undo").click()
    wait_for(page, f"p.run === {json.dumps(first)}")
    page.get_by_role("button", name="Reset").click()
    wait_for(page, f"p.run === {json.dumps(default)}")
    page.wait_for_function("() => location.search === ''")


@pytest.mark.slow
def test_a_page_keeps_its_state_while_the_person_is_elsewhere(visit):
    page = visit()
    press(page, "Neurons in layer 1", "ArrowRight")
    run = player(page)["run"]
    page.get_by_role("link", name="Home").click()
    wait_for(page, f"p && p.run !== {json.dumps(run)} && p.firstFrameAt", READY)
    page.get_by_test_id("stSidebar").get_by_role("link", name="Feedforward").click()
    wait_for(page, f"p && p.run === {json.dumps(run)} && p.firstFrameAt", READY)


@pytest.mark.slow
def test_presets_are_one_click(visit):
    page = visit()
    page.get_by_text("XOR without a hidden layer", exact=True).click()
    wait_for(page, f"p.run === {json.dumps(FeedforwardSpec(dataset='xor', hidden=()).key)} && p.state === 'finished'", READY)
    page.get_by_text("straight lines only").wait_for()


@pytest.mark.slow
def test_the_browser_s_back_button_goes_back_to_the_run(visit):
    page = visit()
    press(page, "Learning rate", "ArrowRight")
    page.wait_for_url("**learning_rate=0.015**")
    first = player(page)["run"]
    press(page, "Learning rate", "ArrowRight")
    page.wait_for_url("**learning_rate=0.02**")
    wait_for(page, "p.state === 'finished'")
    page.get_by_text("of the validation points right").wait_for()
    page.go_back()
    wait_for(page, f"p.run === {json.dumps(first)}")
    page.wait_for_url("**learning_rate=0.015**")


@pytest.mark.slow
def test_back_twice_and_forward_once(visit):
    page = visit("/feedforward?seed=21")
    runs = {1: player(page)["run"]}
    for i, rate in ((2, "0.015"), (3, "0.02")):
        press(page, "Learning rate", "ArrowRight")
        page.wait_for_url(f"**learning_rate={rate}**")
        runs[i] = player(page)["run"]
    page.go_back()
    page.go_back()  # at once: the page has not answered the first
    wait_for(page, f"p.run === {json.dumps(runs[1])}")
    page.wait_for_timeout(600)
    assert player(page)["run"] == runs[1] and "learning_rate" not in page.url
    page.go_forward()
    wait_for(page, f"p.run === {json.dumps(runs[2])}")
    page.wait_for_timeout(600)
    assert player(page)["run"] == runs[2] and "learning_rate=0.015" in page.url


@pytest.mark.slow
def test_home_keeps_the_language_and_names_what_it_does_not_know(visit):
    page = visit("/?nonsense=1")
    assert "nonsense" in page.get_by_test_id("stAlert").first.inner_text()
    page.get_by_text("简体中文", exact=True).click()
    page.wait_for_url("**lang=zh**")


@pytest.mark.slow
def test_an_address_cannot_put_links_into_a_page(visit):
    page = visit("/feedforward?noise=%5Bsign%20in%5D(https%3A%2F%2Fevil.example)")
    alert = page.get_by_test_id("stAlert").first
    assert "[sign in](https" in alert.inner_text()
    assert alert.locator("a").count() == 0


# ---- the player


def test_a_run_plays_pauses_steps_and_scrubs_all_figures_together(visit):
    page = visit("/feedforward?seed=11", wait="done")
    names = ["One step back", "Play", "One step forward", "Skip to the end"]
    back, play, forward, skip = (page.get_by_role("button", name=n, exact=True) for n in names)
    scrubber = page.get_by_role("slider", name="Epoch shown")
    end = player(page)["epoch"]
    assert end == 200
    last = picture(page)
    back.click()
    wait_for(page, f"p.epoch < {end}")
    scrubber.focus()
    page.keyboard.press("Home")
    wait_for(page, "p.epoch === 0")
    assert picture(page) != last
    assert "epoch 0" in page.locator("[data-figure=loss]").inner_text()
    forward.click()
    wait_for(page, "p.epoch === 1 && !p.playing")
    play.click()
    wait_for(page, "p.playing && p.epoch > 5")
    page.get_by_role("button", name="Pause", exact=True).click()
    wait_for(page, "!p.playing")
    still = player(page)["epoch"]
    time.sleep(0.5)
    assert player(page)["epoch"] == still < end
    skip.click()
    wait_for(page, f"p.epoch === {end}")
    assert picture(page) == last


@pytest.mark.slow
def test_a_new_run_starts_before_the_page_s_elements_come_and_late_news_of_an_older_one_is_ignored(visit):
    held = Held()
    page = visit(socket=held)
    runs = [player(page)["run"]]
    held.holding = True
    for _ in range(2):
        press(page, "Learning rate", "ArrowRight")
        runs.append(player(page)["run"])
    assert held.messages and len(set(runs)) == 3
    held.release()  # only now the page tells of the first of the two, then of the second
    seen = page.evaluate("""async () => {
      const seen = new Set()
      for (let i = 0; i < 80; i++) { seen.add(window.__player.run); await new Promise((done) => setTimeout(done, 10)) }
      return [...seen]
    }""")
    assert seen == [runs[2]]


@pytest.mark.slow
def test_a_second_change_keeps_the_first_although_the_browser_has_not_heard_what_came_of_it(visit):
    held = Held()
    page = visit(socket=held)
    held.holding = True  # the browser goes on believing that the preset “Circles” is chosen, and says so with the next change
    press(page, "Hidden layers", "ArrowRight")
    press(page, "Learning rate", "ArrowRight")
    assert player(page)["run"] == FeedforwardSpec(hidden=(6, 4, 4), learning_rate=0.015).key
    held.release()
    page.wait_for_url("**hidden=6-4-4&learning_rate=0.015**")


@pytest.mark.slow
def test_a_run_that_ends_while_its_page_is_left_does_not_empty_the_next_page(visit):
    """A fragment that asks for a rerun while the script of the next page runs would have Streamlit empty that page."""
    held = Held(asked=True)
    page = visit("/feedforward?seed=17", socket=held)
    held.holding = True
    page.get_by_role("link", name="Home").click()
    wait_for(page, "p.doneAt")
    page.wait_for_timeout(1500)
    held.release()  # what the player asks for by now comes while the script of Home runs
    page.wait_for_timeout(1000)
    page.get_by_text("Make it fail: no bend").wait_for()


@pytest.mark.slow
def test_another_widget_does_not_disturb_a_run(visit):
    page = visit("/feedforward?seed=12&epochs=2000&batch_size=8")
    before = player(page)
    unfold(page, "More: display")
    page.get_by_text("Hard edges").click()
    page.wait_for_url("**discretize=1**")
    after = player(page)
    assert after["run"] == before["run"]
    assert after["runRequestedAt"] == before["runRequestedAt"]


@pytest.mark.slow
def test_curves_belong_to_the_run_on_screen(visit):
    page = visit("/feedforward?seed=22", wait="done")
    curve = """() => {
      const { y } = document.querySelector('[data-figure=loss] .js-plotly-plot').data[0]
      return y.length === 201 && JSON.stringify([...y])
    }"""
    seen = []
    for key in (None, "ArrowRight", "ArrowLeft", "ArrowRight"):  # the last two are there already, and end as they begin
        if key:
            press(page, "Learning rate", key)
        page.get_by_role("button", name="Skip to the end").click()
        wait_for(page, "p.doneAt !== undefined")
        page.wait_for_timeout(700)  # curves follow the pictures
        seen.append(page.evaluate(curve))
    assert all(seen)
    assert seen[0] == seen[2] != seen[1] == seen[3]


@pytest.mark.slow
def test_there_is_no_blank_picture_between_frames_or_runs(visit):
    page = visit()
    page.evaluate("""() => {
      window.blank = 0; window.looked = 0
      const look = () => {
        const canvas = document.querySelector('[data-figure=surface] canvas')
        const c = canvas && canvas.width ? canvas.getContext('2d').getImageData(canvas.width >> 1, canvas.height >> 1, 1, 1).data[3] : 0
        window.looked += 1
        if (!c || !document.querySelector('[data-figure=network] .js-plotly-plot, [data-figure=network] .plot-container')) window.blank += 1
        requestAnimationFrame(look)
      }
      look() }""")
    press(page, "Learning rate", "ArrowRight")
    press(page, "Neurons in layer 1", "ArrowRight")
    wait_for(page, "p.state === 'finished' && p.epoch > 100")
    assert page.evaluate("window.looked") > 20
    assert page.evaluate("window.blank") == 0


@pytest.mark.slow
def test_the_player_reconnects_after_a_lost_network(visit):
    page = visit("/feedforward?seed=13&epochs=2000&batch_size=4&dropout=0.2")
    assert player(page)["state"] == "training"
    page.context.set_offline(True)
    time.sleep(1.5)
    page.context.set_offline(False)
    wait_for(page, "p.state === 'finished'", 60_000)
    wait_for(page, "p.epoch === 2000")


@pytest.mark.slow
def test_a_run_that_ends_leaves_its_sentences(visit):
    page = visit("/feedforward?seed=14", wait="done")
    page.get_by_text("of the validation points right").wait_for(timeout=8000)


@pytest.mark.slow
def test_a_stopped_run_stays_stopped_until_it_is_wanted_again(visit):
    page = visit("/feedforward?seed=21&epochs=2000&batch_size=4&dropout=0.1&points=2000")
    page.get_by_role("button", name="Stop training").click()
    page.get_by_text("The run was stopped before its end.").wait_for()
    still = player(page)["frames"]
    time.sleep(1.5)
    assert player(page)["frames"] <= still + 1 and player(page)["state"] in ("cancelled", "stopped")
    page.get_by_role("button", name="Train it again").click()
    wait_for(page, "p.state === 'training'")


@pytest.mark.slow
def test_the_answer_is_in_sight_of_the_sliders_on_a_phone(visit):
    page = visit(size=(390, 844), wait="done")
    mini = page.get_by_role("button", name="right", exact=False).filter(has=page.locator("canvas"))
    assert mini.is_visible()
    copy = "() => document.querySelector('.dl-mini canvas').toDataURL()"
    before = page.evaluate(copy)
    press(page, "Hidden layers", "ArrowLeft")
    page.wait_for_function(f"(before) => ({copy})() !== before", arg=before)
    mini.click()
    page.wait_for_function("() => document.querySelector('.dl-mini').hidden")
    box = page.locator("[data-figure=surface]").bounding_box()
    assert box["y"] >= 0 and box["y"] + box["height"] <= 844
    leap = "(y) => document.querySelector('[data-testid=stMain]').scrollTo(0, y)"
    for y, hidden in ((0, False), (1e6, True), (0, False)):  # past the figure it would lie over what is read
        page.evaluate(leap, y)
        page.wait_for_function("(hidden) => document.querySelector('.dl-mini').hidden === hidden", arg=hidden)
    page.get_by_role("button", name="Close the small picture").click()
    page.wait_for_function("() => document.querySelector('.dl-mini').hidden")
    press(page, "Hidden layers", "ArrowRight")
    wait_for(page, "p.doneAt")
    assert page.evaluate("document.querySelector('.dl-mini').hidden")  # it does not come back by itself


@pytest.mark.slow
def test_the_network_fits_any_screen_and_any_width(visit):
    page = visit(wait="done", device_scale_factor=2)
    fits = """() => { const canvas = document.querySelector('[data-figure=network] .dl-over canvas'), box = canvas.parentElement
      const same = (a, b) => Math.abs(a - b) <= 1
      return same(canvas.clientWidth, box.clientWidth) && same(canvas.clientHeight, box.clientHeight)
        && same(canvas.width, 2 * box.clientWidth) && box.clientWidth }"""
    before = page.evaluate(fits)
    assert before
    page.set_viewport_size({"width": 1700, "height": 900})
    page.wait_for_function(f"(before) => ({fits})() > before + 50", arg=before)


@pytest.mark.slow
def test_a_finger_pulls_a_neuron_out(visit):
    page = visit(wait="done", has_touch=True)
    before = picture(page)
    box = page.locator("[data-figure=network] .dl-plot").bounding_box()
    for share in (0.30, 0.32, 0.34, 0.36):  # along the first hidden layer's column
        for height in range(12, 80, 6):
            page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] * height / 100)
            if "hidden 1, neuron" in page.locator(".dl-note").inner_text() and "→" not in page.locator(".dl-note").inner_text():
                page.touchscreen.tap(box["x"] + box["width"] * share, box["y"] + box["height"] * height / 100)
                page.get_by_text("1 pulled out").wait_for()
                page.wait_for_function("(before) => document.querySelector('[data-figure=surface] canvas').toDataURL() !== before",
                                       arg=before)
                return
    raise AssertionError("no neuron found")


@pytest.mark.slow
def test_a_weight_is_told_under_the_pointer(visit):
    page = visit(wait="done")
    box = page.locator("[data-figure=network] .dl-plot").bounding_box()
    told = set()
    for share in range(10, 90, 2):
        page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * share / 100)
        told.add(page.locator(".dl-note").inner_text())
    weights = [t for t in told if re.fullmatch(r"x[₁₂] → hidden 1, neuron [1-6]: weight −?\d\.\d\d", t)]
    assert len(weights) >= 4


@pytest.mark.slow
def test_figures_follow_the_theme_when_it_changes(visit):
    page = visit(wait="done", color_scheme="light")
    inks = """() => ['loss', 'surface'].map((id) =>
      getComputedStyle(document.querySelector(`[data-figure=${id}] .xtick text`)).fill)"""
    light = page.evaluate(inks)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"(light) => ({inks})().every((ink, i) => ink !== light[i])", arg=light)


@pytest.mark.slow
def test_a_change_worth_making_brings_its_picture_into_sight(visit):
    page = visit(wait="done")
    before = player(page)["run"]
    page.get_by_text("Give XOR a hidden layer").click()
    wait_for(page, f"p.run !== {json.dumps(before)} && p.firstTrainedAt")
    page.wait_for_function("""() => {
      const { top, bottom } = document.querySelector('[data-figure=network]').getBoundingClientRect()
      return top >= 0 && bottom <= innerHeight
    }""")


@pytest.mark.slow
def test_reduced_motion_is_respected(visit):
    page = visit("/feedforward?seed=15", wait="done", reduced_motion="reduce")
    assert player(page)["epoch"] == 200
    assert player(page)["drawn"] < 30


def test_an_unknown_run_is_not_found_and_starts_nothing(site):
    for key in ("0" * 32, FeedforwardSpec(seed=4711).key, "../../etc/passwd", "x"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{site}/frames/{key}", timeout=5)
        assert refused.value.code in (400, 404)


# ---- looking inside


@pytest.mark.slow
def test_a_neuron_pulled_out_by_a_click_changes_the_answer_and_comes_back(visit):
    page = visit("/feedforward?seed=16", wait="done")
    whole = picture(page)
    box = page.locator("[data-figure=network] .dl-plot").bounding_box()
    network = page.locator("[data-figure=network] .dl-gd")
    network.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_function("b => document.querySelector('[data-figure=surface] canvas').toDataURL() !== b", arg=whole, timeout=5000)
    page.keyboard.press("Escape")
    page.wait_for_function("b => document.querySelector('[data-figure=surface] canvas').toDataURL() === b", arg=whole, timeout=5000)
    # the same with the mouse, on the first neuron of the first hidden layer: a little above the middle
    found = False
    for dy in range(12, int(box["height"]) - 12, 14):
        page.mouse.click(box["x"] + box["width"] * 0.38, box["y"] + dy)
        time.sleep(0.15)
        if picture(page) != whole:
            found = True
            break
    assert found


@pytest.mark.slow
def test_a_point_of_the_plane_can_be_asked(visit):
    page = visit("/feedforward?seed=16", wait="done")
    box = page.locator("[data-figure=surface] .dl-gd").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.get_by_text(re.compile(r"output [\d.−-]+")).first.wait_for(timeout=5000)


# ---- failures


@pytest.mark.slow
def test_divergence_says_so_and_offers_a_rate_that_works(visit):
    page = visit("/feedforward?dataset=hills&optimizer=sgd&activation=relu&learning_rate=10", wait="frame")
    page.get_by_text("diverged at step").wait_for(timeout=READY)
    before = player(page)["run"]
    page.get_by_role("button", name=re.compile("Set “Learning rate” to")).click()
    wait_for(page, f"p.run !== {json.dumps(before)} && p.firstTrainedAt", READY)
    page.wait_for_url("**learning_rate=0.05**")


def upload(page, name, text):
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": text if isinstance(text, bytes) else text.encode()})


@pytest.mark.slow
def test_own_points_are_their_browsers_until_it_shares_or_deletes_them(visit):
    page = visit("/feedforward?epochs=20")
    page.get_by_test_id("stSelectbox").first.click()
    page.get_by_role("option", name="your own points (CSV)").click()
    rows = "\n".join(f"{i % 7},{i % 5},{'ill' if i % 7 > 3 else 'well'}" for i in range(60))
    upload(page, "mine.csv", "a,b,state\n" + rows)
    page.wait_for_url("**dataset=upload**")
    page.wait_for_function("() => document.cookie.includes('deep-learning-lab=')")
    address = page.url
    page.reload()
    page.get_by_text("Share by link").wait_for()  # after a reload they are still this browser's
    guest = visit(address[address.index("/feedforward"):], wait="frame", locale="en-US")  # a profile of its own
    guest.get_by_text("is not shared").wait_for()
    page.get_by_text("Share by link").click()
    for _time in range(20):  # until the server has heard of it
        guest.goto(address)
        guest.get_by_text("is not shared").or_(guest.get_by_text("● well")).first.wait_for()
        if not guest.get_by_text("is not shared").is_visible():
            break
    guest.wait_for_function("() => document.body.innerText.includes('● well')")
    page.get_by_role("button", name="What is kept about me").click()
    page.get_by_role("button", name="Delete my files").click()
    page.get_by_text("You have deleted your file").wait_for()
    page.wait_for_function("() => !document.cookie.includes('deep-learning-lab=')")
    guest.goto(address)
    guest.get_by_text("is not shared").wait_for()
    page.goto(address)
    page.get_by_text("is not shared").wait_for()


@pytest.mark.slow
def test_two_tabs_that_were_open_before_the_first_file_have_their_files_together(visit):
    first = visit("/feedforward?epochs=20&dataset=upload")
    second = first.context.new_page()
    second.goto(first.url.split("?")[0] + "?epochs=20&dataset=upload")
    for page, word in ((second, "two"), (first, "one")):
        page.get_by_test_id("stFileUploader").wait_for()
        upload(page, f"{word}.csv", "a,b,state\n" + "\n".join(f"{i % 7},{i % 5},{word if i % 7 > 3 else 'well'}" for i in range(60)))
        page.get_by_text("Share by link").wait_for()
        page.wait_for_function("() => document.cookie.includes('deep-learning-lab=')")
    first.get_by_role("button", name="What is kept about me").click()
    first.get_by_text("files of yours in its memory, 2 of them").wait_for()  # the one tab knows of the other's
    first.reload()
    first.get_by_text("Share by link").wait_for()


@pytest.mark.slow
@pytest.mark.parametrize(("language", "words"), [("zh", "选择文件"), ("en", "Choose a file")])
def test_the_place_for_a_file_speaks_the_language_of_the_page(visit, language, words):
    page = visit(f"/feedforward?dataset=upload&lang={language}", wait="frame")
    place = page.get_by_test_id("stFileUploader")
    assert words in place.locator("button p").last.evaluate("p => getComputedStyle(p, '::after').content")
    assert place.locator("button p").last.evaluate("p => getComputedStyle(p).fontSize") == "0px"
    assert not page.get_by_text("per file").is_visible()


@pytest.mark.slow
def test_own_points_are_learned_and_bad_files_explained(visit):
    page = visit()
    default = player(page)["run"]
    page.get_by_test_id("stSelectbox").first.click()
    page.get_by_role("option", name="your own points (CSV)").click()
    upload(page, "bad.csv", "a,b\n1,2\n")
    page.get_by_text("three columns").wait_for()
    upload(page, "large.csv", "a,b,colour\n" + "1,2,red\n" * 300_000)
    page.get_by_text("at most 2 MB can be read").wait_for()
    upload(page, "picture.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9)
    page.get_by_text("This is not a CSV file that can be read.").wait_for()
    assert player(page)["run"] == default
    rows = "\n".join(f"{i % 7},{i % 5},{'red' if i % 7 > 3 else 'green'}" for i in range(60))
    upload(page, "good.csv", "a,b,colour\n" + rows)
    wait_for(page, f"p.run !== {json.dumps(default)} && p.firstTrainedAt", READY)
    page.wait_for_url("**dataset=upload**")
