"""What two runs must have in common, so that a difference between them is a difference between their models."""

from collections.abc import Mapping
from typing import Any

from tarot_bench.runs.evaluation import EvaluationRun

MUST_AGREE = ("data", "prompt", "compat", "extraction", "gold_factor")
"""The settings in question: problems, prompt template, comparison, extraction, and how time limits are calibrated."""


def setting_of(run: EvaluationRun, benchmark: str, summarised: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of `MUST_AGREE` of one benchmark.

    Args:
        run: its directory.
        benchmark: its name.
        summarised: `tarot_bench.Summary.setting` of the benchmark.
    """
    settings = run.manifest.settings
    return {
        "data": summarised.get("data_digest"),
        "prompt": settings.get("data", {}).get(benchmark, {}).get("prompt"),
        "compat": summarised.get("compat"),
        "extraction": summarised.get("extraction"),
        "gold_factor": settings.get("gold_factor"),
    }
