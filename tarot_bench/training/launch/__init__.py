"""From a training to the commands and files that start it: accelerate, dstack, SkyPilot, Slurm."""
