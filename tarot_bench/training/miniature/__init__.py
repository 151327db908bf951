"""The curriculum law on a laptop: a model of a million parameters, made from nothing, under several curricula."""
