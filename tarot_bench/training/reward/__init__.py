"""The reward that a trainer calls: completions are graded, and a curriculum weighs the verdicts."""
