"""Many trainings from one recipe: a grid of settings, run side by side, and one table of the results."""
