"""The verdict cache: executions on disk, so that the same test of the same program runs once."""
