"""Load what is audited: the problems of a dataset with their known programs and further inputs."""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tarot_bench.benchmarks import located, names, open_benchmark
from tarot_bench.dataset import ProblemSet, Rows, load_problems, load_rows, synthetic
from tarot_bench.dataset.problem_set import EMBEDDED
from tarot_bench.errors import DataError, boundary, one_line
from tarot_bench.generation.audit.programs import Program, known_programs, read_programs
from tarot_bench.generation.author.select.pools import Pool, Pools
from tarot_bench.generation.source import evalplus
from tarot_bench.generation.source.stage import SourceSettings, read
from tarot_bench.generation.source.unusable import UnusableError
from tarot_bench.problem import Problem

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Subject:
    """A problem to audit.

    Attributes:
        problem: with the tests that are audited.
        programs: known to be correct or wrong; the gold is not among them.
    """

    problem: Problem
    programs: tuple[Program, ...] = ()


@dataclass(frozen=True, slots=True)
class Subjects:
    """The problems of one dataset.

    Attributes:
        problems: with source, revision and digest.
        skipped: rows that hold no usable problem, by reason.
        items: one per problem, in the order of the source.
    """

    problems: ProblemSet
    skipped: dict[str, int]
    items: tuple[Subject, ...]


def load_subjects(
    data: str,
    *,
    revision: str | None = None,
    split: str | None = None,
    limit: int | None = None,
    programs: Path | None = None,
) -> Subjects:
    """Load the problems of a dataset and all programs whose correctness is known.

    Args:
        data: whatever `load_problems` reads, a run of `generate`, the name of a benchmark or its file, or a file of a
            contest collection.
        revision: of a Hub dataset; elsewhere the checksum that the content must have.
        split: which split, where there are several.
        limit: take only the first problems.
        programs: a file of the user, see `read_programs`.

    Raises:
        DataError: the data are missing or broken, hold no usable problem, or hold neither golds nor known programs; one
            line.
    """
    loaded, wrong, skipped = _load(data, revision, split)
    problems = loaded.select(limit=limit)
    given = read_programs(programs, [problem.id for problem in problems]) if programs else {}
    stated = data == EMBEDDED
    items = tuple(
        Subject(problem, tuple(known_programs(problem, wrong.get(problem.id, ()), given.get(problem.id, ()), stated)))
        for problem in problems
    )
    if not any(item.problem.solution or item.programs for item in items):
        raise DataError(f"{data} has neither gold solutions nor known programs; give some with --programs FILE")
    return Subjects(problems, skipped, items)


_Loaded = tuple[ProblemSet, dict[str, tuple[str, ...]], dict[str, int]]


def _load(data: str, revision: str | None, split: str | None) -> _Loaded:
    """The problems, the source's wrong programs by problem, and the rows that cannot be used."""
    path = Path(data).expanduser()
    if data in names() and not path.exists():
        benchmark = open_benchmark(data)
        return benchmark.load(located(benchmark, None), revision, split), {}, {}
    if data == EMBEDDED or synthetic.wanted(data) or synthetic.small_wanted(data) is not None:
        return load_problems(data, revision=revision), {}, {}
    rows = load_rows(data, revision=revision, split=split)
    first = rows.rows[0]
    if all(column in first for column in evalplus.MARKS):
        name = "mbpp_plus" if "assertion" in first else "humaneval_plus"
        return open_benchmark(name).load(data, revision, split), {}, {}
    wrong: dict[str, tuple[str, ...]] = {}
    left_out: dict[str, list[str]] = defaultdict(list)
    problems = tuple(_read(rows, wrong, left_out))
    if not problems:
        raise DataError(f"{data} has no usable problem; {next(iter(left_out.values()))[0]}")
    for reason, found in sorted(left_out.items()):
        _log.warning("rows left out, %s: %d; the first is %s", reason, len(found), found[0])
    skipped = {reason: len(found) for reason, found in sorted(left_out.items())}
    return ProblemSet.of(data, rows.revision, problems, skipped), wrong, skipped


def _read(rows: Rows, wrong: dict[str, tuple[str, ...]], left_out: dict[str, list[str]]) -> Iterator[Problem]:
    """The usable problems; `wrong` gets their wrong programs, `left_out` the place and the fault of each other row."""
    for row, place in zip(rows, rows.places, strict=True):
        try:
            with boundary(DataError, "reading the row"):
                entry = read(row)
        except DataError as error:
            reason = error.reason if isinstance(error, UnusableError) else "unreadable"
            left_out[reason].append(f"{place}: {one_line(error)}")
            continue
        if entry.problem.id in wrong:
            left_out["same-id"].append(f"{place}: {entry.problem.id}")
            continue
        wrong[entry.problem.id] = tuple(program.source for program in entry.wrong if program.origin == "source")
        yield entry.problem


def pool_of(data: str | None) -> Callable[[str], Pool]:
    """Find further valid inputs of a problem by its id.

    Args:
        data: a dataset with the same ids, or the name of a benchmark; None finds nothing.
    """
    return Pools(SourceSettings(data=data)).of if data else lambda _problem_id: Pool()
