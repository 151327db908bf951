"""Serve reports on loopback, and follow runs that are being written."""
