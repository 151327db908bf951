"""The samples of leaderboard submissions as reports."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tarot_bench.api.bundles import load_own
from tarot_bench.api.report import reported_part, with_outputs
from tarot_bench.errors import UserError, one_line
from tarot_bench.evaluation.settings import SandboxSetting
from tarot_bench.leaderboard.bundle import open_bundle
from tarot_bench.leaderboard.entries import Submission
from tarot_bench.problem import Problem
from tarot_bench.progress import Progress, Silent
from tarot_bench.reporting.report.reported import ReportedRun
from tarot_bench.reporting.report.write import write_report
from tarot_bench.runs.evaluation import EvaluationRun


def samples_writer(
    data: Mapping[str, str] | None = None, outputs: int = 0, progress: Progress | None = None
) -> Callable[[Submission, Path], str]:
    """Make the function that writes the samples of a verified submission to an HTML file.

    The file is the report of the submitted run: statements, tests, raw answers, programs and verdicts. Problems are
    this machine's, as in `verify`; the bundle decides only what the model answered.

    Args:
        data: sources of the problems by benchmark; others have their default source.
        outputs: run so many failed tests of each submission again in the local sandbox, to show the actual output
            beside the expected one.
        progress: is told of submissions without samples.

    Returns:
        A function of the submission and the file. It returns why no file was written: this machine does not have the
        data of the run.
    """

    def write(submission: Submission, path: Path) -> str:
        try:
            with TemporaryDirectory() as temporary:
                runs = _runs(submission, Path(temporary), data or {}, outputs)
        except UserError as error:
            reason = one_line(error)
            (progress or Silent()).note(f"{submission.path.name}: its samples are not shown: {reason}")
            return reason
        write_report(runs, path, links={"Leaderboard": "../../index.html", "This model": "index.html"})
        return ""

    return write


def _runs(submission: Submission, scratch: Path, data: Mapping[str, str], outputs: int) -> list[ReportedRun]:
    (scratch / "bundle").mkdir()
    opened = open_bundle(submission.path, scratch / "bundle")
    run = EvaluationRun.open(opened.folder)
    own = load_own(run, data, SandboxSetting(kind="local"), scratch)
    runs = []
    for whole, shipped in zip(own.parts, own.shipped, strict=True):
        stated = opened.stated.benchmarks[whole.name]
        part = own.narrowed(whole, stated)
        if part.problems.digest != stated.digest:
            raise UserError(f"the data of {part.name} here are not those of the run; name them with --data")
        made = with_outputs(reported_part(run, own.settings, part, own.settings.model), own.settings, outputs)
        runs.append(
            replace(
                made,
                path=submission.path.stem,
                prompt_of=made.prompt_of if shipped else _unknown,
                setting={**made.setting, "data": stated.data},  # not the path on this machine
            )
        )
    return runs


def _unknown(problem: Problem) -> str:
    return "The submitter's own template, which is not rendered here; it is in run.json of the bundle."
