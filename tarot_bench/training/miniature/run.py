"""Run a miniature recipe: run pending cells, write the report and plot the curves."""

from pathlib import Path

from tarot_bench.atomic import write_atomically
from tarot_bench.runs import RunDirectory, writing
from tarot_bench.training.miniature.experiment import Tell, learning_cpu_s, run_miniature
from tarot_bench.training.miniature.markdown import to_markdown
from tarot_bench.training.miniature.miniature_recipe import MiniatureRecipe
from tarot_bench.training.miniature.plot import plot_curves
from tarot_bench.training.miniature.recordings import write_recordings
from tarot_bench.training.miniature.report import report_of


def run_and_report(recipe: MiniatureRecipe, output: Path, *, resume: bool, jobs: int = 1, tell: Tell) -> Path:
    """Run the experiment and write ``report.md``, ``report.json``, ``curves.png`` and ``recordings/``.

    Args:
        recipe: of the experiment.
        output: the run directory.
        resume: continue the run in `output`.
        jobs: models that are trained at the same time.
        tell: called with lines of progress.

    Returns:
        The report's path.

    Raises:
        RunError: the directory holds another run.
    """
    with writing(output):
        run = RunDirectory.start(output, "miniature", recipe.model_dump(mode="json"), {}, resume)
        return _report(recipe, run, jobs, tell)


def _report(recipe: MiniatureRecipe, run: RunDirectory, jobs: int, tell: Tell) -> Path:
    cells = run_miniature(recipe, run, jobs, tell)
    report = report_of(recipe, cells, learning_cpu_s(recipe, run))
    run.write_json("report.json", report.model_dump(mode="json"))
    plot_curves(recipe, run, report)
    write_recordings(recipe, run)
    page = run.path / "report.md"
    write_atomically(page, to_markdown(recipe, report))
    return page
