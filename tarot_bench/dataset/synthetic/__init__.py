"""Procedural problems with exact golds: as many as wanted, offline, the same everywhere."""

from tarot_bench.dataset.synthetic.small import small_family

__all__ = ["small_family"]
