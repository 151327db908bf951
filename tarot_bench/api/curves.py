"""Draw the curves of runs of `train`."""

from collections.abc import Iterable
from pathlib import Path

from tarot_bench.errors import RunError
from tarot_bench.reporting.curves import TrainingCurves, write_page
from tarot_bench.reporting.labels import labels_of
from tarot_bench.training.trainer.history import history_of


def curves(runs: Iterable[str | Path], output: str | Path) -> Path:
    """Write the page with the curves of one or several trainings, finished or under way.

    Args:
        runs: directories of `train`.
        output: the HTML file.

    Returns:
        Its path.

    Raises:
        RunError: no run of `train`, one without a step, or the file cannot be written.
        UserError: the charting libraries are not installed.
    """
    path = Path(output).expanduser()
    write_page(read_curves(runs), path)
    return path


def read_curves(runs: Iterable[str | Path]) -> list[TrainingCurves]:
    """Read the logs of trainings; those whose directories have the same name are labelled by their whole paths.

    Raises:
        RunError: as `curves`, or no run is named.
    """
    paths = [Path(run).expanduser() for run in runs]
    if not paths:
        raise RunError("there is no training to draw; name a run directory of `tarot-bench train`")
    labels = labels_of([(path.resolve().name, str(path)) for path in paths])
    return [
        TrainingCurves(label, str(path), history.finished, history.steps, history.held_out)
        for label, path, history in zip(labels, paths, map(history_of, paths), strict=True)
    ]
