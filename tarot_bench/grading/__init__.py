"""Judgement: the one place where code meets tests."""
