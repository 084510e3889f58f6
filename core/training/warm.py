"""What a worker does before its first run: import TensorFlow and Keras, and fix what bits depend on."""

from __future__ import annotations

import os

# For small networks XLA's threads are a detour (a step takes twice as long), and its newer code generator takes twice as long to compile.
XLA = "--xla_cpu_multi_thread_eigen=false --xla_cpu_use_fusion_emitters=false"

_warm = False


def warm() -> None:
    """Import the engine once, with one thread inside an operation: a convolution's bits differ between 1 and 2."""
    global _warm
    if _warm:
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("XLA_FLAGS", XLA)
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    for gpu in tf.config.list_physical_devices("GPU"):
        tf.config.experimental.set_memory_growth(gpu, True)
    # See `Program.rewrite`: most of a small network's time to its first step would be spent rewriting its graph.
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    import keras

    keras.config.disable_traceback_filtering()
    tf.zeros(1).numpy()
    _warm = True
