"""The HTML report: overview, charts, a table of problems, and every sample."""
