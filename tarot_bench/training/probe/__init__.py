"""Before training: what a model solves in each tier, and which curriculum fits it."""
