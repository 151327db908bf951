"""Audit a dataset: a run directory with a journal, a report, columns and proposed errata."""

import hashlib
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from tarot_bench.dataset.audited import TestColumns
from tarot_bench.dataset.errata import write_errata
from tarot_bench.errors import DataError, InfrastructureError
from tarot_bench.generation.audit.columns import columns_of
from tarot_bench.generation.audit.findings import proposals
from tarot_bench.generation.audit.measuring import Effort, measure
from tarot_bench.generation.audit.records import ProblemRecord
from tarot_bench.generation.audit.report import AuditReport
from tarot_bench.generation.audit.subjects import Subject, Subjects, load_subjects, pool_of
from tarot_bench.generation.audit.summary import audit_report
from tarot_bench.generation.workers import answered
from tarot_bench.problem import Frozen
from tarot_bench.progress import Progress, Silent
from tarot_bench.runs import RunDirectory, writing
from tarot_bench.runs.audits import COLUMNS, KIND, REPORT
from tarot_bench.runs.generation import write_lines
from tarot_bench.sandbox import open_sandbox
from tarot_bench.sandbox.base import Sandbox

JOURNAL = "problems.jsonl"
ERRATA = "errata.yaml"


class AuditSettings(Frozen):
    """What is audited, and how."""

    data: str
    """A dataset that ``--data`` reads, a run of `generate`, or the name of a benchmark."""
    revision: str | None = None
    split: str | None = None
    limit: int | None = None
    """Only the first problems."""
    programs: str | None = None
    """A file of programs that are known to be correct or wrong, see `programs.read_programs`."""
    pool: str | None = None
    """A dataset with the same ids, whose tests are further inputs: what they kill is killable."""
    effort: Effort = Effort()
    sandbox: str = "local"
    packages: tuple[str, ...] | None = None


def audit(
    data: str | AuditSettings,
    output: str | Path,
    progress: Progress | None = None,
    *,
    resume: bool = False,
    **settings: Any,
) -> AuditReport:
    """Measure the quality of a dataset's tests.

    Args:
        data: the dataset, as in ``embedded`` or ``problems.jsonl``; or all settings at once.
        output: the run directory. It gets a journal with one record per problem, ``audit.json`` (the report),
            ``columns.jsonl`` (facts of each test) and ``errata.yaml`` (proposals).
        progress: reports every problem; None shows nothing.
        resume: continue the run in `output`.
        settings: further fields of `AuditSettings`, where `data` is a name.

    Raises:
        UserError: the data, the programs or the directory cannot be used; one line.
        InfrastructureError: problems are pending; continue with ``resume``.
    """
    wanted = data if isinstance(data, AuditSettings) else AuditSettings(data=data, **settings)
    folder, progress = Path(output).expanduser(), progress or Silent()
    programs = Path(wanted.programs).expanduser() if wanted.programs else None
    subjects = load_subjects(
        wanted.data, revision=wanted.revision, split=wanted.split, limit=wanted.limit, programs=programs
    )
    pool = pool_of(wanted.pool)
    pool(subjects.items[0].problem.id)  # now, so that data that cannot be read leave no run
    with writing(folder), open_sandbox(wanted.sandbox, packages=wanted.packages) as sandbox:
        run = RunDirectory.start(folder, KIND, _identity(wanted, subjects, programs), _environment(sandbox), resume)
        records = _measured(run, subjects, sandbox, partial(_measure, pool, wanted.effort, sandbox), progress)
        return _conclude(run, wanted, subjects, records)


def read_report(run: Path) -> AuditReport:
    """Read the report of a finished audit.

    Raises:
        RunError: not a run.
        DataError: the audit is not finished.
    """
    opened = RunDirectory.open(run)
    path = opened.path / REPORT
    if opened.manifest.kind != KIND or not path.is_file():
        raise DataError(f"{run} holds no finished audit; finish it with `tarot-bench audit --resume`")
    return AuditReport.model_validate_json(path.read_bytes())


def _measure(pool: Any, effort: Effort, sandbox: Sandbox, subject: Subject) -> ProblemRecord:
    return measure(subject, pool(subject.problem.id), sandbox, effort)


def _measured(
    run: RunDirectory, subjects: Subjects, sandbox: Sandbox, answer: Any, progress: Progress
) -> list[ProblemRecord]:
    """The records of all problems, in the order of the dataset; those of the journal are not measured again."""
    order = [subject.problem.id for subject in subjects.items]
    with closing(run.journal(JOURNAL, ProblemRecord)) as journal:
        made = {record.id: record for record in journal}
        progress.begin("audit", len(order), len(made))
        pending = [subject for subject in subjects.items if subject.problem.id not in made]
        for record in answered(pending, answer, sandbox.workers):
            journal.append(record)
            made[record.id] = record
            progress.step()
        progress.end()
    if missing := len(order) - len(made):
        raise InfrastructureError(f"{missing} of {len(order)} problems are pending; use --resume")
    return [made[name] for name in order]


def _conclude(
    run: RunDirectory, settings: AuditSettings, subjects: Subjects, records: list[ProblemRecord]
) -> AuditReport:
    told = {
        "data": subjects.problems.source,
        "revision": subjects.problems.revision,
        "digest": subjects.problems.digest,
        "settings": settings.model_dump(mode="json"),
        "environment": {key: run.manifest.environment[key] for key in ("tarot_bench", "sandbox")},
        "skipped": subjects.skipped,
    }
    report = audit_report(records, told)
    write_lines(run.path / COLUMNS, _columns(records))
    write_errata(proposals(report, date.fromisoformat(run.manifest.created[:10])), run.path / ERRATA)
    run.write_json(REPORT, report.model_dump(mode="json"))
    return report


def _columns(records: list[ProblemRecord]) -> Iterator[TestColumns]:
    return (row for record in records for row in columns_of(record))


def _identity(settings: AuditSettings, subjects: Subjects, programs: Path | None) -> dict[str, Any]:
    """The settings of the run: those of the user, and the content of what they name."""
    content = hashlib.sha256(programs.read_bytes()).hexdigest()[:16] if programs else None
    identity = settings.model_dump(mode="json")
    return {**identity, "data_digest": subjects.problems.digest, "programs_digest": content}


def _environment(sandbox: Sandbox) -> dict[str, Any]:
    info = sandbox.info
    return {"sandbox": {"kind": info.kind, "level": info.level, "python": info.python, **info.details}}
