"""Write runs in the formats of other frameworks: ``tarot-bench export``; one module for each format."""
