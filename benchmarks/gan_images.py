"""GANs on images: what the DCGAN on MNIST reaches after a fixed number of steps. Part of `python -m benchmarks.gan`, and by itself
`python -m benchmarks.gan_images [--json]`."""

from __future__ import annotations

import time

import numpy as np

from benchmarks.common import Figure, Report, progress, run

FAKES = 2000  # new ones, of noise that the run's own figures are not about
AT_ONCE = 100


def mnist(report: Report) -> None:
    """The preset, as the lab trains it, pictures included; its fakes judged by a classifier that is tried on MNIST's whole test set."""
    from core.data.images import load
    from core.frame import Frame
    from core.labs import gan_images as lab
    from core.labs.judge import JUDGES, judge_of
    from core.specs.gan_images import COVERED, MNIST, SURE, ImageGanSpec

    judge, told = judge_of("mnist"), JUDGES["mnist"]
    sample = load("mnist", points=told.points, seed=told.seed, train_share=told.train_share)
    test = slice(sample.train + sample.validation, None)
    answers = judge.model.predict(sample.x[test].astype(np.float32), batch_size=500, verbose=0)
    accuracy = float((answers.argmax(1) == sample.y[test]).mean())
    progress(f"the classifier: {accuracy:.4f}")

    spec = ImageGanSpec(**MNIST)
    begin, last = time.perf_counter(), None
    for item in lab.train(spec):
        if isinstance(item, Frame):
            last = item
    seconds = time.perf_counter() - begin
    assert last is not None
    made = [lab.ask(spec, "make", last.arrays, {"count": AT_ONCE, "seed": seed}) for seed in range(FAKES // AT_ONCE)]
    said, sure = (np.concatenate([one[name] for one in made]) for name in ("made_said", "made_sure"))
    shares = np.bincount(said[sure >= SURE], minlength=10) / FAKES
    report.add(Figure("mnist_judge", accuracy, ("≥", 0.985), [accuracy], f"of {len(answers):,} test images of MNIST"),
               Figure("mnist_sure", float((sure >= SURE).mean()), ("≥", 0.70), [float((sure >= SURE).mean())],
                      f"of {FAKES:,} fakes after {last.step:,} steps, batches of {spec.batch_size}; of real images {judge.sure:.3f}"),
               Figure("mnist_classes", float((shares >= COVERED).sum()), ("≥", 10), shares.tolist(), "classes of at least 1% of them"),
               Figure("mnist_seconds", seconds, ("≤", 300), [seconds], "on one thread, as in a worker"))


PARTS = {"gan_mnist": mnist}


def main() -> None:
    from core.training.warm import warm

    progress("TensorFlow")
    warm()
    run("GANs on images", PARTS)


if __name__ == "__main__":
    main()
