"""The stage `dedup`: drop duplicate problems; find duplicate inputs of one problem."""
