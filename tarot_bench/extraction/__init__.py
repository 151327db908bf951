"""Extraction: from the raw text of a completion to its code."""

from tarot_bench.extraction.extract import ExtractionForm, extract, verbatim

__all__ = ["ExtractionForm", "extract", "verbatim"]
