"""Sources of completions, behind one protocol."""
