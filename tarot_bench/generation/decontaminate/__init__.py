"""Decontaminate: nothing that a benchmark asks may be trained on."""
