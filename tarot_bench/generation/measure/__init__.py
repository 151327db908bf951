"""Measure: what each test costs and what it is worth."""
