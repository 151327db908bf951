"""Where programs run: on this machine, on a Ray cluster, or on E2B's cloud machines."""
