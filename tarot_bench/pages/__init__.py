"""Self-contained HTML pages: one file, no network, light and dark; compressed data is decoded when it is looked at."""
