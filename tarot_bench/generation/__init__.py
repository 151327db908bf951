"""The dataset factory: source, checks that cost nothing, author, validate, repair, selection, measure."""
