"""The verdict cache: executions on disk, so that the same program runs once on the same input."""
