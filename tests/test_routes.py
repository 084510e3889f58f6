"""The routes as a browser meets them: over HTTP, behind the compressing middleware that Streamlit puts in front."""

from __future__ import annotations

import gzip
import http.client
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from core.frame import decode, encode, records
from core.runs import routes
from core.runs.lines import lines
from core.runs.runner import Runner
from tests.conftest import epochs, until
from tests.labs import CountSpec


@pytest.fixture
def port(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(routes, "get_runner", lambda: runner)
    app = Starlette(routes=routes.routes("/lab/"), middleware=[Middleware(GZipMiddleware, minimum_size=1)])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    until(lambda: server.started)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


def fetch(port: int, path: str, *, method: str = "GET", body: Any = None, **headers: str) -> tuple[Any, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, "/lab" + path, body, {"Accept-Encoding": "gzip", **headers})
    response = connection.getresponse()
    data = response.read()
    connection.close()
    return response, gzip.decompress(data) if response.headers["Content-Encoding"] == "gzip" else data


def test_frames_are_streamed_as_they_come(runner: Runner, port: int) -> None:
    key = runner.open(CountSpec(epochs=10, pause=0.1), session="a")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", f"/lab/frames/{key}", headers={"Accept-Encoding": "gzip"})
    response = connection.getresponse()
    assert response.status == 200 and response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["Cache-Control"] == "no-store" and response.headers["Content-Encoding"] == "identity"
    first = response.read1(1 << 16)
    assert not runner.result(key)  # it arrived while the training goes on
    found = list(records(first + response.read()))
    assert epochs(found) == list(range(11)) and found[-1].kind == "end"
    _, rest = fetch(port, f"/frames/{key}?after=7")
    assert epochs(list(records(rest))) == [8, 9, 10]


@pytest.mark.parametrize("path", ["/frames/" + "0" * 32, "/frames/x", "/frames/..%2f..%2fapp.py"])
def test_a_run_that_nobody_asked_for_is_not_found(runner: Runner, port: int, path: str) -> None:
    response, data = fetch(port, path)
    assert response.status == 404
    assert not runner._runs


def test_after_must_be_an_epoch(runner: Runner, port: int) -> None:
    key = runner.open(CountSpec(), session="a")
    response, data = fetch(port, f"/frames/{key}?after=soon")
    assert response.status == 400 and json.loads(data)["error"]["args"] == {"text": "soon"}


def test_a_reader_that_goes_away_is_noticed(runner: Runner, port: int) -> None:
    key = runner.open(CountSpec(epochs=10000, pause=0.05), session="a")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", f"/lab/frames/{key}")
    response = connection.getresponse()
    response.read1(100)
    run = runner._runs[key]
    assert len(run.readers) == 1
    response.close()
    connection.close()
    until(lambda: not run.readers, 3)
    until(lambda: run.over, 3 * runner.settings.unwatched_s)


def test_asking(runner: Runner, port: int) -> None:
    key = runner.open(CountSpec(epochs=4), session="a")
    fetch(port, f"/frames/{key}")
    question = {"probe": "times", "epoch": 3, "arguments": {"factor": 2}}
    response, data = fetch(port, f"/ask/{key}", method="POST", body=json.dumps(question))
    answer = decode(data)
    assert response.status == 200 and answer.kind == "answer" and answer.arrays["answer"][0] == 12
    start = time.monotonic()
    fetch(port, f"/ask/{key}", method="POST", body=json.dumps(question))
    assert time.monotonic() - start < 3 * 0.3


@pytest.mark.parametrize("body, status", [
    (b"{", 400), (b"[]", 400), (b"{}", 400), (b'{"probe": 1}', 400), (b'{"probe": "times", "epoch": "x"}', 400),
    (b'{"probe": "times", "arguments": []}', 400), (b'{"probe": "times", "epoch": true}', 400), (b"\xff", 400), (b"[" * 60_000, 400),
    (b" " * 70_000, 413), (b'{"probe": "nothing"}', 400)])
def test_questions_that_make_no_sense(runner: Runner, port: int, body: bytes, status: int) -> None:
    key = runner.open(CountSpec(epochs=2), session="a")
    fetch(port, f"/frames/{key}")
    response, data = fetch(port, f"/ask/{key}", method="POST", body=body)
    assert response.status == status and json.loads(data)["error"]["id"]


def test_a_lab_that_fails_to_answer_is_not_the_asker_s_fault(runner: Runner, port: int) -> None:
    key = runner.open(CountSpec(epochs=2), session="a")
    fetch(port, f"/frames/{key}")
    response, data = fetch(port, f"/ask/{key}", method="POST", body=json.dumps({"probe": "times", "arguments": {"factor": {}}}))
    assert response.status == 503 and "TypeError" in json.loads(data)["error"]["args"].values()


def test_asking_about_a_run_that_nobody_asked_for(port: int) -> None:
    assert fetch(port, "/ask/" + "0" * 32, method="POST", body=b"{}")[0].status == 404


def test_assets(port: int, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("player")
    (folder / "player.js").write_text("let one = 1\n" * 100)
    (folder / "notes.txt").write_text("not for browsers")
    monkeypatch.setattr(routes, "PLAYER", folder)
    response, data = fetch(port, "/assets/player.js?v=abc")
    assert response.status == 200 and response.headers["Content-Type"].startswith("text/javascript")
    assert "immutable" in response.headers["Cache-Control"]
    assert response.headers["Content-Encoding"] == "gzip" and data.decode() == "let one = 1\n" * 100
    assert fetch(port, "/assets/player.js")[0].headers["Cache-Control"] == "no-cache"
    assert fetch(port, "/assets/player.js", **{"Accept-Encoding": "identity"})[1] == b"let one = 1\n" * 100
    response, data = fetch(port, "/assets/plotly.min.js?v=1")
    assert response.status == 200 and b"plotly" in data[:200].lower()
    assert data.startswith(b"//# allFunctionsCalledOnLoad\n")  # Chromium's magic comment counts only at the very beginning
    for name in ("notes.txt", "../routes.py", "..%2froutes.py", "%2fetc%2fpasswd", "", ".."):
        assert fetch(port, f"/assets/{name}")[0].status == 404


def test_a_line_carries_what_its_page_tells_and_an_unknown_one_is_not_found(port: int) -> None:
    response, body = fetch(port, "/page/nobody")
    assert response.status == 404 and "error" in json.loads(body)
    lines.tell("somebody", b"")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/lab/page/somebody", headers={"Accept-Encoding": "gzip"})
    response = connection.getresponse()
    assert response.status == 200 and response.headers["Content-Encoding"] == "identity"
    record = encode("page", {"data": {"run": "x"}})
    until(lambda: lines.tell("somebody", record))
    assert decode(response.read1(1 << 16)).header == {"kind": "page", "data": {"run": "x"}}
    connection.close()  # and the listener goes with its reader
    until(lambda: not lines.tell("somebody", record))
