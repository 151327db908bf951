"""Show results: tables, reports, progress."""
