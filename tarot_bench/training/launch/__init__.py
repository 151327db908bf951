"""Commands and files that start a training: accelerate, dstack, SkyPilot, Slurm."""
