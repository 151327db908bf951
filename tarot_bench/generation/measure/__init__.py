"""The stage `measure`: cost and strength of each test."""
