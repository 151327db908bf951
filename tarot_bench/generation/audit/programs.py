"""Programs that are known to be correct or wrong, from the dataset and from a file of the user."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, Field, ValidationError

from tarot_bench.config import complaints
from tarot_bench.dataset import load_rows, near_misses
from tarot_bench.dataset.embedded import SOURCE
from tarot_bench.errors import DataError, did_you_mean
from tarot_bench.generation.alternatives import alternatives_of
from tarot_bench.problem import Frozen, Problem, Tier

Kind = Literal["gold", "alternative", "near-miss", "source", "given"]


class Program(Frozen):
    """A program whose correctness is known.

    ``gold``: the reference solution; ``alternative``: a further solution of the source; ``near-miss``: of the embedded
    problems; ``source``: an incorrect solution of the source; ``given``: from the user's file.
    """

    name: str
    kind: Kind
    correct: bool
    text: str
    fails: tuple[Tier, ...] | None = None
    """The tiers that it is said to fail; None where nothing is said."""


class _Row(Frozen):
    """One row of the user's file; other columns are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    problem_id: str
    program: str = Field(min_length=1)
    correct: bool
    name: str | None = None


def read_programs(path: Path, known: Sequence[str]) -> dict[str, list[Program]]:
    """Read the programs that a user gives, by problem.

    Args:
        path: JSON Lines or another file that `load_rows` reads, with the columns ``problem_id``, ``program``,
            ``correct`` and, if wanted, ``name``.
        known: the ids of the problems.

    Raises:
        DataError: no such file, a malformed row (with its line), or a problem that is not in the dataset.
    """
    rows = load_rows(path)
    made: dict[str, list[Program]] = defaultdict(list)
    ids = set(known)
    for row, place in zip(rows, rows.places, strict=True):
        try:
            told = _Row.model_validate(row)
        except ValidationError as error:
            raise DataError(f"{place}: {complaints(error)}; a row needs problem_id, program and correct") from None
        if told.problem_id not in ids:
            close = did_you_mean(told.problem_id, known)
            raise DataError(f"{place}: the dataset has no problem {told.problem_id!r}{close}")
        name = told.name or f"program {len(made[told.problem_id]) + 1}"
        made[told.problem_id].append(Program(name=name, kind="given", correct=told.correct, text=told.program))
    return made


def known_programs(problem: Problem, wrong: Sequence[str], given: Sequence[Program], stated: bool) -> list[Program]:
    """All programs of a problem but its gold, without repetitions.

    Args:
        problem: with its alternative solutions.
        wrong: incorrect solutions of the source.
        given: those of the user.
        stated: the tests are those for which the embedded near misses state which tiers they fail.
    """
    found = [
        Program(name=f"alternative {number}", kind="alternative", correct=True, text=text)
        for number, text in enumerate(alternatives_of(problem), 1)
    ]
    if problem.origin.source == SOURCE:
        found += _near_misses(stated).get(problem.id, ())
    found += [
        Program(name=f"incorrect {number}", kind="source", correct=False, text=text)
        for number, text in enumerate(wrong, 1)
    ]
    return list({(program.text, program.correct): program for program in [*found, *given]}.values())


@cache
def _near_misses(stated: bool) -> Mapping[str, list[Program]]:
    made: dict[str, list[Program]] = defaultdict(list)
    for miss in near_misses():
        fails = miss.fails if stated else None
        made[miss.problem_id].append(
            Program(name=miss.name, kind="near-miss", correct=False, text=miss.program, fails=fails)
        )
    return made
