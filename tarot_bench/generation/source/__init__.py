"""Source: rows of known formats become entries; rows that cannot be used are dropped with a reason."""
