"""Named datasets as NumPy arrays. Imports no TensorFlow."""
