"""Benchmarks, one file each, behind one protocol."""

from tarot_bench.benchmarks.base import Benchmark, located, names, open_benchmark

__all__ = ["Benchmark", "located", "names", "open_benchmark"]
