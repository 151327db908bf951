"""Evaluate two models on the same problems and compare them tier by tier.

    python examples/evaluate_two_models.py openai/MODEL-A openai/MODEL-B

Without arguments the models are two baselines that need no network: reference solutions of which three in ten are
broken, and reference solutions.
"""

import sys

import tarot_bench as tb


def main(first: str = "mutant:0.3", second: str = "gold") -> None:
    """Evaluate both models on the first 20 problems; the runs are written below ``runs/``."""
    runs = [tb.evaluate(model, limit=20) for model in (first, second)]
    for run in runs:
        print(f"{run.summary.model}: {run.summary.metrics.value('strict'):.0%} pass all tiers  ({run.path})")
    print(tb.compare(*runs))
    print(runs[0].to_pandas().groupby("tier").verdict.value_counts().unstack(fill_value=0))


if __name__ == "__main__":
    main(*sys.argv[1:])
