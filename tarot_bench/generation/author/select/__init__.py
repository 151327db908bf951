"""Tests without an LLM: four tiers chosen from tests that a source already has."""
