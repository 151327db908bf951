"""Tests without an LLM: inputs mutated by type and judged by the validator, with the gold program as oracle."""
