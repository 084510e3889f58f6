"""The fused training loop and what looks inside a model while it learns. Imported by workers only."""
