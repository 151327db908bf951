"""The benchmarks inside other frameworks: lm-eval and inspect_ai."""
