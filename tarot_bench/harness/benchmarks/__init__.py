"""Benchmarks, one file each, behind one protocol."""

from tarot_bench.harness.benchmarks.base import Benchmark, names, open_benchmark

__all__ = ["Benchmark", "names", "open_benchmark"]
