"""Whether the training in this process is asked to step aside: others wait for their first picture. It does so at its next checkpoint,
which the loop then makes at once. Set by the worker, read by the loop; without TensorFlow."""

from __future__ import annotations

import threading

wanted = threading.Event()
