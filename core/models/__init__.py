"""Keras builders: the files that hold a model hold no training loop."""
