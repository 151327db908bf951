"""Verify a published dataset: load it as its users do and compare it row by row; make again what is not stored."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from datasets import load_dataset

from tarot_bench.dataset import Entry
from tarot_bench.errors import DataError, InfrastructureError, boundary
from tarot_bench.grading import as_code, grade_many
from tarot_bench.problem import Problem
from tarot_bench.publishing.layout import Config, configs_of
from tarot_bench.sandbox import open_sandbox
from tarot_bench.verdict import Grade, Verdict

_END: dict[str, Any] = {"": "no such row"}


def verify(source: str | Path, entries: Sequence[Entry], revision: str | None = None) -> dict[str, int]:
    """Load every configuration through ``load_dataset``, prepared and streaming, and compare it with the entries.

    Args:
        source: a folder, or a Hub id.
        entries: the expected content.
        revision: of a Hub dataset.

    Returns:
        Rows per configuration.

    Raises:
        InfrastructureError: a configuration does not load, or a row differs from the entry.
    """
    counts = {}
    for config in configs_of(entries):
        for streaming in (False, True):
            how = f"{source}, configuration {config.name}{', streaming' if streaming else ''}"
            with tempfile.TemporaryDirectory() as cache, boundary(InfrastructureError, f"reading back {how}"):
                rows = load_dataset(
                    str(source),
                    config.name,
                    split="train",
                    revision=revision,
                    streaming=streaming,
                    cache_dir=cache,
                )
                counts[config.name] = _compare(rows, _expected(config, entries), how)
    return counts


def verify_generated(entries: Sequence[Entry], kind: str = "local") -> int:
    """Make the inputs that are not stored, and grade the gold of their problems with them.

    Args:
        entries: what is published; problems whose inputs are all stored are skipped.
        kind: of the sandbox. It is not opened if there is nothing to run.

    Returns:
        The number of problems that were run.

    Raises:
        DataError: a gold does not pass.
        InfrastructureError: an input cannot be made again.
        SandboxUnavailableError: this machine cannot isolate programs.
    """
    problems = [entry.problem for entry in entries if not all(test.stored for test in entry.problem.all_tests)]
    if not problems:
        return 0
    with open_sandbox(kind) as sandbox:
        golds = [(problem, as_code(problem, problem.solution or "")) for problem in problems]
        for place, made in grade_many(golds, sandbox):
            _check_gold(problems[place], made)
    return len(problems)


def _check_gold(problem: Problem, made: Grade) -> None:
    for number, result in enumerate(made.results, start=1):
        if result.verdict is Verdict.UNGRADED:
            raise InfrastructureError(f"problem {problem.id!r}, test {number}: {result.detail}")
        if problem.solution is not None and result.verdict is not Verdict.PASSED:
            raise DataError(
                f"the gold of problem {problem.id!r} does not pass test {number} ({result.verdict}: {result.detail}); "
                "run `tarot-bench validate` on the data"
            )


def _expected(config: Config, entries: Sequence[Entry]) -> Iterator[dict[str, Any]]:
    return (row for entry in entries for row in config.rows(entry))


def _compare(found: Iterable[dict[str, Any]], expected: Iterable[dict[str, Any]], how: str) -> int:
    number = 0
    for number, (row, wanted) in enumerate(zip_longest(found, expected, fillvalue=_END), start=1):
        if row != wanted:
            columns = [name for name in {**wanted, **row} if row.get(name) != wanted.get(name)]
            raise InfrastructureError(f"{how}: row {number} differs from what was written ({', '.join(columns)})")
    return number
