"""Dedup: problems that say the same, and tests of one problem that ask the same."""
