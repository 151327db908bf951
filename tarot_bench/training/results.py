"""What a finished training left in its run directory."""

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tarot_bench.errors import RunError, one_line
from tarot_bench.metrics.comparison import Comparison
from tarot_bench.problem import Frozen
from tarot_bench.runs import RunDirectory
from tarot_bench.training.curriculum import Switch
from tarot_bench.training.recipe import Training

MODEL = "model"
"""The folder of the trained model in a run."""
EVALUATION = "evaluation"
"""The folder of the evaluations of the trained model, each of which has a `COMPARISON`."""
COMPARISON = "comparison.json"
_SUMMARY = "summary.json"


class TrainingSummary(Frozen):
    """``summary.json`` of a training, which is written when the model is saved."""

    steps: int
    curriculum: str
    stages: tuple[Switch, ...] = ()
    """The stages that began after the first, and when."""
    held_out: tuple[dict[str, float], ...] = ()
    """The held-out curve: ``step``, and pass rates in [0, 1] by tier."""


class BaseComparison(Frozen):
    """``comparison.json``: how a trained model differs from its base."""

    suite: str
    base: str
    """The run of the base's evaluation."""
    trained: str
    trained_on: dict[str, int]
    """By benchmark: problems that the model was trained on."""
    comparisons: dict[str, Comparison]
    """By benchmark; differences are trained - base."""


def write_summary(run: Path, summary: TrainingSummary) -> None:
    """Write the summary, which marks the training as finished."""
    RunDirectory.open(run).write_json(_SUMMARY, summary.model_dump(mode="json"))


def finished(training: Training, run: Path) -> TrainingSummary | None:
    """The summary of a training that `run` holds finished; None where it holds none, or one of other settings.

    Raises:
        RunError: the directory cannot be read.
    """
    try:
        if not _is_of(training.identity, run):
            return None
        return TrainingSummary.model_validate_json((run / _SUMMARY).read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise RunError(f"cannot read {run / _SUMMARY}: {one_line(error)}") from None


def base_comparisons(run: Path, suite: str) -> dict[str, Comparison]:
    """How the model of a run differs from its base on a suite, by benchmark; empty where that is not known yet.

    Args:
        run: the run directory.
        suite: the name of a suite; of several evaluations on suites of this name, the latest counts.

    Raises:
        RunError: a comparison cannot be read.
    """
    paths = sorted((run / EVALUATION).glob(f"*/{COMPARISON}"), key=lambda path: path.stat().st_mtime)
    try:
        found = [BaseComparison.model_validate_json(path.read_bytes()) for path in paths]
    except (OSError, ValidationError) as error:
        raise RunError(f"cannot read the comparisons in {run / EVALUATION}: {one_line(error)}") from None
    return next((each.comparisons for each in reversed(found) if each.suite == suite), {})


def _is_of(identity: dict[str, Any], run: Path) -> bool:
    return (run / "run.json").is_file() and RunDirectory.open(run).manifest.settings == identity
