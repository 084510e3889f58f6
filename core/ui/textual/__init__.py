"""The text project: one module a step, and the page around them (`page`)."""
