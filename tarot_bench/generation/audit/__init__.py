"""Measure the quality of a dataset's tests: ``tarot-bench audit``."""
