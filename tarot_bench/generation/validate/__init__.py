"""Validate: run the gold on every test, and flag what does not agree."""
