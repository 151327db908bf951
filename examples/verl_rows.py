"""Write problems as rows for verl, and show how verl finds the reward of the tiers.

    python examples/verl_rows.py DATA train.parquet

DATA is what `tarot-bench evaluate --data` takes. Needs nothing of verl; the rows and the reward work with verl 0.9.
"""

import sys

import tarot_bench as tb
from tarot_bench.integrations import verl


def main(data: str = "embedded", path: str = "train.parquet") -> None:
    """Write the rows, and print the settings of verl."""
    count = verl.write_rows(tb.load_problems(data), path)
    print(f"{count} rows in {path}")
    print(f"data.train_files={path}")
    print(f"custom_reward_function.path={verl.__file__}")
    print("custom_reward_function.name=compute_score")


if __name__ == "__main__":
    main(*sys.argv[1:])
