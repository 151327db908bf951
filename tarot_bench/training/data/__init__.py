"""The rows that are trained on, and their order under a curriculum."""
