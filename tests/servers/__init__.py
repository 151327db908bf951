"""Loopback servers that stand in for the services of the outside world."""
