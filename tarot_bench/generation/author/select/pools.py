"""Pools of valid tests, read from the rows of a recipe's source."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from tarot_bench.errors import DataError, boundary
from tarot_bench.generation.source import contests, evalplus
from tarot_bench.generation.source.stage import SourceSettings, read, rows_of

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PooledTest:
    """A valid input.

    Attributes:
        input: as in a `TestCase` of the problem's kind.
        output: that the source declares; None where it has inputs only.
    """

    input: str
    output: str | None = None


@dataclass(frozen=True, slots=True)
class Pool:
    """What a source has for one problem.

    Attributes:
        tests: valid ones, in the order of the source.
        wrong: programs that the source calls incorrect.
    """

    tests: tuple[PooledTest, ...] = ()
    wrong: tuple[str, ...] = ()


class Pools:
    """The pools of a source, by problem. Rows are read when the first pool is asked for, each pool when it is."""

    def __init__(self, settings: SourceSettings) -> None:
        """Nothing is read yet."""
        self._settings = settings

    def of(self, problem_id: str) -> Pool:
        """The pool of a problem; an empty one where the source has none.

        Raises:
            DataError: the source cannot be read.
        """
        make = self._makers.get(problem_id)
        return make() if make else Pool()

    @cached_property
    def _makers(self) -> dict[str, Callable[[], Pool]]:
        made: dict[str, Callable[[], Pool]] = {}
        for row in rows_of(self._settings):
            try:
                with boundary(DataError, "reading the row"):
                    name = read(row).problem.id
            except DataError:  # the stage `source` dropped it, with the reason
                continue
            made.setdefault(name, partial(_pool, row))
        return made


def _pool(row: Row) -> Pool:
    if all(column in row for column in evalplus.MARKS):
        return Pool(tuple(PooledTest(text) for text in evalplus.inputs_of(row)))
    problem = read(row).problem
    kind = "call" if problem.style == "function" else "stdin"
    tests = (test for test in problem.original_tests if test.kind == kind)
    return Pool(tuple(PooledTest(test.input, test.output) for test in tests), contests.wrong_programs(row))
