"""The dataset factory: source, author, validate, repair, deduplicate, decontaminate, measure."""
