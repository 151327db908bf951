"""Checks of training recipes and model files."""
