"""The files of a run of `audit` that other packages read."""

KIND = "audit"
REPORT = "audit.json"
"""All numbers and findings, with the digest of the problems."""
COLUMNS = "columns.jsonl"
"""What was measured of each test, a test a line."""
