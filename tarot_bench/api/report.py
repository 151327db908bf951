"""Report runs of `evaluate`: `tarot_bench.report`."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from tarot_bench.errors import SandboxUnavailableError, one_line
from tarot_bench.evaluation.alike import setting_of
from tarot_bench.evaluation.calibration import as_calibrated
from tarot_bench.evaluation.parts import LoadedBenchmark, parts_of_run
from tarot_bench.evaluation.sandboxes import opened
from tarot_bench.evaluation.settings import Evaluation
from tarot_bench.evaluation.summary import summary_of
from tarot_bench.reporting.labels import labels_of
from tarot_bench.reporting.report.outputs import chosen, outputs_of
from tarot_bench.reporting.report.reported import ReportedRun, answers_of
from tarot_bench.reporting.report.write import write_report
from tarot_bench.runs.evaluation import EvaluationRun
from tarot_bench.verdict import Completion, Grade, Usage

OUTPUTS = 200
"""Failed tests of a run that are run again to show what the programs wrote."""


def report(
    runs: Iterable[str | Path], output: str | Path, *, outputs: int = OUTPUTS, despite: Collection[str] = ()
) -> Path:
    """Write the HTML report of one or several runs.

    Args:
        runs: directories of `evaluate` or `import`, finished or not; those of one benchmark are shown side by side.
        output: the HTML file.
        outputs: run so many failed tests of each run again in the local sandbox, through the verdict cache, to show
            the actual output beside the expected one. Programs of a run without isolation are never run again.
        despite: settings in which runs may differ that are compared, as in `tarot_bench.compare`.

    Returns:
        Its path.

    Raises:
        RunError: not a run, or the file cannot be written.
        UserError: a run's data cannot be loaded any more, or the charting libraries are not installed.
    """
    path = Path(output).expanduser()
    write_report(reported([Path(run).expanduser() for run in runs], outputs, despite), path)
    return path


def reported(paths: Sequence[Path], outputs: int = 0, despite: Collection[str] = ()) -> list[ReportedRun]:
    """Read runs for a report; each benchmark of each run is one of the result.

    Raises:
        UserError: as `report`.
    """
    found = [(EvaluationRun.open(path), *parts_of_run(EvaluationRun.open(path).manifest)) for path in paths]
    labels = labels_of([(settings.model, run.path.name, str(run.path)) for run, settings, _ in found])
    return [
        with_outputs(reported_part(run, settings, part, label, despite), settings, outputs)
        for (run, settings, parts), label in zip(found, labels, strict=True)
        for part in parts
    ]


def reported_part(
    run: EvaluationRun, settings: Evaluation, part: LoadedBenchmark, label: str, despite: Collection[str] = ()
) -> ReportedRun:
    """One benchmark of a run for a report, under a name that tells the runs of the report apart."""
    files = run.benchmark(part.name)
    grades: list[Grade] = list(files.grades)
    completions: list[Completion] = list(files.completions)
    summary = summary_of(run, settings, part, grades)
    comparable = setting_of(run, part.name, summary.setting)
    part = as_calibrated(part, settings.gold_factor, run.path)
    return ReportedRun(
        label=label,
        path=str(run.path),
        benchmark=part.name,
        model=settings.model,
        metrics=summary.metrics,
        setting=summary.setting,
        comparable={key: value for key, value in comparable.items() if key not in despite},
        remarks=summary.remarks,
        command=" ".join(run.manifest.environment.get("command", ())),
        problems=tuple(part.problems),
        prompt_of=part.prompt.render,
        completions=completions,
        grades=grades,
        usd=run.usd(sum((completion.usage for completion in completions), Usage())),
    )


def with_outputs(run: ReportedRun, settings: Evaluation, most: int) -> ReportedRun:
    """The run with the outputs of some failed tests, or with a remark that there is no sandbox for them."""
    failed = chosen(run.problems, answers_of(run), most) if most else []
    if not failed or settings.sandbox.kind == "unsafe-subprocess":
        return run
    try:
        with opened(settings.sandbox.model_copy(update={"kind": "local"}), cache=True) as sandboxes:
            return replace(run, outputs=outputs_of(failed, sandboxes.grading))
    except SandboxUnavailableError as error:
        return replace(run, remarks=[*run.remarks, f"without actual outputs: {one_line(error)}"])
