"""Evaluation runs: generate, grade, summarise."""
