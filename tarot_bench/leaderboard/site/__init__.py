"""The static site of a leaderboard; its files are its pages.

`write` writes them all: the start page (`index`), two models side by side (`compare`), a page for each submission
(`model`), and feeds (`feeds`, `atom`). `standing` decides what is compared with what, and who stands where.
"""
