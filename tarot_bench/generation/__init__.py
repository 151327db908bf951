"""The dataset factory: source, author, validate, repair, ambiguity, dedup, decontaminate, measure."""
