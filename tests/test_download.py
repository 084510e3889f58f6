"""Downloads, from a server of the test's own: what lands where, how far it is, and each way in which it can break off."""

from __future__ import annotations

import errno
import hashlib
import inspect
import json
import os
import socket
import tarfile
import threading
import time
import urllib.request
from dataclasses import replace
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from numpy.testing import assert_array_equal
from streamlit.testing.v1 import AppTest

from core import i18n
from core.data import image_files, imdb
from core.data.image_sets import ENTRIES
from core.data.origins import FOLDERS, ORIGINS, size_of
from core.data.published import TITLES, available, hashes
from core.frame import End, Frame, Message
from core.i18n import say
from core.labs import download
from core.runs import runner as runners
from core.settings import read
from core.specs.download import DownloadSpec
from core.ui import download as offered
from tests.conftest import until
from tests.labs import ErrandSpec
from tests.test_images import official, write_batches, write_fashion, write_npz
from tests.test_text_data import archive_of, lists


class Site(ThreadingHTTPServer):
    """Files by path; `held` keeps back what comes after the first 100,000 bytes until it is let go; `answer` may do something else."""

    daemon_threads = True

    def __init__(self):
        self.files, self.held, self.answer, self.asked = {}, threading.Event(), None, []
        self.held.set()
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}/"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        if self.server.answer is not None:
            self.server.answer(self)
            return
        data = self.server.files[self.path[1:]]
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        try:
            self.wfile.write(data[:100_000])
            self.server.held.wait(20)
            self.wfile.write(data[100_000:])
        except ConnectionError:
            pass  # it was stopped

    def log_message(self, *_args):
        """Nothing on the tests' console."""


@pytest.fixture
def site(monkeypatch, tmp_path):
    """A server with small files under the names and hashes of the published ones, and an empty data folder."""
    server = Site()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    for dataset, origins in ORIGINS.items():
        files = published(dataset)[1]
        server.files |= files
        known = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
        if dataset == "imdb":
            monkeypatch.setattr(imdb, "HASHES", known)
        else:
            monkeypatch.setitem(ENTRIES, dataset, replace(ENTRIES[dataset], hashes=known))
        here = [origin._replace(address=server.address + origin.file, size=len(files[origin.file])) for origin in origins]
        monkeypatch.setitem(ORIGINS, dataset, tuple(here))
    server.folder = tmp_path / "new" / "datasets"
    for module in (download, image_files, imdb):
        monkeypatch.setattr(module, "settings", SimpleNamespace(data=server.folder))
    yield server
    server.held.set()
    server.shutdown()
    server.server_close()


@cache
def published(dataset):
    """The arrays of a small set, and its files as they are published: their bytes by name."""
    if dataset == "imdb":
        rows = [[int(n) for n in row] for row in np.random.default_rng(0).integers(1, 4, (300, 20))]
        index = json.dumps({"good": 1, "bad": 2, "film": 3}).encode()
        return rows, dict(zip(imdb.FILES, (archive_of(lists(*rows), np.arange(300) % 2), index), strict=True))
    arrays = official(n=500, shape=(32, 32, 3) if dataset == "cifar10" else (28, 28))
    with TemporaryDirectory() as name:
        folder = Path(name)
        if dataset == "mnist":
            write_npz(folder, "mnist.npz", arrays)
        elif dataset == "fashion":
            write_fashion(folder, arrays)
        else:
            write_batches(folder, arrays, "cifar-10-batches-py", True)
            with tarfile.open(folder / "cifar-10-python.tar.gz", "w:gz", compresslevel=1) as archive:
                archive.add(folder / "cifar-10-batches-py", "cifar-10-batches-py")
        return arrays, {o.file: next(folder.rglob(o.file)).read_bytes() for o in ORIGINS[dataset]}


def fetch(dataset="mnist"):
    """A download to its end: its frames and its End."""
    *frames, end = download.train(DownloadSpec(dataset=dataset))
    assert isinstance(end, End) and all(isinstance(frame, Frame) for frame in frames)
    return frames, end


def left(site):
    return sorted(path.relative_to(site.folder).as_posix() for path in site.folder.rglob("*")) if site.folder.exists() else []


def failure(dataset="mnist"):
    _frames, end = fetch(dataset)
    assert end.state == "failed" and end.change == ({"source": "reviews"} if dataset == "imdb" else {"dataset": "digits"})
    assert not available(dataset)
    return say(end.error)


@pytest.mark.parametrize("dataset", ORIGINS)
def test_a_download_lands_where_it_is_read_and_is_what_was_sent(site, dataset):
    assert not available(dataset)
    frames, end = fetch(dataset)
    assert end.state == "finished" and available(dataset) and TITLES[dataset] in say(end.notes[0])
    if dataset == "imdb":
        found, rows = imdb.reviews(), published(dataset)[0]
        assert found.words == ("good", "bad", "film") and found.train == len(rows)
        assert_array_equal(found.flat.reshape(600, 20), np.array(rows * 2) - 1)
    else:
        whole = image_files.official(dataset)
        for name, array in published(dataset)[0].items():
            assert_array_equal(getattr(whole, name).reshape(array.shape), array)
    assert not [name for name in left(site) if "download" in name]
    requests = len(site.asked)
    assert requests == len(ORIGINS[dataset])
    frames, end = fetch(dataset)
    assert (frames, end.state, len(site.asked)) == ([], "finished", requests)  # it is there


@pytest.mark.parametrize("dataset", ORIGINS)
def test_keras_own_loader_takes_what_was_downloaded_without_a_network(site, dataset, monkeypatch):
    """Its exported programs call it, and find the files in the same cache."""
    fetch(dataset)
    name = ORIGINS[dataset][0].name
    monkeypatch.setattr(site, "answer", lambda handler: handler.send_error(500))
    cache = site.folder.parent
    for origin in ORIGINS[dataset]:
        found = keras.utils.get_file(origin.name, origin.address, extract=origin.unpack, cache_dir=str(cache),
                                     cache_subdir=os.path.join("datasets", FOLDERS[dataset]),
                                     file_hash=hashes(dataset)[origin.file])
        assert os.path.exists(found)
    assert name in [path.name for path in site.folder.rglob("*")]


def test_the_addresses_names_and_hashes_are_those_of_keras_loaders():
    for dataset, origins in ORIGINS.items():
        loader = getattr(keras.datasets, {**image_files.KERAS, "imdb": "imdb"}[dataset])
        source = inspect.getsource(loader.load_data) + (inspect.getsource(loader.get_word_index) if dataset == "imdb" else "")
        for origin in origins:
            folder, _, file = origin.address.rpartition("/")
            assert folder + "/" in source and file in source and origin.name in source
            assert dataset == "fashion" or file.endswith(".json") or hashes(dataset)[origin.file] in source  # of those Keras has no SHA-256
        assert {o.file for o in origins} == set(hashes(dataset))


@pytest.mark.skipif(not imdb.files(), reason="needs imdb.npz and imdb_word_index.json in DATA_DIR")
def test_the_word_index_is_the_one_whose_md5_keras_knows():
    data = imdb.files()[1].read_bytes()
    assert hashlib.md5(data).hexdigest() in inspect.getsource(keras.datasets.imdb.get_word_index)
    assert hashlib.sha256(data).hexdigest() == imdb.HASHES["imdb_word_index.json"]


def test_the_sizes_are_those_of_the_published_files():
    for dataset, origins in ORIGINS.items():
        for origin in origins:
            path = image_files.settings.data / FOLDERS[dataset] / origin.file
            if path.exists():
                assert path.stat().st_size == origin.size
    assert {name: round(size_of(name) / 1e6, 1) for name in ORIGINS} == {"mnist": 11.5, "fashion": 30.9, "cifar10": 170.5,
                                                                         "imdb": 19.1}


def test_it_tells_how_far_it_is(site):
    site.held.clear()
    items = download.train(DownloadSpec(dataset="mnist"))
    seen = []
    for item in items:
        if isinstance(item, End):
            break
        seen += item.rows
        if seen and seen[-1]["megabytes"] >= 0.09:
            site.held.set()
    total = len(site.files["mnist.npz"])
    epochs = [row["epoch"] for row in seen]
    assert epochs == sorted(set(epochs)) and epochs[0] >= 0 and epochs[-1] <= download.PARTS
    assert any(0 < row["epoch"] < download.PARTS for row in seen)
    for row in seen:
        assert row["epoch"] == int(row["megabytes"] * 1e6 + 0.5) * download.PARTS // total
    assert available("mnist")


def test_closing_it_midway_stops_the_download_and_leaves_nothing(site):
    site.held.clear()
    items = download.train(DownloadSpec(dataset="mnist"))
    until(lambda: next(items).rows and left(site))
    items.close()
    assert left(site) == []
    site.held.set()
    until(lambda: not [thread for thread in threading.enumerate() if isinstance(thread, download.Fetch)])
    assert left(site) == [] and not available("mnist")
    assert fetch()[1].state == "finished"  # at once, and again


def test_a_file_that_is_not_the_published_one_is_thrown_away(site):
    site.files["mnist.npz"] = b"<html>Please log in</html>"
    said = failure()
    assert "SHA-256" in said and "mnist.npz" in said and "login" in said and left(site) == []


def test_one_wrong_file_of_four_leaves_none(site):
    site.files["t10k-images-idx3-ubyte.gz"] = b"wrong"
    assert "t10k-images" in failure("fashion") and left(site) == []


def reset(handler):
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    handler.connection.close()


def cut(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b"a" * 500)
    handler.close_connection = True


def silent(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b"a" * 500)
    handler.wfile.flush()
    time.sleep(2)


@pytest.mark.parametrize("answer, words", [
    (lambda handler: handler.send_error(503), "503 127.0.0.1 later"), (lambda handler: handler.send_error(404), "404"),
    (reset, "no connection"), (cut, "ended before"), (silent, "said nothing")])
def test_what_a_server_does_wrong_is_said(site, monkeypatch, answer, words):
    monkeypatch.setattr(download, "PATIENCE_S", 0.5)
    site.answer = answer
    said = failure()
    assert all(word in said for word in words.split()) and left(site) == []


def at(monkeypatch, address):
    monkeypatch.setitem(ORIGINS, "mnist", (ORIGINS["mnist"][0]._replace(address=address),))


def test_without_a_network_it_says_so(site, monkeypatch):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        at(monkeypatch, f"http://127.0.0.1:{closed.getsockname()[1]}/mnist.npz")
        said = failure()
    assert "no connection to 127.0.0.1" in said and "refused" in said
    at(monkeypatch, "http://nowhere.invalid/mnist.npz")
    assert "does not find nowhere.invalid" in failure()
    at(monkeypatch, f"https://127.0.0.1:{site.server_port}/mnist.npz")  # who answers speaks no TLS
    assert "no connection to 127.0.0.1" in failure()


@pytest.mark.parametrize("code, words", [(errno.ENOSPC, "no space left"), (errno.EACCES, "permission to write")])
def test_a_full_disk_and_a_forbidden_folder_are_said(site, monkeypatch, code, words):
    def fail(*_args, **_more):
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patched:
        patched.setattr(download._Told, "read", fail)  # where the loader writes what it reads
        said = failure()
    assert words in said and "“datasets”" in said and left(site) == []
    with monkeypatch.context() as patched:
        patched.setattr(download.tempfile, "mkdtemp", fail)
        assert words in failure()
    with monkeypatch.context() as patched:
        patched.setattr(download.os, "replace", fail)
        assert words in failure() and left(site) == []


def test_another_error_is_no_matter_of_networks(site, monkeypatch):
    monkeypatch.setattr(download, "_place", lambda *_args: [][0])
    with pytest.raises(IndexError):
        fetch()


def test_of_two_at_once_the_second_is_told_and_takes_nothing_away(site):
    site.held.clear()
    first = download.train(DownloadSpec(dataset="mnist"))
    until(lambda: next(first).rows and left(site))
    assert "another process" in failure()
    site.held.set()
    *_, end = first
    assert end.state == "finished" and available("mnist")


def test_what_a_process_that_died_has_left_is_cleared_away(site):
    folder = site.folder / f"{download._prefix('mnist')}abc"
    folder.mkdir(parents=True)
    (folder / "mnist.npz").write_bytes(b"half")
    assert "another process" in failure()
    old = time.time() - download.LEFT_S - 1
    for path in (folder / "mnist.npz", folder):
        os.utime(path, (old, old))
    assert fetch()[1].state == "finished" and left(site) == ["mnist.npz"]


def test_an_unpacking_that_broke_off_is_replaced(site):
    part = site.folder / image_files.BATCHES[0] / "data_batch_1"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"half")
    assert fetch("cifar10")[1].state == "finished" and part.stat().st_size > 1000


def test_other_threads_connections_are_left_alone(site):
    fetch()
    with urllib.request.urlopen(site.address + "mnist.npz") as response:
        assert not isinstance(response, download._Told) and response.read() == site.files["mnist.npz"]


def test_the_data_folder_is_keras_own_unless_it_is_set(monkeypatch, tmp_path):
    for name in ("DATA_DIR", "KERAS_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert read().data.parts[-2:] == (".keras", "datasets")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert read().data == tmp_path / "datasets"
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "own"))
    assert read().data == tmp_path / "own"


# ---------------------------------------------------------------- errands: runs that change something outside


def test_an_errand_is_never_kept_and_is_done_again_when_asked_again(make_runner, tmp_path):
    runner = make_runner(time_budget_s=0.05)  # which is not for errands
    spec = ErrandSpec(mode="tell", marker=str(tmp_path / "done"), epochs=5, pause=0.05)
    for times in (1, 2):
        key = runner.open(spec, session="a", keep=True)
        runner.open(spec, session="b", keep=True)
        until(lambda key=key: runner.result(key))
        assert runner.result(key).state == "finished" and not runner.store.has(key) and runner.not_kept(key) is None
        runner.open(spec, session="a", keep=True)  # the slot holds it
        assert runner.result(key)
        assert (tmp_path / "done").read_text() == "closed\n" * times
        runner.release("a")
        runner.release("b")


# ---------------------------------------------------------------- the offer on a page


class Fake:
    """A runner that does nothing by itself."""

    def __init__(self):
        self.end, self.told, self.calls = None, [], []

    def open(self, spec, *, session, role, keep):
        self.calls.append(("open", spec.dataset, role, keep))
        return "k"

    def release(self, session, *, lab, role):
        self.calls.append(("release", lab, role))

    def result(self, key):
        return self.end

    def rows(self, key):
        return self.told


PAGE = """
import streamlit as st
from core.ui import download
retried = st.session_state.setdefault("retried", [])
st.session_state["absent"] = download.offer("mnist", retry=lambda: retried.append(1))
"""


@pytest.fixture
def fake(monkeypatch, tmp_path):
    monkeypatch.setattr(image_files, "settings", SimpleNamespace(data=tmp_path))
    runner = Fake()
    monkeypatch.setattr(runners, "_runner", runner)
    return runner


def test_the_offer_says_what_it_is_and_follows_the_download_to_its_end(fake, tmp_path):
    app = AppTest.from_string(PAGE).run()
    assert not app.exception and app.session_state["absent"]
    text = " ".join(e.value for e in [*app.markdown, *app.caption])
    assert "11 MB" in text and "Yann LeCun" in text and "CC BY-SA" in text and not fake.calls
    assert [b.label for b in app.button] == ["Download (11 MB)"]
    app.button[0].click().run()
    assert not app.exception and fake.calls[-1] == ("open", "mnist", "mnist", True)
    assert [b.label for b in app.button] == ["Stop the download"] and "worker" in app.get("progress")[0].proto.text
    fake.told = [{"epoch": 0, "megabytes": 0.0}, {"epoch": 500, "megabytes": 5.8}]
    bar = app.run().get("progress")[0].proto
    assert bar.value == 50 and bar.text == "5.8 of 11.5 MB"
    (tmp_path / "mnist.npz").write_bytes(b"here")
    fake.end = End("finished")
    app.run()
    assert not app.exception and not app.session_state["absent"] and not app.button
    assert app.session_state["retried"] == [1] and fake.calls[-1] == ("release", DownloadSpec.lab, "mnist")
    app.run()
    assert app.session_state["retried"] == [1]  # once


def test_files_that_others_have_brought_have_the_page_train_too(fake, tmp_path):
    app = AppTest.from_string(PAGE).run()
    (tmp_path / "mnist.npz").write_bytes(b"here")
    assert app.run().session_state["retried"] == [1] and not app.button
    assert AppTest.from_string(PAGE).run().session_state["retried"] == []  # where they always were there


def test_a_download_that_ends_while_it_is_looked_at_has_the_page_run_again(fake, tmp_path, monkeypatch):
    app = AppTest.from_string(PAGE).run()
    app.button[0].click().run()
    looks = iter([False])  # absent as the page begins, then here
    monkeypatch.setattr(offered, "available", lambda dataset: next(looks, True))
    fake.end = End("finished")
    app.run()
    assert app.session_state["retried"] == [1] and not app.session_state["absent"]


@pytest.mark.parametrize("end, words", [(End("failed", error=Message("no *network*")), "no \\*network\\*"),
                                        (End("finished"), "another machine")])
def test_a_download_that_failed_says_so_and_can_be_tried_again(fake, end, words):
    app = AppTest.from_string(PAGE).run()
    app.button[0].click().run()
    fake.end = end
    app.run()
    assert not app.exception and words in app.error[0].value and fake.calls[-1][0] == "release"
    assert [b.label for b in app.button] == ["Download (11 MB)"]
    fake.end = None
    app.button[0].click().run()
    assert not app.error and app.get("progress")


def test_a_stopped_download_stays_stopped(fake):
    app = AppTest.from_string(PAGE).run()
    app.button[0].click().run()
    app.button[0].click().run()
    assert fake.calls[-1] == ("release", DownloadSpec.lab, "mnist") and not app.error
    assert [b.label for b in app.button] == ["Download (11 MB)"]


def test_the_sentences_fill_in_chinese(request):
    i18n.use("zh")
    request.addfinalizer(lambda: i18n.use("en"))
    origin = ORIGINS["mnist"][0]
    for problem in (OSError(errno.ENOSPC, "x"), PermissionError(13, "x"), ValueError("hash"), TimeoutError(), ConnectionResetError(),
                    socket.gaierror(1, "x")):
        said = say(download.explain(problem, origin))
        assert "mnist.npz" in said and "could not" not in said and "{" not in said
