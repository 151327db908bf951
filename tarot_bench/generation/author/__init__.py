"""Authors of tests: generator LLMs, live or in batches, and `mutate`, which needs no LLM."""
