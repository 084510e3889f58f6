"""Networks on pictures: how good they become, and how fast. `python -m benchmarks.image [--json] [--only digits,drawn,memory,…]`.

MNIST and CIFAR-10 are read from DATA_DIR; what is not there is left out, with a line that says so. All of it takes about sixteen minutes
on two cores, most of them CIFAR-10's.
"""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.common import Figure, Report, median, percentile, progress, run
from core.specs import cnn_presets as presets

CIFAR: dict[str, Any] = {"dataset": "cifar10", "points": 10_000, "train_share": 0.9}
ARTICLES = {**presets.CIFAR, **CIFAR}
MNIST: dict[str, Any] = {"dataset": "mnist", "padding": "valid", "points": 60_000, "epochs": 5}
DENSE: dict[str, Any] = {**presets.DIGIT, "dataset": "mnist", "points": 60_000}

TRAINING_S = 60


def trained(values: dict[str, Any], rest_too: bool = False) -> tuple[Any, dict[str, np.ndarray], float]:
    """Train a spec as the lab does: the spec, the arrays of its last frame, and the seconds that the training took.

    rest_too: trained on all images that are not for the test; what is then called validation are 200 of them.
    """
    from core.data.images import Images
    from core.frame import Frame
    from core.labs import cnn
    from core.specs.cnn import CnnSpec

    spec = CnnSpec(**values)
    if rest_too:
        whole = cnn.data.load(spec.dataset, points=spec.points, seed=spec.seed, train_share=0.9)
        n = whole.train + whole.validation
        x, y = (np.concatenate([all_[:n], all_[:200], all_[n:]]) for all_ in (whole.x, whole.y))
        every = Images(x, y, whole.classes, n, 200)
        how = {"points": spec.points, "seed": spec.seed, "train_share": spec.train_share}
        cnn._samples.get((spec.dataset, *how.values()), lambda: every)
    begin, last = time.perf_counter(), None
    for item in cnn.train(spec):
        if isinstance(item, Frame) and item.stored:
            last = item
            progress(f"{spec.dataset} epoch {item.epoch}, {time.perf_counter() - begin:.0f} s: {item.rows[-1]['val_accuracy']:.4f}")
    assert last is not None
    return spec, dict(last.arrays), time.perf_counter() - begin


def test_accuracy(values: dict[str, Any], rest_too: bool = False) -> tuple[float, float]:
    """Accuracy on the sealed test set, and seconds; see `trained`."""
    from core.labs import cnn

    spec, arrays, seconds = trained(values, rest_too)
    return float(cnn.ask(spec, "sealed", arrays, {})["metrics"][0]), seconds


def digits(report: Report) -> None:
    found = [test_accuracy({"seed": seed}) for seed in range(3)]
    report.add(Figure("digits_accuracy", median(a for a, _s in found), ("≥", 0.965), [a for a, _s in found],
                      "the articles' network, padded; 20 epochs, other split and weights each time"),
               Figure("digits_s", median(s for _a, s in found), None, [s for _a, s in found], "seconds of those 20 epochs"))


def mnist(report: Report) -> None:
    accuracy, seconds = test_accuracy(MNIST, rest_too=True)
    report.add(Figure("mnist_accuracy", accuracy, ("≥", 0.988), note="the articles' network, 5 epochs of all 60,000"),
               Figure("mnist_s", seconds, None, note="seconds of those 5 epochs"))


def drawn(report: Report) -> None:
    """Digits that were drawn, as a student's would be: brought into MNIST's form and read by the articles' network. And pictures of ten of
    MNIST's own test images, which go the same way, and show what it costs."""
    from core.data.photos import subject_of
    from core.labs import cnn
    from core.settings import settings

    kinds = {"drawn": ("drawn_accuracy", "drawn digits"), "mnist": ("drawn_mnist_accuracy", "test images of MNIST's own, as files")}
    found = {kind: sorted((settings.data / "images").glob(f"{kind}_digit*.png")) for kind in kinds}
    if not any(found.values()):
        progress("left out: no digits in DATA_DIR/images")
        return
    spec, arrays, _seconds = trained(MNIST, rest_too=True)
    for kind, paths in found.items():
        right, said = [], []
        for path in paths:
            picture = b64encode(subject_of("mnist", path.name, path.read_bytes()).tobytes()).decode()
            answer = cnn.ask(spec, "look", arrays, {"picture": picture})["answer"]
            right.append(float(path.name.split("digit")[1][0] == str(answer.argmax())))
            said.append(f"{path.stem} → {answer.argmax()} ({answer.max():.0%})")
        if paths:
            name, what = kinds[kind]
            report.add(Figure(name, sum(right) / len(right), None, right, f"{what}: {', '.join(said)}"))


def mnist_dense(report: Report) -> None:
    found = [test_accuracy({**DENSE, "seed": seed}, rest_too=True) for seed in range(3)]
    report.add(Figure("mnist_dense_accuracy", median(a for a, _s in found), ("≥", 0.970), [a for a, _s in found],
                      "the page's preset (784-64-64-10, Adam at 0.001, batches of 32, 10 epochs) on all 60,000 instead of its images, "
                      "the validation set among them; other weights and batches each time"),
               Figure("mnist_dense_s", median(s for _a, s in found), None, [s for _a, s in found], "seconds of those 10 epochs"))


def epoch_of_fit(spec: Any) -> float:
    """Seconds that `model.fit` takes for an epoch of a spec under TensorFlow's defaults, building and tracing included; on the lab's
    images, brought to float32 and divided by 255 beforehand, with its validation images and with one thread, as the lab."""
    import keras

    from benchmarks.convolution import build
    from benchmarks.training import defaults
    from core.labs import cnn

    sample = cnn.sample_of(spec)
    x, y = sample.x.astype(np.float32) / 255, sample.y.astype(np.int32)
    n, end = sample.train, sample.train + sample.validation
    with defaults():
        begin = time.perf_counter()
        keras.utils.set_random_seed(spec.seed)
        model = build()
        model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        model.fit(x[:n], y[:n], batch_size=spec.batch_size, epochs=1, validation_data=(x[n:end], y[n:end]), verbose=0)
    return time.perf_counter() - begin


def epoch_of_lab(spec: Any) -> tuple[float, int]:
    """The same of the lab, as a worker runs it: its pictures computed and encoded. And how many there were."""
    from core.frame import Frame, encode_frame
    from core.labs import cnn

    cnn._labs._kept.clear()
    cnn.sample_of(spec)  # as `fit` has its images at hand
    begin, pictures = time.perf_counter(), 0
    for item in cnn.train(spec):
        pictures += isinstance(item, Frame) and len(encode_frame(item)) > 0
    return time.perf_counter() - begin, pictures


def fit(report: Report) -> None:
    """An epoch of the articles' network on all of MNIST, the lab against `model.fit`."""
    from core.specs.cnn import CnnSpec

    spec = CnnSpec(**{**MNIST, "train_share": 0.9, "epochs": 1})
    fits, labs, pictures = [], [], 0
    for i in range(3):
        fits.append(epoch_of_fit(spec))
        seconds, pictures = epoch_of_lab(spec)
        labs.append(seconds)
        progress(f"an epoch of MNIST, {i + 1} of 3: fit {fits[-1]:.1f} s, the lab {seconds:.1f} s")
    report.add(Figure("mnist_vs_fit", median(f / o for f, o in zip(fits, labs, strict=True)), ("≥", 1.3),
                      [f / o for f, o in zip(fits, labs, strict=True)],
                      f"54,000 images and 6,000 of validation on both sides, building and tracing included; of the lab also its {pictures} "
                      "pictures; one thread"),
               Figure("mnist_epoch_s", median(labs), None, labs), Figure("mnist_fit_epoch_s", median(fits), None, fits))


def ask(report: Report) -> None:
    """What the page's step “use” asks while a drawing is turned: answer, maps and Grad-CAM, through the runner and back; with the workers
    idle, and with two other networks in training on them. And what it asks when the hand is lifted: all four reasons."""
    import tempfile
    from dataclasses import replace
    from pathlib import Path

    from core.runs.runner import Runner
    from core.settings import settings
    from core.specs.cnn import CnnSpec

    drawing = np.zeros((56, 56), np.uint8)  # a seven
    drawing[8:12, 16:38] = drawing[12:48, 30:34] = 255
    drawn = b64encode(drawing.tobytes()).decode()
    spec = CnnSpec(dataset="mnist", padding="valid", points=6000, epochs=2)
    runner = Runner(replace(settings, store=Path(tempfile.mkdtemp()), workers=2))

    def times(count: int, **more: Any) -> list[float]:
        found = []
        for turn in range(count):
            change = {"turn": float(turn), "right": 0.0, "down": 0.0, "noise": 0.0}
            begin = time.perf_counter()
            runner.ask(key, "look", arguments={"removed": [], "drawing": drawn, "change": change, "cam": True, **more})
            found.append((time.perf_counter() - begin) * 1000)
        return found

    try:
        key = runner.open(spec, session="one", keep=True)
        while runner.result(key) is None:
            time.sleep(0.1)
        times(10)  # in which the worker traces them
        idle = times(50)
        times(2, reasons=True)
        lifted = times(20, reasons=True)
        others = [runner.open(spec.changed(seed=n, epochs=100), session=f"other {n}", keep=True) for n in (1, 2)]
        while not all(len(runner.rows(other)) > 1 for other in others):
            time.sleep(0.1)
        loaded = times(50)
    finally:
        runner.close()
    report.add(Figure("ask_ms", median(idle), ("≤", 300), idle, "an answer with Grad-CAM by a network on MNIST, the workers idle"),
               Figure("ask_p95_ms", percentile(idle, 0.95), ("≤", 300)),
               Figure("ask_reasons_ms", median(lifted), None, lifted,
                      "when the hand is lifted: with occlusion, saliency, integrated gradients; the answer itself was there before"),
               Figure("ask_loaded_ms", median(loaded), None, loaded, "both workers in training"))


def memory(report: Report) -> None:
    """A worker that trains the articles' network on all of MNIST, and the strong one on CIFAR-10's images after it: a minute each, and an
    epoch at least."""
    import tempfile
    from dataclasses import replace
    from functools import partial
    from pathlib import Path

    from benchmarks.memory import watched
    from benchmarks.server import until
    from core.runs.runner import Runner
    from core.settings import settings
    from core.specs.cnn import CnnSpec

    specs = [CnnSpec(**{**MNIST, "train_share": 0.9, "epochs": 100}), CnnSpec(**{**presets.STRONG_CIFAR, **CIFAR})]
    peaks = []
    with tempfile.TemporaryDirectory(prefix="dashboard-bench-") as folder:
        runner = Runner(replace(settings, scheduler=None, workers=1, store=Path(folder)))
        try:
            with watched() as sizes:
                for spec in specs:
                    begin = time.monotonic()
                    key = runner.open(spec, session="bench", keep=True)
                    until(partial(trained_for, runner, key, begin), 600, f"no epoch of {spec.dataset} is over")
                    if (end := runner.result(key)) is not None and end.state != "finished":
                        raise RuntimeError(f"the run on {spec.dataset} ended: {end}")
                    peaks.append(max(sizes.values()))
                    progress(f"after {spec.dataset}: {peaks[-1]:.0f} MB at most, {len(runner.rows(key))} rows")
                    runner.release("bench", role="main")
        finally:
            runner.close()
    report.add(Figure("worker_peak_mb", peaks[-1], ("≤", 2000), peaks,
                      "resident: the articles' network on all 60,000 of MNIST, then the strong one on CIFAR-10's 10,000, in one worker; "
                      f"{TRAINING_S} s and an epoch each"))


def trained_for(runner: Any, key: str, begin: float) -> bool:
    """Whether a run has ended, or got through an epoch and its time."""
    return runner.result(key) is not None or (len(runner.rows(key)) > 1 and time.monotonic() - begin > TRAINING_S)


def cifar(report: Report) -> None:
    articles = test_accuracy(ARTICLES)
    strong = test_accuracy(presets.STRONG_CIFAR)
    report.add(Figure("cifar_accuracy", strong[0], ("≥", 0.62), note="9,000 images, the page's strong preset"),
               Figure("cifar_s", strong[1], None, note="seconds of its training"),
               Figure("cifar_articles_accuracy", articles[0], None, note="the articles' network on the same images"),
               Figure("cifar_articles_s", articles[1], None))


def slider(report: Report) -> None:
    """From a key on “Filters in block 1” to the first trained picture, every value for the first time."""
    from benchmarks.browser import chromium, open_lab, press
    from benchmarks.server import App

    with App() as app, chromium() as browser:
        page = open_lab(browser, app.url, lab="cnn")
        values = [press(page, "Filters in block 1", "ArrowRight")["trained"] for _ in range(8)]
    report.add(Figure("digits_new_setting_ms", median(values), ("≤", 900), values, "filters of block 1, every value for the first time"))


def where(dataset: str, part: Callable[[Report], None]) -> Callable[[Report], None]:
    """A part that needs a dataset, left out where that is not."""
    def measured(report: Report) -> None:
        from core.data.published import available

        if available(dataset):
            part(report)
        else:
            progress(f"left out: {dataset} is not in DATA_DIR")

    return measured


def main() -> None:
    from core.training.warm import warm

    progress("TensorFlow")
    warm()
    run("Networks on pictures", {"digits": digits, "mnist": where("mnist", mnist), "mnist_dense": where("mnist", mnist_dense),
                                 "drawn": where("mnist", drawn),
                                 "fit": where("mnist", fit), "ask": where("mnist", ask),
                                 "memory": where("mnist", where("cifar10", memory)), "cifar": where("cifar10", cifar),
                                 "slider": slider})


if __name__ == "__main__":
    main()
