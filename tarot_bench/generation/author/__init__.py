"""Who writes tests: generator LLMs, live or in batches, and `mutate`, which needs none."""
