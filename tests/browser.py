"""What the browser tests share: the app on a free port, Debian's Chromium, and gestures (the fixtures are in conftest)."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--process-per-site"]
READY = 60_000  # ms; the first run of a server waits for TensorFlow, beside another process that tests
HOW = "no chromium: the browser tests need it; on Debian: apt install chromium fonts-noto-cjk"


def chromium() -> str:
    """The path of Chromium; skips the test, with a line that says how to get it, where there is none."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None and os.environ.get("DLD_REQUIRE_BROWSER"):
        pytest.fail(HOW)
    if path is None:
        pytest.skip(HOW)
    return path


@contextmanager
def serve(folder: Path, **environment: str) -> Iterator[tuple[str, subprocess.Popen]]:
    """Run the app with a store in `folder`; yields its address and its process."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}", "--server.address=127.0.0.1"],
            cwd=ROOT, env={**os.environ, "DLD_STORE": str(folder / "runs"), **environment}, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{url}/_stcore/health", timeout=1)
                break
            except OSError:
                assert process.poll() is None, (folder / "server.log").read_text()
                time.sleep(0.25)
        yield url, process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The app, one for all browser tests, so that TensorFlow is waited for once. (A browser is each module's own: while Playwright runs,
    nothing else may run an event loop.)
    """
    chromium()
    with serve(tmp_path_factory.mktemp("site")) as (url, _process):
        yield url


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def usual(site, browser):
    """One browser profile for most tests: it loads the large scripts once. A page that stays open keeps the process of the site alive, so
    that it compiles them once, too: the pages that follow open in half the time.
    """
    context = browser.new_context()
    context.new_page().goto(f"{site}/_stcore/health")
    yield context
    context.close()


@pytest.fixture
def visit(site, browser, usual):
    """Open a page as a new session; returns the Playwright page. Nothing may go wrong in the browser's console."""
    contexts, pages = [], []

    def go(path="/feedforward", *, wait="trained", size=(1400, 900), socket=None, **settings):
        if settings:
            contexts.append(browser.new_context(**settings))
        page = (contexts[-1] if settings else usual).new_page()
        pages.append(page)
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.set_default_timeout(12_000)
        page.errors = []
        page.on("pageerror", lambda e: page.errors.append(str(e)))
        if socket:
            page.route_web_socket("**/_stcore/stream", socket)
        page.goto(site + path)
        page.wait_for_selector("[data-testid=stMain] h1", timeout=READY)
        if wait:
            page.wait_for_function(f"() => window.__player?.{DONE[wait]}", timeout=READY)
        return page

    yield go
    problems = [e for p in pages for e in p.errors]
    traces = [t for p in pages for t in p.locator("[data-testid=stException]").all_inner_texts()]
    for opened in [*pages, *contexts]:
        opened.close()
    assert problems == []
    assert traces == []


DONE = {"frame": "firstFrameAt", "trained": "firstTrainedAt", "done": "doneAt"}


def player(page):
    return page.evaluate("({...window.__player})")


def wait_for(page, condition, timeout=20_000):
    page.wait_for_function(f"() => {{ const p = window.__player; return p && ({condition}) }}", timeout=timeout)


def press(page, label, key, times=1):
    """Move a slider with the keyboard and wait for the run it leads to."""
    before = player(page)["run"]
    slider = page.get_by_role("slider", name=label).first
    slider.focus()
    for _ in range(times):
        page.keyboard.press(key)
    wait_for(page, f"p.run !== {json.dumps(before)} && p.firstTrainedAt", READY)


class Held:
    """Keeps back what the server says over Streamlit's websocket while `holding`: player and board hear by the page's own line alone.
    With `asked` it keeps back what the page asks the server for instead.
    """

    def __init__(self, asked=False):
        self.holding, self.asked, self.messages = False, asked, []

    def __call__(self, socket):
        server = socket.connect_to_server()
        server.on_message(lambda message: self.pass_on(socket, message, self.holding and not self.asked))
        socket.on_message(lambda message: self.pass_on(server, message, self.holding and self.asked))

    def pass_on(self, to, message, hold):
        if hold:
            self.messages.append((to, message))
        else:
            to.send(message)

    def release(self):
        self.holding = False
        for to, message in self.messages:
            to.send(message)
