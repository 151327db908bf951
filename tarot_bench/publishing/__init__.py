"""Datasets out: Parquet, card, Croissant, the Hub."""
