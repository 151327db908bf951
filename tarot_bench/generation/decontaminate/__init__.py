"""Decontaminate: drop or flag problems that a benchmark contains."""
