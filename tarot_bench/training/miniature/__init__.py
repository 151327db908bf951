"""The miniature experiment: a model of a million parameters trained under several curricula on one CPU."""
