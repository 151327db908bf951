"""The Python API of evaluations: run them, open them, compare them, draw them."""
