"""Run programs on E2B's cloud machines."""
