"""Integrate the benchmarks with other frameworks: lm-eval and inspect_ai."""
